/* kasir_terminal.c - the session, an outbox on SQLite and the machine's clock behind the
 * vendors' plain interface. */
#include "terminal/kasir_terminal.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "kasir/version.h"
#include "terminal/edge/outbox_sqlite.h"
#include "terminal/edge/terminal_key.h"
#include "terminal/session.h"

#define KEEP_DAYS 90
/* Of the first version: later ones have more fields behind these. */
#define CONFIG_SIZE_FIRST (offsetof(struct kasir_terminal_config, user) + sizeof(void *))
#define DAY_US ((uint64_t)86400 * 1000000)

/* What is cast below. */
_Static_assert((int)KASIR_DURABLE == (int)OUTBOX_DURABLE &&
    (int)KASIR_REJECTED == (int)OUTBOX_REJECTED && (int)KASIR_CONFLICT == (int)OUTBOX_CONFLICT,
    "sale states");
_Static_assert((int)KASIR_STATE_OFFLINE == (int)SESSION_OFFLINE &&
    (int)KASIR_STATE_IDLE == (int)SESSION_IDLE &&
    (int)KASIR_STATE_SENDING == (int)SESSION_SENDING &&
    (int)KASIR_STATE_HOLDING == (int)SESSION_HOLDING &&
    (int)KASIR_STATE_REFUSED == (int)SESSION_REFUSED &&
    (int)KASIR_STATE_FORKED == (int)SESSION_FORKED &&
    (int)KASIR_STATE_FAILED == (int)SESSION_FAILED, "states");

struct kasir_terminal {
	struct kasir_terminal_config config;
	bool within;			/* a call is under way: it may have called back */
	struct signer *signer;
	struct outbox_sqlite *outbox;
	struct session *session;
	struct vkey store_key, hq;
	struct buf will, vkey;
};

