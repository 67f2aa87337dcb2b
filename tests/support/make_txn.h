/* make_txn.h - valid transactions from a seed: the same seed, the same bytes.
 *
 * Sales of 1 to 12 lines with what real ones have: weighed goods, discounts on lines and
 * documents, voided lines, deposits and refunds of containers, tips, tax exclusive and
 * inclusive, by line and by document, on a full or an 11/12 base, cash with change and
 * rounding, foreign cash, cards with cash back, vouchers that forfeit, split tenders.
 * All in rupiah at exponent 0.  check_document() must find nothing to say about any.
 *
 * Reckoned here without lib/cash, so that the two can be held against each other. */
#ifndef KASIR_TESTS_MAKE_TXN_H
#define KASIR_TESTS_MAKE_TXN_H

#include "base/bytes.h"
#include "cash/check.h"
#include "kasir/v1/transaction.pb-c.h"

/* The store that these transactions belong to. */
extern const struct check_settings make_settings;

/* Everything lives in A; NULL when A is full.  Time, day, shift, cashier and receipt number
 * are plausible constants for the caller to overwrite. */
Kasir__V1__Transaction *make_sale(struct arena *a, uint64_t seed);

/* Some of SALE's goods come back: SALE stands at ORIGINAL (terminal, epoch, sequence; its
 * texts borrowed).  NULL also where nothing of it can be returned. */
struct make_original {
	const char *terminal;
	uint64_t epoch, sequence;
};
Kasir__V1__Transaction *make_return(struct arena *a, uint64_t seed,
    const Kasir__V1__Transaction *sale, const struct make_original *original);
/* DOC negated, in its shift. */
Kasir__V1__Transaction *make_void(struct arena *a, const Kasir__V1__Transaction *doc,
    const struct make_original *original);

#endif
