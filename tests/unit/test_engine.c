/* The store's engine, alone: what each message is answered with, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proof/checkpoint.h"
#include "tests/support/engine_rig.h"
#include "tests/support/make_txn.h"

static struct bytes
text(const char *s)
{
	return bytes_of_text(s);
}

/* Send one transaction and return the answer to it. */
static Kasir__V1__AckBatch *
send_one(Kasir__V1__SignedTransaction *t, struct bytes checkpoint)
{
	rig_forget(rig);
	rig_send(rig, &till, &t, 1, checkpoint);
	rig_run(rig);
	return rig_answer(rig, &till);
}

static Kasir__V1__LedgerEntry *
expect(const Kasir__V1__AckBatch *m, Kasir__V1__AckStatus status)
{
	assert_non_null(m);
	assert_int_equal(m->n_acks, 1);
	assert_int_equal(m->acks[0]->status, status);
	return rig_check_ack(rig, m, m->acks[0]);
}

static void
expect_refusal(const Kasir__V1__AckBatch *m, Kasir__V1__AckStatus status,
    Kasir__V1__RefusalReason reason)
{
	Kasir__V1__Refusals *l = rig_refusals(rig, &till, m);

	assert_int_equal(l->n_refusals, 1);
	assert_int_equal(l->refusals[0]->status, status);
	assert_int_equal(l->refusals[0]->reason, reason);
}

static bool
has(const Kasir__V1__Rule *list, size_t n, Kasir__V1__Rule rule)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (list[i] == rule)
			return true;
	return false;
}

#define NOTED(e, rule) has((e)->transaction->notes, (e)->transaction->n_notes, \
    KASIR__V1__RULE__##rule)
#define BROKEN(e, rule) has((e)->transaction->broken, (e)->transaction->n_broken, \
    KASIR__V1__RULE__##rule)

static void
a_valid_sale_is_durable_with_a_proof_of_its_own_entry(void **state)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	Kasir__V1__LedgerEntry *e = expect(send_one(t, BYTES_NONE),
	    KASIR__V1__ACK_STATUS__DURABLE);
	struct hash h = hash_of(bytes_of_proto(t->payload));

	(void)state;
	assert_string_equal(e->transaction->terminal, "kasa-1");
	assert_int_equal(e->transaction->sequence, 1);
	assert_memory_equal(e->transaction->signature.data, t->signature.data, SIG_LEN);
	assert_memory_equal(e->transaction->payload_hash.data, h.b, HASH_LEN);
	assert_int_equal(e->transaction->n_broken, 0);
	assert_int_equal(e->transaction->n_notes, 0);
	assert_int_equal(e->totals->sales_count, 1);
}

static void
the_same_bytes_get_the_same_entry_again(void **state)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	const Kasir__V1__AckBatch *first = send_one(t, BYTES_NONE), *again;
	uint64_t size = engine_durable_size(rig->engine);

	(void)state;
	again = send_one(t, BYTES_NONE);
	expect(again, KASIR__V1__ACK_STATUS__DUPLICATE);
	assert_int_equal(again->acks[0]->original_status, KASIR__V1__ACK_STATUS__DURABLE);
	assert_int_equal(again->acks[0]->index, first->acks[0]->index);
	assert_int_equal(engine_durable_size(rig->engine), size);
}

static void
a_duplicate_of_a_staged_sale_waits_for_its_flush(void **state)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	struct disk_faults slow = { .flush_lo = 100 * MS, .flush_hi = 100 * MS };

	(void)state;
	disk_set_faults(rig->disk, &slow);
	rig_forget(rig);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_pass(rig, 10 * MS);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_pass(rig, 10 * MS);
	assert_null(rig_answer(rig, &till));
	rig_run(rig);
	assert_int_equal(rig_answer(rig, &till)->n_acks, 2);
	rig_check_ack(rig, rig_answer(rig, &till), rig_answer(rig, &till)->acks[1]);
	assert_int_equal(rig_answer(rig, &till)->acks[1]->status,
	    KASIR__V1__ACK_STATUS__DUPLICATE);
}

