/* Headquarters' receiver, on a database in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/hq/answer.h"
#include "support/hq_memory.h"
#include "support/hq_rig.h"
#include "wire/codec.h"

#define REFUSED(reason) hq_rig_expect_refused(&w->rig, KASIR__V1__UPLINK_REFUSAL__##reason)
#define SEND(frame) hq_rig_send(&w->rig, &w->store, frame)
#define SEND_OF(s, frame) hq_rig_send(&w->rig, s, frame)
#define HELD(size) hq_rig_expect_held(&w->rig, &w->store, size, true)
#define WELCOME(size) hq_rig_expect_welcome(&w->rig, &w->store, size, (size) > 0)

struct world {
	struct hq_memory *memory;
	struct hq_rig rig;
	struct made_store store, other;	/* `other` begins with the same 3 entries and key */
};

static int
set_up(void **state)
{
	struct world *w = test_calloc(1, sizeof *w);

	w->memory = hq_memory_open();
	hq_rig_init(&w->rig, hq_memory_port(w->memory));
	made_store_init(&w->store, "toko-1", 1);
	made_store_init(&w->other, "toko-1", 1);
	hq_memory_register(w->memory, "toko-1", signer_vkey(w->store.signer));
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	hq_rig_fini(&w->rig);
	hq_memory_close(w->memory);
	made_store_fini(&w->store);
	made_store_fini(&w->other);
	test_free(w);
	return 0;
}

static void
put_backup_back(struct world *w, struct hq_memory *backup)
{
	hq_memory_close(w->memory);
	w->memory = backup;
	w->rig.ports.store = hq_memory_port(backup);
	hq_rig_restart(&w->rig);
}

/* ---- what goes well ---- */

