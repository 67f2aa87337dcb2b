#include "support/made_store.h"

#include <stdio.h>
#include <string.h>

#include "wire/codec.h"

static struct signer *
make_signer(uint8_t fill, const char *name)
{
	uint8_t seed[SEED_LEN];
	struct signer *s = NULL;

	memset(seed, fill, sizeof seed);
	kas_assert(signer_open_seed(seed, name, KEY_ED25519, &s) == KAS_OK);
	return s;
}

void
made_store_init_empty(struct made_store *s, const char *id, uint8_t seed)
{
	char origin[ORIGIN_MAX];

	memset(s, 0, sizeof *s);
	snprintf(s->id, sizeof s->id, "%s", id);
	snprintf(origin, sizeof origin, "test.example/%s/1", id);
	s->signer = make_signer(seed, origin);
	s->till = make_signer(0x71, "kasa-1");
	s->session = 4711;
	arena_init(&s->arena, 0);
	frontier_init(&s->frontier);
	s->roots[0] = merkle_empty();
}

void
made_store_fini(struct made_store *s)
{
	signer_close(s->signer);
	signer_close(s->till);
	arena_fini(&s->arena);
}

void
made_store_add(struct made_store *s, const Kasir__V1__LedgerEntry *e, struct bytes payload)
{
	struct store_entry *to = &s->entries[s->n];
	struct hash leaf;

	kas_assert(s->n < MADE_ENTRIES_MAX);
	*to = (struct store_entry){ .salt = BYTES_NONE, .personal = BYTES_NONE };
	kas_assert(proto_pack(&s->arena, &e->base, &to->entry));
	kas_assert(arena_copy(&s->arena, payload, &to->payload));
	leaf = merkle_leaf(to->entry);
	frontier_append(&s->frontier, &leaf);
	s->roots[++s->n] = frontier_root(&s->frontier);
}

void
made_store_open_ledger(struct made_store *s, const char *store, const char *origin,
    const struct pubkey *key)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__StoreOpened o = KASIR__V1__STORE_OPENED__INIT;

	o.format = 1;
	o.origin = (char *)origin;
	o.store = (char *)store;
	o.store_key = proto_bytes(BYTES(key->b, KEY_LEN));
	o.currency = (char *)"IDR";
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED;
	e.store_opened = &o;
	made_store_add(s, &e, BYTES_NONE);
}

static void
add_started(struct made_store *s)
{
	static uint8_t boot_id[16];
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__Started started = KASIR__V1__STARTED__INIT;

	started.boot_id = proto_bytes(BYTES(boot_id, sizeof boot_id));
	started.version = (char *)"test";
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STARTED;
	e.started = &started;
	made_store_add(s, &e, BYTES_NONE);
}

void
made_store_enrol(struct made_store *s, const char *terminal, uint64_t epoch)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalAdded added = KASIR__V1__TERMINAL_ADDED__INIT;

	added.terminal = (char *)terminal;
	added.epoch = epoch;
	added.key = proto_bytes(BYTES(signer_vkey(s->till)->key.b, KEY_LEN));
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED;
	e.terminal_added = &added;
	made_store_add(s, &e, BYTES_NONE);
}

void
made_store_revoke(struct made_store *s, const char *terminal, uint64_t epoch)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalRevoked revoked = KASIR__V1__TERMINAL_REVOKED__INIT;

	revoked.terminal = (char *)terminal;
	revoked.epoch = epoch;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_REVOKED;
	e.terminal_revoked = &revoked;
	made_store_add(s, &e, BYTES_NONE);
}

void
made_store_load_rules(struct made_store *s, struct bytes rules)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__RulesChanged changed = KASIR__V1__RULES_CHANGED__INIT;
	struct hash hash = hash_of(rules);

	changed.hash = proto_bytes(hash_bytes(&hash));
	changed.name = (char *)"house";
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_RULES_CHANGED;
	e.rules_changed = &changed;
	made_store_add(s, &e, rules);
}

void
made_store_init(struct made_store *s, const char *id, uint8_t seed)
{
	made_store_init_empty(s, id, seed);
	made_store_open_ledger(s, id, signer_vkey(s->signer)->name, &signer_vkey(s->signer)->key);
	add_started(s);
	made_store_enrol(s, "kasa-1", 1);
}

