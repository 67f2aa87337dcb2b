/* fact_index.h - all facts of a ledger in sixteen bytes each.
 *
 * A fact's key is kept as a 64-bit keyed hash.  Two keys with one hash would make the
 * audit look at an entry that has nothing to do with the question; that shows up as a
 * judgement that differs, never as damage overlooked. */
#ifndef KASIR_AUDIT_FACT_INDEX_H
#define KASIR_AUDIT_FACT_INDEX_H

#include "book/facts.h"

struct fact_slot {
	uint64_t hash;		/* 0: free */
	uint64_t index;		/* with FACT_MARK, once it was marked */
};

struct fact_index {
	uint8_t secret[16];
	struct fact_slot *slots;
	size_t n, cap;		/* cap: a power of two */
};

void fact_index_init(struct fact_index *f, const uint8_t secret[16]);
void fact_index_fini(struct fact_index *f);
KAS_CHECKED enum kas_err fact_index_add(struct fact_index *f, const struct fact *fact);
/* False: there is no such fact. */
bool fact_index_mark(struct fact_index *f, const struct fact *fact);
/* The indexes of those that were not marked, in no order. */
void fact_index_unmarked(const struct fact_index *f, void (*each)(void *ctx, uint64_t index),
    void *ctx);
struct fact_port fact_index_port(struct fact_index *f);

#endif
