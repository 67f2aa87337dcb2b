/* Which terminal keys a ledger has named, and where they hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "book/keyring.h"

static uint8_t key[KEY_LEN];

static enum kas_err
add_key(struct keyring *k, uint64_t index, const char *terminal, uint64_t epoch, size_t key_n)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalAdded added = KASIR__V1__TERMINAL_ADDED__INIT;

	added.terminal = (char *)(uintptr_t)terminal;
	added.epoch = epoch;
	added.key.data = key;
	added.key.len = key_n;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED;
	e.terminal_added = &added;
	return keyring_apply(k, index, &e);
}

static enum kas_err
add(struct keyring *k, uint64_t index, const char *terminal, uint64_t epoch)
{
	return add_key(k, index, terminal, epoch, KEY_LEN);
}

static enum kas_err
revoke(struct keyring *k, uint64_t index, const char *terminal, uint64_t epoch)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalRevoked revoked = KASIR__V1__TERMINAL_REVOKED__INIT;

	revoked.terminal = (char *)(uintptr_t)terminal;
	revoked.epoch = epoch;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_REVOKED;
	e.terminal_revoked = &revoked;
	return keyring_apply(k, index, &e);
}

static void
a_key_is_found_by_terminal_and_epoch(void **state)
{
	struct keyring k;

	(void)state;
	keyring_init(&k);
	assert_null(keyring_find(&k, "kasa-1", 1));
	assert_null(keyring_newest(&k, "kasa-1"));
	assert_int_equal(add(&k, 7, "kasa-1", 1), KAS_OK);
	assert_int_equal(add(&k, 9, "kasa-1", 2), KAS_OK);
	assert_int_equal(add(&k, 8, "kasa", 1), KAS_OK);
	assert_int_equal(keyring_find(&k, "kasa-1", 1)->added_at, 7);
	assert_int_equal(keyring_find(&k, "kasa-1", 1)->revoked_at, KEYRING_NEVER);
	assert_true(keyring_find(&k, "kasa-1", 1)->dirty);
	assert_null(keyring_find(&k, "kasa-1", 3));
	assert_null(keyring_find(&k, "kasa-", 1));
	assert_int_equal(keyring_newest(&k, "kasa-1")->epoch, 2);
	assert_int_equal(keyring_newest(&k, "kasa")->epoch, 1);
	assert_null(keyring_newest(&k, "kasa-2"));
	keyring_fini(&k);
}

static void
epochs_only_rise(void **state)
{
	struct keyring k;

	(void)state;
	keyring_init(&k);
	assert_int_equal(add(&k, 1, "a", 0), KAS_CORRUPT);
	assert_int_equal(add(&k, 1, "a", 2), KAS_OK);
	assert_int_equal(add(&k, 2, "a", 2), KAS_CORRUPT);
	assert_int_equal(add(&k, 2, "a", 1), KAS_CORRUPT);
	assert_int_equal(add(&k, 2, "a", 3), KAS_OK);
	assert_int_equal(add(&k, 3, "a", INT64_MAX), KAS_OK);
	assert_int_equal(add(&k, 4, "a", (uint64_t)INT64_MAX + 1), KAS_CORRUPT);
	keyring_fini(&k);
}

static void
a_malformed_enrolment_is_corruption(void **state)
{
	struct keyring k;

	(void)state;
	keyring_init(&k);
	assert_int_equal(add_key(&k, 1, "a", 1, KEY_LEN - 1), KAS_CORRUPT);
	assert_int_equal(add(&k, 1, "A", 1), KAS_CORRUPT);
	assert_int_equal(add(&k, 1, "", 1), KAS_CORRUPT);
	assert_int_equal(add(&k, 1, "abcdefghijklmnopqrstuvwxyz0123456", 1), KAS_CORRUPT);
	assert_int_equal(add(&k, 1, "abcdefghijklmnopqrstuvwxyz012345", 1), KAS_OK);
	assert_int_equal(k.n, 1);
	keyring_fini(&k);
}

static void
a_key_is_revoked_once(void **state)
{
	struct keyring k;

	(void)state;
	keyring_init(&k);
	assert_int_equal(revoke(&k, 1, "a", 1), KAS_CORRUPT);
	assert_int_equal(add(&k, 1, "a", 1), KAS_OK);
	keyring_find(&k, "a", 1)->dirty = false;
	assert_int_equal(revoke(&k, 2, "a", 2), KAS_CORRUPT);
	assert_int_equal(revoke(&k, 2, "a", 1), KAS_OK);
	assert_int_equal(keyring_find(&k, "a", 1)->revoked_at, 2);
	assert_true(keyring_find(&k, "a", 1)->dirty);
	assert_int_equal(revoke(&k, 3, "a", 1), KAS_CORRUPT);
	keyring_fini(&k);
}

static void
rows_stay_sorted_and_where_they_are(void **state)
{
	struct keyring k;
	struct terminal_row row = { .epoch = 1, .revoked_at = KEYRING_NEVER }, *first;
	unsigned i;

	(void)state;
	keyring_init(&k);
	memcpy(row.terminal, "t500", 5);
	assert_int_equal(keyring_add(&k, &row), KAS_OK);
	assert_int_equal(keyring_add(&k, &row), KAS_EXISTS);
	first = keyring_find(&k, "t500", 1);
	for (i = 0; i < 1000; i++) {
		if (i * 7 % 1000 == 500)
			continue;
		snprintf(row.terminal, sizeof row.terminal, "t%03u", i * 7 % 1000);
		assert_int_equal(keyring_add(&k, &row), KAS_OK);
	}
	assert_int_equal(k.n, 1000);
	for (i = 0; i < 1000; i++) {
		snprintf(row.terminal, sizeof row.terminal, "t%03u", i);
		assert_string_equal(k.rows[i]->terminal, row.terminal);
		assert_ptr_equal(keyring_find(&k, row.terminal, 1), k.rows[i]);
	}
	assert_ptr_equal(keyring_find(&k, "t500", 1), first);
	keyring_fini(&k);
}

static void
other_entries_change_nothing(void **state)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	struct keyring k;

	(void)state;
	keyring_init(&k);
	assert_int_equal(keyring_apply(&k, 0, &e), KAS_OK);
	assert_int_equal(k.n, 0);
	keyring_fini(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_found_by_terminal_and_epoch),
		cmocka_unit_test(epochs_only_rise),
		cmocka_unit_test(a_malformed_enrolment_is_corruption),
		cmocka_unit_test(a_key_is_revoked_once),
		cmocka_unit_test(rows_stay_sorted_and_where_they_are),
		cmocka_unit_test(other_entries_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
