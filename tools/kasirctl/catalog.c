/* Products and cashiers: put a list in force, look at it, write it out. */
#include "tools/kasirctl/catalog.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "edge/catalogue_file.h"
#include "edge/lang.h"
#include "tools/kasirctl/confirm.h"

#define SHOWN 20	/* differences, unless --limit says otherwise */

/* For formats that translators see: PRIu64 is none of their business. */
static unsigned long long
llu(uint64_t n)
{
	return n;
}

static void
print_summary(const struct catalog_changes *c, uint64_t shown)
{
	uint64_t products = c->added + c->removed + c->changed;
	uint64_t cashiers = c->cashiers_added + c->cashiers_removed + c->cashiers_changed;

	if (shown > 0 && products + cashiers > shown)
		printf(_("... the first %llu are shown; --limit 0 shows all\n"), llu(shown));
	printf(_("products: %llu added, %llu removed, %llu changed (%llu in price)\n"),
	    llu(c->added), llu(c->removed), llu(c->changed), llu(c->repriced));
	printf(_("cashiers: %llu added, %llu removed, %llu changed\n"), llu(c->cashiers_added),
	    llu(c->cashiers_removed), llu(c->cashiers_changed));
}

/* People see the differences; programs get one object at the end. */
static int
show_changes(const struct cli *cli, const struct current *now, const struct catalogue *after,
    struct catalog_changes *ret)
{
	bool json = cli_flag(cli, "json");
	struct table *t;
	uint64_t limit;
	int rc = EX_OK;

	limit = cli_number(cli, "limit", 0, UINT32_MAX, SHOWN, &rc);
	if (rc != EX_OK)
		return rc;
	t = json ? NULL : table_open(catalog_diff_columns);
	if (catalog_compare(now->catalogue, after, limit, t, ret) != KAS_OK) {
		table_close(t);
		return cli_fail(cli, EX_OSERR, NULL, "out of memory");
	}
	if (json)
		return EX_OK;
	if (catalog_changes_any(ret))
		rc = ctl_print(cli, t, false);
	else
		table_close(t);
	print_summary(ret, limit);
	return rc;
}

