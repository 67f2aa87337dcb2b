"""verify.py - a second verifier, written from docs/reference and proto/ alone.

It shares no line with kasirctl, so that the two agreeing means that the documents are
enough and that neither invented something.  What it leaves out: which payloads decode, what
hangs on earlier documents and on the open day (docs/reference/rules.md, numbers 1 and 50 to
63, 91 to 106), the catalogue's notes, and some figures of a close (day.py).

  verify.py tlog DIR --key FILE [--hq-key FILE]
  verify.py db ledger.db --key FILE [--hq-key FILE] [--against FILE]...
  verify.py hq hq.db --key FILE [--hq-key FILE] [--against FILE]...
  verify.py proof FILE --key FILE [--hq-key FILE]

Exits with 0: holds, and headquarters has cosigned; 3: holds, without its word; 1: does
not hold, and a line says why; 2: asked wrongly, or the database cannot be read.
"""
import argparse
import os
import sqlite3
import struct
import sys

from google.protobuf.message import DecodeError

from day import Day
from kasir.v1 import ledger_pb2, rules_pb2, transaction_pb2
from proofs import (COSIGNER_KEY, STORE_KEY, Checkpoint, Key, Wrong, b64, check_inclusion,
                    decimal, leaf, levels, need, root_of, sha256, signed_by, tile_path,
                    tiles_of, unb64)
from rules import DOCUMENT, broken_by, period_of

TOTALS = ("sales", "returns", "exceptions", "voids", "training")
R = ledger_pb2.Rule.Value
FOLLOWING = {R(n) for n in ("IDENTITY_CONFLICT", "IDENTITY_REUSED", "IDENTITY_TXN_ID",
                            "SEQUENCE_GAP", "SEQUENCE_LATE", "CHAIN_BROKEN", "TIME_SKEW")}


# The entries, in the order in which they hold.

class Epoch:
    def __init__(self, key):
        self.key, self.revoked = key, False
        self.newest, self.hash = 0, None
        self.by_sequence = {}           # sequence: (index, statement's hash, its `previous`)


