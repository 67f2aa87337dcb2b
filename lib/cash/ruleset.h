/* ruleset.h - what the law and the house ask, as data (kasir/v1/rules.proto).
 *
 * A rule set that ruleset_check() has passed is used as it was decoded: nothing here
 * copies it.  docs/reference/rule-sets.md has the file that people write. */
#ifndef KASIR_CASH_RULESET_H
#define KASIR_CASH_RULESET_H

#include "cash/money.h"
#include "kasir/v1/rules.pb-c.h"

#include <stdbool.h>

#define RULESET_PERIODS_MAX 64u
#define RULESET_TAX_CODES_MAX 32u		/* of one period: a period's totals hold as many */
#define RULESET_DENOMINATIONS_MAX 64u
#define RULESET_CODE_MAX 32u			/* bytes of a tax code; of its name twice that */
#define RULESET_BYTES_MAX (60u * 1024)		/* serialised: it travels as a payload */
#define RULESET_RATE_BP_MAX 100000u		/* ten times the price */
#define RULESET_FACTOR_MAX 1000000u		/* of a base's numerator and denominator */
#define RULESET_AMOUNT_MAX INT64_C(1000000000000000)	/* of steps, tolerances, denominations */
#define RULESET_CLOCK_MAX (366u * 86400u)	/* seconds */

/* KAS_MALFORMED with WHY naming period and field: unknown format, bad name or currency,
 * periods out of order or overlapping, a tax code twice, a rate or base factor out of range,
 * a mode that is not known.  Whatever it passes, the checks can reckon with. */
KAS_CHECKED enum kas_err ruleset_check(const Kasir__V1__RuleSet *rs, struct kas_why *why);
/* The period of a business day; NULL: none covers it (or RS is NULL). */
const Kasir__V1__RulePeriod *ruleset_period(const Kasir__V1__RuleSet *rs, uint32_t day);
/* NULL: no such code in that period. */
const Kasir__V1__TaxCode *ruleset_tax_code(const Kasir__V1__RulePeriod *p, const char *code);

/* The business day of a local moment: YYYYMMDD of (at_us + offset - day_begins); P may be
 * NULL: days begin at midnight.  0 outside of the years 1 to 9999. */
uint32_t ruleset_day_of(const Kasir__V1__RulePeriod *p, int64_t at_us, int32_t utc_offset_min);

/* How far a till's clock may be ahead of the store's, and how old a transaction may be,
 * before time.skew is noted: the period's, and five minutes and a day where P is NULL or a
 * figure of it is 0. */
struct clock_tolerance {
	int64_t ahead_us, behind_us;
};
struct clock_tolerance ruleset_clock(const Kasir__V1__RulePeriod *p);

/* Does the period ask for PART of a document?  P may be NULL. */
bool ruleset_requires(const Kasir__V1__RulePeriod *p, Kasir__V1__TransactionPart part);

#endif
