#include "edge/glyph.h"

#include "base/text.h"
#include "cash/check.h"

struct range {
	uint32_t first, last;
};

/* What stands over, under or within its neighbour. */
static const struct range narrow[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a },
	{ 0x064b, 0x065f }, { 0x0900, 0x0902 }, { 0x093c, 0x093c }, { 0x0941, 0x0948 },
	{ 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e }, { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x200b, 0x200d }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f },
};

/* As Unicode's East Asian Width has them. */
static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

/* Controls, and what rearranges the text around it. */
static const struct range harmful[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c }, { 0x200e, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff0, 0xfffb },
	{ 0xe0000, 0xe0fff },
};

#define IN(ranges, c) is_in((ranges), sizeof(ranges) / sizeof *(ranges), (c))

static bool
is_in(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n && c >= ranges[i].first; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

static size_t
length_of(uint8_t lead)
{
	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static uint32_t
code_of(const uint8_t *p, size_t n)
{
	static const uint8_t mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = p[0] & mask[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

static void
append(struct buf *to, const char *text, bool secret)
{
	struct bytes b = text != NULL ? bytes_of_text(text) : BYTES_NONE;
	size_t n;

	for (; b.n > 0; b.p += n, b.n -= n) {
		n = length_of(*b.p);
		if (n > b.n || !text_is_utf8(BYTES(b.p, n))) {
			n = 1;
			buf_add(to, "?", 1);
		} else if (IN(harmful, code_of(b.p, n))) {
			buf_add(to, "?", 1);
		} else if (secret && *b.p >= '0' && *b.p <= '9') {
			buf_add(to, "*", 1);
		} else {
			buf_add(to, b.p, n);
		}
	}
}

void
glyph_tame(struct buf *to, const char *text)
{
	append(to, text, false);
}

void
glyph_clean(struct buf *to, const char *text)
{
	append(to, text, check_text_has_card(text));
}

size_t
glyph_next(const char *p, unsigned *ret_columns)
{
	size_t n = length_of((uint8_t)*p);
	uint32_t c = code_of((const uint8_t *)p, n);

	*ret_columns = IN(narrow, c) ? 0 : IN(wide, c) ? 2 : 1;
	return n;
}

unsigned
glyph_columns(const char *p, size_t n)
{
	unsigned columns = 0, one;

	for (size_t i = 0; i < n; columns += one)
		i += glyph_next(p + i, &one);
	return columns;
}
