/* The event loop: what is ready is called, what is due fires, once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "edge/loop.h"

struct fixture {
	struct loop *loop;
	struct loop_timer a, b;
	int pipe[2], calls, order[8], n;
};

static int
set_up(void **state)
{
	static struct fixture f;
	struct kas_why why;

	f = (struct fixture){ 0 };
	assert_int_equal(loop_open(&f.loop, &why), KAS_OK);
	assert_int_equal(pipe(f.pipe), 0);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	loop_timer_fini(&f->a);
	loop_timer_fini(&f->b);
	loop_close(f->loop);
	close(f->pipe[0]);
	close(f->pipe[1]);
	return 0;
}

static void
fire_a(void *ctx)
{
	struct fixture *f = ctx;

	f->order[f->n++] = 1;
}

static void
fire_b(void *ctx)
{
	struct fixture *f = ctx;

	f->order[f->n++] = 2;
	loop_timer_fini(&f->a);
}

static void
a_timer_that_is_due_fires_once(void **state)
{
	struct fixture *f = *state;

	loop_timer_init(&f->a, f->loop, fire_a, f);
	loop_timer_set(&f->a, loop_now_us() + 2000);
	loop_once(f->loop, 0);
	assert_int_equal(f->n, 0);
	while (f->n == 0)
		loop_once(f->loop, LOOP_NEVER);
	loop_once(f->loop, 0);
	assert_int_equal(f->n, 1);
}

static void
a_wait_below_a_millisecond_is_kept(void **state)
{
	struct fixture *f = *state;
	uint64_t began = loop_now_us();

	loop_timer_init(&f->a, f->loop, fire_a, f);
	loop_timer_set(&f->a, began + 300);
	while (f->n == 0)
		loop_once(f->loop, LOOP_NEVER);
	assert_true(loop_now_us() - began >= 300);
}

static void
a_timer_may_take_another_away_that_is_due(void **state)
{
	struct fixture *f = *state;

	loop_timer_init(&f->a, f->loop, fire_a, f);
	loop_timer_init(&f->b, f->loop, fire_b, f);
	loop_timer_set(&f->a, 0);
	loop_timer_set(&f->b, 0);
	loop_once(f->loop, 0);
	/* The newer timer comes first. */
	assert_int_equal(f->n, 1);
	assert_int_equal(f->order[0], 2);
}

static void
count(void *ctx, unsigned ready)
{
	struct fixture *f = ctx;

	assert_true(ready & LOOP_READ);
	f->calls++;
}

static void
what_is_ready_is_called_until_unwatched(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(loop_watch(f->loop, f->pipe[0], LOOP_READ, count, f), KAS_OK);
	loop_once(f->loop, 0);
	assert_int_equal(f->calls, 0);
	assert_int_equal(write(f->pipe[1], "x", 1), 1);
	loop_once(f->loop, 0);
	loop_once(f->loop, 0);
	assert_int_equal(f->calls, 2);
	assert_int_equal(loop_watch(f->loop, f->pipe[0], 0, count, f), KAS_OK);
	loop_once(f->loop, 0);
	assert_int_equal(f->calls, 2);
	loop_unwatch(f->loop, f->pipe[0]);
	loop_unwatch(f->loop, f->pipe[0]);
	loop_unwatch(f->loop, 1000);
	loop_unwatch(f->loop, -1);
	loop_once(f->loop, 0);
	assert_int_equal(f->calls, 2);
}

static void
a_descriptor_number_used_again_is_another_watch(void **state)
{
	struct fixture *f = *state;
	int old = f->pipe[0], fresh[2];

	assert_int_equal(loop_watch(f->loop, old, LOOP_READ, count, f), KAS_OK);
	close(f->pipe[0]);
	close(f->pipe[1]);
	assert_int_equal(pipe(fresh), 0);
	assert_int_equal(fresh[0], old);
	f->pipe[0] = fresh[0];
	f->pipe[1] = fresh[1];
	assert_int_equal(loop_watch(f->loop, fresh[0], LOOP_READ, count, f), KAS_OK);
	assert_int_equal(write(fresh[1], "x", 1), 1);
	loop_once(f->loop, 0);
	assert_int_equal(f->calls, 1);
}

static void
on_bell(void *ctx)
{
	struct fixture *f = ctx;

	f->calls++;
}

static void *
ring_often(void *arg)
{
	int i;

	for (i = 0; i < 100; i++)
		loop_bell_ring(arg);
	return NULL;
}

static void
many_rings_of_a_bell_are_one_call(void **state)
{
	struct fixture *f = *state;
	struct loop_bell bell;
	pthread_t thread;

	assert_int_equal(loop_bell_init(&bell, f->loop, on_bell, f), KAS_OK);
	assert_int_equal(pthread_create(&thread, NULL, ring_often, &bell), 0);
	pthread_join(thread, NULL);
	loop_once(f->loop, 0);
	loop_once(f->loop, 0);
	assert_int_equal(f->calls, 1);
	loop_bell_fini(&bell);
	loop_bell_fini(&bell);
}

static void
on_signal(void *ctx, int sig)
{
	struct fixture *f = ctx;

	f->order[f->n++] = sig;
	loop_quit(f->loop);
}

static void
a_signal_comes_as_a_call(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(loop_on_signal(f->loop, on_signal, f), KAS_OK);
	kill(getpid(), SIGHUP);
	loop_run(f->loop);
	assert_int_equal(f->n, 1);
	assert_int_equal(f->order[0], SIGHUP);
}

static void
turn(void *ctx)
{
	struct fixture *f = ctx;

	f->calls++;
}

static void
the_turn_hook_runs_once_a_turn(void **state)
{
	struct fixture *f = *state;

	loop_on_turn(f->loop, turn, f);
	loop_once(f->loop, 0);
	loop_once(f->loop, 0);
	assert_int_equal(f->calls, 2);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_timer_that_is_due_fires_once),
		T(a_wait_below_a_millisecond_is_kept),
		T(a_timer_may_take_another_away_that_is_due),
		T(what_is_ready_is_called_until_unwatched),
		T(a_descriptor_number_used_again_is_another_watch),
		T(many_rings_of_a_bell_are_one_call),
		T(a_signal_comes_as_a_call),
		T(the_turn_hook_runs_once_a_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
