/* Paper: lines break where a reader expects it, columns are counted as a printer counts them,
 * and nothing that a till was told can steer the printer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "edge/glyph.h"
#include "tools/kasirctl/entry_code.h"
#include "tools/kasirctl/slip.h"
#include "tools/kasirctl/slip_words.h"

static void
assert_lines(struct slip *s, const char *expected)
{
	struct buf out;

	buf_init(&out);
	assert_int_equal(slip_write(s, SLIP_TEXT, &out), KAS_OK);
	buf_add(&out, "", 1);
	assert_string_equal((const char *)out.p, expected);
	buf_fini(&out);
	slip_fini(s);
}

static void
a_text_breaks_between_words_and_a_long_word_within(void **state)
{
	static const struct {
		const char *text, *lines;
	} cases[] = {
		{ "", "" },
		{ "Toko", "Toko\n" },
		{ "123456789012345678901234", "123456789012345678901234\n" },
		{ "1234567890123456789012345", "123456789012345678901234\n5\n" },
		{ "12345678901234567890123 5", "12345678901234567890123\n5\n" },
		{ "123456789012345678901234 six", "123456789012345678901234\nsix\n" },
		{ "Jalan Melati nomor lima Jakarta", "Jalan Melati nomor lima\nJakarta\n" },
		{ "  two", "  two\n" },
		{ "米粉米粉米粉米粉米粉米粉米粉", "米粉米粉米粉米粉米粉米粉\n米粉\n" },
		{ "cafe\xcc\x81", "cafe\xcc\x81\n" },
	};
	struct slip s;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		slip_init(&s, 24);
		slip_text(&s, cases[i].text);
		assert_lines(&s, cases[i].lines);
	}
}

static void
a_pair_stands_at_both_edges_or_on_two_lines(void **state)
{
	static const struct {
		const char *left, *right, *lines;
	} cases[] = {
		{ "Tunai", "Rp 1.000", "Tunai           Rp 1.000\n" },
		{ "", "Rp 1.000", "                Rp 1.000\n" },
		{ "Tunai", "", "Tunai\n" },
		{ "123456789012345", "Rp 1.000", "123456789012345 Rp 1.000\n" },
		{ "1234567890123456", "Rp 1.000", "1234567890123456\n                Rp 1.000\n" },
		{ "Es jeruk nipis dingin besar", "Rp 1", "Es jeruk nipis dingin\nbesar               Rp 1\n" },
		{ "é", "Rp 1", "é                   Rp 1\n" },
		{ "a", "1234567890123456789012345", "a\n123456789012345678901234\n5\n" },
	};
	struct slip s;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		slip_init(&s, 24);
		slip_pair(&s, cases[i].left, cases[i].right);
		assert_lines(&s, cases[i].lines);
	}
}

static void
centred_lines_and_rules_fill_the_width(void **state)
{
	struct slip s;

	(void)state;
	slip_init(&s, 24);
	slip_centre(&s, "TOKO");
	slip_rule(&s, '-');
	slip_blank(&s);
	assert_lines(&s, "          TOKO\n------------------------\n\n");
}

static void
what_could_steer_a_printer_is_made_harmless(void **state)
{
	static const struct {
		const char *text, *clean;
	} cases[] = {
		{ "Es jeruk", "Es jeruk" },
		{ "\x1b[2Jgone", "?[2Jgone" },
		{ "\x1b@\x1dV", "?@?V" },
		{ "two\nlines\r\t", "two?lines??" },
		{ "\x7f", "?" },
		{ "\xc2\x9b" "2J", "?2J" },			/* CSI of one byte */
		{ "a\xe2\x80\xae" "b", "a?b" },			/* right to left from here */
		{ "a\xe2\x81\xa6" "b", "a?b" },
		{ "\xff\xc3", "??" },
		{ "\xed\xa0\x80", "???" },			/* half of a surrogate pair */
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "4111 1111 1111 1111 sari", "**** **** **** **** sari" },
		{ "4111 1111 1111 1112 sari", "4111 1111 1111 1112 sari" },
		{ NULL, "" },
	};
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_init(&out);
		glyph_clean(&out, cases[i].text);
		buf_add(&out, "", 1);
		assert_string_equal((const char *)out.p, cases[i].clean);
		buf_fini(&out);
	}
}

static void
every_word_is_there_in_both_languages(void **state)
{
	char name[SLIP_NAME_MAX];

	(void)state;
	for (unsigned w = 0; w < WORD__COUNT; w++) {
		assert_non_null(slip_word(SLIP_ENGLISH, (enum slip_word)w));
		assert_non_null(slip_word(SLIP_INDONESIAN, (enum slip_word)w));
	}
	for (unsigned l = SLIP_ENGLISH; l <= SLIP_INDONESIAN; l++) {
		for (unsigned i = 1; i < kasir__v1__transaction_type__descriptor.n_values; i++) {
			slip_type_name((enum slip_language)l, i, name);
			assert_int_not_equal(name[0], '#');
		}
		for (unsigned i = 1; i < kasir__v1__tender_kind__descriptor.n_values; i++) {
			slip_tender_name((enum slip_language)l, i, name);
			assert_int_not_equal(name[0], '#');
		}
		slip_type_name((enum slip_language)l, 4000000000u, name);
		assert_string_equal(name, "#4000000000");
	}
}

