/* A tlog-proof file has one spelling. */
#include "proof/tlog_proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = BYTES(data, size);
	struct tlog_proof p;
	struct kas_why why;
	struct arena a;
	struct buf b;

	arena_init(&a, (size_t)1 << 20);
	buf_init(&b);
	if (tlog_proof_parse(input, &a, &p, &why) == KAS_OK) {
		tlog_proof_format(&p, &b);
		kas_assert(b.failed || bytes_equal(buf_bytes(&b), input));
	}
	buf_fini(&b);
	arena_fini(&a);
	return 0;
}
