/* closes.c - shifts and days are closed: the book says what a close must state, the engine adds
 * what only it knows, and stages it right behind what asked for it. */
#include "daemon/store/engine_parts.h"

enum kas_err
closes_complete(struct engine *en, struct arena *a, Kasir__V1__DayClosed *day)
{
	struct bytes kept;
	struct hash root;
	enum kas_err err;

	err = tree_root(en->tree, book_size(en->book), &root);
	if (err != KAS_OK)
		return err;
	if (!arena_copy(a, hash_bytes(&root), &kept))
		return KAS_NOMEM;
	day->root = proto_bytes(kept);
	day->cosigned_size = en->cosigned_size;
	return KAS_OK;
}

enum kas_err
closes_stage_due(struct engine *en)
{
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	enum kas_err err;

	err = book_due(en->book, &en->judging, &entry);
	if (err != KAS_OK || entry.body_case == KASIR__V1__LEDGER_ENTRY__BODY__NOT_SET)
		return err;
	if (entry.body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		err = closes_complete(en, &en->judging, entry.day_closed);
	return err == KAS_OK ? ledger_stage_event(en, &entry, BYTES_NONE) : err;
}
