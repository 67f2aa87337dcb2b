/* Each row of a CSV that can be read becomes one line, whatever is in it. */
#include "tools/kasir-term/replay_retail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dataset_counts counts = { 0 };
	struct dataset_case c;
	struct retail *r = NULL;
	struct source *source;
	struct kas_why why;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	if (source_open_bytes(BYTES(data, size), &source) != KAS_OK)
		return 0;
	err = retail_open(source, &r, &why);
	while (err == KAS_OK) {
		arena_reset(&a);
		err = retail_next(r, &a, &counts, &c, &why);
	}
	kas_assert(err == KAS_NOTFOUND || err == KAS_MALFORMED);
	kas_assert(err != KAS_NOTFOUND || counts.rows == counts.lines_for_rows);
	retail_close(r);
	source_close(source);
	arena_fini(&a);
	return 0;
}
