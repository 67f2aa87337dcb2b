#include "edge/history.h"

#define READ_BYTES ((size_t)1024 * 1024)

enum kas_err
history_entry(struct ledger_reader *r, uint64_t index, struct arena *a, struct store_entry *ret)
{
	size_t n;
	enum kas_err err;

	err = ledger_read_entries(r, index, 1, READ_BYTES, a, ret, &n);
	if (err == KAS_OK && n == 0)
		err = KAS_NOTFOUND;
	return err;
}

enum kas_err
history_leaves(struct ledger_reader *r, uint64_t first, size_t n, struct hash *ret)
{
	struct store_entry entries[TILE_WIDTH];
	enum kas_err err = KAS_OK;
	struct arena a;
	size_t got;

	arena_init(&a, 0);
	while (n > 0 && err == KAS_OK) {
		arena_reset(&a);
		err = ledger_read_entries(r, first, n, READ_BYTES, &a, entries, &got);
		if (err == KAS_OK && got == 0)
			err = KAS_CORRUPT;
		for (size_t i = 0; err == KAS_OK && i < got; i++)
			*ret++ = merkle_leaf(entries[i].entry);
		if (err == KAS_OK) {
			first += got;
			n -= got;
		}
	}
	arena_fini(&a);
	return err;
}

enum kas_err
history_open(struct ledger_reader *r, uint64_t size, struct tree **ret)
{
	struct tile_port tiles = ledger_read_tiles(r);
	struct hash tail[TILE_WIDTH];
	size_t n = size % TILE_WIDTH;
	enum kas_err err;

	err = history_leaves(r, size - n, n, tail);
	return err != KAS_OK ? err : tree_open(&tiles, size, tail, ret);
}
