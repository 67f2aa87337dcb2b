#include "edge/resolve.h"

#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Shared by the thread and the resolver.  The resolver may go away while the thread
 * still waits for a name server: whoever leaves last frees it. */
struct question {
	pthread_mutex_t lock;
	unsigned holders;
	struct resolver *asker;		/* NULL: nobody waits any more */
	char host[256];
	struct resolve_answer answer;
};

struct resolver {
	struct loop_bell bell;
	struct question *open;
	void (*done)(void *ctx, const struct resolve_answer *answer);
	void *ctx;
};

static void
let_go(struct question *q)
{
	bool last;

	pthread_mutex_lock(&q->lock);
	last = --q->holders == 0;
	pthread_mutex_unlock(&q->lock);
	if (last) {
		pthread_mutex_destroy(&q->lock);
		free(q);
	}
}

static bool
look_up(const char *host, int flags, struct resolve_answer *ret)
{
	struct addrinfo hints = { .ai_flags = flags, .ai_socktype = SOCK_STREAM }, *list, *at;
	int rc = getaddrinfo(host, NULL, &hints, &list);

	ret->n = 0;
	if (rc != 0) {
		snprintf(ret->why, sizeof ret->why, "%s", gai_strerror(rc));
		return false;
	}
	for (at = list; at != NULL && ret->n < RESOLVE_ADDRESSES_MAX; at = at->ai_next)
		if (getnameinfo(at->ai_addr, at->ai_addrlen, ret->address[ret->n], RESOLVE_TEXT,
		    NULL, 0, NI_NUMERICHOST) == 0)
			ret->n++;
	freeaddrinfo(list);
	return ret->n > 0;
}

static void *
answer_question(void *arg)
{
	struct question *q = arg;

	look_up(q->host, AI_ADDRCONFIG, &q->answer);
	pthread_mutex_lock(&q->lock);
	if (q->asker != NULL)
		loop_bell_ring(&q->asker->bell);
	pthread_mutex_unlock(&q->lock);
	let_go(q);
	return NULL;
}

static void
on_bell(void *ctx)
{
	struct resolver *r = ctx;
	struct question *q = r->open;
	struct resolve_answer answer;

	if (q == NULL)
		return;
	pthread_mutex_lock(&q->lock);
	answer = q->answer;
	q->asker = NULL;
	pthread_mutex_unlock(&q->lock);
	r->open = NULL;
	let_go(q);
	r->done(r->ctx, &answer);
}

enum kas_err
resolver_open(struct loop *l, void (*done)(void *, const struct resolve_answer *), void *ctx,
    struct resolver **ret)
{
	struct resolver *r = calloc(1, sizeof *r);
	enum kas_err err;

	if (r == NULL)
		return KAS_NOMEM;
	r->done = done;
	r->ctx = ctx;
	err = loop_bell_init(&r->bell, l, on_bell, r);
	if (err != KAS_OK) {
		resolver_close(r);
		return err;
	}
	*ret = r;
	return KAS_OK;
}

void
resolver_close(struct resolver *r)
{
	if (r == NULL)
		return;
	if (r->open != NULL) {
		pthread_mutex_lock(&r->open->lock);
		r->open->asker = NULL;
		pthread_mutex_unlock(&r->open->lock);
		let_go(r->open);
	}
	loop_bell_fini(&r->bell);
	free(r);
}

static bool
start_thread(struct question *q)
{
	pthread_attr_t attr;
	pthread_t thread;
	bool ok;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	ok = pthread_create(&thread, &attr, answer_question, q) == 0;
	pthread_attr_destroy(&attr);
	return ok;
}

enum kas_err
resolver_ask(struct resolver *r, const char *host)
{
	struct question *q;

	kas_assert(r->open == NULL);
	q = calloc(1, sizeof *q);
	if (q == NULL)
		return KAS_NOMEM;
	pthread_mutex_init(&q->lock, NULL);
	q->holders = 1;
	q->asker = r;
	snprintf(q->host, sizeof q->host, "%s", host);
	r->open = q;
	if (look_up(host, AI_NUMERICHOST, &q->answer)) {
		loop_bell_ring(&r->bell);
		return KAS_OK;
	}
	q->holders = 2;
	if (!start_thread(q)) {
		q->holders = 1;
		r->open = NULL;
		let_go(q);
		return KAS_NOMEM;
	}
	return KAS_OK;
}
