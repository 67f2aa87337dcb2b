/* clerk.h - who works at a till, from signing on to signing off: opens a shift, sells, takes
 * back, puts bills aside and takes them up again, waits for a QRIS that may come or not,
 * moves cash, counts, closes; and does some of it wrong.
 *
 * What the clerks of a shop know of each other stands in one `struct floor`: bills and
 * pending tenders may be settled, and goods taken back, at any till. */
#ifndef KASIR_SIM_CLERK_H
#define KASIR_SIM_CLERK_H

#include "tests/sim/basket.h"

struct floor {
	struct past_list sales, bills, pending;
	unsigned shifts_open;
};
void floor_fini(struct floor *f);

enum clerk_state {
	CLERK_AWAY,
	CLERK_SIGNED_ON,
	CLERK_AT_WORK,
	CLERK_COUNTED,		/* the shift is to be closed */
	CLERK_CLOSED,		/* ...and perhaps the day */
	CLERK_LEAVING,
};

/* What becomes of the document that was made last, once it is signed. */
enum deed {
	DEED_NOTHING, DEED_SALE, DEED_PENDING, DEED_SUSPEND, DEED_SETTLED_BILL,
	DEED_SETTLED_TENDER, DEED_SHIFT_OPEN, DEED_SHIFT_CLOSE,
};

struct clerk {
	struct prng prng;
	struct basket basket;
	struct floor *floor;
	const char *terminal, *name;
	bool keeps_shifts;
	enum clerk_state state, next;
	unsigned left;		/* transactions over the counter still to be made */
	unsigned in_shift;	/* ...before this shift is over */
	unsigned shift_number;
	char shift[16];		/* the open one; empty: none */
	enum deed deed;
	struct past about;	/* what was settled */
};

void clerk_init(struct clerk *c, struct prng prng, struct floor *floor, const char *terminal,
    unsigned transactions);
/* The payload of the next transaction at WALL_US; nothing is done until clerk_signed(). */
struct bytes clerk_next(struct clerk *c, struct arena *a, int64_t wall_us);
/* It was signed: PAYLOAD lives as long as the run. */
void clerk_signed(struct clerk *c, uint64_t epoch, uint64_t sequence, struct bytes payload);
bool clerk_is_done(const struct clerk *c);

/* clerk_papers.c: documents of the day, right ones but for what is said. */
typedef Kasir__V1__Transaction document;
document *paper(struct arena *a, Kasir__V1__TransactionType type);
document *paper_count(struct clerk *c, struct arena *a, Kasir__V1__TransactionType type);
document *paper_movement(struct clerk *c, struct arena *a);
document *paper_exchange(struct clerk *c, struct arena *a);
document *paper_payment(struct clerk *c, struct arena *a);
document *paper_swap(struct clerk *c, struct arena *a);
document *paper_event(struct clerk *c, struct arena *a);
document *paper_suspend(struct clerk *c, struct arena *a);
document *paper_late(struct clerk *c, struct arena *a);
document *paper_unreceipted_return(struct clerk *c, struct arena *a);
/* A sale with tenders that nobody knows the end of. */
document *paper_pending(struct clerk *c, struct arena *a);
/* P's tenders are settled. */
document *paper_resolution(struct clerk *c, struct arena *a, const struct past *p);
/* The bill P is taken up, or given up. */
document *paper_bill(struct clerk *c, struct arena *a, const struct past *p, bool cancel);

#endif
