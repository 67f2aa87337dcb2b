"""A shop in a temporary directory: its own mosquitto, its own kasird, its terminals.

Everything is waited for by condition; everything that was started is ended, whatever the
test did.  A scenario is a function marked with @scenario("the sentence it proves").
"""
import os
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
import threading
import time
import traceback

import paho.mqtt.client as paho

import wire
from kasir.v1 import control_pb2, terminal_pb2

BIN = os.environ["KASIR_BIN"]
PATIENCE = float(os.environ.get("KASIR_PATIENCE", "15"))
REPORTS = os.environ.get("KASIR_REPORTS")   # a folder where sanitizers write what they find
STORE = "jkt-01"
SCENARIOS = []

# A suite that runs in the background was started with Ctrl-C ignored, and what it starts would
# inherit that: no shell can trap a signal that it found ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Failed(AssertionError):
    pass


class Skipped(Exception):
    pass


def scenario(sentence):
    def register(fn):
        SCENARIOS.append((sentence, fn))
        return fn
    return register


def expect(condition, sentence):
    if not condition:
        raise Failed(sentence)


def wait_until(condition, what, seconds=PATIENCE):
    """The first true value of CONDITION()."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.01)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def expect_flat(before_kib, after_kib, most_kib):
    """Resident memory has not grown by more than MOST_KIB (sanitizers keep what is freed)."""
    grown = after_kib - before_kib
    expect(grown < most_kib or os.environ.get("KASIR_SANITIZED"),
           f"resident memory grew by {grown} KiB")


class Process:
    """A child with its output in a file."""

    def __init__(self, argv, log, **kw):
        self.log = log
        with open(log, "ab") as out:
            self.p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **kw)

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def running(self):
        return self.p.poll() is None

    def end(self, sig=signal.SIGTERM):
        """Exit status; -N when signal N ended it."""
        if self.running():
            self.p.send_signal(sig)
            try:
                return self.p.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.p.kill()
                self.p.wait()
                raise Failed(f"{self.p.args[0]} did not end on {sig.name}")
        return self.p.returncode

    def rss_kib(self):
        with open(f"/proc/{self.p.pid}/status") as f:
            return next(int(x.split()[1]) for x in f if x.startswith("VmRSS"))


class Broker:
    def __init__(self, folder, name="broker", extra=""):
        self.port, self.folder, self.name = free_port(), folder, name
        self.process = None
        self.conf = os.path.join(folder, f"{name}.conf")
        user = "user root\n" if os.geteuid() == 0 else ""
        with open(self.conf, "w") as f:
            f.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n{user}"
                    f"set_tcp_nodelay true\nmax_queued_messages 10000\n{extra}")

    def start(self):
        self.process = Process(["mosquitto", "-c", self.conf],
                               os.path.join(self.folder, f"{self.name}.log"))

        def listens():
            expect(self.process.running(), "mosquitto: " + self.process.text())
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", self.port)) == 0
        wait_until(listens, "mosquitto listens")
        return self

    def stop(self, sig=signal.SIGTERM):
        if self.process:
            self.process.end(sig)


def stranger(port):
    """A client that belongs to nobody."""
    client = paho.Client()
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


class Terminal:
    """A register on the bus, which remembers every verified answer."""

    def __init__(self, shop, name, enrolled=True):
        self.shop, self.name = shop, name
        self.register = wire.Register(STORE, name)
        self.verifier = wire.Verifier(STORE, name, shop.vkey)
        self.acks, self.refusals, self.wrong = {}, [], []
        self.lock = threading.Lock()
        self.connected = threading.Event()
        self.client = paho.Client(client_id=f"term-{name}-{id(self)}", clean_session=True)
        self.client.max_inflight_messages_set(0)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = lambda *_: self.connected.set()
        self.client.on_disconnect = lambda *_: self.connected.clear()
        self.client.on_message = self._on_message
        if enrolled:
            shop.enroll(name, bytes(self.register.key.verify_key))
        self.client.connect_async("127.0.0.1", shop.broker.port, keepalive=10)
        self.client.loop_start()
        expect(self.connected.wait(PATIENCE), f"terminal {name} reaches the broker")

    def _on_connect(self, client, *_):
        client.subscribe(f"kasir/v1/{STORE}/{self.name}/ack", 1)

    def _on_message(self, _client, _data, message):
        with self.lock:
            try:
                acks, refusals = self.verifier.open(message.payload)
            except Exception as e:
                self.wrong.append(repr(e))
                return
            self.acks.update(acks)
            self.refusals += refusals

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def publish(self, payload, topic=None):
        self.client.publish(topic or f"kasir/v1/{STORE}/{self.name}/tx", payload, qos=1)

    def batch(self, transactions, name=None):
        with self.lock:
            note = self.verifier.note
        return terminal_pb2.TransactionBatch(terminal=name or self.name, checkpoint=note,
                                             transactions=transactions)

    def send(self, *transactions):
        self.publish(self.batch(transactions).SerializeToString())

    def ack_of(self, t):
        """The answer to T; sent again now and then, as a terminal does."""
        h = self.register.hash_of(t)
        again = time.monotonic() + 1

        def answered():
            nonlocal again
            expect(not self.wrong, f"an answer that does not verify: {self.wrong}")
            if h not in self.acks and time.monotonic() > again:
                again = time.monotonic() + 1
                self.send(t)
            return self.acks.get(h)
        return wait_until(answered, f"answer to {self.name} {t.epoch}/{t.sequence}")

    def settle(self, transactions, seconds=PATIENCE):
        """Send again, a window each second, until every one has its answer."""
        due = 0

        def all_answered():
            nonlocal due
            expect(not self.wrong, f"an answer that does not verify: {self.wrong}")
            with self.lock:
                open_ones = [t for t in transactions if self.register.hash_of(t) not in self.acks]
            if open_ones and time.monotonic() > due:
                due = time.monotonic() + 1
                for i in range(0, min(len(open_ones), 256), 64):
                    self.send(*open_ones[i:i + 64])
            return not open_ones
        wait_until(all_answered, f"{self.name}: {len(transactions)} sales are answered", seconds)

    def fresh_ack_of(self, t):
        """The answer to sending T now, whatever was answered before."""
        with self.lock:
            self.acks.pop(self.register.hash_of(t), None)
        self.send(t)
        return self.ack_of(t)

    def sell(self, n=1, payload=None):
        """N sales, sent and answered; the transactions."""
        made = [self.register.sign(payload or wire.sale(10000 + i)) for i in range(n)]
        for i in range(0, n, 64):
            self.send(*made[i:i + 64])
        for t in made:
            self.ack_of(t)
        return made

    def refusal(self, reason, seconds=PATIENCE):
        def found():
            with self.lock:
                return next((r for r in self.refusals if r.reason == reason), None)
        return wait_until(found, f"{self.name} is told {reason}; was told "
                          f"{[r.reason for r in self.refusals]}", seconds)


def mount(size, folder):
    run = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "kasir", folder],
                         capture_output=True, text=True)
    if run.returncode != 0:
        raise Skipped(f"cannot mount a small disk: {run.stderr.strip()}")


class Shop:
    def __init__(self, start=True, broker_extra="", disk=None, **settings):
        self.folder = tempfile.mkdtemp(prefix="kasir-scenario-")
        self.data = os.path.join(self.folder, "data")
        self.config = os.path.join(self.folder, "kasird.conf")
        self.control_path = os.path.join(self.folder, "control.sock")
        self.terminals, self.others, self.kasird = [], [], None
        self.settings = settings
        os.mkdir(self.data, 0o700)
        self.mounted = False
        self.broker = Broker(self.folder, extra=broker_extra)
        try:
            if disk:
                self.mount(disk)
            self.write_config()
            self.make_store()
            self.broker.start()
            if start:
                self.start()
        except BaseException as e:
            self.__exit__(type(e), e, None)
            raise

    def mount(self, size):
        """A disk of its own, that can be full."""
        mount(size, self.data)
        self.mounted = True

    def write_config(self, extra="", **changes):
        s = dict(store=STORE, operator="example.com", data_dir=self.data, log_level="info")
        s.update(self.settings)
        s.update(changes)
        with open(self.config, "w") as f:
            f.write(f'store = "{s["store"]}"\noperator = "{s["operator"]}"\n'
                    f'data-dir = "{s["data_dir"]}"\ncontrol-socket = "{self.control_path}"\n'
                    f'broker {{\n\thost = "127.0.0.1"\n\tport = {self.broker.port}\n}}\n'
                    f'log-level = "{s["log_level"]}"\n{extra}')

    def make_store(self):
        run = subprocess.run([os.environ.get("KASIR_KEYS_INIT", f"{BIN}/kasirctl"), "--config",
                              self.config, "keys", "init"],
                             capture_output=True, text=True, timeout=60)
        expect(run.returncode == 0, f"kasirctl keys init: {run.stdout}{run.stderr}")
        with open(os.path.join(self.data, "store.vkey")) as f:
            self.vkey = wire.parse_vkey(f.read())

    @property
    def ledger(self):
        return os.path.join(self.data, "ledger.db")

    def start(self, wait=True, **kw):
        self.kasird = Process([f"{BIN}/kasird", "-c", self.config],
                              os.path.join(self.folder, "kasird.log"), **kw)
        if wait:
            self.wait_serving()
        return self.kasird

    def wait_serving(self):
        def serving():
            expect(self.kasird.running(), "kasird ended: " + self.kasird.text()[-2000:])
            try:
                s = self.status()
                return s.state == "serving" and (s.broker_connected or not self.broker.process
                                                 or not self.broker.process.running())
            except OSError:
                return False
        wait_until(serving, "kasird serves")

    def stop(self, sig=signal.SIGTERM):
        status = self.kasird.end(sig)
        if sig == signal.SIGTERM:
            expect(status == 0, f"kasird left with {status}: {self.kasird.text()[-2000:]}")
        return status

    def start_refused(self, code, *texts):
        """Starting kasird now ends with CODE, and its last words have TEXTS."""
        p = Process([f"{BIN}/kasird", "-c", self.config], os.path.join(self.folder, "refused.log"))
        self.others.append(p)
        wait_until(lambda: not p.running(), "kasird refuses to start")
        said = p.text()
        expect(p.p.returncode == code, f"exit code {p.p.returncode}, not {code}: {said}")
        for text in texts:
            expect(text in said, f'"{text}" is not in: {said}')

    def restart(self, sig=signal.SIGTERM):
        self.stop(sig)
        self.start()

    def connect_control(self):
        def connected():
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(PATIENCE)
            try:
                s.connect(self.control_path)
                return s
            except BlockingIOError:     # more at the door than it holds
                s.close()
                return None
        return wait_until(connected, "the control socket takes us")

    def control(self, **body):
        request = control_pb2.ControlRequest(**body).SerializeToString()
        with self.connect_control() as s:
            s.sendall(struct.pack(">I", len(request)) + request)
            f = s.makefile("rb")
            head = f.read(4)
            if len(head) < 4:
                raise ConnectionError("no answer")
            response = control_pb2.ControlResponse()
            response.ParseFromString(f.read(struct.unpack(">I", head)[0]))
            return response

    def status(self):
        return self.control(status=control_pb2.StatusRequest()).status

    def counter(self, name):
        return next((c.value for c in self.status().counters if c.name == name), 0)

    def enroll(self, name, key):
        r = self.control(terminal_add=control_pb2.TerminalAddRequest(terminal=name, key=key))
        expect(r.exit_code == 0, f"terminal add {name}: {r.error}")
        return r.terminal_add

    def terminal(self, name, **kw):
        t = Terminal(self, name, **kw)
        self.terminals.append(t)
        return t

    def wait_log(self, text, since=0):
        wait_until(lambda: text in self.kasird.text()[since:] or None,
                   f'the log says "{text}"; it says:\n{self.kasird.text()[since:][-1500:]}')

    def rows(self):
        """The ledger's entries as (index, entry, payload), read beside the daemon."""
        db = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute("SELECT idx, entry, payload FROM entry ORDER BY idx").fetchall()
        finally:
            db.close()

    def check_kept(self):
        """Every acked sale is in the ledger once, byte for byte."""
        rows = {i: e for i, e, _ in self.rows()}
        seen = {}
        for i, e in rows.items():
            entry = wire.entry_of(e)
            if entry.HasField("transaction"):
                r = entry.transaction
                k = (r.terminal, r.epoch, r.sequence, r.txn_id, r.payload_hash)
                expect(k not in seen, f"entries {seen.get(k)} and {i} are the same sale")
                seen[k] = i
        for t in self.terminals:
            expect(not t.wrong, f"{t.name}: an answer that does not verify: {t.wrong}")
            for ack in t.acks.values():
                expect(rows.get(ack.index) == ack.entry,
                       f"{t.name}: the acked entry {ack.index} is not in the ledger")

    def close(self):
        for t in self.terminals:
            t.close()
        for p in [self.kasird, *self.others]:
            if p and p.running():
                if REPORTS:     # leaks are looked for at a clean end
                    p.end()
                p.p.kill()
                p.p.wait()
        self.broker.stop()
        if self.mounted:
            subprocess.run(["umount", self.data], check=False)
        if os.environ.get("KASIR_KEEP"):
            print(f"# kept {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind and kind is not Skipped and self.kasird:
            print("# kasird said:")
            for line in self.kasird.text().splitlines()[-25:]:
                print(f"#   {line}")
        self.close()
        return False


def take_reports():
    """What sanitizers wrote since the last call, of any program; usually nothing."""
    texts = []
    for name in sorted(os.listdir(REPORTS) if REPORTS else []):
        path = os.path.join(REPORTS, name)
        with open(path, encoding="utf-8", errors="replace") as f:
            texts.append(f.read(6000))
        os.unlink(path)
    return "\n".join(texts)


def run(only):
    """Run what ONLY (words of the sentence, may be empty) selects; TAP-like lines."""
    passed = failed = 0
    for sentence, fn in SCENARIOS:
        if only and not any(word in sentence or word == fn.__name__ for word in only):
            continue
        began = time.monotonic()
        try:
            fn()
            reports = take_reports()
            expect(not reports, reports)
            passed += 1
            print(f"ok - {sentence} ({time.monotonic() - began:.1f} s)", flush=True)
        except Skipped as e:
            print(f"ok - {sentence} # skipped: {e}", flush=True)
        except Exception as e:
            failed += 1
            print(f"not ok - {sentence}", flush=True)
            said = str(e) if isinstance(e, Failed) else traceback.format_exc()
            for line in (said + "\n" + take_reports()).splitlines():
                print(f"#   {line}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1
