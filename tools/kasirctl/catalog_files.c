#include "tools/kasirctl/catalog.h"

#include <inttypes.h>
#include <string.h>

#include "edge/catalogue_file.h"
#include "edge/lang.h"

/* One file, read by either of the two. */
typedef enum kas_err read_fn(struct source *s, struct arena *a, Kasir__V1__Catalogue *to,
    struct row_problems *problems, struct buf *unused, struct kas_why *why);

static void
print_problems(const char *path, struct row_problems *p)
{
	size_t i;

	row_problems_sort(p);
	for (i = 0; i < p->n; i++)
		fprintf(stderr, "%s:%" PRIu64 ": %s\n", path, p->item[i].line, p->item[i].text);
	if (p->found > p->n)
		fprintf(stderr, _("%s: and %zu more\n"), path, p->found - p->n);
}

static int
load_file(const struct cli *cli, const char *path, read_fn *read, struct arena *a,
    Kasir__V1__Catalogue *to)
{
	struct row_problems problems;
	struct buf unused;
	struct source *s;
	struct kas_why why = { "out of memory" };
	enum kas_err err;
	int rc = EX_OK;

	err = source_open(path, &s, &why);
	if (err != KAS_OK)
		return cli_fail(cli, err == KAS_IO ? EX_NOINPUT : cli_exit_of(err), NULL, "%s",
		    why.text);
	row_problems_init(&problems);
	buf_init(&unused);
	err = read(s, a, to, &problems, &unused, &why);
	if (unused.n > 0 && !unused.failed)
		fprintf(stderr, _("%s: columns that mean nothing here: %.*s\n"), path,
		    (int)unused.n, (const char *)unused.p);
	if (err == KAS_MALFORMED) {
		print_problems(path, &problems);
		rc = cli_fail(cli, EX_DATAERR, "mend these rows and import the file again",
		    "%s: nothing was changed; problems in it: %zu", path, problems.found);
	} else if (err != KAS_OK) {
		rc = cli_fail(cli, cli_exit_of(err), NULL, "%s: %s", path, why.text);
	}
	buf_fini(&unused);
	row_problems_fini(&problems);
	source_close(s);
	return rc;
}

/* What no file was given for stays as it is. */
static bool
keep_products(const struct catalogue *c, struct arena *a, Kasir__V1__Catalogue *to)
{
	size_t i, n = catalogue_products(c);

	to->products = arena_alloc(a, n * sizeof *to->products);
	for (i = 0; to->products != NULL && i < n; i++)
		if (catalogue_product_at(c, i, a, &to->products[i]) != KAS_OK)
			return false;
	to->n_products = n;
	return to->products != NULL;
}

static bool
keep_cashiers(const struct catalogue *c, struct arena *a, Kasir__V1__Catalogue *to)
{
	size_t i, n = catalogue_cashiers(c);

	to->cashiers = arena_alloc(a, n * sizeof *to->cashiers);
	for (i = 0; to->cashiers != NULL && i < n; i++)
		if (catalogue_cashier_at(c, i, a, &to->cashiers[i]) != KAS_OK)
			return false;
	to->n_cashiers = n;
	return to->cashiers != NULL;
}

int
catalog_load(const struct cli *cli, const struct current *now, const char *products,
    const char *cashiers, struct arena *a, struct bytes *ret)
{
	Kasir__V1__Catalogue c = KASIR__V1__CATALOGUE__INIT;
	bool kept = true;
	int rc = EX_OK, rc_cashiers = EX_OK;

	c.format = 1;
	c.currency = (char *)(uintptr_t)now->currency;
	c.exponent = now->exponent;
	if (products != NULL)
		rc = load_file(cli, products, catalogue_read_products, a, &c);
	else if (now->catalogue != NULL)
		kept = keep_products(now->catalogue, a, &c);
	/* Both are told of at once. */
	if (cashiers != NULL)
		rc_cashiers = load_file(cli, cashiers, catalogue_read_cashiers, a, &c);
	else if (now->catalogue != NULL)
		kept = kept && keep_cashiers(now->catalogue, a, &c);
	if (rc != EX_OK || rc_cashiers != EX_OK)
		return rc != EX_OK ? rc : rc_cashiers;
	if (!kept || !proto_pack(a, &c.base, ret))
		return cli_fail(cli, EX_OSERR, NULL, "out of memory");
	return EX_OK;
}
