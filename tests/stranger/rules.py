"""rules.py - whether a document adds up, from docs/reference/rules.md alone: numbers 2 to 45
and 77.  Fractions have no limits and no rounding of their own.
"""
import datetime
from fractions import Fraction

from kasir.v1 import ledger_pb2
from kasir.v1.transaction_pb2 import *      # noqa: F403: the enum values, by their names

R = ledger_pb2.Rule.Value
DOCUMENT = {n for n in ledger_pb2.Rule.values() if 2 <= n <= 45 or n == R("TIME_DAY")}
FORWARD = {ITEM, SERVICE_CHARGE, TIP, DONATION, CONTAINER_DEPOSIT, GIFT_CARD_ISSUE, ADVANCE, AGENCY}
BACK = {RETURN_ITEM, CONTAINER_REFUND, GIFT_CARD_REDEEM, ADVANCE_SETTLE}
CASH_BACK = {DEBIT, CREDIT, QRIS, EMONEY, EWALLET}
FORFEIT = {VOUCHER, GIFT_CARD, STORE_CREDIT, POINTS, COUPON}


def rounded(x, mode):
    """R(x): of the magnitude, with the sign put back."""
    size = abs(Fraction(x))
    whole, rest = divmod(size, 1)
    if mode == ledger_pb2.FLOOR:
        up = False
    elif mode == ledger_pb2.HALF_EVEN:
        up = rest > Fraction(1, 2) or rest == Fraction(1, 2) and whole % 2
    else:
        up = rest >= Fraction(1, 2)
    return int(whole + bool(up)) * (-1 if x < 0 else 1)


def gtin_is_right(text):
    if len(text) not in (8, 12, 13, 14) or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(c) for c in reversed(text)]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


