#include "tests/sim/insider.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/proto.h"
#include "wire/topic.h"

static void
keep(struct insider *in, const char *topic, struct bytes payload)
{
	size_t i = in->n_kept++ % INSIDER_KEEPS;

	snprintf(in->kept[i].topic, sizeof(in->kept[i].topic), "%s", topic);
	in->kept[i].payload = world_keep(in->w, payload);
}

static void
send_old(void *ctx, void *what)
{
	struct insider *in = ctx;
	size_t n = in->n_kept < INSIDER_KEEPS ? in->n_kept : INSIDER_KEEPS;
	size_t i = prng_below(&in->w->prng, n);

	(void)what;
	world_trace(in->w, "insider", "sends again: %s", in->kept[i].topic);
	broker_inject(in->shop, in->kept[i].topic, in->kept[i].payload);
}

/* An ack for one till, delivered to another: whoever is next in the kept ones. */
static void
misroute(struct insider *in, const char *topic, struct bytes payload)
{
	for (size_t i = 0; i < INSIDER_KEEPS; i++) {
		struct topic t;

		if (in->kept[i].payload.n == 0 || topic_parse(in->kept[i].topic, &t) != KAS_OK ||
		    t.kind != TOPIC_ACK || strcmp(in->kept[i].topic, topic) == 0)
			continue;
		world_trace(in->w, "insider", "delivers %s to %s", topic, t.terminal);
		broker_inject(in->shop, in->kept[i].topic, payload);
		return;
	}
}

