/* qr_png.c - a code as PNG (RFC 2083): one bit a pixel, not compressed (RFC 1951, stored
 * blocks), which needs no library and is a few kilobytes. */
#include "tools/kasirctl/qr.h"

#include <string.h>

#define BLOCK_MAX 65535u

static uint32_t
crc32_of(struct bytes b)
{
	uint32_t c = 0xffffffff;

	for (size_t i = 0; i < b.n; i++) {
		c ^= b.p[i];
		for (int k = 0; k < 8; k++)
			c = (c & 1) != 0 ? 0xedb88320 ^ c >> 1 : c >> 1;
	}
	return ~c;
}

static uint32_t
adler32_of(struct bytes b)
{
	uint32_t s1 = 1, s2 = 0;

	for (size_t i = 0; i < b.n; i++) {
		s1 = (s1 + b.p[i]) % 65521;
		s2 = (s2 + s1) % 65521;
	}
	return s2 << 16 | s1;
}

static void
add_be32(struct buf *to, uint32_t v)
{
	uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

	buf_add(to, b, sizeof b);
}

/* Length, type, data, and the check sum of type and data. */
static void
add_chunk(struct buf *to, const char *type, struct bytes data)
{
	size_t from;

	add_be32(to, (uint32_t)data.n);
	from = to->n;
	buf_add(to, type, 4);
	buf_add(to, data.p, data.n);
	if (!to->failed)
		add_be32(to, crc32_of(BYTES(to->p + from, to->n - from)));
}

static void
add_zlib(struct buf *to, struct bytes raw)
{
	struct bytes rest = raw;
	size_t n;

	buf_add(to, "\x78\x01", 2);
	do {
		n = rest.n < BLOCK_MAX ? rest.n : BLOCK_MAX;
		uint8_t head[5] = { n == rest.n, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)~n,
			(uint8_t)(~n >> 8) };

		buf_add(to, head, sizeof head);
		buf_add(to, rest.p, n);
		rest.p += n;
		rest.n -= n;
	} while (rest.n > 0);
	add_be32(to, adler32_of(raw));
}

/* Each row of pixels with its filter byte before it; a bit set is white. */
static void
add_pixels(const struct qr *q, unsigned scale, unsigned pixels, struct buf *to)
{
	uint8_t *row;
	unsigned x, y, mx, my;

	for (y = 0; y < pixels; y++) {
		row = buf_grow(to, 1 + (pixels + 7) / 8);
		if (row == NULL)
			return;
		memset(row, 0, 1 + (pixels + 7) / 8);
		for (x = 0; x < pixels; x++) {
			mx = x / scale - QR_QUIET;
			my = y / scale - QR_QUIET;
			if (mx >= q->side || my >= q->side || !q->dark[my][mx])
				row[1 + x / 8] |= (uint8_t)(0x80u >> x % 8);
		}
	}
}

void
qr_png(const struct qr *q, unsigned scale, struct buf *to)
{
	unsigned pixels = (q->side + 2 * QR_QUIET) * scale;
	struct buf raw, part;

	buf_init(&raw);
	buf_init(&part);
	add_pixels(q, scale, pixels, &raw);
	buf_add(to, "\x89PNG\r\n\x1a\n", 8);
	add_be32(&part, pixels);
	add_be32(&part, pixels);
	buf_add(&part, "\x01\x00\x00\x00\x00", 5);	/* one bit, grey, nothing special */
	add_chunk(to, "IHDR", buf_bytes(&part));
	buf_reset(&part);
	add_zlib(&part, buf_bytes(&raw));
	add_chunk(to, "IDAT", buf_bytes(&part));
	add_chunk(to, "IEND", BYTES_NONE);
	to->failed |= raw.failed || part.failed;
	buf_fini(&raw);
	buf_fini(&part);
}
