#!/usr/bin/env python3
"""Count and money by type, reckoned from a data set alone.

Shares no code with kasir-term: the replay compares its ledgers with what this prints.
usage: totals.py FILE        (online_retail.csv[.zst] or cord_receipts.jsonl[.zst])
Prints one JSON object:
  {"currency": ..., "exponent": ..., "rows": ...,
   "types": {"SALE": {"count": ..., "payable": ..., "magnitude": ...}, ...}}
Money in minor units; "payable" is signed, "magnitude" the sum of absolute values.
"""
import csv
import io
import json
import re
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal

ROUNDING_MAX = 500  # rupiah; a larger difference is no rounding


def open_text(path):
    if path.endswith(".zst"):
        pipe = subprocess.Popen(["zstd", "-dc", path], stdout=subprocess.PIPE)
        return io.TextIOWrapper(pipe.stdout, encoding="utf-8", newline="")
    return open(path, encoding="utf-8", newline="")


def total(types, kind, payable):
    t = types.setdefault(kind, {"count": 0, "payable": 0, "magnitude": 0})
    t["count"] += 1
    t["payable"] += payable
    t["magnitude"] += abs(payable)


def online_retail(file):
    invoices, rows = {}, 0
    for row in csv.DictReader(file):
        rows += 1
        pence = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) * 100
        pence = int(pence.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        number = row["InvoiceNo"]
        invoices[number] = invoices.get(number, 0) + pence
    types = {}
    for number, pence in invoices.items():
        total(types, "RETURN" if number.startswith("C") else "SALE", pence)
    return {"currency": "GBP", "exponent": 2, "rows": rows, "types": types}


def rupiahs(text):
    """Every number in TEXT, as magnitudes.  Thousands stand in threes ("11 225" too); one or
    two digits behind the last separator are sen, which round half up."""
    text = re.sub(r"(?<![\d.,])(\d{1,3}) (\d{3})(?![\d.,])", r"\1\2", text or "")
    found = []
    for token in re.findall(r"\d[\d.,]*", text):
        whole, sen = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", token.rstrip(".,")).groups()
        found.append(int(re.sub(r"[.,]", "", whole)) + ((sen or "0")[0] >= "5"))
    return found


def last(part, key):
    found = rupiahs(text_of(part, key))
    return found[-1] if found else None


def text_of(part, key):
    if isinstance(part, list):
        texts = [text_of(p, key) for p in part]
        texts = [t for t in texts if t is not None]
        return texts[-1] if texts else None
    return part.get(key) if isinstance(part, dict) else None


def entries(menu):
    return menu if isinstance(menu, list) else [] if menu is None else [menu]


def receipt_total(r):
    sub, tot = r.get("sub_total"), r.get("total")
    due = last(tot, "total_price")
    if due is None:
        due = last(sub, "subtotal_price")
        if due is None:
            due = sum(last(m, "price") or 0 for m in entries(r.get("menu")))
        due += (last(sub, "service_price") or 0) + (last(sub, "tax_price") or 0)
        due -= sum(rupiahs(text_of(sub, "discount_price")))
    cash, card, emoney = (last(tot, k) for k in ("cashprice", "creditcardprice", "emoneyprice"))
    change, behind = last(tot, "changeprice") or 0, last(tot, "total_etc") or 0
    notes = sum(rupiahs(text_of(tot, "cashprice")))
    plain = (card or 0) + (emoney or 0)
    ways = []
    for net in (False, True):  # change of a note that is not printed, or of the cash
        for extra in (0, behind):  # a voucher, or the cash itself where there is change
            for given in (cash or 0, notes):
                gives = cash is not None or (extra and change)
                ways.append(plain + extra + given - (change if gives and not net else 0))
    paid = min(ways, key=lambda p: abs(p - due))
    return paid if paid and abs(paid - due) <= ROUNDING_MAX else due


def cord(file):
    types, rows = {}, 0
    for line in file:
        r = json.loads(line)
        rows += len(entries(r.get("menu"))) + len(entries(r.get("void_menu")))
        total(types, "SALE", receipt_total(r))
    return {"currency": "IDR", "exponent": 0, "rows": rows, "types": types}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    file = open_text(sys.argv[1])
    first = file.read(1)
    file = open_text(sys.argv[1])
    print(json.dumps(cord(file) if first == "{" else online_retail(file)))


if __name__ == "__main__":
    main()
