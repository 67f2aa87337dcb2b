#include "report/reports.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "schema/reports.h"

const struct sql_kind reports_kind = {
	.what = "reports",
	.application_id = REPORTS_APPLICATION_ID,
	.migrations = reports_migrations,
	.n = sizeof reports_migrations / sizeof *reports_migrations,
	.derived = true,
};

static bool
path_beside(const char *path, const char *suffix, char to[PATH_MAX])
{
	return (size_t)snprintf(to, PATH_MAX, "%s%s", path, suffix) < PATH_MAX;
}

/* The database itself last: without it, a log that stayed would look like a lost database. */
static void
remove_file(const char *path)
{
	static const char *const suffixes[] = { "-wal", "-shm", "" };
	char name[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (path_beside(path, suffixes[i], name))
			unlink(name);
}

/* It may be somebody's ledger under the wrong name. */
static void
set_aside(const char *path)
{
	char name[PATH_MAX];

	if (path_beside(path, ".bad", name))
		rename(path, name);
	remove_file(path);
}

/* What is lost in a power cut is made again; what is there must be whole.  That is NORMAL. */
static enum kas_err
relax(sqlite3 *db)
{
	return sql_exec(db, "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192;");
}

static enum kas_err
is_of_format(sqlite3 *db, bool *ret)
{
	struct stmt st;
	enum kas_err err, e;

	err = stmt_init(&st, db, "SELECT format FROM meta WHERE id = 1");
	if (err != KAS_OK)
		return err;
	*ret = stmt_row(&st) && stmt_int(&st, 0) == REPORTS_FORMAT;
	e = stmt_done(&st);
	stmt_fini(&st);
	return e;
}

static enum kas_err
create(const char *path, sqlite3 **ret, struct kas_why *why)
{
	struct reports_place nowhere = { .currency = "" };
	enum kas_err err;

	err = sql_open(path, &reports_kind, SQL_CREATE, ret, why);
	if (err != KAS_OK)
		return err;
	frontier_init(&nowhere.tree);
	err = relax(*ret);
	if (err == KAS_OK)
		err = reports_write_place(*ret, &nowhere);
	if (err != KAS_OK) {
		kas_fail(why, err, "reports database %s: %s", path, sqlite3_errmsg(*ret));
		sql_close(*ret);
	}
	return err;
}

enum kas_err
reports_renew(const char *path, sqlite3 **ret, struct kas_why *why)
{
	remove_file(path);
	return create(path, ret, why);
}

enum kas_err
reports_open(const char *path, sqlite3 **ret, struct kas_why *why)
{
	bool good = false;
	enum kas_err err;

	err = sql_open(path, &reports_kind, SQL_WRITE, ret, why);
	if (err == KAS_NOTFOUND)
		return reports_renew(path, ret, why);
	if (err == KAS_CORRUPT || err == KAS_NEWER || err == KAS_EXISTS) {
		set_aside(path);
		return create(path, ret, why);
	}
	if (err != KAS_OK)
		return err;
	err = is_of_format(*ret, &good);
	if (err == KAS_OK)
		err = relax(*ret);
	if (err == KAS_OK && good)
		return KAS_OK;
	sql_close(*ret);
	return err == KAS_OK || err == KAS_CORRUPT ? reports_renew(path, ret, why)
	    : kas_fail(why, err, "reports database %s: %s", path, kas_err_text(err));
}

static bool
take_text(struct stmt *st, int at, char *to, size_t room)
{
	struct bytes b = stmt_bytes(st, at);

	if (b.n >= room)
		return false;
	if (b.n > 0)
		memcpy(to, b.p, b.n);
	to[b.n] = '\0';
	return true;
}

static enum kas_err
take_place(struct stmt *st, struct reports_place *ret)
{
	struct bytes peaks = stmt_bytes(st, 2), root = stmt_bytes(st, 1);
	int64_t size = stmt_int(st, 0);
	struct reports_place p = { .currency = "" };
	struct hash h;

	frontier_init(&p.tree);
	if (size < 0 || peaks.n != (size_t)__builtin_popcountll((uint64_t)size) * HASH_LEN)
		return KAS_CORRUPT;
	p.tree.size = (uint64_t)size;
	p.tree.n = (unsigned)(peaks.n / HASH_LEN);
	if (peaks.n > 0)
		memcpy(p.tree.peaks, peaks.p, peaks.n);
	h = frontier_root(&p.tree);
	if (root.n != HASH_LEN || memcmp(root.p, h.b, HASH_LEN) != 0 ||
	    !take_text(st, 3, p.origin, sizeof p.origin) ||
	    !take_text(st, 4, p.currency, sizeof p.currency))
		return KAS_CORRUPT;
	p.exponent = (unsigned)stmt_int(st, 5);
	p.day = (uint32_t)stmt_int(st, 6);
	*ret = p;
	return KAS_OK;
}

enum kas_err
reports_read_place(sqlite3 *db, struct reports_place *ret)
{
	struct stmt st;
	enum kas_err err, e;

	err = stmt_init(&st, db, "SELECT size, root, peaks, origin, currency, exponent, day"
	    " FROM meta WHERE id = 1");
	if (err != KAS_OK)
		return err;
	if (stmt_row(&st))
		err = take_place(&st, ret);
	else if (st.rc == SQLITE_OK)
		err = KAS_CORRUPT;
	e = stmt_done(&st);
	stmt_fini(&st);
	return e != KAS_OK ? e : err;
}

enum kas_err
reports_write_place(sqlite3 *db, const struct reports_place *place)
{
	struct hash root = frontier_root(&place->tree);
	struct stmt st;
	enum kas_err err;

	err = stmt_init(&st, db, "INSERT OR REPLACE INTO meta"
	    " (id, format, size, root, peaks, origin, currency, exponent, day)"
	    " VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
	if (err != KAS_OK)
		return err;
	stmt_bind_int(&st, 1, REPORTS_FORMAT);
	stmt_bind_int(&st, 2, (int64_t)place->tree.size);
	stmt_bind_bytes(&st, 3, BYTES(root.b, HASH_LEN));
	stmt_bind_bytes(&st, 4, BYTES(place->tree.peaks, place->tree.n * HASH_LEN));
	stmt_bind_text(&st, 5, place->origin);
	stmt_bind_text(&st, 6, place->currency);
	stmt_bind_int(&st, 7, place->exponent);
	stmt_bind_int(&st, 8, place->day);
	err = stmt_run(&st);
	stmt_fini(&st);
	return err;
}
