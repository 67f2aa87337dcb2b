#include "cash/catalogue_parts.h"

#include <string.h>

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

struct beside {
	const Kasir__V1__Transaction *doc;
	const struct catalogue *c;
	struct rule_set *notes;
	uint32_t needed;		/* rights */
};

static void
note_unless(struct beside *b, bool holds, rule_id rule)
{
	if (!holds)
		rule_set_add(b->notes, rule);
}

static bool
finds_product(const struct beside *b, const Kasir__V1__Line *line, struct product_view *ret)
{
	if (!check_is_blank(line->sku))
		return catalogue_find_product(b->c, bytes_of_text(line->sku), ret);
	return catalogue_find_gtin(b->c, bytes_of_text(line->gtin), ret);
}

/* Is the line's price the one of the business day?  A product without any price is sold at
 * what the cashier keys in, and prices in another currency cannot be compared. */
static bool
price_is_listed(const struct beside *b, const Kasir__V1__Line *line, struct bytes prices)
{
	uint32_t day = b->doc->business_day;
	struct price_view v;

	if (prices.n == 0 || strcmp(b->doc->currency, catalogue_currency(b->c)) != 0 ||
	    b->doc->exponent != catalogue_exponent(b->c))
		return true;
	while (price_take(&prices, &v))
		if (day >= v.from_day && (v.until_day == 0 || day <= v.until_day))
			return line->unit_price == v.unit_price;
	return false;
}

/* Goods that are sold now: what comes back has the price of its own day. */
static void
check_item(struct beside *b, const Kasir__V1__Line *line)
{
	struct product_view p;

	if (check_is_blank(line->sku) && check_is_blank(line->gtin))
		return;
	if (!finds_product(b, line, &p)) {
		rule_set_add(b->notes, RULE(PRODUCT_UNKNOWN));
		return;
	}
	if (!price_is_listed(b, line, p.prices)) {
		rule_set_add(b->notes, RULE(PRODUCT_PRICE));
		b->needed |= RIGHT(PRICE);
	}
	note_unless(b, p.tax_code.n == 0 ||
	    bytes_equal(p.tax_code, bytes_of_text(line->tax_code)), RULE(PRODUCT_TAX));
}

static bool
supervises(const struct beside *b, const char *id)
{
	struct cashier_view v;

	return !check_is_blank(id) &&
	    catalogue_find_cashier(b->c, bytes_of_text(id), &v) &&
	    (v.rights & RIGHT(SUPERVISE)) != 0;
}

/* A discount that somebody else allowed needs no right of the cashier's. */
static bool
discounts_by_oneself(const struct beside *b, Kasir__V1__Discount *const *d, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (d[i]->amount != 0 && !supervises(b, d[i]->supervisor))
			return true;
	return false;
}

static void
check_lines_beside(struct beside *b)
{
	const Kasir__V1__Transaction *doc = b->doc;
	bool listed = catalogue_products(b->c) > 0, discounted;
	size_t i;

	if (doc->type != TYPE(SALE) && doc->type != TYPE(EXCHANGE))
		return;
	discounted = discounts_by_oneself(b, doc->discounts, doc->n_discounts);
	for (i = 0; i < doc->n_lines; i++) {
		if (doc->lines[i]->kind != KASIR__V1__LINE_KIND__ITEM)
			continue;
		if (listed)
			check_item(b, doc->lines[i]);
		discounted = discounted || discounts_by_oneself(b, doc->lines[i]->discounts,
		    doc->lines[i]->n_discounts);
	}
	if (discounted)
		b->needed |= RIGHT(DISCOUNT);
}

/* The rights that a document of a type takes, whatever it holds. */
static const uint32_t rights_of[] = {
	[TYPE(SALE)] = RIGHT(SELL),
	[TYPE(RETURN)] = RIGHT(RETURN),
	[TYPE(EXCHANGE)] = RIGHT(SELL) | RIGHT(RETURN),
	[TYPE(POST_VOID)] = RIGHT(VOID),
	[TYPE(SUSPEND)] = RIGHT(SELL),
	[TYPE(RESUME)] = RIGHT(SELL),
	[TYPE(CANCEL)] = RIGHT(SELL),
	[TYPE(PAYMENT_ON_ACCOUNT)] = RIGHT(SELL),
	[TYPE(NO_SALE)] = RIGHT(DRAWER),
	[TYPE(PAID_IN)] = RIGHT(CASH),
	[TYPE(PAID_OUT)] = RIGHT(CASH),
	[TYPE(LOAN)] = RIGHT(CASH),
	[TYPE(PICKUP)] = RIGHT(CASH),
	[TYPE(SAFE_DROP)] = RIGHT(CASH),
	[TYPE(BANK_DEPOSIT)] = RIGHT(CASH),
	[TYPE(TENDER_EXCHANGE)] = RIGHT(CASH),
	[TYPE(TENDER_RESOLUTION)] = RIGHT(SELL),
	[TYPE(SHIFT_CLOSE)] = RIGHT(CLOSE),
	[TYPE(DAY_CLOSE)] = RIGHT(CLOSE),
	[TYPE(OVERRIDE)] = RIGHT(SUPERVISE),
	[TYPE(TERMINAL_EVENT)] = 0,
};

static uint32_t
rights_of_type(Kasir__V1__TransactionType type)
{
	return (size_t)type < sizeof rights_of / sizeof rights_of[0] ? rights_of[type] : 0;
}

static void
check_rights(struct beside *b)
{
	const Kasir__V1__Transaction *doc = b->doc;
	struct cashier_view v = { 0 };
	bool named = !check_is_blank(doc->cashier);
	bool known = named && catalogue_find_cashier(b->c, bytes_of_text(doc->cashier), &v);

	if (!known) {
		note_unless(b, !named && b->needed == 0, RULE(CASHIER_UNKNOWN));
		return;
	}
	note_unless(b, (b->needed & ~v.rights) == 0 || (v.rights & RIGHT(SUPERVISE)) != 0 ||
	    supervises(b, doc->supervisor), RULE(CASHIER_RIGHT_LACKING));
}

void
check_catalogue(const Kasir__V1__Transaction *doc, const struct catalogue *c,
    struct rule_set *notes)
{
	struct beside b = { .doc = doc, .c = c, .notes = notes };

	/* Who practises may do what he likes; a payload of another schema means other things, and
	 * one that is too long is not reckoned at all. */
	if (doc->schema != 1 || check_has_flag(doc, KASIR__V1__TRANSACTION_FLAG__TRAINING) ||
	    doc->n_lines > CHECK_LINES_MAX)
		return;
	b.needed = rights_of_type(doc->type);
	check_lines_beside(&b);
	if (catalogue_cashiers(c) > 0)
		check_rights(&b);
}
