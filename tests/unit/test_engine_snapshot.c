/* A snapshot of the facts is written in slices that ride with sales: what a crash leaves that
 * comes before the last of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/engine_rig.h"
#include "tests/support/make_txn.h"

#define SALES_MAX 1000

static Kasir__V1__SignedTransaction *sold[SALES_MAX];
static uint64_t at[SALES_MAX];		/* its entry */
static uint64_t n_sold;

static int
set_up(void **state)
{
	rig_set_up(state);
	n_sold = 0;
	rig->config.snapshot_every = 64;	/* slices of four facts */
	rig_restart(rig);
	return 0;
}

static const Kasir__V1__Ack *
send(Kasir__V1__SignedTransaction *t)
{
	const Kasir__V1__AckBatch *m;

	rig_forget(rig);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_pass(rig, 10 * MS);
	m = rig_answer(rig, &till);
	assert_non_null(m);
	assert_int_equal(m->n_acks, 1);
	rig_check_ack(rig, m, m->acks[0]);
	return m->acks[0];
}

static void
sell(void)
{
	const Kasir__V1__Ack *a;

	assert_true(n_sold < SALES_MAX);
	sold[n_sold] = rig_sign(rig, &till, rig_sale(rig, n_sold));
	a = send(sold[n_sold]);
	assert_int_equal(a->status, KASIR__V1__ACK_STATUS__DURABLE);
	at[n_sold++] = a->index;
}

/* Sell until a first slice of the next snapshot is on the disk. */
static void
begin_snapshot(void)
{
	size_t facts = disk_durable(rig->disk)->n_facts;

	while (disk_durable(rig->disk)->n_facts == facts)
		sell();
}

static void
end_snapshot(void)
{
	uint64_t covered = disk_durable(rig->disk)->snapshot_size;

	while (disk_durable(rig->disk)->snapshot_size == covered)
		sell();
}

/* Nothing is lost or doubled: each sale has the entry it had, and another under its sequence
 * contradicts that one. */
static void
expect_whole(void)
{
	Kasir__V1__LedgerEntry *e;
	const Kasir__V1__Ack *a;
	struct kas_why why;
	uint64_t i;

	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	for (i = 0; i < n_sold; i++) {
		a = send(sold[i]);
		assert_int_equal(a->status, KASIR__V1__ACK_STATUS__DUPLICATE);
		assert_int_equal(a->index, at[i]);
	}
	sell();
	assert_int_equal(wire_decode_entry(disk_durable(rig->disk)->entries[at[n_sold - 1]].entry,
	    &rig->world.arena, &e, &why), KAS_OK);
	assert_int_equal(e->totals->sales_count, n_sold);
	assert_int_equal(e->transaction->n_broken + e->transaction->n_notes, 0);
}

static void
a_crash_between_slices_leaves_the_state_before_and_the_next_one_is_whole(void **state)
{
	uint64_t covered;
	unsigned round, cut, i;

	(void)state;
	for (round = 0; round < 2; round++) {
		covered = disk_durable(rig->disk)->snapshot_size;
		begin_snapshot();
		for (cut = 0; cut < 12; cut++) {
			for (i = 0; i < cut; i++)
				sell();
			assert_int_equal(disk_durable(rig->disk)->snapshot_size, covered);
			rig_restart(rig);
			expect_whole();
		}
		end_snapshot();
		assert_true(disk_durable(rig->disk)->snapshot_size > covered + 50);
		rig_restart(rig);
		expect_whole();
	}
}

static void
a_crash_while_a_slice_is_written_leaves_the_state_before_or_after_it(void **state)
{
	struct disk_faults slow = { .flush_lo = SECOND, .flush_hi = SECOND };
	struct disk_faults quick = { .flush_lo = 100, .flush_hi = 100 };
	unsigned cut;

	(void)state;
	begin_snapshot();
	for (cut = 0; cut < 24; cut++) {
		sell();
		disk_set_faults(rig->disk, &slow);
		sold[n_sold] = rig_sign(rig, &till, rig_sale(rig, n_sold));
		rig_send(rig, &till, &sold[n_sold], 1, BYTES_NONE);
		rig_pass(rig, 1 * MS);
		disk_set_faults(rig->disk, &quick);
		rig_restart(rig);
		at[n_sold] = send(sold[n_sold])->index;
		n_sold++;
		expect_whole();
	}
	end_snapshot();
	rig_restart(rig);
	expect_whole();
}

static void
a_return_of_what_slices_hold_is_judged_as_ever(void **state)
{
	struct bytes payload = rig_sale(rig, 4), packed;
	Kasir__V1__Transaction *sale = PROTO_UNPACK(kasir__v1__transaction, &rig->world.arena,
	    payload);
	struct make_original first = { "kasa-1", 1, 1 };
	Kasir__V1__Transaction *back = make_return(&rig->world.arena, 5, sale, &first);

	(void)state;
	assert_non_null(back);
	back->at_us = sale->at_us;
	assert_true(proto_pack(&rig->world.arena, &back->base, &packed));
	assert_int_equal(send(rig_sign(rig, &till, payload))->status,
	    KASIR__V1__ACK_STATUS__DURABLE);
	assert_int_equal(send(rig_sign(rig, &till, packed))->status,
	    KASIR__V1__ACK_STATUS__DURABLE);
	begin_snapshot();
	assert_int_equal(disk_durable(rig->disk)->snapshot_size, 0);
	rig_restart(rig);
	/* The same goods once more: the first return is remembered. */
	assert_int_equal(send(rig_sign(rig, &till, packed))->status,
	    KASIR__V1__ACK_STATUS__EXCEPTION);
}

static void
entries_of_which_no_facts_are_made_are_covered_too(void **state)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__AnnotateRequest r = KASIR__V1__ANNOTATE_REQUEST__INIT;
	uint64_t before = disk_durable(rig->disk)->snapshot_size;
	size_t i;

	(void)state;
	r.text = (char *)"a remark";
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_ANNOTATE;
	q.annotate = &r;
	for (i = 0; i <= rig->config.snapshot_every; i++)
		assert_int_equal(rig_ask(rig, &q)->exit_code, 0);
	assert_true(disk_durable(rig->disk)->snapshot_size > before);
	rig_restart(rig);
	sell();
	expect_whole();
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		T(a_crash_between_slices_leaves_the_state_before_and_the_next_one_is_whole),
		T(a_crash_while_a_slice_is_written_leaves_the_state_before_or_after_it),
		T(a_return_of_what_slices_hold_is_judged_as_ever),
		T(entries_of_which_no_facts_are_made_are_covered_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
