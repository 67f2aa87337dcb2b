#include "tests/support/make_parts.h"

#include "base/proto.h"

#include <string.h>

static bool
can_return(const Kasir__V1__Transaction *sale, size_t i)
{
	const Kasir__V1__Line *line = sale->lines[i];
	size_t k;

	for (k = i + 1; k < sale->n_lines; k++)
		if (sale->lines[k]->voids_line == line->number)
			return false;
	return line->kind == KASIR__V1__LINE_KIND__ITEM;
}

static int64_t
some_of(struct make_dice *d, int64_t quantity)
{
	if (quantity < 2000 || quantity % 1000 != 0 || make_one_in(d, 2))
		return quantity;
	return ((int64_t)make_below(d, (uint64_t)quantity / 1000) + 1) * 1000;
}

/* Its part of the sold line's net; what the original took off comes off again. */
static bool
price_return(struct arena *a, Kasir__V1__Line *line, const Kasir__V1__Line *sold,
    int64_t quantity)
{
	int64_t net = make_quotient(sold->amount * quantity, sold->quantity);

	line->quantity = -quantity;
	line->unit_price = sold->unit_price;
	line->extended = -make_quotient(quantity * sold->unit_price, 1000000);
	line->amount = line->extended;
	/* Rounded apart, the part may come out one above its own extension. */
	if (net >= -line->extended)
		return true;
	return make_add_discount(a, line, "Promo", line->extended + net);
}

static bool
return_line(struct arena *a, struct make_dice *d, Kasir__V1__Transaction *doc,
    const Kasir__V1__Line *sold)
{
	Kasir__V1__Line *line = make_add_line(a, doc, KASIR__V1__LINE_KIND__RETURN_ITEM);
	Kasir__V1__Reference *ref = arena_alloc(a, sizeof *ref);

	if (line == NULL || ref == NULL)
		return false;
	kasir__v1__reference__init(ref);
	ref->line = sold->number;
	line->original = ref;
	line->sku = sold->sku;
	line->gtin = sold->gtin;
	line->name = sold->name;
	line->tax_code = sold->tax_code;
	return price_return(a, line, sold, some_of(d, sold->quantity));
}

/* The treatments of the original, for the codes that came back. */
static bool
copy_taxes(struct arena *a, Kasir__V1__Transaction *doc, const Kasir__V1__Transaction *sale)
{
	Kasir__V1__Tax *tax;
	size_t i, k;

	for (i = 0; i < sale->n_taxes; i++) {
		for (k = 0; k < doc->n_lines; k++)
			if (strcmp(doc->lines[k]->tax_code, sale->taxes[i]->code) == 0)
				break;
		if (k == doc->n_lines)
			continue;
		if ((tax = make_add_tax(a, doc, sale->taxes[i]->code)) == NULL)
			return false;
		tax->rate_bp = sale->taxes[i]->rate_bp;
		tax->base_numerator = sale->taxes[i]->base_numerator;
		tax->base_denominator = sale->taxes[i]->base_denominator;
		tax->inclusive = sale->taxes[i]->inclusive;
		tax->by_line = sale->taxes[i]->by_line;
	}
	return true;
}

Kasir__V1__Transaction *
make_return(struct arena *a, uint64_t seed, const Kasir__V1__Transaction *sale,
    const struct make_original *original)
{
	Kasir__V1__Transaction *doc = make_document(a, KASIR__V1__TRANSACTION_TYPE__RETURN);
	struct make_dice d = { seed };
	size_t i, last = sale->n_lines;

	if (doc == NULL || !make_set_original(a, doc, original))
		return NULL;
	for (i = 0; i < sale->n_lines; i++) {
		if (!can_return(sale, i))
			continue;
		last = i;
		if (make_one_in(&d, 2) && !return_line(a, &d, doc, sale->lines[i]))
			return NULL;
	}
	if (last == sale->n_lines)
		return NULL;
	if (doc->n_lines == 0 && !return_line(a, &d, doc, sale->lines[last]))
		return NULL;
	if (!copy_taxes(a, doc, sale))
		return NULL;
	make_reckon(doc);
	if (doc->payable != 0 &&
	    make_add_tender(a, doc, KASIR__V1__TENDER_KIND__CASH, doc->payable) == NULL)
		return NULL;
	return doc;
}

static void
negate(int64_t *v)
{
	*v = -*v;
}

static void
negate_line(Kasir__V1__Line *line)
{
	size_t i;

	negate(&line->quantity);
	negate(&line->extended);
	negate(&line->amount);
	negate(&line->tax);
	for (i = 0; i < line->n_discounts; i++)
		negate(&line->discounts[i]->amount);
	for (i = 0; i < line->n_shares; i++)
		negate(&line->shares[i]->amount);
}

static void
negate_tax(Kasir__V1__Tax *tax)
{
	negate(&tax->tax_base);
	negate(&tax->taxable);
	negate(&tax->amount);
	negate(&tax->gross);
}

static void
negate_tender(Kasir__V1__Tender *t)
{
	negate(&t->tendered);
	negate(&t->change);
	negate(&t->cash_back);
	negate(&t->forfeit);
	if (t->foreign != NULL)
		negate(&t->foreign->amount);
}

static void
negate_document(Kasir__V1__Transaction *doc)
{
	size_t i;

	for (i = 0; i < doc->n_lines; i++)
		negate_line(doc->lines[i]);
	for (i = 0; i < doc->n_discounts; i++)
		negate(&doc->discounts[i]->amount);
	for (i = 0; i < doc->n_taxes; i++)
		negate_tax(doc->taxes[i]);
	for (i = 0; i < doc->n_tenders; i++)
		negate_tender(doc->tenders[i]);
	negate(&doc->gross);
	negate(&doc->cash_rounding);
	negate(&doc->payable);
}

Kasir__V1__Transaction *
make_void(struct arena *a, const Kasir__V1__Transaction *doc, const struct make_original *original)
{
	Kasir__V1__Transaction *copy;
	struct bytes packed;

	if (!proto_pack(a, &doc->base, &packed))
		return NULL;
	copy = proto_unpack(&kasir__v1__transaction__descriptor, a, packed);
	if (copy == NULL || !make_set_original(a, copy, original))
		return NULL;
	copy->type = KASIR__V1__TRANSACTION_TYPE__POST_VOID;
	copy->reason = arena_text(a, "wrong table");
	negate_document(copy);
	return copy->reason != NULL ? copy : NULL;
}
