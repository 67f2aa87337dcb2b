#include "tests/support/make_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORIGIN "test.example/toko-1/1"

static struct signer *
make_signer(uint64_t seed, uint8_t which, const char *name, enum key_type type)
{
	uint8_t bytes[SEED_LEN] = { which };
	struct signer *s = NULL;

	memcpy(bytes + 8, &seed, sizeof seed);
	kas_assert(signer_open_seed(bytes, name, type, &s) == KAS_OK);
	return s;
}

static void *
grown(void *p, size_t n, size_t size)
{
	p = realloc(p, (n + 1) * size);
	kas_assert(p != NULL);
	return p;
}

static enum kas_err
no_facts(void *ctx, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max, size_t *ret_n)
{
	(void)ctx;
	(void)kind;
	(void)key;
	(void)ret;
	(void)max;
	*ret_n = 0;
	return KAS_OK;
}

static enum kas_err
read_back(void *ctx, uint64_t index, struct arena *a, struct bytes *ret_entry,
    struct bytes *ret_payload)
{
	struct made_ledger *m = ctx;

	(void)a;
	*ret_entry = m->rows[index].e.entry;
	*ret_payload = m->rows[index].e.payload;
	return KAS_OK;
}

static enum kas_err
read_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	struct made_ledger *m = ctx;

	for (size_t i = 0; i < m->n_tiles; i++)
		if (m->tiles[i].id.level == id.level && m->tiles[i].id.n == id.n) {
			memcpy(ret, m->tiles[i].hashes, TILE_BYTES);
			return KAS_OK;
		}
	return KAS_NOTFOUND;
}

static void
append_leaf(struct made_ledger *m, struct bytes entry)
{
	struct hash leaf = merkle_leaf(entry);
	struct made_tile t;

	kas_assert(tree_append(m->tree, &leaf) == KAS_OK);
	while (tree_take_tile(m->tree, &t.id, t.hashes)) {
		m->tiles = grown(m->tiles, m->n_tiles, sizeof *m->tiles);
		m->tiles[m->n_tiles++] = t;
	}
}

uint64_t
made_ledger_add(struct made_ledger *m, Kasir__V1__LedgerEntry *e, const struct hash *hash,
    const Kasir__V1__Transaction *doc, struct store_entry rest)
{
	struct made_row row = { .e = rest };
	struct kas_why why = { "" };

	e->wall_us = m->wall_us += 1000000;
	e->monotonic_us = (uint64_t)m->wall_us;
	e->clock_synchronised = true;
	if (m->lie != NULL)
		m->lie(e);
	kas_assert(proto_pack(&m->arena, &e->base, &row.e.entry));
	kas_assert(arena_copy(&m->arena, rest.payload, &row.e.payload));
	kas_assert(arena_copy(&m->arena, rest.salt, &row.e.salt));
	kas_assert(arena_copy(&m->arena, rest.personal, &row.e.personal));
	append_leaf(m, row.e.entry);
	m->rows = grown(m->rows, m->n, sizeof *m->rows);
	m->rows[m->n++] = row;
	if (book_apply(m->book, e, rest.payload, hash, doc, &why) != KAS_OK && m->lie == NULL) {
		fprintf(stderr, "entry %zu: %s\n", m->n - 1, why.text);
		kas_assert(!"the book takes what was made");
	}
	arena_reset(&m->scratch);
	return m->n - 1;
}

static uint64_t
add_event(struct made_ledger *m, Kasir__V1__LedgerEntry *e)
{
	Kasir__V1__GrandTotals totals = *book_totals(m->book);

	e->totals = &totals;
	return made_ledger_add(m, e, NULL, NULL, (struct store_entry){ 0 });
}

static void
add_opening(struct made_ledger *m)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__StoreOpened o = KASIR__V1__STORE_OPENED__INIT;

	o.format = 1;
	o.origin = (char *)ORIGIN;
	o.store = (char *)MADE_STORE;
	o.store_key = proto_bytes(BYTES(signer_vkey(m->signer)->key.b, KEY_LEN));
	o.currency = (char *)"IDR";
	o.rounding = make_settings.rounding;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED;
	e.store_opened = &o;
	add_event(m, &e);
}

