"""What leaves the ledger for other programs: complete, exact, and the same bytes each time."""
import csv
import io
import json
import os

import wire
from harness import Shop, expect, scenario
from kasir.v1 import transaction_pb2 as tx
from test_day import counted, document as document_of, give, moved, sold, wrong
from test_paper import ctl

USAGE, NOINPUT, CONFIG = 64, 66, 78
PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/reference/exports.md")


def taxed(amount=1041):
    """A bottle with PPN of 12 % on 11/12."""
    t = sold(amount)
    base = (amount * 11 + 6) // 12
    tax = (base * 12 + 50) // 100
    t.lines[0].tax_code = "PPN"
    t.lines[0].department = "minuman"
    t.taxes.add(code="PPN", rate_bp=1200, base_numerator=11, base_denominator=12, tax_base=amount,
                taxable=base, amount=tax, gross=amount + tax)
    t.gross = t.payable = amount + tax
    t.tenders[0].tendered = amount + tax + 500
    return t


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def busy_day(shop):
    till = shop.terminal("front")
    give(till, counted(tx.SHIFT_OPEN, 100000))
    give(till, taxed())
    give(till, sold(12000))
    _, bad = give(till, wrong(9000))
    _, worse = give(till, wrong(7000))
    give(till, moved(tx.PAID_OUT, -20000))
    lesson = taxed(5000)
    lesson.flags.append(tx.TRAINING)
    give(till, lesson)
    give(till, wire.sale(3000, name='=1+1, "\u6c34"\x1b'))
    give(till, b"\xff\xff")
    ctl(shop, "exceptions", "accept", str(bad.index), "--reason", "kasir menghitung", "--yes")
    ctl(shop, "exceptions", "void", str(worse.index), "--reason", "dua kali", "--yes")
    return till, bad.index, worse.index


@scenario("transactions are exported with all of their parts and what became of them")
def transactions_are_exported():
    with Shop() as shop:
        _, bad, worse = busy_day(shop)
        text = ctl(shop, "export", "transactions")
        every = [json.loads(x) for x in text.splitlines()]
        expect(len(every) == 9, f"9 transactions: {len(every)}")
        expect(all(x["schema"] == "kasir.transactions/1" for x in every), "each names its schema")
        expect(len({tuple(x) for x in every}) == 1, "all have the same fields")
        by_index = {x["index"]: x for x in every}
        expect([x["standing"] for x in every] == ["counts", "counts", "counts", "accepted",
               "voided", "counts", "training", "counts", "exception"],
               f"{[x['standing'] for x in every]}")
        expect(by_index[bad]["resolution"] == "accepted" and by_index[bad]["broken"] ==
               ["tender.sum"], f"{by_index[bad]}")
        bottle = every[1]
        expect(bottle["taxes"][0]["tax"] == 114 and bottle["lines"][0]["tax_code"] == "PPN",
               f"{bottle}")
        expect(bottle["tenders"][0]["change"] == 500 and bottle["payable"] == 1155, f"{bottle}")
        expect(every[5]["movement"] == -20000 and every[5]["account"] == "kas kecil", f"{every[5]}")
        expect(every[7]["lines"][0]["name"] == '=1+1, "\u6c34"\x1b', "JSON has the text as it is")
        expect(every[8]["type"] is None and every[8]["lines"] == [], f"{every[8]}")

        documents = rows(ctl(shop, "export", "transactions", "--format", "csv"))
        expect([int(x["index"]) for x in documents] == [x["index"] for x in every], "the same")
        expect(documents[1]["payable"] == "1155" and documents[3]["standing"] == "accepted",
               f"{documents[1]}")
        lines = rows(ctl(shop, "export", "transactions", "-f", "csv", "-r", "lines"))
        expect(len(lines) == sum(len(x["lines"]) for x in every), "as many lines")
        expect(lines[-1]["name"] == "'=1+1, \"\u6c34\"?", f"no formula, no control: {lines[-1]}")
        for part in ("discounts", "taxes", "tenders"):
            got = rows(ctl(shop, "export", "transactions", "-f", "csv", "-r", part))
            expect(len(got) == sum(len(x[part]) for x in every), f"as many {part}")
        expect(rows(ctl(shop, "export", "transactions", "-f", "csv", "--to", "2020-01-01")) == [],
               "none of those days, and the heading all the same")

        path = os.path.join(shop.folder, "all.jsonl")
        ctl(shop, "export", "transactions", "-o", path)
        with open(path, encoding="utf-8") as f:
            expect(f.read() == text, "the same bytes in a file")
        expect(sorted(os.listdir(shop.folder)).count("all.jsonl.part") == 0, "and no part of it")
        shop.restart()
        expect(ctl(shop, "export", "transactions") == text, "the same bytes after a restart")
        shop.stop()
        ctl(shop, "reports", "rebuild")
        expect(ctl(shop, "export", "transactions") == text, "and after reports were rebuilt")
        for bad_option in (("--format", "xml"), ("--rows", "lines"), ("--from", "yesterday"),
                           ("--from", "2026-02-01", "--to", "2026-01-01"),
                           ("--format", "csv", "--rows", "coins")):
            ctl(shop, "export", "transactions", *bad_option, code=USAGE)


