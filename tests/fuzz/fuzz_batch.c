/* What a terminal sends: a TransactionBatch, and every transaction in it taken apart. */
#include <stddef.h>
#include <stdint.h>

#include "wire/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct signed_txn txn;
	Kasir__V1__TransactionBatch *batch = NULL;
	struct kas_why why;
	struct arena a;
	size_t i;

	arena_init(&a, (size_t)4 * 1024 * 1024);
	if (wire_decode_batch(BYTES(data, size), &a, &batch, &why) == KAS_OK) {
		kas_assert(batch->n_transactions <= WIRE_BATCH_TRANSACTIONS_MAX);
		for (i = 0; i < batch->n_transactions; i++)
			if (wire_open_txn(batch->transactions[i], "toko-1", "kasa-1", &txn, &why) ==
			    KAS_OK)
				kas_assert(txn.text_n < STATEMENT_MAX && txn.text[txn.text_n] == '\0');
	}
	arena_fini(&a);
	return 0;
}