static void
add_started(struct made_ledger *m)
{
	static uint8_t boot[16];
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__Started s = KASIR__V1__STARTED__INIT;

	s.boot_id = proto_bytes(BYTES(boot, sizeof boot));
	s.version = (char *)"test";
	s.reason = KASIR__V1__START_REASON__PROCESS_START;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STARTED;
	e.started = &s;
	add_event(m, &e);
}

struct made_ledger *
made_ledger_open(uint64_t seed)
{
	struct made_ledger *m = calloc(1, sizeof *m);
	struct book_port port = { { no_facts, m }, read_back, NULL, m };
	struct tile_port tiles = { read_tile, m };

	kas_assert(m != NULL);
	m->seed = seed;
	m->wall_us = 1780000000000000;
	m->unreadable = UINT64_MAX;
	m->signer = make_signer(seed, 1, ORIGIN, KEY_ED25519);
	m->hq = make_signer(seed, 2, "hq.test.example", KEY_COSIGNATURE_V1);
	arena_init(&m->arena, 0);
	arena_init(&m->scratch, 0);
	kas_assert(book_open(&port, &m->book) == KAS_OK);
	kas_assert(tree_open(&tiles, 0, NULL, &m->tree) == KAS_OK);
	add_opening(m);
	add_started(m);
	return m;
}

void
made_ledger_close(struct made_ledger *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n_terminals; i++)
		signer_close(m->terminals[i].signer);
	signer_close(m->signer);
	signer_close(m->hq);
	book_close(m->book);
	tree_close(m->tree);
	arena_fini(&m->arena);
	arena_fini(&m->scratch);
	free(m->rows);
	free(m->tiles);
	free(m->cosigned);
	free(m->facts);
	free(m->terminal_rows);
	free(m);
}

struct made_terminal *
made_ledger_enrol(struct made_ledger *m, const char *id, uint64_t epoch)
{
	struct made_terminal *t = &m->terminals[m->n_terminals];
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalAdded added = KASIR__V1__TERMINAL_ADDED__INIT;

	kas_assert(m->n_terminals < MADE_TERMINALS_MAX);
	*t = (struct made_terminal){ .epoch = epoch };
	snprintf(t->id, sizeof t->id, "%s", id);
	t->signer = make_signer(m->seed, (uint8_t)(10 + m->n_terminals++), id, KEY_ED25519);
	added.terminal = t->id;
	added.epoch = epoch;
	added.key = proto_bytes(BYTES(signer_vkey(t->signer)->key.b, KEY_LEN));
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED;
	e.terminal_added = &added;
	add_event(m, &e);
	return t;
}

void
made_ledger_revoke(struct made_ledger *m, struct made_terminal *t)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalRevoked r = KASIR__V1__TERMINAL_REVOKED__INIT;

	r.terminal = t->id;
	r.epoch = t->epoch;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_REVOKED;
	e.terminal_revoked = &r;
	add_event(m, &e);
}

static struct bytes
keep(struct made_ledger *m, struct buf *b)
{
	struct bytes kept;

	kas_assert(!b->failed && arena_copy(&m->arena, buf_bytes(b), &kept));
	buf_fini(b);
	return kept;
}

struct bytes
made_ledger_sign(struct made_ledger *m)
{
	struct checkpoint c = { ORIGIN, m->n, { { 0 } } };
	struct buf note;

	kas_assert(tree_root(m->tree, c.size, &c.root) == KAS_OK);
	buf_init(&note);
	checkpoint_sign(&c, m->signer, &note);
	m->head.size = m->n;
	m->head.checkpoint = keep(m, &note);
	return m->head.checkpoint;
}

