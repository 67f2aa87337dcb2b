#include "tools/kasirctl/walk.h"

#include "wire/codec.h"

#define WALK_ENTRIES 256u
#define WALK_BYTES ((size_t)1024 * 1024)

struct walk {
	enum walk_next (*visit)(void *ctx, const struct walk_step *step);
	void *ctx;
	struct arena arena;
	enum walk_next next;
};

static enum kas_err
read_all(struct ledger_reader *r, uint64_t first, size_t n, struct arena *a,
    struct store_entry *ret)
{
	enum kas_err err = KAS_OK;
	size_t got, at;

	for (at = 0; err == KAS_OK && at < n; at += got) {
		err = ledger_read_entries(r, first + at, n - at, WALK_BYTES, a, ret + at, &got);
		if (err == KAS_OK && got == 0)
			err = KAS_CORRUPT;
	}
	return err;
}

/* The entries FIRST to FIRST+N-1, from the last one back. */
static enum kas_err
walk_stretch(struct walk *w, struct ledger_reader *r, uint64_t first, size_t n)
{
	struct store_entry entries[WALK_ENTRIES];
	Kasir__V1__LedgerEntry *e;
	enum kas_err err;

	arena_reset(&w->arena);
	err = read_all(r, first, n, &w->arena, entries);
	while (err == KAS_OK && n-- > 0 && w->next == WALK_ON)
		if (wire_decode_entry(entries[n].entry, &w->arena, &e, NULL) == KAS_OK)
			w->next = w->visit(w->ctx, &(struct walk_step){ first + n, e,
				entries[n].payload, &w->arena });
	return err;
}

enum kas_err
walk_back(struct ledger_reader *r, uint64_t size,
    enum walk_next (*visit)(void *ctx, const struct walk_step *step), void *ctx)
{
	struct walk w = { .visit = visit, .ctx = ctx, .next = WALK_ON };
	enum kas_err err = KAS_OK;
	size_t n;

	arena_init(&w.arena, 0);
	while (err == KAS_OK && size > 0 && w.next == WALK_ON) {
		n = size < WALK_ENTRIES ? (size_t)size : WALK_ENTRIES;
		size -= n;
		err = walk_stretch(&w, r, size, n);
	}
	arena_fini(&w.arena);
	return err == KAS_OK && w.next == WALK_NOMEM ? KAS_NOMEM : err;
}
