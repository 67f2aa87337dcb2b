/* fleet.h - many tills in one process, and what became of their sales. */
#ifndef KASIR_TERM_FLEET_H
#define KASIR_TERM_FLEET_H

#include "tools/kasir-term/baskets.h"
#include "tools/kasir-term/histogram.h"
#include "tools/kasir-term/till.h"

struct fleet_counts {
	uint64_t before;	/* waited in the outboxes when they were opened */
	uint64_t made, acked, exceptions, rejected, conflicts;
	uint64_t waiting;	/* made, now or before, and not acked */
	uint64_t durable;	/* acked, not witnessed */
	uint64_t witnessed, duplicates, resends, bad_messages, messages;
	uint64_t checkpoints_checked;
};

struct fleet;

struct fleet_config {
	const struct term_options *options;
	unsigned n;			/* terminals */
	const char *prefix;		/* their ids: <prefix>001 and on; NULL: see `name` */
	const char *name;		/* of the one terminal, where n is 1 */
	unsigned batch_max;
	bool forget, make_keys;
	/* TILL may sell again: one of its sales has been answered, or it has connected. */
	void (*on_room)(void *ctx, unsigned till);
	void *ctx;
};

KAS_CHECKED enum kas_err fleet_open(const struct fleet_config *config, struct fleet **ret,
    struct kas_why *why);
void fleet_close(struct fleet *f);
struct loop *fleet_loop(struct fleet *f);
unsigned fleet_size(const struct fleet *f);
struct till *fleet_till(struct fleet *f, unsigned i);

/* Sell PAYLOAD, with PERSONAL beside it, at till I.  BEGAN_US (loop's clock): from when
 * its latency counts.  RET may be NULL. */
KAS_CHECKED enum kas_err fleet_sell(struct fleet *f, unsigned i, struct bytes payload,
    struct bytes personal, uint64_t began_us, struct receipt *ret);
uint64_t fleet_waiting(const struct fleet *f, unsigned i);	/* of till I, not answered */

/* One turn of the loop, at most until UNTIL_US. */
void fleet_turn(struct fleet *f, uint64_t until_us);
bool fleet_interrupted(const struct fleet *f);		/* by SIGINT or SIGTERM */
/* Every till is connected; false after TIMEOUT_US, or when interrupted. */
bool fleet_wait_connected(struct fleet *f, uint64_t timeout_us);
/* Sales wait, and for PATIENCE_US nothing was answered (and nothing witnessed): whoever goes
 * on waiting may wait for ever. */
bool fleet_is_stuck(struct fleet *f, uint64_t patience_us);
/* All that was made is acked (and witnessed); false when it is stuck, or interrupted. */
bool fleet_wait_settled(struct fleet *f, bool witnessed, uint64_t patience_us);

/* The first till whose sales wait, and how many tills stand as that one does. */
struct fleet_trouble {
	const char *till;		/* NULL: no sale waits */
	enum session_state state;
	unsigned tills;
	char reason[160];
};
void fleet_trouble(const struct fleet *f, struct fleet_trouble *ret);

void fleet_count(const struct fleet *f, struct fleet_counts *ret);
/* Latencies of what was acked since the last fleet_measure(). */
const struct histogram *fleet_latencies(const struct fleet *f);
void fleet_measure(struct fleet *f);

#endif
