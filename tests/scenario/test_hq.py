"""Headquarters: every entry arrives and is cosigned, whatever happens on the way."""
import os
import signal
import sqlite3
import subprocess

from nacl.signing import SigningKey

import wire
from harness import (BIN, STORE, Broker, Process, Shop, expect, mount, scenario,
                     stranger, wait_until)


class Headquarters:
    """kasir-hq with its own broker, beside SHOP and registered with it."""

    def __init__(self, shop, disk=None):
        self.shop = shop
        self.data = os.path.join(shop.folder, "hq")
        self.config = os.path.join(shop.folder, "kasir-hq.conf")
        self.process = None
        self.disk = disk
        os.mkdir(self.data, 0o700)
        if disk:
            mount(disk, self.data)
        self.broker = Broker(shop.folder, "hq-broker").start()
        with open(self.config, "w") as f:
            f.write(f'name = "hq.example.com"\ndata-dir = "{self.data}"\nlog-level = "info"\n'
                    f'broker {{\n\thost = "127.0.0.1"\n\tport = {self.broker.port}\n}}\n')
        self.run("keys", "init")
        self.run("store", "add", STORE, "--key", os.path.join(shop.data, "store.vkey"))
        shop.write_config(f'headquarters {{\n\thost = "127.0.0.1"\n\tport = {self.broker.port}\n'
                          f'\tkey-file = "{self.data}/witness.vkey"\n}}\n')

    def run(self, *args):
        run = subprocess.run([f"{BIN}/kasir-hq", "-c", self.config, *args], capture_output=True,
                             text=True, timeout=60)
        expect(run.returncode == 0, f"kasir-hq {args}: {run.stdout}{run.stderr}")
        return run.stdout

    def start(self):
        self.process = Process([f"{BIN}/kasir-hq", "-c", self.config, "run"],
                               os.path.join(self.shop.folder, "kasir-hq.log"))
        return self

    def close(self):
        if self.process and self.process.running():
            self.process.p.kill()
            self.process.p.wait()
        self.broker.stop()
        if self.disk:
            subprocess.run(["umount", self.data], check=True)

    def entries(self):
        path = os.path.join(self.data, "hq.db")
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute("SELECT entry FROM entry ORDER BY idx").fetchall()
        finally:
            db.close()


class HqShop:
    def __init__(self, disk=None):
        self.disk = disk

    def __enter__(self):
        self.shop = Shop(start=False)
        self.hq = None
        try:
            self.hq = Headquarters(self.shop, self.disk)
            self.hq.start()
            self.shop.start()
        except BaseException as e:
            self.__exit__(type(e), e, None)
            raise
        return self.shop, self.hq

    def __exit__(self, kind, value, trace):
        if kind and self.hq and self.hq.process:
            print("# kasir-hq said:")
            for line in self.hq.process.text().splitlines()[-15:]:
                print(f"#   {line}")
        if self.hq:
            self.hq.close()
        return self.shop.__exit__(kind, value, trace)


def in_step(shop, hq, seconds=60):
    """Headquarters has cosigned all that is durable, and holds the same bytes."""
    def same():
        s = shop.status()
        return s.cosigned_size == s.size
    wait_until(same, "everything is cosigned", seconds)
    expect(hq.entries() == [(e,) for _, e, _ in shop.rows()][:len(hq.entries())],
           "headquarters holds other bytes")
    expect(len(hq.entries()) == len(shop.rows()), "headquarters holds another number of entries")


@scenario("what is sold arrives at headquarters, is cosigned and announced")
def uplink():
    with HqShop() as (shop, hq):
        t = shop.terminal("t1")
        t.sell(200)
        in_step(shop, hq)
        shop.check_kept()


@scenario("headquarters away, back, killed and restarted: in step in the end")
def uplink_trouble():
    with HqShop() as (shop, hq):
        t = shop.terminal("t1")
        t.sell(50)
        hq.broker.stop(signal.SIGKILL)
        t.sell(300)
        hq.broker.start()
        in_step(shop, hq)
        hq.process.end(signal.SIGKILL)
        t.sell(100)
        hq.start()
        in_step(shop, hq)
        shop.restart(signal.SIGKILL)
        t.sell(50)
        in_step(shop, hq)
        expect(hq.process.end() == 0, "kasir-hq leaves cleanly")


