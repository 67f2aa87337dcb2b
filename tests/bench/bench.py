#!/usr/bin/env python3
"""Speed, as ratios against what this machine can do at best, measured in the same run.

usage: bench.py --build BUILD [--size N] [--pairs N] [--seconds N] [--only a,b]
Prints a table of the ratios with their goals, and every figure behind them; exit 0 only
if each goal is met.  docs/reference/performance.md is made from its output.
"""
import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta

parser = argparse.ArgumentParser()
parser.add_argument("--build", default="build")
parser.add_argument("--size", type=int, default=2000000)
parser.add_argument("--pairs", type=int, default=3)
parser.add_argument("--seconds", type=int, default=5)
parser.add_argument("--only", default="")
args = parser.parse_args()
BIN = os.path.abspath(os.path.join(args.build, "bin"))
BENCH = os.path.abspath(os.path.join(args.build, "bench"))
CORES = os.cpu_count()
rows, children, folders = [], [], []


def say(text):
    print(text, flush=True)


def median(values):
    return statistics.median(values)


def spread(values):
    return "%.2f..%.2f" % (min(values), max(values))


def run(*argv, **kw):
    done = subprocess.run(argv, capture_output=True, text=True, **kw)
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-8:])
        raise SystemExit("failed: %s\n%s" % (" ".join(argv), said))
    return done.stdout


def start(*argv, log):
    p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    children.append(p)
    return p


def stop(p, sig=signal.SIGTERM):
    p.send_signal(sig)
    p.wait()
    children.remove(p)


def limits(*argv):
    return json.loads(run(os.path.join(BENCH, "limits"), *map(str, argv)))


def checks_per_s(threads):
    return limits("ed25519", 2, threads)["checks_per_s"]


class Shop:
    """A broker with a Unix socket for the store and a port for terminals; perhaps a store."""

    def __init__(self, more=""):
        # Not in /tmp, which may be memory: the disk is half of what is measured.
        self.dir = tempfile.mkdtemp(prefix="run.", dir=os.path.abspath(args.build))
        folders.append(self.dir)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.socket = tempfile.mkdtemp(prefix="kasird-bench.")
        folders.append(self.socket)
        os.chmod(self.socket, 0o777)
        self.log = open(os.path.join(self.dir, "log"), "w+")
        self.write("broker.conf", """listener 0 %s/broker.sock
listener %d 127.0.0.1
allow_anonymous true
set_tcp_nodelay true
max_inflight_messages 1000
max_queued_messages 20000
log_type error
""" % (self.socket, self.port))
        self.write("kasird.conf", """store = "toko-1"
operator = "example.com"
data-dir = "%s"
control-socket = "%s/control.sock"
gather-us = 1000
broker { socket = "%s/broker.sock" }
%s""" % (self.dir, self.socket, self.socket, more))
        self.broker = start("mosquitto", "-c", self.path("broker.conf"), log=self.log)
        self.store = None
        run(*self.ctl, "keys", "init")
        self.runs = 0

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(self.path(name), 0o644)

    @property
    def ctl(self):
        return [os.path.join(BIN, "kasirctl"), "-c", self.path("kasird.conf")]

    @property
    def term(self):
        return [os.path.join(BIN, "kasir-term"), "--json", "--broker", "127.0.0.1:%d" % self.port,
                "--store", "toko-1", "--store-key", self.path("store.vkey"),
                "--keys", self.dir, "--outbox", "memory"]

    def status(self):
        return json.loads(run(*self.ctl, "--json", "status"))

    def start_store(self):
        began = time.monotonic()
        self.store = start(os.path.join(BIN, "kasird"), "-c", self.path("kasird.conf"), log=self.log)
        while True:
            done = subprocess.run([*self.ctl, "--json", "status"], capture_output=True, text=True)
            if done.returncode == 0 and json.loads(done.stdout)["state"] == "serving":
                return time.monotonic() - began
            if self.store.poll() is not None:
                self.log.seek(0)
                raise SystemExit("kasird ended:\n" + self.log.read())
            time.sleep(0.01)

    def stop_store(self):
        stop(self.store)
        self.store = None

    def enrol(self, n):
        """N new terminals, because an outbox in memory counts from 1 again.  Their prefix."""
        self.runs += 1
        prefix = "run%d-" % self.runs
        run(*self.term, "keys", "init", "--terminals", str(n), "--prefix", prefix)
        for i in range(1, n + 1):
            name = "%s%03d" % (prefix, i)
            run(*self.ctl, "terminal", "add", name, "--key", self.path(name + ".vkey"))
        return prefix

    def rss_mib(self):
        with open("/proc/%d/status" % self.store.pid, encoding="utf-8") as f:
            for line in f:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
        return 0

    def bench(self, terminals, *more, seconds=None):
        """The generator against this shop's store."""
        prefix = self.enrol(terminals)
        before = self.status()
        out = json.loads(run(*self.term, "bench", "--terminals", str(terminals), "--prefix", prefix,
                             "--seconds", str(seconds or args.seconds), "--warmup", "1", *more))
        after = self.status()
        def count(status, name):
            return next(c["value"] for c in status["counters"] if c["name"] == name)
        flushes = count(after, "flushes") - count(before, "flushes")
        out["group"] = (count(after, "entries") - count(before, "entries")) / max(flushes, 1)
        return out

    def ceiling(self, terminals, *more, seconds=None):
        """The same generator against an echo on the same listener: what the broker can do."""
        echo = start(*self.term[:-6], "--broker", self.socket + "/broker.sock", "--store", "toko-1",
                     "echo", log=self.log)
        time.sleep(0.3)
        out = json.loads(run(*self.term, "bench", "--echo", "--terminals", str(terminals),
                             "--seconds", str(seconds or args.seconds), "--warmup", "1", *more))
        stop(echo)
        return out

    def close(self):
        if self.store:
            self.stop_store()
        stop(self.broker)
        self.log.close()
        shutil.rmtree(self.dir)
        shutil.rmtree(self.socket)


