/* Whatever decodes can be judged, alone and beside itself, always the same way; and what
 * breaks no rule settles what it says it settles. */
#include "base/proto.h"
#include "cash/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct check_settings settings = { .currency = "IDR" };

static void
check_settled(const Kasir__V1__Transaction *doc)
{
	int128 applied = 0, lines = 0;
	size_t i;

	for (i = 0; i < doc->n_tenders; i++)
		if (doc->tenders[i]->state != KASIR__V1__TENDER_STATE__REVERSED)
			applied += (int128)doc->tenders[i]->tendered - doc->tenders[i]->change -
			    doc->tenders[i]->cash_back - doc->tenders[i]->forfeit;
	kas_assert(applied == doc->payable);
	kas_assert((int128)doc->gross + doc->cash_rounding == doc->payable);
	if (doc->n_taxes > 0)
		return;
	for (i = 0; i < doc->n_lines; i++)
		lines += doc->lines[i]->amount;
	kas_assert(lines == doc->gross);
}

/* Only up to what check_return() has room for. */
static void
check_beside_itself(const Kasir__V1__Transaction *doc)
{
	struct returned_line lines[64];
	struct rule_set broken = { 0 };
	size_t n = 0;

	check_void(doc, doc, false, &broken);
	if (doc->n_lines > 64)
		return;
	check_return(doc, doc, false, NULL, 0, &broken, lines, &n);
	kas_assert(n <= doc->n_lines);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rule_set broken = { 0 }, again = { 0 }, notes = { 0 };
	Kasir__V1__Transaction *doc;
	struct arena a;

	arena_init(&a, (size_t)16 << 20);
	doc = PROTO_UNPACK(kasir__v1__transaction, &a, BYTES(data, size));
	check_document(doc, &settings, &broken, &notes);
	check_document(doc, &settings, &again, &notes);
	kas_assert(rule_set_equal(&broken, &again));
	if (doc != NULL) {
		check_beside_itself(doc);
		if (rule_set_is_empty(&broken) && figures_of(doc).kind != FIGURE_NONE)
			check_settled(doc);
	}
	arena_fini(&a);
	return 0;
}
