/* Both outboxes against one contract. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/outbox_box.h"

static void
a_new_outbox_is_empty(void **state)
{
	struct outbox_head h = box_head(*state);
	struct outbox_sale s[4];

	assert_int_equal(h.sequence, 0);
	assert_int_equal(h.checkpoint.n, 0);
	assert_int_equal(h.count[OUTBOX_MADE], 0);
	assert_int_equal(box_waiting(*state, 4, 1000, s), 0);
}

static void
what_waits_comes_back_in_order_as_it_was(void **state)
{
	struct outbox_box *b = *state;
	struct outbox_sale s[4];

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	box_put(b, 2, 1);
	assert_int_equal(box_waiting(b, 4, 1000, s), 3);
	assert_int_equal(s[0].epoch, 1);
	assert_int_equal(s[1].sequence, 2);
	assert_int_equal(s[2].epoch, 2);
	assert_int_equal(s[1].message.n, 100);
	assert_int_equal(s[1].message.p[0], 2);
	assert_int_equal(s[1].hash.b[1], 2);
	assert_int_equal(s[1].made_us, 1002);
	assert_int_equal(s[1].made_size, 9);
	assert_int_equal(box_head(b).epoch, 2);
	assert_int_equal(box_head(b).sequence, 1);
	assert_int_equal(box_head(b).last.b[0], 2);
}

static void
no_more_comes_back_than_was_asked_for(void **state)
{
	struct outbox_box *b = *state;
	struct outbox_sale s[4];

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	box_put(b, 1, 3);
	assert_int_equal(box_waiting(b, 2, 1000, s), 2);
	assert_int_equal(box_waiting(b, 4, 300, s), 3);
	assert_int_equal(box_waiting(b, 4, 299, s), 2);
	assert_int_equal(box_waiting(b, 4, 1, s), 1);	/* the first in any case */
}

static void
a_number_is_given_once_even_when_its_sale_is_gone(void **state)
{
	struct outbox_box *b = *state;
	size_t n;

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	assert_int_equal(box_try_put(b, 1, 2, 10), KAS_EXISTS);
	box_mark(b, 1, 2, OUTBOX_DURABLE, 5);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, INT64_MAX, &n), KAS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(box_try_put(b, 1, 2, 10), KAS_EXISTS);
	assert_int_equal(box_try_put(b, 1, 1, 10), KAS_EXISTS);
	box_put(b, 1, 3);
	assert_int_equal(box_head(b).sequence, 3);
}

static void
marks_take_sales_out_of_what_waits(void **state)
{
	struct outbox_box *b = *state;
	struct outbox_mark m[2] = { { 1, 1, OUTBOX_DURABLE, 1, 4, { { 1 } } },
		{ 1, 9, OUTBOX_DURABLE, 1, 5, { { 2 } } } };
	struct outbox_sale s[4];

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	/* The second is of a sale that is not there: ignored. */
	assert_int_equal(b->port.mark(b->port.ctx, m, 2, BYTES("note", 4)), KAS_OK);
	assert_int_equal(box_waiting(b, 4, 1000, s), 1);
	assert_int_equal(s[0].sequence, 2);
	assert_int_equal(box_head(b).count[OUTBOX_DURABLE], 1);
	assert_true(bytes_equal(box_head(b).checkpoint, BYTES("note", 4)));
	box_mark(b, 1, 2, OUTBOX_REJECTED, 0);
	assert_true(bytes_equal(box_head(b).checkpoint, BYTES("note", 4)));
	assert_int_equal(box_waiting(b, 4, 1000, s), 0);
}

static void
rejected_sales_wait_again_when_retried(void **state)
{
	struct outbox_box *b = *state;
	struct outbox_sale s[4];
	size_t n;

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	box_mark(b, 1, 1, OUTBOX_REJECTED, 0);
	assert_int_equal(b->port.retry(b->port.ctx, &n), KAS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(box_waiting(b, 4, 1000, s), 2);
	assert_int_equal(s[0].sequence, 1);
}

static void
a_cosignature_witnesses_what_stands_below_it(void **state)
{
	struct outbox_box *b = *state;
	size_t n;

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	box_put(b, 1, 3);
	box_put(b, 1, 4);
	box_mark(b, 1, 1, OUTBOX_DURABLE, 4);
	box_mark(b, 1, 2, OUTBOX_DURABLE, 5);
	box_mark(b, 1, 3, OUTBOX_CONFLICT, 3);
	assert_int_equal(b->port.witness(b->port.ctx, 5, BYTES("cosigned", 8), &n), KAS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(box_head(b).count[OUTBOX_WITNESSED], 1);
	assert_int_equal(box_head(b).count[OUTBOX_DURABLE], 1);
	assert_int_equal(box_head(b).count[OUTBOX_CONFLICT], 1);
	assert_int_equal(box_head(b).count[OUTBOX_MADE], 1);
	assert_true(bytes_equal(box_head(b).cosigned, BYTES("cosigned", 8)));
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_WITNESSED, INT64_MAX, &n), KAS_OK);
	assert_int_equal(n, 1);
}

