#include "book/day.h"

#include <stdlib.h>
#include <string.h>

#include "base/defect.h"

void
day_init(struct day *d)
{
	*d = (struct day){ 0 };
}

void
day_fini(struct day *d)
{
	size_t i;

	for (i = 0; i < d->n_shifts; i++)
		free(d->shifts[i]);
	free(d->shifts);
	day_init(d);
}

/* The first shift that does not stand before TERMINAL. */
static size_t
lower_bound(const struct day *d, const char *terminal)
{
	size_t low = 0, high = d->n_shifts, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(d->shifts[mid]->terminal, terminal) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct open_shift *
day_shift(const struct day *d, const char *terminal)
{
	size_t at = lower_bound(d, terminal);

	if (at < d->n_shifts && strcmp(d->shifts[at]->terminal, terminal) == 0)
		return d->shifts[at];
	return NULL;
}

bool
day_is_shift_name(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n <= SHIFT_NAME_MAX && text_is_utf8(BYTES(name, n));
}

static bool
make_room(struct day *d)
{
	size_t cap = d->cap_shifts == 0 ? 8 : 2 * d->cap_shifts;
	struct open_shift **shifts;

	if (d->n_shifts < d->cap_shifts)
		return true;
	shifts = realloc(d->shifts, cap * sizeof *shifts);
	if (shifts == NULL)
		return false;
	d->shifts = shifts;
	d->cap_shifts = cap;
	return true;
}

enum kas_err
day_open_shift(struct day *d, const char *terminal, struct open_shift **ret)
{
	size_t at = lower_bound(d, terminal), n = strlen(terminal);
	struct open_shift *s;

	kas_assert(day_shift(d, terminal) == NULL && n <= NAME_MAX_LEN);
	s = make_room(d) ? calloc(1, sizeof *s) : NULL;
	if (s == NULL)
		return KAS_NOMEM;
	memcpy(s->terminal, terminal, n + 1);
	memmove(d->shifts + at + 1, d->shifts + at, (d->n_shifts - at) * sizeof *d->shifts);
	d->shifts[at] = s;
	d->n_shifts++;
	*ret = s;
	return KAS_OK;
}

void
day_drop_shift(struct day *d, struct open_shift *s)
{
	size_t at = lower_bound(d, s->terminal);

	kas_assert(at < d->n_shifts && d->shifts[at] == s);
	if (d->closing == s)
		d->closing = NULL;
	d->n_shifts--;
	memmove(d->shifts + at, d->shifts + at + 1, (d->n_shifts - at) * sizeof *d->shifts);
	free(s);
}

void
day_keep_text(const char *text, char to[SHIFT_NAME_MAX + 1])
{
	size_t n = strlen(text);

	if (!text_is_utf8(BYTES(text, n)))
		n = 0;
	if (n > SHIFT_NAME_MAX)
		for (n = SHIFT_NAME_MAX; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	memcpy(to, text, n);
	to[n] = '\0';
}

void
day_turn(struct day *d, uint64_t first)
{
	d->number++;
	d->first = first;
	d->asked = false;
	memset(&d->totals, 0, sizeof d->totals);
}

enum kas_err
day_pack_totals(const struct day *d, struct arena *a, Kasir__V1__PeriodTotals **ret)
{
	struct period stated = d->totals;

	stated.pending = d->pending;
	return period_pack(&stated, a, ret);
}

static enum kas_err
pack_shift(const struct open_shift *s, struct arena *a, Kasir__V1__OpenShift **ret)
{
	Kasir__V1__OpenShift *m = arena_alloc(a, sizeof *m);

	if (m == NULL)
		return KAS_NOMEM;
	kasir__v1__open_shift__init(m);
	m->terminal = arena_text(a, s->terminal);
	m->epoch = s->epoch;
	m->shift = arena_text(a, s->shift);
	m->cashier = arena_text(a, s->cashier);
	m->first_sequence = s->first_sequence;
	m->opened_index = s->opened_index;
	m->closing = s->closing;
	m->closed_index = s->closed_index;
	m->last_sequence = s->last_sequence;
	m->counted = s->counted;
	m->supervisor = arena_text(a, s->supervisor);
	if (m->terminal == NULL || m->shift == NULL || m->cashier == NULL ||
	    m->supervisor == NULL)
		return KAS_NOMEM;
	*ret = m;
	return period_pack(&s->totals, a, &m->totals);
}

enum kas_err
day_pack(const struct day *d, struct arena *a, Kasir__V1__BookState *to)
{
	Kasir__V1__Figure *pending = arena_alloc(a, sizeof *pending);
	size_t i;
	enum kas_err err;

	to->shifts = arena_alloc(a, (d->n_shifts + 1) * sizeof *to->shifts);
	if (pending == NULL || to->shifts == NULL)
		return KAS_NOMEM;
	kasir__v1__figure__init(pending);
	pending->count = d->pending.count;
	pending->amount = d->pending.amount;
	to->pending = pending;
	to->day_number = d->number;
	to->day_first = d->first;
	to->business_day = d->business_day;
	to->day_asked = d->asked;
	to->open_bills = d->open_bills;
	err = day_pack_totals(d, a, &to->day);
	for (i = 0; i < d->n_shifts && err == KAS_OK; i++)
		err = pack_shift(d->shifts[i], a, &to->shifts[i]);
	to->n_shifts = d->n_shifts;
	return err;
}

static enum kas_err
unpack_shift(const Kasir__V1__OpenShift *m, struct day *d)
{
	struct open_shift *s;
	enum kas_err err;

	if (!text_is_name(bytes_of_text(m->terminal)) || !day_is_shift_name(m->shift) ||
	    day_shift(d, m->terminal) != NULL || m->totals == NULL ||
	    (m->closing && d->closing != NULL))
		return KAS_CORRUPT;
	err = day_open_shift(d, m->terminal, &s);
	if (err != KAS_OK)
		return err;
	s->epoch = m->epoch;
	day_keep_text(m->shift, s->shift);
	day_keep_text(m->cashier, s->cashier);
	s->first_sequence = m->first_sequence;
	s->opened_index = m->opened_index;
	s->closing = m->closing;
	s->closed_index = m->closed_index;
	s->last_sequence = m->last_sequence;
	s->counted = m->counted;
	day_keep_text(m->supervisor, s->supervisor);
	if (m->closing)
		d->closing = s;
	return period_unpack(m->totals, &s->totals);
}

enum kas_err
day_unpack(const Kasir__V1__BookState *m, struct day *ret)
{
	struct day d = { .number = m->day_number, .first = m->day_first,
		.business_day = m->business_day, .asked = m->day_asked,
		.open_bills = m->open_bills };
	enum kas_err err;
	size_t i;

	if (m->day == NULL || m->pending == NULL)
		return KAS_CORRUPT;
	if (!DEFECT(PENDING_FORGOTTEN))
		d.pending = (struct figure){ m->pending->count, m->pending->amount };
	err = period_unpack(m->day, &d.totals);
	for (i = 0; i < m->n_shifts && err == KAS_OK; i++)
		err = unpack_shift(m->shifts[i], &d);
	if (err != KAS_OK) {
		day_fini(&d);
		return err;
	}
	*ret = d;
	return KAS_OK;
}
