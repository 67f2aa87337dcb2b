#include "edge/catalogue_parts.h"

#include <stdlib.h>
#include <string.h>

#include "cash/check_parts.h"

static int
by_sku(const void *a, const void *b)
{
	const struct product_row *x = a, *y = b;
	int order = strcmp(x->product->sku, y->product->sku);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static bool
has_price(const struct product_row *row)
{
	return row->product->n_prices > 0;
}

/* By the first day of their price. */
static int
by_day(const void *a, const void *b)
{
	const struct product_row *x = a, *y = b;
	uint32_t i = has_price(x) ? x->product->prices[0]->from_day : 0;
	uint32_t k = has_price(y) ? y->product->prices[0]->from_day : 0;

	return i != k ? (i > k) - (i < k) : (x->line > y->line) - (x->line < y->line);
}

static void
check_same(const struct product_row *row, const struct product_row *first, const char *column,
    const char *a, const char *b, struct row_problems *problems)
{
	if (strcmp(a, b) != 0)
		row_problems_add(problems, row->line,
		    "%s: \"%.60s\", but \"%.60s\" in line %llu for the same sku", column, a, b,
		    (unsigned long long)first->line);
}

/* Rows of one SKU differ in their prices only. */
static void
check_alike(const struct product_row *row, const struct product_row *first,
    struct row_problems *problems)
{
	const Kasir__V1__Product *p = row->product, *q = first->product;

	check_same(row, first, "gtin", p->gtin, q->gtin, problems);
	check_same(row, first, "name", p->name, q->name, problems);
	check_same(row, first, "department", p->department, q->department, problems);
	check_same(row, first, "tax_code", p->tax_code, q->tax_code, problems);
}

static void
check_follows(const struct product_row *row, const struct product_row *before,
    struct row_problems *problems)
{
	const Kasir__V1__Price *p, *q;

	if (!has_price(row) || !has_price(before)) {
		row_problems_add(problems, row->line,
		    "price: line %llu has the same sku, expected a price in each",
		    (unsigned long long)before->line);
		return;
	}
	p = row->product->prices[0];
	q = before->product->prices[0];
	if (q->until_day == 0 || p->from_day <= q->until_day)
		row_problems_add(problems, row->line,
		    "from: the price in line %llu is valid then, expected a day after its last",
		    (unsigned long long)before->line);
}

/* The prices of N rows, which are in the order of their days, into one product. */
static enum kas_err
join_prices(const struct product_row *rows, size_t n, struct arena *a, Kasir__V1__Product *to)
{
	Kasir__V1__Price **prices = arena_alloc(a, n * sizeof *prices);
	size_t i, found = 0;

	if (prices == NULL)
		return KAS_NOMEM;
	for (i = 0; i < n; i++)
		if (has_price(&rows[i]))
			prices[found++] = rows[i].product->prices[0];
	to->prices = prices;
	to->n_prices = found;
	return KAS_OK;
}

/* N rows of one SKU, in the file's order, to one product. */
static enum kas_err
merge_one(struct product_row *rows, size_t n, struct arena *a, Kasir__V1__Catalogue *catalogue,
    struct row_problems *problems)
{
	Kasir__V1__Product *p = rows[0].product;
	size_t i;

	catalogue->products[catalogue->n_products++] = p;
	if (n == 1)
		return KAS_OK;
	for (i = 1; i < n; i++)
		check_alike(&rows[i], &rows[0], problems);
	if (n > CATALOGUE_PRICES_MAX)
		row_problems_add(problems, rows[n - 1].line, "sku: more than %u prices",
		    CATALOGUE_PRICES_MAX);
	qsort(rows, n, sizeof *rows, by_day);
	for (i = 1; i < n; i++)
		check_follows(&rows[i], &rows[i - 1], problems);
	return join_prices(rows, n, a, p);
}

/* GTINs as numbers, so that one with a leading zero is the same. */
struct gtin_row {
	uint64_t number;
	const struct product_row *row;
};

static int
by_number(const void *a, const void *b)
{
	const struct gtin_row *x = a, *y = b;

	if (x->number != y->number)
		return (x->number > y->number) - (x->number < y->number);
	return (x->row->line > y->row->line) - (x->row->line < y->row->line);
}

static enum kas_err
check_gtins(const struct product_row *rows, size_t n, struct row_problems *problems)
{
	struct gtin_row *g = malloc((n + 1) * sizeof *g);
	size_t i, m = 0;

	if (g == NULL)
		return KAS_NOMEM;
	for (i = 0; i < n; i++)
		if (check_gtin_is_valid(rows[i].product->gtin))
			g[m++] = (struct gtin_row){
				strtoull(rows[i].product->gtin, NULL, 10), &rows[i] };
	qsort(g, m, sizeof *g, by_number);
	for (i = 1; i < m; i++)
		if (g[i].number == g[i - 1].number &&
		    strcmp(g[i].row->product->sku, g[i - 1].row->product->sku) != 0)
			row_problems_add(problems, g[i].row->line,
			    "gtin: \"%s\" is that of sku \"%.60s\" in line %llu",
			    g[i].row->product->gtin, g[i - 1].row->product->sku,
			    (unsigned long long)g[i - 1].row->line);
	free(g);
	return KAS_OK;
}

enum kas_err
catalogue_merge(struct product_row *rows, size_t n, struct arena *a,
    Kasir__V1__Catalogue *catalogue, struct row_problems *problems)
{
	enum kas_err err = KAS_OK;
	size_t i, k;

	catalogue->n_products = 0;
	catalogue->products = arena_alloc(a, n * sizeof *catalogue->products);
	if (catalogue->products == NULL)
		return KAS_NOMEM;
	if (n == 0)
		return KAS_OK;
	qsort(rows, n, sizeof *rows, by_sku);
	/* Before rows of one SKU are put in the order of their days. */
	if ((err = check_gtins(rows, n, problems)) != KAS_OK)
		return err;
	for (i = 0; err == KAS_OK && i < n; i = k) {
		for (k = i + 1; k < n; k++)
			if (strcmp(rows[k].product->sku, rows[i].product->sku) != 0)
				break;
		err = merge_one(&rows[i], k - i, a, catalogue, problems);
	}
	if (catalogue->n_products > CATALOGUE_PRODUCTS_MAX)
		row_problems_add(problems, 0, "%zu products, expected at most %u",
		    catalogue->n_products, CATALOGUE_PRODUCTS_MAX);
	return err;
}
