/* The book: what it says of one transaction, on both sides of each edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/book_rig.h"

#define MINUTE ((int64_t)60 * 1000000)
#define DAY (24 * 60 * MINUTE)
#define R(rule) KASIR__V1__RULE__##rule

static struct book_rig *rig;

static int
set_up(void **state)
{
	(void)state;
	rig = malloc(sizeof *rig);
	book_rig_init(rig);
	book_rig_enrol(rig, "t1", 1);
	book_rig_enrol(rig, "t2", 1);
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

/* N thousandths of one kind of goods at 1,000 rupiah a piece; negative: they come back, of
 * the first line of the sale at (terminal, 1, sequence). */
static Kasir__V1__Transaction *
goods(int64_t n, const char *terminal, uint64_t sequence)
{
	struct arena *a = &rig->arena;
	Kasir__V1__Transaction *doc = arena_alloc(a, sizeof *doc);
	Kasir__V1__Line *line = arena_alloc(a, sizeof *line);
	Kasir__V1__Tender *tender = arena_alloc(a, sizeof *tender);
	Kasir__V1__Reference *to = arena_alloc(a, 2 * sizeof *to);

	kasir__v1__transaction__init(doc);
	kasir__v1__line__init(line);
	kasir__v1__tender__init(tender);
	doc->schema = 1;
	doc->type = n > 0 ? KASIR__V1__TRANSACTION_TYPE__SALE : KASIR__V1__TRANSACTION_TYPE__RETURN;
	doc->at_us = rig->wall_us;
	doc->business_day = 20260601;
	doc->shift = (char *)"1";
	doc->currency = (char *)"IDR";
	line->number = 1;
	line->kind = n > 0 ? KASIR__V1__LINE_KIND__ITEM : KASIR__V1__LINE_KIND__RETURN_ITEM;
	line->sku = (char *)"A";
	line->quantity = n;
	line->unit_price = 1000000;
	line->extended = line->amount = n;
	tender->kind = KASIR__V1__TENDER_KIND__CASH;
	tender->state = KASIR__V1__TENDER_STATE__APPROVED;
	tender->tendered = n;
	doc->gross = doc->payable = n;
	doc->lines = arena_alloc(a, sizeof *doc->lines);
	doc->tenders = arena_alloc(a, sizeof *doc->tenders);
	doc->lines[doc->n_lines++] = line;
	doc->tenders[doc->n_tenders++] = tender;
	if (n > 0)
		return doc;
	kasir__v1__reference__init(&to[0]);
	kasir__v1__reference__init(&to[1]);
	to[0].terminal = (char *)(uintptr_t)terminal;
	to[0].epoch = 1;
	to[0].sequence = sequence;
	to[1].line = 1;
	doc->original = &to[0];
	line->original = &to[1];
	return doc;
}

/* As the SEQUENCE of TERMINAL, with a txn_id that is newer than all before. */
static struct book_txn
as(const char *terminal, uint64_t sequence, const Kasir__V1__Transaction *doc)
{
	static uint64_t serial;

	return (struct book_txn){ .terminal = terminal, .epoch = 1, .sequence = sequence,
		.serial = ++serial, .payload = book_rig_pack(rig, doc) };
}

static struct judgement
enter(const char *terminal, uint64_t sequence, const Kasir__V1__Transaction *doc)
{
	struct book_txn t = as(terminal, sequence, doc);

	return book_rig_enter(rig, &t);
}

static const Kasir__V1__GrandTotals *
totals(void)
{
	return book_totals(rig->book);
}

static void
facts_that_an_older_version_wrote_are_not_held_again(void **state)
{
	struct book_txn first = as("t1", 1, goods(1000, NULL, 0)), last;
	struct book *all, *b;
	uint64_t i, written;

	(void)state;
	(void)book_rig_enter(rig, &first);
	(void)enter("t1", 2, goods(1000, NULL, 0));
	written = rig->n;
	book_rig_snapshot(rig);
	last = as("t1", 3, goods(1000, NULL, 0));
	(void)book_rig_enter(rig, &last);
	all = book_rig_fold(rig, false);
	b = book_rig_empty(rig, true);
	book_facts_written(b, written);
	for (i = 0; i < rig->n; i++)
		book_rig_apply(rig, b, i);
	assert_true(book_unwritten(all) > 2 * book_unwritten(b));
	assert_true(book_unwritten(b) > 0);
	assert_int_equal(book_rig_judge(rig, b, &first).verdict, VERDICT_DUPLICATE);
	assert_int_equal(book_rig_judge(rig, b, &last).verdict, VERDICT_DUPLICATE);
	book_close(all);
	book_close(b);
}

