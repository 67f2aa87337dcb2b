#include "tools/kasir-term/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGUN 4096		/* sales of a till whose begin is remembered */

struct member {
	struct fleet *fleet;
	unsigned i;
	struct till *till;
	uint64_t before;		/* waited when it was opened */
	uint64_t made, acked, conflicts;
	struct {
		uint64_t sequence, at_us;
	} begun[BEGUN];
};

struct fleet {
	struct loop *loop;
	struct note_cache *cache;
	struct member *members;
	unsigned n;
	struct histogram latencies;
	uint64_t exceptions;
	uint64_t progress_us;		/* when something was last answered, or first waited */
	bool interrupted;
	void (*on_room)(void *ctx, unsigned till);
	void *ctx;
};

static void
on_mark(void *ctx, struct till *till, const struct outbox_mark *mark)
{
	struct fleet *f = ctx;
	struct member *m = till_user(till);
	uint64_t slot = mark->sequence % BEGUN;

	f->progress_us = loop_now_us();
	if (mark->state == OUTBOX_REJECTED)
		return;
	m->acked++;
	m->conflicts += mark->state == OUTBOX_CONFLICT;
	f->exceptions += mark->status == 2;
	if (m->begun[slot].sequence == mark->sequence && m->begun[slot].at_us > 0)
		histogram_add(&f->latencies, f->progress_us - m->begun[slot].at_us);
}

static void
on_witnessed(void *ctx, struct till *till, size_t n)
{
	(void)till;
	if (n > 0)
		((struct fleet *)ctx)->progress_us = loop_now_us();
}

static void
on_turn(void *ctx, struct till *till)
{
	struct fleet *f = ctx;
	struct member *m = till_user(till);

	if (f->on_room != NULL && m->till != NULL && till_is_connected(till))
		f->on_room(f->ctx, m->i);
}

static void
on_signal(void *ctx, int sig)
{
	(void)sig;
	((struct fleet *)ctx)->interrupted = true;
}

static enum kas_err
open_member(struct fleet *f, const struct fleet_config *c, unsigned i, struct kas_why *why)
{
	char name[NAME_MAX_LEN + 1];
	struct till_config config = {
		.loop = f->loop,
		.options = c->options,
		.terminal = name,
		.batch_max = c->batch_max,
		.forget = c->forget,
		.make_key = c->make_keys,
		.cache = f->cache,
		.events = { on_mark, on_witnessed, on_turn, f },
		.user = &f->members[i],
	};
	enum kas_err err;

	if (c->name != NULL)
		snprintf(name, sizeof(name), "%s", c->name);
	else
		snprintf(name, sizeof(name), "%.20s%03u", c->prefix, i + 1);
	f->members[i].fleet = f;
	f->members[i].i = i;
	err = till_open(&config, &f->members[i].till, why);
	if (err == KAS_OK)
		f->members[i].before = session_waiting(till_session(f->members[i].till));
	return err;
}

enum kas_err
fleet_open(const struct fleet_config *c, struct fleet **ret, struct kas_why *why)
{
	struct fleet *f = calloc(1, sizeof(*f));
	enum kas_err err;
	unsigned i;

	if (f == NULL)
		return kas_fail(why, KAS_NOMEM, "no memory");
	f->on_room = c->on_room;
	f->ctx = c->ctx;
	f->progress_us = loop_now_us();
	f->members = calloc(c->n, sizeof(*f->members));
	err = f->members == NULL ? KAS_NOMEM : note_cache_open(&f->cache);
	if (err == KAS_OK)
		err = loop_open(&f->loop, why);
	if (err == KAS_OK)
		err = loop_on_signal(f->loop, on_signal, f);
	for (i = 0; i < c->n && err == KAS_OK; i++, f->n++)
		err = open_member(f, c, i, why);
	if (err != KAS_OK) {
		fleet_close(f);
		return err;
	}
	*ret = f;
	return KAS_OK;
}

void
fleet_close(struct fleet *f)
{
	unsigned i;

	if (f == NULL)
		return;
	for (i = 0; i < f->n; i++)
		till_close(f->members[i].till);
	free(f->members);
	note_cache_close(f->cache);
	loop_close(f->loop);
	free(f);
}

struct loop *
fleet_loop(struct fleet *f)
{
	return f->loop;
}

unsigned
fleet_size(const struct fleet *f)
{
	return f->n;
}

