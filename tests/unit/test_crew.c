/* Signature checks on many threads: every job has its own answer, however many there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "edge/crew.h"
#include "edge/random.h"
#include "proof/key.h"

#define JOBS 200

static struct sig_job jobs[JOBS];
static uint8_t sigs[JOBS][SIG_LEN];
static char messages[JOBS][32];
static struct signer *signer;

/* Every third is false. */
static void
make_jobs(void)
{
	size_t i;

	for (i = 0; i < JOBS; i++) {
		snprintf(messages[i], sizeof messages[i], "message %zu", i);
		signer_sign(signer, bytes_of_text(messages[i]), sigs[i]);
		if (i % 3 == 0)
			sigs[i][i % SIG_LEN] ^= 1;
		jobs[i] = (struct sig_job){ .key = signer_vkey(signer)->key.b, .sig = sigs[i],
			.message = bytes_of_text(messages[i]), .ok = i % 3 == 0 };
	}
}

static void
answers_do_not_depend_on_how_many_work(void **state)
{
	static const unsigned workers[] = { 0, 1, 2, 7 };
	static const size_t counts[] = { 0, 1, CREW_INLINE_MAX, CREW_INLINE_MAX + 1, 5, 64, JOBS };
	struct crew_port port;
	struct kas_why why;
	struct crew *crew;
	size_t w, c, i;
	int round;

	(void)state;
	for (w = 0; w < sizeof workers / sizeof workers[0]; w++) {
		assert_int_equal(crew_open(workers[w], &crew, &why), KAS_OK);
		port = crew_port(crew);
		for (round = 0; round < 20; round++)
			for (c = 0; c < sizeof counts / sizeof counts[0]; c++) {
				make_jobs();
				port.verify(port.ctx, jobs, counts[c]);
				for (i = 0; i < counts[c]; i++)
					assert_int_equal(jobs[i].ok, i % 3 != 0);
			}
		crew_close(crew);
	}
}

static void
more_workers_than_there_may_be_are_refused(void **state)
{
	struct kas_why why;
	struct crew *crew;

	(void)state;
	assert_int_equal(crew_open(CREW_WORKERS_MAX + 1, &crew, &why), KAS_RANGE);
	assert_true(crew_processors() >= 1);
	crew_close(NULL);
}

static int
set_up(void **state)
{
	struct random_port random = random_system();

	(void)state;
	return signer_generate(&random, "example.com/test", KEY_ED25519, &signer) == KAS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	signer_close(signer);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_do_not_depend_on_how_many_work),
		cmocka_unit_test(more_workers_than_there_may_be_are_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
