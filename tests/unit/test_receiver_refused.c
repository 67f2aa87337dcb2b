/* Headquarters' receiver: what is not genuine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/hq/answer.h"
#include "support/hq_world.h"
#include "wire/codec.h"

static void
a_store_that_is_not_registered_is_refused(void **state)
{
	struct hq_world *w = *state;
	struct made_store *far = test_calloc(1, sizeof *far);

	made_store_init(far, "toko-9", 9);
	SEND_OF(far, made_store_hello(far, 3, BYTES_NONE));
	REFUSED(STORE_UNKNOWN);
	SEND_OF(far, made_store_batch(far, 0, 3));
	REFUSED(STORE_UNKNOWN);
	made_store_fini(far);
	test_free(far);
}

static void
refusals_do_not_fill_the_log(void **state)
{
	struct hq_world *w = *state;
	unsigned i, lines;

	for (i = 0; i < 40; i++)	/* a second apart */
		SEND(bytes_of_text("?"));
	assert_int_equal(w->rig.lines, QUIET_LINES);
	w->rig.now_us += 60 * 1000000;
	SEND(bytes_of_text("?"));
	lines = w->rig.lines;
	assert_int_equal(lines, QUIET_LINES + 2);	/* how many were left out, and this one */
}

static void
a_fork_is_logged_however_noisy_the_others_are(void **state)
{
	struct hq_world *w = *state;
	unsigned i;

	made_store_sell(&w->store, 2, "kopi");
	made_store_sell(&w->other, 2, "teh");
	SEND(made_store_batch(&w->store, 0, 5));
	for (i = 0; i < 40; i++)
		SEND(bytes_of_text("?"));
	SEND(made_store_batch(&w->other, 0, 5));
	REFUSED(FORK);
	assert_non_null(strstr(w->rig.log, "ALARM, evidence kept"));
	SEND(made_store_batch(&w->other, 0, 5));	/* again: said already */
	assert_int_equal(w->rig.lines, QUIET_LINES + 1);
}

static void
a_frame_that_does_not_decode_is_refused(void **state)
{
	struct hq_world *w = *state;
	static uint8_t big[WIRE_UP_MAX + 1];

	SEND(bytes_of_text("no protobuf"));
	REFUSED(FRAME_BAD);
	SEND(BYTES_NONE);
	REFUSED(FRAME_BAD);
	SEND(BYTES(big, sizeof big));
	REFUSED(FRAME_BAD);
	made_store_sell(&w->store, 1, "kopi");
	SEND(made_store_batch(&w->store, 0, 4));
	HELD(4);			/* and the next one is taken */
}

static void
a_block_that_is_not_what_it_says_is_refused(void **state)
{
	struct hq_world *w = *state;
	Kasir__V1__EntryBatch batch = KASIR__V1__ENTRY_BATCH__INIT;
	static uint8_t rubbish[100];

	batch.count = 3;
	batch.raw_size = 100;
	batch.block = proto_bytes(BYTES(rubbish, sizeof rubbish));
	batch.checkpoint = proto_bytes(made_store_checkpoint(&w->store, 3));
	SEND(made_store_frame(&w->store, &batch));
	REFUSED(FRAME_BAD);
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 0);
}

static void
a_checkpoint_by_another_key_or_of_another_log_is_refused(void **state)
{
	struct hq_world *w = *state;
	struct made_store *far = test_calloc(1, sizeof *far);

	made_store_init(far, "toko-1", 2);		/* same names, another key */
	SEND(made_store_hello(far, 3, BYTES_NONE));
	REFUSED(CHECKPOINT_BAD);
	SEND(made_store_batch_under(&w->store, 0, 3, made_store_checkpoint(far, 3)));
	REFUSED(CHECKPOINT_BAD);
	made_store_fini(far);
	made_store_init(far, "toko-2", 1);		/* same key, another origin */
	SEND(made_store_hello(far, 3, BYTES_NONE));
	REFUSED(CHECKPOINT_BAD);
	SEND(made_store_batch_under(&w->store, 0, 3, made_store_checkpoint(&w->store, 2)));
	REFUSED(CHECKPOINT_BAD);			/* of another size */
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 0);
	made_store_fini(far);
	test_free(far);
}