struct till *
fleet_till(struct fleet *f, unsigned i)
{
	return f->members[i].till;
}

enum kas_err
fleet_sell(struct fleet *f, unsigned i, struct bytes payload, struct bytes personal,
    uint64_t began_us, struct receipt *ret)
{
	struct member *m = &f->members[i];
	struct session *s = till_session(m->till);
	bool idle = session_is_settled(s);
	uint8_t id[WIRE_TXN_ID_LEN];
	struct receipt receipt;
	uint64_t slot;
	enum kas_err err;

	session_mint_id(s, id);
	err = till_sell(m->till, id, payload, personal, &receipt);
	if (err != KAS_OK)
		return err;
	if (idle)
		f->progress_us = loop_now_us();
	slot = receipt.sequence % BEGUN;
	m->begun[slot].sequence = receipt.sequence;
	m->begun[slot].at_us = began_us;
	m->made++;
	if (ret != NULL)
		*ret = receipt;
	return KAS_OK;
}

uint64_t
fleet_waiting(const struct fleet *f, unsigned i)
{
	return session_waiting(till_session(f->members[i].till));
}

void
fleet_turn(struct fleet *f, uint64_t until_us)
{
	loop_once(f->loop, until_us);
}

bool
fleet_interrupted(const struct fleet *f)
{
	return f->interrupted;
}

static bool
all_connected(const struct fleet *f)
{
	unsigned i;

	for (i = 0; i < f->n; i++)
		if (!till_is_connected(f->members[i].till))
			return false;
	return true;
}

bool
fleet_wait_connected(struct fleet *f, uint64_t timeout_us)
{
	uint64_t end = loop_now_us() + timeout_us;

	while (!all_connected(f)) {
		if (f->interrupted || loop_now_us() >= end)
			return false;
		fleet_turn(f, loop_now_us() + 50000);
	}
	return true;
}

static bool
is_settled(const struct fleet *f, bool witnessed)
{
	struct fleet_counts c;
	unsigned i;

	for (i = 0; i < f->n; i++)
		if (!session_is_settled(till_session(f->members[i].till)))
			return false;
	if (!witnessed)
		return true;
	fleet_count(f, &c);
	return c.durable == 0;
}

bool
fleet_is_stuck(struct fleet *f, uint64_t patience_us)
{
	return loop_now_us() - f->progress_us >= patience_us && !is_settled(f, false);
}

bool
fleet_wait_settled(struct fleet *f, bool witnessed, uint64_t patience_us)
{
	while (!is_settled(f, witnessed)) {
		if (f->interrupted || loop_now_us() - f->progress_us >= patience_us)
			return false;
		fleet_turn(f, loop_now_us() + 50000);
	}
	return true;
}

void
fleet_trouble(const struct fleet *f, struct fleet_trouble *ret)
{
	unsigned i;

	*ret = (struct fleet_trouble){ 0 };
	for (i = 0; i < f->n; i++) {
		const struct till *till = f->members[i].till;
		struct session_stats s;

		session_stats(till_session(f->members[i].till), &s);
		if (s.made == 0)
			continue;
		if (ret->till == NULL) {
			ret->till = till_name(till);
			ret->state = s.state;
			snprintf(ret->reason, sizeof(ret->reason), "%s", s.reason);
		}
		ret->tills += s.state == ret->state;
	}
}

void
fleet_count(const struct fleet *f, struct fleet_counts *ret)
{
	unsigned i;

	*ret = (struct fleet_counts){ .exceptions = f->exceptions,
		.checkpoints_checked = note_cache_checks(f->cache) };
	for (i = 0; i < f->n; i++) {
		const struct member *m = &f->members[i];
		struct session_stats s;

		session_stats(till_session(m->till), &s);
		ret->before += m->before;
		ret->made += m->made;
		ret->acked += m->acked;
		ret->conflicts += m->conflicts;
		ret->rejected += s.rejected;
		ret->waiting += s.made;
		ret->durable += s.durable;
		ret->witnessed += s.witnessed;
		ret->duplicates += s.duplicates;
		ret->resends += s.resends;
		ret->bad_messages += s.bad_messages;
		ret->messages += s.messages_sent;
	}
}

const struct histogram *
fleet_latencies(const struct fleet *f)
{
	return &f->latencies;
}

void
fleet_measure(struct fleet *f)
{
	memset(&f->latencies, 0, sizeof(f->latencies));
}