@scenario("the log says once that headquarters is silent, and once that it answers again")
def silence():
    with HqShop() as (shop, hq):
        t = shop.terminal("t1")
        t.sell(10)
        in_step(shop, hq)
        hq.process.end(signal.SIGKILL)
        t.sell(10)
        wait_until(lambda: "has not answered for" in shop.kasird.text(), "the silence is named", 60)
        t.sell(10)
        hq.start()
        wait_until(lambda: "answers again, after" in shop.kasird.text(), "its end is named", 60)
        in_step(shop, hq)
        said = shop.kasird.text()
        expect(said.count("has not answered for") == 1 and said.count("answers again") == 1, said)


@scenario("headquarters' disk is full: nothing is cosigned that it does not hold, and it heals")
def full_disk():
    with HqShop(disk="6m") as (shop, hq):
        t = shop.terminal("t1")
        t.sell(50)
        in_step(shop, hq)
        ballast = os.path.join(hq.data, "ballast")
        free = os.statvfs(hq.data)
        with open(ballast, "wb") as f:
            f.write(bytes(free.f_bavail * free.f_frsize - 100 * 1024))
        t.sell(1000)
        wait_until(lambda: "the disk is full" in hq.process.text() or None,
                   "headquarters says that it cannot write")
        s = shop.status()
        expect(s.cosigned_size < s.size, "not everything is cosigned")
        expect(hq.process.running(), "headquarters goes on")
        os.unlink(ballast)
        in_step(shop, hq, 120)
        shop.check_kept()


@scenario("a second headquarters on one database refuses, and a store may be added beside the first")
def two_headquarters():
    with HqShop() as (shop, hq):
        wait_until(lambda: shop.status().cosigned_size > 0, "headquarters cosigns")
        second = subprocess.run([f"{BIN}/kasir-hq", "-c", hq.config, "run"], capture_output=True,
                                text=True, timeout=60)
        expect(second.returncode == 75, f"exit code {second.returncode}: {second.stderr}")
        expect("in use by another kasir-hq" in second.stderr and
               str(hq.process.p.pid) in second.stderr, second.stderr)
        key = os.path.join(shop.folder, "other.vkey")
        with open(key, "w") as f:
            f.write(wire.vkey_text("example.com/other/1", SigningKey.generate()) + "\n")
        hq.run("store", "add", "other", "--key", key)
        expect("other" in hq.run("store", "list"), "the store is listed")
        sold = shop.terminal("t1").sell(3)
        wait_until(lambda: len(hq.entries()) >= len(sold) + 3, "the first goes on")


@scenario("a store that nobody registered is refused, and sells all the same")
def unregistered():
    with HqShop() as (shop, hq):
        t = shop.terminal("t1")
        t.sell(3)
        in_step(shop, hq)
        hq.process.end()
        os.unlink(os.path.join(hq.data, "hq.db"))
        os.unlink(os.path.join(hq.data, "witness.key"))
        os.unlink(os.path.join(hq.data, "witness.vkey"))
        for left in os.listdir(hq.data):
            os.unlink(os.path.join(hq.data, left))
        hq.run("keys", "init")
        hq.start()
        t.sell(20)
        shop.check_kept()


@scenario("garbage on the way to headquarters stops nothing")
def uplink_garbage():
    with HqShop() as (shop, hq):
        t = shop.terminal("t1")
        t.sell(20)
        in_step(shop, hq)
        loud = stranger(hq.broker.port)
        for topic in (f"kasir/v1/{STORE}/up", f"kasir/v1/{STORE}/down", "kasir/v1/other/up"):
            for payload in (b"", b"\xff" * 100, bytes(400 * 1024)):
                loud.publish(topic, payload, qos=1).wait_for_publish(10)
        loud.disconnect()
        loud.loop_stop()
        t.sell(50)
        in_step(shop, hq)
        shop.check_kept()
