/* dataset.h - real sales from files, as transactions, one after the other.
 *
 * Two data sets are known by what their first line looks like: "Online Retail" (CSV of
 * invoice lines) and CORD (JSON lines of parsed receipts); either may be compressed with
 * zstd.  docs/reference/replay.md says how their columns become fields.
 *
 * Nothing is dropped: a row that cannot be a line becomes one that breaks a rule, so that
 * its document is an exception in the ledger; what was done to rows is counted. */
#ifndef KASIR_TERM_DATASET_H
#define KASIR_TERM_DATASET_H

#include "base/bytes.h"
#include "kasir/v1/transaction.pb-c.h"

struct dataset;

struct dataset_case {
	const char *name;			/* the invoice's or receipt's own */
	Kasir__V1__Transaction *doc;
	Kasir__V1__PersonalData *who;		/* NULL: the file names nobody */
};

struct dataset_counts {
	uint64_t rows;			/* of the CSV, or menu entries of the receipts */
	uint64_t lines;			/* in the transactions */
	uint64_t lines_for_rows;	/* of these, lines that a row became: equals rows */
	uint64_t documents;
	uint64_t rows_unreadable;	/* became lines of quantity 0 */
	uint64_t rows_unpriced;		/* became free lines: their receipt adds up without them */
	uint64_t names_shortened;	/* so that a long receipt fits into a payload */
	uint64_t tenders_made_up;	/* the file does not say how it was paid */
	uint64_t changes_made_up;	/* the file says what cash was given, and no change */
	uint64_t taxes_as_printed;	/* the printed tax follows no rate */
	uint64_t figures_unused;	/* printed, but already in other figures or unexplained */
	uint64_t totals_made_up;	/* the file does not say what was paid */
};

/* KAS_IO, KAS_MALFORMED: WHY names the file. */
KAS_CHECKED enum kas_err dataset_open(const char *path, struct dataset **ret, struct kas_why *why);
void dataset_close(struct dataset *d);

const char *dataset_title(const struct dataset *d);	/* "Online Retail" */
const char *dataset_currency(const struct dataset *d);
unsigned dataset_exponent(const struct dataset *d);

/* The next transaction, which lives in A; KAS_NOTFOUND at the end.  KAS_MALFORMED: WHY
 * names the line.  Times are the file's where it has them, else 0.  A document that no
 * shortening of names brings into a payload comes as it is: whoever sells it must say so. */
KAS_CHECKED enum kas_err dataset_next(struct dataset *d, struct arena *a,
    struct dataset_case *ret, struct kas_why *why);
const struct dataset_counts *dataset_counts(const struct dataset *d);

#endif
