#include "support/ledger_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proof/checkpoint.h"

struct ledger_maker {
	size_t entry_n, payload_n;
	struct tree *tree;
	struct signer *signer;
	uint64_t snapshot_size;
	struct arena arena;		/* of the group handed out */
	struct buf note;
	uint8_t *scratch;		/* of maker_entry() */
	struct store_entry entries[MAKER_GROUP_MAX];
	struct stored_tile tiles[16];
	struct fact facts[MAKER_FACTS_MAX];
	struct terminal_row row;
	const struct terminal_row *rows[1];
	struct book_snapshot snapshot;
	struct flush_group group;
};

static enum kas_err
no_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	(void)ctx;
	(void)id;
	(void)ret;
	return KAS_NOTFOUND;
}

struct ledger_maker *
maker_open(size_t entry_n, size_t payload_n)
{
	static const struct tile_port no_tiles = { no_tile, NULL };
	struct ledger_maker *m = calloc(1, sizeof *m);
	uint8_t seed[SEED_LEN] = { 1 };

	kas_assert(m != NULL && entry_n >= 16);
	m->entry_n = entry_n;
	m->payload_n = payload_n;
	m->scratch = malloc(entry_n + payload_n + 32);
	kas_assert(m->scratch != NULL);
	kas_assert(tree_open(&no_tiles, 0, NULL, &m->tree) == KAS_OK);
	kas_assert(signer_open_seed(seed, "kasir.test/s1/1", KEY_ED25519, &m->signer) == KAS_OK);
	arena_init(&m->arena, 0);
	buf_init(&m->note);
	return m;
}

void
maker_close(struct ledger_maker *m)
{
	if (m == NULL)
		return;
	tree_close(m->tree);
	signer_close(m->signer);
	arena_fini(&m->arena);
	buf_fini(&m->note);
	free(m->scratch);
	free(m);
}

uint64_t
maker_size(const struct ledger_maker *m)
{
	return tree_size(m->tree);
}

static struct bytes
fill(uint8_t *p, size_t n, char kind, uint64_t index)
{
	memset(p, (int)(index * 7 + (uint8_t)kind), n);
	if (n >= 16) {
		p[0] = (uint8_t)kind;
		memcpy(p + 1, &index, sizeof index);
	}
	return BYTES(p, n);
}

static struct store_entry
entry_at(const struct ledger_maker *m, uint64_t index, uint8_t *p)
{
	struct store_entry e = { 0 };

	e.entry = fill(p, m->entry_n, 'e', index);
	e.payload = fill(p + m->entry_n, m->payload_n, 'p', index);
	if (index % 7 == 0) {
		e.salt = fill(p + m->entry_n + m->payload_n, 16, 's', index);
		e.personal = fill(p + m->entry_n + m->payload_n + 16, 16, 'd', index);
	}
	return e;
}

struct store_entry
maker_entry(struct ledger_maker *m, uint64_t index)
{
	return entry_at(m, index, m->scratch);
}

static void
append(struct ledger_maker *m, uint64_t index, struct store_entry *ret)
{
	uint8_t *p = arena_alloc(&m->arena, m->entry_n + m->payload_n + 32);
	struct hash leaf;

	kas_assert(p != NULL);
	*ret = entry_at(m, index, p);
	leaf = merkle_leaf(ret->entry);
	kas_assert(tree_append(m->tree, &leaf) == KAS_OK);
}

struct flush_group *
maker_group(struct ledger_maker *m, size_t n)
{
	struct checkpoint c = { "kasir.test/s1/1", 0, { { 0 } } };
	uint64_t first = tree_size(m->tree);
	size_t tiles = 0;

	kas_assert(n <= MAKER_GROUP_MAX);
	arena_reset(&m->arena);
	for (size_t i = 0; i < n; i++)
		append(m, first + i, &m->entries[i]);
	while (tree_take_tile(m->tree, &m->tiles[tiles].id, m->tiles[tiles].hashes))
		kas_assert(++tiles < sizeof m->tiles / sizeof *m->tiles);
	c.size = first + n;
	kas_assert(tree_root(m->tree, c.size, &c.root) == KAS_OK);
	buf_reset(&m->note);
	checkpoint_sign(&c, m->signer, &m->note);
	m->group = (struct flush_group){
		.first = first, .entries = m->entries, .n = n, .tiles = m->tiles,
		.n_tiles = tiles, .checkpoint = buf_bytes(&m->note),
	};
	return &m->group;
}

struct fact
maker_fact(uint64_t index)
{
	struct fact f = { .kind = FACT_TXN, .key_n = 16, .index = index };

	memset(f.key, (int)(index % 251), 8);
	memcpy(f.key + 8, &index, sizeof index);
	return f;
}

static int
fact_order(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	return memcmp(x->key, y->key, x->key_n);
}

struct flush_group *
maker_group_with_snapshot(struct ledger_maker *m, size_t n)
{
	struct flush_group *g = maker_group(m, n);
	uint64_t size = g->first + n;
	size_t facts = 0;

	for (uint64_t i = m->snapshot_size; i < size && facts < MAKER_FACTS_MAX; i++)
		m->facts[facts++] = maker_fact(i);
	qsort(m->facts, facts, sizeof *m->facts, fact_order);
	snprintf(m->row.terminal, sizeof m->row.terminal, "t01");
	m->row.epoch = 1;
	m->row.revoked_at = KEYRING_NEVER;
	m->row.newest = m->row.count = size;
	m->row.newest_known = true;
	m->row.newest_hash = merkle_leaf(g->checkpoint);
	m->rows[0] = &m->row;
	m->snapshot_size = size;
	m->snapshot = (struct book_snapshot){ size, m->facts, facts, m->rows, 1,
		bytes_of_text("the state of the book") };
	g->snapshot = &m->snapshot;
	return g;
}
