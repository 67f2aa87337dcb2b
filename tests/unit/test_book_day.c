/* The open day: what it says of a document, on both sides of each edge, and what it closes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/book_rig.h"
#include "tests/support/day_docs.h"

#define R(rule) KASIR__V1__RULE__##rule
#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define CASH KASIR__V1__TENDER_KIND__CASH
#define QRIS KASIR__V1__TENDER_KIND__QRIS
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

/* As the SEQUENCE of TERMINAL. */
static struct judgement
enter_as(const char *terminal, uint64_t sequence, const Kasir__V1__Transaction *doc)
{
	struct book_txn t = { .terminal = terminal, .epoch = 1, .sequence = sequence,
		.serial = ++serial, .payload = book_rig_pack(rig, doc) };

	return book_rig_enter(rig, &t);
}

/* As the next of TERMINAL. */
static struct judgement
enter(const char *terminal, const Kasir__V1__Transaction *doc)
{
	return enter_as(terminal, ++sequences[terminal[1] - '0'], doc);
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
sale(int64_t n, const char *shift)
{
	Kasir__V1__Transaction *doc = sale_by(CASH, STATE(APPROVED), n);

	doc->shift = (char *)(uintptr_t)shift;
	return doc;
}

/* About the SEQUENCE of t1. */
static Kasir__V1__Transaction *
about(Kasir__V1__TransactionType type, uint64_t sequence)
{
	Kasir__V1__Transaction *doc = document(type, "");

	day_doc_about(&rig->arena, doc, "t1", sequence);
	return doc;
}

static bool
breaks(const struct judgement *j, rule_id rule)
{
	return rule_set_has(&j->broken, rule);
}

static const struct day *
day(void)
{
	return book_day(rig->book);
}

static const Kasir__V1__ShiftClosed *
newest_shift_close(void)
{
	const Kasir__V1__LedgerEntry *e = book_rig_entry(rig, rig->n - 1);

	assert_int_equal(e->body_case, KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED);
	return e->shift_closed;
}

static const Kasir__V1__DayClosed *
newest_z(void)
{
	const Kasir__V1__LedgerEntry *e = book_rig_entry(rig, rig->n - 1);

	assert_int_equal(e->body_case, KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED);
	return e->day_closed;
}

static void
a_shift_runs_from_its_float_to_its_count(void **state)
{
	const Kasir__V1__ShiftClosed *z;

	(void)state;
	enter("t1", counted(TYPE(SHIFT_OPEN), "pagi", 500));
	enter("t1", sale(100, "pagi"));
	enter("t2", sale(7, ""));
	enter("t1", counted(TYPE(SHIFT_CLOSE), "pagi", 590));
	z = newest_shift_close();
	assert_string_equal(z->terminal, "t1");
	assert_string_equal(z->shift, "pagi");
	assert_string_equal(z->cashier, "ani");
	assert_int_equal(z->first_sequence, 1);
	assert_int_equal(z->last_sequence, 3);
	assert_int_equal(z->opened_index, 3);
	assert_int_equal(z->closed_index, rig->n - 2);
	assert_int_equal(z->totals->cash->opening, 500);
	assert_int_equal(z->totals->cash->sales, 100);
	assert_int_equal(z->totals->cash->expected, 600);
	assert_int_equal(z->counted, 590);
	assert_int_equal(z->variance, -10);
	assert_null(day_shift(day(), "t1"));
	assert_int_equal(day()->totals.cash.sales, 107);
}

static void
a_variance_beyond_tolerance_wants_a_supervisor(void **state)
{
	static const struct {
		const char *what;
		uint64_t count;
		bool rules, signed_for, broken;
	} cases[] = {
		{ "as expected", 500, true, false, false },
		{ "short by the tolerance", 490, true, false, false },
		{ "short by one more", 489, true, false, true },
		{ "over by the tolerance", 510, true, false, false },
		{ "over by one more", 511, true, false, true },
		{ "somebody signs", 400, true, true, false },
		{ "no rule set asks", 400, false, false, false },
	};
	Kasir__V1__RuleSet rules = KASIR__V1__RULE_SET__INIT;
	Kasir__V1__RulePeriod period = KASIR__V1__RULE_PERIOD__INIT, *periods = &period;
	Kasir__V1__Transaction *doc;
	struct judgement j;
	size_t i;

	(void)state;
	rules.format = 1;
	rules.name = (char *)"toko";
	rules.currency = (char *)"IDR";
	rules.periods = &periods;
	rules.n_periods = 1;
	period.from_day = 20260101;
	period.variance_tolerance = 10;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		tear_down(NULL);
		set_up(NULL);
		if (cases[i].rules)
			book_rig_load_rules(rig, &rules);
		enter("t1", counted(TYPE(SHIFT_OPEN), "a", 500));
		doc = counted(TYPE(SHIFT_CLOSE), "a", cases[i].count);
		doc->supervisor = (char *)(cases[i].signed_for ? "budi" : "");
		j = enter("t1", doc);
		if (breaks(&j, R(SHIFT_VARIANCE)) != cases[i].broken)
			fail_msg("%s", cases[i].what);
		/* Closed all the same: the count is a fact. */
		assert_int_equal(newest_shift_close()->counted, cases[i].count);
	}
}

