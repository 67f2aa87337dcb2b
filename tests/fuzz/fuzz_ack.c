/* What a store answers: an AckBatch with its proofs and entries. */
#include <stddef.h>
#include <stdint.h>

#include "wire/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const Kasir__V1__Ack *ack, struct arena *a)
{
	Kasir__V1__LedgerEntry *entry = NULL;
	struct proof proof;

	if (wire_proof_of(ack->inclusion, ack->n_inclusion, &proof))
		kas_assert(proof.n <= PROOF_MAX);
	if (wire_decode_entry(bytes_of_proto(ack->entry), a, &entry, NULL) == KAS_OK)
		kas_assert(entry->totals != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Kasir__V1__AckBatch *batch = NULL;
	Kasir__V1__Refusals *refusals;
	struct kas_why why;
	struct arena a;
	size_t i;

	arena_init(&a, (size_t)32 * 1024 * 1024);
	if (wire_decode_ack_batch(BYTES(data, size), &a, &batch, &why) == KAS_OK) {
		for (i = 0; i < batch->n_acks; i++)
			look_at(batch->acks[i], &a);
		refusals = PROTO_UNPACK(kasir__v1__refusals, &a, bytes_of_proto(batch->refusals));
		(void)refusals;
	}
	arena_fini(&a);
	return 0;
}
