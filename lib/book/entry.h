/* entry.h - what a ledger holds, as it is handed around. */
#ifndef KASIR_BOOK_ENTRY_H
#define KASIR_BOOK_ENTRY_H

#include "base/bytes.h"

/* An entry as it stands in the ledger.  payload is empty for events; salt and personal
 * are empty where there is none. */
struct store_entry {
	struct bytes entry, payload, salt, personal;
};

struct store_head {
	uint64_t size;			/* entries */
	uint64_t snapshot_size;		/* entries that the snapshot covers */
	struct bytes checkpoint;	/* newest signed; empty: none */
	struct bytes cosigned;		/* newest cosigned; empty: none */
};

#endif