static void
sell_one(struct made_store *s, const char *text)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TransactionRecord r;
	struct statement st = { .store = s->id, .terminal = "kasa-1", .epoch = 1,
		.sequence = ++s->sequence };
	uint8_t sig[SIG_LEN];
	char payload[200], signed_text[STATEMENT_MAX];

	snprintf(payload, sizeof payload, "%s %llu", text, (unsigned long long)st.sequence);
	memcpy(st.txn_id, &st.sequence, sizeof st.sequence);
	st.payload = hash_of(bytes_of_text(payload));
	signer_sign(s->till, BYTES(signed_text, statement_format(&st, signed_text)), sig);
	wire_record_of(&st, sig, &r);
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	e.transaction = &r;
	made_store_add(s, &e, bytes_of_text(payload));
}

void
made_store_sell(struct made_store *s, size_t n, const char *text)
{
	while (n-- > 0)
		sell_one(s, text);
}

static struct bytes
keep(struct made_store *s, struct buf *b)
{
	struct bytes kept;

	kas_assert(!b->failed && arena_copy(&s->arena, buf_bytes(b), &kept));
	buf_fini(b);
	return kept;
}

struct bytes
made_store_checkpoint(struct made_store *s, uint64_t size)
{
	struct checkpoint c = { .size = size, .root = s->roots[size] };
	struct buf b;

	kas_assert(size <= s->n);
	memcpy(c.origin, signer_vkey(s->signer)->name, sizeof c.origin);
	buf_init(&b);
	checkpoint_sign(&c, s->signer, &b);
	return keep(s, &b);
}

static struct bytes
pack_up(struct made_store *s, Kasir__V1__UplinkUp *up)
{
	struct bytes packed;

	up->session = s->session;
	kas_assert(proto_pack(&s->arena, &up->base, &packed));
	return packed;
}

struct bytes
made_store_hello(struct made_store *s, uint64_t size, struct bytes cosigned)
{
	Kasir__V1__UplinkUp up = KASIR__V1__UPLINK_UP__INIT;
	Kasir__V1__Hello hello = KASIR__V1__HELLO__INIT;

	hello.checkpoint = proto_bytes(made_store_checkpoint(s, size));
	hello.cosigned = proto_bytes(cosigned);
	up.body_case = KASIR__V1__UPLINK_UP__BODY_HELLO;
	up.hello = &hello;
	return pack_up(s, &up);
}

static Kasir__V1__StoredEntry *
stored(struct made_store *s, const struct store_entry *e)
{
	Kasir__V1__StoredEntry *to = arena_alloc(&s->arena, sizeof *to);

	kasir__v1__stored_entry__init(to);
	to->entry = proto_bytes(e->entry);
	to->payload = proto_bytes(e->payload);
	to->salt = proto_bytes(e->salt);
	to->personal = proto_bytes(e->personal);
	return to;
}

struct bytes
made_store_frame(struct made_store *s, Kasir__V1__EntryBatch *batch)
{
	Kasir__V1__UplinkUp up = KASIR__V1__UPLINK_UP__INIT;

	up.body_case = KASIR__V1__UPLINK_UP__BODY_BATCH;
	up.batch = batch;
	return pack_up(s, &up);
}

struct bytes
made_store_batch_under(struct made_store *s, uint64_t first, size_t count,
    struct bytes checkpoint)
{
	Kasir__V1__EntryBatch batch = KASIR__V1__ENTRY_BATCH__INIT;
	Kasir__V1__EntryBlock block = KASIR__V1__ENTRY_BLOCK__INIT;
	struct bytes raw;
	struct buf z;
	size_t i;

	kas_assert(first + count <= s->n);
	block.n_entries = count;
	block.entries = arena_alloc(&s->arena, count * sizeof block.entries[0]);
	for (i = 0; i < count; i++)
		block.entries[i] = stored(s, &s->entries[first + i]);
	kas_assert(proto_pack(&s->arena, &block.base, &raw));
	buf_init(&z);
	kas_assert(wire_compress_block(raw, &z) == KAS_OK);
	batch.first = first;
	batch.count = (uint32_t)count;
	batch.raw_size = (uint32_t)raw.n;
	batch.block = proto_bytes(keep(s, &z));
	batch.checkpoint = proto_bytes(checkpoint);
	return made_store_frame(s, &batch);
}

struct bytes
made_store_batch(struct made_store *s, uint64_t first, size_t count)
{
	return made_store_batch_under(s, first, count, made_store_checkpoint(s, first + count));
}
