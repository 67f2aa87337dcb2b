/* shelf.h - the stores whose tree and keyring stand ready in memory.
 *
 * Only a cache: what a store holds is what the database says, and a shelved store that is
 * not exactly there any more (another receiver went on with it) is read anew. */
#ifndef KASIR_HQ_SHELF_H
#define KASIR_HQ_SHELF_H

#include "daemon/hq/ports.h"

#define SHELF_MAX 32		/* stores; a few hundred KiB each */

struct shelved {
	char store[NAME_MAX_LEN + 1];
	uint64_t size;
	struct hash root;
	struct tree *tree;
	struct keyring keys;	/* as of `size` */
	uint64_t used;		/* when, by the shelf's own count */
	const struct hq_store_port *port;
};

struct shelf {
	const struct hq_store_port *port;
	struct shelved *slots[SHELF_MAX];
	uint64_t uses;
};

void shelf_init(struct shelf *s, const struct hq_store_port *port);	/* borrowed */
void shelf_fini(struct shelf *s);

/* The tree and keys of HEAD, exactly as HEAD says.  Borrowed until the next call here.
 * KAS_CORRUPT: what the database holds does not give the root that it states. */
KAS_CHECKED enum kas_err shelf_get(struct shelf *s, const struct hq_store *head,
    struct shelved **ret);
/* Forget STORE: it was changed and not written. */
void shelf_drop(struct shelf *s, const char *store);
void shelf_clear(struct shelf *s);

#endif
