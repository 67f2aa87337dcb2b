/* store_node.h - the store's computer: the real engine on a simulated disk, bus and clock. */
#ifndef KASIR_SIM_STORE_NODE_H
#define KASIR_SIM_STORE_NODE_H

#include "daemon/store/engine.h"
#include "tests/sim/disk.h"
#include "tests/sim/machine.h"
#include "tests/sim/net.h"
#include "tests/sim/oracle.h"

struct store_node;

struct store_node_setup {
	struct world *w;
	struct broker *shop, *wan;
	struct disk *disk;
	struct oracle *oracle;
	struct sig_cache *cache;
	struct engine_config engine;	/* boot_id is filled at each start */
};

struct store_node *store_node_open(const struct store_node_setup *setup);
void store_node_close(struct store_node *s);

void store_node_start(struct store_node *s);		/* no-op when it runs */
void store_node_crash(struct store_node *s, bool power);
/* Die at the N-th call that the engine makes into the world from now on: between two acks,
 * or between an ack and a flush. */
void store_node_crash_soon(struct store_node *s, unsigned n);
void store_node_stop(struct store_node *s);		/* a clean end, when it comes to it */
/* USER asks; ANSWER comes when it comes, or never: the process may die first. */
struct control_answer {
	void (*act)(void *ctx, struct bytes response);
	void *ctx;
};
void store_node_ask(struct store_node *s, const char *user, struct bytes control_request,
    struct control_answer answer);

struct engine *store_node_engine(struct store_node *s);	/* NULL: not running */
struct machine *store_node_machine(struct store_node *s);
struct client *store_node_shop_link(struct store_node *s);
struct client *store_node_wan_link(struct store_node *s);

#endif
