/* examine.c - what can be said of an entry alone. */
#include "audit/audit_parts.h"

/* Erased personal data leaves its hash behind, and nothing to hold against it. */
static void
check_bound(struct item *it)
{
	struct hash h = hash_of(it->e.payload);

	it->erased = it->txn.st.has_personal && it->e.salt.n + it->e.personal.n == 0;
	it->bound = hash_equal(&h, &it->txn.st.payload);
	if (!it->bound) {
		kas_fail(&it->why, KAS_CORRUPT, "its payload is not the one that it binds");
		return;
	}
	if (it->erased)
		return;
	h = hash_of_two(it->e.salt, it->e.personal);
	it->bound = it->txn.st.has_personal ? hash_equal(&h, &it->txn.st.personal) :
	    it->e.salt.n + it->e.personal.n == 0;
	if (!it->bound)
		kas_fail(&it->why, KAS_CORRUPT, "its personal data is not what it binds");
}

static void
open_record(struct item *it, const char *store)
{
	struct signed_txn *t = &it->txn;

	if (wire_statement_of(it->record, store, &t->st) != KAS_OK) {
		kas_fail(&it->why, KAS_CORRUPT, "its statement cannot be rebuilt");
		it->entry = NULL;
		return;
	}
	t->text_n = statement_format(&t->st, t->text);
	t->hash = hash_of(BYTES(t->text, t->text_n));
	t->payload = it->e.payload;
	t->salt = it->e.salt;
	t->personal = it->e.personal;
	t->signature = it->record->signature.data;
	check_bound(it);
}

/* Of all events, only the one that puts a rule set in force has it beside itself. */
static void
check_event(struct item *it)
{
	struct hash h;

	it->bound = it->e.salt.n + it->e.personal.n == 0;
	if (it->entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RULES_CHANGED) {
		h = hash_of(it->e.payload);
		it->bound = it->bound &&
		    bytes_equal(bytes_of_proto(it->entry->rules_changed->hash), hash_bytes(&h));
		if (!it->bound)
			kas_fail(&it->why, KAS_CORRUPT, "its rule set is not the one that it binds");
		return;
	}
	it->bound = it->bound && it->e.payload.n == 0;
	if (!it->bound)
		kas_fail(&it->why, KAS_CORRUPT, "an event with a payload that it does not bind");
}

static void
examine(struct chunk *c, struct item *it, const struct audit_row *row)
{
	it->index = row->index;
	it->e = row->e;
	it->leaf = merkle_leaf(row->e.entry);
	it->record = NULL;
	it->key = NULL;
	it->erased = false;
	it->genuine = true;
	if (wire_decode_entry(row->e.entry, &c->arena, &it->entry, &it->why) != KAS_OK) {
		it->entry = NULL;
		return;
	}
	if (it->entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION) {
		it->record = it->entry->transaction;
		open_record(it, c->store);
		return;
	}
	check_event(it);
}

void
examine_chunk(struct audit_task *task)
{
	struct chunk *c = (struct chunk *)task;

	for (size_t i = 0; i < c->n; i++)
		examine(c, &c->items[i], &c->rows[i]);
}

void
verify_chunk(struct audit_task *task)
{
	struct chunk *c = (struct chunk *)task;

	for (size_t i = 0; i < c->n; i++) {
		struct item *it = &c->items[i];

		if (it->key != NULL)
			it->genuine = sig_verify(it->key, BYTES(it->txn.text, it->txn.text_n),
			    it->txn.signature);
	}
}
