/* Rule files: what is written is what is taken, every error has its line, and what is shown
 * can be loaded again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "edge/rules_file.h"

static struct arena arena;

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static Kasir__V1__RuleSet *
parse(const char *text, struct problems *problems)
{
	Kasir__V1__RuleSet *rs = NULL;
	enum kas_err err = rules_parse(bytes_of_text(text), &arena, &rs, problems);

	assert_int_equal(err, problems->n == 0 ? KAS_OK : KAS_MALFORMED);
	return rs;
}

#define TOP "name = \"x\", currency = IDR\n"

static void
everything_that_is_set_is_taken(void **state)
{
	struct problems problems;
	const Kasir__V1__RulePeriod *p;
	const Kasir__V1__TaxCode *t;
	Kasir__V1__RuleSet *rs = parse("\xef\xbb\xbf# a comment\nname = \"id-retail\"\ncurrency = \"EUR\"\n"
	    "exponent = 2 // another\n"
	    "period \"2025-01-01\" {\n\tuntil = 2025-12-31\n\trounding = half-even\n"
	    "\tday-begins = \"04:30\"\n\ttax-tolerance = 0.02, total-rounding = 1.5\n"
	    "\tcash { step = 0.05, variance-tolerance = 5, denominations = { 1, 0.05 } }\n"
	    "\tclock { ahead = 10 min, behind = 2 d }\n"
	    "\treceipt { requires = { cashier, reason } }\n"
	    "\ttax \"B\" { as-printed = yes, by = line }\n"
	    "\ttax \"A\" { name = \"the \\\"A\\\" tax\"\n rate = 7.25 % /* of it */, base = 11/12\n"
	    "\t\tinclusive = yes, rounding = floor }\n}\n", &problems);

	(void)state;
	if (rs == NULL)
		fail_msg("line %u: %s", problems.item[0].line, problems.item[0].text);
	assert_string_equal(rs->name, "id-retail");
	assert_string_equal(rs->currency, "EUR");
	assert_int_equal(rs->exponent, 2);
	assert_int_equal(rs->n_periods, 1);
	p = rs->periods[0];
	assert_int_equal(p->from_day, 20250101);
	assert_int_equal(p->until_day, 20251231);
	assert_int_equal(p->rounding, KASIR__V1__ROUNDING_MODE__HALF_EVEN);
	assert_int_equal(p->day_begins_min, 270);
	assert_int_equal(p->tax_tolerance, 2);
	assert_int_equal(p->total_rounding, 150);
	assert_int_equal(p->cash_step, 5);
	assert_int_equal(p->variance_tolerance, 500);
	assert_int_equal(p->n_denominations, 2);
	assert_int_equal(p->denominations[0], 5);
	assert_int_equal(p->denominations[1], 100);
	assert_int_equal(p->clock_ahead_s, 600);
	assert_int_equal(p->clock_behind_s, 2 * 86400);
	assert_int_equal(p->n_required, 2);
	assert_int_equal(p->n_tax_codes, 2);
	t = p->tax_codes[0];
	assert_string_equal(t->code, "A");
	assert_string_equal(t->name, "the \"A\" tax");
	assert_int_equal(t->rate_bp, 725);
	assert_int_equal(t->base_numerator, 11);
	assert_int_equal(t->base_denominator, 12);
	assert_true(t->inclusive);
	assert_false(t->by_line);
	assert_int_equal(t->rounding, KASIR__V1__ROUNDING_MODE__FLOOR);
	assert_true(p->tax_codes[1]->as_printed);
	assert_true(p->tax_codes[1]->by_line);
}

static void
periods_and_codes_come_in_order_whatever_the_files(void **state)
{
	struct problems problems;
	Kasir__V1__RuleSet *rs = parse(TOP
	    "period \"2025-01-01\" { tax \"Z\" { rate = 1 % }\n tax \"A\" { rate = 1 % } }\n"
	    "period \"2024-01-01\" { until = 2024-12-31 }\n", &problems);

	(void)state;
	assert_non_null(rs);
	assert_int_equal(rs->periods[0]->from_day, 20240101);
	assert_string_equal(rs->periods[1]->tax_codes[0]->code, "A");
}

#define PERIOD TOP "period \"2025-01-01\" {\n"

