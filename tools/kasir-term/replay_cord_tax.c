#include "tools/kasir-term/replay_cord_parts.h"

#define TAX_CODE_TEXT "PB1"		/* regional restaurant tax */

static int64_t
rounded(int128 numerator, int128 denominator)
{
	struct money q = { 0 };
	bool negative = numerator < 0;

	if (money_divide(negative ? -numerator : numerator, denominator,
	    KASIR__V1__ROUNDING_MODE__HALF_UP, &q) != KAS_OK)
		return 0;
	return negative ? -q.minor : q.minor;
}

static int64_t
tax_in(const Kasir__V1__Tax *t, int64_t amount)
{
	if (t->inclusive)
		return amount - rounded((int128)amount * 10000, 10000 + (int128)t->rate_bp);
	return rounded((int128)amount * t->rate_bp, 10000);
}

static bool
is_taxed(const Kasir__V1__Line *line, bool service)
{
	return service || line->kind != KASIR__V1__LINE_KIND__SERVICE_CHARGE;
}

/* Tax of the document under T, and what it is reckoned on. */
static int64_t
reckon(const Kasir__V1__Transaction *doc, const Kasir__V1__Tax *t, bool service, int64_t *ret_sum)
{
	int64_t by_line = 0;
	size_t i;

	*ret_sum = 0;
	for (i = 0; i < doc->n_lines; i++)
		if (is_taxed(doc->lines[i], service)) {
			*ret_sum += doc->lines[i]->amount;
			by_line += tax_in(t, doc->lines[i]->amount);
		}
	return t->by_line ? by_line : tax_in(t, *ret_sum);
}

/* The treatment that gives the printed tax, of those in use when these receipts were
 * printed; the first of them (10 %, service charge taxed) where none does. */
static bool
find_treatment(const Kasir__V1__Transaction *doc, Kasir__V1__Tax *t, int64_t printed,
    bool *ret_service)
{
	static const uint32_t rates[] = { 1000, 1100, 500 };
	unsigned way;
	int64_t sum;

	for (way = 0; way < 12; way++) {
		t->rate_bp = rates[way / 4];
		t->by_line = (way & 2) != 0;
		*ret_service = (way & 1) == 0;
		if (reckon(doc, t, *ret_service, &sum) == printed)
			return true;
	}
	t->rate_bp = rates[0];
	t->by_line = false;
	*ret_service = true;
	return false;
}

/* The printed subtotal stands in the tax base, so that lines which do not make it show. */
static int64_t
printed_base(const struct making *m, int64_t sum, int64_t service)
{
	int64_t lines = m->fit.goods - (m->doc->n_discounts > 0 ? m->r->discount.amount : 0);

	if (!m->r->subtotal.there || m->r->subtotal.amount == lines ||
	    m->r->subtotal.amount == m->fit.goods)
		return sum;
	return m->r->subtotal.amount + service -
	    (m->doc->n_discounts > 0 ? m->r->discount.amount : 0);
}

bool
making_add_tax(struct making *m)
{
	Kasir__V1__Tax *t = arena_alloc(m->a, sizeof *t);
	bool service;
	int64_t sum;
	size_t i;

	if (m->r->tax.amount == 0)
		return true;
	m->doc->taxes = arena_alloc(m->a, sizeof *m->doc->taxes);
	if (t == NULL || m->doc->taxes == NULL)
		return false;
	kasir__v1__tax__init(t);
	m->doc->taxes[m->doc->n_taxes++] = t;
	t->inclusive = m->fit.tax_in_prices;
	find_treatment(m->doc, t, m->r->tax.amount, &service);
	reckon(m->doc, t, service, &sum);
	for (i = 0; i < m->doc->n_lines; i++)
		if (is_taxed(m->doc->lines[i], service)) {
			if (!making_set_text(m->a, &m->doc->lines[i]->tax_code, TAX_CODE_TEXT))
				return false;
			if (t->by_line)
				m->doc->lines[i]->tax = tax_in(t, m->doc->lines[i]->amount);
		}
	t->amount = m->r->tax.amount;
	t->tax_base = t->inclusive ? sum - t->amount
				   : printed_base(m, sum, service ? m->r->service.amount : 0);
	t->taxable = t->tax_base;
	t->gross = t->inclusive ? sum : t->tax_base + t->amount;
	return making_set_text(m->a, &t->code, TAX_CODE_TEXT);
}
