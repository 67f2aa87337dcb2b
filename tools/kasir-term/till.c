#include "tools/kasir-term/till.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "edge/clock.h"
#include "edge/log.h"
#include "edge/random.h"
#include "kasir/version.h"
#include "terminal/edge/outbox_sqlite.h"
#include "terminal/outbox_mem.h"

#define MARKS_MAX WIRE_BATCH_TRANSACTIONS_MAX

struct till {
	struct loop *loop;
	char name[NAME_MAX_LEN + 1];
	struct signer *signer;
	struct outbox_mem *memory;
	struct outbox_sqlite *file;
	struct session *session;
	struct mqtt *mqtt;
	struct loop_timer timer;
	struct till_events events;
	void *user;
	/* What the session told during one call, handed on when it has returned. */
	struct outbox_mark marks[MARKS_MAX];
	size_t n_marks;
	bool turning;
};

static void
on_mark(void *ctx, const struct outbox_mark *mark)
{
	struct till *t = ctx;

	kas_assert(t->n_marks < MARKS_MAX);
	t->marks[t->n_marks++] = *mark;
}

static void
on_witnessed(void *ctx, uint64_t size, size_t n)
{
	struct till *t = ctx;

	(void)size;
	if (t->events.on_witnessed != NULL)
		t->events.on_witnessed(t->events.ctx, t, n);
}

static void
on_alarm(void *ctx, const char *sentence)
{
	struct till *t = ctx;

	log_line(LOG_LVL_WARNING, "%s: %s", t->name, sentence);
}

static void
hand_on_marks(struct till *t)
{
	size_t i, n = t->n_marks;

	t->n_marks = 0;
	for (i = 0; i < n && t->events.on_mark != NULL; i++)
		t->events.on_mark(t->events.ctx, t, &t->marks[i]);
}

static void
turn(struct till *t)
{
	if (t->turning)
		return;
	t->turning = true;
	hand_on_marks(t);
	/* What is sold now still goes with the message that the session sends next. */
	if (t->events.on_turn != NULL)
		t->events.on_turn(t->events.ctx, t);
	session_turn(t->session);
	loop_timer_set(&t->timer, session_wakeup(t->session));
	t->turning = false;
}

static void
on_timer(void *ctx)
{
	turn(ctx);
}

static void
on_connected(void *ctx)
{
	struct till *t = ctx;

	session_on_bus(t->session, true);
	turn(t);
}

static void
on_lost(void *ctx, const char *why)
{
	struct till *t = ctx;

	log_line(LOG_LVL_INFO, "%s: no broker: %s", t->name, why);
	session_on_bus(t->session, false);
	turn(t);
}

static enum kas_err
on_message(void *ctx, const char *topic, struct bytes payload)
{
	struct till *t = ctx;

	session_on_message(t->session, topic, payload);
	turn(t);
	return KAS_OK;
}

static enum kas_err
publish(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct till *t = ctx;
	struct bus_port bus;

	if (t->mqtt == NULL)
		return KAS_AGAIN;
	bus = mqtt_bus(t->mqtt);
	return bus.publish(bus.ctx, topic, payload, retain);
}

static enum kas_err
open_outbox(struct till *t, const struct till_config *c, struct outbox_port *ret,
    struct kas_why *why)
{
	const char *dir = c->options->outbox;
	char path[TERM_PATH_MAX];
	enum kas_err err;

	if (strcmp(dir, "memory") == 0) {
		err = outbox_mem_open(&t->memory);
		if (err != KAS_OK)
			return kas_fail(why, err, "no memory");
		if (c->forget)
			outbox_mem_forget_durable(t->memory);
		*ret = outbox_mem_port(t->memory);
		return KAS_OK;
	}
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return kas_fail(why, KAS_DENIED, "%s: %s", dir, strerror(errno));
	if (!options_path(dir, t->name, ".outbox", path))
		return kas_fail(why, KAS_RANGE, "%s: the path is too long", dir);
	err = outbox_sqlite_open(path, &t->file, why);
	if (err == KAS_OK)
		*ret = outbox_sqlite_port(t->file);
	return err;
}

