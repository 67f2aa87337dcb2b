#include "tools/kasirctl/postings.h"

#include <stdlib.h>
#include <string.h>

#define TYPE(name) KASIR__V1__TRANSACTION_TYPE__##name
#define TENDER(name) KASIR__V1__TENDER_KIND__##name
#define STATE(name) KASIR__V1__TENDER_STATE__##name

void
postings_init(struct postings *p, const struct accounts *accounts)
{
	*p = (struct postings){ .accounts = accounts };
}

void
postings_fini(struct postings *p)
{
	free(p->list);
}

void
postings_clear(struct postings *p)
{
	p->n = 0;
}

static bool
make_room(struct postings *p)
{
	size_t cap = p->cap == 0 ? 32 : 2 * p->cap;
	struct posting *more;

	if (p->n < p->cap)
		return true;
	more = realloc(p->list, cap * sizeof *more);
	if (more == NULL) {
		p->failed = true;
		return false;
	}
	p->list = more;
	p->cap = cap;
	return true;
}

static void
debit(struct postings *p, const char *account, int128 amount)
{
	size_t i = 0;
	int order = 1;

	if (amount == 0)
		return;
	for (; i < p->n && (order = strcmp(p->list[i].account, account)) < 0; i++)
		;
	if (i == p->n || order != 0) {
		if (!make_room(p))
			return;
		memmove(&p->list[i + 1], &p->list[i], (p->n++ - i) * sizeof *p->list);
		p->list[i] = (struct posting){ account, 0 };
	}
	p->list[i].sum += amount;
}

/* As docs/reference/totals.md has it: what is settled counted when it was pending. */
static int
weight_of(const Kasir__V1__Transaction *doc, const Kasir__V1__Tender *t)
{
	if (doc->type == TYPE(TENDER_RESOLUTION) && t->replaces == 0)
		return t->state == STATE(REVERSED) ? -1 : 0;
	return t->state == STATE(REVERSED) ? 0 : 1;
}

/* What came into each pocket; returns what was applied. */
static int128
post_tender(struct postings *p, const Kasir__V1__Tender *t, int sign)
{
	int128 applied = (int128)t->tendered - t->change - t->cash_back - t->forfeit;
	const char *cash = accounts_tender(p->accounts, TENDER(CASH));

	debit(p, accounts_tender(p->accounts, t->kind), sign * (int128)t->tendered);
	debit(p, cash, -sign * ((int128)t->change + t->cash_back));
	debit(p, p->accounts->of[ACCOUNT_FORFEIT], -sign * (int128)t->forfeit);
	return sign * applied;
}

static bool
has_tenders(Kasir__V1__TransactionType type)
{
	return period_trades(type) || type == TYPE(TENDER_EXCHANGE) ||
	    type == TYPE(TENDER_RESOLUTION);
}

static bool
moves_cash(Kasir__V1__TransactionType type)
{
	return type >= TYPE(PAID_IN) && type <= TYPE(BANK_DEPOSIT);
}

/* The money's side; returns its sum. */
static int128
post_money(struct postings *p, const Kasir__V1__Transaction *doc, int sign)
{
	int128 sum = 0;

	if (moves_cash(doc->type)) {
		sum = sign * (int128)period_amount_of(doc);
		debit(p, accounts_tender(p->accounts, TENDER(CASH)), sum);
	}
	for (size_t i = 0; has_tenders(doc->type) && i < doc->n_tenders; i++)
		sum += post_tender(p, doc->tenders[i], sign * weight_of(doc, doc->tenders[i]));
	return sum;
}

/* The inclusive tax row of CODE; NULL: none. */
static const Kasir__V1__Tax *
included_tax(const Kasir__V1__Transaction *doc, const char *code)
{
	for (size_t i = 0; i < doc->n_taxes; i++)
		if (doc->taxes[i]->inclusive && strcmp(doc->taxes[i]->code, code) == 0)
			return doc->taxes[i];
	return NULL;
}

/* Line I's part of the tax that its price holds: what the lines of its code up to it have of
 * the whole, less what those before it have, so that the parts sum to the whole. */
