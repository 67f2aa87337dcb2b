#include "cash/check_parts.h"

#include <string.h>

bool
check_divide(struct check *c, rounding_mode mode, int128 numerator, int128 denominator,
    int64_t *ret)
{
	struct money m;
	bool negative = numerator < 0;

	if (!check_holds(c, money_divide(negative ? -numerator : numerator, denominator,
	    mode, &m) == KAS_OK, RULE(AMOUNT_OVERFLOW)))
		return false;
	*ret = negative ? -m.minor : m.minor;
	return true;
}

bool
check_quotient(struct check *c, int64_t stated, int128 numerator, int128 denominator, rule_id rule)
{
	int64_t reckoned;

	return check_divide(c, c->rounding, numerator, denominator, &reckoned) &&
	    check_holds(c, stated == reckoned, rule);
}

bool
check_sum(struct check *c, int64_t stated, int128 sum, rule_id rule)
{
	if (!check_holds(c, sum >= INT64_MIN && sum <= INT64_MAX, RULE(AMOUNT_OVERFLOW)))
		return false;
	return check_holds(c, sum == stated, rule);
}

int
check_sign_of(int64_t v)
{
	return (v > 0) - (v < 0);
}

bool
check_is_blank(const char *text)
{
	return text == NULL || *text == '\0';
}

bool
check_has_flag(const Kasir__V1__Transaction *doc, Kasir__V1__TransactionFlag flag)
{
	size_t i;

	for (i = 0; i < doc->n_flags; i++)
		if (doc->flags[i] == flag)
			return true;
	return false;
}

const Kasir__V1__Tax *
check_tax_of(const Kasir__V1__Transaction *doc, const char *code)
{
	size_t i;

	if (check_is_blank(code))
		return NULL;
	for (i = 0; i < doc->n_taxes && i < CHECK_REPEATED_MAX; i++)
		if (strcmp(doc->taxes[i]->code, code) == 0)
			return doc->taxes[i];
	return NULL;
}

bool
check_reference_is_set(const Kasir__V1__Reference *r)
{
	return r != NULL && r->sequence != 0;
}
