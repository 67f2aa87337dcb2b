/* acks.c - answers with proofs: one message a terminal a flush.
 *
 * Every proof in a message is to its one checkpoint, which is the newest durable one.  The
 * consistency proof starts where the terminal will be when it has read everything that we
 * sent before (peer.linked); a terminal that lost an answer asks again and says where it
 * stands, and the chain goes on from there. */
#include "daemon/store/engine_parts.h"

#include <string.h>

#include "base/defect.h"

enum kas_err
acks_add(struct engine *en, struct group *g, const struct reply *reply)
{
	struct arena *a = g != NULL ? &g->arena : &en->turn;
	struct reply *r, ***end = g != NULL ? &g->replies_end : &en->now_end;

	/* A storm of duplicates; their terminals ask again. */
	if (g != NULL && g->n_replies == GROUP_REPLIES_MAX) {
		en->count.acks_unsent++;
		return KAS_OK;
	}
	r = arena_alloc(a, sizeof *r);
	if (r == NULL)
		return KAS_NOMEM;
	if (g != NULL)
		g->n_replies++;
	*r = *reply;
	r->next = NULL;
	**end = r;
	*end = &r->next;
	return KAS_OK;
}

static ProtobufCBinaryData *
proof_fields(struct arena *a, const struct proof *p, size_t *ret_n)
{
	ProtobufCBinaryData *d = arena_alloc(a, (p->n + 1) * sizeof *d);
	struct hash *copy = arena_alloc(a, (p->n + 1) * sizeof *copy);
	unsigned i;

	if (d == NULL || copy == NULL)
		return NULL;
	for (i = 0; i < p->n; i++) {
		copy[i] = p->path[i];
		d[i] = proto_bytes(hash_bytes(&copy[i]));
	}
	*ret_n = p->n;
	return d;
}

static enum kas_err
prove_growth(struct engine *en, uint64_t from, ProtobufCBinaryData **ret, size_t *ret_n)
{
	struct proof p;
	enum kas_err err;

	err = tree_prove_consistency(en->tree, from, en->durable, &p);
	if (err != KAS_OK)
		return err;
	*ret = proof_fields(&en->answer, &p, ret_n);
	return *ret != NULL ? KAS_OK : KAS_NOMEM;
}

static enum kas_err
fill_ack(struct engine *en, const struct reply *r, Kasir__V1__Ack *ack)
{
	struct proof p;
	enum kas_err err;

	kasir__v1__ack__init(ack);
	ack->status = r->status;
	ack->original_status = r->original;
	ack->index = r->index;
	ack->entry = proto_bytes(r->entry);
	err = tree_prove_inclusion(en->tree, r->index, en->durable, &p);
	if (err != KAS_OK)
		return err;
	ack->inclusion = proof_fields(&en->answer, &p, &ack->n_inclusion);
	return ack->inclusion != NULL ? KAS_OK : KAS_NOMEM;
}

/* Up to a message's worth of P's replies; the rest stays for the next one. */
static enum kas_err
fill_acks(struct engine *en, struct peer *p, Kasir__V1__AckBatch *m)
{
	Kasir__V1__Ack *acks;
	size_t i;
	enum kas_err err = KAS_OK;

	m->acks = arena_alloc(&en->answer, WIRE_BATCH_TRANSACTIONS_MAX * sizeof *m->acks);
	acks = arena_alloc(&en->answer, WIRE_BATCH_TRANSACTIONS_MAX * sizeof *acks);
	if (m->acks == NULL || acks == NULL)
		return KAS_NOMEM;
	for (i = 0; i < WIRE_BATCH_TRANSACTIONS_MAX && p->replies != NULL && err == KAS_OK; i++) {
		err = fill_ack(en, p->replies, &acks[i]);
		m->acks[i] = &acks[i];
		p->replies = p->replies->next;
	}
	m->n_acks = i;
	return err;
}

