"""Configuration, control socket, command line."""
import os
import signal
import struct
import subprocess
import time

from harness import BIN, Shop, expect, expect_flat, scenario, wait_until

EX_USAGE, EX_CONFIG = 64, 78

GOOD = """store = "jkt-01"
operator = "example.com"
broker {
	host = "127.0.0.1"
	port = 1883
}
"""

# What is wrong, the file, the line it is said to be in (0: the whole file), what is expected.
BAD = [
    ("unknown setting", GOOD + 'colour = "red"\n', 7, "kasird.conf(5)"),
    ("unknown setting in a section", GOOD.replace("host", "hots"), 4, "kasird.conf(5)"),
    ("a store's name with capitals", GOOD.replace("jkt-01", "JKT-01"), 1, "a-z, 0-9"),
    ("a store's name of 33 characters", GOOD.replace("jkt-01", "a" * 33), 1, "1 to 32"),
    ("an operator with a slash", GOOD.replace("example.com", "a/b"), 2, "without '/'"),
    ("port 0", GOOD.replace("1883", "0"), 5, "1 to 65535"),
    ("port 65536", GOOD.replace("1883", "65536"), 5, "1 to 65535"),
    ("a port that is no number", GOOD.replace("1883", "mqtt"), 5, "integer"),
    ("a relative path", GOOD + 'data-dir = "data"\n', 7, "absolute path"),
    ("a currency of two letters", GOOD + 'currency = "RP"\n', 7, "ISO 4217"),
    ("an exponent of 5", GOOD + "exponent = 5\n", 7, "0 to 4"),
    ("an unknown rounding", GOOD + 'rounding = "up"\n', 7, '"half-up"'),
    ("an unknown log level", GOOD + 'log-level = "loud"\n', 7, '"notice"'),
    ("65 workers", GOOD + "verify-workers = 65\n", 7, "to 64"),
    ("a section that is not closed", GOOD.rstrip("}\n"), 6, "not closed"),
    ("a value without a name", GOOD + '= "x"\n', 7, ""),
    ("no store", GOOD.replace('store = "jkt-01"', ""), 0, 'store = "..."'),
    ("no operator", GOOD.replace('operator = "example.com"', ""), 0, 'operator = "..."'),
    ("no broker", "\n".join(GOOD.splitlines()[:2]) + "\n", 0, 'broker { host = "..." }'),
    ("host and socket", GOOD.replace("port = 1883", 'socket = "/x"'), 0, "not both"),
    ("headquarters without a key", GOOD + 'headquarters {\n\thost = "h"\n}\n', 0,
     'key-file = "..."'),
    ("garbage", "\x01\x02{{{\n", 1, ""),
]


def kasird(*args):
    return subprocess.run([f"{BIN}/kasird", *args], capture_output=True, text=True, timeout=20)


@scenario("a bad configuration file is refused by file, line and what is expected")
def bad_config(tmp="/tmp"):
    path = os.path.join(tmp, f"kasird-bad-{os.getpid()}.conf")
    try:
        for what, text, line, expected in BAD:
            with open(path, "w") as f:
                f.write(text)
            for args in (("-c", path), ("--check-config", "-c", path)):
                run = kasird(*args)
                expect(run.returncode == EX_CONFIG, f"{what}: exit {run.returncode} {run.stderr}")
                where = f"{path}:{line}:" if line else f"{path}: "
                expect(where in run.stderr, f'{what}: "{where}" is not in: {run.stderr}')
                expect(expected in run.stderr, f'{what}: "{expected}" is not in: {run.stderr}')
        with open(path, "w") as f:
            f.write(GOOD)
        expect(kasird("--check-config", "-c", path).returncode == 0, "the good one is good")
    finally:
        os.unlink(path)


@scenario("a configuration file that is not there is named")
def no_config():
    run = kasird("-c", "/nonexistent/kasird.conf")
    expect(run.returncode == EX_CONFIG and "/nonexistent/kasird.conf" in run.stderr, run.stderr)


@scenario("kasird explains itself, and refuses what it does not understand")
def command_line():
    run = kasird("--help")
    expect(run.returncode == 0 and "--check-config" in run.stdout, run.stdout)
    run = kasird("--version")
    expect(run.returncode == 0 and run.stdout.startswith("kasird "), run.stdout)
    expect(kasird("--frobnicate").returncode == EX_USAGE, "unknown option")
    expect(kasird("operand").returncode == EX_USAGE, "operand")


@scenario("SIGHUP takes a new log level; a bad file changes nothing and is said")
def reload():
    with Shop(log_level="error") as shop:
        t = shop.terminal("t1")
        t.sell()
        expect("connected" not in shop.kasird.text(), "nothing to say at this level")
        shop.write_config(log_level="notice")
        shop.kasird.p.send_signal(signal.SIGHUP)
        shop.wait_log("reload: done")
        shop.write_config('nonsense = "x"\n')
        shop.kasird.p.send_signal(signal.SIGHUP)
        shop.wait_log("going on as before")
        t.sell()
        shop.check_kept()


def closed(s):
    try:
        return s.recv(1) == b""
    except ConnectionError:
        return True


@scenario("garbage on the control socket is dropped, the next request is answered")
def control_garbage():
    with Shop() as shop:
        t = shop.terminal("t1")
        s = shop.connect_control()
        s.sendall(struct.pack(">I", (1 << 20) + 1))
        expect(closed(s), "a frame over 1 MiB is dropped")
        s = shop.connect_control()
        s.sendall(struct.pack(">I", 7) + b"\xff" * 7)
        head = s.recv(4)
        expect(len(head) == 4, "garbage in a frame is answered with an error")
        s = shop.connect_control()
        s.sendall(b"\0\0")
        s.close()
        before = shop.kasird.rss_kib()
        for _ in range(200):
            s = shop.connect_control()
            try:
                s.sendall(struct.pack(">I", 1 << 20) + b"x" * 60000)
            except OSError:
                pass            # turned away: no seat was free
            s.close()

        def answered():
            try:
                return shop.status().state == "serving"
            except OSError:     # turned away: those before us still sit
                return False
        wait_until(answered, "the next request is answered")
        expect_flat(before, shop.kasird.rss_kib(), 4096)
        t.sell()


@scenario("idle clients take no more than their seats at the control socket")
def control_crowd():
    with Shop() as shop:
        t = shop.terminal("t1")
        crowd = [shop.connect_control() for _ in range(16)]
        wait_until(lambda: closed(shop.connect_control()), "the seventeenth is turned away")
        t.sell()
        for s in crowd:
            s.close()

        def answered():
            try:
                return shop.status().state == "serving"
            except OSError:
                time.sleep(0.01)
        wait_until(answered, "seats are free again")


@scenario("only its own group may use the control socket")
def control_mode():
    with Shop() as shop:
        mode = os.stat(shop.control_path).st_mode & 0o777
        expect(mode == 0o660, f"mode {mode:o}")


@scenario("requests on one connection are answered in turn")
def control_sequence():
    with Shop() as shop:
        s = shop.connect_control()
        f = s.makefile("rb")
        for _ in range(50):
            s.sendall(struct.pack(">I", 2) + b"\x0a\x00")
            n = struct.unpack(">I", f.read(4))[0]
            expect(len(f.read(n)) == n and n > 0, "a whole answer")
