#include "base/proto.h"

static void *
arena_alloc_cb(void *ctx, size_t n)
{
	return arena_alloc(ctx, n);
}

/* The arena frees all at once. */
static void
arena_free_cb(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

void *
proto_unpack(const ProtobufCMessageDescriptor *what, struct arena *a, struct bytes b)
{
	ProtobufCAllocator allocator = { arena_alloc_cb, arena_free_cb, a };

	/* protobuf-c wants a pointer even for no bytes at all. */
	return protobuf_c_message_unpack(what, &allocator, b.n,
	    b.n > 0 ? b.p : (const uint8_t *)"");
}

void
proto_append(struct buf *to, const ProtobufCMessage *msg)
{
	size_t n = protobuf_c_message_get_packed_size(msg);
	uint8_t *p = buf_grow(to, n);

	if (p != NULL)
		protobuf_c_message_pack(msg, p);
}

bool
proto_pack(struct arena *a, const ProtobufCMessage *msg, struct bytes *ret)
{
	size_t n = protobuf_c_message_get_packed_size(msg);
	uint8_t *p = arena_alloc(a, n);

	if (p == NULL)
		return false;
	protobuf_c_message_pack(msg, p);
	*ret = BYTES(p, n);
	return true;
}

ProtobufCBinaryData
proto_bytes(struct bytes b)
{
	return (ProtobufCBinaryData){ .len = b.n, .data = (uint8_t *)b.p };
}

struct bytes
bytes_of_proto(ProtobufCBinaryData d)
{
	return BYTES(d.data, d.len);
}
