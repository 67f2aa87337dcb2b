"""rules.py - whether a document adds up, from docs/reference/rules.md alone: what it says of a
document by itself, with and without a rule set.  Fractions have no limits and no rounding of
their own.
"""
import datetime
import re
from fractions import Fraction

from kasir.v1 import ledger_pb2, rules_pb2
from kasir.v1.transaction_pb2 import *      # noqa: F403: the enum values, by their names

R = ledger_pb2.Rule.Value
RULE_SET = {R(n) for n in ("TAX_UNKNOWN", "TAX_TREATMENT", "TOTAL_FREE", "TIME_BUSINESS_DAY",
                           "DOCUMENT_INCOMPLETE")}
DOCUMENT = RULE_SET | {n for n in ledger_pb2.Rule.values() if 2 <= n <= 46 or 80 <= n <= 85} | {
    R("TIME_DAY"), R("SHIFT_NAME"), R("CARD_NUMBER_PRESENT")}
FORWARD = {ITEM, SERVICE_CHARGE, TIP, DONATION, CONTAINER_DEPOSIT, GIFT_CARD_ISSUE, ADVANCE, AGENCY}
BACK = {RETURN_ITEM, CONTAINER_REFUND, GIFT_CARD_REDEEM, ADVANCE_SETTLE}
CASH_BACK = {DEBIT, CREDIT, QRIS, EMONEY, EWALLET}
FORFEIT = {VOUCHER, GIFT_CARD, STORE_CREDIT, POINTS, COUPON}
SALES = {SALE, RETURN, EXCHANGE, POST_VOID, PAYMENT_ON_ACCOUNT}
BILLS = {SUSPEND, RESUME, CANCEL}
INTO, OUT_OF = {PAID_IN, LOAN}, {PAID_OUT, PICKUP, SAFE_DROP, BANK_DEPOSIT}
COUNTS = {TILL_COUNT, SHIFT_OPEN, SHIFT_CLOSE}


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


def held_by(d):
    """The parts that it holds, as the page names them."""
    parts = {"lines": d.lines or d.discounts or d.taxes, "tenders": d.tenders,
             "totals": d.gross or d.cash_rounding or d.payable, "movement": d.HasField("movement"),
             "count": d.count, "event": d.HasField("event")}
    return {name for name, there in parts.items() if there}


def held_of(kind):
    """The parts that a type may hold."""
    if kind in SALES:
        return {"lines", "tenders", "totals"}
    if kind in BILLS:
        return {"lines", "totals"}
    if kind in INTO | OUT_OF:
        return {"movement"}
    if kind in COUNTS:
        return {"count"}
    if kind in (TENDER_EXCHANGE, TENDER_RESOLUTION):
        return {"tenders"}
    return {"event"} if kind in (OVERRIDE, TERMINAL_EVENT) else set()


def free_texts(d):
    yield d.reason
    yield d.event.detail
    yield from (x.name for x in d.discounts)
    for n in d.lines:
        yield from (n.name, n.note, *(x.name for x in n.discounts))


ISSUERS = [     # first digits, from and to; how many digits there are
    ("4", "4", (13, 16, 19)), ("51", "55", (16,)), ("2221", "2720", (16,)), ("34", "34", (15,)),
    ("37", "37", (15,)), *[(a, b, (14, 16, 17, 18, 19)) for a, b in (
        ("300", "305"), ("3095", "3095"), ("36", "36"), ("38", "39"))],
    *[(a, b, (16, 17, 18, 19)) for a, b in (
        ("3528", "3589"), ("6011", "6011"), ("62", "62"), ("644", "659"))],
    *[(a, b, range(13, 20)) for a, b in (("5018", "5018"), ("5020", "5020"), ("5038", "5038"), (
        "5893", "5893"), ("6304", "6304"), ("6759", "6759"), ("6761", "6763"))]]


def is_card(digits):
    if not any(a <= digits[:len(a)] <= b and len(digits) in lengths for a, b, lengths in ISSUERS):
        return False
    back = [int(c) for c in reversed(digits)]
    return (sum(back[::2]) + sum(sum(divmod(2 * x, 10)) for x in back[1::2])) % 10 == 0


