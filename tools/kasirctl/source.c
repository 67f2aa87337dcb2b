#include "tools/kasirctl/source_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/hq.h"

static const struct sql_kind hq_copy_kind = {
	.what = "headquarters",
	.application_id = 0x6b617368,	/* "kash": docs/reference/database.md */
	.migrations = hq_migrations,
	.n = sizeof hq_migrations / sizeof *hq_migrations,
};

static const char *const ledger_queries[Q__COUNT] = {
	/* Entries past the head count too: somebody may have put an older head back. */
	[Q_HEAD] = "SELECT max(size, (SELECT coalesce(max(idx) + 1, 0) FROM entry)), checkpoint,"
	    " (SELECT note FROM cosigned ORDER BY size DESC LIMIT 1) FROM head WHERE id = 1",
	[Q_ENTRIES] = "SELECT e.idx, e.entry, e.payload, p.salt, p.data"
	    " FROM entry e LEFT JOIN personal p ON p.idx = e.idx"
	    " WHERE e.idx >= ?1 ORDER BY e.idx LIMIT ?2",
	[Q_COSIGNED] = "SELECT size, note FROM cosigned WHERE size >= ?1 ORDER BY size LIMIT 1",
	[Q_TILE] = "SELECT hashes FROM tile WHERE level = ?1 AND n = ?2",
	[Q_SNAPSHOT] = "SELECT snapshot_size, NULL, (SELECT state FROM book), " LEDGER_TERMINAL_COLUMNS
	    " FROM head LEFT JOIN terminal WHERE id = 1 ORDER BY terminal, epoch",
	[Q_FACTS] = "SELECT (SELECT snapshot_size FROM head WHERE id = 1), kind, key, idx FROM fact",
	[Q_STRAYS] = "WITH size(n) AS (SELECT coalesce(max(idx) + 1, 0) FROM entry)"
	    " SELECT 'entry', idx FROM entry WHERE idx < 0 UNION ALL"
	    " SELECT 'personal', idx FROM personal, size WHERE idx < 0 OR idx >= n UNION ALL"
	    " SELECT 'tile', tile.n FROM tile, size"
	    " WHERE level < 0 OR level > 7 OR tile.n < 0 OR tile.n >= size.n >> 8 * (level + 1)"
	    " UNION ALL SELECT 'cosigned', size FROM cosigned WHERE size < 1 UNION ALL"
	    " SELECT 'head', size FROM head, size WHERE id <> 1 OR size IS NOT n",
	[Q_KEPT] = "SELECT note FROM evidence ORDER BY id DESC LIMIT 1",
	[Q_BLOB] = "SELECT bytes FROM blob WHERE hash = ?1",
};

/* The same of one store of many, whose number is put in. */
static const char *const hq_queries[Q__COUNT] = {
	[Q_HEAD] = "SELECT max(h.size, (SELECT coalesce(max(idx) + 1, 0) FROM entry e"
	    " WHERE e.store = h.store)), (SELECT note FROM checkpoint c WHERE c.store = h.store"
	    " ORDER BY size DESC LIMIT 1), (SELECT note FROM checkpoint c WHERE c.store = h.store"
	    " AND c.cosigned = 1 ORDER BY size DESC LIMIT 1)"
	    " FROM head h WHERE h.store = %" PRId64,
	[Q_ENTRIES] = "SELECT e.idx, e.entry, e.payload, p.salt, p.data FROM entry e"
	    " LEFT JOIN personal p ON p.store = e.store AND p.idx = e.idx"
	    " WHERE e.store = %" PRId64 " AND e.idx >= ?1 ORDER BY e.idx LIMIT ?2",
	[Q_COSIGNED] = "SELECT size, note FROM checkpoint WHERE store = %" PRId64
	    " AND cosigned = 1 AND size >= ?1 ORDER BY size LIMIT 1",
	[Q_TILE] = "SELECT hashes FROM tile WHERE store = %" PRId64 " AND level = ?1 AND n = ?2",
	/* Of terminals, headquarters keeps the keys. */
	[Q_SNAPSHOT] = "SELECT h.size, h.root, NULL, terminal, epoch, key, added_at, revoked_at,"
	    " 0, 0, NULL, zeroblob(16), 0 FROM head h LEFT JOIN terminal t ON t.store = h.store"
	    " WHERE h.store = %" PRId64 " ORDER BY terminal, epoch",
	[Q_STRAYS] = "WITH s(id, n) AS (SELECT h.store, (SELECT coalesce(max(idx) + 1, 0)"
	    " FROM entry e WHERE e.store = h.store) FROM head h WHERE h.store = %" PRId64 ")"
	    " SELECT 'entry', idx FROM entry, s WHERE store = id AND idx < 0 UNION ALL"
	    " SELECT 'personal', idx FROM personal, s WHERE store = id AND (idx < 0 OR idx >= s.n)"
	    " UNION ALL SELECT 'tile', tile.n FROM tile, s WHERE store = id AND (level < 0"
	    " OR level > 7 OR tile.n < 0 OR tile.n >= s.n >> 8 * (level + 1)) UNION ALL"
	    " SELECT 'checkpoint', size FROM checkpoint, s WHERE store = id"
	    " AND (size < 1 OR size > s.n) UNION ALL"
	    " SELECT 'head', size FROM head, s WHERE store = id AND size IS NOT s.n",
	[Q_KEPT] = "SELECT note FROM floor WHERE store = %" PRId64 " ORDER BY size DESC LIMIT 1",
	[Q_BLOB] = "SELECT NULL WHERE 0",	/* catalogues stay with the store */
};

