/* Damage by somebody who has the file but no key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/audit_rig.h"

static void edit_payload(struct made_ledger *m, uint64_t i)
{
	m->rows[i].e.payload = audit_rig_changed(m, m->rows[i].e.payload, m->rows[i].e.payload.n / 2);
}
static void edit_entry(struct made_ledger *m, uint64_t i)
{
	m->rows[i].e.entry = audit_rig_changed(m, m->rows[i].e.entry, m->rows[i].e.entry.n - 1);
}
static void edit_time(struct made_ledger *m, uint64_t i)
{
	m->rows[i].e.entry = audit_rig_changed(m, m->rows[i].e.entry, 1);	/* low bits of wall_us */
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
		struct made_ledger *m = audit_rig_make(100 + i);
		struct audit_report r;

		audit_rig_finish(m);
		cases[i].damage(m, cases[i].index);
		r = audit_rig_run(m, NULL, 0, true);
		audit_rig_expect(cases[i].what, &r, cases[i].kind, cases[i].expected, cases[i].class);
		made_ledger_close(m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damage_is_named_with_its_first_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