static void
shifts_are_opened_once_and_closed_by_name(void **state)
{
	struct judgement j;
	char name[SHIFT_NAME_MAX + 2];

	(void)state;
	memset(name, 'x', sizeof name);
	name[SHIFT_NAME_MAX + 1] = '\0';
	j = enter("t1", counted(TYPE(SHIFT_OPEN), name, 0));
	assert_true(breaks(&j, R(SHIFT_NAME)));
	assert_null(day_shift(day(), "t1"));
	name[SHIFT_NAME_MAX] = '\0';
	j = enter("t1", counted(TYPE(SHIFT_OPEN), name, 10));
	assert_false(breaks(&j, R(SHIFT_NAME)) || breaks(&j, R(SHIFT_OPEN_ALREADY)));
	j = enter("t1", counted(TYPE(SHIFT_OPEN), "b", 20));
	assert_true(breaks(&j, R(SHIFT_OPEN_ALREADY)));
	assert_string_equal(day_shift(day(), "t1")->shift, name);
	j = enter("t2", counted(TYPE(SHIFT_OPEN), "b", 0));
	assert_false(breaks(&j, R(SHIFT_OPEN_ALREADY)));
	j = enter("t1", counted(TYPE(SHIFT_CLOSE), "b", 0));
	assert_true(breaks(&j, R(SHIFT_NOT_OPEN)));
	assert_non_null(day_shift(day(), "t1"));
	j = enter("t1", counted(TYPE(SHIFT_CLOSE), name, 0));
	assert_false(breaks(&j, R(SHIFT_NOT_OPEN)));
	assert_null(day_shift(day(), "t1"));
	j = enter("t1", counted(TYPE(SHIFT_CLOSE), name, 0));
	assert_true(breaks(&j, R(SHIFT_NOT_OPEN)));
}

static void
only_who_keeps_shifts_is_told_that_none_is_open(void **state)
{
	struct judgement j;

	(void)state;
	j = enter("t1", sale(1, "a"));
	assert_false(rule_set_has(&j.notes, R(SHIFT_NOT_OPEN)));
	enter("t1", counted(TYPE(SHIFT_OPEN), "a", 0));
	j = enter("t1", sale(1, "a"));
	assert_false(rule_set_has(&j.notes, R(SHIFT_NOT_OPEN)));
	j = enter("t1", sale(1, "b"));
	assert_true(rule_set_has(&j.notes, R(SHIFT_NOT_OPEN)));
	j = enter("t2", sale(1, "b"));
	assert_false(rule_set_has(&j.notes, R(SHIFT_NOT_OPEN)));
	enter("t1", counted(TYPE(SHIFT_CLOSE), "a", 3));
	j = enter("t1", sale(1, "a"));
	assert_true(rule_set_has(&j.notes, R(SHIFT_NOT_OPEN)));
	j = enter("t1", document(TYPE(SIGN_ON), "b"));
	assert_false(rule_set_has(&j.notes, R(SHIFT_NOT_OPEN)));
	assert_true(rule_set_is_empty(&j.broken));
}

