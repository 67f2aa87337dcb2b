"""kasird as a service: systemd's protocol, a broker behind a Unix socket, an idle daemon."""
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from harness import BIN, Shop, expect, scenario, wait_until


ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def shipped(name):
    with open(os.path.join(ROOT, "systemd", name)) as f:
        return f.read()


class NotifySocket:
    """The other end of sd_notify(3)."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify.sock")
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.s.bind(self.path)
        self.s.setblocking(False)
        self.seen = []

    def heard(self, text):
        try:
            while True:
                self.seen.append(self.s.recv(4096).decode())
        except BlockingIOError:
            return any(text in m for m in self.seen)

    def wait(self, text):
        wait_until(lambda: self.heard(text), f"systemd is told {text}; was told {self.seen}")


@scenario("systemd is told when it serves, reloads, lives and stops")
def notify():
    with Shop(start=False) as shop:
        n = NotifySocket(shop.folder)
        shop.start(env={**os.environ, "NOTIFY_SOCKET": n.path, "WATCHDOG_USEC": "400000"})
        n.wait("READY=1")
        n.wait("STATUS=serving")
        n.wait("WATCHDOG=1")
        shop.kasird.p.send_signal(signal.SIGHUP)
        n.wait("RELOADING=1")
        shop.terminal("t1").sell(3)
        n.seen.clear()
        n.wait("WATCHDOG=1")
        shop.stop()
        n.wait("STOPPING=1")


@scenario("nothing is served before the `started` entry is durable")
def started_first():
    with Shop() as shop:
        rows = shop.rows()
        expect(len(rows) == 2, f"{len(rows)} entries in a new ledger")
        shop.restart()
        expect(len(shop.rows()) == 3, "one `started` a start")


@scenario("a broker behind a Unix socket serves as well, and is found again after a kill")
def unix_socket():
    with Shop(start=False) as shop:
        shop.broker.stop()
        path = os.path.join(shop.folder, "mosquitto.sock")
        with open(shop.broker.conf, "a") as f:
            f.write(f"listener 0 {path}\n")
        shop.broker.start()
        with open(shop.config) as f:
            text = f.read()
        with open(shop.config, "w") as f:
            f.write(text.replace(f'host = "127.0.0.1"\n\tport = {shop.broker.port}',
                                 f'socket = "{path}"'))
        shop.start()
        shop.wait_log(f"broker {path}: connected")
        t = shop.terminal("t1")
        t.sell(100)
        shop.broker.stop(signal.SIGKILL)
        shop.broker.start()
        shop.wait_serving()
        t.sell(3)
        shop.check_kept()


@scenario("the broker's settings that we ship are understood, and a store runs on them")
def shipped_broker():
    with Shop(start=False) as shop:
        shop.broker.stop()
        text = shipped("mosquitto-kasird.conf")
        text = text.replace("/run/mosquitto/", f"{shop.folder}/")
        # As read by Debian's mosquitto.conf, which has these already and may not be told twice.
        text = f"persistence true\npersistence_location {shop.folder}/\n" + text
        text = text.replace("listener 1883", f"listener {shop.broker.port} 127.0.0.1")
        with open(shop.broker.conf, "w") as f:
            f.write(text + ("user root\n" if os.geteuid() == 0 else ""))
        shop.broker.start()
        shop.start()
        t = shop.terminal("t1")
        t.sell(200)
        shop.broker.stop()
        shop.broker.start()
        shop.wait_serving()
        t.sell(3)
        shop.check_kept()
        expect("onfiguration" not in shop.broker.process.text(), shop.broker.process.text())


@scenario("the example configuration is good, the units are what systemd expects")
def shipped_examples():
    with Shop(start=False) as shop:
        example = os.path.join(shop.folder, "example.conf")
        with open(example, "w") as f:
            f.write(shipped("kasird.conf.example"))
        run = subprocess.run([f"{BIN}/kasird", "--check-config", "-c", example],
                             capture_output=True, text=True)
        expect(run.returncode == 0, run.stderr)
        if shutil.which("systemd-analyze") is None:
            return
        for unit in ("kasird.service", "kasir-hq.service"):
            path = os.path.join(shop.folder, unit)
            with open(path, "w") as f:
                f.write(re.sub(r"(?m)^ExecStart=\S*/", f"ExecStart={BIN}/", shipped(unit)))
            run = subprocess.run(["systemd-analyze", "verify", "--man=no", path],
                                 capture_output=True, text=True)
            said = [x for x in run.stderr.splitlines() if unit in x]
            expect(not said, "\n".join(said))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@scenario("an idle daemon sleeps, with a broker, without, and with one that hangs")
def idle():
    with Shop() as shop:
        t = shop.terminal("t1")
        t.sell(10)

        def busy(what):
            began, before = time.monotonic(), cpu_seconds(shop.kasird.p.pid)
            wait_until(lambda: time.monotonic() - began > 1.5, "a moment passes")
            used = cpu_seconds(shop.kasird.p.pid) - before
            expect(used < 0.15, f"{used:.2f} s of processor in 1.5 s {what}")
        busy("with a broker")
        shop.broker.process.p.send_signal(signal.SIGSTOP)
        busy("with a broker that hangs")
        shop.broker.process.p.send_signal(signal.SIGCONT)
        shop.broker.stop()
        busy("without a broker")
