/* uplink.c - carrying the ledger to headquarters.
 *
 *              connected                  welcome                 all held
 *   DOWN ------------------> GREETING ---------------> STREAMING <========> IN_STEP
 *    ^  lost (from anywhere)    |  time-out, refused      | time-out,     grown
 *    |                          v                         v refused
 *    +---------------------- HOLDING <--------------------+
 *                               | due: says hello again (GREETING), as IN_STEP does now and then
 *
 *   STOPPED: the histories differ; only a restore and a restart lead out of it.
 *
 * An empty cell of the table means: ignore, and count it. */
#include "daemon/store/engine_parts.h"

#include <stdio.h>
#include <string.h>

#define IN_FLIGHT_MAX (sizeof ((struct uplink *)0)->ends / sizeof ((struct uplink *)0)->ends[0])
#define BATCH_RAW ((size_t)64 * 1024)	/* small ones keep the engine's turns short */
#define BATCH_ENTRIES 256
#define LINGER_US (SECOND_US / 10)
#define WELCOME_US (2 * SECOND_US)
#define ANSWER_US (10 * SECOND_US)
#define BACKOFF_FIRST_US SECOND_US
#define BACKOFF_MAX_US (60 * SECOND_US)
#define GREET_AGAIN_US (5 * 60 * SECOND_US)

enum uplink_event {
	EV_CONNECTED, EV_LOST, EV_WELCOME, EV_HELD, EV_REFUSED, EV_DUE, EV_DIFFER,
	UPLINK__EVENTS
};

static void
say_hello(struct engine *en)
{
	Kasir__V1__UplinkUp up = KASIR__V1__UPLINK_UP__INIT;
	Kasir__V1__Hello hello = KASIR__V1__HELLO__INIT;
	struct uplink *u = &en->uplink;

	en->ports.random.fill(en->ports.random.ctx, (uint8_t *)&u->session, sizeof u->session);
	u->in_flight = 0;
	u->deadline = engine_now(en).mono_us + WELCOME_US;
	hello.checkpoint = proto_bytes(buf_bytes(&en->note));
	hello.cosigned = proto_bytes(buf_bytes(&en->cosigned));
	hello.version = (char *)(uintptr_t)en->config.version;
	up.body_case = KASIR__V1__UPLINK_UP__BODY_HELLO;
	up.hello = &hello;
	if (uplink_send(en, &up) != KAS_OK)
		en->count.uplink_unsent++;	/* the deadline tries again */
	silence_asked(en);
}

static void
go_down(struct engine *en)
{
	en->uplink.deadline = en->uplink.asked_us = UINT64_MAX;
	en->uplink.in_flight = 0;
}

static void
stop(struct engine *en)
{
	go_down(en);
}

/* Doubling from a second to a minute, each with up to as much again by chance, so that
 * stores cut off together do not come back together. */
static void
back_off(struct engine *en)
{
	struct uplink *u = &en->uplink;
	uint64_t wait = BACKOFF_FIRST_US << (u->failures < 6 ? u->failures : 6);
	uint32_t chance;

	if (wait > BACKOFF_MAX_US)
		wait = BACKOFF_MAX_US;
	en->ports.random.fill(en->ports.random.ctx, (uint8_t *)&chance, sizeof chance);
	u->failures++;
	u->in_flight = 0;
	u->deadline = engine_now(en).mono_us + wait + chance % wait;
}

/* All held: wait for more.  Something to send: see to it soon, but let a little gather. */
static void
settle(struct engine *en)
{
	struct uplink *u = &en->uplink;
	uint64_t now = engine_now(en).mono_us;

	if (u->held == en->durable) {
		/* Headquarters may be put back from a backup while nothing is sold here, and
		 * learn only from a hello what it lacks. */
		u->state = UPLINK_IN_STEP;
		u->failures = 0;
		u->deadline = now + GREET_AGAIN_US;
	} else {
		u->state = UPLINK_STREAMING;
		u->deadline = now + ANSWER_US;
	}
}

static void
start_stream(struct engine *en)
{
	struct uplink *u = &en->uplink;

	u->next = u->held;
	settle(en);
}

/* Batches up to what is held have arrived.  If none of those in flight has, one was lost on
 * the way and the others are of no use: greet again, so that late answers to them (another
 * session's) are not taken for answers to what is sent anew.  At once the first time; if
 * that brings nothing forward either, the trouble is another one. */
static void
advance(struct engine *en)
{
	struct uplink *u = &en->uplink;
	unsigned done = 0;

	while (done < u->in_flight && u->ends[done] <= u->held)
		done++;
	if (done == 0 && u->in_flight > 0) {
		u->state = u->failures == 0 ? UPLINK_GREETING : UPLINK_HOLDING;
		if (u->failures++ == 0)
			say_hello(en);
		else
			back_off(en);
		return;
	}
	u->in_flight -= done;
	memmove(u->ends, u->ends + done, u->in_flight * sizeof *u->ends);
	if (u->next < u->held)
		u->next = u->held;
	u->failures = 0;
	settle(en);
}

