/* From "the store has it" to "headquarters has it". */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

static void
a_cosigned_checkpoint_that_we_hold_witnesses_at_once(void **state)
{
	struct desk *t = *state;

	desk_sell_through(t);
	desk_notice(t, fake_store_note(t->store, 2, false));
	assert_int_equal(t->witnessed, 0);
	desk_notice(t, fake_store_note(t->store, 2, true));
	assert_int_equal(t->witnessed, 1);
	assert_int_equal(desk_stats(t).durable, 0);
	assert_int_equal(desk_stats(t).cosigned_size, 2);
	desk_wait_us(t, SECOND);
	assert_int_equal(t->sent, 1);
}

static void
an_idle_till_asks_to_link_a_cosignature(void **state)
{
	struct desk *t = *state;

	desk_sell_through(t);
	fake_store_event(t->store);
	desk_notice(t, fake_store_note(t->store, 3, true));
	assert_int_equal(t->witnessed, 0);
	session_turn(t->session);
	assert_int_equal(t->sent, 2);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(fake_store_batch(t->store)->n_transactions, 0);
	assert_int_equal(t->witnessed, 1);
	assert_int_equal(session_wakeup(t->session) > t->now.mono_us, true);
}

static void
only_what_stands_below_the_cosignature_is_witnessed(void **state)
{
	struct desk *t = *state;

	desk_sell_through(t);
	desk_sell_through(t);
	desk_sell_through(t);
	desk_notice(t, fake_store_note(t->store, 3, true));
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(t->witnessed, 2);
	assert_int_equal(desk_stats(t).durable, 1);
}

static void
a_false_link_witnesses_nothing_and_is_asked_again_in_time(void **state)
{
	struct desk *t = *state;
	Kasir__V1__AckBatch *a;

	desk_sell_through(t);
	desk_sell_through(t);
	desk_notice(t, fake_store_note(t->store, 2, true));
	session_turn(t->session);
	a = desk_answer(t);
	assert_true(a->n_cosigned_consistency > 0);
	desk_spoil(&a->cosigned_consistency[0], 1);
	desk_deliver(t, a);
	assert_int_equal(t->witnessed, 0);
	assert_int_equal(desk_stats(t).bad_messages, 1);
	t->sent = 0;
	desk_wait_us(t, 30 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 0);
	desk_wait_us(t, 31 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 1);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(t->witnessed, 1);
}

static void
a_cosignature_by_anybody_else_is_none(void **state)
{
	struct desk *t = *state;
	struct bytes note;

	desk_sell_through(t);
	note = fake_store_note(t->store, 2, true);
	((uint8_t *)note.p)[note.n - 20] ^= 1;
	desk_notice(t, note);
	assert_int_equal(t->witnessed, 0);
	assert_int_equal(desk_stats(t).bad_messages, 1);
}

static void
without_headquarters_age_decides_when_the_clock_is_sure(void **state)
{
	struct desk *t = *state;

	session_close(t->session);
	t->session = NULL;
	assert_int_equal(desk_try_open(t, 1, NULL, 0), KAS_OK);
	session_on_bus(t->session, true);
	/* Before it knew the time it sold in 1970: that is not old. */
	t->now.synchronised = false;
	t->now.wall_us -= 1700000000 * (int64_t)SECOND;
	desk_sell_through(t);
	t->now.synchronised = true;
	t->now.wall_us += 1700000000 * (int64_t)SECOND;
	desk_wait_us(t, 4000 * (uint64_t)SECOND);
	assert_int_equal(desk_stats(t).durable, 1);
	desk_sell_through(t);
	desk_wait_us(t, 1);
	assert_int_equal(desk_stats(t).durable, 2);
	t->now.synchronised = false;
	desk_wait_us(t, 4000 * (uint64_t)SECOND);
	assert_int_equal(desk_stats(t).durable, 2);
	t->now.synchronised = true;
	desk_wait_us(t, 4000 * (uint64_t)SECOND);
	assert_int_equal(desk_stats(t).durable, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_cosigned_checkpoint_that_we_hold_witnesses_at_once),
		T(an_idle_till_asks_to_link_a_cosignature),
		T(only_what_stands_below_the_cosignature_is_witnessed),
		T(a_false_link_witnesses_nothing_and_is_asked_again_in_time),
		T(a_cosignature_by_anybody_else_is_none),
		T(without_headquarters_age_decides_when_the_clock_is_sure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
