/* flush.c - the group commit: when it begins, what it carries, how it ends. */
#include "daemon/store/engine_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/defect.h"

/* Groups this small come from a quiet shop: gathering would only add latency. */
#define QUIET_GROUP 4
/* A snapshot goes in so many slices at most; a large group carries more, four facts a sale. */
#define SNAPSHOT_SLICES 64
/* A cosignature or a message kept aside waits this long for a sale to ride with. */
#define RIDE_US SECOND_US

enum kas_err
ledger_sign(struct engine *en, uint64_t size, struct buf *to)
{
	struct checkpoint c = { .size = size };
	enum kas_err err;

	err = tree_root(en->tree, size, &c.root);
	if (err != KAS_OK)
		return err;
	snprintf(c.origin, sizeof c.origin, "%s", signer_vkey(en->config.signer)->name);
	checkpoint_sign(&c, en->config.signer, to);
	return to->failed ? KAS_NOMEM : KAS_OK;
}

static enum kas_err
take_tiles(struct engine *en, struct group *g)
{
	struct stored_tile *more;
	size_t cap;

	for (;;) {
		if (g->n_tiles == g->cap_tiles) {
			cap = g->cap_tiles == 0 ? 8 : 2 * g->cap_tiles;
			more = realloc(g->tiles, cap * sizeof *more);
			if (more == NULL)
				return KAS_NOMEM;
			g->tiles = more;
			g->cap_tiles = cap;
		}
		if (!tree_take_tile(en->tree, &g->tiles[g->n_tiles].id,
		    g->tiles[g->n_tiles].hashes))
			return KAS_OK;
		g->n_tiles++;
	}
}

static size_t
snapshot_every(const struct engine *en)
{
	return en->config.snapshot_every != 0 ? en->config.snapshot_every : SNAPSHOT_EVERY;
}

/* The facts that the next slice of the open snapshot takes.  Links and what comes after them
 * may be found under an older entry than the one that made them, so they go with the last
 * slice, which says how far all of it goes: what stands ahead of that is known by its index. */
static size_t
slice_size(const struct engine *en, const struct group *g)
{
	const struct book_snapshot *all = &en->snapshot;
	size_t most = snapshot_every(en) / SNAPSHOT_SLICES, n = 0;

	if (most < 4 * g->n)
		most = 4 * g->n;
	while (n < most && en->sliced + n < all->n_facts &&
	    all->facts[en->sliced + n].kind < FACT_LINK)
		n++;
	return n < most ? all->n_facts - en->sliced : n;
}

/* Memory is bounded by what has not been written, the next start by what comes after it: of
 * many entries few facts may be made. */
static bool
wants_snapshot(const struct engine *en)
{
	return book_unwritten(en->book) >= snapshot_every(en) ||
	    en->durable - en->snapshot_size >= snapshot_every(en);
}

/* A snapshot is written in slices that ride with sales: thousands of rows at once would make
 * the sales of that flush wait for all of them. */
static enum kas_err
take_slice(struct engine *en, struct group *g)
{
	const struct book_snapshot *all = &en->snapshot;
	size_t n;
	enum kas_err err;

	if (!en->slicing) {
		if (!wants_snapshot(en))
			return KAS_OK;
		err = book_begin_snapshot(en->book, &en->snapshot);
		if (err != KAS_OK)
			return err;
		en->slicing = true;
		en->sliced = 0;
	}
	n = slice_size(en, g);
	g->snapshot = (struct book_snapshot){ .facts = all->facts + en->sliced, .n_facts = n };
	en->sliced += n;
	if (en->sliced == all->n_facts) {
		g->snapshot.size = all->size;
		g->snapshot.terminals = all->terminals;
		g->snapshot.n_terminals = all->n_terminals;
		g->snapshot.state = all->state;
	}
	g->flush.snapshot = &g->snapshot;
	return KAS_OK;
}

static enum kas_err
fill_flush(struct engine *en, struct group *g)
{
	struct flush_group *f = &g->flush;
	enum kas_err err = KAS_OK;

	if (g->n > 0) {
		err = take_tiles(en, g);
		if (err == KAS_OK)
			err = ledger_sign(en, book_size(en->book), &g->checkpoint);
		if (err == KAS_OK)
			err = take_slice(en, g);
	} else {
		f->first = en->durable;
	}
	if (en->evidence_unsaved) {
		f->evidence = &en->evidence;
		en->evidence_unsaved = false;
	}
	if (en->cosigned_unsaved) {
		buf_add(&g->cosigned, en->cosigned.p, en->cosigned.n);
		g->cosigned_size = en->cosigned_size;
		en->cosigned_unsaved = false;
	}
	f->entries = g->entries;
	f->n = g->n;
	f->tiles = g->tiles;
	f->n_tiles = g->n_tiles;
	f->blobs = &g->blob;
	f->n_blobs = g->blob.bytes.n > 0;
	f->checkpoint = buf_bytes(&g->checkpoint);
	f->cosigned = buf_bytes(&g->cosigned);
	f->cosigned_size = g->cosigned_size;
	f->asides = g->asides;
	f->n_asides = g->n_asides;
	return err;
}