def holds_card_data(text):
    if re.search(r"%B[0-9]{13,19}\^|;[0-9]{13,19}=[0-9]{4}", text) or re.search(
            r"(?<![0-9A-Za-z])[Cc][Vv][VvCc](2(?![0-9]))?[ :=#-]*[0-9]{3,4}(?![0-9])", text):
        return True
    for run in re.finditer(r"(?<![0-9])[0-9]{3,}(?:[ -][0-9]{3,})*(?![0-9])", text):
        groups = re.split("[ -]", run.group())
        for i in range(len(groups)):
            for k in range(i + 1, len(groups) + 1):
                if is_card("".join(groups[i:k])):
                    return True
    return False


def period_of(rules, day):
    """The period of RULES (or None) that a business day falls into; None."""
    for p in rules.periods if rules else ():
        if p.from_day <= day and (not p.until_day or day <= p.until_day):
            return p
    return None


class Check:
    def __init__(self, doc, opened, rules=None):
        self.doc, self.rules, self.broken = doc, rules, set()
        self.period = period_of(rules, doc.business_day)
        self.mode = self.period.rounding if self.period else opened.rounding
        self.sign = -1 if doc.type == POST_VOID else 1
        self.need(not any(map(holds_card_data, free_texts(doc))), "CARD_NUMBER_PRESENT")
        if doc.schema != 1:
            self.broken.add(R("PAYLOAD_SCHEMA"))
            return
        self.header(opened)
        self.need(len(doc.lines) <= 2000 and max(map(len, (
            doc.tenders, doc.discounts, doc.taxes, doc.count))) <= 100, "PAYLOAD_TOO_LONG")
        if self.broken & {R("PAYLOAD_TOO_LONG"), R("TYPE_UNKNOWN")}:
            return
        self.need(held_by(doc) <= held_of(doc.type), "DOCUMENT_PARTS")
        if doc.type in SALES | BILLS:
            for i, line in enumerate(doc.lines):
                self.line(i, line)
            self.shares()
            if doc.type in SALES or doc.taxes or "totals" in held_by(doc):
                self.taxes()
                self.totals()
        if doc.type in SALES:
            self.need(self.stands(), "TOTAL_EMPTY")
        if doc.type in SALES | {TENDER_EXCHANGE, TENDER_RESOLUTION}:
            self.tenders()
        if doc.type == TENDER_EXCHANGE:
            self.need(any(t.tendered for t in doc.tenders), "TOTAL_EMPTY")
        if doc.type in INTO | OUT_OF:
            self.movement()
        if doc.type in COUNTS:
            self.count()
        if self.period:
            self.house()
        else:
            self.need(self.escapes() is None, "TIME_BUSINESS_DAY")

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
                  ((SALE, RETURN_ITEM), (RETURN, ITEM)) and (d.type != PAYMENT_ON_ACCOUNT or n.kind in
                  (AGENCY, SERVICE_CHARGE, LINE_VOID)), "LINE_KIND_UNKNOWN")
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

    def code_of(self, x):
        """The code of a tax row in the rule set, its mode and its period's tolerance."""
        named, p, q = False, x.base_numerator or 1, x.base_denominator or 1
        for period in reversed(self.rules.periods):
            if period.from_day > self.period.from_day:
                continue
            for c in (c for c in period.tax_codes if c.code == x.code):
                named = True
                if (c.inclusive, c.by_line) == (x.inclusive, x.by_line) and (c.as_printed or (
                        c.rate_bp == x.rate_bp and
                        (c.base_numerator or 1) * q == p * (c.base_denominator or 1))):
                    return c, c.rounding or period.rounding, period.tax_tolerance
            if self.doc.type not in (RETURN, EXCHANGE, POST_VOID):
                break
        self.need(False, "TAX_TREATMENT" if named else "TAX_UNKNOWN")
        return None, self.mode, self.period.tax_tolerance

    def treatment_of(self, x):
        """As printed or not, mode, tolerance."""
        if not self.period:
            return False, self.mode, 0
        code, mode, tolerance = self.code_of(x)
        return code is not None and code.as_printed, mode, tolerance

    def reckon(self, x, mode, amount):
        """Base, taxable base and tax of AMOUNT under X."""
        p, q, r = x.base_numerator or 1, x.base_denominator or 1, x.rate_bp
        base = rounded(Fraction(amount * 10000 * q, 10000 * q + r * p), mode) if x.inclusive else amount
        taxable = rounded(Fraction(base * p, q), mode)
        return base, taxable, amount - base if x.inclusive else rounded(Fraction(taxable * r, 10000), mode)

    def taxes(self):
        d = self.doc
        rows = {}
        for x in d.taxes:
            rows.setdefault(x.code, x)
        self.need(len(rows) == len(d.taxes) and "" not in rows and
                  all(n.tax_code in rows for n in d.lines if n.tax_code) and
                  all(any(n.tax_code == c for n in d.lines) for c in rows), "TAX_CODE")
        for n in d.lines:
            if not n.tax_code or n.tax_code not in rows or not rows[n.tax_code].by_line:
                self.need(n.tax == 0, "TAX_AMOUNT")
        for x in d.taxes:
            mine = rows[x.code] is x and x.code
            self.tax_row(x, [n for n in d.lines if mine and n.tax_code == x.code])

    def tax_row(self, x, lines):
        free, mode, off = self.treatment_of(x)
        a, tax = sum(n.amount for n in lines), sum(n.tax for n in lines)
        p, q, r = x.base_numerator or 1, x.base_denominator or 1, x.rate_bp

        def near(stated, reckoned):
            return free or abs(stated - reckoned) <= off
        if x.by_line:
            right = [self.reckon(x, mode, n.amount) for n in lines]
            self.need(x.tax_base == (a - tax if x.inclusive else a), "TAX_BASE")
            self.need(near(x.taxable, sum(t for _, t, _ in right)), "TAX_TAXABLE")
            self.need(all(near(n.tax, t) for n, (_, _, t) in zip(lines, right)), "TAX_AMOUNT")
            self.need(x.amount == tax, "TAX_AMOUNT")
            self.need(x.gross == x.tax_base + x.amount, "TAX_GROSS")
            return
        self.need(near(x.taxable, rounded(Fraction(x.tax_base * p, q), mode)), "TAX_TAXABLE")
        if x.inclusive:
            base = rounded(Fraction(x.gross * 10000 * q, 10000 * q + r * p), mode)
            self.need(near(x.tax_base, base), "TAX_BASE")
            self.need(x.amount == x.gross - x.tax_base, "TAX_AMOUNT")
            self.need(x.gross == a, "TAX_GROSS")
        else:
            self.need(x.tax_base == a, "TAX_BASE")
            self.need(near(x.amount, rounded(Fraction(x.taxable * r, 10000), mode)), "TAX_AMOUNT")
            self.need(x.gross == x.tax_base + x.amount, "TAX_GROSS")

    def live(self):
        voided = {n.voids_line for n in self.doc.lines if n.kind == LINE_VOID}
        return [n for i, n in enumerate(self.doc.lines) if n.kind != LINE_VOID and i + 1 not in voided]

    def stands(self):
        d = self.doc
        if d.type == PAYMENT_ON_ACCOUNT and not d.lines:
            return d.gross != 0
        return len(self.live()) > 0

    def totals(self):
        d = self.doc
        if d.type != PAYMENT_ON_ACCOUNT or d.lines:
            taxed = sum(x.gross if x.inclusive else x.tax_base + x.amount for x in d.taxes)
            outside = sum(n.amount for n in d.lines
                          if n.tax_code not in {x.code for x in d.taxes if x.code})
            self.need(d.gross == taxed + outside, "TOTAL_GROSS")
        self.need(d.payable == d.gross + d.cash_rounding, "TOTAL_PAYABLE")
        good = [t for t in d.tenders if t.state != REVERSED]
        # Some houses round every total, however it is paid.
        if self.period and d.cash_rounding and abs(d.cash_rounding) <= self.period.total_rounding:
            return
        self.need(not d.cash_rounding or any(t.kind in (CASH, CASH_FOREIGN) for t in good),
                  "CASH_ROUNDING_STEP")
        if self.period:
            step = max(self.period.cash_step, 1)
            cash = sum(t.tendered - t.change - t.cash_back - t.forfeit for t in good if t.kind == CASH)
            self.need(abs(d.cash_rounding) < step and cash % step == 0, "CASH_ROUNDING_STEP")

    def tenders(self):
        d, s = self.doc, self.sign
        applied = 0
        for t in d.tenders:
            out = t.change + t.cash_back + t.forfeit
            if t.state != REVERSED:
                applied += t.tendered - out
            self.need(0 < t.kind <= PAY_LATER and 0 < t.state <= REVERSED and
                      (not t.cash_back or t.kind in CASH_BACK) and
                      (not t.forfeit or t.kind in FORFEIT) and
                      not (t.kind in (CASH, CASH_FOREIGN) and t.state in (PENDING, UNKNOWN)) and
                      (d.type, t.kind) != (PAYMENT_ON_ACCOUNT, ON_ACCOUNT), "TENDER_KIND_BAD")
            if d.type in SALES:
                self.need(s * t.tendered >= 0 if s * d.payable >= 0 else s * t.tendered <= 0, "TENDER_SIGN")
            self.need(not t.change or t.kind in (CASH, CASH_FOREIGN), "CASH_CHANGE_ON_CARD")
            self.need(min(s * t.change, s * t.cash_back, s * t.forfeit) >= 0 and
                      (out == 0 or s * out <= s * t.tendered), "CASH_CHANGE")
            self.need(self.foreign_is_right(t), "FOREIGN_AMOUNT")
        self.need(d.type == TENDER_RESOLUTION or applied == d.payable, "TENDER_SUM")

    def foreign_is_right(self, t):
        if t.kind != CASH_FOREIGN or not t.HasField("foreign"):
            return t.kind != CASH_FOREIGN and not t.HasField("foreign")
        f = t.foreign
        return (len(f.currency) == 3 and f.currency != self.doc.currency and
                t.tendered == self.rounds(Fraction(f.amount * f.rate_e8, 10**8)))

    def movement(self):
        m, way = self.doc.movement, 1 if self.doc.type in INTO else -1
        self.need(m.amount * way > 0, "MOVEMENT_AMOUNT")
        self.need(self.doc.type != BANK_DEPOSIT or m.bag and m.slip, "MOVEMENT_DEPOSIT")

    def count(self):
        d = self.doc
        values = [x.value for x in d.count]
        known = set(self.period.denominations if self.period else ()) or set(values)
        self.need(all(v > 0 for v in values) and len(set(values)) == len(values) and
                  known >= set(values), "COUNT_DENOMINATION")
        self.need(values or d.type == SHIFT_OPEN, "COUNT_MISSING")
        self.need(0 < len(d.shift.encode()) <= 64 or d.type == TILL_COUNT, "SHIFT_NAME")

    def day_by(self, begins_min):
        """The business day of the document's own moment."""
        d = self.doc
        try:
            local = datetime.datetime(1970, 1, 1) + datetime.timedelta(
                minutes=d.utc_offset_min - begins_min, microseconds=d.at_us)
            return local.year * 10000 + local.month * 100 + local.day
        except OverflowError:
            return 0

    def escapes(self):
        """The period that its moment falls into although its business day falls into none."""
        p = period_of(self.rules, self.day_by(0))
        return p and period_of(self.rules, self.day_by(p.day_begins_min))

    def house(self):
        """What the period asks of a document besides figures."""
        d, p = self.doc, self.period
        day = self.day_by(p.day_begins_min)
        self.need(day == d.business_day or {LATE, HANDWRITTEN} & set(d.flags), "TIME_BUSINESS_DAY")
        self.need(all(self.has(part) for part in p.required), "DOCUMENT_INCOMPLETE")
        live = self.live()
        given = d.type == SALE and any(n.extended for n in live) and not any(n.amount for n in live)
        allowed = d.supervisor or any(x.supervisor for x in [
            *d.discounts, *(x for n in d.lines for x in n.discounts)])
        self.need(not given or allowed, "TOTAL_FREE")

    def has(self, part):
        d = self.doc
        goods = [n for n in d.lines if n.kind in (ITEM, RETURN_ITEM)]
        return {
            "PART_RECEIPT_NUMBER": d.type not in SALES or d.receipt_number,
            "PART_CASHIER": d.type == TERMINAL_EVENT or d.cashier,
            "PART_SHIFT": d.type > TILL_COUNT or d.shift,
            "PART_LINE_NAME": d.type not in SALES or all(n.name or n.kind == LINE_VOID for n in d.lines),
            "PART_LINE_CODE": d.type not in SALES or all(n.sku or n.gtin for n in goods),
            "PART_TAX_CODE": d.type not in SALES or all(n.tax_code for n in goods),
            "PART_REASON": d.type not in (POST_VOID, PAID_OUT, NO_SALE, OVERRIDE) or d.reason,
        }[rules_pb2.TransactionPart.Name(part)]


def broken_by(doc, opened, rules=None):
    """Rules and notes of DOCUMENT that DOC breaks in the store that OPENED describes, under
    the rule set RULES."""
    return Check(doc, opened, rules).broken
