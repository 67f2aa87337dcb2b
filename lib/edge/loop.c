#include "edge/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_A_TURN 64

struct watch {
	loop_fd_fn *fn;		/* NULL: not watched */
	void *ctx;
	uint32_t generation;	/* tells a descriptor from an earlier one of its number */
};

struct loop {
	int epoll_fd, signal_fd;
	bool quit;
	struct watch *watches;	/* by descriptor */
	size_t n_watches;
	uint32_t generation;
	struct loop_timer *timers;
	void (*on_turn)(void *);
	void *on_turn_ctx;
	void (*on_signal)(void *, int);
	void *on_signal_ctx;
};

uint64_t
loop_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

enum kas_err
loop_open(struct loop **ret, struct kas_why *why)
{
	struct loop *l = calloc(1, sizeof *l);

	if (l == NULL)
		return kas_fail(why, KAS_NOMEM, "event loop: out of memory");
	l->signal_fd = -1;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0) {
		loop_close(l);
		return kas_fail(why, KAS_IO, "event loop: %s", strerror(errno));
	}
	*ret = l;
	return KAS_OK;
}

void
loop_close(struct loop *l)
{
	if (l == NULL)
		return;
	if (l->signal_fd >= 0)
		close(l->signal_fd);
	if (l->epoll_fd >= 0)
		close(l->epoll_fd);
	free(l->watches);
	free(l);
}

static enum kas_err
make_room(struct loop *l, int fd)
{
	size_t n = l->n_watches > 0 ? l->n_watches : 16;
	struct watch *w;

	if ((size_t)fd < l->n_watches)
		return KAS_OK;
	while (n <= (size_t)fd)
		n *= 2;
	w = realloc(l->watches, n * sizeof *w);
	if (w == NULL)
		return KAS_NOMEM;
	memset(w + l->n_watches, 0, (n - l->n_watches) * sizeof *w);
	l->watches = w;
	l->n_watches = n;
	return KAS_OK;
}

enum kas_err
loop_watch(struct loop *l, int fd, unsigned what, loop_fd_fn *fn, void *ctx)
{
	struct epoll_event ev = { 0 };
	struct watch *w;

	kas_assert(fd >= 0 && fn != NULL);
	if (make_room(l, fd) != KAS_OK)
		return KAS_NOMEM;
	w = &l->watches[fd];
	/* Watching anew, not changing: events already fetched for an earlier descriptor
	 * of this number are not for this one. */
	if (w->fn == NULL)
		w->generation = ++l->generation;
	ev.events = (what & LOOP_READ ? EPOLLIN | EPOLLRDHUP : 0u) |
	    (what & LOOP_WRITE ? EPOLLOUT : 0u);
	ev.data.u64 = (uint64_t)w->generation << 32 | (uint32_t)fd;
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_MOD, fd, &ev) != 0 &&
	    (errno != ENOENT || epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0))
		return KAS_IO;
	w->fn = fn;
	w->ctx = ctx;
	return KAS_OK;
}

