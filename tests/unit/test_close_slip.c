/* Closes on paper, to the last column: what is printed stands in golden/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cash/period.h"
#include "tests/support/golden.h"
#include "tools/kasirctl/close_slip.h"

static const struct receipt_config shop = { .name = "Toko Sejahtera",
	.tax_number = "01.234.567.8-901.000" };
static struct arena arena;

#define ENTRY BYTES("entry", 5)

/* Each figure another number, so that none can stand in another's place. */
static Kasir__V1__PeriodTotals *
full_totals(void)
{
	static struct period p;
	Kasir__V1__PeriodTotals *t = NULL;

	memset(&p, 0, sizeof p);
	p = (struct period){ .items = 1250000, .discounts = 50000, .returns = 25000,
		.tax_included = 11000, .tax = 121000, .service = 40000, .other = 5000,
		.total = 1330000, .rounding = -300, .exceptions = { 2, 16000 }, .accepted = { 1, 9000 },
		.voided = { 1, 7000 }, .training = { 3, 33000 }, .line_voids = { 4, 44000 },
		.overrides = { 5, 55000 }, .pending = { 1, 66000 }, .n_taxes = 2 };
	p.types[KASIR__V1__TRANSACTION_TYPE__SALE] = (struct figure){ 42, 1355000 };
	p.types[KASIR__V1__TRANSACTION_TYPE__RETURN] = (struct figure){ 2, -25000 };
	p.types[KASIR__V1__TRANSACTION_TYPE__NO_SALE] = (struct figure){ 3, 0 };
	p.tenders[KASIR__V1__TENDER_KIND__CASH] = (struct figure){ 30, 1000000 };
	p.tenders[KASIR__V1__TENDER_KIND__QRIS] = (struct figure){ 12, 329700 };
	p.taxes[0] = (struct period_tax){ .gross = 5000, .tax_base = 5000 };
	p.taxes[1] = (struct period_tax){ "PPN", 1200, 1100000, 1008333, 121000, 1221000 };
	p.cash = (struct period_cash){ .opening = 200000, .sales = 1000000, .paid_in = 1100,
		.loans = 2200, .paid_out = 3300, .pickups = 4400, .drops = 5500, .deposits = 600000,
		.exchange = 7700, .cash_back = 8800, .exceptions = 9900, .n_foreign = 1 };
	p.cash.foreign[0] = (struct period_foreign){ "USD", 2000 };
	assert_int_equal(period_pack(&p, &arena, &t), KAS_OK);
	return t;
}

static void
assert_paper(void (*print)(struct paper *p), unsigned width, enum slip_language language,
    const char *golden)
{
	struct paper p = { .language = language, .shop = &shop, .store = "toko-1",
		.origin = "kasir.example/toko-1/1", .currency = "IDR",
		.printed_us = INT64_C(1795320000000000), .printed_offset_min = 420 };
	char name[64];
	struct buf out;

	slip_init(&p.slip, width);
	buf_init(&out);
	print(&p);
	assert_int_equal(slip_write(&p.slip, SLIP_TEXT, &out), KAS_OK);
	snprintf(name, sizeof name, "%s-%u-%s.txt", golden, width,
	    language == SLIP_INDONESIAN ? "id" : "en");
	assert_golden(buf_bytes(&out), name);
	buf_fini(&out);
	slip_fini(&p.slip);
}

static void
assert_both_papers(void (*print)(struct paper *p), const char *golden)
{
	assert_paper(print, 32, SLIP_INDONESIAN, golden);
	assert_paper(print, 48, SLIP_ENGLISH, golden);
}

static Kasir__V1__TerminalStanding front = { .terminal = (char *)"front", .epoch = 1,
	.newest = 118 }, back = { .terminal = (char *)"back", .epoch = 2, .newest = 7, .missing = 1 };
static Kasir__V1__TerminalStanding *terminals[] = { &back, &front };

