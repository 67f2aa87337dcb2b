"""reports.db beside a real daemon: made from the ledger, and made again."""
import os
import sqlite3
from collections import defaultdict

from kasir.v1 import transaction_pb2
import wire
from harness import Shop, expect, scenario, wait_until


def reports_db(shop):
    return os.path.join(shop.data, "reports.db")


def in_step(shop):
    """Until the reports are made from every entry that there is."""
    def caught_up():
        s = shop.status()
        expect(s.reports_on, "reports are on")
        return s.reports_size == s.size and os.path.exists(reports_db(shop))
    wait_until(caught_up, "the reports are in step with the ledger")


def dump(shop):
    db = sqlite3.connect(f"file:{reports_db(shop)}?mode=ro", uri=True, timeout=10)
    try:
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"
                                           " ORDER BY name")]
        return {t: db.execute(f"SELECT * FROM {t}").fetchall() for t in tables}
    finally:
        db.close()


def remove(shop):
    for suffix in ("", "-wal", "-shm"):
        try:
            os.unlink(reports_db(shop) + suffix)
        except FileNotFoundError:
            pass


def basket(i):
    """A sale of goods that differ by hour, cashier and product; paid by card now and then."""
    t = wire.sale(1000 + 7 * i)
    t.cashier = ("sari", "budi", "dewi")[i % 3]
    t.at_us += (i % 5) * 3600 * 1000000
    t.lines[0].sku = f"sku-{i % 11}"
    t.lines[0].department = f"rak-{i % 2}"
    if i % 4 == 0:
        t.tenders[0].kind = transaction_pb2.QRIS
        t.tenders[0].tendered -= t.tenders[0].change
        t.tenders[0].change = 0
    return t


def sold(shop):
    """What the ledger's payloads add up to, by the keys of the tables."""
    by = {k: defaultdict(int) for k in ("hour", "cashier", "product", "tender")}
    for _, entry, payload in shop.rows():
        e = wire.entry_of(entry)
        if not e.HasField("transaction"):
            continue
        expect(not e.transaction.broken, "these sales break no rule")
        t = transaction_pb2.Transaction()
        t.ParseFromString(payload)
        hour = (t.at_us // 1000000 + t.utc_offset_min * 60) // 3600 % 24
        by["hour"][t.business_day, hour] += t.gross
        by["cashier"][t.business_day, t.cashier] += t.gross
        for line in t.lines:
            by["product"][t.business_day, line.sku or line.gtin or line.name] += line.extended
        for tender in t.tenders:
            by["tender"][t.business_day, tender.kind] += tender.tendered - tender.change
    return by


def check_sums(shop):
    db = sqlite3.connect(f"file:{reports_db(shop)}?mode=ro", uri=True, timeout=10)
    by = sold(shop)
    for table, key, column, what in (("by_hour", "hour", "total", "hour"),
                                     ("by_cashier", "cashier", "total", "cashier"),
                                     ("by_product", "product", "items", "product"),
                                     ("by_tender", "kind", "amount", "tender")):
        has = {(d, k): v for d, k, v in db.execute(f"SELECT day, {key}, {column} FROM {table}")}
        expect(has == dict(by[what]), f"{table} is what was sold: {has}, {dict(by[what])}")
    db.close()


@scenario("reports are what the ledger's payloads add up to, through kill -9 and restart")
def _():
    with Shop() as shop:
        front, back = shop.terminal("front"), shop.terminal("back")
        for i in range(60):
            front.sell(1, basket(i))
        in_step(shop)
        check_sums(shop)
        for i in range(60, 200):
            (front if i % 2 else back).sell(1, basket(i))
        shop.stop(9)
        shop.start()
        back.sell(3, basket(7))
        in_step(shop)
        check_sums(shop)


@scenario("reports.db may be removed while kasird runs and when it is stopped, and comes back equal")
def _():
    with Shop() as shop:
        front = shop.terminal("front")
        for i in range(40):
            front.sell(1, basket(i))
        in_step(shop)
        before = dump(shop)
        remove(shop)
        wait_until(lambda: os.path.exists(reports_db(shop)), "reports.db comes back by itself")
        in_step(shop)
        wait_until(lambda: dump(shop) == before, "its content is what it was")
        shop.stop()
        remove(shop)
        shop.start()
        in_step(shop)
        after = dump(shop)
        for table in ("tx", "by_hour", "by_product", "product", "cash"):
            expect(after[table] == before[table], f"{table} is what it was")


@scenario("the store sells on where reports.db cannot be written, and status says why")
def _():
    with Shop(start=False) as shop:
        os.mkdir(reports_db(shop))
        shop.start()
        shop.terminal("front").sell(5)
        wait_until(lambda: shop.status().reports_why, "status says why reports stand still")
        shop.wait_log("reports stand still, selling goes on")
        shop.stop()
        os.rmdir(reports_db(shop))
        shop.start()
        in_step(shop)
        expect(not shop.status().reports_why, "nothing stands in the way any more")
