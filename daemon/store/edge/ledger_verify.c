/* Do the entries of a ledger file make the tree that its tiles and checkpoint say? */
#include "daemon/store/edge/ledger_repair.h"

#include <stdlib.h>

#include "edge/ledger_read.h"
#include "proof/checkpoint.h"

#define STRIDE 1024u
#define STRIDE_BYTES ((size_t)1024 * 1024)

struct walk {
	struct ledger_reader *from;
	struct tree *tree;
	struct arena arena;
	struct store_entry entries[STRIDE];
	struct kas_why *why;
};

static enum kas_err
read_compared(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	struct walk *w = ctx;

	/* Nothing but what has been compared already. */
	return ledger_read_tile(w->from, id, ret);
}

static enum kas_err
compare_tiles(struct walk *w)
{
	struct hash made[TILE_WIDTH], stored[TILE_WIDTH];
	struct tile_id id;
	enum kas_err err;

	while (tree_take_tile(w->tree, &id, made)) {
		if ((err = ledger_read_tile(w->from, id, stored)) != KAS_OK)
			return kas_fail(w->why, err == KAS_NOTFOUND ? KAS_CORRUPT : err,
			    "tile %llu of level %u: %s", (unsigned long long)id.n, id.level,
			    kas_err_text(err));
		for (size_t i = 0; i < TILE_WIDTH; i++)
			if (!hash_equal(&made[i], &stored[i]))
				return kas_fail(w->why, KAS_CORRUPT, "tile %llu of level %u is not "
				    "what its entries hash to", (unsigned long long)id.n, id.level);
	}
	return KAS_OK;
}

static enum kas_err
walk_entries(struct walk *w, uint64_t size)
{
	enum kas_err err;
	struct hash leaf;
	size_t n = 0;

	for (uint64_t at = 0; at < size; at += n) {
		arena_reset(&w->arena);
		err = ledger_read_entries(w->from, at, STRIDE, STRIDE_BYTES, &w->arena, w->entries,
		    &n);
		if (err == KAS_OK && n == 0)
			err = KAS_CORRUPT;
		if (err != KAS_OK)
			return kas_fail(w->why, err, "entries from %llu on: %s",
			    (unsigned long long)at, kas_err_text(err));
		if (n > size - at)
			n = (size_t)(size - at);
		for (size_t i = 0; i < n; i++) {
			leaf = merkle_leaf(w->entries[i].entry);
			if ((err = tree_append(w->tree, &leaf)) != KAS_OK)
				return kas_fail(w->why, err, "tree: %s", kas_err_text(err));
			if ((tree_size(w->tree) & (TILE_WIDTH - 1)) == 0 &&
			    (err = compare_tiles(w)) != KAS_OK)
				return err;
		}
	}
	return KAS_OK;
}

static enum kas_err
check_root(struct walk *w, const struct store_head *head)
{
	struct checkpoint c;
	struct note note;
	struct hash root;
	enum kas_err err;

	if (head->checkpoint.n == 0)
		return head->size == 0 ? KAS_OK
		    : kas_fail(w->why, KAS_CORRUPT, "entries without a checkpoint");
	if ((err = note_parse(head->checkpoint, &note, w->why)) != KAS_OK ||
	    (err = checkpoint_parse(note.text, &c, w->why)) != KAS_OK)
		return KAS_CORRUPT;
	if (c.size != head->size)
		return kas_fail(w->why, KAS_CORRUPT, "%llu entries under a checkpoint of %llu",
		    (unsigned long long)head->size, (unsigned long long)c.size);
	if ((err = tree_root(w->tree, head->size, &root)) != KAS_OK)
		return kas_fail(w->why, err, "tree: %s", kas_err_text(err));
	if (!hash_equal(&root, &c.root))
		return kas_fail(w->why, KAS_CORRUPT, "the entries do not hash to the root in the "
		    "checkpoint");
	return KAS_OK;
}

static enum kas_err
verify(struct walk *w, uint64_t durable)
{
	const struct tile_port port = { read_compared, w };
	struct store_head head;
	struct arena kept;	/* the head outlives w->arena */
	enum kas_err err;

	arena_init(&kept, 0);
	if ((err = ledger_read_head(w->from, &kept, &head)) != KAS_OK)
		kas_fail(w->why, err, "head: %s", kas_err_text(err));
	else if (head.size < durable)
		err = kas_fail(w->why, KAS_CORRUPT, "%llu entries are there and %llu were "
		    "durable before", (unsigned long long)head.size, (unsigned long long)durable);
	else if ((err = tree_open(&port, 0, NULL, &w->tree)) != KAS_OK)
		kas_fail(w->why, err, "tree: %s", kas_err_text(err));
	else if ((err = walk_entries(w, head.size)) == KAS_OK)
		err = check_root(w, &head);
	arena_fini(&kept);
	return err;
}

enum kas_err
ledger_verify_tree(const char *path, uint64_t durable, struct kas_why *why)
{
	struct walk *w = calloc(1, sizeof *w);
	enum kas_err err;

	if (w == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	arena_init(&w->arena, 0);
	w->why = why;
	if ((err = ledger_read_open(path, &w->from, why)) == KAS_OK &&
	    (err = verify(w, durable)) != KAS_OK)
		kas_why_prefix(why, "%s", path);
	tree_close(w->tree);
	ledger_read_close(w->from);
	arena_fini(&w->arena);
	free(w);
	return err;
}
