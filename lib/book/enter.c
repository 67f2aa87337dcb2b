/* enter.c - what a transaction does to the open day. */
#include "book/book.h"
#include "book/book_parts.h"

#include <string.h>

#include "base/defect.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

static bool
breaks(const Kasir__V1__TransactionRecord *r, rule_id rule)
{
	size_t i;

	for (i = 0; i < r->n_broken; i++)
		if (r->broken[i] == rule)
			return true;
	return false;
}

/* Before its float is counted, which is in the shift.  One that is open stays open. */
static enum kas_err
open_shift(struct book *b, const Kasir__V1__TransactionRecord *r,
    const Kasir__V1__Transaction *doc)
{
	struct terminal_row *row = keyring_find(&b->keys, r->terminal, r->epoch);
	struct open_shift *s;
	enum kas_err err;

	if (!day_is_shift_name(doc->shift))
		return KAS_OK;
	row->keeps_shifts = true;
	if (day_shift(&b->day, r->terminal) != NULL)
		return KAS_OK;
	err = day_open_shift(&b->day, r->terminal, &s);
	if (err != KAS_OK)
		return err;
	s->epoch = r->epoch;
	s->first_sequence = r->sequence;
	s->opened_index = b->size;
	day_keep_text(doc->shift, s->shift);
	day_keep_text(doc->cashier, s->cashier);
	return KAS_OK;
}

/* The count is a fact, whatever rule it breaks. */
static void
close_shift(struct book *b, const Kasir__V1__TransactionRecord *r,
    const Kasir__V1__Transaction *doc)
{
	struct open_shift *s = day_shift(&b->day, r->terminal);

	if (s == NULL || strcmp(s->shift, doc->shift) != 0)
		return;
	s->closing = true;
	s->closed_index = b->size;
	s->last_sequence = r->sequence;
	s->counted = period_count_of(doc);
	day_keep_text(doc->supervisor, s->supervisor);
	b->day.closing = s;
}

static enum kas_err
settle_bill(struct book *b, uint64_t index)
{
	uint8_t key[FACT_KEY_MAX];

	if (b->day.open_bills > 0)
		b->day.open_bills--;
	if (DEFECT(BILL_TAKEN_TWICE))
		return KAS_OK;
	return book_add_fact(b, FACT_BILL, key_index(index, key));
}

/* RESUME or CANCEL. */
static enum kas_err
take_up_bill(struct book *b, const char *terminal, const Kasir__V1__Transaction *doc)
{
	struct bill bill;
	enum kas_err err;

	err = book_find_bill(b, terminal, doc, &bill);
	if (err != KAS_OK || !bill.is_bill || bill.settled)
		return err;
	return settle_bill(b, bill.index);
}

/* The tenders of what DOC names are settled, because it says so or voids all of it. */
static enum kas_err
settle_original(struct book *b, const char *terminal, const Kasir__V1__Transaction *doc)
{
	Kasir__V1__Transaction *original = NULL;
	struct original o;
	struct arena a;
	enum kas_err err;

	if (b->day.pending.count == 0)
		return KAS_OK;		/* the common case reads nothing */
	err = book_find_original(b, terminal, doc, &o);
	if (err != KAS_OK || o.where != ORIGINAL_HERE)
		return err;
	arena_init(&a, 0);
	err = book_read_pending(b, o.index, &a, &original);
	if (err == KAS_OK && original != NULL)
		err = book_leave_pending(b, o.index, original);
	arena_fini(&a);
	return err;
}

/* DOC, at INDEX, counts. */
static enum kas_err
take_tenders(struct book *b, const char *terminal, uint64_t index,
    const Kasir__V1__Transaction *doc)
{
	if (doc->type == TYPE(TENDER_RESOLUTION) || doc->type == TYPE(POST_VOID))
		return settle_original(b, terminal, doc);
	return book_join_pending(b, index, doc);
}

/* What hangs on the document's type, of one that is no training. */
static enum kas_err
act(struct book *b, const Kasir__V1__TransactionRecord *r, const Kasir__V1__Transaction *doc)
{
	struct rule_set in_the_way;

	switch (doc->type) {
	case TYPE(SHIFT_CLOSE):
		close_shift(b, r, doc);
		return KAS_OK;
	case TYPE(DAY_CLOSE):
		in_the_way = book_day_in_the_way(b, false);
		b->day.asked = r->n_broken == 0 && rule_set_is_empty(&in_the_way);
		return KAS_OK;
	case TYPE(SUSPEND):
		b->day.open_bills++;
		return KAS_OK;
	case TYPE(RESUME):
	case TYPE(CANCEL):
		if (breaks(r, KASIR__V1__RULE__BILL_REFERENCE) ||
		    breaks(r, KASIR__V1__RULE__BILL_TWICE))
			return KAS_OK;
		return take_up_bill(b, r->terminal, doc);
	default:
		return r->n_broken == 0 ? take_tenders(b, r->terminal, b->size, doc) : KAS_OK;
	}
}

/* Never, but where a test asks for it. */
static bool
is_left_out(const struct book *b, const Kasir__V1__Transaction *doc)
{
	return (DEFECT(CLOSE_SKIPS_ENTRY) && b->day.number > 0 && b->size == b->day.first + 1) ||
	    (DEFECT(DAY_BY_DATE) && doc != NULL && doc->business_day < b->day.business_day);
}

enum kas_err
book_enter_day(struct book *b, const Kasir__V1__TransactionRecord *r,
    const Kasir__V1__Transaction *doc)
{
	bool training = doc != NULL && book_is_training(doc), acts, left_out;
	enum standing standing = training ? STANDING_TRAINING :
	    doc == NULL || (r->n_broken > 0 && !DEFECT(EXCEPTION_COUNTED)) ?
	    STANDING_EXCEPTION : STANDING_COUNTS;
	struct open_shift *s;
	enum kas_err err = KAS_OK;

	/* A conflict is money in the drawer, and nothing else. */
	acts = doc != NULL && !training && !r->conflict;
	if (acts && doc->type == TYPE(SHIFT_OPEN))
		err = open_shift(b, r, doc);
	if (err != KAS_OK)
		return err;
	left_out = is_left_out(b, doc);
	if (doc != NULL && !training && check_day_is_valid(doc->business_day))
		b->day.business_day = doc->business_day;
	s = day_shift(&b->day, r->terminal);
	if (s != NULL)
		period_add(&s->totals, doc, standing);
	if (!left_out)
		period_add(&b->day.totals, doc, standing);
	return acts ? act(b, r, doc) : KAS_OK;
}

/* The void that the manager accepts stands; its fact names the acceptance. */
static enum kas_err
accept_void(struct book *b, const char *terminal, const Kasir__V1__Transaction *doc)
{
	uint8_t key[FACT_KEY_MAX];
	struct original o;
	enum kas_err err;

	err = book_find_original(b, terminal, doc, &o);
	if (err != KAS_OK || o.where != ORIGINAL_HERE)
		return err;
	err = book_add_fact(b, FACT_VOID, key_index(o.index, key));
	return err == KAS_OK ? settle_original(b, terminal, doc) : err;
}

enum kas_err
book_enter_accepted(struct book *b, const char *terminal, uint64_t index,
    const Kasir__V1__Transaction *doc)
{
	switch (doc->type) {
	case TYPE(RESUME):
	case TYPE(CANCEL):
		return take_up_bill(b, terminal, doc);
	case TYPE(POST_VOID):
		return accept_void(b, terminal, doc);
	default:
		return take_tenders(b, terminal, index, doc);
	}
}
