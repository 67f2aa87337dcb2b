#include "tests/sim/store_node_parts.h"

#include <stdlib.h>
#include <string.h>

/* The process dies at a planned call: from then on nothing it does reaches the world. */
static bool
is_dead(void *ctx)
{
	struct store_node *s = ctx;

	if (s->calls_left > 0 && --s->calls_left == 0) {
		s->dying = true;
		store_node_plan_turn(s, 0);
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
	struct control_answer answer = s->waiting[token % STORE_NODE_WAITING].answer;

	if (s->waiting[token % STORE_NODE_WAITING].token == token && !is_dead(s))
		answer.act(answer.ctx, response);
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
		store_node_plan_turn(s, 5 * MS);
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
		store_node_plan_turn(s, wait + 1);
	if (s->stopping)
		end_if_idle(s);
}

void
store_node_plan_turn(struct store_node *s, uint64_t delay_us)
{
	uint64_t *generation;

	if (s->w->now + delay_us >= s->next_turn)
		return;
	s->next_turn = s->w->now + delay_us;
	generation = sim_alloc(sizeof(*generation));
	*generation = s->generation;
	world_after(s->w, delay_us, turn, s, generation);
}

static void
on_flushed(void *ctx, enum kas_err outcome)
{
	struct store_node *s = ctx;

	engine_on_flushed(s->engine, outcome);
	store_node_plan_turn(s, 0);
}

static void
on_reopened(void *ctx, enum kas_err outcome)
{
	struct store_node *s = ctx;

	engine_on_reopened(s->engine, outcome);
	store_node_plan_turn(s, 0);
}

struct store_node *
store_node_open(const struct store_node_setup *setup)
{
	static const struct disk_events disk = { is_dead, on_flushed, on_reopened };
	struct store_node *s = sim_alloc(sizeof(*s));

	s->set = *setup;
	s->w = setup->w;
	s->next_turn = UINT64_MAX;
	machine_init(&s->machine, s->w, "store");
	store_node_attach(s);
	disk_listen(setup->disk, &disk, s);
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
	store_node_plan_turn(s, 0);
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
	store_node_plan_turn(s, 0);
}

void
store_node_ask(struct store_node *s, const char *user, struct bytes control_request,
    struct control_answer answer)
{
	if (s->engine == NULL)
		return;
	s->token++;
	s->waiting[s->token % STORE_NODE_WAITING].token = s->token;
	s->waiting[s->token % STORE_NODE_WAITING].answer = answer;
	engine_on_control(s->engine, s->token, 1000, user, control_request);
	store_node_plan_turn(s, prng_below(&s->w->prng, 400));
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
