/* The store's engine against those who send too much: what they do to the others, and to
 * its memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/engine_rig.h"
#include "wire/topic.h"

static struct rig_till good, bad;

static int
set_up(void **state)
{
	rig_set_up(state);
	rig_enrol(rig, &good, "good");
	rig_enrol(rig, &bad, "bad");
	rig_forget(rig);
	return 0;
}

static int
tear_down(void **state)
{
	rig_till_fini(&good);
	rig_till_fini(&bad);
	return rig_tear_down(state);
}

/* N times WORD, of N_WORD bytes. */
static struct bytes
repeated(const char *word, size_t n_word, size_t n)
{
	uint8_t *p = arena_alloc(&rig->world.arena, n_word * n);
	size_t i;

	assert_non_null(p);
	for (i = 0; i < n; i++)
		memcpy(p + i * n_word, word, n_word);
	return BYTES(p, n_word * n);
}

/* A document of nothing but empty lines: two bytes each, and hundreds once decoded. */
static struct bytes
swelling_payload(void)
{
	return repeated("\xa2\x01\x00", 3, WIRE_PAYLOAD_MAX / 3);
}

static enum kas_err
send_bytes(const char *terminal, struct bytes message)
{
	char topic[WIRE_TOPIC_MAX];

	topic_format(TOPIC_TX, "toko-1", terminal, topic);
	return engine_on_message(rig->engine, topic, message);
}

static Kasir__V1__LedgerEntry *
answer_to_good(Kasir__V1__AckStatus status)
{
	const Kasir__V1__AckBatch *m = rig_answer(rig, &good);

	assert_non_null(m);
	assert_int_equal(m->n_acks, 1);
	assert_int_equal(m->acks[0]->status, status);
	return rig_check_ack(rig, m, m->acks[0]);
}

static uint64_t
counter(const char *name)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__StatusRequest s = KASIR__V1__STATUS_REQUEST__INIT;
	Kasir__V1__ControlResponse *a;
	size_t i;

	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_STATUS;
	q.status = &s;
	a = rig_ask(rig, &q);
	for (i = 0; i < a->status->n_counters; i++)
		if (strcmp(a->status->counters[i]->name, name) == 0)
			return a->status->counters[i]->value;
	fail_msg("no counter \"%s\"", name);
	return 0;
}

static void
a_payload_that_swells_in_memory_does_not_change_how_others_are_judged(void **state)
{
	Kasir__V1__SignedTransaction *t[4], *sale = rig_sign(rig, &good, rig_sale(rig, 1));
	unsigned i, k;

	(void)state;
	for (k = 0; k < 4; k++) {
		for (i = 0; i < 4; i++)
			t[i] = rig_sign(rig, &bad, swelling_payload());
		rig_send(rig, &bad, t, 4, BYTES_NONE);
	}
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	rig_run(rig);
	assert_int_equal(answer_to_good(KASIR__V1__ACK_STATUS__DURABLE)->transaction->n_broken, 0);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	assert_int_equal(engine_durable_size(rig->engine), 5 + 16 + 1);
}

static void
a_message_that_swells_in_memory_does_not_get_others_refused(void **state)
{
	Kasir__V1__SignedTransaction *sale = rig_sign(rig, &good, rig_sale(rig, 1));
	struct bytes swelling = repeated("\x78\x01", 2, WIRE_BATCH_MAX / 2);
	unsigned i;

	(void)state;
	for (i = 0; i < 8; i++)
		assert_int_equal(send_bytes("bad", swelling), KAS_OK);
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	rig_run(rig);
	answer_to_good(KASIR__V1__ACK_STATUS__DURABLE);
}

static void
a_return_is_judged_alike_after_a_restart_among_swelling_payloads(void **state)
{
	Kasir__V1__SignedTransaction *t[4];
	struct bytes sold = rig_sale(rig, 4);
	Kasir__V1__SignedTransaction *sale = rig_sign(rig, &good, sold);
	unsigned i, k;

	(void)state;
	for (k = 0; k < 4; k++) {
		for (i = 0; i < 4; i++)
			t[i] = rig_sign(rig, &bad, swelling_payload());
		rig_send(rig, &bad, t, 4, BYTES_NONE);
		rig_run(rig);
	}
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	rig_run(rig);
	rig_restart(rig);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	rig_forget(rig);
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	rig_run(rig);
	answer_to_good(KASIR__V1__ACK_STATUS__DUPLICATE);
}

static void
one_that_floods_leaves_room_for_the_others(void **state)
{
	static const char *const who[] = { "bad", "stranger" };
	Kasir__V1__SignedTransaction *sale = rig_sign(rig, &good, rig_sale(rig, 1));
	unsigned i;

	(void)state;
	for (i = 0; i < 10000; i++)
		assert_int_equal(send_bytes(who[i % 2], bytes_of_text("garbage")), KAS_OK);
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	rig_run(rig);
	answer_to_good(KASIR__V1__ACK_STATUS__DURABLE);
	assert_true(counter("messages") < 1000);
	assert_true(counter("flooded") > 9000);
	/* It may speak again once its messages have been taken. */
	rig_forget(rig);
	sale = rig_sign(rig, &bad, rig_sale(rig, 2));
	rig_send(rig, &bad, &sale, 1, BYTES_NONE);
	rig_run(rig);
	assert_int_equal(rig_answer(rig, &bad)->n_acks, 1);
}

/* What takes long to read: 4 transactions a message, and more messages than the share. */
#define FLOOD 20u

