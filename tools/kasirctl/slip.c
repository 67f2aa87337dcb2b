#include "tools/kasirctl/slip.h"

#include <string.h>

#include "edge/glyph.h"

void
slip_init(struct slip *s, unsigned width)
{
	*s = (struct slip){ .width = width };
	buf_init(&s->lines);
	buf_init(&s->scratch);
}

void
slip_fini(struct slip *s)
{
	buf_fini(&s->lines);
	buf_fini(&s->scratch);
}

/* Clean text; it lasts until the next call. */
static struct bytes
clean(struct slip *s, const char *text)
{
	buf_reset(&s->scratch);
	glyph_clean(&s->scratch, text);
	s->lines.failed |= s->scratch.failed;
	return s->scratch.failed ? BYTES_NONE : buf_bytes(&s->scratch);
}

static void
add_blanks(struct slip *s, unsigned n)
{
	while (n-- > 0)
		buf_add(&s->lines, " ", 1);
}

static void
end_line(struct slip *s)
{
	while (s->lines.n > 0 && s->lines.p[s->lines.n - 1] == ' ')
		s->lines.n--;
	buf_add(&s->lines, "\n", 1);
}

/* Cut from *REST what fits into WIDTH columns, between words where there are some. */
static struct bytes
cut_line(struct bytes *rest, unsigned width)
{
	const char *p = (const char *)rest->p;
	size_t n = 0, blank = 0, skip;
	unsigned columns = 0, one = 0;

	for (; n < rest->n; columns += one) {
		size_t step = glyph_next(p + n, &one);

		if (columns + one > width)
			break;
		if (p[n] == ' ')
			blank = n;
		n += step;
	}
	if (n < rest->n && p[n] != ' ' && blank > 0)
		n = blank;
	for (skip = n; skip < rest->n && p[skip] == ' '; skip++)
		;
	*rest = BYTES(p + skip, rest->n - skip);
	return BYTES(p, n);
}

static unsigned
columns_of(struct bytes b)
{
	return glyph_columns((const char *)b.p, b.n);
}

void
slip_text(struct slip *s, const char *text)
{
	struct bytes rest = clean(s, text), line;

	while (rest.n > 0) {
		line = cut_line(&rest, s->width);
		buf_add(&s->lines, line.p, line.n);
		end_line(s);
	}
}

void
slip_centre(struct slip *s, const char *text)
{
	struct bytes rest = clean(s, text), line;

	while (rest.n > 0) {
		line = cut_line(&rest, s->width);
		add_blanks(s, (s->width - columns_of(line)) / 2);
		buf_add(&s->lines, line.p, line.n);
		end_line(s);
	}
}

void
slip_pair(struct slip *s, const char *left, const char *right)
{
	struct bytes rest, line = BYTES_NONE;
	struct buf right_clean;
	unsigned used = 0, wanted;

	buf_init(&right_clean);
	glyph_clean(&right_clean, right);
	wanted = columns_of(buf_bytes(&right_clean));
	rest = clean(s, left);
	while (rest.n > 0) {
		line = cut_line(&rest, s->width);
		buf_add(&s->lines, line.p, line.n);
		used = columns_of(line);
		if (rest.n > 0 || used + 1 + wanted > s->width) {
			end_line(s);
			used = 0;
		}
	}
	if (wanted > s->width) {
		slip_text(s, right);
	} else if (wanted > 0) {
		add_blanks(s, s->width - used - wanted);
		buf_add(&s->lines, right_clean.p, right_clean.n);
		end_line(s);
	} else if (used > 0) {
		end_line(s);
	}
	s->lines.failed |= right_clean.failed;
	buf_fini(&right_clean);
}

void
slip_rule(struct slip *s, char of)
{
	for (unsigned i = 0; i < s->width; i++)
		buf_add(&s->lines, &of, 1);
	buf_add(&s->lines, "\n", 1);
}

void
slip_blank(struct slip *s)
{
	buf_add(&s->lines, "\n", 1);
}

void
slip_code(struct slip *s, const char *text)
{
	if (qr_make(text, &s->code) == KAS_OK)
		s->code_at = s->lines.n;
}
