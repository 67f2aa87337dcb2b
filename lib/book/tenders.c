/* tenders.c - tenders that were PENDING or UNKNOWN when the goods left, and what becomes of
 * them: a TENDER_RESOLUTION, or the void of the document. */
#include "book/book.h"
#include "book/book_parts.h"

#include <string.h>

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define STATE(s) KASIR__V1__TENDER_STATE__##s

static bool
is_unsettled(const Kasir__V1__Tender *t)
{
	return t->state == STATE(PENDING) || t->state == STATE(UNKNOWN);
}

static int128
applied(const Kasir__V1__Tender *t)
{
	return (int128)t->tendered - t->change - t->cash_back - t->forfeit;
}

/* What cannot be reckoned stays at the end of the scale. */
static int64_t
add(int64_t sum, int128 v)
{
	v += sum;
	return v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

struct figure
book_pending_of(const Kasir__V1__Transaction *doc)
{
	struct figure f = { 0, 0 };
	size_t i;

	switch (doc->type) {
	case TYPE(SALE):
	case TYPE(RETURN):
	case TYPE(EXCHANGE):
	case TYPE(PAYMENT_ON_ACCOUNT):
	case TYPE(TENDER_EXCHANGE):
		break;
	default:
		return f;
	}
	for (i = 0; i < doc->n_tenders; i++) {
		if (!is_unsettled(doc->tenders[i]))
			continue;
		f.count++;
		f.amount = add(f.amount, applied(doc->tenders[i]));
	}
	return f;
}

static bool
same_foreign(const Kasir__V1__Foreign *a, const Kasir__V1__Foreign *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a->currency, b->currency) == 0 && a->exponent == b->exponent &&
	    a->amount == b->amount && a->rate_e8 == b->rate_e8;
}

/* T is ORIGINAL's tender of that number, which was pending, with its fate. */
static bool
settles(const Kasir__V1__Tender *t, const Kasir__V1__Transaction *original)
{
	const Kasir__V1__Tender *o = NULL;
	size_t i;

	for (i = 0; i < original->n_tenders && o == NULL; i++)
		if (original->tenders[i]->number == t->number && is_unsettled(original->tenders[i]))
			o = original->tenders[i];
	return o != NULL && (t->state == STATE(APPROVED) || t->state == STATE(REVERSED)) &&
	    t->kind == o->kind && t->tendered == o->tendered && t->change == o->change &&
	    t->cash_back == o->cash_back && t->forfeit == o->forfeit &&
	    same_foreign(t->foreign, o->foreign);
}

/* What stands in for reversed tender T is as much, or nothing. */
static bool
is_replaced_in_full(const Kasir__V1__Transaction *doc, const Kasir__V1__Tender *t)
{
	int128 sum = 0;
	size_t i, n = 0;

	for (i = 0; i < doc->n_tenders; i++)
		if (doc->tenders[i]->replaces == t->number) {
			sum += applied(doc->tenders[i]);
			n++;
		}
	return n == 0 || sum == applied(t);
}

/* R goes the way that T went, so that nothing is paid out in the guise of a payment. */
static bool
same_way(const Kasir__V1__Tender *r, const Kasir__V1__Tender *t)
{
	return r->tendered == 0 || (r->tendered < 0 ? t->tendered < 0 : t->tendered > 0);
}

/* R stands in for a tender that DOC reverses. */
static bool
replaces_reversed(const Kasir__V1__Transaction *doc, const Kasir__V1__Tender *r)
{
	size_t i;

	for (i = 0; i < doc->n_tenders; i++)
		if (doc->tenders[i]->replaces == 0 && doc->tenders[i]->number == r->replaces)
			return doc->tenders[i]->state == STATE(REVERSED) &&
			    r->state == STATE(APPROVED) && same_way(r, doc->tenders[i]);
	return false;
}

/* Tender I settles a number that no earlier one does. */
static bool
is_first_of_number(const Kasir__V1__Transaction *doc, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (doc->tenders[k]->replaces == 0 &&
		    doc->tenders[k]->number == doc->tenders[i]->number)
			return false;
	return true;
}