static enum kas_err
open_session(struct till *t, const struct till_config *c, struct kas_why *why)
{
	struct session_config config = {
		.store = c->options->store,
		.terminal = t->name,
		.epoch = c->options->epoch,
		.signer = t->signer,
		.store_key = c->options->store_key,
		.hq = c->options->has_hq ? &c->options->hq : NULL,
		.batch_max = c->batch_max,
		.cache = c->cache,
		.version = "kasir-term " KASIR_VERSION,
	};
	struct session_ports ports = {
		.clock = clock_system(),
		.random = random_system(),
		.bus = { publish, t },
		.events = { on_mark, on_witnessed, on_alarm, t },
	};
	enum kas_err err = open_outbox(t, c, &ports.outbox, why);

	if (err != KAS_OK)
		return err;
	return session_open(&config, &ports, &t->session, why);
}

static enum kas_err
open_connection(struct till *t, const struct till_config *c, struct kas_why *why)
{
	struct random_port random = random_system();
	const char *topics[2];
	char id[80];
	struct buf will;
	struct mqtt_config config = {
		.address = c->options->broker,
		.client_id = id,
		.topics = topics,
		.n_topics = 2,
		.retry_us_max = 3000000,
	};
	struct mqtt_events events = { on_connected, on_lost, on_message, t };
	enum kas_err err;

	snprintf(id, sizeof(id), "%s-%s", c->options->store, t->name);
	topics[0] = session_ack_topic(t->session);
	topics[1] = session_checkpoint_topic(t->session);
	buf_init(&will);
	session_will(t->session, &will);
	config.will_topic = session_state_topic(t->session);
	config.will = buf_bytes(&will);
	err = mqtt_open(t->loop, &random, &config, &events, &t->mqtt, why);
	buf_fini(&will);
	return err;
}

enum kas_err
till_open(const struct till_config *c, struct till **ret, struct kas_why *why)
{
	struct till *t = calloc(1, sizeof(*t));
	enum kas_err err;

	if (t == NULL)
		return kas_fail(why, KAS_NOMEM, "no memory");
	t->loop = c->loop;
	t->events = c->events;
	t->user = c->user;
	snprintf(t->name, sizeof(t->name), "%s", c->terminal);
	loop_timer_init(&t->timer, c->loop, on_timer, t);
	err = options_load_key(
	    c->options->keys, c->options->store, t->name, c->make_key, &t->signer, why);
	if (err == KAS_OK)
		err = open_session(t, c, why);
	if (err == KAS_OK)
		err = open_connection(t, c, why);
	if (err != KAS_OK) {
		till_close(t);
		return err;
	}
	mqtt_start(t->mqtt);
	*ret = t;
	return KAS_OK;
}

void
till_close(struct till *t)
{
	if (t == NULL)
		return;
	if (t->session != NULL && t->mqtt != NULL && mqtt_is_connected(t->mqtt))
		session_leave(t->session);
	mqtt_close(t->mqtt);
	loop_timer_fini(&t->timer);
	session_close(t->session);
	outbox_mem_close(t->memory);
	outbox_sqlite_close(t->file);
	signer_close(t->signer);
	free(t);
}

enum kas_err
till_sell(struct till *t, const uint8_t id[WIRE_TXN_ID_LEN], struct bytes payload,
    struct bytes personal, struct receipt *ret)
{
	enum kas_err err = session_sell(t->session, id, payload, personal, ret);

	if (err == KAS_OK)
		turn(t);
	return err;
}

struct session *
till_session(struct till *t)
{
	return t->session;
}

const char *
till_name(const struct till *t)
{
	return t->name;
}

void *
till_user(const struct till *t)
{
	return t->user;
}

bool
till_is_connected(const struct till *t)
{
	return mqtt_is_connected(t->mqtt);
}
