/* inspect.h - are a block's entries what a genuine store may have written?
 *
 * Every transaction is signed by a key that the ledger itself named before, every payload
 * is the one that was signed, and entry 0 names the key that the store was registered
 * with.  Pure but for the crew that checks the signatures. */
#ifndef KASIR_HQ_INSPECT_H
#define KASIR_HQ_INSPECT_H

#include "daemon/hq/ports.h"

struct inspection {
	const char *store;
	const struct vkey *key;		/* as registered */
	struct keyring *keys;		/* as of `first`; the entries are applied to it */
	const struct crew_port *crew;
	struct arena *arena;
	const Kasir__V1__EntryBlock *block;
	size_t skip;			/* entries of the block that are held already */
	uint64_t first;			/* index of the first one after those */
};

/* KAS_OK, KAS_NOMEM, or KAS_CORRUPT with an entry that is bad.  Unless it is KAS_OK
 * the keyring is no good any more. */
KAS_CHECKED enum kas_err inspect_entries(const struct inspection *in, uint64_t *ret_bad,
    struct kas_why *why);

#endif