void
made_ledger_cosign(struct made_ledger *m, int64_t at_us)
{
	struct buf note;

	buf_init(&note);
	buf_add(&note, m->head.checkpoint.p, m->head.checkpoint.n);
	note_cosign(&note, m->hq, (uint64_t)at_us / 1000000);
	m->head.cosigned = keep(m, &note);
	m->cosigned = grown(m->cosigned, m->n_cosigned, sizeof *m->cosigned);
	m->cosigned[m->n_cosigned++] = (struct made_note){ m->head.size, m->head.cosigned };
}

static enum kas_err
source_head(void *ctx, struct arena *a, struct store_head *ret)
{
	(void)a;
	*ret = ((struct made_ledger *)ctx)->head;
	return KAS_OK;
}

static enum kas_err
source_read(void *ctx, uint64_t first, size_t max, size_t max_bytes, struct arena *a,
    struct audit_row *ret, size_t *ret_n)
{
	struct made_ledger *m = ctx;
	size_t n = 0, used = 0;

	(void)a;
	for (; first < m->n && n < max; first++) {
		if (first == m->unreadable)
			return KAS_CORRUPT;
		if (m->rows[first].gone)
			continue;
		used += m->rows[first].e.entry.n + m->rows[first].e.payload.n;
		if (n > 0 && used > max_bytes)
			break;
		ret[n++] = (struct audit_row){ first, m->rows[first].e };
	}
	*ret_n = n;
	return KAS_OK;
}

static enum kas_err
source_cosigned(void *ctx, uint64_t size, struct arena *a, uint64_t *ret_size,
    struct bytes *ret_note)
{
	struct made_ledger *m = ctx;

	(void)a;
	for (size_t i = 0; i < m->n_cosigned; i++)
		if (m->cosigned[i].size >= size) {
			*ret_size = m->cosigned[i].size;
			*ret_note = m->cosigned[i].note;
			return KAS_OK;
		}
	return KAS_NOTFOUND;
}

void
made_ledger_snapshot(struct made_ledger *m)
{
	struct book_snapshot s;

	kas_assert(m->facts == NULL && book_begin_snapshot(m->book, &s) == KAS_OK);
	m->facts = malloc((s.n_facts + 1) * sizeof *m->facts);
	m->terminal_rows = malloc((s.n_terminals + 1) * sizeof *m->terminal_rows);
	kas_assert(m->facts != NULL && m->terminal_rows != NULL);
	memcpy(m->facts, s.facts, s.n_facts * sizeof *m->facts);
	for (size_t i = 0; i < s.n_terminals; i++)
		m->terminal_rows[i] = *s.terminals[i];
	m->n_facts = s.n_facts;
	m->n_terminal_rows = s.n_terminals;
	kas_assert(arena_copy(&m->arena, s.state, &m->state));
	m->head.snapshot_size = s.size;
	book_end_snapshot(m->book, false);	/* the book goes on without a database */
}

static enum kas_err
source_snapshot(void *ctx, struct arena *a, struct audit_snapshot *ret)
{
	struct made_ledger *m = ctx;

	(void)a;
	*ret = (struct audit_snapshot){ .size = m->head.snapshot_size, .rows = m->terminal_rows,
		.n_rows = m->n_terminal_rows, .has_state = m->facts != NULL, .state = m->state };
	return KAS_OK;
}

static enum kas_err
source_facts(void *ctx, enum kas_err (*fact)(void *fact_ctx, uint64_t covered,
    const struct fact *fact), void *fact_ctx)
{
	struct made_ledger *m = ctx;
	enum kas_err err = KAS_OK;

	for (size_t i = 0; i < m->n_facts && err == KAS_OK; i++)
		err = fact(fact_ctx, m->covered > 0 ? m->covered : m->head.snapshot_size, &m->facts[i]);
	return err;
}

struct audit_source
made_ledger_source(struct made_ledger *m)
{
	return (struct audit_source){ .head = source_head, .read = source_read,
		.cosigned = source_cosigned, .read_tile = read_tile,
		.snapshot = source_snapshot, .facts = source_facts, .ctx = m };
}
