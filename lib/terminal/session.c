/* session.c - opening, selling, and the turn. */
#include "terminal/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/inner.h"

static void
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

	session_read_clock(s, &t);
	s->forked = true;
	s->under_way = false;
	s->n_flight = s->unanswered = 0;
	snprintf(s->reason, sizeof(s->reason), "%s", text);
	if (s->ports.outbox.keep_evidence(s->ports.outbox.ctx, t.wall_us,
		buf_bytes(&s->held.note), shown, text) != KAS_OK)
		s->failed = true;
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

static enum kas_err
adopt_checkpoints(struct session *s, const struct outbox_head *head, struct kas_why *why)
{
	struct checkpoint at;
	enum kas_err err;

	if (head->checkpoint.n > 0) {
		err = note_cache_checkpoint(
		    s->cache, head->checkpoint, &s->config.store_key, NULL, &at, why);
		if (err != KAS_OK)
			return kas_fail(why, KAS_BADSIG,
			    "the outbox belongs to another ledger than %s",
			    s->config.store_key.name);
		known_set(&s->held, &at, head->checkpoint);
	}
	if (head->cosigned.n > 0 && s->held.there && s->config.hq != NULL &&
	    note_cache_checkpoint(s->cache, head->cosigned, &s->config.store_key, s->config.hq, &at,
		why) == KAS_OK)
		known_set(&s->cosigned, &at, head->cosigned);
	return s->held.note.failed || s->cosigned.note.failed ? KAS_NOMEM : KAS_OK;
}

static enum kas_err
adopt_outbox(struct session *s, struct kas_why *why)
{
	struct outbox_head head = { 0 };
	enum kas_err err;

	err = s->ports.outbox.head(s->ports.outbox.ctx, &s->arena, &head);
	if (err != KAS_OK)
		return kas_fail(why, err, "the outbox cannot be read: %s", kas_err_text(err));
	if (head.sequence > 0 && head.epoch > s->config.epoch)
		return kas_fail(why, KAS_RANGE,
		    "the outbox was used in epoch %llu, after epoch %llu",
		    (unsigned long long)head.epoch, (unsigned long long)s->config.epoch);
	s->last_known = head.sequence > 0;
	s->last = head.last;
	s->sequence = head.epoch == s->config.epoch ? head.sequence : 0;
	memcpy(s->count, head.count, sizeof(s->count));
	return adopt_checkpoints(s, &head, why);
}

static enum kas_err
adopt_config(struct session *s, const struct session_config *config, struct kas_why *why)
{
	if (!text_is_name(bytes_of_text(config->store)) ||
	    !text_is_name(bytes_of_text(config->terminal)))
		return kas_fail(why, KAS_MALFORMED, "'%s/%s' is no name of a store and terminal",
		    config->store, config->terminal);
	if (config->epoch == 0)
		return kas_fail(why, KAS_RANGE, "epochs count from 1");
	s->config = *config;
	snprintf(s->store, sizeof(s->store), "%s", config->store);
	snprintf(s->terminal, sizeof(s->terminal), "%s", config->terminal);
	snprintf(s->version, sizeof(s->version), "%s",
	    config->version != NULL ? config->version : "");
	if (config->hq != NULL) {
		s->hq = *config->hq;
		s->config.hq = &s->hq;
	}
	if (s->config.batch_max == 0 || s->config.batch_max > WIRE_BATCH_TRANSACTIONS_MAX)
		s->config.batch_max = WIRE_BATCH_TRANSACTIONS_MAX;
	if (s->config.resend_us == 0)
		s->config.resend_us = RESEND_US_DEFAULT;
	topic_format(TOPIC_TX, s->store, s->terminal, s->tx_topic);
	topic_format(TOPIC_ACK, s->store, s->terminal, s->ack_topic);
	topic_format(TOPIC_STATE, s->store, s->terminal, s->state_topic);
	topic_format(TOPIC_CHECKPOINT, s->store, "", s->checkpoint_topic);
	return KAS_OK;
}

enum kas_err
session_open(const struct session_config *config, const struct session_ports *ports,
    struct session **ret, struct kas_why *why)
{
	struct session *s = calloc(1, sizeof(*s));
	struct kas_why ignored;
	enum kas_err err;

	if (why == NULL)
		why = &ignored;
	if (s == NULL)
		return kas_fail(why, KAS_NOMEM, "no memory");
	arena_init(&s->arena, (size_t)4 * 1024 * 1024);
	s->ports = *ports;
	s->newest_refusal_us = INT64_MIN;
	err = adopt_config(s, config, why);
	if (err != KAS_OK)
		goto out;
	s->cache = config->cache;
	if (s->cache == NULL) {
		err = note_cache_open(&s->cache);
		if (err != KAS_OK)
			goto out;
		s->owns_cache = true;
	}
	err = adopt_outbox(s, why);
out:
	if (err != KAS_OK) {
		session_close(s);
		return err;
	}
	session_assert(s);
	*ret = s;
	return KAS_OK;
}

void
session_close(struct session *s)
{
	if (s == NULL)
		return;
	if (s->owns_cache)
		note_cache_close(s->cache);
	buf_fini(&s->held.note);
	buf_fini(&s->cosigned.note);
	buf_fini(&s->candidate.note);
	buf_fini(&s->out);
	arena_fini(&s->arena);
	free(s);
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
	size_t n = 0;
	enum kas_err err = s->ports.outbox.retry(s->ports.outbox.ctx, &n);

	/* Also after a failure: a full disk is not asked again at once. */
	s->retry_due = s->now + REFUSED_RETRY_US;
	if (err != KAS_OK)
		return err;
	s->count[OUTBOX_REJECTED] -= n;
	s->count[OUTBOX_MADE] += n;
	return KAS_OK;
}

static enum kas_err
check_grant(struct session *s, uint64_t size, const struct hash *root)
{
	if (s->held.there && s->held.at.size == size && !hash_equal(&s->held.at.root, root))
		return KAS_FORK;
	return KAS_OK;
}

enum kas_err
session_begin_epoch(struct session *s, const struct vkey *store_key, uint64_t size,
    const struct hash *root, bool held)
{
	struct outbox_head head = { 0 };
	size_t demoted = 0;
	enum kas_err err = check_grant(s, size, root);

	if (err != KAS_OK)
		return err;
	err = s->ports.outbox.begin_log(s->ports.outbox.ctx, size, held, &demoted);
	if (err != KAS_OK)
		return err;
	arena_reset(&s->arena);
	err = s->ports.outbox.head(s->ports.outbox.ctx, &s->arena, &head);
	if (err != KAS_OK) {
		s->failed = true;
		return err;
	}
	memcpy(s->count, head.count, sizeof(s->count));
	s->config.store_key = *store_key;
	known_forget(&s->held);
	known_forget(&s->cosigned);
	known_forget(&s->candidate);
	s->forked = s->refused = s->holding = false;
	s->reason[0] = '\0';
	s->newest_refusal_us = INT64_MIN;
	s->newest_notice = 0;
	session_again(s, 0);
	return KAS_OK;
}
