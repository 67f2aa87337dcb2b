#include "terminal/edge/outbox_sqlite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "sql/sql.h"
#include "schema/outbox.h"

static const struct sql_kind outbox_kind = {
	.what = "outbox",
	.application_id = 0x6b736f78,	/* "ksox" */
	.migrations = outbox_migrations,
	.n = sizeof(outbox_migrations) / sizeof(outbox_migrations[0]),
};

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
	Q_EACH,
	Q_EVIDENCE_COUNT,
	QUERIES
};

static const char *const query_text[QUERIES] = {
	[Q_HEAD] = "SELECT epoch, sequence, last, checkpoint, cosigned FROM head",
	[Q_COUNTS] = "SELECT state, count(*) FROM sale GROUP BY state",
	[Q_PUT] = "INSERT INTO sale (epoch, sequence, state, log, hash, made_us, made_size, message)"
		  " VALUES (?1, ?2, 1, (SELECT log FROM head), ?3, ?4, ?5, ?6)",
	[Q_PUT_HEAD] = "UPDATE head SET epoch = ?1, sequence = ?2, last = ?3"
		       " WHERE (epoch, sequence) < (?1, ?2)",
	[Q_WAITING] = "SELECT epoch, sequence, state, status, at, leaf, hash, made_us, made_size,"
		      " message FROM sale INDEXED BY sale_waiting"
		      " WHERE state = 1 AND (epoch, sequence) > (?1, ?2)"
		      " ORDER BY epoch, sequence LIMIT ?3",
	[Q_MARK] = "UPDATE sale SET state = ?3, status = ?4, at = ?5, leaf = ?6,"
		   " log = (SELECT log FROM head) WHERE epoch = ?1 AND sequence = ?2",
	[Q_CHECKPOINT] = "UPDATE head SET checkpoint = ?1",
	[Q_WITNESS] = "UPDATE sale SET state = 3"
		      " WHERE state = 2 AND log = (SELECT log FROM head) AND at < ?1",
	[Q_COSIGNED] = "UPDATE head SET cosigned = ?1",
	[Q_PRUNE] = "DELETE FROM sale WHERE state = ?1 AND made_us < ?2",
	[Q_RETRY] = "UPDATE sale SET state = 1, status = 0 WHERE state = 4",
	[Q_BEYOND] = "UPDATE sale SET state = 1, status = 0, at = NULL, leaf = NULL"
		     " WHERE state IN (2, 3, 5) AND log = (SELECT log FROM head) AND at >= ?1",
	[Q_BELOW] = "UPDATE sale SET state = 3 WHERE state = 2"
		    " AND log = (SELECT log FROM head) AND at < ?1",
	[Q_UNDATED] = "UPDATE sale SET made_size = 0",
	[Q_NEXT_LOG] = "UPDATE head SET log = log + 1, checkpoint = x'', cosigned = x''",
	[Q_EVIDENCE] = "INSERT INTO evidence (wall_us, held, shown, text) VALUES (?1, ?2, ?3, ?4)",
	[Q_EACH] = "SELECT epoch, sequence, state, status, at, leaf, hash, made_us, made_size,"
		   " message FROM sale ORDER BY epoch, sequence",
	[Q_EVIDENCE_COUNT] = "SELECT count(*) FROM evidence",
};

struct outbox_sqlite {
	sqlite3 *db;
	struct stmt q[QUERIES];
	int lock;			/* descriptor; -1: none */
};

/* Two sessions on one outbox would give one sequence to two sales. */
static enum kas_err
take_lock(const char *path, int *ret, struct kas_why *why)
{
	char name[4096];
	int fd, n = snprintf(name, sizeof(name), "%s.lock", path);

	if (n < 0 || (size_t)n >= sizeof(name))
		return kas_fail(why, KAS_RANGE, "%s: the path is too long", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return kas_fail(why, KAS_DENIED, "%s: cannot be made", name);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return kas_fail(why, KAS_AGAIN, "%s: another process has this outbox open", path);
	}
	*ret = fd;
	return KAS_OK;
}

static enum kas_err
open_file(const char *path, sqlite3 **ret, struct kas_why *why)
{
	enum kas_err err = sql_open(path, &outbox_kind, SQL_WRITE, ret, why);

	return err == KAS_NOTFOUND ? sql_open(path, &outbox_kind, SQL_CREATE, ret, why) : err;
}

static enum kas_err
open_in(const char *path, bool writes, struct outbox_sqlite *o, struct kas_why *why)
{
	enum kas_err err;

	if (writes) {
		err = take_lock(path, &o->lock, why);
		if (err != KAS_OK)
			return err;
		return open_file(path, &o->db, why);
	}
	return sql_open(path, &outbox_kind, SQL_READ, &o->db, why);
}

static enum kas_err
prepare(struct outbox_sqlite *o, struct kas_why *why)
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

static enum kas_err
open_any(const char *path, bool writes, struct outbox_sqlite **ret, struct kas_why *why)
{
	struct outbox_sqlite *o = calloc(1, sizeof(*o));
	enum kas_err err;

	if (o == NULL)
		return kas_fail(why, KAS_NOMEM, "no memory");
	o->lock = -1;
	err = open_in(path, writes, o, why);
	if (err == KAS_OK)
		err = prepare(o, why);
	if (err != KAS_OK) {
		outbox_sqlite_close(o);
		return err;
	}
	*ret = o;
	return KAS_OK;
}

enum kas_err
outbox_sqlite_open(const char *path, struct outbox_sqlite **ret, struct kas_why *why)
{
	return open_any(path, true, ret, why);
}

enum kas_err
outbox_sqlite_open_read(const char *path, struct outbox_sqlite **ret, struct kas_why *why)
{
	return open_any(path, false, ret, why);
}

void
outbox_sqlite_close(struct outbox_sqlite *o)
{
	int i;

	if (o == NULL)
		return;
	for (i = 0; i < QUERIES; i++)
		stmt_fini(&o->q[i]);
	sql_close(o->db);
	if (o->lock >= 0)
		close(o->lock);
	free(o);
}

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

/* The row that stands; message borrowed until the next step. */
static enum kas_err
sale_of_row(struct stmt *q, struct outbox_sale *ret)
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
	};
	if (leaf.n > 0 && !hash_from(leaf, &ret->leaf))
		return KAS_CORRUPT;
	return hash_from(stmt_bytes(q, 6), &ret->hash) ? KAS_OK : KAS_CORRUPT;
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
		err = sale_of_row(q, &ret[n]);
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

enum kas_err
outbox_sqlite_each(struct outbox_sqlite *o,
    bool (*sale)(void *ctx, const struct outbox_sale *sale), void *ctx)
{
	struct stmt *q = &o->q[Q_EACH];
	struct outbox_sale row;
	enum kas_err err = KAS_OK, done;

	while (err == KAS_OK && stmt_row(q)) {
		err = sale_of_row(q, &row);
		if (err == KAS_OK && !sale(ctx, &row))
			break;
	}
	done = stmt_done(q);
	return err != KAS_OK ? err : done;
}

enum kas_err
outbox_sqlite_evidence(struct outbox_sqlite *o, uint64_t *ret_n)
{
	struct stmt *q = &o->q[Q_EVIDENCE_COUNT];
	uint64_t n = 0;
	enum kas_err err;

	if (stmt_row(q))
		n = (uint64_t)stmt_int(q, 0);
	err = stmt_done(q);
	if (err == KAS_OK)
		*ret_n = n;
	return err;
}
