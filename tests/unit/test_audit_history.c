/* Signatures of the store and of headquarters; and with the store's key in the wrong hands,
 * what others have seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/audit_rig.h"

static void
a_checkpoint_by_another_key_is_named(void **state)
{
	struct made_ledger *m = audit_rig_make(6), *other = audit_rig_make(7);
	struct audit_report r;

	(void)state;
	audit_rig_finish(m);
	audit_rig_finish(other);
	m->head.checkpoint = other->head.checkpoint;
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_CHECKPOINT_SIGNATURE_INVALID, 602, AUDIT_SIGNATURES);
	made_ledger_close(m);
	made_ledger_close(other);
}

static void
a_false_cosignature_is_named(void **state)
{
	struct made_ledger *m = audit_rig_make(8);
	struct audit_report r;

	(void)state;
	audit_rig_finish(m);
	m->cosigned[0].note = audit_rig_changed(m, m->cosigned[0].note, m->cosigned[0].note.n - 8);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_COSIGNATURE_INVALID, 300, AUDIT_SIGNATURES);
	m->cosigned[0].note = made_ledger_sign(m);	/* signed, not cosigned */
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_COSIGNATURE_INVALID, 300, AUDIT_SIGNATURES);
	made_ledger_close(m);
}

static void
a_cosigned_checkpoint_kept_under_another_size_is_named(void **state)
{
	struct made_ledger *m = audit_rig_make(13);
	struct audit_report r;

	(void)state;
	audit_rig_finish(m);
	/* An old note, put in as if it were the newest. */
	m->head.cosigned = m->cosigned[0].note;
	m->cosigned[m->n_cosigned - 1] = (struct made_note){ 602, m->cosigned[0].note };
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_COSIGNATURE_INVALID, 602, AUDIT_SIGNATURES);
	m->cosigned[m->n_cosigned - 1].size = 99999;
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_COSIGNATURE_INVALID, 99999, AUDIT_SIGNATURES);
	/* One that has come while the audit runs is none. */
	m->cosigned[m->n_cosigned - 1] = (struct made_note){ 602, m->head.checkpoint };
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	assert_int_equal(r.cosigned_size, 300);
	made_ledger_close(m);
}

static void
an_older_copy_put_back_is_a_rollback(void **state)
{
	struct made_ledger *m = audit_rig_make(9);
	struct bytes newest, older_cosigned;
	struct audit_report r;

	(void)state;
	older_cosigned = m->cosigned[0].note;
	audit_rig_finish(m);
	newest = m->head.cosigned;
	/* All of it as it was at 300, but for the newest cosignature. */
	m->n = 300;
	m->head.size = 300;
	m->head.checkpoint = older_cosigned;
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_ROLLBACK, 300, AUDIT_HISTORY);
	/* The thief takes that away too; a terminal still has it. */
	m->head.cosigned = older_cosigned;
	m->n_cosigned = 1;
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	r = audit_rig_run(m, &newest, 1, true);
	audit_rig_expect(__func__, &r, AUDIT_ROLLBACK, 300, AUDIT_HISTORY);
	made_ledger_close(m);
}

static void
a_second_history_is_a_fork(void **state)
{
	struct made_ledger *m = audit_rig_make(10), *other = audit_rig_make(10);
	struct bytes seen;
	struct audit_report r;

	(void)state;
	/* Same keys, same first 602 entries; then they part. */
	made_ledger_sell(m, FRONT(m), 3);
	audit_rig_finish(m);
	other->seed = 999;
	made_ledger_sell(other, &other->terminals[0], 3);
	audit_rig_finish(other);
	seen = other->head.checkpoint;
	r = audit_rig_run(m, &seen, 1, true);
	audit_rig_expect(__func__, &r, AUDIT_FORK, 300, AUDIT_HISTORY);
	/* Headquarters cosigned the other one. */
	m->head.cosigned = m->cosigned[1].note = other->head.cosigned;
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_FORK, 300, AUDIT_HISTORY);
	made_ledger_close(m);
	made_ledger_close(other);
}

static void
the_ledger_of_another_key_is_unauthorised(void **state)
{
	struct made_ledger *m = audit_rig_make(13), *other = made_ledger_open(14);
	struct audit_report r;
	struct signer *own;

	(void)state;
	/* Signed by the pinned key, but opened for another one. */
	own = m->signer;
	m->signer = other->signer;
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, false);
	audit_rig_expect(__func__, &r, AUDIT_EPOCH_UNAUTHORISED, 0, AUDIT_SIGNATURES);
	m->signer = own;
	made_ledger_close(m);
	made_ledger_close(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_checkpoint_by_another_key_is_named),
		cmocka_unit_test(a_false_cosignature_is_named),
		cmocka_unit_test(a_cosigned_checkpoint_kept_under_another_size_is_named),
		cmocka_unit_test(an_older_copy_put_back_is_a_rollback),
		cmocka_unit_test(a_second_history_is_a_fork),
		cmocka_unit_test(the_ledger_of_another_key_is_unauthorised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
