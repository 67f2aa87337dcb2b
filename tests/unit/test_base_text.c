#include "unit/unhex.h"

#include <string.h>

#include "base/text.h"

static void
names_are_what_may_stand_in_a_topic(void **state)
{
	static const struct { const char *text; bool ok; } table[] = {
		{ "a", true }, { "0", true }, { "tebet-01", true }, { "a-", true },
		{ "abcdefghijklmnopqrstuvwxyz012345", true },		/* 32 */
		{ "abcdefghijklmnopqrstuvwxyz0123456", false },		/* 33 */
		{ "", false }, { "-a", false }, { "A", false }, { "a_b", false }, { "a/b", false },
		{ "a+", false }, { "a#", false }, { "a.b", false }, { "\xc3\xa9", false },
		{ "`", false }, { "{", false }, { ":", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++)
		if (text_is_name(bytes_of_text(table[i].text)) != table[i].ok)
			fail_msg("\"%s\"", table[i].text);
	assert_false(text_is_name(BYTES("a\0b", 3)));
}

/* Both sides of every edge in RFC 3629's table, section 4. */
static void
utf8_is_what_rfc_3629_allows(void **state)
{
	static const struct { const char *text; bool ok; } table[] = {
		{ "", true }, { "\x01", true }, { "\x7f", true }, { "\x80", false },
		{ "\xc1\xbf", false }, { "\xc2\x80", true }, { "\xdf\xbf", true },
		{ "\xc2\x7f", false }, { "\xc2\xc0", false }, { "\xc2", false },
		{ "\xe0\x9f\xbf", false }, { "\xe0\xa0\x80", true }, { "\xe0\xa0", false },
		{ "\xec\xbf\xbf", true }, { "\xed\x9f\xbf", true }, { "\xed\xa0\x80", false },
		{ "\xed\xbf\xbf", false }, { "\xee\x80\x80", true }, { "\xef\xbf\xbf", true },
		{ "\xf0\x8f\xbf\xbf", false }, { "\xf0\x90\x80\x80", true },
		{ "\xf4\x8f\xbf\xbf", true }, { "\xf4\x90\x80\x80", false },
		{ "\xf5\x80\x80\x80", false }, { "\xf0\x90\x80", false },
		{ "\xff", false }, { "Rp 1.234.567 \xe2\x80\x94 ya", true }, { "ok\xe2\x80", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++)
		if (text_is_utf8(bytes_of_text(table[i].text)) != table[i].ok)
			fail_msg("case %zu", i);
	assert_true(text_is_utf8(BYTES("a\0b", 3)));
}

/* RFC 4648, section 10. */
static void
base64_is_rfc_4648_s(void **state)
{
	static const struct { const char *plain, *coded; } table[] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	char text[BASE64_LEN(6) + 1];
	uint8_t back[6];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(table); i++) {
		base64_format(bytes_of_text(table[i].plain), text);
		assert_string_equal(text, table[i].coded);
		n = sizeof back;
		assert_int_equal(base64_parse(bytes_of_text(text), back, &n), KAS_OK);
		assert_true(bytes_equal(BYTES(back, n), bytes_of_text(table[i].plain)));
	}
}

static void
base64_has_one_spelling(void **state)
{
	static const char *const table[] = {
		"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v=", "Z",
		"=", "====", "Zm9-", "Zm9_", "Zg==Zg==",
	};
	uint8_t to[16];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(table); i++) {
		n = sizeof to;
		if (base64_parse(bytes_of_text(table[i]), to, &n) != KAS_MALFORMED)
			fail_msg("\"%s\"", table[i]);
	}
}

static void
base64_takes_its_64_characters_and_no_other_byte(void **state)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[4] = "AAAA";
	uint8_t to[3];
	size_t n;
	int c, at;

	(void)state;
	for (c = 0; c < 256; c++) {
		for (at = 0; at < 4; at++) {
			bool pad = c == '=' && at == 3;
			bool in = c != 0 && strchr(alphabet, c) != NULL;

			memset(text, 'A', sizeof text);
			text[at] = (char)c;
			n = sizeof to;
			if ((base64_parse(BYTES(text, 4), to, &n) == KAS_OK) != (in || pad))
				fail_msg("byte 0x%02x at %d", (unsigned)c, at);
		}
	}
}

static void
hex_takes_its_22_characters_and_no_other_byte(void **state)
{
	char text[2];
	uint8_t to[1];
	size_t n;
	int c, at;

	(void)state;
	for (c = 0; c < 256; c++) {
		for (at = 0; at < 2; at++) {
			bool in = c != 0 && strchr("0123456789abcdefABCDEF", c) != NULL;

			text[0] = text[1] = '0';
			text[at] = (char)c;
			n = sizeof to;
			if ((hex_parse(BYTES(text, 2), to, &n) == KAS_OK) != in)
				fail_msg("byte 0x%02x at %d", (unsigned)c, at);
		}
	}
}

static void
what_does_not_fit_is_refused(void **state)
{
	uint8_t to[3];
	size_t n;

	(void)state;
	n = 3;
	assert_int_equal(base64_parse(bytes_of_text("Zm9v"), to, &n), KAS_OK);
	n = 2;
	assert_int_equal(base64_parse(bytes_of_text("Zm9v"), to, &n), KAS_MALFORMED);
	n = 3;
	assert_int_equal(hex_parse(bytes_of_text("666f6f"), to, &n), KAS_OK);
	n = 2;
	assert_int_equal(hex_parse(bytes_of_text("666f6f"), to, &n), KAS_MALFORMED);
	assert_int_equal(n, 2);
}

