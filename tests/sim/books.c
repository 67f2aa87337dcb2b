#include "tests/sim/books_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/sim/world.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define BODY(b) KASIR__V1__LEDGER_ENTRY__BODY_##b

void
books_wrong(struct books *b, const char *fmt, ...)
{
	va_list ap;

	if (b->verdict->wrong[0] != '\0')
		return;		/* the first says it all */
	va_start(ap, fmt);
	vsnprintf(b->verdict->wrong, sizeof(b->verdict->wrong), fmt, ap);
	va_end(ap);
}

struct open_till *
books_shift(struct books *b, const char *terminal)
{
	for (size_t i = 0; i < b->n_shifts; i++) {
		if (strcmp(b->shifts[i].terminal, terminal) == 0)
			return &b->shifts[i];
	}
	return NULL;
}

bool
books_is_date(uint32_t day)
{
	static const uint32_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint32_t y = day / 10000, m = day / 100 % 100, d = day % 100, length;

	if (y < 1 || y > 9999 || m < 1 || m > 12)
		return false;
	length = lengths[m - 1];
	if (m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0))
		length++;
	return d >= 1 && d <= length;
}

static bool
breaks(const Kasir__V1__TransactionRecord *r, int rule)
{
	for (size_t i = 0; i < r->n_broken; i++) {
		if ((int)r->broken[i] == rule)
			return true;
	}
	return false;
}

static bool
is_training(const document *doc)
{
	for (size_t i = 0; doc != NULL && i < doc->n_flags; i++) {
		if (doc->flags[i] == KASIR__V1__TRANSACTION_FLAG__TRAINING)
			return true;
	}
	return false;
}

/* By name, and only the newest epoch of each. */
static void
add_till(struct books *b, const Kasir__V1__TerminalAdded *m)
{
	size_t i = 0;

	while (i < b->n_tills && strcmp(b->tills[i].terminal, m->terminal) < 0)
		i++;
	if (i == b->n_tills || strcmp(b->tills[i].terminal, m->terminal) != 0) {
		kas_assert(b->n_tills < BOOKS_TILLS);
		memmove(&b->tills[i + 1], &b->tills[i], (b->n_tills - i) * sizeof(b->tills[0]));
		b->n_tills++;
	}
	b->tills[i] = (struct till_standing){ m->terminal, m->epoch, 0, 0, false };
}

/* NULL: it has begun a newer epoch. */
static struct till_standing *
standing_of(const struct books *b, const Kasir__V1__TransactionRecord *r)
{
	for (size_t i = 0; i < b->n_tills; i++) {
		const struct till_standing *t = &b->tills[i];

		if (t->epoch == r->epoch && strcmp(t->terminal, r->terminal) == 0)
			return (struct till_standing *)t;
	}
	return NULL;
}

bool
books_keeps_shifts(const struct books *b, const Kasir__V1__TransactionRecord *r)
{
	const struct till_standing *t = standing_of(b, r);

	return t != NULL && t->keeps_shifts;
}

static void
take_sequence(struct books *b, const Kasir__V1__TransactionRecord *r)
{
	struct till_standing *t = standing_of(b, r);

	if (t == NULL)
		return;
	t->count++;
	if (r->sequence > t->newest)
		t->newest = r->sequence;
}

static void
open_shift(struct books *b, const struct posted *p)
{
	size_t n = strlen(p->doc->shift);

	struct till_standing *t = standing_of(b, p->r);

	if (n == 0 || n > 64 || !text_is_utf8(BYTES(p->doc->shift, n)))
		return;
	if (t != NULL)
		t->keeps_shifts = true;
	if (books_shift(b, p->r->terminal) != NULL)
		return;
	kas_assert(b->n_shifts < BOOKS_TILLS);
	b->shifts[b->n_shifts++] = (struct open_till){ .terminal = p->r->terminal,
		.shift = p->doc->shift, .cashier = p->doc->cashier, .epoch = p->r->epoch,
		.first_sequence = p->r->sequence, .opened = b->size };
}

static void
post(struct accounts *to, const struct posted *p)
{
	if (p->training)
		post_training(to, p->doc);
	else if (p->broken)
		post_exception(to, p->doc);
	else
		post_counted(to, p->doc);
}

/* What a document does beyond its figures; training and conflicts do nothing. */
static void
act(struct books *b, struct posted *p)
{
	struct open_till *s = books_shift(b, p->r->terminal);

	switch (p->doc->type) {
	case TYPE(SHIFT_CLOSE):
		if (s != NULL && strcmp(s->shift, p->doc->shift) == 0)
			b->due = DUE_SHIFT;
		break;
	case TYPE(DAY_CLOSE):
		if (!p->broken)
			b->due = DUE_DAY;
		break;
	case TYPE(SUSPEND):
		b->bills++;
		break;
	case TYPE(RESUME):
	case TYPE(CANCEL):
		if (!breaks(p->r, KASIR__V1__RULE__BILL_REFERENCE) &&
		    !breaks(p->r, KASIR__V1__RULE__BILL_TWICE))
			books_take_up_bill(b, p);
		break;
	default:
		if (!p->broken)
			books_begin_to_count(b, b->size);
	}
	p->counts = !p->broken;
}

