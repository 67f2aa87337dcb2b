#include "tests/sim/disk.h"

#include <stdlib.h>
#include <string.h>

struct disk {
	struct world *w;
	const char *name;
	struct image durable, visible;
	struct disk_faults faults;
	uint64_t full_until;
	bool flushing, failed;		/* failed: only reopen() may be called */
	bool loading;			/* from head() to the first flush() */
	uint64_t generation;		/* of the process that opened it */
	struct image next;		/* with the group under way */
	struct disk_events events;
	void *ctx;
};

static void
check_usable(struct disk *d, const char *call)
{
	if (d->failed)
		world_fail(d->w, "the engine called %s after a failed flush", call);
}

/* A sector that cannot be read this once. */
static bool
read_fails(struct disk *d)
{
	return !d->loading && d->faults.read > 0 && prng_chance(&d->w->prng, d->faults.read);
}

static enum kas_err
port_head(void *ctx, struct arena *a, struct store_head *ret)
{
	struct disk *d = ctx;
	struct store_head h = { .size = d->visible.n, .snapshot_size = d->visible.snapshot_size,
		.evidence = d->visible.evidence };

	check_usable(d, "head");
	d->loading = true;
	if (!arena_copy(a, d->visible.checkpoint, &h.checkpoint) ||
	    !arena_copy(a, image_cosigned(&d->visible), &h.cosigned) ||
	    !arena_copy(a, d->visible.evidence.note, &h.evidence.note) ||
	    !arena_copy(a, d->visible.state, &h.state))
		return KAS_NOMEM;
	*ret = h;
	return KAS_OK;
}

static enum kas_err
port_terminals(void *ctx,
    enum kas_err (*row)(void *row_ctx, const struct terminal_row *row), void *row_ctx)
{
	struct disk *d = ctx;
	enum kas_err err = KAS_OK;

	check_usable(d, "terminals");
	for (size_t i = 0; i < d->visible.n_rows && err == KAS_OK; i++)
		err = row(row_ctx, &d->visible.rows[i]);
	return err;
}

static enum kas_err
copy_entry(struct arena *a, const struct store_entry *from, struct store_entry *to)
{
	if (!arena_copy(a, from->entry, &to->entry) ||
	    !arena_copy(a, from->payload, &to->payload) ||
	    !arena_copy(a, from->salt, &to->salt) ||
	    !arena_copy(a, from->personal, &to->personal))
		return KAS_NOMEM;
	return KAS_OK;
}

static enum kas_err
port_read(void *ctx, uint64_t first, size_t max, size_t max_bytes, struct arena *a,
    struct store_entry *ret, size_t *ret_n)
{
	struct disk *d = ctx;
	size_t n = 0, bytes = 0;

	check_usable(d, "read");
	if (read_fails(d))
		return KAS_IO;
	for (; n < max && first + n < d->visible.n; n++) {
		const struct store_entry *e = &d->visible.entries[first + n];

		bytes += e->entry.n + e->payload.n + e->salt.n + e->personal.n;
		if (n > 0 && bytes > max_bytes)
			break;
		if (copy_entry(a, e, &ret[n]) != KAS_OK)
			return KAS_NOMEM;
	}
	*ret_n = n;
	return KAS_OK;
}

static enum kas_err
port_blob(void *ctx, const struct hash *hash, struct arena *a, struct bytes *ret)
{
	struct disk *d = ctx;

	check_usable(d, "blob");
	if (read_fails(d))
		return KAS_IO;
	for (size_t i = 0; i < d->visible.n_blobs; i++)
		if (hash_equal(&d->visible.blobs[i].hash, hash))
			return arena_copy(a, d->visible.blobs[i].bytes, ret) ? KAS_OK : KAS_NOMEM;
	return KAS_NOTFOUND;
}

static enum kas_err
port_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	struct disk *d = ctx;

	check_usable(d, "tiles.read");
	if (read_fails(d))
		return KAS_IO;
	for (size_t i = 0; i < d->visible.n_tiles; i++) {
		const struct stored_tile *t = &d->visible.tiles[i];

		if (t->id.level == id.level && t->id.n == id.n) {
			memcpy(ret, t->hashes, sizeof(t->hashes));
			return KAS_OK;
		}
	}
	return KAS_NOTFOUND;
}

static enum kas_err
port_find(void *ctx, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max,
    size_t *ret_n)
{
	struct disk *d = ctx;
	size_t n = 0;

	check_usable(d, "facts.find");
	if (read_fails(d))
		return KAS_IO;
	for (size_t i = 0; i < d->visible.n_facts && n < max; i++) {
		const struct fact *f = &d->visible.facts[i];

		if (f->kind == kind && bytes_equal(BYTES(f->key, f->key_n), key))
			ret[n++] = f->index;	/* snapshots come in index order per key */
	}
	*ret_n = n;
	return KAS_OK;
}

struct completion {
	uint64_t generation;
	enum kas_err outcome;
};

