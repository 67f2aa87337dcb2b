"""Bad input from terminals: nothing that is sent stops the others or touches what is acked."""
import time

from nacl.signing import SigningKey

import wire
from harness import STORE, Shop, expect, expect_flat, scenario, wait_until
from kasir.v1 import control_pb2, terminal_pb2, transaction_pb2


class Bystander:
    """A shop with a terminal that sells before and after what the test does."""

    def __enter__(self):
        self.shop = Shop()
        self.shop.__enter__()
        try:
            self.other = self.shop.terminal("t1")
            self.other.sell(3)
        except BaseException as e:
            self.shop.__exit__(type(e), e, None)
            raise
        return self.shop

    def __exit__(self, kind, value, trace):
        try:
            if kind is None:
                self.other.sell(3)
                self.shop.check_kept()
                self.shop.stop()
                self.shop.check_kept()
        except BaseException as e:
            self.shop.__exit__(type(e), e, None)
            raise
        return self.shop.__exit__(kind, value, trace)


def refused(payload, reason, text, name="t2", **kw):
    """Sending PAYLOAD(terminal) is refused for REASON, logged with TEXT, and not entered."""
    with Bystander() as shop:
        t = shop.terminal(name, **kw)
        before = len(shop.rows())
        t.publish(payload(t))
        r = t.refusal(reason)
        expect(r.status == "REJECTED", f"status {r.status}")
        shop.wait_log(text)
        expect(len(shop.rows()) == before, "it became an entry")


@scenario("a message that is not protobuf is refused and the others go on")
def not_protobuf():
    refused(lambda t: b"\xff\xfe this is no protobuf", "NOT_A_BATCH", 'terminal "t2": refused')


@scenario("a truncated message is refused")
def truncated():
    refused(lambda t: t.batch([t.register.sign(wire.sale())]).SerializeToString()[:-9],
            "NOT_A_BATCH", 'terminal "t2": refused')


@scenario("a message over 256 KiB is refused")
def oversized():
    def payload(t):
        big = wire.sale(name="x" * 50000)
        return t.batch([t.register.sign(big) for _ in range(6)]).SerializeToString()
    refused(payload, "NOT_A_BATCH", 'terminal "t2": refused')


@scenario("a message of 6 MiB is refused and does not stop the reading")
def huge():
    refused(lambda t: b"\x0a\x02t2" + b"\x22\x80\x80\x80\x03" + bytes(6 << 20), "NOT_A_BATCH",
            'terminal "t2": refused')


@scenario("a batch of 65 transactions is refused")
def too_many():
    refused(lambda t: t.batch([t.register.sign(wire.sale()) for _ in range(65)])
            .SerializeToString(), "NOT_A_BATCH", 'terminal "t2": refused')


@scenario("a payload over 60 KiB is refused, the sales beside it are not")
def long_payload():
    with Bystander() as shop:
        t = shop.terminal("t2")
        good = t.register.sign(wire.sale())
        bad = t.register.sign(wire.sale(name="x" * (61 * 1024)))
        t.send(good, bad)
        expect(t.ack_of(good).status == "DURABLE", "the good one is durable")
        t.refusal("MALFORMED")
        shop.wait_log('terminal "t2": refused sequence 2')


@scenario("messages on topics of nobody, or of another store, change nothing")
def wrong_topic():
    with Bystander() as shop:
        t = shop.terminal("t2")
        before = len(shop.rows())
        m = t.batch([t.register.sign(wire.sale())]).SerializeToString()
        for topic in (f"kasir/v1/{STORE}/T2/tx", f"kasir/v1/{STORE}/-t2/tx",
                      f"kasir/v1/{STORE}//tx", "kasir/v1/other-store/t2/tx",
                      f"kasir/v2/{STORE}/t2/tx", f"kasir/v1/{STORE}/t2/up",
                      f"kasir/v1/{STORE}/t2/state", f"kasir/v1/{STORE}/" + "a" * 200 + "/tx"):
            t.publish(m, topic)
        t.sell()
        expect(len(shop.rows()) == before + 1, "something of it became an entry")


@scenario("a batch that names another terminal than its topic is refused")
def another_terminal():
    with Bystander() as shop:
        t = shop.terminal("t2")
        before = len(shop.rows())
        t.publish(t.batch([t.register.sign(wire.sale())], name="t1").SerializeToString())
        t.refusal("WRONG_TERMINAL")
        shop.wait_log("names another terminal")
        expect(len(shop.rows()) == before, "it became an entry")


@scenario("a terminal that speaks in another's name with its own key is refused")
def impostor():
    with Bystander() as shop:
        t = shop.terminal("t2")
        before = len(shop.rows())
        stolen = t.register.sign(wire.sale(), terminal="t1")
        t.publish(t.batch([stolen], name="t1").SerializeToString(), f"kasir/v1/{STORE}/t1/tx")
        shop.terminals[0].refusal("BAD_SIGNATURE")
        shop.wait_log('terminal "t1": refused')
        expect(len(shop.rows()) == before, "it became an entry")


