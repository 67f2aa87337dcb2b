/* fold.c - what can be said of an entry after those before it. */
#include "audit/audit_parts.h"

#include <inttypes.h>
#include <string.h>

#define BACKDATED_US ((int64_t)60 * 1000000)

static struct findings *
found(struct audit *au)
{
	return &au->report->findings;
}

/* Originals of returns and voids, read again where they lie. */
static enum kas_err
read_again(void *ctx, uint64_t index, struct arena *a, struct bytes *ret_entry,
    struct bytes *ret_payload)
{
	struct audit *au = ctx;
	struct audit_row row;
	size_t n = 0;
	enum kas_err err;

	err = au->source->read(au->source->ctx, index, 1, CHUNK_BYTES, a, &row, &n);
	if (err != KAS_OK)
		return err;
	if (n == 0 || row.index != index)
		return KAS_CORRUPT;
	*ret_entry = row.e.entry;
	*ret_payload = row.e.payload;
	return KAS_OK;
}

static enum kas_err
read_blob(void *ctx, const struct hash *hash, struct arena *a, struct bytes *ret)
{
	struct audit *au = ctx;

	return au->source->blob(au->source->ctx, hash, a, ret);
}

enum kas_err
fold_init(struct audit *au)
{
	struct book_port port = { fact_index_port(&au->facts), read_again,
		au->source->blob != NULL ? read_blob : NULL, au };

	fact_index_init(&au->facts, au->options->key->key.b);
	buf_init(&au->gaps);
	au->following = au->sums_known = true;
	return book_open(&port, &au->book);
}

void
fold_fini(struct audit *au)
{
	book_close(au->book);
	fact_index_fini(&au->facts);
	buf_fini(&au->gaps);
}

/* The book's facts move to sixteen bytes each. */
enum kas_err
fold_drain_facts(struct audit *au)
{
	struct book_snapshot snap;
	enum kas_err err;

	err = book_begin_snapshot(au->book, &snap);
	for (size_t i = 0; err == KAS_OK && i < snap.n_facts; i++)
		err = fact_index_add(&au->facts, &snap.facts[i]);
	book_end_snapshot(au->book, err == KAS_OK);
	return err;
}

static void
note_gap(struct audit *au, const struct terminal_row *row, uint64_t index)
{
	struct gap *g = (struct gap *)au->gaps.p, new = { row, index };
	size_t n = au->gaps.n / sizeof *g;

	for (size_t i = 0; i < n; i++)
		if (g[i].row == row)
			return;
	buf_add(&au->gaps, &new, sizeof new);
}

/* What the store itself has noted is no fault of the ledger, but a person should know. */
static void
note_remarks(struct audit *au, const struct item *it, const struct terminal_row *row)
{
	const Kasir__V1__TransactionRecord *r = it->record;
	struct rule_set notes = rule_set_of(r->notes, r->n_notes);

	if (r->conflict)
		findings_add(found(au), AUDIT_TERMINAL_EQUIVOCATION, true, it->index,
		    "%s %" PRIu64 "/%" PRIu64 ": its identity belongs to entry %" PRIu64,
		    r->terminal, r->epoch, r->sequence, r->first);
	if (rule_set_has(&notes, KASIR__V1__RULE__CHAIN_BROKEN))
		findings_add(found(au), AUDIT_TERMINAL_CHAIN_BROKEN, true, it->index,
		    "%s %" PRIu64 "/%" PRIu64 " does not name its predecessor", r->terminal,
		    r->epoch, r->sequence);
	if (rule_set_has(&notes, KASIR__V1__RULE__SEQUENCE_GAP))
		note_gap(au, row, it->index);
}

static const struct terminal_row *
check_key(struct audit *au, struct item *it)
{
	const Kasir__V1__TransactionRecord *r = it->record;
	const struct terminal_row *row;

	row = keyring_find(book_keyring(au->book), r->terminal, r->epoch);
	if (row == NULL) {
		/* Past an unreadable entry, it may have been the one that named the key. */
		if (au->following)
			findings_add(found(au), AUDIT_KEY_UNKNOWN, false, it->index,
			    "terminal %s has no epoch %" PRIu64 " at entry %" PRIu64,
			    r->terminal, r->epoch, it->index);
		return NULL;
	}
	if (row->revoked_at != KEYRING_NEVER)
		findings_add(found(au), AUDIT_KEY_REVOKED_AT_INDEX, false, it->index,
		    "terminal %s epoch %" PRIu64 " was revoked by entry %" PRIu64, r->terminal,
		    r->epoch, row->revoked_at);
	it->key = &row->key;
	return row;
}

