/* till.h - a terminal: the real session and outbox, and a cashier who sells. */
#ifndef KASIR_SIM_TILL_H
#define KASIR_SIM_TILL_H

#include "terminal/outbox_mem.h"
#include "terminal/session.h"
#include "tests/sim/clerk.h"
#include "tests/sim/machine.h"
#include "tests/sim/net.h"
#include "tests/sim/oracle.h"

struct till;

struct till_setup {
	struct world *w;
	struct broker *shop;
	struct oracle *oracle;
	struct note_cache *notes;	/* shared by all */
	const char *store, *name;
	const struct vkey *store_key, *hq_key;
	struct floor *floor;		/* shared by all */
	unsigned sales;			/* to be made in the run */
	uint64_t pause_lo, pause_hi;	/* between them */
};

struct till *till_open(const struct till_setup *setup);
void till_close(struct till *t);
const struct pubkey *till_key(const struct till *t);

void till_start(struct till *t);		/* no-op when it runs */
void till_crash(struct till *t, bool power);
void till_stop(struct till *t);			/* a clean end: says goodbye */
void till_break_outbox(struct till *t, enum kas_err err);	/* KAS_OK: works again */

bool till_is_done(const struct till *t);	/* everything sold */
bool till_is_settled(const struct till *t);	/* ...and proved to be at headquarters */
void till_stats(const struct till *t, struct session_stats *ret);
void till_judge(const struct till *t, bool revoked);	/* by the oracle, at the end */
const char *till_name(const struct till *t);
struct client *till_link(struct till *t);
struct machine *till_machine(struct till *t);

#endif
