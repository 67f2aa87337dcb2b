"""documents.py - many documents, most of them wrong in one place: from a seed, receipts with
all that a receipt can have, and then one or two figures are bent."""
import random
from fractions import Fraction

import wire
from kasir.v1 import ledger_pb2
from kasir.v1.transaction_pb2 import *      # noqa: F403: the enum values, by their names
from rules import rounded

MODES = {"half-up": ledger_pb2.HALF_UP, "half-even": ledger_pb2.HALF_EVEN, "floor": ledger_pb2.FLOOR}


def add_line(rng, doc, code, mode):
    n = doc.lines.add(number=len(doc.lines) + 1, kind=ITEM, sku="S1", name="Teh", tax_code=code,
                      quantity=rng.choice((1000, 2000, 1250, 333)), unit_price=rng.randrange(1, 90000) * 500,
                      gtin=rng.choice(("", "96385074", "4006381333931")))
    n.extended = rounded(Fraction(n.quantity * n.unit_price, 10**6), mode)
    if n.extended > 10 and rng.random() < .3:
        n.discounts.add(number=1, amount=rng.randrange(1, 5))
    n.amount = n.extended - sum(x.amount for x in n.discounts)
    return n


def add_discount(rng, doc):
    lines = [n for n in doc.lines if n.amount > 20]
    shares = [rng.randrange(1, 9) for _ in lines]
    if lines:
        doc.discounts.add(number=1, amount=sum(shares))
    for n, share in zip(lines, shares):
        n.shares.add(discount=1, amount=share)
        n.amount -= share


def take_back(rng, doc):
    old = rng.choice(doc.lines)
    n = doc.lines.add()
    n.CopyFrom(old)
    n.number, n.kind, n.voids_line = len(doc.lines), LINE_VOID, old.number
    n.quantity, n.extended, n.amount = -old.quantity, -old.extended, -old.amount
    for x in [*n.discounts, *n.shares]:
        x.amount = -x.amount
    for x in n.shares:
        doc.discounts[x.discount - 1].amount += x.amount


def add_tax(rng, doc, code, mode):
    x = doc.taxes.add(code=code, rate_bp=rng.choice((1000, 1100, 1200)), inclusive=rng.random() < .5,
                      by_line=rng.random() < .5)
    if rng.random() < .5:
        x.base_numerator, x.base_denominator = 11, 12
    p, q, r = x.base_numerator or 1, x.base_denominator or 1, x.rate_bp
    lines = [n for n in doc.lines if n.tax_code == code]
    for amounts in [[n.amount] for n in lines] if x.by_line else [[n.amount for n in lines]]:
        a = sum(amounts)
        base = rounded(Fraction(a * 10000 * q, 10000 * q + r * p), mode) if x.inclusive else a
        taxable = rounded(Fraction(base * p, q), mode)
        tax = a - base if x.inclusive else rounded(Fraction(taxable * r, 10000), mode)
        x.tax_base, x.taxable, x.amount = x.tax_base + base, x.taxable + taxable, x.amount + tax
        x.gross += base + tax
        if x.by_line:
            lines[0].tax, lines = tax, lines[1:]


def settle(rng, doc):
    doc.gross = sum(x.gross for x in doc.taxes) + sum(n.amount for n in doc.lines if not n.tax_code)
    doc.cash_rounding = rng.choice((0, 0, -7))
    doc.payable = doc.gross + doc.cash_rounding
    card = rng.randrange(0, max(doc.payable, 1))
    doc.tenders.add(number=1, kind=rng.choice((QRIS, DEBIT)), state=APPROVED, tendered=card + 50,
                    cash_back=50)
    doc.tenders.add(number=2, kind=CASH, state=APPROVED, tendered=doc.payable - card + 300, change=300)
    if rng.random() < .2:
        doc.tenders.add(number=3, kind=VOUCHER, state=APPROVED, tendered=500, forfeit=500)
    if rng.random() < .2:
        t = doc.tenders.add(number=4, kind=CASH_FOREIGN, state=REVERSED, tendered=159)
        t.foreign.currency, t.foreign.amount, t.foreign.rate_e8 = "USD", 1, 158_50000000


def negate(doc):
    """The same with every amount and quantity the other way round: a void of nothing there is."""
    doc.type = POST_VOID
    for m, names in [*[(n, ("quantity", "extended", "amount", "tax")) for n in doc.lines],
                     *[(x, ("tax_base", "taxable", "amount", "gross")) for x in doc.taxes],
                     *[(t, ("tendered", "change", "cash_back", "forfeit")) for t in doc.tenders],
                     *[(t.foreign, ("amount",)) for t in doc.tenders if t.HasField("foreign")],
                     *[(x, ("amount",)) for x in doc.discounts],
                     *[(x, ("amount",)) for n in doc.lines for x in [*n.discounts, *n.shares]],
                     (doc, ("gross", "cash_rounding", "payable"))]:
        for name in names:
            setattr(m, name, -getattr(m, name))


