/* field.h - protobuf's fields where they lie, for whoever looks at a message without decoding
 * it.  Inline, because it stands on paths that look at every byte. */
#ifndef KASIR_BASE_FIELD_H
#define KASIR_BASE_FIELD_H

#include "base/bytes.h"

/* Wire types; 3 and 4 are groups, which proto3 does not have. */
enum field_type { FIELD_VARINT = 0, FIELD_FIXED64 = 1, FIELD_BYTES = 2, FIELD_FIXED32 = 5 };

struct field {
	uint64_t number;
	enum field_type type;
	uint64_t varint;		/* of FIELD_VARINT; else 0 */
	struct bytes value;		/* of FIELD_BYTES; else empty */
};

static inline bool
field_take_varint(struct bytes *b, uint64_t *ret)
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

static inline bool
field_take_bytes(struct bytes *b, uint64_t n, struct bytes *ret)
{
	if (n > b->n)
		return false;
	*ret = BYTES(b->p, (size_t)n);
	b->p += n;
	b->n -= (size_t)n;
	return true;
}

/* Cut the next field off B (not empty); false: there is none to make out. */
static inline bool
field_take(struct bytes *b, struct field *ret)
{
	struct bytes skipped;
	uint64_t tag, n;

	if (!field_take_varint(b, &tag))
		return false;
	*ret = (struct field){ .number = tag >> 3, .type = (enum field_type)(tag & 7) };
	switch (ret->type) {
	case FIELD_VARINT:
		return field_take_varint(b, &ret->varint);
	case FIELD_FIXED64:
		return field_take_bytes(b, 8, &skipped);
	case FIELD_FIXED32:
		return field_take_bytes(b, 4, &skipped);
	case FIELD_BYTES:
		return field_take_varint(b, &n) && field_take_bytes(b, n, &ret->value);
	default:
		return false;
	}
}

#endif
