/* The rule sets that are installed: each loads, and a worked example of each is accepted as
 * the law reckons it, and refused as it would reckon wrongly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cash/check.h"
#include "edge/rules_file.h"
#include "tests/support/make_parts.h"

#define CASH KASIR__V1__TENDER_KIND__CASH
#define CARD KASIR__V1__TENDER_KIND__DEBIT

/* Equal lines of one tax code, as a till prints them. */
struct example {
	const char *what, *file;
	uint32_t day;
	struct {
		const char *code;
		uint32_t rate_bp, p, q;
		bool inclusive, by_line;
	} tax;
	int64_t price;
	unsigned lines;
	int64_t service;		/* a line of its own; 0: none */
	int64_t base, taxable, amount;	/* of the tax row */
	int64_t rounding;
	Kasir__V1__TenderKind paid_by;
	const char *broken;
};

#define PPN { "PPN", 1200, 11, 12, false, false }
#define PPN_PLAIN(rate) { "PPN", rate, 0, 0, false, false }
#define PBJT { "PBJT", 1000, 0, 0, false, false }
#define BTW(code, rate) { code, rate, 0, 0, true, false }
#define SALES { "SALES", 825, 0, 0, false, true }
#define PRINTED { "PRINTED", 0, 0, 0, false, false }

