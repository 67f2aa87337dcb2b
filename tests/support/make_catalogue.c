#include "tests/support/make_catalogue.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/proto.h"

static char *text(struct arena *a, const char *fmt, ...) KAS_PRINTF(2, 3);

static char *
text(struct arena *a, const char *fmt, ...)
{
	char to[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to, sizeof to, fmt, ap);
	va_end(ap);
	return arena_text(a, to);
}

static Kasir__V1__Catalogue *
make_empty(struct arena *a, size_t products, size_t cashiers)
{
	Kasir__V1__Catalogue *c = arena_alloc(a, sizeof *c);

	kasir__v1__catalogue__init(c);
	c->format = 1;
	c->currency = arena_text(a, "IDR");
	c->products = arena_alloc(a, products * sizeof *c->products);
	c->cashiers = arena_alloc(a, cashiers * sizeof *c->cashiers);
	return c;
}

static Kasir__V1__Product *
add_product(struct arena *a, Kasir__V1__Catalogue *c, char *sku, char *gtin, char *name, char *tax)
{
	Kasir__V1__Product *p = arena_alloc(a, sizeof *p);

	kasir__v1__product__init(p);
	p->sku = sku;
	p->gtin = gtin;
	p->name = name;
	p->department = arena_text(a, "10");
	p->tax_code = tax;
	p->prices = arena_alloc(a, 2 * sizeof *p->prices);
	c->products[c->n_products++] = p;
	return p;
}

static void
add_price(struct arena *a, Kasir__V1__Product *p, int64_t unit_price, uint32_t from, uint32_t until)
{
	Kasir__V1__Price *price = arena_alloc(a, sizeof *price);

	kasir__v1__price__init(price);
	price->unit_price = unit_price;
	price->from_day = from;
	price->until_day = until;
	p->prices[p->n_prices++] = price;
}

/* RIGHTS: numbers of CashierRight as digits, ascending. */
static void
add_cashier(struct arena *a, Kasir__V1__Catalogue *c, char *id, const char *rights)
{
	Kasir__V1__Cashier *row = arena_alloc(a, sizeof *row);

	kasir__v1__cashier__init(row);
	row->id = id;
	row->name = id;
	row->rights = arena_alloc(a, strlen(rights) * sizeof *row->rights);
	for (; *rights != '\0'; rights++)
		row->rights[row->n_rights++] = (Kasir__V1__CashierRight)(*rights - '0');
	c->cashiers[c->n_cashiers++] = row;
}

Kasir__V1__Catalogue *
make_catalogue(struct arena *a)
{
	Kasir__V1__Catalogue *c = make_empty(a, 3, 3);
	Kasir__V1__Product *p;

	p = add_product(a, c, text(a, "00417"), text(a, "8991234567891"), text(a, "Es jeruk"),
	    text(a, "PPN"));
	add_price(a, p, 1041000, 0, 20261231);
	add_price(a, p, 1100000, 20270101, 0);
	p = add_product(a, c, text(a, "00500"), text(a, "%s", ""), text(a, "Kopi tubruk"),
	    text(a, "%s", ""));
	add_price(a, p, 15000000, 20261101, 20261130);
	add_product(a, c, text(a, "beras"), text(a, "036000291452"), text(a, "Beras"),
	    text(a, "PPN"));
	add_cashier(a, c, text(a, "ani"), "9");
	add_cashier(a, c, text(a, "budi"), "16");
	add_cashier(a, c, text(a, "sari"), "124");
	return c;
}

static char *
make_gtin(struct arena *a, size_t n)
{
	char digits[14];
	unsigned sum = 0, i;

	snprintf(digits, sizeof digits, "899%09u", (unsigned)(n % 1000000000));
	for (i = 0; i < 12; i++)
		sum += (unsigned)(digits[i] - '0') * (i % 2 == 0 ? 1 : 3);
	return text(a, "%s%u", digits, (10 - sum % 10) % 10);
}

struct bytes
make_large_catalogue(struct arena *a, size_t products, size_t cashiers)
{
	Kasir__V1__Catalogue *c = make_empty(a, products, cashiers);
	Kasir__V1__Product *p;
	struct bytes packed;
	size_t i;

	for (i = 0; i < products; i++) {
		p = add_product(a, c, text(a, "P%07zu", i),
		    i % 2 == 0 ? make_gtin(a, i) : text(a, "%s", ""),
		    text(a, "Barang nomor %zu", i), text(a, "PPN"));
		add_price(a, p, (int64_t)(i % 1000 + 1) * 500000, 0, 0);
	}
	for (i = 0; i < cashiers; i++)
		add_cashier(a, c, text(a, "c%03zu", i), "12");
	kas_assert(proto_pack(a, &c->base, &packed));
	return packed;
}
