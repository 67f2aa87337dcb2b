/* Tax, totals and tenders. */
#include "tests/support/oracle_parts.h"

#include <string.h>

static int128
size(int128 v)
{
	return v < 0 ? -v : v;
}

/* |STATED| lies where MODE rounds |NUM| / DEN to it; compared at twice the scale, so that
 * halves are whole. */
static bool
between(int128 stated, int128 num, int128 den, Kasir__V1__RoundingMode mode)
{
	int128 off = 2 * (stated * den - num);		/* twice what rounding added */

	if (mode == KASIR__V1__ROUNDING_MODE__FLOOR)
		return off <= 0 && off > -2 * den;
	if (off == den || off == -den)
		return mode == KASIR__V1__ROUNDING_MODE__HALF_EVEN ? stated % 2 == 0 : off == den;
	return off < den && off > -den;
}

static bool
is_rounded(int128 stated, int128 num, int128 den, Kasir__V1__RoundingMode mode)
{
	return (stated == 0 || num == 0 || (stated < 0) == (num < 0)) &&
	    between(size(stated), size(num), den, mode);
}

int128
oracle_rounded(int128 num, int128 den, Kasir__V1__RoundingMode mode)
{
	int128 near = num / den, at;

	for (at = near - 1; at < near + 1 && !is_rounded(at, num, den, mode);)
		at++;
	return at;
}

bool
oracle_rounds(int128 stated, int128 num, int128 den, Kasir__V1__RoundingMode mode, int128 off)
{
	return is_rounded(stated, num, den, mode) ||
	    (off > 0 && size(stated - oracle_rounded(num, den, mode)) <= off);
}

/* How a row's figures are judged. */
struct manner {
	bool known, same, printed;
	Kasir__V1__RoundingMode mode;
	int128 off;
};

static int128
one(uint32_t v)
{
	return v == 0 ? 1 : v;
}

static bool
agrees(const Kasir__V1__TaxCode *c, const Kasir__V1__Tax *x)
{
	return !c->inclusive == !x->inclusive && !c->by_line == !x->by_line &&
	    (c->as_printed || (c->rate_bp == x->rate_bp && one(c->base_numerator) *
		one(x->base_denominator) == one(x->base_numerator) * one(c->base_denominator)));
}

static struct manner
manner_of(const struct asked *q, const Kasir__V1__Tax *x)
{
	struct manner m = { .known = true, .same = true, .mode = q->mode };
	const Kasir__V1__RuleSet *rs = q->settings->rules;
	const Kasir__V1__TaxCode *c;
	uint32_t newest = 0;
	size_t i, k;

	if (q->period == NULL)
		return m;
	m = (struct manner){ .mode = q->mode, .off = q->period->tax_tolerance };
	for (i = 0; i < rs->n_periods; i++) {
		if (rs->periods[i]->from_day > q->period->from_day || (rs->periods[i] != q->period &&
		    !oracle_is(q, BIT(TYPE(RETURN)) | BIT(TYPE(EXCHANGE)) | BIT(TYPE(POST_VOID)))))
			continue;
		for (k = 0; k < rs->periods[i]->n_tax_codes; k++) {
			c = rs->periods[i]->tax_codes[k];
			if (strcmp(c->code, x->code) != 0)
				continue;
			m.known = true;
			if (!agrees(c, x) || rs->periods[i]->from_day < newest)
				continue;
			newest = rs->periods[i]->from_day;
			m.same = true;
			m.printed = c->as_printed;
			m.off = rs->periods[i]->tax_tolerance;
			m.mode = c->rounding != 0 ? c->rounding : rs->periods[i]->rounding;
		}
	}
	return m;
}

/* Row that taxes line I; NULL: none. */
static const Kasir__V1__Tax *
row_of(const Kasir__V1__Transaction *d, size_t i)
{
	size_t k;

	for (k = 0; k < d->n_taxes && !oracle_empty(d->lines[i]->tax_code); k++)
		if (strcmp(d->taxes[k]->code, d->lines[i]->tax_code) == 0)
			return d->taxes[k];
	return NULL;
}

static int128
amount_in(const struct asked *q, const Kasir__V1__Tax *x)
{
	int128 sum = 0;
	size_t i;

	for (i = 0; i < q->d->n_lines; i++)
		if (row_of(q->d, i) == x)
			sum += q->d->lines[i]->amount;
	return sum;
}

