/* source_parts.h - what source.c and source_tables.c share; nobody else includes it. */
#ifndef KASIR_CTL_SOURCE_PARTS_H
#define KASIR_CTL_SOURCE_PARTS_H

#include "edge/ledger_read.h"
#include "tools/kasirctl/source.h"

enum query { Q_HEAD, Q_ENTRIES, Q_COSIGNED, Q_TILE, Q_SNAPSHOT, Q_FACTS, Q_STRAYS, Q_KEPT,
	Q_BLOB, Q__COUNT };

struct db_source {
	sqlite3 *db;
	const struct sql_kind *kind;
	struct stmt q[Q__COUNT];
};

/* Of the port. */
enum kas_err source_snapshot(void *ctx, struct arena *a, struct audit_snapshot *ret);
enum kas_err source_facts(void *ctx, enum kas_err (*fact)(void *fact_ctx, uint64_t covered,
    const struct fact *fact), void *fact_ctx);
enum kas_err source_blob(void *ctx, const struct hash *hash, struct arena *a, struct bytes *ret);

#endif
