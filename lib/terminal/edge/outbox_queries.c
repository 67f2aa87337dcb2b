#include "terminal/edge/outbox_queries.h"

static const char *const query_text[QUERIES] = {
	[Q_HEAD] = "SELECT epoch, sequence, last, checkpoint, cosigned FROM head",
	[Q_COUNTS] = "SELECT state, count(*) FROM sale GROUP BY state",
	[Q_PUT] = "INSERT INTO sale"
		  " (epoch, sequence, state, log, hash, made_us, made_size, message, made_sure)"
		  " VALUES (?1, ?2, 1, (SELECT log FROM head), ?3, ?4, ?5, ?6, ?7)",
	[Q_PUT_HEAD] = "UPDATE head SET epoch = ?1, sequence = ?2, last = ?3"
		       " WHERE (epoch, sequence) < (?1, ?2)",
	[Q_WAITING] = "SELECT epoch, sequence, state, status, at, leaf, hash, made_us, made_size,"
		      " message, made_sure FROM sale INDEXED BY sale_waiting"
		      " WHERE state = 1 AND (epoch, sequence) > (?1, ?2)"
		      " ORDER BY epoch, sequence LIMIT ?3",
	[Q_MARK] = "UPDATE sale SET state = ?3, status = ?4, at = ?5, leaf = ?6,"
		   " log = (SELECT log FROM head) WHERE epoch = ?1 AND sequence = ?2",
	[Q_CHECKPOINT] = "UPDATE head SET checkpoint = ?1",
	[Q_WITNESS] = "UPDATE sale SET state = 3"
		      " WHERE state = 2 AND log = (SELECT log FROM head) AND at < ?1",
	[Q_COSIGNED] = "UPDATE head SET cosigned = ?1",
	[Q_PRUNE] = "DELETE FROM sale WHERE state = ?1"
		    " AND (?2 = 9223372036854775807 OR (made_sure AND made_us < ?2))",
	[Q_RETRY] = "UPDATE sale SET state = 1, status = 0 WHERE state = 4",
	[Q_BEYOND] = "UPDATE sale SET state = 1, status = 0, at = NULL, leaf = NULL"
		     " WHERE state IN (2, 3, 5) AND log = (SELECT log FROM head) AND at >= ?1",
	[Q_BELOW] = "UPDATE sale SET state = 3 WHERE state = 2"
		    " AND log = (SELECT log FROM head) AND at < ?1",
	[Q_UNDATED] = "UPDATE sale SET made_size = 0",
	[Q_NEXT_LOG] = "UPDATE head SET log = log + 1, checkpoint = x'', cosigned = x''",
	[Q_EVIDENCE] = "INSERT INTO evidence (wall_us, held, shown, text, log)"
		       " VALUES (?1, ?2, ?3, ?4, (SELECT log FROM head))",
	[Q_FORK] = "SELECT CAST(text AS BLOB) FROM evidence WHERE log = (SELECT log FROM head)"
		   " ORDER BY id LIMIT 1",
	[Q_EACH] = "SELECT epoch, sequence, state, status, at, leaf, hash, made_us, made_size,"
		   " message, made_sure FROM sale ORDER BY epoch, sequence",
	[Q_EVIDENCE_COUNT] = "SELECT count(*) FROM evidence",
};

enum kas_err
outbox_prepare(struct outbox_sqlite *o, struct kas_why *why)
{
	int i;

	for (i = 0; i < QUERIES; i++) {
		enum kas_err err = stmt_init(&o->q[i], o->db, query_text[i]);

		if (err != KAS_OK)
			return kas_fail(why, err, "the outbox's query %d cannot be prepared: %s", i,
			    sqlite3_errmsg(o->db));
	}
	return KAS_OK;
}

enum kas_err
outbox_sale_of_row(struct stmt *q, struct outbox_sale *ret)
{
	struct bytes leaf = stmt_bytes(q, 5);

	*ret = (struct outbox_sale){
		.epoch = (uint64_t)stmt_int(q, 0),
		.sequence = (uint64_t)stmt_int(q, 1),
		.state = (enum outbox_state)stmt_int(q, 2),
		.status = (unsigned)stmt_int(q, 3),
		.index = (uint64_t)stmt_int(q, 4),
		.made_us = stmt_int(q, 7),
		.made_size = (uint64_t)stmt_int(q, 8),
		.message = stmt_bytes(q, 9),
		.made_sure = stmt_int(q, 10) != 0,
	};
	if (leaf.n > 0 && !hash_from(leaf, &ret->leaf))
		return KAS_CORRUPT;
	return hash_from(stmt_bytes(q, 6), &ret->hash) ? KAS_OK : KAS_CORRUPT;
}
