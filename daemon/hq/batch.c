/* A batch of entries: checked against what is held, written, cosigned, answered. */
#include "daemon/hq/receiver_parts.h"

#include <stdio.h>

#include "base/defect.h"
#include "daemon/hq/inspect.h"

#define FORK KASIR__V1__UPLINK_REFUSAL__FORK
#define ROOT_BAD KASIR__V1__UPLINK_REFUSAL__ROOT_BAD

struct intake {
	struct exchange *x;
	struct bytes note;		/* the batch's checkpoint */
	struct checkpoint end;
	Kasir__V1__EntryBlock *block;
	uint64_t first;			/* of the block */
	size_t held;			/* entries of the block that are held already */
	bool differs;			/* and those are not what is held */
	struct buf tiles;		/* struct stored_hq_tile, many */
	struct buf cosigned;
	bool cosign;
};

/* Do the entries sent again say what they said before? */
static enum kas_err
compare_overlap(struct intake *in)
{
	const struct hq_store_port *store = &in->x->r->ports.store;
	struct hash *held, leaf;
	enum kas_err err;
	size_t i;

	in->held = in->block->n_entries;
	if (in->x->head.size - in->first < in->held)
		in->held = (size_t)(in->x->head.size - in->first);
	if (in->held == 0)
		return KAS_OK;
	held = arena_alloc(&in->x->r->arena, in->held * sizeof held[0]);
	if (held == NULL)
		return KAS_NOMEM;
	err = store->leaves(store->ctx, in->x->answer.store, in->first, in->held, held);
	if (err != KAS_OK)
		return err;
	for (i = 0; i < in->held; i++) {
		leaf = merkle_leaf(bytes_of_proto(in->block->entries[i]->entry));
		in->differs |= !hash_equal(&leaf, &held[i]);
	}
	return KAS_OK;
}

static void
take_tiles(struct intake *in)
{
	struct tree *tree = in->x->books->tree;
	struct stored_hq_tile tile;

	while (tree_take_tile(tree, &tile.id, tile.hashes))
		buf_add(&in->tiles, &tile, sizeof tile);
}

static enum kas_err
grow_tree(struct intake *in)
{
	enum kas_err err = KAS_OK;
	struct hash leaf;
	size_t i;

	for (i = in->held; i < in->block->n_entries && err == KAS_OK; i++) {
		leaf = merkle_leaf(bytes_of_proto(in->block->entries[i]->entry));
		err = tree_append(in->x->books->tree, &leaf);
		take_tiles(in);
	}
	return err != KAS_OK ? err : in->tiles.failed ? KAS_NOMEM : KAS_OK;
}

/* Headquarters was restored: below its own earlier cosignature it signs nothing, and when
 * it comes up to it, must have come up to that very root.  False: answered. */
static bool
pass_floor(struct intake *in)
{
	struct exchange *x = in->x;
	struct checkpoint floor;
	enum kas_err err = read_floor(x, &floor);
	struct hash root;

	in->cosign = true;
	if (err == KAS_NOTFOUND || (err == KAS_OK && floor.size <= x->head.size))
		return true;
	if (err == KAS_OK && floor.size > in->end.size) {
		in->cosign = false;
		return true;
	}
	if (err == KAS_OK)
		err = tree_root(x->books->tree, floor.size, &root);
	if (err != KAS_OK) {
		refuse_for_now(x, err);
		return false;
	}
	if (hash_equal(&root, &floor.root))
		return true;
	refuse_contradiction(x, FORK, x->head.floor, in->note,
	    "the store's history contradicts what headquarters once cosigned");
	return false;
}

/* False: answered. */
static bool
check_root(struct intake *in)
{
	struct exchange *x = in->x;
	struct hash root;
	enum kas_err err = tree_root(x->books->tree, in->end.size, &root);

	if (err != KAS_OK) {
		refuse_for_now(x, err);
		return false;
	}
	if (DEFECT(HQ_ROOT_UNCHECKED)) {
		in->cosign = true;
		return true;
	}
	if (!hash_equal(&root, &in->end.root)) {
		refuse_contradiction(x, in->differs ? FORK : ROOT_BAD, x->head.checkpoint, in->note,
		    "the store's checkpoint does not follow from what headquarters holds and the "
		    "entries sent with it");
		return false;
	}
	if (in->differs) {
		shelf_drop(&x->r->shelf, x->answer.store);
		refuse(x, ROOT_BAD, "entries sent again are not those that the checkpoint stands on");
		return false;
	}
	return pass_floor(in);
}

/* Only the store's own signature line is kept of its note, and ours added. */
static bool
make_note(struct intake *in)
{
	const struct hq_ports *ports = &in->x->r->ports;
	struct clock_reading now;
	struct note note;

	if (note_parse(in->note, &note, NULL) != KAS_OK)
		return false;
	buf_add(&in->cosigned, note.text.p, note.text.n);
	buf_add(&in->cosigned, "\n", 1);
	note_add_sigs_of(&in->cosigned, &note, &in->x->head.key);
	if (in->cosign) {
		ports->clock.read(ports->clock.ctx, &now);
		note_cosign(&in->cosigned, in->x->r->witness, (uint64_t)(now.wall_us / 1000000));
	}
	return !in->cosigned.failed;
}

