#include "support/hq_memory.h"

#include <stdlib.h>
#include <string.h>

/* Grow-only arrays of T; out of memory ends the test. */
#define LIST(T) struct { T *p; size_t n, cap; }
#define LIST_ADD(list, item) \
	((list).p = list_room((list).p, (list).n, &(list).cap, sizeof (list).p[0]), \
	    (list).p[(list).n++] = (item))

static void *
list_room(void *p, size_t n, size_t *cap, size_t each)
{
	if (n < *cap)
		return p;
	*cap = *cap == 0 ? 16 : 2 * *cap;
	p = realloc(p, *cap * each);
	kas_assert(p != NULL);
	return p;
}

struct entry {
	struct bytes entry, payload, salt, personal;
	struct hash leaf;
};
struct evidence {
	uint32_t reason;
	struct bytes held, shown;
};
struct held {			/* one store */
	char store[NAME_MAX_LEN + 1];
	struct vkey key;
	LIST(struct entry) entries;
	LIST(struct stored_hq_tile) tiles;
	LIST(struct terminal_row) terminals;
	LIST(struct evidence) evidence;
	struct hash root;
	struct bytes checkpoint, floor;
	bool cosigned;
	uint64_t floor_size;
};
struct hq_memory {
	LIST(struct held *) stores;
	enum kas_err fail;
	unsigned fail_times;
	bool fail_written;
};

static struct bytes
dup_bytes(struct bytes b)
{
	uint8_t *p = malloc(b.n + 1);

	kas_assert(p != NULL);
	if (b.n > 0)
		memcpy(p, b.p, b.n);
	return BYTES(p, b.n);
}

static void
free_bytes(struct bytes b)
{
	free((void *)(uintptr_t)b.p);
}

static void
replace(struct bytes *what, struct bytes by)
{
	struct bytes copy = dup_bytes(by);

	free_bytes(*what);
	*what = copy;
}

struct hq_memory *
hq_memory_open(void)
{
	struct hq_memory *m = calloc(1, sizeof *m);

	kas_assert(m != NULL);
	return m;
}

static void
held_close(struct held *h)
{
	size_t i;

	for (i = 0; i < h->entries.n; i++) {
		free_bytes(h->entries.p[i].entry);
		free_bytes(h->entries.p[i].payload);
		free_bytes(h->entries.p[i].salt);
		free_bytes(h->entries.p[i].personal);
	}
	for (i = 0; i < h->evidence.n; i++) {
		free_bytes(h->evidence.p[i].held);
		free_bytes(h->evidence.p[i].shown);
	}
	free_bytes(h->checkpoint);
	free_bytes(h->floor);
	free(h->entries.p);
	free(h->tiles.p);
	free(h->terminals.p);
	free(h->evidence.p);
	free(h);
}

void
hq_memory_close(struct hq_memory *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->stores.n; i++)
		held_close(m->stores.p[i]);
	free(m->stores.p);
	free(m);
}

static struct entry
dup_entry(const struct entry *e)
{
	return (struct entry){ .entry = dup_bytes(e->entry), .payload = dup_bytes(e->payload),
		.salt = dup_bytes(e->salt), .personal = dup_bytes(e->personal), .leaf = e->leaf };
}

static struct held *
held_copy(const struct held *h)
{
	struct held *c = calloc(1, sizeof *c);
	size_t i;

	kas_assert(c != NULL);
	memcpy(c->store, h->store, sizeof c->store);
	c->key = h->key;
	for (i = 0; i < h->entries.n; i++)
		LIST_ADD(c->entries, dup_entry(&h->entries.p[i]));
	for (i = 0; i < h->tiles.n; i++)
		LIST_ADD(c->tiles, h->tiles.p[i]);
	for (i = 0; i < h->terminals.n; i++)
		LIST_ADD(c->terminals, h->terminals.p[i]);
	for (i = 0; i < h->evidence.n; i++)
		LIST_ADD(c->evidence, ((struct evidence){ h->evidence.p[i].reason,
		    dup_bytes(h->evidence.p[i].held), dup_bytes(h->evidence.p[i].shown) }));
	c->root = h->root;
	c->checkpoint = dup_bytes(h->checkpoint);
	c->cosigned = h->cosigned;
	c->floor = dup_bytes(h->floor);
	c->floor_size = h->floor_size;
	return c;
}

