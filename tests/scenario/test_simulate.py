"""kasir-term's simulated and replayed shops against a real kasird, or against none."""
import json
import os
import subprocess
import time

import wire
from harness import BIN, STORE, Shop, expect, free_port, scenario
from test_day import entries


class Tills:
    """kasir-term in a shop's folder."""

    def __init__(self, shop, names=("till-001", "till-002", "till-003"), enrol=True):
        self.shop = shop
        self.keys = os.path.join(shop.folder, "keys")
        self.outbox = os.path.join(shop.folder, "outbox")
        self.vkey = os.path.join(shop.data, "store.vkey")
        for name in names:
            self.run("keys", "init", name)
            if enrol:
                with open(os.path.join(self.keys, f"{name}.vkey")) as f:
                    shop.enroll(name, wire.parse_vkey(f.read())[2])

    def run(self, *words, port=None, outbox=None):
        """Exit code, what was printed as JSON (None: nothing), stderr, seconds."""
        began = time.monotonic()
        p = subprocess.run(
            [f"{BIN}/kasir-term", "--json", "-b", f"127.0.0.1:{port or self.shop.broker.port}",
             "-s", STORE, "-k", self.vkey, "--keys", self.keys, "--outbox", outbox or self.outbox,
             *words], capture_output=True, text=True, timeout=120)
        try:
            report = json.loads(p.stdout)
        except ValueError:
            report = None
        return p.returncode, report, p.stderr, time.monotonic() - began


def status_of(shop):
    p = subprocess.run([f"{BIN}/kasirctl", "-c", shop.config, "--json", "status"],
                       capture_output=True, text=True, timeout=60)
    expect(p.returncode == 0, p.stderr)
    return json.loads(p.stdout)


TOTALS = ("sales", "sales_count", "returns", "returns_count", "voids", "voids_count")


@scenario("a simulated shop sells, takes back and voids without an exception; its totals are the store's")
def simulated_totals():
    with Shop() as shop:
        code, report, said, _ = Tills(shop).run("simulate", "-n", "3", "-r", "0", "-c", "6000",
                                                "--seed", "7", outbox="memory")
        expect(code == 0, said)
        status = status_of(shop)
        expect(report["exceptions"] == 0 and status["exceptions_count"] == 0, f"{status}")
        for name in TOTALS:
            expect(report[name] == status[name], f"{name}: {report[name]}, store {status[name]}")
        expect(report["made"] == 6000 == sum(report[f"{x}_count"]
                                             for x in ("sales", "returns", "voids")), f"{report}")
        expect(0.11 < report["returns_count"] / 6000 < 0.18, f"{report['returns_count']} returns")
        expect(report["voids_count"] > 0, "no void")


@scenario("the same seed simulates the same money, however quick the store is")
def simulated_twice():
    reports = []
    for rate in ("0", "400"):
        with Shop() as shop:
            code, report, said, _ = Tills(shop).run("simulate", "-r", rate, "-c", "800",
                                                    "--seed", "3", outbox="memory")
            expect(code == 0, said)
            reports.append([report[name] for name in TOTALS])
    expect(reports[0] == reports[1], f"{reports}")


def closes_of(shop):
    return [list(entries(shop, kind).values()) for kind in ("shift_closed", "day_closed")]


@scenario("a simulated day opens, sells, counts every drawer and closes with one Z that has it all")
def simulated_day():
    with Shop() as shop:
        code, report, said, _ = Tills(shop).run("simulate", "--day", "--speed", "0", "-c", "900",
                                                "--seed", "5", outbox="memory")
        expect(code == 0, said)
        status, (shifts, days) = status_of(shop), closes_of(shop)
        for name in TOTALS:
            expect(report[name] == status[name], f"{name}: {report[name]}, store {status[name]}")
        expect(0 < report["exceptions"] == status["exceptions_count"], f"{status}")
        expect(len(shifts) == 6 and len(days) == 1, f"{len(shifts)} shifts, {len(days)} days")
        z = days[0]
        expect(z.requested and z.open_shifts == 0 and not z.carried, f"{z}")
        expect(z.totals.total == sum(s.totals.total for s in shifts) > 0, f"{z.totals.total}")
        expect(all(s.totals.cash.opening == 300000 for s in shifts), "a float")
        expect(all(abs(s.variance) < 200 or s.supervisor for s in shifts), "nobody signed")
        expect(all(t.missing == 0 for t in z.terminals), f"{z.terminals}")
        kinds = {t.type for t in z.totals.types}
        wanted = (1, 2, 3, 5, 6, 9, 10, 11, 13, 14, 15, 17, 19, 20, 21, 22, 23, 24)
        expect(kinds.issuperset(wanted), f"types {sorted(kinds)}")
        expect(z.totals.pending.count == 0 and z.totals.training.count > 0, f"{z.totals}")


