#include "tests/support/period_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct out {
	char *to;
	size_t n;
};

static void put(struct out *o, const char *fmt, ...) KAS_PRINTF(2, 3);

static void
put(struct out *o, const char *fmt, ...)
{
	va_list ap;

	if (o->n > 0 && o->n < PERIOD_TEXT_MAX - 1)
		o->to[o->n++] = ' ';
	va_start(ap, fmt);
	o->n += (size_t)vsnprintf(o->to + o->n, PERIOD_TEXT_MAX - o->n, fmt, ap);
	va_end(ap);
	kas_assert(o->n < PERIOD_TEXT_MAX);
}

static void
put_sum(struct out *o, const char *name, int64_t v)
{
	if (v != 0)
		put(o, "%s=%lld", name, (long long)v);
}

static void
put_figure(struct out *o, const char *name, const struct figure *f)
{
	if (f->count != 0 || f->amount != 0)
		put(o, "%s=%llu:%lld", name, (unsigned long long)f->count,
		    (long long)f->amount);
}

static void
put_row(struct out *o, const char *name, unsigned i, const struct figure *f)
{
	char text[32];

	snprintf(text, sizeof text, "%s.%u", name, i);
	put_figure(o, text, f);
}

static void
put_cash(struct out *o, const struct period_cash *c)
{
	size_t i;

	put_sum(o, "cash.opening", c->opening);
	put_sum(o, "cash.sales", c->sales);
	put_sum(o, "cash.paid_in", c->paid_in);
	put_sum(o, "cash.loans", c->loans);
	put_sum(o, "cash.paid_out", c->paid_out);
	put_sum(o, "cash.pickups", c->pickups);
	put_sum(o, "cash.drops", c->drops);
	put_sum(o, "cash.deposits", c->deposits);
	put_sum(o, "cash.exchange", c->exchange);
	put_sum(o, "cash.cash_back", c->cash_back);
	put_sum(o, "cash.exceptions", c->exceptions);
	for (i = 0; i < c->n_foreign; i++)
		put(o, "foreign.%s=%lld", c->foreign[i].currency,
		    (long long)c->foreign[i].amount);
}

static void
put_tax(struct out *o, const struct period_tax *t)
{
	put(o, "tax.%s@%u=%lld/%lld/%lld/%lld", t->code, t->rate_bp, (long long)t->tax_base,
	    (long long)t->taxable, (long long)t->amount, (long long)t->gross);
}

void
period_text(const struct period *p, char to[PERIOD_TEXT_MAX])
{
	struct out o = { to, 0 };
	unsigned i;

	to[0] = '\0';
	put_sum(&o, "items", p->items);
	put_sum(&o, "discounts", p->discounts);
	put_sum(&o, "returns", p->returns);
	put_sum(&o, "tax_included", p->tax_included);
	put_sum(&o, "net", period_net(p));
	put_sum(&o, "tax", p->tax);
	put_sum(&o, "service", p->service);
	put_sum(&o, "other", p->other);
	put_sum(&o, "total", p->total);
	put_sum(&o, "rounding", p->rounding);
	for (i = 0; i < PERIOD_TYPES; i++)
		put_row(&o, "type", i, &p->types[i]);
	for (i = 0; i < PERIOD_TENDERS; i++)
		put_row(&o, "tender", i, &p->tenders[i]);
	for (i = 0; i < p->n_taxes; i++)
		put_tax(&o, &p->taxes[i]);
	put_figure(&o, "exceptions", &p->exceptions);
	put_figure(&o, "accepted", &p->accepted);
	put_figure(&o, "voided", &p->voided);
	put_figure(&o, "training", &p->training);
	put_figure(&o, "line_voids", &p->line_voids);
	put_figure(&o, "overrides", &p->overrides);
	put_figure(&o, "pending", &p->pending);
	put_cash(&o, &p->cash);
	put_sum(&o, "expected", period_expected_cash(p));
}
