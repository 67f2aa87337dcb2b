#include "tests/support/make_day.h"

#include "tests/support/make_parts.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define LINE(k) KASIR__V1__LINE_KIND__##k
#define TENDER(k) KASIR__V1__TENDER_KIND__##k

static const struct make_original place = { "front", 1, 41 };

struct day {
	struct arena *a;
	struct make_dice dice;
	uint64_t seed;
};

static int64_t
some_money(struct day *d)
{
	return ((int64_t)make_below(&d->dice, 900) + 1) * 100;
}

/* What goes one way or the other at QUANTITY pieces. */
static bool
add_goods(struct day *d, Kasir__V1__Transaction *doc, Kasir__V1__LineKind kind, int64_t quantity)
{
	Kasir__V1__Line *n = make_add_line(d->a, doc, kind);

	if (n == NULL)
		return false;
	n->sku = arena_text(d->a, "00417");
	n->name = arena_text(d->a, "Es jeruk");
	n->quantity = quantity * 1000;
	n->unit_price = some_money(d) * 1000;
	n->extended = n->amount = quantity * n->unit_price / 1000;
	if (doc->n_taxes > 0 && make_one_in(&d->dice, 2))
		n->tax_code = doc->taxes[0]->code;
	return n->sku != NULL && n->name != NULL;
}

static bool
pay(struct day *d, Kasir__V1__Transaction *doc)
{
	if (doc->payable == 0)
		return true;
	return make_add_tender(d->a, doc, make_one_in(&d->dice, 2) ? TENDER(CASH) : TENDER(QRIS),
	    doc->payable) != NULL;
}

/* Goods both ways; half of them taxed, where any is. */
static Kasir__V1__Transaction *
make_exchange(struct day *d)
{
	Kasir__V1__Transaction *doc = make_document(d->a, TYPE(EXCHANGE));
	Kasir__V1__Tax *tax;
	uint64_t n;

	if (doc == NULL || !make_set_original(d->a, doc, &place) ||
	    (tax = make_add_tax(d->a, doc, "PB1")) == NULL)
		return NULL;
	tax->rate_bp = 1000;
	tax->inclusive = make_one_in(&d->dice, 2);
	tax->by_line = make_one_in(&d->dice, 2);
	for (n = make_below(&d->dice, 3) + 1; n > 0; n--)
		if (!add_goods(d, doc, LINE(RETURN_ITEM), -1) || !add_goods(d, doc, LINE(ITEM), 1))
			return NULL;
	doc->lines[0]->tax_code = tax->code;
	make_reckon(doc);
	return pay(d, doc) ? doc : NULL;
}

static Kasir__V1__Transaction *
make_payment(struct day *d)
{
	Kasir__V1__Transaction *doc = make_document(d->a, TYPE(PAYMENT_ON_ACCOUNT));

	if (doc == NULL)
		return NULL;
	if (make_one_in(&d->dice, 2)) {
		if (!add_goods(d, doc, LINE(AGENCY), 1) || !add_goods(d, doc, LINE(SERVICE_CHARGE), 1))
			return NULL;
		make_reckon(doc);
	} else
		doc->gross = doc->payable = some_money(d);
	return pay(d, doc) ? doc : NULL;
}

/* A sale that nobody has paid: with its totals, or only its lines. */
static Kasir__V1__Transaction *
make_bill(struct day *d, Kasir__V1__TransactionType type)
{
	Kasir__V1__Transaction *doc = make_sale(d->a, d->seed);

	if (doc == NULL || !make_set_original(d->a, doc, &place))
		return NULL;
	doc->type = type;
	doc->n_tenders = 0;
	doc->cash_rounding = 0;
	doc->payable = doc->gross;
	if (make_one_in(&d->dice, 2)) {
		doc->n_taxes = 0;
		doc->gross = doc->payable = 0;
	}
	return doc;
}

static Kasir__V1__Transaction *
make_movement(struct day *d, Kasir__V1__TransactionType type)
{
	Kasir__V1__Transaction *doc = make_document(d->a, type);
	Kasir__V1__CashMovement *m = arena_alloc(d->a, sizeof *m);

	if (doc == NULL || m == NULL)
		return NULL;
	kasir__v1__cash_movement__init(m);
	m->amount = some_money(d) * (type == TYPE(PAID_IN) || type == TYPE(LOAN) ? 1 : -1);
	if (type == TYPE(BANK_DEPOSIT)) {
		m->bag = arena_text(d->a, "B-17");
		m->slip = arena_text(d->a, "00815");
	}
	doc->movement = m;
	return m->bag != NULL && m->slip != NULL ? doc : NULL;
}

static Kasir__V1__Transaction *
make_count(struct day *d, Kasir__V1__TransactionType type)
{
	static const int64_t values[] = { 100, 500, 1000, 2000, 5000, 50000, 100000 };
	Kasir__V1__Transaction *doc = make_document(d->a, type);
	size_t n = make_below(&d->dice, 7) + (type != TYPE(SHIFT_OPEN)), i;

	if (doc == NULL)
		return NULL;
	doc->count = arena_alloc(d->a, 8 * sizeof *doc->count);
	if (doc->count == NULL)
		return NULL;
	for (i = 0; i < n; i++) {
		doc->count[i] = arena_alloc(d->a, sizeof *doc->count[i]);
		if (doc->count[i] == NULL)
			return NULL;
		kasir__v1__denomination__init(doc->count[i]);
		doc->count[i]->value = values[i];
		doc->count[i]->count = make_below(&d->dice, 40);
	}
	doc->n_count = n;
	return doc;
}

