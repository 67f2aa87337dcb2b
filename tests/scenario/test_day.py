"""The cashier's day: shifts, what lies on the manager's desk, X and Z."""
import signal
import sqlite3
import time

import wire
from harness import Shop, expect, scenario, wait_until
from kasir.v1 import ledger_pb2, transaction_pb2
from test_kasirctl import NOINPUT, UNPROVEN, USAGE, CANTCREAT, ctl, of

T = transaction_pb2
DATAERR, TEMPFAIL = 65, 75


def document(kind, **fields):
    """A document of KIND with no lines and no tenders."""
    return T.Transaction(
        schema=1, type=kind, at_us=int(time.time() * 1e6), utc_offset_min=420,
        business_day=int(time.strftime("%Y%m%d")), cashier="ani", shift=fields.pop("shift", "pagi"),
        currency="IDR", exponent=0, receipt_number="R1", **fields)


def counted(kind, amount, **fields):
    t = document(kind, **fields)
    t.count.add(value=1000, count=amount // 1000)
    if amount % 1000:
        t.count.add(value=1, count=amount % 1000)
    return t


def moved(kind, amount, **fields):
    t = document(kind, **fields)
    t.movement.amount = amount
    t.movement.account = "kas kecil"
    t.reason = "keperluan toko"
    return t


def sold(amount=12000, shift="pagi", **fields):
    t = wire.sale(amount)
    t.shift = shift
    for name, value in fields.items():
        setattr(t, name, value)
    return t


def wrong(amount=9000):
    """A sale whose tenders do not sum to it."""
    t = sold(amount)
    t.tenders[0].change += 100
    return t


def names(till, t):
    return T.Reference(terminal=till.name, epoch=t.epoch, sequence=t.sequence)


def give(till, document):
    """Signed, sent, answered: the transaction and the answer."""
    t = till.register.sign(document)
    till.send(t)
    return t, till.ack_of(t)


def entries(shop, kind):
    """Every entry of KIND, by index."""
    found = {}
    for index, entry, _ in shop.rows():
        e = wire.entry_of(entry)
        if e.HasField(kind):
            found[index] = getattr(e, kind)
    return found


def verified(shop):
    report = of(shop, "--json", "verify", code=UNPROVEN)
    expect(report["findings"] == [], f"verify finds {report['findings']}")


def day(shop):
    return of(shop, "--json", "day", "report")


def open_desk(shop):
    return of(shop, "--json", "exceptions", "list")


def close_day(shop, *more, code=0):
    return of(shop, "--json", "day", "close", "--reason", "akhir hari", "--yes", *more, code=code)


@scenario("a whole day: float, sales, an exception accepted and one voided, cash in and out, "
          "a count that is short, and a Z over all of it")
def whole_day():
    with Shop() as shop:
        till = shop.terminal("front")
        give(till, counted(T.SHIFT_OPEN, 100000))
        for amount in (12000, 25000):
            give(till, sold(amount))
        bad, answer = give(till, wrong(9000))
        expect(answer.status == "EXCEPTION", f"{answer.status} {answer.broken}")
        twice, second = give(till, wrong(7000))
        give(till, moved(T.PAID_IN, 50000))
        give(till, moved(T.PAID_OUT, -20000))

        x = day(shop)["state"]
        expect(x["day"]["total"] == 37000, f"X before: {x['day']}")
        expect(x["day"]["exceptions"]["count"] == 2, f"two exceptions: {x['day']}")
        expect(x["shifts"][0]["totals"]["cash"]["opening"] == 100000, f"float: {x['shifts']}")

        rows = open_desk(shop)
        expect([r["index"] for r in rows if r["kind"] == "exception"] ==
               [second.index, answer.index], f"newest first on the desk: {rows}")
        expect(all(r["next"] for r in rows), "each says what to do next")
        ctl("--config", shop.config, "exceptions", "accept", str(answer.index), "--reason",
            "tunai kurang", code=USAGE)     # nobody there to ask
        of(shop, "exceptions", "accept", str(answer.index), "--reason", "x", "--dry-run")
        expect(not entries(shop, "exception_resolved"), "a dry run writes nothing")
        of(shop, "exceptions", "accept", str(answer.index), "--reason", "kasir menghitung ulang",
           "--yes")
        of(shop, "exceptions", "void", f"front/{twice.epoch}/{twice.sequence}", "--reason",
           "dua kali", "--yes")
        run = of(shop, "exceptions", "void", str(answer.index), "--reason", "x", "--yes",
                 code=CANTCREAT)
        expect("accepted it, with entry" in run.stderr, run.stderr)
        of(shop, "exceptions", "accept", "1", "--reason", "x", "--yes", code=DATAERR)
        of(shop, "exceptions", "accept", "99999", "--reason", "x", "--yes", code=NOINPUT)
        of(shop, "exceptions", "annotate", str(answer.index), "pelanggan ditelepon")
        expect(open_desk(shop) == [], f"the desk is empty: {open_desk(shop)}")
        shown = of(shop, "--json", "exceptions", "show", str(answer.index))
        expect(shown["state"] == "accepted", f"{shown}")
        expect([m["what"] for m in shown["remarks"]] == ["accepted", "noted"], f"{shown}")

        x = day(shop)["state"]["shifts"][0]["totals"]["cash"]
        give(till, counted(T.SHIFT_CLOSE, x["expected"] - 500))
        (index, shift), = entries(shop, "shift_closed").items()
        expect(shift.variance == -500, f"500 short: {shift.variance}")
        expect(shift.closed_index == index - 1, "right behind the close that asked")
        listed, = of(shop, "--json", "shift", "list")
        expect(listed["variance"] == -500 and listed["shift"] == "pagi", f"{listed}")

        before = len(shop.rows())
        dry = of(shop, "--json", "day", "close", "--dry-run")
        expect(len(shop.rows()) == before, "a dry run writes nothing")
        z = close_day(shop)
        expect(z["number"] == 1 and dry["number"] == 1, f"the first Z: {z}")
        expect(z["totals"] == dry["totals"], "the dry run said what came")
        expect(z["totals"]["total"] == 46000, f"37,000 and what was accepted: {z['totals']}")
        (index, closed), = entries(shop, "day_closed").items()
        expect((closed.first, closed.size) == (0, index), "from the beginning up to itself")
        expect(closed.by.user and closed.reason == "akhir hari", "who and why")
        after = day(shop)["state"]
        expect(after.get("day", {}).get("total", 0) == 0 and after["day_number"] == 1,
               f"X after: {after}")
        verified(shop)


@scenario("a day is not closed while a bill is open, and not over a pending tender unless it is "
          "carried; Z numbers have no gap")
def refused_close():
    with Shop() as shop:
        till = shop.terminal("front")
        give(till, sold())
        bill = sold(30000, type=T.SUSPEND)
        del bill.tenders[:]
        suspended, answer = give(till, bill)
        expect(answer.broken == [], f"a suspended sale breaks no rule: {answer.broken}")
        run = close_day(shop, code=TEMPFAIL) or of(shop, "day", "close", "--reason", "x", "--yes",
                                                  code=TEMPFAIL)
        expect("1 suspended sale is open" in run.stderr, run.stderr)
        expect("next step" in run.stderr, run.stderr)
        expect([r["kind"] for r in open_desk(shop)] == ["bill"], f"{open_desk(shop)}")
        _, asked = give(till, document(T.DAY_CLOSE))
        expect(asked.broken == ["DAY_OPEN_BILLS"], f"the till is told too: {asked.broken}")
        give(till, document(T.CANCEL, original=names(till, suspended)))
        of(shop, "exceptions", "void", str(asked.index), "--reason", "ditutup lagi", "--yes")
        expect(open_desk(shop) == [], f"{open_desk(shop)}")

        qris = sold(15000)
        qris.tenders[0].CopyFrom(T.Tender(number=1, kind=T.QRIS, state=T.PENDING, tendered=15000))
        pending, _ = give(till, qris)
        run = of(shop, "day", "close", "--reason", "x", "--yes", code=TEMPFAIL)
        expect("1 tender is not settled" in run.stderr and "--carry-pending" in run.stderr,
               run.stderr)
        z = close_day(shop, "--carry-pending")
        expect(z["number"] == 1 and z["carried"], f"{z}")
        expect([r["kind"] for r in open_desk(shop)] == ["tender"], f"{open_desk(shop)}")
        settled = document(T.TENDER_RESOLUTION, original=names(till, pending))
        settled.tenders.add(number=1, kind=T.QRIS, state=T.APPROVED, tendered=15000)
        _, answer = give(till, settled)
        expect(answer.broken == [], f"the tender is settled: {answer.broken}")
        expect(open_desk(shop) == [], f"{open_desk(shop)}")
        _, asked = give(till, document(T.DAY_CLOSE))
        expect(asked.broken == [], f"now the till may close the day: {asked.broken}")
        numbers = [(z.number, z.first, i) for i, z in entries(shop, "day_closed").items()]
        expect([n for n, _, _ in numbers] == [1, 2], f"{numbers}")
        expect(numbers[1][1] == numbers[0][2], "the second begins where the first ended")
        expect(list(entries(shop, "day_closed").values())[1].request == asked.index, "who asked")
        verified(shop)


@scenario("kasird is killed around shift and day closes, and no close is lost, doubled or split "
          "from what asked for it")
def killed_around_closes():
    with Shop() as shop:
        till = shop.terminal("front")
        for turn in range(12):
            name = f"shift-{turn}"
            sent = [till.register.sign(d) for d in (
                counted(T.SHIFT_OPEN, 10000, shift=name), sold(5000, shift=name),
                counted(T.SHIFT_CLOSE, 15000, shift=name), document(T.DAY_CLOSE, shift=name))]
            till.send(*sent)
            time.sleep(0.0007 * turn)
            shop.stop(signal.SIGKILL)
            shop.start()
            till.settle(sent)
        shifts, days = entries(shop, "shift_closed"), entries(shop, "day_closed")
        expect([s.shift for s in shifts.values()] == [f"shift-{i}" for i in range(12)],
               f"each shift once: {shifts}")
        expect([d.number for d in days.values()] == list(range(1, 13)), f"gapless: {days}")
        for index, s in shifts.items():
            expect(s.closed_index == index - 1 and s.variance == 0, f"entry {index}: {s}")
        edge = 0
        for index, d in days.items():
            expect((d.first, d.size, d.request) == (edge, index, index - 1), f"entry {index}: {d}")
            edge = index
        expect(sum(d.totals.total for d in days.values()) == 60000, "each sale is in one Z")
        verified(shop)


@scenario("what kasird knows of the day is the same after a clean restart and after a kill")
def restart_keeps_the_day():
    with Shop() as shop:
        till = shop.terminal("front")
        give(till, counted(T.SHIFT_OPEN, 100000))
        give(till, sold())
        give(till, wrong())
        before = day(shop)
        for sig in (signal.SIGTERM, signal.SIGKILL):
            shop.restart(sig)
            after = day(shop)
            expect(after["state"] == before["state"], f"{sig}: {after} is not {before}")
            expect(after["size"] > before["size"], "but for the entry of the start")
        verified(shop)


@scenario("gaps, conflicts and refused messages lie on the desk, each with its next step, and "
          "kasird need not run")
def desk_of_all_kinds():
    with Shop() as shop:
        till = shop.terminal("front")
        till.sell(2)
        t = till.register.sign(wire.sale(), sequence=5)
        till.send(t)
        till.ack_of(t)
        other = till.register.sign(wire.sale(777), sequence=5)
        till.send(other)
        till.ack_of(other)
        forged = till.register.sign(wire.sale(), sequence=6)
        forged.signature = bytes(64)
        till.send(forged)
        till.refusal("BAD_SIGNATURE")

        def all_there():
            rows = open_desk(shop)
            return len(rows) == 3 and rows
        rows = wait_until(all_there, "the refused message is kept")
        shop.stop()
        rows = open_desk(shop)
        expect([r["kind"] for r in rows] == ["conflict", "gap", "refused"], f"{rows}")
        expect("2 of its sequences up to 5" in rows[1]["what"], rows[1]["what"])
        expect("bad-signature" in rows[2]["what"], rows[2]["what"])
        text = of(shop, "exceptions", "list").stdout
        for kind in ("conflict", "gap", "refused"):
            expect(text.count(f"\n{kind} ") >= 2, f"{kind}: a row and what to do: {text}")


@scenario("a ledger of the version before, which has no state of the day, gets it from its entries")
def upgraded_ledger():
    with Shop() as shop:
        tills = [shop.terminal(name) for name in ("front", "back")]
        give(tills[0], counted(T.SHIFT_OPEN, 100000))
        give(tills[0], wrong())
        for till in tills:      # enough for a snapshot, which goes in slices with 64 flushes
            till.sell(2100, sold(5000))
        for _ in range(80):
            give(tills[0], sold())
        before = day(shop)["state"]
        shop.stop()
        db = sqlite3.connect(shop.ledger)
        expect(db.execute("SELECT snapshot_size FROM head").fetchone()[0] > 0, "a snapshot is there")
        db.executescript("DROP TABLE blob; DROP TABLE book; PRAGMA user_version = 3")
        db.close()
        shop.start()
        expect(day(shop)["state"] == before, "the day is the same")
        give(tills[1], sold())
        verified(shop)
