/* csv.h - CSV as RFC 4180 has it: quoted fields, doubled quotes, line breaks in
 * quotes, CRLF or LF. */
#ifndef KASIR_EDGE_CSV_H
#define KASIR_EDGE_CSV_H

#include "edge/source.h"

#define CSV_FIELDS_MAX 64u
#define CSV_RECORD_MAX (64u * 1024)

struct csv {
	struct source *source;		/* borrowed */
	char separator;			/* ',' unless set; spreadsheets in half the world: ';' */
	uint64_t line;			/* of the file, where the record ends */
	uint64_t first;			/* where it begins */
	const char *reason;		/* why the last one was malformed; static */
	size_t n;			/* fields of the record */
	const char *field[CSV_FIELDS_MAX];	/* NUL-terminated, until the next record */
	size_t start[CSV_FIELDS_MAX];
	struct buf text;
};

void csv_init(struct csv *c, struct source *source);
void csv_fini(struct csv *c);
/* KAS_NOTFOUND at the end of the file.  KAS_MALFORMED: WHY names the line, and the next call
 * goes on behind it.  Empty lines are skipped. */
KAS_CHECKED enum kas_err csv_next(struct csv *c, struct kas_why *why);

#endif
