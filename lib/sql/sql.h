/* sql.h - the little that we add to SQLite's C interface.
 *
 * Opening applies what docs/reference/database.md promises: WAL, synchronous=FULL,
 * foreign_keys, trusted_schema off, DEFENSIVE, recursive_triggers, a busy timeout.
 * A statement keeps its first error; binding and stepping after it are no-ops. */
#ifndef KASIR_SQL_SQL_H
#define KASIR_SQL_SQL_H

#include <sqlite3.h>

#include "base/bytes.h"

struct sql_kind {			/* what kind of database a file is */
	const char *what;		/* "ledger", for messages */
	int32_t application_id;
	const struct sql_migration *migrations;	/* in order; the n-th brings user_version to n+1 */
	unsigned n;
	bool derived;			/* can be made again, so that no backup need be restored */
};
struct sql_migration {
	const char *name, *text;	/* embedded from schema/<kind>/NNNN_*.sql */
};

enum sql_mode {
	SQL_WRITE,		/* must exist; migrates */
	SQL_CREATE,		/* must not exist: KAS_EXISTS */
	SQL_BESIDE,		/* as SQL_WRITE, beside the daemon: leaves checkpoints to it */
	SQL_READ,		/* read-only, NO_CKPT_ON_CLOSE; an older version: KAS_AGAIN */
};

/* KAS_NOTFOUND, KAS_NEWER (a later version's), KAS_CORRUPT (damaged, or another kind of
 * database), KAS_DENIED, KAS_FULL, KAS_IO; WHY names path and reason.  SQL_CREATE makes
 * the file under another name first: what stands at PATH is always complete. */
KAS_CHECKED enum kas_err sql_open(const char *path, const struct sql_kind *kind,
    enum sql_mode mode, sqlite3 **ret, struct kas_why *why);
void sql_close(sqlite3 *db);		/* NULL is fine */

/* KAS_CORRUPT unless DB's tables, indexes and triggers are to the letter those that KIND's
 * migrations make.  SQL_WRITE has checked it; SQL_READ leaves it to the caller. */
KAS_CHECKED enum kas_err sql_check_schema(sqlite3 *db, const struct sql_kind *kind,
    struct kas_why *why);
/* Bring DB to KIND's newest version in one transaction; sql_open() does it. */
KAS_CHECKED enum kas_err sql_migrate(sqlite3 *db, const struct sql_kind *kind,
    struct kas_why *why);
/* Make what happened to the folder of PATH durable (a file made, renamed, removed). */
KAS_CHECKED enum kas_err sql_sync_folder(const char *path, struct kas_why *why);

/* SQLite's result as ours: SQLITE_FULL -> KAS_FULL, BUSY -> KAS_AGAIN, CORRUPT/NOTADB ->
 * KAS_CORRUPT, CONSTRAINT -> KAS_EXISTS, NOMEM -> KAS_NOMEM, IOERR and the rest -> KAS_IO. */
enum kas_err sql_err(int rc);

KAS_CHECKED enum kas_err sql_exec(sqlite3 *db, const char *text);

/* A prepared statement with a sticky error. */
struct stmt {
	sqlite3_stmt *s;
	int rc;			/* the first error, or SQLITE_OK */
};
/* TEXT is prepared once and kept; ST may be used until stmt_fini(). */
KAS_CHECKED enum kas_err stmt_init(struct stmt *st, sqlite3 *db, const char *text);
void stmt_fini(struct stmt *st);		/* zeroed is fine */
void stmt_bind_int(struct stmt *st, int at, int64_t v);
/* Not copied; no bytes make an empty blob, not NULL. */
void stmt_bind_bytes(struct stmt *st, int at, struct bytes b);
void stmt_bind_text(struct stmt *st, int at, const char *text);	/* not copied */
void stmt_bind_null(struct stmt *st, int at);
bool stmt_row(struct stmt *st);			/* true: a row stands */
/* Reset for the next use; the sticky error as ours, which is forgotten here. */
KAS_CHECKED enum kas_err stmt_done(struct stmt *st);
KAS_CHECKED enum kas_err stmt_run(struct stmt *st);	/* step to the end, reset */
int64_t stmt_int(struct stmt *st, int at);
struct bytes stmt_bytes(struct stmt *st, int at);	/* until the next step */

#endif
