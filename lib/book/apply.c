/* apply.c - one entry after the other. */
#include "book/book.h"
#include "book/book_parts.h"

#include <stdio.h>
#include <string.h>

void
book_take_opening(struct book *b, const Kasir__V1__StoreOpened *opened)
{
	snprintf(b->store, sizeof b->store, "%s", opened->store);
	snprintf(b->origin, sizeof b->origin, "%s", opened->origin);
	snprintf(b->settings.currency, sizeof b->settings.currency, "%s", opened->currency);
	b->settings.exponent = opened->exponent;
	b->settings.rounding = opened->rounding;
}

void
book_take_totals(struct book *b, const Kasir__V1__GrandTotals *totals)
{
	ProtobufCMessage base = b->totals.base;

	b->totals = *totals;
	b->totals.base = base;		/* unknown fields stay with the entry */
}

void
book_add_to(uint64_t *amount, uint64_t *count, uint64_t magnitude)
{
	if (__builtin_add_overflow(*amount, magnitude, amount) || *amount > INT64_MAX)
		*amount = INT64_MAX;
	*count += 1;
}

Kasir__V1__GrandTotals
book_totals_after(const struct book *b, const struct judgement *j)
{
	Kasir__V1__GrandTotals t = b->totals;
	struct figures f = figures_of(j->doc);

	/* No money moves in training, right or wrong. */
	if (f.training)
		book_add_to(&t.training, &t.training_count, f.magnitude);
	else if (!rule_set_is_empty(&j->broken))
		book_add_to(&t.exceptions, &t.exceptions_count, f.magnitude);
	else if (f.kind == FIGURE_SALE)
		book_add_to(&t.sales, &t.sales_count, f.magnitude);
	else if (f.kind == FIGURE_RETURN)
		book_add_to(&t.returns, &t.returns_count, f.magnitude);
	else if (f.kind == FIGURE_VOID)
		book_add_to(&t.voids, &t.voids_count, f.magnitude);
	return t;
}

Kasir__V1__GrandTotals
book_totals_settled(const struct book *b, const struct settlement *s)
{
	Kasir__V1__GrandTotals t = b->totals;

	if (!s->counted && !rule_set_is_empty(&s->broken))
		book_add_to(&t.exceptions, &t.exceptions_count, s->magnitude);
	return t;
}

enum kas_err
book_add_fact(struct book *b, enum fact_kind kind, struct bytes key)
{
	if (kind <= FACT_CONFLICT && b->size < b->facts_written)
		return KAS_OK;
	return facts_add(b->facts, kind, key, b->size);
}

static enum kas_err
await_original(struct book *b, const struct original *o)
{
	struct terminal_row *row = keyring_find(&b->keys, o->terminal, o->epoch);
	uint8_t key[FACT_KEY_MAX];
	bool enough;
	enum kas_err err;

	err = book_is_awaited_enough(b, o, &enough);
	if (err != KAS_OK || enough)
		return err;
	if (o->sequence > row->awaited) {
		row->awaited = o->sequence;
		row->dirty = true;
	}
	return book_add_fact(b, FACT_PENDING,
	    key_sequence(o->terminal, o->epoch, o->sequence, key));
}

/* A return is found from its original, right or wrong, because goods and money have moved (in
 * training none do); one that waits, from what it waits for; a void only if it stands. */
static enum kas_err
link_original(struct book *b, const char *terminal, const Kasir__V1__Transaction *doc,
    bool broken)
{
	uint8_t key[FACT_KEY_MAX];
	struct original o;
	bool is_return;
	enum kas_err err;

	if (doc == NULL || (!book_takes_back(doc) &&
	    doc->type != KASIR__V1__TRANSACTION_TYPE__POST_VOID))
		return KAS_OK;
	err = book_find_original(b, terminal, doc, &o);
	if (err != KAS_OK)
		return err;
	is_return = book_takes_back(doc);
	if (is_return && book_is_training(doc))
		return KAS_OK;
	if (o.where == ORIGINAL_HERE && is_return)
		return book_add_fact(b, FACT_LINK, key_index(o.index, key));
	if (o.where == ORIGINAL_HERE && !broken)
		return book_add_fact(b, FACT_VOID, key_index(o.index, key));
	return o.where == ORIGINAL_MISSING && is_return ? await_original(b, &o) : KAS_OK;
}

