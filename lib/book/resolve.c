/* resolve.c - exceptions after they were entered: a return that its original proved wrong, and
 * the manager's word. */
#include "book/book.h"
#include "book/book_parts.h"

#include <string.h>

#include "base/defect.h"

/* An exception as it lies in the ledger. */
struct exception {
	struct open_exception x;
	uint64_t index;			/* of the transaction */
	const char *terminal;
	bool conflict;
	Kasir__V1__Transaction *doc;	/* NULL: does not decode */
};

static enum kas_err
read_transaction(struct book *b, uint64_t index, struct arena *a, struct exception *ret,
    bool *ret_broken)
{
	struct read_back r;
	enum kas_err err;

	err = book_read_back(b, index, a, &r);
	if (err == KAS_OK)
		err = book_decode(r.payload, a, &ret->doc);
	if (err != KAS_OK)
		return err;
	ret->index = index;
	ret->terminal = r.record->terminal;
	ret->conflict = r.record->conflict;
	ret->x.figures = figures_of(ret->doc);
	*ret_broken = r.record->n_broken > 0;
	return KAS_OK;
}

static enum kas_err
read_exception(struct book *b, uint64_t index, struct arena *a, struct exception *ret)
{
	struct exception e = { .x.index = index };
	const Kasir__V1__ReturnSettled *s;
	Kasir__V1__LedgerEntry *entry;
	struct bytes payload;
	bool broken;
	enum kas_err err;

	err = book_read_entry(b, index, a, &entry, &payload);
	if (err != KAS_OK)
		return err;
	if (entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION) {
		err = read_transaction(b, index, a, &e, &broken);
	} else if (entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED) {
		s = entry->return_settled;
		e.x.is_settled = true;
		err = read_transaction(b, s->return_index, a, &e, &broken);
		/* A return that was an exception by itself is resolved as that. */
		broken = err == KAS_OK && !broken && s->n_broken > 0;
	} else {
		return KAS_MALFORMED;
	}
	if (err == KAS_OK && (!broken || e.x.figures.training))
		err = KAS_MALFORMED;
	if (err == KAS_OK)
		*ret = e;
	return err;
}

static enum kas_err
find_exception(struct book *b, uint64_t index, struct arena *a, struct exception *ret,
    uint64_t *ret_by)
{
	uint8_t key[FACT_KEY_MAX];
	bool found;
	enum kas_err err;

	if (index >= b->size)
		return KAS_NOTFOUND;
	err = read_exception(b, index, a, ret);
	if (err == KAS_OK)
		err = book_find_first(b, FACT_RESOLVED, key_index(index, key), &found, ret_by);
	if (err == KAS_OK && !found && ret->x.is_settled)
		err = book_is_done(b, FACT_VOID, ret->index, &ret->x.is_taken_back);
	return err == KAS_OK && found ? KAS_EXISTS : err;
}

enum kas_err
book_find_exception(struct book *b, uint64_t index, struct open_exception *ret,
    uint64_t *ret_by)
{
	struct exception e;
	enum kas_err err;

	arena_reset(&b->scratch);
	err = find_exception(b, index, &b->scratch, &e, ret_by);
	if (err == KAS_OK)
		*ret = e.x;
	return err;
}

/* What was accepted counts from now on; perpetual totals take nothing back. */
Kasir__V1__GrandTotals
book_totals_resolved(const struct book *b, const struct open_exception *x,
    Kasir__V1__Resolution how)
{
	Kasir__V1__GrandTotals t = b->totals;

	if (how != KASIR__V1__RESOLUTION__ACCEPTED || x->is_settled)
		return t;
	if (x->figures.kind == FIGURE_SALE)
		book_add_to(&t.sales, &t.sales_count, x->figures.magnitude);
	else if (x->figures.kind == FIGURE_RETURN)
		book_add_to(&t.returns, &t.returns_count, x->figures.magnitude);
	else if (x->figures.kind == FIGURE_VOID)
		book_add_to(&t.voids, &t.voids_count, x->figures.magnitude);
	return t;
}

/* From here on nothing is returned or voided of it, and it stands in nobody's way. */
static enum kas_err
resolve_voided(struct book *b, const struct exception *e)
{
	uint8_t key[FACT_KEY_MAX];
	enum kas_err err = KAS_OK;

	if (e->x.is_settled) {		/* it counted when it came */
		period_take_out(&b->day.totals, e->doc);
		err = book_leave_pending(b, e->index, e->doc);
	} else {
		period_void(&b->day.totals, e->doc);
	}
	return err == KAS_OK ? book_add_fact(b, FACT_VOID, key_index(e->index, key)) : err;
}

static enum kas_err
resolve_accepted(struct book *b, const struct exception *e)
{
	if (e->x.is_settled) {
		period_uphold(&b->day.totals, e->doc);
		return KAS_OK;
	}
	period_accept(&b->day.totals, e->doc);
	/* One whose identity is another's is found by nobody. */
	if (e->doc == NULL || e->conflict)
		return KAS_OK;
	return book_enter_accepted(b, e->terminal, e->index, e->doc);
}

enum kas_err
book_apply_resolved(struct book *b, const Kasir__V1__ExceptionResolved *m, struct kas_why *why)
{
	bool accepted = m->how == KASIR__V1__RESOLUTION__ACCEPTED;
	uint8_t key[FACT_KEY_MAX];
	struct exception e;
	struct arena a;
	uint64_t by;
	enum kas_err err;

	if (!accepted && m->how != KASIR__V1__RESOLUTION__VOIDED)
		return kas_fail(why, KAS_CORRUPT, "a resolution that neither accepts nor voids");
	/* Its own arena: what it names is read while the document is held. */
	arena_init(&a, 0);
	err = find_exception(b, m->index, &a, &e, &by);
	if (err == KAS_NOTFOUND || err == KAS_MALFORMED || err == KAS_EXISTS)
		err = kas_fail(why, KAS_CORRUPT, "entry %llu is %s", (unsigned long long)m->index,
		    err == KAS_EXISTS ? "resolved already" : "no exception");
	if (err == KAS_OK && !accepted && e.x.is_taken_back)
		err = kas_fail(why, KAS_CORRUPT, "the return that entry %llu settled was voided at its "
		    "till", (unsigned long long)m->index);
	if (err == KAS_OK && !(DEFECT(RESOLUTION_FORGOTTEN) && b->catching_up))
		err = book_add_fact(b, FACT_RESOLVED, key_index(m->index, key));
	if (err == KAS_OK)
		err = accepted ? resolve_accepted(b, &e) : resolve_voided(b, &e);
	arena_fini(&a);
	return err;
}

enum kas_err
book_apply_settled(struct book *b, const Kasir__V1__ReturnSettled *s, struct kas_why *why)
{
	struct exception e = { .doc = NULL };
	uint8_t key[FACT_KEY_MAX];
	bool broken = true;
	enum kas_err err;

	if (s->return_index >= b->size || s->original_index >= b->size)
		return kas_fail(why, KAS_CORRUPT, "a settled return names an entry after itself");
	if (s->n_broken > 0) {
		arena_reset(&b->scratch);
		err = read_transaction(b, s->return_index, &b->scratch, &e, &broken);
		if (err != KAS_OK)
			return err;
	}
	if (!broken && !e.x.figures.training)
		period_doubt(&b->day.totals, e.doc);
	return facts_add(b->facts, FACT_LINK, key_index(s->original_index, key),
	    s->return_index);
}
