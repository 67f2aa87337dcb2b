/* Receipts and slips of closes, to the last column: what is printed stands in golden/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/golden.h"
#include "tools/kasirctl/receipt_slip.h"

#define TYPE(name) KASIR__V1__TRANSACTION_TYPE__##name
#define KIND(name) KASIR__V1__LINE_KIND__##name
#define TENDER(name) KASIR__V1__TENDER_KIND__##name
#define STATE(name) KASIR__V1__TENDER_STATE__##name

static const struct receipt_config shop = {
	.name = "Toko Sejahtera", .address = { "Jl. Melati 5", "Jakarta 10110" },
	.tax_number = "01.234.567.8-901.000", .footer = "Terima kasih atas kunjungan Anda",
};

/* A transaction and its entry, with room for a few of everything. */
struct made {
	Kasir__V1__LedgerEntry entry;
	Kasir__V1__TransactionRecord record;
	Kasir__V1__Transaction doc;
	Kasir__V1__Line line[4], *lines[4];
	Kasir__V1__Discount discount[2], *discounts[2], *own[1];
	Kasir__V1__Tax tax[2], *taxes[2];
	Kasir__V1__Tender tender[2], *tenders[2];
	Kasir__V1__Reference original;
	Kasir__V1__CashMovement movement;
	Kasir__V1__Denomination coin[2], *coins[2];
	Kasir__V1__TransactionFlag flag;
	Kasir__V1__Rule broken[2];
	struct receipt receipt;
};

static void
make(struct made *m, Kasir__V1__TransactionType type)
{
	memset(m, 0, sizeof *m);
	kasir__v1__ledger_entry__init(&m->entry);
	kasir__v1__transaction_record__init(&m->record);
	kasir__v1__transaction__init(&m->doc);
	kasir__v1__reference__init(&m->original);
	kasir__v1__cash_movement__init(&m->movement);
	m->entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	m->entry.transaction = &m->record;
	m->record.terminal = (char *)"front";
	m->record.epoch = 1;
	m->record.sequence = 118;
	m->doc.type = type;
	m->doc.at_us = INT64_C(1795316400000000);
	m->doc.utc_offset_min = 420;
	m->doc.cashier = (char *)"sari";
	m->doc.currency = (char *)"IDR";
	m->doc.receipt_number = (char *)"0001";
	m->doc.lines = m->lines;
	m->doc.taxes = m->taxes;
	m->doc.tenders = m->tenders;
	m->doc.discounts = m->discounts;
	m->doc.count = m->coins;
	m->receipt = (struct receipt){ .index = 4711, .entry_bytes = BYTES("entry", 5),
		.entry = &m->entry, .doc = &m->doc };
}

static Kasir__V1__Line *
add_line(struct made *m, Kasir__V1__LineKind kind, const char *name, int64_t quantity,
    int64_t unit_price, int64_t extended)
{
	Kasir__V1__Line *l = &m->line[m->doc.n_lines];

	kasir__v1__line__init(l);
	l->kind = kind;
	l->name = (char *)name;
	l->quantity = quantity;
	l->unit_price = unit_price;
	l->extended = l->amount = extended;
	m->lines[m->doc.n_lines++] = l;
	return l;
}

static Kasir__V1__Tax *
add_tax(struct made *m, const char *code, uint32_t rate_bp, int64_t taxable, int64_t amount)
{
	Kasir__V1__Tax *t = &m->tax[m->doc.n_taxes];

	kasir__v1__tax__init(t);
	t->code = (char *)code;
	t->rate_bp = rate_bp;
	t->taxable = taxable;
	t->amount = amount;
	m->taxes[m->doc.n_taxes++] = t;
	return t;
}

static Kasir__V1__Discount *
new_discount(Kasir__V1__Discount *d, const char *name, uint32_t rate_bp, int64_t amount)
{
	kasir__v1__discount__init(d);
	d->name = (char *)name;
	d->rate_bp = rate_bp;
	d->amount = amount;
	return d;
}

static Kasir__V1__Tender *
add_tender(struct made *m, Kasir__V1__TenderKind kind, Kasir__V1__TenderState state,
    int64_t tendered, int64_t change)
{
	Kasir__V1__Tender *t = &m->tender[m->doc.n_tenders];

	kasir__v1__tender__init(t);
	t->kind = kind;
	t->state = state;
	t->tendered = tendered;
	t->change = change;
	m->tenders[m->doc.n_tenders++] = t;
	return t;
}

/* Goods by weight, a line taken back, discounts of both sorts, service, tax, rounding. */
static void
make_sale_of_everything(struct made *m)
{
	Kasir__V1__Line *l;

	make(m, TYPE(SALE));
	l = add_line(m, KIND(ITEM), "Beras Pandan Wangi", 1250, 15000000, 18750);
	l->unit = (char *)"KGM";
	add_line(m, KIND(ITEM), "Es jeruk", 2000, 8000000, 16000);
	l = add_line(m, KIND(LINE_VOID), "Es jeruk", -2000, 8000000, -16000);
	l->note = (char *)"salah pesan";
	add_line(m, KIND(SERVICE_CHARGE), "Layanan 5%", 1000, 862000, 862);
	m->own[0] = new_discount(&m->discount[0], "Promo", 500, 937);
	m->line[0].discounts = m->own;
	m->line[0].n_discounts = 1;
	m->discounts[0] = new_discount(&m->discount[1], "Anggota", 0, 563);
	m->doc.n_discounts = 1;
	add_tax(m, "PPN", 1200, 16603, 1992);
	m->doc.gross = 20104;
	m->doc.cash_rounding = -4;
	m->doc.payable = 20100;
	add_tender(m, TENDER(CASH), STATE(APPROVED), 50000, 29900);
}