def goal(name, value, bound, at_least=True, detail=""):
    met = value >= bound if at_least else value <= bound
    rows.append((name, value, bound, at_least, met, detail))
    say("  %-58s %8.2f   goal %s %g   %s" % (name, value, ">=" if at_least else "<=", bound,
                                            "met" if met else "MISSED"))


def alternate(a, b, pairs):
    """A B B A ...: the results of each, in pairs."""
    got_a, got_b = [], []
    for i in range(pairs):
        for first in ((True, False) if i % 2 == 0 else (False, True)):
            (got_a if first else got_b).append((a if first else b)())
    return got_a, got_b


def throughput(shop):
    say("\n100 terminals, one sale a message, against the broker's own round trips")

    def ours():
        return shop.bench(100)

    def echo():
        shop.stop_store()
        out = shop.ceiling(100)
        shop.start_store()
        return out
    got, best = alternate(ours, echo, args.pairs)
    ratios = [a["per_second"] / b["per_second"] for a, b in zip(got, best)]
    say("  kasird   %s a second, entries a flush %s" % (
        [round(x["per_second"]) for x in got], ["%.1f" % x["group"] for x in got]))
    say("  echo     %s a second" % [round(x["per_second"]) for x in best])
    goal("end to end / broker's round trips", median(ratios), 0.5, detail=spread(ratios))


def validation(_):
    say("\nA transaction of eight lines under a rule set, beside the check of its signature")
    got = json.loads(run(os.path.join(BENCH, "bench_check"), str(args.seconds)))
    say("  check    %.2f us (worst of its turns %.2f); signature %.1f us" % (
        got["check_us"], got["worst_us"], got["signature_us"]))
    goal("validation of eight lines, microseconds", got["check_us"], 5, False,
         "%.1f %% of a signature check" % (100 * got["check_us"] / got["signature_us"]))


