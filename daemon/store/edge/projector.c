/* Who may touch what:
 *
 *     caller's thread                  projector's thread
 *     tell: how much is durable   ->   target
 *     state, under the mutex      <-   made, why
 *                                      ledger and reports.db: connections of its own */
#include "daemon/store/edge/projector.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <time.h>

#include "edge/ledger_read.h"
#include "edge/log.h"
#include "report/projection.h"

#define GATHER_MS 500		/* what comes in meanwhile shares its summaries */
#define AGAIN_MS 1000		/* the ledger is being opened, or was put in place anew */
#define LOOK_MS 2000		/* is reports.db still there? */
#define RETRY_MS 30000		/* after a failure */
#define NICENESS 10
#define ROOM_MIN ((uint64_t)16 * 1024 * 1024)	/* the last of the disk is the ledger's */

struct projector {
	char *ledger_path, *reports_path;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wakeup;
	bool started, stop, idle;
	_Atomic uint64_t target;	/* durable entries */
	struct reports_state state;
	struct reports_state last_read;	/* the engine's: as it last could look */

	/* The thread's. */
	struct ledger_reader *ledger;
	struct report_source source;
	struct projection *projection;
	/* Damage is mended by making the file anew, once until all is caught up: if that does not
	 * help, it is not the file. */
	enum { MEND_NOT, MEND_NOW, MEND_DONE } mend;
	bool told_failure;
	struct kas_why last_why;
};

/* -- the thread -- */

static void
drop(struct projector *p)
{
	projection_close(p->projection);
	ledger_read_close(p->ledger);
	p->projection = NULL;
	p->ledger = NULL;
}

static enum kas_err
make_ready(struct projector *p, struct kas_why *why)
{
	enum kas_err err = KAS_OK;

	if (p->projection != NULL && !projection_is_in_place(p->projection))
		drop(p);
	if (p->ledger == NULL)
		err = ledger_read_open(p->ledger_path, &p->ledger, why);
	if (err == KAS_OK && p->projection == NULL) {
		p->source = report_source_of(p->ledger);
		err = projection_open(p->reports_path, &p->source, p->mend == MEND_NOW,
		    &p->projection, why);
		if (err == KAS_OK && p->mend == MEND_NOW)
			p->mend = MEND_DONE;
	}
	return err;
}

static void
note(struct projector *p, const struct kas_why *failure)
{
	pthread_mutex_lock(&p->mutex);
	if (p->projection != NULL)
		p->state.size = projection_size(p->projection);
	snprintf(p->state.why, sizeof p->state.why, "%s", failure != NULL ? failure->text : "");
	pthread_mutex_unlock(&p->mutex);
}

/* Once, until it works again or the reason changes. */
static void
log_failure(struct projector *p, const struct kas_why *why)
{
	if (!p->told_failure || strcmp(why->text, p->last_why.text) != 0)
		log_line(LOG_LVL_WARNING, "reports stand still, selling goes on: %s", why->text);
	p->told_failure = true;
	p->last_why = *why;
}

static void
log_success(struct projector *p)
{
	if (p->told_failure)
		log_line(LOG_LVL_NOTICE, "reports are being made again");
	p->told_failure = false;
}

/* Whether P should stop, and what is to be made. */
static bool
look(struct projector *p, uint64_t *ret_target)
{
	bool stop;

	pthread_mutex_lock(&p->mutex);
	stop = p->stop;
	*ret_target = p->target;
	pthread_mutex_unlock(&p->mutex);
	return stop;
}

static enum kas_err
check_room(const struct projector *p, struct kas_why *why)
{
	struct statvfs v;

	if (statvfs(p->reports_path, &v) != 0 || (uint64_t)v.f_bavail * v.f_frsize >= ROOM_MIN)
		return KAS_OK;
	return kas_fail(why, KAS_FULL, "less than %llu MiB are left on the disk, and those are the "
	    "ledger's", (unsigned long long)(ROOM_MIN >> 20));
}

/* Up to what is durable. */
static enum kas_err
catch_up(struct projector *p, struct kas_why *why)
{
	uint64_t target;
	size_t n = 1;
	enum kas_err err = KAS_OK;

	while (err == KAS_OK && !look(p, &target)) {
		err = make_ready(p, why);
		if (err == KAS_OK)
			note(p, NULL);
		if (err != KAS_OK || projection_size(p->projection) >= target)
			break;
		err = check_room(p, why);
		if (err == KAS_OK)
			err = projection_step(p->projection, PROJECTION_CHUNK, &n, why);
		/* The ledger was put in place anew: what is open here is its old file. */
		if (err == KAS_OK && n == 0)
			err = kas_fail(why, KAS_AGAIN, "the ledger is shorter than it was");
		if (err == KAS_OK)
			log_success(p);
	}
	if (err == KAS_OK && p->projection != NULL) {
		note(p, NULL);
		if (projection_size(p->projection) >= target)
			p->mend = MEND_NOT;
	}
	return err;
}

