/* follow.c - what must come next: the close that was asked for, the settlement of returns that
 * waited; and whether what is said of a close is what the entries give. */
#include "audit/audit_parts.h"

#include <inttypes.h>
#include <string.h>

static struct findings *
found(struct audit *au)
{
	return &au->report->findings;
}

static bool
same_message(struct arena *a, const ProtobufCMessage *x, const ProtobufCMessage *y,
    bool *ret)
{
	struct bytes p, q;

	if (!proto_pack(a, x, &p) || !proto_pack(a, y, &q))
		return false;
	*ret = bytes_equal(p, q);
	return true;
}

/* What to name of two that differ. */
static const char *
shift_difference(const Kasir__V1__ShiftClosed *is, const Kasir__V1__ShiftClosed *should)
{
	if (strcmp(is->terminal, should->terminal) != 0 || strcmp(is->shift, should->shift) != 0)
		return "shift";
	if (is->first_sequence != should->first_sequence ||
	    is->last_sequence != should->last_sequence ||
	    is->opened_index != should->opened_index || is->closed_index != should->closed_index)
		return "range";
	if (is->counted != should->counted || is->variance != should->variance)
		return "count";
	return "totals";
}

static const char *
day_difference(const Kasir__V1__DayClosed *is, const Kasir__V1__DayClosed *should)
{
	if (is->number != should->number)
		return "number";
	if (is->first != should->first || is->size != should->size)
		return "range";
	if (!bytes_equal(bytes_of_proto(is->root), bytes_of_proto(should->root)))
		return "root";
	if (is->business_day != should->business_day)
		return "business day";
	if (is->requested != should->requested || is->request != should->request)
		return "request";
	return "totals";
}

static enum kas_err
compare_shift(struct audit *au, const struct item *it, const Kasir__V1__ShiftClosed *should)
{
	const Kasir__V1__ShiftClosed *is = it->entry->shift_closed;
	bool same;

	if (!same_message(&au->scratch, &is->base, &should->base, &same))
		return KAS_NOMEM;
	if (!same)
		findings_add(found(au), AUDIT_CLOSE_MISMATCH, false, it->index,
		    "the close of %s's shift %.40s has another %s than its transactions give",
		    should->terminal, should->shift, shift_difference(is, should));
	return KAS_OK;
}

/* What only the store knew, and cannot be derived, is taken as it stands. */
static enum kas_err
complete_day(struct audit *au, const struct item *it, Kasir__V1__DayClosed *should)
{
	const Kasir__V1__DayClosed *is = it->entry->day_closed;
	struct hash *root = arena_alloc(&au->scratch, sizeof *root);
	enum kas_err err = KAS_OK;

	if (root == NULL)
		return KAS_NOMEM;
	should->root = is->root;
	if (au->spine.alive && it->index > 0)
		err = tree_root(au->spine.tree, it->index, root);
	if (err == KAS_OK && au->spine.alive)
		should->root = proto_bytes(hash_bytes(root));
	should->cosigned_size = is->cosigned_size <= is->size ? is->cosigned_size : 0;
	if (!should->requested) {
		should->by = is->by;
		should->reason = is->reason;
	}
	return err;
}

static enum kas_err
compare_day(struct audit *au, const struct item *it, Kasir__V1__DayClosed *should)
{
	const Kasir__V1__DayClosed *is = it->entry->day_closed;
	struct rule_set in_the_way = book_day_in_the_way(au->book, true);
	bool same = true;
	enum kas_err err;

	err = complete_day(au, it, should);
	if (err == KAS_OK && !same_message(&au->scratch, &is->base, &should->base, &same))
		err = KAS_NOMEM;
	if (err == KAS_OK && !same)
		findings_add(found(au), AUDIT_CLOSE_MISMATCH, false, it->index,
		    "day close %" PRIu64 " has another %s than its entries give", is->number,
		    day_difference(is, should));
	else if (err == KAS_OK && !rule_set_is_empty(&in_the_way))
		findings_add(found(au), AUDIT_CLOSE_MISMATCH, false, it->index,
		    "day close %" PRIu64 " was written over open bills", is->number);
	return err;
}