static void
other_bytes_under_a_sequence_are_a_conflict_kept_once(void **state)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	Kasir__V1__SignedTransaction *other = rig_sign_as(rig, &till, 1, NULL, 77,
	    rig_sale(rig, 2));
	const Kasir__V1__AckBatch *m, *again;
	Kasir__V1__LedgerEntry *e;

	(void)state;
	m = send_one(t, BYTES_NONE);
	e = expect(send_one(other, BYTES_NONE), KASIR__V1__ACK_STATUS__CONFLICT);
	assert_true(e->transaction->conflict);
	assert_int_equal(e->transaction->first, m->acks[0]->index);
	assert_true(BROKEN(e, IDENTITY_CONFLICT));
	assert_int_equal(e->totals->exceptions_count, 1);
	m = rig_answer(rig, &till);
	again = send_one(other, BYTES_NONE);
	expect(again, KASIR__V1__ACK_STATUS__CONFLICT);
	assert_int_equal(again->acks[0]->index, m->acks[0]->index);
	again = send_one(t, BYTES_NONE);
	assert_int_equal(again->acks[0]->original_status, KASIR__V1__ACK_STATUS__DURABLE);
}

static void
a_txn_id_under_a_second_sequence_is_a_conflict_that_takes_its_sequence(void **state)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	Kasir__V1__SignedTransaction *twin = rig_sign_as(rig, &till, 2, &till.last, 1,
	    rig_sale(rig, 1));
	Kasir__V1__LedgerEntry *e;

	(void)state;
	expect(send_one(t, BYTES_NONE), KASIR__V1__ACK_STATUS__DURABLE);
	e = expect(send_one(twin, BYTES_NONE), KASIR__V1__ACK_STATUS__CONFLICT);
	assert_true(BROKEN(e, IDENTITY_REUSED));
	till.sequence = 2;
	e = expect(send_one(rig_sign_as(rig, &till, 3, NULL, 50, rig_sale(rig, 3)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__DURABLE);
	assert_false(NOTED(e, SEQUENCE_GAP));
}

static void
a_gap_is_noted_and_closed_by_the_one_that_was_missing(void **state)
{
	Kasir__V1__SignedTransaction *one = rig_sign(rig, &till, rig_sale(rig, 1));
	Kasir__V1__SignedTransaction *two = rig_sign(rig, &till, rig_sale(rig, 2));
	Kasir__V1__SignedTransaction *three = rig_sign(rig, &till, rig_sale(rig, 3));
	Kasir__V1__LedgerEntry *e;

	(void)state;
	expect(send_one(one, BYTES_NONE), KASIR__V1__ACK_STATUS__DURABLE);
	e = expect(send_one(three, BYTES_NONE), KASIR__V1__ACK_STATUS__DURABLE);
	assert_true(NOTED(e, SEQUENCE_GAP));
	e = expect(send_one(two, BYTES_NONE), KASIR__V1__ACK_STATUS__DURABLE);
	assert_true(NOTED(e, SEQUENCE_LATE));
	assert_false(NOTED(e, CHAIN_BROKEN));
}

static void
a_sale_that_does_not_follow_its_predecessor_is_noted(void **state)
{
	struct hash wrong = hash_of(text("another"));
	Kasir__V1__LedgerEntry *e;

	(void)state;
	expect(send_one(rig_sign(rig, &till, rig_sale(rig, 1)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__DURABLE);
	e = expect(send_one(rig_sign_as(rig, &till, 2, &wrong, 60, rig_sale(rig, 2)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__DURABLE);
	assert_true(NOTED(e, CHAIN_BROKEN));
}

static void
a_signed_payload_that_does_not_decode_is_an_exception(void **state)
{
	Kasir__V1__LedgerEntry *e = expect(send_one(rig_sign(rig, &till, text("\xff\xff\xff")),
	    BYTES_NONE), KASIR__V1__ACK_STATUS__EXCEPTION);

	(void)state;
	assert_true(BROKEN(e, PAYLOAD_UNDECODABLE));
	assert_int_equal(e->totals->exceptions_count, 1);
	assert_int_equal(e->totals->sales_count, 0);
}

static void
what_is_not_genuine_is_rejected_under_the_stores_signature(void **state)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	struct rig_till stranger = till;
	uint64_t size = engine_durable_size(rig->engine);

	(void)state;
	t->signature.data[5] ^= 1;
	expect_refusal(send_one(t, BYTES_NONE), KASIR__V1__ACK_STATUS__REJECTED,
	    KASIR__V1__REFUSAL_REASON__BAD_SIGNATURE);
	t->signature.data[5] ^= 1;
	t->epoch = 2;
	expect_refusal(send_one(t, BYTES_NONE), KASIR__V1__ACK_STATUS__REJECTED,
	    KASIR__V1__REFUSAL_REASON__UNKNOWN_EPOCH);
	t->epoch = 1;
	t->txn_id.len = 15;
	expect_refusal(send_one(t, BYTES_NONE), KASIR__V1__ACK_STATUS__REJECTED,
	    KASIR__V1__REFUSAL_REASON__MALFORMED);
	t->txn_id.len = 16;
	snprintf(stranger.id, sizeof stranger.id, "nobody");
	rig_forget(rig);
	rig_send(rig, &stranger, &t, 1, BYTES_NONE);
	rig_run(rig);
	assert_int_equal(rig_refusals(rig, &stranger, rig_answer(rig, &stranger))->refusals[0]->reason,
	    KASIR__V1__REFUSAL_REASON__UNKNOWN_TERMINAL);
	assert_int_equal(engine_durable_size(rig->engine), size);
	assert_int_equal(disk_durable(rig->disk)->asides, 4);
}

static void
a_message_that_is_no_batch_is_kept_aside(void **state)
{
	(void)state;
	rig_forget(rig);
	assert_int_equal(engine_on_message(rig->engine, "kasir/v1/toko-1/kasa-1/tx",
	    text("\xff\xff not protobuf")), KAS_OK);
	rig_run(rig);
	expect_refusal(rig_answer(rig, &till), KASIR__V1__ACK_STATUS__REJECTED,
	    KASIR__V1__REFUSAL_REASON__NOT_A_BATCH);
	assert_int_equal(disk_durable(rig->disk)->asides, 1);
}

static void
a_revoked_key_signs_nothing_more(void **state)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalRevokeRequest revoke = KASIR__V1__TERMINAL_REVOKE_REQUEST__INIT;

	(void)state;
	revoke.terminal = till.id;
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_REVOKE;
	q.terminal_revoke = &revoke;
	assert_int_equal(rig_ask(rig, &q)->exit_code, 0);
	expect_refusal(send_one(rig_sign(rig, &till, rig_sale(rig, 1)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__REJECTED, KASIR__V1__REFUSAL_REASON__REVOKED);
	assert_int_not_equal(rig_ask(rig, &q)->exit_code, 0);
}

static void
each_answer_follows_from_the_checkpoint_that_was_sent_along(void **state)
{
	const Kasir__V1__AckBatch *m;
	struct checkpoint before, after;
	struct proof p;
	struct kas_why why;
	unsigned i;

	(void)state;
	m = send_one(rig_sign(rig, &till, rig_sale(rig, 1)), BYTES_NONE);
	assert_int_equal(m->consistency_from, 0);
	for (i = 2; i < 20; i++) {
		assert_int_equal(checkpoint_open(bytes_of_proto(m->checkpoint),
		    signer_vkey(rig->store), &before, &why), KAS_OK);
		m = send_one(rig_sign(rig, &till, rig_sale(rig, i)), bytes_of_proto(m->checkpoint));
		assert_int_equal(m->consistency_from, before.size);
		assert_int_equal(checkpoint_open(bytes_of_proto(m->checkpoint),
		    signer_vkey(rig->store), &after, &why), KAS_OK);
		assert_true(wire_proof_of(m->consistency, m->n_consistency, &p));
		assert_int_equal(merkle_verify_consistency(before.size, &before.root, after.size,
		    &after.root, p.path, p.n), KAS_OK);
	}
}

static void
a_full_disk_answers_retry_later_and_recovers(void **state)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	uint64_t size = engine_durable_size(rig->engine);

	(void)state;
	disk_fill(rig->disk, 3 * SECOND);
	rig_forget(rig);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_pass(rig, 500 * MS);
	expect_refusal(rig_answer(rig, &till), KASIR__V1__ACK_STATUS__RETRY_LATER,
	    KASIR__V1__REFUSAL_REASON__STORAGE_FULL);
	assert_int_equal(engine_state(rig->engine), ENGINE_STORAGE_FULL);
	assert_int_equal(disk_durable(rig->disk)->n, size);
	rig_pass(rig, 60 * SECOND);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	expect(send_one(t, BYTES_NONE), KASIR__V1__ACK_STATUS__DURABLE);
}

static void
a_failed_disk_is_reopened_before_anything_is_answered(void **state)
{
	struct disk_faults failing = { .io = 1000 }, none = { 0 };
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	const Kasir__V1__AckBatch *m;

	(void)state;
	disk_set_faults(rig->disk, &failing);
	rig_forget(rig);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_pass(rig, 100 * MS);
	expect_refusal(rig_answer(rig, &till), KASIR__V1__ACK_STATUS__RETRY_LATER,
	    KASIR__V1__REFUSAL_REASON__STORAGE_FAILED);
	disk_set_faults(rig->disk, &none);
	rig_pass(rig, 120 * SECOND);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	/* The failed flush may have reached the disk after all: then it is a duplicate. */
	m = send_one(t, BYTES_NONE);
	assert_int_equal(m->n_acks, 1);
	assert_true(m->acks[0]->status == KASIR__V1__ACK_STATUS__DURABLE ||
	    (m->acks[0]->status == KASIR__V1__ACK_STATUS__DUPLICATE &&
	    m->acks[0]->original_status == KASIR__V1__ACK_STATUS__DURABLE));
	rig_check_ack(rig, m, m->acks[0]);
}

static void
a_restart_remembers_everything_and_says_that_it_happened(void **state)
{
	Kasir__V1__SignedTransaction *t[40];
	uint64_t size, i;

	(void)state;
	for (i = 0; i < 40; i++) {
		t[i] = rig_sign(rig, &till, rig_sale(rig, i));
		expect(send_one(t[i], BYTES_NONE), KASIR__V1__ACK_STATUS__DURABLE);
	}
	size = engine_durable_size(rig->engine);
	rig_restart(rig);
	assert_int_equal(engine_durable_size(rig->engine), size + 1);
	for (i = 0; i < 40; i++)
		expect(send_one(t[i], BYTES_NONE), KASIR__V1__ACK_STATUS__DUPLICATE);
	expect(send_one(rig_sign(rig, &till, rig_sale(rig, 99)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__DURABLE);
}

static void
a_snapshot_loses_and_doubles_nothing(void **state)
{
	Kasir__V1__SignedTransaction *t[60];
	Kasir__V1__LedgerEntry *e;
	uint64_t i;

	(void)state;
	rig->config.snapshot_every = 10;
	rig_restart(rig);
	for (i = 0; i < 60; i++) {
		t[i] = rig_sign(rig, &till, rig_sale(rig, i));
		expect(send_one(t[i], BYTES_NONE), KASIR__V1__ACK_STATUS__DURABLE);
		if (i % 23 == 22)
			rig_restart(rig);
	}
	assert_true(disk_durable(rig->disk)->snapshot_size > 40);
	for (i = 0; i < 60; i++)
		expect(send_one(t[i], BYTES_NONE), KASIR__V1__ACK_STATUS__DUPLICATE);
	e = expect(send_one(rig_sign(rig, &till, rig_sale(rig, 61)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__DURABLE);
	assert_int_equal(e->totals->sales_count, 61);
	assert_int_equal(e->transaction->n_notes, 0);
}

static struct bytes
pack(const Kasir__V1__Transaction *doc)
{
	struct bytes b;

	assert_true(proto_pack(&rig->world.arena, &doc->base, &b));
	return b;
}

static void
a_return_that_comes_first_is_pending_until_its_original_settles_it(void **state)
{
	struct bytes sold = rig_sale(rig, 4);
	Kasir__V1__Transaction *sale = PROTO_UNPACK(kasir__v1__transaction, &rig->world.arena, sold);
	struct make_original at = { "kasa-1", 1, 1 };
	Kasir__V1__Transaction *back = make_return(&rig->world.arena, 5, sale, &at);
	struct store_entry *entries;
	Kasir__V1__LedgerEntry *e;
	struct kas_why why;
	size_t n;

	(void)state;
	assert_non_null(back);
	back->at_us = sale->at_us;
	till.sequence = 1;
	e = expect(send_one(rig_sign_as(rig, &till, 2, NULL, 2, pack(back)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__DURABLE);
	assert_true(NOTED(e, RETURN_PENDING));
	expect(send_one(rig_sign_as(rig, &till, 1, NULL, 1, sold), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__DURABLE);
	entries = disk_durable(rig->disk)->entries;
	n = disk_durable(rig->disk)->n;
	assert_int_equal(wire_decode_entry(entries[n - 1].entry, &rig->world.arena, &e, &why), KAS_OK);
	assert_int_equal(e->body_case, KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED);
	assert_int_equal(e->return_settled->n_broken, 0);
	/* The same goods cannot come back twice. */
	e = expect(send_one(rig_sign_as(rig, &till, 3, NULL, 3, pack(back)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__EXCEPTION);
	assert_true(BROKEN(e, RETURN_QUANTITY));
}

static void
a_void_stands_once(void **state)
{
	struct bytes sold = rig_sale(rig, 4);
	Kasir__V1__Transaction *sale = PROTO_UNPACK(kasir__v1__transaction, &rig->world.arena, sold);
	struct make_original at = { "kasa-1", 1, 1 };
	Kasir__V1__Transaction *negated = make_void(&rig->world.arena, sale, &at);
	Kasir__V1__LedgerEntry *e;

	(void)state;
	negated->at_us = sale->at_us;
	expect(send_one(rig_sign(rig, &till, sold), BYTES_NONE), KASIR__V1__ACK_STATUS__DURABLE);
	e = expect(send_one(rig_sign(rig, &till, pack(negated)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__DURABLE);
	assert_int_equal(e->totals->voids_count, 1);
	e = expect(send_one(rig_sign(rig, &till, pack(negated)), BYTES_NONE),
	    KASIR__V1__ACK_STATUS__EXCEPTION);
	assert_true(BROKEN(e, VOID_TWICE));
}

static void
the_inbox_is_bounded_and_says_so(void **state)
{
	unsigned n;

	(void)state;
	rig->config.inbox_max = 5;
	rig_restart(rig);
	for (n = 0; n < 5; n++)
		assert_int_equal(engine_on_message(rig->engine, "kasir/v1/toko-1/kasa-1/tx",
		    text("x")), KAS_OK);
	assert_int_equal(engine_on_message(rig->engine, "kasir/v1/toko-1/kasa-1/tx", text("x")),
	    KAS_FULL);
	rig_run(rig);
	assert_int_equal(engine_on_message(rig->engine, "kasir/v1/toko-1/kasa-1/tx", text("x")),
	    KAS_OK);
	rig_run(rig);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		T(a_valid_sale_is_durable_with_a_proof_of_its_own_entry),
		T(the_same_bytes_get_the_same_entry_again),
		T(a_duplicate_of_a_staged_sale_waits_for_its_flush),
		T(other_bytes_under_a_sequence_are_a_conflict_kept_once),
		T(a_txn_id_under_a_second_sequence_is_a_conflict_that_takes_its_sequence),
		T(a_gap_is_noted_and_closed_by_the_one_that_was_missing),
		T(a_sale_that_does_not_follow_its_predecessor_is_noted),
		T(a_signed_payload_that_does_not_decode_is_an_exception),
		T(what_is_not_genuine_is_rejected_under_the_stores_signature),
		T(a_message_that_is_no_batch_is_kept_aside),
		T(a_revoked_key_signs_nothing_more),
		T(each_answer_follows_from_the_checkpoint_that_was_sent_along),
		T(a_full_disk_answers_retry_later_and_recovers),
		T(a_failed_disk_is_reopened_before_anything_is_answered),
		T(a_restart_remembers_everything_and_says_that_it_happened),
		T(a_snapshot_loses_and_doubles_nothing),
		T(a_return_that_comes_first_is_pending_until_its_original_settles_it),
		T(a_void_stands_once),
		T(the_inbox_is_bounded_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