static int128
tax_in(const struct asked *q, const Kasir__V1__Tax *x)
{
	int128 sum = 0;
	size_t i;

	for (i = 0; i < q->d->n_lines; i++)
		if (row_of(q->d, i) == x)
			sum += q->d->lines[i]->tax;
	return sum;
}

/* Without tax totals a bill is a list of goods. */
static bool
is_reckoned(const struct asked *q)
{
	return oracle_is(q, SALES) || q->d->n_taxes > 0 || q->d->gross != 0 ||
	    q->d->cash_rounding != 0 || q->d->payable != 0;
}

static bool
tax_code(const struct asked *q)
{
	size_t i, k, n;

	if (!is_reckoned(q))
		return true;
	for (i = 0; i < q->d->n_lines; i++)
		if (!oracle_empty(q->d->lines[i]->tax_code) && row_of(q->d, i) == NULL)
			return false;
	for (k = 0; k < q->d->n_taxes; k++) {
		for (n = i = 0; i < q->d->n_lines; i++)
			n += row_of(q->d, i) == q->d->taxes[k];
		if (n == 0)
			return false;
	}
	return true;
}

static bool
tax_unknown(const struct asked *q)
{
	size_t k;

	for (k = 0; k < q->d->n_taxes; k++)
		if (!manner_of(q, q->d->taxes[k]).known)
			return false;
	return true;
}

static bool
tax_treatment(const struct asked *q)
{
	size_t k;

	for (k = 0; k < q->d->n_taxes; k++)
		if (manner_of(q, q->d->taxes[k]).known && !manner_of(q, q->d->taxes[k]).same)
			return false;
	return true;
}

static bool
tax_base(const struct asked *q)
{
	const Kasir__V1__Tax *x;
	struct manner m;
	int128 den;
	size_t k;

	for (k = 0; k < q->d->n_taxes; k++) {
		x = q->d->taxes[k];
		m = manner_of(q, x);
		den = 10000 * one(x->base_denominator) + x->rate_bp * one(x->base_numerator);
		if (!x->inclusive ? x->tax_base != amount_in(q, x)
		    : x->by_line  ? x->tax_base != amount_in(q, x) - tax_in(q, x)
				  : !m.printed && !oracle_rounds(x->tax_base, (int128)x->gross *
				    10000 * one(x->base_denominator), den, m.mode, m.off))
			return false;
	}
	return true;
}

/* Base of one line, of its AMOUNT. */
static int128
base_in(const Kasir__V1__Tax *x, int128 amount, Kasir__V1__RoundingMode mode)
{
	return !x->inclusive ? amount : oracle_rounded(amount * 10000 * one(x->base_denominator),
	    10000 * one(x->base_denominator) + x->rate_bp * one(x->base_numerator), mode);
}

static int128
taxable_in(const Kasir__V1__Tax *x, int128 amount, Kasir__V1__RoundingMode mode)
{
	return oracle_rounded(base_in(x, amount, mode) * one(x->base_numerator),
	    one(x->base_denominator), mode);
}

static bool
tax_taxable(const struct asked *q)
{
	const Kasir__V1__Tax *x;
	struct manner m;
	int128 sum;
	size_t i, k;

	for (k = 0; k < q->d->n_taxes; k++) {
		x = q->d->taxes[k];
		m = manner_of(q, x);
		if (m.printed)
			continue;
		for (sum = 0, i = 0; x->by_line && i < q->d->n_lines; i++)
			if (row_of(q->d, i) == x)
				sum += taxable_in(x, q->d->lines[i]->amount, m.mode);
		if (x->by_line ? size(x->taxable - sum) > m.off
			       : !oracle_rounds(x->taxable, (int128)x->tax_base *
				     one(x->base_numerator), one(x->base_denominator), m.mode, m.off))
			return false;
	}
	return true;
}

static bool
line_tax(const struct asked *q, size_t i)
{
	const Kasir__V1__Line *n = q->d->lines[i];
	const Kasir__V1__Tax *x = row_of(q->d, i);
	struct manner m;

	if (x == NULL || !x->by_line)
		return n->tax == 0;
	m = manner_of(q, x);
	if (m.printed)
		return true;
	if (x->inclusive)
		return size(n->tax - (n->amount - base_in(x, n->amount, m.mode))) <= m.off;
	return oracle_rounds(n->tax, taxable_in(x, n->amount, m.mode) * x->rate_bp, 10000, m.mode,
	    m.off);
}

