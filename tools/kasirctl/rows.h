/* rows.h - one description of a row, three ways to write it: as a JSON object, as a line of
 * CSV, and as the heading of such lines.
 *
 * JSON has money in minor units, CSV as decimals, which is what a spreadsheet adds up.  Texts
 * that hold card data are masked in both.  CSV (RFC 4180, lines ended by CR LF) has '?' for
 * control characters, and an apostrophe before what a spreadsheet would take for a formula. */
#ifndef KASIR_CTL_ROWS_H
#define KASIR_CTL_ROWS_H

#include "base/bytes.h"

enum row_form { ROW_JSON, ROW_CSV, ROW_HEADING };

struct rows {
	enum row_form form;
	struct buf out;
	unsigned exponent;	/* of money */
	bool blank;		/* cells are written as absent, whatever they are given */
	bool begun;		/* a cell stands before the next one */
};

void rows_init(struct rows *r, enum row_form form);
void rows_fini(struct rows *r);
/* { ... } or a line; in JSON within lists too. */
void rows_begin(struct rows *r);
void rows_end(struct rows *r);		/* of a whole row: ends the line */
void rows_end_within(struct rows *r);	/* of one in a list */
/* "KEY":[ ... ], in JSON only. */
void rows_list(struct rows *r, const char *key);
void rows_list_end(struct rows *r);

void rows_text(struct rows *r, const char *key, const char *text);
void rows_count(struct rows *r, const char *key, uint64_t n);
void rows_number(struct rows *r, const char *key, int64_t n);
void rows_money(struct rows *r, const char *key, int64_t minor);
void rows_bool(struct rows *r, const char *key, bool yes);
void rows_hex(struct rows *r, const char *key, struct bytes b);
void rows_day(struct rows *r, const char *key, uint32_t day);	/* 2026-11-22 */
void rows_time(struct rows *r, const char *key, int64_t us);	/* 2026-11-22T10:00:00.000001Z */
/* A list; in CSV with blanks between. */
void rows_words(struct rows *r, const char *key, const char *const *words, size_t n);
/* Something that is not there. */
void rows_nothing(struct rows *r, const char *key);

#endif