static const struct {
	void (*act)(struct engine *en);
	enum uplink_state next;		/* start_stream and advance settle it themselves */
} moves[UPLINK__STATES][UPLINK__EVENTS] = {
	[UPLINK_DOWN] = {
		[EV_CONNECTED] = { say_hello, UPLINK_GREETING },
		[EV_DIFFER] = { stop, UPLINK_STOPPED },
	},
	[UPLINK_GREETING] = {
		[EV_CONNECTED] = { say_hello, UPLINK_GREETING },
		[EV_LOST] = { go_down, UPLINK_DOWN },
		[EV_WELCOME] = { start_stream, UPLINK_STREAMING },
		[EV_REFUSED] = { back_off, UPLINK_HOLDING },
		[EV_DUE] = { back_off, UPLINK_HOLDING },
		[EV_DIFFER] = { stop, UPLINK_STOPPED },
	},
	[UPLINK_STREAMING] = {
		[EV_CONNECTED] = { say_hello, UPLINK_GREETING },
		[EV_LOST] = { go_down, UPLINK_DOWN },
		[EV_HELD] = { advance, UPLINK_STREAMING },
		[EV_REFUSED] = { back_off, UPLINK_HOLDING },
		[EV_DUE] = { back_off, UPLINK_HOLDING },
		[EV_DIFFER] = { stop, UPLINK_STOPPED },
	},
	[UPLINK_IN_STEP] = {
		[EV_CONNECTED] = { say_hello, UPLINK_GREETING },
		[EV_LOST] = { go_down, UPLINK_DOWN },
		[EV_HELD] = { advance, UPLINK_STREAMING },
		[EV_REFUSED] = { back_off, UPLINK_HOLDING },
		[EV_DUE] = { say_hello, UPLINK_GREETING },
		[EV_DIFFER] = { stop, UPLINK_STOPPED },
	},
	[UPLINK_HOLDING] = {
		[EV_CONNECTED] = { say_hello, UPLINK_GREETING },
		[EV_LOST] = { go_down, UPLINK_DOWN },
		[EV_DUE] = { say_hello, UPLINK_GREETING },
		[EV_DIFFER] = { stop, UPLINK_STOPPED },
	},
};

static void
happen(struct engine *en, enum uplink_event ev)
{
	enum uplink_state from = en->uplink.state;

	if (moves[from][ev].act == NULL) {
		en->count.uplink_ignored++;
		return;
	}
	en->uplink.state = moves[from][ev].next;
	moves[from][ev].act(en);
}

static bool
may_ship(const struct engine *en)
{
	const struct uplink *u = &en->uplink;

	return (u->state == UPLINK_STREAMING || u->state == UPLINK_IN_STEP) &&
	    u->next < en->durable && u->in_flight < IN_FLIGHT_MAX &&
	    en->state != ENGINE_NEWER_HISTORY;
}

static uint64_t
ship_due(const struct engine *en)
{
	const struct uplink *u = &en->uplink;

	if (!may_ship(en))
		return UINT64_MAX;
	return en->durable - u->next >= BATCH_ENTRIES / 2 ? 0 : u->linger_until;
}

/* One batch a turn: sales come first. */
static void
ship(struct engine *en)
{
	struct uplink *u = &en->uplink;
	uint64_t now = engine_now(en).mono_us, end;
	enum kas_err err;

	u->linger_until = now + LINGER_US;
	err = uplink_send_batch(en, BATCH_ENTRIES, BATCH_RAW, &end);
	if (err != KAS_OK && err != KAS_AGAIN)
		engine_log(en, LOG_LVL_WARNING, "entries from %llu on cannot be sent to "
		    "headquarters: %s", (unsigned long long)u->next, kas_err_text(err));
	if (err != KAS_OK)
		return;			/* KAS_AGAIN: the broker's queue is full.  Later */
	u->next = end;
	u->ends[u->in_flight++] = end;
	if (u->in_flight == 1)
		u->deadline = now + ANSWER_US;
	u->state = UPLINK_STREAMING;
	en->count.uplink_batches++;
	silence_asked(en);
}

/* The cosigned checkpoint that came with an answer: proof that headquarters has it. */
static enum kas_err
take_cosigned(struct engine *en, struct bytes note, uint64_t size)
{
	uint64_t proved;
	enum kas_err err;

	/* Headquarters that were restored hold entries that they may not cosign yet. */
	if (note.n == 0)
		return KAS_OK;
	err = history_take_cosigned(en, NULL, note, &proved);
	return err == KAS_OK && proved > size ? KAS_RANGE : err;
}

