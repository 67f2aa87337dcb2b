/* workday.h - a shop's day from eight in the morning to ten at night, at the speed that is asked
 * for: tills open their shifts with a counted float, customers come in a rush at noon and in the
 * evening, goods come back, bills are put aside, a QRIS is not answered at once, cash is moved,
 * things go wrong; the drawers are counted, and the first till closes the day when all others
 * have closed.
 *
 * What is sold and comes back is mix.h's; how often the rest happens stands in
 * docs/reference/simulate.md. */
#ifndef KASIR_TERM_WORKDAY_H
#define KASIR_TERM_WORKDAY_H

#include "tools/kasir-term/report.h"

struct workday_options {
	const char *store;
	uint64_t seed;
	uint64_t customers;		/* of the whole day */
	uint64_t speed;			/* times as fast as life; 0: as fast as it goes */
	int64_t opens_us;		/* what the clock says at eight; 0: the real time, always */
	uint64_t patience_us;
};

/* Sells all day at all tills of F and closes the day.  KAS_AGAIN: it was interrupted, or stuck,
 * and the day stays open. */
KAS_CHECKED enum kas_err workday_run(struct fleet *f, const struct workday_options *o,
    struct run_report *report);

#endif
