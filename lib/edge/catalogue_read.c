#include "edge/catalogue_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "edge/lang.h"

enum { SKU, GTIN, NAME, DEPARTMENT, TAX_CODE, PRICE, FROM, UNTIL };
static const struct column product_columns[] = {
	[SKU] = { "sku", true },
	[GTIN] = { "gtin", false },
	[NAME] = { "name", true },
	[DEPARTMENT] = { "department", false },
	[TAX_CODE] = { "tax_code", false },
	[PRICE] = { "price", true },
	[FROM] = { "from", false },
	[UNTIL] = { "until", false },
	[UNTIL + 1] = { NULL, false },
};

enum { ID, CASHIER_NAME, RIGHTS };
static const struct column cashier_columns[] = {
	[ID] = { "id", true },
	[CASHIER_NAME] = { "name", true },
	[RIGHTS] = { "rights", true },
	[RIGHTS + 1] = { NULL, false },
};

/* By CashierRight. */
static const char *const right_names[] = {
	NULL, "sell", "return", "void", "discount", "price", "drawer", "cash", "close", "supervise",
};
#define N_RIGHTS (sizeof right_names / sizeof right_names[0])

const char *
right_name(Kasir__V1__CashierRight right)
{
	return (size_t)right < N_RIGHTS ? right_names[right] : NULL;
}

struct cashier_row {
	Kasir__V1__Cashier *cashier;
	uint64_t line;
};

struct reading {
	struct csv csv;
	struct columns columns;
	struct row row;
	Kasir__V1__Catalogue *catalogue;
	struct product_row *products;
	size_t n, cap;
	struct cashier_row *cashiers;
	struct kas_why *why;
};

/* One record of a file. */
typedef enum kas_err record_fn(struct reading *r);

static enum kas_err
take_record(struct reading *r, record_fn *record)
{
	if (r->csv.n != r->columns.n) {
		row_problems_add(r->row.problems, r->csv.first, "%zu fields, expected %zu",
		    r->csv.n, r->columns.n);
		return KAS_OK;
	}
	return record(r);
}

static enum kas_err
read_records(struct reading *r, record_fn *record)
{
	enum kas_err err;

	while ((err = csv_next(&r->csv, r->why)) != KAS_NOTFOUND) {
		if (err == KAS_MALFORMED && r->csv.reason != NULL) {
			row_problems_add(r->row.problems, r->csv.first, "%s",
			    _(r->csv.reason));
			r->csv.reason = NULL;
			continue;
		}
		if (err != KAS_OK || (err = take_record(r, record)) != KAS_OK)
			return err;
	}
	return KAS_OK;
}

static bool
add_price(struct reading *r, Kasir__V1__Product *p, int64_t unit_price, uint32_t from,
    uint32_t until)
{
	Kasir__V1__Price *price = arena_alloc(r->row.a, sizeof *price);

	p->prices = arena_alloc(r->row.a, sizeof *p->prices);
	if (price == NULL || p->prices == NULL)
		return false;
	kasir__v1__price__init(price);
	price->unit_price = unit_price;
	price->from_day = from;
	price->until_day = until;
	p->prices[p->n_prices++] = price;
	return true;
}

static bool
read_price(struct reading *r, Kasir__V1__Product *p)
{
	struct row *row = &r->row;
	uint32_t from = row_day(row, FROM), until = row_day(row, UNTIL);
	size_t found = row->problems->found;
	int64_t unit_price;

	if (until != 0 && until < from)
		row_problems_add(row->problems, r->csv.first,
		    "until: before from, expected the last day of the price");
	if (row_price(row, PRICE, r->catalogue->exponent, &unit_price))
		return add_price(r, p, unit_price, from, until);
	if (row->problems->found == found && (from != 0 || until != 0))
		row_problems_add(row->problems, r->csv.first,
		    "price: empty, expected the price of these days");
	return true;
}

static enum kas_err
make_room(struct reading *r)
{
	size_t cap = r->cap > 0 ? 2 * r->cap : 1024;
	struct product_row *more;

	if (r->n < r->cap)
		return KAS_OK;
	more = realloc(r->products, cap * sizeof *more);
	if (more == NULL)
		return KAS_NOMEM;
	r->products = more;
	r->cap = cap;
	return KAS_OK;
}

static enum kas_err
read_product(struct reading *r)
{
	Kasir__V1__Product *p = arena_alloc(r->row.a, sizeof *p);

	if (p == NULL || make_room(r) != KAS_OK)
		return KAS_NOMEM;
	kasir__v1__product__init(p);
	p->sku = row_key(&r->row, SKU, CATALOGUE_KEY_MAX);
	p->gtin = row_gtin(&r->row, GTIN);
	p->name = row_words(&r->row, NAME);
	p->department = row_words(&r->row, DEPARTMENT);
	p->tax_code = row_words(&r->row, TAX_CODE);
	if (!read_price(r, p) || p->sku == NULL || p->gtin == NULL || p->name == NULL ||
	    p->department == NULL || p->tax_code == NULL)
		return KAS_NOMEM;
	r->products[r->n++] = (struct product_row){ p, r->csv.first };
	return KAS_OK;
}