static void
a_gap_begins_with_the_second_after_the_newest(void **state)
{
	struct book_txn next, over;
	struct judgement j;

	(void)state;
	enter("t1", 1, goods(1000, NULL, 0));
	next = as("t1", 2, goods(1000, NULL, 0));
	over = as("t1", 3, goods(1000, NULL, 0));
	j = book_rig_judge(rig, rig->book, &next);
	assert_false(rule_set_has(&j.notes, R(SEQUENCE_GAP)));
	j = book_rig_enter(rig, &over);
	assert_true(rule_set_has(&j.notes, R(SEQUENCE_GAP)));
	j = book_rig_judge(rig, rig->book, &next);
	assert_true(rule_set_has(&j.notes, R(SEQUENCE_LATE)));
}

static void
a_clock_may_be_off_by_so_much(void **state)
{
	static const struct {
		const char *what;
		int64_t ahead;
		bool offline, skewed;
	} cases[] = {
		{ "in step", 0, false, false },
		{ "five minutes ahead", 5 * MINUTE, false, false },
		{ "a microsecond more", 5 * MINUTE + 1, false, true },
		{ "and offline", 5 * MINUTE + 1, true, true },
		{ "a day behind", -DAY, false, false },
		{ "a microsecond more", -DAY - 1, false, true },
		{ "but offline", -DAY - 1, true, false },
		{ "the end of time", INT64_MAX, false, true },
		{ "its beginning", INT64_MIN, false, true },
	};
	Kasir__V1__TransactionFlag offline = KASIR__V1__TRANSACTION_FLAG__OFFLINE;
	Kasir__V1__Transaction *doc;
	struct judgement j;
	struct book_txn t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		doc = goods(1000, NULL, 0);
		doc->at_us = cases[i].ahead < -DAY - 1 || cases[i].ahead > DAY ? cases[i].ahead :
		    rig->wall_us + cases[i].ahead;
		doc->flags = &offline;
		doc->n_flags = cases[i].offline;
		t = as("t1", 1, doc);
		j = book_rig_judge(rig, rig->book, &t);
		if (rule_set_has(&j.notes, R(TIME_SKEW)) != cases[i].skewed)
			fail_msg("%s", cases[i].what);
		assert_true(rule_set_is_empty(&j.broken));
	}
}

static void
what_comes_back_never_exceeds_what_was_sold(void **state)
{
	struct judgement j;

	(void)state;
	enter("t1", 1, goods(3000, NULL, 0));
	j = enter("t2", 1, goods(-2000, "t1", 1));
	assert_true(rule_set_is_empty(&j.broken));
	j = enter("t2", 2, goods(-1001, "t1", 1));
	assert_true(rule_set_has(&j.broken, R(RETURN_QUANTITY)));
	/* That one took goods back all the same: even one thousandth is too much now. */
	j = enter("t2", 3, goods(-1, "t1", 1));
	assert_true(rule_set_has(&j.broken, R(RETURN_QUANTITY)));
	assert_int_equal(totals()->returns, 2000);
	assert_int_equal(totals()->exceptions, 1002);
}

static void
returns_of_one_sale_are_reckoned_up_to_a_bound_and_stopped_there(void **state)
{
	struct judgement j;
	uint64_t i;

	(void)state;
	enter("t1", 1, goods(1000000, NULL, 0));
	for (i = 1; i <= BOOK_RETURNS_MAX; i++) {
		j = enter("t2", i, goods(-1000, "t1", 1));
		assert_true(rule_set_is_empty(&j.broken));
	}
	for (; i <= BOOK_RETURNS_MAX + 3; i++) {
		j = enter("t2", i, goods(-1000, "t1", 1));
		assert_true(rule_set_has(&j.broken, R(RETURN_QUANTITY)));
	}
	assert_int_equal(totals()->returns, 1000 * BOOK_RETURNS_MAX);
	assert_int_equal(totals()->exceptions_count, 3);
}

