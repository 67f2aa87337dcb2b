/* A row costs eight bytes (where it lies) and each of its keys four to eight in a hash table:
 *
 *   slots[hash(key)] = tag (12 bits of the hash) | row + 1 (20 bits), 0: free
 *
 * so that a look-up touches one slot and, but for one time in 4,096, no other row. */
#include "cash/catalogue_parts.h"

#include <stdlib.h>

#include "base/field.h"
#include "base/proto.h"

#define ROW_BITS 20
#define ROW_MASK ((1u << ROW_BITS) - 1)
_Static_assert(CATALOGUE_PRODUCTS_MAX < ROW_MASK, "a slot holds any row's number");

struct bytes
catalogue_row(const struct catalogue *c, const struct table *t, size_t i)
{
	return BYTES(c->bytes.p + t->rows[i].at, t->rows[i].n);
}

/* FNV-1a, stirred: its low bits alone are weak for keys that are counted up. */
uint64_t
index_hash(struct bytes key)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < key.n; i++)
		h = (h ^ key.p[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	return h * UINT64_C(0x9e3779b97f4a7c15);
}

uint64_t
index_hash_number(uint64_t n)
{
	return index_hash(BYTES(&n, sizeof n));
}

static uint32_t
slot_of(uint64_t hash, size_t row)
{
	return (uint32_t)(hash >> 52) << ROW_BITS | (uint32_t)(row + 1);
}

/* Does the row have the key? */
typedef bool same_fn(const struct catalogue *c, size_t row, const void *key);

static bool
index_find(const struct catalogue *c, const struct index *x, uint64_t hash, same_fn *same,
    const void *key, size_t *ret)
{
	uint32_t tag = slot_of(hash, 0) & ~ROW_MASK;
	size_t i;

	if (x->slots == NULL)
		return false;
	for (i = (hash >> 20) & x->mask; x->slots[i] != 0; i = (i + 1) & x->mask) {
		size_t row = (x->slots[i] & ROW_MASK) - 1;

		if ((x->slots[i] & ~ROW_MASK) == tag && same(c, row, key)) {
			*ret = row;
			return true;
		}
	}
	return false;
}

void
index_add(struct index *x, uint64_t hash, size_t row)
{
	size_t i = (hash >> 20) & x->mask;

	while (x->slots[i] != 0)
		i = (i + 1) & x->mask;
	x->slots[i] = slot_of(hash, row);
}

/* At most two thirds full. */
bool
index_init(struct index *x, size_t n)
{
	size_t size = 16;

	while (size < n + n / 2)
		size *= 2;
	x->mask = size - 1;
	x->slots = calloc(size, sizeof *x->slots);
	return x->slots != NULL;
}

/* A key is the first field of its row, whatever follows. */
static bool
has_key(struct bytes row, const struct bytes *key)
{
	struct field f;

	return field_take(&row, &f) && f.number == 1 && bytes_equal(f.value, *key);
}

static bool
same_sku(const struct catalogue *c, size_t row, const void *key)
{
	return has_key(catalogue_row(c, &c->products, row), key);
}

static bool
same_id(const struct catalogue *c, size_t row, const void *key)
{
	return has_key(catalogue_row(c, &c->cashiers, row), key);
}

static bool
same_gtin(const struct catalogue *c, size_t row, const void *key)
{
	struct product_view p;

	return product_view(catalogue_row(c, &c->products, row), &p, NULL) == KAS_OK &&
	    gtin_number(p.gtin) == *(const uint64_t *)key;
}

bool
catalogue_index_gtin(const struct catalogue *c, uint64_t number, size_t *ret)
{
	return number != 0 && index_find(c, &c->by_gtin, index_hash_number(number), same_gtin,
	    &number, ret);
}

static bool
index_sku(const struct catalogue *c, struct bytes sku, size_t *ret)
{
	return index_find(c, &c->by_sku, index_hash(sku), same_sku, &sku, ret);
}

static bool
index_id(const struct catalogue *c, struct bytes id, size_t *ret)
{
	return index_find(c, &c->by_id, index_hash(id), same_id, &id, ret);
}

static bool
product_of(const struct catalogue *c, size_t row, struct product_view *ret)
{
	return product_view(catalogue_row(c, &c->products, row), ret, NULL) == KAS_OK;
}

bool
catalogue_find_product(const struct catalogue *c, struct bytes sku, struct product_view *ret)
{
	size_t row;

	return index_sku(c, sku, &row) && product_of(c, row, ret);
}

bool
catalogue_find_gtin(const struct catalogue *c, struct bytes gtin, struct product_view *ret)
{
	size_t row;

	return catalogue_index_gtin(c, gtin_number(gtin), &row) && product_of(c, row, ret);
}

bool
catalogue_find_cashier(const struct catalogue *c, struct bytes id, struct cashier_view *ret)
{
	size_t row;

	return index_id(c, id, &row) &&
	    cashier_view(catalogue_row(c, &c->cashiers, row), ret, NULL) == KAS_OK;
}

size_t
catalogue_products(const struct catalogue *c)
{
	return c->products.n;
}

size_t
catalogue_cashiers(const struct catalogue *c)
{
	return c->cashiers.n;
}

struct bytes
catalogue_bytes(const struct catalogue *c)
{
	return c->bytes;
}

const char *
catalogue_currency(const struct catalogue *c)
{
	return c->currency;
}

uint32_t
catalogue_exponent(const struct catalogue *c)
{
	return c->exponent;
}

/* A row that was looked at does decode: what fails is memory. */
enum kas_err
catalogue_product_at(const struct catalogue *c, size_t i, struct arena *a,
    Kasir__V1__Product **ret)
{
	if (i >= c->products.n)
		return KAS_NOTFOUND;
	*ret = PROTO_UNPACK(kasir__v1__product, a, catalogue_row(c, &c->products, i));
	return *ret != NULL ? KAS_OK : KAS_NOMEM;
}

enum kas_err
catalogue_cashier_at(const struct catalogue *c, size_t i, struct arena *a,
    Kasir__V1__Cashier **ret)
{
	if (i >= c->cashiers.n)
		return KAS_NOTFOUND;
	*ret = PROTO_UNPACK(kasir__v1__cashier, a, catalogue_row(c, &c->cashiers, i));
	return *ret != NULL ? KAS_OK : KAS_NOMEM;
}

enum kas_err
catalogue_product(const struct catalogue *c, const char *sku, struct arena *a,
    Kasir__V1__Product **ret)
{
	size_t row;

	if (!index_sku(c, bytes_of_text(sku), &row))
		return KAS_NOTFOUND;
	return catalogue_product_at(c, row, a, ret);
}

enum kas_err
catalogue_product_by_gtin(const struct catalogue *c, const char *gtin, struct arena *a,
    Kasir__V1__Product **ret)
{
	size_t row;

	if (!catalogue_index_gtin(c, gtin_number(bytes_of_text(gtin)), &row))
		return KAS_NOTFOUND;
	return catalogue_product_at(c, row, a, ret);
}

enum kas_err
catalogue_cashier(const struct catalogue *c, const char *id, struct arena *a,
    Kasir__V1__Cashier **ret)
{
	size_t row;

	if (!index_id(c, bytes_of_text(id), &row))
		return KAS_NOTFOUND;
	return catalogue_cashier_at(c, row, a, ret);
}

const Kasir__V1__Price *
catalogue_price(const Kasir__V1__Product *p, uint32_t day)
{
	size_t i;

	for (i = 0; i < p->n_prices; i++)
		if (day >= p->prices[i]->from_day &&
		    (p->prices[i]->until_day == 0 || day <= p->prices[i]->until_day))
			return p->prices[i];
	return NULL;
}
