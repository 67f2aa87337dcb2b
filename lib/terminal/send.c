/* send.c - one message under way at a time, patience, backoff.
 *
 *               turn: load, publish                    all answered
 *    READY --------------------------> UNDER WAY ----------------------> READY
 *      ^                                 |    |
 *      | due                       due:  |    | RETRY_LATER, refused whole
 *      +-------- WAITING <---- backoff --+    +---> WAITING
 *
 * READY and WAITING are `!under_way` with `due` past or ahead.  Every path out of UNDER WAY
 * has a time limit and every path out of WAITING leads to READY: nothing that the network
 * does can stop it for good. */
#include <string.h>

#include "base/defect.h"
#include "terminal/inner.h"

/* Room for names, two notes and the tags. */
#define BATCH_MESSAGES_MAX (WIRE_BATCH_MAX - 10 * 1024)

/* A quarter to either side, so that a hundred terminals that lost one store do not all
 * come back in the same instant. */
static uint64_t
jittered(struct session *s, uint64_t us)
{
	uint64_t r;

	s->ports.random.fill(s->ports.random.ctx, (uint8_t *)&r, sizeof(r));
	return us - us / 4 + r % (us / 2 + 1);
}

static uint64_t
patience(struct session *s)
{
	uint64_t us = s->config.resend_us;
	unsigned i;

	for (i = 0; i < s->attempts && us < PATIENCE_US_MAX; i++)
		us *= 2;
	return jittered(s, us < PATIENCE_US_MAX ? us : PATIENCE_US_MAX);
}

static void
land(struct session *s)
{
	s->under_way = false;
	s->n_flight = s->unanswered = 0;
}

void
session_progress(struct session *s)
{
	s->attempts = 0;
	s->refused = s->holding = false;
	s->reason[0] = '\0';
	if (s->unanswered == 0) {
		land(s);
		s->due = s->now;
	} else {
		s->due = s->now + patience(s);
	}
}

void
session_hold(struct session *s, uint64_t wait_us)
{
	uint64_t backoff = patience(s);

	s->attempts++;
	s->holding = true;
	land(s);
	if (wait_us > HOLD_US_MAX)
		wait_us = HOLD_US_MAX;
	wait_us += wait_us / 4 > 0 ? jittered(s, wait_us / 4) : 0;
	s->due = s->now + (wait_us > backoff ? wait_us : backoff);
}

void
session_again(struct session *s, uint64_t wait_us)
{
	if (s->n_flight > 0)
		s->since.resends++;
	land(s);
	s->due = s->now + wait_us;
}

/* The seeded defect: what was not answered in time is never sent again. */
static void
drop_flight(struct session *s)
{
	if (s->n_flight == 0)
		return;
	s->skip_epoch = s->flight[s->n_flight - 1].epoch;
	s->skip_sequence = s->flight[s->n_flight - 1].sequence;
}

static void
give_up_waiting(struct session *s)
{
	if (s->n_flight > 0)
		s->since.resends++;
	else
		s->question_due = s->now + QUESTION_US;
	if (DEFECT(RESEND_DROPPED))
		drop_flight(s);
	s->attempts++;
	land(s);
	s->due = s->now;
}

static enum kas_err
board(struct session *s, const struct outbox_sale *sale, struct flight *ret)
{
	Kasir__V1__SignedTransaction *t =
	    PROTO_UNPACK(kasir__v1__signed_transaction, &s->arena, sale->message);

	if (t == NULL || t->signature.len != SIG_LEN)
		return KAS_CORRUPT;
	*ret = (struct flight){
		.epoch = sale->epoch,
		.sequence = sale->sequence,
		.made_size = sale->made_size,
		.hash = sale->hash,
	};
	memcpy(ret->signature, t->signature.data, SIG_LEN);
	return KAS_OK;
}

/* A transaction as the batch's field 4, as it was signed: never encoded again. */
static void
append_transaction(struct buf *to, struct bytes message)
{
	uint8_t head[11] = { 4 << 3 | 2 };
	size_t n = 1, len = message.n;

	for (; len > 0x7f; len >>= 7)
		head[n++] = (uint8_t)(len | 0x80);
	head[n++] = (uint8_t)len;
	buf_add(to, head, n);
	buf_add(to, message.p, message.n);
}

static void
encode_batch(struct session *s, const struct outbox_sale *sales, size_t n)
{
	Kasir__V1__TransactionBatch batch = KASIR__V1__TRANSACTION_BATCH__INIT;
	size_t i;

	batch.terminal = s->terminal;
	if (s->held.there)
		batch.checkpoint = proto_bytes(buf_bytes(&s->held.note));
	if (s->candidate.there)
		batch.cosigned = proto_bytes(buf_bytes(&s->candidate.note));
	buf_reset(&s->out);
	proto_append(&s->out, &batch.base);
	for (i = 0; i < n; i++)
		append_transaction(&s->out, sales[i].message);
}

static enum kas_err
load(struct session *s, struct outbox_sale *ret, size_t *ret_n)
{
	enum kas_err err;
	size_t i;

	*ret_n = 0;
	if (s->count[OUTBOX_MADE] == 0)
		return KAS_OK;
	err = s->ports.outbox.waiting(s->ports.outbox.ctx, s->skip_epoch, s->skip_sequence,
	    s->config.batch_max, BATCH_MESSAGES_MAX, &s->arena, ret, ret_n);
	for (i = 0; err == KAS_OK && i < *ret_n; i++)
		err = board(s, &ret[i], &s->flight[i]);
	return err;
}

static void
publish(struct session *s, const struct outbox_sale *sales, size_t n)
{
	enum kas_err err;

	encode_batch(s, sales, n);
	err = s->out.failed ? KAS_NOMEM
			    : s->ports.bus.publish(s->ports.bus.ctx, s->tx_topic,
				  buf_bytes(&s->out), false);
	if (err != KAS_OK) {
		s->due = s->now + patience(s);
		s->attempts++;
		return;
	}
	s->since.messages_sent++;
	s->under_way = true;
	s->n_flight = s->unanswered = n;
	s->due = s->now + patience(s);
}

void
session_send_turn(struct session *s)
{
	struct outbox_sale sales[WIRE_BATCH_TRANSACTIONS_MAX];
	enum kas_err err;
	size_t n;

	if (s->now < s->due || session_send_wakeup(s) > s->now)
		return;
	if (s->under_way)
		give_up_waiting(s);
	arena_reset(&s->arena);
	err = load(s, sales, &n);
	if (err != KAS_OK) {
		session_fail(s, err, "reading what waits");
		s->due = s->now + patience(s);
		return;
	}
	s->holding = false;
	if (n > 0 || session_has_question(s))
		publish(s, sales, n);
	else
		s->due = s->now + patience(s);	/* woken for nothing: not again at once */
}

uint64_t
session_send_wakeup(const struct session *s)
{
	if (s->under_way || s->count[OUTBOX_MADE] > 0)
		return s->due;
	if (s->candidate.there && s->count[OUTBOX_DURABLE] > 0)
		return s->due > s->question_due ? s->due : s->question_due;
	return UINT64_MAX;
}
