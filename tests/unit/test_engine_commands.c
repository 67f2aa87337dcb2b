/* What a manager asks of the store's engine about its terminals. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sysexits.h>

#include <cmocka.h>

#include "tests/support/engine_rig.h"

static Kasir__V1__ControlResponse *
revoke(const char *terminal)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalRevokeRequest r = KASIR__V1__TERMINAL_REVOKE_REQUEST__INIT;

	r.terminal = (char *)(uintptr_t)terminal;
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_REVOKE;
	q.terminal_revoke = &r;
	return rig_ask(rig, &q);
}

static Kasir__V1__ControlResponse *
add(const char *terminal, const uint8_t key[KEY_LEN])
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalAddRequest r = KASIR__V1__TERMINAL_ADD_REQUEST__INIT;

	r.terminal = (char *)(uintptr_t)terminal;
	r.key = proto_bytes(BYTES(key, KEY_LEN));
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_ADD;
	q.terminal_add = &r;
	return rig_ask(rig, &q);
}

static Kasir__V1__RefusalReason
refusal_of(Kasir__V1__SignedTransaction *t)
{
	rig_forget(rig);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_run(rig);
	return rig_refusals(rig, &till, rig_answer(rig, &till))->refusals[0]->reason;
}

static void
an_older_key_drains_beside_a_newer_one_until_the_terminal_is_revoked(void **state)
{
	static const uint8_t other[KEY_LEN] = { 1, 2, 3 };
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));

	(void)state;
	assert_int_equal(add("kasa-1", other)->terminal_add->epoch, 2);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_run(rig);
	assert_int_equal(rig_answer(rig, &till)->n_acks, 1);
	assert_int_equal(revoke("kasa-1")->exit_code, 0);
	assert_int_equal(refusal_of(rig_sign(rig, &till, rig_sale(rig, 2))),
	    KASIR__V1__REFUSAL_REASON__REVOKED);
	assert_int_equal(revoke("kasa-1")->exit_code, EX_NOINPUT);
}

static void
all_keys_of_a_terminal_fit_into_one_command(void **state)
{
	uint8_t key[KEY_LEN] = { 0 };
	unsigned i;

	(void)state;
	for (i = 2; i < 60; i++) {
		key[0] = (uint8_t)i;
		assert_int_equal(add("kasa-1", key)->terminal_add->epoch, i);
	}
	assert_int_equal(revoke("kasa-1")->exit_code, 0);
	assert_int_equal(engine_durable_size(rig->engine), 3 + 58 + 59);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
}

static void
a_revoked_key_does_not_come_back_under_any_name(void **state)
{
	const uint8_t *key = signer_vkey(till.key)->key.b;

	(void)state;
	assert_int_equal(add("kasa-1", key)->exit_code, EX_CANTCREAT);
	assert_int_equal(revoke("kasa-1")->exit_code, 0);
	assert_int_equal(add("kasa-1", key)->exit_code, EX_NOPERM);
	assert_int_equal(add("kasa-2", key)->exit_code, EX_NOPERM);
	rig_restart(rig);
	assert_int_equal(add("kasa-2", key)->exit_code, EX_NOPERM);
}

static void
the_next_of_another_name_is_left_alone(void **state)
{
	static const uint8_t other[KEY_LEN] = { 9 };

	(void)state;
	assert_int_equal(add("kasa-10", other)->exit_code, 0);
	assert_int_equal(revoke("kasa-10")->exit_code, 0);
	assert_int_equal(revoke("kasa")->exit_code, EX_NOINPUT);
	assert_int_equal(add("kasa-1", signer_vkey(till.key)->key.b)->exit_code, EX_CANTCREAT);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		T(an_older_key_drains_beside_a_newer_one_until_the_terminal_is_revoked),
		T(all_keys_of_a_terminal_fit_into_one_command),
		T(a_revoked_key_does_not_come_back_under_any_name),
		T(the_next_of_another_name_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
