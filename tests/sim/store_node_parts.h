/* store_node_parts.h - what store_node.c and store_links.c share; nobody else includes it. */
#ifndef KASIR_SIM_STORE_NODE_PARTS_H
#define KASIR_SIM_STORE_NODE_PARTS_H

#include "tests/sim/store_node.h"

#define STORE_NODE_WAITING 64

struct store_node {
	struct store_node_setup set;
	struct world *w;
	struct machine machine;
	struct client *shop, *wan;
	struct engine *engine;
	uint64_t generation;		/* of the process */
	uint64_t next_turn;		/* world time; UINT64_MAX: none planned */
	uint64_t token;
	/* Who waits for which answer; the oldest is forgotten. */
	struct { uint64_t token; struct control_answer answer; } waiting[STORE_NODE_WAITING];
	unsigned calls_left;		/* 0: no death is planned */
	bool dying, stopping;
	uint64_t stop_by;
	uint64_t cosigned;		/* newest that this process reported */
	enum engine_state state;
	char topic_tx[WIRE_TOPIC_MAX], topic_state[WIRE_TOPIC_MAX], topic_down[WIRE_TOPIC_MAX];
	const char *shop_filters[3], *wan_filters[2];
};

/* store_node.c */
void store_node_plan_turn(struct store_node *s, uint64_t delay_us);

/* store_links.c: both brokers' clients, their messages given to the engine. */
void store_node_attach(struct store_node *s);

#endif
