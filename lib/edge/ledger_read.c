#include "edge/ledger_read.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "schema/ledger.h"

const struct sql_kind ledger_kind = {
	.what = "ledger",
	.application_id = LEDGER_APPLICATION_ID,
	.migrations = ledger_migrations,
	.n = sizeof ledger_migrations / sizeof *ledger_migrations,
};

enum query { Q_HEAD, Q_NEWEST, Q_TERMINALS, Q_ENTRIES, Q_TILE, Q_FACTS, Q_COSIGNED,
	Q_EVIDENCE, Q_BLOB, Q__COUNT };

static const char *const queries[Q__COUNT] = {
	/* One statement, so that what it shows is of one moment. */
	[Q_HEAD] = "SELECT size, snapshot_size, checkpoint,"
	    " (SELECT coalesce(max(idx) + 1, 0) FROM entry), (SELECT state FROM book WHERE id = 1),"
	    " (SELECT facts_size FROM book WHERE id = 1) FROM head WHERE id = 1",
	[Q_NEWEST] = "SELECT note FROM cosigned ORDER BY size DESC LIMIT 1",
	[Q_TERMINALS] = "SELECT " LEDGER_TERMINAL_COLUMNS " FROM terminal ORDER BY terminal, epoch",
	[Q_ENTRIES] = "SELECT e.idx, e.entry, e.payload, p.salt, p.data"
	    " FROM entry e LEFT JOIN personal p ON p.idx = e.idx"
	    " WHERE e.idx >= ?1 ORDER BY e.idx LIMIT ?2",
	[Q_TILE] = "SELECT hashes FROM tile WHERE level = ?1 AND n = ?2",
	[Q_FACTS] = "SELECT idx FROM fact WHERE kind = ?1 AND key = ?2 ORDER BY idx LIMIT ?3",
	[Q_EVIDENCE] = ("SELECT wall_us, coalesce(terminal, ''), note FROM evidence"
	    " ORDER BY id DESC LIMIT 1"),
	[Q_BLOB] = "SELECT bytes FROM blob WHERE hash = ?1",
	[Q_COSIGNED] = "SELECT size, note FROM cosigned WHERE size >= ?1 ORDER BY size",
};

struct ledger_reader {
	sqlite3 *db;
	struct stmt q[Q__COUNT];
};

void
ledger_read_close(struct ledger_reader *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < Q__COUNT; i++)
		stmt_fini(&r->q[i]);
	sql_close(r->db);
	free(r);
}

/* Between its two renames a repair shows the old database without its log. */
static enum kas_err
check_no_repair(const char *path, struct kas_why *why)
{
	char copied[PATH_MAX];

	snprintf(copied, sizeof copied, "%.*s" LEDGER_COPIED_SUFFIX, PATH_MAX - 16, path);
	if (access(copied, F_OK) != 0)
		return KAS_OK;
	return kas_fail(why, KAS_AGAIN, "ledger database %s: a repaired copy waits beside it, "
	    "which kasird puts in place when it starts", path);
}

