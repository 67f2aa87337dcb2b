/* What each type of transaction may hold, and what those without lines must. */
#include "cash/check_parts.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

enum part {
	LINES = 1,		/* with discounts and taxes */
	TENDERS = 2,
	TOTALS = 4,
	MOVEMENT = 8,
	COUNT = 16,
	EVENT = 32,
};
#define SETTLED (LINES | TENDERS | TOTALS)

static const uint8_t may_hold[] = {
	[TYPE(SALE)] = SETTLED,
	[TYPE(RETURN)] = SETTLED,
	[TYPE(EXCHANGE)] = SETTLED,
	[TYPE(POST_VOID)] = SETTLED,
	[TYPE(SUSPEND)] = LINES | TOTALS,
	[TYPE(RESUME)] = LINES | TOTALS,
	[TYPE(CANCEL)] = LINES | TOTALS,
	[TYPE(PAYMENT_ON_ACCOUNT)] = SETTLED,
	[TYPE(NO_SALE)] = 0,
	[TYPE(PAID_IN)] = MOVEMENT,
	[TYPE(PAID_OUT)] = MOVEMENT,
	[TYPE(LOAN)] = MOVEMENT,
	[TYPE(PICKUP)] = MOVEMENT,
	[TYPE(SAFE_DROP)] = MOVEMENT,
	[TYPE(BANK_DEPOSIT)] = MOVEMENT,
	[TYPE(TENDER_EXCHANGE)] = TENDERS,
	[TYPE(TENDER_RESOLUTION)] = TENDERS,
	[TYPE(TILL_COUNT)] = COUNT,
	[TYPE(SHIFT_OPEN)] = COUNT,
	[TYPE(SHIFT_CLOSE)] = COUNT,
	[TYPE(DAY_OPEN)] = 0,
	[TYPE(DAY_CLOSE)] = 0,
	[TYPE(SIGN_ON)] = 0,
	[TYPE(SIGN_OFF)] = 0,
	[TYPE(OVERRIDE)] = EVENT,
	[TYPE(REPRINT)] = 0,
	[TYPE(TERMINAL_EVENT)] = EVENT,
};

static unsigned
held(const Kasir__V1__Transaction *doc)
{
	unsigned parts = 0;

	if (doc->n_lines > 0 || doc->n_discounts > 0 || doc->n_taxes > 0)
		parts |= LINES;
	if (doc->n_tenders > 0)
		parts |= TENDERS;
	if (doc->gross != 0 || doc->cash_rounding != 0 || doc->payable != 0)
		parts |= TOTALS;
	if (doc->movement != NULL)
		parts |= MOVEMENT;
	if (doc->n_count > 0)
		parts |= COUNT;
	if (doc->event != NULL)
		parts |= EVENT;
	return parts;
}

/* Cash into the drawer counts up, out of it down. */
static void
check_movement(struct check *c, int direction)
{
	const Kasir__V1__CashMovement *m = c->doc->movement;

	check_holds(c, m != NULL && check_sign_of(m->amount) == direction, RULE(MOVEMENT_AMOUNT));
	if (c->doc->type == TYPE(BANK_DEPOSIT))
		check_holds(c, m != NULL && !check_is_blank(m->bag) && !check_is_blank(m->slip),
		    RULE(MOVEMENT_DEPOSIT));
}

static bool
is_in_use(const Kasir__V1__RulePeriod *p, int64_t value)
{
	size_t i;

	if (p == NULL || p->n_denominations == 0)
		return true;
	for (i = 0; i < p->n_denominations; i++)
		if (p->denominations[i] == value)
			return true;
	return false;
}

static bool
is_counted_before(const Kasir__V1__Transaction *doc, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (doc->count[k]->value == doc->count[i]->value)
			return true;
	return false;
}

static void
check_count(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	int128 all = 0;
	size_t i;

	for (i = 0; i < doc->n_count; i++) {
		check_holds(c, doc->count[i]->value > 0 && !is_counted_before(doc, i) &&
		    is_in_use(c->period, doc->count[i]->value), RULE(COUNT_DENOMINATION));
		/* 2^63 and 2^126 are far from wrapping. */
		if (check_holds(c, doc->count[i]->count <= INT64_MAX, RULE(AMOUNT_OVERFLOW)))
			all += (int128)doc->count[i]->value * (int64_t)doc->count[i]->count;
		if (!check_holds(c, all >= INT64_MIN && all <= INT64_MAX, RULE(AMOUNT_OVERFLOW)))
			return;
	}
}

/* Two tills may call their shifts alike, but no shift is without a name. */
static void
check_shift(struct check *c)
{
	check_holds(c, !check_is_blank(c->doc->shift), RULE(SHIFT_NAME));
}

void
check_shape(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;

	check_holds(c, (held(doc) & ~(unsigned)may_hold[doc->type]) == 0, RULE(DOCUMENT_PARTS));
	switch (doc->type) {
	case TYPE(PAID_IN):
	case TYPE(LOAN):
		check_movement(c, 1);
		break;
	case TYPE(PAID_OUT):
	case TYPE(PICKUP):
	case TYPE(SAFE_DROP):
	case TYPE(BANK_DEPOSIT):
		check_movement(c, -1);
		break;
	case TYPE(SHIFT_OPEN):
		check_shift(c);
		check_count(c);
		break;
	case TYPE(SHIFT_CLOSE):
		check_shift(c);
		/* fall through */
	case TYPE(TILL_COUNT):
		check_holds(c, doc->n_count > 0, RULE(COUNT_MISSING));
		check_count(c);
		break;
	default:
		break;
	}
}
