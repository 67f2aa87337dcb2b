"""A stranger's verifier and kasirctl come to the same end, on a ledger in which all that
can happen has happened, and on damaged copies of it.

Some copies are damaged as by an accident; some are history rewritten by somebody who
holds the store's key and has made tree and checkpoint anew.
"""
import glob
import os
import random
import shutil
import sqlite3
import subprocess
import sys

from nacl.signing import SigningKey

import documents
import proofs
import rules
import wire
from busy_shop import all_that_can_happen
from harness import BIN, PATIENCE, Shop, expect
from kasir.v1 import ledger_pb2, transaction_pb2
from test_hq import HqShop

HERE = os.path.dirname(os.path.abspath(__file__))
# Of exit codes: 1 is the stranger's, 4 to 8 and 65 (no proof at all) are kasirctl's.
CLASSES = {0: "good", 3: "unproven", **dict.fromkeys((1, 4, 5, 6, 7, 8, 65), "bad")}
passed = failed = 0


def check(sentence, condition, detail=""):
    global passed, failed
    passed, failed = passed + bool(condition), failed + (not condition)
    print(f"{'ok' if condition else 'not ok'} - {sentence}", flush=True)
    if not condition:
        print(f"#   {detail}", flush=True)


def end_of(*argv):
    run = subprocess.run(argv, capture_output=True, text=True, timeout=8 * PATIENCE)
    return CLASSES.get(run.returncode, "fault"), f"{run.returncode}: {run.stdout}{run.stderr}"


class Keys:
    def __init__(self, shop, hq):
        self.store, self.hq = f"{shop.data}/store.vkey", f"{hq.data}/witness.vkey"
        with open(f"{shop.data}/store.key") as f:
            seed = proofs.unb64(f.read().strip().split("+", 4)[4])[1:]
        self.secret = SigningKey(seed)
        self.options = ["--key", self.store, "--hq-key", self.hq]


def stranger(keys, *args):
    return end_of(sys.executable, f"{HERE}/verify.py", *args, *keys.options)


def ours(keys, *args):
    return end_of(f"{BIN}/kasirctl", *args, *keys.options)


def agree(sentence, keys, expected, path, against=()):
    more = [x for a in against for x in ("--against", a)]
    s = stranger(keys, "db", path, *more)
    o = ours(keys, "verify", "--ledger", path, *more)
    check(sentence, s[0] == o[0] == expected, f"expected {expected}; stranger {s}; kasirctl {o}")


# Damage.

def touched(clean, change, name="ledger.db"):
    """A copy of a stopped daemon's folder, changed by CHANGE(db) behind its triggers' back."""
    folder = os.path.join(os.path.dirname(clean), "touched")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(clean, folder)
    db = sqlite3.connect(f"{folder}/{name}")
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for trigger, _ in triggers:
        db.execute(f"DROP TRIGGER {trigger}")
    change(db)
    for _, text in triggers:
        db.execute(text)
    db.commit()
    db.close()
    return f"{folder}/{name}"


def flip(data, bit):
    data = bytearray(data)
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(data)


def flipped(column, table, where, bit):
    def change(db):
        old = db.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchone()[0]
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (flip(old, bit),))
    return change


def sql(*texts):
    return lambda db: [db.execute(t) for t in texts]


def signed_head(keys, rows, size):
    """The checkpoint of the first SIZE entries, by the holder of the store's key."""
    with open(keys.store) as f:
        name, ident, _ = f.read().split("+", 2)
    text = f"{name}\n{size}\n{proofs.b64(proofs.root_of(rows, size))}\n"
    mark = proofs.b64(bytes.fromhex(ident) + keys.secret.sign(text.encode()).signature)
    return f"{text}\n\u2014 {name} {mark}\n".encode()


def put_back(db, keys, size):
    leaves = [proofs.leaf(e) for e, in db.execute("SELECT entry FROM entry ORDER BY idx")]
    db.execute("UPDATE head SET size = ?, snapshot_size = 0, checkpoint = ?",
               (size, signed_head(keys, proofs.levels(leaves), size)))
    db.execute("DELETE FROM cosigned WHERE size > ?", (size,))


