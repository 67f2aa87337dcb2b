/* ledger_read.h - reading ledger.db: for the daemon and for tools, while the daemon runs
 * and when it is stopped.  docs/reference/database.md.
 *
 * A reader belongs to one thread.  Every call is a short read transaction of its own, so
 * that a reader never keeps the write-ahead log from being emptied; what a call returns is
 * durable, and later calls may see more. */
#ifndef KASIR_EDGE_LEDGER_READ_H
#define KASIR_EDGE_LEDGER_READ_H

#include "book/entry.h"
#include "book/keyring.h"
#include "book/facts.h"
#include "proof/tree.h"
#include "sql/sql.h"

#define LEDGER_APPLICATION_ID 0x6b617372	/* "kasr" */
extern const struct sql_kind ledger_kind;

struct ledger_reader;

/* KAS_NOTFOUND, KAS_NEWER, KAS_AGAIN (of an earlier version, or being repaired by its
 * daemon), KAS_CORRUPT, KAS_DENIED...: WHY says which file and what to do. */
KAS_CHECKED enum kas_err ledger_read_open(const char *path, struct ledger_reader **ret,
    struct kas_why *why);
void ledger_read_close(struct ledger_reader *r);	/* NULL is fine */

/* KAS_CORRUPT: size, entries and snapshot do not agree with each other. */
KAS_CHECKED enum kas_err ledger_read_head(struct ledger_reader *r, struct arena *a,
    struct store_head *ret);
/* Each epoch of each terminal as of the snapshot.  ROW's error ends it and is returned. */
KAS_CHECKED enum kas_err ledger_read_terminals(struct ledger_reader *r,
    enum kas_err (*row)(void *row_ctx, const struct terminal_row *row), void *row_ctx);
#define LEDGER_TERMINAL_COLUMNS "terminal, epoch, key, added_at, revoked_at, newest, count," \
	" newest_hash, newest_txn, awaited"
/* A row of table terminal, whose columns so named begin at AT. */
KAS_CHECKED enum kas_err ledger_take_terminal(struct stmt *st, int at, struct terminal_row *ret);
/* From FIRST on at most MAX entries and, past the first of them, at most MAX_BYTES.  They
 * live in A.  KAS_CORRUPT: an index is missing. */
KAS_CHECKED enum kas_err ledger_read_entries(struct ledger_reader *r, uint64_t first,
    size_t max, size_t max_bytes, struct arena *a, struct store_entry *ret, size_t *ret_n);
/* Into A.  KAS_NOTFOUND: no such blob. */
KAS_CHECKED enum kas_err ledger_read_blob(struct ledger_reader *r, const struct hash *hash,
    struct arena *a, struct bytes *ret);
/* KAS_NOTFOUND: no such full tile. */
KAS_CHECKED enum kas_err ledger_read_tile(struct ledger_reader *r, struct tile_id id,
    struct hash ret[TILE_WIDTH]);
KAS_CHECKED enum kas_err ledger_read_facts(struct ledger_reader *r, enum fact_kind kind,
    struct bytes key, uint64_t *ret, size_t max, size_t *ret_n);
/* The cosigned checkpoints from SIZE on, by rising size. */
KAS_CHECKED enum kas_err ledger_read_cosigned(struct ledger_reader *r, uint64_t size,
    enum kas_err (*row)(void *row_ctx, uint64_t size, struct bytes note), void *row_ctx);

/* For what is asked rarely (schema and integrity checks): the connection itself. */
sqlite3 *ledger_read_db(struct ledger_reader *r);

/* The same as ports. */
struct tile_port ledger_read_tiles(struct ledger_reader *r);
struct fact_port ledger_read_fact_port(struct ledger_reader *r);

/* A database put together by the daemon after a failed disk write, complete and synced but
 * not yet in place, has this name beside the ledger. */
#define LEDGER_COPIED_SUFFIX ".copied"

#endif
