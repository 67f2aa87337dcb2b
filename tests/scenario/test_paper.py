"""Receipts and slips, and their proofs, from a real store's ledger."""
import json
import os
import re
import struct
import subprocess
import zlib

import wire
from harness import BIN, PATIENCE, Shop, expect, scenario, wait_until
from kasir.v1 import transaction_pb2 as tx
from test_day import counted, give, moved, sold, wrong

DAMAGE, USAGE, NOINPUT = 4, 64, 66
SHOP = """receipt {
\tname = "Toko Sejahtera"
\taddress = { "Jl. Melati 5", "Jakarta" }
\ttax-number = "01.234.567.8-901.000"
\tlanguage = "id"
}
"""


def ctl(shop, *args, code=0, text=True, both=False):
    run = subprocess.run([f"{BIN}/kasirctl", "--config", shop.config, *args], capture_output=True,
                         text=text, timeout=4 * PATIENCE, env={**os.environ, "TZ": "UTC"})
    expect(run.returncode == code, f"kasirctl {' '.join(args)}: exit code {run.returncode}, not "
           f"{code}: {run.stdout}{run.stderr}")
    return run.stdout + run.stderr if both else run.stdout


def code_of(receipt):
    return "".join(re.search(r"KASIR1:[\S\s]+$", receipt)[0].split())


def check_png(data):
    """Every checksum of a grey PNG of one bit; its pixels' rows."""
    expect(data[:8] == b"\x89PNG\r\n\x1a\n", "a PNG")
    at, parts = 8, {}
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + n]
        expect(zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + n:at + 12 + n])[0],
               f"checksum of {kind}")
        parts[kind] = body
        at += 12 + n
    wide, high = struct.unpack(">II", parts[b"IHDR"][:8])
    raw = zlib.decompress(parts[b"IDAT"])
    expect(len(raw) == high * (1 + (wide + 7) // 8), "as many pixels as the header says")


def void_of(amount, t):
    """Of the front till's sale T of AMOUNT."""
    void = wire.sale(amount)
    void.type = tx.POST_VOID
    void.original.terminal, void.original.epoch = "front", t.epoch
    void.original.sequence = t.sequence
    for part in (void.lines[0], void.tenders[0]):
        for f in ("quantity", "extended", "amount", "tendered", "change"):
            if f in part.DESCRIPTOR.fields_by_name:
                setattr(part, f, -getattr(part, f))
    void.gross = void.payable = -amount
    return void


@scenario("a receipt shows the sale as it was sold, with a code that leads to its proof")
def receipt_and_proof():
    with Shop() as shop:
        front = shop.terminal("front")
        first = front.sell(3)
        shop.write_config(SHOP)
        kept = front.sell(payload=void_of(10001, first[1]))
        expect(front.acks[front.register.hash_of(kept[0])].broken == [], "the void stands")
        text = ctl(shop, "receipt", "front/1/1")
        for line in ("Toko Sejahtera", "NPWP 01.234.567.8-901.000", "SALINAN", "Kopi susu",
                     "Rp 10.000", "Tunai", "Kembali"):
            expect(line in text, f"{line} is on the receipt: {text}")
        expect(max(len(x) for x in text.splitlines()) <= 32, "32 columns")
        expect("\u2580" in text, "the code is there in squares")
        expect("COPY" in ctl(shop, "receipt", "front/1/1", "--lang", "en", "-w", "48"), "English")
        code = code_of(text)
        index = code.split(":")[2]
        expect(code_of(ctl(shop, "receipt", index)) == code, "the same by its index")
        proof, sale = (os.path.join(shop.folder, x) for x in ("sale.tlog-proof", "sale.bin"))
        vkey = os.path.join(shop.data, "store.vkey")
        ctl(shop, "prove", "front/1/1", "-o", proof, "--payload", sale)
        with open(sale, "rb") as f:
            expect(f.read() == first[0].payload, "the payload is what the terminal sent")
        got = json.loads(ctl(shop, "--json", "check-proof", proof, "--key", vkey, "--payload",
                             sale, "--code", "https://toko.example/?" + code.lower()))
        expect(got["payable"] == 10000 and got["receipt"] == "R1", f"the sale: {got}")
        other = code_of(ctl(shop, "receipt", "front/1/2"))
        ctl(shop, "check-proof", proof, "--key", vkey, "--code", other, code=DAMAGE)
        ctl(shop, "check-proof", proof, "--key", vkey, "--code", "KASIR1:x", code=USAGE)
        with open(sale, "ab") as f:
            f.write(b"\0")
        ctl(shop, "check-proof", proof, "--key", vkey, "--payload", sale, code=DAMAGE)
        other = shop.terminal("back")
        kept = give(other, void_of(10002, first[2]))
        expect(kept[1].status == "EXCEPTION", "a void by another till")
        expect("DIBATALKAN" not in ctl(shop, "receipt", "front/1/3"), "does not stand")
        ctl(shop, "exceptions", "accept", "back/1/1", "--reason", "benar", "--yes")
        for _ in range(2):      # from the tail of the ledger, then from its facts
            expect("DIBATALKAN OLEH front/1/4" in ctl(shop, "receipt", "front/1/2"), "voided")
            expect("DIBATALKAN" not in ctl(shop, "receipt", "front/1/1"), "not voided")
            text = ctl(shop, "receipt", "front/1/3")
            expect("DIBATALKAN OLEH back/1/1" in text and "manajer" not in text,
                   f"a void that was accepted: {text}")
            shop.restart()
        ctl(shop, "receipt", "front/1/5", code=NOINPUT)
        ctl(shop, "receipt", "0", code=NOINPUT)


@scenario("a receipt comes as a picture too, and nothing in it can steer a printer")
def pictures_and_poison():
    with Shop() as shop:
        front = shop.terminal("front")
        front.sell(payload=wire.sale(5000, name="Air \x1b@\x1b[2J <b>merah</b> & biru"))
        front.sell(payload=b"\xff\xff not a sale")
        text = ctl(shop, "receipt", "front/1/1", "--width", "48")
        expect("\x1b" not in text and "Air ?@?[2J" in text, text)
        svg = ctl(shop, "receipt", "front/1/1", "--format", "svg")
        expect("&lt;b>merah&lt;/b> &amp; biru" in svg and svg.endswith("</svg>\n"), svg)
        check_png(ctl(shop, "receipt", "front/1/1", "--format", "qr-png", text=False))
        path = os.path.join(shop.folder, "r.png")
        ctl(shop, "receipt", "front/1/1", "--format", "qr-png", "-o", path)
        expect(os.path.getsize(path) > 1000, "a file")
        expect("payload.undecodable" in ctl(shop, "receipt", "front/1/2"), "an exception")
        ctl(shop, "receipt", "front/1/1", "--width", "23", code=USAGE)
        ctl(shop, "receipt", "front/1/1", "--format", "pdf", code=USAGE)
        ctl(shop, "receipt", "front/1/1", "--lang", "fr", code=USAGE)


STEERS = ("\x1b[2J\x07", "\u202eabc\u202c", "\u2066x\u2069", "\x85\u2028\x9b31m", "e\u0301" * 40)


@scenario("no text that a till sent steers the screen of who looks at it")
def tame_screens():
    with Shop() as shop:
        front = shop.terminal("front")
        names = []
        for text in STEERS:
            t = wire.sale(5000, name=text)
            t.cashier = t.supervisor = t.reason = t.receipt_number = text
            t.shift = t.lines[0].sku = t.lines[0].department = t.lines[0].tax_code = text
            t.currency = text[:4]
            names.append(f"front/1/{give(front, t)[0].sequence}")
        t = counted(tx.SHIFT_OPEN, 1000, shift="pagi\x1b[31m\u202e")
        t.cashier = "ani\x1b[2J"
        give(front, t)
        wait_until(lambda: shop.status().reports_size == shop.status().size, "reports are made")
        commands = [[*c, x] for c in (("tx", "show"), ("exceptions", "show")) for x in names]
        commands += [x.split() for x in (
            "tail", "tx list", "exceptions list", "day report", "report x", "report products",
            "report cashiers", "report tax", "report exceptions", "report sales --by department")]
        for command in commands:
            text = ctl(shop, *command)      # which is UTF-8, or this fails
            found = re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]",
                               text)
            expect(not found, f"kasirctl {' '.join(command)} prints {found}")


