/* catalogue.c - the catalogue in force goes to the terminals, as retained messages.
 *
 *   parts 0, 1, ... n-1     the notice     empty messages where an older one had more parts
 *
 * One part at a time, and a moment between them: an answer to a sale must not wait behind
 * megabytes.  The notice comes last, so that who reads it finds the parts; who reads while they
 * are being replaced finds another hash, and begins again with the next notice. */
#include "daemon/store/engine_parts.h"

#include "wire/topic.h"

#define PART_SIZE ((size_t)WIRE_CATALOGUE_PART)
#define PAUSE_US 2000		/* between two messages */
#define AGAIN_US 50000		/* after the broker would not take one */

static uint32_t
parts_of(struct bytes all)
{
	return (uint32_t)((all.n + PART_SIZE - 1) / PART_SIZE);
}

/* Nothing leaves before its entry is on disk. */
static bool
is_due(const struct engine *en)
{
	const struct catalogue_push *p = &en->push;
	uint64_t index;

	if (en->state != ENGINE_SERVING || !en->bus_connected || en->book == NULL ||
	    book_catalogue(en->book) == NULL)
		return false;
	index = book_catalogue_index(en->book);
	return index < en->durable && (p->index != index || !p->done);
}

uint64_t
catalogue_push_due(const struct engine *en)
{
	return is_due(en) ? en->push.at_us : UINT64_MAX;
}

void
catalogue_push_again(struct engine *en)
{
	en->push.index = 0;
}

static void
begin(struct engine *en)
{
	struct catalogue_push *p = &en->push;

	/* Of one that was not sent to its end; what a process before this one left there stays,
	 * and nobody reads it. */
	if (!p->done && p->next > p->retained)
		p->retained = p->next;
	p->index = book_catalogue_index(en->book);
	p->next = 0;
	p->done = false;
}

static enum kas_err
publish_part(struct engine *en, struct bytes all, uint32_t n)
{
	char topic[WIRE_TOPIC_MAX];
	size_t at = n * PART_SIZE;
	struct bytes part = BYTES_NONE;

	if (at < all.n)
		part = BYTES(all.p + at, all.n - at < PART_SIZE ? all.n - at : PART_SIZE);
	topic_format_part(en->store, n, topic);
	return en->ports.bus.publish(en->ports.bus.ctx, topic, part, true);
}

static enum kas_err
publish_notice(struct engine *en, struct bytes all)
{
	Kasir__V1__CatalogueNotice n = KASIR__V1__CATALOGUE_NOTICE__INIT;
	char topic[WIRE_TOPIC_MAX];

	n.hash = proto_bytes(hash_bytes(book_catalogue_hash(en->book)));
	n.size = all.n;
	n.parts = parts_of(all);
	n.part_size = PART_SIZE;
	n.index = en->push.index;
	buf_reset(&en->out);
	proto_append(&en->out, &n.base);
	if (en->out.failed)
		return KAS_NOMEM;
	topic_format(TOPIC_CATALOGUE, en->store, NULL, topic);
	return en->ports.bus.publish(en->ports.bus.ctx, topic, buf_bytes(&en->out), true);
}

/* Step NEXT: a part, the notice, or the place of an older part to be emptied. */
static enum kas_err
publish_step(struct engine *en, struct bytes all)
{
	struct catalogue_push *p = &en->push;
	uint32_t parts = parts_of(all);

	if (p->next < parts)
		return publish_part(en, all, p->next);
	if (p->next == parts)
		return publish_notice(en, all);
	return publish_part(en, all, p->next - 1);
}

void
catalogue_push_turn(struct engine *en, uint64_t mono_us)
{
	struct catalogue_push *p = &en->push;
	struct bytes all;

	if (catalogue_push_due(en) > mono_us)
		return;
	all = catalogue_bytes(book_catalogue(en->book));
	if (p->index != book_catalogue_index(en->book))
		begin(en);
	if (publish_step(en, all) != KAS_OK) {
		p->at_us = mono_us + AGAIN_US;
		return;
	}
	p->at_us = mono_us + PAUSE_US;
	if (++p->next <= p->retained || p->next <= parts_of(all))
		return;
	p->retained = parts_of(all);
	p->done = true;
}
