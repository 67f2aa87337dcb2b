"""kasirctl against a real daemon and real files."""
import base64
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess

from nacl.signing import SigningKey

import wire
from harness import BIN, PATIENCE, Broker, Process, Shop, expect, scenario, wait_until

VERIFIED, UNPROVEN, DAMAGE, SIGNATURES, HISTORY = 0, 3, 4, 5, 6
USAGE, DATAERR, NOINPUT, UNAVAILABLE, CANTCREAT, CONFIG = 64, 65, 66, 69, 73, 78


def ctl(*args, code=0):
    run = subprocess.run([f"{BIN}/kasirctl", *args], capture_output=True, text=True,
                         timeout=4 * PATIENCE, env={**os.environ, "NO_COLOR": "1"})
    expect(run.returncode == code, f"kasirctl {' '.join(args)}: exit code {run.returncode}, "
           f"not {code}: {run.stdout}{run.stderr}")
    return run


def of(shop, *args, code=0):
    run = ctl("--config", shop.config, *args, code=code)
    return json.loads(run.stdout) if "--json" in args and run.stdout else run


def shop_with_sales(n=300):
    shop = Shop()
    try:
        shop.terminal("front").sell(n)
        shop.terminal("back").sell(20)
    except BaseException as e:
        shop.__exit__(type(e), e, None)
        raise
    return shop


def damaged(shop, sql):
    """A copy of the stopped shop's data folder on which SQL was run by hand."""
    folder = os.path.join(shop.folder, "damaged")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(shop.data, folder)
    db = sqlite3.connect(os.path.join(folder, "ledger.db"))
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    db.executescript(sql)
    for _, text in triggers:
        db.execute(text)
    db.commit()
    db.close()
    return os.path.join(folder, "ledger.db")


@scenario("verify passes while kasird runs and when it is stopped")
def verify_running_and_stopped():
    with shop_with_sales() as shop:
        for _ in range(2):
            report = of(shop, "--json", "verify", code=UNPROVEN)
            expect(report["findings"] == [], f"no findings: {report['findings']}")
            expect(report["signatures"] == 320, f"320 signatures: {report}")
            expect(report["sales_count"] == 320, "320 sales in the totals")
            expect("freshness unproven" in report["verdict"], report["verdict"])
            if shop.kasird.running():
                shop.stop()


@scenario("verify names the damage that somebody with sqlite3 does, and its index")
def verify_names_damage():
    cases = [
        ("UPDATE entry SET payload = CAST(payload || x'00' AS BLOB) WHERE idx = 40", "ENTRY_EDITED", 40),
        ("UPDATE entry SET entry = CAST(entry || x'00' AS BLOB) WHERE idx = 41", "ENTRY_EDITED", 41),
        ("DELETE FROM entry WHERE idx = 42", "ENTRY_MISSING", 42),
        ("DELETE FROM entry WHERE idx >= 200", "TAIL_TRUNCATED", 200),
        ("UPDATE tile SET hashes = zeroblob(8192) WHERE level = 0 AND n = 0", "TREE_MISMATCH", 0),
        ("UPDATE entry SET idx = 9999 WHERE idx = 50; UPDATE entry SET idx = 50 WHERE idx = 51;"
         "UPDATE entry SET idx = 51 WHERE idx = 9999", "ENTRY_REORDERED", 50),
        # The rest is found once the entries are in order: named with the ledger's size.
        ("INSERT INTO tile VALUES (0, 9999, zeroblob(8192))", "SCHEMA_TAMPERED", 324),
        ("INSERT INTO personal VALUES (9999, x'01', x'02')", "SCHEMA_TAMPERED", 324),
        ("PRAGMA ignore_check_constraints = ON;"
         "INSERT INTO entry VALUES (-1, x'01', x'02')", "SCHEMA_TAMPERED", 324),
        ("UPDATE head SET size = 300", "SCHEMA_TAMPERED", 324),
        ("CREATE TABLE notes (text)", "SCHEMA_TAMPERED", 324),
    ]
    with shop_with_sales() as shop:
        shop.stop()
        for sql, name, index in cases:
            path = damaged(shop, sql)
            report = json.loads(ctl("--json", "verify", "--ledger", path, code=DAMAGE).stdout)
            found = [(f["name"], f["first"]) for f in report["findings"]]
            expect((name, index) in found, f"{sql}: {name} at {index} is not in {found}")
            expect(report["verdict"].startswith(f"{name} at entry {index}"), report["verdict"])
            expect(report["next_step"], "a next step is told")


