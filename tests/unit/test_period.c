#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/check_docs.h"
#include "tests/support/make_parts.h"
#include "tests/support/period_text.h"
#include "tests/support/txn_set.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define TENDER(k) KASIR__V1__TENDER_KIND__##k

static Kasir__V1__Transaction *
moved(struct arena *a, Kasir__V1__TransactionType type, int64_t amount)
{
	Kasir__V1__Transaction *doc = make_document(a, type);

	doc->movement = arena_alloc(a, sizeof *doc->movement);
	kasir__v1__cash_movement__init(doc->movement);
	doc->movement->amount = amount;
	return doc;
}

static Kasir__V1__Transaction *
doc_paid_in(struct arena *a)
{
	return moved(a, TYPE(PAID_IN), 700);
}

static Kasir__V1__Transaction *
doc_paid_out(struct arena *a)
{
	return moved(a, TYPE(PAID_OUT), -700);
}

/* Three of 100,000 and four of 500. */
static Kasir__V1__Transaction *
doc_opened(struct arena *a)
{
	static const Kasir__V1__Denomination init = KASIR__V1__DENOMINATION__INIT;
	Kasir__V1__Transaction *doc = make_document(a, TYPE(SHIFT_OPEN));
	Kasir__V1__Denomination *d = arena_alloc(a, 2 * sizeof *d);

	doc->count = arena_alloc(a, 2 * sizeof *doc->count);
	doc->n_count = 2;
	d[0] = d[1] = init;
	d[0].value = 100000;
	d[0].count = 3;
	d[1].value = 500;
	d[1].count = 4;
	doc->count[0] = &d[0];
	doc->count[1] = &d[1];
	return doc;
}

/* A dollar is changed into 16,235 in cash. */
static Kasir__V1__Transaction *
doc_exchanged(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(TENDER_EXCHANGE));
	Kasir__V1__Tender *t = make_add_tender(a, doc, TENDER(CASH_FOREIGN), 16235);

	t->foreign = arena_alloc(a, sizeof *t->foreign);
	kasir__v1__foreign__init(t->foreign);
	t->foreign->currency = arena_text(a, "USD");
	t->foreign->exponent = 2;
	t->foreign->amount = 100;
	make_add_tender(a, doc, TENDER(CASH), -16235);
	return doc;
}

/* Tenders 2 and 3 of a sale were pending: the first is reversed and paid in cash instead. */
static Kasir__V1__Transaction *
doc_resolved(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(TENDER_RESOLUTION));
	Kasir__V1__Tender *t = make_add_tender(a, doc, TENDER(QRIS), 600);

	t->number = 2;
	t->state = KASIR__V1__TENDER_STATE__REVERSED;
	make_add_tender(a, doc, TENDER(EWALLET), 400)->number = 3;
	t = make_add_tender(a, doc, TENDER(CASH), 1000);
	t->number = 4;
	t->change = 400;
	t->replaces = 2;
	return doc;
}

/* A customer pays what is open, without a line. */
static Kasir__V1__Transaction *
doc_on_account(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(PAYMENT_ON_ACCOUNT));

	doc->gross = doc->payable = 900;
	make_add_tender(a, doc, TENDER(CASH), 900);
	return doc;
}

/* An item and what else a receipt may hold, one of each kind, each at 1,000. */
static Kasir__V1__Transaction *
doc_of_all_kinds(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(EXCHANGE));
	Kasir__V1__Line *l;
	int kind, back;

	for (kind = KASIR__V1__LINE_KIND__ITEM; kind <= KASIR__V1__LINE_KIND__AGENCY; kind++) {
		l = make_add_line(a, doc, (Kasir__V1__LineKind)kind);
		back = kind == KASIR__V1__LINE_KIND__RETURN_ITEM ||
		    kind == KASIR__V1__LINE_KIND__CONTAINER_REFUND ||
		    kind == KASIR__V1__LINE_KIND__GIFT_CARD_REDEEM ||
		    kind == KASIR__V1__LINE_KIND__ADVANCE_SETTLE;
		l->quantity = back ? -1000 : 1000;
		l->unit_price = 1000000;
		l->extended = l->amount = back ? -1000 : 1000;
	}
	make_reckon(doc);
	make_add_tender(a, doc, TENDER(CASH), doc->payable);
	return doc;
}