struct hq_memory *
hq_memory_copy(const struct hq_memory *m)
{
	struct hq_memory *c = hq_memory_open();
	size_t i;

	for (i = 0; i < m->stores.n; i++)
		LIST_ADD(c->stores, held_copy(m->stores.p[i]));
	return c;
}

static struct held *
held_of(const struct hq_memory *m, const char *store)
{
	size_t i;

	for (i = 0; i < m->stores.n; i++)
		if (strcmp(m->stores.p[i]->store, store) == 0)
			return m->stores.p[i];
	return NULL;
}

void
hq_memory_register(struct hq_memory *m, const char *store, const struct vkey *key)
{
	struct held *h = calloc(1, sizeof *h);

	kas_assert(h != NULL && strlen(store) <= NAME_MAX_LEN && held_of(m, store) == NULL);
	memcpy(h->store, store, strlen(store) + 1);
	h->key = *key;
	h->root = merkle_empty();
	LIST_ADD(m->stores, h);
}

uint64_t
hq_memory_size(const struct hq_memory *m, const char *store)
{
	return held_of(m, store)->entries.n;
}

struct hash
hq_memory_root(const struct hq_memory *m, const char *store)
{
	return held_of(m, store)->root;
}

struct store_entry
hq_memory_entry(const struct hq_memory *m, const char *store, uint64_t index)
{
	const struct held *h = held_of(m, store);
	const struct entry *e = &h->entries.p[index];

	kas_assert(index < h->entries.n);
	return (struct store_entry){ .entry = e->entry, .payload = e->payload, .salt = e->salt,
		.personal = e->personal };
}

struct bytes
hq_memory_checkpoint(const struct hq_memory *m, const char *store)
{
	return held_of(m, store)->checkpoint;
}

size_t
hq_memory_evidence_count(const struct hq_memory *m, const char *store)
{
	return held_of(m, store)->evidence.n;
}

struct hq_memory_evidence
hq_memory_evidence(const struct hq_memory *m, const char *store, size_t n)
{
	const struct evidence *e = &held_of(m, store)->evidence.p[n];

	return (struct hq_memory_evidence){ e->reason, e->held, e->shown };
}

void
hq_memory_fail(struct hq_memory *m, enum kas_err err, unsigned times, bool written)
{
	m->fail = err;
	m->fail_times = times;
	m->fail_written = written;
}

static enum kas_err
port_find(void *ctx, const char *store, struct arena *a, struct hq_store *ret)
{
	const struct held *h = held_of(ctx, store);
	struct hq_store s = { .floor = BYTES_NONE };

	if (h == NULL)
		return KAS_NOTFOUND;
	memcpy(s.store, h->store, sizeof s.store);
	s.key = h->key;
	s.size = h->entries.n;
	s.root = h->root;
	s.cosigned = h->cosigned;
	if (!arena_copy(a, h->checkpoint, &s.checkpoint))
		return KAS_NOMEM;
	if (h->floor_size > s.size && !arena_copy(a, h->floor, &s.floor))
		return KAS_NOMEM;
	*ret = s;
	return KAS_OK;
}

static enum kas_err
port_terminals(void *ctx, const char *store,
    enum kas_err (*row)(void *row_ctx, const struct terminal_row *row), void *row_ctx)
{
	const struct held *h = held_of(ctx, store);
	enum kas_err err = KAS_OK;
	size_t i;

	for (i = 0; i < h->terminals.n && err == KAS_OK; i++)
		err = row(row_ctx, &h->terminals.p[i]);
	return err;
}