static void
hex_comes_back_in_either_case(void **state)
{
	static const char *const bad[] = { "0", "0g", "0x00", "00 ", " 00", "00\n", "0:0:" };
	uint8_t raw[4] = { 0x00, 0x9f, 0xa0, 0xff }, to[4];
	char text[9];
	size_t i, n = sizeof to;

	(void)state;
	hex_format(BYTES(raw, sizeof raw), text);
	assert_string_equal(text, "009fa0ff");
	assert_int_equal(hex_parse(bytes_of_text("009FA0fF"), to, &n), KAS_OK);
	assert_int_equal(n, 4);
	assert_memory_equal(to, raw, 4);
	n = sizeof to;
	assert_int_equal(hex_parse(BYTES_NONE, to, &n), KAS_OK);
	assert_int_equal(n, 0);
	for (i = 0; i < COUNT(bad); i++) {
		n = sizeof to;
		if (hex_parse(bytes_of_text(bad[i]), to, &n) != KAS_MALFORMED)
			fail_msg("\"%s\"", bad[i]);
	}
}

static void
decimals_have_one_spelling(void **state)
{
	static const struct { const char *text; enum kas_err err; uint64_t v; } table[] = {
		{ "0", KAS_OK, 0 }, { "9", KAS_OK, 9 }, { "10", KAS_OK, 10 },
		{ "18446744073709551615", KAS_OK, UINT64_MAX },
		{ "18446744073709551616", KAS_RANGE, 0 }, { "99999999999999999999", KAS_RANGE, 0 },
		{ "", KAS_MALFORMED, 0 }, { "00", KAS_MALFORMED, 0 }, { "01", KAS_MALFORMED, 0 },
		{ "+1", KAS_MALFORMED, 0 }, { "-1", KAS_MALFORMED, 0 }, { " 1", KAS_MALFORMED, 0 },
		{ "1 ", KAS_MALFORMED, 0 }, { "1a", KAS_MALFORMED, 0 }, { "/", KAS_MALFORMED, 0 },
		{ ":", KAS_MALFORMED, 0 },
	};
	uint64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++) {
		v = 77;
		if (decimal_parse(bytes_of_text(table[i].text), &v) != table[i].err)
			fail_msg("\"%s\"", table[i].text);
		assert_int_equal(v, table[i].err == KAS_OK ? table[i].v : 77);
	}
}

static void
cutting_moves_past_the_separator_or_not_at_all(void **state)
{
	struct bytes rest = bytes_of_text("a//b"), head = BYTES_NONE;

	(void)state;
	assert_true(text_cut(&rest, '/', &head));
	assert_true(bytes_equal(head, bytes_of_text("a")));
	assert_true(text_cut(&rest, '/', &head));
	assert_int_equal(head.n, 0);
	assert_false(text_cut(&rest, '/', &head));
	assert_true(bytes_equal(rest, bytes_of_text("b")));
	rest = BYTES_NONE;
	assert_false(text_cut(&rest, '/', &head));
}

static void
a_moment_is_shown_by_the_civil_calendar(void **state)
{
	static const struct { int64_t s; const char *text; } cases[] = {
		{ 0, "1970-01-01 00:00:00 UTC" }, { -1, "1969-12-31 23:59:59 UTC" },
		{ 951782399, "2000-02-28 23:59:59 UTC" }, { 951782400, "2000-02-29 00:00:00 UTC" },
		{ 951868800, "2000-03-01 00:00:00 UTC" }, { 1795323867, "2026-11-22 05:04:27 UTC" },
		{ 4107456000, "2100-02-28 00:00:00 UTC" }, { 4107542400, "2100-03-01 00:00:00 UTC" },
		{ 253402300799, "9999-12-31 23:59:59 UTC" }, { 253402300800, "?" },
		{ -62162035200, "0000-03-01 00:00:00 UTC" }, { -62162035201, "?" },
	};
	char text[UTC_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		utc_format(cases[i].s * 1000000, text);
		assert_string_equal(text, cases[i].text);
	}
	utc_format(-1, text);
	assert_string_equal(text, "1969-12-31 23:59:59 UTC");
	utc_format(INT64_MAX, text);
	assert_string_equal(text, "?");
	utc_format(INT64_MIN, text);
	assert_string_equal(text, "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_what_may_stand_in_a_topic),
		cmocka_unit_test(utf8_is_what_rfc_3629_allows),
		cmocka_unit_test(base64_is_rfc_4648_s),
		cmocka_unit_test(base64_has_one_spelling),
		cmocka_unit_test(base64_takes_its_64_characters_and_no_other_byte),
		cmocka_unit_test(hex_takes_its_22_characters_and_no_other_byte),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(hex_comes_back_in_either_case),
		cmocka_unit_test(decimals_have_one_spelling),
		cmocka_unit_test(a_moment_is_shown_by_the_civil_calendar),
		cmocka_unit_test(cutting_moves_past_the_separator_or_not_at_all),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