def catch_up(shop):
    say("\n100 terminals catching up in batches of 64, against raw signature checks")
    # Sales made, and signed, before the terminals connect: what catching up is.
    got, raw = alternate(lambda: shop.bench(100, "--batch", "64", "--backlog", "800"),
                         lambda: checks_per_s(CORES), args.pairs)
    ratios = [a["per_second"] / b for a, b in zip(got, raw)]
    say("  kasird   %s a second, entries a flush %s" % (
        [round(x["per_second"]) for x in got], ["%.1f" % x["group"] for x in got]))
    say("  checks   %s a second on %d cores" % ([round(x) for x in raw], CORES))
    goal("catching up / Ed25519 checks on all cores", median(ratios), 0.5, detail=spread(ratios))


def latency(shop):
    say("\nLatency from publish to verified ack")
    ones, sums, steady = [], [], []
    for _ in range(args.pairs):
        shop.stop_store()
        trip = shop.ceiling(1, seconds=3)["p50_us"]
        sync = limits("fsync", 2, shop.dir)["p50_us"]
        shop.start_store()
        one = shop.bench(1, seconds=3)
        load = shop.bench(50, "--rate", "2000")
        sums.append(trip + sync)
        ones.append(one["p50_us"])
        steady.append(load["p99_us"])
        say("  round trip %.0f us, fdatasync %.0f us; ack p50 %.0f us; at 2,000/s p50 %.0f, p99 %.0f us"
            % (trip, sync, one["p50_us"], load["p50_us"], load["p99_us"]))
    goal("one at a time: ack p50 / (round trip + fdatasync)",
         median([a / b for a, b in zip(ones, sums)]), 2.5, False)
    goal("2,000 a second: ack p99 / (round trip + fdatasync)",
         median([a / b for a, b in zip(steady, sums)]), 6, False)


def size(empty):
    say("\nA ledger of %d entries against an empty one" % args.size)
    full = Shop()
    began = time.monotonic()
    run(os.path.join(BENCH, "fill_ledger"), full.path("kasird.conf"), str(args.size), "100")
    say("  filled in %.0f s, %.0f MiB on disk" % (
        time.monotonic() - began, os.path.getsize(full.path("ledger.db")) / 2**20))
    full.start_store()
    got, base = alternate(lambda: full.bench(100), lambda: empty.bench(100), args.pairs)
    ratios = [a["per_second"] / b["per_second"] for a, b in zip(got, base)]
    say("  full     %s a second" % [round(x["per_second"]) for x in got])
    say("  empty    %s a second" % [round(x["per_second"]) for x in base])
    goal("rate when full / rate when empty", median(ratios), 0.9, detail=spread(ratios))
    first = full.rss_mib()
    full.bench(100, "--batch", "64")
    goal("resident memory, MiB", full.rss_mib(), 64, False, "%.1f before" % first)
    restart(full)
    verify(full)
    full.close()


def reports(shop):
    say("\nreports.db kept up to the ledger, against none, 100 terminals")
    without = Shop("reports = false\n")
    without.start_store()
    behind = []

    def kept_up():
        got = shop.bench(100)
        now = shop.status()
        behind.append((now["size"] - now["reports_size"]) / got["per_second"])
        while now["reports_size"] < now["size"]:
            time.sleep(0.1)
            now = shop.status()
        return got
    got, base = alternate(kept_up, lambda: without.bench(100), args.pairs)
    ratios = [a["per_second"] / b["per_second"] for a, b in zip(got, base)]
    say("  with     %s a second" % [round(x["per_second"]) for x in got])
    say("  without  %s a second" % [round(x["per_second"]) for x in base])
    goal("rate with reports / rate without", median(ratios), 0.85, detail=spread(ratios))
    goal("reports behind under that load, seconds of sales", median(behind), 2, False,
         spread(behind))
    without.close()


