"""kasirctl as a tool: what TAB offers, what is watched, what its doctor finds."""
import json
import os
import subprocess

import wire
from harness import BIN, PATIENCE, Process, expect, scenario, wait_until
from test_kasirctl import USAGE, ctl, of, shop_with_sales


@scenario("TAB offers the shop's terminals and its newest transactions")
def completion():
    with shop_with_sales(3) as shop:
        def offered(*words):
            return of(shop, "completion", "words", "-c", shop.config, *words).stdout.split()
        expect({"front", "back"} <= set(offered("tx", "list", "--terminal", "")), "terminals")
        expect(set(offered("tx", "list", "--terminal", "f")) == {"front"}, "those that fit")
        expect("front/1/3" in offered("tx", "show", "front/"), "transactions")
        expect("back/1/20" not in offered("tx", "show", "front/"), "no other's")
    expect(ctl("completion", "words", "-c", "/nowhere", "tx", "show", "").stdout == "",
           "without a store, nothing")


@scenario("tail shows the newest sales, follows what comes, and names what breaks a rule")
def tail():
    with shop_with_sales(12) as shop:
        lines = of(shop, "tail").stdout.splitlines()
        expect(len(lines) == 11, f"a heading and ten sales: {lines}")
        expect("back/1/20" in lines[-1] and "Rp" in lines[-1], f"the newest last: {lines[-1]}")
        lines = of(shop, "tail", "-n", "3", "--terminal", "front").stdout.splitlines()
        expect([x.split()[2] for x in lines[1:]] == ["front/1/10", "front/1/11", "front/1/12"],
               f"of one terminal: {lines}")
        log = os.path.join(shop.folder, "tail.json")
        p = Process([f"{BIN}/kasirctl", "-c", shop.config, "-j", "tail", "-n", "1", "-f"], log)
        wait_until(lambda: len(p.text().splitlines()) == 1, "it begins with one")
        wrong = wire.sale(9000)
        wrong.payable += 1
        till = shop.terminals[0]
        till.sell(1, wrong)
        wait_until(lambda: len(p.text().splitlines()) == 2, "what comes is shown")
        seen = [json.loads(x) for x in p.text().splitlines()]
        expect(seen[1]["terminal"] == "front" and seen[1]["sequence"] == 13, f"{seen[1]}")
        expect("total.payable" in seen[1]["broken"] and seen[1]["document"]["type"] == "sale",
               f"{seen[1]}")
        shop.stop()
        expect(p.running(), "it goes on while kasird is stopped")
        p.end()
        expect("! " in of(shop, "tail", "-n", "1").stdout.splitlines()[1], "marked for people")


@scenario("watch looks again and again, and only at what changes nothing")
def watch():
    with shop_with_sales(3) as shop:
        text = of(shop, "watch", "--times", "2", "--interval", "1").stdout
        expect(text.count("Entries ") == 2 and "\033" not in text, f"twice, plain: {text}")
        text = of(shop, "watch", "--times", "1", "--", "tx", "list", "-n", "2").stdout
        expect(len(text.splitlines()) == 3, f"with its own options: {text}")
        run = of(shop, "watch", "day", "close", code=USAGE)
        expect("cannot be watched" in run.stderr, run.stderr)
        run = of(shop, "watch", "statsu", code=USAGE)
        expect("did you mean 'status'?" in run.stderr, run.stderr)
        # On a terminal it is drawn over what stands there.
        run = subprocess.run(["script", "-qec", f"{BIN}/kasirctl -c {shop.config} watch -n 1",
                              "/dev/null"], capture_output=True, text=True, timeout=PATIENCE)
        expect("\033[H" in run.stdout and "Entries" in run.stdout, repr(run.stdout[:200]))
