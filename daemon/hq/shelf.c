#include "daemon/hq/shelf.h"

#include <stdlib.h>
#include <string.h>

void
shelf_init(struct shelf *s, const struct hq_store_port *port)
{
	*s = (struct shelf){ .port = port };
}

void
shelf_fini(struct shelf *s)
{
	shelf_clear(s);
}

static void
shelved_close(struct shelved *sh)
{
	if (sh == NULL)
		return;
	tree_close(sh->tree);
	keyring_fini(&sh->keys);
	free(sh);
}

static enum kas_err
read_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	const struct shelved *sh = ctx;

	return sh->port->read_tile(sh->port->ctx, sh->store, id, ret);
}

/* Rows are read after the head: another receiver may have added some in between, and
 * those are not of this size yet. */
static enum kas_err
take_row(void *ctx, const struct terminal_row *row)
{
	struct shelved *sh = ctx;
	struct terminal_row copy = *row;

	if (copy.added_at >= sh->size)
		return KAS_OK;
	if (copy.revoked_at >= sh->size)
		copy.revoked_at = KEYRING_NEVER;
	copy.dirty = false;
	return keyring_add(&sh->keys, &copy);
}

static enum kas_err
open_tree(struct shelved *sh)
{
	struct tile_port tiles = { read_tile, sh };
	struct hash tail[TILE_WIDTH], root;
	size_t n = sh->size % TILE_WIDTH;
	enum kas_err err = KAS_OK;

	if (n > 0)
		err = sh->port->leaves(sh->port->ctx, sh->store, sh->size - n, n, tail);
	if (err == KAS_OK)
		err = tree_open(&tiles, sh->size, tail, &sh->tree);
	if (err == KAS_OK && sh->size > 0) {
		err = tree_root(sh->tree, sh->size, &root);
		if (err == KAS_OK && !hash_equal(&root, &sh->root))
			err = KAS_CORRUPT;
	}
	return err;
}

static enum kas_err
shelved_open(const struct hq_store_port *port, const struct hq_store *head, struct shelved **ret)
{
	struct shelved *sh = calloc(1, sizeof *sh);
	enum kas_err err;

	if (sh == NULL)
		return KAS_NOMEM;
	memcpy(sh->store, head->store, sizeof sh->store);
	sh->size = head->size;
	sh->root = head->root;
	sh->port = port;
	keyring_init(&sh->keys);
	err = open_tree(sh);
	if (err == KAS_OK)
		err = port->terminals(port->ctx, sh->store, take_row, sh);
	if (err != KAS_OK) {
		shelved_close(sh);
		return err;
	}
	*ret = sh;
	return KAS_OK;
}

/* Where STORE stands, else an empty slot, else the one unused for longest. */
static struct shelved **
slot_for(struct shelf *s, const char *store)
{
	struct shelved **best = &s->slots[0];
	size_t i;

	for (i = 0; i < SHELF_MAX; i++) {
		struct shelved **slot = &s->slots[i];

		if (*slot != NULL && strcmp((*slot)->store, store) == 0)
			return slot;
		if (*best != NULL && (*slot == NULL || (*slot)->used < (*best)->used))
			best = slot;
	}
	return best;
}

static void
empty_slot(struct shelved **slot)
{
	shelved_close(*slot);
	*slot = NULL;
}

static bool
is_exactly(const struct shelved *sh, const struct hq_store *head)
{
	return sh != NULL && strcmp(sh->store, head->store) == 0 && sh->size == head->size &&
	    (sh->size == 0 || hash_equal(&sh->root, &head->root));
}

enum kas_err
shelf_get(struct shelf *s, const struct hq_store *head, struct shelved **ret)
{
	struct shelved **slot = slot_for(s, head->store);
	enum kas_err err;

	if (!is_exactly(*slot, head)) {
		empty_slot(slot);
		err = shelved_open(s->port, head, slot);
		if (err != KAS_OK)
			return err;
	}
	(*slot)->used = ++s->uses;
	*ret = *slot;
	return KAS_OK;
}

void
shelf_drop(struct shelf *s, const char *store)
{
	size_t i;

	for (i = 0; i < SHELF_MAX; i++)
		if (s->slots[i] != NULL && strcmp(s->slots[i]->store, store) == 0)
			empty_slot(&s->slots[i]);
}

void
shelf_clear(struct shelf *s)
{
	size_t i;

	for (i = 0; i < SHELF_MAX; i++)
		empty_slot(&s->slots[i]);
}
