/* judge_day.c - what the open day, its shifts and bills say of a document. */
#include "book/book.h"
#include "book/book_parts.h"

#include <string.h>

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

bool
book_is_training(const Kasir__V1__Transaction *doc)
{
	size_t i;

	for (i = 0; i < doc->n_flags; i++)
		if (doc->flags[i] == KASIR__V1__TRANSACTION_FLAG__TRAINING)
			return true;
	return false;
}

static bool
is_open_shift(const struct open_shift *s, const char *name)
{
	return s != NULL && strcmp(s->shift, name) == 0;
}

/* That there is one, the document itself must say. */
static void
judge_shift_name(struct judgement *j)
{
	if (strlen(j->doc->shift) > SHIFT_NAME_MAX)
		rule_set_add(&j->broken, KASIR__V1__RULE__SHIFT_NAME);
}

static void
judge_shift_open(const struct open_shift *s, struct judgement *j)
{
	judge_shift_name(j);
	if (s != NULL)
		rule_set_add(&j->broken, KASIR__V1__RULE__SHIFT_OPEN_ALREADY);
}

/* |counted - expected| where a rule set says how far they may differ. */
static bool
is_within_tolerance(const struct book *b, const struct open_shift *s,
    const Kasir__V1__Transaction *doc)
{
	const Kasir__V1__RulePeriod *p = ruleset_period(b->settings.rules, doc->business_day);
	int128 off = (int128)period_count_of(doc) - period_expected_cash(&s->totals);

	return p == NULL || (off < 0 ? -off : off) <= (int128)p->variance_tolerance;
}

static void
judge_shift_close(const struct book *b, const struct open_shift *s, struct judgement *j)
{
	judge_shift_name(j);
	if (!is_open_shift(s, j->doc->shift))
		rule_set_add(&j->broken, KASIR__V1__RULE__SHIFT_NOT_OPEN);
	else if (j->doc->supervisor[0] == '\0' && !is_within_tolerance(b, s, j->doc))
		rule_set_add(&j->broken, KASIR__V1__RULE__SHIFT_VARIANCE);
}

/* Signing on and the day's own documents stand outside of shifts. */
static bool
belongs_to_shift(Kasir__V1__TransactionType type)
{
	return type != TYPE(DAY_OPEN) && type != TYPE(DAY_CLOSE) && type != TYPE(SIGN_ON) &&
	    type != TYPE(SIGN_OFF) && type != TYPE(TERMINAL_EVENT);
}

/* A till that keeps no shifts is never told so; one that does may name none while none is
 * open. */
static void
judge_shift_named(const struct book *b, const struct signed_txn *t,
    const struct open_shift *s, struct judgement *j)
{
	const struct terminal_row *row = keyring_find(&b->keys, t->st.terminal, t->st.epoch);

	if (row != NULL && row->keeps_shifts && belongs_to_shift(j->doc->type) &&
	    strcmp(j->doc->shift, s != NULL ? s->shift : "") != 0)
		rule_set_add(&j->notes, KASIR__V1__RULE__SHIFT_NOT_OPEN);
}

/* The entry at INDEX suspended a sale. */
static enum kas_err
is_bill(struct book *b, uint64_t index, bool *ret)
{
	Kasir__V1__Transaction *doc;
	struct read_back r;
	enum kas_err err;

	arena_reset(&b->scratch);
	err = book_read_back(b, index, &b->scratch, &r);
	if (err == KAS_OK)
		err = book_decode(r.payload, &b->scratch, &doc);
	if (err == KAS_OK)
		*ret = doc != NULL && doc->type == TYPE(SUSPEND) && !book_is_training(doc) &&
		    !r.record->conflict;
	return err;
}

enum kas_err
book_find_bill(struct book *b, const char *terminal, const Kasir__V1__Transaction *doc,
    struct bill *ret)
{
	struct bill found = { 0 };
	struct original o;
	enum kas_err err;

	err = book_find_original(b, terminal, doc, &o);
	if (err != KAS_OK)
		return err;
	found.named = o.where != ORIGINAL_NONE;
	found.index = o.index;
	if (o.where == ORIGINAL_HERE)
		err = is_bill(b, o.index, &found.is_bill);
	if (err == KAS_OK && found.is_bill)
		err = book_is_done(b, FACT_BILL, o.index, &found.settled);
	if (err == KAS_OK)
		*ret = found;
	return err;
}

/* Cancelling a basket that was never suspended needs no reference. */
static enum kas_err
judge_bill(struct book *b, const char *terminal, struct judgement *j)
{
	struct bill bill;
	enum kas_err err;

	err = book_find_bill(b, terminal, j->doc, &bill);
	if (err != KAS_OK || (!bill.named && j->doc->type == TYPE(CANCEL)))
		return err;
	if (!bill.is_bill)
		rule_set_add(&j->broken, KASIR__V1__RULE__BILL_REFERENCE);
	else if (bill.settled)
		rule_set_add(&j->broken, KASIR__V1__RULE__BILL_TWICE);
	return KAS_OK;
}

static void
judge_day_close(const struct book *b, struct judgement *j)
{
	struct rule_set in_the_way = book_day_in_the_way(b, false);
	size_t i;

	for (i = 0; i < RULES_MAX / 64; i++)
		j->broken.bits[i] |= in_the_way.bits[i];
}

enum kas_err
book_judge_day(struct book *b, const struct signed_txn *t, struct arena *a,
    struct judgement *j)
{
	const struct open_shift *s = day_shift(&b->day, t->st.terminal);

	/* Nothing moves in training, and nothing hangs on it. */
	if (book_is_training(j->doc))
		return KAS_OK;
	switch (j->doc->type) {
	case TYPE(SHIFT_OPEN):
		judge_shift_open(s, j);
		return KAS_OK;
	case TYPE(SHIFT_CLOSE):
		judge_shift_close(b, s, j);
		return KAS_OK;
	case TYPE(DAY_CLOSE):
		judge_day_close(b, j);
		return KAS_OK;
	default:
		judge_shift_named(b, t, s, j);
	}
	if (j->doc->type == TYPE(RESUME) || j->doc->type == TYPE(CANCEL))
		return judge_bill(b, t->st.terminal, j);
	if (j->doc->type == TYPE(TENDER_RESOLUTION))
		return book_judge_resolution(b, t->st.terminal, a, j);
	return KAS_OK;
}
