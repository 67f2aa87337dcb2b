/* ledger_keeper.h - the ledger's writer through good days and bad: what to do after an
 * error so that every byte that counts is known to be on the disk.  Belongs to one thread.
 *
 *                  commit: KAS_FULL              commit, checkpoint: KAS_IO
 *     healthy ------------------------> shut     ----------------> doubtful
 *        ^  reopen, size as before        |  else                     |
 *        +--------------------------------+------------> doubtful     |
 *        |  reopen: copy, verify, swap                                |
 *        +------------------------------------------------------------+   */
#ifndef KASIR_STORE_EDGE_LEDGER_KEEPER_H
#define KASIR_STORE_EDGE_LEDGER_KEEPER_H

#include "daemon/store/edge/ledger_writer.h"

struct ledger_keeper {
	char *path;
	struct ledger_writer *writer;	/* NULL after a reopen that failed */
	uint64_t durable;		/* entries, as last committed */
	bool doubtful;			/* until a copy is in place */
};

/* Finish a repair that was cut short, and open.  Fini is safe after a failure. */
KAS_CHECKED enum kas_err ledger_keeper_init(struct ledger_keeper *k, const char *path,
    struct kas_why *why);
void ledger_keeper_fini(struct ledger_keeper *k);	/* zeroed is fine */

/* As store_port's flush and reopen. */
KAS_CHECKED enum kas_err ledger_keeper_flush(struct ledger_keeper *k,
    const struct flush_group *group, struct kas_why *why);
KAS_CHECKED enum kas_err ledger_keeper_reopen(struct ledger_keeper *k, enum kas_err after,
    struct kas_why *why);

/* Is there upkeep to do (URGENT: even if work waits)?  Then do it. */
bool ledger_keeper_wants_upkeep(const struct ledger_keeper *k, bool urgent);
void ledger_keeper_upkeep(struct ledger_keeper *k);

#endif
