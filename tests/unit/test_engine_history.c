/* The store's engine when it is shown a history of its own that it does not hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/engine_rig.h"
#include "wire/codec.h"

static struct image newer;		/* the ledger that was lost */
static struct bytes shown;		/* its checkpoint */

static const Kasir__V1__AckBatch *
sell(uint64_t seed, struct bytes checkpoint)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, seed));

	rig_forget(rig);
	rig_send(rig, &till, &t, 1, checkpoint);
	rig_run(rig);
	return rig_answer(rig, &till);
}

/* An older copy of the ledger stands in place of the one that signed `shown`. */
static void
put_old_copy_back(void)
{
	struct image old = { 0 };
	const Kasir__V1__AckBatch *m;

	image_copy(&old, disk_durable(rig->disk));
	m = sell(1, BYTES_NONE);
	m = sell(2, bytes_of_proto(m->checkpoint));
	shown = bytes_of_proto(m->checkpoint);
	memset(&newer, 0, sizeof newer);
	image_copy(&newer, disk_durable(rig->disk));
	engine_close(rig->engine);
	rig->engine = NULL;
	disk_put_back(rig->disk, &old);
	image_free(&old);
	rig_restart(rig);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
}

static int
set_up(void **state)
{
	(void)state;
	rig_open(false);
	put_old_copy_back();
	return 0;
}

static int
set_up_with_hq(void **state)
{
	(void)state;
	rig_open(true);
	put_old_copy_back();
	return 0;
}

static int
tear_down(void **state)
{
	image_free(&newer);
	return rig_tear_down(state);
}

static void
expect_stands_still(void)
{
	uint64_t size = disk_durable(rig->disk)->n;
	Kasir__V1__Refusals *l = rig_refusals(rig, &till, sell(3, BYTES_NONE));

	till.sequence--;
	assert_int_equal(l->refusals[0]->status, KASIR__V1__ACK_STATUS__RETRY_LATER);
	assert_int_equal(l->refusals[0]->reason, KASIR__V1__REFUSAL_REASON__NEWER_HISTORY);
	assert_int_equal(engine_state(rig->engine), ENGINE_NEWER_HISTORY);
	rig_pass(rig, 60 * SECOND);
	assert_int_equal(disk_durable(rig->disk)->n, size);
}

static void
expect_sells(void)
{
	const Kasir__V1__AckBatch *m = sell(4, BYTES_NONE);

	assert_non_null(m);
	assert_int_equal(m->n_acks, 1);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
}

static void
put_in_place(const struct image *im)
{
	engine_close(rig->engine);
	rig->engine = NULL;
	disk_put_back(rig->disk, im);
	rig_restart(rig);
}

static const Kasir__V1__StatusReport *
status(void)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__StatusRequest s = KASIR__V1__STATUS_REQUEST__INIT;

	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_STATUS;
	q.status = &s;
	return rig_ask(rig, &q)->status;
}

static void
an_old_copy_signs_nothing_once_a_terminal_shows_a_newer_checkpoint(void **state)
{
	(void)state;
	sell(3, shown);
	expect_stands_still();
}

static void
no_restart_forgets_what_a_terminal_showed(void **state)
{
	unsigned i;

	(void)state;
	sell(3, shown);
	for (i = 0; i < 3; i++) {
		rig_restart(rig);
		expect_stands_still();
	}
}

static void
no_restart_forgets_what_headquarters_showed_without_a_cosignature(void **state)
{
	Kasir__V1__UplinkDown down = KASIR__V1__UPLINK_DOWN__INIT;
	Kasir__V1__Refused refused = KASIR__V1__REFUSED__INIT;
	struct bytes packed;

	(void)state;
	refused.reason = KASIR__V1__UPLINK_REFUSAL__NEWER;
	refused.evidence = proto_bytes(shown);
	down.body_case = KASIR__V1__UPLINK_DOWN__BODY_REFUSED;
	down.refused = &refused;
	assert_true(proto_pack(&rig->world.arena, &down.base, &packed));
	engine_on_uplink_message(rig->engine, packed);
	rig_run(rig);
	expect_stands_still();
	assert_string_equal(status()->newer_terminal, "");
	rig_restart(rig);
	expect_stands_still();
	assert_non_null(strstr(status()->state_detail, "headquarters showed"));
}

static void
evidence_waits_for_room_on_the_disk(void **state)
{
	(void)state;
	disk_fill(rig->disk, 10 * SECOND);
	sell(3, shown);
	assert_int_equal(disk_durable(rig->disk)->evidence.note.n, 0);
	rig_pass(rig, 20 * SECOND);
	rig_restart(rig);
	expect_stands_still();
}

static void
what_had_not_reached_the_disk_is_found_out_when_it_is_shown_again(void **state)
{
	struct image before = { 0 };

	(void)state;
	image_copy(&before, disk_durable(rig->disk));
	sell(3, shown);
	till.sequence--;
	put_in_place(&before);		/* as if the power had failed just before the sync */
	image_free(&before);
	expect_sells();
	sell(5, shown);
	expect_stands_still();
}

static void
status_says_who_showed_what_and_when_also_after_a_restart(void **state)
{
	const Kasir__V1__StatusReport *s;
	char at[UTC_TEXT_MAX], want[128];
	int64_t when;
	int restarted;

	(void)state;
	assert_int_equal(status()->newer_size, 0);
	sell(3, shown);
	when = status()->newer_wall_us;
	utc_format(when, at);
	snprintf(want, sizeof want, "terminal \"kasa-1\" showed, on %s, a checkpoint of ours of %zu "
	    "entries", at, newer.n);
	for (restarted = 0; restarted <= 1; restarted++) {
		s = status();
		assert_string_equal(s->state, "newer history");
		assert_non_null(strstr(s->state_detail, want));
		assert_non_null(strstr(s->state_detail, "until the ledger is restored"));
		assert_int_equal(s->newer_size, newer.n);
		assert_string_equal(s->newer_terminal, "kasa-1");
		assert_true(s->newer_wall_us == when);
		rig_pass(rig, 60 * SECOND);
		rig_restart(rig);
	}
}

static void
the_newer_ledger_put_back_sells_on(void **state)
{
	(void)state;
	sell(3, shown);
	till.sequence--;
	expect_stands_still();
	put_in_place(&newer);
	expect_sells();
}

static void
evidence_that_the_ledger_has_come_to_lead_to_stops_nothing(void **state)
{
	(void)state;
	sell(3, shown);
	till.sequence--;
	newer.evidence = disk_durable(rig->disk)->evidence;
	assert_true(newer.evidence.note.n > 0);
	put_in_place(&newer);
	expect_sells();
	assert_int_equal(status()->newer_size, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(an_old_copy_signs_nothing_once_a_terminal_shows_a_newer_checkpoint),
		T(no_restart_forgets_what_a_terminal_showed),
		cmocka_unit_test_setup_teardown(
		    no_restart_forgets_what_headquarters_showed_without_a_cosignature,
		    set_up_with_hq, tear_down),
		T(evidence_waits_for_room_on_the_disk),
		T(what_had_not_reached_the_disk_is_found_out_when_it_is_shown_again),
		T(status_says_who_showed_what_and_when_also_after_a_restart),
		T(the_newer_ledger_put_back_sells_on),
		T(evidence_that_the_ledger_has_come_to_lead_to_stops_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
