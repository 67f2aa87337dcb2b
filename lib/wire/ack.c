/* Acks: what a terminal takes from a store. */
#include "wire/codec.h"

#include <string.h>

#include "wire/scan.h"

#define ACKS_FIELD 4	/* of AckBatch */

enum kas_err
wire_decode_ack_batch(struct bytes b, struct arena *a, Kasir__V1__AckBatch **ret,
    struct kas_why *why)
{
	Kasir__V1__AckBatch *batch;
	size_t n;

	if (b.n > WIRE_ACK_MAX)
		return kas_fail(why, KAS_RANGE, "ack message is %zu bytes long, at most %u are allowed",
		    b.n, WIRE_ACK_MAX);
	/* An ack takes no less than its entry: nothing near this many fits. */
	if (!wire_scan_count(b, ACKS_FIELD, &n) || n > WIRE_ACK_MAX / 64)
		return kas_fail(why, KAS_MALFORMED, "message is not an AckBatch");
	batch = PROTO_UNPACK(kasir__v1__ack_batch, a, b);
	if (batch == NULL)
		return kas_fail(why, KAS_MALFORMED, "message is not an AckBatch");
	if (batch->refusals.len > 0 && batch->refusals_signature.len != SIG_LEN)
		return kas_fail(why, KAS_MALFORMED, "refusals_signature is %zu bytes long, not 64",
		    batch->refusals_signature.len);
	*ret = batch;
	return KAS_OK;
}

bool
wire_proof_of(const ProtobufCBinaryData *hashes, size_t n, struct proof *ret)
{
	size_t i;

	if (n > PROOF_MAX)
		return false;
	for (i = 0; i < n; i++)
		if (hashes[i].len != HASH_LEN)
			return false;
	for (i = 0; i < n; i++)
		memcpy(ret->path[i].b, hashes[i].data, HASH_LEN);
	ret->n = (unsigned)n;
	return true;
}