static void
complete_flush(void *ctx, void *what)
{
	struct disk *d = ctx;
	struct completion *c = what;

	if (c->generation != d->generation)
		return;
	d->flushing = false;
	d->failed = c->outcome != KAS_OK;
	/* After KAS_IO the group may be there or not: reopen() finds out. */
	if (c->outcome == KAS_OK || (c->outcome == KAS_IO && prng_chance(&d->w->prng, 500)))
		image_copy(&d->visible, &d->next);
	if (c->outcome == KAS_OK)
		image_copy(&d->durable, &d->next);
	world_trace(d->w, d->name, "flushed to %zu: %s", d->next.n, kas_err_text(c->outcome));
	d->events.flushed(d->ctx, c->outcome);
}

static enum kas_err
draw_outcome(struct disk *d)
{
	if (d->w->now < d->full_until || prng_chance(&d->w->prng, d->faults.full))
		return KAS_FULL;
	return prng_chance(&d->w->prng, d->faults.io) ? KAS_IO : KAS_OK;
}

static void
port_flush(void *ctx, const struct flush_group *group)
{
	struct disk *d = ctx;
	struct completion *c;

	check_usable(d, "flush");
	d->loading = false;
	if (d->events.is_dead(d->ctx))
		return;
	if (d->flushing)
		world_fail(d->w, "the engine began a second flush while one was under way");
	c = sim_alloc(sizeof(*c));
	d->flushing = true;
	image_copy(&d->next, &d->visible);
	image_take(&d->next, group, d->w);
	*c = (struct completion){ d->generation, draw_outcome(d) };
	world_after(d->w, prng_between(&d->w->prng, d->faults.flush_lo, d->faults.flush_hi),
	    complete_flush, d, c);
}

static void
complete_reopen(void *ctx, void *what)
{
	struct disk *d = ctx;
	struct completion *c = what;

	if (c->generation != d->generation)
		return;
	c->outcome = d->w->now < d->full_until ? KAS_FULL : KAS_OK;
	d->failed = c->outcome != KAS_OK;
	if (c->outcome == KAS_OK)
		image_copy(&d->durable, &d->visible);	/* copied to new, synced files */
	world_trace(d->w, d->name, "reopened with %zu entries: %s", d->visible.n,
	    kas_err_text(c->outcome));
	d->events.reopened(d->ctx, c->outcome);
}

static void
port_reopen(void *ctx, enum kas_err after)
{
	struct disk *d = ctx;
	struct completion *c;

	(void)after;
	if (d->events.is_dead(d->ctx))
		return;
	if (d->flushing)
		world_fail(d->w, "the engine called reopen while a flush was under way");
	c = sim_alloc(sizeof(*c));
	*c = (struct completion){ d->generation, KAS_OK };
	world_after(d->w, prng_between(&d->w->prng, 1 * MS, 50 * MS), complete_reopen, d, c);
}

struct disk *
disk_open(struct world *w, const char *name)
{
	struct disk *d = sim_alloc(sizeof(*d));

	d->w = w;
	d->name = name;
	d->faults = (struct disk_faults){ .flush_lo = 100, .flush_hi = 600 };
	return d;
}

void
disk_close(struct disk *d)
{
	if (d == NULL)
		return;
	image_free(&d->durable);
	image_free(&d->visible);
	image_free(&d->next);
	free(d);
}

void
disk_listen(struct disk *d, const struct disk_events *events, void *ctx)
{
	d->events = *events;
	d->ctx = ctx;
}

struct store_port
disk_port(struct disk *d)
{
	return (struct store_port){
		.head = port_head,
		.terminals = port_terminals,
		.read = port_read,
		.blob = port_blob,
		.tiles = { port_tile, d },
		.facts = { port_find, d },
		.flush = port_flush,
		.reopen = port_reopen,
		.ctx = d,
	};
}

void
disk_set_faults(struct disk *d, const struct disk_faults *faults)
{
	d->faults = *faults;
}

void
disk_fill(struct disk *d, uint64_t for_us)
{
	d->full_until = d->w->now + for_us;
}

void
disk_crash(struct disk *d, bool power)
{
	struct prng *p = &d->w->prng;

	/* The group under way: not written, written, or synced just before the end. */
	if (d->flushing && prng_chance(p, 600)) {
		image_copy(&d->visible, &d->next);
		if (prng_chance(p, 500))
			image_copy(&d->durable, &d->next);
	}
	if (power)
		image_copy(&d->visible, &d->durable);
	d->flushing = d->failed = false;
	d->generation++;
	world_trace(d->w, d->name, "crash (%s): %zu entries durable, %zu visible",
	    power ? "power" : "process", d->durable.n, d->visible.n);
}

const struct image *
disk_durable(const struct disk *d)
{
	return &d->durable;
}

void
disk_put_back(struct disk *d, const struct image *old)
{
	image_copy(&d->durable, old);
	image_copy(&d->visible, old);
	world_trace(d->w, d->name, "a backup of %zu entries was put back", old->n);
}
