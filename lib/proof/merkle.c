#include "proof/merkle.h"

#include <string.h>

/* The prefixes keep an entry from posing as a node (RFC 6962, section 2.1). */
static const uint8_t leaf_prefix[] = { 0x00 };
#define NODE_PREFIX 0x01

struct hash
merkle_empty(void)
{
	return hash_of(BYTES_NONE);
}

struct hash
merkle_leaf(struct bytes entry)
{
	return hash_of_two(BYTES(leaf_prefix, sizeof leaf_prefix), entry);
}

struct hash
merkle_node(const struct hash *left, const struct hash *right)
{
	uint8_t both[1 + 2 * HASH_LEN];

	both[0] = NODE_PREFIX;
	memcpy(both + 1, left->b, HASH_LEN);
	memcpy(both + 1 + HASH_LEN, right->b, HASH_LEN);
	return hash_of(BYTES(both, sizeof both));
}

/* Both verifiers walk from a node to the root, as in RFC 9162 section 2.1.3.2: FN is
 * the node's place in its level, SN that of the level's last node. */
struct walk {
	uint64_t fn, sn;
};

/* Levels where the node is the last and a left child: it has no sibling there, and
 * rises unchanged. */
static void
rise_alone(struct walk *w)
{
	while (w->fn != 0 && (w->fn & 1) == 0) {
		w->fn >>= 1;
		w->sn >>= 1;
	}
}

enum kas_err
merkle_verify_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
    const struct hash *root, const struct hash *path, unsigned n)
{
	struct hash h = *leaf;
	struct walk w;
	unsigned i;

	if (index >= size)
		return KAS_RANGE;
	w = (struct walk){ index, size - 1 };
	for (i = 0; i < n; i++) {
		if (w.sn == 0)
			return KAS_CORRUPT;
		if ((w.fn & 1) != 0 || w.fn == w.sn) {
			h = merkle_node(&path[i], &h);
			if ((w.fn & 1) == 0)
				rise_alone(&w);
		} else {
			h = merkle_node(&h, &path[i]);
		}
		w.fn >>= 1;
		w.sn >>= 1;
	}
	return w.sn == 0 && hash_equal(&h, root) ? KAS_OK : KAS_CORRUPT;
}

enum kas_err
merkle_verify_consistency(uint64_t size_a, const struct hash *root_a, uint64_t size_b,
    const struct hash *root_b, const struct hash *path, unsigned n)
{
	struct hash a, b;
	struct walk w;
	unsigned i = 0;

	if (size_a > size_b)
		return KAS_RANGE;
	if (size_a == 0)
		return n == 0 ? KAS_OK : KAS_CORRUPT;
	if (size_a == size_b)
		return n == 0 && hash_equal(root_a, root_b) ? KAS_OK : KAS_CORRUPT;
	w = (struct walk){ size_a - 1, size_b - 1 };
	/* Start at the root of the last complete subtree of A; where that is all of A,
	 * the prover leaves it out. */
	while ((w.fn & 1) != 0) {
		w.fn >>= 1;
		w.sn >>= 1;
	}
	if (w.fn == 0) {
		a = *root_a;
	} else {
		if (n == 0)
			return KAS_CORRUPT;
		a = path[i++];
	}
	b = a;
	for (; i < n; i++) {
		if (w.sn == 0)
			return KAS_CORRUPT;
		if ((w.fn & 1) != 0 || w.fn == w.sn) {
			a = merkle_node(&path[i], &a);
			b = merkle_node(&path[i], &b);
			if ((w.fn & 1) == 0)
				rise_alone(&w);
		} else {
			b = merkle_node(&b, &path[i]);
		}
		w.fn >>= 1;
		w.sn >>= 1;
	}
	return w.sn == 0 && hash_equal(&a, root_a) && hash_equal(&b, root_b) ? KAS_OK : KAS_CORRUPT;
}

void
frontier_init(struct frontier *f)
{
	*f = (struct frontier){ 0 };
}

void
frontier_append(struct frontier *f, const struct hash *leaf)
{
	struct hash h = *leaf;
	uint64_t s;

	/* As adding one in binary: each one bit is a complete subtree that the carry joins. */
	for (s = f->size; (s & 1) != 0; s >>= 1)
		h = merkle_node(&f->peaks[--f->n], &h);
	kas_assert(f->n < PROOF_MAX);
	f->peaks[f->n++] = h;
	f->size++;
}

struct hash
frontier_root(const struct frontier *f)
{
	struct hash h;
	unsigned i;

	if (f->n == 0)
		return merkle_empty();
	h = f->peaks[f->n - 1];
	for (i = f->n - 1; i > 0; i--)
		h = merkle_node(&f->peaks[i - 1], &h);
	return h;
}
