"""The tutorials, followed to the letter: every command of theirs is run, in one bash as a
newcomer would, and what the page shows must come, but for the numbers.

On a page, an indented block is typed as it stands; where a line of it begins with '$ ', only such
lines are, and the others must stand in the output, in their order: digits stand for any, blanks
for any, '...' for anything."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from harness import BIN, PATIENCE, Failed, Process, expect, free_port, scenario, wait_until

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DONE = "-- done "
# What is done once; all else may be asked again, until headquarters and reports have followed.
DEEDS = re.compile(r"--yes|^till |annotate|^sed |^printf |^cat |^\w+=|-o ")


def blocks(name):
    """(heading, text) of every indented block of a page."""
    with open(os.path.join(ROOT, "docs", "tutorial", name), encoding="utf-8") as f:
        page = f.read()
    heading, found, block = "", [], []
    for line in page.splitlines() + ["end"]:
        if line.startswith("    ") or (block and not line.strip()):
            block.append(line[4:])
            continue
        if block:
            found.append((heading, "\n".join(block).rstrip() + "\n"))
            block = []
        if line.startswith("## "):
            heading = line[3:]
    expect(len(found) > 5, f"{name} has blocks")
    return found


def steps(text):
    """(command, lines that are shown) of a block that shows what comes."""
    made = []
    for line in text.splitlines():
        if line.startswith("$ "):
            made.append((line[2:], []))
        elif line.strip():
            made[-1][1].append(line.strip())
    return made


def pattern(line):
    parts = re.split(r"(\.\.\.|\s+|-?\d[\d.,]*)", line)
    return "".join(r".*" if p == "..." else r"\s+" if p.isspace()
                   else r"-?\d[\d.,]*" if re.fullmatch(r"-?\d[\d.,]*", p)
                   else re.escape(p) for p in parts)


def missing(shown, output):
    """The first line of SHOWN that OUTPUT has not, after those before it; None: all are there."""
    rest = output.splitlines()
    for line in shown:
        wanted = re.compile(pattern(line))
        at = next((i for i, got in enumerate(rest) if wanted.search(got)), None)
        if at is None:
            return line
        rest = rest[at + 1:]
    return None


class Shell:
    """A bash that is typed into."""

    def __init__(self, folder, **env):
        env = {**os.environ, "HOME": folder, "LC_ALL": "C", "NO_COLOR": "1", **env}
        self.log = os.path.join(folder, "typed.log")
        self.p = subprocess.Popen(["bash", "--norc"], cwd=folder, env=env, stdin=subprocess.PIPE,
                                  stdout=open(self.log, "wb"), stderr=subprocess.STDOUT,
                                  start_new_session=True)
        self.at = 0

    def run(self, text):
        """Exit code of what is typed, and what it said."""
        self.p.stdin.write(f"{text}\nprintf '\\n{DONE}%d\\n' $?\n".encode())
        self.p.stdin.flush()

        def done():
            with open(self.log, "rb") as f:
                f.seek(self.at)
                said = f.read()
            found = re.search(rb"\n" + DONE.encode() + rb"(\d+)\n", said)
            expect(found or self.p.poll() is None, f"the shell ended: {said.decode()}")
            return found and (said, found)
        said, found = wait_until(done, f"an end of: {text}", 4 * PATIENCE)
        self.at += found.end()
        return int(found[1]), said[:found.start()].decode(errors="replace")

    def follow(self, command, shown):
        """COMMAND succeeds and says what the page shows."""
        end = time.monotonic() + PATIENCE
        while True:
            code, said = self.run(command)
            lacks = missing(shown, said)
            if code == 0 and lacks is None:
                return
            if DEEDS.search(command) or time.monotonic() > end:
                raise Failed(f"$ {command}\nended with {code}; " +
                             (f'"{lacks}" is not in what came:' if lacks else "it said:") +
                             f"\n{said}")
            time.sleep(0.3)

    def close(self):
        self.p.stdin.close()
        try:
            os.killpg(self.p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.p.wait()


def put_away(folder):
    if os.environ.get("KASIR_KEEP"):
        print(f"# kept {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)


@scenario("a newcomer follows the tutorial through a shop's day and its close, line by line")
def a_day():
    folder = tempfile.mkdtemp(prefix="kasir-tutorial-")
    os.chmod(folder, 0o755)         # root's mosquitto is another user
    link = os.path.join(folder, "shop")
    opened = Process([os.path.join(ROOT, "tools", "demo", "open.sh"), BIN, link],
                     os.path.join(folder, "open.log"), env={**os.environ, "TMPDIR": folder})
    shell = Shell(folder)
    try:
        def is_open():
            expect(opened.running(), opened.text())
            return "\nOpen:" in opened.text()
        wait_until(is_open, "the shop opens", 4 * PATIENCE)
        for heading, text in blocks("a-day.md"):
            if text == "make shop\n":
                continue
            if "$ " in text:
                for command, shown in steps(text):
                    shell.follow(command, shown)
            else:
                shell.follow(text.replace("build/shop", link), [])
        shop = os.readlink(link)
        code = opened.end(signal.SIGINT)
        expect(code == 0, f"Ctrl-C: {code}: {opened.text()}")
        expect(not os.path.exists(shop) and not os.path.lexists(link), "nothing is left")
        left = subprocess.run(["pgrep", "-f", shop], capture_output=True, text=True).stdout
        expect(left == "", f"still running: {left}")
    finally:
        shell.close()
        if opened.running():
            opened.end(signal.SIGTERM)
        put_away(folder)


# What a block of the first page ends with that is not 0, and what it says.
FIRST_SHOP = (
    ("kasird -c kasird.conf &\nstore=$!\nsleep 1", 0, ["State            serving"]),
    ("till sell --terminal front", 0, ["front/1/1: proved to be in the store's ledger"]),
    ("--rate 0 --count 200", 75, ["the store refuses 3 of the tills"]),
    ("--rate 50 --count 200", 0, ["acked                  400"]),
    ("kasirctl check-proof", 0, ["Verdict         in the ledger, cosigned by headquarters"]),
    ("kill -9", 75, ["50 sales are not acknowledged"]),
    ("--count 3 --wait-witnessed", None, ["acked                  53", "all 4... entries verify"]),
    ("DROP TRIGGER", 0, ["ENTRY_EDITED", "exit 4"]),
)


@scenario("a newcomer follows the tutorial of the first shop, line by line")
def first_shop():
    folder = tempfile.mkdtemp(prefix="kasir-tutorial-")
    shell = Shell(folder, PATH=BIN + ":" + os.environ["PATH"])
    unseen = dict.fromkeys(range(len(FIRST_SHOP)))
    port = str(free_port())
    try:
        for heading, text in blocks("first-shop.md"):
            if heading == "Build":
                continue
            text = text.replace("11883", port)
            if os.geteuid() == 0:       # mosquitto gives up root's rights, and then cannot write here
                text = text.replace("log_type error\n", "log_type error\nuser root\n")
            at = next((i for i, (words, _, _) in enumerate(FIRST_SHOP) if words in text), None)
            unseen.pop(at, None)
            _, wanted, shown = FIRST_SHOP[at] if at is not None else ("", 0, [])
            code, said = shell.run(text)
            expect(code == wanted or wanted is None, f"{text}ended with {code}: {said}")
            lacks = missing(shown, said)
            expect(lacks is None, f'"{lacks}" is not in what came of\n{text}: {said}')
        expect(not unseen, f"blocks that the page has no more: {list(unseen)}")
        left = subprocess.run(["pgrep", "-f", folder], capture_output=True, text=True).stdout
        expect(left == "", f"still running: {left}")
    finally:
        shell.close()
        put_away(folder)
