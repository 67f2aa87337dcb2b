#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cash/ruleset.h"
#include "tests/support/make_rules.h"
#include "tests/support/txn_set.h"

static struct arena arena;

struct rules_case {
	const char *what, *changes, *why;	/* WHY: words of the reason; NULL: it passes */
};

static void
run_cases(const struct rules_case *t, size_t n)
{
	Kasir__V1__RuleSet *rs;
	struct kas_why why;
	enum kas_err err;
	size_t i;

	for (i = 0; i < n; i++) {
		arena_reset(&arena);
		rs = make_rules(&arena);
		assert_non_null(rs);
		txn_set(&arena, &rs->base, t[i].changes);
		why.text[0] = '\0';
		err = ruleset_check(rs, &why);
		if (t[i].why == NULL ? err != KAS_OK
				     : err != KAS_MALFORMED || strstr(why.text, t[i].why) == NULL)
			fail_msg("%s (%s): %s: %s", t[i].what, t[i].changes, kas_err_text(err),
			    why.text);
	}
}
#define RUN_CASES(t) run_cases(t, sizeof(t) / sizeof((t)[0]))

static void
a_rule_set_states_what_it_is(void **state)
{
	static const struct rules_case t[] = {
		{ "as it should be", "", NULL },
		{ "format 0", "format=0", "format 0" },
		{ "format 2", "format=2", "format 2" },
		{ "no name", "name=", "name" },
		{ "the longest name", "name=a2345678901234567890123456789012", NULL },
		{ "a longer one", "name=a23456789012345678901234567890123", "name" },
		{ "a capital", "name=Id", "name" },
		{ "no currency", "currency=", "currency" },
		{ "two letters", "currency=ID", "currency" },
		{ "four letters", "currency=IDRR", "currency" },
		{ "small letters", "currency=idr", "currency" },
		{ "exponent 4", "exponent=4", NULL },
		{ "exponent 5", "exponent=5", "exponent 5" },
		{ "no period", "n_periods=0", "1 to 64 periods" },
		{ "one period", "n_periods=1", NULL },
	};

	(void)state;
	RUN_CASES(t);
}

static void
periods_ascend_and_none_overlaps(void **state)
{
	static const struct rules_case t[] = {
		{ "day after day", "periods.0.until_day=20241231 periods.1.from_day=20250101", NULL },
		{ "a gap", "periods.0.until_day=20241230", NULL },
		{ "the same day", "periods.0.until_day=20250101", "period 2 (from 20250101): overlaps" },
		{ "no end before another", "periods.0.until_day=0", "overlaps" },
		{ "out of order", "periods.1.from_day=20200101", "begins no later" },
		{ "both from one day", "periods.1.from_day=20220401", "begins no later" },
		{ "no date", "periods.0.from_day=20240230", "period 1 (from 20240230): the first day" },
		{ "no last date", "periods.0.until_day=20241301", "last day" },
		{ "a last day before the first", "periods.0.until_day=20220331", "last day" },
		{ "one day", "periods.0.until_day=20220401", NULL },
	};

	(void)state;
	RUN_CASES(t);
}

static void
every_figure_has_bounds(void **state)
{
	static const struct rules_case t[] = {
		{ "the last mode", "periods.0.rounding=3", NULL },
		{ "one past it", "periods.0.rounding=4", "rounding mode 4" },
		{ "a negative mode", "periods.0.rounding=-1", "rounding mode -1" },
		{ "the largest step", "periods.1.cash_step=1000000000000000", NULL },
		{ "one more", "periods.1.cash_step=1000000000000001", "cash step" },
		{ "the largest tolerance", "periods.1.tax_tolerance=1000000000000000", NULL },
		{ "one more", "periods.1.tax_tolerance=1000000000000001", "tolerance" },
		{ "a huge variance", "periods.1.variance_tolerance=18446744073709551615", "tolerance" },
		{ "23:59", "periods.1.day_begins_min=1439", NULL },
		{ "24:00", "periods.1.day_begins_min=1440", "1440 minutes" },
		{ "a year ahead", "periods.1.clock_ahead_s=31622400", NULL },
		{ "more", "periods.1.clock_ahead_s=31622401", "clocks" },
		{ "a year behind", "periods.1.clock_behind_s=31622400", NULL },
		{ "more", "periods.1.clock_behind_s=31622401", "clocks" },
		{ "a coin of nothing", "periods.1.denominations.0=0", "denomination 0" },
		{ "a coin twice", "periods.1.denominations.1=100", "denomination 100" },
		{ "the largest note", "periods.1.denominations.3=1000000000000000", NULL },
		{ "a larger one", "periods.1.denominations.3=1000000000000001", "denomination" },
		{ "a part not known", "periods.1.required.0=8", "required part 8" },
		{ "no part", "periods.1.required.0=0", "required part 0" },
		{ "a part twice", "periods.1.required.0=7", "stands twice" },
	};

	(void)state;
	RUN_CASES(t);
}