@scenario("the tax file has each day and code, and the receipts behind them")
def taxes_are_exported():
    with Shop() as shop:
        till, _, _ = busy_day(shop)
        late = taxed(2082)
        late.business_day = 20260131
        give(till, late)
        days = rows(ctl(shop, "export", "tax"))
        expect([(x["business_day"], x["code"], x["documents"], x["tax_base"], x["taxable"],
                 x["tax"], x["gross"]) for x in days][0] ==
               ("2026-01-31", "PPN", "1", "2082", "1909", "229", "2311"), f"{days}")
        expect(len(days) == 2 and days[1]["tax"] == "114", f"training is not there: {days}")
        january = rows(ctl(shop, "export", "tax", "--month", "2026-01"))
        expect(january == days[:1], f"{january}")
        receipts = rows(ctl(shop, "export", "tax", "--rows", "receipts"))
        expect([x["transaction"] for x in receipts] == ["front/1/2", "front/1/10"], f"{receipts}")
        expect(sum(int(x["tax"]) for x in receipts) == sum(int(x["tax"]) for x in days), "the sum")
        one = ctl(shop, "export", "tax", "--day", "2026-01-31", "--rows", "receipts")
        expect(rows(one)[0]["receipt"] == "R1" and len(rows(one)) == 1, one)
        expect(ctl(shop, "export", "tax", "--day", "2026-01-31", "--rows", "receipts") == one,
               "the same bytes")
        for bad_option in (("--month", "2026-1"), ("--day", "2026-01-31", "--month", "2026-01"),
                           ("--rows", "hours")):
            ctl(shop, "export", "tax", *bad_option, code=USAGE)


