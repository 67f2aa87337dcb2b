/* What arrives at the store from its two brokers. */
#include "tests/sim/store_node_parts.h"

#include <stdio.h>
#include <string.h>

/* What arrives waits a little for the next turn, so that groups gather. */
static void
plan_turn_soon(struct store_node *s)
{
	store_node_plan_turn(s, prng_below(&s->w->prng, 400));
}

static void
on_shop(struct store_node *s, bool connected)
{
	if (s->engine == NULL)
		return;
	engine_on_bus(s->engine, connected);
	store_node_plan_turn(s, 0);
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
	store_node_plan_turn(s, 0);
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

void
store_node_attach(struct store_node *s)
{
	static const struct client_events shop = { on_shop_connected, on_shop_disconnected,
		on_shop_message };
	static const struct client_events wan = { on_wan_connected, on_wan_disconnected,
		on_wan_message };
	const char *id = s->set.engine.store;

	snprintf(s->topic_tx, sizeof(s->topic_tx), "kasir/v1/%s/+/tx", id);
	snprintf(s->topic_state, sizeof(s->topic_state), "kasir/v1/%s/+/state", id);
	snprintf(s->topic_down, sizeof(s->topic_down), "kasir/v1/%s/down", id);
	s->shop_filters[0] = s->topic_tx;
	s->shop_filters[1] = s->topic_state;
	s->wan_filters[0] = s->topic_down;
	s->shop = client_attach(s->set.shop, "store", s->shop_filters, &shop, s);
	s->wan = client_attach(s->set.wan, "store", s->wan_filters, &wan, s);
}