static void
closes_are_gapless_and_a_late_sale_lands_in_the_next(void **state)
{
	const Kasir__V1__DayClosed *z;
	Kasir__V1__Transaction *late;
	uint64_t at;

	(void)state;
	enter("t1", sale(100, ""));
	enter_as("t2", 2, sale(5, ""));
	enter("t1", document(TYPE(DAY_CLOSE), ""));
	at = rig->n - 1;
	z = newest_z();
	assert_int_equal(z->number, 1);
	assert_int_equal(z->business_day, DAY_DOCS_DATE);
	assert_int_equal(z->first, 0);
	assert_int_equal(z->size, at);
	assert_true(z->requested);
	assert_int_equal(z->request, at - 1);
	assert_int_equal(z->totals->total, 105);
	assert_int_equal(z->n_terminals, 2);
	assert_int_equal(z->terminals[0]->newest, 2);
	assert_int_equal(z->terminals[0]->missing, 0);
	assert_int_equal(z->terminals[1]->missing, 1);
	assert_int_equal(day()->totals.total, 0);
	/* Of the day that is closed, by its own date. */
	late = sale(7, "");
	enter_as("t2", 1, late);
	enter("t1", sale(1, ""));
	book_rig_close_day(rig);
	z = newest_z();
	assert_int_equal(z->number, 2);
	assert_int_equal(z->first, at);
	assert_int_equal(z->size, rig->n - 1);
	assert_false(z->requested);
	assert_int_equal(z->totals->total, 8);
	assert_int_equal(z->terminals[1]->missing, 0);
	book_rig_close_day(rig);
	z = newest_z();
	assert_int_equal(z->number, 3);
	assert_int_equal(z->first, rig->n - 2);
	assert_int_equal(z->totals->total, 0);
	assert_int_equal(z->business_day, DAY_DOCS_DATE);
}

static void
a_close_names_the_newest_business_day_that_is_a_date(void **state)
{
	static const struct { uint32_t named, day; } cases[] = {
		{ 20260228, 20260228 }, { 20260229, 20260228 }, { 20240229, 20240229 },
		{ 20260431, 20240229 }, { 20260430, 20260430 }, { 20260230, 20260430 },
	};
	Kasir__V1__Transaction *doc;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		doc = sale(1, "");
		doc->business_day = cases[i].named;
		enter("t1", doc);
		assert_int_equal(day()->business_day, cases[i].day);
	}
}

static void
a_shift_outlives_the_day(void **state)
{
	(void)state;
	enter("t1", counted(TYPE(SHIFT_OPEN), "a", 50));
	enter("t1", sale(100, "a"));
	book_rig_close_day(rig);
	assert_int_equal(newest_z()->open_shifts, 1);
	enter("t1", sale(30, "a"));
	enter("t1", counted(TYPE(SHIFT_CLOSE), "a", 180));
	assert_int_equal(newest_shift_close()->variance, 0);
	assert_int_equal(day()->totals.total, 30);
}

static void
a_bill_is_taken_up_once(void **state)
{
	struct judgement j;

	(void)state;
	enter("t1", document(TYPE(SUSPEND), ""));	/* 1 */
	enter("t1", sale(1, ""));			/* 2 */
	assert_int_equal(day()->open_bills, 1);
	j = enter("t1", document(TYPE(CANCEL), ""));	/* an abandoned basket */
	assert_false(breaks(&j, R(BILL_REFERENCE)));
	j = enter("t1", document(TYPE(RESUME), ""));
	assert_true(breaks(&j, R(BILL_REFERENCE)));
	j = enter("t1", about(TYPE(RESUME), 2));	/* a sale */
	assert_true(breaks(&j, R(BILL_REFERENCE)));
	j = enter("t1", about(TYPE(CANCEL), 99));	/* nobody's */
	assert_true(breaks(&j, R(BILL_REFERENCE)));
	assert_int_equal(day()->open_bills, 1);
	j = enter("t2", about(TYPE(RESUME), 1));	/* at another till */
	assert_false(breaks(&j, R(BILL_REFERENCE)) || breaks(&j, R(BILL_TWICE)));
	assert_int_equal(day()->open_bills, 0);
	j = enter("t1", about(TYPE(CANCEL), 1));
	assert_true(breaks(&j, R(BILL_TWICE)));
	j = enter("t1", about(TYPE(RESUME), 1));
	assert_true(breaks(&j, R(BILL_TWICE)));
	assert_int_equal(day()->open_bills, 0);
}

