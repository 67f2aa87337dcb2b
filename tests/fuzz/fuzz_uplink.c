/* Both directions of the uplink, and the compressed block of a batch. */
#include <stddef.h>
#include <stdint.h>

#include "wire/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const Kasir__V1__UplinkUp *up, struct arena *a)
{
	Kasir__V1__EntryBlock *block = NULL;

	if (up->body_case == KASIR__V1__UPLINK_UP__BODY_BATCH &&
	    wire_open_block(up->batch, a, &block, NULL) == KAS_OK)
		kas_assert(block->n_entries == up->batch->count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Kasir__V1__UplinkUp *up = NULL;
	Kasir__V1__UplinkDown *down = NULL;
	struct kas_why why;
	struct arena a;

	arena_init(&a, (size_t)64 * 1024 * 1024);
	if (wire_decode_up(BYTES(data, size), &a, &up, &why) == KAS_OK)
		look_at(up, &a);
	if (wire_decode_down(BYTES(data, size), &a, &down, &why) == KAS_OK)
		kas_assert(down->body_case != KASIR__V1__UPLINK_DOWN__BODY__NOT_SET);
	arena_fini(&a);
	return 0;
}
