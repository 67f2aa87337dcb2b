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
	uint32_t business_day;		/* that the newest document named; 0: none did yet */
	bool asked;			/* the newest entry was a good DAY_CLOSE */
	struct period totals;		/* since then; its `pending` is no figure: see below */
	struct open_shift **shifts;	/* ascending by terminal; one a terminal */
	size_t n_shifts, cap_shifts;
	struct open_shift *closing;	/* the one that is; NULL: none */
	uint64_t open_bills;		/* suspended and neither resumed nor cancelled */
	struct figure pending;		/* tenders PENDING or UNKNOWN, unresolved, of any day */
};

void day_init(struct day *d);
void day_fini(struct day *d);
/* NULL: TERMINAL has no open shift. */
struct open_shift *day_shift(const struct day *d, const char *terminal);
/* A shift by that name can be kept. */
bool day_is_shift_name(const char *name);
/* A shift of TERMINAL, which has none open, for the caller to fill; KAS_NOMEM. */
KAS_CHECKED enum kas_err day_open_shift(struct day *d, const char *terminal,
    struct open_shift **ret);
void day_drop_shift(struct day *d, struct open_shift *s);
/* TEXT to a field of SHIFT_NAME_MAX: cut between characters, empty where it is not UTF-8. */
void day_keep_text(const char *text, char to[SHIFT_NAME_MAX + 1]);
/* The next day, from entry FIRST on; shifts, bills and pending tenders stay. */
void day_turn(struct day *d, uint64_t first);

/* The totals as they are to be stated: with what is pending now, of whatever day. */
KAS_CHECKED enum kas_err day_pack_totals(const struct day *d, struct arena *a,
    Kasir__V1__PeriodTotals **ret);
/* To a BookState in A (its day, shifts, bills, pending), and back.  KAS_CORRUPT: no day packs
 * to that. */
KAS_CHECKED enum kas_err day_pack(const struct day *d, struct arena *a,
    Kasir__V1__BookState *to);
KAS_CHECKED enum kas_err day_unpack(const Kasir__V1__BookState *m, struct day *ret);

#endif