static void
a_day_does_not_close_over_open_bills(void **state)
{
	struct judgement j;
	uint64_t n;

	(void)state;
	enter("t1", document(TYPE(SUSPEND), ""));
	j = enter("t1", document(TYPE(DAY_CLOSE), ""));
	assert_true(breaks(&j, R(DAY_OPEN_BILLS)));
	n = rig->n;
	assert_int_equal(day()->number, 0);
	enter("t1", about(TYPE(CANCEL), 1));
	assert_int_equal(rig->n, n + 1);
	j = enter("t1", document(TYPE(DAY_CLOSE), ""));
	assert_true(rule_set_is_empty(&j.broken));
	assert_int_equal(newest_z()->number, 1);
	/* What breaks any other rule asks for nothing. */
	j.doc = document(TYPE(DAY_CLOSE), "");
	j.doc->currency = (char *)"USD";
	enter("t1", j.doc);
	assert_int_equal(day()->number, 1);
}

/* About the tenders of t1's first: in STATE, and N in cash instead of them. */
static Kasir__V1__Transaction *
resolution(Kasir__V1__TenderState state, int64_t n)
{
	Kasir__V1__Transaction *doc = about(TYPE(TENDER_RESOLUTION), 1);
	Kasir__V1__Tender *instead;

	day_doc_tender(&rig->arena, doc, QRIS, state, 100);
	if (n == 0)
		return doc;
	instead = day_doc_tender(&rig->arena, doc, CASH, STATE(APPROVED), n);
	instead->replaces = 1;
	return doc;
}

static void
pending_tenders_are_settled_as_they_were(void **state)
{
	static const struct {
		const char *what;
		int64_t tendered, instead;
		Kasir__V1__TenderKind kind;
		Kasir__V1__TenderState state;
		uint32_t number;
		bool broken;
	} cases[] = {
		{ "approved", 100, 0, QRIS, STATE(APPROVED), 1, false },
		{ "reversed", 100, 0, QRIS, STATE(REVERSED), 1, false },
		{ "paid in cash", 100, 100, QRIS, STATE(REVERSED), 1, false },
		{ "paid in cash in part", 100, 99, QRIS, STATE(REVERSED), 1, true },
		{ "approved and paid again", 100, 100, QRIS, STATE(APPROVED), 1, true },
		{ "still pending", 100, 0, QRIS, STATE(PENDING), 1, true },
		{ "another amount", 101, 0, QRIS, STATE(APPROVED), 1, true },
		{ "another kind", 100, 0, CASH, STATE(APPROVED), 1, true },
		{ "another tender", 100, 0, QRIS, STATE(APPROVED), 2, true },
	};
	Kasir__V1__Transaction *doc;
	struct judgement j;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		tear_down(NULL);
		set_up(NULL);
		enter("t1", sale_by(QRIS, STATE(PENDING), 100));
		assert_int_equal(day()->pending.count, 1);
		assert_int_equal(day()->pending.amount, 100);
		doc = resolution(cases[i].state, cases[i].instead);
		doc->tenders[0]->tendered = cases[i].tendered;
		doc->tenders[0]->kind = cases[i].kind;
		doc->tenders[0]->number = cases[i].number;
		j = enter("t1", doc);
		if (breaks(&j, R(RESOLUTION_TENDER)) != cases[i].broken)
			fail_msg("%s", cases[i].what);
		assert_false(breaks(&j, R(RESOLUTION_REFERENCE)));
		if (rule_set_is_empty(&j.broken))
			assert_int_equal(day()->pending.count, 0);
		else
			assert_int_equal(day()->pending.amount, 100);
	}
}

