/* ask.h - what reports read of reports.db. */
#ifndef KASIR_REPORT_ASK_H
#define KASIR_REPORT_ASK_H

#include "report/reports.h"
#include "report/sums.h"

enum report_by {
	REPORT_BY_HOUR,		/* number: of the day */
	REPORT_BY_DAY, REPORT_BY_WEEK, REPORT_BY_MONTH,	/* number: YYYYMMDD, its Monday, YYYYMM */
	REPORT_BY_CASHIER, REPORT_BY_TERMINAL,		/* text */
	REPORT_BY_PRODUCT, REPORT_BY_DEPARTMENT,	/* text */
	REPORT_BY_TYPE, REPORT_BY_TENDER,		/* number */
	REPORT_BY_TAX,					/* text, and number: basis points */
	REPORT_BY_DRAWER,	/* text: terminal */
	REPORT_BY_CURRENCY,	/* text */
	REPORT__BYS
};

/* What the values of a row are, by what was asked for. */
enum report_shape {
	REPORT_TRADE,		/* struct trade */
	REPORT_GOODS,		/* struct goods */
	REPORT_COUNTED,		/* struct counted */
	REPORT_TAXES,		/* struct taxed */
	REPORT_DRAWERS,		/* struct drawer */
	REPORT_FOREIGN,		/* one amount, in the currency's own minor units */
};
struct counted {
	int64_t count, amount;
};
struct taxed {
	int64_t tax_base, taxable, amount, gross;
};
enum report_shape report_shape_of(enum report_by by);

struct report_row {
	char text[SUMS_KEY_MAX + 1];
	uint32_t number;
	union {
		struct trade trade;
		struct goods goods;
		struct counted counted;
		struct taxed taxed;
		struct drawer drawer;
		int64_t all[SUMS_VALUES_MAX];
	};
};
struct report_answer {
	struct report_row **rows;	/* by number, then text, ascending */
	size_t n;
};

/* What business days FROM to TO, which exist, add up to, in A.  Sums that would not fit stop at
 * the ends of their range. */
KAS_CHECKED enum kas_err report_ask(sqlite3 *db, enum report_by by, uint32_t from, uint32_t to,
    struct arena *a, struct report_answer *ret);

/* What PRODUCT was called last; in A, "" where it was not sold.  NAMES: as prepared. */
struct report_product {
	const char *name, *gtin, *department;
};
KAS_CHECKED enum kas_err report_prepare_products(sqlite3 *db, struct stmt *names);
KAS_CHECKED enum kas_err report_find_product(struct stmt *names, const char *product,
    struct arena *a, struct report_product *ret);

#endif
