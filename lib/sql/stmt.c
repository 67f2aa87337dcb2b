#include "sql/sql.h"

enum kas_err
stmt_init(struct stmt *st, sqlite3 *db, const char *text)
{
	*st = (struct stmt){ 0 };
	return sql_err(sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &st->s, NULL));
}

void
stmt_fini(struct stmt *st)
{
	sqlite3_finalize(st->s);
	*st = (struct stmt){ 0 };
}

static void
keep(struct stmt *st, int rc)
{
	if (st->rc == SQLITE_OK)
		st->rc = rc;
}

void
stmt_bind_int(struct stmt *st, int at, int64_t v)
{
	keep(st, sqlite3_bind_int64(st->s, at, v));
}

void
stmt_bind_bytes(struct stmt *st, int at, struct bytes b)
{
	/* A null pointer would bind NULL. */
	keep(st, sqlite3_bind_blob64(st->s, at, b.n > 0 ? (const void *)b.p : "", b.n,
	    SQLITE_STATIC));
}

void
stmt_bind_text(struct stmt *st, int at, const char *text)
{
	keep(st, sqlite3_bind_text(st->s, at, text, -1, SQLITE_STATIC));
}

void
stmt_bind_null(struct stmt *st, int at)
{
	keep(st, sqlite3_bind_null(st->s, at));
}

bool
stmt_row(struct stmt *st)
{
	int rc;

	if (st->rc != SQLITE_OK)
		return false;
	rc = sqlite3_step(st->s);
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		st->rc = rc;
	return false;
}

enum kas_err
stmt_done(struct stmt *st)
{
	int rc = st->rc;

	/* sqlite3_reset() only repeats what step said. */
	sqlite3_reset(st->s);
	st->rc = SQLITE_OK;
	return sql_err(rc);
}

enum kas_err
stmt_run(struct stmt *st)
{
	while (stmt_row(st))
		;
	return stmt_done(st);
}

int64_t
stmt_int(struct stmt *st, int at)
{
	return sqlite3_column_int64(st->s, at);
}

struct bytes
stmt_bytes(struct stmt *st, int at)
{
	/* In this order: asking for the length first could convert it. */
	const void *p = sqlite3_column_blob(st->s, at);
	int n = sqlite3_column_bytes(st->s, at);

	return BYTES(p, (size_t)n);
}
