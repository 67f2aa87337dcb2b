/* qr.h - QR codes (ISO/IEC 18004, by libqrcodegen) as characters, SVG and PNG. */
#ifndef KASIR_CTL_QR_H
#define KASIR_CTL_QR_H

#include "base/bytes.h"

/* Enough for 300 bytes; larger codes are poorly read from a receipt. */
#define QR_VERSION_MAX 13
#define QR_SIDE_MAX (QR_VERSION_MAX * 4 + 17)
#define QR_QUIET 4u		/* modules that stay white on each side */

struct qr {
	unsigned side;		/* modules; 0: no code */
	uint8_t dark[QR_SIDE_MAX][QR_SIDE_MAX];
};

/* The smallest code that holds TEXT.  KAS_RANGE: none does. */
KAS_CHECKED enum kas_err qr_make(const char *text, struct qr *ret);

/* Lines of half blocks, in the middle of WIDTH columns, dark modules as ink.  Nothing, and
 * false, where WIDTH is less than the code with one white module on each side. */
bool qr_blocks(const struct qr *q, unsigned width, struct buf *to);
/* The dark modules as data of an SVG path, one unit a module, from (X, Y) on. */
void qr_svg_path(const struct qr *q, unsigned x, unsigned y, struct buf *to);
/* A picture with its quiet zone, SCALE pixels a module. */
void qr_png(const struct qr *q, unsigned scale, struct buf *to);

#endif
