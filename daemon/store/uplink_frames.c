/* uplink_frames.c - what goes up: frames, and batches of entries read back from the disk. */
#include "daemon/store/engine_parts.h"

enum kas_err
uplink_send(struct engine *en, Kasir__V1__UplinkUp *up)
{
	char topic[WIRE_TOPIC_MAX];

	up->session = en->uplink.session;
	buf_reset(&en->out);
	proto_append(&en->out, &up->base);
	if (en->out.failed)
		return KAS_NOMEM;
	topic_format(TOPIC_UP, en->store, NULL, topic);
	return en->ports.uplink.publish(en->ports.uplink.ctx, topic, buf_bytes(&en->out), false);
}

/* What a batch is made of; the entries borrow from the turn's arena. */
struct batch {
	struct store_entry *entries;
	Kasir__V1__StoredEntry *items, **list;
	size_t n;
	struct buf raw, packed, note;
};

static enum kas_err
read_entries(struct engine *en, struct batch *b, size_t max, size_t max_bytes)
{
	uint64_t left = en->durable - en->uplink.next;
	enum kas_err err;

	if (left < max)
		max = (size_t)left;
	b->entries = arena_alloc(&en->turn, max * sizeof *b->entries);
	b->items = arena_alloc(&en->turn, max * sizeof *b->items);
	b->list = arena_alloc(&en->turn, max * sizeof *b->list);
	if (b->entries == NULL || b->items == NULL || b->list == NULL)
		return KAS_NOMEM;
	err = en->ports.store.read(en->ports.store.ctx, en->uplink.next, max, max_bytes,
	    &en->turn, b->entries, &b->n);
	return err == KAS_OK && b->n == 0 ? KAS_CORRUPT : err;
}

static enum kas_err
pack_entries(struct batch *b)
{
	Kasir__V1__EntryBlock block = KASIR__V1__ENTRY_BLOCK__INIT;
	size_t i;

	for (i = 0; i < b->n; i++) {
		kasir__v1__stored_entry__init(&b->items[i]);
		b->items[i].entry = proto_bytes(b->entries[i].entry);
		b->items[i].payload = proto_bytes(b->entries[i].payload);
		b->items[i].salt = proto_bytes(b->entries[i].salt);
		b->items[i].personal = proto_bytes(b->entries[i].personal);
		b->list[i] = &b->items[i];
	}
	block.n_entries = b->n;
	block.entries = b->list;
	proto_append(&b->raw, &block.base);
	return b->raw.failed ? KAS_NOMEM : wire_compress_block(buf_bytes(&b->raw), &b->packed);
}

static enum kas_err
send_packed(struct engine *en, const struct batch *b)
{
	Kasir__V1__UplinkUp up = KASIR__V1__UPLINK_UP__INIT;
	Kasir__V1__EntryBatch m = KASIR__V1__ENTRY_BATCH__INIT;

	m.first = en->uplink.next;
	m.count = (uint32_t)b->n;
	m.raw_size = (uint32_t)b->raw.n;
	m.block = proto_bytes(buf_bytes(&b->packed));
	m.checkpoint = proto_bytes(buf_bytes(&b->note));
	up.body_case = KASIR__V1__UPLINK_UP__BODY_BATCH;
	up.batch = &m;
	return uplink_send(en, &up);
}

enum kas_err
uplink_send_batch(struct engine *en, size_t max, size_t max_bytes, uint64_t *ret_end)
{
	struct batch b = { 0 };
	enum kas_err err;

	err = read_entries(en, &b, max, max_bytes);
	if (err == KAS_OK)
		err = pack_entries(&b);
	if (err == KAS_OK)
		err = ledger_sign(en, en->uplink.next + b.n, &b.note);
	if (err == KAS_OK)
		err = send_packed(en, &b);
	if (err == KAS_OK)
		*ret_end = en->uplink.next + b.n;
	buf_fini(&b.raw);
	buf_fini(&b.packed);
	buf_fini(&b.note);
	return err;
}
