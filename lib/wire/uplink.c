/* The uplink's frames and their compressed blocks. */
#include "wire/codec.h"

#include <zstd.h>

#include "proof/note.h"
#include "wire/scan.h"

#define ENTRIES_FIELD 1		/* of EntryBlock */
#define LEVEL 3			/* of zstd: its default; payloads shrink to about a third */

static bool
is_note_sized(ProtobufCBinaryData d)
{
	return d.len > 0 && d.len <= NOTE_MAX;
}

static enum kas_err
check_hello(const Kasir__V1__Hello *h, struct kas_why *why)
{
	if (!is_note_sized(h->checkpoint))
		return kas_fail(why, KAS_MALFORMED, "hello.checkpoint is %zu bytes long, not 1 to %u",
		    h->checkpoint.len, NOTE_MAX);
	if (h->cosigned.len > NOTE_MAX)
		return kas_fail(why, KAS_MALFORMED, "hello.cosigned is %zu bytes long, at most %u are "
		    "allowed", h->cosigned.len, NOTE_MAX);
	return KAS_OK;
}

static enum kas_err
check_entries(const Kasir__V1__EntryBatch *b, struct kas_why *why)
{
	if (b->count == 0)
		return kas_fail(why, KAS_MALFORMED, "batch holds no entries");
	if (b->first > (uint64_t)INT64_MAX - b->count)
		return kas_fail(why, KAS_MALFORMED, "batch.first is out of range");
	if (b->raw_size == 0 || b->raw_size > WIRE_BLOCK_MAX)
		return kas_fail(why, KAS_MALFORMED, "batch.raw_size is %u, not 1 to %u",
		    (unsigned)b->raw_size, WIRE_BLOCK_MAX);
	if (!is_note_sized(b->checkpoint))
		return kas_fail(why, KAS_MALFORMED, "batch.checkpoint is %zu bytes long, not 1 to %u",
		    b->checkpoint.len, NOTE_MAX);
	return KAS_OK;
}

enum kas_err
wire_decode_up(struct bytes b, struct arena *a, Kasir__V1__UplinkUp **ret, struct kas_why *why)
{
	Kasir__V1__UplinkUp *up;
	enum kas_err err;

	if (b.n > WIRE_UP_MAX)
		return kas_fail(why, KAS_RANGE, "frame is %zu bytes long, at most %u are allowed", b.n,
		    WIRE_UP_MAX);
	up = PROTO_UNPACK(kasir__v1__uplink_up, a, b);
	if (up == NULL)
		return kas_fail(why, KAS_MALFORMED, "frame is not an UplinkUp");
	switch (up->body_case) {
	case KASIR__V1__UPLINK_UP__BODY_HELLO:
		err = check_hello(up->hello, why);
		break;
	case KASIR__V1__UPLINK_UP__BODY_BATCH:
		err = check_entries(up->batch, why);
		break;
	default:
		err = kas_fail(why, KAS_MALFORMED, "frame is neither a hello nor a batch");
		break;
	}
	if (err == KAS_OK)
		*ret = up;
	return err;
}

static enum kas_err
check_cosigned(const char *body, uint64_t size, ProtobufCBinaryData note, struct kas_why *why)
{
	if (size > INT64_MAX)
		return kas_fail(why, KAS_MALFORMED, "%s.size is out of range", body);
	if (note.len > NOTE_MAX)
		return kas_fail(why, KAS_MALFORMED, "%s.cosigned is %zu bytes long, at most %u are "
		    "allowed", body, note.len, NOTE_MAX);
	return KAS_OK;
}

enum kas_err
wire_decode_down(struct bytes b, struct arena *a, Kasir__V1__UplinkDown **ret,
    struct kas_why *why)
{
	Kasir__V1__UplinkDown *down;
	enum kas_err err = KAS_OK;