@scenario("verify names a checkpoint that is not the store's, and a database that is none")
def verify_names_signatures():
    with shop_with_sales(20) as shop:
        shop.stop()
        path = damaged(shop, "")
        ctl("verify", "--ledger", path, code=UNPROVEN)
        other = SigningKey.generate()
        with open(os.path.join(shop.folder, "other.vkey"), "w") as f:
            f.write(wire.vkey_text("example.com/jkt-01/1", other) + "\n")
        run = ctl("verify", "--ledger", path, "--key", f.name, code=SIGNATURES)
        expect("CHECKPOINT_SIGNATURE_INVALID" in run.stdout, run.stdout)
        with open(path, "r+b") as f:
            f.write(b"\0" * 4096)
        run = ctl("verify", "--ledger", path, code=DAMAGE)
        expect("PAGE_CORRUPT" in run.stderr, run.stderr)
        ctl("verify", "--ledger", os.path.join(shop.folder, "none.db"), "--key",
            os.path.join(shop.data, "store.vkey"), code=NOINPUT)


@scenario("an older copy of the ledger does not fit a checkpoint that was kept elsewhere")
def verify_against():
    with shop_with_sales(20) as shop:
        old = os.path.join(shop.folder, "old")
        shop.stop()
        shutil.copytree(shop.data, old)
        shop.start()
        shop.terminals[0].sell(5)
        shop.stop()
        note = os.path.join(shop.folder, "note")
        db = sqlite3.connect(shop.ledger)
        with open(note, "wb") as f:
            f.write(db.execute("SELECT checkpoint FROM head").fetchone()[0])
        db.close()
        of(shop, "verify", "--against", note, code=UNPROVEN)
        run = ctl("verify", "--ledger", f"{old}/ledger.db", "--against", note, code=HISTORY)
        expect("ROLLBACK" in run.stdout, run.stdout)


class Headquarters:
    """kasir-hq with a broker of its own, for one shop."""

    def __init__(self, shop):
        self.shop = shop
        self.folder = os.path.join(shop.folder, "hq")
        os.mkdir(self.folder, 0o700)
        self.broker = Broker(shop.folder, name="hq-broker")
        shop.others.append(self.broker.start().process)
        self.config = os.path.join(shop.folder, "kasir-hq.conf")
        with open(self.config, "w") as f:
            f.write(f'name = "hq.example.com"\ndata-dir = "{self.folder}"\n'
                    f'broker {{\n\thost = "127.0.0.1"\n\tport = {self.broker.port}\n}}\n')
        self.vkey = os.path.join(self.folder, "witness.vkey")
        self.do("keys", "init")
        self.do("store", "add", "jkt-01", "--key", os.path.join(shop.data, "store.vkey"))
        shop.write_config(f'headquarters {{\n\thost = "127.0.0.1"\n\tport = {self.broker.port}\n'
                          f'\tkey-file = "{self.vkey}"\n}}\n')
        shop.others.append(Process([f"{BIN}/kasir-hq", "-c", self.config, "run"],
                                   os.path.join(shop.folder, "kasir-hq.log")))

    @property
    def db(self):
        return os.path.join(self.folder, "hq.db")

    def do(self, *args):
        run = subprocess.run([f"{BIN}/kasir-hq", "-c", self.config, *args], capture_output=True,
                             text=True, timeout=PATIENCE)
        expect(run.returncode == 0, f"kasir-hq {args}: {run.stdout}{run.stderr}")


