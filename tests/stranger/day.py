"""day.py - the trade's day, from docs/reference/ledger.md and totals.md alone: what a shift's
close and a Z must say.

Held against what is reckoned here: numbers, ranges, what asked for a close and what it covers;
sums by type and tender, total and rounding, exceptions and what became of them, training,
expected cash, what was counted.  Not: the rest of the ladder and the rows of taxes.
"""
import datetime

from kasir.v1 import ledger_pb2
from kasir.v1.transaction_pb2 import *      # noqa: F403: the enum values, by their names

TRADE = {SALE, RETURN, EXCHANGE, POST_VOID, PAYMENT_ON_ACCOUNT}
TENDERING = TRADE | {TENDER_EXCHANGE, TENDER_RESOLUTION}
INTO, OUT_OF = {PAID_IN, LOAN}, {PAID_OUT, PICKUP, SAFE_DROP, BANK_DEPOSIT}
FIGURES = ("exceptions", "accepted", "voided", "training")


def amount_of(doc):
    return doc.movement.amount if doc.type in INTO | OUT_OF else doc.payable


def applied(t):
    return t.tendered - t.change - t.cash_back - t.forfeit


def weight_of(doc, t):
    if doc.type == TENDER_RESOLUTION and not t.replaces:
        return -1 if t.state == REVERSED else 0
    return 0 if t.state == REVERSED else 1


def counted_in(doc):
    return sum(d.value * d.count for d in doc.count)


def cash_of(doc):
    """What DOC brings into the drawer."""
    if doc.type == SHIFT_OPEN:
        return counted_in(doc)
    if doc.type in INTO | OUT_OF:
        return doc.movement.amount
    if doc.type not in TENDERING:
        return 0
    into = {CASH: applied, CASH_FOREIGN: lambda t: -t.change}
    return sum(weight_of(doc, t) * into.get(t.kind, lambda t: -t.cash_back)(t) for t in doc.tenders)


class Stretch:
    """exact: False once a document in it could not be read here."""

    def __init__(self):
        self.exact = True
        self.total = self.rounding = self.cash = 0
        self.types, self.tenders = {}, {}
        self.figures = {name: [0, 0] for name in FIGURES}

    def figure(self, name, doc):
        self.figures[name][0] += 1
        self.figures[name][1] += abs(amount_of(doc)) if doc else 0

    def join(self, doc, sign=1):
        if doc.type in TRADE:
            self.total += sign * doc.gross
            self.rounding += sign * doc.cash_rounding
        row = self.types.setdefault(doc.type, [0, 0])
        row[0] += sign > 0
        row[1] += sign * amount_of(doc)
        for t in doc.tenders if doc.type in TENDERING else ():
            row = self.tenders.setdefault(t.kind, [0, 0])
            row[0] += sign > 0 and weight_of(doc, t) > 0
            row[1] += sign * weight_of(doc, t) * applied(t)

    def says(self, m):
        """What differs between this and a PeriodTotals; None: nothing."""
        if not self.exact:
            return None
        mine = {"total": self.total, "rounding": self.rounding, "expected": self.cash,
                "types": {k: v for k, v in self.types.items() if any(v)},
                "tenders": {k: v for k, v in self.tenders.items() if any(v)},
                **{n: self.figures[n] for n in FIGURES}}
        theirs = {"total": m.total, "rounding": m.rounding, "expected": m.cash.expected,
                  "types": {t.type: [t.count, t.amount] for t in m.types},
                  "tenders": {t.kind: [t.count, t.amount] for t in m.tenders},
                  **{n: [getattr(m, n).count, getattr(m, n).amount] for n in FIGURES}}
        return next((f"{n}: {theirs[n]} and not {mine[n]}" for n in mine if mine[n] != theirs[n]),
                    None)


class Shift:
    def __init__(self, index, t, doc):
        self.epoch, self.name, self.first, self.opened = t.epoch, doc.shift, t.sequence, index
        self.sums = Stretch()


def is_date(day):
    try:
        datetime.date(day // 10000, day // 100 % 100, day % 100)
        return True
    except ValueError:
        return False


class Day:
    def __init__(self):
        self.number = self.first = self.business_day = 0
        self.sums, self.shifts, self.due = Stretch(), {}, None
        self.read = True                # every document so far was here to be read

    def enter(self, index, t, doc, unread):
        """A transaction; UNREAD: it has a document that this program cannot decode."""
        training = doc is not None and TRAINING in doc.flags
        acts = doc is not None and not training and not t.conflict
        opens = acts and doc.type == SHIFT_OPEN and 0 < len(doc.shift.encode()) <= 64
        if opens and t.terminal not in self.shifts:
            self.shifts[t.terminal] = Shift(index, t, doc)
        if doc is not None and not training and is_date(doc.business_day):
            self.business_day = doc.business_day
        shift = self.shifts.get(t.terminal)
        for s in (self.sums, shift.sums) if shift else (self.sums,):
            s.exact = s.exact and not unread
            if training:
                s.figure("training", doc)
                continue
            if t.broken:
                s.figure("exceptions", doc)
            elif doc:
                s.join(doc)
            s.cash += cash_of(doc) if doc else 0
        if acts and doc.type == SHIFT_CLOSE and shift and shift.name == doc.shift:
            self.due = "shift_closed", index, t, doc
        elif acts and doc.type == DAY_CLOSE and not t.broken:
            self.due = "day_closed", index, t, doc

    def resolve(self, doc, settled, accepted):
        s = self.sums
        s.figure("accepted" if accepted else "voided", doc)
        if doc and not accepted:
            s.cash -= cash_of(doc)
        if doc and accepted != settled:
            s.join(doc, 1 if accepted else -1)

    def close_shift(self, m):
        """What is wrong with ShiftClosed M; None: nothing."""
        _, index, t, doc = self.due
        shift = self.shifts.pop(t.terminal)
        mine = (t.terminal, shift.epoch, shift.name, shift.first, t.sequence, shift.opened, index,
                counted_in(doc), counted_in(doc) - m.totals.cash.expected)
        said = (m.terminal, m.epoch, m.shift, m.first_sequence, m.last_sequence, m.opened_index,
                m.closed_index, m.counted, m.variance)
        return f"{said} and not {mine}" if said != mine else shift.sums.says(m.totals)

    def close(self, index, m, standings):
        """The same of DayClosed M, the entry at INDEX."""
        if (m.number, m.first, m.size) != (self.number + 1, self.first, index):
            return f"number or range: {m.number}, from {m.first} to {m.size}"
        if [(s.terminal, s.epoch, s.newest, s.missing) for s in m.terminals] != standings:
            return "completeness"
        wrong = None
        if self.read:
            asked = self.due and self.due[1]
            if (m.requested, m.request) != (asked is not None, asked or 0):
                wrong = "who asked"
            elif self.sums.exact and m.business_day != self.business_day:
                wrong = f"business day {m.business_day} and not {self.business_day}"
            elif m.open_shifts != len(self.shifts):
                wrong = "open shifts"
            else:
                wrong = self.sums.says(m.totals)
        self.number, self.first, self.sums = m.number, index, Stretch()
        return wrong
