/* Rows for other programs: what a text holds cannot leave its cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tools/kasirctl/rows.h"

static void
assert_text(enum row_form form, const char *text, const char *expected)
{
	struct rows r;

	rows_init(&r, form);
	rows_begin(&r);
	rows_text(&r, "k", text);
	rows_end(&r);
	buf_add(&r.out, "", 1);
	assert_string_equal((const char *)r.out.p, expected);
	rows_fini(&r);
}

static void
a_text_stays_in_its_cell(void **state)
{
	static const struct {
		const char *text, *json, *csv;
	} cases[] = {
		{ "", "{\"k\":\"\"}\n", "\r\n" },
		{ "es jeruk", "{\"k\":\"es jeruk\"}\n", "es jeruk\r\n" },
		{ "a\"b", "{\"k\":\"a\\\"b\"}\n", "\"a\"\"b\"\r\n" },
		{ "a\\b", "{\"k\":\"a\\\\b\"}\n", "a\\b\r\n" },
		{ "a,b", "{\"k\":\"a,b\"}\n", "\"a,b\"\r\n" },
		{ "a\r\nb", "{\"k\":\"a\\u000d\\u000ab\"}\n", "a??b\r\n" },
		{ "\x7f", "{\"k\":\"\\u007f\"}\n", "?\r\n" },
		{ "=1+1", "{\"k\":\"=1+1\"}\n", "'=1+1\r\n" },
		{ "@x,y", "{\"k\":\"@x,y\"}\n", "\"'@x,y\"\r\n" },
		{ "-5", "{\"k\":\"-5\"}\n", "'-5\r\n" },
		{ "caf\xc3\xa9", "{\"k\":\"caf\xc3\xa9\"}\n", "caf\xc3\xa9\r\n" },
		{ "\xc3(", "{\"k\":\"\xef\xbf\xbd(\"}\n", "?(\r\n" },
		{ "\xf0\x9f\x8d\x9c", "{\"k\":\"\xf0\x9f\x8d\x9c\"}\n", "\xf0\x9f\x8d\x9c\r\n" },
		{ "\xe6\xb0\xb4\xe7\xb1\xb3", "{\"k\":\"\xe6\xb0\xb4\xe7\xb1\xb3\"}\n",
		    "\xe6\xb0\xb4\xe7\xb1\xb3\r\n" },
		{ "4111 1111 1111 1111", "{\"k\":\"**** **** **** ****\"}\n", "**** **** **** ****\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_text(ROW_JSON, cases[i].text, cases[i].json);
		assert_text(ROW_CSV, cases[i].text, cases[i].csv);
	}
}

static void
write_all(struct rows *r)
{
	static const char *const words[] = { "a", "b" };

	rows_begin(r);
	rows_count(r, "count", UINT64_MAX);
	rows_number(r, "number", INT64_MIN);
	rows_money(r, "money", -1250);
	rows_bool(r, "bool", true);
	rows_hex(r, "hex", BYTES("\x01\xff", 2));
	rows_day(r, "day", 20261122);
	rows_time(r, "time", INT64_C(1795316400000001));
	rows_time(r, "never", INT64_MAX);
	rows_words(r, "words", words, 2);
	rows_nothing(r, "nothing");
	rows_end(r);
}

static void
one_description_gives_heading_line_and_object(void **state)
{
	static const struct {
		enum row_form form;
		const char *text;
	} cases[] = {
		{ ROW_HEADING, "count,number,money,bool,hex,day,time,never,words,nothing\r\n" },
		{ ROW_CSV, "18446744073709551615,-9223372036854775808,-12.50,true,01ff,2026-11-22,"
		    "2026-11-22T03:00:00.000001Z,,a b,\r\n" },
		{ ROW_JSON, "{\"count\":18446744073709551615,\"number\":-9223372036854775808,"
		    "\"money\":-1250,\"bool\":true,\"hex\":\"01ff\",\"day\":\"2026-11-22\","
		    "\"time\":\"2026-11-22T03:00:00.000001Z\",\"never\":null,\"words\":[\"a\",\"b\"],"
		    "\"nothing\":null}\n" },
	};
	struct rows r;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		rows_init(&r, cases[i].form);
		r.exponent = 2;
		write_all(&r);
		buf_add(&r.out, "", 1);
		assert_string_equal((const char *)r.out.p, cases[i].text);
		rows_fini(&r);
	}
}

static void
objects_stand_in_lists(void **state)
{
	struct rows r;

	(void)state;
	rows_init(&r, ROW_JSON);
	rows_begin(&r);
	rows_list(&r, "none");
	rows_list_end(&r);
	rows_list(&r, "two");
	for (int i = 0; i < 2; i++) {
		rows_begin(&r);
		rows_number(&r, "n", i);
		rows_end_within(&r);
	}
	rows_list_end(&r);
	rows_number(&r, "after", 2);
	rows_end(&r);
	buf_add(&r.out, "", 1);
	assert_string_equal((const char *)r.out.p,
	    "{\"none\":[],\"two\":[{\"n\":0},{\"n\":1}],\"after\":2}\n");
	rows_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_stays_in_its_cell),
		cmocka_unit_test(one_description_gives_heading_line_and_object),
		cmocka_unit_test(objects_stand_in_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
