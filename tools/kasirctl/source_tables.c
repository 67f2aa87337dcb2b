/* What stands beside the entries: tables made from them, and rows that belong to none. */
#include "tools/kasirctl/source_parts.h"

#include <inttypes.h>
#include <string.h>

static enum kas_err
first_of(enum kas_err a, enum kas_err b)
{
	return a != KAS_OK ? a : b;
}

/* Where there is no terminal yet, there is one row with nothing to the right of the head. */
static enum kas_err
take_snapshot(struct stmt *st, struct arena *a, struct buf *rows, struct audit_snapshot *ret)
{
	struct terminal_row row;
	enum kas_err err = KAS_OK;

	while (err == KAS_OK && stmt_row(st)) {
		ret->size = (uint64_t)stmt_int(st, 0);
		ret->has_root = hash_from(stmt_bytes(st, 1), &ret->root);
		if (!ret->has_state && sqlite3_column_type(st->s, 2) != SQLITE_NULL) {
			ret->has_state = true;
			if (!arena_copy(a, stmt_bytes(st, 2), &ret->state))
				err = KAS_NOMEM;
		}
		if (err != KAS_OK || sqlite3_column_type(st->s, 3) == SQLITE_NULL)
			continue;
		err = ledger_take_terminal(st, 3, &row);
		if (err == KAS_OK)
			buf_add(rows, &row, sizeof row);
	}
	err = first_of(stmt_done(st), err);
	return err == KAS_OK && rows->failed ? KAS_NOMEM : err;
}

enum kas_err
source_snapshot(void *ctx, struct arena *a, struct audit_snapshot *ret)
{
	struct db_source *s = ctx;
	struct audit_snapshot found = { .keys_only = s->kind != &ledger_kind };
	struct bytes kept;
	struct buf rows;
	enum kas_err err;

	buf_init(&rows);
	err = take_snapshot(&s->q[Q_SNAPSHOT], a, &rows, &found);
	if (err == KAS_OK && !arena_copy(a, buf_bytes(&rows), &kept))
		err = KAS_NOMEM;
	buf_fini(&rows);
	if (err != KAS_OK)
		return err;
	found.rows = (const struct terminal_row *)kept.p;
	found.n_rows = kept.n / sizeof *found.rows;
	*ret = found;
	return KAS_OK;
}

enum kas_err
source_blob(void *ctx, const struct hash *hash, struct arena *a, struct bytes *ret)
{
	struct stmt *st = &((struct db_source *)ctx)->q[Q_BLOB];
	enum kas_err err = KAS_NOTFOUND;

	stmt_bind_bytes(st, 1, hash_bytes(hash));
	if (stmt_row(st))
		err = arena_copy(a, stmt_bytes(st, 0), ret) ? KAS_OK : KAS_NOMEM;
	return first_of(stmt_done(st), err);
}

/* A key that no fact can have stays empty: it belongs to no entry then. */
enum kas_err
source_facts(void *ctx, enum kas_err (*fact)(void *fact_ctx, uint64_t covered,
    const struct fact *fact), void *fact_ctx)
{
	struct stmt *st = &((struct db_source *)ctx)->q[Q_FACTS];
	enum kas_err err = KAS_OK;

	while (err == KAS_OK && stmt_row(st)) {
		struct fact f = { .kind = (uint8_t)stmt_int(st, 1),
			.index = (uint64_t)stmt_int(st, 3) };
		struct bytes key = stmt_bytes(st, 2);

		if (key.n <= sizeof f.key && stmt_int(st, 1) <= UINT8_MAX) {
			f.key_n = (uint8_t)key.n;
			memcpy(f.key, key.p, key.n);
		}
		err = fact(fact_ctx, (uint64_t)stmt_int(st, 0), &f);
	}
	return first_of(stmt_done(st), err);
}

/* Rows that belong to no entry, where nothing else looks.  They would stop the store once
 * it has grown up to them. */
static enum kas_err
check_strays(struct db_source *s, struct kas_why *why)
{
	struct stmt *st = &s->q[Q_STRAYS];
	enum kas_err err = KAS_OK;

	if (stmt_row(st))
		err = kas_fail(why, KAS_CORRUPT, "table %s has a row of %" PRId64 ", which does not "
		    "belong to the entries that are there",
		    (const char *)sqlite3_column_text(st->s, 0), stmt_int(st, 1));
	return first_of(stmt_done(st), err);
}

enum kas_err
source_check_schema(struct db_source *s, struct kas_why *why)
{
	enum kas_err err = sql_check_schema(s->db, s->kind, why);

	return err == KAS_OK && s->q[Q_STRAYS].s != NULL ? check_strays(s, why) : err;
}

enum kas_err
source_kept(struct db_source *s, struct buf *to)
{
	struct stmt *st = &s->q[Q_KEPT];
	struct bytes note;
	enum kas_err err = KAS_NOTFOUND;

	if (st->s == NULL)
		return KAS_NOTFOUND;
	if (stmt_row(st)) {
		note = stmt_bytes(st, 0);
		buf_add(to, note.p, note.n);
		err = to->failed ? KAS_NOMEM : KAS_OK;
	}
	return first_of(stmt_done(st), err);
}
