/* What a dishonest cashier tries so that cash leaves the drawer unseen, and what an honest one
 * does that must not be taken for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/book_rig.h"
#include "tests/support/day_docs.h"

#define R(rule) KASIR__V1__RULE__##rule
#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define FLAG(f) KASIR__V1__TRANSACTION_FLAG__##f
#define CASH KASIR__V1__TENDER_KIND__CASH
#define QRIS KASIR__V1__TENDER_KIND__QRIS
#define VOUCHER KASIR__V1__TENDER_KIND__VOUCHER
#define STATE(s) KASIR__V1__TENDER_STATE__##s
#define ACCEPTED KASIR__V1__RESOLUTION__ACCEPTED
#define VOIDED KASIR__V1__RESOLUTION__VOIDED

static struct book_rig *rig;
static uint64_t sequences[4], serial;

static int
set_up(void **state)
{
	(void)state;
	rig = malloc(sizeof *rig);
	book_rig_init(rig);
	book_rig_enrol(rig, "t1", 1);
	book_rig_enrol(rig, "t2", 1);
	memset(sequences, 0, sizeof sequences);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	book_rig_fini(rig);
	free(rig);
	return 0;
}

static struct judgement
enter_as(const char *terminal, uint64_t epoch, uint64_t sequence, uint64_t txn,
    const Kasir__V1__Transaction *doc)
{
	struct book_txn t = { .terminal = terminal, .epoch = epoch, .sequence = sequence,
		.serial = txn, .payload = book_rig_pack(rig, doc) };

	return book_rig_enter(rig, &t);
}

/* As the next of TERMINAL. */
static struct judgement
enter(const char *terminal, const Kasir__V1__Transaction *doc)
{
	return enter_as(terminal, 1, ++sequences[terminal[1] - '0'], ++serial, doc);
}

static Kasir__V1__Transaction *
document(Kasir__V1__TransactionType type, const char *shift)
{
	return day_doc(&rig->arena, type, rig->wall_us, shift);
}

static Kasir__V1__Transaction *
counted(Kasir__V1__TransactionType type, const char *shift, uint64_t n)
{
	Kasir__V1__Transaction *doc = document(type, shift);

	day_doc_count(&rig->arena, doc, n);
	return doc;
}

static Kasir__V1__Transaction *
sale_by(Kasir__V1__TenderKind kind, Kasir__V1__TenderState state, int64_t n)
{
	Kasir__V1__Transaction *doc = document(TYPE(SALE), "");

	day_doc_line(&rig->arena, doc, n);
	day_doc_tender(&rig->arena, doc, kind, state, n);
	return doc;
}

static Kasir__V1__Transaction *
sale(int64_t n)
{
	return sale_by(CASH, STATE(APPROVED), n);
}

/* One whose day is no date: an exception, whatever else is right. */
static Kasir__V1__Transaction *
odd_sale(int64_t n)
{
	Kasir__V1__Transaction *doc = sale(n);

	doc->business_day = 20260230;
	return doc;
}

/* N of t1's SEQUENCE come back for cash. */
static Kasir__V1__Transaction *
back(int64_t n, uint64_t sequence)
{
	Kasir__V1__Transaction *doc = document(TYPE(RETURN), "");

	day_doc_line(&rig->arena, doc, -n);
	day_doc_tender(&rig->arena, doc, CASH, STATE(APPROVED), -n);
	day_doc_about(&rig->arena, doc, "t1", sequence);
	doc->lines[0]->original = arena_alloc(&rig->arena, sizeof(Kasir__V1__Reference));
	kasir__v1__reference__init(doc->lines[0]->original);
	doc->lines[0]->original->line = 1;
	return doc;
}

/* DOC, TERMINAL's SEQUENCE, is voided. */
static Kasir__V1__Transaction *
void_of(const Kasir__V1__Transaction *doc, const char *terminal, uint64_t sequence)
{
	struct make_original at = { terminal, 1, sequence };
	Kasir__V1__Transaction *v = make_void(&rig->arena, doc, &at);

	v->business_day = DAY_DOCS_DATE;
	return v;
}

