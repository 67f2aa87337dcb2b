#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/proto.h"
#include "tests/support/check_cases.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

static struct arena arena;

static void
every_document_must_state_what_it_is(void **state)
{
	static const struct check_case t[] = {
		{ "as it should be", doc_indonesian, "", "" },
		{ "schema 0", doc_indonesian, "schema=0", "payload.schema" },
		{ "schema 2 is not judged by the rules of 1", doc_indonesian, "schema=2 gross=9",
		    "payload.schema" },
		{ "no type", doc_drawer_opened, "type=0", "type.unknown" },
		{ "the last known type", doc_drawer_opened, "type=27", "" },
		{ "one past it", doc_drawer_opened, "type=28", "type.unknown" },
		{ "another currency", doc_indonesian, "currency=USD", "currency.foreign" },
		{ "another exponent", doc_indonesian, "exponent=2", "currency.foreign" },
		{ "a drawer in another currency", doc_drawer_opened, "currency=USD", "currency.foreign" },
		{ "not UTF-8 at the top", doc_drawer_opened, "cashier=\xff", "text.not_utf8" },
		{ "UTF-8 at the top", doc_drawer_opened, "cashier=\xc3\xa9", "" },
		{ "not UTF-8 in a line", doc_indonesian, "lines.0.name=\xc3", "text.not_utf8" },
		{ "not UTF-8 in a message in a tender", doc_many_tenders,
		    "tenders.1.foreign.currency=\xed\xa0\x80", "text.not_utf8" },
		{ "29 February of a leap year", doc_drawer_opened, "business_day=20240229", "" },
		{ "of another", doc_drawer_opened, "business_day=20230229", "time.day" },
		{ "of a century", doc_drawer_opened, "business_day=21000229", "time.day" },
		{ "of the fourth century", doc_drawer_opened, "business_day=20000229", "" },
		{ "31 April", doc_drawer_opened, "business_day=20260431", "time.day" },
		{ "month 13", doc_drawer_opened, "business_day=20261301", "time.day" },
		{ "month 0", doc_drawer_opened, "business_day=20260001", "time.day" },
		{ "day 0", doc_drawer_opened, "business_day=20261200", "time.day" },
		{ "31 December", doc_drawer_opened, "business_day=20261231", "" },
		{ "no day", doc_drawer_opened, "business_day=0", "time.day" },
		{ "year 10000", doc_drawer_opened, "business_day=100000101", "time.day" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
a_reversal_names_its_original(void **state)
{
	static const struct check_case t[] = {
		{ "as it should be", doc_returned, "", "" },
		{ "no original", doc_returned, "original=", "return.reference" },
		{ "sequence 0 is none", doc_returned, "original.sequence=0", "return.reference" },
		{ "a void without", doc_voided, "original=", "void.reference" },
		{ "a void of sequence 0", doc_voided, "original.sequence=0", "void.reference" },
	};
	Kasir__V1__TransactionFlag flag = KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN;
	struct rule_set broken = { 0 }, notes = { 0 };
	Kasir__V1__Transaction *doc;

	(void)state;
	CHECK_CASES(t);
	doc = doc_returned(&arena);
	doc->original = NULL;
	doc->flags = &flag;
	doc->n_flags = 1;
	check_document(doc, &make_settings, &broken, &notes);
	assert_true(rule_set_is_empty(&broken));
}

static void
lists_of_no_receipt_are_refused_before_any_work(void **state)
{
	struct rule_set broken = { 0 }, notes = { 0 };
	Kasir__V1__Transaction *doc = doc_indonesian(&arena);
	Kasir__V1__Line *lines[2001];
	Kasir__V1__Tender *tenders[101];
	size_t i;

	(void)state;
	for (i = 0; i < 2001; i++)
		lines[i] = doc->lines[0];
	for (i = 0; i < 101; i++)
		tenders[i] = doc->tenders[0];
	doc->lines = lines;
	doc->n_lines = 2000;
	check_document(doc, &make_settings, &broken, &notes);
	assert_false(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_TOO_LONG));
	doc->n_lines = 2001;
	broken = (struct rule_set){ 0 };
	check_document(doc, &make_settings, &broken, &notes);
	assert_true(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_TOO_LONG));
	doc->n_lines = 1;
	doc->tenders = tenders;
	doc->n_tenders = 101;
	broken = (struct rule_set){ 0 };
	check_document(doc, &make_settings, &broken, &notes);
	assert_true(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_TOO_LONG));
	doc->n_tenders = 100;
	broken = (struct rule_set){ 0 };
	check_document(doc, &make_settings, &broken, &notes);
	assert_false(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_TOO_LONG));
}

static void
what_does_not_decode_is_undecodable_and_has_no_figures(void **state)
{
	struct rule_set broken = { 0 }, notes = { 0 };

	(void)state;
	check_document(NULL, &make_settings, &broken, &notes);
	assert_true(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_UNDECODABLE));
	assert_int_equal(figures_of(NULL).kind, FIGURE_NONE);
}

static void
figures_are_magnitudes_by_type(void **state)
{
	static const struct {
		Kasir__V1__TransactionType type;
		int64_t payable;
		enum figure_kind kind;
		uint64_t magnitude;
	} t[] = {
		{ TYPE(SALE), 5, FIGURE_SALE, 5 },
		{ TYPE(SALE), -5, FIGURE_SALE, 5 },
		{ TYPE(RETURN), -5, FIGURE_RETURN, 5 },
		{ TYPE(RETURN), INT64_MIN, FIGURE_RETURN, UINT64_C(1) << 63 },
		{ TYPE(POST_VOID), -5, FIGURE_VOID, 5 },
		{ TYPE(EXCHANGE), 0, FIGURE_SALE, 0 },
		{ TYPE(EXCHANGE), -1, FIGURE_RETURN, 1 },
		{ TYPE(NO_SALE), 5, FIGURE_NONE, 5 },
		{ (Kasir__V1__TransactionType)99, -5, FIGURE_NONE, 5 },
	};
	Kasir__V1__TransactionFlag flags[] = { KASIR__V1__TRANSACTION_FLAG__OFFLINE,
		KASIR__V1__TRANSACTION_FLAG__TRAINING };
	Kasir__V1__Transaction *doc = doc_indonesian(&arena);
	size_t i;

	(void)state;
	doc->flags = flags;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		doc->type = t[i].type;
		doc->payable = t[i].payable;
		doc->n_flags = 1 + i % 2;
		assert_int_equal(figures_of(doc).kind, t[i].kind);
		assert_true(figures_of(doc).magnitude == t[i].magnitude);
		assert_int_equal(figures_of(doc).training, i % 2);
	}
}

static int
arena_begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int
arena_end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_document_must_state_what_it_is),
		cmocka_unit_test(a_reversal_names_its_original),
		cmocka_unit_test(lists_of_no_receipt_are_refused_before_any_work),
		cmocka_unit_test(what_does_not_decode_is_undecodable_and_has_no_figures),
		cmocka_unit_test(figures_are_magnitudes_by_type),
	};

	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
