"""The disk: full, damaged, too new, missing, or somebody else's."""
import os
import shutil
import signal
import sqlite3
import subprocess

import wire
from harness import BIN, Shop, expect, scenario, wait_until

EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE, EX_IOERR, EX_TEMPFAIL, EX_NOPERM = 65, 66, 69, 74, 75, 77


def sold_and_stopped(shop, n=30):
    t = shop.terminal("t1")
    t.sell(n)
    shop.stop()
    return t


@scenario("a full disk is said within a second, refuses nothing for good, and heals by itself")
def full_disk():
    with Shop(disk="6m") as shop:
        t = shop.terminal("t1")
        t.sell(20)
        ballast = os.path.join(shop.data, "ballast")
        free = os.statvfs(shop.data)
        with open(ballast, "wb") as f:
            f.write(bytes(free.f_bavail * free.f_frsize - 300 * 1024))
        made = []

        def told():
            made.append(t.register.sign(wire.sale(name="x" * 4000)))
            t.send(*made[-8:])
            return any(r.reason == "STORAGE_FULL" for r in t.refusals)
        wait_until(told, "the terminal is told that the disk is full")
        shop.wait_log("storage full")
        expect(t.refusal("STORAGE_FULL").status == "RETRY_LATER", "not refused for good")
        expect(shop.status().state == "storage full", shop.status().state)
        shop.check_kept()
        os.unlink(ballast)
        t.settle(made, 60)
        t.sell(3)
        shop.check_kept()
        shop.restart()
        t.sell(3)
        shop.check_kept()


@scenario("a disk that is full at the start is said; with room again all is there")
def full_at_start():
    with Shop(disk="4m") as shop:
        t = sold_and_stopped(shop)
        ballast = os.path.join(shop.data, "ballast")
        with open(ballast, "wb", buffering=0) as f:
            try:
                while True:
                    f.write(bytes(4096))
            except OSError:
                pass
        shop.start_refused(EX_IOERR, "disk is full")
        os.unlink(ballast)
        shop.start()
        t.sell(3)
        shop.check_kept()


@scenario("a ledger from a newer version is left alone and named")
def newer_version():
    with Shop() as shop:
        t = sold_and_stopped(shop)
        db = sqlite3.connect(shop.ledger, isolation_level=None)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute("PRAGMA user_version = 99")
        db.close()
        with open(shop.ledger, "rb") as f:
            before = f.read()
        shop.start_refused(EX_UNAVAILABLE, shop.ledger, "version")
        with open(shop.ledger, "rb") as f:
            expect(f.read() == before, "the file was changed")
        db = sqlite3.connect(shop.ledger, isolation_level=None)
        db.execute(f"PRAGMA user_version = {version}")
        db.close()
        shop.start()
        t.sell()
        shop.check_kept()


def damaged(harm, code=EX_DATAERR, *texts):
    """After HARM(path) kasird refuses; with the true file back, every sale is there."""
    with Shop() as shop:
        t = sold_and_stopped(shop, 300)
        copy = os.path.join(shop.folder, "copy.db")
        shutil.copyfile(shop.ledger, copy)
        harm(shop.ledger)
        shop.start_refused(code, "ledger.db", *texts)
        shutil.copyfile(copy, shop.ledger)
        shop.start()
        t.sell()
        shop.check_kept()


def write_at(path, offset, data):
    with open(path, "r+b") as f:
        f.seek(offset)
        f.write(data)


@scenario("a ledger whose first page is garbage is refused")
def garbage_header():
    damaged(lambda path: write_at(path, 0, b"\x5a" * 4096))


