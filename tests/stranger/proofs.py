"""proofs.py - keys, notes, trees and proofs: what RFC 6962, RFC 9162 and the C2SP texts
say, as docs/reference/ledger.md uses them.  Shares no line with our programs.
"""
import base64
import binascii
import hashlib
import os
import re
import struct

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

STORE_KEY, COSIGNER_KEY = 1, 4


class Wrong(Exception):
    pass


def need(condition, sentence):
    if not condition:
        raise Wrong(sentence)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Wrong(f"not base64: {text[:40]!r}")
    need(b64(data) == text, f"not the one base64 of its bytes: {text[:40]!r}")
    return data


def decimal(text):
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text, re.ASCII), f"not a number: {text[:40]!r}")
    need(int(text) < 1 << 63, f"too large: {text}")
    return int(text)


def signed_by(key, text, signature):
    try:
        VerifyKey(key).verify(text, signature)
        return True
    except (BadSignatureError, ValueError):
        return False


# Keys and checkpoints.

class Key:
    def __init__(self, path, kind):
        with open(path, encoding="utf-8") as f:
            parts = f.read().rstrip("\n").split("+", 2)
        need(len(parts) == 3, f"{path}: not a public key")
        self.name, public = parts[0], unb64(parts[2])
        self.id = sha256(self.name.encode(), b"\n", public)[:4]
        need(self.id.hex() == parts[1] and public[0] == kind and len(public) == 33,
             f"{path}: key id, type and key do not belong together")
        self.key = public[1:]


class Checkpoint:
    """A signed note, opened with the store's key and perhaps headquarters'."""

    def __init__(self, note, store, hq):
        need(len(note) <= 4096, "checkpoint: too long")
        try:
            body, gap, signatures = note.decode("utf-8").rpartition("\n\n")
        except UnicodeDecodeError:
            raise Wrong("checkpoint: not UTF-8")
        text = body + "\n"
        need(gap and signatures.endswith("\n"), "checkpoint: no signed note")
        lines = body.split("\n")
        need(len(lines) == 3, "checkpoint: not three lines")
        self.origin, self.size, self.root = lines[0], decimal(lines[1]), unb64(lines[2])
        need(self.origin == store.name, f"checkpoint: of {self.origin}")
        need(len(self.root) == 32, "checkpoint: no root")
        lines = signatures[:-1].split("\n")
        need(len(lines) <= 16, "checkpoint: too many signatures")
        self.by_store = self.cosigned = False
        for line in lines:
            self._signature(line, text, store, hq)
        need(self.by_store, "checkpoint: not signed by the store")

    def _signature(self, line, text, store, hq):
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014" and parts[1], "checkpoint: bad signature line")
        name, raw = parts[1], unb64(parts[2])
        need(len(raw) > 4, "checkpoint: short signature")
        if (name, raw[:4]) == (store.name, store.id):
            need(signed_by(store.key, text.encode(), raw[4:]), "checkpoint: the store's signature is false")
            self.by_store = True
        if hq and (name, raw[:4]) == (hq.name, hq.id):
            need(len(raw) == 76, "checkpoint: the cosignature has a wrong length")
            time = struct.unpack(">Q", raw[4:12])[0]
            signed = f"cosignature/v1\ntime {time}\n{text}".encode()
            need(time < 1 << 63 and signed_by(hq.key, signed, raw[12:]),
                 "checkpoint: headquarters' cosignature is false")
            self.cosigned = True


# The tree.

def leaf(entry):
    return sha256(b"\0", entry)


def levels(hashes):
    """Hashes of the complete subtrees of 1, 2, 4... entries."""
    rows = [hashes]
    while len(rows[-1]) > 1:
        row = rows[-1]
        rows.append([sha256(b"\1", row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])
    return rows


def root_of(rows, size):
    """Root of the first SIZE leaves: complete subtrees, folded from the right."""
    root = None
    for bit in range(size.bit_length()):
        if size >> bit & 1:
            left = rows[bit][(size >> bit) - 1]
            root = left if root is None else sha256(b"\1", left, root)
    return root or sha256(b"")


def tiles_of(rows, size):
    """{(level, n, width): bytes} as an export has them."""
    tiles = {}
    for level in range(0, 8):
        row = rows[8 * level] if 8 * level < len(rows) else []
        for n in range(0, (len(row) + 255) // 256):
            part = row[256 * n:256 * n + 256]
            tiles[level, n, len(part)] = b"".join(part)
    return tiles


def check_inclusion(index, size, node, path, root):
    """RFC 9162 section 2.1.3.2."""
    need(index < size, "proof: the index is past the end")
    fn, sn = index, size - 1
    for p in path:
        need(sn, "proof: a hash too many")
        if fn & 1 or fn == sn:
            node = sha256(b"\1", p, node)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = sha256(b"\1", node, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and node == root, "proof: does not lead to the root")


def tile_path(level, n, width):
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.insert(0, f"x{n % 1000:03d}")
    return os.path.join("tile", str(level), *groups) + (f".p/{width}" if width < 256 else "")
