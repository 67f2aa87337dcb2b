"""Documents that are wrong in themselves or against others: each an exception of the right rule,
its bytes kept, its money apart, the ledger verified.  What files of rules and catalogues are
refused is in test_rules and test_catalog, closes that are refused in test_day."""
import subprocess

from harness import BIN, PATIENCE, Shop, expect, scenario
from test_day import (T, counted, day, document, entries, give, moved, open_desk, sold, verified,
                      wrong)
from test_kasirctl import CANTCREAT, ctl, of
from test_reports import in_step
from test_rules import ID_RETAIL

MOST = 2**63 - 1


def changed(make, **fields):
    """What MAKE makes, with fields set: line__quantity is that of the first line."""
    t = make()
    for name, value in fields.items():
        *path, last = name.split("__")
        target = {"line": lambda: t.lines[0], "tender": lambda: t.tenders[0],
                  "movement": lambda: t.movement}[path[0]]() if path else t
        setattr(target, last, value)
    return t


def priced(price):
    return changed(sold, line__unit_price=price * 1000, line__extended=price, line__amount=price,
                   gross=price, payable=price)


def foreign(amount, rate_e8, tendered, currency="USD"):
    t = changed(sold, payable=tendered, gross=tendered, line__extended=tendered,
                line__amount=tendered, line__unit_price=tendered * 1000)
    t.tenders[0].CopyFrom(T.Tender(number=1, kind=T.CASH_FOREIGN, state=T.APPROVED,
                                   tendered=tendered))
    t.tenders[0].foreign.CopyFrom(T.Foreign(currency=currency, exponent=2, amount=amount,
                                            rate_e8=rate_e8))
    return t


def twice_tendered():
    t = sold()
    t.tenders[0].tendered, t.tenders[0].change = MOST, 0
    t.tenders.add(number=2, kind=T.CASH, state=T.APPROVED, tendered=MOST)
    return t


def count_of(*rows, kind=T.TILL_COUNT):
    t = document(kind)
    for value, pieces in rows:
        t.count.add(value=value, count=pieces)
    return t


def deposit(bag, slip):
    t = moved(T.BANK_DEPOSIT, -50000)
    t.movement.bag, t.movement.slip = bag, slip
    return t


WRONG = (
    # Unbalanced.
    (lambda: changed(sold, payable=12100), "TOTAL_PAYABLE"),
    (lambda: changed(sold, gross=12100), "TOTAL_GROSS"),
    (lambda: changed(sold, line__amount=11900), "LINE_AMOUNT"),
    (lambda: changed(sold, line__extended=11900), "LINE_EXTENDED"),
    (lambda: changed(sold, tender__change=400), "TENDER_SUM"),
    (lambda: changed(sold, tender__kind=T.DEBIT), "CASH_CHANGE_ON_CARD"),
    # Negative.
    (lambda: priced(-12000), "LINE_PRICE"),
    (lambda: changed(sold, line__quantity=-1000), "LINE_QUANTITY"),
    (lambda: changed(sold, tender__tendered=-12500), "TENDER_SIGN"),
    (lambda: changed(sold, tender__change=-500), "CASH_CHANGE"),
    (lambda: moved(T.PAID_OUT, 20000), "MOVEMENT_AMOUNT"),
    (lambda: moved(T.PAID_IN, -20000), "MOVEMENT_AMOUNT"),
    (lambda: moved(T.PICKUP, 0), "MOVEMENT_AMOUNT"),
    (lambda: deposit("", "0042"), "MOVEMENT_DEPOSIT"),
    (lambda: deposit("B-17", ""), "MOVEMENT_DEPOSIT"),
    # Overflowing.
    (lambda: changed(sold, line__quantity=MOST, line__unit_price=MOST), "AMOUNT_OVERFLOW"),
    (lambda: changed(sold, line__unit_price=MOST, line__quantity=2000), "LINE_EXTENDED"),
    (lambda: changed(sold, gross=-2**63), "TOTAL_GROSS"),
    (twice_tendered, "AMOUNT_OVERFLOW"),
    (lambda: foreign(MOST, MOST, 15000), "AMOUNT_OVERFLOW"),
    (lambda: count_of((100000, 2**64 - 1)), "AMOUNT_OVERFLOW"),
    # Of more than one currency.
    (lambda: changed(sold, currency="USD"), "CURRENCY_FOREIGN"),
    (lambda: changed(sold, exponent=2), "CURRENCY_FOREIGN"),
    (lambda: changed(sold, currency=""), "CURRENCY_FOREIGN"),
    (lambda: foreign(100, 150 * 10**8, 15000, "IDR"), "FOREIGN_AMOUNT"),
    (lambda: foreign(100, 150 * 10**8, 15100), "FOREIGN_AMOUNT"),
    # Money that is not made.
    (lambda: count_of((300, 4)), "COUNT_DENOMINATION"),
    (lambda: count_of((50000, 1), (50000, 2)), "COUNT_DENOMINATION"),
    (lambda: count_of((0, 4)), "COUNT_DENOMINATION"),
    (lambda: count_of((-50000, 4)), "COUNT_DENOMINATION"),
    (lambda: count_of(), "COUNT_MISSING"),
)


