#include "tools/kasirctl/catalog.h"

#include <string.h>

#include "kasir/v1/ledger.pb-c.h"

#define BATCH 512
#define BATCH_BYTES ((size_t)1024 * 1024)

static Kasir__V1__LedgerEntry *
unpack(struct arena *a, const struct store_entry *e)
{
	return PROTO_UNPACK(kasir__v1__ledger_entry, a, e->entry);
}

static enum kas_err
read_one(struct ledger_reader *r, uint64_t index, struct arena *a, Kasir__V1__LedgerEntry **ret)
{
	struct store_entry e;
	enum kas_err err;
	size_t n;

	err = ledger_read_entries(r, index, 1, BATCH_BYTES, a, &e, &n);
	if (err != KAS_OK)
		return err;
	*ret = n == 1 ? unpack(a, &e) : NULL;
	return *ret != NULL ? KAS_OK : KAS_CORRUPT;
}

/* The newest CatalogueChanged from FIRST on; *RET_INDEX is left alone where there is none. */
static enum kas_err
find_newest(struct ledger_reader *r, uint64_t first, uint64_t *ret_index, bool *ret_found)
{
	static struct store_entry entries[BATCH];
	Kasir__V1__LedgerEntry *m;
	struct arena a;
	enum kas_err err;
	size_t i, n;

	arena_init(&a, 0);
	do {
		arena_reset(&a);
		err = ledger_read_entries(r, first, BATCH, BATCH_BYTES, &a, entries, &n);
		for (i = 0; err == KAS_OK && i < n; i++) {
			if ((m = unpack(&a, &entries[i])) == NULL)
				err = KAS_CORRUPT;
			else if (m->body_case ==
			    KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED) {
				*ret_index = first + i;
				*ret_found = true;
			}
		}
		first += n;
	} while (err == KAS_OK && n > 0);
	arena_fini(&a);
	return err;
}

static enum kas_err
find(struct ledger_reader *r, struct current *c, bool *ret_found)
{
	Kasir__V1__BookState *state;
	struct store_head head;
	enum kas_err err;

	err = ledger_read_head(r, &c->arena, &head);
	if (err != KAS_OK)
		return err;
	*ret_found = false;
	if (head.snapshot_size > 0 && head.state.n > 0) {
		state = PROTO_UNPACK(kasir__v1__book_state, &c->arena, head.state);
		if (state == NULL)
			return KAS_CORRUPT;
		*ret_found = state->has_catalogue;
		c->index = state->catalogue_index;
	}
	return find_newest(r, head.snapshot_size, &c->index, ret_found);
}

static enum kas_err
load(struct ledger_reader *r, struct current *c, struct kas_why *why)
{
	Kasir__V1__LedgerEntry *m;
	enum kas_err err;

	err = read_one(r, c->index, &c->arena, &m);
	if (err != KAS_OK)
		return err;
	if (m->body_case != KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED ||
	    m->catalogue_changed->hash.len != HASH_LEN)
		return KAS_CORRUPT;
	c->since_us = m->wall_us;
	memcpy(c->hash.b, m->catalogue_changed->hash.data, HASH_LEN);
	err = ledger_read_blob(r, &c->hash, &c->arena, &c->bytes);
	/* A ledger that was put together from headquarters' copy has none: import it again. */
	c->lost = err == KAS_NOTFOUND;
	if (c->lost)
		return KAS_OK;
	return err == KAS_OK ? catalogue_open(c->bytes, &c->catalogue, why) : err;
}

static enum kas_err
read_currency(struct ledger_reader *r, struct current *c)
{
	Kasir__V1__LedgerEntry *m;
	enum kas_err err;

	err = read_one(r, 0, &c->arena, &m);
	if (err != KAS_OK)
		return err;
	if (m->body_case != KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED)
		return KAS_CORRUPT;
	snprintf(c->currency, sizeof c->currency, "%s", m->store_opened->currency);
	c->exponent = m->store_opened->exponent;
	return KAS_OK;
}

int
current_open(const struct cli *cli, struct current *ret)
{
	struct current c = { .catalogue = NULL };
	struct ledger_reader *r;
	struct kas_why why;
	enum kas_err err;
	bool found;
	int rc;

	rc = ctl_open_ledger(cli, &r);
	if (rc != EX_OK)
		return rc;
	arena_init(&c.arena, 0);
	snprintf(why.text, sizeof why.text, "the catalogue in force");
	err = read_currency(r, &c);
	if (err == KAS_OK)
		err = find(r, &c, &found);
	if (err == KAS_OK && found)
		err = load(r, &c, &why);
	ledger_read_close(r);
	if (err != KAS_OK) {
		current_close(&c);
		return ctl_fail_read(cli, err, why.text);
	}
	*ret = c;
	return EX_OK;
}

void
current_close(struct current *c)
{
	catalogue_close(c->catalogue);
	arena_fini(&c->arena);
}