/* Send a history of S that is genuine but for its last entry. */
static void
expect_bad_entry(struct hq_world *w, struct made_store *s, uint64_t index, const char *says)
{
	SEND_OF(s, made_store_batch(s, 0, s->n));
	REFUSED(ENTRY_BAD);
	assert_int_equal(w->rig.answer->refused->bad_index, index);
	if (strstr(w->rig.answer->refused->text, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", w->rig.answer->refused->text, says);
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 0);
}

static void
entry_0_must_name_the_registered_key_and_store(void **state)
{
	struct hq_world *w = *state;
	struct made_store *s = test_calloc(1, sizeof *s);
	const char *origin = signer_vkey(w->store.signer)->name;
	const struct pubkey *key = &signer_vkey(w->store.signer)->key;
	struct pubkey wrong = *key;

	wrong.b[0] ^= 1;
	made_store_init_empty(s, "toko-1", 1);
	made_store_open_ledger(s, "toko-1", origin, &wrong);
	expect_bad_entry(w, s, 0, "another key");
	made_store_fini(s);
	made_store_init_empty(s, "toko-1", 1);
	made_store_open_ledger(s, "toko-2", origin, key);
	expect_bad_entry(w, s, 0, "toko-2");
	made_store_fini(s);
	made_store_init_empty(s, "toko-1", 1);
	made_store_open_ledger(s, "toko-1", "test.example/toko-1/2", key);
	expect_bad_entry(w, s, 0, "origin");
	made_store_fini(s);
	made_store_init_empty(s, "toko-1", 1);
	made_store_enrol(s, "kasa-1", 1);
	expect_bad_entry(w, s, 0, "StoreOpened");
	made_store_fini(s);
	made_store_init(s, "toko-1", 1);
	made_store_open_ledger(s, "toko-1", origin, key);
	expect_bad_entry(w, s, 3, "second time");
	made_store_fini(s);
	test_free(s);
}

static void
a_sale_that_no_terminal_signed_is_refused(void **state)
{
	struct hq_world *w = *state;
	struct made_store *s = &w->other;
	struct bytes entry;

	made_store_sell(s, 2, "kopi");
	/* The signature is the entry's last field but for what follows it: find and spoil it. */
	entry = s->entries[4].entry;
	((uint8_t *)(uintptr_t)entry.p)[entry.n - 1] ^= 1;
	SEND(made_store_batch(s, 0, 5));
	REFUSED(ENTRY_BAD);
	assert_int_equal(w->rig.answer->refused->bad_index, 4);
	assert_non_null(strstr(w->rig.answer->refused->text, "signature"));
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 0);
}

static void
a_rule_set_comes_beside_its_entry_and_no_other_does(void **state)
{
	struct hq_world *w = *state;
	struct made_store *s = &w->store;

	made_store_load_rules(s, bytes_of_text("a rule set"));
	s->entries[3].payload = bytes_of_text("another one");
	expect_bad_entry(w, s, 3, "not the one that it names");
	s->entries[3].payload = BYTES_NONE;
	expect_bad_entry(w, s, 3, "not the one that it names");
	s->entries[3].payload = bytes_of_text("a rule set");
	s->entries[3].personal = bytes_of_text("of whom?");
	expect_bad_entry(w, s, 3, "beside an event");
	s->entries[3].personal = BYTES_NONE;
	SEND(made_store_batch(s, 0, s->n));
	HELD(4);
}

static void
a_payload_that_was_not_signed_is_refused(void **state)
{
	struct hq_world *w = *state;
	struct made_store *s = &w->other;

	made_store_sell(s, 2, "kopi");
	s->entries[3].payload = bytes_of_text("gratis");
	expect_bad_entry(w, s, 3, "payload");
	s->entries[3].payload = BYTES_NONE;
	expect_bad_entry(w, s, 3, "payload");
	s->entries[3] = s->entries[4];
	s->entries[2].payload = bytes_of_text("beside an event");
	expect_bad_entry(w, s, 2, "event");
}

static void
a_sale_by_a_key_that_the_ledger_never_named_is_refused(void **state)
{
	struct hq_world *w = *state;
	struct made_store *s = test_calloc(1, sizeof *s);

	made_store_init_empty(s, "toko-1", 1);
	made_store_open_ledger(s, "toko-1", signer_vkey(s->signer)->name,
	    &signer_vkey(s->signer)->key);
	made_store_sell(s, 1, "kopi");
	expect_bad_entry(w, s, 1, "no key is known");
	made_store_fini(s);
	test_free(s);
}

static void
a_sale_after_the_revocation_is_refused(void **state)
{
	struct hq_world *w = *state;
	struct made_store *s = &w->store;

	made_store_sell(s, 1, "kopi");
	made_store_revoke(s, "kasa-1", 1);
	made_store_sell(s, 1, "kopi");
	expect_bad_entry(w, s, 5, "revoked");
	SEND(made_store_batch(s, 0, 5));
	HELD(5);
	hq_rig_restart(&w->rig);	/* the revocation comes back from the database */
	SEND(made_store_batch(s, 5, 1));
	REFUSED(ENTRY_BAD);
	assert_int_equal(hq_memory_size(w->memory, "toko-1"), 5);
}

static void
events_that_contradict_each_other_are_refused(void **state)
{
	struct hq_world *w = *state;

	made_store_enrol(&w->store, "kasa-1", 1);	/* an epoch twice */
	expect_bad_entry(w, &w->store, 3, "contradicts");
	made_store_revoke(&w->other, "kasa-2", 1);	/* nobody */
	expect_bad_entry(w, &w->other, 3, "contradicts");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HQ_TEST(a_store_that_is_not_registered_is_refused),
		HQ_TEST(refusals_do_not_fill_the_log),
		HQ_TEST(a_fork_is_logged_however_noisy_the_others_are),
		HQ_TEST(a_frame_that_does_not_decode_is_refused),
		HQ_TEST(a_block_that_is_not_what_it_says_is_refused),
		HQ_TEST(a_checkpoint_by_another_key_or_of_another_log_is_refused),
		HQ_TEST(entry_0_must_name_the_registered_key_and_store),
		HQ_TEST(a_sale_that_no_terminal_signed_is_refused),
		HQ_TEST(a_rule_set_comes_beside_its_entry_and_no_other_does),
		HQ_TEST(a_payload_that_was_not_signed_is_refused),
		HQ_TEST(a_sale_by_a_key_that_the_ledger_never_named_is_refused),
		HQ_TEST(a_sale_after_the_revocation_is_refused),
		HQ_TEST(events_that_contradict_each_other_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
