#include "cash/catalogue_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/field.h"

/* What the name of a row is to people, whatever bytes it has. */
struct row_name {
	char text[3 * 24 + 8];
};

static struct row_name
name_of(struct bytes key)
{
	struct row_name name;
	size_t i, n = 0;

	for (i = 0; i < key.n && i < 24; i++)
		if (key.p[i] > ' ' && key.p[i] < 0x7f)
			name.text[n++] = (char)key.p[i];
		else
			name.text[n++] = '?';
	name.text[n] = '\0';
	return name;
}

static int
compare(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static enum kas_err
check_order(struct bytes before, struct bytes key, struct kas_why *why)
{
	int order = compare(before, key);

	if (order == 0)
		return kas_fail(why, KAS_MALFORMED, "it stands twice");
	if (order > 0)
		return kas_fail(why, KAS_MALFORMED, "it stands behind \"%s\"",
		    name_of(before).text);
	return KAS_OK;
}

static enum kas_err
add_gtin(struct catalogue *c, size_t row, struct bytes gtin, struct kas_why *why)
{
	uint64_t number = gtin_number(gtin);
	struct product_view other;
	size_t first;

	if (gtin.n == 0)
		return KAS_OK;
	if (catalogue_index_gtin(c, number, &first)) {
		if (product_view(catalogue_row(c, &c->products, first), &other, NULL) != KAS_OK)
			return KAS_MALFORMED;
		return kas_fail(why, KAS_MALFORMED, "its GTIN is that of \"%s\"",
		    name_of(other.sku).text);
	}
	index_add(&c->by_gtin, index_hash_number(number), row);
	return KAS_OK;
}

static enum kas_err
open_product(struct catalogue *c, size_t i, struct kas_why *why)
{
	struct product_view p = { 0 };
	enum kas_err err;

	if ((err = product_view(catalogue_row(c, &c->products, i), &p, why)) != KAS_OK ||
	    (err = product_check(&p, why)) != KAS_OK ||
	    (err = check_order(c->before, p.sku, why)) != KAS_OK ||
	    (err = add_gtin(c, i, p.gtin, why)) != KAS_OK) {
		kas_why_prefix(why, "product %zu, \"%s\"", i + 1, name_of(p.sku).text);
		return err;
	}
	index_add(&c->by_sku, index_hash(p.sku), i);
	c->before = p.sku;
	return KAS_OK;
}

static enum kas_err
open_cashier(struct catalogue *c, size_t i, struct kas_why *why)
{
	struct cashier_view v = { 0 };
	enum kas_err err;

	if ((err = cashier_view(catalogue_row(c, &c->cashiers, i), &v, why)) != KAS_OK ||
	    (err = cashier_check(&v, why)) != KAS_OK ||
	    (err = check_order(c->before, v.id, why)) != KAS_OK) {
		kas_why_prefix(why, "cashier %zu, \"%s\"", i + 1, name_of(v.id).text);
		return err;
	}
	index_add(&c->by_id, index_hash(v.id), i);
	c->before = v.id;
	return KAS_OK;
}

/* The fields of the Catalogue itself. */
enum { FORMAT = 1, CURRENCY = 2, EXPONENT = 3, PRODUCTS = 4, CASHIERS = 5 };

static bool
is_currency(struct bytes b)
{
	size_t i;

	for (i = 0; i < b.n; i++)
		if (b.p[i] < 'A' || b.p[i] > 'Z')
			return false;
	return b.n == 3;
}

static enum kas_err
take_header(struct catalogue *c, const struct field *f, struct kas_why *why)
{
	if (f->number == FORMAT && (f->type != FIELD_VARINT || f->varint != 1))
		return kas_fail(why, KAS_MALFORMED, "a format that this version does not know");
	if (f->number == EXPONENT) {
		if (f->type != FIELD_VARINT || f->varint > 9)
			return kas_fail(why, KAS_MALFORMED, "the exponent is beyond 9");
		c->exponent = (uint32_t)f->varint;
	}
	if (f->number == CURRENCY) {
		if (f->type != FIELD_BYTES || !is_currency(f->value))
			return kas_fail(why, KAS_MALFORMED, "the currency is no code of ISO 4217");
		memcpy(c->currency, f->value.p, 3);
	}
	return KAS_OK;
}

/* Count the rows, or note where they lie. */
static enum kas_err
walk(struct catalogue *c, bool note, struct kas_why *why)
{
	struct bytes rest = c->bytes;
	struct table *t;
	struct field f;
	uint64_t last = 0;
	enum kas_err err;

	c->products.n = c->cashiers.n = 0;
	while (rest.n > 0) {
		if (!field_take(&rest, &f) || f.number < last ||
		    (f.number == last && f.number != PRODUCTS && f.number != CASHIERS) ||
		    (last == 0 && f.number != FORMAT))
			return kas_fail(why, KAS_MALFORMED, "byte %zu: no catalogue",
			    c->bytes.n - rest.n);
		last = f.number;
		if ((err = take_header(c, &f, why)) != KAS_OK)
			return err;
		if (f.number != PRODUCTS && f.number != CASHIERS)
			continue;
		if (f.type != FIELD_BYTES)
			return kas_fail(why, KAS_MALFORMED, "a row is no message");
		t = f.number == PRODUCTS ? &c->products : &c->cashiers;
		if (note)
			t->rows[t->n] = (struct span){
				(uint32_t)(f.value.p - c->bytes.p), (uint32_t)f.value.n };
		t->n++;
	}
	return KAS_OK;
}

static enum kas_err
check_sizes(const struct catalogue *c, struct kas_why *why)
{
	if (c->currency[0] == '\0')
		return kas_fail(why, KAS_MALFORMED, "it names no currency");
	if (c->products.n > CATALOGUE_PRODUCTS_MAX)
		return kas_fail(why, KAS_RANGE, "%zu products: more than %u", c->products.n,
		    CATALOGUE_PRODUCTS_MAX);
	if (c->cashiers.n > CATALOGUE_CASHIERS_MAX)
		return kas_fail(why, KAS_RANGE, "%zu cashiers: more than %u", c->cashiers.n,
		    CATALOGUE_CASHIERS_MAX);
	return KAS_OK;
}

static bool
make_room(struct catalogue *c)
{
	c->products.rows = calloc(c->products.n + 1, sizeof *c->products.rows);
	c->cashiers.rows = calloc(c->cashiers.n + 1, sizeof *c->cashiers.rows);
	return c->products.rows != NULL && c->cashiers.rows != NULL &&
	    index_init(&c->by_sku, c->products.n) && index_init(&c->by_gtin, c->products.n) &&
	    index_init(&c->by_id, c->cashiers.n);
}

enum kas_err
catalogue_begin(struct bytes bytes, struct catalogue **ret, struct kas_why *why)
{
	struct catalogue *c;
	enum kas_err err;

	if (bytes.n > CATALOGUE_BYTES_MAX)
		return kas_fail(why, KAS_RANGE, "%zu bytes: more than %zu", bytes.n,
		    CATALOGUE_BYTES_MAX);
	if ((c = calloc(1, sizeof *c)) == NULL)
		return KAS_NOMEM;
	c->bytes = bytes;
	if ((err = walk(c, false, why)) != KAS_OK || (err = check_sizes(c, why)) != KAS_OK)
		goto fail;
	err = KAS_NOMEM;
	if (!make_room(c) || (err = walk(c, true, why)) != KAS_OK)
		goto fail;
	*ret = c;
	return KAS_OK;
fail:
	catalogue_close(c);
	return err;
}

enum kas_err
catalogue_step(struct catalogue *c, size_t rows, struct kas_why *why)
{
	size_t products = c->products.n, all = products + c->cashiers.n;
	enum kas_err err;

	for (; c->looked_at < all; c->looked_at++) {
		if (rows-- == 0)
			return KAS_AGAIN;
		if (c->looked_at == products)
			c->before = BYTES_NONE;
		err = c->looked_at < products ? open_product(c, c->looked_at, why) :
		    open_cashier(c, c->looked_at - products, why);
		if (err != KAS_OK)
			return err;
	}
	return KAS_OK;
}

enum kas_err
catalogue_open(struct bytes bytes, struct catalogue **ret, struct kas_why *why)
{
	struct catalogue *c;
	enum kas_err err;

	err = catalogue_begin(bytes, &c, why);
	if (err != KAS_OK)
		return err;
	err = catalogue_step(c, SIZE_MAX, why);
	if (err == KAS_OK)
		*ret = c;
	else
		catalogue_close(c);
	return err;
}

void
catalogue_close(struct catalogue *c)
{
	if (c == NULL)
		return;
	free(c->products.rows);
	free(c->cashiers.rows);
	free(c->by_sku.slots);
	free(c->by_gtin.slots);
	free(c->by_id.slots);
	free(c);
}
