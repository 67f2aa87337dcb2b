/* session.c - what comes in, and the turn. */
#include "terminal/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "terminal/inner.h"

void
session_assert(const struct session *s)
{
	kas_assert(s->unanswered <= s->n_flight);
	kas_assert(s->n_flight <= WIRE_BATCH_TRANSACTIONS_MAX);
	kas_assert(s->under_way || s->unanswered == 0);
	kas_assert(!s->cosigned.there || s->held.there);
}

void
session_read_clock(struct session *s, struct clock_reading *ret)
{
	s->ports.clock.read(s->ports.clock.ctx, ret);
	s->now = ret->mono_us;
}

void
known_set(struct known *k, const struct checkpoint *at, struct bytes note)
{
	buf_reset(&k->note);
	buf_add(&k->note, note.p, note.n);
	k->at = *at;
	k->there = !k->note.failed;
}

void
known_forget(struct known *k)
{
	buf_reset(&k->note);
	k->there = false;
}

void
session_alarm(struct session *s, const char *fmt, ...)
{
	char text[480];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (s->ports.events.on_alarm != NULL)
		s->ports.events.on_alarm(s->ports.events.ctx, text);
}

void
session_bad_message(struct session *s, const char *what, const struct kas_why *why)
{
	s->since.bad_messages++;
	if (s->now < s->bad_alarm_due)
		return;
	s->bad_alarm_due = s->now + BAD_ALARM_US;
	session_alarm(s, "%s does not hold and was ignored: %s", what, why->text);
}

void
session_fork(struct session *s, struct bytes shown, const char *text)
{
	struct clock_reading t;
	enum kas_err err;

	session_read_clock(s, &t);
	s->forked = true;
	s->under_way = false;
	s->n_flight = s->unanswered = 0;
	snprintf(s->reason, sizeof(s->reason), "%s", text);
	err = s->ports.outbox.keep_evidence(
	    s->ports.outbox.ctx, t.wall_us, buf_bytes(&s->held.note), shown, text);
	if (err != KAS_OK)
		session_fail(s, err, "keeping evidence");
	session_alarm(s, "the store has two histories: %s", text);
}

void
session_fail(struct session *s, enum kas_err err, const char *doing)
{
	/* A full disk is no reason to stop: what is on disk is known, and what was not
	 * marked will be sent and proved again. */
	if (err != KAS_FULL && err != KAS_AGAIN && err != KAS_NOMEM)
		s->failed = true;
	session_alarm(s, "the outbox failed while %s: %s", doing, kas_err_text(err));
}

const char *
session_ack_topic(const struct session *s)
{
	return s->ack_topic;
}

const char *
session_checkpoint_topic(const struct session *s)
{
	return s->checkpoint_topic;
}

const char *
session_state_topic(const struct session *s)
{
	return s->state_topic;
}

void
session_on_bus(struct session *s, bool connected)
{
	struct clock_reading t;

	session_read_clock(s, &t);
	s->connected = connected;
	if (!connected)
		return;
	session_publish_presence(s, KASIR__V1__PRESENCE__PRESENT);
	/* What was under way may have gone down with the old connection, and what was put
	 * off for want of one need not wait. */
	s->attempts = 0;
	session_again(s, 0);
}

void
session_on_message(struct session *s, const char *topic, struct bytes payload)
{
	struct clock_reading t;

	session_assert(s);
	session_read_clock(s, &t);
	if (s->forked || s->failed)
		return;
	arena_reset(&s->arena);
	if (strcmp(topic, s->ack_topic) == 0)
		session_on_ack(s, payload);
	else if (strcmp(topic, s->checkpoint_topic) == 0)
		session_on_notice(s, payload);
	session_assert(s);
}

/* Without headquarters nobody ever says WITNESSED: age decides.  A clock that may be years
 * ahead must not. */
static void
prune_old(struct session *s, const struct clock_reading *t)
{
	size_t n = 0;
	enum kas_err err;

	if (s->config.hq != NULL || s->config.keep_us == 0 || !t->synchronised ||
	    s->now < s->prune_due || s->count[OUTBOX_DURABLE] == 0)
		return;
	s->prune_due = s->now + PRUNE_US;
	err = s->ports.outbox.prune(s->ports.outbox.ctx, OUTBOX_DURABLE,
	    t->wall_us - (int64_t)s->config.keep_us, &n);
	if (err != KAS_OK)
		session_fail(s, err, "forgetting what is old");
	else
		s->count[OUTBOX_DURABLE] -= n;
}

void
session_turn(struct session *s)
{
	struct clock_reading t;

	session_assert(s);
	session_read_clock(s, &t);
	if (s->failed)
		return;
	prune_old(s, &t);
	if (s->forked || !s->connected)
		return;
	if (s->count[OUTBOX_REJECTED] > 0 && s->now >= s->retry_due) {
		enum kas_err err = session_retry_rejected(s);

		if (err != KAS_OK)
			session_fail(s, err, "trying rejected sales again");
	}
	session_send_turn(s);
	session_presence_turn(s);
	session_assert(s);
}

static uint64_t
sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
session_wakeup(const struct session *s)
{
	uint64_t at = UINT64_MAX;

	if (s->failed)
		return at;
	if (s->config.hq == NULL && s->config.keep_us > 0 && s->count[OUTBOX_DURABLE] > 0)
		at = sooner(at, s->prune_due);
	if (s->forked || !s->connected)
		return at;
	if (s->count[OUTBOX_REJECTED] > 0)
		at = sooner(at, s->retry_due);
	if (s->presence_made != s->sequence || s->presence_waiting != s->count[OUTBOX_MADE])
		at = sooner(at, s->presence_due);
	return sooner(at, session_send_wakeup(s));
}

enum kas_err
session_retry_rejected(struct session *s)
{
	struct clock_reading t;
	size_t n = 0;
	enum kas_err err = s->ports.outbox.retry(s->ports.outbox.ctx, &n);

	session_read_clock(s, &t);
	/* Also after a failure: a full disk is not asked again at once. */
	s->retry_due = s->now + REFUSED_RETRY_US;
	if (err != KAS_OK)
		return err;
	s->count[OUTBOX_REJECTED] -= n;
	s->count[OUTBOX_MADE] += n;
	return KAS_OK;
}
