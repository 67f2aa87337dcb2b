#include "tests/support/book_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t no_key[KEY_LEN], no_signature[SIG_LEN];

static enum kas_err
find_written(void *ctx, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max,
    size_t *ret_n)
{
	struct book_rig *r = ctx;
	size_t n = 0, i;

	for (i = 0; i < r->n_facts && n < max; i++)
		if (r->facts[i].kind == kind &&
		    bytes_equal(BYTES(r->facts[i].key, r->facts[i].key_n), key))
			ret[n++] = r->facts[i].index;
	*ret_n = n;
	return KAS_OK;
}

static enum kas_err
find_nothing(void *ctx, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max,
    size_t *ret_n)
{
	(void)ctx, (void)kind, (void)key, (void)ret, (void)max;
	*ret_n = 0;
	return KAS_OK;
}

static enum kas_err
read_entry(void *ctx, uint64_t index, struct arena *a, struct bytes *ret_entry,
    struct bytes *ret_payload)
{
	struct book_rig *r = ctx;

	(void)a;
	if (index >= r->n)
		return KAS_CORRUPT;
	*ret_entry = r->entries[index].entry;
	*ret_payload = r->entries[index].payload;
	return KAS_OK;
}

static enum kas_err
find_blob(void *ctx, const struct hash *hash, struct arena *a, struct bytes *ret)
{
	struct book_rig *r = ctx;
	struct hash h = hash_of(r->catalogue);

	(void)a;
	if (r->catalogue.n == 0 || !hash_equal(&h, hash))
		return KAS_NOTFOUND;
	*ret = r->catalogue;
	return KAS_OK;
}

struct book *
book_rig_empty(struct book_rig *r, bool with_facts)
{
	struct book_port port = { { with_facts ? find_written : find_nothing, r }, read_entry,
		find_blob, r };
	struct book *b;

	kas_assert(book_open(&port, &b) == KAS_OK);
	return b;
}

void
book_rig_apply(struct book_rig *r, struct book *b, uint64_t index)
{
	Kasir__V1__LedgerEntry *e;
	Kasir__V1__Transaction *doc;
	struct kas_why why = { "" };

	arena_reset(&r->scratch);
	kas_assert(wire_decode_entry(r->entries[index].entry, &r->scratch, &e, &why) == KAS_OK);
	doc = PROTO_UNPACK(kasir__v1__transaction, &r->scratch, r->entries[index].payload);
	kas_assert(book_apply(b, e, r->entries[index].payload, NULL, doc, &why) == KAS_OK);
}

static void
add_alone(struct book_rig *r, Kasir__V1__LedgerEntry *e, struct bytes payload)
{
	Kasir__V1__GrandTotals totals = *book_totals(r->book);

	kas_assert(r->n < BOOK_RIG_ENTRIES);
	if (e->totals == NULL)
		e->totals = &totals;
	kas_assert(proto_pack(&r->arena, &e->base, &r->entries[r->n].entry) &&
	    arena_copy(&r->arena, payload, &r->entries[r->n].payload));
	r->n++;
	book_rig_apply(r, r->book, r->n - 1);
}

/* And the close that it asks for. */
static void
add(struct book_rig *r, Kasir__V1__LedgerEntry *e, struct bytes payload)
{
	Kasir__V1__LedgerEntry due = KASIR__V1__LEDGER_ENTRY__INIT;

	add_alone(r, e, payload);
	kas_assert(book_due(r->book, &r->arena, &due) == KAS_OK);
	if (due.body_case != KASIR__V1__LEDGER_ENTRY__BODY__NOT_SET)
		add_alone(r, &due, BYTES_NONE);
}

void
book_rig_init(struct book_rig *r)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__StoreOpened o = KASIR__V1__STORE_OPENED__INIT;

	memset(r, 0, sizeof *r);
	arena_init(&r->arena, 0);
	arena_init(&r->scratch, 0);
	r->wall_us = 1780000000 * (int64_t)1000000;
	r->facts = malloc(1);
	r->book = book_rig_empty(r, true);
	o.format = 1;
	o.store = (char *)"toko-1";
	o.origin = (char *)"kasir.test/toko-1/1";
	o.currency = (char *)"IDR";
	o.store_key = proto_bytes(BYTES(no_key, KEY_LEN));
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED;
	e.store_opened = &o;
	add(r, &e, BYTES_NONE);
}

void
book_rig_fini(struct book_rig *r)
{
	book_close(r->book);
	free(r->facts);
	arena_fini(&r->arena);
	arena_fini(&r->scratch);
}

void
book_rig_enrol(struct book_rig *r, const char *terminal, uint64_t epoch)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalAdded t = KASIR__V1__TERMINAL_ADDED__INIT;

	t.terminal = (char *)(uintptr_t)terminal;
	t.epoch = epoch;
	t.key = proto_bytes(BYTES(no_key, KEY_LEN));
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED;
	e.terminal_added = &t;
	add(r, &e, BYTES_NONE);
}

