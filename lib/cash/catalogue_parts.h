/* catalogue_parts.h - rows of a catalogue where they lie.  Internal to lib/cash. */
#ifndef KASIR_CASH_CATALOGUE_PARTS_H
#define KASIR_CASH_CATALOGUE_PARTS_H

#include "cash/catalogue.h"
#include "cash/check_parts.h"

/* Where a row lies. */
struct span {
	uint32_t at, n;
};

struct table {
	struct span *rows;
	size_t n;
};

/* From a key to a row; catalogue_find.c. */
struct index {
	uint32_t *slots;
	size_t mask;
};

struct catalogue {
	struct bytes bytes;
	char currency[4];
	uint32_t exponent;
	struct table products, cashiers;
	struct index by_sku, by_gtin, by_id;
	size_t looked_at;		/* rows: products, then cashiers */
	struct bytes before;		/* key of the last of them */
};

/* All of it borrowed from the catalogue's bytes. */
struct product_view {
	struct bytes sku, gtin, name, department, tax_code;
	struct bytes prices;		/* the Price fields, as they stand */
};

struct price_view {
	int64_t unit_price;
	uint32_t from_day, until_day;
};

struct cashier_view {
	struct bytes id, name;
	uint32_t rights;		/* a bit for each CashierRight */
};
#define RIGHT(r) (1u << KASIR__V1__CASHIER_RIGHT__RIGHT_##r)

/* KAS_MALFORMED with WHY (without the row's name). */
KAS_CHECKED enum kas_err product_view(struct bytes row, struct product_view *ret,
    struct kas_why *why);
KAS_CHECKED enum kas_err cashier_view(struct bytes row, struct cashier_view *ret,
    struct kas_why *why);
/* Cut the next price off *PRICES; false at the end. */
bool price_take(struct bytes *prices, struct price_view *ret);

/* What a row says is sound: lengths, texts, GTIN, prices.  */
KAS_CHECKED enum kas_err product_check(const struct product_view *p, struct kas_why *why);
KAS_CHECKED enum kas_err cashier_check(const struct cashier_view *p, struct kas_why *why);

/* 0: no GTIN with a right check digit. */
uint64_t gtin_number(struct bytes gtin);

struct bytes catalogue_row(const struct catalogue *c, const struct table *t, size_t i);

KAS_CHECKED bool index_init(struct index *x, size_t n);		/* false: no memory */
void index_add(struct index *x, uint64_t hash, size_t row);
uint64_t index_hash(struct bytes key);
uint64_t index_hash_number(uint64_t n);
bool catalogue_index_gtin(const struct catalogue *c, uint64_t number, size_t *ret_row);

/* False: no such row. */
bool catalogue_find_product(const struct catalogue *c, struct bytes sku,
    struct product_view *ret);
bool catalogue_find_gtin(const struct catalogue *c, struct bytes gtin,
    struct product_view *ret);
bool catalogue_find_cashier(const struct catalogue *c, struct bytes id,
    struct cashier_view *ret);

#endif
