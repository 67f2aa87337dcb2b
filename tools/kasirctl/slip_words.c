#include "tools/kasirctl/slip_words.h"

#include <stdio.h>
#include <string.h>

enum slip_language
slip_language_of(const char *name)
{
	return name != NULL && strncmp(name, "id", 2) == 0 && (name[2] == '\0' || name[2] == '_' ||
	    name[2] == '.') ? SLIP_INDONESIAN : SLIP_ENGLISH;
}

static const char *const words[WORD__COUNT][2] = {
	[WORD_ACCEPTED] = { "Accepted", "Diterima" },
	[WORD_ACCEPTED_LATER] = { "accepted by the manager", "diterima oleh manajer" },
	[WORD_ACCOUNT] = { "Account", "Akun" },
	[WORD_BAG] = { "Bag", "Kantong" },
	[WORD_BALANCE] = { "Payable", "Harus dibayar" },
	[WORD_BUSINESS_DAY] = { "Business day", "Hari usaha" },
	[WORD_CARRIED] = { "Pending carried over", "Tertunda dibawa ke hari berikut" },
	[WORD_CASH] = { "CASH", "KAS" },
	[WORD_CASHIER] = { "Cashier", "Kasir" },
	[WORD_CASH_BACK] = { "Cash back", "Tarik tunai" },
	[WORD_CASH_EXCEPTIONS] = { "In exceptions", "Pada pengecualian" },
	[WORD_CASH_SALES] = { "Cash sales", "Penjualan tunai" },
	[WORD_CHANGE] = { "Change", "Kembali" },
	[WORD_CLOSED_BY] = { "Closed by", "Ditutup oleh" },
	[WORD_CONFLICT] = { "CONFLICT: ANOTHER SALE HAS THIS NUMBER",
	    "KONFLIK: NOMOR INI MILIK TRANSAKSI LAIN" },
	[WORD_COPY] = { "COPY", "SALINAN" },
	[WORD_COSIGNED] = { "Headquarters has", "Diterima pusat" },
	[WORD_COUNTED] = { "Counted", "Dihitung" },
	[WORD_DEPOSITS] = { "Bank deposits", "Setoran bank" },
	[WORD_DISCOUNT] = { "Discount", "Diskon" },
	[WORD_DISCOUNTS] = { "Discounts", "Diskon" },
	[WORD_DROPS] = { "Safe drops", "Setoran brankas" },
	[WORD_ENTRIES] = { "Entries", "Entri" },
	[WORD_ENTRY] = { "Entry", "Entri" },
	[WORD_EXCEPTION] = { "EXCEPTION", "PENGECUALIAN" },
	[WORD_EXCEPTIONS] = { "Exceptions", "Pengecualian" },
	[WORD_EXCHANGED] = { "Exchanged", "Tukar uang" },
	[WORD_EXPECTED] = { "Expected", "Seharusnya" },
	[WORD_FOREIGN] = { "Foreign cash", "Uang asing" },
	[WORD_FORFEIT] = { "No change given", "Tanpa kembalian" },
	[WORD_GROSS_SALES] = { "Gross sales", "Penjualan kotor" },
	[WORD_INCLUDED_TAX] = { "Tax in prices", "Pajak dalam harga" },
	[WORD_LEDGER] = { "Ledger", "Buku kasir" },
	[WORD_LINE_VOID] = { "VOID", "BATAL" },
	[WORD_LINE_VOIDS] = { "Lines voided", "Baris batal" },
	[WORD_LOANS] = { "Float added", "Tambahan modal" },
	[WORD_MISSING] = { "missing", "belum ada" },
	[WORD_NET] = { "Net sales", "Penjualan bersih" },
	[WORD_NON_CASH] = { "Non-cash", "Non-tunai" },
	[WORD_NUMBER] = { "No.", "No." },
	[WORD_OF_BASE] = { "base", "DPP" },
	[WORD_OFFLINE] = { "made offline", "dibuat saat luring" },
	[WORD_OPENING] = { "Opening float", "Modal awal" },
	[WORD_OPEN_SHIFTS] = { "Shifts still open", "Shift masih terbuka" },
	[WORD_OTHER] = { "Other", "Lain-lain" },
	[WORD_OUTSIDE_TAX] = { "Outside tax", "Tidak kena pajak" },
	[WORD_OVERRIDES] = { "Overrides", "Izin supervisor" },
	[WORD_PAID_IN] = { "Paid in", "Kas masuk" },
	[WORD_PAID_OUT] = { "Paid out", "Kas keluar" },
	[WORD_PENDING] = { "Pending", "Tertunda" },
	[WORD_PERPETUAL] = { "PERPETUAL TOTALS", "TOTAL KUMULATIF" },
	[WORD_PICKUPS] = { "Pickups", "Pengambilan kas" },
	[WORD_PROOF] = { "Proof", "Bukti" },
	[WORD_REPRINT_OF] = { "of", "dari" },
	[WORD_RETURNS] = { "Returns", "Retur" },
	[WORD_REVERSED] = { "reversed", "dibatalkan" },
	[WORD_ROOT] = { "Root of the ledger", "Akar buku kasir" },
	[WORD_ROUNDING] = { "Rounding", "Pembulatan" },
	[WORD_SALES] = { "SALES", "PENJUALAN" },
	[WORD_SALES_FIGURE] = { "Sales", "Penjualan" },
	[WORD_SEQUENCES] = { "Sequences", "Nomor urut" },
	[WORD_SERVICE] = { "Service", "Biaya layanan" },
	[WORD_SHIFT] = { "Shift", "Shift" },
	[WORD_SHIFT_CLOSE] = { "SHIFT CLOSE", "TUTUP SHIFT" },
	[WORD_SHIFT_OPEN] = { "The shift is open", "Shift belum ditutup" },
	[WORD_SLIP] = { "Slip", "Slip setoran" },
	[WORD_SO_FAR] = { "The day is open", "Hari belum ditutup" },
	[WORD_SUBTOTAL] = { "Subtotal", "Subtotal" },
	[WORD_SUPERVISOR] = { "Supervisor", "Supervisor" },
	[WORD_TAX] = { "Tax", "Pajak" },
	[WORD_TAXES] = { "TAXES", "PAJAK" },
	[WORD_TENDERS] = { "TENDERS", "PEMBAYARAN" },
	[WORD_TERMINAL] = { "Terminal", "Terminal" },
	[WORD_TERMINALS] = { "TERMINALS", "TERMINAL" },
	[WORD_TOTAL] = { "TOTAL", "TOTAL" },
	[WORD_TRAINING] = { "TRAINING - NO RECEIPT", "LATIHAN - BUKAN BUKTI BAYAR" },
	[WORD_TRAINING_FIGURE] = { "Training", "Latihan" },
	[WORD_TRANSACTIONS] = { "TRANSACTIONS", "TRANSAKSI" },
	[WORD_UNREADABLE] = { "THE TILL'S DATA CANNOT BE READ", "DATA KASIR TIDAK TERBACA" },
	[WORD_VARIANCE] = { "Variance", "Selisih" },
	[WORD_VOIDED] = { "Voided", "Dibatalkan" },
	[WORD_VOIDED_BY] = { "VOIDED BY", "DIBATALKAN OLEH" },
	[WORD_VOIDED_LATER] = { "voided by the manager", "dibatalkan oleh manajer" },
	[WORD_VOIDS] = { "Voids", "Pembatalan" },
	[WORD_X] = { "X REPORT", "LAPORAN X" },
	[WORD_Z] = { "DAY CLOSE (Z)", "TUTUP KASIR (Z)" },
};

