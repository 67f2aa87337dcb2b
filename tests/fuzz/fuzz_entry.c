/* A leaf of the ledger, and the statement that it gives back. */
#include <stddef.h>
#include <stdint.h>

#include "wire/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Kasir__V1__LedgerEntry *e = NULL;
	struct statement st;
	char text[STATEMENT_MAX];
	struct kas_why why;
	struct arena a;

	arena_init(&a, (size_t)4 * 1024 * 1024);
	if (wire_decode_entry(BYTES(data, size), &a, &e, &why) == KAS_OK &&
	    e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION) {
		kas_assert(wire_statement_of(e->transaction, "toko-1", &st) == KAS_OK);
		kas_assert(statement_format(&st, text) < STATEMENT_MAX);
	}
	arena_fini(&a);
	return 0;
}