static void
on_held(struct engine *en, enum uplink_event ev, uint64_t size, struct bytes cosigned)
{
	enum kas_err err = take_cosigned(en, cosigned, size);

	if (err == KAS_FORK)
		return;			/* the engine has stopped, and us with it */
	if (err != KAS_OK || size > en->durable) {
		en->count.uplink_ignored++;
		engine_log(en, LOG_LVL_WARNING, "headquarters' answer does not verify: %s",
		    kas_err_text(err != KAS_OK ? err : KAS_RANGE));
		return;
	}
	/* One that comes twice, or too late, says nothing new. */
	if (moves[en->uplink.state][ev].act != NULL)
		en->uplink.held = size;
	happen(en, ev);
	history_announce(en);
}

static void
on_refused(struct engine *en, const Kasir__V1__Refused *r)
{
	uint64_t size;

	en->count.uplink_refused++;
	/* Its word alone stops nothing; our own signature under another history does. */
	if (r->evidence.len > 0 &&
	    history_check(en, NULL, bytes_of_proto(r->evidence), &size) == KAS_FORK)
		return;
	engine_log(en, LOG_LVL_WARNING, "headquarters refuses (%d): %.200s", (int)r->reason,
	    text_is_utf8(bytes_of_text(r->text)) ? r->text : "(unreadable)");
	happen(en, EV_REFUSED);
}

/* An answer to an earlier session means nothing any more, but our own signature in it, under
 * a history that we do not hold, does whenever it comes. */
static void
ignore_but_look(struct engine *en, const Kasir__V1__UplinkDown *down)
{
	struct bytes note = BYTES_NONE;
	uint64_t size;

	en->count.uplink_ignored++;
	if (down->body_case == KASIR__V1__UPLINK_DOWN__BODY_WELCOME)
		note = bytes_of_proto(down->welcome->cosigned);
	else if (down->body_case == KASIR__V1__UPLINK_DOWN__BODY_HELD)
		note = bytes_of_proto(down->held->cosigned);
	else if (down->body_case == KASIR__V1__UPLINK_DOWN__BODY_REFUSED)
		note = bytes_of_proto(down->refused->evidence);
	if (history_check(en, NULL, note, &size) == KAS_FORK)
		engine_log(en, LOG_LVL_WARNING, "that came with a late answer of headquarters");
}

static void
take_message(struct engine *en, struct bytes payload)
{
	Kasir__V1__UplinkDown *down;

	if (en->book == NULL || en->ports.uplink.publish == NULL ||
	    wire_decode_down(payload, &en->turn, &down, NULL) != KAS_OK) {
		en->count.uplink_ignored++;
		return;
	}
	if (down->session != en->uplink.session) {
		ignore_but_look(en, down);
		return;
	}
	silence_heard(en);
	switch (down->body_case) {
	case KASIR__V1__UPLINK_DOWN__BODY_WELCOME:
		on_held(en, EV_WELCOME, down->welcome->size,
		    bytes_of_proto(down->welcome->cosigned));
		break;
	case KASIR__V1__UPLINK_DOWN__BODY_HELD:
		on_held(en, EV_HELD, down->held->size, bytes_of_proto(down->held->cosigned));
		break;
	case KASIR__V1__UPLINK_DOWN__BODY_REFUSED:
		on_refused(en, down->refused);
		break;
	default:
		en->count.uplink_ignored++;
	}
}

void
uplink_on_message(struct engine *en, struct bytes payload)
{
	take_message(en, payload);
	arena_reset(&en->turn);		/* the next turn has all of its memory */
}

void
uplink_init(struct engine *en)
{
	struct uplink was = en->uplink;

	en->uplink = (struct uplink){ .state = UPLINK_DOWN, .deadline = UINT64_MAX,
		.asked_us = UINT64_MAX, .connected = was.connected, .silent = was.silent,
		.silent_since = was.silent_since };
}

void
uplink_on_connection(struct engine *en, bool connected)
{
	en->uplink.connected = connected;
	if (!connected)
		happen(en, EV_LOST);
}

void
uplink_stop(struct engine *en)
{
	if (en->state == ENGINE_NEWER_HISTORY)
		happen(en, EV_DIFFER);
	else
		uplink_init(en);
}

void
uplink_turn(struct engine *en, uint64_t mono_us)
{
	struct uplink *u = &en->uplink;

	if (en->ports.uplink.publish == NULL || en->stopping || en->durable == 0)
		return;
	if (u->state == UPLINK_DOWN && u->connected && en->state == ENGINE_SERVING)
		happen(en, EV_CONNECTED);
	if (u->deadline <= mono_us)
		happen(en, EV_DUE);
	if (ship_due(en) <= mono_us)
		ship(en);
	silence_turn(en, mono_us);
}

uint64_t
uplink_wakeup(const struct engine *en)
{
	const struct uplink *u = &en->uplink;
	uint64_t due = ship_due(en);

	if (en->ports.uplink.publish == NULL || en->stopping)
		return UINT64_MAX;
	if (u->state == UPLINK_DOWN && u->connected && en->state == ENGINE_SERVING)
		return 0;
	if (silence_due(en) < due)
		due = silence_due(en);
	return due < u->deadline ? due : u->deadline;
}
