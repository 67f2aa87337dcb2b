/* test_audit.c - whole ledgers, damaged one way at a time.
 *
 * Each ledger has two terminals and 700 entries or so: two full tiles and a tail, cosigned
 * at 300 and at the end. */
#include "audit/audit.h"
#include "edge/team.h"
#include "tests/support/make_ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct made_terminal *front, *back;
static const char *doing = "";	/* the case in hand */

static struct made_ledger *
make(uint64_t seed)
{
	struct made_ledger *m = made_ledger_open(seed);

	front = made_ledger_enrol(m, "front", 1);
	back = made_ledger_enrol(m, "back", 1);
	for (int i = 0; i < 74; i++) {
		made_ledger_sell(m, front, 2);
		made_ledger_sell(m, back, 2);
	}
	made_ledger_sign(m);
	made_ledger_cosign(m, m->wall_us);
	assert_int_equal(m->n, 300);
	made_ledger_snapshot(m);
	made_ledger_sell(m, front, 200);
	made_ledger_sell(m, back, 100);
	made_ledger_sell_to(m, back, "Ibu Sri");
	made_ledger_return(m, back, 40);
	return m;
}

static void
finish(struct made_ledger *m)
{
	made_ledger_sign(m);
	made_ledger_cosign(m, m->wall_us);
}

static struct audit_report
audit(struct made_ledger *m, const struct bytes *against, size_t n_against, bool with_hq)
{
	struct audit_source source = made_ledger_source(m);
	struct audit_options o = { .key = signer_vkey(m->signer),
		.hq = with_hq ? signer_vkey(m->hq) : NULL, .against = against,
		.n_against = n_against, .now_us = m->wall_us };
	struct audit_report one, many;
	struct kas_why why = { "" };
	struct audit_team alone = audit_team_alone(), together;
	struct team *team;

	if (audit_run(&source, &alone, &o, &one, &why) != KAS_OK)
		fail_msg("%s", why.text);
	/* The result does not depend on how many work on it. */
	assert_int_equal(team_open(3, &team, &why), KAS_OK);
	together = team_port(team);
	assert_int_equal(audit_run(&source, &together, &o, &many, &why), KAS_OK);
	team_close(team);
	assert_int_equal(one.findings.n, many.findings.n);
	for (size_t i = 0; i < one.findings.n; i++) {
		const struct finding *f = &one.findings.list[i];
		const struct finding *g = findings_of(&many.findings, f->kind, f->remark);

		assert_non_null(g);
		assert_int_equal(f->first, g->first);
		assert_int_equal(f->count, g->count);
		assert_string_equal(f->text, g->text);
	}
	return one;
}

static void
show(const struct audit_report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		print_message("  %s%s at %llu, %llu times: %s\n",
		    audit_kind_name(r->findings.list[i].kind),
		    r->findings.list[i].remark ? " (remark)" : "",
		    (unsigned long long)r->findings.list[i].first,
		    (unsigned long long)r->findings.list[i].count, r->findings.list[i].text);
}

static void
expect(const struct audit_report *r, enum audit_kind kind, uint64_t index, enum audit_class class)
{
	const struct finding *f = findings_headline(&r->findings);

	if (f == NULL || f->kind != kind || f->first != index || audit_outcome(r) != class) {
		show(r);
		fail_msg("%s: expected %s at %llu, class %s", doing, audit_kind_name(kind),
		    (unsigned long long)index, audit_class_name(class));
	}
}

static void
expect_clean(const struct audit_report *r, enum audit_class class)
{
	if (findings_headline(&r->findings) != NULL)
		show(r);
	assert_null(findings_headline(&r->findings));
	assert_int_equal(audit_outcome(r), class);
}

static void
an_untouched_ledger_verifies(void **state)
{
	struct made_ledger *m = make(1);
	struct audit_report r;
	char text[300];

	(void)state;
	finish(m);
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_VERIFIED);
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
	struct made_ledger *m = make(2);
	struct audit_report r;
	char text[300];

	(void)state;
	finish(m);
	r = audit(m, NULL, 0, false);
	expect_clean(&r, AUDIT_UNPROVEN);
	audit_verdict(&r, text, sizeof text);
	assert_non_null(strstr(text, "consistent, freshness unproven"));
	m->n_cosigned = 0;
	m->head.cosigned = BYTES_NONE;
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_UNPROVEN);
	made_ledger_close(m);
}