/* What it means that the book does not take the entry in. */
static enum audit_kind
kind_of_refusal(const struct item *it, bool close_due)
{
	switch (it->entry->body_case) {
	case KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED:
	case KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED:
	case KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_REVOKED:
		return close_due ? AUDIT_CLOSE_MISMATCH : AUDIT_EPOCH_UNAUTHORISED;
	case KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED:
		return close_due ? AUDIT_CLOSE_MISMATCH : AUDIT_ENTRY_EDITED;
	case KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED:
	case KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED:
		return AUDIT_CLOSE_MISMATCH;
	default:
		return close_due ? AUDIT_CLOSE_MISMATCH : AUDIT_RULE_MISMATCH;
	}
}

static bool
is_close_due(const struct audit *au)
{
	return book_day(au->book)->closing != NULL || book_day(au->book)->asked;
}

static enum kas_err
apply(struct audit *au, const struct item *it, const Kasir__V1__Transaction *doc)
{
	bool close_due = is_close_due(au);
	struct kas_why why = { "" };
	enum kas_err err;

	follow_owed(au, it);
	err = book_apply(au->book, it->entry, it->e.payload,
	    it->record != NULL ? &it->txn.hash : NULL, doc, &why);
	if (err == KAS_OK && it->record != NULL)
		err = follow_waiting(au, it);
	if (err == KAS_OK && book_unwritten(au->book) >= SNAPSHOT_FACTS)
		return fold_drain_facts(au);
	if (err != KAS_CORRUPT)
		return err;
	au->following = false;
	/* An unknown key has its own finding. */
	if (it->record == NULL || it->key != NULL)
		findings_add(found(au), kind_of_refusal(it, close_due), false, it->index,
		    "the entry does not follow from those before it%s%s",
		    why.text[0] != '\0' ? ": " : "", why.text);
	return KAS_OK;
}

/* Its document is not known: what hangs on it cannot be reckoned from here on. */
static enum kas_err
apply_unread(struct audit *au, const struct item *it)
{
	au->sums_known = false;
	return apply(au, it, NULL);
}

static enum kas_err
follow_transaction(struct audit *au, struct item *it)
{
	struct judgement j = { 0 };
	Kasir__V1__GrandTotals totals;
	enum kas_err err;

	if (!it->bound || it->key == NULL)
		return apply_unread(au, it);
	err = book_judge(au->book, &it->txn, it->entry->wall_us, &au->scratch, &j);
	/* What it refers to is damaged, and has a finding of its own. */
	if (err == KAS_CORRUPT || err == KAS_MALFORMED)
		return apply_unread(au, it);
	if (err != KAS_OK)
		return err;
	if (compare_judgement(au, it, &j)) {
		totals = book_totals_after(au->book, &j);
		compare_totals(au, it, &totals);
	}
	return apply(au, it, j.doc);
}

static enum kas_err
follow_settled(struct audit *au, struct item *it)
{
	const Kasir__V1__ReturnSettled *s = it->entry->return_settled;
	struct rule_set there = rule_set_of(s->broken, s->n_broken);
	struct settlement should;
	Kasir__V1__GrandTotals totals;
	char name[RULE_NAME_MAX];
	enum kas_err err;

	if (s->return_index >= it->index || s->original_index >= it->index)
		return apply(au, it, NULL);
	err = book_settle(au->book, s->return_index, s->original_index, &au->scratch, &should);
	if (err == KAS_CORRUPT || err == KAS_MALFORMED)
		return apply(au, it, NULL);
	if (err != KAS_OK)
		return err;
	if (!rule_set_equal(&there, &should.broken)) {
		compare_name(&there, &should.broken, name);
		findings_add(found(au), AUDIT_RULE_MISMATCH, false, it->index,
		    "the settled return at %" PRIu64 " is judged otherwise on %s", s->return_index,
		    name);
	} else {
		totals = book_totals_settled(au->book, &should);
		compare_totals(au, it, &totals);
	}
	return apply(au, it, NULL);
}

/* The first entry must open this very ledger: its key is the one pinned outside. */
static void
check_opening(struct audit *au, const struct item *it)
{
	const Kasir__V1__StoreOpened *o = it->entry->store_opened;
	const struct vkey *key = au->options->key;

	if (it->index != 0)
		return;		/* book_apply() says so */
	if (strcmp(o->origin, key->name) != 0)
		findings_add(found(au), AUDIT_EPOCH_UNAUTHORISED, false, 0,
		    "the ledger is that of %.60s, the pinned key that of %.60s", o->origin, key->name);
	else if (memcmp(o->store_key.data, key->key.b, KEY_LEN) != 0)
		findings_add(found(au), AUDIT_EPOCH_UNAUTHORISED, false, 0,
		    "the ledger was opened by another key than the pinned one");
	memcpy(au->report->currency, o->currency, sizeof au->report->currency);
	au->report->exponent = o->exponent;
}

