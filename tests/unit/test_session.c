/* A session and an honest store: what is sold arrives once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

static void
a_proved_sale_is_durable(void **state)
{
	struct desk *t = *state;
	struct receipt r = desk_sell(t);

	assert_int_equal(r.sequence, 1);
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(t->n_marks, 1);
	assert_int_equal(t->marks[0].state, OUTBOX_DURABLE);
	assert_int_equal(t->marks[0].index, 1);
	assert_true(session_is_settled(t->session));
	assert_int_equal(desk_stats(t).checkpoint_size, 2);
	assert_int_equal(desk_stats(t).state, SESSION_IDLE);
	assert_int_equal(t->alarms, 0);
}

static void
sales_chain_and_count_without_gap(void **state)
{
	struct desk *t = *state;
	struct receipt a = desk_sell(t), b = desk_sell(t);
	const Kasir__V1__TransactionBatch *batch;

	session_turn(t->session);
	fake_store_take(t->store, buf_bytes(&t->tx), FAKE_GOOD);
	batch = fake_store_batch(t->store);
	assert_int_equal(batch->n_transactions, 2);
	assert_int_equal(batch->transactions[0]->previous.len, 0);
	assert_memory_equal(batch->transactions[1]->previous.data, a.hash.b, HASH_LEN);
	assert_int_equal(b.sequence, 2);
	assert_true(memcmp(a.txn_id, b.txn_id, WIRE_TXN_ID_LEN) < 0);
	assert_int_equal(a.txn_id[6] >> 4, 7);
}

static void
what_is_sold_meanwhile_goes_as_one_batch(void **state)
{
	struct desk *t = *state;
	unsigned i;

	desk_sell(t);
	session_turn(t->session);
	for (i = 0; i < 100; i++)
		desk_sell(t);
	session_turn(t->session);
	assert_int_equal(t->sent, 1);
	desk_deliver(t, desk_answer(t));
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(fake_store_batch(t->store)->n_transactions, 64);
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(fake_store_batch(t->store)->n_transactions, 36);
	assert_true(session_is_settled(t->session));
	assert_int_equal(desk_stats(t).checkpoint_size, 102);
	assert_int_equal(t->alarms, 0);
}

static void
a_message_never_exceeds_what_the_store_takes(void **state)
{
	static uint8_t big[WIRE_PAYLOAD_MAX + 1];
	struct desk *t = *state;
	uint8_t id[WIRE_TXN_ID_LEN];
	struct receipt r;
	unsigned i;

	for (i = 0; i < 9; i++) {
		session_mint_id(t->session, id);
		assert_int_equal(session_sell(t->session, id, BYTES(big, WIRE_PAYLOAD_MAX),
				     BYTES(big, WIRE_PERSONAL_MAX), &r),
		    KAS_OK);
	}
	assert_int_equal(session_sell(t->session, id, BYTES(big, WIRE_PAYLOAD_MAX + 1), BYTES_NONE, &r),
	    KAS_RANGE);
	assert_int_equal(
	    session_sell(t->session, id, BYTES("x", 1), BYTES(big, WIRE_PERSONAL_MAX + 1), &r),
	    KAS_RANGE);
	assert_int_equal(session_sell(t->session, id, BYTES_NONE, BYTES_NONE, &r), KAS_RANGE);
	for (i = 0; i < 3; i++) {
		session_turn(t->session);
		assert_true(t->tx.n <= WIRE_BATCH_MAX);
		desk_deliver(t, desk_answer(t));
	}
	assert_true(session_is_settled(t->session));
}

static void
an_unanswered_message_is_sent_again_with_growing_patience(void **state)
{
	struct desk *t = *state;
	uint64_t last = 0, gap = 0;
	unsigned i, before;

	desk_sell(t);
	session_turn(t->session);
	for (i = 0; i < 8; i++) {
		last = t->now.mono_us;
		before = t->sent;
		while (t->sent == before)
			desk_wait_us(t, SECOND / 10);
		gap = t->now.mono_us - last;
		assert_true(gap <= 19 * (uint64_t)SECOND);
	}
	assert_true(gap >= 11 * (uint64_t)SECOND);
	assert_int_equal(desk_stats(t).state, SESSION_HOLDING);
	desk_deliver(t, desk_answer(t));
	assert_true(session_is_settled(t->session));
	assert_int_equal(desk_stats(t).state, SESSION_IDLE);
}

static void
a_sign_of_life_ends_the_wait_once(void **state)
{
	struct desk *t = *state;
	unsigned i;

	desk_sell(t);
	session_turn(t->session);
	for (i = 0; i < 4; i++)
		desk_wait_us(t, 20 * SECOND);
	t->sent = 0;
	fake_store_event(t->store);
	for (i = 0; i < 3; i++) {
		desk_notice(t, fake_store_note(t->store, 2, false));
		desk_wait_us(t, SECOND / 10);
		assert_int_equal(t->sent, 1);
	}
	desk_deliver(t, desk_answer(t));
	assert_true(session_is_settled(t->session));
}

static void
a_second_answer_changes_nothing(void **state)
{
	struct desk *t = *state;
	Kasir__V1__AckBatch *a;

	desk_sell(t);
	session_turn(t->session);
	a = desk_answer(t);
	desk_deliver(t, a);
	desk_deliver(t, a);
	assert_int_equal(t->n_marks, 1);
	assert_int_equal(desk_stats(t).durable, 1);
	assert_int_equal(t->alarms, 0);
}

static void
a_lost_answer_is_made_good_by_a_duplicate(void **state)
{
	struct desk *t = *state;

	desk_sell(t);
	session_turn(t->session);
	(void)desk_answer(t);
	desk_wait_us(t, 5 * SECOND);
	assert_int_equal(t->sent, 2);
	desk_deliver(t, desk_answer(t));
	assert_int_equal(desk_stats(t).duplicates, 1);
	assert_int_equal(fake_store_size(t->store), 2);
	assert_true(session_is_settled(t->session));
}

static void
an_answer_from_an_older_checkpoint_is_asked_for_again(void **state)
{
	struct desk *t = *state;
	Kasir__V1__AckBatch *early, *late;

	desk_sell_through(t);
	desk_sell(t);
	desk_sell(t);
	session_turn(t->session);
	early = desk_answer(t);
	fake_store_event(t->store);
	late = fake_store_answer(t->store);
	early->n_acks = 1;
	late->acks++;
	late->n_acks = 1;
	desk_deliver(t, early);
	desk_deliver(t, late);		/* from a checkpoint that is no longer the held one */
	assert_int_equal(desk_stats(t).made, 1);
	desk_wait_us(t, SECOND / 10);
	desk_deliver(t, desk_answer(t));
	assert_true(session_is_settled(t->session));
	assert_int_equal(t->alarms, 0);
}