@scenario("a terminal that nobody added is refused")
def unknown_terminal():
    refused(lambda t: t.batch([t.register.sign(wire.sale())]).SerializeToString(),
            "UNKNOWN_TERMINAL", 'terminal "t9": refused', name="t9", enrolled=False)


@scenario("a revoked key is refused, what it signed before stays")
def revoked():
    with Bystander() as shop:
        t = shop.terminal("t2")
        t.sell(2)
        r = shop.control(terminal_revoke=control_pb2.TerminalRevokeRequest(
            terminal="t2", reason="stolen"))
        expect(r.exit_code == 0, r.error)
        before = len(shop.rows())
        t.send(t.register.sign(wire.sale()))
        t.refusal("REVOKED")
        shop.wait_log("revoked")
        expect(len(shop.rows()) == before, "it became an entry")


@scenario("a sale signed with a wrong key is refused, the right one is taken")
def wrong_key():
    with Bystander() as shop:
        t = shop.terminal("t2")
        t.send(t.register.sign(wire.sale(), sequence=1, key=SigningKey.generate()))
        t.refusal("BAD_SIGNATURE")
        shop.wait_log('terminal "t2": refused sequence 1')
        expect(t.ack_of(t.register.sign(wire.sale())).status == "DURABLE", "the right one")


@scenario("a sale with one bit of its payload changed on the way is refused")
def bad_signature():
    with Bystander() as shop:
        t = shop.terminal("t2")
        good = t.register.sign(wire.sale())
        bad = terminal_pb2.SignedTransaction()
        bad.CopyFrom(good)
        raw = bytearray(bad.payload)
        raw[-1] ^= 1
        bad.payload = bytes(raw)
        t.send(bad)
        t.refusal("BAD_SIGNATURE")
        expect(t.fresh_ack_of(good).status == "DURABLE", "the true bytes are taken")


@scenario("missing and short fields are refused by name")
def short_fields():
    with Bystander() as shop:
        t = shop.terminal("t2")
        for field, value in (("txn_id", b"short"), ("signature", b""), ("previous", b"\1" * 31),
                             ("sequence", 0), ("epoch", 0)):
            bad = t.register.sign(wire.sale(), sequence=1)
            setattr(bad, field, value)
            before = len(t.refusals)
            t.send(bad)
            wait_until(lambda: len(t.refusals) > before, f"{field} is refused")
            expect(t.refusals[-1].status == "REJECTED", t.refusals[-1].status)
        t.sell()


@scenario("a replay is answered with the first entry, and is one entry")
def replay():
    with Bystander() as shop:
        t = shop.terminal("t2")
        sold = t.sell(5)
        first = {s.sequence: t.ack_of(s).index for s in sold}
        before = len(shop.rows())
        for s in sold + sold:
            a = t.fresh_ack_of(s)
            expect(a.status == "DUPLICATE" and a.original == "DURABLE", a.status)
            expect(a.index == first[s.sequence], "another entry than the first")
        shop.restart()
        for s in sold:
            a = t.fresh_ack_of(s)
            expect((a.status, a.index) == ("DUPLICATE", first[s.sequence]), "after a restart")
        expect(len(shop.rows()) == before + 1, "only `started` was added")


@scenario("the same identity with other bytes is a conflict, kept once")
def conflict():
    with Bystander() as shop:
        t = shop.terminal("t2")
        first = t.sell(1)[0]
        other = t.register.sign(wire.sale(99000), sequence=1, txn_id=first.txn_id)
        t.send(other)
        a = t.ack_of(other)
        expect(a.status == "CONFLICT", a.status)
        record = wire.entry_of(a.entry).transaction
        expect(record.conflict and record.first == t.ack_of(first).index, "names the first")
        before = len(shop.rows())
        again = t.fresh_ack_of(other)
        expect((again.status, again.index) == ("CONFLICT", a.index), "the same answer again")
        expect(len(shop.rows()) == before, "kept once")
        expect(t.fresh_ack_of(first).status == "DUPLICATE", "the first still stands")


@scenario("a gap in the sequence is noted, and closed when the missing one comes")
def gap():
    with Bystander() as shop:
        t = shop.terminal("t2")
        made = [t.register.sign(wire.sale()) for _ in range(3)]
        t.send(made[0], made[2])
        expect(t.ack_of(made[2]).status == "DURABLE", "a gap refuses nothing")
        expect("SEQUENCE_GAP" in t.ack_of(made[2]).notes, f"notes {t.ack_of(made[2]).notes}")
        row = {r.terminal: r for r in shop.control(
            terminal_list=control_pb2.TerminalListRequest()).terminal_list.terminals}["t2"]
        expect(row.missing == 1, f"{row.missing} missing")
        t.send(made[1])
        expect("SEQUENCE_LATE" in t.ack_of(made[1]).notes, f"notes {t.ack_of(made[1]).notes}")


def exception(payload, rule):
    with Bystander() as shop:
        t = shop.terminal("t2")
        made = t.register.sign(payload)
        t.send(made)
        a = t.ack_of(made)
        expect(a.status == "EXCEPTION" and rule in a.broken, f"{a.status} {a.broken}")
        stored = [p for i, _, p in shop.rows() if i == a.index]
        expect(stored == [made.payload], "its bytes are kept as they came")
        totals = shop.status().totals
        expect(totals.exceptions_count == 1, f"{totals.exceptions_count} exceptions in the totals")
        expect(t.ack_of(t.sell()[0]).status == "DURABLE", "the next sale of the same terminal")


