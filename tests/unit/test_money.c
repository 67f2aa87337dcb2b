#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "cash/money.h"

#define MODE(m) KASIR__V1__ROUNDING_MODE__##m

static void
division_rounds_as_its_mode_says(void **state)
{
	static const struct {
		int64_t n, d, half_up, half_even, floor;
	} t[] = {
		{ 4, 2, 2, 2, 2 },
		{ 5, 2, 3, 2, 2 },
		{ 7, 2, 4, 4, 3 },
		{ -5, 2, -3, -2, -3 },
		{ -7, 2, -4, -4, -4 },
		{ 1, 2, 1, 0, 0 },
		{ -1, 2, -1, 0, -1 },
		{ 1, 3, 0, 0, 0 },
		{ 2, 3, 1, 1, 0 },
		{ -1, 3, 0, 0, -1 },
		{ -2, 3, -1, -1, -1 },
		{ 0, 7, 0, 0, 0 },
		{ 499999, 1000000, 0, 0, 0 },
		{ 500000, 1000000, 1, 0, 0 },
		{ 500001, 1000000, 1, 1, 0 },
	};
	struct money m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(money_divide(t[i].n, t[i].d, MODE(HALF_UP), &m), KAS_OK);
		assert_int_equal(m.minor, t[i].half_up);
		assert_int_equal(money_divide(t[i].n, t[i].d, MODE(ROUNDING_MODE_UNSPECIFIED), &m),
		    KAS_OK);
		assert_int_equal(m.minor, t[i].half_up);
		assert_int_equal(money_divide(t[i].n, t[i].d, MODE(HALF_EVEN), &m), KAS_OK);
		assert_int_equal(m.minor, t[i].half_even);
		assert_int_equal(money_divide(t[i].n, t[i].d, MODE(FLOOR), &m), KAS_OK);
		assert_int_equal(m.minor, t[i].floor);
	}
}

static void
an_overflow_is_an_error_and_never_a_wrap(void **state)
{
	struct money m = { 42 };
	int128 big = (int128)1 << 126;

	(void)state;
	assert_int_equal(money_add((struct money){ INT64_MAX }, (struct money){ 1 }, &m), KAS_RANGE);
	assert_int_equal(money_sub((struct money){ INT64_MIN }, (struct money){ 1 }, &m), KAS_RANGE);
	assert_int_equal(money_neg((struct money){ INT64_MIN }, &m), KAS_RANGE);
	assert_int_equal(money_divide((int128)INT64_MAX + 1, 1, MODE(HALF_UP), &m), KAS_RANGE);
	assert_int_equal(money_divide((int128)INT64_MIN - 1, 1, MODE(HALF_UP), &m), KAS_RANGE);
	assert_int_equal(money_divide(2 * (int128)INT64_MAX + 1, 2, MODE(HALF_UP), &m), KAS_RANGE);
	assert_int_equal(money_divide(big, 1, MODE(HALF_UP), &m), KAS_RANGE);
	assert_int_equal(money_extend((struct quantity){ INT64_MIN }, INT64_MIN, MODE(FLOOR), &m),
	    KAS_RANGE);
	assert_int_equal(m.minor, 42);
}

static void
the_largest_amounts_still_work(void **state)
{
	struct money m;

	(void)state;
	assert_int_equal(money_add((struct money){ INT64_MAX - 1 }, (struct money){ 1 }, &m), KAS_OK);
	assert_true(m.minor == INT64_MAX);
	assert_int_equal(money_neg((struct money){ INT64_MAX }, &m), KAS_OK);
	assert_true(m.minor == -INT64_MAX);
	assert_int_equal(money_divide(2 * (int128)INT64_MAX + 1, 2, MODE(FLOOR), &m), KAS_OK);
	assert_true(m.minor == INT64_MAX);
	assert_int_equal(money_divide(INT64_MIN, 1, MODE(HALF_UP), &m), KAS_OK);
	assert_true(m.minor == INT64_MIN);
	/* A denominator so large that twice the remainder would not fit. */
	assert_int_equal(money_divide(((int128)1 << 126) - 1, ((int128)1 << 126), MODE(HALF_UP), &m),
	    KAS_OK);
	assert_int_equal(m.minor, 1);
}

static void
extension_is_quantity_times_price_rounded(void **state)
{
	static const struct {
		int64_t quantity, price, want;
	} t[] = {
		{ 1000, 255000, 255 },		/* one at 2.55 */
		{ 1250, 12345678, 15432 },	/* 1.25 kg at 12,345.678 */
		{ 1000, 100, 0 },		/* a thousandth of a pound is no penny */
		{ 1000, 499, 0 },
		{ 1000, 500, 1 },
		{ -1000, 500, -1 },
		{ -80995000, 208000, -16846960 },
	};
	struct money m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(money_extend((struct quantity){ t[i].quantity }, t[i].price,
		    MODE(HALF_UP), &m), KAS_OK);
		assert_int_equal(m.minor, t[i].want);
	}
}