static bool
breaks(const struct judgement *j, rule_id rule)
{
	return rule_set_has(&j->broken, rule);
}

static bool
is_clean(const struct judgement *j)
{
	return rule_set_is_empty(&j->broken);
}

static const struct day *
day(void)
{
	return book_day(rig->book);
}

static int64_t
expected(void)
{
	return period_expected_cash(&day()->totals);
}

static void
resolve(uint64_t index, Kasir__V1__Resolution how)
{
	assert_int_equal(book_rig_resolve(rig, index, how), KAS_OK);
}

/* The book does not take an entry that voids INDEX. */
static void
refuse_voided(uint64_t index)
{
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__ExceptionResolved m = KASIR__V1__EXCEPTION_RESOLVED__INIT;
	Kasir__V1__GrandTotals totals = *book_totals(rig->book);
	struct kas_why why = { "" };

	m.index = index;
	m.how = VOIDED;
	entry.totals = &totals;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED;
	entry.exception_resolved = &m;
	assert_int_equal(book_apply(rig->book, &entry, BYTES_NONE, NULL, NULL, &why), KAS_CORRUPT);
	assert_non_null(strstr(why.text, "voided at its till"));
}

static void
what_the_manager_voided_is_neither_returned_nor_voided(void **state)
{
	Kasir__V1__Transaction *doc = odd_sale(100);
	struct judgement j;

	(void)state;
	enter("t1", doc);
	resolve(rig->n - 1, VOIDED);
	j = enter("t1", back(100, 1));
	assert_true(breaks(&j, R(RETURN_ORIGINAL)));
	j = enter("t1", void_of(doc, "t1", 1));
	assert_true(breaks(&j, R(VOID_TWICE)));
	/* What was accepted may come back. */
	enter("t1", odd_sale(100));
	resolve(rig->n - 1, ACCEPTED);
	j = enter("t1", back(100, 4));
	assert_true(is_clean(&j));
}

static void
a_return_that_the_manager_voided_is_keyed_in_again(void **state)
{
	Kasir__V1__Transaction *wrong;
	struct judgement j;

	(void)state;
	enter("t1", sale(100));
	wrong = back(100, 1);
	wrong->lines[0]->sku = (char *)"other";
	j = enter("t1", wrong);
	assert_false(is_clean(&j));
	resolve(rig->n - 1, VOIDED);
	j = enter("t1", back(100, 1));
	assert_true(is_clean(&j));
	assert_int_equal(expected(), 0);
}

static void
what_does_not_count_cannot_be_voided_into_the_totals(void **state)
{
	Kasir__V1__Transaction *doc;
	struct judgement j;
	uint64_t at;
	int voided;

	(void)state;
	for (voided = 0; voided < 2; voided++) {
		tear_down(NULL);
		set_up(NULL);
		doc = odd_sale(100);
		enter("t1", doc);
		at = rig->n - 1;
		j = enter("t1", void_of(doc, "t1", 1));
		assert_true(breaks(&j, R(VOID_REFERENCE)));
		assert_int_equal(expected(), 0);
		/* The manager says the same of both. */
		resolve(at, voided ? VOIDED : ACCEPTED);
		resolve(at + 1, voided ? VOIDED : ACCEPTED);
		assert_int_equal(day()->totals.total, 0);
		assert_int_equal(expected(), 0);
	}
	/* Once accepted it counts, and its void too. */
	enter("t2", doc);
	resolve(rig->n - 1, ACCEPTED);
	j = enter("t2", void_of(doc, "t2", 1));
	assert_true(is_clean(&j));
}

static void
a_return_that_was_voided_is_not_taken_out_again(void **state)
{
	Kasir__V1__Transaction *too_much = back(20, 1);
	struct open_exception x;
	struct judgement j;
	uint64_t settled, by;

	(void)state;
	enter("t2", too_much);		/* before its original, which sold ten */
	enter("t1", sale(10));
	settled = rig->n - 1;
	j = enter("t2", void_of(too_much, "t2", 1));
	assert_true(is_clean(&j));
	assert_int_equal(expected(), 10);
	assert_int_equal(book_find_exception(rig->book, settled, &x, &by), KAS_OK);
	assert_true(x.is_taken_back);
	refuse_voided(settled);
	resolve(settled, ACCEPTED);
	assert_int_equal(day()->totals.returns, 0);
	assert_int_equal(expected(), 10);
}

