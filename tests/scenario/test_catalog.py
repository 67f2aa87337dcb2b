"""Products and cashiers: from a CSV file over kasird to the tills, and what is noted then."""
import hashlib
import json
import os
import sqlite3
import subprocess

import wire
from harness import BIN, STORE, Shop, expect, scenario, wait_until
from kasir.v1 import catalogue_pb2, ledger_pb2
from test_kasirctl import of

USAGE, DATAERR, TEMPFAIL = 64, 65, 75
HEADER = "sku,gtin,name,department,tax_code,price,from,until\n"
CASHIERS = "id,name,rights\nani,Ani,sell drawer\nbu,Ibu,supervise\n"


def write(shop, name, text):
    path = os.path.join(shop.folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def products(n, bad=()):
    """N rows, those at BAD (numbers of lines) not as they should be."""
    rows = [f"P{i:07},,Barang {i},10,PPN,{(i % 1000 + 1) * 500},,\n" for i in range(n)]
    for line in bad:
        rows[line - 2] = rows[line - 2].replace(",PPN,", ",PPN,Rp ")
    return HEADER + "".join(rows)


def size(shop):
    return of(shop, "--json", "status")["size"]


def fetch(shop, *args, code=0):
    p = subprocess.run([f"{BIN}/kasir-term", "catalogue", "fetch", "-s", STORE, "--broker",
                        f"127.0.0.1:{shop.broker.port}", "--json", *args],
                       capture_output=True, text=True, timeout=60)
    expect(p.returncode == code, f"exit code {p.returncode}: {p.stdout}{p.stderr}")
    return json.loads(p.stdout) if code == 0 else p


def fetched(shop, index):
    """What a till has once the entry at INDEX is in force for it."""
    path = os.path.join(shop.folder, "fetched.pb")

    def newest():
        got = fetch(shop, "-o", path)
        return got if got["index"] == index else None
    got = wait_until(newest, f"the catalogue of entry {index} reaches a till")
    with open(path, "rb") as f:
        data = f.read()
    expect(hashlib.sha256(data).hexdigest() == got["hash"], "the file is not what was announced")
    catalogue = catalogue_pb2.Catalogue()
    catalogue.ParseFromString(data)
    return catalogue


@scenario("of 200,000 rows all bad ones are listed, and none is applied; mended, they reach the tills")
def large_import():
    bad = (2, 3, 77_000, 150_001, 200_001)
    with Shop() as shop:
        before = size(shop)
        path = write(shop, "products.csv", products(200_000, bad))
        p = of(shop, "catalog", "import", "--yes", path, code=DATAERR)
        said = [x for x in p.stderr.splitlines() if x.startswith(path + ":") and "expected" in x]
        expect([int(x[len(path) + 1:].split(":")[0]) for x in said] == list(bad), p.stderr)
        expect(all("price: \"Rp " in x for x in said), p.stderr)
        expect("problems in it: 5" in p.stderr, p.stderr)
        expect(size(shop) == before, "an entry was written")
        expect("no catalogue is in force" in of(shop, "catalog", "show", code=69).stderr, "in force")
        fetch(shop, "--patience", "1", code=TEMPFAIL)

        write(shop, "products.csv", products(200_000))
        got = of(shop, "--json", "catalog", "import", "--yes", path, "--cashiers",
                 write(shop, "cashiers.csv", CASHIERS))
        expect(got["products"] == 200_000 and got["added"] == 200_000, f"{got}")
        expect(got["cashiers"] == 2 and got["index"] == before, f"{got}")
        shown = of(shop, "--json", "catalog", "show")
        expect(shown["products"] == 200_000 and shown["index"] == before, f"{shown}")
        catalogue = fetched(shop, before)
        expect(len(catalogue.products) == 200_000, "rows are missing")
        expect(catalogue.products[-1].sku == "P0199999", "rows are missing at the end")
        expect([c.id for c in catalogue.cashiers] == ["ani", "bu"], "other cashiers")
        expect(fetched(shop, before).products[0].prices[0].unit_price == 500_000, "other prices")


@scenario("the difference is shown with old and new price; what stays the same is not loaded again")
def difference():
    with Shop() as shop:
        old = HEADER + "A,,Teh,10,PPN,5000,,\nB,,Kopi,10,PPN,8000,,\n"
        new = HEADER + "A,,Teh,10,PPN,5000,,2026-12-31\nA,,Teh,10,PPN,6000.5,2027-01-01,\n" \
                       "C,,Roti,20,,,,\n"
        a, b = write(shop, "a.csv", old), write(shop, "b.csv", new)
        of(shop, "catalog", "import", "--yes", a)
        before = size(shop)
        p = of(shop, "catalog", "import", "--dry-run", b)
        expect(size(shop) == before, "--dry-run wrote an entry")
        for words in (["changed", "A", "price", "5000", "5000 to 2026-12-31, 6000.5 from 2027-01-01"],
                      ["removed", "B", "Kopi, 8000"], ["added", "C", "Roti, as keyed in"]):
            expect(any(all(w in line for w in words) for line in p.stdout.splitlines()),
                   f"{words} are not in: {p.stdout}")
        expect("1 added, 1 removed, 1 changed (1 in price)" in p.stdout, p.stdout)
        of(shop, "catalog", "import", b, code=USAGE)        # nobody there to ask
        expect(size(shop) == before, "it was loaded without a yes")
        of(shop, "catalog", "import", "--yes", b)
        expect(size(shop) == before + 1, "it was not loaded")
        again = of(shop, "catalog", "import", "--yes", b)
        expect("nothing to do" in again.stdout and size(shop) == before + 1, again.stdout)
        expect("6000.5" in of(shop, "catalog", "show", "A").stdout, "not shown")
        of(shop, "catalog", "show", "B", code=DATAERR)

        # What is written out reads back as the same.
        out, who = os.path.join(shop.folder, "out.csv"), os.path.join(shop.folder, "who.csv")
        of(shop, "catalog", "import", "--yes", "--cashiers", write(shop, "c.csv", CASHIERS))
        of(shop, "catalog", "export", out, "--cashiers", who)
        expect(open(out, encoding="utf-8").read() == new, open(out, encoding="utf-8").read())
        expect(open(who, encoding="utf-8").read() == CASHIERS, "other cashiers")
        of(shop, "catalog", "export", out, code=73)         # never over a file


def note_names(shop, ack):
    entry = wire.entry_of(ack.entry)
    return [ledger_pb2.Rule.Name(r) for r in entry.transaction.notes
            if 120 <= r < 130], list(entry.transaction.broken)


@scenario("unknown goods, another price, a right that lacks: noted, never lost")
def noted():
    with Shop() as shop:
        till = shop.terminal("front")
        path = write(shop, "p.csv", HEADER + "K1,,Kopi susu,10,,12000,,\n")

        def sell(want, **changes):
            t = wire.sale(12000)
            for k, v in changes.items():
                target = t.lines[0] if k in ("sku", "tax_code") else t
                setattr(target, k, v)
            signed = till.register.sign(t)
            till.send(signed)
            notes, broken = note_names(shop, till.ack_of(signed))
            expect(not broken, f"{changes}: broke {broken}")
            expect(notes == want, f"{changes}: noted {notes}, not {want}")

        sell([], sku="K9", cashier="nobody")                # no list, nothing to hold against it
        of(shop, "catalog", "import", "--yes", path, "--cashiers", write(shop, "c.csv", CASHIERS))
        sell([])
        sell(["PRODUCT_UNKNOWN"], sku="K9")
        sell(["CASHIER_UNKNOWN"], cashier="rudi")
        shop.restart()                                      # the list outlives the process
        sell(["PRODUCT_UNKNOWN"], sku="K9")

        dear = wire.sale(13000)
        for supervisor, want in (("", ["PRODUCT_PRICE", "CASHIER_RIGHT_LACKING"]),
                                 ("bu", ["PRODUCT_PRICE"])):
            dear.supervisor = supervisor
            signed = till.register.sign(dear)
            till.send(signed)
            notes, broken = note_names(shop, till.ack_of(signed))
            expect(notes == want and not broken, f"{supervisor}: {notes}, {broken}")
        expect(shop.status().totals.sales_count == 7, "every sale counts")
        shop.check_kept()
        of(shop, "verify", code=3)                          # no headquarters: freshness unproven


@scenario("a till that comes later, and a broker that forgot, get the catalogue in force")
def retained():
    with Shop() as shop:
        path = write(shop, "p.csv", products(5_000))
        index = of(shop, "--json", "catalog", "import", "--yes", path)["index"]
        expect(len(fetched(shop, index).products) == 5_000, "rows are missing")
        shop.broker.stop()
        shop.broker.start()
        expect(len(fetched(shop, index).products) == 5_000, "the broker was not given it again")
        write(shop, "p.csv", products(10))
        index = of(shop, "--json", "catalog", "import", "--yes", path)["index"]
        expect(len(fetched(shop, index).products) == 10, "the smaller one is not whole")


@scenario("a ledger that has lost its catalogue says so, and takes it once more")
def lost():
    with Shop() as shop:
        path = write(shop, "p.csv", products(10))
        of(shop, "catalog", "import", "--yes", path)
        shop.stop()
        with sqlite3.connect(shop.ledger) as db:
            guard = db.execute("SELECT sql FROM sqlite_master WHERE name = 'blob_no_delete'")
            db.executescript("DROP TRIGGER blob_no_delete; DELETE FROM blob; "
                             + guard.fetchone()[0])
        db.close()
        shop.start()
        shop.wait_log("no longer the catalogue")
        p = of(shop, "catalog", "show", code=69)
        expect("no longer the catalogue" in p.stderr and "import it once more" in p.stderr, p.stderr)
        of(shop, "catalog", "import", "--yes", path)
        expect(of(shop, "--json", "catalog", "show")["products"] == 10, "it is not there again")