static void
take_transaction(struct books *b, const Kasir__V1__TransactionRecord *r, struct bytes payload)
{
	struct posted *p = &b->posted[b->size];
	struct open_till *s;
	bool acts;

	*p = (struct posted){ .r = r, .doc = PROTO_UNPACK(kasir__v1__transaction, &b->a, payload),
		.broken = r->n_broken > 0, .conflict = r->conflict };
	p->training = is_training(p->doc);
	p->keeps_sequence = !r->conflict || breaks(r, KASIR__V1__RULE__IDENTITY_REUSED);
	acts = p->doc != NULL && !p->training && !p->conflict;
	books_check_rules(b, p);
	if (p->keeps_sequence)
		take_sequence(b, r);
	if (acts && p->doc->type == TYPE(SHIFT_OPEN))
		open_shift(b, p);
	if (p->doc != NULL && !p->training && books_is_date(p->doc->business_day))
		b->business_day = p->doc->business_day;
	s = books_shift(b, r->terminal);
	if (s != NULL)
		post(&s->sums, p);
	post(&b->day, p);
	if (acts)
		act(b, p);
}

static void
take_settlement(struct books *b, const Kasir__V1__ReturnSettled *m)
{
	const struct posted *about = &b->posted[m->return_index];

	b->posted[b->size] = (struct posted){ .is_settlement = true, .about = m->return_index,
		.found_wrong = m->n_broken > 0 && !about->broken && !about->training };
	if (b->posted[b->size].found_wrong)
		post_doubted(&b->day, about->doc);
}

static void
resolve_settlement(struct books *b, const struct posted *x, bool accepted)
{
	struct posted *about = &b->posted[x->about];

	if (accepted) {
		post_upheld(&b->day, about->doc);
		return;
	}
	post_taken_out(&b->day, about->doc);
	books_leave_pending(b, about);
}

static void
resolve_transaction(struct books *b, uint64_t index, bool accepted)
{
	struct posted *x = &b->posted[index];

	if (!accepted) {
		post_voided(&b->day, x->doc);
		return;
	}
	post_accepted(&b->day, x->doc);
	if (x->doc == NULL || x->conflict)
		return;
	if (x->doc->type == TYPE(RESUME) || x->doc->type == TYPE(CANCEL))
		books_take_up_bill(b, x);
	else
		books_begin_to_count(b, index);
}

static void
take_resolution(struct books *b, const Kasir__V1__ExceptionResolved *m)
{
	bool accepted = m->how == KASIR__V1__RESOLUTION__ACCEPTED;
	struct posted *x = m->index < b->size ? &b->posted[m->index] : NULL;

	if (x == NULL || !((x->is_settlement && x->found_wrong) ||
	    (x->r != NULL && x->broken && !x->training)))
		books_wrong(b, "entry %llu resolves %llu, which is no exception",
		    (unsigned long long)b->size, (unsigned long long)m->index);
	else if (x->resolved)
		books_wrong(b, "entry %llu resolves %llu, which was resolved before",
		    (unsigned long long)b->size, (unsigned long long)m->index);
	else if (x->is_settlement)
		resolve_settlement(b, x, accepted);
	else
		resolve_transaction(b, m->index, accepted);
	if (x != NULL)
		x->resolved = true;
}

static void
close_shift(struct books *b, const Kasir__V1__ShiftClosed *m)
{
	struct open_till *s = books_shift(b, m->terminal);

	books_check_shift(b, m);
	if (s == NULL)
		return;
	accounts_fini(&s->sums);
	*s = b->shifts[--b->n_shifts];
}

static void
close_day(struct books *b, const Kasir__V1__DayClosed *m)
{
	books_check_day(b, m);
	accounts_clear(&b->day);
	b->number = m->number;
	b->first = b->size;
}

static void
take_entry(struct books *b, const struct store_entry *e)
{
	Kasir__V1__LedgerEntry *entry;

	if (wire_decode_entry(e->entry, &b->a, &entry, NULL) != KAS_OK) {
		books_wrong(b, "entry %llu does not decode", (unsigned long long)b->size);
		return;
	}
	if ((b->due == DUE_SHIFT && entry->body_case != BODY(SHIFT_CLOSED)) ||
	    (b->due == DUE_DAY && entry->body_case != BODY(DAY_CLOSED)))
		books_wrong(b, "entry %llu ought to be the close that the one before asked for",
		    (unsigned long long)b->size);
	if (entry->body_case == BODY(SHIFT_CLOSED))
		close_shift(b, entry->shift_closed);
	else if (entry->body_case == BODY(DAY_CLOSED))
		close_day(b, entry->day_closed);
	b->due = DUE_NOTHING;
	if (entry->body_case == BODY(TRANSACTION))
		take_transaction(b, entry->transaction, e->payload);
	else if (entry->body_case == BODY(RETURN_SETTLED))
		take_settlement(b, entry->return_settled);
	else if (entry->body_case == BODY(EXCEPTION_RESOLVED))
		take_resolution(b, entry->exception_resolved);
	else if (entry->body_case == BODY(TERMINAL_ADDED))
		add_till(b, entry->terminal_added);
	b->size++;
}

static void
check_xs(struct books *b, const struct x_report *xs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (xs[i].size == b->size)
			books_check_x(b, &xs[i]);
	}
}

void
books_judge(const struct image *im, const struct history *h, const char *store,
    const struct x_report *xs, size_t n_xs, struct books_verdict *ret)
{
	struct books b = { .im = im, .h = h, .store = store, .verdict = ret,
		.posted = sim_alloc((im->n + 1) * sizeof(*b.posted)) };

	memset(ret, 0, sizeof(*ret));
	arena_init(&b.a, 0);
	check_xs(&b, xs, n_xs);
	for (size_t i = 0; i < im->n && ret->wrong[0] == '\0'; i++) {
		take_entry(&b, &im->entries[i]);
		check_xs(&b, xs, n_xs);
	}
	for (size_t i = 0; i < b.n_shifts; i++)
		accounts_fini(&b.shifts[i].sums);
	accounts_fini(&b.day);
	arena_fini(&b.a);
	free(b.posted);
}