static void
returns_of_one_sale_are_reckoned_up_to_so_many_bytes(void **state)
{
	char *reason = arena_alloc(&rig->arena, 60001);
	Kasir__V1__Transaction *back;
	struct judgement j;
	uint64_t i;

	(void)state;
	memset(reason, 'x', 60000);
	reason[60000] = '\0';
	enter("t1", 1, goods(1000000, NULL, 0));
	for (i = 1; i <= BOOK_RETURNS_BYTES / 60000 + 2; i++) {
		back = goods(-1000, "t1", 1);
		back->reason = reason;
		j = enter("t2", i, back);
		/* The sixth finds five, which are more than 256 KiB. */
		assert_int_equal(rule_set_has(&j.broken, R(RETURN_QUANTITY)), i >= 6);
	}
}

static void
so_many_returns_wait_for_one_sale_and_no_more(void **state)
{
	struct judgement j;
	uint64_t i;

	(void)state;
	for (i = 1; i <= BOOK_WAITING_MAX; i++) {
		j = enter("t2", i, goods(-1000, "t1", 1));
		assert_true(rule_set_has(&j.notes, R(RETURN_PENDING)));
		assert_true(rule_set_is_empty(&j.broken));
	}
	j = enter("t2", i++, goods(-1000, "t1", 1));
	assert_false(rule_set_has(&j.notes, R(RETURN_PENDING)));
	assert_true(rule_set_has(&j.broken, R(RETURN_QUANTITY)));
	/* All that wait are settled with their original, and count against it. */
	enter("t1", 1, goods(1000 * (BOOK_WAITING_MAX + 1), NULL, 0));
	assert_int_equal(totals()->exceptions_count, 1);
	j = enter("t2", i++, goods(-1000, "t1", 1));
	assert_true(rule_set_is_empty(&j.broken));
	j = enter("t2", i, goods(-1, "t1", 1));
	assert_true(rule_set_has(&j.broken, R(RETURN_QUANTITY)));
}

static void
a_return_is_no_exception_twice(void **state)
{
	Kasir__V1__Transaction *wrong = goods(-2000, "t1", 1);

	(void)state;
	wrong->gross--;		/* does not add up by itself */
	enter("t2", 1, wrong);
	assert_int_equal(totals()->exceptions_count, 1);
	enter("t1", 1, goods(1000, NULL, 0));	/* and is more than was sold */
	assert_int_equal(totals()->exceptions_count, 1);
	assert_int_equal(totals()->exceptions, 2000);
}

static void
training_counts_nowhere_else(void **state)
{
	Kasir__V1__TransactionFlag training = KASIR__V1__TRANSACTION_FLAG__TRAINING;
	Kasir__V1__Transaction *wrong = goods(1000, NULL, 0), *back = goods(-2000, "t1", 2);

	(void)state;
	wrong->flags = back->flags = &training;
	wrong->n_flags = back->n_flags = 1;
	wrong->gross++;
	enter("t1", 1, wrong);
	enter("t2", 1, back);
	enter("t1", 2, goods(1000, NULL, 0));
	assert_int_equal(totals()->training_count, 2);
	assert_int_equal(totals()->exceptions_count, 0);
	assert_int_equal(totals()->sales_count, 1);
	assert_int_equal(totals()->returns_count, 0);
}

static Kasir__V1__Transaction *
void_of(const Kasir__V1__Transaction *doc, const char *terminal, uint64_t sequence)
{
	struct make_original at = { terminal, 1, sequence };

	return make_void(&rig->arena, doc, &at);
}