static void
a_late_answer_of_a_smaller_tree_does_no_harm(void **state)
{
	struct desk *t = *state;
	Kasir__V1__AckBatch *old;

	desk_sell(t);
	session_turn(t->session);
	old = desk_answer(t);
	fake_store_event(t->store);
	desk_deliver(t, fake_store_answer(t->store));
	desk_deliver(t, old);
	assert_int_equal(desk_stats(t).checkpoint_size, 3);
	desk_sell_through(t);
	assert_true(session_is_settled(t->session));
	assert_int_equal(t->alarms, 0);
}

static void
the_entry_decides_over_the_status(void **state)
{
	struct desk *t = *state;

	desk_sell(t);
	session_turn(t->session);
	fake_store_take(t->store, buf_bytes(&t->tx), FAKE_BROKEN);
	desk_deliver(t, fake_store_answer(t->store));
	assert_int_equal(desk_stats(t).exceptions, 1);
	assert_int_equal(t->marks[0].status, KASIR__V1__ACK_STATUS__EXCEPTION);
	desk_sell(t);
	session_turn(t->session);
	fake_store_take(t->store, buf_bytes(&t->tx), FAKE_CONFLICT);
	desk_deliver(t, fake_store_answer(t->store));
	assert_int_equal(t->marks[1].state, OUTBOX_CONFLICT);
	assert_int_equal(desk_stats(t).conflict, 1);
	assert_int_equal(t->alarms, 1);
}

static void
any_loss_repetition_and_disorder_ends_with_every_sale_once(void **state)
{
	struct desk *t = *state;
	struct buf late[4] = { 0 };
	unsigned i, sold = 0;
	uint8_t dice;

	for (i = 0; i < 20000 && (sold < 300 || !session_is_settled(t->session)); i++) {
		unsigned before = t->sent;
		struct buf *keep;

		desk_roll(t, &dice, 1);
		if (sold < 300 && dice < 100) {
			desk_sell(t);
			sold++;
		}
		desk_wait_us(t, SECOND / 4);
		if (t->sent > before) {
			desk_roll(t, &dice, 1);
			if (dice < 64)
				continue;	/* lost on the way there */
			keep = &late[dice % 4];
			buf_reset(keep);
			proto_append(keep, &desk_answer(t)->base);
			if (dice % 3 == 0)
				fake_store_event(t->store);
		}
		desk_roll(t, &dice, 1);
		keep = &late[dice % 4];	/* in any order, some never, some twice */
		if (keep->n > 0)
			session_on_message(t->session, session_ack_topic(t->session), buf_bytes(keep));
		if (dice < 8)
			desk_notice(t, fake_store_note(t->store, 1 + dice % fake_store_size(t->store), true));
	}
	assert_int_equal(sold, 300);
	assert_true(session_is_settled(t->session));
	assert_int_equal(t->n_marks, 300);
	assert_int_equal(desk_stats(t).sequence, 300);
	for (i = 0; i < 4; i++)
		buf_fini(&late[i]);
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_proved_sale_is_durable),
		T(sales_chain_and_count_without_gap),
		T(what_is_sold_meanwhile_goes_as_one_batch),
		T(a_message_never_exceeds_what_the_store_takes),
		T(an_unanswered_message_is_sent_again_with_growing_patience),
		T(a_sign_of_life_ends_the_wait_once),
		T(a_second_answer_changes_nothing),
		T(a_lost_answer_is_made_good_by_a_duplicate),
		T(an_answer_from_an_older_checkpoint_is_asked_for_again),
		T(a_late_answer_of_a_smaller_tree_does_no_harm),
		T(the_entry_decides_over_the_status),
		T(any_loss_repetition_and_disorder_ends_with_every_sale_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
