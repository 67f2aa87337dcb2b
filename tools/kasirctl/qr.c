#include "tools/kasirctl/qr.h"

#include <qrcodegen/qrcodegen.h>

enum kas_err
qr_make(const char *text, struct qr *ret)
{
	uint8_t scratch[qrcodegen_BUFFER_LEN_FOR_VERSION(QR_VERSION_MAX)];
	uint8_t code[qrcodegen_BUFFER_LEN_FOR_VERSION(QR_VERSION_MAX)];
	unsigned side;

	/* Level L, raised where that makes the code no larger. */
	if (!qrcodegen_encodeText(text, scratch, code, qrcodegen_Ecc_LOW, qrcodegen_VERSION_MIN,
	    QR_VERSION_MAX, qrcodegen_Mask_AUTO, true))
		return KAS_RANGE;
	side = (unsigned)qrcodegen_getSize(code);
	ret->side = side;
	for (unsigned y = 0; y < side; y++)
		for (unsigned x = 0; x < side; x++)
			ret->dark[y][x] = qrcodegen_getModule(code, (int)x, (int)y);
	return KAS_OK;
}

/* Outside of the code all is white. */
static bool
is_dark(const struct qr *q, unsigned x, unsigned y)
{
	return x < q->side && y < q->side && q->dark[y][x];
}

static void
add_blanks(struct buf *to, unsigned n)
{
	while (n-- > 0)
		buf_add(to, " ", 1);
}

bool
qr_blocks(const struct qr *q, unsigned width, struct buf *to)
{
	static const char *const block[] = { " ", "\u2580", "\u2584", "\u2588" };
	size_t end;

	if (q->side == 0 || width < q->side + 2)
		return false;
	for (unsigned y = 0; y < q->side; y += 2) {
		add_blanks(to, (width - q->side) / 2);
		end = to->n;
		for (unsigned x = 0; x < q->side; x++) {
			unsigned ink = is_dark(q, x, y) + 2u * is_dark(q, x, y + 1);

			buf_addf(to, "%s", block[ink]);
			if (ink != 0)
				end = to->n;
		}
		if (!to->failed)
			to->n = end;
		buf_add(to, "\n", 1);
	}
	return true;
}

void
qr_svg_path(const struct qr *q, unsigned x, unsigned y, struct buf *to)
{
	unsigned run;

	for (unsigned row = 0; row < q->side; row++)
		for (unsigned at = 0; at < q->side; at += run) {
			for (run = 0; is_dark(q, at + run, row); run++)
				;
			if (run > 0)
				buf_addf(to, "M%u %uh%uv1h-%uz", x + at, y + row, run, run);
			else
				run = 1;
		}
}
