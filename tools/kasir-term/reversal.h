/* reversal.h - what takes a basket back: a RETURN of parts of it, or a POST_VOID of it all. */
#ifndef KASIR_TERM_REVERSAL_H
#define KASIR_TERM_REVERSAL_H

#include "base/bytes.h"
#include "kasir/v1/transaction.pb-c.h"

struct reversal_original {
	const char *store, *terminal;	/* borrowed as long as the document */
	uint64_t epoch, sequence;
};

/* SALE, decoded in A, becomes the RETURN of TAKEN[i] thousandths of its line i (0: it stays
 * with the customer), paid out as it was paid.  ORIGINAL NULL: the customer has no receipt.
 * Sales are as baskets.h makes them: no discounts, one tax, one tender.  False: A is full. */
KAS_CHECKED bool reversal_return(struct arena *a, Kasir__V1__Transaction *sale,
    const int64_t *taken, const struct reversal_original *original);

/* SALE, decoded in A, becomes the POST_VOID of itself. */
KAS_CHECKED bool reversal_void(struct arena *a, Kasir__V1__Transaction *sale,
    const struct reversal_original *original);

#endif
