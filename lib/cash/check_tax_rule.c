/* Is a tax reckoned as the rule set says? */
#include "cash/check_parts.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

static uint64_t
or_one(uint32_t factor)
{
	return factor != 0 ? factor : 1;
}

/* 22/24 is 11/12. */
static bool
same_treatment(const Kasir__V1__TaxCode *code, const Kasir__V1__Tax *tax)
{
	if (code->inclusive != tax->inclusive || code->by_line != tax->by_line)
		return false;
	return code->as_printed || (code->rate_bp == tax->rate_bp &&
	    or_one(code->base_numerator) * or_one(tax->base_denominator) ==
	    or_one(tax->base_numerator) * or_one(code->base_denominator));
}

/* What takes back an earlier sale is reckoned as that sale was. */
static bool
looks_back(Kasir__V1__TransactionType type)
{
	return type == TYPE(RETURN) || type == TYPE(EXCHANGE) || type == TYPE(POST_VOID);
}

struct found {
	const Kasir__V1__RulePeriod *period;
	const Kasir__V1__TaxCode *code;		/* NULL: the row's treatment is in no period */
	bool named;				/* its code is in one */
};

/* In the document's period or, where that may be, in the latest before it. */
static struct found
find_code(const struct check *c, const Kasir__V1__Tax *tax)
{
	struct found f = { .period = c->period };
	const Kasir__V1__TaxCode *code;
	size_t i;

	for (i = c->rules->n_periods; i-- > 0;) {
		if (c->rules->periods[i]->from_day > c->period->from_day)
			continue;
		code = ruleset_tax_code(c->rules->periods[i], tax->code);
		f.named |= code != NULL;
		if (code != NULL && same_treatment(code, tax)) {
			f.period = c->rules->periods[i];
			f.code = code;
			return f;
		}
		if (!looks_back(c->doc->type))
			break;
	}
	return f;
}

struct tax_rule
check_tax_rule(struct check *c, const Kasir__V1__Tax *tax)
{
	struct tax_rule rule = { .p = or_one(tax->base_numerator),
		.q = or_one(tax->base_denominator), .rate = tax->rate_bp,
		.rounding = c->rounding };
	struct found f;

	if (c->period == NULL)
		return rule;
	f = find_code(c, tax);
	check_holds(c, f.named, RULE(TAX_UNKNOWN));
	check_holds(c, f.code != NULL || !f.named, RULE(TAX_TREATMENT));
	rule.tolerance = f.period->tax_tolerance;
	if (f.code == NULL)
		return rule;
	rule.as_printed = f.code->as_printed;
	rule.rounding = f.code->rounding != KASIR__V1__ROUNDING_MODE__ROUNDING_MODE_UNSPECIFIED
	    ? f.code->rounding : f.period->rounding;
	return rule;
}
