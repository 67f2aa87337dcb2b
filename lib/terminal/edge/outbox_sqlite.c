/* outbox_sqlite.c - the file: its lock, opening and closing, and what people look at. */
#include "terminal/edge/outbox_sqlite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "terminal/edge/outbox_queries.h"
#include "schema/outbox.h"

static const struct sql_kind outbox_kind = {
	.what = "outbox",
	.application_id = 0x6b736f78,	/* "ksox" */
	.migrations = outbox_migrations,
	.n = sizeof(outbox_migrations) / sizeof(outbox_migrations[0]),
};

/* Two sessions on one outbox would give one sequence to two sales. */
static enum kas_err
take_lock(const char *path, int *ret, struct kas_why *why)
{
	char name[4096];
	int fd, n = snprintf(name, sizeof(name), "%s.lock", path);

	if (n < 0 || (size_t)n >= sizeof(name))
		return kas_fail(why, KAS_RANGE, "%s: the path is too long", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return kas_fail(why, KAS_DENIED, "%s: cannot be made", name);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return kas_fail(why, KAS_AGAIN, "%s: another process has this outbox open", path);
	}
	*ret = fd;
	return KAS_OK;
}

static enum kas_err
open_file(const char *path, sqlite3 **ret, struct kas_why *why)
{
	enum kas_err err = sql_open(path, &outbox_kind, SQL_WRITE, ret, why);

	return err == KAS_NOTFOUND ? sql_open(path, &outbox_kind, SQL_CREATE, ret, why) : err;
}

/* What an earlier process wrote and could not sync is still read as if it were on disk.  New
 * sales behind it would go with it at a power cut, so all of the log is written once more,
 * into the database, and synced; the log begins anew. */
static enum kas_err
settle_log(sqlite3 *db, const char *path, struct kas_why *why)
{
	int rc = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	if (rc == SQLITE_OK)
		return KAS_OK;
	return kas_fail(why, sql_err(rc), "%s: %s", path,
	    rc == SQLITE_BUSY ? "another process reads this outbox" : sqlite3_errstr(rc));
}

static enum kas_err
open_in(const char *path, bool writes, struct outbox_sqlite *o, struct kas_why *why)
{
	enum kas_err err;

	if (writes) {
		err = take_lock(path, &o->lock, why);
		if (err != KAS_OK)
			return err;
		err = open_file(path, &o->db, why);
		return err == KAS_OK ? settle_log(o->db, path, why) : err;
	}
	return sql_open(path, &outbox_kind, SQL_READ, &o->db, why);
}

static enum kas_err
open_any(const char *path, bool writes, struct outbox_sqlite **ret, struct kas_why *why)
{
	struct outbox_sqlite *o = calloc(1, sizeof(*o));
	enum kas_err err;

	if (o == NULL)
		return kas_fail(why, KAS_NOMEM, "no memory");
	o->lock = -1;
	err = open_in(path, writes, o, why);
	if (err == KAS_OK)
		err = outbox_prepare(o, why);
	if (err != KAS_OK) {
		outbox_sqlite_close(o);
		return err;
	}
	*ret = o;
	return KAS_OK;
}

enum kas_err
outbox_sqlite_open(const char *path, struct outbox_sqlite **ret, struct kas_why *why)
{
	return open_any(path, true, ret, why);
}

enum kas_err
outbox_sqlite_open_read(const char *path, struct outbox_sqlite **ret, struct kas_why *why)
{
	return open_any(path, false, ret, why);
}

void
outbox_sqlite_close(struct outbox_sqlite *o)
{
	int i;

	if (o == NULL)
		return;
	for (i = 0; i < QUERIES; i++)
		stmt_fini(&o->q[i]);
	sql_close(o->db);
	if (o->lock >= 0)
		close(o->lock);
	free(o);
}

enum kas_err
outbox_sqlite_each(struct outbox_sqlite *o,
    bool (*sale)(void *ctx, const struct outbox_sale *sale), void *ctx)
{
	struct stmt *q = &o->q[Q_EACH];
	struct outbox_sale row;
	enum kas_err err = KAS_OK, done;

	while (err == KAS_OK && stmt_row(q)) {
		err = outbox_sale_of_row(q, &row);
		if (err == KAS_OK && !sale(ctx, &row))
			break;
	}
	done = stmt_done(q);
	return err != KAS_OK ? err : done;
}

enum kas_err
outbox_sqlite_evidence(struct outbox_sqlite *o, uint64_t *ret_n)
{
	struct stmt *q = &o->q[Q_EVIDENCE_COUNT];
	uint64_t n = 0;
	enum kas_err err;

	if (stmt_row(q))
		n = (uint64_t)stmt_int(q, 0);
	err = stmt_done(q);
	if (err == KAS_OK)
		*ret_n = n;
	return err;
}
