/* glyph.h - text of unknown origin, as it may be shown on a terminal or a printer. */
#ifndef KASIR_EDGE_GLYPH_H
#define KASIR_EDGE_GLYPH_H

#include "base/bytes.h"

/* Append TEXT (NULL: nothing) with '?' for each control character, each mark that turns the
 * direction of writing, and each byte that is no UTF-8. */
void glyph_tame(struct buf *to, const char *text);
/* And with '*' for every digit of a text that holds a payment card's data. */
void glyph_clean(struct buf *to, const char *text);

/* Of clean text: bytes of the character at P, and its columns (0, 1 or 2). */
size_t glyph_next(const char *p, unsigned *ret_columns);
unsigned glyph_columns(const char *p, size_t n);

#endif