static void
tax_codes_are_of_a_kind_that_can_be_reckoned(void **state)
{
	static const struct rules_case t[] = {
		{ "no code", "periods.1.tax_codes.0.code=", "must have 1 to 32 bytes" },
		{ "32 bytes", "periods.1.tax_codes.0.code=01234567890123456789012345678901", NULL },
		{ "33 bytes", "periods.1.tax_codes.0.code=012345678901234567890123456789012",
		    "must have 1 to 32 bytes" },
		{ "not UTF-8", "periods.1.tax_codes.0.code=\xff", "must have" },
		{ "a control character", "periods.1.tax_codes.0.code=A\x01", "must have" },
		{ "no name", "periods.1.tax_codes.0.name=", NULL },
		{ "a name not UTF-8", "periods.1.tax_codes.0.name=\xff", "the name" },
		{ "twice", "periods.1.tax_codes.1.code=FREE", "tax code FREE stands twice" },
		{ "out of order", "periods.1.tax_codes.1.code=A", "out of order" },
		{ "the highest rate", "periods.1.tax_codes.1.rate_bp=100000", NULL },
		{ "a higher one", "periods.1.tax_codes.1.rate_bp=100001", "rate 100001" },
		{ "a numerator of a million", "periods.1.tax_codes.1.base_numerator=1000000", NULL },
		{ "one more", "periods.1.tax_codes.1.base_numerator=1000001", "1000001/" },
		{ "a denominator of a million", "periods.1.tax_codes.1.base_denominator=1000000", NULL },
		{ "one more", "periods.1.tax_codes.1.base_denominator=1000001", "/1000001" },
		{ "no mode of its own", "periods.1.tax_codes.1.rounding=0", NULL },
		{ "no mode that is known", "periods.1.tax_codes.1.rounding=4", "rounding mode 4" },
	};

	(void)state;
	RUN_CASES(t);
}

static void
lists_end_at_their_bounds(void **state)
{
	Kasir__V1__RuleSet *rs = make_rules(&arena);
	Kasir__V1__RulePeriod *p = rs->periods[1];
	Kasir__V1__TaxCode *codes[33], code[33];
	int64_t denominations[65];
	char names[33][4];
	struct kas_why why;
	size_t i;

	(void)state;
	for (i = 0; i < 65; i++)
		denominations[i] = (int64_t)i + 1;
	for (i = 0; i < 33; i++) {
		kasir__v1__tax_code__init(&code[i]);
		snprintf(names[i], sizeof names[i], "%02zu", i);
		code[i].code = names[i];
		codes[i] = &code[i];
	}
	p->denominations = denominations;
	p->n_denominations = 64;
	p->tax_codes = codes;
	p->n_tax_codes = 32;
	assert_int_equal(ruleset_check(rs, &why), KAS_OK);
	p->n_denominations = 65;
	assert_int_equal(ruleset_check(rs, &why), KAS_MALFORMED);
	p->n_denominations = 64;
	p->n_tax_codes = 33;
	assert_int_equal(ruleset_check(rs, &why), KAS_MALFORMED);
}

static void
a_field_of_a_later_version_is_not_passed_over(void **state)
{
	Kasir__V1__RuleSet *rs = make_rules(&arena);
	ProtobufCMessage *parts[] = { &rs->base, &rs->periods[0]->base,
		&rs->periods[1]->tax_codes[0]->base };
	ProtobufCMessageUnknownField field = { .tag = 99 };
	struct kas_why why;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		parts[i]->n_unknown_fields = 1;
		parts[i]->unknown_fields = &field;
		assert_int_equal(ruleset_check(rs, &why), KAS_MALFORMED);
		parts[i]->n_unknown_fields = 0;
	}
	assert_int_equal(ruleset_check(rs, &why), KAS_OK);
}