static uint64_t
microseconds(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void
read_clock(void *ctx, struct clock_reading *ret)
{
	struct timex tx = { 0 };
	int state;

	(void)ctx;
	ret->wall_us = (int64_t)microseconds(CLOCK_REALTIME);
	ret->mono_us = microseconds(CLOCK_BOOTTIME);
	state = adjtimex(&tx);
	/* Where nobody may ask (-1: a sandbox) nobody knows. */
	ret->synchronised = state >= 0 && state != TIME_ERROR && (tx.status & STA_UNSYNC) == 0;
}

static void
fill_random(void *ctx, uint8_t *p, size_t n)
{
	(void)ctx;
	randombytes_buf(p, n);
}

static enum kas_err
publish(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	kasir_terminal *t = ctx;

	return t->config.publish(t->config.user, topic, payload.p, payload.n, retain) == 0
	    ? KAS_OK
	    : KAS_AGAIN;
}

static void
on_mark(void *ctx, const struct outbox_mark *m)
{
	kasir_terminal *t = ctx;

	if (t->config.on_sale != NULL)
		t->config.on_sale(t->config.user, m->epoch, m->sequence,
		    (enum kasir_sale_state)m->state, m->index);
}

static void
on_witnessed(void *ctx, uint64_t size, size_t n)
{
	kasir_terminal *t = ctx;

	if (t->config.on_witnessed != NULL)
		t->config.on_witnessed(t->config.user, size, n);
}

static void
on_alarm(void *ctx, const char *sentence)
{
	kasir_terminal *t = ctx;

	if (t->config.on_alarm != NULL)
		t->config.on_alarm(t->config.user, sentence);
}

static enum kasir_result
result_of(enum kas_err err)
{
	switch (err) {
	case KAS_OK:
		return KASIR_OK;
	case KAS_FULL:
	case KAS_NOMEM:
		return KASIR_NO_ROOM;
	case KAS_AGAIN:
		return KASIR_BUSY;
	case KAS_BADSIG:
		return KASIR_OTHER_LEDGER;
	case KAS_MALFORMED:
	case KAS_RANGE:
	case KAS_NOTFOUND:
	case KAS_DENIED:
		return KASIR_BAD_ARGUMENT;
	default:
		return KASIR_DISK;
	}
}

static enum kas_err
read_keys(kasir_terminal *t, const struct kasir_terminal_config *c, struct kas_why *why)
{
	struct random_port random = { .fill = fill_random };
	char name[2 * NAME_MAX_LEN + 2];
	enum kas_err err = vkey_parse(bytes_of_text(c->store_vkey), &t->store_key, why);

	if (err == KAS_OK && c->hq_vkey != NULL)
		err = vkey_parse(bytes_of_text(c->hq_vkey), &t->hq, why);
	if (err == KAS_OK)
		err = session_check_keys(
		    c->store, &t->store_key, c->hq_vkey != NULL ? &t->hq : NULL, why);
	if (err != KAS_OK)
		return err;
	snprintf(name, sizeof(name), "%s/%s", c->store, c->terminal);
	err = terminal_key_open(c->key_file, name, &random, &t->signer, why);
	if (err != KAS_OK)
		return err;
	vkey_format(signer_vkey(t->signer), &t->vkey);
	buf_add(&t->vkey, "", 1);
	return t->vkey.failed ? KAS_NOMEM : KAS_OK;
}

static enum kas_err
open_session(kasir_terminal *t, const struct kasir_terminal_config *c, struct kas_why *why)
{
	struct session_config config = {
		.store = c->store,
		.terminal = c->terminal,
		.epoch = c->epoch > 0 ? c->epoch : 1,
		.signer = t->signer,
		.store_key = t->store_key,
		.hq = c->hq_vkey != NULL ? &t->hq : NULL,
		.keep_us = (c->keep_days > 0 ? c->keep_days : KEEP_DAYS) * DAY_US,
		.version = "libkasir-terminal " KASIR_VERSION,
	};
	struct session_ports ports = {
		.clock = { .read = read_clock },
		.random = { .fill = fill_random },
		.bus = { publish, t },
		.outbox = outbox_sqlite_port(t->outbox),
		.events = { on_mark, on_witnessed, on_alarm, t },
	};

	return session_open(&config, &ports, &t->session, why);
}

/* A program that was built with an earlier header has a shorter one: what it does not know
 * is 0. */
static enum kas_err
read_config(const struct kasir_terminal_config *from, struct kasir_terminal_config *ret,
    struct kas_why *why)
{
	*ret = (struct kasir_terminal_config){ 0 };
	if (from->size < CONFIG_SIZE_FIRST || from->size > sizeof(*ret))
		return kas_fail(why, KAS_RANGE,
		    "the configuration's size is %zu: zero it all and set size to its sizeof",
		    from->size);
	memcpy(ret, from, from->size);
	if (ret->store == NULL || ret->terminal == NULL || ret->outbox == NULL ||
	    ret->key_file == NULL || ret->store_vkey == NULL || ret->publish == NULL)
		return kas_fail(why, KAS_RANGE, "a field of the configuration is missing");
	return KAS_OK;
}

static enum kas_err
open_all(kasir_terminal *t, const struct kasir_terminal_config *c, struct kas_why *why)
{
	enum kas_err err;

	t->config = *c;
	if (!text_is_name(bytes_of_text(c->store)) || !text_is_name(bytes_of_text(c->terminal)))
		return kas_fail(why, KAS_MALFORMED, "'%s/%s' is no name of a store and terminal",
		    c->store, c->terminal);
	if (sodium_init() < 0)
		return kas_fail(why, KAS_IO, "no randomness on this machine");
	err = read_keys(t, c, why);
	if (err == KAS_OK)
		err = outbox_sqlite_open(c->outbox, &t->outbox, why);
	if (err == KAS_OK)
		err = open_session(t, c, why);
	return err;
}

enum kasir_result
kasir_terminal_open(const struct kasir_terminal_config *config, kasir_terminal **ret, char *why,
    size_t why_size)
{
	kasir_terminal *t = calloc(1, sizeof(*t));
	struct kasir_terminal_config c;
	struct kas_why reason = { "no memory" };
	enum kas_err err = KAS_NOMEM;

	if (t != NULL)
		err = read_config(config, &c, &reason);
	if (t != NULL && err == KAS_OK)
		err = open_all(t, &c, &reason);
	if (err != KAS_OK) {
		if (why != NULL && why_size > 0)
			snprintf(why, why_size, "%s", reason.text);
		kasir_terminal_close(t);
		return result_of(err);
	}
	*ret = t;
	return KASIR_OK;
}

void
kasir_terminal_close(kasir_terminal *t)
{
	if (t == NULL)
		return;
	session_close(t->session);
	outbox_sqlite_close(t->outbox);
	signer_close(t->signer);
	buf_fini(&t->will);
	buf_fini(&t->vkey);
	free(t);
}

unsigned
kasir_terminal_api(void)
{
	return KASIR_TERMINAL_API;
}

const char *
kasir_terminal_ack_topic(const kasir_terminal *t)
{
	return session_ack_topic(t->session);
}

const char *
kasir_terminal_checkpoint_topic(const kasir_terminal *t)
{
	return session_checkpoint_topic(t->session);
}

const char *
kasir_terminal_vkey(const kasir_terminal *t)
{
	return (const char *)t->vkey.p;
}

const char *
kasir_terminal_will(kasir_terminal *t, const void **payload, size_t *size)
{
	buf_reset(&t->will);
	session_will(t->session, &t->will);
	*payload = t->will.p;
	*size = t->will.n;
	return session_state_topic(t->session);
}

/* The session keeps what it works on in one place: a callback that called into it would pull
 * that from under it.  What a refused message would have said is asked for again in time. */
static bool
enter(kasir_terminal *t)
{
	if (t->within)
		return false;
	t->within = true;
	return true;
}

static void
leave(kasir_terminal *t)
{
	t->within = false;
}

void
kasir_terminal_connected(kasir_terminal *t, int connected)
{
	if (!enter(t))
		return;
	session_on_bus(t->session, connected != 0);
	leave(t);
}

void
kasir_terminal_on_message(kasir_terminal *t, const char *topic, const void *payload, size_t size)
{
	if (!enter(t))
		return;
	session_on_message(t->session, topic, BYTES(payload, size));
	leave(t);
}

long
kasir_terminal_poll(kasir_terminal *t)
{
	uint64_t now, due;

	if (!enter(t))
		return 0;
	session_turn(t->session);
	leave(t);
	due = session_wakeup(t->session);
	now = microseconds(CLOCK_BOOTTIME);
	if (due == UINT64_MAX)
		return -1;
	if (due <= now)
		return 0;
	return due - now > DAY_US ? (long)(DAY_US / 1000) : (long)((due - now + 999) / 1000);
}

void
kasir_terminal_leave(kasir_terminal *t)
{
	if (!enter(t))
		return;
	session_leave(t->session);
	leave(t);
}

void
kasir_terminal_new_id(kasir_terminal *t, uint8_t txn_id[16])
{
	session_mint_id(t->session, txn_id);
}

enum kasir_result
kasir_terminal_sell(kasir_terminal *t, const uint8_t txn_id[16], const void *payload, size_t size,
    const void *personal, size_t personal_size, struct kasir_receipt *ret)
{
	struct receipt r;
	enum kas_err err;

	if (!enter(t))
		return KASIR_BUSY;
	err = session_sell(
	    t->session, txn_id, BYTES(payload, size), BYTES(personal, personal_size), &r);
	leave(t);
	if (err != KAS_OK)
		return result_of(err);
	if (ret == NULL)
		return KASIR_OK;
	ret->epoch = r.epoch;
	ret->sequence = r.sequence;
	memcpy(ret->txn_id, r.txn_id, sizeof(ret->txn_id));
	memcpy(ret->statement_hash, r.hash.b, sizeof(ret->statement_hash));
	return KASIR_OK;
}

void
kasir_terminal_status(const kasir_terminal *t, struct kasir_status *ret)
{
	struct session_stats s;
	struct kasir_status all = { .size = ret->size };

	session_stats(t->session, &s);
	all.state = (enum kasir_state)s.state;
	snprintf(all.reason, sizeof(all.reason), "%s", s.reason);
	all.waiting = s.made;
	all.durable = s.durable;
	all.rejected = s.rejected;
	all.conflict = s.conflict;
	all.ledger_size = s.checkpoint_size;
	all.cosigned_size = s.cosigned_size;
	memcpy(ret, &all, ret->size < sizeof(all) ? ret->size : sizeof(all));
}

enum kasir_state
kasir_terminal_state(const kasir_terminal *t)
{
	struct kasir_status s = { .size = sizeof(s) };

	kasir_terminal_status(t, &s);
	return s.state;
}

uint64_t
kasir_terminal_waiting(const kasir_terminal *t)
{
	return session_waiting(t->session);
}

enum kasir_result
kasir_terminal_retry(kasir_terminal *t)
{
	enum kas_err err;

	if (!enter(t))
		return KASIR_BUSY;
	err = session_retry_rejected(t->session);
	leave(t);
	return result_of(err);
}
