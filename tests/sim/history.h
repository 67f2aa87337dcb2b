/* history.h - the oracle's own Merkle tree: the root after each entry.
 *
 * Written apart from lib/proof on purpose, from RFC 6962 section 2.1 alone: the oracle must
 * not inherit a mistake from what it judges. */
#ifndef KASIR_SIM_HISTORY_H
#define KASIR_SIM_HISTORY_H

#include "tests/sim/world.h"
#include "proof/hash.h"

struct history {
	struct bytes *entries;		/* borrowed for the run */
	struct hash *leaves, *roots;	/* roots[i]: of the first i+1 entries */
	size_t n, cap;
	struct { uint64_t width; struct hash root; } peaks[64];
	size_t n_peaks;
};

void history_fini(struct history *h);
void history_append(struct history *h, struct bytes entry);
void history_copy(struct history *to, const struct history *from);	/* TO: zeroed */
void history_truncate(struct history *h, size_t n);
/* False when there are fewer than SIZE entries. */
bool history_root(const struct history *h, uint64_t size, struct hash *ret);
/* RFC 6962 2.1.1: the audit path of INDEX in the tree of the first SIZE; returns its length. */
size_t history_path(const struct history *h, uint64_t index, uint64_t size, struct hash *ret);
/* How many entries both begin with. */
size_t history_common(const struct history *a, const struct history *b);

#endif