/* Bits of the rights named in TEXT. */
static uint32_t
read_rights(struct reading *r, const char *text)
{
	struct bytes rest = bytes_of_text(text), word;
	uint32_t rights = 0;
	size_t i;

	while (rest.n > 0) {
		if (!text_cut(&rest, ' ', &word)) {
			word = rest;
			rest = BYTES_NONE;
		}
		if (word.n == 0)
			continue;
		for (i = 1; i < N_RIGHTS; i++)
			if (bytes_equal(word, bytes_of_text(right_names[i])))
				break;
		if (i == N_RIGHTS)
			row_problems_add(r->row.problems, r->csv.first,
			    "rights: \"%.*s\", expected some of: sell return void discount price "
			    "drawer cash close supervise", word.n < 20 ? (int)word.n : 20,
			    (const char *)word.p);
		else
			rights |= 1u << i;
	}
	return rights;
}

static bool
add_rights(struct reading *r, Kasir__V1__Cashier *c, uint32_t rights)
{
	uint32_t i;

	c->rights = arena_alloc(r->row.a, N_RIGHTS * sizeof *c->rights);
	if (c->rights == NULL)
		return false;
	for (i = 1; i < N_RIGHTS; i++)
		if ((rights >> i & 1) != 0)
			c->rights[c->n_rights++] = (Kasir__V1__CashierRight)i;
	return true;
}

static enum kas_err
read_cashier(struct reading *r)
{
	Kasir__V1__Cashier *c = arena_alloc(r->row.a, sizeof *c);
	char *rights;

	if (c == NULL)
		return KAS_NOMEM;
	kasir__v1__cashier__init(c);
	c->id = row_key(&r->row, ID, CATALOGUE_KEY_MAX);
	c->name = row_words(&r->row, CASHIER_NAME);
	rights = row_text(&r->row, RIGHTS);
	if (c->id == NULL || c->name == NULL || rights == NULL ||
	    !add_rights(r, c, read_rights(r, rights)))
		return KAS_NOMEM;
	if (r->n == CATALOGUE_CASHIERS_MAX) {
		row_problems_add(r->row.problems, r->csv.first, "more than %u cashiers",
		    CATALOGUE_CASHIERS_MAX);
		return KAS_OK;
	}
	r->cashiers[r->n++] = (struct cashier_row){ c, r->csv.first };
	return KAS_OK;
}

static void
begin(struct reading *r, struct source *s, struct arena *a, struct row_problems *problems)
{
	csv_init(&r->csv, s);
	r->row = (struct row){ &r->columns, &r->csv, problems, a };
}

enum kas_err
catalogue_read_products(struct source *s, struct arena *a, Kasir__V1__Catalogue *catalogue,
    struct row_problems *problems, struct buf *unused, struct kas_why *why)
{
	struct reading r = { .catalogue = catalogue, .why = why };
	enum kas_err err;

	begin(&r, s, a, problems);
	err = columns_find(&r.columns, product_columns, &r.csv, problems, unused, why);
	if (err == KAS_OK && problems->found == 0)
		err = read_records(&r, read_product);
	if (err == KAS_OK)
		err = catalogue_merge(r.products, r.n, a, catalogue, problems);
	if (err == KAS_OK && problems->found > 0)
		err = KAS_MALFORMED;
	free(r.products);
	csv_fini(&r.csv);
	return err;
}

static int
by_id(const void *a, const void *b)
{
	const struct cashier_row *x = a, *y = b;
	int order = strcmp(x->cashier->id, y->cashier->id);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static enum kas_err
sort_cashiers(struct reading *r)
{
	const struct cashier_row *row = r->cashiers;
	size_t i;

	r->catalogue->cashiers = arena_alloc(r->row.a, r->n * sizeof *r->catalogue->cashiers);
	if (r->catalogue->cashiers == NULL)
		return KAS_NOMEM;
	qsort(r->cashiers, r->n, sizeof *row, by_id);
	for (i = 0; i < r->n; i++, row++) {
		r->catalogue->cashiers[i] = row->cashier;
		if (i > 0 && strcmp(row->cashier->id, row[-1].cashier->id) == 0)
			row_problems_add(r->row.problems, row->line,
			    "id: \"%.60s\" stands in line %llu already", row->cashier->id,
			    (unsigned long long)row[-1].line);
	}
	r->catalogue->n_cashiers = r->n;
	return KAS_OK;
}

enum kas_err
catalogue_read_cashiers(struct source *s, struct arena *a, Kasir__V1__Catalogue *catalogue,
    struct row_problems *problems, struct buf *unused, struct kas_why *why)
{
	struct reading r = { .catalogue = catalogue, .why = why };
	enum kas_err err;

	r.cashiers = arena_alloc(a, CATALOGUE_CASHIERS_MAX * sizeof *r.cashiers);
	if (r.cashiers == NULL)
		return KAS_NOMEM;
	begin(&r, s, a, problems);
	err = columns_find(&r.columns, cashier_columns, &r.csv, problems, unused, why);
	if (err == KAS_OK && problems->found == 0)
		err = read_records(&r, read_cashier);
	if (err == KAS_OK)
		err = sort_cashiers(&r);
	if (err == KAS_OK && problems->found > 0)
		err = KAS_MALFORMED;
	csv_fini(&r.csv);
	return err;
}
