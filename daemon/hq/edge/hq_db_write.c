/* What changes hq.db: one transaction a batch. */
#include "daemon/hq/edge/hq_db_parts.h"

enum kas_err
hq_db_wrote(struct hq_db *db, enum kas_err err)
{
	if (err == KAS_IO)
		db->broken = true;
	return err;
}

enum kas_err
hq_db_begin(struct hq_db *db)
{
	enum kas_err err = hq_db_ready(db);

	return err != KAS_OK ? err : sql_exec(db->db, "BEGIN IMMEDIATE");
}

enum kas_err
hq_db_end(struct hq_db *db, enum kas_err err)
{
	if (err == KAS_OK)
		err = sql_exec(db->db, "COMMIT");
	if (err != KAS_OK && sqlite3_get_autocommit(db->db) == 0 &&
	    sql_exec(db->db, "ROLLBACK") != KAS_OK)
		err = KAS_IO;
	return hq_db_wrote(db, err);
}

static enum kas_err
move_head(struct hq_db *db, int64_t store, const struct hq_append *what)
{
	struct stmt *st = &db->q[Q_MOVE_HEAD];
	enum kas_err err;

	stmt_bind_int(st, 1, store);
	stmt_bind_int(st, 2, (int64_t)what->first);
	stmt_bind_int(st, 3, (int64_t)(what->first + what->block->n_entries));
	stmt_bind_bytes(st, 4, hash_bytes(&what->root));
	err = stmt_run(st);
	if (err == KAS_OK && sqlite3_changes(db->db) != 1)
		return KAS_AGAIN;
	return err;
}

static enum kas_err
add_entry(struct hq_db *db, int64_t store, uint64_t index, const Kasir__V1__StoredEntry *e)
{
	struct stmt *st = &db->q[Q_ADD_ENTRY];
	enum kas_err err;

	stmt_bind_int(st, 1, store);
	stmt_bind_int(st, 2, (int64_t)index);
	stmt_bind_bytes(st, 3, bytes_of_proto(e->entry));
	stmt_bind_bytes(st, 4, bytes_of_proto(e->payload));
	err = stmt_run(st);
	if (err != KAS_OK || e->salt.len + e->personal.len == 0)
		return err;
	st = &db->q[Q_ADD_PERSONAL];
	stmt_bind_int(st, 1, store);
	stmt_bind_int(st, 2, (int64_t)index);
	stmt_bind_bytes(st, 3, bytes_of_proto(e->salt));
	stmt_bind_bytes(st, 4, bytes_of_proto(e->personal));
	return stmt_run(st);
}

static enum kas_err
add_tile(struct hq_db *db, int64_t store, const struct stored_hq_tile *t)
{
	struct stmt *st = &db->q[Q_ADD_TILE];

	stmt_bind_int(st, 1, store);
	stmt_bind_int(st, 2, t->id.level);
	stmt_bind_int(st, 3, (int64_t)t->id.n);
	stmt_bind_bytes(st, 4, BYTES(t->hashes, TILE_BYTES));
	return stmt_run(st);
}

static enum kas_err
put_terminal(struct hq_db *db, int64_t store, const struct terminal_row *row)
{
	struct stmt *st = &db->q[Q_PUT_TERMINAL];

	stmt_bind_int(st, 1, store);
	stmt_bind_text(st, 2, row->terminal);
	stmt_bind_int(st, 3, (int64_t)row->epoch);
	stmt_bind_bytes(st, 4, BYTES(row->key.b, KEY_LEN));
	stmt_bind_int(st, 5, (int64_t)row->added_at);
	if (row->revoked_at == KEYRING_NEVER)
		stmt_bind_null(st, 6);
	else
		stmt_bind_int(st, 6, (int64_t)row->revoked_at);
	return stmt_run(st);
}

static enum kas_err
add_checkpoint(struct hq_db *db, int64_t store, const struct hq_append *what)
{
	struct stmt *st = &db->q[Q_ADD_CHECKPOINT];

	stmt_bind_int(st, 1, store);
	stmt_bind_int(st, 2, (int64_t)(what->first + what->block->n_entries));
	stmt_bind_bytes(st, 3, what->checkpoint);
	stmt_bind_int(st, 4, what->cosigned);
	return stmt_run(st);
}

