/* Tenders and cash. */
#include "tests/support/oracle_parts.h"

#include <string.h>

#define CASH_BACK (BIT(TENDER(DEBIT)) | BIT(TENDER(CREDIT)) | BIT(TENDER(QRIS)) | \
    BIT(TENDER(EMONEY)) | BIT(TENDER(EWALLET)))
#define FORFEIT (BIT(TENDER(VOUCHER)) | BIT(TENDER(GIFT_CARD)) | BIT(TENDER(STORE_CREDIT)) | \
    BIT(TENDER(POINTS)) | BIT(TENDER(COUPON)))
#define CHANGE (BIT(TENDER(CASH)) | BIT(TENDER(CASH_FOREIGN)))

static bool
is_kind(const Kasir__V1__Tender *t, uint64_t kinds)
{
	return t->kind >= 0 && t->kind < 64 && (kinds >> t->kind & 1) != 0;
}

static bool
counts(const Kasir__V1__Tender *t)
{
	return t->state != KASIR__V1__TENDER_STATE__REVERSED;
}

static int128
out(const Kasir__V1__Tender *t)
{
	return (int128)t->change + t->cash_back + t->forfeit;
}

static bool
tender_kind(const struct asked *q)
{
	const Kasir__V1__Tender *t;
	size_t i;

	for (i = 0; i < q->d->n_tenders; i++) {
		t = q->d->tenders[i];
		if (t->kind < 1 || t->kind > 15 || t->state < 1 || t->state > 4 ||
		    (t->cash_back != 0 && !is_kind(t, CASH_BACK)) ||
		    (t->forfeit != 0 && !is_kind(t, FORFEIT)) ||
		    ((t->kind == 1 || t->kind == 2) && (t->state == 2 || t->state == 3)) ||
		    (t->kind == TENDER(ON_ACCOUNT) && q->d->type == TYPE(PAYMENT_ON_ACCOUNT)))
			return false;
	}
	return true;
}

static bool
tender_sign(const struct asked *q)
{
	size_t i;

	for (i = 0; i < q->d->n_tenders; i++)
		if (q->s * (int128)q->d->payable < 0 ? q->s * (int128)q->d->tenders[i]->tendered > 0
						     : q->s * (int128)q->d->tenders[i]->tendered < 0)
			return false;
	return true;
}

static bool
tender_sum(const struct asked *q)
{
	int128 sum = 0;
	size_t i;

	for (i = 0; i < q->d->n_tenders; i++)
		sum += counts(q->d->tenders[i]) ? q->d->tenders[i]->tendered - out(q->d->tenders[i]) : 0;
	return sum == q->d->payable;
}

static bool
cash_change_on_card(const struct asked *q)
{
	size_t i;

	for (i = 0; i < q->d->n_tenders; i++)
		if (q->d->tenders[i]->change != 0 && !is_kind(q->d->tenders[i], CHANGE))
			return false;
	return true;
}

static bool
cash_change(const struct asked *q)
{
	const Kasir__V1__Tender *t;
	size_t i;

	for (i = 0; i < q->d->n_tenders; i++) {
		t = q->d->tenders[i];
		if (q->s * t->change < 0 || q->s * t->cash_back < 0 || q->s * t->forfeit < 0 ||
		    (out(t) != 0 && q->s * out(t) > q->s * (int128)t->tendered))
			return false;
	}
	return true;
}

static bool
foreign_amount(const struct asked *q)
{
	const Kasir__V1__Foreign *f;
	size_t i;

	for (i = 0; i < q->d->n_tenders; i++) {
		f = q->d->tenders[i]->foreign;
		if ((q->d->tenders[i]->kind == TENDER(CASH_FOREIGN)) != (f != NULL))
			return false;
		if (f != NULL && (strlen(f->currency) != 3 ||
		    strcmp(f->currency, q->d->currency) == 0 ||
		    !oracle_rounds(q->d->tenders[i]->tendered, f->amount * (int128)f->rate_e8,
			100000000, q->mode, 0)))
			return false;
	}
	return true;
}

static bool
cash_rounding(const struct asked *q)
{
	int128 step = q->period != NULL ? q->period->cash_step : 0, cash = 0, by;
	const Kasir__V1__Tender *t;
	bool there = false;
	size_t i;

	for (i = 0; i < q->d->n_tenders; i++) {
		t = q->d->tenders[i];
		there = there || (counts(t) && is_kind(t, CHANGE));
		cash += counts(t) && t->kind == TENDER(CASH) ? t->tendered - out(t) : 0;
	}
	by = q->d->cash_rounding < 0 ? -(int128)q->d->cash_rounding : q->d->cash_rounding;
	if (by != 0 && q->period != NULL && by <= q->period->total_rounding)
		return true;
	if (by != 0 && !there)
		return false;
	if (q->period == NULL)
		return true;
	return step <= 1 ? by == 0 : by < step && cash % step == 0;
}

static bool
resolution_tender(const struct asked *q)
{
	size_t i;

	for (i = 0; i < q->d->n_tenders; i++)
		if (q->d->tenders[i]->state != KASIR__V1__TENDER_STATE__APPROVED && counts(
		    q->d->tenders[i]))
			return false;
	return q->d->n_tenders > 0;
}

#define PAID (SALES | SWAPS | RESOLUTIONS)

const struct question oracle_tenders[] = {
	{ KASIR__V1__RULE__TENDER_KIND_BAD, PAID, tender_kind },
	{ KASIR__V1__RULE__TENDER_SIGN, SALES, tender_sign },
	{ KASIR__V1__RULE__TENDER_SUM, SALES | SWAPS, tender_sum },
	{ KASIR__V1__RULE__CASH_CHANGE_ON_CARD, PAID, cash_change_on_card },
	{ KASIR__V1__RULE__CASH_CHANGE, PAID, cash_change },
	{ KASIR__V1__RULE__FOREIGN_AMOUNT, PAID, foreign_amount },
	{ KASIR__V1__RULE__CASH_ROUNDING_STEP, SALES | BILLS, cash_rounding },
	{ KASIR__V1__RULE__RESOLUTION_TENDER, RESOLUTIONS, resolution_tender },
	{ 0, 0, NULL },
};
