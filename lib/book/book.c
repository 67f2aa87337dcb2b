#include "book/book.h"
#include "book/book_parts.h"

#include <stdlib.h>
#include <string.h>

enum kas_err
book_open(const struct book_port *port, struct book **ret)
{
	struct book *b = calloc(1, sizeof *b);
	enum kas_err err;

	if (b == NULL)
		return KAS_NOMEM;
	err = facts_open(&port->facts, &b->facts);
	if (err != KAS_OK) {
		free(b);
		return err;
	}
	b->port = *port;
	arena_init(&b->scratch, 0);
	arena_init(&b->lent, 0);
	day_init(&b->day);
	in_force_init(&b->in_force);
	keyring_init(&b->keys);
	kasir__v1__grand_totals__init(&b->totals);
	*ret = b;
	return KAS_OK;
}

void
book_close(struct book *b)
{
	if (b == NULL)
		return;
	facts_close(b->facts);
	keyring_fini(&b->keys);
	day_fini(&b->day);
	in_force_fini(&b->in_force);
	arena_fini(&b->lent);
	arena_fini(&b->scratch);
	free(b->changed);
	free(b);
}

enum kas_err
book_restore_terminal(struct book *b, const struct terminal_row *row)
{
	struct terminal_row plain = *row;

	plain.keeps_shifts = false;	/* the state says so */
	return keyring_add(&b->keys, &plain);
}

static enum kas_err
restore_keepers(struct book *b, const Kasir__V1__BookState *m)
{
	struct terminal_row *row;
	size_t i;

	for (i = 0; i < m->n_keepers; i++) {
		row = keyring_find(&b->keys, m->keepers[i]->terminal, m->keepers[i]->epoch);
		if (row == NULL)
			return KAS_CORRUPT;
		row->keeps_shifts = true;
	}
	return KAS_OK;
}

static enum kas_err
restore_state(struct book *b, struct bytes state)
{
	Kasir__V1__BookState *m;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	m = PROTO_UNPACK(kasir__v1__book_state, &a, state);
	err = m != NULL ? KAS_OK : a.exhausted ? KAS_NOMEM : KAS_CORRUPT;
	if (err == KAS_OK)
		err = day_unpack(m, &b->day);
	if (err == KAS_OK)
		err = restore_keepers(b, m);
	if (err == KAS_OK)
		err = book_restore_in_force(b, m);
	arena_fini(&a);
	return err;
}

enum kas_err
book_restore(struct book *b, uint64_t size, const Kasir__V1__StoreOpened *opened,
    const Kasir__V1__GrandTotals *totals, struct bytes state)
{
	if (size == 0)
		return KAS_OK;
	if (opened == NULL || totals == NULL)
		return KAS_CORRUPT;
	book_take_opening(b, opened);
	book_take_totals(b, totals);
	b->size = size;
	b->catching_up = true;
	return restore_state(b, state);
}

void
book_facts_written(struct book *b, uint64_t n)
{
	b->facts_written = n;
	b->catching_up = true;
}

uint64_t
book_size(const struct book *b)
{
	return b->size;
}

const struct keyring *
book_keyring(const struct book *b)
{
	return &b->keys;
}

const Kasir__V1__GrandTotals *
book_totals(const struct book *b)
{
	return &b->totals;
}

const struct check_settings *
book_settings(const struct book *b)
{
	return &b->settings;
}

const char *
book_store(const struct book *b)
{
	return b->store;
}

const char *
book_origin(const struct book *b)
{
	return b->origin;
}

const struct day *
book_day(const struct book *b)
{
	return &b->day;
}

static enum kas_err
pack_keepers(const struct book *b, struct arena *a, Kasir__V1__BookState *m)
{
	Kasir__V1__ShiftKeeper *k;
	size_t i;

	m->keepers = arena_alloc(a, (b->keys.n + 1) * sizeof *m->keepers);
	if (m->keepers == NULL)
		return KAS_NOMEM;
	for (i = 0; i < b->keys.n; i++) {
		if (!b->keys.rows[i]->keeps_shifts)
			continue;
		k = arena_alloc(a, sizeof *k);
		if (k == NULL)
			return KAS_NOMEM;
		kasir__v1__shift_keeper__init(k);
		k->terminal = b->keys.rows[i]->terminal;
		k->epoch = b->keys.rows[i]->epoch;
		m->keepers[m->n_keepers++] = k;
	}
	return KAS_OK;
}

enum kas_err
book_state(const struct book *b, struct arena *a, Kasir__V1__BookState **ret)
{
	const struct in_force *f = &b->in_force;
	Kasir__V1__BookState *m = arena_alloc(a, sizeof *m);
	enum kas_err err;

	if (m == NULL)
		return KAS_NOMEM;
	kasir__v1__book_state__init(m);
	m->has_rules = f->has_rules;
	m->rules_index = f->rules_index;
	m->has_catalogue = f->has_catalogue;
	m->catalogue_index = f->catalogue_index;
	err = day_pack(&b->day, a, m);
	if (err == KAS_OK)
		err = pack_keepers(b, a, m);
	if (err == KAS_OK)
		*ret = m;
	return err;
}

static void
free_changed(struct book *b)
{
	free(b->changed);
	b->changed = NULL;
	b->n_changed = 0;
}

size_t
book_unwritten(const struct book *b)
{
	return facts_in_memory(b->facts);
}

/* Copies, because the rows go on changing while the snapshot is written. */
static enum kas_err
copy_changed(struct book *b)
{
	struct terminal_row *row, *copies;
	size_t i;

	free_changed(b);
	b->changed = calloc(b->keys.n + 1, sizeof *b->changed + sizeof **b->changed);
	if (b->changed == NULL)
		return KAS_NOMEM;
	copies = (struct terminal_row *)(b->changed + b->keys.n + 1);
	for (i = 0; i < b->keys.n; i++) {
		row = b->keys.rows[i];
		if (!row->dirty)
			continue;
		row->dirty = false;
		copies[b->n_changed] = *row;
		b->changed[b->n_changed] = &copies[b->n_changed];
		b->n_changed++;
	}
	return KAS_OK;
}

static enum kas_err
lend_state(struct book *b, struct bytes *ret)
{
	Kasir__V1__BookState *m;
	enum kas_err err;

	arena_reset(&b->lent);
	err = book_state(b, &b->lent, &m);
	if (err == KAS_OK && !proto_pack(&b->lent, &m->base, ret))
		err = KAS_NOMEM;
	return err;
}

enum kas_err
book_begin_snapshot(struct book *b, struct book_snapshot *ret)
{
	enum kas_err err;

	*ret = (struct book_snapshot){ .size = b->size };
	err = lend_state(b, &ret->state);
	if (err == KAS_OK)
		err = copy_changed(b);
	if (err != KAS_OK)
		return err;
	err = facts_begin_write(b->facts, &ret->facts, &ret->n_facts);
	if (err != KAS_OK)
		return err;
	ret->terminals = b->changed;
	ret->n_terminals = b->n_changed;
	return KAS_OK;
}

void
book_end_snapshot(struct book *b, bool written)
{
	facts_end_write(b->facts, written);
	free_changed(b);
}
