#include "daemon/store/edge/ledger_repair.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edge/ledger_read.h"

#define COPYING_SUFFIX ".copying"
#define SUFFIX_MAX 24
#define FULL_ERRNO(e) ((e) == ENOSPC || (e) == EDQUOT || (e) == EFBIG)

struct beside {			/* a file beside the ledger */
	char path[PATH_MAX + SUFFIX_MAX];
};

static struct beside
beside(const char *path, const char *suffix)
{
	struct beside b;

	snprintf(b.path, sizeof b.path, "%s%s", path, suffix);
	return b;
}

static enum kas_err
remove_file(const char *path, const char *suffix, struct kas_why *why)
{
	struct beside b = beside(path, suffix);

	if (unlink(b.path) != 0 && errno != ENOENT)
		return kas_fail(why, KAS_IO, "removing %s: %s", b.path, strerror(errno));
	return KAS_OK;
}

static enum kas_err
remove_copying(const char *path, struct kas_why *why)
{
	static const char *const suffixes[] = {
		COPYING_SUFFIX, COPYING_SUFFIX "-wal", COPYING_SUFFIX "-shm",
		COPYING_SUFFIX "-journal",
	};
	enum kas_err err = KAS_OK;

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && err == KAS_OK; i++)
		err = remove_file(path, suffixes[i], why);
	return err;
}

static enum kas_err
rename_synced(const char *from, const char *to, struct kas_why *why)
{
	if (rename(from, to) != 0)
		return kas_fail(why, FULL_ERRNO(errno) ? KAS_FULL : KAS_IO, "renaming %s: %s", from,
		    strerror(errno));
	return sql_sync_folder(to, why);
}

enum kas_err
ledger_repair_finish(const char *path, struct kas_why *why)
{
	struct beside copied = beside(path, LEDGER_COPIED_SUFFIX);
	enum kas_err err;

	if (access(copied.path, F_OK) != 0)
		return remove_copying(path, why);
	/* The old log must be gone for good before the copy takes the name: SQLite would
	 * apply it to the copy. */
	if ((err = remove_file(path, "-wal", why)) != KAS_OK ||
	    (err = remove_file(path, "-shm", why)) != KAS_OK ||
	    (err = sql_sync_folder(path, why)) != KAS_OK ||
	    (err = rename_synced(copied.path, path, why)) != KAS_OK)
		return err;
	return remove_copying(path, why);
}

/* All pages of FROM into TO, an empty database; TO's commit syncs them.  No journal: an
 * unfinished copy is thrown away. */
