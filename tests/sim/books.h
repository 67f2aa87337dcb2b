/* books.h - the oracle's books of days and shifts: what each ShiftClosed, DayClosed and X
 * must say, from the entries and payloads alone.
 *
 * Written apart from lib/book and lib/cash/period, from docs/reference/ledger.md and
 * totals.md, and from rules.md for the rules that hang on what is open.  Whether a document
 * breaks any other rule is taken from its entry; what follows from that is not. */
#ifndef KASIR_SIM_BOOKS_H
#define KASIR_SIM_BOOKS_H

#include "tests/sim/accounts.h"
#include "tests/sim/disk.h"
#include "tests/sim/history.h"

#define BOOKS_TILLS 16

/* An X, as somebody was told it. */
struct x_report {
	struct bytes report;	/* kasir.v1.DayReport */
	uint64_t size;
};

struct books_verdict {
	uint64_t days, shifts, xs;	/* that were held against the books */
	char wrong[360];		/* empty: all agree */
};

/* Fold the N entries of IM from the first, and compare every close, and every X of the list. */
void books_judge(const struct image *im, const struct history *h, const char *store,
    const struct x_report *xs, size_t n_xs, struct books_verdict *ret);

#endif