static bool
tax_amount(const struct asked *q)
{
	const Kasir__V1__Tax *x;
	struct manner m;
	size_t i, k;

	if (!is_reckoned(q))
		return true;
	for (i = 0; i < q->d->n_lines; i++)
		if (!line_tax(q, i))
			return false;
	for (k = 0; k < q->d->n_taxes; k++) {
		x = q->d->taxes[k];
		m = manner_of(q, x);
		if (x->by_line	       ? x->amount != tax_in(q, x)
		    : x->inclusive ? x->amount != (int128)x->gross - x->tax_base
				   : !m.printed && !oracle_rounds(x->amount, (int128)x->taxable *
				     x->rate_bp, 10000, m.mode, m.off))
			return false;
	}
	return true;
}

static bool
tax_gross(const struct asked *q)
{
	const Kasir__V1__Tax *x;
	size_t k;

	for (k = 0; k < q->d->n_taxes; k++) {
		x = q->d->taxes[k];
		if (x->gross != (x->inclusive && !x->by_line ? amount_in(q, x)
							     : (int128)x->tax_base + x->amount))
			return false;
	}
	return true;
}

static bool
total_gross(const struct asked *q)
{
	const Kasir__V1__Tax *x;
	int128 sum = 0;
	size_t i;

	if (!is_reckoned(q) || (q->d->type == TYPE(PAYMENT_ON_ACCOUNT) && q->d->n_lines == 0))
		return true;
	for (i = 0; i < q->d->n_lines; i++)
		sum += row_of(q->d, i) == NULL ? q->d->lines[i]->amount : 0;
	for (i = 0; i < q->d->n_taxes; i++) {
		x = q->d->taxes[i];
		sum += x->inclusive ? x->gross : (int128)x->tax_base + x->amount;
	}
	return sum == q->d->gross;
}

static bool
total_payable(const struct asked *q)
{
	return (int128)q->d->payable - q->d->gross == q->d->cash_rounding;
}

static bool
total_empty(const struct asked *q)
{
	const Kasir__V1__Transaction *d = q->d;
	size_t i;

	if (d->type == TYPE(PAYMENT_ON_ACCOUNT) && d->n_lines == 0)
		return d->gross != 0;
	for (i = 0; i < d->n_tenders && d->type == TYPE(TENDER_EXCHANGE); i++)
		if (d->tenders[i]->tendered != 0)
			return true;
	for (i = 0; i < d->n_lines && d->type != TYPE(TENDER_EXCHANGE); i++)
		if (d->lines[i]->kind != LINE(LINE_VOID) && !oracle_voided(d, i))
			return true;
	return false;
}

static bool
total_free(const struct asked *q)
{
	const Kasir__V1__Transaction *d = q->d;
	bool allowed = !oracle_empty(d->supervisor), priced = false;
	size_t i, k;

	for (i = 0; i < d->n_discounts; i++)
		allowed = allowed || !oracle_empty(d->discounts[i]->supervisor);
	for (i = 0; i < d->n_lines; i++)
		for (k = 0; k < d->lines[i]->n_discounts; k++)
			allowed = allowed || !oracle_empty(d->lines[i]->discounts[k]->supervisor);
	for (i = 0; i < d->n_lines; i++) {
		if (d->lines[i]->kind == LINE(LINE_VOID) || oracle_voided(d, i))
			continue;
		if (d->lines[i]->amount != 0)
			return true;
		priced = priced || d->lines[i]->extended != 0;
	}
	return q->period == NULL || allowed || !priced;
}

const struct question oracle_money[] = {
	{ KASIR__V1__RULE__TAX_CODE, SALES | BILLS, tax_code },
	{ KASIR__V1__RULE__TAX_UNKNOWN, SALES | BILLS, tax_unknown },
	{ KASIR__V1__RULE__TAX_TREATMENT, SALES | BILLS, tax_treatment },
	{ KASIR__V1__RULE__TAX_BASE, SALES | BILLS, tax_base },
	{ KASIR__V1__RULE__TAX_TAXABLE, SALES | BILLS, tax_taxable },
	{ KASIR__V1__RULE__TAX_AMOUNT, SALES | BILLS, tax_amount },
	{ KASIR__V1__RULE__TAX_GROSS, SALES | BILLS, tax_gross },
	{ KASIR__V1__RULE__TOTAL_GROSS, SALES | BILLS, total_gross },
	{ KASIR__V1__RULE__TOTAL_PAYABLE, SALES | BILLS, total_payable },
	{ KASIR__V1__RULE__TOTAL_EMPTY, SALES | SWAPS, total_empty },
	{ KASIR__V1__RULE__TOTAL_FREE, BIT(TYPE(SALE)), total_free },
	{ 0, 0, NULL },
};