static void
a_resolution_names_what_is_pending_once(void **state)
{
	struct judgement j;

	(void)state;
	j = enter("t2", resolution(STATE(APPROVED), 0));	/* not come yet */
	assert_true(breaks(&j, R(RESOLUTION_REFERENCE)));
	enter("t1", sale_by(QRIS, STATE(UNKNOWN), 100));
	j = enter("t2", resolution(STATE(APPROVED), 0));
	assert_true(rule_set_is_empty(&j.broken));
	j = enter("t1", resolution(STATE(REVERSED), 0));
	assert_true(breaks(&j, R(RESOLUTION_TWICE)));
	assert_int_equal(day()->pending.count, 0);
	/* A sale that was paid has nothing to settle. */
	tear_down(NULL);
	set_up(NULL);
	enter("t1", sale_by(QRIS, STATE(APPROVED), 100));
	j = enter("t1", resolution(STATE(APPROVED), 0));
	assert_true(breaks(&j, R(RESOLUTION_REFERENCE)));
}

static void
pending_tenders_are_carried_knowingly(void **state)
{
	struct rule_set s;
	struct judgement j;

	(void)state;
	enter("t1", sale_by(QRIS, STATE(PENDING), 100));
	j = enter("t1", document(TYPE(DAY_CLOSE), ""));
	assert_true(breaks(&j, R(DAY_PENDING_TENDERS)));
	assert_int_equal(day()->number, 0);
	s = book_day_in_the_way(rig->book, false);
	assert_true(rule_set_has(&s, R(DAY_PENDING_TENDERS)));
	s = book_day_in_the_way(rig->book, true);
	assert_true(rule_set_is_empty(&s));
	book_rig_close_day(rig);
	assert_true(newest_z()->carried);
	assert_int_equal(newest_z()->totals->pending->amount, 100);
	assert_int_equal(day()->pending.count, 1);
	enter("t1", resolution(STATE(APPROVED), 0));
	enter("t1", document(TYPE(DAY_CLOSE), ""));
	assert_false(newest_z()->carried);
	assert_int_equal(newest_z()->number, 2);
	assert_int_equal(newest_z()->totals->pending->count, 0);
}

static void
training_moves_nothing(void **state)
{
	static const Kasir__V1__TransactionType types[] = { TYPE(SHIFT_OPEN), TYPE(SHIFT_CLOSE),
		TYPE(SUSPEND), TYPE(RESUME), TYPE(TENDER_RESOLUTION), TYPE(DAY_CLOSE), TYPE(SALE) };
	Kasir__V1__Transaction *doc;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof types / sizeof *types; i++) {
		doc = document(types[i], "a");
		day_doc_tender(&rig->arena, doc, QRIS, STATE(PENDING), 5);
		day_doc_flag(&rig->arena, doc, KASIR__V1__TRANSACTION_FLAG__TRAINING);
		enter("t1", doc);
	}
	assert_int_equal(day()->number, 0);
	assert_int_equal(day()->n_shifts, 0);
	assert_int_equal(day()->open_bills, 0);
	assert_int_equal(day()->pending.count, 0);
	assert_int_equal(day()->totals.training.count, sizeof types / sizeof *types);
	assert_int_equal(day()->totals.exceptions.count, 0);
}

static void
a_void_is_made_in_the_shift_that_is_open_still(void **state)
{
	Kasir__V1__Transaction *doc, *void_doc;
	struct make_original at = { "t1", 1, 2 };
	struct judgement j;
	int closed;

	(void)state;
	for (closed = 0; closed < 2; closed++) {
		tear_down(NULL);
		set_up(NULL);
		enter("t1", counted(TYPE(SHIFT_OPEN), "a", 0));
		doc = sale(10, "a");
		enter("t1", doc);
		void_doc = make_void(&rig->arena, doc, &at);
		if (closed) {
			enter("t1", counted(TYPE(SHIFT_CLOSE), "a", 10));
			enter("t1", counted(TYPE(SHIFT_OPEN), "a", 10));
		}
		j = enter("t1", void_doc);
		assert_int_equal(breaks(&j, R(VOID_SHIFT)), closed);
	}
}

