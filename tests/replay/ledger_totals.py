#!/usr/bin/python3
"""Count and money by type, read from the bytes in a ledger: the store's or headquarters'.

Shares no code with kasird but the messages' definition.
usage: ledger_totals.py PROTO-FOLDER DATABASE [STORE]     (STORE: in headquarters' database)
Prints one JSON object: {"types": {"SALE": {...}}, "exceptions": N, "broken": {"rule": n}}
"""
import json
import re
import sqlite3
import subprocess
import sys
import tempfile


def load_messages(folder):
    out = tempfile.mkdtemp()
    subprocess.run(
        ["protoc", "-I" + folder, "--python_out=" + out,
         "kasir/v1/transaction.proto", "kasir/v1/ledger.proto"],
        check=True, cwd=folder)
    sys.path.insert(0, out)
    from kasir.v1 import ledger_pb2, transaction_pb2
    subprocess.run(["rm", "-rf", out], check=True)
    return ledger_pb2, transaction_pb2


def rule_names(folder):
    """Stable names stand in the comments behind the numbers."""
    with open(folder + "/kasir/v1/ledger.proto", encoding="utf-8") as f:
        found = re.findall(r"^  [A-Z0-9_]+ = (\d+);\s*// ([a-z_]+\.[a-z_0-9]+)", f.read(), re.M)
    return {int(number): name for number, name in found}


def rows(path, store):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    if store:
        return db.execute("SELECT entry, payload FROM entry WHERE store ="
                          " (SELECT id FROM store WHERE name = ?) ORDER BY idx", (store,))
    return db.execute("SELECT entry, payload FROM entry ORDER BY idx")


def main(folder, path, store=None):
    ledger, transaction = load_messages(folder)
    names, types, broken, exceptions = rule_names(folder), {}, {}, 0
    for entry_bytes, payload in rows(path, store):
        entry = ledger.LedgerEntry.FromString(entry_bytes)
        if entry.WhichOneof("body") != "transaction":
            continue
        doc = transaction.Transaction.FromString(payload)
        kind = transaction.TransactionType.Name(doc.type)
        t = types.setdefault(kind, {"count": 0, "payable": 0, "magnitude": 0})
        t["count"] += 1
        t["payable"] += doc.payable
        t["magnitude"] += abs(doc.payable)
        exceptions += len(entry.transaction.broken) > 0
        for rule in entry.transaction.broken:
            name = names.get(rule, "rule.%d" % rule)
            broken[name] = broken.get(name, 0) + 1
    print(json.dumps({"types": types, "exceptions": exceptions, "broken": broken}))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