struct period_case {
	const char *what;
	Kasir__V1__Transaction *(*make)(struct arena *a);
	const char *changes;
	enum standing standing;
	const char *want;
};

static void
check_periods(const struct period_case *t, size_t n)
{
	static struct period p;
	char got[PERIOD_TEXT_MAX];
	Kasir__V1__Transaction *doc;
	struct arena a;
	size_t i;

	arena_init(&a, 0);
	for (i = 0; i < n; i++) {
		arena_reset(&a);
		memset(&p, 0, sizeof p);
		doc = t[i].make(&a);
		txn_set(&a, &doc->base, t[i].changes);
		period_add(&p, doc, t[i].standing);
		period_text(&p, got);
		if (strcmp(got, t[i].want) != 0)
			fail_msg("%s: got\n \"%s\", not\n \"%s\"", t[i].what, got, t[i].want);
	}
	arena_fini(&a);
}
#define CHECK_PERIODS(t) check_periods(t, sizeof(t) / sizeof((t)[0]))

static void
lines_taxes_and_totals_join_by_kind(void **state)
{
	static const struct period_case t[] = {
		{ "tax on top", doc_indonesian, "", STANDING_COUNTS,
		    "items=1041 net=1041 tax=114 total=1155 type.1=1:1155 tender.1=1:1155 "
		    "tax.PPN@1200=1041/954/114/1155 cash.sales=1155 expected=1155" },
		{ "tax in the price", doc_inclusive_by_document, "", STANDING_COUNTS,
		    "items=3833 tax_included=380 net=3453 tax=380 total=3833 type.1=1:3833 "
		    "tender.3=1:3833 tax.PPN@1100=3453/3453/380/3833" },
		{ "the same by line", doc_inclusive_by_line, "", STANDING_COUNTS,
		    "items=3833 tax_included=380 net=3453 tax=380 total=3833 type.1=1:3833 "
		    "tender.3=1:3833 tax.PPN@1100=3453/3453/380/3833" },
		{ "discounts; a line void takes away what its target added", doc_discounted, "",
		    STANDING_COUNTS,
		    "items=4000 discounts=100 net=3900 total=3900 type.1=1:3900 "
		    "tender.1=1:3900 tax.@0=3900/0/0/3900 line_voids=1:1500 cash.sales=3900 "
		    "expected=3900" },
		{ "a line void of a service charge", doc_discounted, "lines.1.kind=3",
		    STANDING_COUNTS,
		    "items=4000 discounts=100 net=3900 total=3900 type.1=1:3900 "
		    "tender.1=1:3900 tax.@0=3900/0/0/3900 line_voids=1:1500 cash.sales=3900 "
		    "expected=3900" },
		{ "a line void that names nothing", doc_discounted, "lines.3.voids_line=9",
		    STANDING_COUNTS,
		    "items=4000 discounts=100 net=3900 total=3900 type.1=1:3900 "
		    "tender.1=1:3900 tax.@0=3900/0/0/3900 line_voids=1:1500 cash.sales=3900 "
		    "expected=3900" },
		{ "rounding", doc_discounted, "cash_rounding=50 payable=3950 "
		    "tenders.0.tendered=3950", STANDING_COUNTS,
		    "items=4000 discounts=100 net=3900 total=3900 rounding=50 type.1=1:3950 "
		    "tender.1=1:3950 tax.@0=3900/0/0/3900 line_voids=1:1500 cash.sales=3950 "
		    "expected=3950" },
		{ "a return", doc_returned, "", STANDING_COUNTS,
		    "returns=1000 net=-1000 total=-1000 type.2=1:-1000 tender.1=1:-1000 "
		    "tax.@0=-1000/0/0/-1000 cash.sales=-1000 expected=-1000" },
		{ "of what a return takes off, only what was given back", doc_returned,
		    "lines.0.amount=-900 gross=-900 payable=-900 tenders.0.tendered=-900",
		    STANDING_COUNTS,
		    "returns=900 net=-900 total=-900 type.2=1:-900 tender.1=1:-900 "
		    "tax.@0=-900/0/0/-900 cash.sales=-900 expected=-900" },
		{ "a void", doc_voided, "", STANDING_COUNTS,
		    "items=-1041 net=-1041 tax=-114 total=-1155 type.4=1:-1155 "
		    "tender.1=1:-1155 tax.PPN@1200=-1041/-954/-114/-1155 cash.sales=-1155 "
		    "expected=-1155" },
		{ "every kind of line", doc_of_all_kinds, "", STANDING_COUNTS,
		    "items=1000 returns=1000 service=1000 other=3000 total=4000 "
		    "type.3=1:4000 tender.1=1:4000 tax.@0=4000/0/0/4000 cash.sales=4000 "
		    "expected=4000" },
		{ "a payment on account", doc_on_account, "", STANDING_COUNTS,
		    "other=900 total=900 type.8=1:900 tender.1=1:900 tax.@0=900/0/0/900 "
		    "cash.sales=900 expected=900" },
		{ "a suspended sale counts, and adds nothing", doc_indonesian,
		    "type=5 n_tenders=0", STANDING_COUNTS, "type.5=1:1155" },
		{ "nor does one that was resumed", doc_indonesian, "type=6", STANDING_COUNTS,
		    "type.6=1:1155" },
		{ "nor one that was cancelled", doc_indonesian, "type=7", STANDING_COUNTS,
		    "type.7=1:1155" },
		{ "the drawer opened, by leave", doc_drawer_opened, "supervisor=ibu",
		    STANDING_COUNTS, "type.9=1:0 overrides=1:0" },
		{ "a sale by leave", doc_indonesian, "supervisor=ibu", STANDING_COUNTS,
		    "items=1041 net=1041 tax=114 total=1155 type.1=1:1155 tender.1=1:1155 "
		    "tax.PPN@1200=1041/954/114/1155 overrides=1:1155 cash.sales=1155 "
		    "expected=1155" },
		{ "the largest type of its own", doc_drawer_opened, "type=31", STANDING_COUNTS,
		    "type.31=1:0" },
		{ "one past it", doc_drawer_opened, "type=32", STANDING_COUNTS, "type.0=1:0" },
		{ "a negative one", doc_drawer_opened, "type=-1", STANDING_COUNTS,
		    "type.0=1:0" },
	};

	(void)state;
	CHECK_PERIODS(t);
}