@scenario("closes of shift and day, and the day so far, come on paper")
def closes_on_paper():
    with Shop() as shop:
        shop.write_config(SHOP)
        ctl(shop, "slip", "z", code=NOINPUT)
        ctl(shop, "slip", "shift", code=NOINPUT)
        till = shop.terminal("front")
        give(till, counted(tx.SHIFT_OPEN, 100000))
        give(till, sold(12000))
        give(till, sold(25000))
        give(till, wrong(9000))
        give(till, moved(tx.PAID_OUT, -20000))
        day = ctl(shop, "slip", "x")
        for line in (r"LAPORAN X", r"TOTAL +Rp 37\.000", r"Pengecualian 1 x +Rp 9\.000",
                     r"Shift masih terbuka +1"):
            expect(re.search(line, day), f"{line}: {day}")
        shift = ctl(shop, "slip", "x", "front", "--width", "48")
        expect(re.search(r"Modal awal +Rp 100\.000", shift) and "Shift belum ditutup" in shift,
               shift)
        ctl(shop, "slip", "x", "back", code=NOINPUT)
        give(till, counted(tx.SHIFT_CLOSE, 125400))
        closed = ctl(shop, "slip", "shift", "front", "pagi")
        for line in (r"TUTUP SHIFT", r"Dihitung +Rp 125\.400", r"Selisih +Rp -?[\d.]+",
                     r"Kas keluar +Rp -20\.000", r"SALINAN"):
            expect(re.search(line, closed), f"{line}: {closed}")
        ctl(shop, "slip", "shift", "back", code=NOINPUT)
        ctl(shop, "day", "close", "--reason", "akhir hari", "--yes")
        z = ctl(shop, "slip", "z")
        for line in (r"TUTUP KASIR \(Z\) No\. 1", r"Penjualan bersih +Rp 37\.000",
                     r"TOTAL KUMULATIF", r"front/1/6 +0 belum ada"):
            expect(re.search(line, z), f"{line}: {z}")
        expect(ctl(shop, "slip", "z", "1") == z, "the same by its number")
        expect(max(len(x) for x in z.splitlines()) <= 32, "32 columns")
        ctl(shop, "slip", "z", "2", code=NOINPUT)
        ctl(shop, "slip", "z", "0", code=USAGE)
        proof = os.path.join(shop.folder, "z.tlog-proof")
        ctl(shop, "prove", code_of(z).split(":")[2], "-o", proof)
        ctl(shop, "check-proof", proof, "--key", os.path.join(shop.data, "store.vkey"), "--code",
            code_of(z))
