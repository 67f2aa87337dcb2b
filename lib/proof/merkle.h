/* merkle.h - the Merkle tree of RFC 6962 section 2 with SHA-256: hashing and the
 * verifying side.  Pure.  The proving side, over stored tiles, is tree.h. */
#ifndef KASIR_PROOF_MERKLE_H
#define KASIR_PROOF_MERKLE_H

#include "proof/hash.h"

#define PROOF_MAX 64		/* hashes in any path of a tree below 2^63 leaves */

struct proof {			/* an audit path or a consistency proof, in RFC 6962's order */
	unsigned n;
	struct hash path[PROOF_MAX];
};

struct hash merkle_empty(void);			/* root of no leaves: SHA-256 of "" */
struct hash merkle_leaf(struct bytes entry);	/* SHA-256(0x00 entry) */
struct hash merkle_node(const struct hash *left, const struct hash *right);

/* KAS_OK: LEAF stands at INDEX in the tree of SIZE with ROOT.  KAS_RANGE: INDEX
 * is not below SIZE.  KAS_CORRUPT: it does not follow. */
KAS_CHECKED enum kas_err merkle_verify_inclusion(const struct hash *leaf, uint64_t index,
    uint64_t size, const struct hash *root, const struct hash *path, unsigned n);

/* KAS_OK: the tree (SIZE_B, ROOT_B) begins with the tree (SIZE_A, ROOT_A).
 * SIZE_A of 0 needs an empty proof and ROOT_A is not looked at. */
KAS_CHECKED enum kas_err merkle_verify_consistency(uint64_t size_a, const struct hash *root_a,
    uint64_t size_b, const struct hash *root_b, const struct hash *path, unsigned n);

/* Compact range of a tree from its start: the roots of its complete subtrees, by
 * falling size.  Enough to append and to give the root; proves nothing older. */
struct frontier {
	uint64_t size;
	unsigned n;
	struct hash peaks[PROOF_MAX];
};
void frontier_init(struct frontier *f);
void frontier_append(struct frontier *f, const struct hash *leaf);
struct hash frontier_root(const struct frontier *f);

#endif
