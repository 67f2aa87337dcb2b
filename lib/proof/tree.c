/* In the words of this file, node (h, i) is the i-th complete subtree of 2^h leaves:
 * MTH(D[i*2^h : (i+1)*2^h]).  Any proof for a tree of SIZE is made of such nodes and of
 * at most one ragged node on the right edge, MTH(D[i*2^h : SIZE]).
 *
 * Complete nodes never change once they exist, whatever grows to their right.  That is
 * why one memory of them serves every size, and why edges may be kept by size. */
#include "proof/tree.h"

#include <stdlib.h>
#include <string.h>

#include "proof/tile_cache.h"

#define HEIGHTS 64
#define LEVELS (HEIGHTS / TILE_HEIGHT)

/* The window: the newest nodes of each height.  The lowest of each tile level must hold
 * a tile being filled, and what the level's share of TREE_WINDOW is beyond it. */
#define RING_LEAVES (TREE_WINDOW + TILE_WIDTH)
#define RING_UPPER (2 * TILE_WIDTH)
_Static_assert((RING_LEAVES & (RING_LEAVES - 1)) == 0, "rings are indexed by masks");

struct ring {
	struct hash *nodes;
	uint64_t mask;			/* room - 1 */
	uint64_t first, end;		/* nodes FIRST..END-1 are here; END have existed */
};

/* The ragged right edge of the tree of SIZE: at[h] = MTH(D[(SIZE>>h)<<h : SIZE]),
 * without meaning where that is empty. */
struct edge {
	uint64_t size;			/* 0: not filled */
	struct hash at[HEIGHTS + 1];
};
#define EDGES 4			/* sizes in use at once: durable, staged, a few beside */

struct tree {
	uint64_t size;
	uint64_t taken[LEVELS];		/* full tiles handed out so far */
	struct ring rings[HEIGHTS];
	struct hash *ring_nodes;	/* what all the rings point into */
	struct edge edges[EDGES];
	unsigned edge_next;		/* the one to overwrite */
	struct tile_cache cache;
};

static uint64_t
ring_room(unsigned height)
{
	return (height < TILE_HEIGHT ? RING_LEAVES : RING_UPPER) >> height % TILE_HEIGHT;
}

static struct hash *
ring_at(const struct ring *r, uint64_t i)
{
	return &r->nodes[i & r->mask];
}

static void
ring_push(struct ring *r, const struct hash *node)
{
	*ring_at(r, r->end) = *node;
	r->end++;
	if (r->end - r->first > r->mask + 1)
		r->first++;
}

/* Pages that no height has reached yet cost no memory: calloc() does not touch them. */
static bool
rings_init(struct tree *t)
{
	uint64_t total = 0;
	struct hash *next;
	unsigned h;

	for (h = 0; h < HEIGHTS; h++)
		total += ring_room(h);
	next = t->ring_nodes = calloc(total, sizeof *next);
	if (next == NULL)
		return false;
	for (h = 0; h < HEIGHTS; h++) {
		t->rings[h].nodes = next;
		t->rings[h].mask = ring_room(h) - 1;
		next += ring_room(h);
	}
	return true;
}

/* Fill the rings of LEVEL's other heights from its lowest, which holds the partial tile. */
static void
fill_heights(struct tree *t, unsigned level)
{
	struct ring *low, *r;
	struct hash node;
	unsigned h;

	for (h = level * TILE_HEIGHT + 1; h < (level + 1) * TILE_HEIGHT; h++) {
		low = &t->rings[h - 1];
		r = &t->rings[h];
		r->first = r->end = low->first / 2;
		while (r->end < low->end / 2) {
			node = merkle_node(ring_at(low, 2 * r->end), ring_at(low, 2 * r->end + 1));
			ring_push(r, &node);
		}
	}
}

