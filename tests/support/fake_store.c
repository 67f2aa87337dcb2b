#include "tests/support/fake_store.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 4096

struct fake_entry {
	struct bytes bytes;
	struct hash statement;
};

struct fake_store {
	struct signer *key, *hq;
	struct tree *tree;
	struct fake_entry entries[ENTRIES_MAX];
	struct stored {
		struct tile_id id;
		struct hash hashes[TILE_WIDTH];
	} *tiles;
	size_t n_tiles;
	struct arena arena;
	Kasir__V1__TransactionBatch *batch;
	uint64_t answered[WIRE_BATCH_TRANSACTIONS_MAX];
	bool duplicate[WIRE_BATCH_TRANSACTIONS_MAX];
	size_t n_answered;
};

static enum kas_err
read_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	struct fake_store *f = ctx;
	size_t i;

	for (i = 0; i < f->n_tiles; i++)
		if (f->tiles[i].id.level == id.level && f->tiles[i].id.n == id.n) {
			memcpy(ret, f->tiles[i].hashes, TILE_BYTES);
			return KAS_OK;
		}
	return KAS_NOTFOUND;
}

struct fake_store *
fake_store_open(const char *origin, uint8_t seed)
{
	struct fake_store *f = calloc(1, sizeof(*f));
	struct tile_port port = { read_tile, f };
	uint8_t secret[SEED_LEN];

	kas_assert(f != NULL);
	arena_init(&f->arena, 0);
	memset(secret, seed, sizeof(secret));
	kas_assert(signer_open_seed(secret, origin, KEY_ED25519, &f->key) == KAS_OK);
	memset(secret, seed + 1, sizeof(secret));
	kas_assert(signer_open_seed(secret, "hq.example", KEY_COSIGNATURE_V1, &f->hq) == KAS_OK);
	kas_assert(tree_open(&port, 0, NULL, &f->tree) == KAS_OK);
	fake_store_event(f);
	return f;
}

void
fake_store_close(struct fake_store *f)
{
	if (f == NULL)
		return;
	tree_close(f->tree);
	signer_close(f->key);
	signer_close(f->hq);
	arena_fini(&f->arena);
	free(f->tiles);
	free(f);
}

const struct vkey *
fake_store_vkey(const struct fake_store *f)
{
	return signer_vkey(f->key);
}

const struct signer *
fake_store_signer(const struct fake_store *f)
{
	return f->key;
}

const struct vkey *
fake_store_hq(const struct fake_store *f)
{
	return signer_vkey(f->hq);
}

uint64_t
fake_store_size(const struct fake_store *f)
{
	return tree_size(f->tree);
}

struct hash
fake_store_root(struct fake_store *f, uint64_t size)
{
	struct hash root;

	kas_assert(tree_root(f->tree, size, &root) == KAS_OK);
	return root;
}

static uint64_t
append(struct fake_store *f, Kasir__V1__LedgerEntry *entry, const struct hash *statement)
{
	uint64_t index = tree_size(f->tree);
	struct bytes b;
	struct hash leaf;
	struct stored tile;

	kas_assert(index < ENTRIES_MAX && proto_pack(&f->arena, &entry->base, &b));
	f->entries[index].bytes = b;
	if (statement != NULL)
		f->entries[index].statement = *statement;
	leaf = merkle_leaf(b);
	kas_assert(tree_append(f->tree, &leaf) == KAS_OK);
	while (tree_take_tile(f->tree, &tile.id, tile.hashes)) {
		f->tiles = realloc(f->tiles, (f->n_tiles + 1) * sizeof(tile));
		kas_assert(f->tiles != NULL);
		f->tiles[f->n_tiles++] = tile;
	}
	return index;
}

void
fake_store_event(struct fake_store *f)
{
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__Started started = KASIR__V1__STARTED__INIT;
	uint8_t boot[16] = { 1 };

	started.boot_id = proto_bytes(BYTES(boot, sizeof(boot)));
	entry.wall_us = (int64_t)tree_size(f->tree);
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STARTED;
	entry.started = &started;
	(void)append(f, &entry, NULL);
}

static uint64_t
append_txn(struct fake_store *f, const struct signed_txn *t, enum fake_verdict verdict)
{
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TransactionRecord r;
	Kasir__V1__Rule broken = KASIR__V1__RULE__TENDER_SUM;

	wire_record_of(&t->st, t->signature, &r);
	r.conflict = verdict == FAKE_CONFLICT;
	if (verdict == FAKE_BROKEN) {
		r.n_broken = 1;
		r.broken = &broken;
	}
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	entry.transaction = &r;
	return append(f, &entry, &t->hash);
}

static bool
known(const struct fake_store *f, const struct hash *statement, uint64_t *ret)
{
	uint64_t i;

	for (i = 0; i < tree_size(f->tree); i++)
		if (hash_equal(&f->entries[i].statement, statement)) {
			*ret = i;
			return true;
		}
	return false;
}

void
fake_store_take(struct fake_store *f, struct bytes b, enum fake_verdict verdict)
{
	struct signed_txn t;
	struct kas_why why;
	struct bytes mine;
	size_t i;

	kas_assert(arena_copy(&f->arena, b, &mine));
	kas_assert(wire_decode_batch(mine, &f->arena, &f->batch, &why) == KAS_OK);
	f->n_answered = 0;
	for (i = 0; i < f->batch->n_transactions; i++) {
		kas_assert(wire_open_txn(f->batch->transactions[i], FAKE_STORE_ID,
			       f->batch->terminal, &t, &why) == KAS_OK);
		f->duplicate[i] = known(f, &t.hash, &f->answered[i]);
		if (!f->duplicate[i])
			f->answered[i] = append_txn(f, &t, verdict);
		f->n_answered++;
	}
}

