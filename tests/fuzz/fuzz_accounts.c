/* Whatever the text, reading ends, and what is read names every account that is needed. */
#include "tools/kasirctl/accounts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems;
	struct accounts m;
	struct arena a;
	enum kas_err err;

	arena_init(&a, (size_t)1 << 22);
	err = accounts_read(BYTES(data, size), &a, &m, &problems);
	kas_assert((err == KAS_MALFORMED) == (problems.n > 0));
	if (err == KAS_OK)
		for (int i = 0; i < ACCOUNT__NEEDED; i++)
			kas_assert(m.of[i] != NULL && m.of[i][0] != '\0');
	arena_fini(&a);
	return 0;
}
