/* shop.h - one run: a store, its tills, headquarters, and what goes wrong with them, all
 * drawn from one seed. */
#ifndef KASIR_SIM_SHOP_H
#define KASIR_SIM_SHOP_H

#include "tests/sim/disk.h"
#include "tests/sim/hq_node.h"
#include "tests/sim/insider.h"
#include "tests/sim/manager.h"
#include "tests/sim/office.h"
#include "tests/sim/rogue.h"
#include "tests/sim/store_node.h"
#include "tests/sim/till.h"

#define TILLS 5
#define RECEIVERS 2
#define OFFICES 2

struct shop {
	struct world w;
	struct broker *shop, *wan;
	struct oracle oracle;
	struct sig_cache *cache;
	struct note_cache *notes;
	struct signer *store_signer, *hq_signer;
	struct disk *disk;
	struct store_node *store;
	struct hq_memory *hq_memory, *hq_backup;
	struct hq_node *hq[RECEIVERS];	/* on one database */
	unsigned n_hq;
	struct manager manager;
	struct office offices[OFFICES];
	struct floor floor;
	bool closed_up;			/* the last day was asked to be closed */
	struct till *tills[TILLS];
	unsigned n_tills;
	struct till *revoked;		/* NULL: none */
	struct rogue *rogue;		/* NULL: none in this run */
	struct insider insider;
	struct image backup;		/* of the ledger; n is 0: none taken */
	bool put_back;			/* ...and put in place */
	bool quiet;			/* faults are over */
	uint64_t faults_until, unrest_us;
	unsigned menu[32];		/* faults.c: how likely each kind is */
};

/* What came of a run. */
struct outcome {
	bool failed;
	char reason[480];
	uint64_t trace_hash, events, simulated_us, sales, acks, entries, days, shifts, xs;
};

void shop_run(uint64_t seed, bool tracing, struct outcome *ret);

/* faults.c: draw the run's weather and start its mischief; end all of it. */
void faults_begin(struct shop *s);
void faults_end(struct shop *s);

#endif