const Kasir__V1__TransactionBatch *
fake_store_batch(const struct fake_store *f)
{
	return f->batch;
}

static size_t
put_proof(struct fake_store *f, const struct proof *p, ProtobufCBinaryData **ret)
{
	ProtobufCBinaryData *list = arena_alloc(&f->arena, sizeof(*list) * (p->n + 1));
	unsigned i;

	kas_assert(list != NULL);
	for (i = 0; i < p->n; i++) {
		struct bytes copy;

		kas_assert(arena_copy(&f->arena, hash_bytes(&p->path[i]), &copy));
		list[i] = proto_bytes(copy);
	}
	*ret = list;
	return p->n;
}

struct bytes
fake_store_note(struct fake_store *f, uint64_t size, bool cosigned)
{
	struct checkpoint at = { .size = size, .root = fake_store_root(f, size) };
	struct bytes copy;
	struct buf note;

	buf_init(&note);
	strcpy(at.origin, signer_vkey(f->key)->name);
	checkpoint_sign(&at, f->key, &note);
	if (cosigned)
		note_cosign(&note, f->hq, 1700000000);
	kas_assert(arena_copy(&f->arena, buf_bytes(&note), &copy));
	buf_fini(&note);
	return copy;
}

static Kasir__V1__Ack *
make_ack(struct fake_store *f, size_t i)
{
	Kasir__V1__Ack *ack = arena_alloc(&f->arena, sizeof(*ack));
	uint64_t index = f->answered[i];
	struct proof path;

	kas_assert(ack != NULL);
	kasir__v1__ack__init(ack);
	ack->status = f->duplicate[i] ? KASIR__V1__ACK_STATUS__DUPLICATE
				      : KASIR__V1__ACK_STATUS__DURABLE;
	ack->entry = proto_bytes(f->entries[index].bytes);
	ack->index = index;
	kas_assert(tree_prove_inclusion(f->tree, index, tree_size(f->tree), &path) == KAS_OK);
	ack->n_inclusion = put_proof(f, &path, &ack->inclusion);
	return ack;
}

/* Where NOTE stands in our history; 0: nowhere. */
static uint64_t
size_of_note(struct fake_store *f, ProtobufCBinaryData note)
{
	struct checkpoint at;

	if (note.len == 0 || checkpoint_open(bytes_of_proto(note), signer_vkey(f->key), &at, NULL) != KAS_OK ||
	    at.size > tree_size(f->tree))
		return 0;
	return at.size;
}

Kasir__V1__AckBatch *
fake_store_answer(struct fake_store *f)
{
	Kasir__V1__AckBatch *a = arena_alloc(&f->arena, sizeof(*a));
	uint64_t size = tree_size(f->tree);
	struct proof p;
	size_t i;

	kas_assert(a != NULL);
	kasir__v1__ack_batch__init(a);
	a->checkpoint = proto_bytes(fake_store_note(f, size, false));
	a->consistency_from = size_of_note(f, f->batch->checkpoint);
	if (a->consistency_from > 0) {
		kas_assert(
		    tree_prove_consistency(f->tree, a->consistency_from, size, &p) == KAS_OK);
		a->n_consistency = put_proof(f, &p, &a->consistency);
	}
	a->cosigned_from = size_of_note(f, f->batch->cosigned);
	if (a->cosigned_from > 0) {
		kas_assert(tree_prove_consistency(f->tree, a->cosigned_from, size, &p) == KAS_OK);
		a->n_cosigned_consistency = put_proof(f, &p, &a->cosigned_consistency);
	}
	a->acks = arena_alloc(&f->arena, sizeof(Kasir__V1__Ack *) * (f->n_answered + 1));
	kas_assert(a->acks != NULL);
	for (i = 0; i < f->n_answered; i++)
		a->acks[a->n_acks++] = make_ack(f, i);
	return a;
}

Kasir__V1__AckBatch *
fake_store_refuse(struct fake_store *f, Kasir__V1__AckStatus status,
    Kasir__V1__RefusalReason reason, const struct hash *hash, int64_t at_us, uint32_t after_ms)
{
	Kasir__V1__AckBatch *a = arena_alloc(&f->arena, sizeof(*a));
	uint8_t *signature = arena_alloc(&f->arena, SIG_LEN);
	Kasir__V1__Refusals all = KASIR__V1__REFUSALS__INIT;
	Kasir__V1__Refusal one = KASIR__V1__REFUSAL__INIT, *list = &one;
	char text[STATEMENT_MAX];
	struct bytes packed;
	size_t n;

	kas_assert(a != NULL && signature != NULL);
	one.status = status;
	one.reason = reason;
	if (hash != NULL)
		one.statement_hash = proto_bytes(hash_bytes(hash));
	all.at_us = at_us;
	all.retry_after_ms = after_ms;
	all.n_refusals = 1;
	all.refusals = &list;
	kas_assert(proto_pack(&f->arena, &all.base, &packed));
	n = refusal_statement_format(FAKE_STORE_ID, FAKE_TERMINAL, packed, text);
	signer_sign(f->key, BYTES(text, n), signature);
	kasir__v1__ack_batch__init(a);
	a->refusals = proto_bytes(packed);
	a->refusals_signature = proto_bytes(BYTES(signature, SIG_LEN));
	return a;
}
