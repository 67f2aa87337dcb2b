/* workday_parts.h - what the files of the day share; nobody else includes it. */
#ifndef KASIR_TERM_WORKDAY_PARTS_H
#define KASIR_TERM_WORKDAY_PARTS_H

#include "cash/period.h"
#include "edge/progress.h"
#include "tools/kasir-term/day_papers.h"
#include "tools/kasir-term/mix.h"
#include "tools/kasir-term/workday.h"

#define HOUR ((uint64_t)3600)
#define HOURS 14			/* from eight to ten */
#define CLOSING (HOURS * HOUR)

enum what { OPEN_SHIFT, CUSTOMER, SETTLE, TAKE_UP, CLOSE_SHIFT };

struct happening {
	uint64_t at_s, order;
	unsigned till;
	enum what what;
	uint64_t epoch, sequence;	/* SETTLE, TAKE_UP: of what */
	struct bytes payload;		/* its own copy */
};

struct counter {			/* a till, and who stands behind it */
	struct mix *mix;
	struct period drawer;		/* since the shift was opened */
	const char *cashier, *shift;	/* NULL: none is open */
	unsigned shifts;		/* so far */
};

struct workday {
	struct fleet *fleet;
	const struct workday_options *o;
	struct run_report *report;
	struct counter *counters;
	struct dice dice;
	struct happening *list;		/* latest first: what is next stands at the end */
	size_t n, cap;
	uint64_t order, began_us, now_s, made;
	struct arena arena;
	struct progress bar;
	struct receipt receipt;		/* of what was made last */
	enum kas_err err;
};

/* workday.c: H will happen. */
void workday_plan(struct workday *d, struct happening h);

/* workday_deeds.c: what happens at a till.  Errors are kept in D->err, and end everything. */
void workday_sign(struct workday *d, unsigned till, document *doc, enum standing standing);
void workday_serve(struct workday *d, unsigned till);
void workday_settle(struct workday *d, const struct happening *h);
void workday_take_up(struct workday *d, const struct happening *h);
void workday_open_shift(struct workday *d, unsigned till);
void workday_close_shift(struct workday *d, unsigned till);

#endif
