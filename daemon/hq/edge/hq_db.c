#include "daemon/hq/edge/hq_db_parts.h"

#include <stdlib.h>
#include <string.h>

#include "schema/hq.h"

const struct sql_kind hq_kind = {
	.what = "headquarters'",
	.application_id = HQ_APPLICATION_ID,
	.migrations = hq_migrations,
	.n = sizeof hq_migrations / sizeof hq_migrations[0],
};

#define NEWEST_COSIGNED \
	"(SELECT max(size) FROM checkpoint c WHERE c.store = s.id AND cosigned = 1)"
#define FLOOR "(SELECT max(size) FROM floor f WHERE f.store = s.id AND f.size > h.size)"

static const char *const queries[Q__COUNT] = {
	[Q_STORE] = "SELECT id FROM store WHERE name = ?1",
	/* One statement, so that what it shows is of one moment. */
	[Q_FIND] = "SELECT s.vkey, h.size, h.root, c.note, c.cosigned, f.note"
	    " FROM store s JOIN head h ON h.store = s.id"
	    " LEFT JOIN checkpoint c ON c.store = s.id AND c.size = h.size"
	    " LEFT JOIN floor f ON f.store = s.id AND f.size = " FLOOR
	    " WHERE s.name = ?1",
	[Q_TERMINALS] = "SELECT terminal, epoch, key, added_at, revoked_at FROM terminal"
	    " WHERE store = (SELECT id FROM store WHERE name = ?1)",
	[Q_ENTRIES] = "SELECT idx, entry FROM entry"
	    " WHERE store = (SELECT id FROM store WHERE name = ?1) AND idx >= ?2"
	    " ORDER BY idx LIMIT ?3",
	[Q_TILE] = "SELECT hashes FROM tile"
	    " WHERE store = (SELECT id FROM store WHERE name = ?1) AND level = ?2 AND n = ?3",
	[Q_EVIDENCE_COUNT] = "SELECT count(*) FROM evidence WHERE store = ?1",
	[Q_LIST_STORES] = "SELECT s.name, s.vkey, s.added_us, h.size, h.root, c.size, c.note,"
	    " " FLOOR ", (SELECT count(*) FROM terminal t WHERE t.store = s.id),"
	    " (SELECT count(*) FROM evidence e WHERE e.store = s.id)"
	    " FROM store s JOIN head h ON h.store = s.id"
	    " LEFT JOIN checkpoint c ON c.store = s.id AND c.size = " NEWEST_COSIGNED
	    " ORDER BY s.name",
	[Q_LIST_EVIDENCE] = "SELECT e.id, s.name, e.text, e.wall_us, e.reason, e.held, e.shown"
	    " FROM evidence e JOIN store s ON s.id = e.store ORDER BY e.id",
	[Q_ADD_STORE] = "INSERT INTO store (name, vkey, added_us) VALUES (?1, ?2, ?3)",
	[Q_ADD_HEAD] = "INSERT INTO head VALUES (?1, 0, ?2)",
	[Q_ADD_ENTRY] = "INSERT INTO entry VALUES (?1, ?2, ?3, ?4)",
	[Q_ADD_PERSONAL] = "INSERT INTO personal VALUES (?1, ?2, ?3, ?4)",
	[Q_ADD_TILE] = "INSERT INTO tile VALUES (?1, ?2, ?3, ?4)",
	[Q_PUT_TERMINAL] = "INSERT INTO terminal VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT DO UPDATE SET revoked_at = excluded.revoked_at,"
	    " key = excluded.key, added_at = excluded.added_at",
	[Q_ADD_CHECKPOINT] = "INSERT INTO checkpoint VALUES (?1, ?2, ?3, ?4)",
	/* No row changes when another receiver was faster. */
	[Q_MOVE_HEAD] = "UPDATE head SET size = ?3, root = ?4 WHERE store = ?1 AND size = ?2",
	[Q_ADD_FLOOR] = "INSERT INTO floor VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
	[Q_ADD_EVIDENCE] = "INSERT INTO evidence (store, wall_us, reason, held, shown, text)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
};