static enum kas_err
collect_terminals(struct intake *in, struct hq_append *what)
{
	const struct keyring *keys = &in->x->books->keys;
	const struct terminal_row **rows;
	size_t i, n = 0;

	rows = arena_alloc(&in->x->r->arena, keys->n * sizeof rows[0]);
	if (rows == NULL)
		return KAS_NOMEM;
	for (i = 0; i < keys->n; i++)
		if (keys->rows[i]->dirty)
			rows[n++] = keys->rows[i];
	what->terminals = rows;
	what->n_terminals = n;
	return KAS_OK;
}

/* The block without what is held already. */
static void
cut_held(struct intake *in)
{
	in->block->entries += in->held;
	in->block->n_entries -= in->held;
	in->first += in->held;
	in->held = 0;
}

static enum kas_err
write_down(struct intake *in)
{
	const struct hq_store_port *store = &in->x->r->ports.store;
	struct hq_append what = { .store = in->x->answer.store, .root = in->end.root,
		.tiles = (const void *)in->tiles.p,
		.n_tiles = in->tiles.n / sizeof(struct stored_hq_tile), .cosigned = in->cosign };
	enum kas_err err;

	if (!make_note(in))
		return KAS_NOMEM;
	err = collect_terminals(in, &what);
	if (err != KAS_OK)
		return err;
	cut_held(in);
	what.first = in->first;
	what.block = in->block;
	what.checkpoint = buf_bytes(&in->cosigned);
	return store->append(store->ctx, &what);
}

static void
shelve(struct intake *in)
{
	struct keyring *keys = &in->x->books->keys;
	size_t i;

	for (i = 0; i < keys->n; i++)
		keys->rows[i]->dirty = false;
	in->x->books->size = in->x->head.size = in->end.size;
	in->x->books->root = in->x->head.root = in->end.root;
	in->x->head.checkpoint = buf_bytes(&in->cosigned);
	in->x->head.cosigned = in->cosign;
}

/* Another receiver was faster; what it wrote is what is held. */
static void
answer_anew(struct exchange *x)
{
	const struct hq_store_port *store = &x->r->ports.store;
	enum kas_err err;

	shelf_drop(&x->r->shelf, x->answer.store);
	err = store->find(store->ctx, x->answer.store, &x->r->arena, &x->head);
	if (err == KAS_OK)
		answer_held(&x->answer, &x->head);
	else
		refuse_for_now(x, err);
}

/* The answer leaves only when the batch and its cosignature are on disk: a cosignature
 * that headquarters forgot would let it sign another history later. */
static void
take_new(struct intake *in)
{
	struct exchange *x = in->x;
	struct inspection what = { .store = x->answer.store, .key = &x->head.key,
		.keys = &x->books->keys, .crew = &x->r->ports.crew, .arena = &x->r->arena,
		.block = in->block, .skip = in->held, .first = x->head.size };
	struct kas_why why;
	enum kas_err err;
	uint64_t bad;

	err = inspect_entries(&what, &bad, &why);
	if (err == KAS_CORRUPT) {
		shelf_drop(&x->r->shelf, x->answer.store);
		refuse_entry(x, bad, why.text);
		return;
	}
	if (err == KAS_OK)
		err = grow_tree(in);
	if (err == KAS_OK && !check_root(in))
		return;
	if (err == KAS_OK)
		err = write_down(in);
	if (err == KAS_AGAIN) {
		answer_anew(x);
	} else if (err != KAS_OK) {
		refuse_for_now(x, err);
	} else {
		shelve(in);
		answer_held(&x->answer, &x->head);
	}
}

/* All of it is held: say so again, if it is the same. */
static void
take_repeat(struct intake *in)
{
	struct exchange *x = in->x;
	enum kas_err err = check_held(x, &in->end);

	if (err == KAS_FORK)
		refuse_contradiction(x, FORK, x->head.checkpoint, in->note,
		    "the store's checkpoint contradicts what headquarters holds");
	else if (err != KAS_OK)
		refuse_for_now(x, err);
	else if (in->differs)
		refuse(x, ROOT_BAD, "entries sent again are not those that the checkpoint stands on");
	else
		answer_held(&x->answer, &x->head);
}

static void
take_batch(struct intake *in, const Kasir__V1__EntryBatch *batch)
{
	struct exchange *x = in->x;
	struct kas_why why;
	enum kas_err err;

	if (checkpoint_open(in->note, &x->head.key, &in->end, &why) != KAS_OK) {
		refuse(x, KASIR__V1__UPLINK_REFUSAL__CHECKPOINT_BAD, why.text);
		return;
	}
	if (in->end.size != batch->first + batch->count) {
		refuse(x, KASIR__V1__UPLINK_REFUSAL__CHECKPOINT_BAD,
		    "the batch's checkpoint is not of the size at its end");
		return;
	}
	if (batch->first > x->head.size) {	/* a gap: say what is wanted */
		answer_held(&x->answer, &x->head);
		return;
	}
	err = wire_open_block(batch, &x->r->arena, &in->block, &why);
	if (err == KAS_MALFORMED) {
		refuse(x, KASIR__V1__UPLINK_REFUSAL__FRAME_BAD, why.text);
		return;
	}
	if (err == KAS_OK)
		err = compare_overlap(in);
	if (err != KAS_OK)
		refuse_for_now(x, err);
	else if (in->end.size <= x->head.size)
		take_repeat(in);
	else
		take_new(in);
}

void
on_batch(struct exchange *x, const Kasir__V1__EntryBatch *batch)
{
	struct intake in = { .x = x, .note = bytes_of_proto(batch->checkpoint),
		.first = batch->first };

	take_batch(&in, batch);
	buf_fini(&in.tiles);
	buf_fini(&in.cosigned);
}