@scenario("documents that are unbalanced, negative, overflow, mix currencies or count money that is "
          "not made: each an exception of its rule, and no figure of the sales moves")
def wrong_documents():
    with Shop() as shop:
        of(shop, "rules", "load", "--yes", ID_RETAIL)
        till = shop.terminal("front")
        for i, (make, rule) in enumerate(WRONG):
            t = make()
            sent, answer = give(till, t)
            expect(answer.status == "EXCEPTION" and rule in answer.broken,
                   f"case {i}: {answer.status} {answer.broken}, not {rule}")
            stored = [p for index, _, p in shop.rows() if index == answer.index]
            expect(stored == [sent.payload], f"case {i}: other bytes are kept")
            _, answer = give(till, sold(5000))
            expect(answer.broken == [], f"case {i}: the sale after it: {answer.broken}")
        _, answer = give(till, foreign(100, 150 * 10**8, 15000))
        expect(answer.broken == [], f"foreign cash that is right: {answer.broken}")
        x = day(shop)["state"]
        expect(x["day"]["total"] == 5000 * len(WRONG) + 15000, f"the sales: {x['day']['total']}")
        expect(x["day"]["exceptions"]["count"] == len(WRONG), f"{x['day']['exceptions']}")
        expect(len(open_desk(shop)) == len(WRONG), "each waits for the manager")
        shop.restart()
        expect(day(shop)["state"] == x, "the same after a restart")
        shop.check_kept()
        verified(shop)


@scenario("a shift is closed by a count of impossible money: the close stands, as an exception")
def impossible_close():
    with Shop() as shop:
        of(shop, "rules", "load", "--yes", ID_RETAIL)
        till = shop.terminal("front")
        give(till, counted(T.SHIFT_OPEN, 100000))
        give(till, sold(12000))
        _, answer = give(till, count_of((100000, 1), (300, 40), kind=T.SHIFT_CLOSE))
        expect("COUNT_DENOMINATION" in answer.broken, f"{answer.broken}")
        (index, shift), = entries(shop, "shift_closed").items()
        expect(index == answer.index + 1 and shift.variance == 0, f"{shift}")
        expect(day(shop)["state"].get("shifts", []) == [], "no shift is open")
        verified(shop)


def pieces(n, price=4000):
    """N pieces of one thing, paid exactly."""
    t = sold(n * price)
    t.lines[0].quantity, t.lines[0].unit_price = n * 1000, price * 1000
    t.tenders[0].tendered, t.tenders[0].change = n * price, 0
    return t


def back(till, sale, n, price=4000, **where):
    """N pieces of it come back."""
    t = pieces(-n, price)
    t.type = T.RETURN
    t.lines[0].kind = T.RETURN_ITEM
    t.original.CopyFrom(T.Reference(terminal=till, epoch=1, sequence=sale))
    t.lines[0].original.CopyFrom(T.Reference(terminal=till, epoch=1, sequence=sale, line=1))
    for name, value in where.items():
        setattr(t, name, value)
    return t