class Check:
    def __init__(self, doc, opened):
        self.doc, self.mode, self.broken = doc, opened.rounding, set()
        self.sign = -1 if doc.type == POST_VOID else 1
        if doc.schema != 1:
            self.broken.add(R("PAYLOAD_SCHEMA"))
            return
        self.header(opened)
        self.need(len(doc.lines) <= 2000 and max(len(doc.tenders), len(doc.discounts),
                                                 len(doc.taxes)) <= 100, "PAYLOAD_TOO_LONG")
        if R("PAYLOAD_TOO_LONG") in self.broken or doc.type not in (SALE, RETURN, POST_VOID):
            return
        for i, line in enumerate(doc.lines):
            self.line(i, line)
        self.shares()
        self.taxes()
        self.totals()
        self.tenders()

    def need(self, condition, rule):
        if not condition:
            self.broken.add(R(rule))

    def rounds(self, x):
        return rounded(x, self.mode)

    def header(self, opened):
        d = self.doc
        self.need(d.type in TransactionType.values() and d.type != 0, "TYPE_UNKNOWN")
        self.need((d.currency, d.exponent) == (opened.currency, opened.exponent), "CURRENCY_FOREIGN")
        try:
            datetime.date(d.business_day // 10000, d.business_day // 100 % 100, d.business_day % 100)
        except ValueError:
            self.need(False, "TIME_DAY")

    def line(self, i, n):
        d = self.doc
        self.need(n.number == i + 1, "LINE_NUMBERING")
        self.need(0 < n.kind <= LINE_VOID and (d.type, n.kind) not in
                  ((SALE, RETURN_ITEM), (RETURN, ITEM)), "LINE_KIND_UNKNOWN")
        self.need(n.unit_price >= 0, "LINE_PRICE")
        q = self.sign * n.quantity
        self.need(not (n.kind in FORWARD and q <= 0 or n.kind in BACK and q >= 0 or
                       n.kind == LINE_VOID and q == 0), "LINE_QUANTITY")
        self.need(n.extended == self.rounds(Fraction(n.quantity * n.unit_price, 10**6)), "LINE_EXTENDED")
        off = [x.amount for x in n.discounts] + [x.amount for x in n.shares]
        self.need(n.amount == n.extended - sum(off), "LINE_AMOUNT")
        side = (n.extended > 0) - (n.extended < 0)
        self.need(all(x * side >= 0 and (side or x == 0) for x in off) and
                  abs(sum(off)) <= abs(n.extended), "DISCOUNT_EXCEEDS_LINE")
        self.need(not n.gtin or gtin_is_right(n.gtin), "LINE_GTIN")
        self.need(self.voids_rightly(i, n), "LINE_VOID_TARGET")

    def voids_rightly(self, i, n):
        if n.kind != LINE_VOID:
            return n.voids_line == 0
        if not 1 <= n.voids_line <= i:
            return False
        t = self.doc.lines[n.voids_line - 1]
        named = sum(x.kind == LINE_VOID and x.voids_line == n.voids_line for x in self.doc.lines)
        return (t.kind != LINE_VOID and named == 1 and
                (t.unit_price, t.tax_code) == (n.unit_price, n.tax_code) and
                (t.quantity, t.extended, t.amount, t.tax) ==
                (-n.quantity, -n.extended, -n.amount, -n.tax))

    def shares(self):
        d = self.doc
        given = dict.fromkeys(range(1, len(d.discounts) + 1), 0)
        for share in (s for n in d.lines for s in n.shares):
            self.need(share.discount in given, "DISCOUNT_SHARES")
            if share.discount in given:
                given[share.discount] += share.amount
        for i, discount in enumerate(d.discounts):
            self.need(discount.number == i + 1 and given[i + 1] == discount.amount, "DISCOUNT_SHARES")

    def reckon(self, x, amount):
        """Base, taxable base and tax of AMOUNT under X."""
        part = Fraction(x.base_numerator or 1, x.base_denominator or 1)
        p, q, r = x.base_numerator or 1, x.base_denominator or 1, x.rate_bp
        base = self.rounds(Fraction(amount * 10000 * q, 10000 * q + r * p)) if x.inclusive else amount
        taxable = self.rounds(base * part)
        return base, taxable, amount - base if x.inclusive else self.rounds(Fraction(taxable * r, 10000))

    def taxes(self):
        d = self.doc
        rows = {x.code: x for x in d.taxes}
        self.need(len(rows) == len(d.taxes) and "" not in rows and
                  all(n.tax_code in rows for n in d.lines if n.tax_code) and
                  all(any(n.tax_code == c for n in d.lines) for c in rows), "TAX_CODE")
        for n in d.lines:
            x = rows.get(n.tax_code)
            right = self.reckon(x, n.amount)[2] if x is not None and x.by_line else 0
            self.need(n.tax == right, "TAX_AMOUNT")
        for x in d.taxes:
            self.tax_row(x, [n for n in d.lines if n.tax_code == x.code])

    def tax_row(self, x, lines):
        a, tax = sum(n.amount for n in lines), sum(n.tax for n in lines)
        p, q, r = x.base_numerator or 1, x.base_denominator or 1, x.rate_bp
        if x.by_line:
            base, gross = a - tax if x.inclusive else a, x.tax_base + x.amount
            taxable, amount = sum(self.reckon(x, n.amount)[1] for n in lines), tax
        else:
            base = self.rounds(Fraction(x.gross * 10000 * q, 10000 * q + r * p)) if x.inclusive else a
            taxable = self.rounds(Fraction(x.tax_base * p, q))
            amount = x.gross - x.tax_base if x.inclusive else self.rounds(Fraction(x.taxable * r, 10000))
            gross = a if x.inclusive else x.tax_base + x.amount
        self.need(x.tax_base == base, "TAX_BASE")
        self.need(x.taxable == taxable, "TAX_TAXABLE")
        self.need(x.amount == amount, "TAX_AMOUNT")
        self.need(x.gross == gross, "TAX_GROSS")

    def totals(self):
        d = self.doc
        taxed = sum(x.gross if x.inclusive else x.tax_base + x.amount for x in d.taxes)
        outside = sum(n.amount for n in d.lines if n.tax_code not in {x.code for x in d.taxes if x.code})
        self.need(d.gross == taxed + outside, "TOTAL_GROSS")
        self.need(d.payable == d.gross + d.cash_rounding, "TOTAL_PAYABLE")
        voided = {n.voids_line for n in d.lines if n.kind == LINE_VOID}
        self.need(any(n.kind != LINE_VOID and i + 1 not in voided for i, n in enumerate(d.lines)),
                  "TOTAL_EMPTY")

    def tenders(self):
        d, s = self.doc, self.sign
        applied = 0
        for t in d.tenders:
            out = t.change + t.cash_back + t.forfeit
            if t.state != REVERSED:
                applied += t.tendered - out
            self.need(0 < t.kind <= PAY_LATER and 0 < t.state <= REVERSED and
                      (not t.cash_back or t.kind in CASH_BACK) and
                      (not t.forfeit or t.kind in FORFEIT), "TENDER_KIND_BAD")
            self.need(s * t.tendered >= 0 if s * d.payable >= 0 else s * t.tendered <= 0, "TENDER_SIGN")
            self.need(not t.change or t.kind in (CASH, CASH_FOREIGN), "CASH_CHANGE_ON_CARD")
            self.need(min(s * t.change, s * t.cash_back, s * t.forfeit) >= 0 and
                      (out == 0 or s * out <= s * t.tendered), "CASH_CHANGE")
            self.need(self.foreign_is_right(t), "FOREIGN_AMOUNT")
        self.need(applied == d.payable, "TENDER_SUM")

    def foreign_is_right(self, t):
        if t.kind != CASH_FOREIGN or not t.HasField("foreign"):
            return t.kind != CASH_FOREIGN and not t.HasField("foreign")
        f = t.foreign
        return (len(f.currency) == 3 and f.currency != self.doc.currency and
                t.tendered == self.rounds(Fraction(f.amount * f.rate_e8, 10**8)))


def broken_by(doc, opened):
    """Rules and notes of DOCUMENT that DOC breaks in the store that OPENED describes."""
    return Check(doc, opened).broken