static void
cash_is_expected_where_it_went(void **state)
{
	static const struct period_case t[] = {
		{ "voucher, dollar with change, card with cash back", doc_many_tenders, "",
		    STANDING_COUNTS,
		    "items=20000 net=20000 total=20000 type.1=1:20000 tender.2=1:10000 "
		    "tender.3=1:6000 tender.9=1:4000 tax.@0=20000/0/0/20000 "
		    "cash.exchange=-6235 cash.cash_back=50000 foreign.USD=100 "
		    "expected=-56235" },
		{ "a reversed tender is not there", doc_many_tenders, "tenders.2.state=4 "
		    "payable=14000 gross=14000", STANDING_COUNTS,
		    "items=20000 net=20000 total=14000 type.1=1:14000 tender.2=1:10000 "
		    "tender.9=1:4000 tax.@0=20000/0/0/20000 cash.exchange=-6235 "
		    "foreign.USD=100 expected=-6235" },
		{ "exchange", doc_exchanged, "", STANDING_COUNTS,
		    "type.16=1:0 tender.1=1:-16235 tender.2=1:16235 cash.exchange=-16235 "
		    "foreign.USD=100 expected=-16235" },
		{ "a currency that is none", doc_exchanged, "tenders.0.foreign.currency=DOLLAR",
		    STANDING_COUNTS,
		    "type.16=1:0 tender.1=1:-16235 tender.2=1:16235 cash.exchange=-16235 "
		    "foreign.=100 expected=-16235" },
		{ "float", doc_opened, "", STANDING_COUNTS,
		    "type.19=1:0 cash.opening=302000 expected=302000" },
		{ "a count is no movement", doc_opened, "type=18", STANDING_COUNTS,
		    "type.18=1:0" },
		{ "paid in", doc_paid_in, "", STANDING_COUNTS,
		    "type.10=1:700 cash.paid_in=700 expected=700" },
		{ "paid out", doc_paid_out, "", STANDING_COUNTS,
		    "type.11=1:-700 cash.paid_out=700 expected=-700" },
		{ "loan", doc_paid_in, "type=12", STANDING_COUNTS,
		    "type.12=1:700 cash.loans=700 expected=700" },
		{ "pickup", doc_paid_out, "type=13", STANDING_COUNTS,
		    "type.13=1:-700 cash.pickups=700 expected=-700" },
		{ "drop", doc_paid_out, "type=14", STANDING_COUNTS,
		    "type.14=1:-700 cash.drops=700 expected=-700" },
		{ "deposit", doc_paid_out, "type=15", STANDING_COUNTS,
		    "type.15=1:-700 cash.deposits=700 expected=-700" },
		{ "a movement of nothing", doc_paid_out, "movement=", STANDING_COUNTS,
		    "type.11=1:0" },
	};

	(void)state;
	CHECK_PERIODS(t);
}

