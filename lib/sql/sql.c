#include "sql/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum kas_err
sql_err(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return KAS_OK;
	case SQLITE_FULL:
		return KAS_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return KAS_AGAIN;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return KAS_CORRUPT;
	case SQLITE_CONSTRAINT:
		return KAS_EXISTS;
	case SQLITE_NOMEM:
		return KAS_NOMEM;
	default:
		return KAS_IO;
	}
}

enum kas_err
sql_exec(sqlite3 *db, const char *text)
{
	return sql_err(sqlite3_exec(db, text, NULL, NULL, NULL));
}

void
sql_close(sqlite3 *db)
{
	sqlite3_close(db);
}

static enum kas_err
fail(struct kas_why *why, enum kas_err err, const char *path, const struct sql_kind *kind,
    const char *reason)
{
	return kas_fail(why, err, "%s database %s: %s", kind->what, path, reason);
}

/* What SQLite's "unable to open database file" means. */
static enum kas_err
cannot_open(struct kas_why *why, const char *path, const struct sql_kind *kind, enum sql_mode mode)
{
	if (access(path, F_OK) != 0)
		return fail(why, errno == ENOENT ? KAS_NOTFOUND : KAS_DENIED, path, kind,
		    strerror(errno));
	if (access(path, mode == SQL_READ ? R_OK : R_OK | W_OK) != 0)
		return fail(why, KAS_DENIED, path, kind, strerror(errno));
	return fail(why, KAS_DENIED, path, kind,
	    "its -wal and -shm files cannot be made or opened beside it; run this as the user "
	    "who owns the database, or on a copy in a folder that you may write");
}

static enum kas_err
fail_db(struct kas_why *why, sqlite3 *db, const char *path, const struct sql_kind *kind,
    enum sql_mode mode)
{
	int rc = sqlite3_extended_errcode(db);

	switch (rc & 0xff) {
	case SQLITE_CANTOPEN:
		return cannot_open(why, path, kind, mode);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return cannot_open(why, path, kind, mode);
	case SQLITE_NOTADB:
		return fail(why, KAS_CORRUPT, path, kind, "is not an SQLite database, or its "
		    "first page is damaged");
	case SQLITE_CORRUPT:
		return fail(why, KAS_CORRUPT, path, kind, kind->derived ?
		    "is damaged (database disk image is malformed)" :
		    "is damaged (database disk image is malformed); keep it for evidence and "
		    "restore a backup");
	default:
		return fail(why, sql_err(rc), path, kind, sqlite3_errmsg(db));
	}
}

/* Guards against accidents, not against root; docs/reference/database.md says which. */
static const char guards[] =
    "PRAGMA busy_timeout = 5000;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA recursive_triggers = ON;"	/* or REPLACE walks around append-only */
    "PRAGMA synchronous = FULL;";

static int
configure(sqlite3 *db, enum sql_mode mode)
{
	int rc;

	rc = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Only the daemon checkpoints: docs/reference/database.md, "One connection". */
	if (rc == SQLITE_OK && (mode == SQL_READ || mode == SQL_BESIDE))
		rc = sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (rc == SQLITE_OK && mode == SQL_BESIDE)
		rc = sqlite3_wal_autocheckpoint(db, 0);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, guards, NULL, NULL, NULL);
	return rc;
}

static int
pragma_int(sqlite3 *db, const char *pragma, int64_t *ret)
{
	sqlite3_stmt *s;
	int rc = sqlite3_prepare_v2(db, pragma, -1, &s, NULL);

	if (rc != SQLITE_OK)
		return rc;
	if (sqlite3_step(s) == SQLITE_ROW)
		*ret = sqlite3_column_int64(s, 0);
	return sqlite3_finalize(s);
}

static enum kas_err
check_kind(sqlite3 *db, const char *path, const struct sql_kind *kind, enum sql_mode mode,
    int64_t *ret_version, struct kas_why *why)
{
	int64_t app = 0, version = 0;
	char text[160];

	if (pragma_int(db, "PRAGMA application_id", &app) != SQLITE_OK ||
	    pragma_int(db, "PRAGMA user_version", &version) != SQLITE_OK)
		return fail_db(why, db, path, kind, mode);
	if (app == 0 && version == 0)
		return fail(why, KAS_CORRUPT, path, kind, "is empty, or another program's: what "
		    "stood there is lost, or the name is wrong");
	if (app != kind->application_id || version < 1) {
		snprintf(text, sizeof text, "is another kind of database (application_id %lld, "
		    "version %lld; expected %d)", (long long)app, (long long)version,
		    (int)kind->application_id);
		return fail(why, KAS_CORRUPT, path, kind, text);
	}
	if (version > kind->n) {
		snprintf(text, sizeof text, "was made by a later version of this software "
		    "(version %lld of the schema; this one knows %u)", (long long)version, kind->n);
		return fail(why, KAS_NEWER, path, kind, text);
	}
	*ret_version = version;
	return KAS_OK;
}

