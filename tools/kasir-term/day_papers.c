#include "tools/kasir-term/day_papers.h"

#include "base/proto.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define STATE(s) KASIR__V1__TENDER_STATE__##s

document *
paper_plain(struct arena *a, Kasir__V1__TransactionType type, const char *reason)
{
	document *doc = arena_alloc(a, sizeof(*doc));

	if (doc == NULL)
		return NULL;
	kasir__v1__transaction__init(doc);
	doc->schema = 1;
	doc->type = type;
	doc->currency = (char *)"IDR";
	doc->reason = (char *)(uintptr_t)reason;
	return doc;
}

document *
paper_movement(struct arena *a, Kasir__V1__TransactionType type, int64_t amount,
    const char *what_for)
{
	document *doc = paper_plain(a, type, what_for);
	Kasir__V1__CashMovement *m = arena_alloc(a, sizeof(*m));

	if (doc == NULL || m == NULL)
		return NULL;
	kasir__v1__cash_movement__init(m);
	m->amount = amount;
	if (type == TYPE(BANK_DEPOSIT)) {
		m->bag = (char *)"B-0417";
		m->slip = (char *)"S-0417";
	} else {
		m->account = (char *)(uintptr_t)what_for;
	}
	doc->movement = m;
	return doc;
}

document *
paper_count(struct arena *a, Kasir__V1__TransactionType type, int64_t amount)
{
	static const int64_t values[] = { 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200,
		100 };
	const size_t n = sizeof(values) / sizeof(values[0]);
	document *doc = paper_plain(a, type, "");
	Kasir__V1__Denomination *d = arena_alloc(a, n * sizeof(*d));
	Kasir__V1__Denomination **rows = arena_alloc(a, n * sizeof(*rows));

	if (doc == NULL || d == NULL || rows == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		kasir__v1__denomination__init(&d[i]);
		d[i].value = values[i];
		d[i].count = amount > 0 ? (uint64_t)(amount / values[i]) : 0;
		amount -= (int64_t)d[i].count * values[i];
		rows[i] = &d[i];
	}
	doc->count = rows;
	doc->n_count = n;
	return doc;
}

document *
paper_about(struct arena *a, Kasir__V1__TransactionType type, uint64_t epoch, uint64_t sequence)
{
	document *doc = paper_plain(a, type, "");
	Kasir__V1__Reference *to = arena_alloc(a, sizeof(*to));

	if (doc == NULL || to == NULL)
		return NULL;
	kasir__v1__reference__init(to);
	to->epoch = epoch;
	to->sequence = sequence;
	doc->original = to;
	return doc;
}

bool
paper_add_flag(struct arena *a, document *doc, Kasir__V1__TransactionFlag flag)
{
	Kasir__V1__TransactionFlag *flags = arena_alloc(a, (doc->n_flags + 1) * sizeof(*flags));

	if (flags == NULL)
		return false;
	for (size_t i = 0; i < doc->n_flags; i++)
		flags[i] = doc->flags[i];
	flags[doc->n_flags++] = flag;
	doc->flags = flags;
	return true;
}

/* Half up on the magnitude, as the till that sold would. */
static int64_t
share_of(int64_t amount, int64_t rate_bp)
{
	return amount < 0 ? -share_of(-amount, rate_bp) : (amount * rate_bp + 5000) / 10000;
}

/* One tax on all lines, one tender that gives no change. */
static void
reckon(document *doc)
{
	Kasir__V1__Tax *t = doc->taxes[0];

	t->tax_base = 0;
	for (size_t i = 0; i < doc->n_lines; i++)
		t->tax_base += doc->lines[i]->amount;
	t->taxable = t->tax_base;
	t->amount = share_of(t->taxable, t->rate_bp);
	t->gross = doc->gross = doc->payable = t->tax_base + t->amount;
	doc->tenders[0]->tendered = doc->payable;
	doc->tenders[0]->change = 0;
}

bool
paper_make_exchange(struct arena *a, document *sale)
{
	Kasir__V1__Line **lines = arena_alloc(a, (sale->n_lines + 1) * sizeof(*lines));
	Kasir__V1__Line *back = arena_alloc(a, sizeof(*back));

	if (lines == NULL || back == NULL ||
	    !paper_add_flag(a, sale, KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN))
		return false;
	*back = *sale->lines[0];
	back->kind = KASIR__V1__LINE_KIND__RETURN_ITEM;
	back->sku = (char *)"8008";
	back->name = (char *)"Kopi Susu";
	back->unit_price = 16000000;
	back->quantity = -1000;
	back->extended = back->amount = -16000;
	for (size_t i = 0; i < sale->n_lines; i++)
		lines[i] = sale->lines[i];
	lines[sale->n_lines++] = back;
	back->number = (uint32_t)sale->n_lines;
	sale->lines = lines;
	sale->type = TYPE(EXCHANGE);
	reckon(sale);
	return true;
}

void
paper_make_pending(document *sale)
{
	Kasir__V1__Tender *t = sale->tenders[0];

	t->kind = KASIR__V1__TENDER_KIND__QRIS;
	t->qris_mode = KASIR__V1__QRIS_MODE__QRIS_DYNAMIC;
	t->state = STATE(PENDING);
	t->tendered = sale->payable;
	t->change = 0;
}

void
paper_make_suspended(document *sale)
{
	sale->type = TYPE(SUSPEND);
	sale->n_tenders = sale->n_taxes = 0;
	sale->gross = sale->payable = 0;
	sale->receipt_number = (char *)"";
}

document *
paper_resolution(struct arena *a, const document *sale, uint64_t epoch, uint64_t sequence,
    bool reversed)
{
	document *doc = paper_about(a, TYPE(TENDER_RESOLUTION), epoch, sequence);
	Kasir__V1__Tender *t = arena_alloc(a, 2 * sizeof(*t));
	Kasir__V1__Tender **rows = arena_alloc(a, 2 * sizeof(*rows));

	if (doc == NULL || t == NULL || rows == NULL)
		return NULL;
	t[0] = *sale->tenders[0];
	t[0].state = reversed ? STATE(REVERSED) : STATE(APPROVED);
	kasir__v1__tender__init(&t[1]);
	t[1].number = t[0].number + 1;
	t[1].kind = KASIR__V1__TENDER_KIND__CASH;
	t[1].state = STATE(APPROVED);
	t[1].tendered = t[0].tendered;
	t[1].replaces = t[0].number;
	rows[0] = &t[0];
	rows[1] = &t[1];
	doc->tenders = rows;
	doc->n_tenders = reversed ? 2 : 1;
	return doc;
}
