/* make_catalogue.h - catalogues for tests. */
#ifndef KASIR_TESTS_MAKE_CATALOGUE_H
#define KASIR_TESTS_MAKE_CATALOGUE_H

#include "cash/catalogue.h"

/* In rupiah:
 *   00417  8991234567891  Es jeruk, PPN: 1,041 to 20261231, 1,100 from 20270101
 *   00500                 Kopi tubruk, no tax code: 15,000 from 20261101 to 20261130
 *   beras  036000291452   Beras, at any price
 * cashiers ani (supervises), budi (sells, drawer) and sari (sells, returns, discounts). */
Kasir__V1__Catalogue *make_catalogue(struct arena *a);
/* PRODUCTS rows, "P0000000" and on, every second with a GTIN, and CASHIERS, "c000" and on. */
struct bytes make_large_catalogue(struct arena *a, size_t products, size_t cashiers);

#endif
