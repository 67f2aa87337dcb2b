/* baskets.h - sales like real ones, from a seed.
 *
 * Calibrated on 800 Indonesian receipts (docs/reference/simulate.md): how many lines, how many
 * pieces of what price, 10 % tax on top, 76 % pay cash, 17 % by card, 7 % with e-money or
 * QRIS.  Every figure adds up: the store finds nothing to say about any. */
#ifndef KASIR_TERM_BASKETS_H
#define KASIR_TERM_BASKETS_H

#include "base/bytes.h"
#include "kasir/v1/transaction.pb-c.h"

struct dice {
	uint64_t state;
};
uint64_t dice_roll(struct dice *d);
uint64_t dice_below(struct dice *d, uint64_t n);	/* 0 to n-1 */

/* The day of a shop in western Indonesia, as YYYYMMDD. */
#define BASKET_UTC_OFFSET_MIN 420
uint32_t basket_business_day(int64_t wall_us);

#define BASKET_LINES_MAX 24
/* A SALE that happened at WALL_US, encoded into A; its payable in *RET_PAYABLE (rupiah).
 * LINES 0: as many as it turns out.  NULL bytes: A is full. */
struct bytes basket_make(struct dice *d, int64_t wall_us, uint64_t receipt_number, unsigned lines,
    struct arena *a, int64_t *ret_payable);

/* A sale of one line at PRICE. */
struct bytes basket_single(const char *name, int64_t price, int64_t wall_us, struct arena *a);

#endif
