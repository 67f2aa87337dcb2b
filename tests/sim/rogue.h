/* rogue.h - an enrolled terminal that plays false, and strangers: they speak the protocol by
 * hand.  What the rogue signs is genuine and may stand in the ledger, once; what strangers
 * send must never get there. */
#ifndef KASIR_SIM_ROGUE_H
#define KASIR_SIM_ROGUE_H

#include "tests/sim/basket.h"
#include "tests/sim/machine.h"
#include "tests/sim/net.h"
#include "tests/sim/oracle.h"

struct rogue;
struct rogue *rogue_open(struct world *w, struct broker *shop, struct oracle *oracle,
    const char *store, unsigned tricks);
void rogue_close(struct rogue *r);
const char *rogue_name(const struct rogue *r);
const struct pubkey *rogue_key(const struct rogue *r);
void rogue_start(struct rogue *r);

#endif
