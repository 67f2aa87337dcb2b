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

#include "terminal/edge/outbox_sqlite.h"
#include "terminal/edge/terminal_key.h"
#include "terminal/session.h"

#define KEEP_DAYS 90
#define DAY_US ((uint64_t)86400 * 1000000)

struct kasir_terminal {
	struct kasir_terminal_config config;
	struct signer *signer;
	struct outbox_sqlite *outbox;
	struct session *session;
	struct vkey store_key, hq;
	struct buf will;
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

	(void)ctx;
	ret->wall_us = (int64_t)microseconds(CLOCK_REALTIME);
	ret->mono_us = microseconds(CLOCK_BOOTTIME);
	ret->synchronised = adjtimex(&tx) != TIME_ERROR;
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
		t->config.on_sale(t->config.user, (unsigned long)m->epoch,
		    (unsigned long)m->sequence, (enum kasir_sale_state)m->state,
		    (unsigned long)m->index);
}

static void
on_witnessed(void *ctx, uint64_t size, size_t n)
{
	kasir_terminal *t = ctx;

	if (t->config.on_witnessed != NULL)
		t->config.on_witnessed(t->config.user, (unsigned long)size, n);
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
	if (err != KAS_OK)
		return err;
	snprintf(name, sizeof(name), "%s/%s", c->store, c->terminal);
	return terminal_key_open(c->key_file, name, &random, &t->signer, why);
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

static enum kas_err
open_all(kasir_terminal *t, const struct kasir_terminal_config *c, struct kas_why *why)
{
	enum kas_err err;

	if (c->size != sizeof(*c) || c->store == NULL || c->terminal == NULL || c->outbox == NULL ||
	    c->key_file == NULL || c->store_vkey == NULL || c->publish == NULL)
		return kas_fail(why, KAS_RANGE, "a field of the configuration is missing");
	t->config = *c;
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
	struct kas_why reason = { "no memory" };
	enum kas_err err = KAS_NOMEM;

	if (t != NULL)
		err = open_all(t, config, &reason);
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
	free(t);
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
kasir_terminal_will(kasir_terminal *t, const void **payload, size_t *size)
{
	buf_reset(&t->will);
	session_will(t->session, &t->will);
	*payload = t->will.p;
	*size = t->will.n;
	return session_state_topic(t->session);
}

void
kasir_terminal_connected(kasir_terminal *t, int connected)
{
	session_on_bus(t->session, connected != 0);
}

void
kasir_terminal_on_message(kasir_terminal *t, const char *topic, const void *payload, size_t size)
{
	session_on_message(t->session, topic, BYTES(payload, size));
}

long
kasir_terminal_poll(kasir_terminal *t)
{
	uint64_t now, due;

	session_turn(t->session);
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
	session_leave(t->session);
}

void
kasir_terminal_new_id(kasir_terminal *t, unsigned char txn_id[16])
{
	session_mint_id(t->session, txn_id);
}

enum kasir_result
kasir_terminal_sell(kasir_terminal *t, const unsigned char txn_id[16], const void *payload,
    size_t size, const void *personal, size_t personal_size, struct kasir_receipt *ret)
{
	struct receipt r;
	enum kas_err err = session_sell(
	    t->session, txn_id, BYTES(payload, size), BYTES(personal, personal_size), &r);

	if (err != KAS_OK)
		return result_of(err);
	ret->epoch = (unsigned long)r.epoch;
	ret->sequence = (unsigned long)r.sequence;
	memcpy(ret->txn_id, r.txn_id, sizeof(ret->txn_id));
	memcpy(ret->statement_hash, r.hash.b, sizeof(ret->statement_hash));
	return KASIR_OK;
}

enum kasir_state
kasir_terminal_state(const kasir_terminal *t)
{
	struct session_stats s;

	session_stats(t->session, &s);
	return (enum kasir_state)s.state;
}

unsigned long
kasir_terminal_waiting(const kasir_terminal *t)
{
	struct session_stats s;

	session_stats(t->session, &s);
	return (unsigned long)s.made;
}
