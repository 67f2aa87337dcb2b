/* Whatever a file is read to without a problem is a catalogue, and is written to a file that
 * reads back as the same. */
#include "base/proto.h"
#include "edge/catalogue_file.h"

static bool
read_both(struct bytes text, struct arena *a, Kasir__V1__Catalogue *c)
{
	struct row_problems problems;
	struct source *s;
	struct buf unused;
	struct kas_why why;
	bool found = false;

	kasir__v1__catalogue__init(c);
	c->format = 1;
	c->currency = arena_text(a, "IDR");
	row_problems_init(&problems);
	buf_init(&unused);
	if (source_open_bytes(text, &s) == KAS_OK) {
		found = catalogue_read_products(s, a, c, &problems, &unused, &why) == KAS_OK;
		source_close(s);
	}
	if (!found && source_open_bytes(text, &s) == KAS_OK) {
		problems.found = problems.n = 0;
		c->n_products = 0;
		found = catalogue_read_cashiers(s, a, c, &problems, &unused, &why) == KAS_OK;
		source_close(s);
	}
	row_problems_fini(&problems);
	buf_fini(&unused);
	return found;
}

static void
write_both(const Kasir__V1__Catalogue *c, struct buf *to)
{
	size_t i;

	if (c->n_cashiers > 0)
		cashiers_write_header(to);
	else
		catalogue_write_header(to);
	for (i = 0; i < c->n_products; i++)
		catalogue_write_product(c->products[i], c->exponent, to);
	for (i = 0; i < c->n_cashiers; i++)
		cashiers_write_cashier(c->cashiers[i], to);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	Kasir__V1__Catalogue c, again;
	struct bytes packed, repacked;
	struct catalogue *opened;
	struct kas_why why;
	struct arena a;
	struct buf text;

	arena_init(&a, 0);
	buf_init(&text);
	if (read_both(BYTES(p, n), &a, &c)) {
		kas_assert(proto_pack(&a, &c.base, &packed));
		kas_assert(catalogue_open(packed, &opened, &why) == KAS_OK);
		catalogue_close(opened);
		write_both(&c, &text);
		kas_assert(read_both(buf_bytes(&text), &a, &again));
		kas_assert(proto_pack(&a, &again.base, &repacked));
		kas_assert(bytes_equal(packed, repacked));
	}
	buf_fini(&text);
	arena_fini(&a);
	return 0;
}
