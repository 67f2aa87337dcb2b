/* Who may touch what:
 *
 *     caller's thread                       writer's thread
 *     reader (a connection)                 keeper: writer (a connection), checkpoints
 *     hands in one job: flush or reopen  -> does it
 *     dispatch: done, events             <- outcome, by eventfd
 *
 * At most one job is under way, so a job and its outcome are one slot under the mutex. */
#include "daemon/store/edge/ledger_db.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/store/edge/ledger_keeper.h"
#include "edge/db_lock.h"
#include "edge/ledger_read.h"

enum job { JOB_NONE, JOB_FLUSH, JOB_REOPEN, JOB_STOP };

struct ledger_db {
	char *path;
	int lock_fd, event_fd;
	struct ledger_db_events events;
	struct ledger_reader *reader;	/* caller's thread; NULL while reopening */
	struct kas_why why;		/* of the last failure told */

	pthread_t thread;
	bool started;
	pthread_mutex_t mutex;
	pthread_cond_t wakeup;
	enum job job;			/* waits, or is being done */
	bool taken;			/* being done, or done */
	const struct flush_group *group;
	enum kas_err after;		/* for JOB_REOPEN */
	bool done;
	enum kas_err outcome;
	struct kas_why outcome_why;

	struct ledger_keeper keeper;	/* writer's thread */
};

/* -- the writer's thread -- */

static void
tell(struct ledger_db *db, enum kas_err outcome, const struct kas_why *why)
{
	const uint64_t one = 1;

	pthread_mutex_lock(&db->mutex);
	db->outcome = outcome;
	if (outcome != KAS_OK)
		db->outcome_why = *why;
	db->done = true;
	pthread_mutex_unlock(&db->mutex);
	/* Cannot fail: the counter is far from its end. */
	while (write(db->event_fd, &one, sizeof one) < 0 && errno == EINTR)
		;
}

static void
do_job(struct ledger_db *db, enum job job)
{
	struct kas_why why = { "" };
	enum kas_err outcome;

	if (job == JOB_FLUSH)
		outcome = ledger_keeper_flush(&db->keeper, db->group, &why);
	else
		outcome = ledger_keeper_reopen(&db->keeper, db->after, &why);
	tell(db, outcome, &why);
}

/* The next job; meanwhile, when there is none, the log is moved into the database, so that
 * this seldom stands in a flush's way. */
static enum job
wait_for_job(struct ledger_db *db)
{
	enum job job;
	bool waiting;

	pthread_mutex_lock(&db->mutex);
	for (;;) {
		waiting = db->job != JOB_NONE && !db->taken;
		if (ledger_keeper_wants_upkeep(&db->keeper, waiting)) {
			pthread_mutex_unlock(&db->mutex);
			ledger_keeper_upkeep(&db->keeper);
			pthread_mutex_lock(&db->mutex);
			continue;
		}
		if (waiting)
			break;
		pthread_cond_wait(&db->wakeup, &db->mutex);
	}
	db->taken = true;
	job = db->job;
	pthread_mutex_unlock(&db->mutex);
	return job;
}

static void *
run_writer(void *arg)
{
	struct ledger_db *db = arg;
	enum job job;

	while ((job = wait_for_job(db)) != JOB_STOP)
		do_job(db, job);
	return NULL;
}

static bool
start_thread(struct ledger_db *db)
{
	sigset_t all, before;
	int rc;

	/* Signals are the caller's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&db->thread, NULL, run_writer, db);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	db->started = rc == 0;
	return db->started;
}

/* -- the caller's thread -- */

static void
hand_in(struct ledger_db *db, enum job job)
{
	pthread_mutex_lock(&db->mutex);
	kas_assert(db->job == JOB_NONE);
	db->job = job;
	db->taken = db->done = false;
	pthread_cond_signal(&db->wakeup);
	pthread_mutex_unlock(&db->mutex);
}

static void
port_flush(void *ctx, const struct flush_group *group)
{
	struct ledger_db *db = ctx;

	db->group = group;
	hand_in(db, JOB_FLUSH);
}

static void
port_reopen(void *ctx, enum kas_err after)
{
	struct ledger_db *db = ctx;

	ledger_read_close(db->reader);
	db->reader = NULL;
	db->after = after;
	hand_in(db, JOB_REOPEN);
}

static enum kas_err
port_head(void *ctx, struct arena *a, struct store_head *ret)
{
	struct ledger_db *db = ctx;

	return db->reader == NULL ? KAS_IO : ledger_read_head(db->reader, a, ret);
}

static enum kas_err
port_terminals(void *ctx, enum kas_err (*row)(void *row_ctx, const struct terminal_row *row),
    void *row_ctx)
{
	struct ledger_db *db = ctx;

	return db->reader == NULL ? KAS_IO : ledger_read_terminals(db->reader, row, row_ctx);
}

static enum kas_err
port_read(void *ctx, uint64_t first, size_t max, size_t max_bytes, struct arena *a,
    struct store_entry *ret, size_t *ret_n)
{
	struct ledger_db *db = ctx;

	return db->reader == NULL ? KAS_IO
	    : ledger_read_entries(db->reader, first, max, max_bytes, a, ret, ret_n);
}

static enum kas_err
port_blob(void *ctx, const struct hash *hash, struct arena *a, struct bytes *ret)
{
	struct ledger_db *db = ctx;

	return db->reader == NULL ? KAS_IO : ledger_read_blob(db->reader, hash, a, ret);
}

static enum kas_err
port_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	struct ledger_db *db = ctx;

	return db->reader == NULL ? KAS_IO : ledger_read_tile(db->reader, id, ret);
}

