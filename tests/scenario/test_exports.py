"""What leaves the ledger for other programs: complete, exact, and the same bytes each time."""
import csv
import io
import json
import os

import wire
from harness import Shop, expect, scenario
from kasir.v1 import transaction_pb2 as tx
from test_day import counted, give, moved, sold, wrong
from test_paper import ctl

USAGE = 64


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
        expect(ctl(shop, "export", "transactions").startswith(text), "the same bytes after all")
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