def verify_restored_headquarters(shop, hq):
    """An older hq.db: alone it verifies; once a store has shown it more, it does not."""
    old = os.path.join(shop.folder, "old-hq.db")
    with sqlite3.connect(hq.db) as db:
        db.execute("VACUUM INTO ?", (old,))
    shutil.copy(hq.vkey, shop.folder)
    before = shop.status().cosigned_size
    shop.terminals[0].sell(3)
    wait_until(lambda: shop.status().cosigned_size >= before + 3 or None, "headquarters cosigns")
    args = ("--json", "verify", "--hq", old, "--store", "jkt-01")
    ctl(*args)
    new = sqlite3.connect(hq.db)
    note = new.execute("SELECT size, note FROM checkpoint ORDER BY size DESC").fetchone()
    new.close()
    with sqlite3.connect(old) as db:
        db.execute("INSERT INTO floor SELECT id, ?, ? FROM store", note)
    report = json.loads(ctl(*args, code=HISTORY).stdout)
    expect(report["verdict"].startswith(f"ROLLBACK at entry {before}"), report["verdict"])
    for sql, name in (("UPDATE head SET root = zeroblob(32)", "SNAPSHOT_MISMATCH"),
                      ("UPDATE terminal SET key = zeroblob(32)", "SNAPSHOT_MISMATCH"),
                      ("INSERT INTO tile SELECT id, 0, 99, zeroblob(8192) FROM store",
                       "SCHEMA_TAMPERED")):
        edited = os.path.join(shop.folder, "edited-hq.db")
        shutil.copy(old, edited)
        db = sqlite3.connect(edited)
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for trigger, _ in triggers:
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("DELETE FROM floor")
        db.execute(sql)
        for _, text in triggers:
            db.execute(text)
        db.commit()
        db.close()
        run = subprocess.run([f"{BIN}/kasirctl", "--json", "verify", "--hq", edited, "--store",
                              "jkt-01"], capture_output=True, text=True, timeout=PATIENCE)
        found = [f["name"] for f in json.loads(run.stdout)["findings"]]
        expect(found == [name] and run.returncode != 0, f"{sql}: {found}, {run.returncode}")


@scenario("with headquarters, store and copy both verify, and proofs carry the cosignature")
def verify_with_headquarters():
    with Shop(start=False) as shop:
        hq = Headquarters(shop)
        shop.start()
        shop.terminal("front").sell(300)
        wait_until(lambda: shop.status().cosigned_size >= 303 or None, "headquarters cosigns")

        def cosigned():     # it reaches the disk with the next group, or some seconds later
            run = subprocess.run([f"{BIN}/kasirctl", "--config", shop.config, "--json", "verify"],
                                 capture_output=True, text=True, timeout=4 * PATIENCE)
            expect(run.returncode in (VERIFIED, UNPROVEN), run.stdout + run.stderr)
            report = json.loads(run.stdout)
            return report if report["cosigned_size"] >= 303 else None
        store = wait_until(cosigned, "the cosignature is on disk")
        copy = json.loads(ctl("--json", "verify", "--hq", hq.db, "--store", "jkt-01").stdout)
        expect(copy["root"] == store["root"] and copy["sales"] == store["sales"], f"{copy}")
        expect(copy["findings"] == store["findings"] == [], f"{copy['findings']}")
        ctl("verify", "--hq", hq.db, "--store", "nowhere", code=NOINPUT)
        verify_restored_headquarters(shop, hq)
        proof, key = os.path.join(shop.folder, "p"), os.path.join(shop.data, "store.vkey")
        of(shop, "prove", "front/1/300", "-o", proof)
        checked = ctl("--json", "check-proof", proof, "--key", key, "--hq-key", hq.vkey)
        expect(json.loads(checked.stdout)["cosigned"], checked.stdout)
        # The cosignature is a line of its own: without it the store's word remains.
        with open(proof) as f:
            lines = [x for x in f.read().split("\n") if not x.startswith("\u2014 hq.example.com ")]
        with open(proof, "w") as f:
            f.write("\n".join(lines))
        ctl("check-proof", proof, "--key", key, "--hq-key", hq.vkey, code=UNPROVEN)
        ctl("check-proof", proof, "--key", key)


