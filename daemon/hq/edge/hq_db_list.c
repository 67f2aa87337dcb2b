/* What of hq.db people ask for. */
#include "daemon/hq/edge/hq_db_parts.h"

static const char *
text_at(struct stmt *st, int at)
{
	const char *text = (const char *)sqlite3_column_text(st->s, at);

	return text != NULL ? text : "";
}

static enum kas_err
read_store(struct stmt *st, struct hq_store_row *ret)
{
	*ret = (struct hq_store_row){ .store = text_at(st, 0), .vkey = text_at(st, 1),
		.added_us = stmt_int(st, 2), .size = (uint64_t)stmt_int(st, 3),
		.cosigned_size = (uint64_t)stmt_int(st, 5), .cosigned = stmt_bytes(st, 6),
		.floor_size = (uint64_t)stmt_int(st, 7), .terminals = (uint64_t)stmt_int(st, 8),
		.evidence = (uint64_t)stmt_int(st, 9) };
	return hash_from(stmt_bytes(st, 4), &ret->root) ? KAS_OK : KAS_CORRUPT;
}

enum kas_err
hq_db_list_stores(struct hq_db *db,
    enum kas_err (*row)(void *ctx, const struct hq_store_row *row), void *ctx)
{
	struct stmt *st = &db->q[Q_LIST_STORES];
	struct hq_store_row r;
	enum kas_err err = hq_db_ready(db), done;

	while (err == KAS_OK && stmt_row(st)) {
		err = read_store(st, &r);
		if (err == KAS_OK)
			err = row(ctx, &r);
	}
	done = stmt_done(st);
	return err != KAS_OK ? err : done;
}

enum kas_err
hq_db_list_evidence(struct hq_db *db,
    enum kas_err (*row)(void *ctx, const struct hq_evidence_row *row), void *ctx)
{
	struct stmt *st = &db->q[Q_LIST_EVIDENCE];
	enum kas_err err = hq_db_ready(db), done;

	while (err == KAS_OK && stmt_row(st))
		err = row(ctx, &(struct hq_evidence_row){ .id = (uint64_t)stmt_int(st, 0),
		    .store = text_at(st, 1), .text = text_at(st, 2), .wall_us = stmt_int(st, 3),
		    .reason = (uint32_t)stmt_int(st, 4), .held = stmt_bytes(st, 5),
		    .shown = stmt_bytes(st, 6) });
	done = stmt_done(st);
	return err != KAS_OK ? err : done;
}
