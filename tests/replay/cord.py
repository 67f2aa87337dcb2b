#!/usr/bin/python3
"""Is every CORD receipt that reconciles accepted, and every other one an exception?

A receipt with a subtotal and a total reconciles when subtotal, service charge, tax and discount
make the total within Rp 500, which tills round away; the discount or the tax may be in the
subtotal already.  Reckoned from the file alone; what became of each receipt is read from the
store's ledger.  Exit 0 only if the two agree.
usage: cord.py PROTO-FOLDER LEDGER FILE
"""
import json
import sys

from ledger_totals import load_messages, rows, rule_names
from totals import ROUNDING_MAX, open_text, rupiahs, text_of


def last(part, key):
    found = rupiahs(text_of(part, key))
    return found[-1] if found else None


def charge(part, key):
    """Of several rows the last that is not 0."""
    found = [n for n in rupiahs(text_of(part, key)) if n]
    return found[-1] if found else 0


def off(receipt):
    """By how much the total is off, or None: there is no subtotal or no total."""
    sub, tot = receipt.get("sub_total"), receipt.get("total")
    subtotal, total = last(sub, "subtotal_price"), last(tot, "total_price")
    if subtotal is None or total is None:
        return None
    due = subtotal + charge(sub, "service_price") + charge(sub, "othersvc_price")
    discount, tax = sum(rupiahs(text_of(sub, "discount_price"))), charge(sub, "tax_price")
    return min(abs(total - (due - d + t)) for d in (0, discount) for t in (0, tax))


def outcomes(folder, path):
    """By receipt number: the names of the rules that it breaks, and its tax codes."""
    ledger, transaction = load_messages(folder)
    names, found = rule_names(folder), {}
    for entry_bytes, payload in rows(path, None):
        entry = ledger.LedgerEntry.FromString(entry_bytes)
        if entry.WhichOneof("body") == "transaction":
            doc = transaction.Transaction.FromString(payload)
            found[doc.receipt_number] = ([names[r] for r in entry.transaction.broken],
                                         [t.code for t in doc.taxes])
    return found


def count_rules(found, ids):
    counts = {}
    for i in ids:
        for name in found[i][0]:
            counts[name] = counts.get(name, 0) + 1
    return ", ".join("%s %d" % (n, c) for n, c in sorted(counts.items(), key=lambda x: -x[1]))


def main(folder, ledger, file):
    found = outcomes(folder, ledger)
    groups = {"to the rupiah": [], "within Rp %d" % ROUNDING_MAX: [], "do not reconcile": [],
              "without subtotal or total": []}
    exact, near, wrong, rest = groups.values()
    for line in open_text(file):
        receipt = json.loads(line)
        o = off(receipt)
        group = rest if o is None else exact if o == 0 else near if o <= ROUNDING_MAX else wrong
        group.append(receipt["id"])
    print("%-28s %9s %9s %11s" % ("receipts", "", "accepted", "exceptions"))
    for name, ids in groups.items():
        bad = [i for i in ids if found[i][0]]
        print("%-28s %9d %9d %11d  %s" % (name, len(ids), len(ids) - len(bad), len(bad),
                                          count_rules(found, bad)))
    codes = [c for _, cs in found.values() for c in cs]
    print("\ntax rows: " + ", ".join("%s %d" % (c, codes.count(c)) for c in sorted(set(codes))))
    refused = [i for i in exact + near if found[i][0]]
    passed = [i for i in wrong if not found[i][0]]
    if refused or passed:
        return "failed: reconcile and are exceptions: %s; do not and are accepted: %s" % (
            refused, passed)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