def other_history(db, keys):
    leaves = [proofs.leaf(e) for e, in db.execute("SELECT entry FROM entry ORDER BY idx LIMIT 9")]
    db.execute("INSERT INTO evidence VALUES (1, 0, 't1', ?)",
               (signed_head(keys, proofs.levels(leaves[::-1]), len(leaves)),))


def resign(db, keys, entries):
    """Rewrite history as the holder of the store's key can: ENTRIES is [(entry, payload)]."""
    rows = proofs.levels([proofs.leaf(e) for e, _ in entries])
    for table in ("entry", "tile", "cosigned", "personal"):
        db.execute(f"DELETE FROM {table}")
    db.executemany("INSERT INTO entry VALUES (?, ?, ?)", [(i, *e) for i, e in enumerate(entries)])
    for (level, n, width), hashes in proofs.tiles_of(rows, len(entries)).items():
        if width == 256:
            db.execute("INSERT INTO tile VALUES (?, ?, ?)", (level, n, hashes))
    db.execute("UPDATE head SET size = ?, snapshot_size = 0, checkpoint = ?",
               (len(entries), signed_head(keys, rows, len(entries))))


def rewritten(keys, change):
    """CHANGE gets the entries as [[LedgerEntry, payload]] and may do as it likes with them."""
    def apply(db):
        rows = db.execute("SELECT entry, payload FROM entry ORDER BY idx").fetchall()
        entries = [[wire.entry_of(e), p] for e, p in rows]
        kept = [e.SerializeToString() == bytes(row[0]) for (e, _), row in zip(entries, rows)]
        assert all(kept), "these entries survive decoding, so that only the change differs"
        change(entries)
        resign(db, keys, [(e.SerializeToString(), p) for e, p in entries])
    return apply


def sale_at(entries, n=40):
    return entries[n][0].transaction


def forge(entries):
    sale_at(entries).sequence += 5000


def smuggle_payload(entries):
    entries[40][1] = wire.sale(1).SerializeToString()
    sale_at(entries).payload_hash = wire.sha256(entries[40][1])


def drop_sale(entries):
    del entries[40]


def swap_sales(entries):
    entries[40], entries[41] = entries[41], entries[40]


def sell_twice(entries):
    entries.append([ledger_pb2.LedgerEntry.FromString(entries[40][0].SerializeToString()), entries[40][1]])
    entries[-1][0].totals.CopyFrom(entries[-2][0].totals)


def raise_total(entries):
    for e, _ in entries[100:]:
        e.totals.sales += 1


def lower_total(entries):
    entries[100][0].totals.sales_count -= 1


def hide_gap(entries):
    for e, _ in entries:
        del e.transaction.notes[:]


def hide_conflict(entries):
    for e, _ in entries:
        if e.HasField("transaction") and e.transaction.conflict:
            e.transaction.conflict = False


def without_key(entries):
    i = next(i for i, (e, _) in enumerate(entries) if e.HasField("terminal_added"))
    del entries[i]


def revoked_early(entries):
    i = next(i for i, (e, _) in enumerate(entries) if e.HasField("terminal_revoked"))
    entries.insert(i - 2, entries.pop(i))


def of_another_store(entries):
    entries[0][0].store_opened.store_key = bytes(32)


def foreign_payload(entries):
    entries[1][1] = b"beside an event"


def last_of(entries, body):
    return max(i for i, (e, _) in enumerate(entries) if e.HasField(body))


def lower_close(entries):
    entries[last_of(entries, "day_closed")][0].day_closed.totals.total -= 1


def renumber_close(entries):
    entries[last_of(entries, "day_closed")][0].day_closed.number += 1


def root_of_another(entries):
    e = entries[last_of(entries, "day_closed")][0]
    e.day_closed.root = wire.sha256(e.day_closed.root)


