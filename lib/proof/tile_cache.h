/* tile_cache.h - the tiles read last, with the nodes inside them already hashed. */
#ifndef KASIR_PROOF_TILE_CACHE_H
#define KASIR_PROOF_TILE_CACHE_H

#include "proof/tree.h"

#define TILE_HEIGHT 8			/* levels of the tree in one tile */

/* A full tile and the tree over it, numbered as in a heap: the root is 1, the children
 * of k are 2k and 2k+1, the tile's own hashes are TILE_WIDTH to 2*TILE_WIDTH-1. */
struct tile_nodes {
	struct hash at[2 * TILE_WIDTH];
};

#define TILE_CACHE_SLOTS 16		/* of 16 KiB each, taken when first needed */
struct tile_cache {
	struct tile_port port;
	uint64_t clock;			/* counts uses; the slot with the smallest goes first */
	struct tile_cache_slot {
		struct tile_id id;
		uint64_t used;		/* 0: holds nothing */
		struct tile_nodes *nodes;
	} slots[TILE_CACHE_SLOTS];
};

void tile_cache_init(struct tile_cache *c, const struct tile_port *port);
void tile_cache_fini(struct tile_cache *c);

/* *RET is good until the next call.  KAS_NOMEM, or what the port said. */
KAS_CHECKED enum kas_err tile_cache_get(struct tile_cache *c, struct tile_id id,
    const struct tile_nodes **ret);

#endif
