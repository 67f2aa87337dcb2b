/* catalogue.h - products and cashiers that transactions are held against
 * (kasir/v1/catalogue.proto), read where they lie: the bytes are kept as they came, and a
 * row is decoded when it is asked for, so that 200,000 products cost little more than
 * their bytes.  docs/reference/catalogue.md has the file that people write. */
#ifndef KASIR_CASH_CATALOGUE_H
#define KASIR_CASH_CATALOGUE_H

#include "base/bytes.h"
#include "cash/rules.h"
#include "kasir/v1/catalogue.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"

#define CATALOGUE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define CATALOGUE_PRODUCTS_MAX 1000000u
#define CATALOGUE_CASHIERS_MAX 10000u
#define CATALOGUE_PRICES_MAX 100u		/* of one product */
#define CATALOGUE_KEY_MAX 64u			/* bytes of a SKU, of a cashier's id */
#define CATALOGUE_TEXT_MAX 255u			/* bytes of any other text */

struct catalogue;

/* BYTES are borrowed until catalogue_close().  Every row is looked at: KAS_MALFORMED with WHY
 * naming the row (not ascending, twice, a bad price or validity, bad UTF-8).  A row has its
 * fields in order and each once, as every encoder writes them. */
KAS_CHECKED enum kas_err catalogue_open(struct bytes bytes, struct catalogue **ret,
    struct kas_why *why);
/* The same for who must not be held up by a million rows: begin looks at none of them, each
 * step at ROWS more; KAS_AGAIN: there are more.  Nothing else may be asked before KAS_OK. */
KAS_CHECKED enum kas_err catalogue_begin(struct bytes bytes, struct catalogue **ret,
    struct kas_why *why);
KAS_CHECKED enum kas_err catalogue_step(struct catalogue *c, size_t rows, struct kas_why *why);
void catalogue_close(struct catalogue *c);		/* NULL is fine */

size_t catalogue_products(const struct catalogue *c);
size_t catalogue_cashiers(const struct catalogue *c);
struct bytes catalogue_bytes(const struct catalogue *c);
const char *catalogue_currency(const struct catalogue *c);
uint32_t catalogue_exponent(const struct catalogue *c);

/* The row as it was packed, in A.  KAS_NOTFOUND. */
KAS_CHECKED enum kas_err catalogue_product(const struct catalogue *c, const char *sku,
    struct arena *a, Kasir__V1__Product **ret);
/* A GTIN is a number: 12 digits and the same 13 with a zero before them are one. */
KAS_CHECKED enum kas_err catalogue_product_by_gtin(const struct catalogue *c, const char *gtin,
    struct arena *a, Kasir__V1__Product **ret);
KAS_CHECKED enum kas_err catalogue_cashier(const struct catalogue *c, const char *id,
    struct arena *a, Kasir__V1__Cashier **ret);
/* Row I, for listing and comparing. */
KAS_CHECKED enum kas_err catalogue_product_at(const struct catalogue *c, size_t i,
    struct arena *a, Kasir__V1__Product **ret);
KAS_CHECKED enum kas_err catalogue_cashier_at(const struct catalogue *c, size_t i,
    struct arena *a, Kasir__V1__Cashier **ret);
/* The price of a business day; NULL: none. */
const Kasir__V1__Price *catalogue_price(const Kasir__V1__Product *p, uint32_t day);

/* Notes (never exceptions) on DOC beside C: products, prices, tax codes, cashiers and their
 * rights.  docs/reference/rules.md says when. */
void check_catalogue(const Kasir__V1__Transaction *doc, const struct catalogue *c,
    struct rule_set *notes);

#endif
