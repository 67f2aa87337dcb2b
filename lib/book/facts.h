/* facts.h - append-only index: what of the ledger is found where.
 *
 * A fact is (kind, key) -> index of an entry; a key may have several.  Facts of
 * recent entries are in memory; the store writes them sorted, thousands at a time,
 * because random-key inserts at every commit cost several times the commit itself
 * (docs/decisions/0003-facts-are-written-late.md).  After a crash they are read from
 * the entries again. */
#ifndef KASIR_BOOK_FACTS_H
#define KASIR_BOOK_FACTS_H

#include "base/bytes.h"

enum fact_kind {
	FACT_SEQUENCE = 1,	/* terminal NUL epoch sequence (8 bytes big-endian each) */
	FACT_TXN = 2,		/* terminal NUL txn_id */
	FACT_CONFLICT = 3,	/* statement hash of a conflicting transaction */
	FACT_LINK = 4,		/* index of an original (8 bytes): returns of it */
	FACT_PENDING = 5,	/* key as FACT_SEQUENCE: returns that wait for it */
	FACT_VOID = 6,		/* index of a document (8 bytes): the void of it that stands, or the
				 * resolution that let that, or that voided the document itself */
	FACT_BILL = 7,		/* index of a SUSPEND: what resumed or cancelled it */
	FACT_TENDER = 8,	/* index of a document with pending tenders: what settled them */
	FACT_RESOLVED = 9,	/* index of an exception: its ExceptionResolved */
};

#define FACT_KEY_MAX 56
struct fact {
	uint8_t kind, key_n;
	uint8_t key[FACT_KEY_MAX];
	uint64_t index;
};

/* Facts that have been written.  Fill RET with at most MAX indexes, ascending. */
struct fact_port {
	enum kas_err (*find)(void *ctx, enum fact_kind kind, struct bytes key,
	    uint64_t *ret, size_t max, size_t *ret_n);
	void *ctx;
};

struct facts;
KAS_CHECKED enum kas_err facts_open(const struct fact_port *port, struct facts **ret);
void facts_close(struct facts *f);

KAS_CHECKED enum kas_err facts_add(struct facts *f, enum fact_kind kind, struct bytes key,
    uint64_t index);
/* Indexes, ascending, at most MAX; *RET_N is 0 when there is none. */
KAS_CHECKED enum kas_err facts_find(struct facts *f, enum fact_kind kind, struct bytes key,
    uint64_t *ret, size_t max, size_t *ret_n);

/* Snapshot: facts_begin_write() sorts what is in memory by (kind, key, index) and lends
 * it until facts_end_write(), which forgets it when WRITTEN (the store then has it). */
size_t facts_in_memory(const struct facts *f);
KAS_CHECKED enum kas_err facts_begin_write(struct facts *f, const struct fact **ret, size_t *ret_n);
void facts_end_write(struct facts *f, bool written);

#endif