static const struct example examples[] = {
	/* 1,041 * 11/12 = 954.25; 954 * 12 % = 114.48. */
	{ "PPN on 11/12", "id-retail", 20250101, PPN, 1041, 1, 0, 1041, 954, 114, 0, CARD, "" },
	{ "as a plain 11 % gives it", "id-retail", 20250101, PPN, 1041, 1, 0, 1041, 954, 115, 0, CARD,
	    "tax.amount" },
	{ "at a plain 11 %", "id-retail", 20250101, PPN_PLAIN(1100), 1041, 1, 0, 1041, 1041, 115, 0,
	    CARD, "tax.treatment" },
	/* 1,041 * 11 % = 114.51. */
	{ "2024: rounded down", "id-retail", 20241231, PPN_PLAIN(1100), 1041, 1, 0, 1041, 1041, 114, 0,
	    CARD, "" },
	{ "2024: rounded up", "id-retail", 20241231, PPN_PLAIN(1100), 1041, 1, 0, 1041, 1041, 115, 0,
	    CARD, "tax.amount" },
	{ "2024: the fraction is not yet law", "id-retail", 20241231, PPN, 1041, 1, 0, 1041, 954, 114,
	    0, CARD, "tax.treatment" },
	{ "10 % to March 2022", "id-retail", 20220331, PPN_PLAIN(1000), 1045, 1, 0, 1045, 1045, 104, 0,
	    CARD, "" },
	{ "and no longer in April", "id-retail", 20220401, PPN_PLAIN(1000), 1040, 1, 0, 1040, 1040, 104,
	    0, CARD, "tax.treatment" },
	{ "luxury, on the full price", "id-retail", 20250201,
	    { "PPN-MEWAH", 1200, 0, 0, false, false }, 1000000, 1, 0, 1000000, 1000000, 120000, 0, CARD,
	    "" },
	/* 1,000,000 * 11/12 = 916,666.67; * 12 % = 110,000.04. */
	{ "luxury in the first month", "id-retail", 20250131,
	    { "PPN-MEWAH", 1200, 11, 12, false, false }, 1000000, 1, 0, 1000000, 916667, 110000, 0, CARD,
	    "" },
	{ "not on the full price yet", "id-retail", 20250131,
	    { "PPN-MEWAH", 1200, 0, 0, false, false }, 1000000, 1, 0, 1000000, 1000000, 120000, 0, CARD,
	    "tax.treatment" },
	{ "nor on a part of it any more", "id-retail", 20250201,
	    { "PPN-MEWAH", 1200, 11, 12, false, false }, 1000000, 1, 0, 1000000, 916667, 110000, 0, CARD,
	    "tax.treatment" },
	{ "PPN on 11/12, after the first month", "id-retail", 20250201, PPN, 1041, 1, 0, 1041, 954, 114,
	    0, CARD, "" },
	{ "luxury had no code before", "id-retail", 20241231,
	    { "PPN-MEWAH", 1200, 0, 0, false, false }, 1000000, 1, 0, 1000000, 1000000, 120000, 0, CARD,
	    "tax.unknown" },
	{ "exempt", "id-retail", 20250101, { "BEBAS", 0, 0, 0, false, false }, 5000, 1, 0, 5000, 5000,
	    0, 0, CARD, "" },
	/* 1,155 / (1 + 12 % * 11/12) = 1,040.54. */
	{ "PPN in the price", "id-retail", 20250101, { "PPN-INCL", 1200, 11, 12, true, false }, 1155, 1,
	    0, 1041, 954, 114, 0, CARD, "" },
	{ "restaurant, service charge taxed", "id-retail", 20250101, PBJT, 45000, 2, 4500, 94500, 94500,
	    9450, -50, CASH, "" },
	{ "to another step", "id-retail", 20250101, PBJT, 45000, 2, 4500, 94500, 94500, 9450, -40, CASH,
	    "cash.rounding" },
	{ "rounded by card", "id-retail", 20250101, PBJT, 45000, 2, 4500, 94500, 94500, 9450, -50, CARD,
	    "cash.rounding" },

	/* 12.97 / 1.21 = 10.719. */
	{ "BTW in the price", "eurozone", 20260102, BTW("VAT-HIGH", 2100), 1297, 1, 0, 1072, 1072, 225,
	    -2, CASH, "" },
	{ "to five cents, not one", "eurozone", 20260102, BTW("VAT-HIGH", 2100), 1297, 1, 0, 1072, 1072,
	    225, -1, CASH, "cash.rounding" },
	{ "a card pays to the cent", "eurozone", 20260102, BTW("VAT-HIGH", 2100), 1297, 1, 0, 1072, 1072,
	    225, 0, CARD, "" },
	{ "low rate until 2018", "eurozone", 20181231, BTW("VAT-LOW", 600), 1060, 1, 0, 1000, 1000, 60,
	    0, CARD, "" },
	{ "low rate from 2019", "eurozone", 20190101, BTW("VAT-LOW", 600), 1060, 1, 0, 1000, 1000, 60, 0,
	    CARD, "tax.treatment" },

	/* 0.99 * 8.25 % = 0.0817, three times 0.08; of 2.97 it would be 0.25. */
	{ "by line", "us-style", 20260704, SALES, 99, 3, 0, 297, 297, 24, 0, CARD, "" },
	{ "by document", "us-style", 20260704, { "SALES", 825, 0, 0, false, false }, 99, 3, 0, 297, 297,
	    25, 0, CARD, "tax.treatment" },
	{ "cash is not rounded", "us-style", 20260704, SALES, 99, 3, 0, 297, 297, 24, -1, CASH,
	    "cash.rounding" },

	{ "a tax that follows no rate", "cord", 20190601, PRINTED, 10000, 1, 0, 10000, 10000, 1234, 0,
	    CARD, "" },
	{ "a tax rounded down", "cord", 20190601, { "PB1", 1000, 0, 0, false, false }, 40909, 1, 0, 40909,
	    40909, 4090, 0, CARD, "" },
	{ "a tax two off", "cord", 20190601, { "PB1", 1000, 0, 0, false, false }, 40909, 1, 0, 40909,
	    40909, 4089, 0, CARD, "tax.amount" },
	{ "a total rounded for a card", "cord", 20190601, PRINTED, 10000, 1, 0, 10000, 10000, 0, -500,
	    CARD, "" },
	{ "a total rounded too far", "cord", 20190601, PRINTED, 10000, 1, 0, 10000, 10000, 0, -501, CASH,
	    "cash.rounding" },
};

static struct arena arena;

static Kasir__V1__RuleSet *
shipped(const char *name)
{
	Kasir__V1__RuleSet *rs;
	struct problems problems;
	struct kas_why why;
	char path[80];

	snprintf(path, sizeof path, "rules/%s.conf", name);
	if (rules_load(path, &arena, &rs, &problems, &why) != KAS_OK)
		fail_msg("%s, line %u: %s", why.text, problems.item[0].line, problems.item[0].text);
	return rs;
}

