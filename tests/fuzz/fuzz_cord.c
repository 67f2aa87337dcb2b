/* Each menu entry of a receipt becomes a line, whatever is printed. */
#include "cash/check.h"
#include "tools/kasir-term/replay_cord.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct check_settings settings = { .currency = "IDR" };
	struct dataset_counts counts = { 0 };
	struct rule_set broken = { 0 }, notes = { 0 };
	struct dataset_case c;
	struct cord *cord;
	struct source *source;
	struct kas_why why;
	struct arena a;

	arena_init(&a, 0);
	if (source_open_bytes(BYTES(data, size), &source) != KAS_OK)
		return 0;
	if (cord_open(source, &cord) == KAS_OK) {
		while (cord_next(cord, &a, &counts, &c, &why) == KAS_OK) {
			kas_assert(counts.rows == counts.lines_for_rows);
			kas_assert(counts.lines == 0 || c.doc->n_lines <= counts.lines);
			check_document(c.doc, &settings, &broken, &notes);
			arena_reset(&a);
		}
		cord_close(cord);
	}
	source_close(source);
	arena_fini(&a);
	return 0;
}
