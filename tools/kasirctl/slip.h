/* slip.h - a slip of paper: lines of so many columns, as a receipt printer has them, and at
 * most one QR code among them.
 *
 * Texts may come from anywhere: what could move a printer or a terminal is made harmless
 * (glyph.h).  Running out of memory is remembered and told by slip_write(). */
#ifndef KASIR_CTL_SLIP_H
#define KASIR_CTL_SLIP_H

#include "tools/kasirctl/qr.h"

#define SLIP_WIDTH_MIN 24u
#define SLIP_WIDTH_MAX 80u

struct slip {
	unsigned width;			/* columns */
	struct buf lines;		/* UTF-8, each ended by a newline */
	struct buf scratch;
	struct qr code;
	size_t code_at;			/* it stands before this byte of `lines` */
};

void slip_init(struct slip *s, unsigned width);
void slip_fini(struct slip *s);

/* Long texts are broken between words, a word that is too long within it.  An empty text (or
 * NULL) is no line. */
void slip_text(struct slip *s, const char *text);
void slip_centre(struct slip *s, const char *text);
/* LEFT and RIGHT at their edges of one line; where LEFT is too long for that, RIGHT stands in
 * the last line of it, or in one of its own. */
void slip_pair(struct slip *s, const char *left, const char *right);
/* A line of dashes, or of another character. */
void slip_rule(struct slip *s, char of);
void slip_blank(struct slip *s);
/* TEXT as a QR code.  One that is too long for any is left out. */
void slip_code(struct slip *s, const char *text);

enum slip_format {
	SLIP_TEXT,		/* the code as half blocks, where the width allows it */
	SLIP_SVG,
	SLIP_QR_PNG,		/* the code alone */
};

/* KAS_NOMEM; KAS_NOTFOUND: SLIP_QR_PNG of a slip without a code. */
KAS_CHECKED enum kas_err slip_write(const struct slip *s, enum slip_format format,
    struct buf *to);

#endif
