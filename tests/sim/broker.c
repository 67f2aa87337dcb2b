#include "tests/sim/net_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct message *
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

struct message *
message_copy(const struct message *m)
{
	return message_new(m->topic, BYTES(m->p, m->n), m->retain);
}

void
messages_free(struct message **list, size_t *n)
{
	while (*n > 0)
		free(list[--*n]);
}

void
broker_trace(struct broker *b, const char *what, const struct client *c,
    const struct message *m)
{
	uint32_t h = 0x811c9dc5u;

	for (size_t i = 0; i < m->n; i++)
		h = (h ^ m->p[i]) * 0x01000193u;
	world_trace(b->w, b->name, "%s %s: %s, %zu bytes #%08x", c->name, what, m->topic, m->n, h);
}

static void
route(struct broker *b, const struct message *m)
{
	for (size_t i = 0; i < b->n_clients; i++) {
		struct client *c = b->clients[i];

		if (client_wants(c, m->topic))
			client_send(c, m);
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

void
broker_take_in(struct broker *b, const struct message *m)
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

		messages_free(c->queue, &c->n_queue);
		free(c->queue);
		free(c->will);
		free(c);
	}
	messages_free(b->retained, &b->n_retained);
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
			messages_free(b->clients[i]->queue, &b->clients[i]->n_queue);
	}
	if (lose)
		messages_free(b->retained, &b->n_retained);
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
