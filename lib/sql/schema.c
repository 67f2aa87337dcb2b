/* Versions: user_version N means that the first N migrations have been applied. */
#include "sql/sql.h"

#include <stdio.h>
#include <string.h>

static enum kas_err
apply(sqlite3 *db, const struct sql_kind *kind, unsigned i, struct kas_why *why)
{
	const struct sql_migration *m = &kind->migrations[i];
	char pragma[64];
	enum kas_err err;

	snprintf(pragma, sizeof pragma, "PRAGMA user_version = %u", i + 1);
	if ((err = sql_exec(db, m->text)) != KAS_OK || (err = sql_exec(db, pragma)) != KAS_OK)
		return kas_fail(why, err, "migration %s: %s", m->name, sqlite3_errmsg(db));
	return KAS_OK;
}

static enum kas_err
user_version(sqlite3 *db, int64_t *ret)
{
	struct stmt st;
	enum kas_err err;

	if ((err = stmt_init(&st, db, "PRAGMA user_version")) != KAS_OK)
		return err;
	if (stmt_row(&st))
		*ret = stmt_int(&st, 0);
	err = stmt_done(&st);
	stmt_fini(&st);
	return err;
}

static enum kas_err
apply_missing(sqlite3 *db, const struct sql_kind *kind, struct kas_why *why)
{
	int64_t version = 0;
	char pragma[64];
	enum kas_err err;

	/* Asked inside the transaction: nobody else upgrades it meanwhile. */
	if ((err = user_version(db, &version)) != KAS_OK)
		return kas_fail(why, err, "user_version: %s", sqlite3_errmsg(db));
	snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d", (int)kind->application_id);
	if (version == 0 && (err = sql_exec(db, pragma)) != KAS_OK)
		return kas_fail(why, err, "application_id: %s", sqlite3_errmsg(db));
	for (unsigned i = (unsigned)version; i < kind->n; i++)
		if ((err = apply(db, kind, i, why)) != KAS_OK)
			return err;
	return KAS_OK;
}

enum kas_err
sql_migrate(sqlite3 *db, const struct sql_kind *kind, struct kas_why *why)
{
	enum kas_err err;

	if ((err = sql_exec(db, "BEGIN IMMEDIATE")) != KAS_OK)
		return kas_fail(why, err, "%s", sqlite3_errmsg(db));
	err = apply_missing(db, kind, why);
	if (err == KAS_OK && (err = sql_exec(db, "COMMIT")) != KAS_OK)
		kas_fail(why, err, "commit: %s", sqlite3_errmsg(db));
	if (err != KAS_OK)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

#define SCHEMA_QUERY \
	"SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema" \
	" WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1"

static enum kas_err
compare(struct stmt *is, struct stmt *wanted, struct kas_why *why)
{
	bool more_is, more_wanted;
	int order;

	for (;;) {
		more_is = stmt_row(is);
		more_wanted = stmt_row(wanted);
		if (!more_is && !more_wanted)
			return KAS_OK;
		order = !more_is ? 1 : !more_wanted ? -1
		    : strcmp((const char *)sqlite3_column_text(is->s, 0),
			(const char *)sqlite3_column_text(wanted->s, 0));
		if (order > 0)
			return kas_fail(why, KAS_CORRUPT, "its schema was changed: %s is missing",
			    sqlite3_column_text(wanted->s, 0));
		if (order < 0)
			return kas_fail(why, KAS_CORRUPT, "its schema was changed: %s was added",
			    sqlite3_column_text(is->s, 0));
		if (!bytes_equal(stmt_bytes(is, 1), stmt_bytes(wanted, 1)))
			return kas_fail(why, KAS_CORRUPT, "its schema was changed: %s is not as made",
			    sqlite3_column_text(is->s, 0));
	}
}

enum kas_err
sql_check_schema(sqlite3 *db, const struct sql_kind *kind, struct kas_why *why)
{
	struct stmt is = { 0 }, wanted = { 0 };
	sqlite3 *model = NULL;
	enum kas_err err, end;

	if ((err = sql_err(sqlite3_open(":memory:", &model))) != KAS_OK)
		kas_fail(why, err, "no memory for a model of the schema");
	else if ((err = sql_migrate(model, kind, why)) == KAS_OK) {
		if ((err = stmt_init(&wanted, model, SCHEMA_QUERY)) != KAS_OK ||
		    (err = stmt_init(&is, db, SCHEMA_QUERY)) != KAS_OK)
			kas_fail(why, err, "schema: %s", sqlite3_errmsg(db));
		else if ((err = compare(&is, &wanted, why)) == KAS_OK &&
		    (end = stmt_done(&is)) != KAS_OK)
			err = kas_fail(why, end, "schema: %s", sqlite3_errmsg(db));
	}
	stmt_fini(&is);
	stmt_fini(&wanted);
	sqlite3_close(model);
	return err;
}