TOO_MUCH = ["RETURN_QUANTITY", "RETURN_PRICE"]      # more pieces, and more money, than were sold


def voided(till, sale, of_it):
    t = T.Transaction()
    t.CopyFrom(of_it)
    t.type, t.reason = T.POST_VOID, "salah"
    t.original.CopyFrom(T.Reference(terminal=till, epoch=1, sequence=sale))
    for part in (t.lines[0], t.tenders[0], t):
        for name in ("quantity", "extended", "amount", "tendered", "change", "gross", "payable"):
            if name in part.DESCRIPTOR.fields_by_name:
                setattr(part, name, -getattr(part, name))
    return t


@scenario("no more comes back than was sold, nothing of what was voided, and what refers to no sale "
          "waits for it")
def returns():
    with Shop() as shop:
        till, other = shop.terminal("front"), shop.terminal("back")

        def expect_broken(document, *rules, at=till):
            t, answer = give(at, document)
            expect(answer.broken == list(rules), f"{answer.broken}, not {rules}")
            return t, answer

        sale, _ = expect_broken(pieces(3))
        expect_broken(back("front", sale.sequence, 2))
        expect_broken(back("front", sale.sequence, 1), at=other)
        expect_broken(back("front", sale.sequence, 1), *TOO_MUCH, at=other)
        sale, _ = expect_broken(pieces(3))
        _, more = expect_broken(back("front", sale.sequence, 4), *TOO_MUCH)
        expect_broken(back("front", sale.sequence, 3), *TOO_MUCH)   # four came back, it says
        of(shop, "exceptions", "void", str(more.index), "--reason", "salah hitung", "--yes")
        of(shop, "exceptions", "void", str(more.index + 1), "--reason", "diulang", "--yes")
        expect_broken(back("front", sale.sequence, 3))              # so they did not
        sale, _ = expect_broken(pieces(3))
        expect_broken(back("front", sale.sequence, 1, 4100), "RETURN_PRICE")

        gone, _ = expect_broken(pieces(1))
        expect_broken(voided("front", gone.sequence, pieces(1)))
        expect_broken(back("front", gone.sequence, 1), "RETURN_ORIGINAL")
        expect_broken(voided("front", gone.sequence, pieces(1)), "VOID_TWICE")

        # Of a sale that has not come: it counts, until its original shows that it cannot.
        next_one = other.register.sequence + 2
        _, answer = expect_broken(back("back", next_one, 2), at=other)
        expect(answer.notes == ["RETURN_PENDING"], f"{answer.notes}")
        before = day(shop)["state"]["day"]["exceptions"]["count"]
        late, _ = expect_broken(pieces(1), at=other)
        expect(late.sequence == next_one, "the sale that it named")
        (index, settled), = entries(shop, "return_settled").items()
        expect(settled.return_index == answer.index, "the judgement follows")
        row = next(r for r in open_desk(shop) if r["kind"] == "return")
        expect(row["index"] == index, f"and lies on the desk: {row}")
        expect(day(shop)["state"]["day"]["exceptions"]["count"] == before + 1, "as one more")
        of(shop, "exceptions", "void", str(index), "--reason", "dicek", "--yes")
        expect_broken(back("nowhere", 7, 1), at=other)
        shop.check_kept()
        verified(shop)


@scenario("what is brought back to two tills at once counts once")
def returned_twice_at_once():
    with Shop() as shop:
        front, back_till = shop.terminal("front"), shop.terminal("back")
        sales = [give(front, pieces(1))[0] for _ in range(20)]
        made = [[till.register.sign(back("front", s.sequence, 1)) for s in sales]
                for till in (front, back_till)]
        front.send(*made[0])
        back_till.send(*made[1])
        front.settle(made[0])
        back_till.settle(made[1])
        for a, b in zip(*made):
            broken = sorted([front.ack_of(a).broken, back_till.ack_of(b).broken])
            expect(broken == [[], TOO_MUCH], f"of {a.sequence}: {broken}")
        x = day(shop)["state"]["day"]
        expect(x.get("total", 0) == 0 and x["exceptions"]["count"] == 20, f"{x}")
        verified(shop)


