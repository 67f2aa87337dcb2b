/* The document and its shape; and who asks all the questions. */
#include "tests/support/oracle_parts.h"

#include <string.h>
#include <time.h>

#define RULE(r) KASIR__V1__RULE__##r

bool
oracle_is(const struct asked *q, uint64_t types)
{
	return (types >> q->d->type & 1) != 0;
}

bool
oracle_empty(const char *text)
{
	return text == NULL || strlen(text) == 0;
}

static bool
flagged(const struct asked *q, Kasir__V1__TransactionFlag flag)
{
	size_t i;
	bool there = false;

	for (i = 0; i < q->d->n_flags; i++)
		there = there || q->d->flags[i] == flag;
	return there;
}

static bool
currency_foreign(const struct asked *q)
{
	return strcmp(q->d->currency, q->settings->currency) == 0 &&
	    q->d->exponent == q->settings->exponent;
}

/* A date is one that the calendar gives back. */
static bool
time_day(const struct asked *q)
{
	uint32_t day = q->d->business_day;
	struct tm tm = { .tm_year = (int)(day / 10000) - 1900, .tm_mon = (int)(day / 100 % 100) - 1,
		.tm_mday = (int)(day % 100), .tm_hour = 12 };
	struct tm back = tm;

	timegm(&back);
	return day / 10000 >= 1 && day / 10000 <= 9999 && back.tm_year == tm.tm_year &&
	    back.tm_mon == tm.tm_mon && back.tm_mday == tm.tm_mday;
}

static const Kasir__V1__RulePeriod *
period_of(const struct asked *q, uint32_t day)
{
	const Kasir__V1__RuleSet *rs = q->settings->rules;
	size_t i;

	for (i = 0; rs != NULL && i < rs->n_periods; i++)
		if (rs->periods[i]->from_day <= day &&
		    (rs->periods[i]->until_day == 0 || rs->periods[i]->until_day >= day))
			return rs->periods[i];
	return NULL;
}

