#include "tools/kasir-term/reversal.h"

typedef Kasir__V1__Transaction document;

static Kasir__V1__Reference *
make_reference(struct arena *a, const struct reversal_original *o)
{
	Kasir__V1__Reference *ref = arena_alloc(a, sizeof(*ref));

	if (ref == NULL)
		return NULL;
	kasir__v1__reference__init(ref);
	ref->store = (char *)o->store;
	ref->terminal = (char *)o->terminal;
	ref->epoch = o->epoch;
	ref->sequence = o->sequence;
	return ref;
}

static bool
name_original(struct arena *a, document *doc, const struct reversal_original *o)
{
	doc->original = make_reference(a, o);
	return doc->original != NULL;
}

static bool
mark_without_receipt(struct arena *a, document *doc)
{
	doc->flags = arena_alloc(a, sizeof(*doc->flags));
	if (doc->flags == NULL)
		return false;
	doc->flags[0] = KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN;
	doc->n_flags = 1;
	return true;
}

/* NUMERATOR / DENOMINATOR, half up; both positive. */
static int64_t
rounded(int64_t numerator, int64_t denominator)
{
	return (numerator + denominator / 2) / denominator;
}

static void
take_back(Kasir__V1__Line *l, int64_t quantity)
{
	l->kind = KASIR__V1__LINE_KIND__RETURN_ITEM;
	l->quantity = -quantity;
	l->extended = l->amount = -rounded(quantity * l->unit_price, 1000000);
}

/* The lines that come back, numbered anew; each names the one it was. */
static bool
keep_taken(struct arena *a, document *doc, const int64_t *taken, bool referring)
{
	size_t i, n = 0;

	for (i = 0; i < doc->n_lines; i++) {
		Kasir__V1__Line *l = doc->lines[i];
		Kasir__V1__Reference *ref;

		if (taken[i] == 0)
			continue;
		if (referring) {
			ref = arena_alloc(a, sizeof(*ref));
			if (ref == NULL)
				return false;
			kasir__v1__reference__init(ref);
			ref->line = l->number;
			l->original = ref;
		}
		take_back(l, taken[i]);
		l->number = (uint32_t)n + 1;
		doc->lines[n++] = l;
	}
	doc->n_lines = n;
	return true;
}

static void
reckon(document *doc)
{
	Kasir__V1__Tax *t = doc->taxes[0];
	size_t i;

	t->tax_base = 0;
	for (i = 0; i < doc->n_lines; i++)
		t->tax_base += doc->lines[i]->amount;
	t->taxable = t->tax_base;
	t->amount = -rounded(-t->taxable * t->rate_bp, 10000);
	t->gross = t->tax_base + t->amount;
	doc->gross = doc->payable = t->gross;
	doc->tenders[0]->tendered = doc->payable;
	doc->tenders[0]->change = 0;
}

bool
reversal_return(struct arena *a, document *sale, const int64_t *taken,
    const struct reversal_original *original)
{
	sale->type = KASIR__V1__TRANSACTION_TYPE__RETURN;
	if (!keep_taken(a, sale, taken, original != NULL))
		return false;
	reckon(sale);
	return original != NULL ? name_original(a, sale, original) : mark_without_receipt(a, sale);
}

static void
negate(int64_t *v)
{
	*v = -*v;
}

bool
reversal_void(struct arena *a, document *sale, const struct reversal_original *original)
{
	size_t i;

	for (i = 0; i < sale->n_lines; i++) {
		negate(&sale->lines[i]->quantity);
		negate(&sale->lines[i]->extended);
		negate(&sale->lines[i]->amount);
	}
	negate(&sale->taxes[0]->tax_base);
	negate(&sale->taxes[0]->taxable);
	negate(&sale->taxes[0]->amount);
	negate(&sale->taxes[0]->gross);
	negate(&sale->tenders[0]->tendered);
	negate(&sale->tenders[0]->change);
	negate(&sale->gross);
	negate(&sale->payable);
	sale->type = KASIR__V1__TRANSACTION_TYPE__POST_VOID;
	sale->reason = arena_text(a, "wrong table");
	return sale->reason != NULL && name_original(a, sale, original);
}
