#include "wire/scan.h"

/* Wire types of protobuf's encoding; 3 and 4 are groups, which proto3 does not have. */
enum { VARINT = 0, FIXED64 = 1, DELIMITED = 2, FIXED32 = 5 };

static bool
take_varint(struct bytes *b, uint64_t *ret)
{
	uint64_t v = 0;
	unsigned shift;

	for (shift = 0; shift < 64 && b->n > 0; shift += 7) {
		uint8_t byte = *b->p++;

		b->n--;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*ret = v;
			return true;
		}
	}
	return false;
}

struct field {
	uint64_t number;
	struct bytes value;		/* of a delimited one; else empty */
};

static bool
take_bytes(struct bytes *b, uint64_t n, struct bytes *ret)
{
	if (n > b->n)
		return false;
	*ret = BYTES(b->p, (size_t)n);
	b->p += n;
	b->n -= (size_t)n;
	return true;
}

static bool
take_field(struct bytes *b, struct field *ret)
{
	struct bytes skipped;
	uint64_t tag, n;

	if (!take_varint(b, &tag))
		return false;
	ret->number = tag >> 3;
	ret->value = BYTES_NONE;
	switch (tag & 7) {
	case VARINT:
		return take_varint(b, &n);
	case FIXED64:
		return take_bytes(b, 8, &skipped);
	case FIXED32:
		return take_bytes(b, 4, &skipped);
	case DELIMITED:
		return take_varint(b, &n) && take_bytes(b, n, &ret->value);
	default:
		return false;
	}
}

bool
wire_scan_count(struct bytes b, uint32_t number, size_t *ret)
{
	size_t count = 0;
	struct field f;

	while (b.n > 0) {
		if (!take_field(&b, &f))
			return false;
		if (f.number == number)
			count++;
	}
	*ret = count;
	return true;
}

#define DEPTH_MAX 4

bool
wire_scan_fits(struct bytes b, const uint32_t *path, size_t n_path, size_t max)
{
	struct bytes above[DEPTH_MAX];	/* what is left of the messages around this one */
	size_t depth = 0, n = 0;
	struct field f;

	kas_assert(n_path <= DEPTH_MAX);
	for (;;) {
		if (b.n == 0) {
			if (depth == 0)
				return true;
			b = above[--depth];
			continue;
		}
		if (!take_field(&b, &f) || ++n > max)
			return false;
		if (depth < n_path && f.number == path[depth]) {
			above[depth++] = b;
			b = f.value;
		}
	}
}
