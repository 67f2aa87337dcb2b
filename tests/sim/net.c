#include "tests/sim/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct weather fair_weather = { 0, 0, 0, 200, 2000 };

struct message {
	char topic[WIRE_TOPIC_MAX];
	bool retain;
	size_t n;
	uint8_t p[];
};

/* A message on a link, with the connection it was sent on. */
struct flight {
	struct message *m;
	uint64_t generation;
	bool late;		/* has outlived its connection once */
};

struct client {
	struct broker *b;
	const char *name;
	const char *const *filters;
	struct client_events events;
	void *ctx;
	bool alive;		/* its process runs */
	bool online;		/* as it believes */
	bool served;		/* as the broker believes */
	uint64_t generation;	/* of the connection */
	uint64_t away_until;	/* the link is cut */
	uint64_t next_up, next_down;	/* a link keeps its order unless the weather says otherwise */
	struct weather weather;
	struct message *will;
	struct message **queue;	/* its session's, at the broker */
	size_t n_queue, cap_queue;
};

struct broker {
	struct world *w;
	const char *name;
	size_t queue_max;
	bool down;
	bool (*meddle)(void *ctx, const char *topic, struct bytes *payload);
	void *meddle_ctx;
	struct client **clients;
	size_t n_clients, cap_clients;
	struct message **retained;
	size_t n_retained, cap_retained;
};

static struct message *
message_new(const char *topic, struct bytes payload, bool retain)
{
	struct message *m = sim_alloc(sizeof(*m) + payload.n);

	snprintf(m->topic, sizeof(m->topic), "%s", topic);
	m->retain = retain;
	m->n = payload.n;
	if (payload.n > 0)
		memcpy(m->p, payload.p, payload.n);
	return m;
}

static struct message *
message_copy(const struct message *m)
{
	return message_new(m->topic, BYTES(m->p, m->n), m->retain);
}

static void
free_messages(struct message **list, size_t *n)
{
	while (*n > 0)
		free(list[--*n]);
}

static void
trace_message(struct broker *b, const char *what, const struct client *c, const struct message *m)
{
	uint32_t h = 0x811c9dc5u;

	for (size_t i = 0; i < m->n; i++)
		h = (h ^ m->p[i]) * 0x01000193u;
	world_trace(b->w, b->name, "%s %s: %s, %zu bytes #%08x", c->name, what, m->topic, m->n, h);
}

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

static bool
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
	struct flight *f;

	if (prng_chance(&w->prng, c->weather.drop)) {
		trace_message(c->b, "lost", c, m);
		return;
	}
	for (; copies > 0; copies--) {
		f = sim_alloc(sizeof(*f));
		f->m = message_copy(m);
		f->generation = c->served ? c->generation : 0;	/* 0: goes nowhere */
		world_after(w, delay_of(c, next), arrive, c, f);
	}
}

static void
enqueue(struct client *c, const struct message *m)
{
	if (c->n_queue >= c->b->queue_max) {
		trace_message(c->b, "queue full, dropped", c, m);
		return;
	}
	sim_reserve((void **)&c->queue, c->n_queue, &c->cap_queue, sizeof(*c->queue));
	c->queue[c->n_queue++] = message_copy(m);
}

static void
arrive_at_client(void *ctx, void *what)
{
	struct client *c = ctx;
	struct flight *f = what;
	bool stale = f->generation != c->generation || !c->online;

	if (!stale) {
		trace_message(c->b, "<-", c, f->m);
		c->events.message(c->ctx, f->m->topic, BYTES(f->m->p, f->m->n));
	} else if (prng_chance(&c->b->w->prng, 800)) {
		enqueue(c, f->m);	/* unacknowledged: its session still has it */
	}
	free(f->m);
}

