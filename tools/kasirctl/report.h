/* report.h - what the reports share: reports.db, the days that are asked for, how it is
 * printed.
 *
 *   report.c          opens and closes, days, printing
 *   report_figures.c  which figures there are
 *   report_columns.c  a table of them
 *   report_sales.c    sales, products, cashiers, tax
 *   report_cash.c     drawers and shifts
 *   report_desk.c     exceptions
 *   report_close.c    X and Z */
#ifndef KASIR_CTL_REPORT_H
#define KASIR_CTL_REPORT_H

#include "report/ask.h"
#include "tools/kasirctl/ctl.h"

struct report_days {
	uint32_t from, to;
};

enum report_output { REPORT_PEOPLE, REPORT_JSON, REPORT_CSV };

struct report {
	const struct cli *cli;
	const char *name;		/* "sales" */
	sqlite3 *db;
	struct reports_place place;
	uint64_t behind;		/* entries of the ledger that are not in it yet */
	struct report_days days;
	bool any_day;			/* whatever `days` says */
	enum report_by by;
	const char *compare;		/* "last-week"; NULL: with nothing */
	struct report_days before;	/* then */
	enum report_output output;
	bool bars;			/* people look at a terminal */
	size_t limit;			/* rows; SIZE_MAX: all */
	struct arena arena;
};

/* Open what the command line asks for; all of it shows one moment.  Reports and returns the
 * exit code, or EX_OK.  Close it in any case. */
int report_open(struct report *r, struct cli *cli, const char *name, enum report_by by);
void report_close(struct report *r);
/* Print TAKE_T under a heading for people, in an object for --json; TAKE_SHIFTS (NULL: none)
 * below it. */
int report_print(struct report *r, struct table *take_t, struct table *take_shifts);
/* ERR of a question to reports.db, told. */
int report_fail(const struct report *r, enum kas_err err);

/* "hour"; NULL: none is called so. */
const char *report_by_name(enum report_by by);

/* A figure that stands in a column: an index into report_row.all, or one of these. */
enum { FIGURE_NET = 1000, FIGURE_GOODS_NET, FIGURE_EXPECTED };
struct report_figure {
	const char *key, *title;
	enum { SHOWN_COUNT, SHOWN_MONEY, SHOWN_QUANTITY } kind;
	size_t at;
	bool brief;			/* people see it, where it is not zero in every row */
};
int64_t report_value(const struct report_row *row, const struct report_figure *f);
#define AT(type, field) (offsetof(struct type, field) / sizeof(int64_t))
/* Of SHAPE; ended by a NULL key.  The one that rows are ordered by, compared by and drawn by. */
const struct report_figure *report_figures(enum report_shape shape);
const struct report_figure *report_main_figure(enum report_shape shape);

/* Of the drawers. */
extern const struct report_figure report_drawers[];

/* The table of ROWS (and of what they are compared with, in the same order; NULL) with
 * FIGURES. */
struct table *report_table(struct report *r, const struct report_figure *figures,
    const struct report_answer *rows, struct report_row *const *before);

#endif
