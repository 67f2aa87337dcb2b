/* The store's engine towards a headquarters that is slow, forgetful or hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/engine_rig.h"

static bool refusing;		/* batches, for an entry that is bad */

static int
set_up(void **state)
{
	Kasir__V1__SignedTransaction *t;

	(void)state;
	refusing = false;
	rig_open(true);
	t = rig_sign(rig, &till, rig_sale(rig, 1));
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_run(rig);
	rig_forget(rig);
	engine_on_uplink(rig->engine, true);
	return 0;
}

static void
answer(const Kasir__V1__UplinkUp *up, uint64_t size)
{
	Kasir__V1__UplinkDown down = KASIR__V1__UPLINK_DOWN__INIT;
	Kasir__V1__Welcome welcome = KASIR__V1__WELCOME__INIT;
	Kasir__V1__Held held = KASIR__V1__HELD__INIT;
	Kasir__V1__Refused refused = KASIR__V1__REFUSED__INIT;
	struct bytes packed;

	down.session = up->session;
	welcome.size = held.size = size;
	if (up->body_case == KASIR__V1__UPLINK_UP__BODY_HELLO) {
		down.body_case = KASIR__V1__UPLINK_DOWN__BODY_WELCOME;
		down.welcome = &welcome;
	} else if (refusing) {
		refused.reason = KASIR__V1__UPLINK_REFUSAL__ENTRY_BAD;
		down.body_case = KASIR__V1__UPLINK_DOWN__BODY_REFUSED;
		down.refused = &refused;
	} else {
		down.body_case = KASIR__V1__UPLINK_DOWN__BODY_HELD;
		down.held = &held;
	}
	assert_true(proto_pack(&rig->world.arena, &down.base, &packed));
	engine_on_uplink_message(rig->engine, packed);
}

/* Time passes; whatever goes up is answered at once with SIZE.  How many frames went up. */
static unsigned
answer_all_with(uint64_t size, uint64_t us)
{
	uint64_t until = rig->world.now + us;
	Kasir__V1__UplinkUp *up;
	unsigned n = 0;
	struct kas_why why;

	while (rig->world.now < until) {
		rig->n_up = 0;
		rig_pass(rig, 1 * MS);
		for (size_t i = 0; i < rig->n_up; i++, n++) {
			assert_int_equal(wire_decode_up(rig->up[i].payload, &rig->world.arena, &up,
			    &why), KAS_OK);
			answer(up, size);
		}
	}
	return n;
}

static void
answers_that_bring_nothing_forward_are_not_asked_for_in_circles(void **state)
{
	unsigned n = answer_all_with(0, 60 * SECOND);

	(void)state;
	assert_true(n >= 4);
	assert_true(n <= 30);
	/* It goes on as soon as headquarters does. */
	n = answer_all_with(engine_durable_size(rig->engine), 130 * SECOND);
	assert_true(n >= 1);
	assert_true(n <= 5);
}

/* A welcome is no success: one bad entry must not keep both ends busy for ever. */
static void
a_batch_that_is_refused_is_sent_ever_more_rarely(void **state)
{
	(void)state;
	refusing = true;
	answer_all_with(0, 120 * SECOND);
	/* Greeting and batch, a minute or two apart. */
	assert_in_range(answer_all_with(0, 1200 * SECOND), 18, 42);
}

static void
an_answer_of_another_session_or_of_more_than_there_is_is_ignored(void **state)
{
	Kasir__V1__UplinkUp forged = KASIR__V1__UPLINK_UP__INIT;

	(void)state;
	rig_pass(rig, 1 * MS);
	assert_int_equal(rig->n_up, 1);
	forged.session = 12345;
	forged.body_case = KASIR__V1__UPLINK_UP__BODY_HELLO;
	answer(&forged, 0);
	rig_pass(rig, 500 * MS);
	assert_int_equal(rig->n_up, 1);
	rig->n_up = 0;
	answer_all_with(UINT64_MAX / 2, 5 * SECOND);
	assert_int_equal(engine_cosigned_size(rig->engine), 0);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
}

static void
a_headquarters_that_does_not_answer_is_named_once_and_when_it_is_back(void **state)
{
	(void)state;
	rig_pass(rig, 19 * SECOND);
	assert_string_equal(rig->log, "");
	rig_pass(rig, 2 * SECOND);
	assert_non_null(strstr(rig->log, "headquarters has not answered for 20 s"));
	rig_forget(rig);
	rig_pass(rig, 600 * SECOND);
	assert_string_equal(rig->log, "");
	assert_string_equal(rig->notice, "");
	answer_all_with(engine_durable_size(rig->engine), 200 * SECOND);
	assert_non_null(strstr(rig->notice, "headquarters answers again, after "));
	/* In step, it is asked nothing for minutes: that is no silence. */
	rig_forget(rig);
	rig_pass(rig, 100 * SECOND);
	assert_string_equal(rig->log, "");
	assert_string_equal(rig->notice, "");
	/* Until it is asked again. */
	rig_pass(rig, 300 * SECOND);
	assert_non_null(strstr(rig->log, "headquarters has not answered"));
}

static void
a_broker_that_is_away_is_not_called_silence(void **state)
{
	(void)state;
	rig_pass(rig, 15 * SECOND);
	engine_on_uplink(rig->engine, false);
	rig_pass(rig, 60 * SECOND);
	assert_string_equal(rig->log, "");
	engine_on_uplink(rig->engine, true);
	rig_pass(rig, 15 * SECOND);
	assert_string_equal(rig->log, "");
	rig_pass(rig, 10 * SECOND);
	assert_non_null(strstr(rig->log, "headquarters has not answered"));
	/* What was said stands until there is an answer. */
	rig_forget(rig);
	engine_on_uplink(rig->engine, false);
	rig_pass(rig, 5 * SECOND);
	engine_on_uplink(rig->engine, true);
	rig_pass(rig, 60 * SECOND);
	assert_string_equal(rig->log, "");
	answer_all_with(engine_durable_size(rig->engine), 200 * SECOND);
	assert_non_null(strstr(rig->notice, "headquarters answers again"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		T(answers_that_bring_nothing_forward_are_not_asked_for_in_circles),
		T(a_batch_that_is_refused_is_sent_ever_more_rarely),
		T(an_answer_of_another_session_or_of_more_than_there_is_is_ignored),
		T(a_headquarters_that_does_not_answer_is_named_once_and_when_it_is_back),
		T(a_broker_that_is_away_is_not_called_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