@scenario("a ledger that is cut in half is refused")
def cut_in_half():
    damaged(lambda path: os.truncate(path, os.path.getsize(path) // 2 // 4096 * 4096))


@scenario("an empty file in place of the ledger is refused")
def emptied():
    damaged(lambda path: os.truncate(path, 0))


def tamper(sql):
    """Change rows past the triggers, as somebody with the file could."""
    def harm(path):
        db = sqlite3.connect(path, isolation_level=None)
        triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        triggers = triggers.fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(sql)
        for _, text in triggers:
            db.execute(text)
        db.close()
    return harm


@scenario("a ledger whose newest entry was edited is refused")
def edited_entry():
    damaged(tamper("UPDATE entry SET entry = CAST(entry || x'00' AS BLOB) "
                   "WHERE idx = (SELECT max(idx) FROM entry)"))


@scenario("a ledger whose newest entry was removed is refused")
def cut_tail():
    damaged(tamper("DELETE FROM entry WHERE idx = (SELECT max(idx) FROM entry)"))


@scenario("a ledger whose guards were removed is refused")
def no_triggers():
    def harm(path):
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("DROP TRIGGER entry_no_update")
        db.close()
    damaged(harm, EX_DATAERR, "schema", "entry_no_update")


@scenario("another kind of database in place of the ledger is refused")
def another_database():
    def harm(path):
        os.unlink(path)
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("CREATE TABLE shopping (item TEXT)")
        db.close()
    damaged(harm)


@scenario("a second daemon on one ledger refuses, the first goes on")
def two_daemons():
    with Shop() as shop:
        t = shop.terminal("t1")
        t.sell(3)
        shop.start_refused(EX_TEMPFAIL, "in use by another kasird", str(shop.kasird.p.pid))
        t.sell(3)
        shop.check_kept()
        expect(shop.kasird.running(), "the first goes on")


@scenario("an older copy of the ledger put back is found out by the first terminal that asks")
def rollback():
    with Shop() as shop:
        t = shop.terminal("t1")
        t.sell(10)
        shop.stop()
        copy = os.path.join(shop.folder, "copy.db")
        shutil.copyfile(shop.ledger, copy)
        shop.start()
        t.sell(10)
        shop.stop()
        shutil.copyfile(copy, shop.ledger)
        shop.start()
        made = t.register.sign(wire.sale())
        t.send(made)
        expect(t.refusal("NEWER_HISTORY").status == "RETRY_LATER", "the sale stays open")
        shop.wait_log("older copy of the ledger")
        expect(shop.status().state == "newer history", shop.status().state)
        expect(t.register.hash_of(made) not in t.acks, "nothing is signed")


@scenario("what a terminal showed of a newer ledger is remembered over restarts, until that is back")
def rollback_remembered():
    with Shop() as shop:
        t = shop.terminal("t1")
        t.sell(10)
        shop.stop()
        copy, newer = (os.path.join(shop.folder, name) for name in ("copy.db", "newer.db"))
        shutil.copyfile(shop.ledger, copy)
        shop.start()
        t.sell(10)
        size = shop.status().size
        shop.stop()
        shutil.copyfile(shop.ledger, newer)
        shutil.copyfile(copy, shop.ledger)
        shop.start()
        made = t.register.sign(wire.sale())
        t.send(made)
        t.refusal("NEWER_HISTORY")
        known = (size, "t1", shop.status().newer_wall_us)
        t.close()       # nobody shows it again
        for sig in (signal.SIGKILL, signal.SIGTERM, signal.SIGTERM):
            wait_until(lambda: evidence_rows(shop) == 1, "what was shown is on the disk")
            shop.stop(sig)
            shop.start(wait=False)
            said = wait_until(lambda: answered(shop), "kasird answers")
            expect(said.state == "newer history", f"the restarted one is {said.state}")
            expect((said.newer_size, said.newer_terminal, said.newer_wall_us) == known, str(said))
            expect('terminal "t1" showed, on 20' in said.state_detail, said.state_detail)
        table = run_ctl(shop, "status").stdout
        expect('terminal "t1" showed' in table, table)
        found = run_ctl(shop, "verify")
        expect(found.returncode == 6, f"verify: {found.returncode}: {found.stdout}{found.stderr}")
        shop.stop()
        shutil.copyfile(newer, shop.ledger)
        shop.start()
        again = shop.terminal("t2")
        again.sell(1)
        expect(shop.status().newer_size == 0, "nothing stands against the newer one")


def evidence_rows(shop):
    db = sqlite3.connect(f"file:{shop.ledger}?mode=ro", uri=True, timeout=10)
    try:
        return db.execute("SELECT count(*) FROM evidence").fetchone()[0]
    finally:
        db.close()


def answered(shop):
    try:
        return shop.status()
    except OSError:
        return None


def run_ctl(shop, *words):
    return subprocess.run([f"{BIN}/kasirctl", "--config", shop.config, *words],
                          capture_output=True, text=True, timeout=60)


@scenario("without a ledger kasird makes none, and says what to do")
def no_ledger():
    with Shop(start=False) as shop:
        os.unlink(shop.ledger)
        shop.start_refused(EX_NOINPUT, f"no ledger at {shop.ledger}", "kasirctl keys init")
        expect(not os.path.exists(shop.ledger), "it made one")


@scenario("a secret key that others may read is refused, with what to do")
def open_key():
    with Shop(start=False) as shop:
        key = os.path.join(shop.data, "store.key")
        os.chmod(key, 0o644)
        shop.start_refused(EX_NOPERM, key, "chmod 600")
        os.chmod(key, 0o600)
        shop.start()


@scenario("the key of another store is refused")
def another_key():
    with Shop() as shop, Shop(start=False, store="jkt-02") as other:
        t = sold_and_stopped(shop)
        mine = os.path.join(shop.data, "store.key")
        shutil.copyfile(mine, mine + ".kept")
        shutil.copyfile(os.path.join(other.data, "store.key"), mine)
        shop.start_refused(EX_NOPERM, "another key")
        shutil.copyfile(mine + ".kept", mine)
        shop.start()
        t.sell()
        shop.check_kept()
