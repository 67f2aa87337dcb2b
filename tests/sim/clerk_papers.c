#include "tests/sim/clerk.h"

#include <stdlib.h>
#include <string.h>

#include "base/proto.h"
#include "tests/support/day_docs.h"
#include "tests/support/make_txn.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define LINE(k) KASIR__V1__LINE_KIND__##k
#define TENDER(k) KASIR__V1__TENDER_KIND__##k
#define STATE(s) KASIR__V1__TENDER_STATE__##s
#define FLAG(f) KASIR__V1__TRANSACTION_FLAG__##f

static int64_t
some_money(struct clerk *c)
{
	return (int64_t)prng_between(&c->prng, 1, 900) * 100;
}

document *
paper(struct arena *a, Kasir__V1__TransactionType type)
{
	return day_doc(a, type, 0, "");
}

document *
paper_count(struct clerk *c, struct arena *a, Kasir__V1__TransactionType type)
{
	document *doc = paper(a, type);

	day_doc_count(a, doc, prng_below(&c->prng, 2000000));
	return doc;
}

document *
paper_movement(struct clerk *c, struct arena *a)
{
	Kasir__V1__TransactionType type =
	    (Kasir__V1__TransactionType)prng_between(&c->prng, TYPE(PAID_IN), TYPE(BANK_DEPOSIT));
	document *doc = paper(a, type);
	Kasir__V1__CashMovement *m = arena_alloc(a, sizeof(*m));

	kasir__v1__cash_movement__init(m);
	m->amount = some_money(c) * (type == TYPE(PAID_IN) || type == TYPE(LOAN) ? 1 : -1);
	if (prng_chance(&c->prng, 900))
		m->bag = m->slip = (char *)"B-17";
	doc->movement = m;
	return doc;
}

static void
add_line(struct arena *a, document *doc, Kasir__V1__LineKind kind, int64_t n)
{
	Kasir__V1__Line *line = arena_alloc(a, sizeof(*line));
	Kasir__V1__Line **more = arena_alloc(a, (doc->n_lines + 1) * sizeof(*more));

	for (size_t i = 0; i < doc->n_lines; i++)
		more[i] = doc->lines[i];
	doc->lines = more;
	kasir__v1__line__init(line);
	line->kind = kind;
	line->quantity = 1000 * n;
	line->unit_price = 1000;
	line->extended = line->amount = n;
	doc->lines[doc->n_lines++] = line;
	line->number = (uint32_t)doc->n_lines;
	doc->gross += n;
	doc->payable = doc->gross;
}

/* Goods both ways; nobody knows from which sale they come. */
document *
paper_exchange(struct clerk *c, struct arena *a)
{
	document *doc = paper(a, TYPE(EXCHANGE));

	add_line(a, doc, LINE(RETURN_ITEM), -some_money(c));
	add_line(a, doc, LINE(ITEM), some_money(c));
	day_doc_flag(a, doc, FLAG(NO_RECEIPT_RETURN));
	day_doc_tender(a, doc, TENDER(CASH), STATE(APPROVED), doc->payable);
	return doc;
}

document *
paper_unreceipted_return(struct clerk *c, struct arena *a)
{
	document *doc = paper(a, TYPE(RETURN));

	add_line(a, doc, LINE(RETURN_ITEM), -some_money(c));
	day_doc_flag(a, doc, FLAG(NO_RECEIPT_RETURN));
	day_doc_tender(a, doc, prng_chance(&c->prng, 500) ? TENDER(CASH) : TENDER(STORE_CREDIT),
	    STATE(APPROVED), doc->payable);
	return doc;
}

document *
paper_payment(struct clerk *c, struct arena *a)
{
	document *doc = paper(a, TYPE(PAYMENT_ON_ACCOUNT));

	doc->gross = doc->payable = some_money(c);
	if (prng_chance(&c->prng, 500)) {
		doc->gross = 0;
		add_line(a, doc, LINE(AGENCY), some_money(c));
		add_line(a, doc, LINE(SERVICE_CHARGE), 2500);
	}
	day_doc_tender(a, doc, TENDER(DEBIT), STATE(APPROVED), doc->payable);
	return doc;
}

