/* The store's engine when the ledger cannot be read or written, at the worst moments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/engine_rig.h"

static Kasir__V1__SignedTransaction *
sell(uint64_t seed)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, seed));

	rig_send(rig, &till, &t, 1, BYTES_NONE);
	return t;
}

static void
send_again(Kasir__V1__SignedTransaction *t)
{
	rig_send(rig, &till, &t, 1, BYTES_NONE);
}

static void
slow_disk(uint64_t us)
{
	struct disk_faults f = { .flush_lo = us, .flush_hi = us };

	disk_set_faults(rig->disk, &f);
}

/* What stands on the disk for the entry at INDEX, to be spoilt. */
static uint8_t *
on_disk(uint64_t index)
{
	return (uint8_t *)(uintptr_t)disk_durable(rig->disk)->entries[index].entry.p;
}

static void
expect_one(Kasir__V1__AckStatus status)
{
	const Kasir__V1__AckBatch *m = rig_answer(rig, &till);

	assert_non_null(m);
	assert_int_equal(m->n_acks, 1);
	assert_int_equal(m->acks[0]->status, status);
	rig_check_ack(rig, m, m->acks[0]);
}

static void
a_failed_read_waits_for_the_flush_that_is_under_way(void **state)
{
	Kasir__V1__SignedTransaction *first, *second;
	uint64_t at;

	(void)state;
	first = sell(1);
	rig_run(rig);
	at = engine_durable_size(rig->engine) - 1;
	slow_disk(100 * MS);
	rig_forget(rig);
	second = sell(2);
	rig_pass(rig, 10 * MS);
	on_disk(at)[0] ^= 0xff;
	send_again(first);
	rig_pass(rig, 10 * MS);
	assert_null(rig_answer(rig, &till));
	assert_int_equal(engine_durable_size(rig->engine), at + 1);
	on_disk(at)[0] ^= 0xff;
	/* The sale in flight is durable and answered; then the ledger is looked after. */
	rig_pass(rig, 90 * MS);
	expect_one(KASIR__V1__ACK_STATUS__DURABLE);
	assert_int_equal(engine_state(rig->engine), ENGINE_STORAGE_FAILED);
	rig_pass(rig, 5 * SECOND);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	rig_forget(rig);
	send_again(first);
	rig_run(rig);
	expect_one(KASIR__V1__ACK_STATUS__DUPLICATE);
	rig_forget(rig);
	send_again(second);
	rig_run(rig);
	expect_one(KASIR__V1__ACK_STATUS__DUPLICATE);
}

static void
a_failed_read_and_a_failed_flush_together_lose_nothing(void **state)
{
	Kasir__V1__SignedTransaction *first, *second;
	uint64_t at;

	(void)state;
	first = sell(1);
	rig_run(rig);
	at = engine_durable_size(rig->engine) - 1;
	slow_disk(100 * MS);
	disk_fill(rig->disk, 3 * SECOND);
	rig_forget(rig);
	second = sell(2);
	rig_pass(rig, 10 * MS);
	on_disk(at)[0] ^= 0xff;
	send_again(first);
	rig_pass(rig, 10 * MS);
	on_disk(at)[0] ^= 0xff;
	rig_pass(rig, 200 * MS);
	assert_int_equal(engine_state(rig->engine), ENGINE_STORAGE_FULL);
	slow_disk(0);
	rig_pass(rig, 20 * SECOND);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	rig_forget(rig);
	send_again(second);
	rig_run(rig);
	expect_one(KASIR__V1__ACK_STATUS__DURABLE);
}

static void
the_engine_sleeps_while_a_failure_waits_for_the_disk(void **state)
{
	Kasir__V1__SignedTransaction *first;
	uint64_t at;

	(void)state;
	first = sell(1);
	rig_run(rig);
	at = engine_durable_size(rig->engine) - 1;
	slow_disk(100 * MS);
	sell(2);
	rig_pass(rig, 10 * MS);
	on_disk(at)[0] ^= 0xff;
	send_again(first);
	rig_pass(rig, 1 * MS);
	send_again(first);
	assert_true(engine_wakeup(rig->engine) > 0);
	assert_false(engine_is_idle(rig->engine));
	on_disk(at)[0] ^= 0xff;
	rig_pass(rig, 5 * SECOND);
}

static void
an_answer_for_the_end_of_a_turn_does_not_outlive_a_failure_in_it(void **state)
{
	Kasir__V1__SignedTransaction *t[2];
	uint64_t at;

	(void)state;
	t[0] = sell(1);
	t[1] = sell(2);
	rig_run(rig);
	at = engine_durable_size(rig->engine) - 1;
	on_disk(at)[0] ^= 0xff;
	rig_forget(rig);
	rig_send(rig, &till, t, 2, BYTES_NONE);
	engine_turn(rig->engine);
	assert_int_equal(engine_state(rig->engine), ENGINE_STORAGE_FAILED);
	on_disk(at)[0] ^= 0xff;
	rig_pass(rig, 5 * SECOND);
	rig_forget(rig);
	send_again(t[1]);
	rig_run(rig);
	expect_one(KASIR__V1__ACK_STATUS__DUPLICATE);
}

static void
an_index_past_the_end_is_damage_and_no_reason_to_die(void **state)
{
	Kasir__V1__SignedTransaction *first;
	struct fact *facts;
	size_t i, n;

	(void)state;
	rig->config.snapshot_every = 1;
	rig_restart(rig);
	first = sell(1);
	rig_run(rig);
	facts = disk_durable(rig->disk)->facts;
	n = disk_durable(rig->disk)->n_facts;
	assert_true(n > 0);
	for (i = 0; i < n; i++)
		facts[i].index += 1000;
	rig_restart(rig);
	rig_forget(rig);
	send_again(first);
	rig_pass(rig, 1 * MS);
	assert_int_not_equal(engine_state(rig->engine), ENGINE_SERVING);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		T(a_failed_read_waits_for_the_flush_that_is_under_way),
		T(a_failed_read_and_a_failed_flush_together_lose_nothing),
		T(the_engine_sleeps_while_a_failure_waits_for_the_disk),
		T(an_answer_for_the_end_of_a_turn_does_not_outlive_a_failure_in_it),
		T(an_index_past_the_end_is_damage_and_no_reason_to_die),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