static void
a_void_is_of_the_same_till_and_stands_once(void **state)
{
	Kasir__V1__Transaction *sale = goods(3000, NULL, 0);
	struct judgement j;

	(void)state;
	enter("t1", 1, sale);
	j = enter("t2", 1, void_of(sale, "t1", 1));
	assert_true(rule_set_has(&j.broken, R(VOID_SHIFT)));
	/* One that breaks a rule does not stand. */
	j = enter("t1", 2, void_of(sale, "t1", 1));
	assert_true(rule_set_is_empty(&j.broken));
	j = enter("t1", 3, void_of(sale, "t1", 1));
	assert_true(rule_set_has(&j.broken, R(VOID_TWICE)));
	j = enter("t1", 4, goods(-1000, "t1", 1));
	assert_true(rule_set_has(&j.broken, R(RETURN_ORIGINAL)));
	assert_int_equal(totals()->voids_count, 1);
}

static void
a_return_that_is_voided_counts_no_more(void **state)
{
	Kasir__V1__Transaction *back = goods(-3000, "t1", 1);
	struct judgement j;

	(void)state;
	enter("t1", 1, goods(3000, NULL, 0));
	enter("t1", 2, back);
	j = enter("t1", 3, goods(-1000, "t1", 1));
	assert_true(rule_set_has(&j.broken, R(RETURN_QUANTITY)));
	/* What did not count is not for the till to void. */
	j = enter("t1", 4, void_of(goods(-1000, "t1", 1), "t1", 3));
	assert_true(rule_set_has(&j.broken, R(VOID_REFERENCE)));
	assert_int_equal(book_rig_resolve(rig, rig->n - 2, KASIR__V1__RESOLUTION__VOIDED), KAS_OK);
	j = enter("t1", 5, void_of(back, "t1", 2));
	assert_true(rule_set_is_empty(&j.broken));
	j = enter("t1", 6, goods(-3000, "t1", 1));
	assert_true(rule_set_is_empty(&j.broken));
}

static void
a_return_of_what_nobody_here_can_bring_is_pending_for_good(void **state)
{
	struct judgement j;

	(void)state;
	j = enter("t1", 1, goods(-1000, "t9", 1));
	assert_true(rule_set_has(&j.notes, R(RETURN_PENDING)));
	assert_true(rule_set_is_empty(&j.broken));
	enter("t1", 2, goods(-1000, "t1", (uint64_t)INT64_MAX + 1));
	assert_int_equal(keyring_find(book_keyring(rig->book), "t1", 1)->awaited, 0);
	enter("t1", 3, goods(-1000, "t1", INT64_MAX));
	assert_int_equal(keyring_find(book_keyring(rig->book), "t1", 1)->awaited, INT64_MAX);
}

static void
the_sequence_that_a_reused_txn_id_takes_settles_who_waits_for_it(void **state)
{
	struct book_txn sale, twin;
	struct judgement j;
	uint64_t before;

	(void)state;
	sale = as("t1", 1, goods(1000, NULL, 0));
	book_rig_enter(rig, &sale);
	enter("t2", 1, goods(-1000, "t1", 2));
	before = rig->n;
	twin = sale;
	twin.sequence = 2;
	j = book_rig_enter(rig, &twin);
	assert_int_equal(j.verdict, VERDICT_CONFLICT_NEW);
	assert_true(rule_set_has(&j.broken, R(IDENTITY_REUSED)));
	assert_int_equal(rig->n, before + 2);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(facts_that_an_older_version_wrote_are_not_held_again),
		T(a_gap_begins_with_the_second_after_the_newest),
		T(a_clock_may_be_off_by_so_much),
		T(what_comes_back_never_exceeds_what_was_sold),
		T(returns_of_one_sale_are_reckoned_up_to_a_bound_and_stopped_there),
		T(returns_of_one_sale_are_reckoned_up_to_so_many_bytes),
		T(so_many_returns_wait_for_one_sale_and_no_more),
		T(a_return_is_no_exception_twice),
		T(training_counts_nowhere_else),
		T(a_void_is_of_the_same_till_and_stands_once),
		T(a_return_that_is_voided_counts_no_more),
		T(a_return_of_what_nobody_here_can_bring_is_pending_for_good),
		T(the_sequence_that_a_reused_txn_id_takes_settles_who_waits_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
