"""kasirctl doctor: each thing that it finds is really caused."""
import json
import os
import shutil
import signal
import subprocess

from nacl.signing import SigningKey

import wire
from harness import BIN, PATIENCE, STORE, Shop, Skipped, expect, scenario, wait_until
from test_hq import HqShop, in_step
from test_kasirctl import damaged, shop_with_sales

CODES = {"good": 0, "note": 0, "warning": 2, "fault": 4}


def doctor(config, env=None):
    """What it finds, by code; its exit code is the worst finding's."""
    run = subprocess.run([f"{BIN}/kasirctl", "-c", config, "-j", "doctor"], capture_output=True,
                         text=True, timeout=4 * PATIENCE, env={**os.environ, **(env or {})})
    found = json.loads(run.stdout)
    worst = max(CODES[f["severity"]] for f in found)
    expect(run.returncode == worst, f"exit code {run.returncode}, not {worst}: {run.stdout}")
    for f in found:
        expect(f["what"] and (f["next_step"] or f["severity"] in ("good", "note")),
               f"each finding has a next step: {f}")
    return {f["code"]: f for f in found}


def expect_found(config, code, severity, env=None):
    found = doctor(config, env)
    expect(code in found and found[code]["severity"] == severity,
           f"{severity} {code}: {json.dumps(found, indent=1)}")
    return found


def make_shim(shop):
    shim = os.path.join(shop.folder, "shim.so")
    here = os.path.dirname(os.path.abspath(__file__))
    subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, f"{here}/shim.c"], check=True)
    return shim


@scenario("the doctor finds nothing wrong with a store that is well")
def well():
    with HqShop() as (shop, hq):
        shop.terminal("t1").sell(20)
        in_step(shop, hq)
        found = doctor(shop.config)
        wrong = [f for f in found.values() if f["severity"] in ("warning", "fault")
                 and f["code"] not in ("clock.alone", "disk.space", "disk.latency")]
        expect(not wrong, f"{wrong}")
        expect({"config.good", "files.good", "ledger.good", "key.good", "broker.good",
                "daemon.good", "uplink.good", "reports.good", "desk.good"} <= set(found),
               f"{sorted(found)}")
        expect("20" not in found["desk.good"]["what"], "nothing waits")
        people = subprocess.run([f"{BIN}/kasirctl", "-c", shop.config, "doctor"], text=True,
                                capture_output=True, env={**os.environ, "LC_ALL": "id_ID.UTF-8"})
        expect("\nbaik " in people.stdout and "kasird: melayani" in people.stdout, people.stdout)


@scenario("the doctor finds a configuration that is wrong, and its line")
def configuration():
    with Shop(start=False) as shop:
        shop.write_config("nonsense = 1\n")
        found = expect_found(shop.config, "config.bad", "fault")
        expect(len(found) == 1 and "nonsense" in found["config.bad"]["what"], f"{found}")


@scenario("the doctor finds files whose modes or owners are wrong, and keys that do not fit")
def files():
    with shop_with_sales(3) as shop:
        os.chmod(f"{shop.data}/store.key", 0o644)
        expect_found(shop.config, "key.secret", "fault")
        os.chmod(f"{shop.data}/store.key", 0o600)
        os.rename(f"{shop.data}/store.key", f"{shop.data}/away")
        expect_found(shop.config, "key.credential", "note")
        shop.stop()
        expect_found(shop.config, "key.secret", "fault")
        os.rename(f"{shop.data}/away", f"{shop.data}/store.key")
        shop.start()
        os.chmod(f"{shop.data}/store.vkey", 0o666)
        expect_found(shop.config, "files.writable", "warning")
        os.chmod(f"{shop.data}/store.vkey", 0o644)
        os.chmod(shop.data, 0o755)
        expect_found(shop.config, "files.folder_open", "warning")
        os.chmod(shop.data, 0o700)
        if os.geteuid() == 0:
            os.chown(f"{shop.data}/ledger.db", 12345, -1)
            expect_found(shop.config, "files.owner", "fault")
            os.chown(f"{shop.data}/ledger.db", 0, -1)
        with open(f"{shop.data}/store.vkey") as f:
            kept = f.read()
        other = wire.vkey_text(kept.split("+")[0], SigningKey.generate())
        with open(f"{shop.data}/store.vkey", "w") as f:
            f.write(other + "\n")
        found = expect_found(shop.config, "key.pair", "fault")
        expect(found["key.ledger"]["severity"] == "fault", f"{found}")
        os.unlink(f"{shop.data}/store.vkey")
        expect_found(shop.config, "key.public", "fault")
        with open(f"{shop.data}/store.vkey", "w") as f:
            f.write(kept)
        expect("key.good" in doctor(shop.config), "as it was")
        shop.write_config(data_dir="/nowhere/kasird")
        expect_found(shop.config, "files.folder", "fault")


