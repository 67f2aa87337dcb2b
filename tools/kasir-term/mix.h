/* mix.h - what one till does all day: it sells, takes goods back, voids what was keyed wrong.
 *
 * How often, and how much of a sale comes back, is measured on 25,900 invoices of a shop
 * (docs/reference/simulate.md).  A return refers to one of the till's last sales and never takes
 * back more than was sold; a void negates one of the newest of the same day that nothing was
 * returned of.  Before there is anything to take back, the till sells.
 *
 * The N-th document follows from seed and till alone, whatever the clock says, but for voids
 * around midnight. */
#ifndef KASIR_TERM_MIX_H
#define KASIR_TERM_MIX_H

#include "base/bytes.h"
#include "kasir/v1/transaction.pb-c.h"

struct mix;

/* STORE and TERMINAL are copied.  NULL: no memory. */
struct mix *mix_open(uint64_t seed, const char *store, const char *terminal);
void mix_close(struct mix *m);		/* NULL is fine */

struct mix_document {
	Kasir__V1__TransactionType type;	/* SALE, RETURN or POST_VOID */
	int64_t payable;			/* rupiah */
	struct bytes payload;			/* in the arena */
};

/* The next document, made in A; KAS_NOMEM: A is full. */
KAS_CHECKED enum kas_err mix_next(struct mix *m, int64_t wall_us, struct arena *a,
    struct mix_document *ret);
/* That document was made under this number; before its arena is reset.  One that was not
 * made is forgotten by the next mix_next(). */
KAS_CHECKED enum kas_err mix_made(struct mix *m, uint64_t epoch, uint64_t sequence);

#endif