void
book_rig_revoke(struct book_rig *r, const char *terminal, uint64_t epoch)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalRevoked t = KASIR__V1__TERMINAL_REVOKED__INIT;

	t.terminal = (char *)(uintptr_t)terminal;
	t.epoch = epoch;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_REVOKED;
	e.terminal_revoked = &t;
	add(r, &e, BYTES_NONE);
}

struct bytes
book_rig_pack(struct book_rig *r, const Kasir__V1__Transaction *doc)
{
	struct bytes b;

	kas_assert(proto_pack(&r->arena, &doc->base, &b));
	return b;
}

struct signed_txn
book_rig_open(const struct book_txn *t)
{
	struct signed_txn s = { .payload = t->payload, .signature = no_signature };
	int i;

	s.st = (struct statement){ .store = "toko-1", .terminal = t->terminal, .epoch = t->epoch,
		.sequence = t->sequence, .payload = hash_of(t->payload),
		.previous_known = t->previous != NULL };
	if (t->previous != NULL)
		s.st.previous = *t->previous;
	s.st.txn_id[6] = 0x70;
	s.st.txn_id[8] = 0x80;
	for (i = 0; i < 6; i++)
		s.st.txn_id[5 - i] = (uint8_t)(t->serial >> 8 * i);
	s.text_n = statement_format(&s.st, s.text);
	s.hash = hash_of(BYTES(s.text, s.text_n));
	return s;
}

struct judgement
book_rig_judge(struct book_rig *r, struct book *book, const struct book_txn *t)
{
	struct signed_txn s = book_rig_open(t);
	struct judgement j;

	arena_reset(&r->scratch);
	kas_assert(book_judge(book, &s, r->wall_us, &r->scratch, &j) == KAS_OK);
	return j;
}

static void
settle(struct book_rig *r, const struct book_txn *t, uint64_t original)
{
	uint64_t waiting[BOOK_WAITING_MAX];
	rule_id list[RULES_MAX];
	size_t n, i;

	kas_assert(book_waiting(r->book, t->terminal, t->epoch, t->sequence, waiting, &n) == KAS_OK);
	for (i = 0; i < n; i++) {
		Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
		Kasir__V1__ReturnSettled s = KASIR__V1__RETURN_SETTLED__INIT;
		Kasir__V1__GrandTotals totals;
		struct settlement judged;

		kas_assert(book_settle(r->book, waiting[i], original, &r->scratch, &judged) == KAS_OK);
		totals = book_totals_settled(r->book, &judged);
		s.return_index = waiting[i];
		s.original_index = original;
		s.n_broken = rule_set_list(&judged.broken, list);
		s.broken = list;
		e.totals = &totals;
		e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED;
		e.return_settled = &s;
		add(r, &e, BYTES_NONE);
	}
}

struct judgement
book_rig_enter(struct book_rig *r, const struct book_txn *t)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TransactionRecord x = KASIR__V1__TRANSACTION_RECORD__INIT;
	struct judgement j = book_rig_judge(r, r->book, t);
	struct signed_txn s = book_rig_open(t);
	rule_id broken[RULES_MAX], notes[RULES_MAX];
	Kasir__V1__GrandTotals totals = book_totals_after(r->book, &j);
	uint64_t index = r->n;

	if (j.verdict == VERDICT_DUPLICATE || j.verdict == VERDICT_CONFLICT_KNOWN)
		return j;
	x.terminal = (char *)(uintptr_t)t->terminal;
	x.epoch = t->epoch;
	x.sequence = t->sequence;
	x.txn_id = proto_bytes(BYTES(s.st.txn_id, WIRE_TXN_ID_LEN));
	if (t->previous != NULL)
		x.previous = proto_bytes(hash_bytes(t->previous));
	x.payload_hash = proto_bytes(hash_bytes(&s.st.payload));
	x.signature = proto_bytes(BYTES(no_signature, SIG_LEN));
	x.n_broken = rule_set_list(&j.broken, broken);
	x.broken = broken;
	x.n_notes = rule_set_list(&j.notes, notes);
	x.notes = notes;
	x.conflict = j.verdict == VERDICT_CONFLICT_NEW;
	x.first = x.conflict ? j.index : 0;
	e.totals = &totals;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	e.transaction = &x;
	add(r, &e, t->payload);
	if (!x.conflict || rule_set_has(&j.broken, KASIR__V1__RULE__IDENTITY_REUSED))
		settle(r, t, index);
	j.index = j.verdict == VERDICT_NEW ? index : j.index;
	return j;
}

static int
by_index(const void *pa, const void *pb)
{
	const struct fact *a = pa, *b = pb;

	return (a->index > b->index) - (a->index < b->index);
}

static void
keep_row(struct book_rig *r, const struct terminal_row *row)
{
	size_t i;

	for (i = 0; i < r->n_rows; i++)
		if (strcmp(r->rows[i].terminal, row->terminal) == 0 &&
		    r->rows[i].epoch == row->epoch)
			break;
	kas_assert(i < BOOK_RIG_ROWS);
	if (i == r->n_rows)
		r->n_rows++;
	r->rows[i] = *row;
}

