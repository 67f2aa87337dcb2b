/* ledger.c - staging and the group commit.
 *
 *   stage -> gather group --flush_begin--> flight group --on_flushed--> durable
 *
 * While one group is in flight the next one gathers.  Nothing of a group is told to
 * anybody before it is durable; a flush that fails takes every staged group with it, and
 * the engine starts again from what is on disk. */
#include "daemon/store/engine_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/defect.h"

void
group_reset(struct group *g)
{
	arena_reset(&g->arena);
	g->flush = (struct flush_group){ 0 };
	g->n = g->bytes = 0;
	g->n_tiles = 0;
	g->replies = NULL;
	g->replies_end = &g->replies;
	g->n_replies = 0;
	g->n_commands = 0;
	g->n_asides = 0;
	g->blob = (struct store_blob){ 0 };
	buf_reset(&g->checkpoint);
	buf_reset(&g->cosigned);
	g->cosigned_size = 0;
	g->begun = false;
}

bool
ledger_has_room(const struct engine *en)
{
	/* One transaction may bring a close, and returns that waited for it. */
	return en->gather->n + 2 + BOOK_WAITING_MAX <= GROUP_ENTRIES_MAX &&
	    en->gather->bytes < GROUP_BYTES_MAX;
}

struct group *
ledger_group_of(struct engine *en, uint64_t index)
{
	if (index < en->durable)
		return NULL;
	if (en->flight != NULL && index < en->flight->flush.first + en->flight->n)
		return en->flight;
	return en->gather;
}

enum kas_err
ledger_read(void *ctx, uint64_t index, struct arena *a, struct bytes *ret_entry,
    struct bytes *ret_payload)
{
	struct engine *en = ctx;
	struct group *g = ledger_group_of(en, index);
	struct store_entry e;
	size_t n;
	enum kas_err err;

	if (g != NULL) {
		if (index - g->flush.first >= g->n)
			return KAS_CORRUPT;	/* an index on the disk points past the end */
		e = g->entries[index - g->flush.first];
	} else {
		err = en->ports.store.read(en->ports.store.ctx, index, 1, SIZE_MAX, a, &e, &n);
		if (err != KAS_OK)
			return err;
		if (n != 1)
			return KAS_CORRUPT;
	}
	*ret_entry = e.entry;
	*ret_payload = e.payload;
	return KAS_OK;
}

/* The entry is encoded once; these bytes are the leaf, for good. */
static enum kas_err
stage(struct engine *en, const Kasir__V1__LedgerEntry *entry, struct store_entry e,
    const struct hash *hash, const Kasir__V1__Transaction *doc)
{
	struct group *g = en->gather;
	struct hash leaf;
	struct kas_why why = { "" };
	enum kas_err err;

	if (g->n == GROUP_ENTRIES_MAX)
		return KAS_FULL;
	if (g->n == 0)
		g->flush.first = book_size(en->book);
	if (!proto_pack(&g->arena, &entry->base, &e.entry) ||
	    !arena_copy(&g->arena, e.payload, &e.payload) ||
	    !arena_copy(&g->arena, e.salt, &e.salt) ||
	    !arena_copy(&g->arena, e.personal, &e.personal))
		return KAS_NOMEM;
	leaf = merkle_leaf(e.entry);
	g->entries[g->n++] = e;
	g->bytes += e.entry.n + e.payload.n + e.personal.n;
	err = tree_append(en->tree, &leaf);
	if (err == KAS_OK)
		err = book_apply(en->book, entry, e.payload, hash, doc, &why);
	if (err == KAS_CORRUPT)
		engine_log(en, LOG_LVL_ERROR, "an entry does not follow: %s", why.text);
	en->count.entries += err == KAS_OK;
	return err;
}

static void
stamp(Kasir__V1__LedgerEntry *entry, const struct clock_reading *now)
{
	entry->wall_us = now->wall_us;
	entry->monotonic_us = now->mono_us;
	entry->clock_synchronised = now->synchronised;
}

static void
first_of_group(struct engine *en, uint64_t mono_us)
{
	if (en->gather->n == 0)
		en->gather->since_us = mono_us;
}

enum kas_err
ledger_stage_event(struct engine *en, Kasir__V1__LedgerEntry *entry, struct bytes payload)
{
	struct clock_reading now = engine_now(en);
	Kasir__V1__GrandTotals totals = *book_totals(en->book);
	struct store_entry e = { .payload = payload };

	first_of_group(en, now.mono_us);
	stamp(entry, &now);
	if (entry->totals == NULL)
		entry->totals = &totals;
	return stage(en, entry, e, NULL, NULL);
}

