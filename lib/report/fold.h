/* fold.h - ledger entries to rows of reports.db, one after the other.
 *
 * Documents are added up by struct period, as the X, the Z and the verifier do it, so that
 * there is one definition of every figure.  What a document adds stands under its own business
 * day, hour, cashier and terminal, whenever it came and whenever the manager accepted it; a Z
 * covers what came since the one before. */
#ifndef KASIR_REPORT_FOLD_H
#define KASIR_REPORT_FOLD_H

#include "report/reports.h"

/* Entries that were taken before: an exception's resolution comes long after it. */
struct fold_port {
	enum kas_err (*read)(void *ctx, uint64_t index, struct arena *a,
	    struct bytes *ret_entry, struct bytes *ret_payload);
	void *ctx;
};

struct fold;

/* DB and what stands behind PORT are borrowed. */
KAS_CHECKED enum kas_err fold_open(sqlite3 *db, const struct fold_port *port, struct fold **ret,
    struct kas_why *why);
void fold_close(struct fold *f);	/* NULL is fine */

const struct reports_place *fold_place(const struct fold *f);

/* Take the next entry (its index is the place's size), inside the caller's transaction.
 * KAS_CORRUPT: no ledger holds that there.  After any error the transaction is to be rolled
 * back, and F closed: what it has in memory is ahead of the file. */
KAS_CHECKED enum kas_err fold_take(struct fold *f, struct bytes entry, struct bytes payload,
    struct kas_why *why);
/* Write what is in memory, before the transaction is committed. */
KAS_CHECKED enum kas_err fold_write(struct fold *f);

#endif
