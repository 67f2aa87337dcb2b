/* outbox_port.c - the outbox's contract as transactions on its database. */
#include "terminal/edge/outbox_queries.h"

static enum kas_err
begin(struct outbox_sqlite *o)
{
	return sql_exec(o->db, "BEGIN IMMEDIATE");
}

/* After a COMMIT that failed, what is on disk is unknown unless SQLite says that it was
 * only full. */
static enum kas_err
finish(struct outbox_sqlite *o, enum kas_err err)
{
	enum kas_err rolled;

	if (err == KAS_OK)
		err = sql_exec(o->db, "COMMIT");
	if (err == KAS_OK)
		return KAS_OK;
	if (!sqlite3_get_autocommit(o->db)) {
		rolled = sql_exec(o->db, "ROLLBACK");
		if (rolled != KAS_OK)
			return KAS_IO;
	}
	return err;
}

static enum kas_err
read_counts(struct outbox_sqlite *o, struct outbox_head *head)
{
	struct stmt *q = &o->q[Q_COUNTS];

	while (stmt_row(q)) {
		int64_t state = stmt_int(q, 0);

		if (state > 0 && state < OUTBOX__STATES)
			head->count[state] = (uint64_t)stmt_int(q, 1);
	}
	return stmt_done(q);
}

static enum kas_err
read_fork(struct outbox_sqlite *o, struct arena *a, struct outbox_head *head)
{
	struct stmt *q = &o->q[Q_FORK];
	bool memory = !stmt_row(q) || arena_copy(a, stmt_bytes(q, 0), &head->fork);
	enum kas_err err = stmt_done(q);

	return err == KAS_OK && !memory ? KAS_NOMEM : err;
}

static enum kas_err
sqlite_head(void *ctx, struct arena *a, struct outbox_head *ret)
{
	struct outbox_sqlite *o = ctx;
	struct stmt *q = &o->q[Q_HEAD];
	struct outbox_head head = { 0 };
	bool whole = false, memory = false;
	enum kas_err err;

	if (stmt_row(q)) {
		head.epoch = (uint64_t)stmt_int(q, 0);
		head.sequence = (uint64_t)stmt_int(q, 1);
		whole = hash_from(stmt_bytes(q, 2), &head.last);
		memory = arena_copy(a, stmt_bytes(q, 3), &head.checkpoint) &&
		    arena_copy(a, stmt_bytes(q, 4), &head.cosigned);
	}
	err = stmt_done(q);
	if (err == KAS_OK)
		err = !whole ? KAS_CORRUPT : !memory ? KAS_NOMEM : read_counts(o, &head);
	if (err == KAS_OK)
		err = read_fork(o, a, &head);
	if (err == KAS_OK)
		*ret = head;
	return err;
}

static enum kas_err
sqlite_put(void *ctx, const struct outbox_sale *sale)
{
	struct outbox_sqlite *o = ctx;
	struct stmt *q = &o->q[Q_PUT], *head = &o->q[Q_PUT_HEAD];
	enum kas_err err = begin(o);

	if (err != KAS_OK)
		return err;
	stmt_bind_int(q, 1, (int64_t)sale->epoch);
	stmt_bind_int(q, 2, (int64_t)sale->sequence);
	stmt_bind_bytes(q, 3, hash_bytes(&sale->hash));
	stmt_bind_int(q, 4, sale->made_us);
	stmt_bind_int(q, 5, (int64_t)sale->made_size);
	stmt_bind_bytes(q, 6, sale->message);
	stmt_bind_int(q, 7, sale->made_sure);
	err = stmt_run(q);
	if (err == KAS_OK) {
		stmt_bind_int(head, 1, (int64_t)sale->epoch);
		stmt_bind_int(head, 2, (int64_t)sale->sequence);
		stmt_bind_bytes(head, 3, hash_bytes(&sale->hash));
		err = stmt_run(head);
		/* Pruned or not, a number once given is never given again. */
		if (err == KAS_OK && sqlite3_changes(o->db) == 0)
			err = KAS_EXISTS;
	}
	return finish(o, err);
}

static enum kas_err
sqlite_waiting(void *ctx, uint64_t epoch, uint64_t sequence, size_t max, size_t max_bytes,
    struct arena *a, struct outbox_sale *ret, size_t *ret_n)
{
	struct outbox_sqlite *o = ctx;
	struct stmt *q = &o->q[Q_WAITING];
	enum kas_err err = KAS_OK, done;
	size_t n = 0, bytes = 0;

	stmt_bind_int(q, 1, (int64_t)epoch);
	stmt_bind_int(q, 2, (int64_t)sequence);
	stmt_bind_int(q, 3, (int64_t)max);
	while (err == KAS_OK && n < max && stmt_row(q)) {
		err = outbox_sale_of_row(q, &ret[n]);
		bytes += ret[n].message.n;
		if (n > 0 && bytes > max_bytes)
			break;
		if (err == KAS_OK && !arena_copy(a, ret[n].message, &ret[n].message))
			err = KAS_NOMEM;
		n++;
	}
	done = stmt_done(q);
	if (err == KAS_OK)
		err = done;
	if (err == KAS_OK)
		*ret_n = n;
	return err;
}