/* LINE and words of the only error; LINE -1: there is none. */
static void
values_are_judged_on_both_sides_of_their_bounds(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} cases[] = {
		{ TOP "period \"2024-02-29\" {}", -1, "" },
		{ TOP "period \"2025-02-29\" {}", 2, "expected its first day" },
		{ TOP "period \"2025-2-28\" {}", 2, "expected its first day" },
		{ TOP "period {}", 2, "expected its first day" },
		{ TOP, 0, "a period is missing" },
		{ "currency = IDR\nperiod \"2025-01-01\" {}", 0, "name is missing" },
		{ "name = \"A\", currency = IDR\nperiod \"2025-01-01\" {}", 1, "name = \"A\"" },
		{ "name = a, currency = idr\nperiod \"2025-01-01\" {}", 1, "ISO 4217" },
		{ "name = a, currency = IDR, exponent = 4\nperiod \"2025-01-01\" {}", -1, "" },
		{ "name = a, currency = IDR, exponent = 5\nperiod \"2025-01-01\" {}", 1, "0 to 4" },
		{ PERIOD "until = 2025-01-01 }", -1, "" },
		{ PERIOD "until = 2024-12-31 }", 2, "ends on 2024-12-31, before it begins" },
		{ PERIOD "until = tomorrow }", 3, "expected a day" },
		{ PERIOD "rounding = half_up }", 3,
		    "expected half-up, half-even or floor; did you mean half-up?" },
		{ PERIOD "day-begins = 23:59 }", -1, "" },
		{ PERIOD "day-begins = 24:00 }", 3, "00:00 to 23:59" },
		{ PERIOD "tax-tolerance = 1 }", -1, "" },
		{ PERIOD "tax-tolerance = -1 }", 3, "a whole amount" },
		{ PERIOD "tax-tolerance = 1.5 }", 3, "a whole amount" },
		{ PERIOD "cash { step = 1000000000000000 } }", -1, "" },
		{ PERIOD "cash { step = 1000000000000001 } }", 3, "a whole amount" },
		{ PERIOD "cash { denominations = { 5, 10, 5 } } }", 3, "stands twice" },
		{ PERIOD "cash { denominations = { 0 } } }", 3, "a denomination of 0" },
		{ PERIOD "clock { ahead = 366 d } }", -1, "" },
		{ PERIOD "clock { ahead = 367 d } }", 3, "up to 366 d" },
		{ PERIOD "clock { ahead = 10 } }", 3, "a time like" },
		{ PERIOD "receipt { requires = { shift, shift } } }", 3, "shift stands twice" },
		{ PERIOD "receipt { requires = { cahsier } } }", 3, "did you mean cashier?" },
		{ PERIOD "tax \"A\" { rate = 1000 % } }", -1, "" },
		{ PERIOD "tax \"A\" { rate = 1000.01 % } }", 3, "two decimals" },
		{ PERIOD "tax \"A\" { rate = 12.125 % } }", 3, "two decimals" },
		{ PERIOD "tax \"A\" { rate = 12 } }", 3, "like 12 %" },
		{ PERIOD "tax \"A\" { rate = -1 % } }", 3, "two decimals" },
		{ PERIOD "tax \"A\" { rate = % } }", 3, "two decimals" },
		{ PERIOD "tax \"A\" { } }", 3, "has no rate" },
		{ PERIOD "tax \"A\" { as-printed = yes } }", -1, "" },
		{ PERIOD "tax { rate = 1 % } }", 3, "expected a code" },
		{ PERIOD "tax \"A B\" { rate = 1 % } }", 3, "expected a code" },
		{ PERIOD "tax \"12345678901234567890123456789012\" { rate = 1 % } }", -1, "" },
		{ PERIOD "tax \"123456789012345678901234567890123\" { rate = 1 % } }", 3, "a code" },
		{ PERIOD "tax \"A\" { rate = 1 %, base = 0/1 } }", 3, "a fraction" },
		{ PERIOD "tax \"A\" { rate = 1 %, base = 1/1000000 } }", -1, "" },
		{ PERIOD "tax \"A\" { rate = 1 %, base = 1/1000001 } }", 3, "a fraction" },
		{ PERIOD "tax \"A\" { rate = 1 %, by = lines } }", 3, "did you mean line?" },
		{ PERIOD "tax \"A\" { rate = 1 % }\ntax \"A\" { rate = 2 % } }", 4,
		    "tax \"A\" stands twice in this period; the first is on line 3" },
		{ PERIOD "until = 2026-01-01\nuntil = 2026-01-02 }", 4, "the first is on line 3" },
		{ PERIOD "roundign = floor }", 3, "did you mean rounding?" },
		{ PERIOD "colour = red }", 3, "kasir-rules(5) lists" },
		{ PERIOD "cash = 100 }", 3, "cash: expected cash { and a section }" },
		{ PERIOD "rounding { } }", 3, "rounding: expected rounding = and a value" },
		{ PERIOD "rounding }", 3, "expected = and a value" },
		{ PERIOD "rounding = \n}", 3, "rounding = has no value" },
		{ PERIOD "rounding = floor until = 2025-12-31 }", 3, "expected a comma" },
		{ PERIOD "receipt { requires = { shift", 3, "the list requires is not closed" },
		{ PERIOD "= }", 3, "expected the name of a setting, not '='" },
		{ PERIOD "}\n}", 4, "expected the name of a setting, not '}'" },
		{ PERIOD "rounding = \"floor\n}", 3, "is not closed" },
		{ PERIOD "/* }", 3, "a comment begins here" },
		{ PERIOD "\x01 }", 3, "a control character (byte 0x01)" },
		{ PERIOD "\xff }", 0, "is not UTF-8" },
	};
	struct problems p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		parse(cases[i].text, &p);
		if (cases[i].line < 0 && p.n > 0)
			fail_msg("%s\n%u: %s", cases[i].text, p.item[0].line, p.item[0].text);
		if (cases[i].line < 0)
			continue;
		if (p.n == 0 || p.item[0].line != (unsigned)cases[i].line ||
		    strstr(p.item[0].text, cases[i].says) == NULL)
			fail_msg("%s\nwanted %d: %s\ngot %zu, %u: %s", cases[i].text, cases[i].line,
			    cases[i].says, p.n, p.item[0].line, p.item[0].text);
	}
}