def accounts_of_the_page(shop, change=lambda x: x):
    """The example of the documents, as a file."""
    with open(PAGE, encoding="utf-8") as f:
        text = f.read().split("```")[1].lstrip("\n")
    path = os.path.join(shop.folder, "accounts.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write(change(text))
    return path


def book(shop, path, *more):
    """By reference: what each account was debited (credits negative); balanced."""
    found = {}
    for x in rows(ctl(shop, "export", "daybook", "--accounts", path, *more)):
        expect(x["debit"] == "0" or x["credit"] == "0", f"one side: {x}")
        found.setdefault(x["reference"], {})[x["account"]] = int(x["debit"]) - int(x["credit"])
    for reference, sums in found.items():
        expect(sum(sums.values()) == 0, f"{reference}: debits are credits: {sums}")
    return found


def close(shop):
    ctl(shop, "day", "close", "--reason", "akhir hari", "--yes")


@scenario("the day book has each closed day on the accounts of a file, debits equal to credits")
def daybook_balances():
    with Shop() as shop:
        path = accounts_of_the_page(shop)
        till = shop.terminal("front")
        expect(book(shop, path) == {}, "no day is closed yet")
        give(till, counted(tx.SHIFT_OPEN, 100000))
        give(till, taxed())
        give(till, sold(12000))
        _, later = give(till, wrong(9000))
        _, never = give(till, wrong(7000))
        give(till, moved(tx.PAID_OUT, -2000))
        inclusive = sold(1110)
        inclusive.lines[0].tax_code = "PBJT"
        inclusive.taxes.add(code="PBJT", rate_bp=1000, inclusive=True, tax_base=1009, taxable=1009,
                            amount=101, gross=1110)
        _, answer = give(till, inclusive)
        expect(answer.broken == [], f"{answer.broken}")
        qris = sold(5000)
        qris.tenders[0].kind, qris.tenders[0].state = tx.QRIS, tx.PENDING
        qris.tenders[0].tendered, qris.tenders[0].change = 5000, 0
        pending, answer = give(till, qris)
        expect(answer.broken == [], f"{answer.broken}")
        settled = document_of(tx.TENDER_RESOLUTION)
        settled.original.CopyFrom(tx.Reference(epoch=pending.epoch, sequence=pending.sequence))
        settled.tenders.add(number=1, kind=tx.QRIS, state=tx.REVERSED, tendered=5000)
        _, answer = give(till, settled)
        expect(answer.broken == [], f"{answer.broken}")
        give(till, counted(tx.SHIFT_CLOSE, 127900))
        close(shop)
        first = book(shop, path)
        z = first["Z 1"]
        expect(z["4-1010"] == -1041 and z["2-1310"] == -114, f"a bottle and its PPN: {z}")
        expect(z["4-1000"] == -12000 - 1009 - 5000 and z["2-1320"] == -101, f"goods and PBJT: {z}")
        expect(z["1-1120"] == 2000, f"petty cash: {z}")
        expect(z["1-1999"] == -8900 - 6900, f"exceptions wait: {z}")
        expect(z["1-1800"] == 5000 and "1-1310" not in z, f"QRIS that was reversed: {z}")
        drawer = 1155 + 12000 + 8900 + 6900 - 2000 + 1110
        expect(z["1-1100"] == drawer + z.get("6-1000", 0) * -1, f"drawer: {z}")
        expect(-z["6-1000"] == 127900 - (100000 + drawer), f"the difference at the close: {z}")
        ctl(shop, "exceptions", "accept", str(later.index), "--reason", "benar", "--yes")
        ctl(shop, "exceptions", "void", str(never.index), "--reason", "dua kali", "--yes")
        close(shop)
        both = book(shop, path)
        expect(both["Z 1"] == z, "what was booked once never changes")
        expect(both["Z 2"] == {"1-1999": 8900 + 6900, "4-1000": -9000, "8-9000": 100,
                               "1-1100": -6900}, f"{both['Z 2']}")
        apart = accounts_of_the_page(shop, lambda x: x.replace("discounts ", "# discounts "))
        expect(book(shop, apart) == both, "no discounts, no difference")
        expect(book(shop, path, "--to", "2020-01-01") == {}, "none of those days")
        text = ctl(shop, "export", "daybook", "--accounts", path)
        shop.restart()
        expect(ctl(shop, "export", "daybook", "--accounts", path) == text, "the same bytes")


@scenario("a file of accounts with errors is refused with all of them, by line")
def bad_accounts():
    with Shop() as shop:
        cases = [
            (lambda x: x.replace('sales       = "4-1000"', ""), "sales is missing"),
            (lambda x: x.replace('safe        = "1-1110"', 'safe = ""'), ":7: safe: expected"),
            (lambda x: x + 'colour = "red"\n', "colour: no such setting"),
            (lambda x: x + 'tender { bitcoin = "1" }\n', "bitcoin: no such setting tender"),
            (lambda x: x + 'tender { qris = "1" }\n', "qris stands twice"),
            (lambda x: x + 'tax "PPN" { account = "1" }\n', 'tax "PPN" stands twice'),
            (lambda x: x + 'tax "LUX" { }\n', 'tax "LUX": account is missing'),
            (lambda x: x + 'department { account = "1" }\n', "department: expected department"),
        ]
        for change, said in cases:
            run = ctl(shop, "export", "daybook", "--accounts", accounts_of_the_page(shop, change),
                      code=CONFIG, both=True)
            expect(said in run, f'"{said}" is not in: {run}')
        ctl(shop, "export", "daybook", code=USAGE)
        ctl(shop, "export", "daybook", "--accounts", "/nonexistent", code=NOINPUT)