@scenario("a proof of a sale holds with the public key alone, and not when it was touched")
def prove_and_check():
    with shop_with_sales() as shop:
        proof = os.path.join(shop.folder, "sale.tlog-proof")
        vkey = os.path.join(shop.data, "store.vkey")
        for name in ("front/1/1", "front/1/300", "back/1/7", "100"):
            of(shop, "prove", name, "-o", proof)
            checked = json.loads(ctl("--json", "check-proof", proof, "--key", vkey).stdout)
            expect("/" not in name or checked["name"] == name, f"{name}: {checked}")
        with open(proof) as f:
            lines = f.read().split("\n")

        def touched(change, code):
            with open(proof + ".bad", "w") as f:
                f.write("\n".join(change(list(lines))))
            ctl("check-proof", proof + ".bad", "--key", vkey, code=code)
        touched(lambda x: x, 0)
        touched(lambda x: [x[0], x[1], "index 99"] + x[3:], DAMAGE)
        touched(lambda x: x[:3] + [x[4], x[3]] + x[5:], DAMAGE)
        size = lines.index("example.com/jkt-01/1") + 1
        touched(lambda x: x[:size] + [str(int(x[size]) + 1)] + x[size + 1:], SIGNATURES)
        touched(lambda x: x[:2], DATAERR)
        of(shop, "prove", "front/1/301", code=NOINPUT)
        of(shop, "prove", "nonsense", code=USAGE)


@scenario("transactions are listed and shown by every name they have")
def list_and_show():
    with shop_with_sales(30) as shop:
        rows = of(shop, "--json", "tx", "list", "--limit", "0")
        expect(len(rows) == 50, f"50 sales, not {len(rows)}")
        expect([r["index"] for r in rows] == sorted(r["index"] for r in rows), "newest last")
        expect(len(of(shop, "--json", "tx", "list", "-n", "3", "-t", "back")) == 3, "three of back")
        expect(of(shop, "--json", "tx", "list", "--type", "return") == [], "no returns")
        expect(of(shop, "--json", "tx", "list", "--exceptions") == [], "no exceptions")
        by_name = of(shop, "--json", "tx", "show", "back/1/5")
        by_id = of(shop, "--json", "tx", "show", by_name["txn_id"])
        by_index = of(shop, "--json", "tx", "show", str(by_name["index"]))
        expect(by_name == by_id == by_index, f"{by_name} {by_id} {by_index}")
        expect(by_name["document"]["type"] == "SALE", f"{by_name['document']}")
        run = of(shop, "tx", "list", "--type", "sail", code=USAGE)
        expect("did you mean 'sale'?" in run.stderr, run.stderr)
        of(shop, "tx", "show", "0", code=NOINPUT)


@scenario("status and terminals are asked of kasird, which says so when it is not there")
def status_and_terminals():
    with shop_with_sales(10) as shop:
        status = of(shop, "--json", "status")
        expect(status["state"] == "serving" and status["size"] >= 30, f"{status}")
        key, till = os.path.join(shop.folder, "till.vkey"), SigningKey.generate()
        with open(key, "w") as f:
            f.write(wire.vkey_text("till-9", till) + "\n")
        added = of(shop, "--json", "terminal", "add", "till-9", "--key", key)
        expect(added["epoch"] == 1, f"{added}")
        of(shop, "terminal", "add", "Till 9", "--key", key, code=USAGE)
        of(shop, "terminal", "revoke", "till-9", "--reason", "lost", "--yes")
        rows = {r["terminal"]: r for r in of(shop, "--json", "terminal", "list")}
        ident = wire.vkey_text(f"{status['store']}/till-9", till).split("+")[1]
        table = of(shop, "terminal", "list").stdout
        expect(ident in table, f"the id in its key file, {ident}: {table}")
        expect(rows["till-9"]["revoked"] and not rows["front"]["revoked"], f"{rows}")
        expect(rows["front"]["newest"] == 10 and rows["front"]["missing"] == 0, f"{rows}")
        shop.stop()
        run = of(shop, "status", code=UNAVAILABLE)
        expect("next step" in run.stderr, run.stderr)


