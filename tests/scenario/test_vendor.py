"""What a vendor of registers does: build the example with nothing but the library, and sell."""
import os
import subprocess

import wire
from harness import BIN, STORE, Shop, Skipped, expect, scenario
from test_simulate import Tills

LIB = os.path.join(BIN, "..", "lib")
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "terminal")


def build(compiler, library, to):
    if os.environ.get("KASIR_SANITIZED"):
        raise Skipped("a vendor links no sanitizer")
    p = subprocess.run(
        [compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", f"-I{SOURCE}", "-o", to,
         os.path.join(SOURCE, "example", "till.c"), os.path.join(LIB, library),
         f"-Wl,-rpath,{os.path.abspath(LIB)}",
         "-lmosquitto", "-lsqlite3", "-lprotobuf-c", "-lsodium", "-lcrypto"],
        capture_output=True, text=True, timeout=120)
    expect(p.returncode == 0, p.stderr)


def sells(compiler, library):
    with Shop() as shop:
        till = os.path.join(shop.folder, "till")
        build(compiler, library, till)
        tills = Tills(shop, names=("vendor",))
        with open(tills.vkey) as f:
            vkey = f.read().strip()

        def run(payload):
            return subprocess.run([till, "127.0.0.1", str(shop.broker.port), STORE, "vendor",
                                   tills.keys, vkey], input=payload, capture_output=True, timeout=60)
        for n in (1, 2):
            p = run(wire.sale(1000 * n).SerializeToString())
            expect(p.returncode == 0, f"{p.returncode}: {p.stderr.decode()}")
            expect(f"sale 1/{n}: in the ledger" in p.stdout.decode(), p.stdout.decode())
        p = run(b"")
        expect(p.returncode == 74 and b"was not made" in p.stderr, f"{p.returncode}: {p.stderr}")
        expect(shop.status().totals.sales_count == 2, "two sales in the ledger")


@scenario("the vendors' example, built with gcc and the archive, sells")
def example_gcc():
    sells("gcc", "libkasir-terminal.a")


@scenario("the vendors' example, built with clang and the shared library, sells")
def example_clang():
    sells("clang", "libkasir-terminal.so.1")
