/* filler.h - bytes of which only the number matters. */
#ifndef KASIR_TESTS_FILLER_H
#define KASIR_TESTS_FILLER_H

#include <protobuf-c/protobuf-c.h>

#include "base/bytes.h"

/* N zeros, at most 400 KiB, that stay. */
struct bytes filler(size_t n);
ProtobufCBinaryData filler_blob(size_t n);

#endif