static enum kas_err
port_facts(void *ctx, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max,
    size_t *ret_n)
{
	struct ledger_db *db = ctx;

	return db->reader == NULL ? KAS_IO
	    : ledger_read_facts(db->reader, kind, key, ret, max, ret_n);
}

struct store_port
ledger_db_port(struct ledger_db *db)
{
	return (struct store_port){
		.head = port_head,
		.terminals = port_terminals,
		.read = port_read,
		.blob = port_blob,
		.tiles = { port_tile, db },
		.facts = { port_facts, db },
		.flush = port_flush,
		.reopen = port_reopen,
		.ctx = db,
	};
}

int
ledger_db_fd(const struct ledger_db *db)
{
	return db->event_fd;
}

const char *
ledger_db_why(const struct ledger_db *db)
{
	return db->why.text;
}

static bool
take_outcome(struct ledger_db *db, enum job *ret_job, enum kas_err *ret)
{
	bool done;

	pthread_mutex_lock(&db->mutex);
	done = db->done;
	if (done) {
		*ret_job = db->job;
		*ret = db->outcome;
		if (*ret != KAS_OK)
			db->why = db->outcome_why;
		db->job = JOB_NONE;
		db->done = false;
	}
	pthread_mutex_unlock(&db->mutex);
	return done;
}

void
ledger_db_dispatch(struct ledger_db *db)
{
	enum job job;
	enum kas_err outcome;
	uint64_t count;

	while (read(db->event_fd, &count, sizeof count) < 0 && errno == EINTR)
		;
	if (!take_outcome(db, &job, &outcome))
		return;
	if (job == JOB_REOPEN && outcome == KAS_OK)
		outcome = ledger_read_open(db->path, &db->reader, &db->why);
	if (job == JOB_FLUSH)
		db->events.flushed(db->events.ctx, outcome);
	else
		db->events.reopened(db->events.ctx, outcome);
}

/* -- opening and closing -- */

enum kas_err
ledger_db_create(const char *path, struct kas_why *why)
{
	sqlite3 *db;
	enum kas_err err;

	if ((err = sql_open(path, &ledger_kind, SQL_CREATE, &db, why)) == KAS_OK)
		sql_close(db);
	return err;
}

static enum kas_err
open_parts(struct ledger_db *db, struct kas_why *why)
{
	enum kas_err err;

	if ((err = db_lock(db->path, "kasird", &db->lock_fd, why)) != KAS_OK ||
	    (err = ledger_keeper_init(&db->keeper, db->path, why)) != KAS_OK ||
	    (err = ledger_read_open(db->path, &db->reader, why)) != KAS_OK)
		return err;
	db->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (db->event_fd < 0 || !start_thread(db))
		return kas_fail(why, KAS_NOMEM, "ledger: no event or thread to be had: %s",
		    strerror(errno));
	return KAS_OK;
}

enum kas_err
ledger_db_open(const char *path, const struct ledger_db_events *events, struct ledger_db **ret,
    struct kas_why *why)
{
	struct ledger_db *db = calloc(1, sizeof *db);
	enum kas_err err;

	if (db == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	db->lock_fd = db->event_fd = -1;
	db->events = *events;
	pthread_mutex_init(&db->mutex, NULL);
	pthread_cond_init(&db->wakeup, NULL);
	db->path = strdup(path);
	err = db->path == NULL ? kas_fail(why, KAS_NOMEM, "out of memory") : open_parts(db, why);
	if (err != KAS_OK) {
		ledger_db_close(db);
		return err;
	}
	*ret = db;
	return KAS_OK;
}

static void
stop_thread(struct ledger_db *db)
{
	/* After the job that it may be doing; one that was handed in but not begun is dropped. */
	pthread_mutex_lock(&db->mutex);
	db->job = JOB_STOP;
	db->taken = false;
	pthread_cond_signal(&db->wakeup);
	pthread_mutex_unlock(&db->mutex);
	pthread_join(db->thread, NULL);
}

void
ledger_db_close(struct ledger_db *db)
{
	if (db == NULL)
		return;
	if (db->started)
		stop_thread(db);
	/* The writer last: who closes last empties the log. */
	ledger_read_close(db->reader);
	ledger_keeper_fini(&db->keeper);
	if (db->event_fd >= 0)
		close(db->event_fd);
	db_unlock(db->lock_fd);
	pthread_cond_destroy(&db->wakeup);
	pthread_mutex_destroy(&db->mutex);
	free(db->path);
	free(db);
}
