/* entry.h - what a ledger holds, as it is handed around. */
#ifndef KASIR_BOOK_ENTRY_H
#define KASIR_BOOK_ENTRY_H

#include "base/bytes.h"
#include "base/text.h"

/* An entry as it stands in the ledger.  payload is empty for events; salt and personal
 * are empty where there is none. */
struct store_entry {
	struct bytes entry, payload, salt, personal;
};

/* A checkpoint with the store's own valid signature that its ledger did not lead to when it
 * was shown. */
struct store_evidence {
	struct bytes note;		/* empty: none */
	char terminal[NAME_MAX_LEN + 1];	/* that showed it; empty: headquarters */
	int64_t wall_us;		/* when */
};

struct store_head {
	uint64_t size;			/* entries */
	uint64_t snapshot_size;		/* entries that the snapshot covers */
	uint64_t facts_size;		/* as book_facts_written() */
	struct bytes checkpoint;	/* newest signed; empty: none */
	struct bytes cosigned;		/* newest cosigned; empty: none */
	struct bytes state;		/* kasir.v1.BookState of the snapshot */
	struct store_evidence evidence;	/* newest */
};

#endif