static enum kas_err
fill_links(struct engine *en, struct peer *p, Kasir__V1__AckBatch *m)
{
	enum kas_err err = KAS_OK;

	m->consistency_from = p->linked;
	if (p->linked > 0)
		err = prove_growth(en, p->linked, &m->consistency, &m->n_consistency);
	if (err == KAS_OK && p->asked > 0) {
		m->cosigned_from = p->asked;
		err = prove_growth(en, p->asked, &m->cosigned_consistency,
		    &m->n_cosigned_consistency);
	}
	return err;
}

static enum kas_err
send_one(struct engine *en, struct peer *p)
{
	Kasir__V1__AckBatch m = KASIR__V1__ACK_BATCH__INIT;
	char topic[WIRE_TOPIC_MAX];
	enum kas_err err;

	arena_reset(&en->answer);
	m.checkpoint = proto_bytes(buf_bytes(&en->note));
	err = fill_links(en, p, &m);
	if (err == KAS_OK)
		err = fill_acks(en, p, &m);
	if (err != KAS_OK)
		return err;
	buf_reset(&en->out);
	proto_append(&en->out, &m.base);
	if (en->out.failed)
		return KAS_NOMEM;
	topic_format(TOPIC_ACK, en->store, p->terminal, topic);
	err = en->ports.bus.publish(en->ports.bus.ctx, topic, buf_bytes(&en->out), false);
	if (err != KAS_OK)
		return err;
	en->count.acks += m.n_acks;
	p->linked = en->durable;
	p->asked = 0;
	return KAS_OK;
}

/* What cannot be sent is not lost: the terminal asks again. */
static void
send_all(struct engine *en, struct peer *p)
{
	p->answer_due = false;
	do {
		if (send_one(en, p) != KAS_OK) {
			en->count.acks_unsent++;
			p->replies = NULL;
		}
	} while (p->replies != NULL);
}

/* Hand each reply to its peer, in order; the list of peers that have some. */
static struct peer *
sort_out(struct reply *list)
{
	struct peer *due = NULL;
	struct reply *r, *next;

	for (r = list; r != NULL; r = next) {
		next = r->next;
		r->next = NULL;
		if (r->peer->replies == NULL) {
			r->peer->next_due = due;
			due = r->peer;
			r->peer->replies = r;
		} else {
			*r->peer->last_reply = r;
		}
		r->peer->last_reply = &r->next;
	}
	return due;
}

void
acks_send(struct engine *en, struct reply *list)
{
	struct peer *p;

	for (p = sort_out(list); p != NULL; p = p->next_due)
		send_all(en, p);
}

void
acks_drop_now(struct engine *en)
{
	en->now_replies = NULL;
	en->now_end = &en->now_replies;
	peers_drop_answers(&en->peers);
}

void
acks_send_now(struct engine *en)
{
	struct reply *list = en->now_replies;
	size_t i;

	en->now_replies = NULL;
	en->now_end = &en->now_replies;
	acks_send(en, list);
	for (i = 0; i < en->peers.n; i++)
		if (en->peers.slots[i]->answer_due)
			send_all(en, en->peers.slots[i]);
}

static void
refuse_replies(struct engine *en, struct peer *p, Kasir__V1__RefusalReason reason)
{
	struct reply *r;

	for (r = p->replies; r != NULL; r = r->next) {
		struct refused why = { reason, r->epoch, r->sequence, &r->statement,
			en->detail };

		refusals_add(en, p->terminal, &why);
	}
	p->replies = NULL;
}

void
acks_take_back(struct engine *en, struct group *g, Kasir__V1__RefusalReason reason)
{
	struct peer *p;

	/* By terminal, because each message to one has a signature of its own. */
	for (p = sort_out(g->replies); p != NULL; p = p->next_due)
		refuse_replies(en, p, reason);
	refusals_send(en);
	g->replies = NULL;
	g->replies_end = &g->replies;
	g->n_replies = 0;
}