static void
an_empty_ledger_and_one_of_one_entry_are_consistent(void **state)
{
	struct made_ledger *m = made_ledger_open(3);
	struct audit_report r;

	(void)state;
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_UNPROVEN);
	finish(m);
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_VERIFIED);
	made_ledger_close(m);
}

static void
what_headquarters_has_not_seen_yet_is_told(void **state)
{
	struct made_ledger *m = make(4);
	struct audit_report r;
	char text[300];

	(void)state;
	made_ledger_sign(m);
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_VERIFIED);
	assert_int_equal(r.cosigned_size, 300);
	audit_verdict(&r, text, sizeof text);
	assert_string_equal(text,
	    "all 602 entries verify; headquarters has cosigned 300, the last 302 wait for it");
	m->wall_us += (int64_t)25 * 3600 * 1000000;
	r = audit(m, NULL, 0, true);
	assert_non_null(findings_of(&r.findings, AUDIT_COSIGNATURE_STALE, true));
	made_ledger_close(m);
}

/* Damage by somebody who has the file but no key. */

static struct bytes
changed(struct made_ledger *m, struct bytes b, size_t at)
{
	struct bytes copy;

	assert_true(arena_copy(&m->arena, b, &copy));
	((uint8_t *)copy.p)[at] ^= 0x01;
	return copy;
}

static void edit_payload(struct made_ledger *m, uint64_t i)
{
	m->rows[i].e.payload = changed(m, m->rows[i].e.payload, m->rows[i].e.payload.n / 2);
}
static void edit_entry(struct made_ledger *m, uint64_t i)
{
	m->rows[i].e.entry = changed(m, m->rows[i].e.entry, m->rows[i].e.entry.n - 1);
}
static void edit_time(struct made_ledger *m, uint64_t i)
{
	m->rows[i].e.entry = changed(m, m->rows[i].e.entry, 1);	/* low bits of wall_us */
}
static void delete(struct made_ledger *m, uint64_t i)
{
	m->rows[i].gone = true;
}
static void delete_and_close_up(struct made_ledger *m, uint64_t i)
{
	memmove(&m->rows[i], &m->rows[i + 1], (m->n - i - 1) * sizeof m->rows[0]);
	m->n--;
}
static void swap(struct made_ledger *m, uint64_t i)
{
	struct made_row row = m->rows[i];

	m->rows[i] = m->rows[i + 1];
	m->rows[i + 1] = row;
}
static void add_payload(struct made_ledger *m, uint64_t i)
{
	m->rows[i].e.payload = bytes_of_text("more");
}
static void cut(struct made_ledger *m, uint64_t i)
{
	m->n = i;
}
static void cut_with_head(struct made_ledger *m, uint64_t i)
{
	m->n = i;
	m->head.size = i;
}
static void make_unreadable(struct made_ledger *m, uint64_t i)
{
	m->unreadable = i;
}
static void edit_tile(struct made_ledger *m, uint64_t i)
{
	m->tiles[i / TILE_WIDTH].hashes[i % TILE_WIDTH].b[5] ^= 1;
}
static void drop_tile(struct made_ledger *m, uint64_t i)
{
	m->tiles[i / TILE_WIDTH].id.n = 99;
}
static void edit_person(struct made_ledger *m, uint64_t i)
{
	m->rows[i].e.personal = bytes_of_text("Bapak Joko");
}

