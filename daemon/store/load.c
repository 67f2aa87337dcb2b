/* load.c - the engine's memory from what is on disk: at the start, and again after a flush
 * that failed, because then nothing in memory can be trusted to be there. */
#include "daemon/store/engine_parts.h"

#include <stdlib.h>
#include <string.h>

#define LOAD_CHUNK 256
#define LOAD_BYTES ((size_t)1024 * 1024)

static enum kas_err
find_written(void *ctx, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max,
    size_t *ret_n)
{
	struct engine *en = ctx;

	return en->ports.store.facts.find(en->ports.store.facts.ctx, kind, key, ret, max, ret_n);
}

static enum kas_err
find_blob(void *ctx, const struct hash *hash, struct arena *a, struct bytes *ret)
{
	struct engine *en = ctx;

	return en->ports.store.blob(en->ports.store.ctx, hash, a, ret);
}

static enum kas_err
restore_row(void *ctx, const struct terminal_row *row)
{
	return book_restore_terminal(ctx, row);
}

static enum kas_err
read_entry(struct engine *en, uint64_t index, Kasir__V1__LedgerEntry **ret,
    struct kas_why *why)
{
	struct store_entry e;
	size_t n;
	enum kas_err err;

	err = en->ports.store.read(en->ports.store.ctx, index, 1, SIZE_MAX, &en->turn, &e, &n);
	if (err != KAS_OK)
		return kas_fail(why, err, "entry %llu cannot be read", (unsigned long long)index);
	if (n != 1 || wire_decode_entry(e.entry, &en->turn, ret, NULL) != KAS_OK)
		return kas_fail(why, KAS_CORRUPT, "entry %llu is missing or damaged",
		    (unsigned long long)index);
	return KAS_OK;
}

/* The first entry must be of this store and this key. */
static enum kas_err
check_opening(struct engine *en, const Kasir__V1__LedgerEntry *e, struct kas_why *why)
{
	const struct vkey *v = signer_vkey(en->config.signer);

	if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED)
		return kas_fail(why, KAS_CORRUPT, "entry 0 does not open a store");
	if (strcmp(e->store_opened->store, en->store) != 0)
		return kas_fail(why, KAS_DENIED, "the ledger is of store \"%s\", not of \"%s\"",
		    e->store_opened->store, en->store);
	if (strcmp(e->store_opened->origin, v->name) != 0 ||
	    !bytes_equal(bytes_of_proto(e->store_opened->store_key), BYTES(v->key.b, KEY_LEN)))
		return kas_fail(why, KAS_DENIED,
		    "the ledger \"%s\" was opened with another key than \"%s\"",
		    e->store_opened->origin, v->name);
	return KAS_OK;
}

/* What the snapshot says of the first of the entries. */
static enum kas_err
restore_snapshot(struct engine *en, const struct store_head *head, struct kas_why *why)
{
	Kasir__V1__LedgerEntry *first, *last;
	uint64_t n = head->snapshot_size;
	enum kas_err err;

	if (head->size == 0)
		return KAS_OK;
	err = read_entry(en, 0, &first, why);
	if (err == KAS_OK)
		err = check_opening(en, first, why);
	if (err != KAS_OK || n == 0)
		return err;
	err = read_entry(en, n - 1, &last, why);
	if (err == KAS_OK)
		err = en->ports.store.terminals(en->ports.store.ctx, restore_row, en->book);
	if (err == KAS_OK)
		err = book_restore(en->book, n, first->store_opened, last->totals,
		    head->state);
	if (err != KAS_OK && why->text[0] == '\0')
		kas_fail(why, err, "the snapshot of %llu entries cannot be restored: %s",
		    (unsigned long long)n, kas_err_text(err));
	return err;
}

