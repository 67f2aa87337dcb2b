/* What the manager does to a made ledger, and what the store writes when it is asked to. */
#include "tests/support/make_ledger.h"

#include <string.h>

static uint64_t
add_event(struct made_ledger *m, Kasir__V1__LedgerEntry *e, struct bytes payload)
{
	Kasir__V1__GrandTotals totals = *book_totals(m->book);

	if (e->totals == NULL)
		e->totals = &totals;
	return made_ledger_add(m, e, NULL, NULL, (struct store_entry){ .payload = payload });
}

static void
put_root(struct made_ledger *m, Kasir__V1__DayClosed *z)
{
	struct hash *root = arena_alloc(&m->scratch, sizeof *root);

	kas_assert(tree_root(m->tree, m->n, root) == KAS_OK);
	z->root = proto_bytes(hash_bytes(root));
	z->cosigned_size = m->n_cosigned > 0 ? m->cosigned[m->n_cosigned - 1].size : 0;
}

void
made_ledger_write_due(struct made_ledger *m)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;

	kas_assert(book_due(m->book, &m->scratch, &e) == KAS_OK);
	if (e.body_case == KASIR__V1__LEDGER_ENTRY__BODY__NOT_SET)
		return;
	if (e.body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		put_root(m, e.day_closed);
	add_event(m, &e, BYTES_NONE);
}

uint64_t
made_ledger_close_day(struct made_ledger *m)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__Actor by = KASIR__V1__ACTOR__INIT;

	kas_assert(book_close_day(m->book, &m->scratch, &e.day_closed) == KAS_OK);
	put_root(m, e.day_closed);
	by.user = (char *)"manajer";
	e.day_closed->by = &by;
	e.day_closed->reason = (char *)"tutup";
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED;
	return add_event(m, &e, BYTES_NONE);
}

uint64_t
made_ledger_load_rules(struct made_ledger *m, const Kasir__V1__RuleSet *rules)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__RulesChanged r = KASIR__V1__RULES_CHANGED__INIT;
	struct bytes payload;
	struct hash h;

	kas_assert(proto_pack(&m->scratch, &rules->base, &payload));
	h = hash_of(payload);
	r.hash = proto_bytes(hash_bytes(&h));
	r.name = rules->name;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_RULES_CHANGED;
	e.rules_changed = &r;
	return add_event(m, &e, payload);
}

uint64_t
made_ledger_resolve(struct made_ledger *m, uint64_t index, Kasir__V1__Resolution how)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__ExceptionResolved r = KASIR__V1__EXCEPTION_RESOLVED__INIT;
	Kasir__V1__GrandTotals totals;
	struct open_exception x;
	uint64_t by;

	/* A lie may be about what cannot be resolved. */
	if (book_find_exception(m->book, index, &x, &by) == KAS_OK) {
		totals = book_totals_resolved(m->book, &x, how);
		e.totals = &totals;
	}
	r.index = index;
	r.how = how;
	r.reason = (char *)"dilihat";
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED;
	e.exception_resolved = &r;
	return add_event(m, &e, BYTES_NONE);
}
