#include "cash/check_parts.h"

#include <string.h>

static bool
negates(int64_t a, int64_t b)
{
	return (int128)a == -(int128)b;
}

static bool
same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool
discounts_negate(Kasir__V1__Discount *const *a, size_t n_a, Kasir__V1__Discount *const *b,
    size_t n_b)
{
	size_t i;

	for (i = 0; n_a == n_b && i < n_a; i++)
		if (a[i]->number != b[i]->number || !negates(a[i]->amount, b[i]->amount))
			return false;
	return n_a == n_b;
}

static bool
shares_negate(const Kasir__V1__Line *a, const Kasir__V1__Line *b)
{
	size_t i;

	for (i = 0; a->n_shares == b->n_shares && i < a->n_shares; i++)
		if (a->shares[i]->discount != b->shares[i]->discount ||
		    !negates(a->shares[i]->amount, b->shares[i]->amount))
			return false;
	return a->n_shares == b->n_shares;
}

/* Goods and money; the names as printed may differ. */
static bool
line_negates(const Kasir__V1__Line *a, const Kasir__V1__Line *b)
{
	return a->number == b->number && a->kind == b->kind && same(a->sku, b->sku) &&
	    same(a->gtin, b->gtin) && same(a->unit, b->unit) && same(a->tax_code, b->tax_code) &&
	    negates(a->quantity, b->quantity) && a->unit_price == b->unit_price &&
	    negates(a->extended, b->extended) && negates(a->amount, b->amount) &&
	    negates(a->tax, b->tax) && a->voids_line == b->voids_line &&
	    discounts_negate(a->discounts, a->n_discounts, b->discounts, b->n_discounts) &&
	    shares_negate(a, b);
}

static bool
lines_negate(const Kasir__V1__Transaction *a, const Kasir__V1__Transaction *b)
{
	size_t i;

	for (i = 0; a->n_lines == b->n_lines && i < a->n_lines; i++)
		if (!line_negates(a->lines[i], b->lines[i]))
			return false;
	return a->n_lines == b->n_lines;
}

static bool
tax_negates(const Kasir__V1__Tax *a, const Kasir__V1__Tax *b)
{
	return same(a->code, b->code) && a->rate_bp == b->rate_bp &&
	    a->base_numerator == b->base_numerator &&
	    a->base_denominator == b->base_denominator && a->inclusive == b->inclusive &&
	    a->by_line == b->by_line && negates(a->tax_base, b->tax_base) &&
	    negates(a->taxable, b->taxable) && negates(a->amount, b->amount) &&
	    negates(a->gross, b->gross);
}

static bool
taxes_negate(const Kasir__V1__Transaction *a, const Kasir__V1__Transaction *b)
{
	size_t i;

	for (i = 0; a->n_taxes == b->n_taxes && i < a->n_taxes; i++)
		if (!tax_negates(a->taxes[i], b->taxes[i]))
			return false;
	return a->n_taxes == b->n_taxes;
}

static bool
foreign_negates(const Kasir__V1__Foreign *a, const Kasir__V1__Foreign *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return same(a->currency, b->currency) && a->exponent == b->exponent &&
	    a->rate_e8 == b->rate_e8 && negates(a->amount, b->amount);
}

static bool
is_reversed(const Kasir__V1__Tender *t)
{
	return t->state == KASIR__V1__TENDER_STATE__REVERSED;
}

/* What was reversed paid nothing, so nothing of it is paid back. */
static bool
tender_negates(const Kasir__V1__Tender *a, const Kasir__V1__Tender *b)
{
	return a->kind == b->kind && is_reversed(a) == is_reversed(b) &&
	    negates(a->tendered, b->tendered) &&
	    negates(a->change, b->change) && negates(a->cash_back, b->cash_back) &&
	    negates(a->forfeit, b->forfeit) && foreign_negates(a->foreign, b->foreign);
}

static bool
tenders_negate(const Kasir__V1__Transaction *a, const Kasir__V1__Transaction *b)
{
	size_t i;

	for (i = 0; a->n_tenders == b->n_tenders && i < a->n_tenders; i++)
		if (!tender_negates(a->tenders[i], b->tenders[i]))
			return false;
	return a->n_tenders == b->n_tenders;
}

static bool
document_negates(const Kasir__V1__Transaction *a, const Kasir__V1__Transaction *b)
{
	return same(a->currency, b->currency) && a->exponent == b->exponent &&
	    check_has_flag(a, KASIR__V1__TRANSACTION_FLAG__TRAINING) ==
	    check_has_flag(b, KASIR__V1__TRANSACTION_FLAG__TRAINING) &&
	    negates(a->gross, b->gross) && negates(a->cash_rounding, b->cash_rounding) &&
	    negates(a->payable, b->payable) &&
	    discounts_negate(a->discounts, a->n_discounts, b->discounts, b->n_discounts) &&
	    lines_negate(a, b) && taxes_negate(a, b) && tenders_negate(a, b);
}

static bool
can_be_voided(Kasir__V1__TransactionType type)
{
	return type == KASIR__V1__TRANSACTION_TYPE__SALE ||
	    type == KASIR__V1__TRANSACTION_TYPE__RETURN ||
	    type == KASIR__V1__TRANSACTION_TYPE__EXCHANGE;
}

void
check_void(const Kasir__V1__Transaction *doc, const Kasir__V1__Transaction *original,
    bool already_voided, struct rule_set *broken)
{
	struct check c = { .doc = doc, .sign = -1, .broken = broken };

	if (!check_holds(&c, can_be_voided(original->type), RULE(VOID_REFERENCE)))
		return;
	check_holds(&c, document_negates(doc, original), RULE(VOID_MISMATCH));
	check_holds(&c, !already_voided, RULE(VOID_TWICE));
	check_holds(&c, same(doc->shift, original->shift), RULE(VOID_SHIFT));
}
