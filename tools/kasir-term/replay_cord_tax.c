#include "tools/kasir-term/replay_cord_parts.h"

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

static bool
is_taxed(const Kasir__V1__Line *line, bool service)
{
	return service || line->kind != KASIR__V1__LINE_KIND__SERVICE_CHARGE;
}

/* What is taxed, with or without the service charge. */
static int64_t
taxed_sum(const Kasir__V1__Transaction *doc, bool service)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < doc->n_lines; i++)
		if (is_taxed(doc->lines[i], service))
			sum += doc->lines[i]->amount;
	return sum;
}

/* Regional restaurant tax when these receipts were printed; tills that round it down are off
 * by a rupiah.  Codes, rate and tolerance are those of rules/cord.conf. */
#define RATE_BP 1000
#define TOLERANCE 1

static bool
gives(const struct making *m, bool service, int64_t tolerance)
{
	int64_t sum = taxed_sum(m->doc, service), off;

	if (m->fit.tax_in_prices)
		off = sum - rounded((int128)sum * 10000, 10000 + RATE_BP) - m->r->tax.amount;
	else
		off = rounded((int128)sum * RATE_BP, 10000) - m->r->tax.amount;
	return off <= tolerance && -off <= tolerance;
}

/* On the service charge or not, exactly or nearly.  A printed tax that is none of these has a
 * code which says that it follows no rate. */
static const char *
find_treatment(const struct making *m, Kasir__V1__Tax *t, bool *ret_service)
{
	unsigned way;

	for (way = 0; way < 4; way++) {
		*ret_service = way % 2 == 0;
		if (gives(m, *ret_service, way < 2 ? 0 : TOLERANCE)) {
			t->rate_bp = RATE_BP;
			return t->inclusive ? "PB1-INCL" : "PB1";
		}
	}
	*ret_service = true;
	return t->inclusive ? "PRINTED-INCL" : "PRINTED";
}

static bool
is_near(int64_t a, int64_t b)
{
	return a - b <= RECEIPT_ROUNDING_MAX && b - a <= RECEIPT_ROUNDING_MAX;
}

/* BASE is what the lines make.  A printed subtotal that is neither that, with or without
 * discount and tax, nor a rounding of it stands in its place, so that it shows. */
static int64_t
printed_base(const struct making *m, int64_t base, int64_t service)
{
	int64_t discount = m->doc->n_discounts > 0 ? m->r->discount.amount : 0;
	int64_t subtotal = m->r->subtotal.amount;

	if (!m->r->subtotal.there || is_near(subtotal, m->fit.goods) ||
	    is_near(subtotal, m->fit.goods - discount) ||
	    (m->fit.tax_in_prices && is_near(subtotal, base)))
		return base;
	return m->fit.tax_in_prices ? subtotal : subtotal + service - discount;
}

bool
making_add_tax(struct making *m)
{
	Kasir__V1__Tax *t = arena_alloc(m->a, sizeof *t);
	const char *code;
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
	code = find_treatment(m, t, &service);
	for (i = 0; i < m->doc->n_lines; i++)
		if (is_taxed(m->doc->lines[i], service) &&
		    !making_set_text(m->a, &m->doc->lines[i]->tax_code, code))
			return false;
	sum = taxed_sum(m->doc, service);
	m->counts->taxes_as_printed += t->rate_bp == 0;
	t->amount = m->r->tax.amount;
	t->tax_base = printed_base(m, t->inclusive ? sum - t->amount : sum,
	    service ? m->r->service.amount : 0);
	t->taxable = t->tax_base;
	t->gross = t->inclusive ? sum : t->tax_base + t->amount;
	return making_set_text(m->a, &t->code, code);
}
