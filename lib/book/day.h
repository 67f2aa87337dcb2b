/* day.h - the trade's day as the fold knows it: what was taken since the last Z, the open
 * shifts, bills and tenders that are not settled.
 *
 *   SHIFT_OPEN ... SHIFT_CLOSE -> ShiftClosed       a range of one terminal's sequences
 *   ... DAY_CLOSE, or the manager -> DayClosed      a range of the ledger
 *
 * A transaction joins the day that is open when it is entered, and the shift that is open at
 * its terminal then, whatever day and shift it names: what comes late belongs to the next
 * close, with its own time.  Shifts are kept by who uses them: a terminal that has opened none
 * sells into the day alone.  docs/explanation/day.md. */
#ifndef KASIR_BOOK_DAY_H
#define KASIR_BOOK_DAY_H

#include "base/text.h"
#include "cash/period.h"

#define SHIFT_NAME_MAX 64

struct open_shift {
	char terminal[NAME_MAX_LEN + 1];
	uint64_t epoch;
	char shift[SHIFT_NAME_MAX + 1];
	char cashier[SHIFT_NAME_MAX + 1];
	uint64_t first_sequence, opened_index;
	struct period totals;
	/* Its SHIFT_CLOSE has been entered, the ShiftClosed not yet. */
	bool closing;
	uint64_t closed_index, last_sequence;
	int64_t counted;
	char supervisor[SHIFT_NAME_MAX + 1];
};

struct day {
	uint64_t number;		/* of the last Z; 0: none yet */
	uint64_t first;			/* first entry of the open day */
	struct period totals;		/* since then */
	struct open_shift **shifts;	/* ascending by terminal; one a terminal */
	size_t n_shifts, cap_shifts;
	uint64_t open_bills;		/* suspended and neither resumed nor cancelled */
	struct figure pending;		/* tenders PENDING or UNKNOWN, unresolved */
};

void day_init(struct day *d);
void day_fini(struct day *d);
/* NULL: TERMINAL has no open shift. */
struct open_shift *day_shift(const struct day *d, const char *terminal);

/* To a BookState in A (its day, shifts, open_bills and pending), and back. */
KAS_CHECKED enum kas_err day_pack(const struct day *d, struct arena *a,
    Kasir__V1__BookState *to);
KAS_CHECKED enum kas_err day_unpack(const Kasir__V1__BookState *m, struct day *ret);

#endif
