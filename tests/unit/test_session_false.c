/* Answers that must not be believed, and two histories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

static void
false_entry(struct desk *t, Kasir__V1__AckBatch *a)
{
	static uint8_t copy[1024];	/* the store keeps the true one */
	ProtobufCBinaryData *entry = &a->acks[0]->entry;

	(void)t;
	assert_true(entry->len <= sizeof(copy));
	memcpy(copy, entry->data, entry->len);
	entry->data = copy;
	desk_spoil(entry, entry->len - 1);
}

static void
false_path(struct desk *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	desk_spoil(&a->acks[0]->inclusion[0], 5);
}

static void
short_path(struct desk *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	a->acks[0]->n_inclusion--;
}

static void
false_index(struct desk *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	a->acks[0]->index++;
}

static void
false_checkpoint_signature(struct desk *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	desk_spoil(&a->checkpoint, a->checkpoint.len - 10);
}

static void
false_consistency(struct desk *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	desk_spoil(&a->consistency[0], 0);
}

static void
no_consistency(struct desk *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	a->n_consistency = 0;
}

static void
foreign_origin(struct desk *t, Kasir__V1__AckBatch *a)
{
	struct fake_store *other = fake_store_open("shop/toko-2/1", 1);
	struct bytes note = fake_store_note(other, 1, false);
	static uint8_t copy[NOTE_MAX];

	(void)t;
	memcpy(copy, note.p, note.n);
	a->checkpoint = proto_bytes(BYTES(copy, note.n));
	fake_store_close(other);
}

static void
anothers_sale(struct desk *t, Kasir__V1__AckBatch *a)
{
	/* A true entry with a true path, of the same epoch and sequence, but of another's sale. */
	Kasir__V1__TransactionBatch *b;
	struct arena arena;
	struct buf packed;

	arena_init(&arena, 0);
	buf_init(&packed);
	b = PROTO_UNPACK(kasir__v1__transaction_batch, &arena, buf_bytes(&t->tx));
	b->terminal = (char *)"back";
	proto_append(&packed, &b->base);
	fake_store_take(t->store, buf_bytes(&packed), FAKE_GOOD);
	*a = *fake_store_answer(t->store);
	buf_fini(&packed);
	arena_fini(&arena);
}

static void
an_event_of_the_store(struct desk *t, Kasir__V1__AckBatch *a)
{
	Kasir__V1__AckBatch *b = fake_store_answer(t->store);

	(void)a;
	b->acks[0]->entry = proto_bytes(BYTES("\x08\x00", 2));
	*a = *b;
}

static void
answers_that_do_not_hold_mark_nothing(void **state)
{
	static const struct {
		const char *what;
		void (*spoil)(struct desk *t, Kasir__V1__AckBatch *a);
	} cases[] = {
		{ "entry", false_entry },
		{ "path", false_path },
		{ "short path", short_path },
		{ "index", false_index },
		{ "checkpoint signature", false_checkpoint_signature },
		{ "consistency", false_consistency },
		{ "no consistency", no_consistency },
		{ "foreign origin", foreign_origin },
		{ "another's sale", anothers_sale },
		{ "an event", an_event_of_the_store },
	};
	struct desk *t = *state;
	size_t i;

	desk_sell_through(t);
	fake_store_event(t->store);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		Kasir__V1__AckBatch *a;
		uint64_t bad = desk_stats(t).bad_messages;

		print_message("%s\n", cases[i].what);
		desk_sell(t);
		session_turn(t->session);
		a = desk_answer(t);
		cases[i].spoil(t, a);
		desk_deliver(t, a);
		assert_int_equal(desk_stats(t).made, 1);
		assert_true(desk_stats(t).bad_messages > bad);
		/* And the truth is still believed afterwards. */
		desk_wait_us(t, 10 * SECOND);
		desk_deliver(t, desk_answer(t));
		assert_true(session_is_settled(t->session));
	}
	assert_int_equal(desk_stats(t).durable, i + 1);
}

static void
garbage_is_counted_and_ignored(void **state)
{
	struct desk *t = *state;

	desk_sell(t);
	session_turn(t->session);
	session_on_message(t->session, session_ack_topic(t->session), BYTES("\xff\xff\xff", 3));
	session_on_message(t->session, session_checkpoint_topic(t->session), BYTES("\xff", 1));
	session_on_message(t->session, "kasir/v1/toko-1/back/ack", BYTES("\xff", 1));
	assert_int_equal(desk_stats(t).bad_messages, 2);
	desk_deliver(t, desk_answer(t));
	assert_true(session_is_settled(t->session));
}

static void
another_root_of_the_same_size_is_a_fork(void **state)
{
	struct desk *t = *state;
	struct fake_store *twin = fake_store_open("shop/toko-1/1", 1);

	desk_sell_through(t);
	fake_store_event(twin);
	desk_notice(t, fake_store_note(twin, 2, false));
	assert_int_equal(desk_stats(t).state, SESSION_FORKED);
	assert_int_equal(outbox_mem_evidence(t->outbox), 1);
	/* Selling goes on, sending does not: not even after a power cut. */
	session_close(t->session);
	t->session = NULL;
	outbox_mem_crash(t->outbox);
	desk_reopen(t);
	assert_int_equal(desk_stats(t).state, SESSION_FORKED);
	assert_non_null(strstr(desk_stats(t).reason, "different roots"));
	desk_sell(t);
	t->sent = 0;
	desk_wait_us(t, 1000 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 0);
	fake_store_close(twin);
}

static void
a_sale_that_stands_before_it_was_made_is_a_fork(void **state)
{
	struct desk *t = *state;
	struct fake_store *restored = fake_store_open("shop/toko-1/1", 1);
	unsigned i;

	for (i = 0; i < 3; i++)
		desk_sell_through(t);
	desk_sell(t);
	session_turn(t->session);
	/* The store was put back to its beginning and signs over it. */
	fake_store_take(restored, buf_bytes(&t->tx), FAKE_GOOD);
	desk_deliver(t, fake_store_answer(restored));
	assert_int_equal(desk_stats(t).state, SESSION_FORKED);
	assert_int_equal(desk_stats(t).made, 1);
	assert_int_equal(outbox_mem_evidence(t->outbox), 1);
	fake_store_close(restored);
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(answers_that_do_not_hold_mark_nothing),
		T(garbage_is_counted_and_ignored),
		T(another_root_of_the_same_size_is_a_fork),
		T(a_sale_that_stands_before_it_was_made_is_a_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