/* The transaction has come: its terminal's sequence and identity move on. */
static enum kas_err
take_sequence(struct book *b, struct terminal_row *row,
    const Kasir__V1__TransactionRecord *r, const struct hash *hash)
{
	uint8_t key[FACT_KEY_MAX];
	enum kas_err err;

	err = book_add_fact(b, FACT_SEQUENCE,
	    key_sequence(r->terminal, r->epoch, r->sequence, key));
	if (err == KAS_OK)
		err = book_add_fact(b, FACT_TXN, key_txn(r->terminal, r->txn_id.data, key));
	if (err != KAS_OK)
		return err;
	row->count++;
	row->dirty = true;
	if (memcmp(r->txn_id.data, row->newest_txn, sizeof row->newest_txn) > 0)
		memcpy(row->newest_txn, r->txn_id.data, sizeof row->newest_txn);
	if (r->sequence > row->newest) {
		row->newest = r->sequence;
		row->newest_hash = *hash;
		row->newest_known = true;
	}
	return KAS_OK;
}

static enum kas_err
apply_transaction(struct book *b, const Kasir__V1__TransactionRecord *r,
    const struct hash *hash, const Kasir__V1__Transaction *doc, struct kas_why *why)
{
	struct terminal_row *row = keyring_find(&b->keys, r->terminal, r->epoch);
	struct rule_set broken = rule_set_of(r->broken, r->n_broken);
	struct statement st;
	struct hash made;
	enum kas_err err;

	if (row == NULL)
		return kas_fail(why, KAS_CORRUPT, "terminal \"%s\" has no epoch %llu",
		    r->terminal, (unsigned long long)r->epoch);
	if (hash == NULL) {
		err = wire_statement_of(r, b->store, &st);
		if (err != KAS_OK)
			return kas_fail(why, KAS_CORRUPT, "the statement cannot be rebuilt");
		made = statement_hash(&st);
		hash = &made;
	}
	/* A conflict over a sequence leaves it with the first; one over a txn_id alone
	 * (identity.reused) has a sequence of its own. */
	if (r->conflict && !rule_set_has(&broken, KASIR__V1__RULE__IDENTITY_REUSED))
		err = book_add_fact(b, FACT_CONFLICT, hash_bytes(hash));
	else
		err = take_sequence(b, row, r, hash);
	if (err == KAS_OK && !r->conflict)
		err = link_original(b, r->terminal, doc, r->n_broken > 0);
	return err == KAS_OK ? book_enter_day(b, r, doc) : err;
}

static enum kas_err
apply_opening(struct book *b, const Kasir__V1__StoreOpened *opened, struct kas_why *why)
{
	if (b->size != 0)
		return kas_fail(why, KAS_CORRUPT, "the store is opened a second time");
	if (!text_is_name(bytes_of_text(opened->store)) || opened->store_key.len != KEY_LEN)
		return kas_fail(why, KAS_CORRUPT, "the first entry does not name store and key");
	book_take_opening(b, opened);
	return KAS_OK;
}

static enum kas_err
apply_annotated(struct book *b, const Kasir__V1__Annotated *m, struct kas_why *why)
{
	if (m->index >= b->size)
		return kas_fail(why, KAS_CORRUPT, "a remark on an entry after itself");
	return KAS_OK;
}

static enum kas_err
apply_body(struct book *b, const Kasir__V1__LedgerEntry *entry, struct bytes payload,
    const struct hash *hash, const Kasir__V1__Transaction *doc, struct kas_why *why)
{
	switch (entry->body_case) {
	case KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION:
		return apply_transaction(b, entry->transaction, hash, doc, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED:
		return apply_opening(b, entry->store_opened, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED:
		return book_apply_settled(b, entry->return_settled, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_RULES_CHANGED:
		return book_apply_rules(b, b->size, entry->rules_changed, payload, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED:
		return book_apply_catalogue(b, b->size, entry->catalogue_changed, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED:
		return book_apply_shift_closed(b, entry->shift_closed, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED:
		book_apply_day_closed(b);
		return KAS_OK;
	case KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED:
		return book_apply_resolved(b, entry->exception_resolved, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_ANNOTATED:
		return apply_annotated(b, entry->annotated, why);
	default:
		return keyring_apply(&b->keys, b->size, entry);
	}
}

enum kas_err
book_apply(struct book *b, const Kasir__V1__LedgerEntry *entry, struct bytes payload,
    const struct hash *hash, const Kasir__V1__Transaction *doc, struct kas_why *why)
{
	enum kas_err err;

	if (b->size == 0 && entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED)
		return kas_fail(why, KAS_CORRUPT, "the first entry does not open the store");
	if (entry->totals == NULL)
		return kas_fail(why, KAS_CORRUPT, "the entry carries no totals");
	if (!book_is_due(b, entry, why))
		return KAS_CORRUPT;
	err = apply_body(b, entry, payload, hash, doc, why);
	if (err != KAS_OK)
		return err;
	book_take_totals(b, entry->totals);
	b->size++;
	return KAS_OK;
}