static uint32_t
day_by(const struct asked *q, unsigned begins_min)
{
	time_t t = q->d->at_us / 1000000 - (q->d->at_us % 1000000 < 0) +
	    ((time_t)q->d->utc_offset_min - begins_min) * 60;
	struct tm tm;

	return gmtime_r(&t, &tm) == NULL || tm.tm_year < -1899 || tm.tm_year > 8099 ? 0 :
	    (uint32_t)((tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday);
}

/* Some period has the moment, by the hour at which its own days begin. */
static bool
is_within_a_period(const struct asked *q)
{
	const Kasir__V1__RulePeriod *p = period_of(q, day_by(q, 0));

	return p != NULL && period_of(q, day_by(q, p->day_begins_min)) != NULL;
}

static bool
time_business_day(const struct asked *q)
{
	time_t t;
	struct tm tm;

	if (q->period == NULL)
		return !is_within_a_period(q);
	if ( flagged(q, KASIR__V1__TRANSACTION_FLAG__LATE) ||
	    flagged(q, KASIR__V1__TRANSACTION_FLAG__HANDWRITTEN))
		return true;
	t = q->d->at_us / 1000000 - (q->d->at_us % 1000000 < 0) +
	    ((time_t)q->d->utc_offset_min - q->period->day_begins_min) * 60;
	return gmtime_r(&t, &tm) != NULL && tm.tm_year + 1900 == (int)(q->d->business_day / 10000) &&
	    tm.tm_mon + 1 == (int)(q->d->business_day / 100 % 100) &&
	    tm.tm_mday == (int)(q->d->business_day % 100);
}

static bool
document_parts(const struct asked *q)
{
	const Kasir__V1__Transaction *d = q->d;
	bool lines = d->n_lines + d->n_discounts + d->n_taxes > 0;
	bool totals = d->gross != 0 || d->cash_rounding != 0 || d->payable != 0;

	return (!lines || oracle_is(q, SALES | BILLS)) && (!totals || oracle_is(q, SALES | BILLS)) &&
	    (d->n_tenders == 0 || oracle_is(q, SALES | SWAPS | RESOLUTIONS)) &&
	    (d->movement == NULL || oracle_is(q, INTO | OUT_OF)) &&
	    (d->n_count == 0 || oracle_is(q, COUNTS)) && (d->event == NULL || oracle_is(q, EVENTS));
}

static bool
movement_amount(const struct asked *q)
{
	const Kasir__V1__CashMovement *m = q->d->movement;

	return m != NULL && (oracle_is(q, INTO) ? m->amount > 0 : m->amount < 0);
}

static bool
movement_deposit(const struct asked *q)
{
	const Kasir__V1__CashMovement *m = q->d->movement;

	return m != NULL && !oracle_empty(m->bag) && !oracle_empty(m->slip);
}

static bool
count_denomination(const struct asked *q)
{
	size_t i, k, known;

	for (i = 0; i < q->d->n_count; i++) {
		for (k = i + 1; k < q->d->n_count; k++)
			if (q->d->count[i]->value == q->d->count[k]->value)
				return false;
		known = q->period == NULL || q->period->n_denominations == 0;
		for (k = 0; q->period != NULL && k < q->period->n_denominations; k++)
			known += q->period->denominations[k] == q->d->count[i]->value;
		if (known == 0 || q->d->count[i]->value <= 0)
			return false;
	}
	return true;
}

static bool
count_missing(const struct asked *q)
{
	return q->d->n_count > 0;
}

static bool
shift_name(const struct asked *q)
{
	return !oracle_empty(q->d->shift);
}

static bool
named(const struct asked *q)
{
	return q->d->original != NULL && q->d->original->sequence > 0;
}

static bool
return_reference(const struct asked *q)
{
	size_t i, back = q->d->type == TYPE(RETURN);

	for (i = 0; i < q->d->n_lines; i++)
		back += q->d->lines[i]->kind == LINE(RETURN_ITEM);
	return back == 0 || named(q) || flagged(q, KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN);
}

static bool
card_number(const struct asked *q)
{
	return !oracle_holds_card_data(q->d);
}

/* One part that a period may ask for. */
static bool
has(const struct asked *q, Kasir__V1__TransactionPart part)
{
	const Kasir__V1__Transaction *d = q->d;
	const Kasir__V1__Line *n;
	bool goods, lines = oracle_is(q, SALES);
	size_t i;

	if (part == KASIR__V1__TRANSACTION_PART__PART_RECEIPT_NUMBER)
		return !lines || !oracle_empty(d->receipt_number);
	if (part == KASIR__V1__TRANSACTION_PART__PART_CASHIER)
		return d->type == TYPE(TERMINAL_EVENT) || !oracle_empty(d->cashier);
	if (part == KASIR__V1__TRANSACTION_PART__PART_SHIFT)
		return d->type > TYPE(TILL_COUNT) || !oracle_empty(d->shift);
	if (part == KASIR__V1__TRANSACTION_PART__PART_REASON)
		return !oracle_is(q, BIT(TYPE(POST_VOID)) | BIT(TYPE(PAID_OUT)) | BIT(TYPE(NO_SALE)) |
		    BIT(TYPE(OVERRIDE))) || !oracle_empty(d->reason);
	for (i = 0; lines && i < d->n_lines; i++) {
		n = d->lines[i];
		goods = n->kind == LINE(ITEM) || n->kind == LINE(RETURN_ITEM);
		if (part == KASIR__V1__TRANSACTION_PART__PART_LINE_NAME &&
		    n->kind != LINE(LINE_VOID) && oracle_empty(n->name))
			return false;
		if (part == KASIR__V1__TRANSACTION_PART__PART_LINE_CODE && goods &&
		    oracle_empty(n->sku) && oracle_empty(n->gtin))
			return false;
		if (part == KASIR__V1__TRANSACTION_PART__PART_TAX_CODE && goods &&
		    oracle_empty(n->tax_code))
			return false;
	}
	return true;
}

static bool
document_incomplete(const struct asked *q)
{
	size_t i;

	for (i = 0; q->period != NULL && i < q->period->n_required; i++)
		if (!has(q, q->period->required[i]))
			return false;
	return true;
}

static const struct question document[] = {
	{ RULE(CURRENCY_FOREIGN), ALL, currency_foreign },
	{ RULE(TIME_DAY), ALL, time_day },
	{ RULE(DOCUMENT_PARTS), ALL, document_parts },
	{ RULE(MOVEMENT_AMOUNT), INTO | OUT_OF, movement_amount },
	{ RULE(MOVEMENT_DEPOSIT), BIT(TYPE(BANK_DEPOSIT)), movement_deposit },
	{ RULE(COUNT_DENOMINATION), COUNTS, count_denomination },
	{ RULE(COUNT_MISSING), BIT(TYPE(TILL_COUNT)) | BIT(TYPE(SHIFT_CLOSE)), count_missing },
	{ RULE(SHIFT_NAME), BIT(TYPE(SHIFT_OPEN)) | BIT(TYPE(SHIFT_CLOSE)), shift_name },
	{ RULE(RETURN_REFERENCE), BIT(TYPE(RETURN)) | BIT(TYPE(EXCHANGE)), return_reference },
	{ RULE(VOID_REFERENCE), BIT(TYPE(POST_VOID)), named },
	{ RULE(BILL_REFERENCE), BIT(TYPE(RESUME)), named },
	{ RULE(RESOLUTION_REFERENCE), RESOLUTIONS, named },
	{ 0, 0, NULL },
}, remarks[] = {
	{ RULE(LINE_GTIN), SALES | BILLS, oracle_gtin },
	{ RULE(CARD_NUMBER_PRESENT), ALL, card_number },
	{ RULE(TIME_BUSINESS_DAY), ALL, time_business_day },
	{ RULE(DOCUMENT_INCOMPLETE), ALL, document_incomplete },
	{ 0, 0, NULL },
};

static void
ask(const struct asked *q, const struct question *t, struct rule_set *to)
{
	for (; t->rule != 0; t++)
		if (oracle_is(q, t->types) && !t->holds(q))
			to->bits[t->rule / 64] |= BIT(t->rule % 64);
}

static void
refuse(struct rule_set *broken, Kasir__V1__Rule rule)
{
	broken->bits[rule / 64] |= BIT(rule % 64);
}

void
oracle_judge(const Kasir__V1__Transaction *doc, const struct check_settings *settings,
    struct rule_set *broken, struct rule_set *notes)
{
	struct asked q = { .d = doc, .settings = settings, .mode = settings->rounding,
		.s = doc->type == TYPE(POST_VOID) ? -1 : 1 };
	if (doc->schema != 1) {
		refuse(broken, RULE(PAYLOAD_SCHEMA));
		if (!card_number(&q))
			refuse(notes, RULE(CARD_NUMBER_PRESENT));
		return;
	}
	q.period = period_of(&q, doc->business_day);
	if (q.period != NULL)
		q.mode = q.period->rounding;
	if (doc->type < 1 || doc->type > 27) {
		refuse(broken, RULE(TYPE_UNKNOWN));
		if (!currency_foreign(&q))
			refuse(broken, RULE(CURRENCY_FOREIGN));
		if (!time_day(&q))
			refuse(broken, RULE(TIME_DAY));
		if (!card_number(&q))
			refuse(notes, RULE(CARD_NUMBER_PRESENT));
		return;
	}
	ask(&q, document, broken);
	ask(&q, oracle_lines, broken);
	ask(&q, oracle_money, broken);
	ask(&q, oracle_tenders, broken);
	ask(&q, remarks, notes);
}
