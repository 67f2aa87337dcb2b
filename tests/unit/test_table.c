/* test_table.c - the same rows for people and for programs. */
#include "edge/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct table_column columns[] = {
	{ "name", "Name", TABLE_LEFT }, { "count", "Count", TABLE_RIGHT },
	{ "hidden", NULL, TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
};

static char *
printed(struct table *t, enum table_format format)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_int_equal(table_print(t, format, f), KAS_OK);
	fclose(f);
	return text;
}

static struct table *
two_rows(void)
{
	struct table *t = table_open(columns);

	table_text(t, "satu");
	table_number(t, 7);
	table_bool(t, true);
	table_text(t, NULL);
	table_shown_number(t, "Rp 1.000", 1000);
	table_bool(t, false);
	return t;
}

static void
people_see_titled_columns_only(void **state)
{
	struct table *t = two_rows();
	char *text = printed(t, TABLE_PEOPLE);

	(void)state;
	assert_string_equal(text, "Name    Count\nsatu        7\n     Rp 1.000\n");
	free(text);
	text = printed(t, TABLE_RECORD);
	assert_string_equal(text, "Name   satu\nCount  7\n\nName   -\nCount  Rp 1.000\n");
	free(text);
	table_close(t);
}

static void
what_would_steer_a_screen_reaches_programs_only(void **state)
{
	static const char evil[] = "a\x1b[2J\r\xe2\x80\xae" "b\xc2\x85\xff";
	static const struct table_column one[] = { { "name", "Name", TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT } };
	struct table *t = table_open(one);
	char *text;
	json_t *v;

	(void)state;
	table_text(t, evil);
	text = printed(t, TABLE_RECORD);
	assert_string_equal(text, "Name  a?[2J??b??\n");
	free(text);
	table_close(t);
	t = table_open(one);
	table_text(t, "a\x1b[2J");
	text = printed(t, TABLE_JSON_RECORD);
	v = json_loads(text, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(v, "name")), "a\x1b[2J");
	json_decref(v);
	free(text);
	table_close(t);
}

static void
programs_see_every_column_with_its_type(void **state)
{
	struct table *t = two_rows();
	char *text = printed(t, TABLE_JSON);
	json_t *v = json_loads(text, 0, NULL), *row;

	(void)state;
	assert_int_equal(json_array_size(v), 2);
	row = json_array_get(v, 0);
	assert_string_equal(json_string_value(json_object_get(row, "name")), "satu");
	assert_int_equal(json_integer_value(json_object_get(row, "count")), 7);
	assert_true(json_is_true(json_object_get(row, "hidden")));
	row = json_array_get(v, 1);
	assert_true(json_is_null(json_object_get(row, "name")));
	assert_int_equal(json_integer_value(json_object_get(row, "count")), 1000);
	json_decref(v);
	free(text);
	text = printed(t, TABLE_JSON_RECORD);
	v = json_loads(text, 0, NULL);
	assert_true(json_is_object(v));
	json_decref(v);
	free(text);
	table_close(t);
}

static void
an_empty_list_is_an_empty_array(void **state)
{
	struct table *t = table_open(columns);
	char *text = printed(t, TABLE_JSON);

	(void)state;
	assert_string_equal(text, "[]\n");
	free(text);
	table_close(t);
}

static void
values_at_the_edges_stay_what_they_are(void **state)
{
	static const struct table_column one[] = {
		{ "v", "V", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	static const uint8_t long_bytes[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct table *t = table_open(one), *rows = two_rows();
	char *text;
	json_t *v;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	table_count(t, UINT64_MAX);		/* beyond JSON's integers: a text */
	table_number(t, INT64_MIN);
	table_hex(t, BYTES(long_bytes, 8));
	table_hex(t, BYTES(long_bytes, 9));
	table_time(t, 0);
	table_time(t, 1780000000000001);
	table_text(t, "caf\xc3\xa9");
	table_text(t, "caf\xe9");		/* no UTF-8 */
	table_texts(t, (const char *const[]){ "a", "b" }, 2);
	table_rows(t, rows);
	text = printed(t, TABLE_JSON);
	v = json_loads(text, 0, NULL);
#define AT(i) json_object_get(json_array_get(v, i), "v")
	assert_string_equal(json_string_value(AT(0)), "18446744073709551615");
	assert_true(json_integer_value(AT(1)) == INT64_MIN);
	assert_string_equal(json_string_value(AT(2)), "0102030405060708");
	assert_string_equal(json_string_value(AT(3)), "010203040506070809");
	assert_true(json_is_null(AT(4)));
	assert_string_equal(json_string_value(AT(5)), "2026-05-28T20:26:40.000001Z");
	assert_string_equal(json_string_value(AT(6)), "caf\xc3\xa9");
	assert_string_equal(json_string_value(AT(7)), "caf?");
	assert_int_equal(json_array_size(AT(8)), 2);
	assert_int_equal(json_array_size(AT(9)), 2);
	json_decref(v);
	free(text);
	text = printed(t, TABLE_RECORD);
	assert_non_null(strstr(text, "V  0102030405060708\n"));
	assert_non_null(strstr(text, "V  0102030405060708...\n"));
	assert_non_null(strstr(text, "V  2026-05-28 20:26:40\n"));
	assert_non_null(strstr(text, "V  a, b\n"));
	free(text);
	table_close(rows);
	table_close(t);
}

static void
a_writer_that_fails_is_told(void **state)
{
	struct table *t = two_rows();
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_int_equal(table_print(t, TABLE_JSON, full), KAS_IO);
	fclose(full);
	assert_int_equal(table_print(NULL, TABLE_JSON, stdout), KAS_NOMEM);
	table_close(t);
}

/* A comma, a quote, a line's end, what looks like a formula, an amount with decimals. */
static void
spreadsheets_get_one_line_a_row_with_plain_numbers(void **state)
{
	static const struct table_column two[] = {
		{ "name", "Name", TABLE_LEFT }, { "amount", NULL, TABLE_RIGHT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(two);
	char *text;

	(void)state;
	table_text(t, "Kopi, susu");
	table_amount(t, -123456, "EUR", 2);
	table_text(t, "12\" tray\nof two");
	table_amount(t, 5, "IDR", 0);
	table_text(t, "=cmd()");
	table_number(t, -7);
	table_text(t, NULL);
	table_bool(t, true);
	text = printed(t, TABLE_CSV);
	assert_string_equal(text, "name,amount\r\n\"Kopi, susu\",-1234.56\r\n"
	    "\"12\"\" tray\nof two\",5\r\n'=cmd(),-7\r\n,true\r\n");
	free(text);
	table_close(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_see_titled_columns_only),
		cmocka_unit_test(what_would_steer_a_screen_reaches_programs_only),
		cmocka_unit_test(programs_see_every_column_with_its_type),
		cmocka_unit_test(spreadsheets_get_one_line_a_row_with_plain_numbers),
		cmocka_unit_test(an_empty_list_is_an_empty_array),
		cmocka_unit_test(values_at_the_edges_stay_what_they_are),
		cmocka_unit_test(a_writer_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
