"""reports.db beside a real daemon: made from the ledger, made again, and read by kasirctl."""
import csv
import fcntl
import io
import json
import os
import pty
import sqlite3
import struct
import subprocess
import termios
from collections import defaultdict

from kasir.v1 import transaction_pb2
import wire
from harness import BIN, Shop, expect, scenario, wait_until


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


@scenario("the last of a disk is the ledger's: reports wait, selling goes on, and room brings them back")
def _():
    with Shop(disk="32m") as shop:
        front = shop.terminal("front")
        for i in range(20):
            front.sell(1, basket(i))
        in_step(shop)
        made = shop.status().reports_size
        filler = os.path.join(shop.data, "filler")
        st = os.statvfs(shop.data)
        with open(filler, "wb") as f:
            f.write(bytes(st.f_bavail * st.f_bsize - (8 << 20)))
        for i in range(20):
            front.sell(1, basket(i))
        wait_until(lambda: "the ledger's" in shop.status().reports_why, "status says why")
        expect(shop.status().reports_size == made, "nothing more is written")
        os.unlink(filler)
        shop.restart()
        in_step(shop)
        check_sums(shop)


@scenario("a reports.db that rots, again and again, stops no sale: the doctor says so, rebuild mends it")
def _():
    with Shop() as shop:
        front = shop.terminal("front")
        for turn in range(2):
            for i in range(20):
                front.sell(1, basket(i))
            in_step(shop)
            with open(reports_db(shop), "r+b") as f:
                f.seek(4096)
                f.write(os.urandom(max(os.path.getsize(reports_db(shop)) - 4096, 40960)))
            front.sell(1, basket(turn))
            run = subprocess.run([f"{BIN}/kasirctl", "--config", shop.config, "report", "sales"],
                                 capture_output=True, text=True, timeout=60)
            expect(run.returncode == 65 and "reports rebuild" in run.stderr and
                   "backup" not in run.stderr, f"nobody need restore what is made: {run}")
            run = subprocess.run([f"{BIN}/kasirctl", "--config", shop.config, "--json", "doctor"],
                                 capture_output=True, text=True, timeout=60)
            found = {x["code"]: x for x in json.loads(run.stdout)}
            expect("reports rebuild" in found["reports.damaged"]["next_step"], f"{found}")
            report(shop, "reports", "rebuild")
            front.sell(2, basket(turn))
            in_step(shop)
            check_sums(shop)


def report(shop, *args):
    run = subprocess.run([f"{BIN}/kasirctl", "--config", shop.config, *args],
                         capture_output=True, text=True, timeout=60,
                         env={**os.environ, "NO_COLOR": "1", "LANG": "C"})
    expect(run.returncode == 0, f"kasirctl {' '.join(args)}: {run.stdout}{run.stderr}")
    return run.stdout


def rows_of(shop, *args):
    return json.loads(report(shop, "--json", *args))


@scenario("kasirctl's reports agree with each other, with the ledger, and with the X")
def _():
    with Shop() as shop:
        front, back = shop.terminal("front"), shop.terminal("back")
        for i in range(60):
            (front if i % 2 else back).sell(1, basket(i))
        in_step(shop)
        total = sum(sold(shop)["hour"].values())
        for by in ("hour", "day", "week", "month", "cashier", "terminal"):
            r = rows_of(shop, "report", "sales", "--by", by)
            expect(r["behind"] == 0 and r["by"] == by, f"by {by}: {r}")
            expect(sum(x["total"] for x in r["rows"]) == total, f"by {by} adds up: {r}")
            for x in r["rows"]:
                expect(x["net"] == x["items"] - x["discounts"] - x["returns"] - x["tax_included"]
                       and x["total"] == x["net"] + x["tax"] + x["service"] + x["other"],
                       f"the ladder holds: {x}")
        products = rows_of(shop, "report", "products")["rows"]
        expect(sum(x["amount"] for x in products) == total and len(products) == 11,
               f"products: {products}")
        expect(products == sorted(products, key=lambda x: -x["amount"]), "the best come first")
        tenders = rows_of(shop, "report", "sales", "--by", "tender")["rows"]
        expect({x["tender"] for x in tenders} == {"cash", "qris"} and
               sum(x["amount"] for x in tenders) == total, f"tenders: {tenders}")
        cash = rows_of(shop, "report", "cash")["rows"]
        expect(sum(x["expected"] for x in cash) ==
               sum(x["amount"] for x in tenders if x["tender"] == "cash"), f"cash: {cash}")
        lines = list(csv.DictReader(io.StringIO(report(shop, "report", "cashiers", "--csv"))))
        expect(sum(int(x["total"]) for x in lines) == total and len(lines) == 3, f"csv: {lines}")
        before = rows_of(shop, "report", "sales", "--by", "day", "--compare", "yesterday")["rows"]
        expect(before[0]["before"] == 0 and before[0]["change_bp"] is None,
               f"yesterday nothing was sold: {before}")
        expect("Rp" in report(shop, "report", "sales"), "people see amounts")
        running = json.loads(report(shop, "--json", "report", "x"))
        expect(int(running["state"]["day"]["total"]) == total, f"the X: {running}")
        shop.stop()
        stopped = json.loads(report(shop, "--json", "report", "x"))
        expect(stopped["state"]["day"] == running["state"]["day"] and
               stopped["terminals"] == running["terminals"],
               f"the X without a daemon is the same: {stopped} {running}")


