"""busy_shop.py - a shop in which all that a ledger can record happens once."""
import os
import sqlite3
import subprocess

import wire
from harness import BIN, expect, wait_until
from kasir.v1 import transaction_pb2


def adds_up(kind, amount, sign=1, **more):
    doc = wire.sale(amount)
    doc.type = kind
    doc.lines[0].kind = (transaction_pb2.RETURN_ITEM if kind == transaction_pb2.RETURN
                         else transaction_pb2.ITEM)
    for m, fields in ((doc, ("gross", "payable")), (doc.lines[0], ("quantity", "extended", "amount"))):
        for f in fields:
            setattr(m, f, sign * getattr(m, f))
    doc.tenders[0].tendered, doc.tenders[0].change = sign * amount, 0
    for name, value in more.items():
        getattr(doc, name).extend(value)
    return doc


def back_to(doc, sequence, line=0):
    """DOC is about the transaction SEQUENCE of its own terminal."""
    doc.original.epoch, doc.original.sequence = 1, sequence
    if line:
        doc.lines[0].original.CopyFrom(doc.original)
        doc.lines[0].original.line = line
    return doc


def with_personal(register, payload):
    salt, data = os.urandom(16), transaction_pb2.PersonalData(name="Ani").SerializeToString()
    t = register.sign(payload)
    t.personal.salt, t.personal.data = salt, data
    text = wire.statement(register.store, register.terminal, t.epoch, t.sequence, t.txn_id,
                          t.previous, wire.sha256(t.payload), wire.sha256(salt + data))
    t.signature = register.key.sign(text).signature
    register.previous = wire.sha256(text)
    return t


def bad_utf8():
    return wire.sale(5000, name="Kopi").SerializeToString().replace(b"Kopi", b"K\xffpi")


def early_returns(r, sequence):
    """Before what they return: one that is right, one of goods already back, and two that
    count elsewhere, whatever they turn out to be."""
    made = [adds_up(transaction_pb2.RETURN, 2100, -1, **more) for more in
            ({}, {}, {"flags": [transaction_pb2.TRAINING]})]
    made[1].payable -= 1
    made.append(adds_up(transaction_pb2.RETURN, 2100, -1))
    return [r.sign(back_to(m, sequence, 1)) for m in made]


def manage(shop, *args):
    run = subprocess.run([f"{BIN}/kasirctl", "--config", shop.config, *args],
                         capture_output=True, text=True)
    expect(run.returncode == 0, run.stderr)


def plain(kind, shift, counted=None):
    """A document that has nothing in it but what was counted."""
    doc = wire.sale(0)
    for field in ("lines", "tenders"):
        doc.ClearField(field)
    doc.type, doc.shift = kind, shift
    if counted is not None:
        doc.count.add(value=100, count=counted)
    return doc


def in_shift(doc, shift):
    doc.shift = shift
    return doc


RULES = """name = "toko"
currency = "IDR"
exponent = 0
period "2020-01-01" {
	rounding = half-up
	cash { variance-tolerance = 500 }
	tax "PPN" { name = "PPN", rate = 11 % }
}
"""


def a_day(shop):
    """What was until here is closed; then a shift with a wrong sale and a late QRIS, and the
    manager's word on what is wrong; two closes, one by a till and one by hand."""
    manage(shop, "day", "close", "--reason", "before the day", "--yes")
    till = shop.terminal("till")
    r, wrong = till.register, in_shift(adds_up(transaction_pb2.SALE, 3000), "pagi")
    wrong.payable += 1
    late = in_shift(adds_up(transaction_pb2.SALE, 9000), "pagi")
    late.tenders[0].kind, late.tenders[0].state = transaction_pb2.QRIS, transaction_pb2.PENDING
    told = back_to(plain(transaction_pb2.TENDER_RESOLUTION, "pagi"), 4)
    told.tenders.add(number=1, kind=transaction_pb2.QRIS, state=transaction_pb2.REVERSED,
                     tendered=9000)
    told.tenders.add(number=2, kind=transaction_pb2.CASH, state=transaction_pb2.APPROVED,
                     tendered=9000, replaces=1)

    def do(*docs):
        signed = [r.sign(d) for d in docs]
        till.send(*signed)
        return [till.ack_of(t) for t in signed]
    do(plain(transaction_pb2.SHIFT_OPEN, "pagi", 50),
       in_shift(adds_up(transaction_pb2.SALE, 7000), "pagi"), wrong, late)
    at = shop.status().size
    manage(shop, "exceptions", "accept", "till/1/3", "--reason", "a slip", "--yes")
    do(plain(transaction_pb2.SUSPEND, "pagi"), back_to(plain(transaction_pb2.CANCEL, "pagi"), 5),
       told, plain(transaction_pb2.SHIFT_CLOSE, "pagi", 239), plain(transaction_pb2.DAY_CLOSE, ""))
    expect(shop.status().size == at + 8, "both closes are written")
    path = f"{shop.folder}/toko.conf"
    with open(path, "w") as f:
        f.write(RULES)
    manage(shop, "rules", "load", path, "--yes")
    do(plain(transaction_pb2.SHIFT_OPEN, "sore", 10), in_shift(wrong, "sore"),
       plain(transaction_pb2.SHIFT_CLOSE, "sore", 5))
    manage(shop, "exceptions", "void", "till/1/11", "--reason", "never happened", "--yes")
    manage(shop, "day", "close", "--reason", "the end", "--yes")


