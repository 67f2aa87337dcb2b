/* closes.c - shift close and Z: derived from what was folded, never taken from an entry. */
#include "book/book.h"
#include "book/book_parts.h"

#include <string.h>

static int64_t
variance(const struct open_shift *s)
{
	int64_t expected = period_expected_cash(&s->totals), v;

	if (__builtin_sub_overflow(s->counted, expected, &v))
		return expected < 0 ? INT64_MAX : INT64_MIN;
	return v;
}

/* A copy, because the shift goes when the entry is applied. */
static enum kas_err
shift_closed(const struct open_shift *s, struct arena *a, Kasir__V1__ShiftClosed **ret)
{
	Kasir__V1__ShiftClosed *m = arena_alloc(a, sizeof *m);

	if (m == NULL)
		return KAS_NOMEM;
	kasir__v1__shift_closed__init(m);
	m->terminal = arena_text(a, s->terminal);
	m->epoch = s->epoch;
	m->shift = arena_text(a, s->shift);
	m->first_sequence = s->first_sequence;
	m->last_sequence = s->last_sequence;
	m->opened_index = s->opened_index;
	m->closed_index = s->closed_index;
	m->cashier = arena_text(a, s->cashier);
	m->supervisor = arena_text(a, s->supervisor);
	m->counted = s->counted;
	m->variance = variance(s);
	if (m->terminal == NULL || m->shift == NULL || m->cashier == NULL ||
	    m->supervisor == NULL)
		return KAS_NOMEM;
	*ret = m;
	return period_pack(&s->totals, a, &m->totals);
}

/* The newest epoch of each terminal. */
static enum kas_err
standings(const struct book *b, struct arena *a, Kasir__V1__DayClosed *m)
{
	const struct keyring *k = &b->keys;
	Kasir__V1__TerminalStanding *s;
	size_t i;

	m->terminals = arena_alloc(a, (k->n + 1) * sizeof *m->terminals);
	if (m->terminals == NULL)
		return KAS_NOMEM;
	for (i = 0; i < k->n; i++) {
		const struct terminal_row *row = k->rows[i];

		if (i + 1 < k->n && strcmp(row->terminal, k->rows[i + 1]->terminal) == 0)
			continue;
		s = arena_alloc(a, sizeof *s);
		if (s == NULL)
			return KAS_NOMEM;
		kasir__v1__terminal_standing__init(s);
		s->terminal = (char *)(uintptr_t)row->terminal;
		s->epoch = row->epoch;
		s->newest = row->newest;
		s->missing = row->newest - row->count;
		m->terminals[m->n_terminals++] = s;
	}
	return KAS_OK;
}

enum kas_err
book_close_day(struct book *b, struct arena *a, Kasir__V1__DayClosed **ret)
{
	const struct day *d = &b->day;
	Kasir__V1__DayClosed *m = arena_alloc(a, sizeof *m);
	enum kas_err err;

	if (m == NULL)
		return KAS_NOMEM;
	kasir__v1__day_closed__init(m);
	m->number = d->number + 1;
	m->business_day = d->business_day;
	m->first = d->first;
	m->size = b->size;
	m->open_shifts = d->n_shifts;
	m->carried = d->pending.count > 0;
	if (d->asked) {
		m->requested = true;
		m->request = b->size - 1;
	}
	err = standings(b, a, m);
	if (err == KAS_OK)
		err = day_pack_totals(d, a, &m->totals);
	if (err == KAS_OK)
		*ret = m;
	return err;
}

enum kas_err
book_due(struct book *b, struct arena *a, Kasir__V1__LedgerEntry *entry)
{
	enum kas_err err = KAS_OK;

	if (b->day.closing != NULL) {
		err = shift_closed(b->day.closing, a, &entry->shift_closed);
		if (err == KAS_OK)
			entry->body_case = KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED;
	} else if (b->day.asked) {
		err = book_close_day(b, a, &entry->day_closed);
		if (err == KAS_OK)
			entry->body_case = KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED;
	}
	return err;
}

struct rule_set
book_day_in_the_way(const struct book *b, bool carry_pending)
{
	struct rule_set s = { { 0 } };

	if (b->day.open_bills > 0)
		rule_set_add(&s, KASIR__V1__RULE__DAY_OPEN_BILLS);
	if (b->day.pending.count > 0 && !carry_pending)
		rule_set_add(&s, KASIR__V1__RULE__DAY_PENDING_TENDERS);
	return s;
}

bool
book_is_due(const struct book *b, const Kasir__V1__LedgerEntry *entry, struct kas_why *why)
{
	const struct open_shift *s = b->day.closing;

	if (s != NULL && entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED) {
		kas_fail(why, KAS_CORRUPT, "the close of shift %s, which the entry before it asked "
		    "for, is not there", s->shift);
		return false;
	}
	if (b->day.asked && entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED) {
		kas_fail(why, KAS_CORRUPT,
		    "the day's close, which the entry before it asked for, is not there");
		return false;
	}
	return true;
}

enum kas_err
book_apply_shift_closed(struct book *b, const Kasir__V1__ShiftClosed *m, struct kas_why *why)
{
	struct open_shift *s = b->day.closing;

	if (s == NULL || strcmp(s->terminal, m->terminal) != 0)
		return kas_fail(why, KAS_CORRUPT, "a shift is closed that nobody asked to close");
	day_drop_shift(&b->day, s);
	return KAS_OK;
}

void
book_apply_day_closed(struct book *b)
{
	day_turn(&b->day, b->size);
}
