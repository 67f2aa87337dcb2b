#include "tests/sim/store_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct store_node {
	struct store_node_setup set;
	struct world *w;
	struct machine machine;
	struct client *shop, *wan;
	struct engine *engine;
	uint64_t generation;		/* of the process */
	uint64_t next_turn;		/* world time; UINT64_MAX: none planned */
	uint64_t token;
	unsigned calls_left;		/* 0: no death is planned */
	bool dying, stopping;
	uint64_t stop_by;
	uint64_t cosigned;		/* newest that this process reported */
	enum engine_state state;
	char topic_tx[WIRE_TOPIC_MAX], topic_state[WIRE_TOPIC_MAX], topic_down[WIRE_TOPIC_MAX];
	const char *shop_filters[3], *wan_filters[2];
};

static void plan_turn(struct store_node *s, uint64_t delay_us);

/* The process dies at a planned call: from then on nothing it does reaches the world. */
static bool
is_dead(void *ctx)
{
	struct store_node *s = ctx;

	if (s->calls_left > 0 && --s->calls_left == 0) {
		s->dying = true;
		plan_turn(s, 0);
	}
	return s->dying;
}

static enum kas_err
publish(struct store_node *s, struct client *c, const char *topic, struct bytes payload,
    bool retain)
{
	if (is_dead(s))
		return KAS_AGAIN;
	if (client_online(c))
		oracle_store_published(s->set.oracle, topic, payload);
	return client_publish(c, topic, payload, retain);
}

static enum kas_err
publish_shop(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct store_node *s = ctx;

	return publish(s, s->shop, topic, payload, retain);
}

static enum kas_err
publish_wan(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct store_node *s = ctx;

	return publish(s, s->wan, topic, payload, retain);
}

static void
reply(void *ctx, uint64_t token, struct bytes response)
{
	struct store_node *s = ctx;

	(void)token;
	if (!is_dead(s))
		s->set.on_reply(s->set.reply_ctx, response);
}

static void
check_state(struct store_node *s)
{
	enum engine_state state = engine_state(s->engine);
	uint64_t cosigned = engine_cosigned_size(s->engine);

	if (state != s->state)
		world_trace(s->w, "store", "is %s", engine_state_text(state));
	s->state = state;
	if (state == ENGINE_NEWER_HISTORY && !s->set.oracle->rolled_back)
		world_fail(s->w, "the store stopped signing, but its history is the newest");
	if (cosigned < s->cosigned)
		world_fail(s->w, "the store forgot a cosignature: %llu, then %llu",
		    (unsigned long long)s->cosigned, (unsigned long long)cosigned);
	s->cosigned = cosigned;
}

static void
end_process(struct store_node *s, bool clean)
{
	engine_close(s->engine);
	s->engine = NULL;
	s->generation++;
	s->next_turn = UINT64_MAX;
	s->cosigned = 0;	/* kept late; headquarters will tell it again */
	s->calls_left = 0;
	s->dying = s->stopping = false;
	client_stop(s->shop, clean);
	client_stop(s->wan, clean);
}

static void
end_if_idle(struct store_node *s)
{
	if (!engine_is_idle(s->engine) && s->w->now < s->stop_by) {
		plan_turn(s, 5 * MS);
		return;
	}
	world_trace(s->w, "store", "ends cleanly");
	end_process(s, true);
	disk_crash(s->set.disk, false);
}

static void
turn(void *ctx, void *what)
{
	struct store_node *s = ctx;
	uint64_t *generation = what, wait;

	if (*generation != s->generation || s->next_turn != s->w->now)
		return;
	s->next_turn = UINT64_MAX;
	if (!s->dying)
		engine_turn(s->engine);
	if (s->dying) {
		store_node_crash(s, prng_chance(&s->w->prng, 500));
		return;
	}
	check_state(s);
	wait = machine_until(&s->machine, engine_wakeup(s->engine));
	if (wait != UINT64_MAX)
		plan_turn(s, wait + 1);
	if (s->stopping)
		end_if_idle(s);
}

