/* What a store says without a proof. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

static void
a_rejected_sale_is_kept_and_the_next_goes_on(void **state)
{
	struct desk *t = *state;
	struct receipt r = desk_sell(t);

	session_turn(t->session);
	desk_deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__REJECTED,
		       KASIR__V1__REFUSAL_REASON__BAD_SIGNATURE, &r.hash, 1, 0));
	assert_int_equal(desk_stats(t).rejected, 1);
	assert_int_equal(t->marks[0].state, OUTBOX_REJECTED);
	assert_int_equal(t->alarms, 1);
	desk_sell_through(t);
	assert_int_equal(desk_stats(t).durable, 1);
	assert_int_equal(session_retry_rejected(t->session), KAS_OK);
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(desk_stats(t).durable, 2);
	assert_int_equal(desk_stats(t).rejected, 0);
}

static void
rejected_sales_are_tried_again_by_themselves(void **state)
{
	struct desk *t = *state;
	struct receipt r = desk_sell(t);

	session_turn(t->session);
	desk_deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__REJECTED,
		       KASIR__V1__REFUSAL_REASON__UNKNOWN_TERMINAL, &r.hash, 1, 0));
	t->sent = 0;
	desk_wait_us(t, 299 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 0);
	desk_wait_us(t, 2 * SECOND);
	assert_int_equal(t->sent, 1);
}

static void
a_refusal_that_is_unsigned_or_replayed_counts_for_nothing(void **state)
{
	struct desk *t = *state;
	struct receipt r = desk_sell(t);
	Kasir__V1__AckBatch *a;

	session_turn(t->session);
	a = fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__REJECTED,
	    KASIR__V1__REFUSAL_REASON__REVOKED, &r.hash, 5, 0);
	a->refusals_signature.data[3] ^= 1;
	desk_deliver(t, a);
	assert_int_equal(desk_stats(t).rejected, 0);
	assert_int_equal(desk_stats(t).bad_messages, 1);
	a->refusals_signature.data[3] ^= 1;
	desk_deliver(t, a);
	assert_int_equal(desk_stats(t).rejected, 1);
	assert_int_equal(session_retry_rejected(t->session), KAS_OK);
	session_turn(t->session);
	desk_deliver(t, a);
	assert_int_equal(desk_stats(t).rejected, 0);
	assert_int_equal(desk_stats(t).strays, 1);
}

static void
retry_later_is_obeyed_within_reason(void **state)
{
	struct desk *t = *state;

	desk_sell(t);
	session_turn(t->session);
	desk_deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__RETRY_LATER,
		       KASIR__V1__REFUSAL_REASON__STORAGE_FULL, NULL, 1, 10000));
	assert_int_equal(desk_stats(t).state, SESSION_HOLDING);
	assert_non_null(strstr(desk_stats(t).reason, "disk is full"));
	t->sent = 0;
	desk_wait_us(t, 9 * SECOND);
	assert_int_equal(t->sent, 0);
	desk_wait_us(t, 5 * SECOND);
	assert_int_equal(t->sent, 1);
	desk_deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__RETRY_LATER,
		       KASIR__V1__REFUSAL_REASON__BUSY, NULL, 2, UINT32_MAX));
	desk_wait_us(t, 800 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 2);
	desk_deliver(t, desk_answer(t));
	assert_true(session_is_settled(t->session));
}

static void
a_terminal_that_the_store_does_not_know_calls_for_help_and_waits(void **state)
{
	struct desk *t = *state;
	unsigned i;

	desk_sell(t);
	session_turn(t->session);
	for (i = 0; i < 3; i++) {
		desk_deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__REJECTED,
			       KASIR__V1__REFUSAL_REASON__UNKNOWN_TERMINAL, NULL, i + 1, 0));
		assert_int_equal(desk_stats(t).state, SESSION_REFUSED);
		assert_int_equal(desk_stats(t).made, 1);
		desk_wait_us(t, 90 * (uint64_t)SECOND);
	}
	assert_int_equal(t->alarms, 1);
	desk_deliver(t, desk_answer(t));
	assert_true(session_is_settled(t->session));
	assert_int_equal(desk_stats(t).state, SESSION_IDLE);
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_rejected_sale_is_kept_and_the_next_goes_on),
		T(rejected_sales_are_tried_again_by_themselves),
		T(a_refusal_that_is_unsigned_or_replayed_counts_for_nothing),
		T(retry_later_is_obeyed_within_reason),
		T(a_terminal_that_the_store_does_not_know_calls_for_help_and_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