const char *
slip_word(enum slip_language l, enum slip_word w)
{
	return words[w][l];
}

#define TYPE(name) KASIR__V1__TRANSACTION_TYPE__##name
#define TENDER(name) KASIR__V1__TENDER_KIND__##name

static const char *const types[][2] = {
	[TYPE(SALE)] = { "SALE", "PENJUALAN" },
	[TYPE(RETURN)] = { "RETURN", "RETUR PENJUALAN" },
	[TYPE(EXCHANGE)] = { "EXCHANGE", "TUKAR BARANG" },
	[TYPE(POST_VOID)] = { "VOID", "PEMBATALAN" },
	[TYPE(SUSPEND)] = { "SUSPENDED BILL - NOT PAID", "BON TERTUNDA - BELUM DIBAYAR" },
	[TYPE(RESUME)] = { "BILL RESUMED", "BON DILANJUTKAN" },
	[TYPE(CANCEL)] = { "BILL CANCELLED", "BON DIBATALKAN" },
	[TYPE(PAYMENT_ON_ACCOUNT)] = { "PAYMENT ON ACCOUNT", "PEMBAYARAN PIUTANG" },
	[TYPE(NO_SALE)] = { "DRAWER OPENED", "LACI DIBUKA" },
	[TYPE(PAID_IN)] = { "PAID IN", "KAS MASUK" },
	[TYPE(PAID_OUT)] = { "PAID OUT", "KAS KELUAR" },
	[TYPE(LOAN)] = { "FLOAT ADDED", "TAMBAHAN MODAL" },
	[TYPE(PICKUP)] = { "PICKUP", "PENGAMBILAN KAS" },
	[TYPE(SAFE_DROP)] = { "SAFE DROP", "SETORAN BRANKAS" },
	[TYPE(BANK_DEPOSIT)] = { "BANK DEPOSIT", "SETORAN BANK" },
	[TYPE(TENDER_EXCHANGE)] = { "MONEY CHANGED", "TUKAR UANG" },
	[TYPE(TENDER_RESOLUTION)] = { "TENDER RESOLVED", "PENYELESAIAN PEMBAYARAN" },
	[TYPE(TILL_COUNT)] = { "TILL COUNT", "HITUNG KAS" },
	[TYPE(SHIFT_OPEN)] = { "SHIFT OPENED", "BUKA SHIFT" },
	[TYPE(SHIFT_CLOSE)] = { "SHIFT CLOSED", "TUTUP SHIFT" },
	[TYPE(DAY_OPEN)] = { "DAY OPENED", "BUKA HARI" },
	[TYPE(DAY_CLOSE)] = { "DAY CLOSED", "TUTUP HARI" },
	[TYPE(SIGN_ON)] = { "SIGNED ON", "KASIR MASUK" },
	[TYPE(SIGN_OFF)] = { "SIGNED OFF", "KASIR KELUAR" },
	[TYPE(OVERRIDE)] = { "OVERRIDE", "IZIN SUPERVISOR" },
	[TYPE(REPRINT)] = { "REPRINT", "CETAK ULANG" },
	[TYPE(TERMINAL_EVENT)] = { "TERMINAL EVENT", "KEJADIAN TERMINAL" },
};