static void
plan_turn(struct store_node *s, uint64_t delay_us)
{
	uint64_t *generation;

	if (s->w->now + delay_us >= s->next_turn)
		return;
	s->next_turn = s->w->now + delay_us;
	generation = sim_alloc(sizeof(*generation));
	*generation = s->generation;
	world_after(s->w, delay_us, turn, s, generation);
}

/* What arrives waits a little for the next turn, so that groups gather. */
static void
plan_turn_soon(struct store_node *s)
{
	plan_turn(s, prng_below(&s->w->prng, 400));
}

static void
on_flushed(void *ctx, enum kas_err outcome)
{
	struct store_node *s = ctx;

	engine_on_flushed(s->engine, outcome);
	plan_turn(s, 0);
}

static void
on_reopened(void *ctx, enum kas_err outcome)
{
	struct store_node *s = ctx;

	engine_on_reopened(s->engine, outcome);
	plan_turn(s, 0);
}

static void
on_shop(struct store_node *s, bool connected)
{
	if (s->engine == NULL)
		return;
	engine_on_bus(s->engine, connected);
	plan_turn(s, 0);
}

static void
on_shop_connected(void *ctx)
{
	on_shop(ctx, true);
}

static void
on_shop_disconnected(void *ctx)
{
	on_shop(ctx, false);
}

/* A message for which the inbox had no room waits where the real edge would leave it: in
 * the socket, ahead of nothing. */
struct held_back {
	uint64_t generation;
	size_t n;
	char topic[WIRE_TOPIC_MAX];
	uint8_t p[];
};

static void on_shop_message(void *ctx, const char *topic, struct bytes payload);

static void
try_again(void *ctx, void *what)
{
	struct store_node *s = ctx;
	struct held_back *h = what;

	if (h->generation == s->generation)
		on_shop_message(s, h->topic, BYTES(h->p, h->n));
}

static void
hold_back(struct store_node *s, const char *topic, struct bytes payload)
{
	struct held_back *h = sim_alloc(sizeof(*h) + payload.n);

	h->generation = s->generation;
	snprintf(h->topic, sizeof(h->topic), "%s", topic);
	h->n = payload.n;
	memcpy(h->p, payload.p, payload.n);
	world_after(s->w, 1 * MS, try_again, s, h);
}

static void
on_shop_message(void *ctx, const char *topic, struct bytes payload)
{
	struct store_node *s = ctx;

	if (s->engine == NULL)
		return;
	if (engine_on_message(s->engine, topic, payload) == KAS_FULL)
		hold_back(s, topic, payload);
	else if (engine_state(s->engine) == ENGINE_SERVING)
		oracle_store_shown(s->set.oracle, topic, payload);
	plan_turn_soon(s);
}

static void
on_wan(struct store_node *s, bool connected)
{
	if (s->engine == NULL)
		return;
	engine_on_uplink(s->engine, connected);
	plan_turn(s, 0);
}

static void
on_wan_connected(void *ctx)
{
	on_wan(ctx, true);
}

static void
on_wan_disconnected(void *ctx)
{
	on_wan(ctx, false);
}

static void
on_wan_message(void *ctx, const char *topic, struct bytes payload)
{
	struct store_node *s = ctx;

	if (s->engine == NULL)
		return;
	engine_on_uplink_message(s->engine, payload);
	if (engine_state(s->engine) == ENGINE_SERVING)
		oracle_store_shown(s->set.oracle, topic, payload);
	plan_turn_soon(s);
}