static void
the_environment_names_a_language(void **state)
{
	(void)state;
	assert_int_equal(slip_language_of("id"), SLIP_INDONESIAN);
	assert_int_equal(slip_language_of("id_ID.UTF-8"), SLIP_INDONESIAN);
	assert_int_equal(slip_language_of("ido"), SLIP_ENGLISH);
	assert_int_equal(slip_language_of("C.UTF-8"), SLIP_ENGLISH);
	assert_int_equal(slip_language_of(NULL), SLIP_ENGLISH);
}

static const char entry[] = "an entry";

static void
a_code_names_its_entry_and_no_other(void **state)
{
	char text[ENTRY_CODE_MAX], link[ENTRY_CODE_MAX + 64];
	struct bytes bytes = BYTES(entry, sizeof entry - 1);
	struct entry_code code;
	struct kas_why why;

	(void)state;
	entry_code_format("kasir.example/toko-1/1", 4711, bytes, text);
	assert_int_equal(strncmp(text, "KASIR1:KASIR.EXAMPLE/TOKO-1/1:4711:", 35), 0);
	assert_int_equal(strlen(text), 35 + 32);
	snprintf(link, sizeof link, "https://toko.example/?%s", text);
	assert_int_equal(entry_code_parse(link, &code, &why), KAS_OK);
	assert_int_equal(code.index, 4711);
	assert_int_equal(entry_code_check(&code, "kasir.example/toko-1/1", 4711, bytes, &why), KAS_OK);
	assert_int_equal(entry_code_check(&code, "kasir.example/toko-2/1", 4711, bytes, &why),
	    KAS_NOTFOUND);
	assert_int_equal(entry_code_check(&code, "kasir.example/toko-1/1", 4712, bytes, &why),
	    KAS_NOTFOUND);
	bytes.n--;
	assert_int_equal(entry_code_check(&code, "kasir.example/toko-1/1", 4711, bytes, &why),
	    KAS_NOTFOUND);
}

static void
what_is_no_code_is_told_apart(void **state)
{
	static const struct {
		const char *text;
		enum kas_err err;
	} cases[] = {
		{ "KASIR1:A:0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KAS_OK },
		{ "kasir1:localhost:8080/s/1:0:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", KAS_OK },
		{ "KASIR2:A:0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KAS_MALFORMED },
		{ "KASIR1::0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KAS_MALFORMED },
		{ "KASIR1:0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KAS_MALFORMED },
		{ "KASIR1:A::AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KAS_MALFORMED },
		{ "KASIR1:A:-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KAS_MALFORMED },
		{ "KASIR1:A:0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KAS_MALFORMED },
		{ "KASIR1:A:0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1", KAS_MALFORMED },
		{ "", KAS_MALFORMED },
	};
	struct entry_code code;
	struct kas_why why;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(entry_code_parse(cases[i].text, &code, &why), cases[i].err);
}

static void
a_code_fits_on_58_mm_paper(void **state)
{
	char text[ENTRY_CODE_MAX];
	struct buf out;
	struct qr q;

	(void)state;
	entry_code_format("kasir.example/toko-melati/12", 99999999, BYTES(entry, 3), text);
	assert_int_equal(qr_make(text, &q), KAS_OK);
	buf_init(&out);
	assert_true(qr_blocks(&q, 32, &out));
	assert_false(qr_blocks(&q, q.side + 1, &out));
	assert_true(qr_blocks(&q, q.side + 2, &out));
	buf_fini(&out);
}

static void
pictures_have_the_right_size(void **state)
{
	static const uint8_t end[] = { 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };
	struct slip s;
	struct buf out;
	unsigned side;

	(void)state;
	slip_init(&s, 24);
	buf_init(&out);
	slip_text(&s, "a < b & c");
	assert_int_equal(slip_write(&s, SLIP_QR_PNG, &out), KAS_NOTFOUND);
	slip_code(&s, "HELLO");
	side = (21 + 8) * 8;
	assert_int_equal(slip_write(&s, SLIP_QR_PNG, &out), KAS_OK);
	assert_int_equal(out.p[18] << 8 | out.p[19], side);
	assert_memory_equal(out.p + out.n - sizeof end, end, sizeof end);
	buf_reset(&out);
	assert_int_equal(slip_write(&s, SLIP_SVG, &out), KAS_OK);
	buf_add(&out, "", 1);
	assert_non_null(strstr((const char *)out.p, ">a &lt; b &amp; c</text>"));
	assert_non_null(strstr((const char *)out.p, " d=\"M0 0h7v1h-7z"));
	buf_fini(&out);
	slip_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_breaks_between_words_and_a_long_word_within),
		cmocka_unit_test(a_pair_stands_at_both_edges_or_on_two_lines),
		cmocka_unit_test(centred_lines_and_rules_fill_the_width),
		cmocka_unit_test(what_could_steer_a_printer_is_made_harmless),
		cmocka_unit_test(every_word_is_there_in_both_languages),
		cmocka_unit_test(the_environment_names_a_language),
		cmocka_unit_test(a_code_names_its_entry_and_no_other),
		cmocka_unit_test(what_is_no_code_is_told_apart),
		cmocka_unit_test(a_code_fits_on_58_mm_paper),
		cmocka_unit_test(pictures_have_the_right_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
