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

static bool
skip_value(struct bytes *b, unsigned type)
{
	uint64_t n = 0;

	switch (type) {
	case VARINT:
		return take_varint(b, &n);
	case FIXED64:
		n = 8;
		break;
	case FIXED32:
		n = 4;
		break;
	case DELIMITED:
		if (!take_varint(b, &n))
			return false;
		break;
	default:
		return false;
	}
	if (n > b->n)
		return false;
	b->p += n;
	b->n -= n;
	return true;
}

bool
wire_scan_count(struct bytes b, uint32_t number, size_t *ret)
{
	size_t count = 0;
	uint64_t tag;

	while (b.n > 0) {
		if (!take_varint(&b, &tag) || !skip_value(&b, tag & 7))
			return false;
		if (tag >> 3 == number)
			count++;
	}
	*ret = count;
	return true;
}
