/* engine.c - the engine's life: opening, turns, state, stopping. */
#include "daemon/store/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/engine_parts.h"

#define WARNINGS_A_SECOND 20
#define TURN_ARENA_MAX ((size_t)32 * 1024 * 1024)

struct clock_reading
engine_now(const struct engine *en)
{
	struct clock_reading now;

	en->ports.clock.read(en->ports.clock.ctx, &now);
	return now;
}

/* A hostile client must not fill the journal: warnings are limited, and what was left out is
 * counted in the next one. */
static bool
may_log(struct engine *en, enum log_level level)
{
	if (level != LOG_LVL_WARNING ||
	    meter_take(&en->logs, engine_now(en).mono_us, WARNINGS_A_SECOND))
		return true;
	en->logs_dropped++;
	return false;
}

void
engine_log(struct engine *en, enum log_level level, const char *fmt, ...)
{
	char text[480], more[sizeof text + 64];
	va_list ap;

	if (!may_log(en, level))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (level == LOG_LVL_WARNING && en->logs_dropped > 0) {
		snprintf(more, sizeof more, "%s (%llu warnings left out before it)", text,
		    (unsigned long long)en->logs_dropped);
		en->logs_dropped = 0;
		en->ports.log.line(en->ports.log.ctx, level, more);
		return;
	}
	en->ports.log.line(en->ports.log.ctx, level, text);
}

static enum log_level
level_of(enum engine_state s)
{
	switch (s) {
	case ENGINE_STORAGE_FULL:
	case ENGINE_STORAGE_FAILED:
	case ENGINE_NEWER_HISTORY:
		return LOG_LVL_ERROR;
	default:
		return LOG_LVL_NOTICE;
	}
}

void
engine_set_state(struct engine *en, enum engine_state s, const char *fmt, ...)
{
	char before[sizeof en->detail];
	va_list ap;

	memcpy(before, en->detail, sizeof before);
	va_start(ap, fmt);
	vsnprintf(en->detail, sizeof en->detail, fmt, ap);
	va_end(ap);
	if (s == en->state && strcmp(before, en->detail) == 0)
		return;
	en->state = s;
	engine_log(en, level_of(s), "%s%s%s", engine_state_text(s),
	    en->detail[0] != '\0' ? ": " : "", en->detail);
}

const char *
engine_state_text(enum engine_state s)
{
	static const char *const texts[] = {
		[ENGINE_STARTING] = "starting",
		[ENGINE_SERVING] = "serving",
		[ENGINE_STORAGE_FULL] = "storage full",
		[ENGINE_STORAGE_FAILED] = "storage failed",
		[ENGINE_NEWER_HISTORY] = "newer history",
		[ENGINE_STOPPING] = "stopping",
	};

	return texts[s];
}

static enum kas_err
engine_init(struct engine *en, const struct engine_config *config,
    const struct engine_ports *ports)
{
	size_t i;

	en->config = *config;
	en->ports = *ports;
	snprintf(en->store, sizeof en->store, "%s", config->store);
	en->config.store = en->store;
	if (config->hq != NULL) {
		en->hq = *config->hq;
		en->has_hq = true;
	}
	if (en->config.inbox_max == 0)
		en->config.inbox_max = INBOX_MESSAGES;
	inbox_init(&en->inbox, en->config.inbox_max);
	arena_init(&en->turn, TURN_ARENA_MAX);
	arena_init(&en->judging, 0);
	arena_init(&en->answer, 0);
	arena_init(&en->refusals.arena, 0);
	for (i = 0; i < sizeof en->groups / sizeof *en->groups; i++) {
		arena_init(&en->groups[i].arena, 0);
		group_reset(&en->groups[i]);
		en->groups[i].entries = calloc(GROUP_ENTRIES_MAX, sizeof(struct store_entry));
		if (en->groups[i].entries == NULL)
			return KAS_NOMEM;
	}
	en->gather = &en->groups[0];
	en->now_end = &en->now_replies;
	en->reopen_at = UINT64_MAX;
	en->opened_us = engine_now(en).mono_us;
	en->state = ENGINE_STARTING;
	uplink_init(en);
	return KAS_OK;
}

enum kas_err
engine_open(const struct engine_config *config, const struct engine_ports *ports,
    struct engine **ret, struct kas_why *why)
{
	struct engine *en = calloc(1, sizeof *en);
	enum kas_err err;

