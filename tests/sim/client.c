#include "tests/sim/net_parts.h"

#include <stdlib.h>
#include <string.h>

const struct weather fair_weather = { 0, 0, 0, 200, 2000 };

static bool
topic_matches(const char *filter, const char *topic)
{
	while (*filter != '\0') {
		if (*filter == '+') {
			filter++;
			topic += strcspn(topic, "/");
		} else if (*filter++ != *topic++) {
			return false;
		}
	}
	return *topic == '\0';
}

bool
client_wants(const struct client *c, const char *topic)
{
	for (const char *const *f = c->filters; *f != NULL; f++) {
		if (topic_matches(*f, topic))
			return true;
	}
	return false;
}

/* When a message sent now arrives, if it keeps its place behind the one before. */
static uint64_t
delay_of(struct client *c, uint64_t *next)
{
	struct world *w = c->b->w;
	uint64_t delay = prng_between(&w->prng, c->weather.delay_lo, c->weather.delay_hi);

	if (prng_chance(&w->prng, c->weather.reorder))
		return delay + prng_between(&w->prng, 0, 20 * c->weather.delay_hi);
	if (w->now + delay < *next)
		delay = *next - w->now;
	*next = w->now + delay + 1;
	return delay;
}

/* Put M on C's link; the weather decides how often it comes out. */
static void
send_off(struct client *c, const struct message *m, uint64_t *next,
    void (*arrive)(void *ctx, void *what))
{
	struct world *w = c->b->w;
	unsigned copies = prng_chance(&w->prng, c->weather.duplicate) ? 2 : 1;
	struct message *copy;

	if (prng_chance(&w->prng, c->weather.drop)) {
		broker_trace(c->b, "lost", c, m);
		return;
	}
	for (; copies > 0; copies--) {
		copy = message_copy(m);
		copy->generation = c->served ? c->generation : 0;
		world_after(w, delay_of(c, next), arrive, c, copy);
	}
}

static void
enqueue(struct client *c, const struct message *m)
{
	if (c->n_queue >= c->b->queue_max) {
		broker_trace(c->b, "queue full, dropped", c, m);
		return;
	}
	sim_reserve((void **)&c->queue, c->n_queue, &c->cap_queue, sizeof(*c->queue));
	c->queue[c->n_queue++] = message_copy(m);
}

static void
arrive_at_client(void *ctx, void *what)
{
	struct client *c = ctx;
	const struct message *m = what;

	if (m->generation == c->generation && c->online) {
		broker_trace(c->b, "<-", c, m);
		c->events.message(c->ctx, m->topic, BYTES(m->p, m->n));
	} else if (prng_chance(&c->b->w->prng, 800)) {
		enqueue(c, m);	/* unacknowledged: its session still has it */
	}
}

void
client_send(struct client *c, const struct message *m)
{
	if (c->served)
		send_off(c, m, &c->next_down, arrive_at_client);
	else
		enqueue(c, m);
}

static void
arrive_at_broker(void *ctx, void *what)
{
	struct client *c = ctx;
	const struct message *m = what;
	struct world *w = c->b->w;
	bool stale = m->generation != c->generation || c->b->down;
	struct message *again;

	if (!stale || (m->late && !c->b->down)) {
		broker_trace(c->b, "->", c, m);
		broker_take_in(c->b, m);
	} else if (!m->late && prng_chance(&w->prng, 500)) {
		/* Sent again on the next connection, as QoS 1 would. */
		again = message_copy(m);
		again->late = true;
		world_after(w, prng_between(&w->prng, 100 * MS, 3 * SECOND), arrive_at_broker, c,
		    again);
	}
}

struct client *
client_attach(struct broker *b, const char *name, const char *const *filters,
    const struct client_events *events, void *ctx)
{
	struct client *c = sim_alloc(sizeof(*c));

	*c = (struct client){ .b = b, .name = name, .filters = filters, .events = *events,
		.ctx = ctx, .weather = fair_weather };
	sim_reserve((void **)&b->clients, b->n_clients, &b->cap_clients, sizeof(*b->clients));
	b->clients[b->n_clients++] = c;
	return c;
}

static void
connect_or_wait(void *ctx, void *what)
{
	struct client *c = ctx;
	struct world *w = c->b->w;
	struct message **queue = c->queue;
	size_t n = c->n_queue;

	(void)what;
	if (!c->alive || c->online)
		return;
	if (c->b->down || w->now < c->away_until) {
		world_after(w, prng_between(&w->prng, 200 * MS, 2 * SECOND), connect_or_wait, c,
		    NULL);
		return;
	}
	c->online = c->served = true;
	c->generation++;
	world_trace(w, c->b->name, "%s connected", c->name);
	c->queue = NULL;
	c->n_queue = c->cap_queue = 0;
	for (size_t i = 0; i < n; i++)
		send_off(c, queue[i], &c->next_down, arrive_at_client);
	messages_free(queue, &n);
	free(queue);
	for (size_t i = 0; i < c->b->n_retained; i++) {
		if (c->b->retained[i]->n > 0 && client_wants(c, c->b->retained[i]->topic))
			send_off(c, c->b->retained[i], &c->next_down, arrive_at_client);
	}
	c->events.connected(c->ctx);
}

void
client_start(struct client *c)
{
	c->alive = true;
	world_after(c->b->w, prng_between(&c->b->w->prng, 1 * MS, 100 * MS), connect_or_wait, c,
	    NULL);
}

static void
publish_will(void *ctx, void *what)
{
	struct client *c = ctx;
	struct message *will = what;

	if (!c->b->down)
		broker_take_in(c->b, will);
}

/* The broker's side of a lost connection. */
static void
stop_serving(struct client *c, bool clean)
{
	struct world *w = c->b->w;

	if (!c->served)
		return;
	c->served = false;
	if (!clean && c->will != NULL)
		world_after(w, prng_between(&w->prng, 0, 2 * SECOND), publish_will, c,
		    message_copy(c->will));
}

void
client_stop(struct client *c, bool clean)
{
	c->alive = c->online = false;
	c->generation++;
	stop_serving(c, clean);
}

static void
notice(void *ctx, void *what)
{
	struct client *c = ctx;
	uint64_t *generation = what;

	if (!c->alive || !c->online || c->generation != *generation)
		return;
	c->online = false;
	world_trace(c->b->w, c->b->name, "%s disconnected", c->name);
	c->events.disconnected(c->ctx);
	world_after(c->b->w, prng_between(&c->b->w->prng, 10 * MS, 500 * MS), connect_or_wait, c,
	    NULL);
}

void
client_cut(struct client *c, uint64_t away_us)
{
	struct world *w = c->b->w;
	uint64_t *generation = sim_alloc(sizeof(*generation));

	if (c->away_until < w->now + away_us)
		c->away_until = w->now + away_us;
	*generation = ++c->generation;
	stop_serving(c, false);
	world_after(w, prng_between(&w->prng, 0, 1500 * MS), notice, c, generation);
}

void
client_set_will(struct client *c, const char *topic, struct bytes payload)
{
	free(c->will);
	c->will = message_new(topic, payload, true);
}

enum kas_err
client_publish(struct client *c, const char *topic, struct bytes payload, bool retain_it)
{
	struct message *m;

	if (!c->alive || !c->online)
		return KAS_AGAIN;
	m = message_new(topic, payload, retain_it);
	send_off(c, m, &c->next_up, arrive_at_broker);
	free(m);
	return KAS_OK;
}

void
client_set_weather(struct client *c, const struct weather *weather)
{
	c->weather = *weather;
}

bool
client_online(const struct client *c)
{
	return c->online;
}

