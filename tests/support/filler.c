#include "tests/support/filler.h"

#include "base/proto.h"

static uint8_t zeros[400 * 1024];

struct bytes
filler(size_t n)
{
	kas_assert(n <= sizeof zeros);
	return BYTES(zeros, n);
}

ProtobufCBinaryData
filler_blob(size_t n)
{
	return proto_bytes(filler(n));
}
