/* What the lines and taxes of a document add up to. */
#include "cash/period_parts.h"

#include <string.h>

/* Where CODE belongs between the rows that are there; true: it stands at *RET. */
static bool
tax_find(const struct period *p, const char *code, uint32_t rate_bp, size_t *ret)
{
	size_t i;
	int order = 1;

	for (i = 0; i < p->n_taxes; i++) {
		order = strcmp(p->taxes[i].code, code);
		if (order == 0 && p->taxes[i].rate_bp != rate_bp)
			order = p->taxes[i].rate_bp < rate_bp ? -1 : 1;
		if (order >= 0)
			break;
	}
	*ret = i;
	return i < p->n_taxes && order == 0;
}

static struct period_tax *
tax_row(struct period *p, const char *code, uint32_t rate_bp)
{
	size_t i, last = PERIOD_TAXES;

	if (strlen(code) > PERIOD_CODE_MAX)
		code = "";
	if (*code == '\0')
		rate_bp = 0;
	if (tax_find(p, code, rate_bp, &i))
		return &p->taxes[i];
	/* A place is kept for "", which stands first. */
	if (p->n_taxes == 0 || p->taxes[0].code[0] != '\0')
		last--;
	if (*code != '\0' && p->n_taxes >= last)
		return tax_row(p, "", 0);
	memmove(&p->taxes[i + 1], &p->taxes[i], (p->n_taxes++ - i) * sizeof p->taxes[0]);
	memset(&p->taxes[i], 0, sizeof p->taxes[i]);
	memcpy(p->taxes[i].code, code, strlen(code));
	p->taxes[i].rate_bp = rate_bp;
	return &p->taxes[i];
}

static void
add_tax(struct period *p, const Kasir__V1__Tax *tax, int sign)
{
	struct period_tax *row = tax_row(p, tax->code, tax->rate_bp);

	period_gain(&row->tax_base, sign * (int128)tax->tax_base);
	period_gain(&row->taxable, sign * (int128)tax->taxable);
	period_gain(&row->amount, sign * (int128)tax->amount);
	period_gain(&row->gross, sign * (int128)tax->gross);
	period_gain(&p->tax, sign * (int128)tax->amount);
	if (tax->inclusive)
		period_gain(&p->tax_included, sign * (int128)tax->amount);
}

static void
add_untaxed(struct period *p, int128 amount)
{
	struct period_tax *row = tax_row(p, "", 0);

	period_gain(&row->tax_base, amount);
	period_gain(&row->gross, amount);
}

/* A LINE_VOID takes away what its target added; one without a target was keyed as goods. */
static Kasir__V1__LineKind
kind_of(const Kasir__V1__Transaction *doc, size_t i)
{
	const Kasir__V1__Line *target;

	if (doc->lines[i]->kind != KIND(LINE_VOID))
		return doc->lines[i]->kind;
	target = check_void_target(doc, i);
	return target != NULL ? target->kind : KIND(ITEM);
}

struct period_line
period_line_of(const Kasir__V1__Transaction *doc, size_t i)
{
	const Kasir__V1__Line *line = doc->lines[i];
	struct period_line of = { .kind = kind_of(doc, i) };

	if (of.kind == KIND(RETURN_ITEM)) {
		of.returned = -(int128)line->amount;
	} else {
		of.priced = line->extended;
		of.discount = (int128)line->extended - line->amount;
	}
	return of;
}

static void
add_line(struct period *p, const Kasir__V1__Transaction *doc, size_t i, int sign)
{
	struct period_line of = period_line_of(doc, i);
	int64_t *to = &p->other;

	if (check_tax_of(doc, doc->lines[i]->tax_code) == NULL)
		add_untaxed(p, sign * (int128)doc->lines[i]->amount);
	if (of.kind == KIND(ITEM))
		to = &p->items;
	else if (of.kind == KIND(SERVICE_CHARGE))
		to = &p->service;
	period_gain(to, sign * of.priced);
	period_gain(&p->discounts, sign * of.discount);
	period_gain(&p->returns, sign * of.returned);
}

/* A payment on account may have no line that says what it is for. */
static void
add_unlined(struct period *p, const Kasir__V1__Transaction *doc, int sign)
{
	if (doc->type != TYPE(PAYMENT_ON_ACCOUNT) || doc->n_lines > 0)
		return;
	period_gain(&p->other, sign * (int128)doc->gross);
	add_untaxed(p, sign * (int128)doc->gross);
}

void
period_trade_add(struct period *p, const Kasir__V1__Transaction *doc, int sign)
{
	size_t i;

	if (!period_trades(doc->type))
		return;
	for (i = 0; i < doc->n_lines; i++)
		add_line(p, doc, i, sign);
	for (i = 0; i < doc->n_taxes; i++)
		add_tax(p, doc->taxes[i], sign);
	add_unlined(p, doc, sign);
	period_gain(&p->total, sign * (int128)doc->gross);
	period_gain(&p->rounding, sign * (int128)doc->cash_rounding);
}