def report_times(_):
    count = min(args.size, 1000000)
    say("\nReports of %d sales over a year, 3,000 products" % count)
    shop = Shop()
    run(os.path.join(BENCH, "fill_ledger"), shop.path("kasird.conf"), str(count + 2048), "20", "365",
        "3000")
    began = time.monotonic()
    run(*shop.ctl, "reports", "rebuild")
    took = time.monotonic() - began
    say("  made in %.1f s, %.0f entries a second; %.0f MiB beside a ledger of %.0f" % (
        took, count / took, os.path.getsize(shop.path("reports.db")) / 2**20,
        os.path.getsize(shop.path("ledger.db")) / 2**20))
    today = date.fromisoformat(json.loads(run(*shop.ctl, "--json", "report", "sales"))["to"])
    long = ["--from", str(today - timedelta(days=350)), "--to", str(today - timedelta(days=9))]
    day = ["--from", str(today - timedelta(days=100)), "--to", str(today - timedelta(days=100))]

    def worst(days):
        took = []
        for what in (["sales", "--by", "day"], ["sales", "--by", "cashier"], ["sales", "--by", "tender"],
                     ["products", "--limit", "0"], ["products", "--compare", "last-month"],
                     ["cashiers"], ["tax"], ["cash"], ["exceptions"]):
            began = time.monotonic()
            run(*shop.ctl, "report", *what, *days)
            took.append((time.monotonic() - began, " ".join(what)))
        return max(took)
    slow, quick = [worst(long) for _ in range(3)], [worst(day) for _ in range(3)]
    goal("slowest report over a year, milliseconds", median([x[0] * 1000 for x in slow]), 200, False,
         slow[0][1])
    goal("slowest report of a day, milliseconds", median([x[0] * 1000 for x in quick]), 50, False,
         quick[0][1])
    shop.close()


def restart(shop):
    """From starting the process to the first verified ack of a terminal that waits."""
    taken = []
    for _ in range(args.pairs):
        prefix = shop.enrol(1)
        shop.stop_store()
        seller = subprocess.Popen([*shop.term, "simulate", "--terminals", "1", "--prefix", prefix,
                                   "--count", "1", "--rate", "1000"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        began = time.monotonic()
        shop.store = start(os.path.join(BIN, "kasird"), "-c", shop.path("kasird.conf"), log=shop.log)
        if seller.poll() is not None or seller.wait() != 0:
            raise SystemExit("restart: the sale was not acknowledged")
        taken.append(time.monotonic() - began)
    goal("restart to first ack, seconds", median(taken), 1, False, spread(taken))


def verify(shop):
    shop.stop_store()
    ratios, rates = [], []
    for _ in range(args.pairs):
        began = time.monotonic()
        done = subprocess.run([*shop.ctl, "--json", "verify"], capture_output=True, text=True)
        took = time.monotonic() - began
        report = json.loads(done.stdout)
        if done.returncode not in (0, 3) or report["findings"]:
            raise SystemExit("verify: " + done.stdout + done.stderr)
        rates.append(report["signatures"] / took)
        ratios.append(rates[-1] / checks_per_s(CORES))
    say("  verify   %s signatures a second" % [round(x) for x in rates])
    goal("kasirctl verify / Ed25519 checks on all cores", median(ratios), 0.7, detail=spread(ratios))


def main():
    only = [x for x in args.only.split(",") if x]
    say("%d cores, %s" % (CORES, time.strftime("%Y-%m-%d")))
    say("raw limits: %.0f signature checks a second on one core, %.0f on all" % (
        checks_per_s(1), checks_per_s(CORES)))
    shop = Shop()
    shop.start_store()
    for name, part in (("validation", validation), ("throughput", throughput), ("catch-up", catch_up),
                       ("latency", latency), ("reports", reports),
                       ("report-times", report_times), ("size", size)):
        if not only or name in only:
            part(shop)
    shop.close()
    say("\n%-58s %8s   %s" % ("ratio", "median", "goal"))
    for name, value, bound, at_least, met, detail in rows:
        say("%-58s %8.2f   %s %-5g %s %s" % (name, value, ">=" if at_least else "<=", bound,
                                            "met   " if met else "MISSED",
                                            "(%s)" % detail if detail else ""))
    return 0 if all(r[4] for r in rows) else 1


try:
    code = main()
finally:
    for child in list(children):
        child.kill()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
sys.exit(code)