static void
a_pending_tender_counts_until_it_is_reversed(void **state)
{
	static const struct period_case t[] = {
		{ "pending", doc_inclusive_by_document, "tenders.0.state=2", STANDING_COUNTS,
		    "items=3833 tax_included=380 net=3453 tax=380 total=3833 type.1=1:3833 "
		    "tender.3=1:3833 tax.PPN@1100=3453/3453/380/3833 pending=1:3833" },
		{ "unknown", doc_inclusive_by_document, "tenders.0.state=3", STANDING_COUNTS,
		    "items=3833 tax_included=380 net=3453 tax=380 total=3833 type.1=1:3833 "
		    "tender.3=1:3833 tax.PPN@1100=3453/3453/380/3833 pending=1:3833" },
		{ "one approved, one reversed and replaced", doc_resolved, "", STANDING_COUNTS,
		    "type.17=1:0 tender.1=1:600 tender.5=0:-600 pending=0:-1000 "
		    "cash.sales=600 expected=600" },
		{ "reversed and owed", doc_resolved, "n_tenders=2", STANDING_COUNTS,
		    "type.17=1:0 tender.5=0:-600 pending=0:-1000" },
		{ "not settled", doc_resolved, "n_tenders=1 tenders.0.state=2", STANDING_COUNTS,
		    "type.17=1:0" },
		{ "replaced by what is pending again", doc_resolved,
		    "tenders.2.kind=5 tenders.2.change=0 tenders.2.tendered=600 "
		    "tenders.2.state=2", STANDING_COUNTS,
		    "type.17=1:0 tender.5=1:0 pending=1:-400" },
	};

	(void)state;
	CHECK_PERIODS(t);
}

static void
exceptions_and_training_stand_apart(void **state)
{
	static const struct period_case t[] = {
		{ "the cash of an exception is in the drawer", doc_indonesian, "",
		    STANDING_EXCEPTION,
		    "exceptions=1:1155 cash.exceptions=1155 expected=1155" },
		{ "what went out too, as a magnitude", doc_returned, "", STANDING_EXCEPTION,
		    "exceptions=1:1000 cash.exceptions=-1000 expected=-1000" },
		{ "of many tenders", doc_many_tenders, "", STANDING_EXCEPTION,
		    "exceptions=1:20000 cash.exceptions=-56235 foreign.USD=100 "
		    "expected=-56235" },
		{ "of a movement", doc_paid_out, "", STANDING_EXCEPTION,
		    "exceptions=1:700 cash.exceptions=-700 expected=-700" },
		{ "of a float", doc_opened, "", STANDING_EXCEPTION,
		    "exceptions=1:0 cash.exceptions=302000 expected=302000" },
		{ "training moves nothing", doc_returned, "supervisor=ibu", STANDING_TRAINING,
		    "training=1:1000" },
	};

	(void)state;
	CHECK_PERIODS(t);
}

