/* make_parts.h - what the makers of transactions share. */
#ifndef KASIR_TESTS_MAKE_PARTS_H
#define KASIR_TESTS_MAKE_PARTS_H

#include "tests/support/make_txn.h"

#define MAKE_LINES_MAX 16u

struct make_dice {
	uint64_t state;
};
uint64_t make_roll(struct make_dice *d);
/* 0 to N - 1. */
uint64_t make_below(struct make_dice *d, uint64_t n);
bool make_one_in(struct make_dice *d, uint64_t n);

/* Half up on the magnitude; NUMERATOR and DENOMINATOR of sizes that shops know. */
int64_t make_quotient(int64_t numerator, int64_t denominator);

/* A document with its header; its repeated fields have room for MAKE_LINES_MAX lines, 4
 * taxes, 4 tenders and 4 discounts. */
Kasir__V1__Transaction *make_document(struct arena *a, Kasir__V1__TransactionType type);
Kasir__V1__Line *make_add_line(struct arena *a, Kasir__V1__Transaction *doc,
    Kasir__V1__LineKind kind);
Kasir__V1__Tax *make_add_tax(struct arena *a, Kasir__V1__Transaction *doc, const char *code);
Kasir__V1__Tender *make_add_tender(struct arena *a, Kasir__V1__Transaction *doc,
    Kasir__V1__TenderKind kind, int64_t tendered);
/* Take AMOUNT off LINE. */
bool make_add_discount(struct arena *a, Kasir__V1__Line *line, const char *name, int64_t amount);
bool make_set_original(struct arena *a, Kasir__V1__Transaction *doc,
    const struct make_original *original);

/* Figures of the tax rows from the lines, then gross and payable. */
void make_reckon(Kasir__V1__Transaction *doc);

#endif