@scenario("keys are made once, and a lost half is never made anew")
def keys():
    with Shop(start=False) as shop:
        shown = of(shop, "--json", "keys", "show")["key"]
        expect(not of(shop, "--json", "keys", "init")["made"], "nothing is made twice")
        expect(of(shop, "--json", "keys", "show")["key"] == shown, "the same key")
        expect(os.stat(f"{shop.data}/store.key").st_mode & 0o777 == 0o600, "mode 0600")
        shop.start()
        shop.stop()
        os.rename(f"{shop.data}/store.key", f"{shop.data}/store.key.away")
        run = of(shop, "keys", "init", code=CANTCREAT)
        expect("restore the key" in run.stderr, run.stderr)
        os.rename(f"{shop.data}/store.key.away", f"{shop.data}/store.key")
        os.rename(shop.ledger, shop.ledger + ".away")
        run = of(shop, "keys", "init", code=CANTCREAT)
        expect("its ledger is lost" in run.stderr, run.stderr)


@scenario("the exported directory is what tlog-tiles says it is")
def export():
    def sha(b):
        return hashlib.sha256(b).digest()

    def root_of(leaves):
        if len(leaves) == 1:
            return leaves[0]
        k = 1
        while 2 * k < len(leaves):
            k *= 2
        return sha(b"\x01" + root_of(leaves[:k]) + root_of(leaves[k:]))
    with shop_with_sales() as shop:
        folder = os.path.join(shop.folder, "export")
        of(shop, "export", "tlog", folder)
        of(shop, "export", "tlog", folder, code=CANTCREAT)

        def read(name):
            with open(os.path.join(folder, name), "rb") as f:
                return f.read()
        lines = read("checkpoint").decode().split("\n")
        size = int(lines[1])
        rest = size - 256
        expect(size > 256, f"more than one tile: {size}")
        bundles = read("tile/entries/000") + read(f"tile/entries/001.p/{rest}")
        leaves = []
        while bundles:
            n = int.from_bytes(bundles[:2], "big")
            leaves.append(sha(b"\x00" + bundles[2:2 + n]))
            bundles = bundles[2 + n:]
        expect(len(leaves) == size, f"{size} entries, not {len(leaves)}")
        expect(root_of(leaves) == base64.b64decode(lines[2]), "the root of the checkpoint")
        expect(read("tile/0/000") == b"".join(leaves[:256]), "the full tile of leaves")
        expect(read(f"tile/0/001.p/{rest}") == b"".join(leaves[256:]), "the partial one")
        expect(read("tile/1/000.p/1") == root_of(leaves[:256]), "the level above")


@scenario("kasirctl says what is wrong with a command or a configuration")
def usage():
    run = ctl("verfy", code=USAGE)
    expect("did you mean 'kasirctl verify'?" in run.stderr, run.stderr)
    run = ctl("verify", "--strct", code=USAGE)
    expect("did you mean '--strict'?" in run.stderr, run.stderr)
    run = ctl("--config", "/nowhere/kasird.conf", "status", code=NOINPUT)
    expect("/nowhere/kasird.conf" in run.stderr, run.stderr)
    for words in (["--help"], ["help", "tx"], ["tx", "list", "--help"], ["--version"]):
        expect(ctl(*words).stdout, f"{words}: something is said")
