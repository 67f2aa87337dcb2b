/* test_audit.c - whole ledgers that are as they should be, or nearly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/audit_rig.h"

static void
an_untouched_ledger_verifies(void **state)
{
	struct made_ledger *m = audit_rig_make(1);
	struct audit_report r;
	char text[300];

	(void)state;
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	assert_int_equal(r.findings.n, 0);
	assert_int_equal(r.entries, 602);
	assert_int_equal(r.transactions, 598);
	assert_int_equal(r.signatures, 598);
	assert_int_equal(r.cosigned_size, 602);
	assert_int_equal(r.totals.returns_count, 1);
	assert_int_equal(r.totals.sales_count, 597);
	audit_verdict(&r, text, sizeof text);
	assert_string_equal(text, "all 602 entries verify, and headquarters has cosigned them");
	made_ledger_close(m);
}

static void
without_a_cosignature_freshness_is_unproven(void **state)
{
	struct made_ledger *m = audit_rig_make(2);
	struct audit_report r;
	char text[300];

	(void)state;
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, false);
	audit_rig_expect_clean(&r, AUDIT_UNPROVEN);
	audit_verdict(&r, text, sizeof text);
	assert_non_null(strstr(text, "consistent, freshness unproven"));
	m->n_cosigned = 0;
	m->head.cosigned = BYTES_NONE;
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_UNPROVEN);
	made_ledger_close(m);
}

static void
an_empty_ledger_and_one_of_one_entry_are_consistent(void **state)
{
	struct made_ledger *m = made_ledger_open(3);
	struct audit_report r;

	(void)state;
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_UNPROVEN);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	made_ledger_close(m);
}

static void
what_headquarters_has_not_seen_yet_is_told(void **state)
{
	struct made_ledger *m = audit_rig_make(4);
	struct audit_report r;
	char text[300];

	(void)state;
	made_ledger_sign(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	assert_int_equal(r.cosigned_size, 300);
	audit_verdict(&r, text, sizeof text);
	assert_string_equal(text,
	    "all 602 entries verify; headquarters has cosigned 300, the last 302 wait for it");
	m->wall_us += (int64_t)25 * 3600 * 1000000;
	r = audit_rig_run(m, NULL, 0, true);
	assert_non_null(findings_of(&r.findings, AUDIT_COSIGNATURE_STALE, true));
	made_ledger_close(m);
}

static void
erased_personal_data_is_no_damage(void **state)
{
	struct made_ledger *m = audit_rig_make(5);
	struct audit_report r;

	(void)state;
	audit_rig_finish(m);
	m->rows[600].e.salt = m->rows[600].e.personal = BYTES_NONE;
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	assert_int_equal(r.erased, 1);
	made_ledger_close(m);
}

static void
a_clock_that_goes_back_is_a_remark(void **state)
{
	struct made_ledger *m = audit_rig_make(15);
	struct audit_report r;

	(void)state;
	m->wall_us -= (int64_t)3600 * 1000000;
	made_ledger_revoke(m, BACK(m));
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	assert_non_null(findings_of(&r.findings, AUDIT_CLOCK_BACKDATED, true));
	made_ledger_close(m);
}

static void
every_finding_has_a_name_a_meaning_and_a_next_step(void **state)
{
	(void)state;
	for (unsigned k = 0; k < AUDIT__KINDS; k++) {
		assert_non_null(audit_kind_name(k));
		assert_non_null(audit_kind_meaning(k));
		assert_non_null(audit_kind_next_step(k));
		assert_true(audit_kind_class(k) > AUDIT_UNPROVEN);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_untouched_ledger_verifies),
		cmocka_unit_test(without_a_cosignature_freshness_is_unproven),
		cmocka_unit_test(an_empty_ledger_and_one_of_one_entry_are_consistent),
		cmocka_unit_test(what_headquarters_has_not_seen_yet_is_told),
		cmocka_unit_test(erased_personal_data_is_no_damage),
		cmocka_unit_test(a_clock_that_goes_back_is_a_remark),
		cmocka_unit_test(every_finding_has_a_name_a_meaning_and_a_next_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