static void
a_void_takes_pending_tenders_with_it(void **state)
{
	Kasir__V1__Transaction *doc = sale_by(QRIS, STATE(PENDING), 100);
	struct make_original at = { "t1", 1, 1 };
	struct judgement j;

	(void)state;
	enter("t1", doc);
	j = enter("t1", make_void(&rig->arena, doc, &at));
	assert_true(rule_set_is_empty(&j.broken));
	assert_int_equal(day()->pending.count, 0);
	assert_int_equal(day()->pending.amount, 0);
	j = enter("t1", resolution(STATE(APPROVED), 0));
	assert_true(breaks(&j, R(RESOLUTION_TWICE)));
}

/* One for one, the new against what t1's first sold. */
static Kasir__V1__Transaction *
exchange(int64_t n)
{
	Kasir__V1__Transaction *doc = document(TYPE(EXCHANGE), "");
	Kasir__V1__Transaction *back = document(TYPE(RETURN), "");
	Kasir__V1__Line **lines = arena_alloc(&rig->arena, 2 * sizeof *lines);

	day_doc_line(&rig->arena, doc, n);
	day_doc_line(&rig->arena, back, -n);
	day_doc_about(&rig->arena, back, "t1", 1);
	lines[0] = doc->lines[0];
	lines[1] = back->lines[0];
	lines[1]->number = 2;
	doc->original = back->original;
	lines[1]->original = arena_alloc(&rig->arena, sizeof(Kasir__V1__Reference));
	kasir__v1__reference__init(lines[1]->original);
	lines[1]->original->line = 1;
	doc->lines = lines;
	doc->n_lines = 2;
	doc->gross = doc->payable = 0;
	return doc;
}

static void
an_exchange_returns_no_more_than_was_sold(void **state)
{
	struct judgement j;

	(void)state;
	enter("t1", sale(10, ""));
	j = enter("t1", exchange(6));
	assert_false(breaks(&j, R(RETURN_QUANTITY)) || breaks(&j, R(RETURN_REFERENCE)));
	j = enter("t2", exchange(4));
	assert_false(breaks(&j, R(RETURN_QUANTITY)));
	j = enter("t1", exchange(1));
	assert_true(breaks(&j, R(RETURN_QUANTITY)));
}

static void
an_exception_is_resolved_once(void **state)
{
	Kasir__V1__Transaction *doc = sale(100, "");
	const Kasir__V1__GrandTotals *t = book_totals(rig->book);
	struct open_exception x;
	uint64_t by = 0, at;

	(void)state;
	doc->tenders[0]->tendered = 99;
	enter("t1", doc);
	at = rig->n - 1;
	assert_int_equal(day()->totals.exceptions.amount, 100);
	assert_int_equal(day()->totals.cash.exceptions, 99);
	assert_int_equal(book_find_exception(rig->book, rig->n, &x, &by), KAS_NOTFOUND);
	assert_int_equal(book_find_exception(rig->book, at - 1, &x, &by), KAS_MALFORMED);
	assert_int_equal(book_rig_resolve(rig, at, ACCEPTED), KAS_OK);
	assert_int_equal(day()->totals.accepted.amount, 100);
	assert_int_equal(day()->totals.cash.exceptions, 0);
	assert_int_equal(day()->totals.cash.sales, 99);
	assert_int_equal(day()->totals.total, 100);
	assert_int_equal(t->sales, 100);
	assert_int_equal(t->exceptions, 100);
	assert_int_equal(book_rig_resolve(rig, at, VOIDED), KAS_EXISTS);
	assert_int_equal(book_find_exception(rig->book, at, &x, &by), KAS_EXISTS);
	assert_int_equal(by, at + 1);
	enter("t1", sale(5, ""));
	assert_int_equal(book_rig_resolve(rig, rig->n - 1, ACCEPTED), KAS_MALFORMED);
}

