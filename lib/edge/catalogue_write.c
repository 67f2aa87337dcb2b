#include "edge/catalogue_file.h"

#include <stdio.h>
#include <string.h>

#include "cash/money.h"

/* Quoted where it must be. */
static void
put(struct buf *to, const char *text, const char *before)
{
	const char *p;

	buf_addf(to, "%s", before);
	if (strpbrk(text, ",;\"") == NULL && text[0] != ' ' &&
	    (text[0] == '\0' || text[strlen(text) - 1] != ' ')) {
		buf_addf(to, "%s", text);
		return;
	}
	buf_addf(to, "\"");
	for (p = text; *p != '\0'; p++)
		buf_addf(to, *p == '"' ? "\"\"" : "%c", *p);
	buf_addf(to, "\"");
}

void
price_format(int64_t unit_price, uint32_t exponent, char to[PRICE_TEXT_MAX])
{
	size_t n;

	money_format_plain((struct money){ unit_price }, exponent + 3, to);
	/* The decimals beyond the currency's own only where they say something. */
	for (n = strlen(to); n > 0 && strlen(strchr(to, '.')) - 1 > exponent && to[n - 1] == '0';)
		to[--n] = '\0';
	if (n > 0 && to[n - 1] == '.')
		to[n - 1] = '\0';
}

void
day_format(uint32_t day, char to[DAY_TEXT_MAX])
{
	to[0] = '\0';
	if (day != 0)
		snprintf(to, DAY_TEXT_MAX, "%04u-%02u-%02u", day / 10000 % 10000,
		    day / 100 % 100, day % 100);
}

void
catalogue_write_header(struct buf *to)
{
	buf_addf(to, "sku,gtin,name,department,tax_code,price,from,until\n");
}

static void
write_row(const Kasir__V1__Product *p, const Kasir__V1__Price *price, uint32_t exponent,
    struct buf *to)
{
	char amount[PRICE_TEXT_MAX] = "", from[DAY_TEXT_MAX] = "", until[DAY_TEXT_MAX] = "";

	if (price != NULL) {
		price_format(price->unit_price, exponent, amount);
		day_format(price->from_day, from);
		day_format(price->until_day, until);
	}
	put(to, p->sku, "");
	put(to, p->gtin, ",");
	put(to, p->name, ",");
	put(to, p->department, ",");
	put(to, p->tax_code, ",");
	buf_addf(to, ",%s,%s,%s\n", amount, from, until);
}

void
catalogue_write_product(const Kasir__V1__Product *p, uint32_t exponent, struct buf *to)
{
	size_t i;

	for (i = 0; i < p->n_prices; i++)
		write_row(p, p->prices[i], exponent, to);
	if (p->n_prices == 0)
		write_row(p, NULL, exponent, to);
}

void
cashiers_write_header(struct buf *to)
{
	buf_addf(to, "id,name,rights\n");
}

void
cashiers_write_cashier(const Kasir__V1__Cashier *c, struct buf *to)
{
	size_t i;

	put(to, c->id, "");
	put(to, c->name, ",");
	for (i = 0; i < c->n_rights; i++)
		buf_addf(to, "%s%s", i > 0 ? " " : ",", right_name(c->rights[i]));
	buf_addf(to, "%s\n", c->n_rights == 0 ? "," : "");
}