static void
only_what_is_old_enough_is_forgotten(void **state)
{
	struct outbox_box *b = *state;
	size_t n;

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	box_mark(b, 1, 1, OUTBOX_DURABLE, 4);
	box_mark(b, 1, 2, OUTBOX_DURABLE, 5);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, 1001, &n), KAS_OK);
	assert_int_equal(n, 0);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, 1002, &n), KAS_OK);
	assert_int_equal(n, 1);
}

static void
what_was_made_by_an_unsure_clock_never_grows_old(void **state)
{
	struct outbox_box *b = *state;
	struct outbox_sale s[4];
	size_t n;

	box_put(b, 7, 1);
	box_put(b, 8, 1);
	assert_int_equal(box_waiting(b, 4, 1000, s), 2);
	assert_false(s[0].made_sure);
	assert_true(s[1].made_sure);
	box_mark(b, 7, 1, OUTBOX_DURABLE, 4);
	box_mark(b, 8, 1, OUTBOX_DURABLE, 5);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, INT64_MAX - 1, &n), KAS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(box_head(b).count[OUTBOX_DURABLE], 1);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, INT64_MAX, &n), KAS_OK);
	assert_int_equal(n, 1);
}

static void
another_log_demotes_what_stands_beyond_the_old_one(void **state)
{
	struct outbox_box *b = *state;
	struct outbox_sale s[4];
	size_t n;

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	box_put(b, 1, 3);
	box_mark(b, 1, 1, OUTBOX_DURABLE, 4);
	box_mark(b, 1, 2, OUTBOX_DURABLE, 5);
	box_mark(b, 1, 3, OUTBOX_CONFLICT, 6);
	assert_int_equal(b->port.begin_log(b->port.ctx, 5, false, &n), KAS_OK);
	assert_int_equal(n, 2);
	assert_int_equal(box_waiting(b, 4, 1000, s), 2);
	assert_int_equal(s[0].sequence, 2);
	assert_int_equal(s[0].made_size, 0);
	assert_int_equal(box_head(b).checkpoint.n, 0);
	/* Index 4 was in the old log: the new one's cosignature says nothing about it. */
	assert_int_equal(b->port.witness(b->port.ctx, 100, BYTES("c", 1), &n), KAS_OK);
	assert_int_equal(n, 0);
	box_mark(b, 1, 2, OUTBOX_DURABLE, 1);
	assert_int_equal(b->port.begin_log(b->port.ctx, 2, true, &n), KAS_OK);
	assert_int_equal(n, 0);
	assert_int_equal(box_head(b).count[OUTBOX_WITNESSED], 1);
}

static void
evidence_stands_at_the_head_until_another_log_begins(void **state)
{
	struct outbox_box *b = *state;
	size_t n;

	assert_int_equal(box_head(b).fork.n, 0);
	assert_int_equal(b->port.keep_evidence(b->port.ctx, 1, BYTES("a", 1), BYTES("b", 1), "two"), KAS_OK);
	assert_int_equal(b->port.keep_evidence(b->port.ctx, 2, BYTES("a", 1), BYTES("c", 1), "two"), KAS_OK);
	assert_true(bytes_equal(box_head(b).fork, BYTES("two", 3)));
	assert_int_equal(b->port.begin_log(b->port.ctx, 5, false, &n), KAS_OK);
	assert_int_equal(box_head(b).fork.n, 0);
}

#define BOTH(f) \
	cmocka_unit_test_setup_teardown(f, box_set_up_memory, box_tear_down), \
	    { #f "_in_a_file", f, box_set_up_file, box_tear_down, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_new_outbox_is_empty),
		BOTH(what_waits_comes_back_in_order_as_it_was),
		BOTH(no_more_comes_back_than_was_asked_for),
		BOTH(a_number_is_given_once_even_when_its_sale_is_gone),
		BOTH(marks_take_sales_out_of_what_waits),
		BOTH(rejected_sales_wait_again_when_retried),
		BOTH(a_cosignature_witnesses_what_stands_below_it),
		BOTH(only_what_is_old_enough_is_forgotten),
		BOTH(what_was_made_by_an_unsure_clock_never_grows_old),
		BOTH(another_log_demotes_what_stands_beyond_the_old_one),
		BOTH(evidence_stands_at_the_head_until_another_log_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