static void
an_overlap_names_both_periods_and_their_lines(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ TOP "period \"2024-01-01\" {}\nperiod \"2025-01-01\" {}",
		    "period 2025-01-01 overlaps period 2024-01-01 of line 2, which has no end: "
		    "expected until = \"2024-12-31\" there" },
		{ TOP "period \"2024-01-01\" { until = 2025-01-01 }\nperiod \"2025-01-01\" {}",
		    "period 2025-01-01 overlaps period 2024-01-01 of line 2, which lasts until "
		    "2025-01-01: expected until = \"2024-12-31\" there" },
		{ TOP "period \"2024-03-01\" {}\nperiod \"2024-03-01\" {}",
		    "period 2024-03-01 begins on the same day as the one of line 2" },
		{ TOP "period \"2024-01-01\" { until = 2024-12-31 }\nperiod \"2025-01-01\" {}", NULL },
		{ TOP "period \"2024-01-01\" { until = 2024-11-30 }\nperiod \"2025-01-01\" {}", NULL },
	};
	struct problems p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		parse(cases[i].text, &p);
		assert_int_equal(p.n, cases[i].says != NULL ? 1 : 0);
		if (p.n == 0)
			continue;
		assert_int_equal(p.item[0].line, 3);
		assert_string_equal(p.item[0].text, cases[i].says);
	}
}

static void
a_period_far_back_that_reaches_over_a_shorter_one_is_found(void **state)
{
	struct problems p;

	(void)state;
	parse(TOP "period \"2020-01-01\" {}\nperiod \"2021-01-01\" { until = 2021-12-31 }\n"
	    "period \"2023-01-01\" {}", &p);
	assert_int_equal(p.n, 2);
	assert_int_equal(p.item[1].line, 4);
	assert_non_null(strstr(p.item[1].text, "overlaps period 2020-01-01 of line 2"));
}

static void
all_errors_of_a_file_are_told_in_the_order_of_its_lines(void **state)
{
	struct problems p;

	(void)state;
	parse("name = \"X\"\ncurrency = rupiah\nperiod \"2025-13-01\" {\n\tfoo = 1\n"
	    "\ttax \"A\" { rate = 12 }\n}\nperiod \"x\" { rounding = up }\n", &p);
	assert_int_equal(p.n, 7);
	assert_int_equal(p.item[0].line, 1);
	assert_int_equal(p.item[1].line, 2);
	assert_int_equal(p.item[2].line, 3);
	assert_int_equal(p.item[3].line, 4);
	assert_int_equal(p.item[4].line, 5);
	assert_int_equal(p.item[6].line, 7);
}

