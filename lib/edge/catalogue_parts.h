/* catalogue_parts.h - what reading a catalogue's files is made of.  Internal to lib/edge. */
#ifndef KASIR_EDGE_CATALOGUE_PARTS_H
#define KASIR_EDGE_CATALOGUE_PARTS_H

#include "edge/catalogue_file.h"
#include "edge/csv.h"

#define COLUMNS_MAX 8

struct column {
	const char *name;
	bool required;
};

/* Where the columns of a kind of file are in this one. */
struct columns {
	const struct column *of;	/* ended by a NULL name */
	size_t at[COLUMNS_MAX];		/* SIZE_MAX: it is not there */
	size_t n;			/* fields of a record */
};

/* Read the header; a file with semicolons has them from then on. */
KAS_CHECKED enum kas_err columns_find(struct columns *c, const struct column *of, struct csv *csv,
    struct row_problems *problems, struct buf *unused, struct kas_why *why);

/* A record being read, and what is wrong with it. */
struct row {
	const struct columns *columns;
	const struct csv *csv;
	struct row_problems *problems;
	struct arena *a;
};

/* The text of a column without blanks around it, in the arena; NULL: no memory. */
char *row_text(struct row *r, size_t column);
/* Each tells PROBLEMS what it expected where it does not find it. */
char *row_key(struct row *r, size_t column, size_t max);	/* not empty */
char *row_words(struct row *r, size_t column);			/* any printable text */
char *row_gtin(struct row *r, size_t column);
uint32_t row_day(struct row *r, size_t column);			/* empty: 0 */
/* False: empty. */
bool row_price(struct row *r, size_t column, uint32_t exponent, int64_t *ret);

/* Rows of one SKU each, in the file's order, to products in order. */
struct product_row {
	Kasir__V1__Product *product;	/* with at most one price */
	uint64_t line;
};
KAS_CHECKED enum kas_err catalogue_merge(struct product_row *rows, size_t n, struct arena *a,
    Kasir__V1__Catalogue *catalogue, struct row_problems *problems);

#endif
