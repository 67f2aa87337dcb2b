/* Headquarters' receiver: what goes well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "support/hq_world.h"

static void
a_store_is_followed_from_its_first_entry(void **state)
{
	struct hq_world *w = *state;
	struct hash root;

	SEND(made_store_hello(&w->store, 3, BYTES_NONE));
	WELCOME(0);
	SEND(made_store_batch(&w->store, 0, 3));
	HELD(3);
	made_store_sell(&w->store, 40, "es teh");
	SEND(made_store_batch(&w->store, 3, 40));
	HELD(43);
	root = hq_memory_root(w->memory, "toko-1");
	assert_true(hash_equal(&root, &w->store.roots[43]));
	assert_true(bytes_equal(hq_memory_entry(w->memory, "toko-1", 42).payload,
	    w->store.entries[42].payload));
	assert_int_equal(w->rig.lines, 0);
}

static void
a_long_history_goes_in_across_tiles_and_restarts(void **state)
{
	struct hq_world *w = *state;
	size_t at, n;

	made_store_sell(&w->store, 1500, "nasi goreng");
	for (at = 0; at < w->store.n; at += n) {
		n = w->store.n - at < 170 ? w->store.n - at : 170;
		SEND(made_store_batch(&w->store, at, n));
		HELD(at + n);
		if (at % 340 == 0)
			hq_rig_restart(&w->rig);
	}
	SEND(made_store_hello(&w->store, w->store.n, BYTES_NONE));
	WELCOME(w->store.n);
}

static void
a_repeat_is_answered_as_before_and_written_once(void **state)
{
	struct hq_world *w = *state;
	struct bytes batch = made_store_batch(&w->store, 0, 3);
	struct bytes first, again;

	SEND(batch);
	first = HELD(3);
	SEND(batch);
	again = HELD(3);
	assert_true(bytes_equal(first, again));
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 3);
	made_store_sell(&w->store, 2, "kopi");
	SEND(made_store_batch(&w->store, 3, 2));
	SEND(batch);			/* older than what is held */
	HELD(5);
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 0);
}

static void
a_gap_is_answered_with_the_size_wanted(void **state)
{
	struct hq_world *w = *state;

	made_store_sell(&w->store, 3, "kopi");
	SEND(made_store_batch(&w->store, 3, 3));
	hq_rig_expect_held(&w->rig, &w->store, 0, false);
	SEND(made_store_batch(&w->store, 0, 3));
	HELD(3);
	SEND(made_store_batch(&w->store, 4, 2));
	HELD(3);
	SEND(made_store_batch(&w->store, 3, 3));
	HELD(6);
}

static void
a_batch_that_overlaps_brings_what_is_new(void **state)
{
	struct hq_world *w = *state;

	made_store_sell(&w->store, 5, "kopi");
	SEND(made_store_batch(&w->store, 0, 5));
	SEND(made_store_batch(&w->store, 2, 6));
	HELD(8);
	assert_true(bytes_equal(hq_memory_entry(w->memory, "toko-1", 7).entry,
	    w->store.entries[7].entry));
}

static void
two_stores_are_kept_apart(void **state)
{
	struct hq_world *w = *state;
	struct made_store *far = test_calloc(1, sizeof *far);

	made_store_init(far, "toko-2", 2);
	hq_memory_register(w->memory, "toko-2", signer_vkey(far->signer));
	made_store_sell(far, 4, "bakso");
	SEND(made_store_batch(&w->store, 0, 3));
	SEND_OF(far, made_store_batch(far, 0, 7));
	hq_rig_expect_held(&w->rig, far, 7, true);
	SEND(made_store_hello(&w->store, 3, BYTES_NONE));
	WELCOME(3);
	made_store_fini(far);
	test_free(far);
}

static void
more_stores_than_the_shelf_holds_are_all_served(void **state)
{
	struct hq_world *w = *state;
	struct made_store *s = test_calloc(1, sizeof *s);
	unsigned round, i;
	char id[16];

	for (round = 0; round < 2; round++)
		for (i = 0; i < 40; i++) {
			snprintf(id, sizeof id, "cabang-%u", i);
			made_store_init(s, id, (uint8_t)(i + 3));
			made_store_sell(s, 1, "kopi");
			if (round == 0)
				hq_memory_register(w->memory, id, signer_vkey(s->signer));
			SEND_OF(s, made_store_batch(s, round * 3, round == 0 ? 3 : 1));
			hq_rig_expect_held(&w->rig, s, round == 0 ? 3 : 4, true);
			made_store_fini(s);
		}
	test_free(s);
}

static void
two_receivers_may_work_on_one_database(void **state)
{
	struct hq_world *w = *state;
	struct hq_rig *second = test_calloc(1, sizeof *second);
	size_t i;

	hq_rig_init(second, hq_memory_port(w->memory));
	made_store_sell(&w->store, 600, "kopi");
	for (i = 0; i < 600; i += 100) {
		struct hq_rig *r = i % 200 == 0 ? &w->rig : second;

		hq_rig_send(r, &w->store, made_store_batch(&w->store, i, 100));
		hq_rig_expect_held(r, &w->store, i + 100, true);
	}
	hq_rig_fini(second);
	test_free(second);
}

static void
messages_on_other_topics_are_left_alone(void **state)
{
	struct hq_world *w = *state;

	w->rig.answer = NULL;
	receiver_on_message(w->rig.receiver, "kasir/v1/toko-1/down", bytes_of_text("x"));
	receiver_on_message(w->rig.receiver, "kasir/v1/toko-1/kasa-1/tx", bytes_of_text("x"));
	receiver_on_message(w->rig.receiver, "else", bytes_of_text("x"));
	assert_null(w->rig.answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HQ_TEST(a_store_is_followed_from_its_first_entry),
		HQ_TEST(a_long_history_goes_in_across_tiles_and_restarts),
		HQ_TEST(a_repeat_is_answered_as_before_and_written_once),
		HQ_TEST(a_gap_is_answered_with_the_size_wanted),
		HQ_TEST(a_batch_that_overlaps_brings_what_is_new),
		HQ_TEST(two_stores_are_kept_apart),
		HQ_TEST(more_stores_than_the_shelf_holds_are_all_served),
		HQ_TEST(two_receivers_may_work_on_one_database),
		HQ_TEST(messages_on_other_topics_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