/* One group gathers, one is in flight, one may still be answering. */
static struct group *
spare_group(struct engine *en, const struct group *answering)
{
	struct group *g = en->groups;

	while (g == en->gather || g == en->flight || g == answering)
		g++;
	kas_assert(g < en->groups + sizeof en->groups / sizeof *en->groups);
	group_reset(g);
	return g;
}

/* The group's end is now the ledger's durable end. */
static void
promote(struct engine *en, struct group *g)
{
	struct buf spare = en->note;

	en->durable = g->flush.first + g->n;
	en->note = g->checkpoint;
	g->checkpoint = spare;
	history_issued(en, en->durable, buf_bytes(&en->note));
}

static void
flush_begin(struct engine *en, const struct group *answering)
{
	struct group *g = en->gather;
	enum kas_err err;

	kas_assert(en->flight == NULL);
	err = fill_flush(en, g);
	if (err != KAS_OK) {
		/* Out of memory, or a tile cannot be read: the group cannot go. */
		en->broken = err == KAS_NOMEM ? KAS_NOMEM : KAS_IO;
		return;
	}
	en->flight = g;
	en->gather = spare_group(en, answering);
	en->last_group_n = g->n;
	en->count.flushes++;
	en->ports.store.flush(en->ports.store.ctx, &g->flush);
	if (DEFECT(ACK_BEFORE_FLUSH) && g->n > 0) {
		promote(en, g);
		acks_send(en, g->replies);
		g->replies = NULL;
	}
}

static bool
has_anything(const struct engine *en)
{
	return en->gather->n > 0 || en->gather->n_asides > 0 || en->cosigned_unsaved ||
	    en->evidence_unsaved;
}

uint64_t
ledger_flush_due(const struct engine *en)
{
	const struct group *g = en->gather;
	uint64_t due;

	if (en->book == NULL || en->flight != NULL || en->broken != KAS_OK || !has_anything(en))
		return UINT64_MAX;
	if (en->evidence_unsaved)
		return 0;
	if (g->n == 0) {
		due = g->n_asides > 0 ? g->since_us + RIDE_US : UINT64_MAX;
		if (en->cosigned_unsaved && en->cosigned_unsaved_since + RIDE_US < due)
			due = en->cosigned_unsaved_since + RIDE_US;
		return en->stopping ? 0 : due;
	}
	/* Gather only when the load asks for it: the last group was large, and this one is
	 * still smaller. */
	if (en->stopping || en->config.gather_us_max == 0 || en->last_group_n < QUIET_GROUP ||
	    g->n >= 4 * QUIET_GROUP || g->n >= en->last_group_n)
		return 0;
	return g->since_us + en->config.gather_us_max;
}

static void
flush_if_due(struct engine *en, const struct group *answering)
{
	uint64_t due = ledger_flush_due(en);

	if (due != UINT64_MAX && due <= engine_now(en).mono_us)
		flush_begin(en, answering);
}

void
ledger_flush_if_due(struct engine *en)
{
	flush_if_due(en, NULL);
}

void
ledger_withhold(struct engine *en)
{
	struct group *g = en->gather;

	acks_drop_now(en);
	if (g->n == 0)
		return;
	acks_take_back(en, g, KASIR__V1__REFUSAL_REASON__NEWER_HISTORY);
	commands_take_back(en, g, en->detail);
	group_reset(g);
}

/* Acks leave only when their group is durable.  Crash in between: the terminal retries and
 * finds its sale already recorded.  The other order loses a sale whose customer has
 * already left. */
static void
on_durable(struct engine *en, struct group *g)
{
	if (g->n > 0 && !DEFECT(ACK_BEFORE_FLUSH))
		promote(en, g);
	if (g->flush.snapshot != NULL && g->snapshot.size > 0) {
		book_end_snapshot(en->book, true);
		en->snapshot_size = g->snapshot.size;
		en->slicing = false;
	}
	if (en->newer) {
		/* Its checkpoint was signed before we knew; it goes no further. */
		acks_take_back(en, g, KASIR__V1__REFUSAL_REASON__NEWER_HISTORY);
		commands_answer(en, g);
		ledger_withhold(en);
		return;
	}
	if (g->begun && en->state == ENGINE_STARTING)
		engine_set_state(en, ENGINE_SERVING, "%s", "");
	flush_if_due(en, g);		/* the next group gathered meanwhile */
	acks_send(en, g->replies);
	commands_answer(en, g);
	history_announce(en);
}

void
engine_on_flushed(struct engine *en, enum kas_err outcome)
{
	struct group *g = en->flight;

	kas_assert(g != NULL);
	if (outcome != KAS_OK && !DEFECT(FLUSH_FAILURE_IGNORED)) {
		en->count.flush_failures++;
		ledger_discard(en, outcome);
		return;
	}
	en->flight = NULL;
	on_durable(en, g);
}
