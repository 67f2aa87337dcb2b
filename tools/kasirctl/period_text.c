#include "tools/kasirctl/period_text.h"

#include <stdio.h>

#include "edge/lang.h"
#include "kasir/v1/transaction.pb-c.h"
#include "tools/kasirctl/tx_text.h"

#define NO_COUNT UINT64_MAX

static void
line(struct table *t, const struct period_money *m, const char *what, uint64_t count,
    int64_t amount)
{
	char shown[MONEY_TEXT_MAX];

	lang_money((struct money){ amount }, m->currency, m->exponent, shown);
	table_shown_text(t, gettext(what), what);
	if (count != NO_COUNT)
		table_count(t, count);
	else
		table_text(t, NULL);
	table_shown_number(t, shown, amount);
}

/* What is zero is left out: a slip that says nothing twenty times is not read. */
static void
line_if(struct table *t, const struct period_money *m, const char *what, int64_t amount)
{
	if (amount != 0)
		line(t, m, what, NO_COUNT, amount);
}

static void
figure(struct table *t, const struct period_money *m, const char *what,
    const Kasir__V1__Figure *f)
{
	if (f != NULL && (f->count > 0 || f->amount != 0))
		line(t, m, what, f->count, f->amount);
}

/* gross - discounts - returns = net, + tax + service = total */
static void
add_ladder(struct table *t, const struct period_money *m, const Kasir__V1__PeriodTotals *p)
{
	line(t, m, N_("items"), NO_COUNT, p->items);
	line_if(t, m, N_("- discounts"), p->discounts);
	line_if(t, m, N_("- returns"), p->returns);
	line_if(t, m, N_("- tax in the prices"), p->tax_included);
	line(t, m, N_("= net"), NO_COUNT, p->net);
	line_if(t, m, N_("+ tax"), p->tax);
	line_if(t, m, N_("+ service"), p->service);
	line_if(t, m, N_("+ other"), p->other);
	line(t, m, N_("= total"), NO_COUNT, p->total);
	line_if(t, m, N_("cash rounding"), p->rounding);
}

static void
add_lists(struct table *t, const struct period_money *m, const Kasir__V1__PeriodTotals *p)
{
	char what[80], word[TX_TYPE_MAX];

	for (size_t i = 0; i < p->n_types; i++) {
		tx_type_text((Kasir__V1__TransactionType)p->types[i]->type, word);
		line(t, m, word, p->types[i]->count, p->types[i]->amount);
	}
	for (size_t i = 0; i < p->n_tenders; i++) {
		tx_enum_text(&kasir__v1__tender_kind__descriptor, (int)p->tenders[i]->kind, word);
		line(t, m, word, p->tenders[i]->count, p->tenders[i]->amount);
	}
	for (size_t i = 0; i < p->n_taxes; i++) {
		const Kasir__V1__TaxTotal *x = p->taxes[i];

		if (x->code[0] == '\0')
			continue;	/* what is outside tax has none */
		snprintf(what, sizeof what, _("tax %s %u.%02u %%"), x->code, x->rate_bp / 100,
		    x->rate_bp % 100);
		line(t, m, what, NO_COUNT, x->amount);
	}
}

/* Beside what is expected, each in its own money. */
static void
add_foreign(struct table *t, const Kasir__V1__CashTotals *c)
{
	for (size_t i = 0; i < c->n_foreign; i++) {
		const Kasir__V1__ForeignTotal *f = c->foreign[i];
		struct period_money m = { f->currency, money_iso_exponent(f->currency) };

		line(t, &m, N_("cash: foreign"), NO_COUNT, f->amount);
	}
}

static void
add_cash(struct table *t, const struct period_money *m, const Kasir__V1__CashTotals *c)
{
	if (c == NULL)
		return;
	line_if(t, m, N_("cash: float"), c->opening);
	line_if(t, m, N_("cash: sales"), c->sales);
	line_if(t, m, N_("cash: paid in"), c->paid_in);
	line_if(t, m, N_("cash: loans"), c->loans);
	line_if(t, m, N_("cash: paid out"), -c->paid_out);
	line_if(t, m, N_("cash: pickups"), -c->pickups);
	line_if(t, m, N_("cash: safe drops"), -c->drops);
	line_if(t, m, N_("cash: deposits"), -c->deposits);
	line_if(t, m, N_("cash: exchange"), c->exchange);
	line_if(t, m, N_("cash: cash back"), -c->cash_back);
	line_if(t, m, N_("cash: in exceptions"), c->exceptions);
	line(t, m, N_("cash: expected"), NO_COUNT, c->expected);
	add_foreign(t, c);
}

struct table *
period_table(const Kasir__V1__PeriodTotals *p, const struct period_money *m)
{
	static const struct table_column columns[] = {
		{ "what", "What", TABLE_LEFT }, { "count", "Count", TABLE_RIGHT },
		{ "amount", "Amount", TABLE_RIGHT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	if (p == NULL)
		return t;
	add_ladder(t, m, p);
	add_lists(t, m, p);
	figure(t, m, N_("line voids"), p->line_voids);
	figure(t, m, N_("overrides"), p->overrides);
	figure(t, m, N_("pending tenders"), p->pending);
	figure(t, m, N_("exceptions"), p->exceptions);
	figure(t, m, N_("accepted"), p->accepted);
	figure(t, m, N_("voided"), p->voided);
	figure(t, m, N_("training"), p->training);
	add_cash(t, m, p->cash);
	return t;
}