@scenario("the doctor finds a ledger that is gone, unreadable, or whose tail does not hold")
def ledger():
    with shop_with_sales(30) as shop:
        shop.stop()
        for sql in ("UPDATE entry SET payload = CAST(x'00' || payload AS BLOB) WHERE idx = "
                    "(SELECT max(idx) - 1 FROM entry)",
                    "UPDATE entry SET entry = CAST(entry || x'00' AS BLOB) WHERE idx = 20"):
            path = damaged(shop, sql)
            shop.write_config(data_dir=os.path.dirname(path))
            expect_found(shop.config, "ledger.tail", "fault")
        with open(path, "r+b") as f:
            f.write(b"not a database at all")
        expect_found(shop.config, "ledger.unreadable", "fault")
        shutil.rmtree(os.path.dirname(path))
        shop.write_config()
        os.rename(shop.ledger, shop.ledger + ".away")
        expect_found(shop.config, "ledger.unreadable", "fault")
        os.rename(shop.ledger + ".away", shop.ledger)


@scenario("the doctor finds a daemon that is away, a broker that is away, and says so of both")
def away():
    with shop_with_sales(3) as shop:
        shop.broker.stop(signal.SIGKILL)
        wait_until(lambda: not shop.status().broker_connected, "the loss is noticed")
        found = expect_found(shop.config, "broker.away", "fault")
        expect(found["daemon.broker"]["severity"] == "fault", f"{found}")
        shop.broker.start()
        shop.stop()
        found = expect_found(shop.config, "daemon.away", "fault")
        expect("broker.good" in found and "ledger.good" in found, f"{found}")


@scenario("the doctor finds a disk with little room, and storage that is full")
def disk():
    with Shop(disk="6m") as shop:
        expect_found(shop.config, "disk.space", "fault")
        till = shop.terminal("t1")
        with open(os.path.join(shop.data, "ballast"), "wb", buffering=0) as f:
            try:
                while True:
                    f.write(bytes(65536))
            except OSError:
                pass
        till.send(*[till.register.sign(wire.sale(name="K" * 4000)) for _ in range(50)])
        shop.wait_log("storage full")
        expect_found(shop.config, "daemon.state", "fault")


@scenario("the doctor finds a disk that syncs slowly or not at all, and a clock that is behind")
def machine():
    if os.environ.get("KASIR_SANITIZED"):
        raise Skipped("a sanitizer wants to be loaded first")
    with shop_with_sales(3) as shop:
        env = {"LD_PRELOAD": make_shim(shop)}
        expect("clock.behind" not in doctor(shop.config, env), "all is well behind the shim")
        expect_found(shop.config, "disk.latency", "warning", {**env, "SHIM_SYNC_US": "40000"})
        expect_found(shop.config, "disk.sync", "fault", {**env, "SHIM_SYNC_FAILS": "1"})
        expect_found(shop.config, "clock.behind", "fault", {**env, "SHIM_BEHIND": "3600"})


@scenario("the doctor finds headquarters out of reach, a backlog, and another's key")
def headquarters():
    with HqShop() as (shop, hq):
        t = shop.terminal("t1")
        t.sell(5)
        in_step(shop, hq)
        hq.broker.stop(signal.SIGKILL)
        wait_until(lambda: shop.status().uplink_state == "down", "the loss is noticed")
        expect_found(shop.config, "uplink.down", "warning")
        t.sell(7)
        expect("uplink.good" in doctor(shop.config), "a backlog of minutes is none")
        if not os.environ.get("KASIR_SANITIZED"):
            in_two_days = {"LD_PRELOAD": make_shim(shop), "SHIM_BEHIND": "-172800"}
            found = expect_found(shop.config, "uplink.backlog", "warning", in_two_days)
            expect(found["uplink.backlog"]["what"].startswith("7 "), f"{found}")
        vkey = os.path.join(hq.data, "witness.vkey")
        with open(vkey) as f:
            name = f.read().split("+")[0]
        key = SigningKey.generate()
        with open(vkey, "w") as f:
            f.write(wire.vkey_text(name, key) + "\n")
        found = doctor(shop.config)
        expect("key.hq" in found or "key.hq_other" in found, f"{found}")
        os.unlink(vkey)
        expect_found(shop.config, "key.hq", "fault")
    with shop_with_sales(1) as shop:
        expect_found(shop.config, "uplink.none", "note")


@scenario("the doctor finds reports that stand still")
def reports():
    with shop_with_sales(3) as shop:
        shop.stop()
        for name in os.listdir(shop.data):
            if name.startswith("reports.db"):
                os.unlink(os.path.join(shop.data, name))
        os.mkdir(os.path.join(shop.data, "reports.db"))
        shop.start()
        wait_until(lambda: shop.status().reports_why, "reports stand still")
        expect_found(shop.config, "reports.stopped", "warning")


@scenario("the doctor counts what waits for the manager, kind by kind")
def desk():
    with shop_with_sales(3) as shop:
        till = shop.terminals[0]
        wrong = wire.sale()
        wrong.payable += 1
        till.sell(2, wrong)
        made = [till.register.sign(wire.sale()) for _ in range(3)]
        till.settle([made[0], made[2]])
        till.send(till.register.sign(wire.sale(), sequence=9, key=SigningKey.generate()))
        till.refusal("BAD_SIGNATURE")
        till.sell(1)
        wait_until(lambda: "desk.refused" in doctor(shop.config), "what was refused is kept")
        found = doctor(shop.config)
        for code, n in (("desk.exceptions", 2), ("desk.gaps", 1), ("desk.refused", 1)):
            expect(code in found and found[code]["what"].startswith(f"{n} "), f"{code}: {found}")
        expect("desk.good" not in found, "something waits")