def on_screen(shop, columns, *args):
    """What somebody sees on a terminal so wide."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(NO_COLOR="1", LANG="C", COLUMNS=str(columns))
        os.execv(f"{BIN}/kasirctl", ["kasirctl", "--config", shop.config, *args])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    text = b""
    try:
        while some := os.read(fd, 65536):
            text += some
    except OSError:     # that is how Linux says the end
        pass
    os.waitpid(pid, 0)
    return text.decode().replace("\r\n", "\n")


@scenario("on a narrow screen lines stay whole: bars are left out there, and sentences cut")
def _():
    with Shop() as shop:
        front = shop.terminal("front")
        for i in range(5):
            front.sell(1, basket(i))
        wrong = basket(2)
        wrong.gross += 1
        front.sell(1, wrong)
        in_step(shop)
        for columns, bars in ((60, False), (80, True)):
            text = on_screen(shop, columns, "report", "sales", "--by", "hour")
            expect(("\u2588" in text) == bars, f"bars at {columns} columns: {text}")
            expect(max(map(len, text.split("\n"))) <= columns, f"{columns} columns: {text}")
        rows = on_screen(shop, 80, "exceptions", "list").split("\n\n")[0]
        expect(max(map(len, rows.split("\n"))) <= 80, f"80 columns: {rows}")


@scenario("a sale keyed in late stands under its own day, and reports still end with the newest")
def _():
    with Shop() as shop:
        front = shop.terminal("front")
        front.sell(2, basket(1))
        late = basket(1)
        late.business_day = 20260131
        late.flags.append(transaction_pb2.LATE)
        front.sell(1, late)
        in_step(shop)
        today = rows_of(shop, "report", "sales")
        expect(today["to"] != "2026-01-31" and sum(x["receipts"] for x in today["rows"]) == 2,
               f"today: {today}")
        both = rows_of(shop, "report", "sales", "--from", "2026-01-01", "--by", "day")["rows"]
        expect([(x["receipts"]) for x in both] == [1, 2] and both[0]["day"] == "2026-01-31",
               f"the late one stands under its own: {both}")


@scenario("a report of exceptions has what broke a rule and what the manager said; sales have it then")
def _():
    with Shop() as shop:
        front = shop.terminal("front")
        front.sell(1, basket(1))
        wrong = basket(2)
        wrong.gross += 1
        front.sell(1, wrong)
        in_step(shop)
        open_ones = rows_of(shop, "report", "exceptions", "--open")["rows"]
        expect(len(open_ones) == 1 and open_ones[0]["state"] == "open" and
               "total.gross" in open_ones[0]["rules"], f"one is open: {open_ones}")
        day = rows_of(shop, "report", "sales", "--by", "day")["rows"][0]
        expect(day["receipts"] == 1 and day["exceptions"] == 1, f"it is not sold yet: {day}")
        report(shop, "exceptions", "accept", str(open_ones[0]["index"]), "--reason", "agreed",
               "--yes")
        in_step(shop)
        expect(not rows_of(shop, "report", "exceptions", "--open")["rows"], "none is open")
        settled = rows_of(shop, "report", "exceptions")["rows"]
        expect(settled[0]["state"] == "accepted" and settled[0]["why"] == "agreed",
               f"it is settled: {settled}")
        day = rows_of(shop, "report", "sales", "--by", "day")["rows"][0]
        expect(day["receipts"] == 2 and day["accepted"] == 1 and
               day["total"] == basket(1).gross + wrong.gross, f"it is sold now: {day}")


@scenario("reports rebuild makes the same file, by itself and by kasird; a report says what it lacks")
def _():
    with Shop() as shop:
        front = shop.terminal("front")
        for i in range(20):
            front.sell(1, basket(i))
        in_step(shop)
        before = dump(shop)
        report(shop, "reports", "rebuild")
        expect(dump(shop) == before, "kasird has made it again")
        shop.write_config("reports = false\n")
        shop.restart()
        expect(not shop.status().reports_on, "reports are off")
        front.sell(3, basket(3))
        shop.wait_serving()
        behind = rows_of(shop, "report", "sales")["behind"]
        # The entry that kasird began with, and three sales.
        expect(behind == 4, f"the report is behind: {behind}")
        report(shop, "reports", "rebuild")
        expect(rows_of(shop, "report", "sales")["behind"] == 0, "and is not any more")
        check_sums(shop)


@scenario("a day that is closed is printed again as it was, and listed")
def _():
    with Shop() as shop:
        front = shop.terminal("front")
        for i in range(10):
            front.sell(1, basket(i))
        total = sum(sold(shop)["hour"].values())
        report(shop, "day", "close", "--reason", "evening", "--yes")
        front.sell(2, basket(1))
        in_step(shop)
        z = json.loads(report(shop, "--json", "report", "z"))
        expect(int(z["number"]) == 1 and int(z["totals"]["total"]) == total, f"the Z: {z}")
        expect(z["first"] == 0 and z["totals"]["tax"] == 0, f"zeros stand, too: {z}")
        expect([x["type"] for x in z["totals"]["types"]] == ["SALE"] and
               {x["kind"] for x in z["totals"]["tenders"]} == {"CASH", "QRIS"}, f"by name: {z}")
        expect("reprint" in report(shop, "report", "z", "1"), "it is marked as a reprint")
        listed = json.loads(report(shop, "--json", "report", "z", "--list"))
        expect([x["number"] for x in listed] == [1] and listed[0]["total"] == total,
               f"the list: {listed}")
        run = subprocess.run([f"{BIN}/kasirctl", "--config", shop.config, "report", "z", "2"],
                             capture_output=True, text=True, timeout=60)
        expect(run.returncode == 66 and "there is no Z 2" in run.stderr, f"no Z 2: {run}")