enum many { TAXES, DENOMINATIONS, PERIODS };

static size_t
problems_of(enum many what, unsigned n)
{
	struct problems p;
	struct buf text;
	unsigned i;

	buf_init(&text);
	buf_addf(&text, "%s%s", what == PERIODS ? TOP : PERIOD,
	    what == DENOMINATIONS ? "cash { denominations = {" : "");
	for (i = 1; i <= n; i++) {
		if (what == TAXES)
			buf_addf(&text, "tax \"T%u\" { rate = 1 %% }\n", i);
		else if (what == DENOMINATIONS)
			buf_addf(&text, " %u", i);
		else
			buf_addf(&text, "period \"20%02u-01-01\" { until = 20%02u-12-31 }\n", i, i);
		if (what == DENOMINATIONS)
			buf_addf(&text, ",");
	}
	buf_addf(&text, "%s%c", what == TAXES ? "}" : what == DENOMINATIONS ? "} } }" : "", 0);
	parse((const char *)text.p, &p);
	buf_fini(&text);
	return p.n;
}

static void
as_many_as_may_be_are_taken_and_one_more_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(problems_of(TAXES, RULESET_TAX_CODES_MAX), 0);
	assert_int_equal(problems_of(TAXES, RULESET_TAX_CODES_MAX + 1), 1);
	assert_int_equal(problems_of(DENOMINATIONS, RULESET_DENOMINATIONS_MAX), 0);
	assert_int_equal(problems_of(DENOMINATIONS, RULESET_DENOMINATIONS_MAX + 1), 1);
	assert_int_equal(problems_of(PERIODS, RULESET_PERIODS_MAX), 0);
	assert_int_equal(problems_of(PERIODS, RULESET_PERIODS_MAX + 1), 1);
}

static uint64_t
next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static unsigned
below(uint64_t *seed, unsigned n)
{
	return (unsigned)(next(seed) % n);
}

static Kasir__V1__TaxCode *
some_tax(uint64_t *seed, unsigned i)
{
	static const char *const names[] = { "", "PPN 12%", "a \"quoted\" \\ name", "Pajak \xc3\xa9 # {" };
	Kasir__V1__TaxCode *t = arena_alloc(&arena, sizeof *t);
	char code[24];

	kasir__v1__tax_code__init(t);
	snprintf(code, sizeof code, "T%02u-%s", i, below(seed, 2) ? "\"\\{" : "x");
	t->code = arena_text(&arena, code);
	t->name = arena_text(&arena, names[below(seed, 4)]);
	t->rate_bp = below(seed, 4) == 0 ? 0 : below(seed, RULESET_RATE_BP_MAX + 1);
	if (below(seed, 2)) {
		t->base_numerator = 1 + below(seed, 12);
		t->base_denominator = 1 + below(seed, RULESET_FACTOR_MAX);
	}
	t->inclusive = (int)below(seed, 2);
	t->by_line = (int)below(seed, 2);
	t->rounding = (Kasir__V1__RoundingMode)below(seed, 4);
	t->as_printed = (int)below(seed, 2);
	return t;
}

static void
some_figures(uint64_t *seed, Kasir__V1__RulePeriod *p)
{
	unsigned i, n = below(seed, 20);
	int64_t v = 0;

	p->rounding = (Kasir__V1__RoundingMode)below(seed, 4);
	p->cash_step = below(seed, 2) ? below(seed, 1000) : 0;
	p->tax_tolerance = below(seed, 2) ? next(seed) % (uint64_t)(RULESET_AMOUNT_MAX + 1) : 0;
	p->variance_tolerance = below(seed, 3) * 12345;
	p->total_rounding = below(seed, 3) * 500;
	p->day_begins_min = below(seed, 24 * 60);
	p->clock_ahead_s = below(seed, 2) ? below(seed, RULESET_CLOCK_MAX + 1) : 0;
	p->clock_behind_s = below(seed, 3) * 3600;
	p->denominations = arena_alloc(&arena, 20 * sizeof *p->denominations);
	for (i = 0; i < n; i++)
		p->denominations[p->n_denominations++] = v += 1 + below(seed, 50000);
	p->required = arena_alloc(&arena, 8 * sizeof *p->required);
	for (i = below(seed, 8); i > 0; i--)
		p->required[p->n_required++] = (Kasir__V1__TransactionPart)i;
}

