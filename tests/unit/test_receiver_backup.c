/* Headquarters' receiver: a store, or headquarters, put back from a backup; and a database that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support/hq_world.h"

static void
a_store_put_back_from_a_backup_is_shown_what_it_signed(void **state)
{
	struct hq_world *w = *state;
	struct checkpoint c;

	made_store_sell(&w->store, 4, "kopi");
	SEND(made_store_batch(&w->store, 0, 7));
	SEND(made_store_hello(&w->store, 5, BYTES_NONE));
	REFUSED(NEWER);
	assert_int_equal(checkpoint_open(bytes_of_proto(w->rig.answer->refused->evidence),
	    signer_vkey(w->store.signer), &c, NULL), KAS_OK);
	assert_int_equal(c.size, 7);
	/* It may have been an old hello that the network kept: nothing is held against it. */
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 0);
	SEND(made_store_hello(&w->store, 7, BYTES_NONE));
	WELCOME(7);
}

static void
a_cosigned_checkpoint_above_the_newest_says_the_same(void **state)
{
	struct hq_world *w = *state;
	struct bytes cosigned;

	SEND(made_store_batch(&w->store, 0, 3));
	cosigned = HELD(3);
	SEND(made_store_hello(&w->store, 2, cosigned));
	REFUSED(NEWER);
}

static void
restored_headquarters_is_refilled_and_cosigns_nothing_below(void **state)
{
	struct hq_world *w = *state;
	struct hq_memory *backup;
	struct bytes cosigned;

	made_store_sell(&w->store, 9, "kopi");
	SEND(made_store_batch(&w->store, 0, 4));
	backup = hq_memory_copy(w->memory);
	SEND(made_store_batch(&w->store, 4, 4));
	cosigned = HELD(8);
	hq_world_put_backup_back(w, backup);

	SEND(made_store_hello(&w->store, 12, cosigned));
	WELCOME(4);
	SEND(made_store_batch(&w->store, 4, 2));
	hq_rig_expect_held(&w->rig, &w->store, 6, false);
	hq_rig_restart(&w->rig);	/* it remembers, and so would another receiver */
	SEND(made_store_batch(&w->store, 6, 1));
	hq_rig_expect_held(&w->rig, &w->store, 7, false);
	SEND(made_store_hello(&w->store, 12, cosigned));
	hq_rig_expect_welcome(&w->rig, &w->store, 7, false);
	SEND(made_store_batch(&w->store, 7, 3));
	HELD(10);
	SEND(made_store_batch(&w->store, 10, 2));
	HELD(12);
}

static void
restored_headquarters_accepts_no_history_but_the_one_it_cosigned(void **state)
{
	struct hq_world *w = *state;
	struct hq_memory *backup;
	struct hq_memory_evidence e;
	struct bytes cosigned;

	made_store_sell(&w->store, 9, "kopi");
	made_store_sell(&w->other, 9, "teh");
	SEND(made_store_batch(&w->store, 0, 3));
	backup = hq_memory_copy(w->memory);
	SEND(made_store_batch(&w->store, 3, 5));
	cosigned = HELD(8);
	hq_world_put_backup_back(w, backup);

	SEND(made_store_hello(&w->store, 12, cosigned));
	WELCOME(3);
	SEND(made_store_batch(&w->other, 3, 4));	/* below the floor nobody can tell */
	hq_rig_expect_held(&w->rig, &w->other, 7, false);
	SEND(made_store_batch(&w->other, 7, 5));
	REFUSED(FORK);
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 7);
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 1);
	e = hq_memory_evidence(w->memory, "toko-1", 0);
	assert_true(bytes_equal(e.held, cosigned));
}

static void
a_cosignature_of_ours_off_the_held_history_is_a_fork(void **state)
{
	struct hq_world *w = *state;
	struct hq_memory *backup;
	struct bytes cosigned;

	made_store_sell(&w->store, 5, "kopi");
	made_store_sell(&w->other, 5, "teh");
	SEND(made_store_batch(&w->store, 0, 3));
	backup = hq_memory_copy(w->memory);
	SEND(made_store_batch(&w->store, 3, 2));
	cosigned = HELD(5);
	hq_world_put_backup_back(w, backup);
	SEND(made_store_batch(&w->other, 3, 5));	/* no hello came before it */
	hq_rig_expect_held(&w->rig, &w->other, 8, true);
	SEND(made_store_hello(&w->other, 8, cosigned));
	REFUSED(FORK);
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 1);
}

static void
somebody_elses_cosignature_binds_us_to_nothing(void **state)
{
	struct hq_world *w = *state;

	made_store_sell(&w->store, 5, "kopi");
	SEND(made_store_hello(&w->store, 8, made_store_checkpoint(&w->store, 8)));
	WELCOME(0);
	SEND(made_store_batch(&w->store, 0, 3));
	HELD(3);			/* cosigned: there is no floor */
}

static void
nothing_is_answered_as_held_that_could_not_be_written(void **state)
{
	struct hq_world *w = *state;

	hq_memory_fail(w->memory, KAS_FULL, 1, false);
	SEND(made_store_batch(&w->store, 0, 3));
	REFUSED(STORAGE);
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 0);
	SEND(made_store_batch(&w->store, 0, 3));
	HELD(3);
}

static void
a_write_that_was_done_but_not_reported_is_a_repeat(void **state)
{
	struct hq_world *w = *state;

	hq_memory_fail(w->memory, KAS_IO, 1, true);
	SEND(made_store_batch(&w->store, 0, 3));
	REFUSED(STORAGE);
	SEND(made_store_batch(&w->store, 0, 3));
	HELD(3);
}

static void
a_receiver_that_was_overtaken_answers_with_what_is_held(void **state)
{
	struct hq_world *w = *state;

	hq_memory_fail(w->memory, KAS_AGAIN, 1, true);
	SEND(made_store_batch(&w->store, 0, 3));
	HELD(3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HQ_TEST(a_store_put_back_from_a_backup_is_shown_what_it_signed),
		HQ_TEST(a_cosigned_checkpoint_above_the_newest_says_the_same),
		HQ_TEST(restored_headquarters_is_refilled_and_cosigns_nothing_below),
		HQ_TEST(restored_headquarters_accepts_no_history_but_the_one_it_cosigned),
		HQ_TEST(a_cosignature_of_ours_off_the_held_history_is_a_fork),
		HQ_TEST(somebody_elses_cosignature_binds_us_to_nothing),
		HQ_TEST(nothing_is_answered_as_held_that_could_not_be_written),
		HQ_TEST(a_write_that_was_done_but_not_reported_is_a_repeat),
		HQ_TEST(a_receiver_that_was_overtaken_answers_with_what_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
