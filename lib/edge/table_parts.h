/* table_parts.h - what table.c and table_csv.c share; nobody else includes it. */
#ifndef KASIR_EDGE_TABLE_PARTS_H
#define KASIR_EDGE_TABLE_PARTS_H

#include <jansson.h>

#include "edge/table.h"

struct cell {
	char *shown;
	json_t *value;
	unsigned exponent;	/* of an amount: its decimals in CSV */
};

struct table {
	const struct table_column *columns;
	size_t width;		/* columns */
	struct cell *cells;
	size_t n, cap;
	bool failed;
};

void table_print_csv(const struct table *t, FILE *to);

#endif