/* INDEX: of the entry; UINT64_MAX: nothing was written. */
static int
print_result(const struct cli *cli, const struct catalogue *c, const struct catalog_changes *d,
    uint64_t index)
{
	static const struct table_column columns[] = {
		{ "products", "Products", TABLE_RIGHT }, { "cashiers", "Cashiers", TABLE_RIGHT },
		{ "added", NULL, TABLE_RIGHT }, { "removed", NULL, TABLE_RIGHT },
		{ "changed", NULL, TABLE_RIGHT }, { "repriced", NULL, TABLE_RIGHT },
		{ "cashiers_added", NULL, TABLE_RIGHT }, { "cashiers_removed", NULL, TABLE_RIGHT },
		{ "cashiers_changed", NULL, TABLE_RIGHT }, { "index", "Entry", TABLE_RIGHT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	table_count(t, catalogue_products(c));
	table_count(t, catalogue_cashiers(c));
	table_count(t, d->added);
	table_count(t, d->removed);
	table_count(t, d->changed);
	table_count(t, d->repriced);
	table_count(t, d->cashiers_added);
	table_count(t, d->cashiers_removed);
	table_count(t, d->cashiers_changed);
	if (index == UINT64_MAX)
		table_text(t, NULL);
	else
		table_count(t, index);
	return ctl_print(cli, t, true);
}

static int
apply(const struct cli *cli, const struct current *now, struct bytes bytes,
    const struct catalogue *c, const struct catalog_changes *changes)
{
	uint64_t index = UINT64_MAX;
	bool go = false;
	int rc = EX_OK;

	if (!catalog_changes_any(changes)) {
		if (!cli_flag(cli, "json"))
			printf(_("the catalogue in force says the same: nothing to do\n"));
	} else {
		rc = ctl_confirm(cli, &go, "a catalogue of %zu products and %zu cashiers will be "
		    "in force", catalogue_products(c), catalogue_cashiers(c));
	}
	if (rc == EX_OK && go)
		rc = catalog_upload(cli, bytes, now->index, &index);
	if (rc == EX_OK && (go || cli_flag(cli, "json")))
		rc = print_result(cli, c, changes, index);
	return rc;
}

static int
import(const struct cli *cli, const struct current *now, struct arena *a)
{
	struct catalog_changes changes;
	struct catalogue *c;
	struct bytes bytes;
	struct kas_why why;
	enum kas_err err;
	int rc;

	rc = catalog_load(cli, now, cli->argc > 0 ? cli->argv[0] : NULL,
	    cli_value(cli, "cashiers", NULL), a, &bytes);
	if (rc != EX_OK)
		return rc;
	err = catalogue_open(bytes, &c, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	rc = show_changes(cli, now, c, &changes);
	if (rc == EX_OK)
		rc = apply(cli, now, bytes, c, &changes);
	catalogue_close(c);
	return rc;
}

int
ctl_catalog_import(struct cli *cli)
{
	struct current now;
	struct arena a;
	int rc;

	if (cli->argc == 0 && cli_value(cli, "cashiers", NULL) == NULL)
		return cli_usage(cli, "a file of products, --cashiers FILE, or both are missing");
	rc = current_open(cli, &now);
	if (rc != EX_OK)
		return rc;
	arena_init(&a, 0);
	rc = import(cli, &now, &a);
	arena_fini(&a);
	current_close(&now);
	return rc;
}

static int
show_whole(const struct cli *cli, const struct current *c)
{
	static const struct table_column columns[] = {
		{ "products", "Products", TABLE_RIGHT }, { "cashiers", "Cashiers", TABLE_RIGHT },
		{ "currency", "Currency", TABLE_LEFT }, { "exponent", "Decimals", TABLE_RIGHT },
		{ "size", "Bytes", TABLE_RIGHT }, { "hash", "SHA-256", TABLE_LEFT },
		{ "since", "In force since", TABLE_LEFT }, { "index", "Entry", TABLE_RIGHT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	table_count(t, catalogue_products(c->catalogue));
	table_count(t, catalogue_cashiers(c->catalogue));
	table_text(t, catalogue_currency(c->catalogue));
	table_count(t, catalogue_exponent(c->catalogue));
	table_count(t, c->bytes.n);
	table_hex(t, BYTES(c->hash.b, HASH_LEN));
	table_time(t, c->since_us);
	table_count(t, c->index);
	return ctl_print(cli, t, true);
}

/* A row for each price. */
static int
show_product(const struct cli *cli, const struct catalogue *c, const Kasir__V1__Product *p)
{
	static const struct table_column columns[] = {
		{ "sku", "SKU", TABLE_LEFT }, { "gtin", "GTIN", TABLE_LEFT },
		{ "name", "Name", TABLE_LEFT }, { "department", "Department", TABLE_LEFT },
		{ "tax_code", "Tax code", TABLE_LEFT }, { "price", "Price", TABLE_RIGHT },
		{ "from", "From", TABLE_LEFT }, { "until", "Until", TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);
	char price[PRICE_TEXT_MAX] = "", from[DAY_TEXT_MAX] = "", until[DAY_TEXT_MAX] = "";
	size_t i = 0;

	do {
		if (i < p->n_prices) {
			price_format(p->prices[i]->unit_price, catalogue_exponent(c), price);
			day_format(p->prices[i]->from_day, from);
			day_format(p->prices[i]->until_day, until);
		}
		table_text(t, p->sku);
		table_text(t, p->gtin);
		table_text(t, p->name);
		table_text(t, p->department);
		table_text(t, p->tax_code);
		table_text(t, price);
		table_text(t, from);
		table_text(t, until);
	} while (++i < p->n_prices);
	return ctl_print(cli, t, false);
}

static int
show_key(const struct cli *cli, struct current *c, const char *key)
{
	Kasir__V1__Product *p;
	enum kas_err err = catalogue_product(c->catalogue, key, &c->arena, &p);

	if (err == KAS_NOTFOUND)
		err = catalogue_product_by_gtin(c->catalogue, key, &c->arena, &p);
	if (err == KAS_NOTFOUND)
		return cli_fail(cli, EX_DATAERR, "'kasirctl catalog export FILE' writes all of them",
		    "no product has the SKU or GTIN %s", key);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", kas_err_text(err));
	return show_product(cli, c->catalogue, p);
}

static int
no_catalogue(const struct cli *cli, const struct current *c)
{
	if (c->lost)
		return cli_fail(cli, EX_UNAVAILABLE, "import it once more: 'kasirctl catalog import FILE'",
		    "this ledger has no longer the catalogue that its entry %llu put in force",
		    llu(c->index));
	return cli_fail(cli, EX_UNAVAILABLE, "'kasirctl catalog import FILE' puts one in force",
	    "no catalogue is in force");
}

int
ctl_catalog_show(struct cli *cli)
{
	struct current c;
	int rc = current_open(cli, &c);

	if (rc != EX_OK)
		return rc;
	if (c.catalogue == NULL)
		rc = no_catalogue(cli, &c);
	else if (cli->argc > 0)
		rc = show_key(cli, &c, cli->argv[0]);
	else
		rc = show_whole(cli, &c);
	current_close(&c);
	return rc;
}

/* One file, whole or not at all as far as this program can tell: "-" is standard output. */
static int
write_file(const struct cli *cli, const char *path, const struct buf *b)
{
	bool out = strcmp(path, "-") == 0, ok;
	int error;
	FILE *f;

	if (b->failed)
		return cli_fail(cli, EX_OSERR, NULL, "out of memory");
	f = out ? stdout : fopen(path, "wx");
	if (f == NULL)
		return cli_fail(cli, EX_CANTCREAT, errno == EEXIST ? "give another name, or move "
		    "it away" : NULL, "%s: %s", path, strerror(errno));
	ok = fwrite(b->p, 1, b->n, f) == b->n;
	ok = (out ? fflush(f) : fclose(f)) == 0 && ok;
	if (ok)
		return EX_OK;
	error = errno;
	if (!out)
		(void)unlink(path);	/* half a list must not be taken for one */
	return cli_fail(cli, EX_IOERR, NULL, "%s: %s", path, strerror(error));
}

static int
export_products(const struct cli *cli, const struct catalogue *c, const char *path)
{
	Kasir__V1__Product *p;
	struct arena a;
	struct buf b;
	size_t i;
	int rc;

	arena_init(&a, 0);
	buf_init(&b);
	catalogue_write_header(&b);
	for (i = 0; i < catalogue_products(c); i++) {
		arena_reset(&a);
		if (catalogue_product_at(c, i, &a, &p) == KAS_OK)
			catalogue_write_product(p, catalogue_exponent(c), &b);
		else
			b.failed = true;
	}
	rc = write_file(cli, path, &b);
	buf_fini(&b);
	arena_fini(&a);
	return rc;
}

static int
export_cashiers(const struct cli *cli, const struct catalogue *c, const char *path)
{
	Kasir__V1__Cashier *v;
	struct arena a;
	struct buf b;
	size_t i;
	int rc;

	arena_init(&a, 0);
	buf_init(&b);
	cashiers_write_header(&b);
	for (i = 0; i < catalogue_cashiers(c); i++) {
		arena_reset(&a);
		if (catalogue_cashier_at(c, i, &a, &v) == KAS_OK)
			cashiers_write_cashier(v, &b);
		else
			b.failed = true;
	}
	rc = write_file(cli, path, &b);
	buf_fini(&b);
	arena_fini(&a);
	return rc;
}

int
ctl_catalog_export(struct cli *cli)
{
	const char *cashiers = cli_value(cli, "cashiers", NULL);
	struct current c;
	int rc;

	if (cli->argc == 0 && cashiers == NULL)
		return cli_usage(cli, "a file for products, --cashiers FILE, or both are missing");
	rc = current_open(cli, &c);
	if (rc != EX_OK)
		return rc;
	if (c.catalogue == NULL)
		rc = no_catalogue(cli, &c);
	if (rc == EX_OK && cli->argc > 0)
		rc = export_products(cli, c.catalogue, cli->argv[0]);
	if (rc == EX_OK && cashiers != NULL)
		rc = export_cashiers(cli, c.catalogue, cashiers);
	current_close(&c);
	return rc;
}
