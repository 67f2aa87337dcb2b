/* A checkpoint has one spelling, and nobody signs one with a key that is all zeros. */
#include <string.h>

#include "proof/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vkey log = { .name = "berkah/tebet/1", .id = 0x01020304, .type = KEY_ED25519 };
	struct bytes input = BYTES(data, size);
	struct checkpoint c;
	struct kas_why why;
	struct buf b;

	if (checkpoint_parse(input, &c, &why) == KAS_OK) {
		buf_init(&b);
		checkpoint_format(&c, &b);
		kas_assert(b.failed || bytes_equal(buf_bytes(&b), input));
		buf_fini(&b);
	}
	kas_assert(checkpoint_open(input, &log, &c, &why) != KAS_OK);
	kas_assert(checkpoint_open_cosigned(input, &log, &log, &c, NULL, &why) != KAS_OK);
	return 0;
}
