/* export_rows.h - a transaction as rows that other programs read; docs/reference/exports.md
 * has the schema, and is to be changed with this. */
#ifndef KASIR_CTL_EXPORT_ROWS_H
#define KASIR_CTL_EXPORT_ROWS_H

#include "tools/kasirctl/rows.h"
#include "tools/kasirctl/scan.h"

#define EXPORT_SCHEMA "kasir.transactions/1"

/* All of it as one JSON object, R's form being ROW_JSON. */
void export_json(struct rows *r, const struct scan *s, const struct scan_step *x);

/* The parts of it that have a table of their own in CSV; R's form says whether its heading or
 * its lines are wanted. */
enum export_part { EXPORT_DOCUMENTS, EXPORT_LINES, EXPORT_DISCOUNTS, EXPORT_TAXES,
	EXPORT_TENDERS, EXPORT__PARTS };
extern const char *const export_part_names[EXPORT__PARTS + 1];	/* ended by NULL */
void export_csv(struct rows *r, enum export_part part, const struct scan *s,
    const struct scan_step *x);
void export_heading(struct rows *r, enum export_part part);

#endif
