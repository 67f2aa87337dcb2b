/* table.h - rows for people and for programs, from one source.
 *
 * A table is filled cell by cell, row after row, and printed once: aligned columns for
 * people, an array of objects with --json; or, where there is one row about one thing,
 * "Title  value" lines, and one object with --json.  With --csv (RFC 4180) programs get the
 * same values in lines under the columns' keys; a text that a spreadsheet would take for a
 * formula has a ' before it.  Whatever a cell is given, people see no control character in it.
 * Running out of memory is remembered and told by table_print(). */
#ifndef KASIR_EDGE_TABLE_H
#define KASIR_EDGE_TABLE_H

#include "base/bytes.h"

#include <stdio.h>

/* On a screen that is too narrow, a sentence is cut and a picture left out. */
enum table_align { TABLE_LEFT, TABLE_RIGHT, TABLE_SENTENCE, TABLE_PICTURE };

struct table_column {
	const char *key;	/* in JSON; NULL ends the table */
	const char *title;	/* for people; NULL: only in JSON */
	enum table_align align;
};

struct table;

/* COLUMNS is borrowed until table_close().  Never NULL-checked by the caller: the other
 * functions take NULL, and table_print() then reports it. */
struct table *table_open(const struct table_column *columns);
void table_close(struct table *t);

/* The next cell; a row begins by itself after the last column. */
void table_text(struct table *t, const char *text);	/* NULL: empty, null */
void table_textf(struct table *t, const char *fmt, ...) KAS_PRINTF(2, 3);
void table_number(struct table *t, int64_t n);
void table_count(struct table *t, uint64_t n);
void table_bool(struct table *t, bool yes);		/* yes, no */
void table_hex(struct table *t, struct bytes b);	/* people see the first 16 digits */
void table_time(struct table *t, int64_t wall_us);	/* 0: empty; local time, and RFC 3339 */
void table_texts(struct table *t, const char *const *texts, size_t n);	/* a list */
/* People see SHOWN, programs the number or the text. */
void table_shown_number(struct table *t, const char *shown, int64_t n);
void table_shown_text(struct table *t, const char *shown, const char *text);
/* An amount: people see it as their language writes it, JSON has minor units, and CSV, which
 * spreadsheets read, a decimal number. */
void table_amount(struct table *t, int64_t minor, const char *currency, unsigned exponent);
void table_shown_bool(struct table *t, const char *shown, bool yes);
/* Rows within a row: programs see an array of objects, people nothing.  ROWS is not kept. */
void table_rows(struct table *t, struct table *rows);
/* Any JSON value (taken; NULL: no memory), which people see as SHOWN. */
struct json_t;
void table_json(struct table *t, const char *shown, struct json_t *take_value);

enum table_format {
	TABLE_PEOPLE,		/* columns */
	TABLE_RECORD,		/* each row as lines "Title  value" */
	TABLE_JSON,		/* array of objects */
	TABLE_JSON_RECORD,	/* the one row as an object */
	TABLE_CSV,		/* a line of keys, and a line a row */
};

/* KAS_NOMEM, or KAS_IO when TO could not be written. */
KAS_CHECKED enum kas_err table_print(struct table *t, enum table_format format, FILE *to);

#endif
