#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cash/check.h"
#include "tools/kasir-term/dataset.h"
#include "tools/kasir-term/replay_parts.h"
#include "tools/kasir-term/replay_rupiah.h"
#include "wire/limits.h"

static void
receipts_print_amounts_in_many_ways(void **state)
{
	static const struct {
		const char *text;
		bool there;
		int64_t last, sum;
	} t[] = {
		{ "75,000", true, 75000, 75000 },
		{ "75.000", true, 75000, 75000 },
		{ "1,591,600", true, 1591600, 1591600 },
		{ "46.000,00", true, 46000, 46000 },
		{ "46,000.00", true, 46000, 46000 },
		{ "40,000.", true, 40000, 40000 },
		{ "35,636.36", true, 35636, 35636 },
		{ "45,545.50", true, 45546, 45546 },
		{ "9,817.8 0", true, 0, 9818 },
		{ "39,200,00", true, 39200, 39200 },
		{ "57,0000", true, 570000, 570000 },
		{ "11 225", true, 11225, 11225 },
		{ "11 225.00", true, 225, 236 },
		{ "1100 225", true, 225, 1325 },
		{ "30.273 200 3.027", true, 3027, 33500 },
		{ "Rp 1.234.567", true, 1234567, 1234567 },
		{ "@8000", true, 8000, 8000 },
		{ "0", true, 0, 0 },
		{ "-16,000", true, -16000, 16000 },
		{ "(4.200)", true, -4200, 4200 },
		{ "800-", true, -800, 800 },
		{ "2,000 -", true, -2000, 2000 },
		{ "1,400 - 790-", true, -790, 2190 },
		{ "100,000 100,000", true, 100000, 200000 },
		{ "99999999999999999999", false, 0, 0 },
		{ "---", false, 0, 0 },
		{ "", false, 0, 0 },
	};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		v = 0;
		if (receipt_amount(t[i].text, &v) != t[i].there || v != t[i].last)
			fail_msg("%s: %lld", t[i].text, (long long)v);
		v = 0;
		if (receipt_amounts_sum(t[i].text, &v) != t[i].there || v != t[i].sum)
			fail_msg("sum of %s: %lld", t[i].text, (long long)v);
	}
}

static void
of_several_rows_the_last_that_is_not_zero_charges(void **state)
{
	static const struct {
		const char *text;
		int64_t amount;
	} t[] = {
		{ "27,300 0", 27300 }, { "9,817.8 0", 9818 }, { "0 0", 0 }, { "10% 4,818", 4818 },
		{ "4,818", 4818 },
	};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_true(receipt_amount_not_zero(t[i].text, &v));
		assert_int_equal(v, t[i].amount);
	}
	assert_false(receipt_amount_not_zero("-", &v));
}

static void
receipts_print_counts_in_many_ways(void **state)
{
	static const struct {
		const char *text;
		bool there;
		int64_t thousandths;
	} t[] = {
		{ "1", true, 1000 }, { "x 1", true, 1000 }, { "2X", true, 2000 },
		{ "*4 Pcs", true, 4000 }, { "0,292X", true, 292 }, { "0.264X", true, 264 },
		{ "3.000x", true, 3000 }, { "1.00xITEMS", true, 1000 },
		{ "48,540", true, 48540 }, { "22.10", true, 22100 }, { "118", true, 118000 },
		{ "0.0001", false, 0 }, { "0", false, 0 }, { "x", false, 0 },
		{ "1.2.3", false, 0 }, { "", false, 0 },
	};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		v = 0;
		if (receipt_count(t[i].text, &v) != t[i].there || v != t[i].thousandths)
			fail_msg("%s: %lld", t[i].text, (long long)v);
	}
}