static void
the_business_day_finds_its_period(void **state)
{
	static const struct {
		uint32_t day, from;	/* 0: none */
	} t[] = {
		{ 0, 0 }, { 20220331, 0 }, { 20220401, 20220401 }, { 20241230, 20220401 },
		{ 20241231, 0 }, { 20250101, 20250101 }, { 99991231, 20250101 },
		{ UINT32_MAX, 20250101 },
	};
	const Kasir__V1__RulePeriod *p;
	Kasir__V1__RuleSet *rs = make_rules(&arena);
	size_t i;

	(void)state;
	rs->periods[0]->until_day = 20241230;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		p = ruleset_period(rs, t[i].day);
		assert_int_equal(p != NULL ? p->from_day : 0, t[i].from);
	}
	assert_null(ruleset_period(NULL, 20250101));
	rs->n_periods = 0;
	assert_null(ruleset_period(rs, 20250101));
}

static void
a_tax_code_is_found_by_its_whole_name(void **state)
{
	static const char *const codes[] = { "FREE", "LEVY", "PB1", "PPN", "PPN11", "PPNBM" };
	static const char *const others[] = { "", "FRE", "FREE1", "PP", "ppn", "ZZZ", "A" };
	const Kasir__V1__RulePeriod *p = make_rules(&arena)->periods[1];
	size_t i;

	(void)state;
	assert_int_equal(p->n_tax_codes, sizeof codes / sizeof codes[0]);
	for (i = 0; i < sizeof codes / sizeof codes[0]; i++)
		assert_string_equal(ruleset_tax_code(p, codes[i])->code, codes[i]);
	for (i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_null(ruleset_tax_code(p, others[i]));
}

static void
the_day_begins_where_the_cut_off_says(void **state)
{
	static const struct {
		int64_t at_s;
		int32_t offset_min;
		uint32_t begins_min, day;
	} t[] = {
		{ 0, 0, 0, 19700101 },
		{ -1, 0, 0, 19691231 },
		{ 86399, 0, 0, 19700101 },
		{ 86400, 0, 0, 19700102 },
		{ 0, -1, 0, 19691231 },
		{ 86399, 1, 0, 19700102 },
		{ 4 * 3600 - 1, 0, 240, 19691231 },
		{ 4 * 3600, 0, 240, 19700101 },
		{ 1709164800, 0, 0, 20240229 },		/* 2024-02-29 00:00 UTC */
		{ 1709251199, 0, 0, 20240229 },
		{ 1709251200, 0, 0, 20240301 },
		{ 1795316400, 420, 240, 20261122 },	/* 10:00 at the till */
		{ INT64_C(-62135596800), 0, 0, 10101 },
		{ INT64_C(-62135596801), 0, 0, 0 },
		{ INT64_C(253402300799), 0, 0, 99991231 },
		{ INT64_C(253402300800), 0, 0, 0 },
	};
	Kasir__V1__RulePeriod p;
	size_t i;

	(void)state;
	kasir__v1__rule_period__init(&p);
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		p.day_begins_min = t[i].begins_min;
		assert_int_equal(ruleset_day_of(&p, t[i].at_s * 1000000, t[i].offset_min),
		    t[i].day);
		if (t[i].begins_min == 0)
			assert_int_equal(ruleset_day_of(NULL, t[i].at_s * 1000000,
			    t[i].offset_min), t[i].day);
	}
	assert_int_equal(ruleset_day_of(&p, INT64_MAX, INT32_MAX), 0);
	assert_int_equal(ruleset_day_of(&p, INT64_MIN, INT32_MIN), 0);
}

static void
clocks_may_differ_as_the_period_says(void **state)
{
	Kasir__V1__RulePeriod p;

	(void)state;
	kasir__v1__rule_period__init(&p);
	assert_int_equal(ruleset_clock(NULL).ahead_us, 300000000);
	assert_int_equal(ruleset_clock(&p).ahead_us, 300000000);
	assert_true(ruleset_clock(&p).behind_us == INT64_C(86400000000));
	p.clock_ahead_s = 1;
	p.clock_behind_s = RULESET_CLOCK_MAX;
	assert_int_equal(ruleset_clock(&p).ahead_us, 1000000);
	assert_true(ruleset_clock(&p).behind_us == INT64_C(31622400000000));
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
		cmocka_unit_test(a_rule_set_states_what_it_is),
		cmocka_unit_test(periods_ascend_and_none_overlaps),
		cmocka_unit_test(every_figure_has_bounds),
		cmocka_unit_test(tax_codes_are_of_a_kind_that_can_be_reckoned),
		cmocka_unit_test(lists_end_at_their_bounds),
		cmocka_unit_test(a_field_of_a_later_version_is_not_passed_over),
		cmocka_unit_test(the_business_day_finds_its_period),
		cmocka_unit_test(a_tax_code_is_found_by_its_whole_name),
		cmocka_unit_test(the_day_begins_where_the_cut_off_says),
		cmocka_unit_test(clocks_may_differ_as_the_period_says),
	};

	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
