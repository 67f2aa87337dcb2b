#include "tools/kasirctl/close_slip.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "tools/kasirctl/close_parts.h"

static void
print_counted(struct paper *p, enum slip_word w, uint64_t n)
{
	char value[32];

	snprintf(value, sizeof value, "%" PRIu64, n);
	slip_pair(&p->slip, paper_word(p, w), value);
}

static void
print_time(struct paper *p, enum slip_word w, uint64_t index, int64_t wall_us)
{
	char left[64], time[PAPER_TIME_MAX];

	snprintf(left, sizeof left, "%s %" PRIu64, paper_word(p, w), index);
	paper_time(p, wall_us, p->printed_offset_min, time);
	slip_pair(&p->slip, left, time);
}

static void
print_day(struct paper *p, uint32_t business_day)
{
	char day[PAPER_TIME_MAX];

	if (business_day == 0)
		return;
	paper_day(p, business_day, day);
	slip_pair(&p->slip, paper_word(p, WORD_BUSINESS_DAY), day);
}

/* The entries that it covers, the last one included. */
static void
print_range(struct paper *p, uint64_t first, uint64_t size)
{
	char range[64];

	if (size > first)
		snprintf(range, sizeof range, "%" PRIu64 "-%" PRIu64, first, size - 1);
	else
		snprintf(range, sizeof range, "-");
	slip_pair(&p->slip, paper_word(p, WORD_ENTRIES), range);
}

static void
print_standing(const Kasir__V1__TerminalStanding *t, struct paper *p)
{
	char left[80], right[80];

	snprintf(left, sizeof left, "%.32s/%" PRIu64 "/%" PRIu64, t->terminal, t->epoch, t->newest);
	snprintf(right, sizeof right, "%" PRIu64 " %s", t->missing, paper_word(p, WORD_MISSING));
	slip_pair(&p->slip, left, right);
}

/* How far each terminal has come, and how much of it headquarters has. */
static void
print_completeness(Kasir__V1__TerminalStanding *const *terminals, size_t n, uint64_t cosigned,
    struct paper *p)
{
	if (n > 0)
		close_heading(p, WORD_TERMINALS);
	for (size_t i = 0; i < n; i++)
		print_standing(terminals[i], p);
	print_counted(p, WORD_COSIGNED, cosigned);
}

static void
print_root(const Kasir__V1__DayClosed *d, struct paper *p)
{
	char root[BASE64_LEN(32) + 1];

	if (d->root.len != 32)
		return;
	base64_format(BYTES(d->root.data, d->root.len), root);
	slip_text(&p->slip, paper_word(p, WORD_ROOT));
	slip_text(&p->slip, root);
}

static void
print_asked(const Kasir__V1__DayClosed *d, struct paper *p)
{
	if (d->open_shifts > 0)
		print_counted(p, WORD_OPEN_SHIFTS, d->open_shifts);
	if (d->carried)
		slip_text(&p->slip, paper_word(p, WORD_CARRIED));
	if (d->by != NULL)
		slip_pair(&p->slip, paper_word(p, WORD_CLOSED_BY), d->by->user);
	slip_text(&p->slip, d->reason);
}

void
close_print_day(const Kasir__V1__LedgerEntry *e, uint64_t index, struct bytes entry_bytes,
    struct paper *p)
{
	const Kasir__V1__DayClosed *d = e->day_closed;
	char title[80];

	snprintf(title, sizeof title, "%s %s %" PRIu64, paper_word(p, WORD_Z),
	    paper_word(p, WORD_NUMBER), d->number);
	paper_head(p);
	paper_title(p, title);
	paper_copy_mark(p);
	print_day(p, d->business_day);
	print_time(p, WORD_ENTRY, index, e->wall_us);
	print_range(p, d->first, d->size);
	print_asked(d, p);
	close_print_totals(d->totals, p);
	close_print_cash(d->totals, p);
	close_print_perpetual(e->totals, p);
	print_completeness(d->terminals, d->n_terminals, d->cosigned_size, p);
	slip_rule(&p->slip, '-');
	print_root(d, p);
	paper_code(p, index, entry_bytes);
}

static void
print_shift(const char *terminal, const char *shift, const char *cashier, struct paper *p)
{
	slip_pair(&p->slip, paper_word(p, WORD_TERMINAL), terminal);
	slip_pair(&p->slip, paper_word(p, WORD_SHIFT), shift);
	slip_pair(&p->slip, paper_word(p, WORD_CASHIER), cashier);
}

static void
print_sequences(struct paper *p, uint64_t first, uint64_t last)
{
	char range[64];

	snprintf(range, sizeof range, "%" PRIu64 "-%" PRIu64, first, last);
	slip_pair(&p->slip, paper_word(p, WORD_SEQUENCES), range);
}

void
close_print_shift(const Kasir__V1__LedgerEntry *e, uint64_t index, struct bytes entry_bytes,
    struct paper *p)
{
	const Kasir__V1__ShiftClosed *s = e->shift_closed;

	paper_head(p);
	paper_title(p, paper_word(p, WORD_SHIFT_CLOSE));
	paper_copy_mark(p);
	print_shift(s->terminal, s->shift, s->cashier, p);
	print_time(p, WORD_ENTRY, index, e->wall_us);
	print_sequences(p, s->first_sequence, s->last_sequence);
	close_print_totals(s->totals, p);
	close_print_cash(s->totals, p);
	paper_amount(p, paper_word(p, WORD_COUNTED), s->counted);
	paper_amount(p, paper_word(p, WORD_VARIANCE), s->variance);
	paper_field(p, WORD_SUPERVISOR, s->supervisor);
	slip_rule(&p->slip, '-');
	paper_code(p, index, entry_bytes);
}

void
close_print_x(const Kasir__V1__DayReport *r, struct paper *p)
{
	const Kasir__V1__BookState *b = r->state;
	char time[PAPER_TIME_MAX];

	paper_head(p);
	paper_title(p, paper_word(p, WORD_X));
	paper_time(p, p->printed_us, p->printed_offset_min, time);
	slip_pair(&p->slip, paper_word(p, WORD_SO_FAR), time);
	print_day(p, b->business_day);
	print_range(p, b->day_first, r->size);
	if (b->n_shifts > 0)
		print_counted(p, WORD_OPEN_SHIFTS, b->n_shifts);
	close_print_totals(b->day, p);
	close_print_cash(b->day, p);
	print_completeness(r->terminals, r->n_terminals, r->cosigned_size, p);
}

void
close_print_shift_x(const Kasir__V1__OpenShift *s, struct paper *p)
{
	char time[PAPER_TIME_MAX];

	paper_head(p);
	paper_title(p, paper_word(p, WORD_X));
	paper_time(p, p->printed_us, p->printed_offset_min, time);
	slip_pair(&p->slip, paper_word(p, WORD_SHIFT_OPEN), time);
	print_shift(s->terminal, s->shift, s->cashier, p);
	close_print_totals(s->totals, p);
	close_print_cash(s->totals, p);
}