/* A data set in a temporary file. */
static struct dataset *
open_text(const char *text, char path[32])
{
	struct dataset *d = NULL;
	struct kas_why why;
	int fd;

	strcpy(path, "/tmp/kasir-dataset-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	if (dataset_open(path, &d, &why) != KAS_OK)
		d = NULL;
	unlink(path);
	return d;
}

#define HEADER "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

static void
invoices_become_sales_and_returns(void **state)
{
	static const char text[] = HEADER
	    "1,A,\"PEN, RED\",6.0,2010-12-01T08:26:00,2.55,17850.0,United Kingdom\n"
	    "C2,A,PEN,-1.0,2010-12-01T09:00:00,2.55,,France\n"
	    "1,B,PADS,500.0,2010-12-01T08:27:00,0.001,17850.0,United Kingdom\n"
	    "3,C,,nonsense,2010-12-02T00:00:00,1.00,,France\n";
	struct dataset_case c;
	struct dataset *d;
	struct kas_why why;
	struct arena a;
	char path[32];

	(void)state;
	arena_init(&a, 0);
	d = open_text(text, path);
	assert_non_null(d);
	assert_int_equal(dataset_next(d, &a, &c, &why), KAS_OK);
	assert_string_equal(c.name, "1");
	assert_int_equal(c.doc->type, KASIR__V1__TRANSACTION_TYPE__SALE);
	assert_int_equal(c.doc->n_lines, 2);
	assert_int_equal(c.doc->payable, 1530 + 50);
	assert_int_equal(c.doc->lines[1]->unit_price, 100);
	assert_string_equal(c.doc->lines[0]->name, "PEN, RED");
	assert_int_equal(c.doc->business_day, 20101201);
	assert_int_equal(c.doc->at_us, INT64_C(1291192020000000));
	assert_string_equal(c.who->member_id, "17850.0");
	assert_int_equal(dataset_next(d, &a, &c, &why), KAS_OK);
	assert_int_equal(c.doc->type, KASIR__V1__TRANSACTION_TYPE__RETURN);
	assert_int_equal(c.doc->payable, -255);
	assert_null(c.who);
	assert_int_equal(dataset_next(d, &a, &c, &why), KAS_OK);
	assert_int_equal(c.doc->lines[0]->quantity, 0);
	assert_int_equal(dataset_next(d, &a, &c, &why), KAS_NOTFOUND);
	assert_int_equal(dataset_counts(d)->rows, 4);
	assert_int_equal(dataset_counts(d)->lines_for_rows, 4);
	assert_int_equal(dataset_counts(d)->rows_unreadable, 1);
	dataset_close(d);
	arena_fini(&a);
}

static void
a_file_that_is_no_data_set_is_refused(void **state)
{
	char path[32];
	struct dataset *d;
	struct kas_why why;

	(void)state;
	assert_null(open_text("a,b,c\n", path));
	assert_null(open_text("", path));
	assert_int_equal(dataset_open("/nonexistent/file", &d, &why), KAS_IO);
	assert_non_null(strstr(why.text, "/nonexistent/file"));
}

static void
a_row_of_too_few_fields_stops_with_its_line(void **state)
{
	struct dataset_case c;
	struct dataset *d;
	struct kas_why why;
	struct arena a;
	char path[32];

	(void)state;
	arena_init(&a, 0);
	d = open_text(HEADER "1,A,PEN\n", path);
	assert_non_null(d);
	assert_int_equal(dataset_next(d, &a, &c, &why), KAS_MALFORMED);
	assert_non_null(strstr(why.text, "line 2"));
	dataset_close(d);
	arena_fini(&a);
}

static void
a_receipt_is_kept_as_printed(void **state)
{
	static const char text[] =
	    "{\"id\": \"r1\", \"menu\": [{\"nm\": \"Bebek\", \"cnt\": \"x 2\", \"price\": \"90,000\"},"
	    " {\"nm\": \"Free tea\", \"price\": \"0\"}], \"sub_total\": {\"subtotal_price\": \"90,000\","
	    " \"service_price\": \"6,750\", \"tax_price\": \"9,675\", \"etc\": \"-25\"},"
	    " \"total\": {\"total_price\": \"106,400\", \"cashprice\": \"110,000\","
	    " \"changeprice\": \"-3,600\"}}\n";
	struct check_settings settings = { .currency = "IDR" };
	struct rule_set broken = { 0 }, notes = { 0 };
	struct dataset_case c;
	struct dataset *d;
	struct kas_why why;
	struct arena a;
	char path[32];

	(void)state;
	arena_init(&a, 0);
	d = open_text(text, path);
	assert_non_null(d);
	assert_int_equal(dataset_next(d, &a, &c, &why), KAS_OK);
	c.doc->business_day = 20261122;
	check_document(c.doc, &settings, &broken, &notes);
	assert_true(rule_set_is_empty(&broken));
	assert_int_equal(c.doc->n_lines, 3);
	assert_int_equal(c.doc->lines[0]->quantity, 2000);
	assert_int_equal(c.doc->lines[0]->unit_price, 45000000);
	assert_int_equal(c.doc->taxes[0]->amount, 9675);
	assert_int_equal(c.doc->cash_rounding, -25);
	assert_int_equal(c.doc->payable, 106400);
	assert_int_equal(c.doc->tenders[0]->tendered, 110000);
	assert_int_equal(c.doc->tenders[0]->change, 3600);
	assert_int_equal(dataset_next(d, &a, &c, &why), KAS_NOTFOUND);
	dataset_close(d);
	arena_fini(&a);
}

static void
names_are_cut_between_characters(void **state)
{
	char text[] = "Caf\xc3\xa9";

	(void)state;
	replay_cut(text, 5);
	assert_string_equal(text, "Caf\xc3\xa9");
	replay_cut(text, 4);
	assert_string_equal(text, "Caf");
}

/* The data folder lies beside the checkout where there is one. */
static void
all_of_a_file_becomes_lines(const char *path, uint64_t rows, uint64_t documents)
{
	struct dataset *d;
	struct dataset_case c;
	struct kas_why why;
	struct arena a;
	enum kas_err err;

	if (access(path, R_OK) != 0) {
		print_message("%s is not here: skipped\n", path);
		skip();
	}
	arena_init(&a, 0);
	assert_int_equal(dataset_open(path, &d, &why), KAS_OK);
	while ((err = dataset_next(d, &a, &c, &why)) == KAS_OK) {
		assert_true(kasir__v1__transaction__get_packed_size(c.doc) <= WIRE_PAYLOAD_MAX);
		arena_reset(&a);
	}
	assert_int_equal(err, KAS_NOTFOUND);
	assert_int_equal(dataset_counts(d)->rows, rows);
	assert_int_equal(dataset_counts(d)->lines_for_rows, rows);
	assert_int_equal(dataset_counts(d)->documents, documents);
	dataset_close(d);
	arena_fini(&a);
}

static void
no_row_of_online_retail_is_lost(void **state)
{
	(void)state;
	all_of_a_file_becomes_lines("../shared/data/online_retail.csv.zst", 541909, 25900);
}

static void
no_entry_of_cord_is_lost(void **state)
{
	(void)state;
	all_of_a_file_becomes_lines("../shared/data/cord_receipts.jsonl", 2114, 800);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(receipts_print_amounts_in_many_ways),
		cmocka_unit_test(of_several_rows_the_last_that_is_not_zero_charges),
		cmocka_unit_test(receipts_print_counts_in_many_ways),
		cmocka_unit_test(invoices_become_sales_and_returns),
		cmocka_unit_test(a_file_that_is_no_data_set_is_refused),
		cmocka_unit_test(a_row_of_too_few_fields_stops_with_its_line),
		cmocka_unit_test(a_receipt_is_kept_as_printed),
		cmocka_unit_test(names_are_cut_between_characters),
		cmocka_unit_test(no_row_of_online_retail_is_lost),
		cmocka_unit_test(no_entry_of_cord_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
