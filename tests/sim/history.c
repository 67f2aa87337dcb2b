#include "tests/sim/history.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static struct hash
sha256(uint8_t tag, struct bytes a, struct bytes b)
{
	crypto_hash_sha256_state s;
	struct hash h;

	crypto_hash_sha256_init(&s);
	crypto_hash_sha256_update(&s, &tag, 1);
	crypto_hash_sha256_update(&s, a.p, a.n);
	crypto_hash_sha256_update(&s, b.p, b.n);
	crypto_hash_sha256_final(&s, h.b);
	return h;
}

static struct hash
join(const struct hash *left, const struct hash *right)
{
	return sha256(1, BYTES(left->b, HASH_LEN), BYTES(right->b, HASH_LEN));
}

static struct hash
root_of_peaks(const struct history *h)
{
	struct hash root = h->peaks[h->n_peaks - 1].root;

	for (size_t i = h->n_peaks - 1; i-- > 0;)
		root = join(&h->peaks[i].root, &root);
	return root;
}

static void
add_leaf(struct history *h, const struct hash *leaf)
{
	h->peaks[h->n_peaks].width = 1;
	h->peaks[h->n_peaks++].root = *leaf;
	for (; h->n_peaks > 1 && h->peaks[h->n_peaks - 2].width == h->peaks[h->n_peaks - 1].width;
	    h->n_peaks--) {
		h->peaks[h->n_peaks - 2].root =
		    join(&h->peaks[h->n_peaks - 2].root, &h->peaks[h->n_peaks - 1].root);
		h->peaks[h->n_peaks - 2].width *= 2;
	}
}

static void
reserve(struct history *h, size_t cap)
{
	if (cap <= h->cap)
		return;
	h->cap = cap < 64 ? 64 : cap * 2;
	h->entries = realloc(h->entries, h->cap * sizeof(*h->entries));
	h->leaves = realloc(h->leaves, h->cap * sizeof(*h->leaves));
	h->roots = realloc(h->roots, h->cap * sizeof(*h->roots));
	if (h->entries == NULL || h->leaves == NULL || h->roots == NULL)
		abort();
}

void
history_append(struct history *h, struct bytes entry)
{
	reserve(h, h->n + 1);
	h->entries[h->n] = entry;
	h->leaves[h->n] = sha256(0, entry, BYTES_NONE);
	add_leaf(h, &h->leaves[h->n]);
	h->roots[h->n++] = root_of_peaks(h);
}

void
history_copy(struct history *to, const struct history *from)
{
	for (size_t i = to->n; i < from->n; i++)
		history_append(to, from->entries[i]);
}

void
history_truncate(struct history *h, size_t n)
{
	if (n >= h->n)
		return;
	h->n_peaks = 0;
	h->n = n;
	for (size_t i = 0; i < n; i++)
		add_leaf(h, &h->leaves[i]);
}

void
history_fini(struct history *h)
{
	free(h->entries);
	free(h->leaves);
	free(h->roots);
	memset(h, 0, sizeof(*h));
}

bool
history_root(const struct history *h, uint64_t size, struct hash *ret)
{
	if (size > h->n)
		return false;
	if (size == 0)
		crypto_hash_sha256(ret->b, NULL, 0);
	else
		*ret = h->roots[size - 1];
	return true;
}

static uint64_t
split(uint64_t n)
{
	uint64_t k = 1;

	while (2 * k < n)
		k *= 2;
	return k;
}

static struct hash
subtree(const struct history *h, uint64_t from, uint64_t n)
{
	struct hash left, right;

	if (n == 1)
		return h->leaves[from];
	left = subtree(h, from, split(n));
	right = subtree(h, from + split(n), n - split(n));
	return join(&left, &right);
}

static size_t
path(const struct history *h, uint64_t index, uint64_t from, uint64_t n, struct hash *ret)
{
	uint64_t k = split(n);
	size_t len;

	if (n == 1)
		return 0;
	if (index < k) {
		len = path(h, index, from, k, ret);
		ret[len] = subtree(h, from + k, n - k);
	} else {
		len = path(h, index - k, from + k, n - k, ret);
		ret[len] = subtree(h, from, k);
	}
	return len + 1;
}

size_t
history_path(const struct history *h, uint64_t index, uint64_t size, struct hash *ret)
{
	return path(h, index, 0, size, ret);
}

size_t
history_common(const struct history *a, const struct history *b)
{
	size_t n = 0;

	while (n < a->n && n < b->n && hash_equal(&a->leaves[n], &b->leaves[n]))
		n++;
	return n;
}