static void
a_payload_that_does_not_decode_is_an_exception_of_no_amount(void **state)
{
	struct period p = { 0 };
	char got[PERIOD_TEXT_MAX];

	(void)state;
	period_add(&p, NULL, STANDING_EXCEPTION);
	period_accept(&p, NULL);
	period_void(&p, NULL);
	period_text(&p, got);
	assert_string_equal(got, "exceptions=1:0 accepted=1:0 voided=1:0");
}

static void
the_managers_word_moves_what_it_is_about(void **state)
{
	struct period p = { 0 };
	char got[PERIOD_TEXT_MAX];
	struct arena a;
	const Kasir__V1__Transaction *doc;

	(void)state;
	arena_init(&a, 0);
	doc = doc_many_tenders(&a);
	period_add(&p, doc, STANDING_EXCEPTION);
	period_accept(&p, doc);
	period_text(&p, got);
	assert_string_equal(got, "items=20000 net=20000 total=20000 type.1=1:20000 "
	    "tender.2=1:10000 tender.3=1:6000 tender.9=1:4000 tax.@0=20000/0/0/20000 "
	    "exceptions=1:20000 accepted=1:20000 cash.exchange=-6235 cash.cash_back=50000 "
	    "foreign.USD=100 expected=-56235");

	/* Of a day that is closed: the cash leaves from where the drawer is counted now. */
	memset(&p, 0, sizeof p);
	period_void(&p, doc);
	period_text(&p, got);
	assert_string_equal(got, "voided=1:20000 cash.exceptions=56235 foreign.USD=-100 "
	    "expected=56235");
	arena_fini(&a);
}

static void
a_return_found_wrong_stays_until_it_is_taken_out(void **state)
{
	struct period p = { 0 };
	char got[PERIOD_TEXT_MAX];
	struct arena a;
	const Kasir__V1__Transaction *doc;

	(void)state;
	arena_init(&a, 0);
	doc = doc_returned(&a);
	period_add(&p, doc, STANDING_COUNTS);
	period_doubt(&p, doc);
	period_uphold(&p, doc);
	period_text(&p, got);
	assert_string_equal(got, "returns=1000 net=-1000 total=-1000 type.2=1:-1000 "
	    "tender.1=1:-1000 tax.@0=-1000/0/0/-1000 exceptions=1:1000 accepted=1:1000 "
	    "cash.sales=-1000 expected=-1000");
	period_take_out(&p, doc);
	period_text(&p, got);
	assert_string_equal(got, "type.2=1:0 tender.1=1:0 tax.@0=0/0/0/0 exceptions=1:1000 "
	    "accepted=1:1000 voided=1:1000");
	arena_fini(&a);
}

static void
sums_stop_at_the_end_of_their_range(void **state)
{
	struct period p = { 0 };
	Kasir__V1__Transaction *doc;
	struct arena a;
	int i;

	(void)state;
	arena_init(&a, 0);
	doc = doc_indonesian(&a);
	txn_set(&a, &doc->base, "lines.0.extended=9223372036854775807 "
	    "lines.0.amount=-9223372036854775807 gross=9223372036854775807 "
	    "payable=-9223372036854775808 tenders.0.tendered=-9223372036854775808 "
	    "tenders.0.change=9223372036854775807 supervisor=ibu");
	for (i = 0; i < 2; i++)
		period_add(&p, doc, STANDING_COUNTS);
	period_add(&p, doc, STANDING_EXCEPTION);
	assert_true(p.items == INT64_MAX && p.total == INT64_MAX && p.discounts == INT64_MAX);
	assert_int_equal(p.types[1].amount, INT64_MIN);
	assert_int_equal(p.tenders[1].amount, INT64_MIN);
	assert_int_equal(p.overrides.amount, INT64_MAX);
	assert_int_equal(p.exceptions.amount, INT64_MAX);
	assert_int_equal(period_expected_cash(&p), INT64_MIN);
	assert_int_equal(period_net(&p), 0);

	doc = doc_opened(&a);
	txn_set(&a, &doc->base, "count.0.value=9223372036854775807 count.0.count=1");
	assert_int_equal(period_count_of(doc), INT64_MAX);
	txn_set(&a, &doc->base, "count.0.value=-9223372036854775808 "
	    "count.0.count=18446744073709551615 n_count=1");
	assert_int_equal(period_count_of(doc), INT64_MIN);
	p.training.count = UINT64_MAX;
	period_add(&p, doc, STANDING_TRAINING);
	assert_int_equal(p.training.count, UINT64_MAX);
	arena_fini(&a);
}