static Kasir__V1__RuleSet *
some_rules(uint64_t *seed)
{
	Kasir__V1__RuleSet *rs = arena_alloc(&arena, sizeof *rs);
	unsigned i, k, n = 1 + below(seed, 5);
	Kasir__V1__RulePeriod *p;

	kasir__v1__rule_set__init(rs);
	rs->format = 1;
	rs->name = arena_text(&arena, "any-rules");
	rs->currency = arena_text(&arena, "XTS");
	rs->exponent = below(seed, 5);
	rs->periods = arena_alloc(&arena, n * sizeof *rs->periods);
	for (i = 0; i < n; i++) {
		p = arena_alloc(&arena, sizeof *p);
		kasir__v1__rule_period__init(p);
		p->from_day = (2000 + i) * 10000 + 229 - (i % 4 != 0);
		p->until_day = i + 1 < n || below(seed, 2) ? (2000 + i) * 10000 + 1231 : 0;
		p->tax_codes = arena_alloc(&arena, 32 * sizeof *p->tax_codes);
		for (k = below(seed, 33); k > 0; k--)
			p->tax_codes[p->n_tax_codes++] = some_tax(seed, 32 - k);
		some_figures(seed, p);
		rs->periods[rs->n_periods++] = p;
	}
	return rs;
}

static void
any_rule_set_reads_back_from_what_is_written_of_it(void **state)
{
	uint64_t seed = 20261122;
	Kasir__V1__RuleSet *rs, *got;
	struct problems problems;
	struct kas_why why;
	struct buf text, want, have;
	unsigned round;

	(void)state;
	buf_init(&text);
	buf_init(&want);
	buf_init(&have);
	for (round = 0; round < 300; round++) {
		rs = some_rules(&seed);
		if (ruleset_check(rs, &why) != KAS_OK)
			fail_msg("round %u: %s", round, why.text);
		buf_reset(&text);
		rules_write(rs, &text);
		if (rules_parse(buf_bytes(&text), &arena, &got, &problems) != KAS_OK)
			fail_msg("round %u, line %u: %s\n%.*s", round, problems.item[0].line,
			    problems.item[0].text, (int)text.n, (const char *)text.p);
		buf_reset(&want);
		buf_reset(&have);
		kasir__v1__rule_set__pack(rs, buf_grow(&want, kasir__v1__rule_set__get_packed_size(rs)));
		kasir__v1__rule_set__pack(got, buf_grow(&have, kasir__v1__rule_set__get_packed_size(got)));
		assert_true(bytes_equal(buf_bytes(&want), buf_bytes(&have)));
		arena_reset(&arena);
	}
	buf_fini(&text);
	buf_fini(&want);
	buf_fini(&have);
}

static void
what_cannot_be_read_says_so(void **state)
{
	Kasir__V1__RuleSet *rs;
	struct problems problems;
	struct kas_why why;
	struct arena little;

	(void)state;
	assert_int_equal(rules_load("/nonexistent.conf", &arena, &rs, &problems, &why), KAS_NOTFOUND);
	assert_non_null(strstr(why.text, "/nonexistent.conf"));
	arena_init(&little, 600);
	assert_int_equal(rules_parse(bytes_of_text(PERIOD "tax \"A\" { rate = 1 % } }"), &little, &rs,
	    &problems), KAS_NOMEM);
	arena_fini(&little);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_that_is_set_is_taken),
		TEST(periods_and_codes_come_in_order_whatever_the_files),
		TEST(values_are_judged_on_both_sides_of_their_bounds),
		TEST(an_overlap_names_both_periods_and_their_lines),
		TEST(a_period_far_back_that_reaches_over_a_shorter_one_is_found),
		TEST(all_errors_of_a_file_are_told_in_the_order_of_its_lines),
		TEST(as_many_as_may_be_are_taken_and_one_more_is_an_error),
		TEST(any_rule_set_reads_back_from_what_is_written_of_it),
		TEST(what_cannot_be_read_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
