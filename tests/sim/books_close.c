/* What the store says of a shift or a day, held against the books. */
#include "tests/sim/books_parts.h"

#include <string.h>

#define LLU(n) ((unsigned long long)(n))

/* Each line of a close, by its name: they differ, and the verdict says in what. */
struct item {
	const char *what;
	uint64_t said, is;
};

static bool
agree(struct books *b, const char *whose, const struct item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (items[i].said == items[i].is)
			continue;
		books_wrong(b, "%s before entry %llu says %s %llu, and not %llu", whose,
		    LLU(b->size), items[i].what, LLU(items[i].said), LLU(items[i].is));
		return false;
	}
	return true;
}
#define AGREE(b, whose, items) agree(b, whose, items, sizeof(items) / sizeof((items)[0]))

static bool
agree_text(struct books *b, const char *whose, const char *what, const char *said,
    const char *is)
{
	if (strcmp(said, is) == 0)
		return true;
	books_wrong(b, "%s before entry %llu says %s \"%s\", and not \"%s\"", whose, LLU(b->size),
	    what, said, is);
	return false;
}

static void
agree_totals(struct books *b, const char *whose, const struct accounts *mine,
    const Kasir__V1__PeriodTotals *m)
{
	char why[200] = "no totals";

	if (m == NULL || accounts_differ(mine, m, why))
		books_wrong(b, "%s before entry %llu: %s", whose, LLU(b->size), why);
}

void
books_check_shift(struct books *b, const Kasir__V1__ShiftClosed *m)
{
	const struct posted *asked = &b->posted[b->size - 1];
	struct open_till *s;
	int64_t counted;

	if (b->due != DUE_SHIFT) {
		books_wrong(b, "a shift was closed at %llu that nobody asked to close",
		    LLU(b->size));
		return;
	}
	s = books_shift(b, asked->r->terminal);
	counted = posting_counted_cash(asked->doc);
	const struct item items[] = {
		{ "epoch", m->epoch, s->epoch }, { "first sequence", m->first_sequence,
		    s->first_sequence }, { "last sequence", m->last_sequence, asked->r->sequence },
		{ "opened index", m->opened_index, s->opened },
		{ "closed index", m->closed_index, b->size - 1 },
		{ "counted", (uint64_t)m->counted, (uint64_t)counted },
		{ "variance", (uint64_t)m->variance,
		    (uint64_t)(counted - accounts_expected_cash(&s->sums)) },
	};
	if (AGREE(b, "a shift close", items) &&
	    agree_text(b, "a shift close", "terminal", m->terminal, s->terminal) &&
	    agree_text(b, "a shift close", "shift", m->shift, s->shift) &&
	    agree_text(b, "a shift close", "cashier", m->cashier, s->cashier) &&
	    agree_text(b, "a shift close", "supervisor", m->supervisor, asked->doc->supervisor))
		agree_totals(b, "a shift close", &s->sums, m->totals);
	b->verdict->shifts++;
}

static void
check_standings(struct books *b, const char *whose, Kasir__V1__TerminalStanding *const *said,
    size_t n)
{
	const struct item rows[] = { { "terminals", n, b->n_tills } };

	if (!AGREE(b, whose, rows))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct till_standing *t = &b->tills[i];
		const struct item items[] = { { "epoch", said[i]->epoch, t->epoch },
			{ "newest", said[i]->newest, t->newest },
			{ "missing", said[i]->missing, t->newest - t->count } };

		if (!agree_text(b, whose, "a terminal", said[i]->terminal, t->terminal) ||
		    !AGREE(b, whose, items))
			return;
	}
}

/* The day's figures, with what is pending at this moment, of whatever day. */
static void
check_day_totals(struct books *b, const char *whose, const Kasir__V1__PeriodTotals *m)
{
	struct account *pending = accounts_find(&b->day, "pending");

	pending->count = b->pending_count;
	pending->amount = (int64_t)b->pending_amount;
	agree_totals(b, whose, &b->day, m);
}