static enum kas_err
copy_pages(sqlite3 *from, sqlite3 *to, struct kas_why *why)
{
	sqlite3_backup *b;
	enum kas_err err;
	int rc;

	if ((err = sql_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL")) != KAS_OK ||
	    (b = sqlite3_backup_init(to, "main", from, "main")) == NULL)
		return kas_fail(why, KAS_IO, "copying the ledger: %s", sqlite3_errmsg(to));
	rc = sqlite3_backup_step(b, -1);
	sqlite3_backup_finish(b);
	if (rc != SQLITE_DONE)
		return kas_fail(why, rc == SQLITE_OK ? KAS_IO : sql_err(rc),
		    "copying the ledger: %s", sqlite3_errstr(rc));
	/* One file that needs no log beside it. */
	if ((err = sql_exec(to, "PRAGMA journal_mode = DELETE")) != KAS_OK)
		return kas_fail(why, err, "copying the ledger: %s", sqlite3_errmsg(to));
	return KAS_OK;
}

static enum kas_err
copy(const char *path, const char *copying, struct kas_why *why)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	sqlite3 *from = NULL, *to = NULL;
	enum kas_err err;
	int fd;

	fd = open(copying, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return kas_fail(why, FULL_ERRNO(errno) ? KAS_FULL : KAS_IO, "%s: %s", copying,
		    strerror(errno));
	close(fd);
	err = sql_open(path, &ledger_kind, SQL_READ, &from, why);
	if (err == KAS_OK && sqlite3_open_v2(copying, &to, SQLITE_OPEN_READWRITE | flags, NULL) !=
	    SQLITE_OK)
		err = kas_fail(why, KAS_IO, "%s: %s", copying, sqlite3_errmsg(to));
	if (err == KAS_OK)
		err = copy_pages(from, to, why);
	sql_close(from);
	sql_close(to);
	return err;
}

/* Sync once more from outside, and drop the pages, so that what is verified is read from
 * the disk. */
static enum kas_err
sync_and_forget(const char *copying, struct kas_why *why)
{
	int fd = open(copying, O_RDWR | O_CLOEXEC);
	enum kas_err err = KAS_OK;

	if (fd < 0 || fsync(fd) != 0)
		err = kas_fail(why, KAS_IO, "syncing %s: %s", copying, strerror(errno));
	if (fd >= 0) {
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
	return err;
}

static enum kas_err
quick_check(sqlite3 *db, struct kas_why *why)
{
	struct stmt st;
	enum kas_err err, found = KAS_OK;

	if ((err = stmt_init(&st, db, "PRAGMA quick_check(1)")) != KAS_OK)
		return kas_fail(why, err, "quick_check: %s", sqlite3_errmsg(db));
	if (stmt_row(&st) && !bytes_equal(stmt_bytes(&st, 0), bytes_of_text("ok")))
		found = kas_fail(why, KAS_CORRUPT, "quick_check: %s",
		    (const char *)sqlite3_column_text(st.s, 0));
	if ((err = stmt_done(&st)) != KAS_OK)
		kas_fail(why, err, "quick_check: %s", sqlite3_errmsg(db));
	stmt_fini(&st);
	return err != KAS_OK ? err : found;
}

/* The tree binds the entries; what stands beside it under its own hash is bound by that. */
static enum kas_err
check_blobs(sqlite3 *db, struct kas_why *why)
{
	struct hash hash = { { 0 } };
	struct stmt st;
	enum kas_err err, found = KAS_OK;

	if ((err = stmt_init(&st, db, "SELECT hash, bytes FROM blob")) != KAS_OK)
		return kas_fail(why, err, "blobs: %s", sqlite3_errmsg(db));
	while (found == KAS_OK && stmt_row(&st)) {
		hash = hash_of(stmt_bytes(&st, 1));
		if (!bytes_equal(stmt_bytes(&st, 0), hash_bytes(&hash)))
			found = kas_fail(why, KAS_CORRUPT, "a catalogue is not what its hash says");
	}
	if ((err = stmt_done(&st)) != KAS_OK)
		kas_fail(why, err, "blobs: %s", sqlite3_errmsg(db));
	stmt_fini(&st);
	return err != KAS_OK ? err : found;
}

static enum kas_err
check_copy(const char *copying, uint64_t durable, struct kas_why *why)
{
	sqlite3 *db = NULL;
	enum kas_err err;

	if ((err = sql_open(copying, &ledger_kind, SQL_READ, &db, why)) == KAS_OK)
		err = quick_check(db, why);
	if (err == KAS_OK)
		err = check_blobs(db, why);
	sql_close(db);
	if (err == KAS_OK)
		err = ledger_verify_tree(copying, durable, why);
	return err;
}

enum kas_err
ledger_repair(const char *path, uint64_t durable, struct kas_why *why)
{
	struct beside copying = beside(path, COPYING_SUFFIX);
	struct beside copied = beside(path, LEDGER_COPIED_SUFFIX);
	enum kas_err err;

	if ((err = ledger_repair_finish(path, why)) != KAS_OK)
		return err;
	if ((err = copy(path, copying.path, why)) == KAS_OK &&
	    (err = sync_and_forget(copying.path, why)) == KAS_OK &&
	    (err = check_copy(copying.path, durable, why)) == KAS_OK &&
	    (err = rename_synced(copying.path, copied.path, why)) == KAS_OK)
		return ledger_repair_finish(path, why);
	(void)remove_copying(path, NULL);
	return err;
}