/* The row without a name is there for what comes last, in whatever order they come. */
static void
a_tax_without_room_joins_the_row_without_a_name(void **state)
{
	struct period p = { 0 };
	Kasir__V1__Transaction *doc;
	struct arena a;
	char code[40];
	unsigned i;

	(void)state;
	arena_init(&a, 0);
	for (i = 0; i < PERIOD_TAXES + 1; i++) {
		doc = doc_indonesian(&a);
		snprintf(code, sizeof code, "T%02u", (i * 37) % (PERIOD_TAXES + 1));
		doc->taxes[0]->code = doc->lines[0]->tax_code = arena_text(&a, code);
		period_add(&p, doc, STANDING_COUNTS);
	}
	assert_int_equal(p.n_taxes, PERIOD_TAXES);
	assert_string_equal(p.taxes[0].code, "");
	assert_int_equal(p.taxes[0].gross, 2 * 1155);
	for (i = 1; i < PERIOD_TAXES; i++)
		assert_true(strcmp(p.taxes[i - 1].code, p.taxes[i].code) < 0);
	doc = doc_indonesian(&a);
	doc->taxes[0]->code = doc->lines[0]->tax_code =
	    arena_text(&a, "a-code-that-is-longer-than-32-byte");
	period_add(&p, doc, STANDING_COUNTS);
	assert_int_equal(p.taxes[0].gross, 3 * 1155);
	arena_fini(&a);
}

static void
a_foreign_currency_without_room_joins_the_row_without_a_name(void **state)
{
	struct period p = { 0 };
	Kasir__V1__Transaction *doc;
	struct arena a;
	char name[4];
	unsigned i;

	(void)state;
	arena_init(&a, 0);
	for (i = 0; i < PERIOD_FOREIGN + 1; i++) {
		doc = doc_exchanged(&a);
		snprintf(name, sizeof name, "X%c%c", 'A' + (int)i * 5 % 9, 'A' + (int)i);
		doc->tenders[0]->foreign->currency = arena_text(&a, name);
		period_add(&p, doc, STANDING_COUNTS);
	}
	assert_int_equal(p.cash.n_foreign, PERIOD_FOREIGN);
	assert_string_equal(p.cash.foreign[0].currency, "");
	assert_int_equal(p.cash.foreign[0].amount, 200);
	for (i = 1; i < PERIOD_FOREIGN; i++)
		assert_true(strcmp(p.cash.foreign[i - 1].currency,
		    p.cash.foreign[i].currency) < 0);
	arena_fini(&a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_taxes_and_totals_join_by_kind),
		cmocka_unit_test(cash_is_expected_where_it_went),
		cmocka_unit_test(a_pending_tender_counts_until_it_is_reversed),
		cmocka_unit_test(exceptions_and_training_stand_apart),
		cmocka_unit_test(a_payload_that_does_not_decode_is_an_exception_of_no_amount),
		cmocka_unit_test(the_managers_word_moves_what_it_is_about),
		cmocka_unit_test(a_return_found_wrong_stays_until_it_is_taken_out),
		cmocka_unit_test(sums_stop_at_the_end_of_their_range),
		cmocka_unit_test(a_tax_without_room_joins_the_row_without_a_name),
		cmocka_unit_test(a_foreign_currency_without_room_joins_the_row_without_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