static enum kas_err
fill_level(struct tree *t, unsigned level, uint64_t size, const struct hash *tail)
{
	struct ring *r = &t->rings[level * TILE_HEIGHT];
	uint64_t end = size >> level * TILE_HEIGHT;
	const struct tile_nodes *tile;
	enum kas_err err;

	t->taken[level] = end / TILE_WIDTH;
	r->first = r->end = end - end % TILE_WIDTH;
	while (r->end < end) {
		if (level == 0) {
			ring_push(r, tail++);
			continue;
		}
		err = tile_cache_get(&t->cache, (struct tile_id){ level - 1, r->end }, &tile);
		if (err != KAS_OK)
			return err;
		ring_push(r, &tile->at[1]);
	}
	fill_heights(t, level);
	return KAS_OK;
}

enum kas_err
tree_open(const struct tile_port *port, uint64_t size, const struct hash *tail,
    struct tree **ret)
{
	struct tree *t;
	enum kas_err err = KAS_OK;
	unsigned level;

	if (size > INT64_MAX)
		return KAS_RANGE;
	if ((t = calloc(1, sizeof *t)) == NULL)
		return KAS_NOMEM;
	tile_cache_init(&t->cache, port);
	if (!rings_init(t))
		err = KAS_NOMEM;
	for (level = 0; err == KAS_OK && level < LEVELS; level++)
		err = fill_level(t, level, size, tail);
	if (err != KAS_OK) {
		tree_close(t);
		return err;
	}
	t->size = size;
	*ret = t;
	return KAS_OK;
}

void
tree_close(struct tree *t)
{
	if (t == NULL)
		return;
	tile_cache_fini(&t->cache);
	free(t->ring_nodes);
	free(t);
}

uint64_t
tree_size(const struct tree *t)
{
	return t->size;
}

/* One more leaf would overwrite hashes of a tile that nobody has taken. */
static bool
would_lose_a_tile(const struct tree *t)
{
	const struct ring *r;
	unsigned level;

	for (level = 0; level < LEVELS; level++) {
		r = &t->rings[level * TILE_HEIGHT];
		if (r->end - t->taken[level] * TILE_WIDTH > r->mask)
			return true;
		if ((r->end + 1) % TILE_WIDTH != 0)
			break;		/* the level above does not grow */
	}
	return false;
}

enum kas_err
tree_append(struct tree *t, const struct hash *leaf)
{
	struct hash node = *leaf;
	struct ring *r;

	if (t->size == INT64_MAX)
		return KAS_RANGE;
	if (would_lose_a_tile(t))
		return KAS_FULL;
	/* As in binary addition: every second node of a height carries into the next. */
	for (r = t->rings;; r++) {
		ring_push(r, &node);
		if (r->end % 2 != 0)
			break;
		node = merkle_node(ring_at(r, r->end - 2), ring_at(r, r->end - 1));
	}
	t->size++;
	return KAS_OK;
}

bool
tree_take_tile(struct tree *t, struct tile_id *ret_id, struct hash ret[TILE_WIDTH])
{
	const struct ring *r;
	uint64_t n;
	unsigned level;

	for (level = 0; level < LEVELS; level++) {
		r = &t->rings[level * TILE_HEIGHT];
		n = t->taken[level];
		if (n == r->end / TILE_WIDTH)
			continue;
		/* Rings are whole tiles long, so a tile never wraps around in one. */
		memcpy(ret, ring_at(r, n * TILE_WIDTH), TILE_BYTES);
		*ret_id = (struct tile_id){ level, n };
		t->taken[level]++;
		return true;
	}
	return false;
}

static enum kas_err
node_at(struct tree *t, unsigned height, uint64_t i, struct hash *ret)
{
	const struct ring *r = &t->rings[height];
	unsigned up = height % TILE_HEIGHT;
	uint64_t width = TILE_WIDTH >> up;	/* nodes of this height in a tile */
	const struct tile_nodes *tile;
	enum kas_err err;

	kas_assert(i < r->end);
	if (i >= r->first) {
		*ret = *ring_at(r, i);
		return KAS_OK;
	}
	err = tile_cache_get(&t->cache, (struct tile_id){ height / TILE_HEIGHT, i / width }, &tile);
	if (err == KAS_OK)
		*ret = tile->at[width + i % width];
	return err;
}