static void
what_is_voided_leaves_expected_cash_in_the_day_of_the_word(void **state)
{
	Kasir__V1__Transaction *doc = sale(100, "");

	(void)state;
	doc->gross = 101;
	enter("t1", doc);
	book_rig_close_day(rig);
	assert_int_equal(newest_z()->totals->cash->expected, 100);
	assert_int_equal(book_rig_resolve(rig, 3, VOIDED), KAS_OK);
	assert_int_equal(day()->totals.voided.amount, 100);
	assert_int_equal(period_expected_cash(&day()->totals), -100);
	assert_int_equal(book_totals(rig->book)->sales, 0);
}

static void
an_accepted_void_stands(void **state)
{
	Kasir__V1__Transaction *doc = sale(10, ""), *void_doc;
	struct make_original at = { "t1", 1, 1 };
	struct judgement j;

	(void)state;
	enter("t1", doc);
	void_doc = make_void(&rig->arena, doc, &at);
	j = enter("t2", void_doc);	/* another till's */
	assert_true(breaks(&j, R(VOID_SHIFT)));
	assert_int_equal(book_rig_resolve(rig, rig->n - 1, ACCEPTED), KAS_OK);
	j = enter("t1", void_doc);
	assert_true(breaks(&j, R(VOID_TWICE)));
}

static void
a_return_found_wrong_is_upheld_or_taken_out(void **state)
{
	Kasir__V1__Transaction *back;
	struct judgement j;
	uint64_t settled;
	int voided;

	(void)state;
	for (voided = 0; voided < 2; voided++) {
		tear_down(NULL);
		set_up(NULL);
		back = document(TYPE(RETURN), "");
		day_doc_line(&rig->arena, back, -20);
		day_doc_tender(&rig->arena, back, CASH, STATE(APPROVED), -20);
		day_doc_about(&rig->arena, back, "t1", 1);
		back->lines[0]->original = arena_alloc(&rig->arena, sizeof(Kasir__V1__Reference));
		kasir__v1__reference__init(back->lines[0]->original);
		back->lines[0]->original->line = 1;
		j = enter("t2", back);
		assert_true(rule_set_has(&j.notes, R(RETURN_PENDING)));
		assert_true(rule_set_is_empty(&j.broken));
		enter("t1", sale(10, ""));	/* only ten were sold */
		settled = rig->n - 1;
		assert_int_equal(book_rig_entry(rig, settled)->body_case,
		    KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED);
		assert_int_equal(day()->totals.exceptions.amount, 20);
		assert_int_equal(day()->totals.returns, 20);
		assert_int_equal(book_rig_resolve(rig, settled - 2, ACCEPTED), KAS_MALFORMED);
		assert_int_equal(book_rig_resolve(rig, settled, voided ? VOIDED : ACCEPTED),
		    KAS_OK);
		assert_int_equal(day()->totals.returns, voided ? 0 : 20);
		assert_int_equal(day()->totals.accepted.amount, voided ? 0 : 20);
		assert_int_equal(period_expected_cash(&day()->totals), voided ? 10 : -10);
	}
}

static Kasir__V1__Catalogue *
catalogue_of(const char *sku)
{
	static Kasir__V1__Catalogue c;
	static Kasir__V1__Product p, *products = &p;
	static Kasir__V1__Price price, *prices = &price;

	kasir__v1__catalogue__init(&c);
	kasir__v1__product__init(&p);
	kasir__v1__price__init(&price);
	c.format = 1;
	c.currency = (char *)"IDR";
	c.products = &products;
	c.n_products = 1;
	p.sku = (char *)(uintptr_t)sku;
	p.name = (char *)"Air";
	p.prices = &prices;
	p.n_prices = 1;
	price.unit_price = 1000;
	return &c;
}

