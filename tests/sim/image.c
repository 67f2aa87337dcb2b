/* What the ledger's database holds: copied, and grown by a group. */
#include "tests/sim/disk.h"

#include <stdlib.h>
#include <string.h>

#define PUSH(im, list, count, capacity, value) \
	(sim_reserve((void **)&(im)->list, (im)->count, &(im)->capacity, sizeof(*(im)->list)), \
	(im)->list[(im)->count++] = (value))

static void
copy_array(void **to, size_t *to_n, size_t *to_cap, const void *from, size_t n, size_t element)
{
	if (*to_cap < n || *to == NULL) {
		*to_cap = n + 64;
		free(*to);
		*to = sim_alloc(*to_cap * element);
	}
	if (n > 0)
		memcpy(*to, from, n * element);
	*to_n = n;
}

#define COPY(to, from, list, count, capacity) \
	copy_array((void **)&(to)->list, &(to)->count, &(to)->capacity, (from)->list, \
	    (from)->count, sizeof(*(from)->list))

void
image_copy(struct image *to, const struct image *from)
{
	COPY(to, from, entries, n, cap);
	COPY(to, from, tiles, n_tiles, cap_tiles);
	COPY(to, from, facts, n_facts, cap_facts);
	COPY(to, from, rows, n_rows, cap_rows);
	COPY(to, from, blobs, n_blobs, cap_blobs);
	COPY(to, from, cosigns, n_cosigns, cap_cosigns);
	to->checkpoint = from->checkpoint;
	to->state = from->state;
	to->evidence = from->evidence;
	to->snapshot_size = from->snapshot_size;
	to->asides = from->asides;
}

void
image_free(struct image *im)
{
	free(im->entries);
	free(im->tiles);
	free(im->facts);
	free(im->rows);
	free(im->blobs);
	free(im->cosigns);
	memset(im, 0, sizeof(*im));
}

struct bytes
image_cosigned(const struct image *im)
{
	return im->n_cosigns > 0 ? im->cosigns[im->n_cosigns - 1].note : BYTES_NONE;
}

/* By rising size, as the database finds them; a size has one. */
static void
add_cosigned(struct world *w, struct image *im, const struct flush_group *g)
{
	struct cosigned new = { g->cosigned_size, world_keep(w, g->cosigned) };
	size_t i;

	PUSH(im, cosigns, n_cosigns, cap_cosigns, new);
	for (i = im->n_cosigns - 1; i > 0 && im->cosigns[i - 1].size >= new.size; i--) {
		if (im->cosigns[i - 1].size == new.size)
			world_fail(w, "two cosigned checkpoints of size %llu were kept",
			    (unsigned long long)new.size);
		im->cosigns[i] = im->cosigns[i - 1];
	}
	im->cosigns[i] = new;
}

static void
put_row(struct image *im, const struct terminal_row *row)
{
	for (size_t i = 0; i < im->n_rows; i++) {
		if (im->rows[i].epoch == row->epoch &&
		    strcmp(im->rows[i].terminal, row->terminal) == 0) {
			im->rows[i] = *row;
			return;
		}
	}
	PUSH(im, rows, n_rows, cap_rows, *row);
}

static void
add_entries(struct world *w, struct image *im, const struct flush_group *g)
{
	struct store_entry e;

	if (g->n > 0 && g->first != im->n)
		world_fail(w, "the engine flushed entries from %llu on, but %zu are on disk",
		    (unsigned long long)g->first, im->n);
	for (size_t i = 0; i < g->n; i++) {
		e.entry = world_keep(w, g->entries[i].entry);
		e.payload = world_keep(w, g->entries[i].payload);
		e.salt = world_keep(w, g->entries[i].salt);
		e.personal = world_keep(w, g->entries[i].personal);
		PUSH(im, entries, n, cap, e);
	}
}

static bool
has_fact(const struct image *im, const struct fact *f)
{
	for (size_t i = 0; i < im->n_facts; i++)
		if (im->facts[i].kind == f->kind && im->facts[i].index == f->index &&
		    bytes_equal(BYTES(im->facts[i].key, im->facts[i].key_n),
		    BYTES(f->key, f->key_n)))
			return true;
	return false;
}

/* What a crash cut short is written again: only that may be there already. */
static void
add_slice(struct world *w, struct image *im, const struct book_snapshot *s)
{
	if (s->size > im->n || (s->size > 0 && s->size < im->snapshot_size))
		world_fail(w, "a snapshot of %llu entries came with %zu",
		    (unsigned long long)s->size, im->n);
	for (size_t i = 0; i < s->n_facts; i++)
		if (!has_fact(im, &s->facts[i]))
			PUSH(im, facts, n_facts, cap_facts, s->facts[i]);
	for (size_t i = 0; i < s->n_terminals; i++)
		put_row(im, s->terminals[i]);
	if (s->size == 0)
		return;
	im->snapshot_size = s->size;
	im->state = world_keep(w, s->state);
}

static void
add_blob(struct world *w, struct image *im, const struct store_blob *blob)
{
	struct store_blob kept = { blob->hash, world_keep(w, blob->bytes) };

	for (size_t i = 0; i < im->n_blobs; i++)
		if (hash_equal(&im->blobs[i].hash, &blob->hash))
			return;
	PUSH(im, blobs, n_blobs, cap_blobs, kept);
}

void
image_take(struct image *im, const struct flush_group *g, struct world *w)
{
	add_entries(w, im, g);
	for (size_t i = 0; i < g->n_tiles; i++)
		PUSH(im, tiles, n_tiles, cap_tiles, g->tiles[i]);
	for (size_t i = 0; i < g->n_blobs; i++)
		add_blob(w, im, &g->blobs[i]);
	if (g->checkpoint.n > 0)
		im->checkpoint = world_keep(w, g->checkpoint);
	if (g->cosigned.n > 0)
		add_cosigned(w, im, g);
	if (g->evidence != NULL) {
		im->evidence = *g->evidence;
		im->evidence.note = world_keep(w, g->evidence->note);
	}
	if (g->snapshot != NULL)
		add_slice(w, im, g->snapshot);
	im->asides += g->n_asides;
}