	if (en == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	err = engine_init(en, config, ports);
	if (err == KAS_OK)
		err = ledger_load(en, why);
	if (err == KAS_OK && !en->newer)
		err = ledger_stage_started(en, KASIR__V1__START_REASON__PROCESS_START);
	if (err != KAS_OK) {
		engine_close(en);
		return err;
	}
	*ret = en;
	return KAS_OK;
}

void
engine_close(struct engine *en)
{
	size_t i;

	if (en == NULL)
		return;
	ledger_unload(en);
	for (i = 0; i < sizeof en->groups / sizeof *en->groups; i++) {
		arena_fini(&en->groups[i].arena);
		free(en->groups[i].entries);
		free(en->groups[i].tiles);
		buf_fini(&en->groups[i].checkpoint);
		buf_fini(&en->groups[i].cosigned);
	}
	inbox_fini(&en->inbox);
	arena_fini(&en->turn);
	arena_fini(&en->judging);
	arena_fini(&en->answer);
	arena_fini(&en->refusals.arena);
	upload_drop(&en->upload);
	buf_fini(&en->out);
	buf_fini(&en->note);
	buf_fini(&en->cosigned);
	buf_fini(&en->evidence_note);
	peers_fini(&en->peers);
	free(en);
}

enum kas_err
engine_on_message(struct engine *en, const char *topic, struct bytes payload)
{
	struct topic t;
	struct peer *from;
	enum kas_err err;

	/* Enough of it to see that it is too large; all of it might never fit. */
	if (payload.n > WIRE_BATCH_MAX)
		payload.n = WIRE_BATCH_MAX + 1;
	if (topic_parse(topic, &t) != KAS_OK || strcmp(t.store, en->store) != 0 ||
	    (t.kind != TOPIC_TX && t.kind != TOPIC_STATE))
		return KAS_OK;		/* not for us: nobody waits for an answer */
	from = intake_sender(en, t.terminal);
	err = inbox_put(&en->inbox, from != NULL ? &from->sent : &en->strangers, &t, from,
	    payload);
	/* A terminal has no more than its window on the way, and what one sends far beyond
	 * that goes unread. */
	en->count.flooded += err == KAS_RANGE;
	return err == KAS_RANGE ? KAS_OK : err;
}

void
engine_on_bus(struct engine *en, bool connected)
{
	en->bus_connected = connected;
	/* A broker that lost its retained messages gets ours again. */
	if (connected) {
		en->announced_size = 0;
		catalogue_push_again(en);
		if (en->state == ENGINE_SERVING)
			history_announce(en);
	}
}

void
engine_on_uplink(struct engine *en, bool connected)
{
	uplink_on_connection(en, connected);
}

void
engine_on_uplink_message(struct engine *en, struct bytes payload)
{
	uplink_on_message(en, payload);
}

/* While the `started` entry is on its way, what comes waits: an answer to it is a moment off,
 * and RETRY_LATER would cost the terminal a second. */
static bool
takes_in(const struct engine *en)
{
	return en->inbox.n > 0 && en->broken == KAS_OK && en->state != ENGINE_STARTING;
}

void
engine_turn(struct engine *en)
{
	struct clock_reading now = engine_now(en);

	ledger_reopen_if_due(en, now.mono_us);
	if (takes_in(en))
		intake_turn(en);
	inbox_release(&en->inbox);
	catalogue_load_turn(en, now.mono_us);
	/* What is in flight is not ours to touch, and may yet become durable. */
	if (en->broken != KAS_OK && en->flight == NULL)
		ledger_discard(en, en->broken);
	if (en->book != NULL) {
		if (en->newer)
			ledger_withhold(en);
		acks_send_now(en);
		ledger_flush_if_due(en);
		uplink_turn(en, now.mono_us);
		history_announce_again(en, now.mono_us);
		catalogue_push_turn(en, now.mono_us);
	}
	arena_reset(&en->turn);
}

static uint64_t
sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
engine_wakeup(const struct engine *en)
{
	uint64_t at = upload_due(&en->upload);

	if (en->broken != KAS_OK && en->flight == NULL)
		return 0;
	if (takes_in(en) && (en->book == NULL || ledger_has_room(en)))
		return 0;
	if (!en->reopening)
		at = sooner(at, en->reopen_at);
	if (en->book != NULL) {
		at = sooner(at, ledger_flush_due(en));
		at = sooner(at, uplink_wakeup(en));
		at = sooner(at, history_announce_due(en));
		at = sooner(at, catalogue_push_due(en));
	}
	return at;
}

void
engine_set_gather(struct engine *en, uint64_t us_max)
{
	en->config.gather_us_max = us_max;
}

void
engine_stop(struct engine *en)
{
	en->stopping = true;
	if (en->state == ENGINE_SERVING || en->state == ENGINE_STARTING)
		engine_set_state(en, ENGINE_STOPPING, "finishing what has been taken in");
	uplink_stop(en);
}

bool
engine_is_idle(const struct engine *en)
{
	return en->flight == NULL && en->broken == KAS_OK && en->inbox.n == 0 &&
	    (en->book == NULL || ledger_flush_due(en) == UINT64_MAX);
}

enum engine_state
engine_state(const struct engine *en)
{
	return en->state;
}

uint64_t
engine_durable_size(const struct engine *en)
{
	return en->durable;
}

uint64_t
engine_cosigned_size(const struct engine *en)
{
	return en->cosigned_size;
}