static void
a_return_that_was_taken_out_is_not_voided_again(void **state)
{
	Kasir__V1__Transaction *too_much = back(20, 1);
	struct judgement j;

	(void)state;
	enter("t2", too_much);
	enter("t1", sale(10));
	resolve(rig->n - 1, VOIDED);
	j = enter("t2", void_of(too_much, "t2", 1));
	assert_true(breaks(&j, R(VOID_TWICE)));
	/* Nor does it stand in the way of the right one. */
	j = enter("t2", back(10, 1));
	assert_true(is_clean(&j));
}

static void
a_return_that_was_voided_while_it_waited_is_settled_without_a_word(void **state)
{
	Kasir__V1__Transaction *too_much = back(20, 1);
	struct judgement j;

	(void)state;
	enter("t2", too_much);
	j = enter("t2", void_of(too_much, "t2", 1));
	assert_true(is_clean(&j));
	enter("t1", sale(10));
	assert_int_equal(day()->totals.exceptions.count, 0);
	assert_int_equal(book_totals(rig->book)->exceptions_count, 0);
	j = enter("t2", back(10, 1));
	assert_true(is_clean(&j));
}

static void
a_return_in_training_stands_in_nobody_s_way(void **state)
{
	Kasir__V1__Transaction *practice, *doc = sale(10);
	struct judgement j;

	(void)state;
	enter("t1", doc);
	practice = back(10, 1);
	day_doc_flag(&rig->arena, practice, FLAG(TRAINING));
	enter("t1", practice);
	j = enter("t1", back(4, 1));
	assert_true(is_clean(&j));
	j = enter("t1", void_of(doc, "t1", 1));
	assert_true(breaks(&j, R(VOID_TWICE)));		/* four are back in earnest */
	/* Nor does one that waits. */
	practice = back(10, 5);
	day_doc_flag(&rig->arena, practice, FLAG(TRAINING));
	enter("t2", practice);
	enter("t1", sale(10));
	assert_int_equal(book_rig_entry(rig, rig->n - 1)->body_case,
	    KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION);
}

/* About t1's first, which was to be paid by QRIS: that was reversed. */
static Kasir__V1__Transaction *
reversal(void)
{
	Kasir__V1__Transaction *doc = document(TYPE(TENDER_RESOLUTION), "");

	day_doc_about(&rig->arena, doc, "t1", 1);
	day_doc_tender(&rig->arena, doc, QRIS, STATE(REVERSED), 100);
	return doc;
}

static void
pay_instead(Kasir__V1__Transaction *doc, Kasir__V1__TenderKind kind, int64_t n)
{
	day_doc_tender(&rig->arena, doc, kind, STATE(APPROVED), n)->replaces = 1;
}

static void
what_stands_in_for_a_tender_goes_its_way(void **state)
{
	Kasir__V1__Transaction *doc;
	struct judgement j;

	(void)state;
	enter("t1", sale_by(QRIS, STATE(PENDING), 100));
	doc = reversal();
	pay_instead(doc, VOUCHER, 1000100);
	pay_instead(doc, CASH, -1000000);	/* out of the drawer */
	j = enter("t1", doc);
	assert_true(breaks(&j, R(RESOLUTION_TENDER)));
	doc = reversal();
	pay_instead(doc, VOUCHER, 60);
	pay_instead(doc, CASH, 40);
	j = enter("t1", doc);
	assert_true(is_clean(&j));
}

static void
what_is_too_long_is_not_held_against_what_is_pending(void **state)
{
	Kasir__V1__Transaction *doc;
	struct judgement j;
	int i;

	(void)state;
	enter("t1", sale_by(QRIS, STATE(PENDING), 100));
	doc = reversal();
	for (i = 0; i < 100; i++)
		pay_instead(doc, CASH, 1);
	j = enter("t1", doc);
	assert_true(breaks(&j, R(PAYLOAD_TOO_LONG)));
	assert_int_equal(day()->pending.count, 1);
}