/* Every pending tender of ORIGINAL once, with its fate, and what stands in for it. */
static bool
resolves(const Kasir__V1__Transaction *doc, const Kasir__V1__Transaction *original)
{
	size_t i, settled = 0;

	for (i = 0; i < doc->n_tenders; i++) {
		const Kasir__V1__Tender *t = doc->tenders[i];

		if (t->replaces != 0) {
			if (!replaces_reversed(doc, t))
				return false;
			continue;
		}
		if (!settles(t, original) || !is_first_of_number(doc, i) ||
		    (t->state == STATE(REVERSED) && !is_replaced_in_full(doc, t)))
			return false;
		settled++;
	}
	return settled == book_pending_of(original).count;
}

enum kas_err
book_counts(struct book *b, uint64_t index, const Kasir__V1__TransactionRecord *record,
    bool *ret)
{
	Kasir__V1__LedgerEntry *e;
	struct bytes payload;
	uint8_t key[FACT_KEY_MAX];
	uint64_t at;
	bool found;
	enum kas_err err;

	*ret = record->n_broken == 0;
	if (*ret)
		return KAS_OK;
	err = book_find_first(b, FACT_RESOLVED, key_index(index, key), &found, &at);
	if (err != KAS_OK || !found)
		return err;
	arena_reset(&b->scratch);
	err = book_read_entry(b, at, &b->scratch, &e, &payload);
	if (err == KAS_OK && e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED)
		return KAS_CORRUPT;
	if (err == KAS_OK)
		*ret = e->exception_resolved->how == KASIR__V1__RESOLUTION__ACCEPTED;
	return err;
}

enum kas_err
book_read_pending(struct book *b, uint64_t index, struct arena *a, Kasir__V1__Transaction **ret)
{
	Kasir__V1__Transaction *doc;
	struct read_back r;
	bool good = false;
	enum kas_err err;

	*ret = NULL;
	err = book_read_back(b, index, a, &r);
	if (err == KAS_OK)
		err = book_decode(r.payload, a, &doc);
	if (err == KAS_OK && doc != NULL && !book_is_training(doc) &&
	    !r.record->conflict && book_pending_of(doc).count > 0)
		err = book_counts(b, index, r.record, &good);
	if (err == KAS_OK && good)
		*ret = doc;
	return err;
}

enum kas_err
book_judge_resolution(struct book *b, const char *terminal, struct arena *a,
    struct judgement *j)
{
	Kasir__V1__Transaction *original = NULL;
	struct original o;
	bool done;
	enum kas_err err;

	/* An exception already, and the work on one document is bounded. */
	if (rule_set_has(&j->broken, KASIR__V1__RULE__PAYLOAD_TOO_LONG))
		return KAS_OK;
	err = book_find_original(b, terminal, j->doc, &o);
	if (err == KAS_OK && o.where == ORIGINAL_HERE)
		err = book_read_pending(b, o.index, a, &original);
	if (err != KAS_OK)
		return err;
	if (original == NULL) {
		rule_set_add(&j->broken, KASIR__V1__RULE__RESOLUTION_REFERENCE);
		return KAS_OK;
	}
	err = book_is_done(b, FACT_TENDER, o.index, &done);
	if (err == KAS_OK && done)
		rule_set_add(&j->broken, KASIR__V1__RULE__RESOLUTION_TWICE);
	if (err == KAS_OK && !resolves(j->doc, original))
		rule_set_add(&j->broken, KASIR__V1__RULE__RESOLUTION_TENDER);
	return err;
}

enum kas_err
book_join_pending(struct book *b, uint64_t index, const Kasir__V1__Transaction *doc)
{
	struct figure f = book_pending_of(doc), *p = &b->day.pending;
	bool done;
	enum kas_err err;

	if (f.count == 0)
		return KAS_OK;
	err = book_is_done(b, FACT_TENDER, index, &done);
	if (err != KAS_OK || done)
		return err;
	p->count += f.count;
	p->amount = add(p->amount, f.amount);
	return KAS_OK;
}

enum kas_err
book_leave_pending(struct book *b, uint64_t index, const Kasir__V1__Transaction *doc)
{
	struct figure f = book_pending_of(doc), *p = &b->day.pending;
	uint8_t key[FACT_KEY_MAX];
	bool done;
	enum kas_err err;

	if (f.count == 0)
		return KAS_OK;
	err = book_is_done(b, FACT_TENDER, index, &done);
	if (err != KAS_OK || done)
		return err;
	p->count -= f.count < p->count ? f.count : p->count;
	p->amount = add(p->amount, -(int128)f.amount);
	return book_add_fact(b, FACT_TENDER, key_index(index, key));
}