static void
amounts_print_as_people_write_them(void **state)
{
	static const struct {
		int64_t minor;
		const char *currency;
		unsigned exponent;
		const char *people, *plain;
	} t[] = {
		{ 1234567, "IDR", 0, "Rp 1.234.567", "1234567" },
		{ 999, "IDR", 0, "Rp 999", "999" },
		{ 1000, "IDR", 0, "Rp 1.000", "1000" },
		{ -1000, "IDR", 0, "Rp -1.000", "-1000" },
		{ 123456, "IDR", 2, "Rp 1.234,56", "1234.56" },
		{ 0, "IDR", 0, "Rp 0", "0" },
		{ 1250, "GBP", 2, "GBP 12.50", "12.50" },
		{ 5, "GBP", 2, "GBP 0.05", "0.05" },
		{ -5, "GBP", 2, "GBP -0.05", "-0.05" },
		{ 1, "KWD", 3, "KWD 0.001", "0.001" },
		{ 5, "\x1b[2J\xe2", 0, "?[2J? 5", "5" },
		{ INT64_MIN, "GBP", 2, "GBP -92233720368547758.08", "-92233720368547758.08" },
		{ INT64_MAX, "IDR", 0, "Rp 9.223.372.036.854.775.807", "9223372036854775807" },
	};
	char text[MONEY_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		money_format((struct money){ t[i].minor }, t[i].currency, t[i].exponent, text);
		assert_string_equal(text, t[i].people);
		money_format_plain((struct money){ t[i].minor }, t[i].exponent, text);
		assert_string_equal(text, t[i].plain);
	}
}

static void
foreign_money_has_the_decimals_of_iso_4217(void **state)
{
	(void)state;
	assert_int_equal(money_iso_exponent("USD"), 2);
	assert_int_equal(money_iso_exponent("JPY"), 0);
	assert_int_equal(money_iso_exponent("KWD"), 3);
	assert_int_equal(money_iso_exponent("PYI"), 2);
	assert_int_equal(money_iso_exponent(""), 0);
}

static void
an_exponent_that_no_currency_has_prints_within_bounds(void **state)
{
	char text[MONEY_TEXT_MAX];

	(void)state;
	money_format((struct money){ INT64_MIN }, "IDR", UINT32_MAX, text);
	assert_true(strlen(text) < MONEY_TEXT_MAX);
	money_format((struct money){ INT64_MIN }, "a currency of many letters", 18, text);
	assert_true(strlen(text) < MONEY_TEXT_MAX);
}

static void
text_parses_exactly_or_not_at_all(void **state)
{
	static const struct {
		const char *what, *text;
		enum kas_err err;
		int64_t minor;
	} t[] = {
		{ "two places", "12.50", KAS_OK, 1250 },
		{ "one place", "12.5", KAS_OK, 1250 },
		{ "none", "12", KAS_OK, 1200 },
		{ "negative", "-0.01", KAS_OK, -1 },
		{ "third place", "12.505", KAS_MALFORMED, 0 },
		{ "largest", "92233720368547758.07", KAS_OK, INT64_MAX },
		{ "one past it", "92233720368547758.08", KAS_RANGE, 0 },
		{ "smallest", "-92233720368547758.08", KAS_OK, INT64_MIN },
		{ "one past that", "-92233720368547758.09", KAS_RANGE, 0 },
		{ "empty", "", KAS_MALFORMED, 0 },
		{ "only a sign", "-", KAS_MALFORMED, 0 },
		{ "plus", "+1", KAS_MALFORMED, 0 },
		{ "no whole part", ".5", KAS_MALFORMED, 0 },
		{ "no places after the point", "5.", KAS_MALFORMED, 0 },
		{ "two points", "1.2.3", KAS_MALFORMED, 0 },
		{ "blank", " 1", KAS_MALFORMED, 0 },
		{ "thousands", "1,000", KAS_MALFORMED, 0 },
	};
	struct money m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		m.minor = 77;
		if (money_parse(t[i].text, 2, &m) != t[i].err)
			fail_msg("%s", t[i].what);
		assert_true(m.minor == (t[i].err == KAS_OK ? t[i].minor : 77));
	}
	assert_int_equal(money_parse("1.5", 0, &m), KAS_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(division_rounds_as_its_mode_says),
		cmocka_unit_test(an_overflow_is_an_error_and_never_a_wrap),
		cmocka_unit_test(the_largest_amounts_still_work),
		cmocka_unit_test(extension_is_quantity_times_price_rounded),
		cmocka_unit_test(amounts_print_as_people_write_them),
		cmocka_unit_test(foreign_money_has_the_decimals_of_iso_4217),
		cmocka_unit_test(an_exponent_that_no_currency_has_prints_within_bounds),
		cmocka_unit_test(text_parses_exactly_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
