#include "edge/crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "proof/key.h"

/* One batch at a time.  A worker takes part when it sees a new batch number; jobs are
 * taken one by one from a counter, so a slow worker costs at most one job's time. */
struct crew {
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	uint64_t batch;			/* rises with each; under the lock */
	unsigned inside;		/* workers that are in the batch; under the lock */
	bool leave;
	struct sig_job *jobs;
	size_t n;
	atomic_size_t next;
	unsigned n_threads;
	pthread_t threads[CREW_WORKERS_MAX];
};

static void
check(struct sig_job *job)
{
	struct pubkey key;

	memcpy(key.b, job->key, KEY_LEN);
	job->ok = sig_verify(&key, job->message, job->sig);
}

static void
take_jobs(struct crew *c, struct sig_job *jobs, size_t n)
{
	size_t i;

	while ((i = atomic_fetch_add_explicit(&c->next, 1, memory_order_relaxed)) < n)
		check(&jobs[i]);
}

static void *
worker(void *arg)
{
	struct crew *c = arg;
	struct sig_job *jobs;
	uint64_t seen = 0;
	size_t n;

	pthread_mutex_lock(&c->lock);
	for (;;) {
		while (c->batch == seen && !c->leave)
			pthread_cond_wait(&c->work, &c->lock);
		if (c->leave)
			break;
		seen = c->batch;
		jobs = c->jobs;
		n = c->n;
		if (jobs == NULL)
			continue;	/* woke too late: it is over */
		c->inside++;
		pthread_mutex_unlock(&c->lock);
		take_jobs(c, jobs, n);
		pthread_mutex_lock(&c->lock);
		if (--c->inside == 0)
			pthread_cond_signal(&c->done);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Every job is taken when the caller's own loop ends; then it waits only for those
 * workers that are still at one. */
static void
verify_together(struct crew *c, struct sig_job *jobs, size_t n)
{
	unsigned wanted = n - 1 < c->n_threads ? (unsigned)(n - 1) : c->n_threads, i;

	pthread_mutex_lock(&c->lock);
	c->jobs = jobs;
	c->n = n;
	atomic_store(&c->next, 0);
	c->batch++;
	for (i = 0; i < wanted; i++)
		pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
	take_jobs(c, jobs, n);
	pthread_mutex_lock(&c->lock);
	c->jobs = NULL;
	while (c->inside > 0)
		pthread_cond_wait(&c->done, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

static void
verify(void *ctx, struct sig_job *jobs, size_t n)
{
	struct crew *c = ctx;
	size_t i;

	if (n > CREW_INLINE_MAX && c->n_threads > 0) {
		verify_together(c, jobs, n);
		return;
	}
	for (i = 0; i < n; i++)
		check(&jobs[i]);
}

enum kas_err
crew_open(unsigned workers, struct crew **ret, struct kas_why *why)
{
	struct crew *c;
	enum kas_err err;

	if (workers > CREW_WORKERS_MAX)
		return kas_fail(why, KAS_RANGE, "at most %u verify workers", CREW_WORKERS_MAX);
	c = calloc(1, sizeof *c);
	if (c == NULL)
		return kas_fail(why, KAS_NOMEM, "verify workers: out of memory");
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	pthread_cond_init(&c->done, NULL);
	while (c->n_threads < workers) {
		if (pthread_create(&c->threads[c->n_threads], NULL, worker, c) != 0) {
			err = kas_fail(why, KAS_NOMEM, "verify workers: cannot start thread %u",
			    c->n_threads + 1);
			crew_close(c);
			return err;
		}
		c->n_threads++;
	}
	*ret = c;
	return KAS_OK;
}

void
crew_close(struct crew *c)
{
	unsigned i;

	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->leave = true;
	pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
	for (i = 0; i < c->n_threads; i++)
		pthread_join(c->threads[i], NULL);
	pthread_cond_destroy(&c->done);
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

struct crew_port
crew_port(struct crew *c)
{
	return (struct crew_port){ .verify = verify, .ctx = c };
}

unsigned
crew_processors(void)
{
	cpu_set_t set;
	int n;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	n = CPU_COUNT(&set);
	return n > 0 ? (unsigned)n : 1;
}
