#include "cash/ruleset.h"

#include "base/text.h"

#include <string.h>

#define CLOCK_AHEAD_S 300	/* where a rule set says nothing */
#define CLOCK_BEHIND_S 86400
#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define FIRST_DAY (-719162)	/* 0001-01-01, in days since 1970 */
#define LAST_DAY 2932896	/* 9999-12-31 */

const Kasir__V1__RulePeriod *
ruleset_period(const Kasir__V1__RuleSet *rs, uint32_t day)
{
	size_t low = 0, high, mid;

	if (rs == NULL)
		return NULL;
	/* Before LOW all have begun by that day, from HIGH on none has. */
	for (high = rs->n_periods; low < high;) {
		mid = low + (high - low) / 2;
		if (rs->periods[mid]->from_day <= day)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return NULL;
	if (rs->periods[low - 1]->until_day != 0 && rs->periods[low - 1]->until_day < day)
		return NULL;
	return rs->periods[low - 1];
}

const Kasir__V1__TaxCode *
ruleset_tax_code(const Kasir__V1__RulePeriod *p, const char *code)
{
	size_t low = 0, high, mid;
	int order;

	for (high = p->n_tax_codes; low < high;) {
		mid = low + (high - low) / 2;
		order = strcmp(code, p->tax_codes[mid]->code);
		if (order == 0)
			return p->tax_codes[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

uint32_t
ruleset_day_of(const Kasir__V1__RulePeriod *p, int64_t at_us, int32_t utc_offset_min)
{
	static const int64_t day_us = 24 * 60 * MINUTE_US;
	int64_t shift = utc_offset_min - (p != NULL ? (int64_t)p->day_begins_min : 0);
	int64_t local, days;
	unsigned month, day;
	int year;

	if (__builtin_add_overflow(at_us, shift * MINUTE_US, &local))
		return 0;
	days = local / day_us - (local % day_us < 0);
	if (days < FIRST_DAY || days > LAST_DAY)
		return 0;
	civil_of(days, &year, &month, &day);
	return (uint32_t)year * 10000 + month * 100 + day;
}

struct clock_tolerance
ruleset_clock(const Kasir__V1__RulePeriod *p)
{
	uint32_t ahead = p != NULL ? p->clock_ahead_s : 0;
	uint32_t behind = p != NULL ? p->clock_behind_s : 0;

	return (struct clock_tolerance){
		.ahead_us = (ahead != 0 ? ahead : CLOCK_AHEAD_S) * SECOND_US,
		.behind_us = (behind != 0 ? behind : CLOCK_BEHIND_S) * SECOND_US,
	};
}

bool
ruleset_requires(const Kasir__V1__RulePeriod *p, Kasir__V1__TransactionPart part)
{
	size_t i;

	for (i = 0; p != NULL && i < p->n_required; i++)
		if (p->required[i] == part)
			return true;
	return false;
}
