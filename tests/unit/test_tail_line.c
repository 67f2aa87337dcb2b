/* test_tail_line.c - a transaction in one line, for people and for programs. */
#include "tools/kasirctl/tail_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static Kasir__V1__Line line = KASIR__V1__LINE__INIT, voided = KASIR__V1__LINE__INIT,
    voiding = KASIR__V1__LINE__INIT;
static Kasir__V1__Line *lines[] = { &line, &voided, &voiding };
static Kasir__V1__Tender cash = KASIR__V1__TENDER__INIT, card = KASIR__V1__TENDER__INIT;
static Kasir__V1__Tender *tenders[] = { &cash, &card };
static Kasir__V1__Rule broken[] = { KASIR__V1__RULE__TENDER_SUM };
static char terminal[] = "front", receipt[] = "R\033[2J1", currency[] = "IDR";

static Kasir__V1__Transaction
document(void)
{
	Kasir__V1__Transaction doc = KASIR__V1__TRANSACTION__INIT;

	doc.type = KASIR__V1__TRANSACTION_TYPE__SALE;
	doc.receipt_number = receipt;
	doc.currency = currency;
	doc.business_day = 20260531;
	doc.payable = 45000;
	line.kind = voided.kind = KASIR__V1__LINE_KIND__ITEM;
	voiding.kind = KASIR__V1__LINE_KIND__LINE_VOID;
	doc.lines = lines;
	doc.n_lines = 3;
	cash.kind = KASIR__V1__TENDER_KIND__CASH;
	card.kind = KASIR__V1__TENDER_KIND__DEBIT;
	doc.tenders = tenders;
	doc.n_tenders = 2;
	return doc;
}

static Kasir__V1__TransactionRecord record = KASIR__V1__TRANSACTION_RECORD__INIT;

static Kasir__V1__LedgerEntry
entry(bool breaks)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;

	record.terminal = terminal;
	record.epoch = 1;
	record.sequence = 118;
	record.broken = broken;
	record.n_broken = breaks ? 1 : 0;
	e.wall_us = INT64_C(1780211109) * 1000000;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	e.transaction = &record;
	return e;
}

static void
print(bool colour, bool breaks, bool decodes, char *to, size_t n)
{
	Kasir__V1__LedgerEntry e = entry(breaks);
	Kasir__V1__Transaction doc = document();
	FILE *f = fmemopen(to, n, "w");

	assert_non_null(f);
	tail_line(f, colour, &e, decodes ? &doc : NULL);
	fclose(f);
}

static void
a_line_has_when_which_what_and_how_it_was_paid(void **state)
{
	char text[512];

	(void)state;
	print(false, false, true, text, sizeof text);
	assert_string_equal(text, "2026-05-31 07:05:09  front/1/118           sale          R?[2J1     "
	    "         1         Rp 45.000  cash+debit\n");
}

static void
what_breaks_a_rule_is_red_on_a_terminal_and_named_everywhere(void **state)
{
	char text[512];

	(void)state;
	print(false, true, true, text, sizeof text);
	assert_non_null(strstr(text, "cash+debit  ! tender.sum\n"));
	assert_null(strchr(text, '\033'));
	print(true, true, true, text, sizeof text);
	assert_int_equal(strncmp(text, "\033[31m", 5), 0);
	print(true, false, true, text, sizeof text);
	assert_null(strchr(text, '\033'));
}

static void
what_does_not_decode_still_has_its_line(void **state)
{
	char text[512];

	(void)state;
	print(false, true, false, text, sizeof text);
	assert_non_null(strstr(text, "front/1/118           (not decodable)  ! tender.sum\n"));
}

static void
programs_get_an_object_a_line(void **state)
{
	Kasir__V1__LedgerEntry e = entry(true);
	Kasir__V1__Transaction doc = document();
	char text[1024];
	json_t *o;

	(void)state;
	for (int decodes = 0; decodes < 2; decodes++) {
		FILE *f = fmemopen(text, sizeof text, "w");

		assert_non_null(f);
		assert_int_equal(tail_json(f, 29, &e, decodes ? &doc : NULL), KAS_OK);
		fclose(f);
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		o = json_loads(text, 0, NULL);
		assert_int_equal(json_integer_value(json_object_get(o, "index")), 29);
		assert_int_equal(json_array_size(json_object_get(o, "broken")), 1);
		assert_int_equal(json_is_null(json_object_get(o, "document")), !decodes);
		if (decodes)
			assert_int_equal(json_integer_value(json_object_get(
			    json_object_get(o, "document"), "payable")), 45000);
		json_decref(o);
	}
}

static int
in_utc(void **state)
{
	(void)state;
	return setenv("TZ", "UTC", 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_when_which_what_and_how_it_was_paid),
		cmocka_unit_test(what_breaks_a_rule_is_red_on_a_terminal_and_named_everywhere),
		cmocka_unit_test(what_does_not_decode_still_has_its_line),
		cmocka_unit_test(programs_get_an_object_a_line),
	};

	return cmocka_run_group_tests(tests, in_utc, NULL);
}