void
book_rig_load_rules(struct book_rig *r, const Kasir__V1__RuleSet *rules)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__RulesChanged m = KASIR__V1__RULES_CHANGED__INIT;
	struct bytes payload;
	struct hash h;

	kas_assert(proto_pack(&r->arena, &rules->base, &payload));
	h = hash_of(payload);
	m.hash = proto_bytes(hash_bytes(&h));
	m.name = rules->name;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_RULES_CHANGED;
	e.rules_changed = &m;
	add(r, &e, payload);
}

void
book_rig_load_catalogue(struct book_rig *r, const Kasir__V1__Catalogue *c, bool kept)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__CatalogueChanged m = KASIR__V1__CATALOGUE_CHANGED__INIT;
	struct bytes bytes;
	struct hash h;

	kas_assert(proto_pack(&r->arena, &c->base, &bytes));
	h = hash_of(bytes);
	r->catalogue = kept ? bytes : BYTES_NONE;
	m.hash = proto_bytes(hash_bytes(&h));
	m.size = bytes.n;
	m.products = (uint32_t)c->n_products;
	m.cashiers = (uint32_t)c->n_cashiers;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED;
	e.catalogue_changed = &m;
	add(r, &e, BYTES_NONE);
}

enum kas_err
book_rig_resolve(struct book_rig *r, uint64_t index, Kasir__V1__Resolution how)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__ExceptionResolved m = KASIR__V1__EXCEPTION_RESOLVED__INIT;
	Kasir__V1__GrandTotals totals;
	struct open_exception x;
	uint64_t by;
	enum kas_err err;

	err = book_find_exception(r->book, index, &x, &by);
	if (err != KAS_OK)
		return err;
	totals = book_totals_resolved(r->book, &x, how);
	m.index = index;
	m.how = how;
	e.totals = &totals;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED;
	e.exception_resolved = &m;
	add(r, &e, BYTES_NONE);
	return KAS_OK;
}

void
book_rig_close_day(struct book_rig *r)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;

	kas_assert(book_close_day(r->book, &r->arena, &e.day_closed) == KAS_OK);
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED;
	add(r, &e, BYTES_NONE);
}

const Kasir__V1__LedgerEntry *
book_rig_entry(struct book_rig *r, uint64_t index)
{
	Kasir__V1__LedgerEntry *e;

	arena_reset(&r->scratch);
	kas_assert(index < r->n &&
	    wire_decode_entry(r->entries[index].entry, &r->scratch, &e, NULL) == KAS_OK);
	return e;
}

struct bytes
book_rig_state(struct book_rig *r, const struct book *b)
{
	Kasir__V1__BookState *m;
	struct bytes ret;

	kas_assert(book_state(b, &r->arena, &m) == KAS_OK &&
	    proto_pack(&r->arena, &m->base, &ret));
	return ret;
}

void
book_rig_keep(struct book_rig *r, struct book *b)
{
	struct book_snapshot s;
	size_t i;

	kas_assert(book_begin_snapshot(b, &s) == KAS_OK);
	r->facts = realloc(r->facts, (r->n_facts + s.n_facts + 1) * sizeof *r->facts);
	kas_assert(r->facts != NULL);
	memcpy(r->facts + r->n_facts, s.facts, s.n_facts * sizeof *s.facts);
	r->n_facts += s.n_facts;
	/* find_written() gives them out ascending, as the port must. */
	qsort(r->facts, r->n_facts, sizeof *r->facts, by_index);
	for (i = 0; i < s.n_terminals; i++)
		keep_row(r, s.terminals[i]);
	r->snapshot_size = s.size;
	kas_assert(arena_copy(&r->arena, s.state, &r->state));
	book_end_snapshot(b, true);
}

void
book_rig_snapshot(struct book_rig *r)
{
	book_rig_keep(r, r->book);
}

void
book_rig_forget(struct book_rig *r)
{
	r->n_facts = r->n_rows = 0;
	r->snapshot_size = 0;
}

struct book *
book_rig_fold(struct book_rig *r, bool from_snapshot)
{
	struct book *b = book_rig_empty(r, from_snapshot);
	uint64_t from = from_snapshot ? r->snapshot_size : 0, i;
	Kasir__V1__LedgerEntry *first, *last;
	size_t k;

	if (from > 0) {
		arena_reset(&r->scratch);
		kas_assert(wire_decode_entry(r->entries[0].entry, &r->scratch, &first, NULL) == KAS_OK &&
		    wire_decode_entry(r->entries[from - 1].entry, &r->scratch, &last, NULL) == KAS_OK);
		for (k = 0; k < r->n_rows; k++)
			kas_assert(book_restore_terminal(b, &r->rows[k]) == KAS_OK);
		kas_assert(book_restore(b, from, first->store_opened, last->totals,
		    r->state) == KAS_OK);
	}
	for (i = from; i < r->n; i++)
		book_rig_apply(r, b, i);
	return b;
}