static void
damage_is_named_with_its_first_index(void **state)
{
	static const struct {
		const char *what;
		void (*damage)(struct made_ledger *m, uint64_t index);
		uint64_t index;
		enum audit_kind kind;
		uint64_t expected;
		enum audit_class class;
	} cases[] = {
		{ "payload", edit_payload, 100, AUDIT_ENTRY_EDITED, 100, AUDIT_DAMAGE },
		{ "last payload", edit_payload, 601, AUDIT_ENTRY_EDITED, 601, AUDIT_DAMAGE },
		{ "entry in a full tile", edit_entry, 255, AUDIT_ENTRY_EDITED, 255, AUDIT_DAMAGE },
		{ "entry after it", edit_entry, 256, AUDIT_ENTRY_EDITED, 256, AUDIT_DAMAGE },
		{ "entry in the tail", edit_entry, 599, AUDIT_ENTRY_EDITED, 599, AUDIT_DAMAGE },
		{ "time of an entry", edit_time, 77, AUDIT_ENTRY_EDITED, 77, AUDIT_DAMAGE },
		{ "time in the tail", edit_time, 590, AUDIT_TREE_MISMATCH, 300, AUDIT_DAMAGE },
		{ "first entry", edit_entry, 0, AUDIT_ENTRY_EDITED, 0, AUDIT_DAMAGE },
		{ "payload of an event", add_payload, 1, AUDIT_ENTRY_EDITED, 1, AUDIT_DAMAGE },
		{ "personal data", edit_person, 600, AUDIT_ENTRY_EDITED, 600, AUDIT_DAMAGE },
		{ "row gone", delete, 100, AUDIT_ENTRY_MISSING, 100, AUDIT_DAMAGE },
		{ "row gone in the tail", delete, 580, AUDIT_ENTRY_MISSING, 580, AUDIT_DAMAGE },
		{ "gone, closed up", delete_and_close_up, 100, AUDIT_ENTRY_MISSING, 100, AUDIT_DAMAGE },
		{ "two swapped", swap, 100, AUDIT_ENTRY_REORDERED, 100, AUDIT_DAMAGE },
		{ "two swapped in the tail", swap, 580, AUDIT_ENTRY_REORDERED, 580, AUDIT_DAMAGE },
		{ "tail cut", cut, 500, AUDIT_TAIL_TRUNCATED, 500, AUDIT_DAMAGE },
		{ "last row cut", cut, 601, AUDIT_TAIL_TRUNCATED, 601, AUDIT_DAMAGE },
		{ "all cut", cut, 0, AUDIT_TAIL_TRUNCATED, 0, AUDIT_DAMAGE },
		{ "cut, head changed", cut_with_head, 500, AUDIT_TAIL_TRUNCATED, 500, AUDIT_DAMAGE },
		{ "page", make_unreadable, 333, AUDIT_PAGE_CORRUPT, 333, AUDIT_DAMAGE },
		{ "leaf in a tile", edit_tile, 300, AUDIT_TREE_MISMATCH, 300, AUDIT_DAMAGE },
		{ "tile gone", drop_tile, 256, AUDIT_TREE_MISMATCH, 256, AUDIT_DAMAGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct made_ledger *m = make(100 + i);
		struct audit_report r;

		finish(m);
		cases[i].damage(m, cases[i].index);
		r = audit(m, NULL, 0, true);
		doing = cases[i].what;
		expect(&r, cases[i].kind, cases[i].expected, cases[i].class);
		made_ledger_close(m);
	}
}

/* The tables beside the entries, edited by somebody who has the file.  They are of the
 * first 300 entries, the third of which enrols "back". */

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
		struct made_ledger *m = make(300 + i);
		struct audit_report r;

		finish(m);
		doing = cases[i].what;
		r = audit(m, NULL, 0, true);
		expect_clean(&r, AUDIT_VERIFIED);
		assert_int_equal(m->head.snapshot_size, 300);
		cases[i].damage(m);
		r = audit(m, NULL, 0, true);
		expect(&r, AUDIT_SNAPSHOT_MISMATCH, cases[i].expected, AUDIT_BOOKS);
		made_ledger_close(m);
	}
}

static void
tables_that_have_grown_while_they_are_read_are_no_mismatch(void **state)
{
	struct made_ledger *m = make(330);
	struct audit_report r;

	(void)state;
	finish(m);
	/* What a later snapshot adds: of later entries, and links of returns that are older. */
	m->facts[0] = (struct fact){ .kind = FACT_TXN, .key_n = 8, .index = 301 };
	m->covered = 500;
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_SNAPSHOT_MISMATCH, 6, AUDIT_BOOKS);	/* the one overwritten */
	assert_int_equal(findings_of(&r.findings, AUDIT_SNAPSHOT_MISMATCH, false)->count, 1);
	made_ledger_close(m);
}

static void
erased_personal_data_is_no_damage(void **state)
{
	struct made_ledger *m = make(5);
	struct audit_report r;

	(void)state;
	finish(m);
	m->rows[600].e.salt = m->rows[600].e.personal = BYTES_NONE;
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_VERIFIED);
	assert_int_equal(r.erased, 1);
	made_ledger_close(m);
}

/* Signatures of the store and of headquarters. */

static void
a_checkpoint_by_another_key_is_named(void **state)
{
	struct made_ledger *m = make(6), *other = make(7);
	struct audit_report r;

	(void)state;
	finish(m);
	finish(other);
	m->head.checkpoint = other->head.checkpoint;
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_CHECKPOINT_SIGNATURE_INVALID, 602, AUDIT_SIGNATURES);
	made_ledger_close(m);
	made_ledger_close(other);
}