static Kasir__V1__Transaction *
make_swap(struct day *d)
{
	Kasir__V1__Transaction *doc = make_document(d->a, TYPE(TENDER_EXCHANGE));
	int64_t amount = some_money(d);

	if (doc == NULL || make_add_tender(d->a, doc, TENDER(CASH), amount) == NULL ||
	    make_add_tender(d->a, doc, TENDER(EMONEY), -amount) == NULL)
		return NULL;
	return doc;
}

static Kasir__V1__Transaction *
make_resolution(struct day *d)
{
	Kasir__V1__Transaction *doc = make_document(d->a, TYPE(TENDER_RESOLUTION));
	int64_t amount = some_money(d);
	Kasir__V1__Tender *t;

	if (doc == NULL || !make_set_original(d->a, doc, &place) ||
	    (t = make_add_tender(d->a, doc, TENDER(QRIS), amount)) == NULL)
		return NULL;
	if (make_one_in(&d->dice, 2)) {
		t->state = KASIR__V1__TENDER_STATE__REVERSED;
		if (make_add_tender(d->a, doc, TENDER(CASH), amount) == NULL)
			return NULL;
	}
	return doc;
}

static Kasir__V1__Transaction *
make_event(struct day *d, Kasir__V1__TransactionType type)
{
	static const char *const details[] = { "Printer 2", "kartu 4111 1111 1111 1112",
		"rek. 1234567890123456", "CVVX 123", "tlp 0812-3456-7890", "" };
	Kasir__V1__Transaction *doc = make_document(d->a, type);
	Kasir__V1__TerminalEvent *e = arena_alloc(d->a, sizeof *e);

	if (doc == NULL || e == NULL)
		return NULL;
	kasir__v1__terminal_event__init(e);
	e->code = arena_text(d->a, "paper_out");
	e->detail = arena_text(d->a, details[make_below(&d->dice, 6)]);
	doc->event = e;
	return e->code != NULL && e->detail != NULL ? doc : NULL;
}

/* All of it discounted. */
static Kasir__V1__Transaction *
make_gift(struct day *d)
{
	Kasir__V1__Transaction *doc = make_document(d->a, TYPE(SALE));
	uint64_t n = make_below(&d->dice, 3) + 1;

	for (; doc != NULL && n > 0; n--)
		if (!add_goods(d, doc, LINE(ITEM), 1) || !make_add_discount(d->a,
		    doc->lines[doc->n_lines - 1], "Hadiah", doc->lines[doc->n_lines - 1]->amount))
			return NULL;
	return doc;
}

static Kasir__V1__Transaction *
make_of_sale(struct day *d, Kasir__V1__TransactionType type)
{
	Kasir__V1__Transaction *sale = make_sale(d->a, d->seed), *doc = NULL;

	if (sale == NULL || type == TYPE(SALE))
		return sale;
	if (type == TYPE(RETURN))
		doc = make_return(d->a, d->seed, sale, &place);
	return doc != NULL ? doc : make_void(d->a, sale, &place);
}

static Kasir__V1__Transaction *
make_of(struct day *d, Kasir__V1__TransactionType type)
{
	switch (type) {
	case TYPE(SALE):
	case TYPE(RETURN):
	case TYPE(POST_VOID):
		return make_of_sale(d, type);
	case TYPE(EXCHANGE):
		return make_exchange(d);
	case TYPE(PAYMENT_ON_ACCOUNT):
		return make_payment(d);
	case TYPE(SUSPEND):
	case TYPE(RESUME):
	case TYPE(CANCEL):
		return make_bill(d, type);
	case TYPE(PAID_IN):
	case TYPE(PAID_OUT):
	case TYPE(LOAN):
	case TYPE(PICKUP):
	case TYPE(SAFE_DROP):
	case TYPE(BANK_DEPOSIT):
		return make_movement(d, type);
	case TYPE(TILL_COUNT):
	case TYPE(SHIFT_OPEN):
	case TYPE(SHIFT_CLOSE):
		return make_count(d, type);
	case TYPE(TENDER_EXCHANGE):
		return make_swap(d);
	case TYPE(TENDER_RESOLUTION):
		return make_resolution(d);
	case TYPE(OVERRIDE):
	case TYPE(TERMINAL_EVENT):
		return make_event(d, type);
	default:
		return make_document(d->a, type);
	}
}

Kasir__V1__Transaction *
make_any(struct arena *a, uint64_t seed)
{
	struct day d = { .a = a, .dice = { seed ^ UINT64_C(0x5851f42d4c957f2d) }, .seed = seed };
	Kasir__V1__Transaction *doc;
	uint64_t n = make_below(&d.dice, 55);	/* half of them sales and their reversals */

	doc = n == 54 ? make_gift(&d)
	    : make_of(&d, n < 27 ? (Kasir__V1__TransactionType)(n + 1)
				 : n < 45 ? TYPE(SALE)
				 : n < 49 ? TYPE(RETURN)
				 : n < 52 ? TYPE(POST_VOID) : TYPE(EXCHANGE));
	if (doc != NULL)
		doc->supervisor = arena_text(a, "budi");
	return doc;
}
