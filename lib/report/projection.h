/* projection.h - reports.db brought up to a ledger, chunk by chunk.
 *
 * Each chunk is one transaction: its rows, and the place in the ledger that they are made up
 * to.  A place that is not in the ledger's history (a backup was put back) makes the file
 * anew.  A projection belongs to one thread. */
#ifndef KASIR_REPORT_PROJECTION_H
#define KASIR_REPORT_PROJECTION_H

#include "book/entry.h"
#include "report/reports.h"

/* A ledger to be followed. */
struct report_source {
	/* As ledger_read_entries(). */
	enum kas_err (*read)(void *ctx, uint64_t first, size_t max, size_t max_bytes,
	    struct arena *a, struct store_entry *ret, size_t *ret_n);
	/* Root of the tree of the first SIZE entries.  KAS_NOTFOUND: there are not so many. */
	enum kas_err (*root)(void *ctx, uint64_t size, struct hash *ret);
	void *ctx;
};

struct ledger_reader;
struct report_source report_source_of(struct ledger_reader *r);

/* Entries of a chunk: many, so that a summary that many sales share is written once. */
#define PROJECTION_CHUNK 4096u

struct projection;

/* SOURCE is borrowed.  ANEW: from nothing, whatever PATH holds.  KAS_AGAIN: another process
 * makes it; WHY names it. */
KAS_CHECKED enum kas_err projection_open(const char *path, const struct report_source *source,
    bool anew, struct projection **ret, struct kas_why *why);
void projection_close(struct projection *p);	/* NULL is fine */

/* Take in at most MAX entries (up to PROJECTION_CHUNK); *RET_N: how many.  After an error P is
 * only good for closing; what was committed before stays. */
KAS_CHECKED enum kas_err projection_step(struct projection *p, size_t max, size_t *ret_n,
    struct kas_why *why);
uint64_t projection_size(const struct projection *p);
/* The file that P writes is still the one at its path; false: somebody has removed it. */
bool projection_is_in_place(const struct projection *p);

#endif
