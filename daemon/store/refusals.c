/* refusals.c - answers without a proof, under a signature of the store's own.
 *
 * A message is signed once, so refusals to one terminal are gathered.  A flood of garbage
 * must not buy a signature for each message: beyond so many a second they are dropped and
 * counted; a genuine terminal asks again.  Each terminal has a count of its own, so that
 * nobody else's noise keeps it from hearing RETRY_LATER. */
#include "daemon/store/engine_parts.h"

#include <stdio.h>
#include <string.h>

#define TO_EACH_A_SECOND 50
#define TO_STRANGERS_A_SECOND 100
#define RETRY_AFTER_MS 1000

static bool
is_temporary(Kasir__V1__RefusalReason reason)
{
	return reason >= KASIR__V1__REFUSAL_REASON__STARTING;
}

void
refusals_add(struct engine *en, const char *terminal, const struct refused *r)
{
	struct refusal_list *l = &en->refusals;
	Kasir__V1__Refusal *item;

	if (l->n > 0 && (strcmp(l->terminal, terminal) != 0 ||
	    l->n == WIRE_BATCH_TRANSACTIONS_MAX))
		refusals_send(en);
	en->count.refused++;
	snprintf(l->terminal, sizeof l->terminal, "%s", terminal);
	item = arena_alloc(&l->arena, sizeof *item);
	if (item == NULL)
		return;
	kasir__v1__refusal__init(item);
	item->status = is_temporary(r->reason) ? KASIR__V1__ACK_STATUS__RETRY_LATER :
	    KASIR__V1__ACK_STATUS__REJECTED;
	item->reason = r->reason;
	item->epoch = r->epoch;
	item->sequence = r->sequence;
	item->text = arena_text(&l->arena, r->text);
	if (r->statement != NULL) {
		struct bytes copy;

		if (arena_copy(&l->arena, hash_bytes(r->statement), &copy))
			item->statement_hash = proto_bytes(copy);
	}
	if (item->text != NULL)
		l->items[l->n++] = item;
}

static bool
may_send(struct engine *en, const char *terminal)
{
	uint64_t now = engine_now(en).mono_us;
	struct peer *p = peers_find(&en->peers, terminal);

	if (p == NULL)
		return meter_take(&en->refusals_to_strangers, now, TO_STRANGERS_A_SECOND);
	return meter_take(&p->refusals, now, TO_EACH_A_SECOND);
}

/* Any of them may be tried again. */
static bool
invites_a_retry(const struct refusal_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->items[i]->status == KASIR__V1__ACK_STATUS__RETRY_LATER)
			return true;
	return false;
}

static enum kas_err
sign_and_publish(struct engine *en, struct refusal_list *l)
{
	Kasir__V1__Refusals body = KASIR__V1__REFUSALS__INIT;
	Kasir__V1__AckBatch m = KASIR__V1__ACK_BATCH__INIT;
	char text[STATEMENT_MAX], topic[WIRE_TOPIC_MAX];
	uint8_t sig[SIG_LEN];
	struct bytes packed;
	size_t n;

	body.at_us = engine_now(en).wall_us;
	body.n_refusals = l->n;
	body.refusals = l->items;
	if (invites_a_retry(l))
		body.retry_after_ms = RETRY_AFTER_MS;
	if (!proto_pack(&l->arena, &body.base, &packed))
		return KAS_NOMEM;
	n = refusal_statement_format(en->store, l->terminal, packed, text);
	signer_sign(en->config.signer, BYTES(text, n), sig);
	m.refusals = proto_bytes(packed);
	m.refusals_signature = proto_bytes(BYTES(sig, sizeof sig));
	buf_reset(&en->out);
	proto_append(&en->out, &m.base);
	if (en->out.failed)
		return KAS_NOMEM;
	topic_format(TOPIC_ACK, en->store, l->terminal, topic);
	return en->ports.bus.publish(en->ports.bus.ctx, topic, buf_bytes(&en->out), false);
}

void
refusals_send(struct engine *en)
{
	struct refusal_list *l = &en->refusals;

	if (l->n == 0)
		return;
	if (!may_send(en, l->terminal) || sign_and_publish(en, l) != KAS_OK)
		en->count.refusals_dropped++;
	l->n = 0;
	arena_reset(&l->arena);
}