def hide_variance(entries):
    m = entries[last_of(entries, "shift_closed")][0].shift_closed
    m.counted -= m.variance
    m.variance = 0


def leave_close_out(entries):
    del entries[last_of(entries, "shift_closed")]


def resolve_twice(entries):
    e = entries[last_of(entries, "exception_resolved")][0]
    entries.append([ledger_pb2.LedgerEntry.FromString(e.SerializeToString()), b""])
    entries[-1][0].totals.CopyFrom(entries[-2][0].totals)


def other_rules(entries):
    entries[last_of(entries, "rules_changed")][1] += b"\0"


def nothing(entries):
    pass


def test_db(keys, clean):
    db = sqlite3.connect(f"{clean}/ledger.db")
    size = db.execute("SELECT size FROM head").fetchone()[0]
    person = db.execute("SELECT idx FROM personal").fetchone()[0]
    note = db.execute("SELECT checkpoint FROM head").fetchone()[0]
    db.close()
    kept = f"{clean}/../kept.checkpoint"
    with open(kept, "wb") as f:
        f.write(note)
    newest = "size = (SELECT max(size) FROM cosigned)"
    agree("both verify the ledger", keys, "good", f"{clean}/ledger.db", [kept])
    cases = [
        ("a payload's bit flips", "bad", flipped("payload", "entry", "idx = 40", 77)),
        ("a payload is emptied", "bad", sql("UPDATE entry SET payload = x'' WHERE idx = 41")),
        ("an event gets a payload", "bad", sql("UPDATE entry SET payload = x'01' WHERE idx = 1")),
        ("an entry's bit flips", "bad", flipped("entry", "entry", "idx = 50", 801)),
        ("an entry is gone", "bad", sql("DELETE FROM entry WHERE idx = 42")),
        ("the tail is gone", "bad", sql("DELETE FROM entry WHERE idx > 200")),
        ("an entry is added", "bad", sql(f"INSERT INTO entry SELECT {size}, entry, payload FROM entry WHERE idx = 40")),
        ("the head of a day before is put back", "bad", lambda db: put_back(db, keys, 250)),
        ("two entries change places", "bad", sql("UPDATE entry SET idx = 9999 WHERE idx = 50",
         "UPDATE entry SET idx = 50 WHERE idx = 51", "UPDATE entry SET idx = 51 WHERE idx = 9999")),
        ("a tile's bit flips", "bad", flipped("hashes", "tile", "level = 0 AND n = 0", 999)),
        ("a tile is gone", "bad", sql("DELETE FROM tile WHERE n = 0")),
        ("the checkpoint's size is another", "bad", flipped("checkpoint", "head", "id = 1", 8 * len("example.com/jkt-01/1\n"))),
        ("the checkpoint's signature flips", "bad", flipped("checkpoint", "head", "id = 1", 8 * (len(note) - 20))),
        ("the checkpoint is empty", "bad", sql("UPDATE head SET checkpoint = x''")),
        ("a cosignature's bit flips", "bad", flipped("note", "cosigned", newest, 8 * 300)),
        ("a cosigned root flips", "bad", flipped("note", "cosigned", newest, 8 * 30)),
        ("the cosigned checkpoints are gone", "unproven", sql("DELETE FROM cosigned")),
        ("personal data was erased", "good", sql("DELETE FROM personal")),
        ("personal data was changed", "bad", flipped("data", "personal", f"idx = {person}", 9)),
        ("salt was changed", "bad", flipped("salt", "personal", f"idx = {person}", 9)),
        ("personal data where none was signed", "bad", sql("INSERT INTO personal VALUES (40, zeroblob(16), x'0a')")),
        ("an earlier checkpoint is kept as evidence", "good",
         sql("INSERT INTO evidence SELECT 1, 0, NULL, note FROM cosigned WHERE " + newest)),
        ("another history's checkpoint is kept as evidence", "bad", lambda db: other_history(db, keys)),
        ("what was kept aside is gone", "good", sql("DELETE FROM aside")),
    ]
    for change, what, expected in [
            (nothing, "history is signed anew as it was", "unproven"),
            (forge, "somebody forges a sale", "bad"),
            (smuggle_payload, "somebody changes what was sold", "bad"),
            (drop_sale, "somebody takes a sale out", "bad"),
            (swap_sales, "somebody reorders two sales", "bad"),
            (sell_twice, "somebody enters a sale twice", "bad"),
            (raise_total, "somebody raises a total", "bad"),
            (lower_total, "somebody lowers a total", "bad"),
            (hide_gap, "somebody hides the notes", "bad"),
            (hide_conflict, "somebody hides the conflicts", "bad"),
            (without_key, "somebody takes out a terminal's enrolment", "bad"),
            (revoked_early, "somebody revokes a key before its last sales", "bad"),
            (of_another_store, "somebody opens the ledger with another key", "bad"),
            (foreign_payload, "somebody puts a payload beside an event", "bad"),
            (lower_close, "somebody lowers a Z", "bad"),
            (renumber_close, "somebody numbers a Z anew", "bad"),
            (root_of_another, "somebody closes a day over another tree", "bad"),
            (hide_variance, "somebody hides a variance", "bad"),
            (leave_close_out, "somebody leaves a shift's close out", "bad"),
            (resolve_twice, "somebody resolves an exception twice", "bad"),
            (other_rules, "somebody changes a rule set", "bad")]:
        cases.append((f"{what}, with the store's key", expected, rewritten(keys, change)))
    for what, expected, change in cases:
        agree(f"both say {expected} when {what}", keys, expected, touched(clean, change))
    agree("both say bad when rewritten history meets a checkpoint that was kept", keys, "bad",
          touched(clean, rewritten(keys, lambda e: e.pop())), [kept])
    rng = random.Random(7)
    for i in range(12):
        column = ("entry", "payload")[i % 2]
        where = f"idx = {rng.randrange(20, 300)}"
        bit = rng.randrange(1, 2000)
        agree(f"both say bad when bit {bit} of {column} flips, {where}", keys, "bad",
              touched(clean, flipped(column, "entry", where, bit)))