static enum kas_err
first_of(enum kas_err a, enum kas_err b)
{
	return a != KAS_OK ? a : b;
}

static void
disconnect(struct hq_db *db)
{
	size_t i;

	for (i = 0; i < Q__COUNT; i++)
		stmt_fini(&db->q[i]);
	sql_close(db->db);
	db->db = NULL;
}

/* The log of an earlier process may hold frames that were written and never synced, and
 * after a failed sync the page cache may show what the disk does not have.  Folding it into
 * the file writes all of it once more, and syncs that. */
static enum kas_err
connect_db(struct hq_db *db, struct kas_why *why)
{
	enum kas_err err = sql_open(db->path, &hq_kind, db->mode, &db->db, why);
	size_t i;

	if (err == KAS_OK && (db->mode == SQL_WRITE || db->mode == SQL_CREATE))
		err = sql_exec(db->db, "PRAGMA wal_checkpoint(TRUNCATE)");
	for (i = 0; i < Q__COUNT && err == KAS_OK; i++)
		err = stmt_init(&db->q[i], db->db, queries[i]);
	if (err != KAS_OK) {
		if (db->db != NULL)
			kas_fail(why, err, "headquarters' database %s: %s", db->path,
			    sqlite3_errmsg(db->db));
		disconnect(db);
	}
	return err;
}

enum kas_err
hq_db_open(const char *path, enum sql_mode mode, struct hq_db **ret, struct kas_why *why)
{
	struct hq_db *db = calloc(1, sizeof *db);
	enum kas_err err;

	if (db == NULL || (db->path = strdup(path)) == NULL) {
		free(db);
		return kas_fail(why, KAS_NOMEM, "out of memory");
	}
	db->mode = mode;
	err = connect_db(db, why);
	if (err != KAS_OK) {
		hq_db_close(db);
		return err;
	}
	if (mode == SQL_CREATE)
		db->mode = SQL_WRITE;	/* from now on it is there */
	*ret = db;
	return KAS_OK;
}

void
hq_db_close(struct hq_db *db)
{
	if (db == NULL)
		return;
	disconnect(db);
	free(db->path);
	free(db);
}

const char *
hq_db_why(struct hq_db *db)
{
	return db->db != NULL ? sqlite3_errmsg(db->db) : "it cannot be opened again";
}

enum kas_err
hq_db_ready(struct hq_db *db)
{
	if (!db->broken)
		return KAS_OK;
	disconnect(db);
	if (connect_db(db, NULL) != KAS_OK)
		return KAS_IO;
	db->broken = false;
	return KAS_OK;
}

enum kas_err
hq_db_store(struct hq_db *db, const char *store, int64_t *ret)
{
	struct stmt *st = &db->q[Q_STORE];
	bool found;

	stmt_bind_text(st, 1, store);
	found = stmt_row(st);
	if (found)
		*ret = stmt_int(st, 0);
	return first_of(stmt_done(st), found ? KAS_OK : KAS_NOTFOUND);
}

static enum kas_err
take_found(struct stmt *st, struct arena *a, struct hq_store *ret)
{
	if (vkey_parse(stmt_bytes(st, 0), &ret->key, NULL) != KAS_OK ||
	    !hash_from(stmt_bytes(st, 2), &ret->root))
		return KAS_CORRUPT;
	ret->size = (uint64_t)stmt_int(st, 1);
	ret->cosigned = stmt_int(st, 4) != 0;
	if (!arena_copy(a, stmt_bytes(st, 3), &ret->checkpoint) ||
	    !arena_copy(a, stmt_bytes(st, 5), &ret->floor))
		return KAS_NOMEM;
	return ret->size > 0 && ret->checkpoint.n == 0 ? KAS_CORRUPT : KAS_OK;
}

