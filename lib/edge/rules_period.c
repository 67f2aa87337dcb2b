/* What a period of a rule set holds: taxes, cash, clocks, receipts. */
#include "edge/rules_parts.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef Kasir__V1__RulePeriod period;
typedef Kasir__V1__TaxCode tax_code;

/* take_fraction() fills both. */
_Static_assert(offsetof(tax_code, base_denominator) ==
    offsetof(tax_code, base_numerator) + offsetof(struct rules_fraction, q),
    "a base factor is a fraction");

static const struct rules_key tax_keys[] = {
	{ "name", SETTING_VALUE, take_text, offsetof(tax_code, name), NULL, false },
	{ "rate", SETTING_VALUE, take_rate, offsetof(tax_code, rate_bp), NULL, false },
	{ "base", SETTING_VALUE, take_fraction, offsetof(tax_code, base_numerator), NULL, false },
	{ "inclusive", SETTING_VALUE, take_word, offsetof(tax_code, inclusive), rules_bools, false },
	{ "by", SETTING_VALUE, take_word, offsetof(tax_code, by_line), rules_bys, false },
	{ "rounding", SETTING_VALUE, take_word, offsetof(tax_code, rounding), rules_roundings, false },
	{ "as-printed", SETTING_VALUE, take_word, offsetof(tax_code, as_printed), rules_bools, false },
	{ NULL, SETTING_VALUE, NULL, 0, NULL, false },
};

static bool
is_code(const char *text)
{
	size_t n = text != NULL ? strlen(text) : 0;

	return n > 0 && n <= RULESET_CODE_MAX && strpbrk(text, " \t\r") == NULL;
}

static const struct setting *
find_code(const struct setting *first, const struct setting *upto, const char *code)
{
	const struct setting *s;

	for (s = first; s != upto; s = s->next)
		if (s->title != NULL && strcmp(s->name, upto->name) == 0 &&
		    strcmp(s->title, code) == 0)
			return s;
	return NULL;
}

static TAKER(take_tax)
{
	period *p = field;
	tax_code *tax = arena_alloc(t->a, sizeof *tax);

	(void)key;
	if (tax == NULL ||
	    !rules_is_within(t, s->line, p->n_tax_codes, RULESET_TAX_CODES_MAX, "tax codes"))
		return;
	kasir__v1__tax_code__init(tax);
	if (is_code(s->title))
		tax->code = (char *)s->title;
	else
		problems_add(t->problems, s->line, "tax \"%.40s\": expected a code of 1 to %u "
		    "bytes without blanks, like tax \"PPN\" { ... }",
		    s->title != NULL ? s->title : "", RULESET_CODE_MAX);
	take_section(t, s, tax_keys, "of a tax", tax);
	if (strlen(tax->name) > (size_t)2 * RULESET_CODE_MAX)
		problems_add(t->problems, s->line, "tax \"%s\": its name has more than %u bytes",
		    tax->code, 2 * RULESET_CODE_MAX);
	if (setting_child(s, "rate") == NULL && !tax->as_printed)
		problems_add(t->problems, s->line, "tax \"%s\" has no rate: expected rate = 12 %%, "
		    "or as-printed = yes", tax->code);
	p->tax_codes[p->n_tax_codes++] = tax;
}