static enum kas_err
enter_wal(sqlite3 *db, const char *path, const struct sql_kind *kind, struct kas_why *why)
{
	sqlite3_stmt *s;
	bool wal;

	if (sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &s, NULL) != SQLITE_OK)
		return fail_db(why, db, path, kind, SQL_WRITE);
	wal = sqlite3_step(s) == SQLITE_ROW &&
	    sqlite3_stricmp((const char *)sqlite3_column_text(s, 0), "wal") == 0;
	if (sqlite3_finalize(s) != SQLITE_OK)
		return fail_db(why, db, path, kind, SQL_WRITE);
	if (!wal)
		return fail(why, KAS_IO, path, kind, "write-ahead logging does not work on this "
		    "file system");
	return KAS_OK;
}

/* Bring what stands at PATH up to date, or for readers see that it is. */
static enum kas_err
make_ready(sqlite3 *db, const char *path, const struct sql_kind *kind, enum sql_mode mode,
    struct kas_why *why)
{
	int64_t version = 0;
	enum kas_err err;

	if (configure(db, mode) != SQLITE_OK)
		return fail_db(why, db, path, kind, mode);
	if ((err = check_kind(db, path, kind, mode, &version, why)) != KAS_OK)
		return err;
	if (mode == SQL_READ)
		return version == kind->n ? KAS_OK : fail(why, KAS_AGAIN, path, kind,
		    "is of an earlier version and has to be opened once by its daemon first");
	if ((err = enter_wal(db, path, kind, why)) != KAS_OK)
		return err;
	if (version < kind->n)
		err = sql_migrate(db, kind, why);
	if (err == KAS_OK)
		err = sql_check_schema(db, kind, why);
	if (err != KAS_OK)
		kas_why_prefix(why, "%s database %s", kind->what, path);
	return err;
}

static enum kas_err
open_existing(const char *path, const struct sql_kind *kind, enum sql_mode mode, sqlite3 **ret,
    struct kas_why *why)
{
	int flags = mode == SQL_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	sqlite3 *db = NULL;
	enum kas_err err;

	/* Each connection belongs to one thread at a time. */
	flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK)
		err = db == NULL ? fail(why, KAS_NOMEM, path, kind, "out of memory")
		    : fail_db(why, db, path, kind, mode);
	else
		err = make_ready(db, path, kind, mode, why);
	if (err != KAS_OK)
		sqlite3_close(db);
	else
		*ret = db;
	return err;
}

enum kas_err
sql_sync_folder(const char *path, struct kas_why *why)
{
	char folder[PATH_MAX];
	char *slash;
	int fd;

	if (strlen(path) >= sizeof folder)
		return kas_fail(why, KAS_RANGE, "%s: the name is too long", path);
	strcpy(folder, path);
	slash = strrchr(folder, '/');
	if (slash == NULL)
		strcpy(folder, ".");
	else
		slash[slash == folder] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0) {
		kas_fail(why, KAS_IO, "folder %s: %s", folder, strerror(errno));
		if (fd >= 0)
			close(fd);
		return KAS_IO;
	}
	close(fd);
	return KAS_OK;
}

/* An empty database of KIND in a file of its own, 0600, synced when closed: in rollback
 * mode, so that it needs no second file. */
static enum kas_err
fill_new(const char *path, const struct sql_kind *kind, struct kas_why *why)
{
	sqlite3 *db = NULL;
	enum kas_err err;
	int fd;

	unlink(path);		/* of a creation that was cut short */
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(why, errno == ENOSPC || errno == EDQUOT ? KAS_FULL
		    : errno == ENOENT ? KAS_NOTFOUND : KAS_DENIED, path, kind, strerror(errno));
	close(fd);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL) !=
	    SQLITE_OK || configure(db, SQL_CREATE) != SQLITE_OK)
		err = fail_db(why, db, path, kind, SQL_CREATE);
	else if ((err = sql_migrate(db, kind, why)) != KAS_OK)
		kas_why_prefix(why, "%s database %s", kind->what, path);
	sqlite3_close(db);
	return err;
}

static enum kas_err
create(const char *path, const struct sql_kind *kind, struct kas_why *why)
{
	char draft[PATH_MAX], wal[PATH_MAX];
	enum kas_err err;

	if ((size_t)snprintf(draft, sizeof draft, "%s.new", path) >= sizeof draft)
		return fail(why, KAS_RANGE, path, kind, "the name is too long");
	snprintf(wal, sizeof wal, "%.*s-wal", PATH_MAX - 5, path);
	if (access(path, F_OK) == 0)
		return fail(why, KAS_EXISTS, path, kind, "is there already");
	if (access(wal, F_OK) == 0)
		return fail(why, KAS_EXISTS, path, kind, "is missing, but its -wal file is there: "
		    "the database has been lost or moved, and must be put back");
	if ((err = fill_new(draft, kind, why)) != KAS_OK)
		goto out;
	if (renameat2(AT_FDCWD, draft, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
		err = fail(why, errno == EEXIST ? KAS_EXISTS : KAS_IO, path, kind, strerror(errno));
	else
		err = sql_sync_folder(path, why);
out:
	if (err != KAS_OK)
		unlink(draft);
	return err;
}

enum kas_err
sql_open(const char *path, const struct sql_kind *kind, enum sql_mode mode, sqlite3 **ret,
    struct kas_why *why)
{
	enum kas_err err;

	if (mode == SQL_CREATE && (err = create(path, kind, why)) != KAS_OK)
		return err;
	return open_existing(path, kind, mode == SQL_CREATE ? SQL_WRITE : mode, ret, why);
}
