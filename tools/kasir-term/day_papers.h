/* day_papers.h - the documents of a day besides sales.  All live in the arena; NULL: it is
 * full. */
#ifndef KASIR_TERM_DAY_PAPERS_H
#define KASIR_TERM_DAY_PAPERS_H

#include "tools/kasir-term/baskets.h"

typedef Kasir__V1__Transaction document;

document *paper_plain(struct arena *a, Kasir__V1__TransactionType type, const char *reason);
/* AMOUNT goes into the drawer, or (negative) out of it. */
document *paper_movement(struct arena *a, Kasir__V1__TransactionType type, int64_t amount,
    const char *what_for);
/* AMOUNT counted in notes and coins, as far as there are any so small. */
document *paper_count(struct arena *a, Kasir__V1__TransactionType type, int64_t amount);
document *paper_about(struct arena *a, Kasir__V1__TransactionType type, uint64_t epoch,
    uint64_t sequence);

/* SALE, changed: one thing goes back and another is taken. */
bool paper_make_exchange(struct arena *a, document *sale);
/* ...it is paid by a QRIS that nobody has answered yet. */
void paper_make_pending(document *sale);
/* ...it is put aside. */
void paper_make_suspended(document *sale);
bool paper_add_flag(struct arena *a, document *doc, Kasir__V1__TransactionFlag flag);
/* What became of the pending tender of SALE, which has this number; reversed, it is paid in
 * cash. */
document *paper_resolution(struct arena *a, const document *sale, uint64_t epoch,
    uint64_t sequence, bool reversed);

#endif
