#include "cash/check_parts.h"

#include <string.h>

#define KIND(k) KASIR__V1__TENDER_KIND__##k

/* What a kind of tender may give besides paying. */
static const struct trait {
	bool change, cash_back, forfeit;
} traits[] = {
	[KIND(CASH)] = { .change = true },
	[KIND(CASH_FOREIGN)] = { .change = true },
	[KIND(DEBIT)] = { .cash_back = true },
	[KIND(CREDIT)] = { .cash_back = true },
	[KIND(QRIS)] = { .cash_back = true },
	[KIND(EMONEY)] = { .cash_back = true },
	[KIND(EWALLET)] = { .cash_back = true },
	[KIND(BANK_TRANSFER)] = { .cash_back = false },
	[KIND(VOUCHER)] = { .forfeit = true },
	[KIND(GIFT_CARD)] = { .forfeit = true },
	[KIND(STORE_CREDIT)] = { .forfeit = true },
	[KIND(POINTS)] = { .forfeit = true },
	[KIND(ON_ACCOUNT)] = { .cash_back = false },
	[KIND(COUPON)] = { .forfeit = true },
	[KIND(PAY_LATER)] = { .cash_back = false },
};

static bool
is_cash(const Kasir__V1__Tender *t)
{
	return t->kind == KIND(CASH) || t->kind == KIND(CASH_FOREIGN);
}

static void
check_kind(struct check *c, const Kasir__V1__Tender *t)
{
	bool known = t->kind >= KIND(CASH) && t->kind <= KIND(PAY_LATER);
	const struct trait *trait = &traits[known ? t->kind : 0];

	/* Debt is not paid with debt. */
	check_holds(c, t->kind != KIND(ON_ACCOUNT) ||
	    c->doc->type != KASIR__V1__TRANSACTION_TYPE__PAYMENT_ON_ACCOUNT, RULE(TENDER_KIND_BAD));
	check_holds(c, known && t->state >= KASIR__V1__TENDER_STATE__APPROVED &&
	    t->state <= KASIR__V1__TENDER_STATE__REVERSED, RULE(TENDER_KIND_BAD));
	/* Cash is in the drawer or it is not: what is pending could be reversed out of it. */
	check_holds(c, !is_cash(t) || (t->state != KASIR__V1__TENDER_STATE__PENDING &&
	    t->state != KASIR__V1__TENDER_STATE__UNKNOWN), RULE(TENDER_KIND_BAD));
	check_holds(c, (t->cash_back == 0 || trait->cash_back) &&
	    (t->forfeit == 0 || trait->forfeit), RULE(TENDER_KIND_BAD));
	check_holds(c, t->change == 0 || trait->change, RULE(CASH_CHANGE_ON_CARD));
}

/* Change, cash back and forfeit come out of what was tendered. */
static int128
given_back(const Kasir__V1__Tender *t)
{
	return (int128)t->change + t->cash_back + t->forfeit;
}

static void
check_given_back(struct check *c, const Kasir__V1__Tender *t)
{
	int128 back = given_back(t) * c->sign;

	check_holds(c, c->sign * check_sign_of(t->change) >= 0 &&
	    c->sign * check_sign_of(t->cash_back) >= 0 &&
	    c->sign * check_sign_of(t->forfeit) >= 0 &&
	    (back == 0 || back <= (int128)t->tendered * c->sign), RULE(CASH_CHANGE));
}

static bool
foreign_is_named(const Kasir__V1__Transaction *doc, const Kasir__V1__Foreign *f)
{
	return strlen(f->currency) == 3 && strcmp(f->currency, doc->currency) != 0;
}

static void
check_foreign(struct check *c, const Kasir__V1__Tender *t)
{
	const Kasir__V1__Foreign *f = t->foreign;

	if (!check_holds(c, (f != NULL) == (t->kind == KIND(CASH_FOREIGN)), RULE(FOREIGN_AMOUNT)) ||
	    f == NULL)
		return;
	check_holds(c, foreign_is_named(c->doc, f), RULE(FOREIGN_AMOUNT));
	/* 2^63 * (2^64 - 1) just fits into 127 bits. */
	check_quotient(c, t->tendered, (int128)f->amount * (int128)f->rate_e8, 100000000,
	    RULE(FOREIGN_AMOUNT));
}

/* The customer pays where the total is positive, the shop where it is negative. */
static bool
sign_fits(const struct check *c, const Kasir__V1__Tender *t)
{
	int total = c->sign * check_sign_of(c->doc->payable);
	int tender = c->sign * check_sign_of(t->tendered);

	return total < 0 ? tender <= 0 : tender >= 0;
}

static int128
applied(const Kasir__V1__Tender *t)
{
	return t->state == KASIR__V1__TENDER_STATE__REVERSED ? 0 : t->tendered - given_back(t);
}

void
check_tenders(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	size_t i;

	for (i = 0; i < doc->n_tenders; i++) {
		check_kind(c, doc->tenders[i]);
		check_given_back(c, doc->tenders[i]);
		check_foreign(c, doc->tenders[i]);
	}
}

void
check_settled(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	int128 sum = 0;
	size_t i;

	for (i = 0; i < doc->n_tenders; i++) {
		if (doc->type != KASIR__V1__TRANSACTION_TYPE__TENDER_EXCHANGE)
			check_holds(c, sign_fits(c, doc->tenders[i]), RULE(TENDER_SIGN));
		sum += applied(doc->tenders[i]);
	}
	check_sum(c, doc->payable, sum, RULE(TENDER_SUM));
}

/* Only cash is short of small coins. */
static bool
cash_is_there(const Kasir__V1__Transaction *doc)
{
	size_t i;

	for (i = 0; i < doc->n_tenders; i++)
		if (is_cash(doc->tenders[i]) &&
		    doc->tenders[i]->state != KASIR__V1__TENDER_STATE__REVERSED)
			return true;
	return false;
}

/* Some houses round every total, for cards too. */
static bool
house_rounds(const struct check *c, int128 rounding)
{
	return c->period != NULL && rounding != 0 && rounding <= c->period->total_rounding &&
	    -rounding <= c->period->total_rounding;
}

void
check_cash_rounding(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	int128 step, cash = 0, rounding = doc->cash_rounding;
	size_t i;

	if (house_rounds(c, rounding))
		return;
	check_holds(c, rounding == 0 || cash_is_there(doc), RULE(CASH_ROUNDING_STEP));
	if (c->period == NULL)
		return;
	step = c->period->cash_step > 1 ? c->period->cash_step : 1;
	for (i = 0; i < doc->n_tenders; i++)
		if (doc->tenders[i]->kind == KIND(CASH))
			cash += applied(doc->tenders[i]);
	check_holds(c, rounding < step && -rounding < step && cash % step == 0,
	    RULE(CASH_ROUNDING_STEP));
}
