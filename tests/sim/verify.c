/* The verifier that people use, on what a run has left: it must find nothing wrong with a
 * sound ledger, and must find out that an old backup was put back. */
#include "tests/sim/oracle.h"

#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"

static enum kas_err
copy_row(struct arena *a, struct audit_row *row, uint64_t index, const struct store_entry *e)
{
	row->index = index;
	if (!arena_copy(a, e->entry, &row->e.entry) ||
	    !arena_copy(a, e->payload, &row->e.payload) ||
	    !arena_copy(a, e->salt, &row->e.salt) ||
	    !arena_copy(a, e->personal, &row->e.personal))
		return KAS_NOMEM;
	return KAS_OK;
}

static enum kas_err
store_head_of(void *ctx, struct arena *a, struct store_head *ret)
{
	const struct image *im = ctx;

	memset(ret, 0, sizeof(*ret));
	ret->size = im->n;
	ret->snapshot_size = im->snapshot_size;
	return arena_copy(a, im->checkpoint, &ret->checkpoint) &&
	    arena_copy(a, image_cosigned(im), &ret->cosigned) ? KAS_OK : KAS_NOMEM;
}

static enum kas_err
store_read(void *ctx, uint64_t first, size_t max, size_t max_bytes, struct arena *a,
    struct audit_row *ret, size_t *ret_n)
{
	const struct image *im = ctx;
	size_t n = 0;

	(void)max_bytes;
	for (; n < max && first + n < im->n; n++) {
		if (copy_row(a, &ret[n], first + n, &im->entries[first + n]) != KAS_OK)
			return KAS_NOMEM;
	}
	*ret_n = n;
	return KAS_OK;
}

static enum kas_err
store_cosigned(void *ctx, uint64_t size, struct arena *a, uint64_t *ret_size,
    struct bytes *ret_note)
{
	const struct image *im = ctx;

	for (size_t i = 0; i < im->n_cosigns; i++) {
		if (im->cosigns[i].size < size)
			continue;
		*ret_size = im->cosigns[i].size;
		return arena_copy(a, im->cosigns[i].note, ret_note) ? KAS_OK : KAS_NOMEM;
	}
	return KAS_NOTFOUND;
}

static enum kas_err
store_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	const struct image *im = ctx;

	for (size_t i = 0; i < im->n_tiles; i++) {
		if (im->tiles[i].id.level == id.level && im->tiles[i].id.n == id.n) {
			memcpy(ret, im->tiles[i].hashes, sizeof(im->tiles[i].hashes));
			return KAS_OK;
		}
	}
	return KAS_NOTFOUND;
}

static int
row_order(const void *pa, const void *pb)
{
	const struct terminal_row *a = pa, *b = pb;
	int d = strcmp(a->terminal, b->terminal);

	return d != 0 ? d : (a->epoch > b->epoch) - (a->epoch < b->epoch);
}

static enum kas_err
store_snapshot(void *ctx, struct arena *a, struct audit_snapshot *ret)
{
	const struct image *im = ctx;
	struct bytes rows;

	if (!arena_copy(a, BYTES(im->rows, im->n_rows * sizeof(*im->rows)), &rows))
		return KAS_NOMEM;
	if (im->n_rows > 0)
		qsort((void *)rows.p, im->n_rows, sizeof(*im->rows), row_order);
	*ret = (struct audit_snapshot){ .size = im->snapshot_size,
		.rows = (const struct terminal_row *)rows.p, .n_rows = im->n_rows,
		.has_state = true, .state = im->state };
	return KAS_OK;
}

static enum kas_err
store_blob(void *ctx, const struct hash *hash, struct arena *a, struct bytes *ret)
{
	const struct image *im = ctx;

	for (size_t i = 0; i < im->n_blobs; i++)
		if (hash_equal(&im->blobs[i].hash, hash))
			return arena_copy(a, im->blobs[i].bytes, ret) ? KAS_OK : KAS_NOMEM;
	return KAS_NOTFOUND;
}

static enum kas_err
store_facts(void *ctx, enum kas_err (*fact)(void *fact_ctx, uint64_t covered,
    const struct fact *fact), void *fact_ctx)
{
	const struct image *im = ctx;
	enum kas_err err = KAS_OK;

	for (size_t i = 0; i < im->n_facts && err == KAS_OK; i++)
		err = fact(fact_ctx, im->snapshot_size, &im->facts[i]);
	return err;
}

