/* Headquarters' receiver: a second history, and the evidence for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "support/hq_world.h"
#include "wire/codec.h"

static void
entries_that_do_not_give_the_root_are_refused_and_evidence_kept(void **state)
{
	struct hq_world *w = *state;

	SEND(made_store_batch(&w->store, 0, 3));
	made_store_sell(&w->store, 2, "kopi");
	made_store_sell(&w->other, 2, "teh");
	SEND(made_store_batch_under(&w->store, 3, 2, made_store_checkpoint(&w->other, 5)));
	REFUSED(ROOT_BAD);
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 3);
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 1);
	SEND(made_store_batch(&w->store, 3, 2));	/* the true one is taken */
	HELD(5);
}

static void
a_second_history_of_the_same_size_is_a_fork(void **state)
{
	struct hq_world *w = *state;
	struct hq_memory_evidence e;
	struct bytes shown, held;

	made_store_sell(&w->store, 2, "kopi");
	made_store_sell(&w->other, 2, "teh");
	SEND(made_store_batch(&w->store, 0, 5));
	held = HELD(5);
	SEND(made_store_batch(&w->other, 0, 5));
	REFUSED(FORK);
	assert_true(bytes_equal(bytes_of_proto(w->rig.answer->refused->evidence), held));
	SEND(made_store_hello(&w->other, 5, BYTES_NONE));
	REFUSED(FORK);
	assert_non_null(strstr(w->rig.log, "ALARM"));
	shown = made_store_checkpoint(&w->other, 5);
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 1);	/* the same twice */
	e = hq_memory_evidence(w->memory, "toko-1", 0);
	assert_int_equal(e.reason, KASIR__V1__UPLINK_REFUSAL__FORK);
	assert_true(bytes_equal(e.held, held) && bytes_equal(e.shown, shown));
	assert_true(bytes_equal(hq_memory_entry(w->memory, "toko-1", 4).entry,
	    w->store.entries[4].entry));	/* nothing was written over */
}

static void
a_smaller_checkpoint_off_the_held_history_is_a_fork(void **state)
{
	struct hq_world *w = *state;

	made_store_sell(&w->store, 4, "kopi");
	made_store_sell(&w->other, 2, "teh");
	SEND(made_store_batch(&w->store, 0, 7));
	SEND(made_store_hello(&w->other, 5, BYTES_NONE));
	REFUSED(FORK);
	SEND(made_store_batch(&w->other, 2, 3));
	REFUSED(FORK);
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 1);
}

static void
a_longer_second_history_is_a_fork_where_it_overlaps(void **state)
{
	struct hq_world *w = *state;

	made_store_sell(&w->store, 2, "kopi");
	made_store_sell(&w->other, 6, "teh");
	SEND(made_store_batch(&w->store, 0, 5));
	SEND(made_store_hello(&w->other, 9, BYTES_NONE));
	WELCOME(5);			/* nothing contradicts yet */
	SEND(made_store_batch(&w->other, 3, 6));
	REFUSED(FORK);
	SEND(made_store_batch(&w->other, 5, 4));	/* without overlap it just does not add up */
	REFUSED(ROOT_BAD);
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 5);
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 2);
}

static void
entries_altered_on_the_way_are_no_fork(void **state)
{
	struct hq_world *w = *state;

	made_store_sell(&w->store, 4, "kopi");
	made_store_sell(&w->other, 4, "teh");
	SEND(made_store_batch(&w->store, 0, 5));
	SEND(made_store_batch_under(&w->other, 0, 5, made_store_checkpoint(&w->store, 5)));
	REFUSED(ROOT_BAD);
	w->other.entries[5] = w->store.entries[5];
	w->other.entries[6] = w->store.entries[6];
	SEND(made_store_batch_under(&w->other, 4, 3, made_store_checkpoint(&w->store, 7)));
	REFUSED(ROOT_BAD);
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 0);
	SEND(made_store_batch(&w->store, 5, 2));
	HELD(7);
}

static void
evidence_against_one_store_is_bounded(void **state)
{
	struct hq_world *w = *state;
	unsigned i;

	made_store_sell(&w->store, 200, "kopi");
	made_store_sell(&w->other, 200, "teh");
	SEND(made_store_batch(&w->store, 0, 203));
	for (i = 4; i <= 203; i++) {
		SEND(made_store_hello(&w->other, i, BYTES_NONE));
		REFUSED(FORK);
	}
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), HQ_EVIDENCE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HQ_TEST(entries_that_do_not_give_the_root_are_refused_and_evidence_kept),
		HQ_TEST(a_second_history_of_the_same_size_is_a_fork),
		HQ_TEST(a_smaller_checkpoint_off_the_held_history_is_a_fork),
		HQ_TEST(a_longer_second_history_is_a_fork_where_it_overlaps),
		HQ_TEST(entries_altered_on_the_way_are_no_fork),
		HQ_TEST(evidence_against_one_store_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