/* Of the manager's own asking. */
static enum kas_err
check_own_close(struct audit *au, const struct item *it)
{
	Kasir__V1__DayClosed *should;
	enum kas_err err;

	err = book_close_day(au->book, &au->scratch, &should);
	return err == KAS_OK ? compare_day(au, it, should) : err;
}

enum kas_err
follow_close(struct audit *au, const struct item *it)
{
	Kasir__V1__LedgerEntry due = KASIR__V1__LEDGER_ENTRY__INIT;
	enum kas_err err;

	if (!au->sums_known)
		return KAS_OK;
	err = book_due(au->book, &au->scratch, &due);
	if (err != KAS_OK)
		return err;
	/* Where another is due, or none, the book does not take it. */
	if (it->entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED)
		return due.body_case == it->entry->body_case ?
		    compare_shift(au, it, due.shift_closed) : KAS_OK;
	if (it->entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		return KAS_OK;
	return due.body_case == it->entry->body_case ? compare_day(au, it, due.day_closed) :
	    due.body_case == KASIR__V1__LEDGER_ENTRY__BODY__NOT_SET ? check_own_close(au, it) :
	    KAS_OK;
}

static bool
is_close(const Kasir__V1__LedgerEntry *e)
{
	return e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED ||
	    e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED;
}

static void
say_unsettled(struct audit *au, uint64_t index)
{
	struct owed *o = &au->owed;

	if (au->sums_known)
		findings_add(found(au), AUDIT_RULE_MISMATCH, false, index,
		    "the return at %" PRIu64 " waited for entry %" PRIu64
		    " and was not settled when that came", o->returns[o->next], o->original);
	o->next = o->n = 0;
}

void
follow_owed(struct audit *au, const struct item *it)
{
	struct owed *o = &au->owed;
	const Kasir__V1__ReturnSettled *s;

	if (it->entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED) {
		s = it->entry->return_settled;
		if (o->next < o->n && s->return_index == o->returns[o->next] &&
		    s->original_index == o->original)
			o->next++;
		else if (o->next < o->n)
			say_unsettled(au, it->index);
		else if (au->sums_known)
			findings_add(found(au), AUDIT_RULE_MISMATCH, false, it->index,
			    "settles a return that did not wait for entry %" PRIu64,
			    s->original_index);
	} else if (o->next < o->n && !is_close(it->entry)) {
		say_unsettled(au, it->index);
	}
}

enum kas_err
follow_waiting(struct audit *au, const struct item *it)
{
	const Kasir__V1__TransactionRecord *r = it->record;
	struct rule_set broken = rule_set_of(r->broken, r->n_broken);
	struct owed *o = &au->owed;

	o->next = o->n = 0;
	/* One whose sequence belongs to another is nobody's original. */
	if (!au->following ||
	    (r->conflict && !rule_set_has(&broken, KASIR__V1__RULE__IDENTITY_REUSED)))
		return KAS_OK;
	o->original = it->index;
	return book_waiting(au->book, r->terminal, r->epoch, r->sequence, o->returns, &o->n);
}

enum kas_err
follow_end(struct audit *au)
{
	Kasir__V1__LedgerEntry due = KASIR__V1__LEDGER_ENTRY__INIT;
	enum kas_err err = KAS_OK;

	if (!au->following || au->next < au->head.size)
		return KAS_OK;
	arena_reset(&au->scratch);
	if (au->next > 0)
		err = book_due(au->book, &au->scratch, &due);
	if (err == KAS_OK && due.body_case != KASIR__V1__LEDGER_ENTRY__BODY__NOT_SET)
		findings_add(found(au), AUDIT_CLOSE_MISMATCH, false, au->next,
		    "the close that the last entry asked for is not there");
	if (err == KAS_OK && au->owed.next < au->owed.n)
		say_unsettled(au, au->next);
	return err;
}
