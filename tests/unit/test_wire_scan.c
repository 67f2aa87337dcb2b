/* A look at a message before it is decoded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/codec.h"
#include "wire/scan.h"

static const uint32_t path[] = { 4, 7 };

static bool
fits(const char *bytes, size_t n, size_t max)
{
	return wire_scan_fits(BYTES(bytes, n), path, 2, max);
}
#define FITS(literal, max) fits(literal, sizeof(literal) - 1, max)

static void
fields_are_counted_where_the_path_leads_and_nowhere_else(void **state)
{
	(void)state;
	assert_true(FITS("", 0));
	assert_true(FITS("\x08\x01", 1));
	assert_false(FITS("\x08\x01", 0));
	/* Field 4 holds three varints. */
	assert_true(FITS("\x22\x06\x08\x01\x08\x01\x08\x01", 4));
	assert_false(FITS("\x22\x06\x08\x01\x08\x01\x08\x01", 3));
	/* The same bytes in field 5 are nobody's business. */
	assert_true(FITS("\x2a\x06\x08\x01\x08\x01\x08\x01", 1));
	/* Field 7 of field 4; field 7 outside it; field 4 of field 4. */
	assert_true(FITS("\x22\x06\x3a\x04\x08\x01\x08\x01", 4));
	assert_false(FITS("\x22\x06\x3a\x04\x08\x01\x08\x01", 3));
	assert_true(FITS("\x3a\x04\x08\x01\x08\x01", 1));
	assert_true(FITS("\x22\x06\x22\x04\x08\x01\x08\x01", 2));
	/* After a message inside, the one around it goes on. */
	assert_true(FITS("\x22\x02\x08\x01\x08\x01\x22\x00", 4));
	assert_false(FITS("\x22\x02\x08\x01\x08\x01\x22\x00", 3));
}

static void
what_is_cut_or_no_message_does_not_fit(void **state)
{
	(void)state;
	assert_false(FITS("\x08", 9));
	assert_false(FITS("\x22\x03\x08\x01", 9));
	assert_false(FITS("\x22\x01\x08", 9));		/* cut inside, though not outside */
	assert_false(FITS("\x22\x02\x3a\x01", 9));
	assert_false(FITS("\x0b\x0c", 9));		/* a group */
	assert_false(FITS("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 9));
	assert_false(FITS("\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 9));
}

static void
a_batch_may_have_so_many_fields_and_no_more(void **state)
{
	static const char unknown[] = { 0x78, 0x01 };
	uint8_t bytes[(WIRE_BATCH_FIELDS_MAX + 1) * sizeof unknown];
	Kasir__V1__TransactionBatch *b;
	struct kas_why why = { "" };
	struct arena a;
	size_t i;

	(void)state;
	for (i = 0; i <= WIRE_BATCH_FIELDS_MAX; i++)
		memcpy(bytes + i * sizeof unknown, unknown, sizeof unknown);
	arena_init(&a, 0);
	assert_int_equal(wire_decode_batch(BYTES(bytes, sizeof bytes - sizeof unknown), &a, &b,
	    &why), KAS_OK);
	assert_int_equal(wire_decode_batch(BYTES(bytes, sizeof bytes), &a, &b, &why),
	    KAS_MALFORMED);
	assert_non_null(strstr(why.text, "2048 fields"));
	arena_fini(&a);
}

static void
no_memory_is_told_from_a_message_that_does_not_decode(void **state)
{
	static const char good[] = "\x0a\x02t1\x22\x04\x08\x01\x10\x01";
	Kasir__V1__TransactionBatch *b;
	struct kas_why why;
	struct arena a;

	(void)state;
	arena_init(&a, 64);
	assert_int_equal(wire_decode_batch(BYTES(good, sizeof good - 1), &a, &b, &why), KAS_NOMEM);
	arena_fini(&a);
	arena_init(&a, 4096);
	assert_int_equal(wire_decode_batch(BYTES(good, sizeof good - 1), &a, &b, &why), KAS_OK);
	assert_int_equal(wire_decode_batch(BYTES("\x0a\x09t1", 4), &a, &b, &why), KAS_MALFORMED);
	arena_fini(&a);
}

static void
fields_are_counted_without_decoding(void **state)
{
	static const struct {
		const char *what;
		const char *bytes;
		size_t n;
		bool ok;
		size_t count;	/* of field 4 */
	} cases[] = {
		{ "nothing", "", 0, true, 0 },
		{ "two empty messages", "\x22\x00\x22\x00", 4, true, 2 },
		{ "among others", "\x0a\x01x\x22\x00\x10\x96\x01", 8, true, 1 },
		{ "fixed widths", "\x09" "12345678" "\x0d" "1234" "\x22\x00", 16, true, 1 },
		{ "one inside another is not counted", "\x0a\x02\x22\x00", 4, true, 0 },
		{ "cut in a length", "\x22", 1, false, 0 },
		{ "cut in a value", "\x22\x02x", 3, false, 0 },
		{ "a length past the end", "\x22\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10, false, 0 },
		{ "a varint too long", "\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12, false, 0 },
		{ "a group", "\x23\x24", 2, false, 0 },
		{ "cut in fixed32", "\x0d" "123", 4, false, 0 },
		{ "cut in fixed64", "\x09" "1234567", 8, false, 0 },
	};
	size_t i, count;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		count = 99;
		if (wire_scan_count(BYTES(cases[i].bytes, cases[i].n), 4, &count) != cases[i].ok)
			fail_msg("%s", cases[i].what);
		assert_int_equal(count, cases[i].ok ? cases[i].count : 99);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_counted_where_the_path_leads_and_nowhere_else),
		cmocka_unit_test(what_is_cut_or_no_message_does_not_fit),
		cmocka_unit_test(a_batch_may_have_so_many_fields_and_no_more),
		cmocka_unit_test(no_memory_is_told_from_a_message_that_does_not_decode),
		cmocka_unit_test(fields_are_counted_without_decoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
