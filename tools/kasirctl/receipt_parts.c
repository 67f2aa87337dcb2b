#include "tools/kasirctl/receipt_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cash/period.h"
#include "edge/glyph.h"

#define KIND(name) KASIR__V1__LINE_KIND__##name
#define STATE(name) KASIR__V1__TENDER_STATE__##name

static const char *
unit_text(const char *code)
{
	static const char *const units[][2] = { { "KGM", "kg" }, { "GRM", "g" }, { "LTR", "l" },
		{ "MLT", "ml" }, { "MTR", "m" }, { "MTK", "m2" }, { "HUR", "h" } };

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcmp(units[i][0], code) == 0)
			return units[i][1];
	return code;
}

/* Prices below a minor unit (fuel) show their thousandths. */
static void
price_text(const struct paper *p, int64_t unit_price, char to[MONEY_TEXT_MAX])
{
	if (unit_price % 1000 == 0)
		money_format((struct money){ unit_price / 1000 }, p->currency, p->exponent, to);
	else
		money_format((struct money){ unit_price }, p->currency, p->exponent + 3, to);
}

static void
print_discounts(Kasir__V1__Discount *const *discounts, size_t n, const char *indent,
    struct paper *p)
{
	char left[200], rate[24];

	for (size_t i = 0; i < n; i++) {
		const Kasir__V1__Discount *d = discounts[i];

		paper_rate(p, d->rate_bp, rate);
		snprintf(left, sizeof left, "%s%s%s%s%s%.120s", indent, paper_word(p, WORD_DISCOUNT),
		    d->rate_bp != 0 ? " " : "", d->rate_bp != 0 ? rate : "",
		    d->name[0] != '\0' ? " " : "", d->name);
		paper_amount(p, left, period_clamp(-(int128)d->amount));
	}
}

static void
print_line(const Kasir__V1__Line *l, struct paper *p)
{
	const char *name = l->name[0] != '\0' ? l->name : l->sku[0] != '\0' ? l->sku : l->gtin;
	char left[300], quantity[32], price[MONEY_TEXT_MAX];

	snprintf(left, sizeof left, "%s%s%.250s", l->kind == KIND(LINE_VOID) ?
	    paper_word(p, WORD_LINE_VOID) : "", l->kind == KIND(LINE_VOID) ? " " : "", name);
	if (l->quantity == 1000 && l->unit[0] == '\0') {
		paper_amount(p, left, l->extended);
	} else {
		slip_text(&p->slip, left);
		paper_quantity(p, l->quantity, quantity);
		price_text(p, l->unit_price, price);
		snprintf(left, sizeof left, "  %s%s%.20s x %s", quantity,
		    l->unit[0] != '\0' ? " " : "", unit_text(l->unit), price);
		paper_amount(p, left, l->extended);
	}
	print_discounts(l->discounts, l->n_discounts, "  ", p);
	if (l->note[0] != '\0') {
		snprintf(left, sizeof left, "  %.250s", l->note);
		slip_text(&p->slip, left);
	}
}

void
receipt_print_lines(const Kasir__V1__Transaction *doc, struct paper *p)
{
	for (size_t i = 0; i < doc->n_lines; i++)
		if (doc->lines[i]->kind != KIND(SERVICE_CHARGE))
			print_line(doc->lines[i], p);
}

/* After its own discounts, before those of the document. */
static int128
price_of(const Kasir__V1__Line *l)
{
	int128 sum = l->extended;

	for (size_t i = 0; i < l->n_discounts; i++)
		sum -= l->discounts[i]->amount;
	return sum;
}

static void
print_subtotal(const Kasir__V1__Transaction *doc, struct paper *p)
{
	int128 sum = 0;
	size_t i;

	for (i = 0; i < doc->n_lines; i++)
		if (doc->lines[i]->kind != KIND(SERVICE_CHARGE))
			sum += price_of(doc->lines[i]);
	slip_rule(&p->slip, '-');
	paper_amount(p, paper_word(p, WORD_SUBTOTAL), period_clamp(sum));
	print_discounts(doc->discounts, doc->n_discounts, "", p);
	for (i = 0; i < doc->n_lines; i++)
		if (doc->lines[i]->kind == KIND(SERVICE_CHARGE))
			print_line(doc->lines[i], p);
}

static void
print_taxes(const Kasir__V1__Transaction *doc, bool inclusive, struct paper *p)
{
	char left[200], rate[24], base[MONEY_TEXT_MAX];

	for (size_t i = 0; i < doc->n_taxes; i++) {
		const Kasir__V1__Tax *t = doc->taxes[i];

		if ((t->inclusive != 0) != inclusive)
			continue;
		paper_rate(p, t->rate_bp, rate);
		paper_money(p, t->taxable, base);
		snprintf(left, sizeof left, "%.40s %s (%s %s)", t->code, rate,
		    paper_word(p, WORD_OF_BASE), base);
		paper_amount(p, left, t->amount);
	}
}

void
receipt_print_totals(const Kasir__V1__Transaction *doc, struct paper *p)
{
	if (!period_trades(doc->type) && doc->n_lines == 0)
		return;
	if (doc->n_lines > 0)
		print_subtotal(doc, p);
	print_taxes(doc, false, p);
	paper_amount(p, paper_word(p, WORD_TOTAL), doc->gross);
	if (doc->cash_rounding != 0) {
		paper_amount(p, paper_word(p, WORD_ROUNDING), doc->cash_rounding);
		paper_amount(p, paper_word(p, WORD_BALANCE), doc->payable);
	}
	for (size_t i = 0; i < doc->n_taxes; i++)
		if (doc->taxes[i]->inclusive) {
			slip_text(&p->slip, paper_word(p, WORD_INCLUDED_TAX));
			print_taxes(doc, true, p);
			break;
		}
}

static void
print_foreign(const Kasir__V1__Foreign *f, struct paper *p)
{
	char left[MONEY_TEXT_MAX + 2] = "  ";

	if (f == NULL)
		return;
	money_format((struct money){ f->amount }, f->currency, f->exponent, left + 2);
	slip_text(&p->slip, left);
}

static void
print_tender(const Kasir__V1__Tender *t, struct paper *p)
{
	char name[SLIP_NAME_MAX], left[160];
	const char *state = t->state == STATE(REVERSED) ? paper_word(p, WORD_REVERSED) :
	    t->state == STATE(PENDING) || t->state == STATE(UNKNOWN) ? paper_word(p, WORD_PENDING) : "";

	slip_tender_name(p->language, (unsigned)t->kind, name);
	snprintf(left, sizeof left, "%s%s%s%s", name, *state != '\0' ? " (" : "", state,
	    *state != '\0' ? ")" : "");
	paper_amount(p, left, t->tendered);
	print_foreign(t->foreign, p);
	if (t->rrn[0] != '\0') {
		snprintf(left, sizeof left, "  RRN %.100s", t->rrn);
		slip_text(&p->slip, left);
	}
	paper_figure(p, WORD_CASH_BACK, t->cash_back);
	paper_figure(p, WORD_FORFEIT, t->forfeit);
	paper_figure(p, WORD_CHANGE, t->change);
}

void
receipt_print_tenders(const Kasir__V1__Transaction *doc, struct paper *p)
{
	/* Where there is nothing to pay for, they stand right below the heading. */
	if (doc->n_tenders > 0 && (doc->n_lines > 0 || period_trades(doc->type)))
		slip_rule(&p->slip, '-');
	for (size_t i = 0; i < doc->n_tenders; i++)
		print_tender(doc->tenders[i], p);
}
