/* history.h - the ledger's tree, for proofs and exports. */
#ifndef KASIR_EDGE_HISTORY_H
#define KASIR_EDGE_HISTORY_H

#include "edge/ledger_read.h"

/* The tree of the first SIZE entries; close it before R. */
KAS_CHECKED enum kas_err history_open(struct ledger_reader *r, uint64_t size,
    struct tree **ret);
/* Entry and payload of INDEX, in A.  KAS_NOTFOUND: there is none. */
KAS_CHECKED enum kas_err history_entry(struct ledger_reader *r, uint64_t index, struct arena *a,
    struct store_entry *ret);
/* Leaf hashes of FIRST to FIRST+N-1, N at most TILE_WIDTH. */
KAS_CHECKED enum kas_err history_leaves(struct ledger_reader *r, uint64_t first, size_t n,
    struct hash *ret);

#endif