/* What cannot be resolved, the book does not take. */
static enum kas_err
follow_resolved(struct audit *au, struct item *it)
{
	const Kasir__V1__ExceptionResolved *m = it->entry->exception_resolved;
	struct open_exception x;
	Kasir__V1__GrandTotals totals;
	uint64_t by;
	enum kas_err err;

	err = book_find_exception(au->book, m->index, &x, &by);
	if (err == KAS_OK) {
		totals = book_totals_resolved(au->book, &x, m->how);
		compare_totals(au, it, &totals);
	}
	return err == KAS_NOMEM || err == KAS_IO ? err : apply(au, it, NULL);
}

static enum kas_err
follow_event(struct audit *au, struct item *it)
{
	enum kas_err err;

	if (it->entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED)
		check_opening(au, it);
	if (it->entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED)
		return follow_settled(au, it);
	if (it->entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED)
		return follow_resolved(au, it);
	compare_totals(au, it, book_totals(au->book));
	err = follow_close(au, it);
	if (err == KAS_OK)
		err = apply(au, it, NULL);
	if (err == KAS_OK && it->entry->body_case ==
	    KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED && book_lacks_catalogue(au->book))
		findings_add(found(au), AUDIT_ENTRY_EDITED, au->source->blob == NULL, it->index,
		    "the catalogue of entry %" PRIu64 " is not kept here: what is noted of products "
		    "and cashiers was not checked", it->index);
	return err;
}

static void
check_clock(struct audit *au, const struct item *it)
{
	const Kasir__V1__LedgerEntry *e = it->entry;
	int64_t back;

	if (e->clock_synchronised && au->last_synchronised &&
	    !__builtin_sub_overflow(au->last_wall_us, e->wall_us, &back) && back > BACKDATED_US)
		findings_add(found(au), AUDIT_CLOCK_BACKDATED, true, it->index,
		    "the clock went back %" PRId64 " seconds", back / 1000000);
	au->last_wall_us = e->wall_us;
	au->last_synchronised = e->clock_synchronised;
}

static void
count(struct audit *au, const struct item *it)
{
	struct audit_report *r = au->report;

	r->entries++;
	r->erased += it->erased;
	r->transactions += it->record != NULL;
	r->exceptions += it->record != NULL && it->record->n_broken > 0;
}

static enum kas_err
check_place(struct audit *au, const struct item *it)
{
	enum kas_err err;

	if (it->index == au->next)
		return KAS_OK;
	findings_add(found(au), AUDIT_ENTRY_MISSING, false, au->next, it->index - au->next == 1 ?
	    "entry %" PRIu64 " is not there" : "entries from %" PRIu64 " on are not there", au->next);
	au->following = false;
	err = spine_bridge(au, au->next, it->index);
	au->next = it->index;
	return err;
}

enum kas_err
fold_item(struct audit *au, struct item *it)
{
	const struct terminal_row *row = NULL;
	enum kas_err err;

	arena_reset(&au->scratch);
	err = check_place(au, it);
	if (err == KAS_OK)
		err = snapshot_check(au);
	if (err == KAS_OK)
		err = spine_append(au, &it->leaf);
	if (err != KAS_OK)
		return err;
	au->next++;
	count(au, it);
	if (it->entry == NULL || !it->bound)
		findings_add(found(au), AUDIT_ENTRY_EDITED, false, it->index, "entry %" PRIu64 ": %.150s",
		    it->index, it->why.text);
	if (it->entry == NULL) {
		au->following = false;
		return KAS_OK;
	}
	check_clock(au, it);
	if (it->record != NULL && (row = check_key(au, it)) != NULL)
		note_remarks(au, it, row);
	if (!au->following)
		return KAS_OK;
	return it->record != NULL ? follow_transaction(au, it) : follow_event(au, it);
}

enum kas_err
fold_end(struct audit *au)
{
	const struct gap *g = (const struct gap *)au->gaps.p;
	enum kas_err err;

	for (size_t i = 0; i < au->gaps.n / sizeof *g; i++)
		if (g[i].row->count < g[i].row->newest)
			findings_add(found(au), AUDIT_TERMINAL_SEQUENCE_GAP, true, g[i].index,
			    "%" PRIu64 " transactions of terminal %s epoch %" PRIu64
			    " have not come", g[i].row->newest - g[i].row->count,
			    g[i].row->terminal, g[i].row->epoch);
	if (au->following)
		au->report->totals = *book_totals(au->book);
	err = follow_end(au);
	return err == KAS_OK ? snapshot_end(au) : err;
}
