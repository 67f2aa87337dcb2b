/* stopped_book.h - what the ledger adds up to, from the ledger itself: while no daemon runs,
 * the book can be read without one. */
#ifndef KASIR_CTL_STOPPED_BOOK_H
#define KASIR_CTL_STOPPED_BOOK_H

#include "edge/ledger_read.h"
#include "kasir/v1/control.pb-c.h"

/* The day so far as kasird would report it, in A: from the ledger's snapshot and the entries
 * behind it. */
KAS_CHECKED enum kas_err stopped_day(struct ledger_reader *r, struct arena *a,
    Kasir__V1__DayReport **ret, struct kas_why *why);

#endif
