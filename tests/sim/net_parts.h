/* net_parts.h - what broker.c and client.c share; nobody else includes it. */
#ifndef KASIR_SIM_NET_PARTS_H
#define KASIR_SIM_NET_PARTS_H

#include "tests/sim/net.h"

struct message {
	char topic[WIRE_TOPIC_MAX];
	bool retain;
	uint64_t generation;	/* of the connection that it is on its way on; 0: goes nowhere */
	bool late;		/* has outlived its connection once */
	size_t n;
	uint8_t p[];
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
	uint64_t next_up, next_down;	/* a link keeps its order but for the weather */
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

/* broker.c */
struct message *message_new(const char *topic, struct bytes payload, bool retain);
struct message *message_copy(const struct message *m);
void messages_free(struct message **list, size_t *n);
void broker_trace(struct broker *b, const char *what, const struct client *c,
    const struct message *m);
/* A message has reached the broker. */
void broker_take_in(struct broker *b, const struct message *m);

/* client.c */
bool client_wants(const struct client *c, const char *topic);
/* A message for C: onto its link, or into its session while it is away. */
void client_send(struct client *c, const struct message *m);

#endif