static void
make_foreign_return(struct made *m)
{
	static Kasir__V1__Foreign foreign;
	Kasir__V1__Tender *t;

	make(m, TYPE(RETURN));
	m->doc.currency = (char *)"EUR";
	m->doc.exponent = 2;
	m->doc.supervisor = (char *)"budi";
	m->doc.reason = (char *)"damaged";
	m->original.epoch = 1;
	m->original.sequence = 7;
	m->doc.original = &m->original;
	add_line(m, KIND(RETURN_ITEM), "Bread", -1000, 250000, -250);
	add_tax(m, "A", 725, -233, -17)->inclusive = true;
	m->doc.gross = m->doc.payable = -250;
	kasir__v1__foreign__init(&foreign);
	foreign.currency = (char *)"USD";
	foreign.exponent = 2;
	foreign.amount = -300;
	t = add_tender(m, TENDER(CASH_FOREIGN), STATE(APPROVED), -250, 0);
	t->foreign = &foreign;
}

static void
make_pending_exception(struct made *m)
{
	make(m, TYPE(SALE));
	add_line(m, KIND(ITEM), "Air \x1b[31mmerah\x1b[0m", 1000, 5000000, 5000);
	m->doc.gross = m->doc.payable = 5000;
	add_tender(m, TENDER(QRIS), STATE(UNKNOWN), 4000, 0)->rrn = (char *)"612345678901";
	m->broken[0] = KASIR__V1__RULE__TENDER_SUM;
	m->record.broken = m->broken;
	m->record.n_broken = 1;
	m->flag = KASIR__V1__TRANSACTION_FLAG__TRAINING;
	m->doc.flags = &m->flag;
	m->doc.n_flags = 1;
	m->record.conflict = true;
	m->receipt.resolved = KASIR__V1__RESOLUTION__ACCEPTED;
	strcpy(m->receipt.voided_by, "front/1/119");
}

static void
make_deposit(struct made *m)
{
	make(m, TYPE(BANK_DEPOSIT));
	m->movement.amount = -1500000;
	m->movement.bag = (char *)"TAS-17";
	m->movement.slip = (char *)"SETOR 0042";
	m->doc.movement = &m->movement;
	for (size_t i = 0; i < 2; i++) {
		kasir__v1__denomination__init(&m->coin[i]);
		m->coins[i] = &m->coin[i];
	}
	m->coin[0].value = 100000;
	m->coin[0].count = 10;
	m->coin[1].value = 50000;
	m->coin[1].count = 10;
	m->doc.n_count = 2;
}

static void
make_undecodable(struct made *m)
{
	make(m, TYPE(SALE));
	m->receipt.doc = NULL;
	m->broken[0] = KASIR__V1__RULE__PAYLOAD_UNDECODABLE;
	m->broken[1] = KASIR__V1__RULE__IDENTITY_CONFLICT;
	m->record.broken = m->broken;
	m->record.n_broken = 2;
}

static void
assert_printed(const struct receipt *r, unsigned width, enum slip_language language,
    const char *golden)
{
	struct paper p = { .language = language, .shop = &shop, .store = "toko-1",
		.origin = "kasir.example/toko-1/1", .currency = "IDR",
		.printed_us = INT64_C(1795320000000000), .printed_offset_min = 420 };
	struct buf out;

	slip_init(&p.slip, width);
	buf_init(&out);
	receipt_print(r, &p);
	assert_int_equal(slip_write(&p.slip, SLIP_TEXT, &out), KAS_OK);
	assert_golden(buf_bytes(&out), golden);
	buf_fini(&out);
	slip_fini(&p.slip);
}

static void
a_receipt_is_what_the_customer_saw(void **state)
{
	static const struct {
		void (*make)(struct made *m);
		const char *name;
	} cases[] = {
		{ make_sale_of_everything, "sale" }, { make_foreign_return, "return" },
		{ make_pending_exception, "exception" }, { make_deposit, "deposit" },
		{ make_undecodable, "undecodable" },
	};
	char golden[64];
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cases[i].make(&m);
		snprintf(golden, sizeof golden, "receipt-%s-32-id.txt", cases[i].name);
		assert_printed(&m.receipt, 32, SLIP_INDONESIAN, golden);
		snprintf(golden, sizeof golden, "receipt-%s-48-en.txt", cases[i].name);
		assert_printed(&m.receipt, 48, SLIP_ENGLISH, golden);
	}
}

static void
times_and_figures_are_written_as_the_language_does(void **state)
{
	struct paper p = { .language = SLIP_INDONESIAN };
	char text[PAPER_TIME_MAX];

	(void)state;
	paper_time(&p, INT64_C(1795316400000000), 420, text);
	assert_string_equal(text, "22-11-2026 10:00");
	paper_time(&p, -1, 0, text);
	assert_string_equal(text, "31-12-1969 23:59");
	paper_time(&p, INT64_MAX, 0, text);
	assert_string_equal(text, "?");
	paper_time(&p, 0, 1441, text);
	assert_string_equal(text, "?");
	paper_quantity(&p, -1250, text);
	assert_string_equal(text, "-1,25");
	paper_quantity(&p, 1001, text);
	assert_string_equal(text, "1,001");
	paper_rate(&p, 1100, text);
	assert_string_equal(text, "11%");
	p.language = SLIP_ENGLISH;
	paper_rate(&p, 725, text);
	assert_string_equal(text, "7.25%");
	paper_time(&p, INT64_C(1795316400000000), -60, text);
	assert_string_equal(text, "2026-11-22 02:00");
	paper_quantity(&p, INT64_MIN, text);
	assert_string_equal(text, "-9223372036854775.808");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_receipt_is_what_the_customer_saw),
		cmocka_unit_test(times_and_figures_are_written_as_the_language_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