static enum kas_err
edge_fill(struct tree *t, uint64_t size, struct edge *e)
{
	struct hash peak;
	bool ragged = false;
	enum kas_err err;
	unsigned h;

	e->size = 0;
	for (h = 0; h < HEIGHTS; h++) {
		if ((size >> h & 1) == 0) {
			e->at[h + 1] = e->at[h];
			continue;
		}
		if ((err = node_at(t, h, (size >> h) - 1, &peak)) != KAS_OK)
			return err;
		e->at[h + 1] = ragged ? merkle_node(&peak, &e->at[h]) : peak;
		ragged = true;
	}
	e->size = size;
	return KAS_OK;
}

/* SIZE is not 0. */
static enum kas_err
edge_of(struct tree *t, uint64_t size, const struct edge **ret)
{
	struct edge *e;
	enum kas_err err;

	for (e = t->edges; e < t->edges + EDGES; e++) {
		if (e->size == size) {
			*ret = e;
			return KAS_OK;
		}
	}
	e = &t->edges[t->edge_next];
	if ((err = edge_fill(t, size, e)) != KAS_OK)
		return err;
	t->edge_next = (t->edge_next + 1) % EDGES;
	*ret = e;
	return KAS_OK;
}

enum kas_err
tree_root(struct tree *t, uint64_t size, struct hash *ret)
{
	const struct edge *e;
	enum kas_err err;

	if (size > t->size)
		return KAS_RANGE;
	if (size == 0) {
		*ret = merkle_empty();
		return KAS_OK;
	}
	if ((err = edge_of(t, size, &e)) == KAS_OK)
		*ret = e->at[HEIGHTS];
	return err;
}

/* Add to P the siblings of node (H, I) on its way up to the root of the tree of SIZE. */
static enum kas_err
climb(struct tree *t, unsigned h, uint64_t i, uint64_t size, struct proof *p)
{
	const struct edge *e;
	enum kas_err err;
	uint64_t end;			/* nodes of this height that are complete in SIZE */

	if ((err = edge_of(t, size, &e)) != KAS_OK)
		return err;
	for (; (size - 1) >> h > 0; h++, i >>= 1) {
		end = size >> h;
		if ((i ^ 1) < end) {
			if ((err = node_at(t, h, i ^ 1, &p->path[p->n])) != KAS_OK)
				return err;
		} else if ((i ^ 1) == end && end << h < size) {
			p->path[p->n] = e->at[h];
		} else {
			continue;	/* alone on the right edge: nothing to join here */
		}
		p->n++;
	}
	return KAS_OK;
}

enum kas_err
tree_prove_inclusion(struct tree *t, uint64_t index, uint64_t size, struct proof *ret)
{
	if (size > t->size || index >= size)
		return KAS_RANGE;
	ret->n = 0;
	return climb(t, 0, index, size, ret);
}

/* RFC 6962, section 2.1.2, read from below: the last complete subtree of A, unless that
 * is all of A (the verifier has its root), and then what joins it on the way up in B. */
enum kas_err
tree_prove_consistency(struct tree *t, uint64_t size_a, uint64_t size_b, struct proof *ret)
{
	enum kas_err err;
	unsigned h;
	uint64_t i;

	if (size_b > t->size || size_a > size_b)
		return KAS_RANGE;
	ret->n = 0;
	if (size_a == 0 || size_a == size_b)
		return KAS_OK;
	h = (unsigned)__builtin_ctzll(size_a);
	i = (size_a >> h) - 1;
	if (i > 0) {
		if ((err = node_at(t, h, i, &ret->path[0])) != KAS_OK)
			return err;
		ret->n = 1;
	}
	return climb(t, h, i, size_b, ret);
}
