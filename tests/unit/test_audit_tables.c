/* The tables beside the entries, edited by somebody who has the file.  They are of the
 * first 300 entries, the third of which enrols "back". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/audit_rig.h"

static void drop_fact(struct made_ledger *m)
{
	for (size_t i = 0; i < m->n_facts; i++)
		if (m->facts[i].kind == FACT_TXN && m->facts[i].index == 200) {
			m->facts[i] = m->facts[--m->n_facts];
			return;
		}
	fail();
}
static void drop_all_facts(struct made_ledger *m)
{
	m->n_facts = 0;
}
static void move_fact(struct made_ledger *m)
{
	drop_fact(m);
	m->facts[m->n_facts++].index = 250;
}
static void add_fact(struct made_ledger *m)
{
	m->facts[0].key[0] ^= 1;
}
static void add_fact_while_growing(struct made_ledger *m)
{
	m->facts[0].key[0] ^= 1;
	m->covered = 500;
}
static void edit_newest(struct made_ledger *m)
{
	m->terminal_rows[0].newest--;
	m->terminal_rows[0].count--;
}
static void edit_newest_hash(struct made_ledger *m)
{
	m->terminal_rows[0].newest_hash.b[0] ^= 1;
}
static void edit_key(struct made_ledger *m)
{
	m->terminal_rows[0].key.b[31] ^= 1;
}
static void revoke_quietly(struct made_ledger *m)
{
	m->terminal_rows[1].revoked_at = 4;
}
static void drop_terminal(struct made_ledger *m)
{
	m->n_terminal_rows--;
}
static void drop_all_terminals(struct made_ledger *m)
{
	m->n_terminal_rows = 0;
}
static void rename_terminal(struct made_ledger *m)
{
	strcpy(m->terminal_rows[1].terminal, "ghost");
}
static void claim_less(struct made_ledger *m)
{
	m->head.snapshot_size = 299;
}
static void claim_more_than_there_is(struct made_ledger *m)
{
	m->head.snapshot_size = 99999;
}

static void
tables_made_from_the_entries_are_held_against_them(void **state)
{
	static const struct {
		const char *what;
		void (*damage)(struct made_ledger *m);
		uint64_t expected;
	} cases[] = {
		{ "a fact gone", drop_fact, 200 },
		{ "all facts gone", drop_all_facts, 4 },
		{ "a fact of another entry", move_fact, 200 },
		{ "another fact", add_fact, 6 },
		{ "another fact, of a store that sells meanwhile", add_fact_while_growing, 6 },
		{ "newest sequence", edit_newest, 3 },
		{ "newest sale", edit_newest_hash, 3 },
		{ "key", edit_key, 3 },
		{ "revoked by no entry", revoke_quietly, 2 },
		{ "a terminal gone", drop_terminal, 2 },
		{ "all terminals gone", drop_all_terminals, 2 },
		{ "another terminal", rename_terminal, 2 },
		{ "of fewer entries", claim_less, 3 },
		{ "of more entries than there are", claim_more_than_there_is, 602 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct made_ledger *m = audit_rig_make(300 + i);
		struct audit_report r;

		audit_rig_finish(m);
		r = audit_rig_run(m, NULL, 0, true);
		audit_rig_expect_clean(&r, AUDIT_VERIFIED);
		assert_int_equal(m->head.snapshot_size, 300);
		cases[i].damage(m);
		r = audit_rig_run(m, NULL, 0, true);
		audit_rig_expect(cases[i].what, &r, AUDIT_SNAPSHOT_MISMATCH, cases[i].expected, AUDIT_BOOKS);
		made_ledger_close(m);
	}
}

static void
tables_that_have_grown_while_they_are_read_are_no_mismatch(void **state)
{
	struct made_ledger *m = audit_rig_make(330);
	struct audit_report r;

	(void)state;
	audit_rig_finish(m);
	/* What a later snapshot adds: of later entries, and links of returns that are older. */
	m->facts[0] = (struct fact){ .kind = FACT_TXN, .key_n = 8, .index = 301 };
	m->covered = 500;
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_SNAPSHOT_MISMATCH, 6, AUDIT_BOOKS);	/* the one overwritten */
	assert_int_equal(findings_of(&r.findings, AUDIT_SNAPSHOT_MISMATCH, false)->count, 1);
	made_ledger_close(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_made_from_the_entries_are_held_against_them),
		cmocka_unit_test(tables_that_have_grown_while_they_are_read_are_no_mismatch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
