#include "tests/support/day_docs.h"

Kasir__V1__Transaction *
day_doc(struct arena *a, Kasir__V1__TransactionType type, int64_t at_us, const char *shift)
{
	Kasir__V1__Transaction *doc = arena_alloc(a, sizeof *doc);

	kasir__v1__transaction__init(doc);
	doc->schema = 1;
	doc->type = type;
	doc->at_us = at_us;
	doc->business_day = DAY_DOCS_DATE;
	doc->cashier = (char *)"ani";
	doc->shift = (char *)(uintptr_t)shift;
	doc->currency = (char *)"IDR";
	return doc;
}

void
day_doc_line(struct arena *a, Kasir__V1__Transaction *doc, int64_t n)
{
	Kasir__V1__Line *line = arena_alloc(a, sizeof *line);

	kasir__v1__line__init(line);
	line->number = 1;
	line->kind = n > 0 ? KASIR__V1__LINE_KIND__ITEM : KASIR__V1__LINE_KIND__RETURN_ITEM;
	line->sku = (char *)"A";
	line->quantity = 1000 * n;
	line->unit_price = 1000;
	line->extended = line->amount = n;
	doc->lines = arena_alloc(a, sizeof *doc->lines);
	doc->lines[0] = line;
	doc->n_lines = 1;
	doc->gross = doc->payable = n;
}

Kasir__V1__Tender *
day_doc_tender(struct arena *a, Kasir__V1__Transaction *doc, Kasir__V1__TenderKind kind,
    Kasir__V1__TenderState state, int64_t n)
{
	Kasir__V1__Tender *t = arena_alloc(a, sizeof *t);
	Kasir__V1__Tender **more = arena_alloc(a, (doc->n_tenders + 1) * sizeof *more);

	kasir__v1__tender__init(t);
	for (size_t i = 0; i < doc->n_tenders; i++)
		more[i] = doc->tenders[i];
	more[doc->n_tenders++] = t;
	doc->tenders = more;
	t->number = (uint32_t)doc->n_tenders;
	t->kind = kind;
	t->state = state;
	t->tendered = n;
	return t;
}

void
day_doc_count(struct arena *a, Kasir__V1__Transaction *doc, uint64_t n)
{
	Kasir__V1__Denomination *d = arena_alloc(a, sizeof *d);

	kasir__v1__denomination__init(d);
	d->value = 1;
	d->count = n;
	doc->count = arena_alloc(a, sizeof *doc->count);
	doc->count[0] = d;
	doc->n_count = 1;
}

void
day_doc_about(struct arena *a, Kasir__V1__Transaction *doc, const char *terminal,
    uint64_t sequence)
{
	Kasir__V1__Reference *to = arena_alloc(a, sizeof *to);

	kasir__v1__reference__init(to);
	to->terminal = (char *)(uintptr_t)terminal;
	to->epoch = 1;
	to->sequence = sequence;
	doc->original = to;
}

void
day_doc_flag(struct arena *a, Kasir__V1__Transaction *doc, Kasir__V1__TransactionFlag flag)
{
	doc->flags = arena_alloc(a, sizeof *doc->flags);
	doc->flags[0] = flag;
	doc->n_flags = 1;
}
