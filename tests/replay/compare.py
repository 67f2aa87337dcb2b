#!/usr/bin/python3
"""Print totals side by side; exit 0 only if they agree to the last minor unit.

usage: compare.py FILE.json STORE.json HQ.json
"""
import json
import sys


def main(paths):
    file, store, hq = (json.load(open(p, encoding="utf-8")) for p in paths)
    agree = True
    row = "%-10s %-10s %14s %14s %14s"
    print(row % ("type", "", "file", "store", "headquarters"))
    for kind in sorted(set(file["types"]) | set(store["types"]) | set(hq["types"])):
        for what in ("count", "payable", "magnitude"):
            cells = [x["types"].get(kind, {}).get(what, 0) for x in (file, store, hq)]
            agree &= len(set(cells)) == 1
            print(row % (kind, what, *cells) + ("" if len(set(cells)) == 1 else "   DIFFERS"))
    agree &= store["broken"] == hq["broken"]
    print("\nexceptions  %d transactions" % store["exceptions"])
    for name, n in sorted(store["broken"].items(), key=lambda x: -x[1]):
        print("  %-28s %8d" % (name, n))
    print()
    return 0 if agree else "failed: the totals differ"


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