static struct timespec
in_ms(unsigned ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	at.tv_sec += ms / 1000 + at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	return at;
}

/* With the mutex held: rest for MS, or until it is time to stop. */
static void
rest(struct projector *p, unsigned ms)
{
	struct timespec until = in_ms(ms);

	while (!p->stop && pthread_cond_timedwait(&p->wakeup, &p->mutex, &until) == 0)
		;
}

/* Until there is something to do; false: it is time to stop. */
static bool
wait_for_work(struct projector *p)
{
	struct timespec until;
	bool go;

	pthread_mutex_lock(&p->mutex);
	while (!p->stop && p->projection != NULL && p->state.size >= p->target &&
	    projection_is_in_place(p->projection)) {
		p->idle = true;
		until = in_ms(LOOK_MS);
		pthread_cond_timedwait(&p->wakeup, &p->mutex, &until);
	}
	p->idle = false;
	if (!p->stop && p->target - p->state.size < PROJECTION_CHUNK)
		rest(p, GATHER_MS);
	go = !p->stop;
	pthread_mutex_unlock(&p->mutex);
	return go;
}

static void
rest_after(struct projector *p, enum kas_err err)
{
	pthread_mutex_lock(&p->mutex);
	rest(p, err == KAS_AGAIN ? AGAIN_MS : RETRY_MS);
	pthread_mutex_unlock(&p->mutex);
}

/* Of this thread only; where it may not, selling has a little less. */
static void
step_back(void)
{
	struct sched_param none = { 0 };

	(void)!pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
	(void)!setpriority(PRIO_PROCESS, 0, NICENESS);
}

static void *
run(void *arg)
{
	struct projector *p = arg;
	struct kas_why why = { "" };
	enum kas_err err;

	step_back();
	while (wait_for_work(p)) {
		err = catch_up(p, &why);
		if (err == KAS_OK)
			continue;
		if (p->mend == MEND_NOT && (err == KAS_CORRUPT || err == KAS_EXISTS))
			p->mend = MEND_NOW;
		drop(p);
		note(p, &why);
		if (err != KAS_AGAIN || p->told_failure)
			log_failure(p, &why);
		rest_after(p, p->mend == MEND_NOW ? KAS_AGAIN : err);
	}
	drop(p);
	return NULL;
}

/* -- the caller's -- */

static bool
start_thread(struct projector *p)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	rc = pthread_create(&p->thread, NULL, run, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = rc;
	return p->started = rc == 0;
}

static void
make_condition(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

enum kas_err
projector_open(const char *ledger, const char *reports, struct projector **ret,
    struct kas_why *why)
{
	struct projector *p = calloc(1, sizeof *p);

	if (p == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	pthread_mutex_init(&p->mutex, NULL);
	make_condition(&p->wakeup);
	p->state.on = p->last_read.on = true;
	p->ledger_path = strdup(ledger);
	p->reports_path = strdup(reports);
	if (p->ledger_path == NULL || p->reports_path == NULL || !start_thread(p)) {
		projector_close(p);
		return kas_fail(why, KAS_NOMEM, "the reports' thread cannot be made: %s",
		    strerror(errno));
	}
	*ret = p;
	return KAS_OK;
}

void
projector_close(struct projector *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->mutex);
	p->stop = true;
	pthread_cond_signal(&p->wakeup);
	pthread_mutex_unlock(&p->mutex);
	if (p->started)
		pthread_join(p->thread, NULL);
	pthread_cond_destroy(&p->wakeup);
	pthread_mutex_destroy(&p->mutex);
	free(p->ledger_path);
	free(p->reports_path);
	free(p);
}

void
projector_tell(struct projector *p, uint64_t size)
{
	if (p == NULL)
		return;
	p->target = size;
	/* Selling never waits for a thread that runs only when nobody else wants to.  If it holds
	 * the mutex it is awake, or looks again within LOOK_MS. */
	if (pthread_mutex_trylock(&p->mutex) != 0)
		return;
	if (p->idle)
		pthread_cond_signal(&p->wakeup);
	pthread_mutex_unlock(&p->mutex);
}

static void
read_state(void *ctx, struct reports_state *ret)
{
	struct projector *p = ctx;

	*ret = (struct reports_state){ .on = false };
	if (p == NULL)
		return;
	if (pthread_mutex_trylock(&p->mutex) == 0) {
		p->last_read = p->state;
		pthread_mutex_unlock(&p->mutex);
	}
	*ret = p->last_read;
}

struct reports_port
projector_port(struct projector *p)
{
	return (struct reports_port){ read_state, p };
}