@scenario("a sale that does not add up is taken as an exception")
def does_not_add_up():
    t = wire.sale()
    t.payable += 1
    exception(t, "TOTAL_PAYABLE")


@scenario("amounts that overflow are an exception, not a wrap")
def overflow():
    t = wire.sale()
    t.lines[0].quantity = 2**63 - 1
    t.lines[0].unit_price = 2**63 - 1
    exception(t, "AMOUNT_OVERFLOW")


@scenario("sums that overflow are an exception, not a wrap")
def sum_overflow():
    t = wire.sale()
    t.lines[0].extended = t.lines[0].amount = 2**63 - 1000
    extra = t.lines.add()
    extra.CopyFrom(t.lines[0])
    extra.number = 2
    exception(t, "AMOUNT_OVERFLOW")


@scenario("text that is not UTF-8 is an exception and its bytes are kept")
def not_utf8():
    t = wire.sale(name="Kopi NAMA susu").SerializeToString()
    exception(t.replace(b"NAMA", b"\xff\xc3\x28\x80"), "TEXT_NOT_UTF8")


@scenario("a signed payload that does not decode is an exception")
def undecodable():
    exception(b"\x0a\xff\xff\xff\xff\x0f signed all the same", "PAYLOAD_UNDECODABLE")


@scenario("a sale without a payload is refused by name")
def empty_payload():
    with Bystander() as shop:
        t = shop.terminal("t2")
        t.send(t.register.sign(b"", sequence=1))
        expect("payload" in t.refusal("MALFORMED").text, "names the field")
        t.sell()


@scenario("a type of transaction that is not known is an exception")
def unknown_type():
    t = wire.sale()
    t.type = 4711
    exception(t, "TYPE_UNKNOWN")


@scenario("a terminal whose clock is years off sells; it is noted")
def clock_off():
    with Bystander() as shop:
        t = shop.terminal("t2")
        for years in (-20, 20):
            made = t.register.sign(wire.sale(at_us=int((time.time() + years * 31557600) * 1e6)))
            t.send(made)
            a = t.ack_of(made)
            expect(a.status == "DURABLE" and "TIME_SKEW" in a.notes, f"{a.status} {a.notes}")
        made = t.register.sign(wire.sale(at_us=-2**63))
        t.send(made)
        expect(t.ack_of(made).status in ("DURABLE", "EXCEPTION"), "the earliest time there is")


@scenario("fields and values of a later version survive byte for byte")
def unknown_fields():
    with Bystander() as shop:
        t = shop.terminal("t2")
        payload = wire.sale().SerializeToString() + b"\xc2\x3e\x05later"
        made = t.register.sign(payload)
        t.send(made)
        a = t.ack_of(made)
        expect(a.status == "DURABLE", f"{a.status} {a.broken}")
        expect([p for i, _, p in shop.rows() if i == a.index] == [payload], "bytes changed")


@scenario("a flood of garbage neither grows the daemon nor stops the others")
def flood():
    with Bystander() as shop:
        t = shop.terminal("t2")
        t.sell(50)
        before = shop.kasird.rss_kib()
        for i in range(20000):
            t.publish(b"garbage %d " % i + b"x" * 500)
        seen = shop.counter("messages")
        t.sell(3)
        wait_until(lambda: shop.counter("messages") >= seen, "it goes on reading")
        expect_flat(before, shop.kasird.rss_kib(), 24 * 1024)


@scenario("a burst of 25 MB is worked off in bounded memory, and every sale is answered")
def burst():
    with Bystander() as shop:
        t = shop.terminal("t2")
        made = [t.register.sign(wire.sale(1000 + i, name="x" * 3500)) for i in range(7000)]
        before = shop.kasird.rss_kib()
        for i in range(0, len(made), 60):
            t.send(*made[i:i + 60])
        most = before

        def answered():
            nonlocal most
            most = max(most, shop.kasird.rss_kib())
            return len(t.acks) > 1000
        wait_until(answered, "what fits into its share is worked off")
        t.settle(made, 60)		# the rest was dropped, and is sent again
        expect_flat(before, max(most, shop.kasird.rss_kib()), 56 * 1024)
        rows = [e for e in (wire.entry_of(e) for _, e, _ in shop.rows())
                if e.transaction.terminal == "t2"]
        expect(len(rows) == len(made), f"{len(rows)} entries for {len(made)} sales")


@scenario("a checkpoint of ours that never was does not stop the store")
def forged_checkpoint():
    with Bystander() as shop:
        t = shop.terminal("t2")
        t.sell()
        note = t.verifier.note.replace(b"\n", b"\n9", 1)
        made = t.register.sign(wire.sale())
        m = t.batch([made])
        m.checkpoint = note
        t.publish(m.SerializeToString())
        expect(t.ack_of(made).status == "DURABLE", "a false signature proves nothing")
        expect(shop.status().state == "serving", shop.status().state)