static enum kas_err
hq_head_of(void *ctx, struct arena *a, struct store_head *ret)
{
	const struct oracle *o = ctx;
	struct bytes note = hq_memory_checkpoint(*o->hq_memory, o->store);

	memset(ret, 0, sizeof(*ret));
	ret->size = ret->snapshot_size = hq_memory_size(*o->hq_memory, o->store);
	return arena_copy(a, note, &ret->checkpoint) && arena_copy(a, note, &ret->cosigned)
	    ? KAS_OK : KAS_NOMEM;
}

static enum kas_err
hq_read(void *ctx, uint64_t first, size_t max, size_t max_bytes, struct arena *a,
    struct audit_row *ret, size_t *ret_n)
{
	const struct oracle *o = ctx;
	uint64_t size = hq_memory_size(*o->hq_memory, o->store);
	struct store_entry e;
	size_t n = 0;

	(void)max_bytes;
	for (; n < max && first + n < size; n++) {
		e = hq_memory_entry(*o->hq_memory, o->store, first + n);
		if (copy_row(a, &ret[n], first + n, &e) != KAS_OK)
			return KAS_NOMEM;
	}
	*ret_n = n;
	return KAS_OK;
}

static enum kas_err
hq_cosigned(void *ctx, uint64_t size, struct arena *a, uint64_t *ret_size,
    struct bytes *ret_note)
{
	const struct oracle *o = ctx;
	uint64_t held = hq_memory_size(*o->hq_memory, o->store);

	if (held < size || held == 0)
		return KAS_NOTFOUND;
	*ret_size = held;
	return arena_copy(a, hq_memory_checkpoint(*o->hq_memory, o->store), ret_note) ? KAS_OK
	    : KAS_NOMEM;
}

static enum kas_err
hq_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	const struct oracle *o = ctx;
	struct hq_store_port port = hq_memory_port((struct hq_memory *)*o->hq_memory);

	return port.read_tile(port.ctx, o->store, id, ret);
}

static void
audit(struct oracle *o, const struct audit_source *source, const struct bytes *against,
    size_t n_against, struct audit_report *ret)
{
	struct audit_team team = audit_team_alone();
	struct audit_options options = { .key = &o->store_key, .hq = &o->hq_key,
		.against = against, .n_against = n_against };
	struct kas_why why = { "" };

	memset(ret, 0, sizeof(*ret));
	if (audit_run(source, &team, &options, ret, &why) != KAS_OK)
		world_fail(o->w, "the audit cannot be made: %s", why.text);
}

static void
must_verify(struct oracle *o, const char *whose, const struct audit_source *source)
{
	struct audit_report report;
	char verdict[400];

	audit(o, source, NULL, 0, &report);
	if (o->w->failed || audit_outcome(&report) == AUDIT_VERIFIED)
		return;
	audit_verdict(&report, verdict, sizeof(verdict));
	world_fail(o->w, "%s ledger does not verify: %s", whose, verdict);
}

/* Shown a checkpoint that was published before, of what the backup lacks. */
static void
must_name_rollback(struct oracle *o, const struct audit_source *source)
{
	const struct published *lost = NULL;
	struct audit_report report;
	struct hash root;

	for (size_t i = 0; i < o->n_published; i++) {
		const struct published *p = &o->published[i];

		if (!history_root(&o->now, p->size, &root) || !hash_equal(&root, &p->root))
			lost = p;
	}
	if (lost == NULL)
		return;		/* nobody was told anything that is not there */
	audit(o, source, &lost->note, 1, &report);
	if (!o->w->failed && audit_outcome(&report) != AUDIT_HISTORY)
		world_fail(o->w, "the audit did not find out that a backup was put back");
}

void
oracle_judge_by_audit(struct oracle *o)
{
	struct image *im = (struct image *)disk_durable(o->disk);
	struct audit_source store = { .head = store_head_of, .read = store_read,
		.cosigned = store_cosigned, .read_tile = store_tile, .snapshot = store_snapshot,
		.facts = store_facts, .blob = store_blob, .ctx = im };
	struct audit_source hq = { .head = hq_head_of, .read = hq_read, .cosigned = hq_cosigned,
		.read_tile = hq_tile, .ctx = o };

	if (o->rolled_back) {
		must_name_rollback(o, &store);
		return;
	}
	must_verify(o, "the store's", &store);
	must_verify(o, "headquarters'", &hq);
}
