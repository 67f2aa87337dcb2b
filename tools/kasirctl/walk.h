/* walk.h - the ledger's entries from the newest back, some at a time, so that a daemon's log is
 * not kept from being emptied. */
#ifndef KASIR_CTL_WALK_H
#define KASIR_CTL_WALK_H

#include "edge/ledger_read.h"
#include "kasir/v1/ledger.pb-c.h"

struct walk_step {
	uint64_t index;
	const Kasir__V1__LedgerEntry *entry;
	struct bytes payload;
	struct arena *arena;		/* for what lives as long as this step */
};

/* Every entry below SIZE that decodes is given to VISIT, until that says stop. */
enum walk_next { WALK_ON, WALK_STOP, WALK_NOMEM };
KAS_CHECKED enum kas_err walk_back(struct ledger_reader *r, uint64_t size,
    enum walk_next (*visit)(void *ctx, const struct walk_step *step), void *ctx);

#endif