enum kas_err
ledger_stage_started(struct engine *en, Kasir__V1__StartReason reason)
{
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__Started started = KASIR__V1__STARTED__INIT;
	Kasir__V1__StoreOpened opened = KASIR__V1__STORE_OPENED__INIT;
	const struct vkey *v = signer_vkey(en->config.signer);
	enum kas_err err;

	if (book_size(en->book) == 0) {
		opened.format = 1;
		opened.origin = (char *)(uintptr_t)v->name;
		opened.store = en->store;
		opened.store_key = proto_bytes(BYTES(v->key.b, KEY_LEN));
		opened.currency = en->config.currency;
		opened.exponent = en->config.exponent;
		opened.rounding = en->config.rounding;
		if (en->has_hq) {
			opened.hq_key = proto_bytes(BYTES(en->hq.key.b, KEY_LEN));
			opened.hq_name = en->hq.name;
		}
		entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED;
		entry.store_opened = &opened;
		err = ledger_stage_event(en, &entry, BYTES_NONE);
		if (err != KAS_OK)
			return err;
	}
	kasir__v1__ledger_entry__init(&entry);
	started.boot_id = proto_bytes(BYTES(en->config.boot_id, sizeof en->config.boot_id));
	started.version = (char *)(uintptr_t)en->config.version;
	started.reason = reason;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STARTED;
	entry.started = &started;
	en->gather->begun = true;
	return ledger_stage_event(en, &entry, BYTES_NONE);
}

/* Returns that came before their original are judged now that it is here.  The original's
 * own judgement is done with: its document goes from en->judging. */
static enum kas_err
settle_waiting(struct engine *en, const struct signed_txn *t, uint64_t original)
{
	uint64_t waiting[BOOK_WAITING_MAX];
	struct settlement judged;
	rule_id list[RULES_MAX];
	size_t n, i;
	enum kas_err err;

	err = book_waiting(en->book, t->st.terminal, t->st.epoch, t->st.sequence, waiting,
	    &n);
	for (i = 0; err == KAS_OK && i < n; i++) {
		Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
		Kasir__V1__ReturnSettled settled = KASIR__V1__RETURN_SETTLED__INIT;
		Kasir__V1__GrandTotals totals;

		arena_reset(&en->judging);
		err = book_settle(en->book, waiting[i], original, &en->judging, &judged);
		if (err != KAS_OK)
			break;
		totals = book_totals_settled(en->book, &judged);
		settled.return_index = waiting[i];
		settled.original_index = original;
		settled.n_broken = rule_set_list(&judged.broken, list);
		settled.broken = list;
		entry.totals = &totals;
		entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED;
		entry.return_settled = &settled;
		err = ledger_stage_event(en, &entry, BYTES_NONE);
	}
	return err;
}

enum kas_err
ledger_stage_transaction(struct engine *en, const struct signed_txn *t,
    const struct judgement *j, const struct clock_reading *now, struct bytes *ret_entry,
    uint64_t *ret_index)
{
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TransactionRecord r;
	Kasir__V1__GrandTotals totals = book_totals_after(en->book, j);
	struct store_entry e = { .payload = t->payload, .salt = t->salt,
		.personal = t->personal };
	rule_id broken[RULES_MAX], notes[RULES_MAX];
	uint64_t index = book_size(en->book);
	enum kas_err err;

	first_of_group(en, now->mono_us);
	wire_record_of(&t->st, t->signature, &r);
	r.n_broken = rule_set_list(&j->broken, broken);
	r.broken = broken;
	r.n_notes = rule_set_list(&j->notes, notes);
	r.notes = notes;
	r.conflict = j->verdict == VERDICT_CONFLICT_NEW;
	r.first = r.conflict ? j->index : 0;
	stamp(&entry, now);
	entry.totals = &totals;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	entry.transaction = &r;
	err = stage(en, &entry, e, &t->hash, j->doc);
	if (err != KAS_OK)
		return err;
	*ret_index = index;
	*ret_entry = en->gather->entries[en->gather->n - 1].entry;
	err = closes_stage_due(en);
	if (err != KAS_OK)
		return err;
	/* One whose sequence belongs to another is nobody's original. */
	if (r.conflict && !rule_set_has(&j->broken, KASIR__V1__RULE__IDENTITY_REUSED))
		return KAS_OK;
	return settle_waiting(en, t, index);
}

/* A flood of garbage must neither wear out the disk nor wash out at once what was kept of
 * better days. */
#define ASIDES_A_SECOND WIRE_BATCH_TRANSACTIONS_MAX

void
ledger_keep_aside(struct engine *en, const struct inbox_message *m, struct bytes what,
    const struct refused *r)
{
	struct group *g = en->gather;
	struct clock_reading now = engine_now(en);
	struct aside *as;

	if (g->n_asides == GROUP_ASIDES_MAX || en->book == NULL ||
	    !meter_take(&en->asides, now.mono_us, ASIDES_A_SECOND)) {
		en->count.asides_dropped++;
		return;
	}
	as = &g->asides[g->n_asides];
	*as = (struct aside){ .wall_us = now.wall_us, .reason = r->reason };
	topic_format(m->topic.kind, m->topic.store, m->topic.terminal, as->topic);
	snprintf(as->text, sizeof as->text, "%s", r->text);
	if (what.n > ASIDE_MESSAGE_MAX)
		what.n = ASIDE_MESSAGE_MAX;
	if (!arena_copy(&g->arena, what, &as->message)) {
		en->count.asides_dropped++;
		return;
	}
	if (g->n == 0 && g->n_asides == 0)
		g->since_us = now.mono_us;
	g->n_asides++;
}