def blank(kind):
    doc = wire.sale(1000)
    for f in ("lines", "tenders", "gross", "payable"):
        doc.ClearField(f)
    doc.type = kind
    return doc


def pay(doc, kind, amount, state=APPROVED):
    return doc.tenders.add(number=len(doc.tenders) + 1, kind=kind, state=state, tendered=amount)


def moved(rng, doc):
    doc.movement.amount = rng.randrange(1, 90) * 1000 * (1 if doc.type in (PAID_IN, LOAN) else -1)
    doc.movement.bag, doc.movement.slip = rng.choice((("B-17", "00815"), ("B-17", ""), ("", "")))


def counted(rng, doc):
    for _ in range(rng.randrange(0, 4)):
        doc.count.add(value=rng.choice((100, 500, 1000, 50000, 0)), count=rng.randrange(0, 40))
    doc.shift = rng.choice(("1", "2", ""))


def settled(rng, doc):
    doc.gross = doc.payable = rng.randrange(1, 90) * 1000
    pay(doc, rng.choice((CASH, BANK_TRANSFER)), doc.payable)


def exchanged(rng, doc):
    amount = rng.randrange(1, 90) * 1000
    pay(doc, CASH, amount)
    pay(doc, EMONEY, -amount)


def resolved(rng, doc):
    doc.original.terminal, doc.original.epoch, doc.original.sequence = "front", 1, 999999
    pay(doc, QRIS, rng.randrange(1, 90) * 1000, rng.choice((APPROVED, REVERSED)))


def happened(rng, doc):
    doc.event.code = "paper_out"
    doc.event.detail = rng.choice(("Printer 2", "kartu 4111 1111 1111 1111", "4111111111111112",
                                   ";4111111111111111=2512", "cvv 123"))


def ordered(rng, doc):
    """A bill: reckoned up or not."""
    mode = ledger_pb2.HALF_UP
    for _ in range(rng.randrange(0, 3)):
        add_line(rng, doc, "", mode)
    if rng.random() < .5:
        doc.gross = doc.payable = sum(n.amount for n in doc.lines)


def nothing(rng, doc):
    pass


# What a day holds besides sales.
OTHERS = [(moved, (PAID_IN, PAID_OUT, LOAN, PICKUP, SAFE_DROP, BANK_DEPOSIT)),
          (counted, (TILL_COUNT, SHIFT_OPEN, SHIFT_CLOSE)), (settled, (PAYMENT_ON_ACCOUNT,)),
          (exchanged, (TENDER_EXCHANGE,)), (resolved, (TENDER_RESOLUTION,)),
          (happened, (TERMINAL_EVENT, OVERRIDE)), (ordered, (SUSPEND, RESUME, CANCEL)),
          (nothing, (NO_SALE, SIGN_ON, SIGN_OFF, REPRINT, DAY_OPEN))]


def other(rng):
    fill, kinds = rng.choice(OTHERS)
    doc = blank(rng.choice(kinds))
    fill(rng, doc)
    return doc


def receipt(rng, mode):
    doc = blank(SALE)
    codes = rng.choice((("",), ("PPN",), ("PPN", ""), ("PPN", "PB1")))
    for code in codes:
        for _ in range(rng.randrange(1, 4)):
            add_line(rng, doc, code, mode)
    if rng.random() < .5:
        add_discount(rng, doc)
    if rng.random() < .3:
        take_back(rng, doc)
    for code in codes:
        if code:
            add_tax(rng, doc, code, mode)
    settle(rng, doc)
    if rng.random() < .2:
        negate(doc)
    return doc


def figures(message):
    """(message, field) of every figure, word and kind in it, nested ones too."""
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            repeated = field.label == field.LABEL_REPEATED
            for m in value if repeated else (value,):
                yield from figures(m)
        elif field.label != field.LABEL_REPEATED and field.name not in ("at_us", "utc_offset_min"):
            yield message, field


def bend(rng, doc):
    message, field = rng.choice(list(figures(doc)))
    old = getattr(message, field.name)
    if isinstance(old, str):
        new = rng.choice(("", "X", "00417", old + "1", "USD", "PPN"))
    elif isinstance(old, bool):
        new = not old
    else:
        new = rng.choice((old + 1, old - 1, -old, 0, 2 * old, old + 3, 7))
    try:
        setattr(message, field.name, new)
    except ValueError:      # below zero, where there is no below
        setattr(message, field.name, 0)


def many(rounding, count):
    """For a store that rounds so; the same ones each time."""
    rng = random.Random(rounding)
    for _ in range(count):
        doc = other(rng) if rng.random() < .3 else receipt(rng, MODES[rounding])
        for _ in range(rng.choice((0, 1, 1, 1, 2))):
            bend(rng, doc)
        yield doc