static void
a_till_without_shifts_voids_nothing_past_the_z(void **state)
{
	Kasir__V1__Transaction *doc;
	struct judgement j;
	int closed;

	(void)state;
	for (closed = 0; closed < 2; closed++) {
		tear_down(NULL);
		set_up(NULL);
		doc = sale(10);
		enter("t1", doc);
		if (closed)
			book_rig_close_day(rig);
		j = enter("t1", void_of(doc, "t1", 1));
		assert_int_equal(breaks(&j, R(VOID_SHIFT)), closed);
	}
}

static void
a_shift_that_outlives_the_z_may_void_its_own(void **state)
{
	Kasir__V1__Transaction *doc = sale(10);
	struct judgement j;

	(void)state;
	doc->shift = (char *)"a";
	enter("t1", counted(TYPE(SHIFT_OPEN), "a", 0));
	enter("t1", doc);
	book_rig_close_day(rig);
	j = enter("t1", void_of(doc, "t1", 2));
	assert_true(is_clean(&j));
}

static void
a_new_epoch_does_not_open_the_shifts_before(void **state)
{
	Kasir__V1__Transaction *doc = sale(10);
	struct judgement j;

	(void)state;
	enter("t1", doc);
	enter("t1", counted(TYPE(SHIFT_OPEN), "a", 10));
	book_rig_enrol(rig, "t1", 2);
	j = enter_as("t1", 2, 1, ++serial, void_of(doc, "t1", 1));
	assert_true(breaks(&j, R(VOID_SHIFT)));
}

static void
a_bill_under_a_used_identity_closes_no_other(void **state)
{
	Kasir__V1__Transaction *doc = document(TYPE(RESUME), "");
	struct judgement j;

	(void)state;
	enter("t1", document(TYPE(SUSPEND), ""));
	enter_as("t1", 1, ++sequences[1], serial, document(TYPE(SUSPEND), ""));
	assert_int_equal(day()->open_bills, 1);
	day_doc_about(&rig->arena, doc, "t1", 2);
	j = enter("t1", doc);
	assert_true(breaks(&j, R(BILL_REFERENCE)));
	assert_int_equal(day()->open_bills, 1);
}

static void
tenders_under_a_used_identity_settle_no_others(void **state)
{
	Kasir__V1__Transaction *doc;
	struct judgement j;

	(void)state;
	enter("t2", sale_by(QRIS, STATE(PENDING), 70));
	enter("t1", sale(5));
	enter_as("t1", 1, 1, ++serial, sale(6));	/* another of that sequence */
	sequences[1] = 1;
	enter_as("t1", 1, ++sequences[1], serial - 1, sale_by(QRIS, STATE(PENDING), 100));
	resolve(rig->n - 1, ACCEPTED);
	doc = reversal();
	doc->original->sequence = 2;
	j = enter("t1", doc);
	assert_true(breaks(&j, R(RESOLUTION_REFERENCE)));
	assert_int_equal(day()->pending.count, 1);
	assert_int_equal(day()->pending.amount, 70);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(what_the_manager_voided_is_neither_returned_nor_voided),
		T(a_return_that_the_manager_voided_is_keyed_in_again),
		T(what_does_not_count_cannot_be_voided_into_the_totals),
		T(a_return_that_was_voided_is_not_taken_out_again),
		T(a_return_that_was_taken_out_is_not_voided_again),
		T(a_return_that_was_voided_while_it_waited_is_settled_without_a_word),
		T(a_return_in_training_stands_in_nobody_s_way),
		T(what_stands_in_for_a_tender_goes_its_way),
		T(what_is_too_long_is_not_held_against_what_is_pending),
		T(a_till_without_shifts_voids_nothing_past_the_z),
		T(a_shift_that_outlives_the_z_may_void_its_own),
		T(a_new_epoch_does_not_open_the_shifts_before),
		T(a_bill_under_a_used_identity_closes_no_other),
		T(tenders_under_a_used_identity_settle_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