static void
print_z(struct paper *p)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__GrandTotals totals = KASIR__V1__GRAND_TOTALS__INIT;
	Kasir__V1__DayClosed d = KASIR__V1__DAY_CLOSED__INIT;
	Kasir__V1__Actor by = KASIR__V1__ACTOR__INIT;
	uint8_t root[32] = { 1, 2, 3 };

	totals.sales = 5000000000;
	totals.sales_count = 123456;
	totals.returns = 25000;
	totals.returns_count = 2;
	totals.exceptions = UINT64_MAX;
	totals.exceptions_count = 9;
	e.wall_us = INT64_C(1795319000000000);
	e.totals = &totals;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED;
	e.day_closed = &d;
	by.user = (char *)"budi\x1b[31m";
	d.number = 17;
	d.business_day = 20261122;
	d.first = 4600;
	d.size = 4711;
	d.root.data = root;
	d.root.len = sizeof root;
	d.totals = full_totals();
	d.terminals = terminals;
	d.n_terminals = 2;
	d.cosigned_size = 4700;
	d.open_shifts = 1;
	d.carried = true;
	d.by = &by;
	d.reason = (char *)"akhir hari";
	close_print_day(&e, 4711, ENTRY, p);
}

/* A day on which nothing happened, in a ledger that says as little as it may. */
static void
print_bare_z(struct paper *p)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__DayClosed d = KASIR__V1__DAY_CLOSED__INIT;
	struct period none = { 0 };

	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED;
	e.day_closed = &d;
	d.number = 1;
	assert_int_equal(period_pack(&none, &arena, &d.totals), KAS_OK);
	close_print_day(&e, 0, ENTRY, p);
}

static void
print_shift(struct paper *p)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__ShiftClosed s = KASIR__V1__SHIFT_CLOSED__INIT;

	e.wall_us = INT64_C(1795319000000000);
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED;
	e.shift_closed = &s;
	s.terminal = (char *)"front";
	s.shift = (char *)"20261122-1";
	s.cashier = (char *)"sari";
	s.first_sequence = 77;
	s.last_sequence = 118;
	s.supervisor = (char *)"budi";
	s.counted = 598000;
	s.variance = -900;
	s.totals = full_totals();
	close_print_shift(&e, 4710, ENTRY, p);
}

static void
print_x(struct paper *p)
{
	Kasir__V1__DayReport r = KASIR__V1__DAY_REPORT__INIT;
	Kasir__V1__BookState b = KASIR__V1__BOOK_STATE__INIT;
	Kasir__V1__OpenShift open = KASIR__V1__OPEN_SHIFT__INIT, *shifts[] = { &open };

	b.business_day = 20261122;
	b.day_first = 4600;
	b.day = full_totals();
	b.shifts = shifts;
	b.n_shifts = 1;
	r.size = 4712;
	r.state = &b;
	r.terminals = terminals;
	r.n_terminals = 2;
	close_print_x(&r, p);
}

static void
print_shift_x(struct paper *p)
{
	Kasir__V1__OpenShift s = KASIR__V1__OPEN_SHIFT__INIT;

	s.terminal = (char *)"front";
	s.shift = (char *)"20261122-1";
	s.cashier = (char *)"sari";
	s.totals = full_totals();
	close_print_shift_x(&s, p);
}

static void
a_z_is_printed_with_all_that_it_states(void **state)
{
	(void)state;
	assert_both_papers(print_z, "z");
	assert_both_papers(print_bare_z, "z-bare");
}

static void
a_shift_s_close_shows_what_was_counted_behind_what_was_expected(void **state)
{
	(void)state;
	assert_both_papers(print_shift, "shift");
}

static void
an_x_looks_like_a_z_and_says_that_it_closes_nothing(void **state)
{
	(void)state;
	assert_both_papers(print_x, "x");
	assert_both_papers(print_shift_x, "x-shift");
}

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_z_is_printed_with_all_that_it_states, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_shift_s_close_shows_what_was_counted_behind_what_was_expected, begin, end),
		cmocka_unit_test_setup_teardown(an_x_looks_like_a_z_and_says_that_it_closes_nothing,
		    begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