class Ledger:
    def __init__(self, store):
        self.pinned, self.store = store, store.name.split("/")[-2]
        self.totals = dict.fromkeys([t + c for t in TOTALS for c in ("", "_count")], 0)
        self.epochs, self.ids, self.payables, self.conflicts = {}, {}, {}, set()
        self.documents = {}
        self.counted = set()             # in exceptions or training
        self.rules, self.day = None, Day()
        self.exceptions = {}             # index: (document, bucket, magnitude, is it settled)
        self.roots = []                  # (size, root) that closes state

    def take(self, index, data, beside):
        """BESIDE: (payload, salt, personal), or None where only the entries are there."""
        e = ledger_pb2.LedgerEntry()
        try:
            e.ParseFromString(data)
        except DecodeError:
            raise Wrong("is no LedgerEntry")
        body = e.WhichOneof("body")
        need((index == 0) == (body == "store_opened"), "the ledger must be opened once, at 0")
        need(beside is None or body == "transaction" or not any(beside[body == "rules_changed":]),
             "something beside an event")
        due = self.day.due
        need(not due or body == due[0], "the close that was asked for is not there")
        bucket = magnitude = None
        if body == "store_opened":
            self.open(e.store_opened)
        elif body == "terminal_added":
            t = e.terminal_added
            newest = max((n for name, n in self.epochs if name == t.terminal), default=0)
            need(t.epoch > newest and len(t.key) == 32, "a terminal added out of order")
            self.epochs[t.terminal, t.epoch] = Epoch(t.key)
        elif body == "terminal_revoked":
            t = self.epochs.get((e.terminal_revoked.terminal, e.terminal_revoked.epoch))
            need(t and not t.revoked, "a key revoked that was not there")
            t.revoked = True
        elif body == "transaction":
            bucket, magnitude = self.transaction(index, e, beside)
        elif body == "return_settled":
            s = e.return_settled
            need(s.return_index < index and s.original_index < index, "settles what is not there")
            if s.broken and s.return_index not in self.counted:
                bucket, magnitude = "exceptions", self.payables.get(s.return_index)
                self.settled(index, s.return_index)
        elif body == "exception_resolved":
            bucket, magnitude = self.resolved(e.exception_resolved, beside is not None)
        elif body == "rules_changed":
            self.change_rules(e.rules_changed, beside)
        elif body == "annotated":
            need(e.annotated.index < index, "a remark on what is to come")
        elif body in ("shift_closed", "day_closed"):
            self.close(index, getattr(e, body), body)
        self.add(e.totals, bucket, magnitude,
                 beside is not None or
                 body not in ("transaction", "return_settled", "exception_resolved"))

    def open(self, o):
        need(o.format == 1 and o.origin == self.pinned.name and o.store == self.store and
             o.store_key == self.pinned.key, "opened for another store, or by another key")
        self.opened = o

    def transaction(self, index, e, beside):
        t = e.transaction
        epoch = self.epochs.get((t.terminal, t.epoch))
        need(epoch and not epoch.revoked, f"{t.terminal} has no key in force in epoch {t.epoch}")
        text = "\n".join([
            "kasir.v1/transaction", f"{self.store}/{t.terminal}", f"{t.epoch} {t.sequence}",
            t.txn_id.hex(), b64(t.previous) or "unknown", b64(t.payload_hash),
            b64(t.personal_hash) or "-"]).encode() + b"\n"
        need(len(t.txn_id) == 16 and len(t.payload_hash) == 32 and t.sequence > 0 and
             len(t.previous) in (0, 32) and len(t.personal_hash) in (0, 32), "fields out of bounds")
        need(signed_by(epoch.key, text, t.signature), f"{t.terminal} did not sign it")
        doc = None
        if beside is not None:
            doc = self.bound(t, *beside)
            self.payables[index] = abs(doc.payable) if doc else 0
        if t.broken or (doc and transaction_pb2.TRAINING in doc.flags):
            self.counted.add(index)
        self.judge(index, e, epoch, sha256(text), doc)
        self.day.read = self.day.read and beside is not None
        unread = doc is None and R("PAYLOAD_UNDECODABLE") not in t.broken
        if beside is not None:
            self.documents[index] = doc
            self.day.enter(index, t, doc, unread)
        bucket, magnitude = self.bucket(t, doc)
        if bucket == "exceptions":
            kind, size = self.bucket(None, doc)
            self.exceptions[index] = doc, kind, None if unread else size, False, unread
        return bucket, magnitude

    def settled(self, index, back):
        """A return that counted turned out to be wrong."""
        doc = self.documents.get(back)
        self.exceptions[index] = doc, None, 0, True, doc is None
        self.day.sums.exact = self.day.sums.exact and doc is not None
        self.day.sums.figure("exceptions", doc)

    def resolved(self, m, exact):
        need(m.index in self.exceptions, "resolves what is no exception, or a second time")
        need(m.how in (ledger_pb2.ACCEPTED, ledger_pb2.VOIDED), "neither accepts nor voids")
        doc, bucket, magnitude, settled, unread = self.exceptions.pop(m.index)
        accepted = m.how == ledger_pb2.ACCEPTED
        self.day.sums.exact = self.day.sums.exact and not unread
        self.day.resolve(doc, settled, accepted)
        return (bucket, magnitude) if accepted and not settled else (None, None)

    def change_rules(self, m, beside):
        if beside is not None:
            need(sha256(beside[0]) == m.hash, "the rule set is not the one that it names")
            self.rules = rules_pb2.RuleSet.FromString(beside[0])
            need(self.rules.currency == self.opened.currency, "a rule set for another currency")

    def close(self, index, m, body):
        if body == "shift_closed":
            need(self.day.due or not self.day.read, "a shift is closed that nobody asked to close")
            wrong = self.day.due and self.day.close_shift(m)
        else:
            newest = {}
            for (name, n), epoch in self.epochs.items():
                newest[name] = max((n, epoch.newest, epoch.newest - len(epoch.by_sequence)),
                                   newest.get(name, (0, 0, 0)))
            wrong = self.day.close(index, m, [(n, *newest[n]) for n in sorted(newest)])
            self.roots.append((index, m.root))
        self.day.due = None
        need(not wrong, f"{body.replace('_', ' ')} says {wrong}")

    def bound(self, t, payload, salt, personal):
        """What stands beside the entry is what its hashes say; the decoded payload."""
        need(sha256(payload) == t.payload_hash, "the payload is not the one signed")
        if salt or personal:    # erased is no fault
            need(sha256(salt, personal) == t.personal_hash, "the personal data is not the one signed")
        if R("PAYLOAD_UNDECODABLE") in t.broken:
            return None
        try:
            return transaction_pb2.Transaction.FromString(payload)
        except DecodeError:     # Python refuses strings that are not UTF-8
            return None

    def judge(self, index, e, epoch, statement, doc):
        """Identity, sequence, chain and clock: what the entry must say of them."""
        t, rules = e.transaction, set()
        need(statement not in self.conflicts, "a conflict stands twice")
        taken = epoch.by_sequence.get(t.sequence)
        first = taken[0] if taken else self.ids.get((t.terminal, t.txn_id))
        if taken:
            need(taken[1] != statement, f"a repeat of entry {first}")
            rules.add(R("IDENTITY_CONFLICT"))
            self.conflicts.add(statement)
        elif first is not None:
            rules.add(R("IDENTITY_REUSED"))
        if t.txn_id[6] >> 4 != 7 or t.txn_id[8] >> 6 != 2:
            rules.add(R("IDENTITY_TXN_ID"))
        if not taken:
            self.follow(t, epoch, statement, rules)
            epoch.by_sequence[t.sequence] = index, statement, t.previous
            self.ids.setdefault((t.terminal, t.txn_id), index)
        said = (set(t.broken) | set(t.notes)) & (FOLLOWING | DOCUMENT)
        if doc:
            rules |= broken_by(doc, self.opened, self.rules)
            behind = e.wall_us - doc.at_us
            period = period_of(self.rules, doc.business_day)
            ahead = (period and period.clock_ahead_s or 300) * 10**6
            old = (period and period.clock_behind_s or 86400) * 10**6
            delayed = {transaction_pb2.OFFLINE, transaction_pb2.LATE, transaction_pb2.HANDWRITTEN}
            if behind < -ahead or behind > old and not delayed & set(doc.flags):
                rules.add(R("TIME_SKEW"))
        else:
            said -= DOCUMENT | {R("TIME_SKEW")}
        names = [ledger_pb2.Rule.Name(r) for r in rules ^ said]
        need(not names, f"the entry and the ledger differ on {', '.join(names)}")
        need(t.conflict == (first is not None) and (not t.conflict or t.first == first),
             "names another first, or no conflict")

    def follow(self, t, epoch, statement, rules):
        chained = True
        if t.sequence > epoch.newest + 1:
            rules.add(R("SEQUENCE_GAP"))
        elif t.sequence <= epoch.newest:
            rules.add(R("SEQUENCE_LATE"))
            before, after = (epoch.by_sequence.get(t.sequence + i) for i in (-1, 1))
            chained = (not before or before[1] == t.previous) and (not after or after[2] == statement)
        elif epoch.hash:
            chained = t.previous == epoch.hash
        if t.sequence == 1 and t.previous:
            older = self.epochs.get((t.terminal, t.epoch - 1))
            chained = chained and older is not None and older.hash == t.previous
        if not chained:
            rules.add(R("CHAIN_BROKEN"))
        if t.sequence > epoch.newest:
            epoch.newest, epoch.hash = t.sequence, statement

    def bucket(self, t, doc):
        """T None: as if it broke nothing."""
        if doc and transaction_pb2.TRAINING in doc.flags:
            return "training", abs(doc.payable)
        if t and t.broken:
            unread = doc is None and R("PAYLOAD_UNDECODABLE") not in t.broken
            return "exceptions", None if unread else abs(doc.payable) if doc else 0
        if doc is None:
            return None, None
        kind = {transaction_pb2.SALE: "sales", transaction_pb2.RETURN: "returns",
                transaction_pb2.POST_VOID: "voids",
                transaction_pb2.EXCHANGE: "returns" if doc.payable < 0 else "sales"}.get(doc.type)
        return kind, abs(doc.payable)

    def add(self, totals, bucket, magnitude, exact):
        for name, before in self.totals.items():
            now = getattr(totals, name)
            need(now >= before, f"the total {name} falls")
            if exact and (name != bucket or magnitude is not None):
                plus = magnitude if name == bucket else 1 if name == f"{bucket}_count" else 0
                need(now == min(before + plus, 2**63 - 1), f"the total {name} does not follow")
            self.totals[name] = now


