#include "tests/support/check_docs.h"

#include "tests/support/make_parts.h"

#define LINE(k) KASIR__V1__LINE_KIND__##k
#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

static Kasir__V1__Line *
line(struct arena *a, Kasir__V1__Transaction *doc, Kasir__V1__LineKind kind, int64_t quantity,
    int64_t unit_price, const char *code)
{
	Kasir__V1__Line *l = make_add_line(a, doc, kind);

	l->quantity = quantity;
	l->unit_price = unit_price;
	l->extended = l->amount = make_quotient(quantity * unit_price, 1000000);
	l->tax_code = arena_text(a, code);
	return l;
}

static void
share(struct arena *a, Kasir__V1__Line *l, uint32_t discount, int64_t amount)
{
	Kasir__V1__DiscountShare *s = arena_alloc(a, sizeof *s);

	kasir__v1__discount_share__init(s);
	s->discount = discount;
	s->amount = amount;
	l->shares[l->n_shares++] = s;
	l->amount -= amount;
}

Kasir__V1__Transaction *
doc_indonesian(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(SALE));
	Kasir__V1__Tax *tax = make_add_tax(a, doc, "PPN");

	line(a, doc, LINE(ITEM), 1000, 1041000, "PPN");
	tax->rate_bp = 1200;
	tax->base_numerator = 11;
	tax->base_denominator = 12;
	make_reckon(doc);
	make_add_tender(a, doc, KASIR__V1__TENDER_KIND__CASH, 2000)->change = 845;
	return doc;
}

static Kasir__V1__Transaction *
inclusive(struct arena *a, bool by_line)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(SALE));
	Kasir__V1__Tax *tax = make_add_tax(a, doc, "PPN");

	line(a, doc, LINE(ITEM), 1000, 1500000, "PPN");
	line(a, doc, LINE(ITEM), 1000, 2333000, "PPN");
	tax->rate_bp = 1100;
	tax->inclusive = true;
	tax->by_line = by_line;
	make_reckon(doc);
	make_add_tender(a, doc, KASIR__V1__TENDER_KIND__DEBIT, doc->payable);
	return doc;
}

Kasir__V1__Transaction *
doc_inclusive_by_document(struct arena *a)
{
	return inclusive(a, false);
}

Kasir__V1__Transaction *
doc_inclusive_by_line(struct arena *a)
{
	return inclusive(a, true);
}

Kasir__V1__Transaction *
doc_discounted(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(SALE));
	Kasir__V1__Discount *d = arena_alloc(a, sizeof *d);
	Kasir__V1__Line *l;

	kasir__v1__discount__init(d);
	d->number = 1;
	d->amount = 100;
	doc->discounts[doc->n_discounts++] = d;
	share(a, line(a, doc, LINE(ITEM), 1000, 1000000, ""), 1, 34);
	l = line(a, doc, LINE(ITEM), 2000, 1000000, "");
	kas_assert(make_add_discount(a, l, "Promo", 500));
	share(a, line(a, doc, LINE(ITEM), 3000, 1000000, ""), 1, 66);
	l = line(a, doc, LINE(LINE_VOID), -2000, 1000000, "");
	kas_assert(make_add_discount(a, l, "Promo", -500));
	l->voids_line = 2;
	make_reckon(doc);
	make_add_tender(a, doc, KASIR__V1__TENDER_KIND__CASH, doc->payable);
	return doc;
}

Kasir__V1__Transaction *
doc_many_tenders(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(SALE));
	Kasir__V1__Foreign *f = arena_alloc(a, sizeof *f);
	Kasir__V1__Tender *t;

	line(a, doc, LINE(ITEM), 1000, 20000000, "");
	make_reckon(doc);
	t = make_add_tender(a, doc, KASIR__V1__TENDER_KIND__VOUCHER, 5000);
	t->forfeit = 1000;
	kasir__v1__foreign__init(f);
	f->currency = arena_text(a, "USD");
	f->exponent = 2;
	f->amount = 100;
	f->rate_e8 = UINT64_C(16234500000);	/* one cent is 162.345 */
	t = make_add_tender(a, doc, KASIR__V1__TENDER_KIND__CASH_FOREIGN, 16235);
	t->foreign = f;
	t->change = 6235;
	t = make_add_tender(a, doc, KASIR__V1__TENDER_KIND__DEBIT, 56000);
	t->cash_back = 50000;
	return doc;
}

Kasir__V1__Transaction *
doc_returned(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(RETURN));

	kas_assert(make_set_original(a, doc, &(struct make_original){ "front", 1, 41 }));
	line(a, doc, LINE(RETURN_ITEM), -1000, 1000000, "");
	make_reckon(doc);
	make_add_tender(a, doc, KASIR__V1__TENDER_KIND__CASH, -1000);
	return doc;
}

Kasir__V1__Transaction *
doc_voided(struct arena *a)
{
	return make_void(a, doc_indonesian(a), &(struct make_original){ "front", 1, 41 });
}

Kasir__V1__Transaction *
doc_drawer_opened(struct arena *a)
{
	return make_document(a, TYPE(NO_SALE));
}

Kasir__V1__Transaction *
doc_cash_in(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(PAID_IN));

	doc->movement = arena_alloc(a, sizeof *doc->movement);
	kasir__v1__cash_movement__init(doc->movement);
	doc->movement->amount = 5000;
	return doc;
}

Kasir__V1__Transaction *
doc_counted(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(TILL_COUNT));
	size_t i;

	doc->count = arena_alloc(a, 2 * sizeof *doc->count);
	for (i = 0; i < 2; i++) {
		doc->count[i] = arena_alloc(a, sizeof *doc->count[i]);
		kasir__v1__denomination__init(doc->count[i]);
		doc->count[i]->value = i == 0 ? 500 : 1000;
		doc->count[i]->count = 3 - i;
	}
	doc->n_count = 2;
	return doc;
}

Kasir__V1__Transaction *
doc_even_exchange(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(EXCHANGE));

	kas_assert(make_set_original(a, doc, &(struct make_original){ "front", 1, 41 }));
	line(a, doc, LINE(RETURN_ITEM), -1000, 1000000, "");
	line(a, doc, LINE(ITEM), 1000, 1000000, "");
	make_reckon(doc);
	make_add_tender(a, doc, KASIR__V1__TENDER_KIND__CASH, 0);
	doc->n_tenders = 0;
	return doc;
}

Kasir__V1__Transaction *
doc_account_paid(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(PAYMENT_ON_ACCOUNT));

	doc->gross = doc->payable = 5000;
	make_add_tender(a, doc, KASIR__V1__TENDER_KIND__CASH, doc->payable);
	return doc;
}

Kasir__V1__Transaction *
doc_swapped(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(TENDER_EXCHANGE));

	kas_assert(make_set_original(a, doc, &(struct make_original){ "front", 1, 41 }));
	make_add_tender(a, doc, KASIR__V1__TENDER_KIND__CASH, 5000);
	make_add_tender(a, doc, KASIR__V1__TENDER_KIND__EMONEY, -5000);
	return doc;
}

Kasir__V1__Transaction *
doc_event(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, TYPE(TERMINAL_EVENT));

	doc->event = arena_alloc(a, sizeof *doc->event);
	kasir__v1__terminal_event__init(doc->event);
	doc->event->code = arena_text(a, "paper_out");
	return doc;
}