static void
flood(struct rig_till *hostile, struct bytes payload)
{
	Kasir__V1__SignedTransaction *t[4];
	unsigned i, k;

	for (k = 0; k < FLOOD; k++) {
		for (i = 0; i < 4; i++)
			t[i] = rig_sign(rig, hostile, payload);
		rig_send(rig, hostile, t, 4, BYTES_NONE);
	}
}

/* No turn is more than one message long: N of them pass, and the disk does its work. */
static void
take_turns(unsigned n)
{
	while (n-- > 0)
		engine_turn(rig->engine);
	while (world_step(&rig->world, rig->world.now + SECOND))
		;
}

static void
a_sale_waits_for_one_message_of_each_that_floods(void **state)
{
	uint64_t before, kept;
	Kasir__V1__SignedTransaction *sale;
	struct bytes payload = swelling_payload();
	struct rig_till worse;

	(void)state;
	rig_enrol(rig, &worse, "worse");
	before = engine_durable_size(rig->engine);
	sale = rig_sign(rig, &good, rig_sale(rig, 1));
	flood(&bad, payload);
	flood(&worse, payload);
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	take_turns(3);
	assert_int_equal(rig_answer(rig, &good)->n_acks, 1);
	assert_int_equal(rig_answer(rig, &good)->acks[0]->index, before + 2 * 4);
	assert_int_equal(engine_durable_size(rig->engine), before + 2 * 4 + 1);
	/* The others' come to their end as well, within their share. */
	rig_run(rig);
	assert_in_range(counter("flooded"), 2, 2 * FLOOD - 2);
	kept = 2 * FLOOD - counter("flooded");
	assert_int_equal(engine_durable_size(rig->engine), before + 4 * kept + 1);
	rig_till_fini(&worse);
}

static void
strangers_do_not_use_up_what_a_terminal_must_be_told(void **state)
{
	Kasir__V1__SignedTransaction *sale = rig_sign(rig, &good, rig_sale(rig, 1));
	Kasir__V1__Refusals *l;
	unsigned i, k;

	(void)state;
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	rig_run(rig);
	disk_fill(rig->disk, 60 * SECOND);
	sale = rig_sign(rig, &good, rig_sale(rig, 2));
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	rig_pass(rig, 100 * MS);
	for (k = 0; k < 20; k++) {
		rig_forget(rig);
		for (i = 0; i < 100; i++) {
			char name[16];

			snprintf(name, sizeof name, "s%u", k * 100 + i);
			(void)!send_bytes(name, bytes_of_text("garbage"));
		}
		rig_pass(rig, 1 * MS);
	}
	rig_forget(rig);
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	rig_pass(rig, 1 * MS);
	l = rig_refusals(rig, &good, rig_answer(rig, &good));
	assert_int_equal(l->refusals[0]->status, KASIR__V1__ACK_STATUS__RETRY_LATER);
}

static void
garbage_is_kept_aside_a_little_at_a_time(void **state)
{
	Kasir__V1__SignedTransaction *sale;
	unsigned i, k;

	(void)state;
	for (k = 0; k < 100; k++) {
		for (i = 0; i < 20; i++)
			assert_int_equal(send_bytes("bad", bytes_of_text("garbage")), KAS_OK);
		sale = rig_sign(rig, &good, rig_sale(rig, k));
		rig_send(rig, &good, &sale, 1, BYTES_NONE);
		rig_pass(rig, 5 * MS);
		rig_forget(rig);
	}
	rig_run(rig);
	assert_true(disk_durable(rig->disk)->asides > 0);
	assert_true(disk_durable(rig->disk)->asides <= 200);
	assert_true(counter("asides_dropped") > 1700);
}

static void
a_storm_of_duplicates_of_a_staged_sale_waits_in_bounded_memory(void **state)
{
	Kasir__V1__SignedTransaction *sale = rig_sign(rig, &good, rig_sale(rig, 1)), *t[64];
	struct disk_faults slow = { .flush_lo = 10 * SECOND, .flush_hi = 10 * SECOND };
	uint64_t acks;
	unsigned i;

	(void)state;
	for (i = 0; i < 64; i++)
		t[i] = sale;
	disk_set_faults(rig->disk, &slow);
	rig_send(rig, &good, &sale, 1, BYTES_NONE);
	rig_pass(rig, 1 * MS);
	for (i = 0; i < 300; i++) {
		rig_send(rig, &good, t, 64, BYTES_NONE);
		rig_pass(rig, 1 * MS);
	}
	acks = counter("acks");
	slow = (struct disk_faults){ .flush_lo = 0, .flush_hi = 0 };
	disk_set_faults(rig->disk, &slow);
	rig_pass(rig, 20 * SECOND);
	assert_true(counter("acks") > acks);
	assert_true(counter("acks") - acks <= 4096);
	assert_int_equal(engine_durable_size(rig->engine), 5 + 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_payload_that_swells_in_memory_does_not_change_how_others_are_judged),
		T(a_message_that_swells_in_memory_does_not_get_others_refused),
		T(a_return_is_judged_alike_after_a_restart_among_swelling_payloads),
		T(one_that_floods_leaves_room_for_the_others),
		T(a_sale_waits_for_one_message_of_each_that_floods),
		T(strangers_do_not_use_up_what_a_terminal_must_be_told),
		T(garbage_is_kept_aside_a_little_at_a_time),
		T(a_storm_of_duplicates_of_a_staged_sale_waits_in_bounded_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