static enum kas_err
port_find(void *ctx, const char *store, struct arena *a, struct hq_store *ret)
{
	struct hq_db *db = ctx;
	struct stmt *st = &db->q[Q_FIND];
	struct hq_store found = { .size = 0 };
	enum kas_err err = hq_db_ready(db);

	if (err != KAS_OK)
		return err;
	memcpy(found.store, store, strnlen(store, sizeof found.store - 1));
	stmt_bind_text(st, 1, store);
	err = stmt_row(st) ? take_found(st, a, &found) : KAS_NOTFOUND;
	err = first_of(stmt_done(st), err);
	if (err == KAS_OK)
		*ret = found;
	return err;
}

static enum kas_err
give_terminal(struct stmt *st, enum kas_err (*row)(void *row_ctx, const struct terminal_row *row),
    void *row_ctx)
{
	struct bytes name = stmt_bytes(st, 0), key = stmt_bytes(st, 2);
	struct terminal_row r = { .epoch = (uint64_t)stmt_int(st, 1),
		.added_at = (uint64_t)stmt_int(st, 3), .revoked_at = KEYRING_NEVER };

	if (!text_is_name(name) || key.n != KEY_LEN)
		return KAS_CORRUPT;
	memcpy(r.terminal, name.p, name.n);
	memcpy(r.key.b, key.p, KEY_LEN);
	if (sqlite3_column_type(st->s, 4) != SQLITE_NULL)
		r.revoked_at = (uint64_t)stmt_int(st, 4);
	return row(row_ctx, &r);
}

static enum kas_err
port_terminals(void *ctx, const char *store,
    enum kas_err (*row)(void *row_ctx, const struct terminal_row *row), void *row_ctx)
{
	struct hq_db *db = ctx;
	struct stmt *st = &db->q[Q_TERMINALS];
	enum kas_err err = hq_db_ready(db);

	if (err != KAS_OK)
		return err;
	stmt_bind_text(st, 1, store);
	while (err == KAS_OK && stmt_row(st))
		err = give_terminal(st, row, row_ctx);
	return first_of(stmt_done(st), err);
}

static enum kas_err
port_leaves(void *ctx, const char *store, uint64_t first, size_t n, struct hash *ret)
{
	struct hq_db *db = ctx;
	struct stmt *st = &db->q[Q_ENTRIES];
	enum kas_err err = hq_db_ready(db);
	size_t i = 0;

	if (err != KAS_OK)
		return err;
	stmt_bind_text(st, 1, store);
	stmt_bind_int(st, 2, (int64_t)first);
	stmt_bind_int(st, 3, (int64_t)n);
	while (i < n && stmt_row(st) && (uint64_t)stmt_int(st, 0) == first + i)
		ret[i++] = merkle_leaf(stmt_bytes(st, 1));
	return first_of(stmt_done(st), i == n ? KAS_OK : KAS_CORRUPT);
}

static enum kas_err
port_read_tile(void *ctx, const char *store, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	struct hq_db *db = ctx;
	struct stmt *st = &db->q[Q_TILE];
	enum kas_err err = hq_db_ready(db);
	struct bytes hashes;

	if (err != KAS_OK)
		return err;
	stmt_bind_text(st, 1, store);
	stmt_bind_int(st, 2, id.level);
	stmt_bind_int(st, 3, (int64_t)id.n);
	if (!stmt_row(st))
		return first_of(stmt_done(st), KAS_NOTFOUND);
	hashes = stmt_bytes(st, 0);
	err = hashes.n == TILE_BYTES ? KAS_OK : KAS_CORRUPT;
	if (err == KAS_OK)
		memcpy(ret, hashes.p, TILE_BYTES);
	return first_of(stmt_done(st), err);
}

struct hq_store_port
hq_db_port(struct hq_db *db)
{
	return (struct hq_store_port){ .find = port_find, .terminals = port_terminals,
		.leaves = port_leaves, .read_tile = port_read_tile, .append = hq_db_append,
		.raise_floor = hq_db_raise_floor, .keep_evidence = hq_db_keep_evidence, .ctx = db };
}
