/* hq_node.h - headquarters: the real receiver on a database in memory. */
#ifndef KASIR_SIM_HQ_NODE_H
#define KASIR_SIM_HQ_NODE_H

#include "daemon/hq/receiver.h"
#include "tests/sim/machine.h"
#include "tests/sim/net.h"
#include "tests/sim/oracle.h"
#include "tests/support/hq_memory.h"

struct hq_node;

/* MEMORY: where the pointer to the database stands; put_back() changes it. */
struct hq_node *hq_node_open(struct world *w, struct broker *wan, const char *name,
    struct hq_memory **memory, const struct signer *witness, struct oracle *oracle,
    struct sig_cache *cache);
void hq_node_close(struct hq_node *h);
void hq_node_start(struct hq_node *h);
void hq_node_crash(struct hq_node *h);
/* While it is down: an old copy takes the place of its database. */
void hq_node_put_back(struct hq_node *h, const struct hq_memory *old);
bool hq_node_runs(const struct hq_node *h);
struct client *hq_node_link(struct hq_node *h);
struct machine *hq_node_machine(struct hq_node *h);

#endif
