"""kasird as a service: systemd's protocol, a broker behind a Unix socket, an idle daemon."""
import os
import signal
import socket
import time

from harness import Shop, expect, scenario, wait_until


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
