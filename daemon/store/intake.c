/* intake.c - messages from terminals: decode, verify.
 *
 * Genuineness is decided first, on the statement alone; what is genuine is never refused. */
#include "daemon/store/engine_parts.h"

#include <stdio.h>
#include <string.h>

struct intake {
	struct candidate *items;	/* room for `max` */
	struct sig_job *jobs;
	size_t n, max;
};

Kasir__V1__RefusalReason
intake_hold_reason(const struct engine *en)
{
	if (en->stopping)
		return KASIR__V1__REFUSAL_REASON__STARTING;
	switch (en->state) {
	case ENGINE_SERVING:
		return KASIR__V1__REFUSAL_REASON__REFUSAL_REASON_UNSPECIFIED;
	case ENGINE_STORAGE_FULL:
		return KASIR__V1__REFUSAL_REASON__STORAGE_FULL;
	case ENGINE_STORAGE_FAILED:
		return KASIR__V1__REFUSAL_REASON__STORAGE_FAILED;
	case ENGINE_NEWER_HISTORY:
		return KASIR__V1__REFUSAL_REASON__NEWER_HISTORY;
	case ENGINE_STARTING:
	case ENGINE_STOPPING:
		break;
	}
	return KASIR__V1__REFUSAL_REASON__STARTING;
}

struct peer *
intake_sender(struct engine *en, const char *terminal)
{
	struct peer *p = peers_find(&en->peers, terminal);

	/* Only terminals that the ledger names get a place in memory. */
	if (p != NULL || en->book == NULL ||
	    keyring_newest(book_keyring(en->book), terminal) == NULL)
		return p;
	return peers_get(&en->peers, terminal);
}

/* Say no, for good: keep the message aside, or what it is about of it, and tell terminal
 * and log. */
static void
reject_message(struct engine *en, const struct inbox_message *m, const struct refused *r)
{
	refusals_add(en, m->topic.terminal, r);
	ledger_keep_aside(en, m, m->payload, r);
	engine_log(en, LOG_LVL_WARNING, "terminal \"%s\": refused a message: %s",
	    m->topic.terminal, r->text);
}

static void
reject(struct engine *en, const struct inbox_message *m,
    const Kasir__V1__SignedTransaction *t, const struct refused *r)
{
	struct bytes packed;

	refusals_add(en, m->topic.terminal, r);
	if (proto_pack(&en->turn, &t->base, &packed))
		ledger_keep_aside(en, m, packed, r);
	engine_log(en, LOG_LVL_WARNING, "terminal \"%s\": refused sequence %llu: %s",
	    m->topic.terminal, (unsigned long long)r->sequence, r->text);
}

/* Whose key would have signed this; NULL: refused. */
static const struct terminal_row *
find_key(struct engine *en, const struct inbox_message *m,
    const Kasir__V1__SignedTransaction *t, const struct hash *statement)
{
	const struct keyring *k = book_keyring(en->book);
	const struct terminal_row *row = keyring_find(k, m->topic.terminal, t->epoch);
	char text[160];
	struct refused r = { .epoch = t->epoch, .sequence = t->sequence,
		.statement = statement, .text = text };

	if (row != NULL && row->revoked_at == KEYRING_NEVER)
		return row;
	if (row != NULL) {
		r.reason = KASIR__V1__REFUSAL_REASON__REVOKED;
		snprintf(text, sizeof text, "the key of epoch %llu was revoked by entry %llu",
		    (unsigned long long)t->epoch, (unsigned long long)row->revoked_at);
	} else if (keyring_newest(k, m->topic.terminal) != NULL) {
		r.reason = KASIR__V1__REFUSAL_REASON__UNKNOWN_EPOCH;
		snprintf(text, sizeof text, "the terminal has no epoch %llu",
		    (unsigned long long)t->epoch);
	} else {
		r.reason = KASIR__V1__REFUSAL_REASON__UNKNOWN_TERMINAL;
		snprintf(text, sizeof text, "no such terminal here");
	}
	reject(en, m, t, &r);
	return NULL;
}

static void
add_candidate(struct engine *en, struct intake *in, const struct inbox_message *m,
    struct peer *p, const Kasir__V1__SignedTransaction *t)
{
	struct candidate *c = &in->items[in->n];
	const struct terminal_row *row;
	Kasir__V1__RefusalReason hold = intake_hold_reason(en);
	struct refused r = { .epoch = t->epoch, .sequence = t->sequence };
	struct kas_why why;

