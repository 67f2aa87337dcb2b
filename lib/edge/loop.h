/* loop.h - one thread's event loop: descriptors, timers, signals, and a turn.
 *
 * A turn: wait, call back for every descriptor that is ready (a bounded batch), every
 * timer that is due, then the turn hook once.  So what came in together is worked on
 * together, which is what makes groups. */
#ifndef KASIR_EDGE_LOOP_H
#define KASIR_EDGE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct loop;

#define LOOP_READ 1u
#define LOOP_WRITE 2u		/* errors and hang-ups are reported as both */
#define LOOP_NEVER UINT64_MAX

KAS_CHECKED enum kas_err loop_open(struct loop **ret, struct kas_why *why);
void loop_close(struct loop *l);	/* NULL is fine; closes no descriptor that is watched */

/* Call FN when FD is ready for WHAT (0: only errors).  Watching again replaces what was
 * asked for before; unwatching what is not watched (or closed already) is fine. */
typedef void loop_fd_fn(void *ctx, unsigned ready);
KAS_CHECKED enum kas_err loop_watch(struct loop *l, int fd, unsigned what, loop_fd_fn *fn,
    void *ctx);
void loop_unwatch(struct loop *l, int fd);

/* A timer is embedded in whoever owns it: loop_timer_init() once, loop_timer_set() to
 * arm, move or (LOOP_NEVER) stop it.  It fires once. */
typedef void loop_timer_fn(void *ctx);
struct loop_timer {
	struct loop_timer *next;
	struct loop *loop;
	uint64_t due_us;
	loop_timer_fn *fn;
	void *ctx;
};
void loop_timer_init(struct loop_timer *t, struct loop *l, loop_timer_fn *fn, void *ctx);
void loop_timer_fini(struct loop_timer *t);	/* zeroed is fine */
void loop_timer_set(struct loop_timer *t, uint64_t due_us);

/* The clock of the timers: CLOCK_BOOTTIME, the same as clock_port's mono_us. */
uint64_t loop_now_us(void);

/* FN after every turn. */
void loop_on_turn(struct loop *l, void (*fn)(void *ctx), void *ctx);

/* Take TERM, INT and HUP out of the process (every thread made later inherits the mask)
 * and give them to FN. */
KAS_CHECKED enum kas_err loop_on_signal(struct loop *l, void (*fn)(void *ctx, int sig), void *ctx);

/* Turns until loop_quit().  loop_once() waits at most until the next timer or UNTIL_US. */
void loop_run(struct loop *l);
void loop_once(struct loop *l, uint64_t until_us);
void loop_quit(struct loop *l);

/* A descriptor that any thread may write to with loop_bell_ring() to wake the loop:
 * FN runs on the loop's thread, once for any number of rings. */
struct loop_bell {
	int fd;
	struct loop *loop;
	void (*fn)(void *ctx);
	void *ctx;
};
KAS_CHECKED enum kas_err loop_bell_init(struct loop_bell *b, struct loop *l,
    void (*fn)(void *ctx), void *ctx);
void loop_bell_fini(struct loop_bell *b);	/* zeroed with fd -1 is fine */
void loop_bell_ring(struct loop_bell *b);

#endif
