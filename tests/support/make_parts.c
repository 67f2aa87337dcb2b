#include "tests/support/make_parts.h"

#include <string.h>

const struct check_settings make_settings = {
	.currency = "IDR",
	.exponent = 0,
	.rounding = KASIR__V1__ROUNDING_MODE__HALF_UP,
};

/* splitmix64 */
uint64_t
make_roll(struct make_dice *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t
make_below(struct make_dice *d, uint64_t n)
{
	return make_roll(d) % n;
}

bool
make_one_in(struct make_dice *d, uint64_t n)
{
	return make_below(d, n) == 0;
}

int64_t
make_quotient(int64_t numerator, int64_t denominator)
{
	int64_t n = numerator < 0 ? -numerator : numerator;
	int64_t v = (n + denominator / 2) / denominator;

	/* Odd denominators have no ties, even ones put the tie on the half. */
	if (denominator % 2 != 0)
		v = (2 * n + denominator) / (2 * denominator);
	return numerator < 0 ? -v : v;
}

static bool
make_room(struct arena *a, Kasir__V1__Transaction *doc)
{
	doc->lines = arena_alloc(a, MAKE_LINES_MAX * sizeof *doc->lines);
	doc->taxes = arena_alloc(a, 4 * sizeof *doc->taxes);
	doc->tenders = arena_alloc(a, 4 * sizeof *doc->tenders);
	doc->discounts = arena_alloc(a, 4 * sizeof *doc->discounts);
	return doc->lines != NULL && doc->taxes != NULL && doc->tenders != NULL &&
	    doc->discounts != NULL;
}

Kasir__V1__Transaction *
make_document(struct arena *a, Kasir__V1__TransactionType type)
{
	Kasir__V1__Transaction *doc = arena_alloc(a, sizeof *doc);

	if (doc == NULL)
		return NULL;
	kasir__v1__transaction__init(doc);
	doc->schema = 1;
	doc->type = type;
	doc->at_us = INT64_C(1795316400000000);
	doc->utc_offset_min = 420;
	doc->business_day = 20261122;
	doc->cashier = arena_text(a, "sari");
	doc->shift = arena_text(a, "20261122-1");
	doc->currency = arena_text(a, make_settings.currency);
	doc->exponent = make_settings.exponent;
	doc->receipt_number = arena_text(a, "0001");
	if (doc->cashier == NULL || doc->shift == NULL || doc->currency == NULL ||
	    doc->receipt_number == NULL || !make_room(a, doc))
		return NULL;
	return doc;
}

Kasir__V1__Line *
make_add_line(struct arena *a, Kasir__V1__Transaction *doc, Kasir__V1__LineKind kind)
{
	Kasir__V1__Line *line = arena_alloc(a, sizeof *line);

	if (line == NULL || doc->n_lines == MAKE_LINES_MAX)
		return NULL;
	kasir__v1__line__init(line);
	line->kind = kind;
	line->discounts = arena_alloc(a, 2 * sizeof *line->discounts);
	line->shares = arena_alloc(a, 2 * sizeof *line->shares);
	if (line->discounts == NULL || line->shares == NULL)
		return NULL;
	doc->lines[doc->n_lines++] = line;
	line->number = (uint32_t)doc->n_lines;
	return line;
}

Kasir__V1__Tax *
make_add_tax(struct arena *a, Kasir__V1__Transaction *doc, const char *code)
{
	Kasir__V1__Tax *tax = arena_alloc(a, sizeof *tax);

	if (tax == NULL)
		return NULL;
	kasir__v1__tax__init(tax);
	tax->code = arena_text(a, code);
	if (tax->code == NULL)
		return NULL;
	doc->taxes[doc->n_taxes++] = tax;
	return tax;
}

Kasir__V1__Tender *
make_add_tender(struct arena *a, Kasir__V1__Transaction *doc, Kasir__V1__TenderKind kind,
    int64_t tendered)
{
	Kasir__V1__Tender *t = arena_alloc(a, sizeof *t);

	if (t == NULL)
		return NULL;
	kasir__v1__tender__init(t);
	t->kind = kind;
	t->state = KASIR__V1__TENDER_STATE__APPROVED;
	t->tendered = tendered;
	doc->tenders[doc->n_tenders++] = t;
	t->number = (uint32_t)doc->n_tenders;
	return t;
}

bool
make_add_discount(struct arena *a, Kasir__V1__Line *line, const char *name, int64_t amount)
{
	Kasir__V1__Discount *d = arena_alloc(a, sizeof *d);

	if (d == NULL)
		return false;
	kasir__v1__discount__init(d);
	d->name = arena_text(a, name);
	d->amount = amount;
	line->discounts[line->n_discounts++] = d;
	d->number = (uint32_t)line->n_discounts;
	line->amount -= amount;
	return d->name != NULL;
}

bool
make_set_original(struct arena *a, Kasir__V1__Transaction *doc,
    const struct make_original *original)
{
	Kasir__V1__Reference *r = arena_alloc(a, sizeof *r);

	if (r == NULL)
		return false;
	kasir__v1__reference__init(r);
	r->terminal = arena_text(a, original->terminal);
	r->epoch = original->epoch;
	r->sequence = original->sequence;
	doc->original = r;
	return r->terminal != NULL;
}

/* Base, taxable and tax of AMOUNT under the treatment of TAX. */
struct parts {
	int64_t base, taxable, tax;
};

static struct parts
tax_parts(const Kasir__V1__Tax *tax, int64_t amount)
{
	int64_t p = tax->base_numerator != 0 ? tax->base_numerator : 1;
	int64_t q = tax->base_denominator != 0 ? tax->base_denominator : 1;
	struct parts parts = { .base = amount };

	if (tax->inclusive)
		parts.base = make_quotient(amount * 10000 * q, 10000 * q + tax->rate_bp * p);
	parts.taxable = make_quotient(parts.base * p, q);
	parts.tax = tax->inclusive ? amount - parts.base
				   : make_quotient(parts.taxable * tax->rate_bp, 10000);
	return parts;
}

static void
reckon_tax(Kasir__V1__Transaction *doc, Kasir__V1__Tax *tax)
{
	struct parts parts, sum = { 0 };
	int64_t amount = 0;
	size_t i;

	for (i = 0; i < doc->n_lines; i++) {
		if (strcmp(doc->lines[i]->tax_code, tax->code) != 0)
			continue;
		parts = tax_parts(tax, doc->lines[i]->amount);
		doc->lines[i]->tax = tax->by_line ? parts.tax : 0;
		sum.base += parts.base;
		sum.taxable += parts.taxable;
		sum.tax += parts.tax;
		amount += doc->lines[i]->amount;
	}
	if (!tax->by_line)
		sum = tax_parts(tax, amount);
	tax->tax_base = sum.base;
	tax->taxable = sum.taxable;
	tax->amount = sum.tax;
	tax->gross = sum.base + sum.tax;
}

void
make_reckon(Kasir__V1__Transaction *doc)
{
	size_t i;

	doc->gross = 0;
	for (i = 0; i < doc->n_lines; i++)
		if (doc->lines[i]->tax_code[0] == '\0')
			doc->gross += doc->lines[i]->amount;
	for (i = 0; i < doc->n_taxes; i++) {
		reckon_tax(doc, doc->taxes[i]);
		doc->gross += doc->taxes[i]->gross;
	}
	doc->payable = doc->gross + doc->cash_rounding;
}