static void
a_store_is_followed_from_its_first_entry(void **state)
{
	struct world *w = *state;
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
	struct world *w = *state;
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
	struct world *w = *state;
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
	struct world *w = *state;

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
	struct world *w = *state;

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
	struct world *w = *state;
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
	struct world *w = *state;
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
	struct world *w = *state;
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

/* ---- what is not genuine ---- */

static void
a_store_that_is_not_registered_is_refused(void **state)
{
	struct world *w = *state;
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
	struct world *w = *state;
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
	struct world *w = *state;
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
	struct world *w = *state;
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
	struct world *w = *state;
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
	struct world *w = *state;
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
expect_bad_entry(struct world *w, struct made_store *s, uint64_t index, const char *says)
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
	struct world *w = *state;
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
	struct world *w = *state;
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
a_payload_that_was_not_signed_is_refused(void **state)
{
	struct world *w = *state;
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
	struct world *w = *state;
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
	struct world *w = *state;
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
	struct world *w = *state;

	made_store_enrol(&w->store, "kasa-1", 1);	/* an epoch twice */
	expect_bad_entry(w, &w->store, 3, "contradicts");
	made_store_revoke(&w->other, "kasa-2", 1);	/* nobody */
	expect_bad_entry(w, &w->other, 3, "contradicts");
}

/* ---- forks ---- */

static void
entries_that_do_not_give_the_root_are_refused_and_evidence_kept(void **state)
{
	struct world *w = *state;

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
	struct world *w = *state;
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
	struct world *w = *state;

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
	struct world *w = *state;

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
	struct world *w = *state;

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
	struct world *w = *state;
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

/* ---- backups ---- */

static void
a_store_put_back_from_a_backup_is_shown_what_it_signed(void **state)
{
	struct world *w = *state;
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
	struct world *w = *state;
	struct bytes cosigned;

	SEND(made_store_batch(&w->store, 0, 3));
	cosigned = HELD(3);
	SEND(made_store_hello(&w->store, 2, cosigned));
	REFUSED(NEWER);
}

static void
restored_headquarters_is_refilled_and_cosigns_nothing_below(void **state)
{
	struct world *w = *state;
	struct hq_memory *backup;
	struct bytes cosigned;

	made_store_sell(&w->store, 9, "kopi");
	SEND(made_store_batch(&w->store, 0, 4));
	backup = hq_memory_copy(w->memory);
	SEND(made_store_batch(&w->store, 4, 4));
	cosigned = HELD(8);
	put_backup_back(w, backup);

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
	struct world *w = *state;
	struct hq_memory *backup;
	struct hq_memory_evidence e;
	struct bytes cosigned;

	made_store_sell(&w->store, 9, "kopi");
	made_store_sell(&w->other, 9, "teh");
	SEND(made_store_batch(&w->store, 0, 3));
	backup = hq_memory_copy(w->memory);
	SEND(made_store_batch(&w->store, 3, 5));
	cosigned = HELD(8);
	put_backup_back(w, backup);

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
	struct world *w = *state;
	struct hq_memory *backup;
	struct bytes cosigned;

	made_store_sell(&w->store, 5, "kopi");
	made_store_sell(&w->other, 5, "teh");
	SEND(made_store_batch(&w->store, 0, 3));
	backup = hq_memory_copy(w->memory);
	SEND(made_store_batch(&w->store, 3, 2));
	cosigned = HELD(5);
	put_backup_back(w, backup);
	SEND(made_store_batch(&w->other, 3, 5));	/* no hello came before it */
	hq_rig_expect_held(&w->rig, &w->other, 8, true);
	SEND(made_store_hello(&w->other, 8, cosigned));
	REFUSED(FORK);
	assert_int_equal(hq_memory_evidence_count(w->memory, "toko-1"), 1);
}

static void
somebody_elses_cosignature_binds_us_to_nothing(void **state)
{
	struct world *w = *state;

	made_store_sell(&w->store, 5, "kopi");
	SEND(made_store_hello(&w->store, 8, made_store_checkpoint(&w->store, 8)));
	WELCOME(0);
	SEND(made_store_batch(&w->store, 0, 3));
	HELD(3);			/* cosigned: there is no floor */
}

/* ---- a database that fails ---- */

static void
nothing_is_answered_as_held_that_could_not_be_written(void **state)
{
	struct world *w = *state;

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
	struct world *w = *state;

	hq_memory_fail(w->memory, KAS_IO, 1, true);
	SEND(made_store_batch(&w->store, 0, 3));
	REFUSED(STORAGE);
	SEND(made_store_batch(&w->store, 0, 3));
	HELD(3);
}

static void
a_receiver_that_was_overtaken_answers_with_what_is_held(void **state)
{
	struct world *w = *state;

	hq_memory_fail(w->memory, KAS_AGAIN, 1, true);
	SEND(made_store_batch(&w->store, 0, 3));
	HELD(3);
}

static void
messages_on_other_topics_are_left_alone(void **state)
{
	struct world *w = *state;

	w->rig.answer = NULL;
	receiver_on_message(w->rig.receiver, "kasir/v1/toko-1/down", bytes_of_text("x"));
	receiver_on_message(w->rig.receiver, "kasir/v1/toko-1/kasa-1/tx", bytes_of_text("x"));
	receiver_on_message(w->rig.receiver, "else", bytes_of_text("x"));
	assert_null(w->rig.answer);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_store_is_followed_from_its_first_entry),
		TEST(a_long_history_goes_in_across_tiles_and_restarts),
		TEST(a_repeat_is_answered_as_before_and_written_once),
		TEST(a_gap_is_answered_with_the_size_wanted),
		TEST(a_batch_that_overlaps_brings_what_is_new),
		TEST(two_stores_are_kept_apart),
		TEST(more_stores_than_the_shelf_holds_are_all_served),
		TEST(two_receivers_may_work_on_one_database),
		TEST(a_store_that_is_not_registered_is_refused),
		TEST(refusals_do_not_fill_the_log),
		TEST(a_fork_is_logged_however_noisy_the_others_are),
		TEST(a_frame_that_does_not_decode_is_refused),
		TEST(a_block_that_is_not_what_it_says_is_refused),
		TEST(a_checkpoint_by_another_key_or_of_another_log_is_refused),
		TEST(entry_0_must_name_the_registered_key_and_store),
		TEST(a_sale_that_no_terminal_signed_is_refused),
		TEST(a_payload_that_was_not_signed_is_refused),
		TEST(a_sale_by_a_key_that_the_ledger_never_named_is_refused),
		TEST(a_sale_after_the_revocation_is_refused),
		TEST(events_that_contradict_each_other_are_refused),
		TEST(entries_that_do_not_give_the_root_are_refused_and_evidence_kept),
		TEST(a_second_history_of_the_same_size_is_a_fork),
		TEST(a_smaller_checkpoint_off_the_held_history_is_a_fork),
		TEST(a_longer_second_history_is_a_fork_where_it_overlaps),
		TEST(entries_altered_on_the_way_are_no_fork),
		TEST(evidence_against_one_store_is_bounded),
		TEST(a_store_put_back_from_a_backup_is_shown_what_it_signed),
		TEST(a_cosigned_checkpoint_above_the_newest_says_the_same),
		TEST(restored_headquarters_is_refilled_and_cosigns_nothing_below),
		TEST(restored_headquarters_accepts_no_history_but_the_one_it_cosigned),
		TEST(a_cosignature_of_ours_off_the_held_history_is_a_fork),
		TEST(somebody_elses_cosignature_binds_us_to_nothing),
		TEST(nothing_is_answered_as_held_that_could_not_be_written),
		TEST(a_write_that_was_done_but_not_reported_is_a_repeat),
		TEST(a_receiver_that_was_overtaken_answers_with_what_is_held),
		TEST(messages_on_other_topics_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