static void
route(struct broker *b, const struct message *m)
{
	for (size_t i = 0; i < b->n_clients; i++) {
		struct client *c = b->clients[i];

		if (!client_wants(c, m->topic))
			continue;
		if (c->served)
			send_off(c, m, &c->next_down, arrive_at_client);
		else
			enqueue(c, m);
	}
}

static void
retain(struct broker *b, const struct message *m)
{
	size_t i = 0;

	while (i < b->n_retained && strcmp(b->retained[i]->topic, m->topic) != 0)
		i++;
	if (i == b->n_retained) {
		sim_reserve((void **)&b->retained, i, &b->cap_retained, sizeof(*b->retained));
		b->n_retained++;
	} else {
		free(b->retained[i]);
	}
	b->retained[i] = message_copy(m);
}

static void
take_in(struct broker *b, const struct message *m)
{
	struct bytes payload = BYTES(m->p, m->n);
	struct message *other;

	if (b->meddle != NULL && !b->meddle(b->meddle_ctx, m->topic, &payload))
		return;
	other = message_new(m->topic, payload, m->retain);
	if (m->retain)
		retain(b, other);
	route(b, other);
	free(other);
}

static void
arrive_at_broker(void *ctx, void *what)
{
	struct client *c = ctx;
	struct flight *f = what, *again;
	struct world *w = c->b->w;
	bool stale = f->generation != c->generation || c->b->down;

	if (!stale || (f->late && !c->b->down)) {
		trace_message(c->b, "->", c, f->m);
		take_in(c->b, f->m);
	} else if (!f->late && prng_chance(&w->prng, 500)) {
		/* Sent again on the next connection, as QoS 1 would. */
		again = sim_alloc(sizeof(*again));
		*again = (struct flight){ f->m, 0, true };
		world_after(w, prng_between(&w->prng, 100 * MS, 3 * SECOND), arrive_at_broker, c,
		    again);
		return;
	}
	free(f->m);
}

struct broker *
broker_open(struct world *w, const char *name, size_t queue_max)
{
	struct broker *b = sim_alloc(sizeof(*b));

	b->w = w;
	b->name = name;
	b->queue_max = queue_max;
	return b;
}

void
broker_close(struct broker *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n_clients; i++) {
		struct client *c = b->clients[i];

		free_messages(c->queue, &c->n_queue);
		free(c->queue);
		free(c->will);
		free(c);
	}
	free_messages(b->retained, &b->n_retained);
	free(b->retained);
	free(b->clients);
	free(b);
}

void
broker_set_meddler(struct broker *b,
    bool (*meddle)(void *ctx, const char *topic, struct bytes *payload), void *ctx)
{
	b->meddle = meddle;
	b->meddle_ctx = ctx;
}

void
broker_inject(struct broker *b, const char *topic, struct bytes payload)
{
	struct message *m = message_new(topic, payload, false);

	if (!b->down)
		route(b, m);
	free(m);
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
	free_messages(queue, &n);
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
		take_in(c->b, will);
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

static void
come_back(void *ctx, void *what)
{
	struct broker *b = ctx;

	(void)what;
	b->down = false;
	world_trace(b->w, b->name, "broker is back");
}

void
broker_restart(struct broker *b, uint64_t down_us, bool lose)
{
	if (b->down)
		return;
	b->down = true;
	world_trace(b->w, b->name, "broker goes down%s", lose ? " and forgets" : "");
	for (size_t i = 0; i < b->n_clients; i++) {
		client_cut(b->clients[i], 0);
		if (lose)
			free_messages(b->clients[i]->queue, &b->clients[i]->n_queue);
	}
	if (lose)
		free_messages(b->retained, &b->n_retained);
	world_after(b->w, down_us, come_back, b, NULL);
}

void
broker_heal(struct broker *b)
{
	for (size_t i = 0; i < b->n_clients; i++) {
		b->clients[i]->weather = fair_weather;
		if (b->clients[i]->away_until > b->w->now)
			b->clients[i]->away_until = b->w->now;
	}
}