static void
attach(struct store_node *s)
{
	static const struct client_events shop = { on_shop_connected, on_shop_disconnected,
		on_shop_message };
	static const struct client_events wan = { on_wan_connected, on_wan_disconnected,
		on_wan_message };
	static const struct disk_events disk = { is_dead, on_flushed, on_reopened };
	const char *id = s->set.engine.store;

	snprintf(s->topic_tx, sizeof(s->topic_tx), "kasir/v1/%s/+/tx", id);
	snprintf(s->topic_state, sizeof(s->topic_state), "kasir/v1/%s/+/state", id);
	snprintf(s->topic_down, sizeof(s->topic_down), "kasir/v1/%s/down", id);
	s->shop_filters[0] = s->topic_tx;
	s->shop_filters[1] = s->topic_state;
	s->wan_filters[0] = s->topic_down;
	s->shop = client_attach(s->set.shop, "store", s->shop_filters, &shop, s);
	s->wan = client_attach(s->set.wan, "store", s->wan_filters, &wan, s);
	disk_listen(s->set.disk, &disk, s);
}

struct store_node *
store_node_open(const struct store_node_setup *setup)
{
	struct store_node *s = sim_alloc(sizeof(*s));

	s->set = *setup;
	s->w = setup->w;
	s->next_turn = UINT64_MAX;
	machine_init(&s->machine, s->w, "store");
	attach(s);
	return s;
}

void
store_node_close(struct store_node *s)
{
	if (s == NULL)
		return;
	engine_close(s->engine);
	free(s);
}

static struct engine_ports
ports_of(struct store_node *s)
{
	struct engine_ports p = {
		.clock = machine_clock(&s->machine),
		.random = machine_random(&s->machine),
		.store = disk_port(s->set.disk),
		.bus = { publish_shop, s },
		.uplink = { publish_wan, s },
		.crew = sig_cache_crew(s->set.cache),
		.control = { reply, s },
		.log = machine_log(&s->machine),
	};

	return p;
}

void
store_node_start(struct store_node *s)
{
	struct engine_config config = s->set.engine;
	struct engine_ports ports = ports_of(s);
	struct kas_why why = { "" };
	enum kas_err err;

	if (s->engine != NULL)
		return;
	oracle_store_starts(s->set.oracle);
	memcpy(config.boot_id, s->machine.boot_id, sizeof(config.boot_id));
	err = engine_open(&config, &ports, &s->engine, &why);
	if (err != KAS_OK) {
		s->engine = NULL;
		world_fail(s->w, "the store cannot start (%s): %s", kas_err_text(err), why.text);
		return;
	}
	world_trace(s->w, "store", "starts with %llu entries",
	    (unsigned long long)engine_durable_size(s->engine));
	s->state = engine_state(s->engine);
	client_start(s->shop);
	client_start(s->wan);
	plan_turn(s, 0);
}

void
store_node_crash(struct store_node *s, bool power)
{
	if (s->engine == NULL)
		return;
	world_trace(s->w, "store", "dies (%s)", power ? "power cut" : "killed");
	end_process(s, false);
	disk_crash(s->set.disk, power);
	if (power)
		machine_boot(&s->machine);
}

void
store_node_crash_soon(struct store_node *s, unsigned n)
{
	if (s->engine != NULL)
		s->calls_left = n;
}

void
store_node_stop(struct store_node *s)
{
	if (s->engine == NULL || s->stopping)
		return;
	s->stopping = true;
	s->stop_by = s->w->now + 10 * SECOND;
	engine_stop(s->engine);
	plan_turn(s, 0);
}

void
store_node_ask(struct store_node *s, struct bytes control_request)
{
	if (s->engine == NULL)
		return;
	engine_on_control(s->engine, ++s->token, 1000, "manager", control_request);
	plan_turn_soon(s);
}

struct engine *
store_node_engine(struct store_node *s)
{
	return s->engine;
}

struct machine *
store_node_machine(struct store_node *s)
{
	return &s->machine;
}

struct client *
store_node_shop_link(struct store_node *s)
{
	return s->shop;
}

struct client *
store_node_wan_link(struct store_node *s)
{
	return s->wan;
}