def judged_twice(db, rounding):
    """What the page on the rules says of each document, and what kasird said."""
    rows = db.execute("SELECT entry, payload FROM entry ORDER BY idx").fetchall()
    opened = wire.entry_of(rows[0][0]).store_opened
    expect(opened.rounding == documents.MODES[rounding], f"the store rounds {rounding}")
    for index, (entry, payload) in enumerate(rows):
        t = wire.entry_of(entry).transaction
        if t.sequence:
            doc = transaction_pb2.Transaction.FromString(payload)
            yield index, rules.broken_by(doc, opened), (set(t.broken) | set(t.notes)) & rules.DOCUMENT


def test_rules(rounding):
    with Shop(start=False) as shop:
        shop.write_config(f'rounding = "{rounding}"\n')
        shop.start()
        clerk = shop.terminal("clerk")
        clerk.settle([clerk.register.sign(doc) for doc in documents.many(rounding, 700)], 60)
        shop.stop()
        differ, seen = [], set()
        for index, found, said in judged_twice(sqlite3.connect(shop.ledger), rounding):
            seen |= said
            if found != said:
                names = [sorted(map(ledger_pb2.Rule.Name, x)) for x in (found, said)]
                differ.append(f"entry {index}: stranger {names[0]}, kasird {names[1]}")
    check(f"both find the same rules broken in each of 700 documents, {rounding}", not differ,
          "\n#   ".join(differ[:12]))
    never = {ledger_pb2.Rule.Name(n) for n in rules.DOCUMENT - rules.RULE_SET - seen}
    check(f"and every rule is broken by some, {rounding}",
          never <= {"PAYLOAD_TOO_LONG", "TEXT_NOT_UTF8", "AMOUNT_OVERFLOW"}, never)