static enum kas_err
write_batch(struct hq_db *db, const struct hq_append *what)
{
	int64_t store = 0;
	enum kas_err err = hq_db_store(db, what->store, &store);
	size_t i;

	if (err == KAS_OK)
		err = move_head(db, store, what);
	for (i = 0; i < what->block->n_entries && err == KAS_OK; i++)
		err = add_entry(db, store, what->first + i, what->block->entries[i]);
	for (i = 0; i < what->n_tiles && err == KAS_OK; i++)
		err = add_tile(db, store, &what->tiles[i]);
	for (i = 0; i < what->n_terminals && err == KAS_OK; i++)
		err = put_terminal(db, store, what->terminals[i]);
	return err == KAS_OK ? add_checkpoint(db, store, what) : err;
}

enum kas_err
hq_db_append(void *ctx, const struct hq_append *what)
{
	struct hq_db *db = ctx;
	enum kas_err err = hq_db_begin(db);

	return err == KAS_OK ? hq_db_end(db, write_batch(db, what)) : err;
}

enum kas_err
hq_db_raise_floor(void *ctx, const char *store, uint64_t size, struct bytes note)
{
	struct hq_db *db = ctx;
	struct stmt *st = &db->q[Q_ADD_FLOOR];
	int64_t id = 0;
	enum kas_err err = hq_db_begin(db);

	if (err != KAS_OK)
		return err;
	err = hq_db_store(db, store, &id);
	if (err == KAS_OK) {
		stmt_bind_int(st, 1, id);
		stmt_bind_int(st, 2, (int64_t)size);
		stmt_bind_bytes(st, 3, note);
		err = stmt_run(st);
	}
	return hq_db_end(db, err);
}

static enum kas_err
count_evidence(struct hq_db *db, int64_t store)
{
	struct stmt *st = &db->q[Q_EVIDENCE_COUNT];
	bool full;
	enum kas_err err;

	stmt_bind_int(st, 1, store);
	full = stmt_row(st) && stmt_int(st, 0) >= (int64_t)HQ_EVIDENCE_MAX;
	err = stmt_done(st);
	return err == KAS_OK && full ? KAS_FULL : err;
}

enum kas_err
hq_db_keep_evidence(void *ctx, const char *store, int64_t wall_us, uint32_t reason,
    struct bytes held, struct bytes shown, const char *text)
{
	struct hq_db *db = ctx;
	struct stmt *st = &db->q[Q_ADD_EVIDENCE];
	int64_t id = 0;
	enum kas_err err = hq_db_begin(db), full;

	if (err != KAS_OK)
		return err;
	err = hq_db_store(db, store, &id);
	full = err == KAS_OK ? count_evidence(db, id) : err;
	if (err == KAS_OK) {
		stmt_bind_int(st, 1, id);
		stmt_bind_int(st, 2, wall_us);
		stmt_bind_int(st, 3, reason);
		stmt_bind_bytes(st, 4, held);
		stmt_bind_bytes(st, 5, shown);
		stmt_bind_text(st, 6, text);
		err = stmt_run(st);
	}
	/* Tried first, so that what is known already says so even when there is no room. */
	return hq_db_end(db, err == KAS_OK ? full : err);
}

enum kas_err
hq_db_add_store(struct hq_db *db, const char *store, const struct vkey *key, int64_t wall_us)
{
	struct hash none = merkle_empty();
	struct stmt *st = &db->q[Q_ADD_STORE];
	struct buf text;
	enum kas_err err = hq_db_begin(db);

	if (err != KAS_OK)
		return err;
	buf_init(&text);
	vkey_format(key, &text);
	buf_add(&text, "", 1);
	if (text.failed)
		err = KAS_NOMEM;
	if (err == KAS_OK) {
		stmt_bind_text(st, 1, store);
		stmt_bind_text(st, 2, (const char *)text.p);
		stmt_bind_int(st, 3, wall_us);
		err = stmt_run(st);
	}
	if (err == KAS_OK) {
		st = &db->q[Q_ADD_HEAD];
		stmt_bind_int(st, 1, sqlite3_last_insert_rowid(db->db));
		stmt_bind_bytes(st, 2, hash_bytes(&none));
		err = stmt_run(st);
	}
	buf_fini(&text);
	return hq_db_end(db, err);
}
