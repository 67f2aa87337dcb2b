/* proto.h - protobuf-c on an arena: what is decoded lives as long as the arena. */
#ifndef KASIR_BASE_PROTO_H
#define KASIR_BASE_PROTO_H

#include <protobuf-c/protobuf-c.h>

#include "base/bytes.h"

/* NULL: does not decode, or (a->exhausted) there was no memory for it. */
void *proto_unpack(const ProtobufCMessageDescriptor *what, struct arena *a, struct bytes b);
#define PROTO_UNPACK(type, arena, b) proto_unpack(&type##__descriptor, (arena), (b))

/* Append the encoding of MSG; to an arena, *RET is what it owns. */
void proto_append(struct buf *to, const ProtobufCMessage *msg);
KAS_CHECKED bool proto_pack(struct arena *a, const ProtobufCMessage *msg, struct bytes *ret);

/* A protobuf bytes field that borrows B, and back. */
ProtobufCBinaryData proto_bytes(struct bytes b);
struct bytes bytes_of_proto(ProtobufCBinaryData d);

#endif