def test_hq(keys, hq):
    """Headquarters' copy of the store, and damage to it."""
    cases = [("as it is", "good", lambda db: None),
             ("a payload's bit flips", "bad", flipped("payload", "entry", "idx = 40", 77)),
             ("an entry's bit flips", "bad", flipped("entry", "entry", "idx = 50", 801)),
             ("the tail is gone", "bad", sql("DELETE FROM entry WHERE idx > 200")),
             ("a cosignature's bit flips", "bad", flipped("note", "checkpoint",
              "cosigned = 1 AND size = (SELECT max(size) FROM checkpoint)", 8 * 300)),
             ("a tile's bit flips", "bad", flipped("hashes", "tile", "level = 0 AND n = 0", 999))]
    for what, expected, change in cases:
        path = touched(hq.data, change, "hq.db")
        s = stranger(keys, "hq", path)
        o = ours(keys, "verify", "--hq", path, "--store", "jkt-01")
        check(f"both say {expected} of headquarters' copy: {what}", s[0] == o[0] == expected,
              f"stranger {s}; kasirctl {o}")


def test_tlog(keys, shop, clean):
    folder, copy = f"{shop.folder}/export", f"{shop.folder}/export-touched"
    end_of(f"{BIN}/kasirctl", "export", "tlog", folder, "--ledger", f"{clean}/ledger.db", "-c", shop.config)
    said = stranger(keys, "tlog", folder)
    check("the stranger verifies the export", said[0] == "good", said)
    files = sorted(f for f in glob.glob(f"{folder}/**", recursive=True) if os.path.isfile(f))
    check("the export has a checkpoint, two bundles, two tiles and the one above",
          len(files) == 6, files)
    for name in files:
        size = os.path.getsize(name)
        for what, change in [("a bit flips", lambda d: flip(d, 8 * (size // 3))),
                             ("the last byte is gone", lambda d: d[:-1]),
                             ("something follows", lambda d: d + b"\n")]:
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder, copy)
            path = copy + name[len(folder):]
            with open(path, "rb") as f:
                data = f.read()
            with open(path, "wb") as f:
                f.write(change(data))
            said = stranger(keys, "tlog", copy)
            check(f"the stranger says no to the export when {what} in {name[len(folder) + 1:]}",
                  said[0] == "bad", said)


def test_proofs(keys, shop, clean):
    path = f"{shop.folder}/sale.tlog-proof"
    for txn in ("front/1/1", "front/1/300", "odd/1/4", "odd/2/1", "0"):
        end_of(f"{BIN}/kasirctl", "prove", txn, "-o", path, "--ledger", f"{clean}/ledger.db", "-c", shop.config)
        s, o = stranger(keys, "proof", path), ours(keys, "check-proof", path)
        check(f"both accept the proof of {txn}", s[0] == o[0] == "good", f"stranger {s}; kasirctl {o}")
    with open(path, "rb") as f:
        data = f.read()
    rng, differ, ends = random.Random(11), [], set()
    for i in range(60):
        bit = rng.randrange(8 * len(data))
        with open(path, "wb") as f:
            f.write(flip(data, bit))
        s, o = stranger(keys, "proof", path), ours(keys, "check-proof", path)
        ends.add(s[0])
        if s[0] != o[0]:
            differ.append(f"bit {bit} {data[bit // 8 - 8:bit // 8 + 8]}: stranger {s}; kasirctl {o}")
    check("both agree on a proof after each of 60 flipped bits", not differ, differ)
    check("and hardly any of them is good", "bad" in ends and "good" not in ends, ends)


def main():
    with HqShop() as (shop, hq):
        all_that_can_happen(shop)
        shop.stop()
        hq.process.end()
        clean = f"{shop.folder}/clean"
        shutil.copytree(shop.data, clean)
        keys = Keys(shop, hq)
        test_db(keys, clean)
        test_hq(keys, hq)
        test_tlog(keys, shop, clean)
        test_proofs(keys, shop, clean)
    for rounding in ("half-up", "half-even", "floor"):
        test_rules(rounding)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