@scenario("a simulated day goes at the speed that is asked for, at the hours that are asked for")
def simulated_day_at_speed():
    with Shop() as shop:
        tills = Tills(shop)
        code, _, said, took = tills.run("simulate", "--day", "--speed", "16800", "-c", "40",
                                        "--on", "2026-11-21", outbox="memory")
        expect(code == 0, said)
        expect(3 <= took < 15, f"14 hours took {took:.1f} s")
        expect(closes_of(shop)[1][0].business_day == 20261121, "another day")
        code, _, said, _ = tills.run("simulate", "--day", "--on", "21.11.2026")
        expect(code == 64 and "2026-11-22" in said, f"{code}: {said}")


def ends_in_time(words, texts, port=None, enrol=True, start=True, outbox=None, waiting=None):
    """kasir-term gives up by itself, says why, how much waits and what to do."""
    with Shop(start=start) as shop:
        tills = Tills(shop, enrol=enrol)
        code, report, said, took = tills.run(*words, "--patience", "2", port=port, outbox=outbox)
        expect(code == 75, f"exit code {code}: {said}")
        expect(took < 15, f"it took {took:.1f} s")
        for text in texts:
            expect(text in said, f'"{text}" is not in: {said}')
        expect(report["waiting"] > 0 and report["acked"] == 0, f"{report}")
        expect(f"{report['waiting']} sales are not acknowledged" in said, said)
        if waiting is not None:
            expect(report["waiting"] == waiting, f"{report['waiting']} wait")


REFUSED = ("the store refuses 3 of the tills", "does not know this terminal",
           "kasirctl terminal add till-001 --key")


@scenario("a simulation whose tills are not enrolled ends with what to do, as quick as it can be")
def simulate_refused():
    ends_in_time(("simulate", "-r", "0", "-c", "100000"), REFUSED, enrol=False)


@scenario("a slow simulation whose tills are not enrolled ends before it has sold all")
def simulate_refused_slowly():
    ends_in_time(("simulate", "-r", "20", "-c", "100000"), REFUSED + ("stay in the outbox",),
                 enrol=False)


@scenario("a simulation without a broker ends with what to do")
def simulate_without_broker():
    ends_in_time(("simulate", "-r", "0", "-c", "100000"),
                 ("no broker answers at 127.0.0.1:", "--broker"), port=free_port())


@scenario("a simulation without a store ends with what to do")
def simulate_without_store():
    ends_in_time(("simulate", "-r", "50", "-c", "40"),
                 (f"store '{STORE}' does not answer", "kasirctl status", "are gone"),
                 enrol=False, start=False, outbox="memory", waiting=40)


def dataset(shop, n):
    path = os.path.join(shop.folder, "receipts.csv")
    with open(path, "w") as f:
        f.write("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
        for i in range(n):
            f.write(f"{500000 + i},85123A,LANTERN,{'many' if i == 7 else 2},"
                    "2010-12-01T08:26:00,2.55,,France\n")
    return path


@scenario("a replay whose tills are not enrolled, or whose store is away, ends with what to do")
def replay_refused():
    for enrol, start, port, text in ((False, True, None, REFUSED[0].replace("3", "4")),
                                     (False, False, None, "does not answer"),
                                     (False, True, free_port(), "no broker answers")):
        with Shop(start=start) as shop:
            path = dataset(shop, 3000)
            code, report, said, took = Tills(shop, enrol=enrol).run("replay", path, "--patience",
                                                                   "2", port=port)
            expect(code == 75 and text in said, f"{code}: {said}")
            expect(took < 15, f"it took {took:.1f} s")
            expect(0 < report["waiting"] < 3000, f"{report['waiting']} wait")


@scenario("a replay says what it read, and what it did to rows")
def replay_counts():
    with Shop() as shop:
        tills = Tills(shop, names=("till-001", "till-002", "till-003", "till-004"))
        code, report, said, _ = tills.run("replay", dataset(shop, 50), "--repeat", "2")
        expect(code == 0, said)
        for name, wanted in (("rows", 100), ("documents", 100), ("lines", 100),
                             ("lines_for_rows", 100), ("rows_unreadable", 2),
                             ("rows_unpriced", 0), ("names_shortened", 0),
                             ("tenders_made_up", 98), ("totals_made_up", 0), ("figures_unused", 0),
                             ("made", 100), ("acked", 100)):
            expect(report[name] == wanted, f"{name}: {report[name]}, not {wanted}")
