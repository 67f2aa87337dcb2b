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

static void
check_kind(struct check *c, const Kasir__V1__Tender *t)
{
	bool known = t->kind >= KIND(CASH) && t->kind <= KIND(PAY_LATER);
	const struct trait *trait = &traits[known ? t->kind : 0];

	check_holds(c, known && t->state >= KASIR__V1__TENDER_STATE__APPROVED &&
	    t->state <= KASIR__V1__TENDER_STATE__REVERSED, RULE(TENDER_KIND_BAD));
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

void
check_tenders(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	const Kasir__V1__Tender *t;
	int128 applied = 0;
	size_t i;

	for (i = 0; i < doc->n_tenders; i++) {
		t = doc->tenders[i];
		check_kind(c, t);
		check_given_back(c, t);
		check_foreign(c, t);
		check_holds(c, sign_fits(c, t), RULE(TENDER_SIGN));
		if (t->state != KASIR__V1__TENDER_STATE__REVERSED)
			applied += t->tendered - given_back(t);
	}
	check_sum(c, doc->payable, applied, RULE(TENDER_SUM));
}