static const char *const tenders[][2] = {
	[TENDER(CASH)] = { "Cash", "Tunai" },
	[TENDER(CASH_FOREIGN)] = { "Foreign cash", "Uang asing" },
	[TENDER(DEBIT)] = { "Debit card", "Kartu debit" },
	[TENDER(CREDIT)] = { "Credit card", "Kartu kredit" },
	[TENDER(QRIS)] = { "QRIS", "QRIS" },
	[TENDER(EMONEY)] = { "E-money", "Uang elektronik" },
	[TENDER(EWALLET)] = { "E-wallet", "Dompet digital" },
	[TENDER(BANK_TRANSFER)] = { "Bank transfer", "Transfer bank" },
	[TENDER(VOUCHER)] = { "Voucher", "Voucer" },
	[TENDER(GIFT_CARD)] = { "Gift card", "Kartu hadiah" },
	[TENDER(STORE_CREDIT)] = { "Store credit", "Kredit toko" },
	[TENDER(POINTS)] = { "Points", "Poin" },
	[TENDER(ON_ACCOUNT)] = { "On account", "Piutang" },
	[TENDER(COUPON)] = { "Coupon", "Kupon" },
	[TENDER(PAY_LATER)] = { "Pay later", "Bayar nanti" },
};

#define NAME_OF(names, l, i, to) \
	name_of((names), sizeof(names) / sizeof *(names), (l), (i), (to))

static void
name_of(const char *const (*names)[2], size_t n, enum slip_language l, unsigned i,
    char to[SLIP_NAME_MAX])
{
	if (i < n && names[i][l] != NULL)
		snprintf(to, SLIP_NAME_MAX, "%s", names[i][l]);
	else
		snprintf(to, SLIP_NAME_MAX, "#%u", i);
}

void
slip_type_name(enum slip_language l, unsigned type, char to[SLIP_NAME_MAX])
{
	NAME_OF(types, l, type, to);
}

void
slip_tender_name(enum slip_language l, unsigned kind, char to[SLIP_NAME_MAX])
{
	NAME_OF(tenders, l, kind, to);
}
