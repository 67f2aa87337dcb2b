/* Any bytes: they are a catalogue or they are not; every row of one that opens is found again
 * by its keys, and decodes to what the index says. */
#include "cash/catalogue.h"

static void
look_up(const struct catalogue *c, size_t i, struct arena *a)
{
	Kasir__V1__Product *p, *q;

	kas_assert(catalogue_product_at(c, i, a, &p) == KAS_OK);
	kas_assert(catalogue_product(c, p->sku, a, &q) == KAS_OK);
	kas_assert(bytes_equal(bytes_of_text(p->sku), bytes_of_text(q->sku)));
	if (p->gtin[0] != '\0')
		kas_assert(catalogue_product_by_gtin(c, p->gtin, a, &q) == KAS_OK);
	(void)catalogue_price(p, 20261122);
}

static void
sell(const struct catalogue *c, struct arena *a)
{
	Kasir__V1__Transaction doc = KASIR__V1__TRANSACTION__INIT;
	Kasir__V1__Line line = KASIR__V1__LINE__INIT, *lines[] = { &line };
	struct rule_set notes = { 0 };
	Kasir__V1__Product *p;
	Kasir__V1__Cashier *v;

	doc.schema = 1;
	doc.type = KASIR__V1__TRANSACTION_TYPE__SALE;
	doc.business_day = 20261122;
	doc.lines = lines;
	doc.n_lines = 1;
	line.kind = KASIR__V1__LINE_KIND__ITEM;
	if (catalogue_product_at(c, 0, a, &p) == KAS_OK)
		line.sku = p->sku;
	if (catalogue_cashier_at(c, 0, a, &v) == KAS_OK)
		doc.cashier = v->id;
	check_catalogue(&doc, c, &notes);
	kas_assert(!rule_set_has(&notes, KASIR__V1__RULE__PRODUCT_UNKNOWN));
	kas_assert(!rule_set_has(&notes, KASIR__V1__RULE__CASHIER_UNKNOWN) ||
	    doc.cashier[0] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct catalogue *c;
	struct kas_why why;
	struct arena a;
	size_t i;

	if (catalogue_open(BYTES(p, n), &c, &why) != KAS_OK)
		return 0;
	arena_init(&a, 0);
	for (i = 0; i < catalogue_products(c); i++)
		look_up(c, i, &a);
	sell(c, &a);
	arena_fini(&a);
	catalogue_close(c);
	return 0;
}