void
loop_unwatch(struct loop *l, int fd)
{
	if (fd < 0 || (size_t)fd >= l->n_watches || l->watches[fd].fn == NULL)
		return;
	l->watches[fd].fn = NULL;
	/* Fails when it was closed before, which took it out as well. */
	epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

void
loop_timer_init(struct loop_timer *t, struct loop *l, loop_timer_fn *fn, void *ctx)
{
	*t = (struct loop_timer){ .next = l->timers, .loop = l, .due_us = LOOP_NEVER, .fn = fn,
		.ctx = ctx };
	l->timers = t;
}

void
loop_timer_fini(struct loop_timer *t)
{
	struct loop_timer **at;

	if (t->loop == NULL)
		return;
	for (at = &t->loop->timers; *at != NULL; at = &(*at)->next)
		if (*at == t) {
			*at = t->next;
			break;
		}
	*t = (struct loop_timer){ 0 };
}

void
loop_timer_set(struct loop_timer *t, uint64_t due_us)
{
	t->due_us = due_us;
}

/* There are a handful of timers a connection: a walk is cheaper than a heap. */
static uint64_t
next_due(const struct loop *l)
{
	const struct loop_timer *t;
	uint64_t due = LOOP_NEVER;

	for (t = l->timers; t != NULL; t = t->next)
		if (t->due_us < due)
			due = t->due_us;
	return due;
}

/* A callback may add, move or remove any timer, so the walk begins again after each. */
static void
fire_timers(struct loop *l)
{
	uint64_t now = loop_now_us();
	struct loop_timer *t;
	bool fired;

	do {
		fired = false;
		for (t = l->timers; t != NULL && !fired; t = t->next)
			if (t->due_us <= now) {
				t->due_us = LOOP_NEVER;
				t->fn(t->ctx);
				fired = true;
				break;
			}
	} while (fired && !l->quit);
}

static void
dispatch(struct loop *l, const struct epoll_event *ev)
{
	size_t fd = (uint32_t)ev->data.u64;
	unsigned ready = 0;
	const struct watch *w;

	if (fd >= l->n_watches)
		return;
	w = &l->watches[fd];
	if (w->fn == NULL || w->generation != ev->data.u64 >> 32)
		return;
	if (ev->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		ready |= LOOP_READ;
	if (ev->events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		ready |= LOOP_WRITE;
	w->fn(w->ctx, ready);
}

static int
timeout_ms(uint64_t due_us)
{
	uint64_t now, ms;

	if (due_us == LOOP_NEVER)
		return -1;
	now = loop_now_us();
	if (due_us <= now)
		return 0;
	ms = (due_us - now + 999) / 1000;
	return ms > 3600 * 1000 ? 3600 * 1000 : (int)ms;
}

/* epoll counts in milliseconds; the engine waits for some tens of microseconds. */
static int
wait_for(struct loop *l, struct epoll_event *events, uint64_t due_us)
{
	uint64_t now = loop_now_us();
	struct timespec ts;

	if (due_us > now && due_us - now < 1000) {
		ts = (struct timespec){ .tv_nsec = (long)(due_us - now) * 1000 };
		return epoll_pwait2(l->epoll_fd, events, EVENTS_A_TURN, &ts, NULL);
	}
	return epoll_wait(l->epoll_fd, events, EVENTS_A_TURN, timeout_ms(due_us));
}

void
loop_once(struct loop *l, uint64_t until_us)
{
	struct epoll_event events[EVENTS_A_TURN];
	uint64_t due = next_due(l);
	int i, n;

	n = wait_for(l, events, due < until_us ? due : until_us);
	for (i = 0; i < n && !l->quit; i++)
		dispatch(l, &events[i]);
	fire_timers(l);
	if (l->on_turn != NULL)
		l->on_turn(l->on_turn_ctx);
}

void
loop_run(struct loop *l)
{
	while (!l->quit)
		loop_once(l, LOOP_NEVER);
}

void
loop_quit(struct loop *l)
{
	l->quit = true;
}

void
loop_on_turn(struct loop *l, void (*fn)(void *ctx), void *ctx)
{
	l->on_turn = fn;
	l->on_turn_ctx = ctx;
}

static void
read_signals(void *ctx, unsigned ready)
{
	struct loop *l = ctx;
	struct signalfd_siginfo si;

	(void)ready;
	while (read(l->signal_fd, &si, sizeof si) == (ssize_t)sizeof si)
		l->on_signal(l->on_signal_ctx, (int)si.ssi_signo);
}

enum kas_err
loop_on_signal(struct loop *l, void (*fn)(void *ctx, int sig), void *ctx)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	l->on_signal = fn;
	l->on_signal_ctx = ctx;
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return KAS_IO;
	l->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (l->signal_fd < 0)
		return KAS_IO;
	return loop_watch(l, l->signal_fd, LOOP_READ, read_signals, l);
}

static void
answer_bell(void *ctx, unsigned ready)
{
	struct loop_bell *b = ctx;
	uint64_t rings;

	(void)ready;
	if (read(b->fd, &rings, sizeof rings) == (ssize_t)sizeof rings)
		b->fn(b->ctx);
}

enum kas_err
loop_bell_init(struct loop_bell *b, struct loop *l, void (*fn)(void *ctx), void *ctx)
{
	*b = (struct loop_bell){ .loop = l, .fn = fn, .ctx = ctx };
	b->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (b->fd < 0)
		return KAS_IO;
	return loop_watch(l, b->fd, LOOP_READ, answer_bell, b);
}

void
loop_bell_fini(struct loop_bell *b)
{
	if (b->loop == NULL)
		return;
	if (b->fd >= 0) {
		loop_unwatch(b->loop, b->fd);
		close(b->fd);
	}
	*b = (struct loop_bell){ .fd = -1 };
}

void
loop_bell_ring(struct loop_bell *b)
{
	uint64_t one = 1;

	/* The counter cannot overflow between two reads of the loop: EAGAIN would only
	 * say that it rings already. */
	if (write(b->fd, &one, sizeof one) < 0)
		return;
}
