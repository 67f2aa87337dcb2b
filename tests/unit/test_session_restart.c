/* Restarts, power cuts, restores; an outbox and a bus that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

static void
a_restarted_till_goes_on_where_it_was(void **state)
{
	struct desk *t = *state;
	struct receipt r;

	desk_sell_through(t);
	r = desk_sell(t);
	desk_reopen(t);
	assert_int_equal(desk_stats(t).checkpoint_size, 2);
	assert_int_equal(desk_sell(t).sequence, r.sequence + 1);
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(fake_store_batch(t->store)->n_transactions, 2);
	assert_memory_equal(
	    fake_store_batch(t->store)->transactions[1]->previous.data, r.hash.b, HASH_LEN);
	assert_true(session_is_settled(t->session));
}

static void
a_power_cut_loses_no_sale_and_no_number(void **state)
{
	struct desk *t = *state;

	desk_sell_through(t);
	session_close(t->session);
	t->session = NULL;
	outbox_mem_crash(t->outbox);
	desk_reopen(t);
	assert_int_equal(desk_stats(t).made, 1);
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(desk_stats(t).duplicates, 1);
	assert_int_equal(desk_sell(t).sequence, 2);
}

static void
an_outbox_of_another_ledger_or_a_later_epoch_is_refused(void **state)
{
	struct desk *t = *state;
	struct fake_store *own = t->store;

	session_close(t->session);
	t->session = NULL;
	assert_int_equal(desk_try_open(t, 2, NULL, 0), KAS_OK);
	session_on_bus(t->session, true);
	desk_sell_through(t);
	session_close(t->session);
	t->session = NULL;
	assert_int_equal(desk_try_open(t, 1, NULL, 0), KAS_RANGE);
	t->store = fake_store_open("shop/toko-1/2", 9);
	assert_int_equal(desk_try_open(t, 2, NULL, 0), KAS_BADSIG);
	fake_store_close(t->store);
	t->store = own;
}

static void
a_new_epoch_of_the_terminal_starts_at_one_and_drains_the_old(void **state)
{
	struct desk *t = *state;
	struct receipt old = desk_sell(t), r;

	session_close(t->session);
	t->session = NULL;
	assert_int_equal(desk_try_open(t, 2, NULL, 0), KAS_OK);
	session_on_bus(t->session, true);
	r = desk_sell(t);
	assert_int_equal(r.epoch, 2);
	assert_int_equal(r.sequence, 1);
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(fake_store_batch(t->store)->transactions[0]->epoch, 1);
	assert_memory_equal(
	    fake_store_batch(t->store)->transactions[1]->previous.data, old.hash.b, HASH_LEN);
	assert_true(session_is_settled(t->session));
}

static void
what_a_restored_ledger_lacks_is_sent_again(void **state)
{
	struct desk *t = *state;
	struct fake_store *old = t->store, *fresh = fake_store_open("shop/toko-1/2", 9);
	struct hash root, wrong = { { 0 } };
	unsigned i;

	for (i = 0; i < 5; i++)
		desk_sell_through(t);
	root = fake_store_root(old, 3);
	assert_int_equal(session_begin_epoch(t->session, fake_store_vkey(fresh), 6, &wrong, true),
	    KAS_FORK);
	assert_int_equal(
	    session_begin_epoch(t->session, fake_store_vkey(fresh), 3, &root, true), KAS_OK);
	assert_int_equal(desk_stats(t).made, 3);
	assert_int_equal(desk_stats(t).witnessed, 2);
	assert_int_equal(desk_stats(t).checkpoint_size, 0);
	t->store = fresh;
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
	assert_true(session_is_settled(t->session));
	assert_int_equal(desk_stats(t).durable, 3);
	assert_int_equal(t->alarms, 0);
	fake_store_close(old);
}

static void
a_sale_that_is_not_on_disk_was_not_made(void **state)
{
	struct desk *t = *state;
	uint8_t id[WIRE_TXN_ID_LEN];
	struct receipt r;

	session_mint_id(t->session, id);
	outbox_mem_fail(t->outbox, KAS_FULL);
	assert_int_equal(session_sell(t->session, id, BYTES("b", 1), BYTES_NONE, &r), KAS_FULL);
	assert_int_equal(t->alarms, 1);
	outbox_mem_fail(t->outbox, KAS_OK);
	assert_int_equal(desk_sell(t).sequence, 1);
	session_turn(t->session);
	outbox_mem_fail(t->outbox, KAS_FULL);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(desk_stats(t).made, 1);
	assert_int_equal(t->n_marks, 0);
	outbox_mem_fail(t->outbox, KAS_OK);
	desk_wait_us(t, 10 * SECOND);
	desk_deliver(t, desk_answer(t));
	assert_true(session_is_settled(t->session));
	outbox_mem_fail(t->outbox, KAS_IO);
	assert_int_equal(session_sell(t->session, id, BYTES("b", 1), BYTES_NONE, &r), KAS_IO);
	outbox_mem_fail(t->outbox, KAS_OK);
	assert_int_equal(desk_stats(t).state, SESSION_FAILED);
	assert_int_equal(session_sell(t->session, id, BYTES("b", 1), BYTES_NONE, &r), KAS_IO);
}

static void
a_bus_that_is_full_or_gone_delays_and_loses_nothing(void **state)
{
	struct desk *t = *state;
	unsigned i;

	session_on_bus(t->session, false);
	desk_sell(t);
	desk_wait_us(t, 100 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 0);
	assert_int_equal(desk_stats(t).state, SESSION_OFFLINE);
	t->bus_is_full = true;
	session_on_bus(t->session, true);
	for (i = 0; i < 20; i++)
		desk_wait_us(t, 100 * (uint64_t)SECOND);
	t->bus_is_full = false;
	session_on_bus(t->session, true);
	session_turn(t->session);
	assert_int_equal(t->sent, 1);
	desk_deliver(t, desk_answer(t));
	assert_true(session_is_settled(t->session));
}

static void
nothing_to_do_means_no_wakeup(void **state)
{
	struct desk *t = *state;

	desk_sell_through(t);
	desk_wait_us(t, 61 * (uint64_t)SECOND);
	assert_true(session_wakeup(t->session) == UINT64_MAX);
}

static Kasir__V1__TerminalState *
state_of(struct arena *a, struct bytes b)
{
	return PROTO_UNPACK(kasir__v1__terminal_state, a, b);
}

static void
presence_says_here_gone_and_lost(void **state)
{
	struct desk *t = *state;
	struct arena a;
	struct buf will;

	arena_init(&a, 0);
	buf_init(&will);
	assert_int_equal(
	    state_of(&a, buf_bytes(&t->state))->presence, KASIR__V1__PRESENCE__PRESENT);
	desk_sell(t);
	desk_wait_us(t, 61 * (uint64_t)SECOND);
	assert_int_equal(state_of(&a, buf_bytes(&t->state))->waiting, 1);
	session_will(t->session, &will);
	assert_int_equal(state_of(&a, buf_bytes(&will))->presence, KASIR__V1__PRESENCE__LOST);
	session_leave(t->session);
	assert_int_equal(state_of(&a, buf_bytes(&t->state))->presence, KASIR__V1__PRESENCE__GONE);
	buf_fini(&will);
	arena_fini(&a);
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_restarted_till_goes_on_where_it_was),
		T(a_power_cut_loses_no_sale_and_no_number),
		T(an_outbox_of_another_ledger_or_a_later_epoch_is_refused),
		T(a_new_epoch_of_the_terminal_starts_at_one_and_drains_the_old),
		T(what_a_restored_ledger_lacks_is_sent_again),
		T(a_sale_that_is_not_on_disk_was_not_made),
		T(a_bus_that_is_full_or_gone_delays_and_loses_nothing),
		T(nothing_to_do_means_no_wakeup),
		T(presence_says_here_gone_and_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
