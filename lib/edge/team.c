#include "edge/team.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS_MAX 64u

struct team {
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	struct audit_task *first, **last;	/* waiting, oldest first */
	bool leave;
	unsigned n_threads;
	pthread_t threads[WORKERS_MAX];
};

/* Run the task at LINK of the queue, with the lock held before and after. */
static void
run_at(struct team *t, struct audit_task **link)
{
	struct audit_task *task = *link;

	*link = task->next;
	if (task->next == NULL)
		t->last = link;
	pthread_mutex_unlock(&t->lock);
	task->run(task);
	pthread_mutex_lock(&t->lock);
	task->done = true;
	pthread_cond_broadcast(&t->done);
}

static void *
worker(void *arg)
{
	struct team *t = arg;

	pthread_mutex_lock(&t->lock);
	while (!t->leave) {
		if (t->first != NULL)
			run_at(t, &t->first);
		else
			pthread_cond_wait(&t->work, &t->lock);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

enum kas_err
team_open(unsigned workers, struct team **ret, struct kas_why *why)
{
	struct team *t = calloc(1, sizeof *t);
	int rc;

	if (t == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->work, NULL);
	pthread_cond_init(&t->done, NULL);
	t->last = &t->first;
	for (; t->n_threads < workers && t->n_threads < WORKERS_MAX; t->n_threads++) {
		rc = pthread_create(&t->threads[t->n_threads], NULL, worker, t);
		if (rc != 0) {
			team_close(t);
			return kas_fail(why, KAS_NOMEM, "a thread cannot be made: %s", strerror(rc));
		}
	}
	*ret = t;
	return KAS_OK;
}

void
team_close(struct team *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	t->leave = true;
	pthread_cond_broadcast(&t->work);
	pthread_mutex_unlock(&t->lock);
	for (unsigned i = 0; i < t->n_threads; i++)
		pthread_join(t->threads[i], NULL);
	pthread_cond_destroy(&t->done);
	pthread_cond_destroy(&t->work);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static void
submit(void *ctx, struct audit_task *task)
{
	struct team *t = ctx;

	task->next = NULL;
	task->done = false;
	pthread_mutex_lock(&t->lock);
	*t->last = task;
	t->last = &task->next;
	pthread_cond_signal(&t->work);
	pthread_mutex_unlock(&t->lock);
}

/* Where TASK waits, if nobody has begun it; else the oldest, or NULL. */
static struct audit_task **
choose(struct team *t, const struct audit_task *task)
{
	struct audit_task **link;

	for (link = &t->first; *link != NULL; link = &(*link)->next)
		if (*link == task)
			return link;
	return t->first != NULL ? &t->first : NULL;
}

/* Who waits for a task runs it rather than those before it: what is behind the wait feeds
 * the queue, and would else find the workers idle. */
static void
wait_for(void *ctx, struct audit_task *task)
{
	struct team *t = ctx;
	struct audit_task **link;

	pthread_mutex_lock(&t->lock);
	while (!task->done) {
		if ((link = choose(t, task)) != NULL)
			run_at(t, link);
		else
			pthread_cond_wait(&t->done, &t->lock);
	}
	pthread_mutex_unlock(&t->lock);
}

struct audit_team
team_port(struct team *t)
{
	return (struct audit_team){ submit, wait_for, t->n_threads + 1, t };
}
