#include "tools/kasirctl/close_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "cash/period.h"

void
close_heading(struct paper *p, enum slip_word w)
{
	slip_rule(&p->slip, '-');
	slip_text(&p->slip, paper_word(p, w));
}

void
close_figure(struct paper *p, const char *name, uint64_t count, int64_t amount)
{
	char left[160];

	if (count == 0 && amount == 0)
		return;
	snprintf(left, sizeof left, "%s %" PRIu64 " x", name, count);
	paper_amount(p, left, amount);
}

static void
print_figure(struct paper *p, enum slip_word w, const Kasir__V1__Figure *f)
{
	if (f != NULL)
		close_figure(p, paper_word(p, w), f->count, f->amount);
}

/* The steps that are zero are no steps, but for the first and the last. */
static void
print_ladder(const Kasir__V1__PeriodTotals *t, struct paper *p)
{
	close_heading(p, WORD_SALES);
	paper_amount(p, paper_word(p, WORD_GROSS_SALES), t->items);
	paper_figure(p, WORD_DISCOUNTS, period_clamp(-(int128)t->discounts));
	paper_figure(p, WORD_RETURNS, period_clamp(-(int128)t->returns));
	paper_figure(p, WORD_INCLUDED_TAX, period_clamp(-(int128)t->tax_included));
	paper_amount(p, paper_word(p, WORD_NET), t->net);
	paper_figure(p, WORD_TAX, t->tax);
	paper_figure(p, WORD_SERVICE, t->service);
	paper_figure(p, WORD_OTHER, t->other);
	paper_amount(p, paper_word(p, WORD_TOTAL), t->total);
	paper_figure(p, WORD_ROUNDING, t->rounding);
}

static void
print_tenders(const Kasir__V1__PeriodTotals *t, struct paper *p)
{
	char name[SLIP_NAME_MAX];
	int128 non_cash = 0;

	if (t->n_tenders == 0)
		return;
	close_heading(p, WORD_TENDERS);
	for (size_t i = 0; i < t->n_tenders; i++) {
		const Kasir__V1__TenderTotal *x = t->tenders[i];

		slip_tender_name(p->language, x->kind, name);
		close_figure(p, name, x->count, x->amount);
		if (x->kind != KASIR__V1__TENDER_KIND__CASH &&
		    x->kind != KASIR__V1__TENDER_KIND__CASH_FOREIGN)
			non_cash += x->amount;
	}
	paper_figure(p, WORD_NON_CASH, period_clamp(non_cash));
}

static void
print_taxes(const Kasir__V1__PeriodTotals *t, struct paper *p)
{
	char left[160], rate[24], base[MONEY_TEXT_MAX];

	if (t->n_taxes > 0)
		close_heading(p, WORD_TAXES);
	for (size_t i = 0; i < t->n_taxes; i++) {
		const Kasir__V1__TaxTotal *x = t->taxes[i];

		if (x->code[0] == '\0') {
			paper_figure(p, WORD_OUTSIDE_TAX, x->gross);
			continue;
		}
		paper_rate(p, x->rate_bp, rate);
		paper_money(p, x->taxable, base);
		snprintf(left, sizeof left, "%.40s %s (%s %s)", x->code, rate,
		    paper_word(p, WORD_OF_BASE), base);
		paper_amount(p, left, x->amount);
	}
}

static void
print_types(const Kasir__V1__PeriodTotals *t, struct paper *p)
{
	char name[SLIP_NAME_MAX];

	if (t->n_types > 0)
		close_heading(p, WORD_TRANSACTIONS);
	for (size_t i = 0; i < t->n_types; i++) {
		const Kasir__V1__TypeTotal *x = t->types[i];

		slip_type_name(p->language, x->type, name);
		close_figure(p, name, x->count, x->amount);
	}
	print_figure(p, WORD_LINE_VOIDS, t->line_voids);
	print_figure(p, WORD_OVERRIDES, t->overrides);
	print_figure(p, WORD_PENDING, t->pending);
}

/* Always there, so that none is seen to be none. */
static void
print_exceptions(const Kasir__V1__PeriodTotals *t, struct paper *p)
{
	const Kasir__V1__Figure *f = t->exceptions;
	char left[80];

	slip_rule(&p->slip, '-');
	snprintf(left, sizeof left, "%s %" PRIu64 " x", paper_word(p, WORD_EXCEPTIONS),
	    f != NULL ? f->count : 0);
	paper_amount(p, left, f != NULL ? f->amount : 0);
	print_figure(p, WORD_ACCEPTED, t->accepted);
	print_figure(p, WORD_VOIDED, t->voided);
	if (t->training != NULL && t->training->count > 0)
		print_figure(p, WORD_TRAINING_FIGURE, t->training);
}

void
close_print_totals(const Kasir__V1__PeriodTotals *t, struct paper *p)
{
	if (t == NULL)
		return;
	print_ladder(t, p);
	print_tenders(t, p);
	print_taxes(t, p);
	print_types(t, p);
	print_exceptions(t, p);
}

static void
print_foreign(const Kasir__V1__CashTotals *c, struct paper *p)
{
	char text[MONEY_TEXT_MAX];

	for (size_t i = 0; i < c->n_foreign; i++) {
		const Kasir__V1__ForeignTotal *f = c->foreign[i];

		money_format((struct money){ f->amount }, f->currency,
		    money_iso_exponent(f->currency), text);
		slip_pair(&p->slip, paper_word(p, WORD_FOREIGN), text);
	}
}

void
close_print_cash(const Kasir__V1__PeriodTotals *t, struct paper *p)
{
	const Kasir__V1__CashTotals *c = t != NULL ? t->cash : NULL;

	if (c == NULL)
		return;
	close_heading(p, WORD_CASH);
	paper_figure(p, WORD_OPENING, c->opening);
	paper_figure(p, WORD_CASH_SALES, c->sales);
	paper_figure(p, WORD_PAID_IN, c->paid_in);
	paper_figure(p, WORD_LOANS, c->loans);
	paper_figure(p, WORD_PAID_OUT, period_clamp(-(int128)c->paid_out));
	paper_figure(p, WORD_PICKUPS, period_clamp(-(int128)c->pickups));
	paper_figure(p, WORD_DROPS, period_clamp(-(int128)c->drops));
	paper_figure(p, WORD_DEPOSITS, period_clamp(-(int128)c->deposits));
	paper_figure(p, WORD_EXCHANGED, c->exchange);
	paper_figure(p, WORD_CASH_BACK, period_clamp(-(int128)c->cash_back));
	paper_figure(p, WORD_CASH_EXCEPTIONS, c->exceptions);
	paper_amount(p, paper_word(p, WORD_EXPECTED), c->expected);
	print_foreign(c, p);
}

static int64_t
amount_of(uint64_t magnitude)
{
	return magnitude > INT64_MAX ? INT64_MAX : (int64_t)magnitude;
}

void
close_print_perpetual(const Kasir__V1__GrandTotals *t, struct paper *p)
{
	if (t == NULL)
		return;
	close_heading(p, WORD_PERPETUAL);
	close_figure(p, paper_word(p, WORD_SALES_FIGURE), t->sales_count, amount_of(t->sales));
	close_figure(p, paper_word(p, WORD_RETURNS), t->returns_count, amount_of(t->returns));
	close_figure(p, paper_word(p, WORD_VOIDS), t->voids_count, amount_of(t->voids));
	close_figure(p, paper_word(p, WORD_EXCEPTIONS), t->exceptions_count,
	    amount_of(t->exceptions));
	close_figure(p, paper_word(p, WORD_TRAINING_FIGURE), t->training_count,
	    amount_of(t->training));
}