static void
check_root(struct books *b, const Kasir__V1__DayClosed *m)
{
	struct hash root;

	if (!history_root(b->h, b->size, &root) || m->root.len != HASH_LEN ||
	    memcmp(m->root.data, root.b, HASH_LEN) != 0)
		books_wrong(b, "Z %llu does not state the root of the %llu entries before it",
		    LLU(m->number), LLU(b->size));
	if (m->cosigned_size > b->size)
		books_wrong(b, "Z %llu: headquarters has cosigned more than there is",
		    LLU(m->number));
}

/* Nobody closes over what is open, but the manager over pending tenders. */
static void
check_allowed(struct books *b, const Kasir__V1__DayClosed *m)
{
	if (b->bills > 0)
		books_wrong(b, "Z %llu closed over %llu open bills", LLU(m->number), LLU(b->bills));
	if (m->requested && b->pending_count > 0)
		books_wrong(b, "Z %llu: a till closed over %llu pending tenders", LLU(m->number),
		    LLU(b->pending_count));
	if (!m->requested && (m->by == NULL || m->reason[0] == '\0'))
		books_wrong(b, "Z %llu names neither till nor manager", LLU(m->number));
}

void
books_check_day(struct books *b, const Kasir__V1__DayClosed *m)
{
	bool asked = b->due == DUE_DAY;
	const struct item items[] = {
		{ "number", m->number, b->number + 1 }, { "first", m->first, b->first },
		{ "size", m->size, b->size }, { "business day", m->business_day, b->business_day },
		{ "open shifts", m->open_shifts, b->n_shifts },
		{ "carried", m->carried, b->pending_count > 0 },
		{ "requested", m->requested, asked }, { "request", m->request,
		    asked ? b->size - 1 : 0 },
	};

	if (AGREE(b, "a Z", items)) {
		check_standings(b, "a Z", m->terminals, m->n_terminals);
		check_day_totals(b, "a Z", m->totals);
		check_root(b, m);
		check_allowed(b, m);
	}
	b->verdict->days++;
}

static void
check_open_shift(struct books *b, const Kasir__V1__OpenShift *m)
{
	struct open_till *s = books_shift(b, m->terminal);

	if (s == NULL) {
		books_wrong(b, "an X says that %s has an open shift", m->terminal);
		return;
	}
	const struct item items[] = { { "epoch", m->epoch, s->epoch },
		{ "first sequence", m->first_sequence, s->first_sequence },
		{ "opened index", m->opened_index, s->opened } };

	if (AGREE(b, "an X", items) && agree_text(b, "an X", "shift", m->shift, s->shift) &&
	    agree_text(b, "an X", "cashier", m->cashier, s->cashier))
		agree_totals(b, "an X", &s->sums, m->totals);
}

void
books_check_x(struct books *b, const struct x_report *x)
{
	Kasir__V1__DayReport *m = PROTO_UNPACK(kasir__v1__day_report, &b->a, x->report);
	const Kasir__V1__BookState *s = m != NULL ? m->state : NULL;

	if (s == NULL || s->day == NULL || s->pending == NULL) {
		books_wrong(b, "an X does not decode");
		return;
	}
	const struct item items[] = { { "number", s->day_number, b->number },
		{ "first", s->day_first, b->first }, { "open shifts", s->n_shifts, b->n_shifts },
		{ "business day", s->business_day, b->business_day },
		{ "open bills", s->open_bills, b->bills },
		{ "pending tenders", s->pending->count, b->pending_count } };

	if (!AGREE(b, "an X", items))
		return;
	check_standings(b, "an X", m->terminals, m->n_terminals);
	check_day_totals(b, "an X", s->day);
	for (size_t i = 0; i < s->n_shifts; i++)
		check_open_shift(b, s->shifts[i]);
	b->verdict->xs++;
}
