/* What waits to be looked at: whose turn it is, and how much may wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/store/inbox.h"

static struct inbox in;
static struct inbox_queue a, b, c;
static const struct topic somewhere = { .kind = TOPIC_TX, .store = "toko-1", .terminal = "a" };
static uint8_t bulk[INBOX_SHARE_BYTES + 1];

static int
set_up(void **state)
{
	(void)state;
	inbox_init(&in, 1024);
	a = b = c = (struct inbox_queue){ 0 };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	inbox_fini(&in);
	assert_int_equal(in.n + in.bytes + a.n + a.bytes + b.n + b.bytes, 0);
	return 0;
}

static enum kas_err
put(struct inbox_queue *q, const char *text)
{
	return inbox_put(&in, q, &somewhere, NULL, bytes_of_text(text));
}

static enum kas_err
put_bulk(struct inbox_queue *q, size_t n)
{
	return inbox_put(&in, q, &somewhere, NULL, BYTES(bulk, n));
}

static void
expect_next(const char *text)
{
	const struct inbox_message *m = inbox_peek(&in);

	assert_non_null(m);
	assert_ptr_equal(inbox_take(&in), m);
	assert_true(bytes_equal(m->payload, bytes_of_text(text)));
}

static void
senders_take_turns_a_message_each(void **state)
{
	static const char *const order[] = { "a1", "b1", "c1", "a2", "b2", "a3", "a4" };
	size_t i;

	(void)state;
	assert_null(inbox_peek(&in));
	assert_int_equal(put(&a, "a1"), KAS_OK);
	assert_int_equal(put(&a, "a2"), KAS_OK);
	assert_int_equal(put(&a, "a3"), KAS_OK);
	assert_int_equal(put(&b, "b1"), KAS_OK);
	assert_int_equal(put(&a, "a4"), KAS_OK);
	assert_int_equal(put(&b, "b2"), KAS_OK);
	assert_int_equal(put(&c, "c1"), KAS_OK);
	for (i = 0; i < sizeof order / sizeof *order; i++)
		expect_next(order[i]);
	assert_null(inbox_peek(&in));
}

static void
one_that_comes_late_waits_for_one_message_of_each_that_floods(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < INBOX_SHARE; i++) {
		assert_int_equal(put(&a, "a"), KAS_OK);
		assert_int_equal(put(&b, "b"), KAS_OK);
	}
	for (i = 0; i < 20; i++) {
		assert_int_equal(put(&c, "late"), KAS_OK);
		expect_next("a");
		expect_next("b");
		expect_next("late");
		assert_int_equal(put(&a, "a"), KAS_OK);
		assert_int_equal(put(&b, "b"), KAS_OK);
	}
}

static void
who_sends_between_two_turns_goes_before_those_just_served(void **state)
{
	(void)state;
	assert_int_equal(put(&a, "a1"), KAS_OK);
	assert_int_equal(put(&b, "b1"), KAS_OK);
	assert_int_equal(put(&a, "a2"), KAS_OK);
	assert_int_equal(put(&a, "a3"), KAS_OK);
	inbox_next_turn(&in);
	expect_next("a1");
	assert_int_equal(put(&c, "c1"), KAS_OK);
	assert_int_equal(put(&c, "c2"), KAS_OK);
	inbox_next_turn(&in);
	expect_next("b1");
	expect_next("c1");
	expect_next("a2");
	expect_next("c2");
	expect_next("a3");
}

static void
a_sender_has_a_share_of_messages_and_of_bytes(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < INBOX_SHARE; i++)
		assert_int_equal(put(&a, "x"), KAS_OK);
	assert_int_equal(put(&a, "x"), KAS_RANGE);
	assert_int_equal(put_bulk(&b, INBOX_SHARE_BYTES - 1), KAS_OK);
	assert_int_equal(put_bulk(&b, 2), KAS_RANGE);
	assert_int_equal(put_bulk(&b, 1), KAS_OK);
	assert_int_equal(put_bulk(&b, 1), KAS_RANGE);
	assert_int_equal(put_bulk(&c, INBOX_SHARE_BYTES + 1), KAS_RANGE);
	assert_int_equal(put(&c, "others are not kept out"), KAS_OK);
	/* Room comes back with each message, not only with the last. */
	expect_next("x");
	assert_int_equal(put(&a, "x"), KAS_OK);
	assert_int_equal(put(&a, "x"), KAS_RANGE);
}

static void
all_together_have_so_many_bytes(void **state)
{
	struct inbox_queue more[INBOX_BYTES_MAX / INBOX_SHARE_BYTES] = { { 0 } };
	const size_t n = sizeof more / sizeof *more;
	size_t i;

	(void)state;
	for (i = 0; i + 1 < n; i++)
		assert_int_equal(put_bulk(&more[i], INBOX_SHARE_BYTES), KAS_OK);
	assert_int_equal(put_bulk(&more[n - 1], INBOX_SHARE_BYTES - 1), KAS_OK);
	assert_int_equal(put_bulk(&a, 2), KAS_FULL);
	assert_int_equal(put_bulk(&a, 1), KAS_OK);
	assert_int_equal(put_bulk(&a, 1), KAS_FULL);
	assert_int_equal(in.bytes, INBOX_BYTES_MAX);
	(void)inbox_take(&in);
	assert_int_equal(put_bulk(&a, 1), KAS_OK);
	inbox_fini(&in);	/* before the queues go */
}

static void
all_together_have_so_many_messages(void **state)
{
	(void)state;
	inbox_init(&in, 3);
	assert_int_equal(put(&a, "1"), KAS_OK);
	assert_int_equal(put(&a, "2"), KAS_OK);
	assert_int_equal(put(&b, "3"), KAS_OK);
	assert_int_equal(put(&b, "4"), KAS_FULL);
	assert_int_equal(put(&c, "5"), KAS_FULL);
	expect_next("1");
	assert_int_equal(put(&c, "5"), KAS_OK);
	assert_int_equal(put(&c, "6"), KAS_FULL);
}

static void
what_was_taken_stays_until_it_is_released(void **state)
{
	const struct inbox_message *first, *second;
	char text[] = "sent";

	(void)state;
	assert_int_equal(put(&a, text), KAS_OK);
	assert_int_equal(put(&b, ""), KAS_OK);
	memset(text, 'x', 4);
	first = inbox_take(&in);
	second = inbox_take(&in);
	assert_int_equal(put(&a, "more"), KAS_OK);
	assert_true(bytes_equal(first->payload, bytes_of_text("sent")));
	assert_int_equal(second->payload.n, 0);
	assert_string_equal(first->topic.terminal, "a");
	inbox_release(&in);
	inbox_release(&in);
	expect_next("more");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(senders_take_turns_a_message_each),
		T(one_that_comes_late_waits_for_one_message_of_each_that_floods),
		T(who_sends_between_two_turns_goes_before_those_just_served),
		T(a_sender_has_a_share_of_messages_and_of_bytes),
		T(all_together_have_so_many_bytes),
		T(all_together_have_so_many_messages),
		T(what_was_taken_stays_until_it_is_released),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