static void
add_line(Kasir__V1__Transaction *doc, const struct example *e, Kasir__V1__LineKind kind,
    int64_t amount)
{
	Kasir__V1__Line *line = make_add_line(&arena, doc, kind);

	line->name = arena_text(&arena, "Es jeruk");
	line->quantity = 1000;
	line->unit_price = amount * 1000;
	line->extended = line->amount = amount;
	line->tax_code = arena_text(&arena, e->tax.code);
	line->tax = e->tax.by_line ? e->amount / e->lines : 0;
}

static Kasir__V1__Transaction *
document_of(const struct example *e, const Kasir__V1__RuleSet *rs)
{
	Kasir__V1__Transaction *doc = make_document(&arena, KASIR__V1__TRANSACTION_TYPE__SALE);
	Kasir__V1__Tax *tax = make_add_tax(&arena, doc, e->tax.code);
	unsigned i;

	doc->business_day = e->day;
	doc->currency = rs->currency;
	doc->exponent = rs->exponent;
	for (i = 0; i < e->lines; i++)
		add_line(doc, e, KASIR__V1__LINE_KIND__ITEM, e->price);
	if (e->service != 0)
		add_line(doc, e, KASIR__V1__LINE_KIND__SERVICE_CHARGE, e->service);
	tax->rate_bp = e->tax.rate_bp;
	tax->base_numerator = e->tax.p;
	tax->base_denominator = e->tax.q;
	tax->inclusive = e->tax.inclusive;
	tax->by_line = e->tax.by_line;
	tax->tax_base = e->base;
	tax->taxable = e->taxable;
	tax->amount = e->amount;
	tax->gross = e->base + e->amount;
	doc->gross = tax->gross;
	doc->cash_rounding = e->rounding;
	doc->payable = doc->gross + doc->cash_rounding;
	make_add_tender(&arena, doc, e->paid_by, doc->payable);
	return doc;
}

/* "tax.amount tax.base" */
static void
list_rules(const struct rule_set *set, char *to, size_t room)
{
	rule_id ids[RULES_MAX];
	size_t i, n = rule_set_list(set, ids), at = 0;
	char name[RULE_NAME_MAX];

	to[0] = '\0';
	for (i = 0; i < n; i++) {
		rule_name(ids[i], name);
		at += (size_t)snprintf(to + at, room - at, "%s%s", i > 0 ? " " : "", name);
	}
}

static void
worked_examples_of_each_rule_set_are_judged_as_its_law_reckons(void **state)
{
	struct check_settings settings = { 0 };
	char got[RULES_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		const struct example *e = &examples[i];
		const Kasir__V1__RuleSet *rs;
		struct rule_set broken = { 0 }, notes = { 0 };

		arena_init(&arena, 0);
		rs = shipped(e->file);
		memcpy(settings.currency, rs->currency, 4);
		settings.exponent = rs->exponent;
		settings.rules = rs;
		check_document(document_of(e, rs), &settings, &broken, &notes);
		list_rules(&broken, got, sizeof got);
		if (strcmp(got, e->broken) != 0)
			fail_msg("%s, %s: wanted \"%s\", got \"%s\"", e->file, e->what, e->broken, got);
		arena_fini(&arena);
	}
}

static void
indonesian_days_begin_at_four_and_rules_change_with_the_year(void **state)
{
	const Kasir__V1__RuleSet *rs;

	(void)state;
	arena_init(&arena, 0);
	rs = shipped("id-retail");
	/* 2024-12-31 20:59:59 and 21:00 UTC: 03:59:59 and 04:00 on New Year's morning in Jakarta. */
	assert_int_equal(ruleset_day_of(ruleset_period(rs, 20250101), INT64_C(1735678799000000), 420),
	    20241231);
	assert_int_equal(ruleset_day_of(ruleset_period(rs, 20250101), INT64_C(1735678800000000), 420),
	    20250101);
	assert_int_equal(ruleset_period(rs, 20241231)->tax_codes[0]->rate_bp, 0);
	assert_int_equal(ruleset_tax_code(ruleset_period(rs, 20241231), "PPN")->rate_bp, 1100);
	assert_int_equal(ruleset_tax_code(ruleset_period(rs, 20250101), "PPN")->rate_bp, 1200);
	assert_null(ruleset_period(rs, 19991231));
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worked_examples_of_each_rule_set_are_judged_as_its_law_reckons),
		cmocka_unit_test(indonesian_days_begin_at_four_and_rules_change_with_the_year),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
