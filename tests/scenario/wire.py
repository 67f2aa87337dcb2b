"""A terminal's side of the protocol, written from docs/reference/protocol.md and not from
our C: protobuf, PyNaCl and hashlib.  What it accepts, a stranger's implementation accepts.
"""
import base64
import hashlib
import os
import time

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from kasir.v1 import ledger_pb2, terminal_pb2, transaction_pb2


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def uuid7(at_ms=None):
    at_ms = int(time.time() * 1000) if at_ms is None else at_ms
    raw = bytearray(at_ms.to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return bytes(raw)


# Notes and keys: C2SP signed-note and tlog-checkpoint.

def key_id(name, kind, public):
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def vkey_text(name, key):
    public = b"\x01" + bytes(key.verify_key)
    ident = hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8]
    return f"{name}+{ident}+{base64.b64encode(public).decode()}"


def parse_vkey(text):
    name, _, rest = text.strip().partition("+")
    ident, _, key = rest.partition("+")
    raw = base64.b64decode(key)
    assert key_id(name, raw[0], raw[1:]).hex() == ident, "vkey: wrong key id"
    return name, raw[0], raw[1:]


class WrongProof(Exception):
    pass


def open_checkpoint(note, vkey):
    """Size and root of a checkpoint that VKEY has signed."""
    name, kind, public = vkey
    text, _, sigs = note.decode().partition("\n\n")
    text += "\n"
    for line in sigs.splitlines():
        dash, who, sig = line.split(" ")
        raw = base64.b64decode(sig)
        if dash == "\u2014" and who == name and raw[:4] == key_id(name, kind, public):
            try:
                VerifyKey(public).verify(text.encode(), raw[4:])
            except BadSignatureError:
                raise WrongProof("checkpoint: bad signature")
            origin, size, root = text.splitlines()
            if origin != name:
                raise WrongProof("checkpoint: another log's")
            return int(size), base64.b64decode(root)
    raise WrongProof("checkpoint: not signed by the store")


# The tree: RFC 6962.

def leaf_hash(entry):
    return sha256(b"\0" + entry)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


