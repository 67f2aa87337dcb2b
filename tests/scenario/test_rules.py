"""Rule sets: kasirctl rules against a real daemon."""
import os

from harness import Shop, expect, scenario
from test_kasirctl import ctl, of

USAGE, DATAERR = 64, 65
RULES = os.path.join(os.path.dirname(__file__), "..", "..", "rules")
ID_RETAIL = os.path.join(RULES, "id-retail.conf")


def write(shop, text):
    path = os.path.join(shop.folder, "rules.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def size(shop):
    return of(shop, "--json", "status")["size"]


@scenario("a rule set is shown as it was loaded, and can be loaded again")
def round_trip():
    with Shop() as shop:
        loaded = of(shop, "--json", "rules", "load", "--yes", ID_RETAIL)
        expect(loaded["name"] == "id-retail", f"loaded {loaded}")
        expect(of(shop, "--json", "rules", "show")["index"] == loaded["index"], "another entry")
        text = of(shop, "rules", "show").stdout
        expect('tax "PPN-MEWAH"' in text, f"not shown: {text}")
        before = size(shop)
        again = of(shop, "rules", "load", "--yes", write(shop, text)).stdout
        expect("in force already" in again, f"it differs: {again}")
        expect(size(shop) == before, "an entry was written for nothing")
        old = of(shop, "rules", "show", "--at", "2024-12-31").stdout
        expect("11 %" in old and "11/12" not in old, f"not that day's: {old}")
        of(shop, "rules", "show", "--at", "1999-12-31", code=DATAERR)


@scenario("the difference is shown field by field, and --dry-run changes nothing")
def difference():
    with Shop() as shop:
        of(shop, "rules", "load", "--yes", ID_RETAIL)
        before = size(shop)
        with open(ID_RETAIL, encoding="utf-8") as f:
            before_it, _, behind = f.read().rpartition("rate = 12 %, base = 11/12 }")
        text = before_it + "rate = 13 % }" + behind
        path = write(shop, text)
        rows = of(shop, "--json", "rules", "load", "--dry-run", path)
        place = "period 2025-02-01, tax PPN, "
        expect({(r["place"], r["before"], r["after"]) for r in rows} ==
               {(place + "rate", "12 %", "13 %"), (place + "base", "11/12", "")}, f"rows: {rows}")
        of(shop, "rules", "load", path, code=USAGE)
        expect(size(shop) == before, "nobody said yes, and an entry was written")


@scenario("of a bad rule file every error is named with its line, and nothing is loaded")
def bad_file():
    with Shop() as shop:
        path = write(shop, 'name = "x"\ncurrency = rupiah\nperiod "2025-01-01" {\n'
                     '\troundign = floor\n\ttax "A" { rate = 12 }\n}\nperiod "2026-01-01" { }\n')
        for command in (["rules", "check"], ["rules", "load", "--yes"]):
            told = of(shop, *command, path, code=DATAERR).stderr
            for line, words in ((2, "ISO 4217"), (4, "did you mean rounding?"), (5, "like 12 %"),
                                (7, "overlaps period 2025-01-01 of line 3")):
                expect(any(t.startswith(f"{path}:{line}: ") and words in t
                           for t in told.splitlines()), f"line {line} is not told: {told}")
        of(shop, "rules", "load", "--yes", os.path.join(RULES, "eurozone.conf"), code=DATAERR)
        ctl("rules", "check", "/nonexistent.conf", code=66)
        expect("no rule set" in of(shop, "rules", "show", code=69).stderr, "rules were loaded")