def at_once(shop, *commands):
    """Run kasirctl with each of COMMANDS at the same time; the finished processes."""
    running = [subprocess.Popen([f"{BIN}/kasirctl", "--config", shop.config, *c],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
               for c in commands]
    for p in running:
        p.said = "".join(p.communicate(timeout=PATIENCE))
    return running


@scenario("two managers settle the same exceptions at once: one word on each, and who comes second "
          "is told whose")
def two_managers():
    with Shop() as shop:
        till = shop.terminal("front")
        for turn in range(8):
            _, answer = give(till, wrong(9000 + turn))
            runs = at_once(shop, *[("exceptions", how, str(answer.index), "--reason", how, "--yes")
                                   for how in ("accept", "void")])
            codes = sorted(p.returncode for p in runs)
            expect(codes == [0, CANTCREAT], f"{codes}: {[p.said for p in runs]}")
            second = next(p for p in runs if p.returncode)
            expect("is resolved already" in second.said and "it, with entry" in second.said,
                   second.said)
        resolved = [r.index for r in entries(shop, "exception_resolved").values()]
        expect(len(resolved) == len(set(resolved)) == 8, f"one word each: {resolved}")
        expect(open_desk(shop) == [], "nothing waits")
        verified(shop)


@scenario("two managers close the day at once, over sales that arrive: numbers have no gap, and "
          "every entry is in one Z")
def two_closes():
    with Shop() as shop:
        till = shop.terminal("front")
        sent = []
        for turn in range(5):
            made = [till.register.sign(sold(1000)) for _ in range(20)]
            sent += made
            till.send(*made)
            runs = at_once(shop, *[("day", "close", "--reason", f"manajer {i}", "--yes")
                                   for i in (1, 2)])
            expect(all(p.returncode == 0 for p in runs), f"{[p.said for p in runs]}")
            till.settle(made)
        of(shop, "day", "close", "--reason", "akhir", "--yes")
        closes, edge = entries(shop, "day_closed"), 0
        expect([z.number for z in closes.values()] == list(range(1, len(closes) + 1)), "gapless")
        for index, z in closes.items():
            expect((z.first, z.size) == (edge, index), f"Z {z.number}: {z.first} to {z.size}")
            edge = index
        expect(sum(z.totals.total for z in closes.values()) == 1000 * len(sent), "each sale once")
        verified(shop)


@scenario("a payment card's number in a text: the sale counts, its bytes are kept, it lies on the desk, "
          "and nothing shows it")
def card_number():
    number = "4111 1111 1111 1111"
    with Shop() as shop:
        till = shop.terminal("front")
        made, answer = give(till, changed(sold, line__name=f"Pulsa {number}", reason=number))
        expect(answer.broken == [] and "CARD_NUMBER_PRESENT" in answer.notes, f"{answer.notes}")
        expect([p for i, _, p in shop.rows() if i == answer.index] == [made.payload], "as it came")
        expect([r["kind"] for r in open_desk(shop)] == ["card"], f"{open_desk(shop)}")

        in_step(shop)
        for command in (["tx", "show", "front/1/1"], ["--json", "tx", "show", "front/1/1"],
                        ["tx", "list"], ["tail"], ["receipt", "front/1/1"],
                        ["exceptions", "list"], ["exceptions", "show", "front/1/1"],
                        ["report", "products"], ["--json", "report", "products"],
                        ["report", "products", "--csv"], ["export", "transactions"],
                        ["export", "transactions", "--format", "csv", "--rows", "lines"]):
            said = ctl("--config", shop.config, *command).stdout
            expect("4111" not in said and "1111" not in said, f"{command} shows it: {said}")
            expect("Pulsa" not in said or "**** ****" in said, f"{command}: {said}")
        expect("1111" not in shop.kasird.text(), "nor does the log")