static enum kas_err
source_open(const char *path, const struct sql_kind *kind, struct db_source **ret,
    struct kas_why *why)
{
	struct db_source *s = calloc(1, sizeof *s);
	enum kas_err err;

	if (s == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	s->kind = kind;
	err = sql_open(path, kind, SQL_READ, &s->db, why);
	if (err != KAS_OK) {
		free(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

/* A query of ours that does not fit the tables: somebody changed them. */
static enum kas_err
fail_prepare(struct db_source *s, const char *path, struct kas_why *why)
{
	char reason[160];
	enum kas_err err;

	snprintf(reason, sizeof reason, "%s", sqlite3_errmsg(s->db));
	err = sql_check_schema(s->db, s->kind, why);
	if (err == KAS_OK)
		return kas_fail(why, KAS_IO, "%s: %s", path, reason);
	kas_why_prefix(why, "%s database %s", s->kind->what, path);
	return err == KAS_CORRUPT ? KAS_MALFORMED : err;
}

static enum kas_err
prepare(struct db_source *s, const char *path, const char *const *queries, int64_t store,
    struct kas_why *why)
{
	char text[1024];
	enum kas_err err;

	for (size_t i = 0; i < Q__COUNT; i++) {
		if (queries[i] == NULL)
			continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof text, queries[i], store);
#pragma GCC diagnostic pop
		err = stmt_init(&s->q[i], s->db, text);
		if (err != KAS_OK)
			return fail_prepare(s, path, why);
	}
	return KAS_OK;
}

void
db_source_close(struct db_source *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < Q__COUNT; i++)
		stmt_fini(&s->q[i]);
	sql_close(s->db);
	free(s);
}

enum kas_err
source_open_ledger(const char *path, struct db_source **ret, struct kas_why *why)
{
	struct db_source *s;
	enum kas_err err;

	err = source_open(path, &ledger_kind, &s, why);
	if (err != KAS_OK)
		return err;
	err = prepare(s, path, ledger_queries, 0, why);
	if (err != KAS_OK) {
		db_source_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

static enum kas_err
find_store(struct db_source *s, const char *store, int64_t *ret_id, struct vkey *ret_key,
    struct kas_why *why)
{
	struct stmt st = { 0 };
	enum kas_err err, found = KAS_NOTFOUND;

	err = stmt_init(&st, s->db, "SELECT id, vkey FROM store WHERE name = ?1");
	if (err != KAS_OK)
		return kas_fail(why, err, "%s", sqlite3_errmsg(s->db));
	stmt_bind_text(&st, 1, store);
	if (stmt_row(&st)) {
		*ret_id = stmt_int(&st, 0);
		found = vkey_parse(stmt_bytes(&st, 1), ret_key, why);
	} else
		kas_fail(why, KAS_NOTFOUND, "headquarters knows no store \"%s\"", store);
	err = stmt_done(&st);
	stmt_fini(&st);
	return err != KAS_OK ? err : found;
}

enum kas_err
source_open_hq(const char *path, const char *store, struct db_source **ret, struct vkey *ret_key,
    struct kas_why *why)
{
	struct db_source *s;
	int64_t id = 0;
	enum kas_err err;

	err = source_open(path, &hq_copy_kind, &s, why);
	if (err != KAS_OK)
		return err;
	err = find_store(s, store, &id, ret_key, why);
	if (err == KAS_OK)
		err = prepare(s, path, hq_queries, id, why);
	if (err != KAS_OK) {
		db_source_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

static enum kas_err
first_of(enum kas_err a, enum kas_err b)
{
	return a != KAS_OK ? a : b;
}

/* A store that has sent nothing yet has no head at headquarters: an empty ledger. */
static enum kas_err
head(void *ctx, struct arena *a, struct store_head *ret)
{
	struct db_source *s = ctx;
	struct stmt *st = &s->q[Q_HEAD];
	struct store_head h = { 0 };
	enum kas_err err = KAS_OK;

	if (stmt_row(st)) {
		h.size = stmt_int(st, 0) > 0 ? (uint64_t)stmt_int(st, 0) : 0;
		if (!arena_copy(a, stmt_bytes(st, 1), &h.checkpoint) ||
		    !arena_copy(a, stmt_bytes(st, 2), &h.cosigned))
			err = KAS_NOMEM;
	} else if (s->kind == &ledger_kind)
		err = KAS_CORRUPT;
	err = first_of(stmt_done(st), err);
	if (err == KAS_OK)
		*ret = h;
	return err;
}

static bool
take_row(struct stmt *st, struct arena *a, struct audit_row *ret)
{
	ret->index = (uint64_t)stmt_int(st, 0);
	return arena_copy(a, stmt_bytes(st, 1), &ret->e.entry) &&
	    arena_copy(a, stmt_bytes(st, 2), &ret->e.payload) &&
	    arena_copy(a, stmt_bytes(st, 3), &ret->e.salt) &&
	    arena_copy(a, stmt_bytes(st, 4), &ret->e.personal);
}

static enum kas_err
read_rows(void *ctx, uint64_t first, size_t max, size_t max_bytes, struct arena *a,
    struct audit_row *ret, size_t *ret_n)
{
	struct stmt *st = &((struct db_source *)ctx)->q[Q_ENTRIES];
	enum kas_err err = KAS_OK;
	size_t n = 0, used = 0;

	stmt_bind_int(st, 1, (int64_t)first);
	stmt_bind_int(st, 2, (int64_t)max);
	while (n < max && stmt_row(st)) {
		for (int at = 1; at <= 4; at++)
			used += stmt_bytes(st, at).n;
		if (n > 0 && used > max_bytes)
			break;
		if (!take_row(st, a, &ret[n])) {
			err = KAS_NOMEM;
			break;
		}
		n++;
	}
	err = first_of(stmt_done(st), err);
	if (err == KAS_OK)
		*ret_n = n;
	return err;
}

static enum kas_err
cosigned(void *ctx, uint64_t size, struct arena *a, uint64_t *ret_size, struct bytes *ret_note)
{
	struct stmt *st = &((struct db_source *)ctx)->q[Q_COSIGNED];
	enum kas_err err = KAS_OK;

	stmt_bind_int(st, 1, (int64_t)size);
	if (!stmt_row(st))
		return first_of(stmt_done(st), KAS_NOTFOUND);
	*ret_size = (uint64_t)stmt_int(st, 0);
	if (!arena_copy(a, stmt_bytes(st, 1), ret_note))
		err = KAS_NOMEM;
	return first_of(stmt_done(st), err);
}

static enum kas_err
read_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	struct stmt *st = &((struct db_source *)ctx)->q[Q_TILE];
	enum kas_err err = KAS_OK;
	struct bytes hashes;

	stmt_bind_int(st, 1, id.level);
	stmt_bind_int(st, 2, (int64_t)id.n);
	if (!stmt_row(st))
		return first_of(stmt_done(st), KAS_NOTFOUND);
	hashes = stmt_bytes(st, 0);
	if (hashes.n == TILE_BYTES)
		memcpy(ret, hashes.p, TILE_BYTES);
	else
		err = KAS_CORRUPT;
	return first_of(stmt_done(st), err);
}

struct audit_source
source_port(struct db_source *s)
{
	return (struct audit_source){ .head = head, .read = read_rows, .cosigned = cosigned,
		.read_tile = read_tile, .snapshot = source_snapshot,
		.facts = s->kind == &ledger_kind ? source_facts : NULL,
		.blob = s->kind == &ledger_kind ? source_blob : NULL, .ctx = s };
}
