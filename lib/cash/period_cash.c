/* What a document does to the drawer. */
#include "cash/period_parts.h"

#include <string.h>

static struct period_foreign *
foreign_row(struct period_cash *c, const char *currency)
{
	size_t i, last = PERIOD_FOREIGN;
	int order;

	if (strlen(currency) != 3)
		currency = "";
	for (i = 0; i < c->n_foreign; i++) {
		order = strcmp(c->foreign[i].currency, currency);
		if (order == 0)
			return &c->foreign[i];
		if (order > 0)
			break;
	}
	/* A place is kept for "", which stands first. */
	if (c->n_foreign == 0 || c->foreign[0].currency[0] != '\0')
		last--;
	if (*currency != '\0' && c->n_foreign >= last)
		return foreign_row(c, "");
	memmove(&c->foreign[i + 1], &c->foreign[i], (c->n_foreign++ - i) * sizeof c->foreign[0]);
	memset(&c->foreign[i], 0, sizeof c->foreign[i]);
	memcpy(c->foreign[i].currency, currency, strlen(currency));
	return &c->foreign[i];
}

static void
cash_add_tender(struct period_cash *c, const Kasir__V1__Transaction *doc,
    const Kasir__V1__Tender *t, int weight)
{
	bool exchange = doc->type == TYPE(TENDER_EXCHANGE);

	switch (t->kind) {
	case TENDER(CASH):
		period_gain(exchange ? &c->exchange : &c->sales, weight * period_applied(t));
		break;
	case TENDER(CASH_FOREIGN):
		period_gain(&c->exchange, -weight * (int128)t->change);
		if (t->foreign != NULL)
			period_gain(&foreign_row(c, t->foreign->currency)->amount,
			    weight * (int128)t->foreign->amount);
		break;
	default:
		period_gain(&c->cash_back, weight * (int128)t->cash_back);
	}
}

/* AMOUNT: into the drawer. */
static void
cash_add_movement(struct period_cash *c, Kasir__V1__TransactionType type, int128 amount)
{
	switch (type) {
	case TYPE(PAID_IN):
		period_gain(&c->paid_in, amount);
		break;
	case TYPE(PAID_OUT):
		period_gain(&c->paid_out, -amount);
		break;
	case TYPE(LOAN):
		period_gain(&c->loans, amount);
		break;
	case TYPE(PICKUP):
		period_gain(&c->pickups, -amount);
		break;
	case TYPE(SAFE_DROP):
		period_gain(&c->drops, -amount);
		break;
	default:
		period_gain(&c->deposits, -amount);
	}
}

void
period_cash_add(struct period_cash *c, const Kasir__V1__Transaction *doc, int sign)
{
	size_t i;

	if (doc->type == TYPE(SHIFT_OPEN))
		period_gain(&c->opening, sign * (int128)period_count_of(doc));
	else if (period_moves_cash(doc->type))
		cash_add_movement(c, doc->type, sign * (int128)period_amount_of(doc));
	if (!period_tenders(doc->type))
		return;
	for (i = 0; i < doc->n_tenders; i++)
		cash_add_tender(c, doc, doc->tenders[i],
		    sign * period_weight_of(doc, doc->tenders[i]));
}

int64_t
period_cash_expected(const struct period_cash *c)
{
	return period_clamp((int128)c->opening + c->sales + c->paid_in + c->loans - c->paid_out -
	    c->pickups - c->drops - c->deposits + c->exchange - c->cash_back + c->exceptions);
}

void
period_cash_except(struct period_cash *c, const Kasir__V1__Transaction *doc, int sign)
{
	struct period_cash of = { 0 };
	size_t i;

	if (doc == NULL)
		return;
	period_cash_add(&of, doc, 1);
	period_gain(&c->exceptions, sign * (int128)period_cash_expected(&of));
	for (i = 0; i < of.n_foreign; i++)
		period_gain(&foreign_row(c, of.foreign[i].currency)->amount,
		    sign * (int128)of.foreign[i].amount);
}
