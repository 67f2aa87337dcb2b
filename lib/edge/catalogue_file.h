/* catalogue_file.h - catalogues as the CSV files that shops have; docs/reference/catalogue.md
 * has the columns.
 *
 *   catalogue_columns.c     which column is where; what stands in one
 *   catalogue_read.c        rows of a file, with everything that is wrong with them
 *   catalogue_merge.c       rows of one SKU to one product
 *   catalogue_write.c       a catalogue as a file that reads back as the same */
#ifndef KASIR_EDGE_CATALOGUE_FILE_H
#define KASIR_EDGE_CATALOGUE_FILE_H

#include "cash/catalogue.h"
#include "edge/source.h"

/* What is wrong, and where.  All are counted, the first ROW_PROBLEMS_MAX are kept. */
#define ROW_PROBLEMS_MAX 10000u
struct row_problem {
	uint64_t line;
	const char *text;		/* "price: "1.5x" ..., expected ..." */
};
struct row_problems {
	struct arena arena;
	struct row_problem *item;
	size_t n, cap, found;
};
void row_problems_init(struct row_problems *p);
void row_problems_fini(struct row_problems *p);
/* FMT is translated here. */
void row_problems_add(struct row_problems *p, uint64_t line, const char *fmt, ...)
    KAS_PRINTF(3, 4);
/* By line. */
void row_problems_sort(struct row_problems *p);

/* Products (cashiers) of S into CATALOGUE, whose currency and exponent are set; all in A.
 * UNUSED gets the names of columns that mean nothing here, separated by ", ".
 * KAS_MALFORMED: PROBLEMS has what is wrong, and CATALOGUE is of no use.  KAS_NOMEM, and the
 * source's own errors with WHY. */
KAS_CHECKED enum kas_err catalogue_read_products(struct source *s, struct arena *a,
    Kasir__V1__Catalogue *catalogue, struct row_problems *problems, struct buf *unused,
    struct kas_why *why);
KAS_CHECKED enum kas_err catalogue_read_cashiers(struct source *s, struct arena *a,
    Kasir__V1__Catalogue *catalogue, struct row_problems *problems, struct buf *unused,
    struct kas_why *why);

/* As files; TO's sticky error is the caller's to look at. */
void catalogue_write_header(struct buf *to);
void catalogue_write_product(const Kasir__V1__Product *p, uint32_t exponent, struct buf *to);
void cashiers_write_header(struct buf *to);
void cashiers_write_cashier(const Kasir__V1__Cashier *c, struct buf *to);

/* "15000" or "1.99": thousandths of a minor unit as people write them. */
#define PRICE_TEXT_MAX 48
void price_format(int64_t unit_price, uint32_t exponent, char to[PRICE_TEXT_MAX]);
/* "2026-11-22"; "" for 0. */
#define DAY_TEXT_MAX 12
void day_format(uint32_t day, char to[DAY_TEXT_MAX]);
/* "sell", "return"...; NULL: not known. */
const char *right_name(Kasir__V1__CashierRight right);

#endif
