#include "tools/kasirctl/catalog.h"

#include <string.h>

#include "edge/catalogue_file.h"
#include "edge/lang.h"

const struct table_column catalog_diff_columns[] = {
	{ "change", "Difference", TABLE_LEFT }, { "key", "SKU or id", TABLE_LEFT },
	{ "field", "Field", TABLE_LEFT }, { "before", "Before", TABLE_LEFT },
	{ "after", "After", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
};

struct diff {
	const struct catalogue *before, *after;
	uint64_t limit, shown;
	struct table *show;
	struct catalog_changes *changes;
	struct arena a;			/* of the two rows that are compared */
};

static void
show(struct diff *d, const char *change, const char *key, const char *field, const char *before,
    const char *after)
{
	if (d->show == NULL || (d->limit > 0 && d->shown >= d->limit))
		return;
	d->shown++;
	table_text(d->show, change);
	table_text(d->show, key);
	table_text(d->show, field);
	table_text(d->show, before);
	table_text(d->show, after);
}

static bool
show_if_other(struct diff *d, const char *key, const char *field, const char *before,
    const char *after)
{
	if (strcmp(before, after) == 0)
		return false;
	show(d, _("changed"), key, field, before, after);
	return true;
}

/* "1041 to 2026-12-31, 1100 from 2027-01-01"; what is too long ends in "...". */
#define PRICES_TEXT_MAX 200
static void
prices_format(const struct catalogue *c, const Kasir__V1__Product *p, char to[PRICES_TEXT_MAX])
{
	char amount[PRICE_TEXT_MAX], from[DAY_TEXT_MAX], until[DAY_TEXT_MAX];
	size_t i, n = 0;

	snprintf(to, PRICES_TEXT_MAX, "%s", p->n_prices == 0 ? _("as keyed in") : "");
	for (i = 0; i < p->n_prices; i++) {
		price_format(p->prices[i]->unit_price, catalogue_exponent(c), amount);
		day_format(p->prices[i]->from_day, from);
		day_format(p->prices[i]->until_day, until);
		n += (size_t)snprintf(to + n, PRICES_TEXT_MAX - n, "%s%s%s%s%s%s",
		    i > 0 ? ", " : "", amount, *from != '\0' ? _(" from ") : "", from,
		    *until != '\0' ? _(" to ") : "", until);
		if (n >= PRICES_TEXT_MAX) {
			strcpy(to + PRICES_TEXT_MAX - 4, "...");
			return;
		}
	}
}

static void
show_product(struct diff *d, const struct catalogue *c, const Kasir__V1__Product *p, bool added)
{
	char prices[PRICES_TEXT_MAX], text[PRICES_TEXT_MAX + 300];

	prices_format(c, p, prices);
	snprintf(text, sizeof text, "%s, %s", p->name, prices);
	show(d, added ? _("added") : _("removed"), p->sku, _("product"), added ? "" : text,
	    added ? text : "");
}

static bool
same_prices(const Kasir__V1__Product *a, const Kasir__V1__Product *b)
{
	size_t i;

	for (i = 0; a->n_prices == b->n_prices && i < a->n_prices; i++)
		if (a->prices[i]->unit_price != b->prices[i]->unit_price ||
		    a->prices[i]->from_day != b->prices[i]->from_day ||
		    a->prices[i]->until_day != b->prices[i]->until_day)
			return false;
	return a->n_prices == b->n_prices;
}

static void
compare_product(struct diff *d, const Kasir__V1__Product *p, const Kasir__V1__Product *q)
{
	char before[PRICES_TEXT_MAX], after[PRICES_TEXT_MAX];
	bool priced = !same_prices(p, q), changed = priced;

	if (priced) {
		prices_format(d->before, p, before);
		prices_format(d->after, q, after);
		show(d, _("changed"), q->sku, "price", before, after);
	}
	changed |= show_if_other(d, q->sku, "gtin", p->gtin, q->gtin);
	changed |= show_if_other(d, q->sku, "name", p->name, q->name);
	changed |= show_if_other(d, q->sku, "department", p->department, q->department);
	changed |= show_if_other(d, q->sku, "tax_code", p->tax_code, q->tax_code);
	d->changes->changed += changed;
	d->changes->repriced += priced;
}

/* Of two lists in the same order: which row comes next, of one or of both. */
static int
next_of(bool has_before, bool has_after, const char *before, const char *after)
{
	if (!has_before || !has_after)
		return has_before ? -1 : 1;
	return strcmp(before, after);
}

static enum kas_err
compare_products(struct diff *d)
{
	size_t i = 0, k = 0, n = d->before != NULL ? catalogue_products(d->before) : 0;
	size_t m = catalogue_products(d->after);
	Kasir__V1__Product *p = NULL, *q = NULL;
	int order;

	while (i < n || k < m) {
		arena_reset(&d->a);
		if ((i < n && catalogue_product_at(d->before, i, &d->a, &p) != KAS_OK) ||
		    (k < m && catalogue_product_at(d->after, k, &d->a, &q) != KAS_OK))
			return KAS_NOMEM;
		order = next_of(i < n, k < m, i < n ? p->sku : NULL, k < m ? q->sku : NULL);
		if (order == 0) {
			compare_product(d, p, q);
		} else if (order < 0) {
			show_product(d, d->before, p, false);
			d->changes->removed++;
		} else {
			show_product(d, d->after, q, true);
			d->changes->added++;
		}
		i += order <= 0;
		k += order >= 0;
	}
	return KAS_OK;
}

#define RIGHTS_TEXT_MAX 96
static void
rights_format(const Kasir__V1__Cashier *c, char to[RIGHTS_TEXT_MAX])
{
	size_t i, n = 0;

	snprintf(to, RIGHTS_TEXT_MAX, "%s", _("none"));
	for (i = 0; i < c->n_rights && n < RIGHTS_TEXT_MAX; i++)
		n += (size_t)snprintf(to + n, RIGHTS_TEXT_MAX - n, "%s%s", i > 0 ? " " : "",
		    right_name(c->rights[i]));
}

static void
show_cashier(struct diff *d, const Kasir__V1__Cashier *c, bool added)
{
	char rights[RIGHTS_TEXT_MAX], text[RIGHTS_TEXT_MAX + 300];

	rights_format(c, rights);
	snprintf(text, sizeof text, "%s: %s", c->name, rights);
	show(d, added ? _("added") : _("removed"), c->id, _("cashier"), added ? "" : text,
	    added ? text : "");
}

static void
compare_cashier(struct diff *d, const Kasir__V1__Cashier *p, const Kasir__V1__Cashier *q)
{
	char before[RIGHTS_TEXT_MAX], after[RIGHTS_TEXT_MAX];
	bool changed;

	rights_format(p, before);
	rights_format(q, after);
	changed = show_if_other(d, q->id, "name", p->name, q->name);
	changed |= show_if_other(d, q->id, "rights", before, after);
	d->changes->cashiers_changed += changed;
}

static enum kas_err
compare_cashiers(struct diff *d)
{
	size_t i = 0, k = 0, n = d->before != NULL ? catalogue_cashiers(d->before) : 0;
	size_t m = catalogue_cashiers(d->after);
	Kasir__V1__Cashier *p = NULL, *q = NULL;
	int order;

	while (i < n || k < m) {
		arena_reset(&d->a);
		if ((i < n && catalogue_cashier_at(d->before, i, &d->a, &p) != KAS_OK) ||
		    (k < m && catalogue_cashier_at(d->after, k, &d->a, &q) != KAS_OK))
			return KAS_NOMEM;
		order = next_of(i < n, k < m, i < n ? p->id : NULL, k < m ? q->id : NULL);
		if (order == 0) {
			compare_cashier(d, p, q);
		} else if (order < 0) {
			show_cashier(d, p, false);
			d->changes->cashiers_removed++;
		} else {
			show_cashier(d, q, true);
			d->changes->cashiers_added++;
		}
		i += order <= 0;
		k += order >= 0;
	}
	return KAS_OK;
}

bool
catalog_changes_any(const struct catalog_changes *c)
{
	return c->added + c->removed + c->changed + c->cashiers_added + c->cashiers_removed +
	    c->cashiers_changed > 0;
}

enum kas_err
catalog_compare(const struct catalogue *before, const struct catalogue *after, uint64_t limit,
    struct table *show, struct catalog_changes *ret)
{
	struct diff d = { .before = before, .after = after, .limit = limit, .show = show,
		.changes = ret };
	enum kas_err err;

	*ret = (struct catalog_changes){ 0 };
	arena_init(&d.a, 0);
	err = compare_products(&d);
	if (err == KAS_OK)
		err = compare_cashiers(&d);
	arena_fini(&d.a);
	return err;
}
