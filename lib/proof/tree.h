/* tree.h - the growing tree and the proofs made from it.
 *
 * Nodes are kept as C2SP tlog-tiles do: tile (level, n) holds 256 hashes of the
 * tree's height 8*level.  Only full tiles are ever stored; what stands right of
 * the last full tile is in memory, and so is a window of recent nodes, so that
 * proofs about recent entries read and hash nothing but the right edge, once a size.
 * Older ones read tiles through the port and a small cache.
 *
 * Memory is bounded: about 0.6 MiB for the window and 16 tiles of 16 KiB. */
#ifndef KASIR_PROOF_TREE_H
#define KASIR_PROOF_TREE_H

#include "proof/merkle.h"

#define TILE_WIDTH 256
#define TILE_BYTES ((size_t)TILE_WIDTH * HASH_LEN)

/* A tile is asked for only when all of it lies at least this many leaves back (or was
 * full when the tree was opened).  So tiles of leaves that are staged or on their way to
 * the disk are never read, as long as fewer leaves than this are not durable yet. */
#define TREE_WINDOW 7936u

struct tile_id {
	unsigned level;		/* 0: leaves */
	uint64_t n;		/* n-th full tile of its level, from 0 */
};

struct tile_port {
	/* Fill RET with the 256 hashes of a full tile that was handed out by
	 * tree_take_tile() before.  Any error is passed on to whoever asked. */
	enum kas_err (*read)(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH]);
	void *ctx;
};

struct tree;

/* A tree of SIZE leaves whose full tiles stand behind PORT.  TAIL are the leaf
 * hashes from the last multiple of 256 up to SIZE (SIZE % 256 of them).  A level's
 * partial tile is made of the roots of full tiles below it, so this reads and hashes
 * at most 255 tiles for each level but the lowest: of 2,000,000 leaves 162 tiles,
 * of any number below 16 million 510 at most (measured: 25 ms). */
KAS_CHECKED enum kas_err tree_open(const struct tile_port *port, uint64_t size,
    const struct hash *tail, struct tree **ret);
void tree_close(struct tree *t);		/* NULL is fine */

uint64_t tree_size(const struct tree *t);
/* KAS_FULL: take the tiles that wait, then try again.  Nothing has changed. */
KAS_CHECKED enum kas_err tree_append(struct tree *t, const struct hash *leaf);

/* The next full tile that was completed since the last call, lowest level first;
 * false when there is none.  The caller stores it before the leaves it covers
 * count as durable.  Take them all at each flush: after TREE_WINDOW appends or so
 * tree_append() insists. */
bool tree_take_tile(struct tree *t, struct tile_id *ret_id, struct hash ret[TILE_WIDTH]);

/* RET may be half written on failure.
 * For any SIZE (and INDEX below it, SIZE_A up to SIZE_B) that the tree has reached. */
KAS_CHECKED enum kas_err tree_root(struct tree *t, uint64_t size, struct hash *ret);
KAS_CHECKED enum kas_err tree_prove_inclusion(struct tree *t, uint64_t index, uint64_t size,
    struct proof *ret);
KAS_CHECKED enum kas_err tree_prove_consistency(struct tree *t, uint64_t size_a, uint64_t size_b,
    struct proof *ret);

#endif
