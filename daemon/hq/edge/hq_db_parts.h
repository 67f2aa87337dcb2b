/* hq_db_parts.h - what the files of hq_db share. */
#ifndef KASIR_HQ_EDGE_HQ_DB_PARTS_H
#define KASIR_HQ_EDGE_HQ_DB_PARTS_H

#include "base/proto.h"
#include "daemon/hq/edge/hq_db.h"

enum hq_query {
	Q_STORE, Q_FIND, Q_TERMINALS, Q_ENTRIES, Q_TILE, Q_EVIDENCE_COUNT, Q_LIST_STORES,
	Q_LIST_EVIDENCE,
	Q_ADD_STORE, Q_ADD_HEAD, Q_ADD_ENTRY, Q_ADD_PERSONAL, Q_ADD_TILE, Q_PUT_TERMINAL,
	Q_ADD_CHECKPOINT, Q_MOVE_HEAD, Q_ADD_FLOOR, Q_ADD_EVIDENCE,
	Q__COUNT
};

struct hq_db {
	char *path;
	enum sql_mode mode;
	sqlite3 *db;			/* NULL: could not be opened again yet */
	struct stmt q[Q__COUNT];
	bool broken;			/* a write failed: what is on disk is unknown */
};

/* Before anything is read or written: KAS_IO while the database cannot be brought back. */
KAS_CHECKED enum kas_err hq_db_ready(struct hq_db *db);
/* The outcome of a write; KAS_IO is remembered. */
KAS_CHECKED enum kas_err hq_db_wrote(struct hq_db *db, enum kas_err err);
KAS_CHECKED enum kas_err hq_db_begin(struct hq_db *db);
/* Commit if ERR is KAS_OK, else roll back; the outcome of both. */
KAS_CHECKED enum kas_err hq_db_end(struct hq_db *db, enum kas_err err);
/* The number that stands for STORE in every key. */
KAS_CHECKED enum kas_err hq_db_store(struct hq_db *db, const char *store, int64_t *ret);

/* The writing half of the port, in hq_db_write.c. */
enum kas_err hq_db_append(void *ctx, const struct hq_append *what);
enum kas_err hq_db_raise_floor(void *ctx, const char *store, uint64_t size, struct bytes note);
enum kas_err hq_db_keep_evidence(void *ctx, const char *store, int64_t wall_us, uint32_t reason,
    struct bytes held, struct bytes shown, const char *text);

#endif