static enum kas_err
port_leaves(void *ctx, const char *store, uint64_t first, size_t n, struct hash *ret)
{
	const struct held *h = held_of(ctx, store);
	size_t i;

	if (first > h->entries.n || n > h->entries.n - first)
		return KAS_CORRUPT;
	for (i = 0; i < n; i++)
		ret[i] = h->entries.p[first + i].leaf;
	return KAS_OK;
}

static enum kas_err
port_read_tile(void *ctx, const char *store, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	const struct held *h = held_of(ctx, store);
	size_t i;

	for (i = 0; i < h->tiles.n; i++)
		if (h->tiles.p[i].id.level == id.level && h->tiles.p[i].id.n == id.n) {
			memcpy(ret, h->tiles.p[i].hashes, TILE_BYTES);
			return KAS_OK;
		}
	return KAS_NOTFOUND;
}

static void
put_terminal(struct held *h, const struct terminal_row *row)
{
	size_t i;

	for (i = 0; i < h->terminals.n; i++)
		if (strcmp(h->terminals.p[i].terminal, row->terminal) == 0 &&
		    h->terminals.p[i].epoch == row->epoch) {
			h->terminals.p[i] = *row;
			return;
		}
	LIST_ADD(h->terminals, *row);
}

static void
put_entry(struct held *h, const Kasir__V1__StoredEntry *s)
{
	struct bytes entry = bytes_of_proto(s->entry);
	struct entry e = { entry, bytes_of_proto(s->payload), bytes_of_proto(s->salt),
		bytes_of_proto(s->personal), merkle_leaf(entry) };

	LIST_ADD(h->entries, dup_entry(&e));
}

static void
append(struct held *h, const struct hq_append *what)
{
	size_t i;

	for (i = 0; i < what->block->n_entries; i++)
		put_entry(h, what->block->entries[i]);
	for (i = 0; i < what->n_tiles; i++)
		LIST_ADD(h->tiles, what->tiles[i]);
	for (i = 0; i < what->n_terminals; i++)
		put_terminal(h, what->terminals[i]);
	h->root = what->root;
	h->cosigned = what->cosigned;
	replace(&h->checkpoint, what->checkpoint);
}

static enum kas_err
port_append(void *ctx, const struct hq_append *what)
{
	struct hq_memory *m = ctx;
	struct held *h = held_of(m, what->store);
	bool fails = m->fail_times > 0;

	if (h->entries.n != what->first)
		return KAS_AGAIN;
	if (!fails || m->fail_written)
		append(h, what);
	if (!fails)
		return KAS_OK;
	m->fail_times--;
	return m->fail;
}

static enum kas_err
port_raise_floor(void *ctx, const char *store, uint64_t size, struct bytes note)
{
	struct held *h = held_of(ctx, store);

	if (size > h->floor_size) {
		h->floor_size = size;
		replace(&h->floor, note);
	}
	return KAS_OK;
}

static enum kas_err
port_keep_evidence(void *ctx, const char *store, int64_t wall_us, uint32_t reason,
    struct bytes held, struct bytes shown, const char *text)
{
	struct held *h = held_of(ctx, store);
	size_t i;

	(void)wall_us;
	(void)text;
	for (i = 0; i < h->evidence.n; i++)
		if (h->evidence.p[i].reason == reason && bytes_equal(h->evidence.p[i].shown, shown))
			return KAS_EXISTS;
	if (h->evidence.n >= HQ_EVIDENCE_MAX)
		return KAS_FULL;
	LIST_ADD(h->evidence, ((struct evidence){ reason, dup_bytes(held), dup_bytes(shown) }));
	return KAS_OK;
}

struct hq_store_port
hq_memory_port(struct hq_memory *m)
{
	return (struct hq_store_port){ .find = port_find, .terminals = port_terminals,
		.leaves = port_leaves, .read_tile = port_read_tile, .append = port_append,
		.raise_floor = port_raise_floor, .keep_evidence = port_keep_evidence, .ctx = m };
}