# The forms in which a ledger comes.

def read(*parts):
    try:
        with open(os.path.join(*parts), "rb") as f:
            return f.read()
    except OSError as e:
        raise Wrong(f"{e.filename}: {e.strerror}")


def entries_of_export(folder, size):
    for n in range(0, (size + 255) // 256):
        width = min(256, size - 256 * n)
        data = read(folder, tile_path("entries", n, width))
        for _ in range(width):
            need(len(data) >= 2, f"entries tile {n}: ends early")
            length = struct.unpack(">H", data[:2])[0]
            need(len(data) >= 2 + length, f"entries tile {n}: ends early")
            yield data[2:2 + length]
            data = data[2 + length:]
        need(not data, f"entries tile {n}: too long")


def check_entries(ledger, entries):
    """ENTRIES: (entry, beside); the rows of the tree above them."""
    hashes = []
    for index, (entry, beside) in enumerate(entries):
        try:
            ledger.take(index, entry, beside)
        except Wrong as e:
            raise Wrong(f"entry {index}: {e}")
        hashes.append(leaf(entry))
    need(not ledger.day.due, "the close that the last entry asked for is not there")
    rows = levels(hashes)
    for size, root in ledger.roots:
        need(root_of(rows, size) == root, f"entry {size}: a day is closed over another root")
    return rows


def check_export(folder, store, hq):
    head = Checkpoint(read(folder, "checkpoint"), store, hq)
    rows = check_entries(Ledger(store), ((e, None) for e in entries_of_export(folder, head.size)))
    need(root_of(rows, head.size) == head.root, "the entries do not give the checkpoint's root")
    for (level, n, width), hashes in tiles_of(rows, head.size).items():
        need(read(folder, tile_path(level, n, width)) == hashes, f"tile {level}/{n} is false")
    return head.cosigned


# Headquarters' copy of store N, in the shape of the store's own database.
HQ_VIEWS = """
    CREATE TEMP VIEW head AS SELECT size, (SELECT note FROM main.checkpoint c
        WHERE c.store = h.store AND c.size = h.size) AS checkpoint FROM main.head h WHERE store = {0};
    CREATE TEMP VIEW entry AS SELECT * FROM main.entry WHERE store = {0};
    CREATE TEMP VIEW personal AS SELECT idx, salt, data FROM main.personal WHERE store = {0};
    CREATE TEMP VIEW tile AS SELECT * FROM main.tile WHERE store = {0};
    CREATE TEMP VIEW cosigned AS SELECT size, note FROM main.checkpoint
        WHERE store = {0} AND cosigned = 1;
    CREATE TEMP VIEW evidence AS SELECT NULL AS note WHERE 0;
"""


def check_hq(path, store, hq, against):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    row = db.execute("SELECT id FROM store WHERE name = ?", (store.name.split("/")[-2],)).fetchone()
    need(row, "headquarters knows no such store")
    db.executescript(HQ_VIEWS.format(row[0]))
    return check_rows(db, store, hq, against)


def check_db(path, store, hq, against):
    return check_rows(sqlite3.connect(f"file:{path}?mode=ro", uri=True), store, hq, against)


def check_rows(db, store, hq, against):
    size, note = db.execute("SELECT size, checkpoint FROM head").fetchone()
    head = Checkpoint(note, store, hq)
    need(head.size == size, "the checkpoint is not of the head's size")
    found = db.execute("SELECT idx, entry, payload, coalesce(salt, x''), coalesce(data, x'')"
                       " FROM entry LEFT JOIN personal USING (idx) ORDER BY idx").fetchall()
    need([f[0] for f in found] == list(range(size)), "entries are missing, or too many")
    rows = check_entries(Ledger(store), ((f[1], f[2:]) for f in found))
    need(root_of(rows, size) == head.root, "the entries do not give the checkpoint's root")
    full = {(t[0], t[1]): h for t, h in tiles_of(rows, size).items() if t[2] == 256}
    stored = {(level, n): h for level, n, h in db.execute("SELECT level, n, hashes FROM tile")}
    need(full == stored, "the stored tiles are not those of the entries")
    cosigned = False
    for at, note in [*db.execute("SELECT size, note FROM cosigned"),
                     *db.execute("SELECT NULL, note FROM evidence"), *((None, read(a)) for a in against)]:
        other = Checkpoint(note, store, hq)
        need(other.size <= size and root_of(rows, other.size) == other.root,
             f"a checkpoint of {other.size} entries was signed that these do not lead to")
        need(at in (None, other.size), "a cosigned checkpoint stands under another size")
        cosigned = cosigned or other.cosigned
    return cosigned


def check_proof(path, store, hq):
    try:
        lines, gap, note = read(path).partition(b"\n\n")
        lines = lines.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Wrong("proof: not text")
    need(gap and lines[0] == "c2sp.org/tlog-proof@v1" and len(lines) >= 3, "proof: no tlog-proof")
    need(lines[1].startswith("extra ") and lines[2].startswith("index "), "proof: extra or index is missing")
    entry, index, path = unb64(lines[1][6:]), decimal(lines[2][6:]), [unb64(h) for h in lines[3:]]
    need(all(len(h) == 32 for h in path), "proof: a hash of a wrong length")
    head = Checkpoint(note, store, hq)
    check_inclusion(index, head.size, leaf(entry), path, head.root)
    return head.cosigned


def main():
    a = argparse.ArgumentParser()
    a.add_argument("what", choices=("tlog", "db", "hq", "proof"))
    a.add_argument("path")
    a.add_argument("--key", required=True)
    a.add_argument("--hq-key")
    a.add_argument("--against", action="append", default=[])
    a = a.parse_args()
    try:
        store = Key(a.key, STORE_KEY)
        hq = a.hq_key and Key(a.hq_key, COSIGNER_KEY)
        if a.what in ("db", "hq"):
            check = check_db if a.what == "db" else check_hq
            cosigned = check(a.path, store, hq, a.against)
        else:
            cosigned = (check_export if a.what == "tlog" else check_proof)(a.path, store, hq)
    except Wrong as e:
        print(e)
        return 1
    except sqlite3.Error as e:
        print(f"{a.path}: {e}", file=sys.stderr)
        return 2
    print("holds, cosigned" if cosigned else "holds; nobody else says so")
    return 0 if cosigned else 3


if __name__ == "__main__":
    sys.exit(main())