static bool
decode_record(struct arena *a, struct bytes entry, Kasir__V1__TransactionRecord **ret)
{
	Kasir__V1__LedgerEntry *e;

	if (wire_decode_entry(entry, a, &e, NULL) != KAS_OK ||
	    e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return false;
	*ret = e->transaction;
	return true;
}

/* Another terminal's entry of the same sequence, with a true path to the same checkpoint. */
static bool
forge_ack(struct insider *in, struct arena *a, uint64_t size, Kasir__V1__Ack *ack)
{
	const struct history *h = &in->oracle->now;
	Kasir__V1__TransactionRecord *mine, *other;
	struct hash *path = arena_alloc(a, PROOF_MAX * sizeof(*path));
	ProtobufCBinaryData *steps = arena_alloc(a, PROOF_MAX * sizeof(*steps));

	if (size > h->n || !decode_record(a, bytes_of_proto(ack->entry), &mine))
		return false;
	for (uint64_t i = 0; i < size; i++) {
		if (!decode_record(a, h->entries[i], &other) || other->sequence != mine->sequence ||
		    other->epoch != mine->epoch || strcmp(other->terminal, mine->terminal) == 0)
			continue;
		ack->entry = proto_bytes(h->entries[i]);
		ack->index = i;
		ack->n_inclusion = history_path(h, i, size, path);
		ack->inclusion = steps;
		for (size_t j = 0; j < ack->n_inclusion; j++)
			steps[j] = proto_bytes(hash_bytes(&path[j]));
		return true;
	}
	return false;
}

static void
forge(struct insider *in, const char *topic, struct bytes *payload)
{
	struct arena a;
	Kasir__V1__AckBatch *batch;
	struct checkpoint c;
	struct bytes forged;
	bool changed = false;

	arena_init(&a, 0);
	oracle_look_at_disks(in->oracle);
	if (wire_decode_ack_batch(*payload, &a, &batch, NULL) == KAS_OK &&
	    checkpoint_open(bytes_of_proto(batch->checkpoint), &in->oracle->store_key, &c, NULL) ==
	    KAS_OK) {
		for (size_t i = 0; i < batch->n_acks; i++)
			changed |= forge_ack(in, &a, c.size, batch->acks[i]);
		if (changed && proto_pack(&a, &batch->base, &forged)) {
			world_trace(in->w, "insider", "forges %s", topic);
			*payload = world_keep(in->w, forged);
		}
	}
	arena_fini(&a);
}

static bool
meddle_shop(void *ctx, const char *topic, struct bytes *payload)
{
	struct insider *in = ctx;
	struct prng *p = &in->w->prng;
	struct topic t;

	if (in->replay + in->misroute + in->forge == 0 || topic_parse(topic, &t) != KAS_OK)
		return true;
	if (t.kind == TOPIC_ACK && prng_chance(p, in->forge))
		forge(in, topic, payload);
	if (t.kind == TOPIC_ACK && prng_chance(p, in->misroute))
		misroute(in, topic, *payload);
	if (t.kind == TOPIC_ACK || t.kind == TOPIC_TX)
		keep(in, topic, *payload);
	if (in->n_kept > 0 && prng_chance(p, in->replay))
		world_after(in->w, prng_between(p, 1 * MS, 5 * SECOND), send_old, in, NULL);
	return true;
}

/* One entry of the block says another time of day; nothing else about it is wrong. */
static bool
alter_entry(struct insider *in, struct arena *a, Kasir__V1__EntryBlock *block)
{
	Kasir__V1__StoredEntry *e = block->entries[prng_below(&in->w->prng, block->n_entries)];
	Kasir__V1__LedgerEntry *entry;
	struct bytes packed;

	if (wire_decode_entry(bytes_of_proto(e->entry), a, &entry, NULL) != KAS_OK)
		return false;
	entry->wall_us += 1000000;
	if (!proto_pack(a, &entry->base, &packed))
		return false;
	e->entry = proto_bytes(packed);
	return true;
}

/* The checkpoint that headquarters must believe: of what it holds and BLOCK. */
static bool
sign_other_history(struct insider *in, struct arena *a, const Kasir__V1__EntryBlock *block,
    Kasir__V1__EntryBatch *batch)
{
	struct history other = { 0 };
	struct checkpoint c = { .size = batch->first + block->n_entries };
	struct bytes kept = BYTES_NONE;
	struct buf note;
	bool ok;

	buf_init(&note);
	history_copy(&other, &in->oracle->hq);
	for (size_t i = 0; i < block->n_entries; i++)
		history_append(&other, bytes_of_proto(block->entries[i]->entry));
	snprintf(c.origin, sizeof(c.origin), "%s", signer_vkey(in->stolen)->name);
	ok = history_root(&other, c.size, &c.root);
	checkpoint_sign(&c, in->stolen, &note);
	ok = ok && arena_copy(a, buf_bytes(&note), &kept);
	batch->checkpoint = proto_bytes(kept);
	buf_fini(&note);
	history_fini(&other);
	return ok;
}

static bool
may_fork(struct insider *in, const Kasir__V1__EntryBatch *batch)
{
	oracle_look_at_disks(in->oracle);
	return in->stolen != NULL && !in->has_forked && batch->first == in->oracle->hq.n &&
	    prng_chance(&in->w->prng, 200);
}

static bool
alter_batch(struct insider *in, struct arena *a, Kasir__V1__EntryBatch *batch)
{
	Kasir__V1__EntryBlock *block;
	struct bytes raw, kept;
	struct buf packed;
	bool ok;

	if (wire_open_block(batch, a, &block, NULL) != KAS_OK || block->n_entries == 0 ||
	    !alter_entry(in, a, block) || !proto_pack(a, &block->base, &raw))
		return false;
	if (may_fork(in, batch)) {
		if (!sign_other_history(in, a, block, batch))
			return false;
		world_trace(in->w, "insider", "signs another history with the stolen key");
		in->has_forked = in->oracle->rolled_back = true;
	}
	buf_init(&packed);
	ok = wire_compress_block(raw, &packed) == KAS_OK &&
	    arena_copy(a, buf_bytes(&packed), &kept);
	buf_fini(&packed);
	if (ok) {
		batch->raw_size = (uint32_t)raw.n;
		batch->block = proto_bytes(kept);
	}
	return ok;
}

static bool
meddle_wan(void *ctx, const char *topic, struct bytes *payload)
{
	struct insider *in = ctx;
	struct arena a;
	Kasir__V1__UplinkUp *up;
	struct bytes altered;

	if (in->alter == 0 || !prng_chance(&in->w->prng, in->alter))
		return true;
	arena_init(&a, 0);
	if (wire_decode_up(*payload, &a, &up, NULL) == KAS_OK &&
	    up->body_case == KASIR__V1__UPLINK_UP__BODY_BATCH && alter_batch(in, &a, up->batch) &&
	    proto_pack(&a, &up->base, &altered)) {
		world_trace(in->w, "insider", "alters a batch on %s", topic);
		*payload = world_keep(in->w, altered);
	}
	arena_fini(&a);
	return true;
}

void
insider_init(struct insider *in, struct world *w, struct broker *shop, struct broker *wan,
    struct oracle *oracle)
{
	memset(in, 0, sizeof(*in));
	in->w = w;
	in->shop = shop;
	in->wan = wan;
	in->oracle = oracle;
	broker_set_meddler(shop, meddle_shop, in);
	broker_set_meddler(wan, meddle_wan, in);
}

void
insider_retire(struct insider *in)
{
	in->stolen = NULL;
	in->replay = in->misroute = in->forge = in->alter = 0;
}
