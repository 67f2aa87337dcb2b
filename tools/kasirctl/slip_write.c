/* slip_write.c - a slip as text, and as a picture with the same lines. */
#include "tools/kasirctl/slip.h"

#include <string.h>

#include "edge/glyph.h"

/* Of the picture: a column and a line in its units, and a code's module. */
#define COLUMN 6u
#define LINE 12u
#define MARGIN 12u
#define MODULE 3u

static void
write_text(const struct slip *s, struct buf *to)
{
	buf_add(to, s->lines.p, s->code_at);
	qr_blocks(&s->code, s->width, to);
	buf_add(to, s->lines.p + s->code_at, s->lines.n - s->code_at);
}

static void
add_xml(struct buf *to, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		switch (p[i]) {
		case '&':
			buf_addf(to, "&amp;");
			break;
		case '<':
			buf_addf(to, "&lt;");
			break;
		default:
			buf_add(to, p + i, 1);
		}
}

/* The lines of P, from Y down; returns where the next would stand.  textLength keeps the
 * columns whatever font the viewer has. */
static unsigned
add_lines(struct buf *to, const char *p, size_t n, unsigned y)
{
	const char *end;
	size_t line;

	for (; n > 0; p += line + 1, n -= line + 1, y += LINE) {
		end = memchr(p, '\n', n);
		line = (size_t)(end - p);
		if (line == 0)
			continue;
		buf_addf(to, "<text x=\"%u\" y=\"%u\" textLength=\"%u\">", MARGIN, y,
		    glyph_columns(p, line) * COLUMN);
		add_xml(to, p, line);
		buf_addf(to, "</text>\n");
	}
	return y;
}

static unsigned
count_lines(const struct slip *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->lines.n; i++)
		n += s->lines.p[i] == '\n';
	return n;
}

static void
add_code(const struct slip *s, unsigned width, unsigned y, struct buf *to)
{
	unsigned side = s->code.side * MODULE;
	unsigned x = width > side ? (width - side) / 2 : 0;

	buf_addf(to, "<path transform=\"translate(%u %u) scale(%u)\" d=\"", x,
	    y + (QR_QUIET - 2) * MODULE, MODULE);
	qr_svg_path(&s->code, 0, 0, to);
	buf_addf(to, "\"/>\n");
}

static void
write_svg(const struct slip *s, struct buf *to)
{
	unsigned space = s->code.side > 0 ? (s->code.side + 2 * QR_QUIET) * MODULE : 0;
	unsigned width = s->width * COLUMN + 2 * MARGIN;
	unsigned height = count_lines(s) * LINE + 2 * MARGIN + space, y;

	if (width < space)
		width = space;
	buf_addf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
	    "viewBox=\"0 0 %u %u\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
	    "<g font-family=\"monospace\" font-size=\"10\" xml:space=\"preserve\">\n", width, height,
	    width, height);
	y = add_lines(to, (const char *)s->lines.p, s->code_at, MARGIN + LINE - 2);
	if (space > 0)
		add_code(s, width, y - LINE + 2, to);
	add_lines(to, (const char *)s->lines.p + s->code_at, s->lines.n - s->code_at, y + space);
	buf_addf(to, "</g>\n</svg>\n");
}

enum kas_err
slip_write(const struct slip *s, enum slip_format format, struct buf *to)
{
	if (s->lines.failed)
		return KAS_NOMEM;
	switch (format) {
	case SLIP_TEXT:
		write_text(s, to);
		break;
	case SLIP_SVG:
		write_svg(s, to);
		break;
	case SLIP_QR_PNG:
		if (s->code.side == 0)
			return KAS_NOTFOUND;
		qr_png(&s->code, 8, to);
	}
	return to->failed ? KAS_NOMEM : KAS_OK;
}
