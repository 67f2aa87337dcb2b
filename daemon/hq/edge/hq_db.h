/* hq_db.h - headquarters' storage port on SQLite: hq.db.
 *
 * One connection, one thread.  After a write that failed with KAS_IO, nothing is read or
 * written until the database has been opened anew and its log folded into the file. */
#ifndef KASIR_HQ_EDGE_HQ_DB_H
#define KASIR_HQ_EDGE_HQ_DB_H

#include "daemon/hq/ports.h"
#include "sql/sql.h"

#define HQ_APPLICATION_ID 0x6b617368	/* "kash" */
extern const struct sql_kind hq_kind;

struct hq_db;

/* SQL_CREATE makes it, SQL_WRITE is the daemon's, SQL_BESIDE `store add`'s, SQL_READ
 * everybody else's.  Errors as sql_open(). */
KAS_CHECKED enum kas_err hq_db_open(const char *path, enum sql_mode mode, struct hq_db **ret,
    struct kas_why *why);
void hq_db_close(struct hq_db *db);		/* NULL is fine */
struct hq_store_port hq_db_port(struct hq_db *db);
/* About the last failure: SQLite's words. */
const char *hq_db_why(struct hq_db *db);

/* KAS_EXISTS: a store of that name is registered. */
KAS_CHECKED enum kas_err hq_db_add_store(struct hq_db *db, const char *store,
    const struct vkey *key, int64_t wall_us);

/* For people: one row a store, by name; the texts are borrowed during the call. */
struct hq_store_row {
	const char *store, *vkey;
	int64_t added_us;
	uint64_t size;
	struct hash root;
	uint64_t cosigned_size;		/* newest cosigned checkpoint; 0: none */
	struct bytes cosigned;		/* the note */
	uint64_t floor_size;		/* cosigned once, above what is held; 0: none */
	uint64_t terminals, evidence;	/* how many */
};
KAS_CHECKED enum kas_err hq_db_list_stores(struct hq_db *db,
    enum kas_err (*row)(void *ctx, const struct hq_store_row *row), void *ctx);

struct hq_evidence_row {
	uint64_t id;
	const char *store, *text;
	int64_t wall_us;
	uint32_t reason;		/* kasir.v1.UplinkRefusal */
	struct bytes held, shown;
};
KAS_CHECKED enum kas_err hq_db_list_evidence(struct hq_db *db,
    enum kas_err (*row)(void *ctx, const struct hq_evidence_row *row), void *ctx);

#endif
