/* Lies that the store itself has told: tree and signatures are true to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/audit_rig.h"

static uint64_t lie_at, lie_count;

static bool
now(const Kasir__V1__LedgerEntry *e)
{
	(void)e;
	return lie_count++ == lie_at;
}
static void lie_totals(Kasir__V1__LedgerEntry *e)
{
	if (now(e))
		e->totals->sales -= 1;
}
static rule_id one_rule[] = { KASIR__V1__RULE__TENDER_SUM };
static void lie_rules(Kasir__V1__LedgerEntry *e)
{
	if (now(e)) {
		e->transaction->n_broken = 1;
		e->transaction->broken = one_rule;
	}
}
static void lie_chain(Kasir__V1__LedgerEntry *e)
{
	e->transaction->n_notes = 0;
}
static void lie_conflict(Kasir__V1__LedgerEntry *e)
{
	e->transaction->n_broken = 0;
	e->transaction->conflict = false;
	e->transaction->first = 0;
}
static void slip_gap(Kasir__V1__SignedTransaction *t)
{
	t->sequence += 2;
}
static void slip_chain(Kasir__V1__SignedTransaction *t)
{
	static uint8_t other[HASH_LEN] = { 9 };

	t->previous = proto_bytes(BYTES(other, sizeof other));
}
static void slip_back(Kasir__V1__SignedTransaction *t)
{
	t->sequence -= 1;
}
static void forge_time(Kasir__V1__SignedTransaction *t)
{
	t->signature.data[3] ^= 1;
}

static void
lies_of_the_store_are_named(void **state)
{
	static const struct {
		const char *what;
		void (*lie)(Kasir__V1__LedgerEntry *e);
		void (*slip)(Kasir__V1__SignedTransaction *t);
		void (*forge)(Kasir__V1__SignedTransaction *t);
		enum audit_kind kind;
		enum audit_class class;
	} cases[] = {
		{ "totals", lie_totals, NULL, NULL, AUDIT_GRAND_TOTAL_MISMATCH, AUDIT_BOOKS },
		{ "rules", lie_rules, NULL, NULL, AUDIT_RULE_MISMATCH, AUDIT_BOOKS },
		{ "gap unsaid", lie_chain, slip_gap, NULL, AUDIT_TERMINAL_SEQUENCE_GAP, AUDIT_TERMINALS },
		{ "chain unsaid", lie_chain, slip_chain, NULL, AUDIT_TERMINAL_CHAIN_BROKEN, AUDIT_TERMINALS },
		{ "conflict unsaid", lie_conflict, slip_back, NULL, AUDIT_TERMINAL_EQUIVOCATION, AUDIT_TERMINALS },
		{ "forged", NULL, NULL, forge_time, AUDIT_TERMINAL_SIGNATURE_INVALID, AUDIT_TERMINALS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct made_ledger *m = audit_rig_make(200 + i);
		struct audit_report r;

		lie_at = lie_count = 0;
		m->lie = cases[i].lie;
		m->slip = cases[i].slip;
		m->forge = cases[i].forge;
		made_ledger_sell(m, FRONT(m), 1);
		m->lie = NULL;
		m->slip = NULL;
		m->forge = NULL;
		audit_rig_finish(m);
		r = audit_rig_run(m, NULL, 0, true);
		audit_rig_expect(cases[i].what, &r, cases[i].kind, 602, cases[i].class);
		made_ledger_close(m);
	}
}

static void
what_the_store_has_noted_itself_is_a_remark(void **state)
{
	static const struct {
		void (*slip)(Kasir__V1__SignedTransaction *t);
		enum audit_kind kind;
	} cases[] = {
		{ slip_gap, AUDIT_TERMINAL_SEQUENCE_GAP },
		{ slip_chain, AUDIT_TERMINAL_CHAIN_BROKEN },
		{ slip_back, AUDIT_TERMINAL_EQUIVOCATION },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct made_ledger *m = audit_rig_make(300 + i);
		const struct finding *f;
		struct audit_report r;

		m->slip = cases[i].slip;
		made_ledger_sell(m, FRONT(m), 1);
		m->slip = NULL;
		audit_rig_finish(m);
		r = audit_rig_run(m, NULL, 0, true);
		audit_rig_expect_clean(&r, AUDIT_VERIFIED);
		f = findings_of(&r.findings, cases[i].kind, true);
		assert_non_null(f);
		assert_int_equal(f->first, 602);
		made_ledger_close(m);
	}
}

static void
a_key_counts_only_between_enrolment_and_revocation(void **state)
{
	struct made_ledger *m = audit_rig_make(11);
	struct made_terminal stranger = *FRONT(m);
	struct audit_report r;

	(void)state;
	made_ledger_revoke(m, BACK(m));
	made_ledger_sell(m, FRONT(m), 1);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	made_ledger_sell(m, BACK(m), 1);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_KEY_REVOKED_AT_INDEX, 604, AUDIT_TERMINALS);
	made_ledger_close(m);

	m = audit_rig_make(11);
	stranger.epoch = 2;
	stranger.sequence = 0;
	m->lie = lie_chain;	/* the book need not take it */
	made_ledger_sell(m, &stranger, 1);
	m->lie = NULL;
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_KEY_UNKNOWN, 602, AUDIT_TERMINALS);
	made_ledger_close(m);
}

static void
the_same_sale_twice_is_a_replay(void **state)
{
	struct made_ledger *m = audit_rig_make(12);
	struct made_terminal before;
	struct audit_report r;

	(void)state;
	before = *FRONT(m);
	made_ledger_sell(m, FRONT(m), 1);
	*FRONT(m) = before;	/* the same number, chain and time: the same statement */
	m->seed--;
	m->wall_us -= 1000000;
	m->lie = lie_conflict;
	made_ledger_sell(m, FRONT(m), 1);
	m->lie = NULL;
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_TERMINAL_REPLAY, 603, AUDIT_TERMINALS);
	made_ledger_close(m);
}

static void lie_settled(Kasir__V1__LedgerEntry *e)
{
	e->return_settled->n_broken = 1;
	e->return_settled->broken = one_rule;
}

static void
a_return_before_its_original_is_settled_by_the_same_rules(void **state)
{
	struct made_ledger *m = audit_rig_make(16);
	uint64_t early, original, settled;
	struct audit_report r;

	(void)state;
	early = made_ledger_return_early(m, BACK(m), FRONT(m));
	original = made_ledger_sell(m, FRONT(m), 1);
	made_ledger_settle(m, early, original);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	early = made_ledger_return_early(m, BACK(m), FRONT(m));
	original = made_ledger_sell(m, FRONT(m), 1);
	m->lie = lie_settled;
	settled = made_ledger_settle(m, early, original);
	m->lie = NULL;
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_RULE_MISMATCH, settled, AUDIT_BOOKS);
	made_ledger_close(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lies_of_the_store_are_named),
		cmocka_unit_test(what_the_store_has_noted_itself_is_a_remark),
		cmocka_unit_test(a_key_counts_only_between_enrolment_and_revocation),
		cmocka_unit_test(the_same_sale_twice_is_a_replay),
		cmocka_unit_test(a_return_before_its_original_is_settled_by_the_same_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
