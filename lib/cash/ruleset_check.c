/* ruleset_check() - a rule set is looked at once, when it is loaded or read back; the checks
 * of transactions then trust it. */
#include "cash/check_parts.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define FAIL(...) kas_fail(why, KAS_MALFORMED, __VA_ARGS__)

/* Where in the rule set we are, for whoever has to mend it. */
struct place {
	char text[96];
};

/* A field that this version does not know may change what the others mean. */
static bool
is_known(const ProtobufCMessage *m)
{
	return m->n_unknown_fields == 0;
}

/* A few words for people: 1 to MAX bytes, no control characters. */
static bool
is_label(const char *text, size_t max)
{
	size_t n = text != NULL ? strlen(text) : 0, i;

	if (n == 0 || n > max || !text_is_utf8(BYTES(text, n)))
		return false;
	for (i = 0; i < n; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return true;
}

static bool
is_currency(const char *text)
{
	return text != NULL && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 && text[3] == '\0';
}

static bool
is_mode(Kasir__V1__RoundingMode mode)
{
	return mode >= KASIR__V1__ROUNDING_MODE__ROUNDING_MODE_UNSPECIFIED &&
	    mode <= KASIR__V1__ROUNDING_MODE__FLOOR;
}

static enum kas_err
check_tax_code(const Kasir__V1__TaxCode *t, const struct place *at, struct kas_why *why)
{
	if (!is_known(&t->base))
		return FAIL("%s: a tax code has a field that this version does not know", at->text);
	if (!is_label(t->code, RULESET_CODE_MAX) || strchr(t->code, ' ') != NULL)
		return FAIL("%s: a tax code must have 1 to %u bytes and no blanks", at->text,
		    RULESET_CODE_MAX);
	if (!check_is_blank(t->name) && !is_label(t->name, (size_t)2 * RULESET_CODE_MAX))
		return FAIL("%s: tax code %s: the name is too long or no text", at->text, t->code);
	if (t->rate_bp > RULESET_RATE_BP_MAX)
		return FAIL("%s: tax code %s: rate %u is beyond %u basis points", at->text, t->code,
		    t->rate_bp, RULESET_RATE_BP_MAX);
	if (t->base_numerator > RULESET_FACTOR_MAX || t->base_denominator > RULESET_FACTOR_MAX)
		return FAIL("%s: tax code %s: base factor %u/%u is beyond %u", at->text, t->code,
		    t->base_numerator, t->base_denominator, RULESET_FACTOR_MAX);
	if (!is_mode(t->rounding))
		return FAIL("%s: tax code %s: rounding mode %d is not known", at->text, t->code,
		    (int)t->rounding);
	return KAS_OK;
}

static enum kas_err
check_tax_codes(const Kasir__V1__RulePeriod *p, const struct place *at, struct kas_why *why)
{
	enum kas_err err;
	size_t i;

	if (p->n_tax_codes > RULESET_TAX_CODES_MAX)
		return FAIL("%s: more than %u tax codes", at->text, RULESET_TAX_CODES_MAX);
	for (i = 0; i < p->n_tax_codes; i++) {
		if ((err = check_tax_code(p->tax_codes[i], at, why)) != KAS_OK)
			return err;
		if (i > 0 && strcmp(p->tax_codes[i - 1]->code, p->tax_codes[i]->code) >= 0)
			return FAIL("%s: tax code %s stands twice or out of order", at->text,
			    p->tax_codes[i]->code);
	}
	return KAS_OK;
}

static enum kas_err
check_denominations(const Kasir__V1__RulePeriod *p, const struct place *at, struct kas_why *why)
{
	size_t i;

	if (p->n_denominations > RULESET_DENOMINATIONS_MAX)
		return FAIL("%s: more than %u denominations", at->text, RULESET_DENOMINATIONS_MAX);
	for (i = 0; i < p->n_denominations; i++)
		if (p->denominations[i] <= (i > 0 ? p->denominations[i - 1] : 0) ||
		    p->denominations[i] > RULESET_AMOUNT_MAX)
			return FAIL("%s: denomination %lld is not positive, is too large, stands "
			    "twice or out of order", at->text, (long long)p->denominations[i]);
	return KAS_OK;
}

static enum kas_err
check_required(const Kasir__V1__RulePeriod *p, const struct place *at, struct kas_why *why)
{
	unsigned seen = 0, bit;
	size_t i;

	for (i = 0; i < p->n_required; i++) {
		if (p->required[i] < KASIR__V1__TRANSACTION_PART__PART_RECEIPT_NUMBER ||
		    p->required[i] > KASIR__V1__TRANSACTION_PART__PART_REASON)
			return FAIL("%s: required part %d is not known", at->text,
			    (int)p->required[i]);
		bit = 1u << p->required[i];
		if ((seen & bit) != 0)
			return FAIL("%s: required part %d stands twice", at->text,
			    (int)p->required[i]);
		seen |= bit;
	}
	return KAS_OK;
}

static enum kas_err
check_figures(const Kasir__V1__RulePeriod *p, const struct place *at, struct kas_why *why)
{
	if (!is_mode(p->rounding))
		return FAIL("%s: rounding mode %d is not known", at->text, (int)p->rounding);
	if (p->cash_step > (uint64_t)RULESET_AMOUNT_MAX ||
	    p->total_rounding > (uint64_t)RULESET_AMOUNT_MAX)
		return FAIL("%s: the cash step or the rounding of totals is too large", at->text);
	if (p->tax_tolerance > (uint64_t)RULESET_AMOUNT_MAX ||
	    p->variance_tolerance > (uint64_t)RULESET_AMOUNT_MAX)
		return FAIL("%s: a tolerance is too large", at->text);
	if (p->day_begins_min >= 24 * 60)
		return FAIL("%s: the day begins %u minutes after midnight, which is another day's",
		    at->text, p->day_begins_min);
	if (p->clock_ahead_s > RULESET_CLOCK_MAX || p->clock_behind_s > RULESET_CLOCK_MAX)
		return FAIL("%s: a tolerance of clocks is beyond %u seconds", at->text,
		    RULESET_CLOCK_MAX);
	return KAS_OK;
}

static enum kas_err
check_period(const Kasir__V1__RulePeriod *p, const struct place *at, struct kas_why *why)
{
	enum kas_err err;

	if (!is_known(&p->base))
		return FAIL("%s: has a field that this version does not know", at->text);
	if (!check_day_is_valid(p->from_day))
		return FAIL("%s: the first day is no date", at->text);
	if (p->until_day != 0 && (!check_day_is_valid(p->until_day) || p->until_day < p->from_day))
		return FAIL("%s: the last day, %u, is no date or before the first", at->text,
		    p->until_day);
	if ((err = check_figures(p, at, why)) != KAS_OK ||
	    (err = check_tax_codes(p, at, why)) != KAS_OK ||
	    (err = check_denominations(p, at, why)) != KAS_OK)
		return err;
	return check_required(p, at, why);
}

static enum kas_err
check_periods(const Kasir__V1__RuleSet *rs, struct kas_why *why)
{
	const Kasir__V1__RulePeriod *before = NULL, *p;
	struct place at;
	enum kas_err err;
	size_t i;

	if (rs->n_periods == 0 || rs->n_periods > RULESET_PERIODS_MAX)
		return FAIL("a rule set has 1 to %u periods, not %zu", RULESET_PERIODS_MAX,
		    rs->n_periods);
	for (i = 0; i < rs->n_periods; i++, before = p) {
		p = rs->periods[i];
		snprintf(at.text, sizeof at.text, "period %zu (from %u)", i + 1, p->from_day);
		if ((err = check_period(p, &at, why)) != KAS_OK)
			return err;
		if (before != NULL && before->from_day >= p->from_day)
			return FAIL("%s: begins no later than the one before it", at.text);
		if (before != NULL && (before->until_day == 0 || before->until_day >= p->from_day))
			return FAIL("%s: overlaps the one before it", at.text);
	}
	return KAS_OK;
}

enum kas_err
ruleset_check(const Kasir__V1__RuleSet *rs, struct kas_why *why)
{
	if (rs->format != 1)
		return FAIL("format %u of rule sets is not known", rs->format);
	if (!is_known(&rs->base))
		return FAIL("the rule set has a field that this version does not know");
	if (rs->name == NULL || !text_is_name(bytes_of_text(rs->name)))
		return FAIL("the name must have 1 to 32 of a-z, 0-9 and -, and not begin with -");
	if (!is_currency(rs->currency))
		return FAIL("the currency must be three capital letters, as ISO 4217 has them");
	if (rs->exponent > 4)
		return FAIL("exponent %u: no currency has more than 4 decimal digits", rs->exponent);
	if (kasir__v1__rule_set__get_packed_size(rs) > RULESET_BYTES_MAX)
		return FAIL("the rule set has more than %u bytes", RULESET_BYTES_MAX);
	return check_periods(rs, why);
}