	if (wire_open_txn(t, en->store, m->topic.terminal, &c->t, &why) != KAS_OK) {
		r.reason = KASIR__V1__REFUSAL_REASON__MALFORMED;
		r.text = why.text;
		reject(en, m, t, &r);
		return;
	}
	if (hold != KASIR__V1__REFUSAL_REASON__REFUSAL_REASON_UNSPECIFIED) {
		r.reason = hold;
		r.statement = &c->t.hash;
		r.text = en->detail;
		refusals_add(en, m->topic.terminal, &r);
		return;
	}
	row = find_key(en, m, t, &c->t.hash);
	if (row == NULL)
		return;
	c->message = m;
	c->sent = t;
	c->peer = p;
	in->jobs[in->n] = (struct sig_job){ .key = row->key.b, .sig = c->t.signature,
		.message = BYTES(c->t.text, c->t.text_n) };
	in->n++;
}

/* Where the terminal stands, by the checkpoint it sends along.  A message of new sales may
 * have crossed our last answer, so it moves peer.linked only forward; a question, or a
 * sale sent again (see answer_taken), says that an answer was lost. */
static enum kas_err
take_checkpoints(struct engine *en, const Kasir__V1__TransactionBatch *b, struct peer *p,
    uint64_t *ret_stated)
{
	uint64_t cosigned;
	enum kas_err err;

	err = history_check(en, p->terminal, bytes_of_proto(b->checkpoint), ret_stated);
	if (err != KAS_OK)
		return err;
	if (*ret_stated > p->linked || b->n_transactions == 0 || p->linked == 0)
		p->linked = *ret_stated;
	if (b->cosigned.len > 0) {
		err = history_take_cosigned(en, p->terminal, bytes_of_proto(b->cosigned),
		    &cosigned);
		if (err == KAS_FORK)
			return err;
		if (err == KAS_OK)
			p->asked = cosigned;
	}
	p->answer_due = b->n_transactions == 0;
	return KAS_OK;
}

static void
hold_all(struct engine *en, struct intake *in, const struct inbox_message *m,
    const Kasir__V1__TransactionBatch *b)
{
	size_t i;

	/* The state holds: every one of them is put off. */
	for (i = 0; i < b->n_transactions; i++)
		add_candidate(en, in, m, NULL, b->transactions[i]);
}

static void
take_presence(struct engine *en, const struct inbox_message *m)
{
	struct peer *p = intake_sender(en, m->topic.terminal);
	Kasir__V1__TerminalState *s = NULL;

	if (p != NULL)
		s = PROTO_UNPACK(kasir__v1__terminal_state, &en->turn, m->payload);
	if (s != NULL)
		p->presence = (uint32_t)s->presence;
}

void
intake_give_up(struct engine *en, const char *terminal, enum kas_err err)
{
	engine_log(en, LOG_LVL_ERROR, "terminal \"%s\": cannot be answered: %s", terminal,
	    kas_err_text(err));
	en->broken = err == KAS_NOMEM ? KAS_NOMEM : KAS_IO;
}

/* From a terminal that this ledger does not name.  It may have been added in a history that
 * has been lost here. */
static void
open_strangers_batch(struct engine *en, struct intake *in, const struct inbox_message *m,
    const Kasir__V1__TransactionBatch *b)
{
	const char *who = m->topic.terminal;
	uint64_t stated;
	enum kas_err err;

	err = history_check(en, who, bytes_of_proto(b->checkpoint), &stated);
	if (err == KAS_OK)
		err = history_check(en, who, bytes_of_proto(b->cosigned), &stated);
	if (err == KAS_FORK)
		hold_all(en, in, m, b);
	else if (err != KAS_OK)
		intake_give_up(en, who, err);
	else if (b->n_transactions > 0)
		(void)find_key(en, m, b->transactions[0], NULL);
}

static void
open_batch_of(struct engine *en, struct intake *in, const struct inbox_message *m,
    struct peer *p, const Kasir__V1__TransactionBatch *b)
{
	uint64_t stated;
	enum kas_err err;
	size_t i;