def check_inclusion(leaf, index, size, path, root):
    if index >= size:
        raise WrongProof("inclusion: index past the tree's end")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            raise WrongProof("inclusion: path too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn >>= 1
                sn >>= 1
        else:
            r = node_hash(r, p)
        fn >>= 1
        sn >>= 1
    if sn != 0 or r != root:
        raise WrongProof("inclusion: does not lead to the root")


def check_consistency(a, root_a, b, root_b, path):
    if a > b:
        raise WrongProof("consistency: the tree shrank")
    if a == 0 or a == b:
        if path or (a == b and root_a != root_b):
            raise WrongProof("consistency: same size, other root")
        return
    path = list(path)
    if a & (a - 1) == 0:
        path.insert(0, root_a)
    if not path:
        raise WrongProof("consistency: no proof")
    fn, sn = a - 1, b - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise WrongProof("consistency: path too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn and not fn & 1:
                fn >>= 1
                sn >>= 1
        else:
            sr = node_hash(sr, c)
        fn >>= 1
        sn >>= 1
    if sn != 0 or fr != root_a or sr != root_b:
        raise WrongProof("consistency: does not follow")


# Transactions.

def statement(store, terminal, epoch, sequence, txn_id, previous, payload_hash, personal_hash):
    return "\n".join([
        "kasir.v1/transaction",
        f"{store}/{terminal}",
        f"{epoch} {sequence}",
        txn_id.hex(),
        b64(previous) if previous else "unknown",
        b64(payload_hash),
        b64(personal_hash) if personal_hash else "-",
    ]).encode() + b"\n"


def sale(amount=12000, at_us=None, name="Kopi susu"):
    """One cup, paid in cash, that adds up."""
    now = int(time.time() * 1e6) if at_us is None else at_us
    t = transaction_pb2.Transaction(
        schema=1, type=transaction_pb2.SALE, at_us=now, utc_offset_min=420,
        business_day=int(time.strftime("%Y%m%d")), cashier="ani", shift="1", currency="IDR",
        exponent=0, receipt_number="R1", gross=amount, payable=amount)
    t.lines.add(number=1, kind=transaction_pb2.ITEM, sku="K1", name=name, quantity=1000,
                unit_price=amount * 1000, extended=amount, amount=amount)
    t.tenders.add(number=1, kind=transaction_pb2.CASH, state=transaction_pb2.APPROVED,
                  tendered=amount + 500, change=500)
    return t


class Register:
    """Keys, sequence and chain of one terminal; signs what it is given."""

    def __init__(self, store, terminal, epoch=1):
        self.store, self.terminal, self.epoch = store, terminal, epoch
        self.key = SigningKey.generate()
        self.sequence = 0
        self.previous = b""

    def sign(self, payload, sequence=None, txn_id=None, key=None, store=None, terminal=None):
        """A SignedTransaction; without SEQUENCE the next one of the chain."""
        if not isinstance(payload, bytes):
            payload = payload.SerializeToString()
        chained = sequence is None
        if chained:
            sequence = self.sequence + 1
        t = terminal_pb2.SignedTransaction(
            epoch=self.epoch, sequence=sequence, txn_id=txn_id or uuid7(),
            previous=self.previous, payload=payload)
        text = statement(store or self.store, terminal or self.terminal, t.epoch, t.sequence,
                         t.txn_id, t.previous, sha256(payload), None)
        t.signature = (key or self.key).sign(text).signature
        if chained:
            self.sequence, self.previous = sequence, sha256(text)
        return t

    def hash_of(self, t):
        personal = sha256(t.personal.salt + t.personal.data) if t.HasField("personal") else None
        return sha256(statement(self.store, self.terminal, t.epoch, t.sequence, t.txn_id,
                                t.previous, sha256(t.payload), personal))


class Ack:
    """A verified answer to one transaction."""

    def __init__(self, status, original, index, entry):
        self.status = terminal_pb2.AckStatus.Name(status)
        self.original = terminal_pb2.AckStatus.Name(original)
        self.index, self.entry = index, entry
        record = entry_of(entry).transaction
        self.broken = [ledger_pb2.Rule.Name(r) for r in record.broken]
        self.notes = [ledger_pb2.Rule.Name(r) for r in record.notes]


class Refusal:
    def __init__(self, r):
        self.status = terminal_pb2.AckStatus.Name(r.status)
        self.reason = terminal_pb2.RefusalReason.Name(r.reason)
        self.text, self.sequence, self.hash = r.text, r.sequence, r.statement_hash


def entry_of(data):
    e = ledger_pb2.LedgerEntry()
    e.ParseFromString(data)
    return e


class Verifier:
    """What a terminal believes: the checkpoints that it has verified, one history."""

    def __init__(self, store, terminal, vkey):
        self.store, self.terminal, self.vkey = store, terminal, vkey
        self.note, self.size = b"", 0
        self.roots = {}         # of verified checkpoints, by size
        self.unlinked = 0       # messages whose proof starts where we are not

    def open(self, message):
        """(acks by statement hash, refusals) of one AckBatch, every proof checked."""
        m = terminal_pb2.AckBatch()
        m.ParseFromString(message)
        refusals = self._refusals(m) if m.refusals else []
        if not m.checkpoint:
            if m.acks:
                raise WrongProof("acks without a checkpoint")
            return {}, refusals
        size, root = open_checkpoint(m.checkpoint, self.vkey)
        if not self._linked(m, size, root):
            self.unlinked += 1
            return {}, refusals
        acks = {}
        for a in m.acks:
            check_inclusion(leaf_hash(a.entry), a.index, size, a.inclusion, root)
            acks[self._hash_in(a.entry)] = Ack(a.status, a.original_status, a.index, a.entry)
        self.roots[size] = root
        if size >= self.size:
            self.note, self.size = m.checkpoint, size
        return acks, refusals

    def _linked(self, m, size, root):
        """Does this checkpoint belong to our history?  False: it cannot be told from here,
        because an answer before this one was lost or overtaken; what it says is asked again."""
        if not self.roots:
            return True
        if size in self.roots:
            if self.roots[size] != root:
                raise WrongProof(f"two roots of {size} entries: a fork")
            return True
        if m.consistency_from != self.size:
            return False
        check_consistency(self.size, self.roots[self.size], size, root, m.consistency)
        return True

    def _hash_in(self, entry):
        r = entry_of(entry).transaction
        if r.terminal != self.terminal:
            raise WrongProof("an entry of another terminal")
        return sha256(statement(self.store, r.terminal, r.epoch, r.sequence, r.txn_id,
                                r.previous, r.payload_hash, r.personal_hash))

    def _refusals(self, m):
        text = (f"kasir.v1/refusals\n{self.store}/{self.terminal}\n"
                f"{b64(sha256(m.refusals))}\n").encode()
        try:
            VerifyKey(self.vkey[2]).verify(text, m.refusals_signature)
        except BadSignatureError:
            raise WrongProof("refusals: bad signature")
        r = terminal_pb2.Refusals()
        r.ParseFromString(m.refusals)
        return [Refusal(x) for x in r.refusals]