enum kas_err
ledger_read_open(const char *path, struct ledger_reader **ret, struct kas_why *why)
{
	struct ledger_reader *r;
	enum kas_err err;

	if ((err = check_no_repair(path, why)) != KAS_OK)
		return err;
	r = calloc(1, sizeof *r);
	if (r == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	err = sql_open(path, &ledger_kind, SQL_READ, &r->db, why);
	for (size_t i = 0; i < Q__COUNT && err == KAS_OK; i++)
		if ((err = stmt_init(&r->q[i], r->db, queries[i])) != KAS_OK)
			kas_fail(why, err, "ledger database %s: %s", path, sqlite3_errmsg(r->db));
	if (err != KAS_OK) {
		ledger_read_close(r);
		return err;
	}
	*ret = r;
	return KAS_OK;
}

sqlite3 *
ledger_read_db(struct ledger_reader *r)
{
	return r->db;
}

static enum kas_err
take_head(struct stmt *st, struct arena *a, struct store_head *ret)
{
	int64_t size, snapshot, next;

	if (!stmt_row(st))
		return st->rc == SQLITE_OK ? KAS_CORRUPT : KAS_OK;	/* else stmt_done() tells */
	size = stmt_int(st, 0);
	snapshot = stmt_int(st, 1);
	next = stmt_int(st, 3);
	if (size < 0 || snapshot < 0 || snapshot > size || next != size)
		return KAS_CORRUPT;
	ret->size = (uint64_t)size;
	ret->snapshot_size = (uint64_t)snapshot;
	ret->facts_size = (uint64_t)stmt_int(st, 5);
	return arena_copy(a, stmt_bytes(st, 2), &ret->checkpoint) &&
	    arena_copy(a, stmt_bytes(st, 4), &ret->state) ? KAS_OK : KAS_NOMEM;
}

static enum kas_err
first_of(enum kas_err a, enum kas_err b)
{
	return a != KAS_OK ? a : b;
}

static enum kas_err
take_evidence(struct stmt *st, struct arena *a, struct store_evidence *ret)
{
	struct bytes name;

	if (!stmt_row(st))
		return KAS_OK;
	name = stmt_bytes(st, 1);
	if (name.n > 0 && !text_is_name(name))
		return KAS_CORRUPT;
	ret->wall_us = stmt_int(st, 0);
	if (name.n > 0)
		memcpy(ret->terminal, name.p, name.n);
	return arena_copy(a, stmt_bytes(st, 2), &ret->note) ? KAS_OK : KAS_NOMEM;
}

enum kas_err
ledger_read_head(struct ledger_reader *r, struct arena *a, struct store_head *ret)
{
	struct store_head head = { 0 };
	struct stmt *st = &r->q[Q_HEAD];
	enum kas_err err;

	err = take_head(st, a, &head);
	err = first_of(stmt_done(st), err);
	if (err != KAS_OK)
		return err;
	st = &r->q[Q_NEWEST];
	if (stmt_row(st) && !arena_copy(a, stmt_bytes(st, 0), &head.cosigned))
		err = KAS_NOMEM;
	err = first_of(stmt_done(st), err);
	if (err != KAS_OK)
		return err;
	st = &r->q[Q_EVIDENCE];
	err = take_evidence(st, a, &head.evidence);
	err = first_of(stmt_done(st), err);
	if (err == KAS_OK)
		*ret = head;
	return err;
}

enum kas_err
ledger_take_terminal(struct stmt *st, int at, struct terminal_row *ret)
{
	struct bytes name = stmt_bytes(st, at), key = stmt_bytes(st, at + 2);
	struct bytes hash = stmt_bytes(st, at + 7), txn = stmt_bytes(st, at + 8);
	struct terminal_row row = { 0 };

	if (!text_is_name(name) || key.n != KEY_LEN || txn.n != sizeof row.newest_txn)
		return KAS_CORRUPT;
	memcpy(row.newest_txn, txn.p, txn.n);
	row.awaited = (uint64_t)stmt_int(st, at + 9);
	memcpy(row.terminal, name.p, name.n);
	row.epoch = (uint64_t)stmt_int(st, at + 1);
	memcpy(row.key.b, key.p, KEY_LEN);
	row.added_at = (uint64_t)stmt_int(st, at + 3);
	row.revoked_at = sqlite3_column_type(st->s, at + 4) == SQLITE_NULL ? KEYRING_NEVER
	    : (uint64_t)stmt_int(st, at + 4);
	row.newest = (uint64_t)stmt_int(st, at + 5);
	row.count = (uint64_t)stmt_int(st, at + 6);
	row.newest_known = hash.n > 0;
	if (row.newest_known && !hash_from(hash, &row.newest_hash))
		return KAS_CORRUPT;
	*ret = row;
	return KAS_OK;
}

enum kas_err
ledger_read_terminals(struct ledger_reader *r,
    enum kas_err (*row)(void *row_ctx, const struct terminal_row *row), void *row_ctx)
{
	struct stmt *st = &r->q[Q_TERMINALS];
	struct terminal_row t;
	enum kas_err err = KAS_OK;

	while (err == KAS_OK && stmt_row(st))
		if ((err = ledger_take_terminal(st, 0, &t)) == KAS_OK)
			err = row(row_ctx, &t);
	return first_of(stmt_done(st), err);
}

static bool
take_entry(struct stmt *st, struct arena *a, struct store_entry *ret)
{
	return arena_copy(a, stmt_bytes(st, 1), &ret->entry) &&
	    arena_copy(a, stmt_bytes(st, 2), &ret->payload) &&
	    arena_copy(a, stmt_bytes(st, 3), &ret->salt) &&
	    arena_copy(a, stmt_bytes(st, 4), &ret->personal);
}

static size_t
row_bytes(struct stmt *st)
{
	size_t n = 0;

	for (int at = 1; at <= 4; at++)
		n += stmt_bytes(st, at).n;
	return n;
}

enum kas_err
ledger_read_entries(struct ledger_reader *r, uint64_t first, size_t max, size_t max_bytes,
    struct arena *a, struct store_entry *ret, size_t *ret_n)
{
	struct stmt *st = &r->q[Q_ENTRIES];
	enum kas_err err = KAS_OK;
	size_t n = 0, used = 0;

	if (first > INT64_MAX || max > INT64_MAX)
		return KAS_RANGE;
	stmt_bind_int(st, 1, (int64_t)first);
	stmt_bind_int(st, 2, (int64_t)max);
	while (n < max && stmt_row(st)) {
		used += row_bytes(st);
		if (n > 0 && used > max_bytes)
			break;
		if ((uint64_t)stmt_int(st, 0) != first + n)
			err = KAS_CORRUPT;
		else if (!take_entry(st, a, &ret[n]))
			err = KAS_NOMEM;
		if (err != KAS_OK)
			break;
		n++;
	}
	err = first_of(stmt_done(st), err);
	if (err == KAS_OK)
		*ret_n = n;
	return err;
}

enum kas_err
ledger_read_tile(struct ledger_reader *r, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	struct stmt *st = &r->q[Q_TILE];
	enum kas_err err = KAS_OK;
	struct bytes hashes;

	if (id.n > INT64_MAX)
		return KAS_RANGE;
	stmt_bind_int(st, 1, id.level);
	stmt_bind_int(st, 2, (int64_t)id.n);
	if (!stmt_row(st))
		return first_of(stmt_done(st), KAS_NOTFOUND);
	hashes = stmt_bytes(st, 0);
	if (hashes.n != TILE_BYTES)
		err = KAS_CORRUPT;
	else
		memcpy(ret, hashes.p, TILE_BYTES);
	return first_of(stmt_done(st), err);
}

enum kas_err
ledger_read_blob(struct ledger_reader *r, const struct hash *hash, struct arena *a,
    struct bytes *ret)
{
	struct stmt *st = &r->q[Q_BLOB];
	enum kas_err err = KAS_OK;

	stmt_bind_bytes(st, 1, hash_bytes(hash));
	if (!stmt_row(st))
		return first_of(stmt_done(st), KAS_NOTFOUND);
	if (!arena_copy(a, stmt_bytes(st, 0), ret))
		err = KAS_NOMEM;
	return first_of(stmt_done(st), err);
}

enum kas_err
ledger_read_facts(struct ledger_reader *r, enum fact_kind kind, struct bytes key,
    uint64_t *ret, size_t max, size_t *ret_n)
{
	struct stmt *st = &r->q[Q_FACTS];
	enum kas_err err;
	size_t n = 0;

	if (max > INT64_MAX)
		return KAS_RANGE;
	stmt_bind_int(st, 1, kind);
	stmt_bind_bytes(st, 2, key);
	stmt_bind_int(st, 3, (int64_t)max);
	while (n < max && stmt_row(st))
		ret[n++] = (uint64_t)stmt_int(st, 0);
	if ((err = stmt_done(st)) == KAS_OK)
		*ret_n = n;
	return err;
}

enum kas_err
ledger_read_cosigned(struct ledger_reader *r, uint64_t size,
    enum kas_err (*row)(void *row_ctx, uint64_t size, struct bytes note), void *row_ctx)
{
	struct stmt *st = &r->q[Q_COSIGNED];
	enum kas_err err = KAS_OK;

	if (size > INT64_MAX)
		return KAS_RANGE;
	stmt_bind_int(st, 1, (int64_t)size);
	while (err == KAS_OK && stmt_row(st))
		err = row(row_ctx, (uint64_t)stmt_int(st, 0), stmt_bytes(st, 1));
	return first_of(stmt_done(st), err);
}

static enum kas_err
tile_of_port(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	return ledger_read_tile(ctx, id, ret);
}

static enum kas_err
facts_of_port(void *ctx, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max,
    size_t *ret_n)
{
	return ledger_read_facts(ctx, kind, key, ret, max, ret_n);
}

struct tile_port
ledger_read_tiles(struct ledger_reader *r)
{
	return (struct tile_port){ tile_of_port, r };
}

struct fact_port
ledger_read_fact_port(struct ledger_reader *r)
{
	return (struct fact_port){ facts_of_port, r };
}
