/* reports.h - reports.db: what people ask for, made from the ledger alone.
 *
 *   reports.c      the file, and its place in the ledger's history
 *   sums.c         the summary tables
 *   fold.c         entries to rows
 *   projection.c   follows a ledger, chunk by chunk
 *   ask*.c         what reports read
 *
 * docs/reference/reports.md explains the tables; docs/decisions/0030 why these. */
#ifndef KASIR_REPORT_REPORTS_H
#define KASIR_REPORT_REPORTS_H

#include "proof/merkle.h"
#include "sql/sql.h"

#define REPORTS_APPLICATION_ID 0x6b617270	/* "karp" */
/* Of the content.  Another one, and the file is made anew. */
#define REPORTS_FORMAT 1
extern const struct sql_kind reports_kind;

#define REPORTS_ORIGIN_MAX 256

/* Which entries the rows are made from. */
struct reports_place {
	struct frontier tree;		/* of place.tree.size entries */
	char origin[REPORTS_ORIGIN_MAX];	/* "": no entry yet */
	char currency[4];
	unsigned exponent;
	uint32_t day;			/* business day that the newest document named */
};

/* Open PATH to write; make it where there is none, and anew where it is of another format.
 * What is damaged, or no reports.db at all, is kept as PATH.bad.  KAS_AGAIN, KAS_DENIED,
 * KAS_FULL, KAS_IO: WHY. */
KAS_CHECKED enum kas_err reports_open(const char *path, sqlite3 **ret, struct kas_why *why);
/* Make PATH anew, empty. */
KAS_CHECKED enum kas_err reports_renew(const char *path, sqlite3 **ret, struct kas_why *why);

/* KAS_CORRUPT: no place says that. */
KAS_CHECKED enum kas_err reports_read_place(sqlite3 *db, struct reports_place *ret);
KAS_CHECKED enum kas_err reports_write_place(sqlite3 *db, const struct reports_place *place);

#endif