static enum kas_err
apply_entry(struct engine *en, const struct store_entry *e, struct kas_why *why)
{
	Kasir__V1__Transaction *doc = NULL;
	Kasir__V1__LedgerEntry *entry;
	enum kas_err err;

	/* Documents may take a hundred times their size in memory: one at a time. */
	arena_reset(&en->judging);
	err = wire_decode_entry(e->entry, &en->judging, &entry, why);
	if (err != KAS_OK)
		return err;
	if (entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		doc = PROTO_UNPACK(kasir__v1__transaction, &en->judging, e->payload);
	if (en->judging.exhausted)
		return KAS_NOMEM;
	return book_apply(en->book, entry, e->payload, NULL, doc, why);
}

/* Apply the entries from the snapshot to the end, as if they had just been staged. */
static enum kas_err
apply_tail(struct engine *en, uint64_t from, uint64_t size, struct kas_why *why)
{
	struct store_entry batch[LOAD_CHUNK];
	size_t n, i;
	enum kas_err err;

	for (; from < size; from += n) {
		arena_reset(&en->turn);
		err = en->ports.store.read(en->ports.store.ctx, from, LOAD_CHUNK, LOAD_BYTES,
		    &en->turn, batch, &n);
		if (err != KAS_OK || n == 0)
			return kas_fail(why, err != KAS_OK ? err : KAS_CORRUPT,
			    "entry %llu cannot be read", (unsigned long long)from);
		for (i = 0; i < n && from + i < size; i++) {
			err = apply_entry(en, &batch[i], why);
			if (err != KAS_OK) {
				kas_why_prefix(why, "entry %llu", (unsigned long long)(from + i));
				return err == KAS_MALFORMED ? KAS_CORRUPT : err;
			}
		}
	}
	return KAS_OK;
}

/* The tree over the tiles, with the leaves right of the last full tile. */
static enum kas_err
load_tree(struct engine *en, uint64_t size, struct kas_why *why)
{
	struct hash tail[TILE_WIDTH];
	struct store_entry batch[TILE_WIDTH];
	uint64_t from = size - size % TILE_WIDTH;
	size_t n, i;
	enum kas_err err;

	while (from < size) {
		arena_reset(&en->turn);
		err = en->ports.store.read(en->ports.store.ctx, from, (size_t)(size - from),
		    LOAD_BYTES, &en->turn, batch, &n);
		if (err != KAS_OK || n == 0)
			return kas_fail(why, err != KAS_OK ? err : KAS_CORRUPT,
			    "entry %llu cannot be read", (unsigned long long)from);
		for (i = 0; i < n; i++)
			tail[(from + i) % TILE_WIDTH] = merkle_leaf(batch[i].entry);
		from += n;
	}
	err = tree_open(&en->ports.store.tiles, size, tail, &en->tree);
	if (err != KAS_OK)
		return kas_fail(why, err, "the tree of %llu entries cannot be read: %s",
		    (unsigned long long)size, kas_err_text(err));
	return KAS_OK;
}

/* The newest checkpoint must be ours and of exactly what is here. */
static enum kas_err
check_head(struct engine *en, const struct store_head *head, struct kas_why *why)
{
	struct checkpoint c;
	struct hash root;
	enum kas_err err;

	if (head->size == 0)
		return KAS_OK;
	err = checkpoint_open(head->checkpoint, signer_vkey(en->config.signer), &c, why);
	if (err != KAS_OK) {
		kas_why_prefix(why, "the ledger's newest checkpoint");
		return KAS_CORRUPT;
	}
	if (c.size != head->size)
		return kas_fail(why, KAS_CORRUPT,
		    "the newest checkpoint is of %llu entries, but %llu are here",
		    (unsigned long long)c.size, (unsigned long long)head->size);
	err = tree_root(en->tree, c.size, &root);
	if (err != KAS_OK)
		return kas_fail(why, err, "the tree cannot be read: %s", kas_err_text(err));
	if (!hash_equal(&root, &c.root))
		return kas_fail(why, KAS_CORRUPT,
		    "the entries do not give the root that was signed for them");
	return KAS_OK;
}

static enum kas_err
take_head(struct engine *en, const struct store_head *head, struct kas_why *why)
{
	uint64_t size = 0;
	enum kas_err err;

	en->durable = head->size;
	buf_reset(&en->note);
	buf_add(&en->note, head->checkpoint.p, head->checkpoint.n);
	if (head->size > 0)
		history_issued(en, head->size, buf_bytes(&en->note));
	err = history_recall(en, &head->evidence, why);
	if (err != KAS_OK)
		return err;
	/* KAS_FORK has put the engine into its state by itself. */
	(void)!history_take_cosigned(en, NULL, head->cosigned, &size);
	/* One that went down with a failed flush is still to be kept. */
	en->cosigned_unsaved = !en->newer && en->cosigned_size > size;
	en->cosigned_unsaved_since = engine_now(en).mono_us;
	return KAS_OK;
}

void
ledger_unload(struct engine *en)
{
	book_close(en->book);
	tree_close(en->tree);
	en->book = NULL;
	en->tree = NULL;
	en->slicing = false;
	en->issued_n = 0;
	en->flight = NULL;
	en->gather = &en->groups[0];
	group_reset(en->gather);
	peers_forget_links(&en->peers);
}

enum kas_err
ledger_load(struct engine *en, struct kas_why *why)
{
	const struct book_port port = {
		.facts = { find_written, en }, .read = ledger_read,
		.blob = find_blob, .ctx = en,
	};
	struct store_head head;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = en->ports.store.head(en->ports.store.ctx, &a, &head);
	if (err != KAS_OK) {
		kas_fail(why, err, "the ledger's head cannot be read: %s", kas_err_text(err));
		goto out;
	}
	/* While loading, everything below size is read from the disk. */
	en->durable = head.size;
	en->snapshot_size = head.snapshot_size;
	err = book_open(&port, &en->book);
	if (err == KAS_OK)
		err = restore_snapshot(en, &head, why);
	if (err == KAS_OK && head.facts_size > head.snapshot_size)
		book_facts_written(en->book, head.facts_size);
	if (err == KAS_OK)
		err = apply_tail(en, head.snapshot_size, head.size, why);
	if (err == KAS_OK)
		err = load_tree(en, head.size, why);
	if (err == KAS_OK)
		err = check_head(en, &head, why);
	if (err == KAS_OK)
		err = take_head(en, &head, why);
	if (err == KAS_OK && book_lacks_catalogue(en->book))
		engine_log(en, LOG_LVL_ERROR, "this ledger has no longer the catalogue that its entry "
		    "%llu put in force: import it once more; until then sales are not held against one",
		    (unsigned long long)book_catalogue_index(en->book));
out:
	arena_fini(&a);
	arena_reset(&en->turn);
	return err;
}

void
ledger_discard(struct engine *en, enum kas_err outcome)
{
	bool full = outcome == KAS_FULL, memory = outcome == KAS_NOMEM;
	Kasir__V1__RefusalReason reason = full ? KASIR__V1__REFUSAL_REASON__STORAGE_FULL :
	    KASIR__V1__REFUSAL_REASON__STORAGE_FAILED;

	en->broken = KAS_OK;
	en->failure = memory ? KAS_FULL : outcome;	/* the files are as they should be */
	engine_set_state(en, full ? ENGINE_STORAGE_FULL : ENGINE_STORAGE_FAILED, "%s",
	    full ? "the disk is full: make room; nothing that was acked is lost" :
	    memory ? "out of memory: the ledger is being loaded again" :
	    "the disk failed: the ledger is being copied to new files");
	if (en->flight != NULL) {
		acks_take_back(en, en->flight, reason);
		commands_take_back(en, en->flight, en->detail);
	}
	acks_take_back(en, en->gather, reason);
	commands_take_back(en, en->gather, en->detail);
	acks_drop_now(en);
	uplink_stop(en);
	ledger_unload(en);
	en->reopen_at = engine_now(en).mono_us + (full || memory ? SECOND_US : 0);
}

void
ledger_reopen_if_due(struct engine *en, uint64_t mono_us)
{
	if (en->reopening || en->reopen_at > mono_us)
		return;
	en->reopening = true;
	en->reopen_at = UINT64_MAX;
	en->ports.store.reopen(en->ports.store.ctx, en->failure);
}

void
engine_on_reopened(struct engine *en, enum kas_err outcome)
{
	struct kas_why why = { "" };
	enum kas_err err = outcome;
	unsigned wait;

	kas_assert(en->reopening);
	en->reopening = false;
	en->evidence_unsaved = en->evidence.note.n > 0;	/* perhaps */
	if (err == KAS_OK)
		err = ledger_load(en, &why);
	if (err == KAS_OK && !en->newer)
		err = ledger_stage_started(en, KASIR__V1__START_REASON__AFTER_STORAGE_FAILURE);
	if (err == KAS_OK) {
		en->reopen_failures = 0;
		if (en->newer)
			history_stand_still(en);
		else
			engine_set_state(en, ENGINE_STARTING, "the ledger is open again");
		uplink_init(en);
		return;
	}
	ledger_unload(en);
	wait = en->reopen_failures < 5 ? 1u << en->reopen_failures : 30;
	en->reopen_failures++;
	en->reopen_at = engine_now(en).mono_us + wait * SECOND_US;
	engine_set_state(en, en->state, "the ledger cannot be opened: %s; next try in %u s",
	    why.text[0] != '\0' ? why.text : kas_err_text(err), wait);
}
