/* ledger_db.h - the real store_port: ledger.db on disk.  docs/reference/database.md.
 *
 * One thread of its own holds the only connection that writes and checkpoints; the caller's
 * thread reads with another.  Everything here is called from the caller's thread, and so
 * are the events: poll ledger_db_fd() and call ledger_db_dispatch() when it is readable. */
#ifndef KASIR_STORE_EDGE_LEDGER_DB_H
#define KASIR_STORE_EDGE_LEDGER_DB_H

#include "daemon/store/ports.h"

struct ledger_db;

struct ledger_db_events {
	void (*flushed)(void *ctx, enum kas_err outcome);	/* engine_on_flushed() */
	void (*reopened)(void *ctx, enum kas_err outcome);	/* engine_on_reopened() */
	void *ctx;
};

/* Make an empty ledger.  KAS_EXISTS: there is one.  Never called by kasird itself: a ledger
 * that was lost must not silently become a second history. */
KAS_CHECKED enum kas_err ledger_db_create(const char *path, struct kas_why *why);

/* Open what stands at PATH, upgrade it, finish a repair that was cut short, and lock it
 * (PATH.lock) against a second daemon: KAS_AGAIN, WHY names its pid. */
KAS_CHECKED enum kas_err ledger_db_open(const char *path, const struct ledger_db_events *events,
    struct ledger_db **ret, struct kas_why *why);
/* Waits for a flush that is under way, whose outcome is not told any more. */
void ledger_db_close(struct ledger_db *db);		/* NULL is fine */

struct store_port ledger_db_port(struct ledger_db *db);
int ledger_db_fd(const struct ledger_db *db);		/* readable: dispatch */
void ledger_db_dispatch(struct ledger_db *db);
/* Why the last flush or reopen failed, for the log. */
const char *ledger_db_why(const struct ledger_db *db);

#endif
