#include "audit/fact_index.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define CAP_MIN ((size_t)4096)
#define FACT_MARK ((uint64_t)1 << 63)

void
fact_index_init(struct fact_index *f, const uint8_t secret[16])
{
	_Static_assert(crypto_shorthash_KEYBYTES == sizeof f->secret, "SipHash's key");
	*f = (struct fact_index){ 0 };
	memcpy(f->secret, secret, sizeof f->secret);
}

void
fact_index_fini(struct fact_index *f)
{
	free(f->slots);
	f->slots = NULL;
}

static uint64_t
hash_key(const struct fact_index *f, uint8_t kind, struct bytes key)
{
	uint8_t text[1 + FACT_KEY_MAX], out[crypto_shorthash_BYTES];
	uint64_t h;

	text[0] = kind;
	memcpy(text + 1, key.p, key.n);
	crypto_shorthash(out, text, 1 + key.n, f->secret);
	memcpy(&h, out, sizeof h);
	return h != 0 ? h : 1;
}

/* Linear probing: facts of one key lie in one run of used slots. */
static void
put(struct fact_slot *slots, size_t cap, struct fact_slot s)
{
	size_t at = s.hash & (cap - 1);

	while (slots[at].hash != 0)
		at = (at + 1) & (cap - 1);
	slots[at] = s;
}

static enum kas_err
grow(struct fact_index *f)
{
	size_t cap = f->cap == 0 ? CAP_MIN : 2 * f->cap;
	struct fact_slot *slots = calloc(cap, sizeof *slots);

	if (slots == NULL)
		return KAS_NOMEM;
	for (size_t i = 0; i < f->cap; i++)
		if (f->slots[i].hash != 0)
			put(slots, cap, f->slots[i]);
	free(f->slots);
	f->slots = slots;
	f->cap = cap;
	return KAS_OK;
}

enum kas_err
fact_index_add(struct fact_index *f, const struct fact *fact)
{
	enum kas_err err;

	if (f->n >= f->cap / 4 * 3 && (err = grow(f)) != KAS_OK)
		return err;
	put(f->slots, f->cap, (struct fact_slot){
		hash_key(f, fact->kind, BYTES(fact->key, fact->key_n)), fact->index });
	f->n++;
	return KAS_OK;
}

/* INDEX in its place among the N smallest. */
static void
insert(uint64_t *ret, size_t max, size_t *n, uint64_t index)
{
	size_t at = *n;

	while (at > 0 && ret[at - 1] > index)
		at--;
	if (at == max)
		return;
	if (*n < max)
		(*n)++;
	memmove(ret + at + 1, ret + at, (*n - at - 1) * sizeof *ret);
	ret[at] = index;
}

static enum kas_err
find(void *ctx, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max, size_t *ret_n)
{
	struct fact_index *f = ctx;
	uint64_t h;

	*ret_n = 0;
	if (f->cap == 0 || max == 0)
		return KAS_OK;
	h = hash_key(f, (uint8_t)kind, key);
	for (size_t at = h & (f->cap - 1); f->slots[at].hash != 0; at = (at + 1) & (f->cap - 1))
		if (f->slots[at].hash == h)
			insert(ret, max, ret_n, f->slots[at].index & ~FACT_MARK);
	return KAS_OK;
}

bool
fact_index_mark(struct fact_index *f, const struct fact *fact)
{
	uint64_t h = hash_key(f, fact->kind, BYTES(fact->key, fact->key_n));
	bool found = false;

	if (f->cap == 0)
		return false;
	for (size_t at = h & (f->cap - 1); f->slots[at].hash != 0; at = (at + 1) & (f->cap - 1))
		if (f->slots[at].hash == h && (f->slots[at].index & ~FACT_MARK) == fact->index) {
			f->slots[at].index |= FACT_MARK;
			found = true;
		}
	return found;
}

void
fact_index_unmarked(const struct fact_index *f, void (*each)(void *ctx, uint64_t index),
    void *ctx)
{
	for (size_t at = 0; at < f->cap; at++)
		if (f->slots[at].hash != 0 && (f->slots[at].index & FACT_MARK) == 0)
			each(ctx, f->slots[at].index);
}

struct fact_port
fact_index_port(struct fact_index *f)
{
	return (struct fact_port){ find, f };
}
