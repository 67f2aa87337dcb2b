/* An audit's tasks on threads: each runs once, and who waits for one does not wait for others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "edge/team.h"

#define TASKS 50u

struct job {
	struct audit_task task;		/* first: a task is its job */
	unsigned runs;
};

static void
count_run(struct audit_task *task)
{
	((struct job *)task)->runs++;
}

static void
submit_jobs(const struct audit_team *port, struct job *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		jobs[i] = (struct job){ .task = { .run = count_run } };
		port->submit(port->ctx, &jobs[i].task);
	}
}

static struct team *
open_team(unsigned workers, struct audit_team *ret_port)
{
	struct kas_why why;
	struct team *t;

	assert_int_equal(team_open(workers, &t, &why), KAS_OK);
	*ret_port = team_port(t);
	return t;
}

/* Workers are none, so nobody else can have run it. */
static void
a_task_that_is_waited_for_overtakes_the_others(void **state)
{
	static const size_t orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 } };
	struct audit_team port;
	struct job jobs[4];
	struct team *t = open_team(0, &port);

	(void)state;
	for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
		submit_jobs(&port, jobs, 4);
		for (size_t i = 0; i < 4; i++) {
			port.wait(port.ctx, &jobs[orders[o][i]].task);
			for (size_t k = 0; k < 4; k++)
				assert_int_equal(jobs[orders[o][k]].runs, k <= i);
		}
	}
	team_close(t);
}

/* Taken out of the middle or from the end, the queue still takes more. */
static void
tasks_that_are_submitted_after_a_wait_run_too(void **state)
{
	struct audit_team port;
	struct job first[3], more[2];
	struct team *t = open_team(0, &port);

	(void)state;
	submit_jobs(&port, first, 3);
	port.wait(port.ctx, &first[2].task);
	submit_jobs(&port, more, 2);
	port.wait(port.ctx, &first[1].task);
	port.wait(port.ctx, &more[1].task);
	port.wait(port.ctx, &more[0].task);
	port.wait(port.ctx, &first[0].task);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(first[i].runs, 1);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(more[i].runs, 1);
	team_close(t);
}

static void
each_task_runs_once_however_many_work(void **state)
{
	static const unsigned workers[] = { 0, 1, 2, 7 };
	struct job jobs[TASKS];
	struct audit_team port;

	(void)state;
	for (size_t w = 0; w < sizeof workers / sizeof *workers; w++) {
		struct team *t = open_team(workers[w], &port);

		assert_int_equal(port.width, workers[w] + 1);
		for (int round = 0; round < 100; round++) {
			submit_jobs(&port, jobs, TASKS);
			for (size_t i = 0; i < TASKS; i++)
				port.wait(port.ctx, &jobs[i * 17 % TASKS].task);
			for (size_t i = 0; i < TASKS; i++)
				assert_int_equal(jobs[i].runs, 1);
		}
		team_close(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_task_that_is_waited_for_overtakes_the_others),
		cmocka_unit_test(tasks_that_are_submitted_after_a_wait_run_too),
		cmocka_unit_test(each_task_runs_once_however_many_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