static enum kas_err
mark_one(struct outbox_sqlite *o, const struct outbox_mark *m)
{
	struct stmt *q = &o->q[Q_MARK];

	stmt_bind_int(q, 1, (int64_t)m->epoch);
	stmt_bind_int(q, 2, (int64_t)m->sequence);
	stmt_bind_int(q, 3, m->state);
	stmt_bind_int(q, 4, m->status);
	if (m->state == OUTBOX_REJECTED) {
		stmt_bind_null(q, 5);
		stmt_bind_null(q, 6);
	} else {
		stmt_bind_int(q, 5, (int64_t)m->index);
		stmt_bind_bytes(q, 6, hash_bytes(&m->leaf));
	}
	return stmt_run(q);
}

static enum kas_err
run_with_bytes(struct outbox_sqlite *o, enum query which, struct bytes b)
{
	stmt_bind_bytes(&o->q[which], 1, b);
	return stmt_run(&o->q[which]);
}

static enum kas_err
sqlite_mark(void *ctx, const struct outbox_mark *marks, size_t n, struct bytes checkpoint)
{
	struct outbox_sqlite *o = ctx;
	enum kas_err err = begin(o);
	size_t i;

	if (err != KAS_OK)
		return err;
	for (i = 0; i < n && err == KAS_OK; i++)
		err = mark_one(o, &marks[i]);
	if (err == KAS_OK && checkpoint.n > 0)
		err = run_with_bytes(o, Q_CHECKPOINT, checkpoint);
	return finish(o, err);
}

static enum kas_err
run_with_int(struct outbox_sqlite *o, enum query which, uint64_t v, size_t *ret_n)
{
	enum kas_err err;

	stmt_bind_int(&o->q[which], 1, (int64_t)v);
	err = stmt_run(&o->q[which]);
	if (err == KAS_OK && ret_n != NULL)
		*ret_n = (size_t)sqlite3_changes(o->db);
	return err;
}

static enum kas_err
sqlite_witness(void *ctx, uint64_t size, struct bytes cosigned, size_t *ret_n)
{
	struct outbox_sqlite *o = ctx;
	size_t n = 0;
	enum kas_err err = begin(o);

	if (err != KAS_OK)
		return err;
	err = run_with_int(o, Q_WITNESS, size, &n);
	if (err == KAS_OK)
		err = run_with_bytes(o, Q_COSIGNED, cosigned);
	err = finish(o, err);
	if (err == KAS_OK)
		*ret_n = n;
	return err;
}

static enum kas_err
sqlite_prune(void *ctx, enum outbox_state state, int64_t made_us, size_t *ret_n)
{
	struct outbox_sqlite *o = ctx;
	struct stmt *q = &o->q[Q_PRUNE];
	enum kas_err err;

	stmt_bind_int(q, 1, state);
	stmt_bind_int(q, 2, made_us);
	err = stmt_run(q);
	if (err == KAS_OK)
		*ret_n = (size_t)sqlite3_changes(o->db);
	return err;
}

static enum kas_err
sqlite_retry(void *ctx, size_t *ret_n)
{
	struct outbox_sqlite *o = ctx;
	enum kas_err err = stmt_run(&o->q[Q_RETRY]);

	if (err == KAS_OK)
		*ret_n = (size_t)sqlite3_changes(o->db);
	return err;
}

static enum kas_err
sqlite_begin_log(void *ctx, uint64_t size, bool held, size_t *ret_demoted)
{
	struct outbox_sqlite *o = ctx;
	size_t n = 0;
	enum kas_err err = begin(o);

	if (err != KAS_OK)
		return err;
	err = run_with_int(o, Q_BEYOND, size, &n);
	if (err == KAS_OK && held)
		err = run_with_int(o, Q_BELOW, size, NULL);
	if (err == KAS_OK)
		err = stmt_run(&o->q[Q_UNDATED]);
	if (err == KAS_OK)
		err = stmt_run(&o->q[Q_NEXT_LOG]);
	err = finish(o, err);
	if (err == KAS_OK)
		*ret_demoted = n;
	return err;
}

static enum kas_err
sqlite_keep_evidence(void *ctx, int64_t wall_us, struct bytes held, struct bytes shown,
    const char *text)
{
	struct outbox_sqlite *o = ctx;
	struct stmt *q = &o->q[Q_EVIDENCE];

	stmt_bind_int(q, 1, wall_us);
	stmt_bind_bytes(q, 2, held);
	stmt_bind_bytes(q, 3, shown);
	stmt_bind_text(q, 4, text);
	return stmt_run(q);
}

struct outbox_port
outbox_sqlite_port(struct outbox_sqlite *o)
{
	return (struct outbox_port){
		.head = sqlite_head,
		.put = sqlite_put,
		.waiting = sqlite_waiting,
		.mark = sqlite_mark,
		.witness = sqlite_witness,
		.prune = sqlite_prune,
		.retry = sqlite_retry,
		.begin_log = sqlite_begin_log,
		.keep_evidence = sqlite_keep_evidence,
		.ctx = o,
	};
}