	err = take_checkpoints(en, b, p, &stated);
	if (err == KAS_FORK) {
		hold_all(en, in, m, b);
		return;
	}
	if (err != KAS_OK) {
		intake_give_up(en, p->terminal, err);
		return;
	}
	p->stated = stated;
	for (i = 0; i < b->n_transactions; i++)
		add_candidate(en, in, m, p, b->transactions[i]);
}

static void
refuse_message(struct engine *en, const struct inbox_message *m, enum kas_err err,
    const char *text)
{
	struct refused r = { .text = text };

	if (err == KAS_NOMEM) {		/* no fault of the message's */
		r.reason = KASIR__V1__REFUSAL_REASON__BUSY;
		refusals_add(en, m->topic.terminal, &r);
		return;
	}
	r.reason = err == KAS_DENIED ? KASIR__V1__REFUSAL_REASON__WRONG_TERMINAL :
	    KASIR__V1__REFUSAL_REASON__NOT_A_BATCH;
	reject_message(en, m, &r);
}

static void
open_batch(struct engine *en, struct intake *in, const struct inbox_message *m)
{
	Kasir__V1__TransactionBatch *b;
	struct peer *p;
	struct kas_why why;
	enum kas_err err;

	en->count.messages++;
	err = wire_decode_batch(m->payload, &en->turn, &b, &why);
	if (err == KAS_OK && strcmp(b->terminal, m->topic.terminal) != 0)
		err = kas_fail(&why, KAS_DENIED,
		    "the message names another terminal than its topic");
	if (err != KAS_OK) {
		refuse_message(en, m, err, why.text);
		return;
	}
	en->count.transactions += b->n_transactions;
	p = intake_sender(en, m->topic.terminal);
	if (en->state != ENGINE_SERVING || en->stopping)
		hold_all(en, in, m, b);
	else if (p != NULL)
		open_batch_of(en, in, m, p, b);
	else
		open_strangers_batch(en, in, m, b);
}

static void
take_all(struct engine *en, struct intake *in)
{
	struct clock_reading now = engine_now(en);
	size_t i;

	/* What does not fit any more is sent again by its terminal. */
	for (i = 0; i < in->n && en->broken == KAS_OK && !en->newer && ledger_has_room(en); i++) {
		struct candidate *c = &in->items[i];

		if (!in->jobs[i].ok) {
			reject(en, c->message, c->sent, &(struct refused){ .text = "bad signature",
				.reason = KASIR__V1__REFUSAL_REASON__BAD_SIGNATURE,
				.epoch = c->t.st.epoch, .sequence = c->t.st.sequence,
				.statement = &c->t.hash });
			continue;
		}
		enter_candidate(en, c, &now);
	}
}

/* The next message, if this turn has room for all that it may bring; BYTES were taken. */
static const struct inbox_message *
next_message(struct engine *en, const struct intake *in, size_t bytes)
{
	const struct inbox_message *m = inbox_peek(&en->inbox);

	if (m == NULL || (bytes > 0 && bytes + m->payload.n > TURN_BYTES) ||
	    in->max - in->n < WIRE_BATCH_TRANSACTIONS_MAX)
		return NULL;
	if (en->book != NULL &&
	    en->gather->n + in->n + 2 * WIRE_BATCH_TRANSACTIONS_MAX >= GROUP_ENTRIES_MAX)
		return NULL;
	return inbox_take(&en->inbox);
}

void
intake_turn(struct engine *en)
{
	struct intake in = { .max = TURN_TRANSACTIONS };
	const struct inbox_message *m;
	size_t bytes = 0;

	in.items = arena_alloc(&en->turn, in.max * sizeof *in.items);
	in.jobs = arena_alloc(&en->turn, in.max * sizeof *in.jobs);
	if (in.items == NULL || in.jobs == NULL)
		return;
	inbox_next_turn(&en->inbox);
	while ((m = next_message(en, &in, bytes)) != NULL) {
		bytes += m->payload.n;
		if (m->topic.kind == TOPIC_STATE)
			take_presence(en, m);
		else
			open_batch(en, &in, m);
	}
	en->ports.crew.verify(en->ports.crew.ctx, in.jobs, in.n);
	take_all(en, &in);
	refusals_send(en);
}