static void
products_are_held_against_the_catalogue_that_is_kept(void **state)
{
	struct judgement j;

	(void)state;
	j = enter("t1", sale(1, ""));
	assert_false(rule_set_has(&j.notes, R(PRODUCT_UNKNOWN)));
	book_rig_load_catalogue(rig, catalogue_of("B"), true);
	assert_false(book_lacks_catalogue(rig->book));
	j = enter("t1", sale(1, ""));
	assert_true(rule_set_has(&j.notes, R(PRODUCT_UNKNOWN)));
	book_rig_load_catalogue(rig, catalogue_of("A"), true);
	j = enter("t1", sale(1, ""));
	assert_false(rule_set_has(&j.notes, R(PRODUCT_UNKNOWN)));
	book_rig_load_catalogue(rig, catalogue_of("C"), false);
	assert_true(book_lacks_catalogue(rig->book));
	j = enter("t1", sale(1, ""));
	assert_false(rule_set_has(&j.notes, R(PRODUCT_UNKNOWN)));
}

static void
what_does_not_follow_is_not_taken_in(void **state)
{
	static const char *const cases[] = { "a rule set that is not the one named",
		"no rule set at all", "a shift close that nobody asked for",
		"a resolution of what is to come", "a resolution that says nothing",
		"a remark on what is to come" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
		Kasir__V1__GrandTotals totals = KASIR__V1__GRAND_TOTALS__INIT;
		Kasir__V1__RulesChanged rules = KASIR__V1__RULES_CHANGED__INIT;
		Kasir__V1__ShiftClosed shift = KASIR__V1__SHIFT_CLOSED__INIT;
		Kasir__V1__ExceptionResolved resolved = KASIR__V1__EXCEPTION_RESOLVED__INIT;
		Kasir__V1__Annotated remark = KASIR__V1__ANNOTATED__INIT;
		struct hash h = hash_of(bytes_of_text("\xff"));
		struct bytes payload = BYTES_NONE;
		struct kas_why why = { "" };

		e.totals = &totals;
		resolved.index = remark.index = rig->n;
		resolved.how = ACCEPTED;
		e.body_case = i < 2 ? KASIR__V1__LEDGER_ENTRY__BODY_RULES_CHANGED :
		    i == 2 ? KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED :
		    i < 5 ? KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED :
		    KASIR__V1__LEDGER_ENTRY__BODY_ANNOTATED;
		if (i < 2) {
			rules.hash = proto_bytes(hash_bytes(&h));
			payload = bytes_of_text(i == 0 ? "\xfe" : "\xff");
			e.rules_changed = &rules;
		} else if (i == 2) {
			shift.terminal = (char *)"t1";
			e.shift_closed = &shift;
		} else if (i < 5) {
			resolved.how = i == 4 ? KASIR__V1__RESOLUTION__RESOLUTION_UNSPECIFIED : ACCEPTED;
			e.exception_resolved = &resolved;
		} else {
			e.annotated = &remark;
		}
		if (book_apply(rig->book, &e, payload, NULL, NULL, &why) != KAS_CORRUPT ||
		    why.text[0] == '\0')
			fail_msg("%s", cases[i]);
		assert_int_equal(book_size(rig->book), rig->n);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_shift_runs_from_its_float_to_its_count),
		TEST(a_variance_beyond_tolerance_wants_a_supervisor),
		TEST(shifts_are_opened_once_and_closed_by_name),
		TEST(only_who_keeps_shifts_is_told_that_none_is_open),
		TEST(closes_are_gapless_and_a_late_sale_lands_in_the_next),
		TEST(a_close_names_the_newest_business_day_that_is_a_date),
		TEST(a_shift_outlives_the_day),
		TEST(a_bill_is_taken_up_once),
		TEST(a_day_does_not_close_over_open_bills),
		TEST(pending_tenders_are_settled_as_they_were),
		TEST(a_resolution_names_what_is_pending_once),
		TEST(pending_tenders_are_carried_knowingly),
		TEST(training_moves_nothing),
		TEST(a_void_is_made_in_the_shift_that_is_open_still),
		TEST(a_void_takes_pending_tenders_with_it),
		TEST(an_exchange_returns_no_more_than_was_sold),
		TEST(an_exception_is_resolved_once),
		TEST(what_is_voided_leaves_expected_cash_in_the_day_of_the_word),
		TEST(an_accepted_void_stands),
		TEST(a_return_found_wrong_is_upheld_or_taken_out),
		TEST(products_are_held_against_the_catalogue_that_is_kept),
		TEST(what_does_not_follow_is_not_taken_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
