#include "proof/tile_cache.h"

#include <stdlib.h>

void
tile_cache_init(struct tile_cache *c, const struct tile_port *port)
{
	*c = (struct tile_cache){ .port = *port };
}

void
tile_cache_fini(struct tile_cache *c)
{
	unsigned i;

	for (i = 0; i < TILE_CACHE_SLOTS; i++)
		free(c->slots[i].nodes);
	*c = (struct tile_cache){ .port = c->port };
}

static struct tile_cache_slot *
find(struct tile_cache *c, struct tile_id id)
{
	struct tile_cache_slot *s;
	unsigned i;

	for (i = 0; i < TILE_CACHE_SLOTS; i++) {
		s = &c->slots[i];
		if (s->used != 0 && s->id.level == id.level && s->id.n == id.n)
			return s;
	}
	return NULL;
}

static struct tile_cache_slot *
least_recent(struct tile_cache *c)
{
	struct tile_cache_slot *least = &c->slots[0];
	unsigned i;

	for (i = 1; i < TILE_CACHE_SLOTS; i++)
		if (c->slots[i].used < least->used)
			least = &c->slots[i];
	return least;
}

static enum kas_err
load(struct tile_cache *c, struct tile_cache_slot *s, struct tile_id id)
{
	enum kas_err err;
	unsigned k;

	s->used = 0;
	if (s->nodes == NULL && (s->nodes = malloc(sizeof *s->nodes)) == NULL)
		return KAS_NOMEM;
	if ((err = c->port.read(c->port.ctx, id, &s->nodes->at[TILE_WIDTH])) != KAS_OK)
		return err;
	for (k = TILE_WIDTH - 1; k > 0; k--)
		s->nodes->at[k] = merkle_node(&s->nodes->at[2 * k], &s->nodes->at[2 * k + 1]);
	s->id = id;
	return KAS_OK;
}

enum kas_err
tile_cache_get(struct tile_cache *c, struct tile_id id, const struct tile_nodes **ret)
{
	struct tile_cache_slot *s = find(c, id);
	enum kas_err err;

	if (s == NULL) {
		s = least_recent(c);
		if ((err = load(c, s, id)) != KAS_OK)
			return err;
	}
	s->used = ++c->clock;
	*ret = s->nodes;
	return KAS_OK;
}
