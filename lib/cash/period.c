/* docs/reference/totals.md has the equations.  Whatever is added can be taken away again by
 * the same code with the sign turned: a post-void is a document of negative figures, and what
 * the manager takes out is added with sign -1.  Counts only ever grow: what is taken away may
 * have been counted in an earlier period. */
#include "cash/period_parts.h"

bool
period_moves_cash(Kasir__V1__TransactionType type)
{
	return type >= TYPE(PAID_IN) && type <= TYPE(BANK_DEPOSIT);
}

int64_t
period_amount_of(const Kasir__V1__Transaction *doc)
{
	if (doc == NULL)
		return 0;
	if (!period_moves_cash(doc->type))
		return doc->payable;
	return doc->movement != NULL ? doc->movement->amount : 0;
}

bool
period_trades(Kasir__V1__TransactionType type)
{
	return (type >= TYPE(SALE) && type <= TYPE(POST_VOID)) ||
	    type == TYPE(PAYMENT_ON_ACCOUNT);
}

bool
period_tenders(Kasir__V1__TransactionType type)
{
	return period_trades(type) || type == TYPE(TENDER_EXCHANGE) ||
	    type == TYPE(TENDER_RESOLUTION);
}

int128
period_applied(const Kasir__V1__Tender *t)
{
	return (int128)t->tendered - t->change - t->cash_back - t->forfeit;
}

bool
period_settles(const Kasir__V1__Transaction *doc, const Kasir__V1__Tender *t)
{
	return doc->type == TYPE(TENDER_RESOLUTION) && t->replaces == 0;
}

/* What was pending counted when it came: approved, it goes on doing so; reversed, it is taken
 * away. */
int
period_weight_of(const Kasir__V1__Transaction *doc, const Kasir__V1__Tender *t)
{
	if (period_settles(doc, t))
		return t->state == STATE(REVERSED) ? -1 : 0;
	return t->state == STATE(REVERSED) ? 0 : 1;
}

static void
count_up(uint64_t *count)
{
	if (*count < UINT64_MAX)
		++*count;
}

/* One more document, with the magnitude of AMOUNT. */
static void
figure_add(struct figure *f, int64_t amount)
{
	count_up(&f->count);
	period_gain(&f->amount, amount < 0 ? -(int128)amount : amount);
}

/* What the cashier took back while selling: what a post-void repeats of it is not that. */
static void
count_line_voids(struct period *p, const Kasir__V1__Transaction *doc)
{
	size_t i;

	for (i = 0; doc->type != TYPE(POST_VOID) && i < doc->n_lines; i++)
		if (doc->lines[i]->kind == KIND(LINE_VOID))
			figure_add(&p->line_voids, doc->lines[i]->amount);
}

static void
add_pending(struct period *p, const Kasir__V1__Transaction *doc, const Kasir__V1__Tender *t,
    int sign)
{
	bool unsettled = t->state == STATE(PENDING) || t->state == STATE(UNKNOWN);
	int way = period_settles(doc, t) ? -sign : sign;

	/* In a resolution what is settled leaves; elsewhere what is unsettled joins. */
	if (period_settles(doc, t) == unsettled)
		return;
	if ((way > 0) != (doc->type == TYPE(POST_VOID)))
		count_up(&p->pending.count);
	else if (p->pending.count > 0)
		p->pending.count--;
	period_gain(&p->pending.amount, way * period_applied(t));
}

static void
add_tenders(struct period *p, const Kasir__V1__Transaction *doc, int sign)
{
	const Kasir__V1__Tender *t;
	struct figure *f;
	size_t i;
	int weight;

	for (i = 0; period_tenders(doc->type) && i < doc->n_tenders; i++) {
		t = doc->tenders[i];
		weight = period_weight_of(doc, t);
		f = &p->tenders[(unsigned)t->kind < PERIOD_TENDERS ? t->kind : 0];
		if (weight > 0 && sign > 0)
			count_up(&f->count);
		period_gain(&f->amount, sign * weight * period_applied(t));
		add_pending(p, doc, t, sign);
	}
}

static void
add_counts(struct period *p, const Kasir__V1__Transaction *doc)
{
	count_up(&p->types[(unsigned)doc->type < PERIOD_TYPES ? doc->type : 0].count);
	count_line_voids(p, doc);
	if (!check_is_blank(doc->supervisor))
		figure_add(&p->overrides, period_amount_of(doc));
}

/* All of DOC's figures, with their sign kept or turned. */
static void
join(struct period *p, const Kasir__V1__Transaction *doc, int sign)
{
	unsigned type = (unsigned)doc->type;

	period_gain(&p->types[type < PERIOD_TYPES ? type : 0].amount,
	    sign * (int128)period_amount_of(doc));
	period_trade_add(p, doc, sign);
	add_tenders(p, doc, sign);
	period_cash_add(&p->cash, doc, sign);
}

void
period_add(struct period *p, const Kasir__V1__Transaction *doc, enum standing standing)
{
	switch (standing) {
	case STANDING_COUNTS:
		join(p, doc, 1);
		add_counts(p, doc);
		break;
	case STANDING_EXCEPTION:
		figure_add(&p->exceptions, period_amount_of(doc));
		period_cash_except(&p->cash, doc, 1);
		break;
	case STANDING_TRAINING:
		figure_add(&p->training, period_amount_of(doc));
		break;
	}
}

void
period_accept(struct period *p, const Kasir__V1__Transaction *doc)
{
	figure_add(&p->accepted, period_amount_of(doc));
	if (doc == NULL)
		return;
	period_cash_except(&p->cash, doc, -1);
	join(p, doc, 1);
	add_counts(p, doc);
}

void
period_void(struct period *p, const Kasir__V1__Transaction *doc)
{
	figure_add(&p->voided, period_amount_of(doc));
	period_cash_except(&p->cash, doc, -1);
}

void
period_doubt(struct period *p, const Kasir__V1__Transaction *doc)
{
	figure_add(&p->exceptions, period_amount_of(doc));
}

void
period_uphold(struct period *p, const Kasir__V1__Transaction *doc)
{
	figure_add(&p->accepted, period_amount_of(doc));
}

void
period_take_out(struct period *p, const Kasir__V1__Transaction *doc)
{
	figure_add(&p->voided, period_amount_of(doc));
	join(p, doc, -1);
}

int64_t
period_net(const struct period *p)
{
	return period_clamp((int128)p->items - p->discounts - p->returns - p->tax_included);
}

int64_t
period_expected_cash(const struct period *p)
{
	return period_cash_expected(&p->cash);
}

int64_t
period_count_of(const Kasir__V1__Transaction *doc)
{
	int64_t sum = 0;
	size_t i;

	/* 2^63 * (2^64 - 1) just fits into 127 bits. */
	for (i = 0; i < doc->n_count; i++)
		period_gain(&sum, (int128)doc->count[i]->value * (int128)doc->count[i]->count);
	return sum;
}