static int
by_amount(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static TAKER(take_denominations)
{
	period *p = field;
	const struct setting *item;
	struct setting named;
	uint64_t v;
	size_t i;

	p->denominations = rules_room(t, RULESET_DENOMINATIONS_MAX);
	for (item = s->first; item != NULL; item = item->next) {
		named = *item;
		named.name = "denomination";
		v = UINT64_MAX;
		take_amount(t, &named, key, &v);
		if (v == 0)
			problems_add(t->problems, item->line, "a denomination of 0");
		if (rules_is_within(t, item->line, p->n_denominations, RULESET_DENOMINATIONS_MAX,
		    "denominations") && v != UINT64_MAX)
			p->denominations[p->n_denominations++] = (int64_t)v;
	}
	qsort(p->denominations, p->n_denominations, sizeof p->denominations[0], by_amount);
	for (i = 1; i < p->n_denominations; i++)
		if (p->denominations[i] == p->denominations[i - 1])
			problems_add(t->problems, s->line, "a denomination stands twice (%lld minor "
			    "units)", (long long)p->denominations[i]);
}

static const struct rules_key cash_keys[] = {
	{ "step", SETTING_VALUE, take_amount, offsetof(period, cash_step), NULL, false },
	{ "variance-tolerance", SETTING_VALUE, take_amount, offsetof(period, variance_tolerance),
	    NULL, false },
	{ "denominations", SETTING_LIST, take_denominations, 0, NULL, false },
	{ NULL, SETTING_VALUE, NULL, 0, NULL, false },
};

static TAKER(take_cash)
{
	(void)key;
	take_section(t, s, cash_keys, "of cash", field);
}

static const struct rules_key clock_keys[] = {
	{ "ahead", SETTING_VALUE, take_span, offsetof(period, clock_ahead_s), NULL, false },
	{ "behind", SETTING_VALUE, take_span, offsetof(period, clock_behind_s), NULL, false },
	{ NULL, SETTING_VALUE, NULL, 0, NULL, false },
};

static TAKER(take_clock)
{
	(void)key;
	take_section(t, s, clock_keys, "of clock", field);
}

static TAKER(take_requires)
{
	static const struct rules_key part_key = { .words = rules_parts };
	period *p = field;
	const struct setting *item;
	struct setting named;
	int part;
	size_t i;

	(void)key;
	p->required = rules_room(t, setting_count(s, NULL));
	for (item = s->first; item != NULL; item = item->next) {
		named = *item;
		named.name = "part";
		part = 0;
		take_word(t, &named, &part_key, &part);
		for (i = 0; i < p->n_required && (int)p->required[i] != part; i++)
			;
		if (i < p->n_required)
			problems_add(t->problems, item->line, "%s stands twice", item->value);
		else if (part != 0)
			p->required[p->n_required++] = (Kasir__V1__TransactionPart)part;
	}
}

static const struct rules_key receipt_keys[] = {
	{ "requires", SETTING_LIST, take_requires, 0, NULL, false },
	{ NULL, SETTING_VALUE, NULL, 0, NULL, false },
};

static TAKER(take_receipt)
{
	(void)key;
	take_section(t, s, receipt_keys, "of receipt", field);
}

static const struct rules_key period_keys[] = {
	{ "until", SETTING_VALUE, take_day, offsetof(period, until_day), NULL, false },
	{ "rounding", SETTING_VALUE, take_word, offsetof(period, rounding), rules_roundings, false },
	{ "day-begins", SETTING_VALUE, take_time, offsetof(period, day_begins_min), NULL, false },
	{ "tax-tolerance", SETTING_VALUE, take_amount, offsetof(period, tax_tolerance), NULL, false },
	{ "total-rounding", SETTING_VALUE, take_amount, offsetof(period, total_rounding), NULL,
	    false },
	{ "cash", SETTING_SECTION, take_cash, 0, NULL, false },
	{ "clock", SETTING_SECTION, take_clock, 0, NULL, false },
	{ "receipt", SETTING_SECTION, take_receipt, 0, NULL, false },
	{ "tax", SETTING_SECTION, take_tax, 0, NULL, true },
	{ NULL, SETTING_VALUE, NULL, 0, NULL, false },
};

static int
by_code(const void *a, const void *b)
{
	const tax_code *const *x = a, *const *y = b;

	return strcmp((*x)->code, (*y)->code);
}

static void
find_doubles(struct taking *t, const struct setting *section)
{
	const struct setting *s, *before;

	for (s = section->first; s != NULL; s = s->next) {
		before = s->title != NULL && strcmp(s->name, "tax") == 0 ?
		    find_code(section->first, s, s->title) : NULL;
		if (before != NULL)
			problems_add(t->problems, s->line, "tax \"%.40s\" stands twice in this "
			    "period; the first is on line %u", s->title, before->line);
	}
}

void
take_period(struct taking *t, const struct setting *s, Kasir__V1__RulePeriod *p)
{
	kasir__v1__rule_period__init(p);
	p->tax_codes = rules_room(t, RULESET_TAX_CODES_MAX);
	if (s->title == NULL || !rules_parse_day(s->title, &p->from_day))
		problems_add(t->problems, s->line, "period \"%.40s\": expected its first day, like "
		    "period \"2025-01-31\" { ... }", s->title != NULL ? s->title : "");
	take_section(t, s, period_keys, "of a period", p);
	find_doubles(t, s);
	qsort(p->tax_codes, p->n_tax_codes, sizeof(void *), by_code);
}