static void
a_false_cosignature_is_named(void **state)
{
	struct made_ledger *m = make(8);
	struct audit_report r;

	(void)state;
	finish(m);
	m->cosigned[0].note = changed(m, m->cosigned[0].note, m->cosigned[0].note.n - 8);
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_COSIGNATURE_INVALID, 300, AUDIT_SIGNATURES);
	m->cosigned[0].note = made_ledger_sign(m);	/* signed, not cosigned */
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_COSIGNATURE_INVALID, 300, AUDIT_SIGNATURES);
	made_ledger_close(m);
}

/* With the store's key in the wrong hands, only what others have seen helps. */

static void
a_cosigned_checkpoint_kept_under_another_size_is_named(void **state)
{
	struct made_ledger *m = make(13);
	struct audit_report r;

	(void)state;
	finish(m);
	/* An old note, put in as if it were the newest. */
	m->head.cosigned = m->cosigned[0].note;
	m->cosigned[m->n_cosigned - 1] = (struct made_note){ 602, m->cosigned[0].note };
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_COSIGNATURE_INVALID, 602, AUDIT_SIGNATURES);
	m->cosigned[m->n_cosigned - 1].size = 99999;
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_COSIGNATURE_INVALID, 99999, AUDIT_SIGNATURES);
	/* One that has come while the audit runs is none. */
	m->cosigned[m->n_cosigned - 1] = (struct made_note){ 602, m->head.checkpoint };
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_VERIFIED);
	assert_int_equal(r.cosigned_size, 300);
	made_ledger_close(m);
}

static void
an_older_copy_put_back_is_a_rollback(void **state)
{
	struct made_ledger *m = make(9);
	struct bytes newest, older_cosigned;
	struct audit_report r;

	(void)state;
	older_cosigned = m->cosigned[0].note;
	finish(m);
	newest = m->head.cosigned;
	/* All of it as it was at 300, but for the newest cosignature. */
	m->n = 300;
	m->head.size = 300;
	m->head.checkpoint = older_cosigned;
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_ROLLBACK, 300, AUDIT_HISTORY);
	/* The thief takes that away too; a terminal still has it. */
	m->head.cosigned = older_cosigned;
	m->n_cosigned = 1;
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_VERIFIED);
	r = audit(m, &newest, 1, true);
	expect(&r, AUDIT_ROLLBACK, 300, AUDIT_HISTORY);
	made_ledger_close(m);
}

static void
a_second_history_is_a_fork(void **state)
{
	struct made_ledger *m = make(10), *other = make(10);
	struct bytes seen;
	struct audit_report r;

	(void)state;
	/* Same keys, same first 602 entries; then they part. */
	made_ledger_sell(m, front, 3);
	finish(m);
	other->seed = 999;
	made_ledger_sell(other, &other->terminals[0], 3);
	finish(other);
	seen = other->head.checkpoint;
	r = audit(m, &seen, 1, true);
	expect(&r, AUDIT_FORK, 300, AUDIT_HISTORY);
	/* Headquarters cosigned the other one. */
	m->head.cosigned = m->cosigned[1].note = other->head.cosigned;
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_FORK, 300, AUDIT_HISTORY);
	made_ledger_close(m);
	made_ledger_close(other);
}

/* Lies that the store itself has told: tree and signatures are true to them. */

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
		struct made_ledger *m = make(200 + i);
		struct audit_report r;

		lie_at = lie_count = 0;
		m->lie = cases[i].lie;
		m->slip = cases[i].slip;
		m->forge = cases[i].forge;
		made_ledger_sell(m, front, 1);
		m->lie = NULL;
		m->slip = NULL;
		m->forge = NULL;
		finish(m);
		r = audit(m, NULL, 0, true);
		doing = cases[i].what;
		expect(&r, cases[i].kind, 602, cases[i].class);
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
		struct made_ledger *m = make(300 + i);
		const struct finding *f;
		struct audit_report r;

		m->slip = cases[i].slip;
		made_ledger_sell(m, front, 1);
		m->slip = NULL;
		finish(m);
		r = audit(m, NULL, 0, true);
		expect_clean(&r, AUDIT_VERIFIED);
		f = findings_of(&r.findings, cases[i].kind, true);
		assert_non_null(f);
		assert_int_equal(f->first, 602);
		made_ledger_close(m);
	}
}

