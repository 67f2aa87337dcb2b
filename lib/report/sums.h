/* sums.h - the summary tables of reports.db as rows in memory.
 *
 * A row is read when it is first touched, grows there document by document, and is written
 * when its chunk ends.  So a busy product costs one write a chunk and not one a line, and how
 * entries are cut into chunks changes nothing: sums that would not fit stop at the end of
 * their range, always at the same document. */
#ifndef KASIR_REPORT_SUMS_H
#define KASIR_REPORT_SUMS_H

#include "cash/period.h"
#include "sql/sql.h"

enum sums_table {
	SUMS_HOUR, SUMS_CASHIER, SUMS_TERMINAL,			/* struct trade */
	SUMS_PRODUCT, SUMS_PRODUCT_MONTH, SUMS_DEPARTMENT, SUMS_DEPARTMENT_MONTH,	/* goods */
	SUMS_TYPE, SUMS_TENDER, SUMS_TAX, SUMS_CASH, SUMS_FOREIGN,
	SUMS__COUNT
};

/* Columns, in the tables' order. */
#define TRADE_COLUMNS(X) \
	X(receipts) X(items) X(discounts) X(returns) X(tax_included) X(tax) X(service) X(other) \
	X(total) X(rounding) X(return_receipts) X(voids) X(voids_amount) X(line_voids) \
	X(line_voids_amount) X(overrides) X(overrides_amount) X(drawer_openings) \
	X(exceptions) X(exceptions_amount) X(accepted) X(accepted_amount) X(voided) \
	X(voided_amount) X(training) X(training_amount)
#define GOODS_COLUMNS(X) X(sold) X(returned) X(items) X(discounts) X(returns)
#define CASH_COLUMNS(X) \
	X(opening) X(sales) X(paid_in) X(loans) X(paid_out) X(pickups) X(drops) X(deposits) \
	X(exchange) X(cash_back) X(exceptions)

#define X(name) int64_t name;
struct trade { TRADE_COLUMNS(X) };
struct goods { GOODS_COLUMNS(X) };	/* sold, returned: thousandths of the unit */
struct drawer { CASH_COLUMNS(X) };
#undef X

#define SUMS_KEY_MAX 64			/* bytes of a text that is a key */
#define SUMS_VALUES_MAX (sizeof(struct trade) / sizeof(int64_t))

/* Of what a row is: those of the fields that the table has. */
struct sums_key {
	enum sums_table table;
	uint32_t day;			/* or the month */
	uint32_t number;		/* hour, type, kind, rate */
	char text[SUMS_KEY_MAX + 1];	/* cashier, product, code... */
};

struct sums;

/* DB: reports.db; borrowed. */
KAS_CHECKED enum kas_err sums_open(sqlite3 *db, struct sums **ret);
void sums_close(struct sums *s);	/* NULL is fine */

/* Add N values to the row of KEY.  Nothing but zeros makes no row. */
KAS_CHECKED enum kas_err sums_add(struct sums *s, const struct sums_key *key,
    const int64_t *values, size_t n);
#define SUMS_ADD(s, key, values) \
	sums_add(s, key, (const int64_t *)(values), sizeof *(values) / sizeof(int64_t))

/* The mark that was left on product KEY since sums_open() or sums_forget(), 0 at first, for
 * the caller to change.  NULL: no memory. */
uint64_t *sums_mark(struct sums *s, const char *product);

/* Write what has changed; inside the caller's transaction. */
KAS_CHECKED enum kas_err sums_write(struct sums *s);
/* Rows in memory; what was not written goes with them. */
size_t sums_in_memory(const struct sums *s);
void sums_forget(struct sums *s);

#endif
