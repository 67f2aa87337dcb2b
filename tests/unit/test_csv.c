#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "edge/csv.h"

#define C7 ",,,,,,,"
#define C63 C7 C7 C7 C7 C7 C7 C7 C7 C7

static void
csv_reads_what_rfc_4180_allows(void **state)
{
	static const struct {
		const char *what, *text;
		enum kas_err err;
		size_t n;
		const char *first, *last;
	} t[] = {
		{ "plain", "a,b,c\n", KAS_OK, 3, "a", "c" },
		{ "no line feed at the end", "a,b", KAS_OK, 2, "a", "b" },
		{ "CRLF", "a,b\r\n", KAS_OK, 2, "a", "b" },
		{ "empty fields", ",,\n", KAS_OK, 3, "", "" },
		{ "quoted", "\"a\",\"b\"\n", KAS_OK, 2, "a", "b" },
		{ "a comma in quotes", "\"a,b\",c\n", KAS_OK, 2, "a,b", "c" },
		{ "a line feed in quotes", "\"a\nb\",c\n", KAS_OK, 2, "a\nb", "c" },
		{ "doubled quotes", "\"3\"\" NAILS\",c\n", KAS_OK, 2, "3\" NAILS", "c" },
		{ "empty quotes", "\"\",c\n", KAS_OK, 2, "", "c" },
		{ "an empty line before", "\n\r\na,b\n", KAS_OK, 2, "a", "b" },
		{ "nothing", "", KAS_NOTFOUND, 0, NULL, NULL },
		{ "only empty lines", "\n\n", KAS_NOTFOUND, 0, NULL, NULL },
		{ "a quote in the middle", "a\"b,c\n", KAS_MALFORMED, 0, NULL, NULL },
		{ "text after quotes", "\"a\"b,c\n", KAS_MALFORMED, 0, NULL, NULL },
		{ "quotes never closed", "\"a,b\n", KAS_MALFORMED, 0, NULL, NULL },
		{ "a lone carriage return", "a\rb\n", KAS_MALFORMED, 0, NULL, NULL },
		{ "64 fields", C63 "\n", KAS_OK, 64, "", "" },
		{ "65 fields", C63 ",\n", KAS_MALFORMED, 0, NULL, NULL },
	};
	struct source *source;
	struct kas_why why;
	struct csv csv;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(source_open_bytes(bytes_of_text(t[i].text), &source), KAS_OK);
		csv_init(&csv, source);
		if (csv_next(&csv, &why) != t[i].err)
			fail_msg("%s", t[i].what);
		if (t[i].err == KAS_OK) {
			assert_int_equal(csv.n, t[i].n);
			assert_string_equal(csv.field[0], t[i].first);
			assert_string_equal(csv.field[csv.n - 1], t[i].last);
			assert_int_equal(csv_next(&csv, &why), KAS_NOTFOUND);
		}
		csv_fini(&csv);
		source_close(source);
	}
}

/* A bad record costs itself and no other. */
static void
reading_goes_on_behind_a_bad_record(void **state)
{
	static const struct {
		const char *text;
		uint64_t line;
		const char *reason;
	} t[] = {
		{ "a\"b,c\nnext,d\n", 1, "a quote inside an unquoted field" },
		{ "\n\"a\"b,c\nnext,d\n", 2, "text after a closing quote" },
		{ "\"a\nb\"c\nnext,d\n", 1, "text after a closing quote" },
		{ C63 ",\nnext,d\n", 1, "too many fields" },
	};
	struct source *source;
	struct kas_why why;
	struct csv csv;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(source_open_bytes(bytes_of_text(t[i].text), &source), KAS_OK);
		csv_init(&csv, source);
		assert_int_equal(csv_next(&csv, &why), KAS_MALFORMED);
		assert_int_equal(csv.first, t[i].line);
		assert_string_equal(csv.reason, t[i].reason);
		assert_int_equal(csv_next(&csv, &why), KAS_OK);
		assert_string_equal(csv.field[0], "next");
		assert_int_equal(csv_next(&csv, &why), KAS_NOTFOUND);
		csv_fini(&csv);
		source_close(source);
	}
}

static void
a_separator_can_be_another(void **state)
{
	struct source *source;
	struct csv csv;

	(void)state;
	assert_int_equal(source_open_bytes(bytes_of_text("a,b;c\n"), &source), KAS_OK);
	csv_init(&csv, source);
	csv.separator = ';';
	assert_int_equal(csv_next(&csv, NULL), KAS_OK);
	assert_int_equal(csv.n, 2);
	assert_string_equal(csv.field[0], "a,b");
	csv_fini(&csv);
	source_close(source);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_reads_what_rfc_4180_allows),
		cmocka_unit_test(reading_goes_on_behind_a_bad_record),
		cmocka_unit_test(a_separator_can_be_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