	if (b.n > WIRE_DOWN_MAX)
		return kas_fail(why, KAS_RANGE, "frame is %zu bytes long, at most %u are allowed", b.n,
		    WIRE_DOWN_MAX);
	down = PROTO_UNPACK(kasir__v1__uplink_down, a, b);
	if (down == NULL)
		return kas_fail(why, KAS_MALFORMED, "frame is not an UplinkDown");
	switch (down->body_case) {
	case KASIR__V1__UPLINK_DOWN__BODY_WELCOME:
		err = check_cosigned("welcome", down->welcome->size, down->welcome->cosigned, why);
		break;
	case KASIR__V1__UPLINK_DOWN__BODY_HELD:
		err = check_cosigned("held", down->held->size, down->held->cosigned, why);
		break;
	case KASIR__V1__UPLINK_DOWN__BODY_REFUSED:
		if (down->refused->evidence.len > NOTE_MAX)
			err = kas_fail(why, KAS_MALFORMED, "refused.evidence is too long for a note");
		break;
	default:
		err = kas_fail(why, KAS_MALFORMED, "frame is no answer that this version knows");
		break;
	}
	if (err == KAS_OK)
		*ret = down;
	return err;
}

/* The room needed is known before a byte is decompressed: the frame's own header, which
 * zstd holds to, must say what the batch says, and the batch is bounded. */
static enum kas_err
decompress(struct bytes frame, size_t raw_size, struct arena *a, struct bytes *ret,
    struct kas_why *why)
{
	void *to;
	size_t n;

	if (raw_size == 0 || raw_size > WIRE_BLOCK_MAX)
		return kas_fail(why, KAS_MALFORMED, "block's size is not 1 to %u", WIRE_BLOCK_MAX);
	if (frame.n == 0 || ZSTD_getFrameContentSize(frame.p, frame.n) != raw_size)
		return kas_fail(why, KAS_MALFORMED, "block is not a zstd frame of %zu bytes", raw_size);
	if (ZSTD_findFrameCompressedSize(frame.p, frame.n) != frame.n)
		return kas_fail(why, KAS_MALFORMED, "block is cut, or has bytes after its frame");
	to = arena_alloc(a, raw_size);
	if (to == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	n = ZSTD_decompress(to, raw_size, frame.p, frame.n);
	if (ZSTD_isError(n) || n != raw_size)
		return kas_fail(why, KAS_MALFORMED, "block does not decompress");
	*ret = BYTES(to, n);
	return KAS_OK;
}

enum kas_err
wire_open_block(const Kasir__V1__EntryBatch *batch, struct arena *a, Kasir__V1__EntryBlock **ret,
    struct kas_why *why)
{
	Kasir__V1__EntryBlock *block;
	struct bytes raw;
	enum kas_err err;
	size_t n;

	err = decompress(bytes_of_proto(batch->block), batch->raw_size, a, &raw, why);
	if (err != KAS_OK)
		return err;
	if (!wire_scan_count(raw, ENTRIES_FIELD, &n))
		return kas_fail(why, KAS_MALFORMED, "block is not an EntryBlock");
	if (n != batch->count)
		return kas_fail(why, KAS_MALFORMED, "block holds %zu entries, its batch says %u", n,
		    (unsigned)batch->count);
	block = PROTO_UNPACK(kasir__v1__entry_block, a, raw);
	if (block == NULL)
		return kas_fail(why, KAS_MALFORMED, "block is not an EntryBlock");
	*ret = block;
	return KAS_OK;
}

enum kas_err
wire_compress_block(struct bytes block, struct buf *to)
{
	size_t room = ZSTD_compressBound(block.n), n;
	uint8_t *p;

	if (block.n == 0 || block.n > WIRE_BLOCK_MAX)
		return KAS_RANGE;
	p = buf_grow(to, room);
	if (p == NULL)
		return KAS_NOMEM;
	n = ZSTD_compress(p, room, block.p, block.n, LEVEL);
	if (ZSTD_isError(n)) {
		to->n -= room;
		return KAS_NOMEM;
	}
	to->n -= room - n;
	return KAS_OK;
}
