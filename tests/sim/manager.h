/* manager.h - whoever sits at kasirctl: sees to it that every till is enrolled, and revokes
 * one when told to.  Looks first and asks again, because answers may be lost. */
#ifndef KASIR_SIM_MANAGER_H
#define KASIR_SIM_MANAGER_H

#include "tests/sim/store_node.h"

#define TILLS_MAX 8

struct manager {
	struct world *w;
	struct store_node *store;	/* set by the caller once there is one */
	struct { const char *name; struct pubkey key; bool revoke, revoked; } tills[TILLS_MAX];
	size_t n;
};

void manager_init(struct manager *m, struct world *w);
void manager_enrol(struct manager *m, const char *till, const struct pubkey *key);
void manager_revoke(struct manager *m, const char *till);
void manager_start(struct manager *m);	/* looks about twice a second, to the end of the run */

#endif