def all_that_can_happen(shop):
    front = shop.terminal("front")
    front.sell(300)
    odd = shop.terminal("odd")
    r, sale = odd.register, transaction_pb2.SALE

    def do(*signed):
        odd.send(*signed)
        return [odd.ack_of(t) for t in signed]
    do(r.sign(adds_up(sale, 7000)), with_personal(r, adds_up(sale, 8000)),
       r.sign(back_to(adds_up(transaction_pb2.RETURN, 7000, -1), 1, 1)),
       r.sign(back_to(adds_up(transaction_pb2.POST_VOID, 8000, -1), 2)),
       r.sign(adds_up(sale, 900, flags=[transaction_pb2.TRAINING])),
       r.sign(adds_up(transaction_pb2.RETURN, 500, -1, flags=[transaction_pb2.NO_RECEIPT_RETURN])),
       r.sign(adds_up(transaction_pb2.EXCHANGE, 400)), r.sign(b"hello world"), r.sign(bad_utf8()),
       r.sign(wire.sale(6000, at_us=1)), r.sign(adds_up(transaction_pb2.NO_SALE, 1)))
    # What a later version may send: field 900, a type and a kind of line that nobody knows.
    later = [adds_up(sale, 7100), adds_up(99, 7200), adds_up(sale, 7300)]
    later[2].lines[0].kind = 77
    do(*[r.sign(d.SerializeToString() + b"\xa0\x38\x01") for d in later])
    wrong = adds_up(sale, 950, flags=[transaction_pb2.TRAINING])
    wrong.payable += 1
    do(r.sign(wrong), r.sign(adds_up(transaction_pb2.EXCHANGE, 450, -1)))
    wrong = wire.sale(3000)
    wrong.payable += 1
    first = r.sign(wrong)
    do(first)
    do(r.sign(wire.sale(3001), sequence=first.sequence),
       r.sign(wire.sale(3002), txn_id=first.txn_id))
    early = early_returns(r, r.sequence + 6)
    r.sign(wire.sale(2000))                     # made, and never sent
    late = r.sign(wire.sale(2000))
    do(*early)
    do(r.sign(wire.sale(2100)))                 # a gap; settles the early returns
    do(late)
    r.previous = wire.sha256(b"another history")
    do(r.sign(wire.sale(2200)))
    again, r = wire.Register("jkt-01", "odd", epoch=2), odd.register
    shop.enroll("odd", bytes(again.key.verify_key))
    again.previous, odd.register = r.previous, again
    do(again.sign(wire.sale(2300)))
    gone = shop.terminal("gone")
    gone.sell(2)
    manage(shop, "terminal", "revoke", "gone", "--reason", "stolen", "--yes")
    shop.restart()
    front.sell(10)
    a_day(shop)
    size = shop.status().size
    wait_until(lambda: shop.status().cosigned_size >= size, "headquarters cosigns")
    wait_until(lambda: newest_cosigned(shop) >= size, "the cosignature is on disk")


def newest_cosigned(shop):
    db = sqlite3.connect(f"file:{shop.ledger}?mode=ro", uri=True)
    try:
        return db.execute("SELECT coalesce(max(size), 0) FROM cosigned").fetchone()[0]
    finally:
        db.close()