document *
paper_swap(struct clerk *c, struct arena *a)
{
	document *doc = paper(a, TYPE(TENDER_EXCHANGE));
	int64_t amount = some_money(c);

	day_doc_tender(a, doc, TENDER(CASH), STATE(APPROVED), amount);
	day_doc_tender(a, doc, TENDER(EMONEY), prng_chance(&c->prng, 800) ? STATE(APPROVED) :
	    STATE(PENDING), -amount);
	return doc;
}

document *
paper_event(struct clerk *c, struct arena *a)
{
	bool override = prng_chance(&c->prng, 500);
	document *doc = paper(a, override ? TYPE(OVERRIDE) : TYPE(TERMINAL_EVENT));
	Kasir__V1__TerminalEvent *e = arena_alloc(a, sizeof(*e));

	kasir__v1__terminal_event__init(e);
	e->code = (char *)(override ? "price" : "paper_out");
	doc->event = e;
	return doc;
}

/* Keyed in after the fact. */
document *
paper_late(struct clerk *c, struct arena *a)
{
	document *doc = make_sale(a, prng_next(&c->prng));

	day_doc_flag(a, doc, prng_chance(&c->prng, 500) ? FLAG(LATE) : FLAG(HANDWRITTEN));
	return doc;
}

document *
paper_suspend(struct clerk *c, struct arena *a)
{
	document *doc = make_sale(a, prng_next(&c->prng));

	doc->type = TYPE(SUSPEND);
	doc->n_tenders = doc->n_taxes = 0;
	doc->gross = doc->payable = doc->cash_rounding = 0;
	return doc;
}

static void
name_original(struct arena *a, document *doc, const struct past *p)
{
	day_doc_about(a, doc, p->terminal, p->sequence);
	doc->original->epoch = p->epoch;
}

document *
paper_bill(struct clerk *c, struct arena *a, const struct past *p, bool cancel)
{
	document *doc = paper(a, cancel ? TYPE(CANCEL) : TYPE(RESUME));

	name_original(a, doc, p);
	if (prng_chance(&c->prng, 20))
		doc->original->sequence += 1000;
	return doc;
}

static Kasir__V1__TenderState
not_known(struct clerk *c)
{
	return prng_chance(&c->prng, 700) ? STATE(PENDING) : STATE(UNKNOWN);
}

document *
paper_pending(struct clerk *c, struct arena *a)
{
	document *doc = paper(a, TYPE(SALE));
	int64_t part = some_money(c);

	day_doc_line(a, doc, part + some_money(c));
	day_doc_tender(a, doc, TENDER(QRIS), not_known(c), part);
	day_doc_tender(a, doc, TENDER(CASH), STATE(APPROVED), doc->payable - part);
	if (prng_chance(&c->prng, 300)) {
		doc->tenders[1]->kind = TENDER(EWALLET);
		doc->tenders[1]->state = not_known(c);
	}
	return doc;
}

/* One unsettled tender with its fate; what did not come is paid in cash, or stays owed. */
static void
tell_fate(struct clerk *c, struct arena *a, document *doc, const Kasir__V1__Tender *was)
{
	Kasir__V1__Tender *t = day_doc_tender(a, doc, was->kind, STATE(APPROVED), was->tendered);

	t->number = was->number;
	if (prng_chance(&c->prng, 30))
		t->tendered += 1;
	if (prng_chance(&c->prng, 600))
		return;
	t->state = STATE(REVERSED);
	if (prng_chance(&c->prng, 700)) {
		t = day_doc_tender(a, doc, TENDER(CASH), STATE(APPROVED), was->tendered);
		t->number = (uint32_t)(10 + doc->n_tenders);
		t->replaces = was->number;
	}
}

document *
paper_resolution(struct clerk *c, struct arena *a, const struct past *p)
{
	document *doc = paper(a, TYPE(TENDER_RESOLUTION));
	const document *sale = PROTO_UNPACK(kasir__v1__transaction, a, p->payload);

	name_original(a, doc, p);
	for (size_t i = 0; sale != NULL && i < sale->n_tenders; i++) {
		Kasir__V1__TenderState s = sale->tenders[i]->state;

		if (s == STATE(PENDING) || s == STATE(UNKNOWN))
			tell_fate(c, a, doc, sale->tenders[i]);
	}
	return doc;
}
