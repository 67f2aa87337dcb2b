/* settings.h - text in the notation of kasird.conf as a tree that remembers its lines.
 *
 *   name = word            to the end of the line, or to a comma
 *   name = "any text"      \" and \\ stand for " and \
 *   name = { one, two }
 *   name { ... }           a section
 *   name "title" { ... }
 *   # a comment; // and slash-star too
 *
 * libconfuse, which reads kasird.conf, stops at the first error and keeps no lines; a file
 * of rules is long, is written by people who know tax and not programs, and its errors are
 * often between two places.  Here reading goes on behind an error, and all are kept. */
#ifndef KASIR_EDGE_SETTINGS_H
#define KASIR_EDGE_SETTINGS_H

#include "base/bytes.h"

struct problem {
	unsigned line;			/* 0: of the whole file */
	char text[240];
};
#define PROBLEMS_MAX 32u
struct problems {
	size_t n;			/* found; the first PROBLEMS_MAX are kept */
	struct problem item[PROBLEMS_MAX];
};

void problems_add(struct problems *p, unsigned line, const char *fmt, ...) KAS_PRINTF(3, 4);
/* By line, as a reader mends them. */
void problems_sort(struct problems *p);

enum setting_shape { SETTING_VALUE, SETTING_LIST, SETTING_SECTION };
struct setting {
	enum setting_shape shape;
	const char *name;		/* "" for an item of a list */
	unsigned line;
	const char *value;		/* of a VALUE, without quotes; NULL: a problem, told */
	const char *title;		/* of a SECTION; NULL: it has none */
	struct setting *first, *next;	/* what is in it, in the file's order; its neighbour */
};

#define SETTINGS_BYTES_MAX ((size_t)256 * 1024)

/* The file as one untitled section, in A.  Errors go to PROBLEMS, and what could be read
 * comes all the same.  NULL: A is full. */
struct setting *settings_read(struct bytes text, struct arena *a, struct problems *problems);

/* VALUE quoted, so that settings_read() gives it back. */
void settings_quote(struct buf *to, const char *value);

#endif