static int128
included_in(const Kasir__V1__Transaction *doc, size_t i)
{
	const char *code = doc->lines[i]->tax_code;
	const Kasir__V1__Tax *t = included_tax(doc, code);
	int128 whole = 0, before = 0, upto;

	if (t == NULL)
		return 0;
	for (size_t k = 0; k < doc->n_lines; k++)
		if (strcmp(doc->lines[k]->tax_code, code) == 0) {
			whole += doc->lines[k]->amount;
			before += k < i ? doc->lines[k]->amount : 0;
		}
	upto = before + doc->lines[i]->amount;
	/* No genuine sum is beyond 64 bits; what an accepted exception may hold goes undivided. */
	if (whole == 0 || period_clamp(whole) != whole || period_clamp(before) != before ||
	    period_clamp(upto) != upto)
		return 0;
	return upto * t->amount / whole - before * t->amount / whole;
}

static int128
post_line(struct postings *p, const Kasir__V1__Transaction *doc, size_t i, int sign)
{
	struct period_line of = period_line_of(doc, i);
	const char *account = accounts_line(p->accounts, of.kind, doc->lines[i]->department);
	const char *discounts = p->accounts->of[ACCOUNT_DISCOUNTS];
	int128 net = of.priced - of.discount - of.returned - included_in(doc, i);

	debit(p, account, -sign * (net + (discounts != NULL ? of.discount : 0)));
	if (discounts != NULL)
		debit(p, discounts, sign * of.discount);
	return sign * net;
}

static int128
post_trade(struct postings *p, const Kasir__V1__Transaction *doc, int sign)
{
	int128 sum = sign * (int128)doc->cash_rounding;
	size_t i;

	for (i = 0; i < doc->n_lines; i++)
		sum += post_line(p, doc, i, sign);
	for (i = 0; i < doc->n_taxes; i++) {
		debit(p, accounts_tax(p->accounts, doc->taxes[i]->code),
		    -sign * (int128)doc->taxes[i]->amount);
		sum += sign * (int128)doc->taxes[i]->amount;
	}
	if (doc->type == TYPE(PAYMENT_ON_ACCOUNT) && doc->n_lines == 0) {
		debit(p, accounts_tender(p->accounts, TENDER(ON_ACCOUNT)),
		    -sign * (int128)doc->gross);
		sum += sign * (int128)doc->gross;
	}
	debit(p, p->accounts->of[ACCOUNT_ROUNDING], -sign * (int128)doc->cash_rounding);
	return sum;
}

static const char *
account_of_movement(const struct accounts *m, const Kasir__V1__Transaction *doc)
{
	const char *purpose = doc->movement != NULL ? doc->movement->account : "";

	switch (doc->type) {
	case TYPE(PAID_IN):
		return accounts_purpose(m, purpose, ACCOUNT_PAID_IN);
	case TYPE(PAID_OUT):
		return accounts_purpose(m, purpose, ACCOUNT_PAID_OUT);
	case TYPE(BANK_DEPOSIT):
		return m->of[ACCOUNT_BANK];
	default:
		return m->of[ACCOUNT_SAFE];
	}
}

/* What the money moved for: MONEY of it. */
static void
post_purpose(struct postings *p, const Kasir__V1__Transaction *doc, int128 money, int sign)
{
	int128 sum = 0;

	if (period_trades(doc->type)) {
		sum = post_trade(p, doc, sign);
	} else if (moves_cash(doc->type)) {
		debit(p, account_of_movement(p->accounts, doc), -money);
		sum = money;
	} else if (doc->type == TYPE(TENDER_RESOLUTION)) {
		debit(p, p->accounts->of[ACCOUNT_REVERSED], -money);
		sum = money;
	}
	debit(p, p->accounts->of[ACCOUNT_DIFFERENCES], sum - money);
}

void
postings_add(struct postings *p, const Kasir__V1__Transaction *doc, int sign)
{
	post_purpose(p, doc, post_money(p, doc, sign), sign);
}

void
postings_except(struct postings *p, const Kasir__V1__Transaction *doc)
{
	debit(p, p->accounts->of[ACCOUNT_EXCEPTIONS], -post_money(p, doc, 1));
}

void
postings_void(struct postings *p, const Kasir__V1__Transaction *doc)
{
	debit(p, p->accounts->of[ACCOUNT_EXCEPTIONS], -post_money(p, doc, -1));
}

void
postings_accept(struct postings *p, const Kasir__V1__Transaction *doc)
{
	postings_void(p, doc);
	postings_add(p, doc, 1);
}

void
postings_vary(struct postings *p, int64_t variance)
{
	debit(p, accounts_tender(p->accounts, TENDER(CASH)), variance);
	debit(p, p->accounts->of[ACCOUNT_VARIANCE], -(int128)variance);
}
