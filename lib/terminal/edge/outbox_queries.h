/* outbox_queries.h - what the files of the SQLite outbox share.  Nobody else includes it. */
#ifndef KASIR_TERMINAL_EDGE_OUTBOX_QUERIES_H
#define KASIR_TERMINAL_EDGE_OUTBOX_QUERIES_H

#include "sql/sql.h"
#include "terminal/edge/outbox_sqlite.h"

enum query {
	Q_HEAD,
	Q_COUNTS,
	Q_PUT,
	Q_PUT_HEAD,
	Q_WAITING,
	Q_MARK,
	Q_CHECKPOINT,
	Q_WITNESS,
	Q_COSIGNED,
	Q_PRUNE,
	Q_RETRY,
	Q_BEYOND,
	Q_BELOW,
	Q_UNDATED,
	Q_NEXT_LOG,
	Q_EVIDENCE,
	Q_FORK,
	Q_EACH,
	Q_EVIDENCE_COUNT,
	QUERIES
};

struct outbox_sqlite {
	sqlite3 *db;
	struct stmt q[QUERIES];
	int lock;			/* descriptor; -1: none */
};

/* Prepares all; WHY names the one that failed. */
KAS_CHECKED enum kas_err outbox_prepare(struct outbox_sqlite *o, struct kas_why *why);
/* The row that stands in Q_WAITING or Q_EACH; its message is borrowed until the next step. */
KAS_CHECKED enum kas_err outbox_sale_of_row(struct stmt *q, struct outbox_sale *ret);

#endif