static void
a_key_counts_only_between_enrolment_and_revocation(void **state)
{
	struct made_ledger *m = make(11);
	struct made_terminal stranger = *front;
	struct audit_report r;

	(void)state;
	made_ledger_revoke(m, back);
	made_ledger_sell(m, front, 1);
	finish(m);
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_VERIFIED);
	made_ledger_sell(m, back, 1);
	finish(m);
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_KEY_REVOKED_AT_INDEX, 604, AUDIT_TERMINALS);
	made_ledger_close(m);

	m = make(11);
	stranger.epoch = 2;
	stranger.sequence = 0;
	m->lie = lie_chain;	/* the book need not take it */
	made_ledger_sell(m, &stranger, 1);
	m->lie = NULL;
	finish(m);
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_KEY_UNKNOWN, 602, AUDIT_TERMINALS);
	made_ledger_close(m);
}

static void
the_same_sale_twice_is_a_replay(void **state)
{
	struct made_ledger *m = make(12);
	struct made_terminal before;
	struct audit_report r;

	(void)state;
	before = *front;
	made_ledger_sell(m, front, 1);
	*front = before;	/* the same number, chain and time: the same statement */
	m->seed--;
	m->wall_us -= 1000000;
	m->lie = lie_conflict;
	made_ledger_sell(m, front, 1);
	m->lie = NULL;
	finish(m);
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_TERMINAL_REPLAY, 603, AUDIT_TERMINALS);
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
	struct made_ledger *m = make(16);
	uint64_t early, original, settled;
	struct audit_report r;

	(void)state;
	early = made_ledger_return_early(m, back, front);
	original = made_ledger_sell(m, front, 1);
	made_ledger_settle(m, early, original);
	finish(m);
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_VERIFIED);
	early = made_ledger_return_early(m, back, front);
	original = made_ledger_sell(m, front, 1);
	m->lie = lie_settled;
	settled = made_ledger_settle(m, early, original);
	m->lie = NULL;
	finish(m);
	r = audit(m, NULL, 0, true);
	expect(&r, AUDIT_RULE_MISMATCH, settled, AUDIT_BOOKS);
	made_ledger_close(m);
}

static void
the_ledger_of_another_key_is_unauthorised(void **state)
{
	struct made_ledger *m = make(13), *other = made_ledger_open(14);
	struct audit_report r;
	struct signer *own;

	(void)state;
	/* Signed by the pinned key, but opened for another one. */
	own = m->signer;
	m->signer = other->signer;
	finish(m);
	r = audit(m, NULL, 0, false);
	expect(&r, AUDIT_EPOCH_UNAUTHORISED, 0, AUDIT_SIGNATURES);
	m->signer = own;
	made_ledger_close(m);
	made_ledger_close(other);
}

static void
a_clock_that_goes_back_is_a_remark(void **state)
{
	struct made_ledger *m = make(15);
	struct audit_report r;

	(void)state;
	m->wall_us -= (int64_t)3600 * 1000000;
	made_ledger_revoke(m, back);
	finish(m);
	r = audit(m, NULL, 0, true);
	expect_clean(&r, AUDIT_VERIFIED);
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
		cmocka_unit_test(damage_is_named_with_its_first_index),
		cmocka_unit_test(tables_made_from_the_entries_are_held_against_them),
		cmocka_unit_test(tables_that_have_grown_while_they_are_read_are_no_mismatch),
		cmocka_unit_test(erased_personal_data_is_no_damage),
		cmocka_unit_test(a_checkpoint_by_another_key_is_named),
		cmocka_unit_test(a_false_cosignature_is_named),
		cmocka_unit_test(a_cosigned_checkpoint_kept_under_another_size_is_named),
		cmocka_unit_test(an_older_copy_put_back_is_a_rollback),
		cmocka_unit_test(a_second_history_is_a_fork),
		cmocka_unit_test(lies_of_the_store_are_named),
		cmocka_unit_test(what_the_store_has_noted_itself_is_a_remark),
		cmocka_unit_test(a_key_counts_only_between_enrolment_and_revocation),
		cmocka_unit_test(the_same_sale_twice_is_a_replay),
		cmocka_unit_test(a_return_before_its_original_is_settled_by_the_same_rules),
		cmocka_unit_test(the_ledger_of_another_key_is_unauthorised),
		cmocka_unit_test(a_clock_that_goes_back_is_a_remark),
		cmocka_unit_test(every_finding_has_a_name_a_meaning_and_a_next_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
