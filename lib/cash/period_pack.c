/* Canonical: one period has one encoding, so that closes can be compared by their bytes. */
#include "cash/period_parts.h"

#include <string.h>

typedef Kasir__V1__PeriodTotals Totals;

/* N messages of SIZE in one stretch and the row of pointers that protobuf-c wants to them. */
static bool
make_rows(struct arena *a, size_t n, size_t size, void **ret_first, void ***ret_rows)
{
	char *first = arena_zalloc(a, n * size);
	void **rows = arena_alloc(a, n * sizeof *rows);
	size_t i;

	if (first == NULL || rows == NULL)
		return false;
	for (i = 0; i < n; i++)
		rows[i] = first + i * size;
	*ret_first = first;
	*ret_rows = rows;
	return true;
}

#define MAKE_ROWS(a, n, field, first) \
	make_rows(a, n, sizeof **(field), (void **)(first), (void ***)&(field))

static bool
figure_counts(const struct figure *f)
{
	return f->count > 0 || f->amount != 0;
}

static size_t
figures_count(const struct figure *f, size_t n)
{
	size_t i, found = 0;

	for (i = 0; i < n; i++)
		found += figure_counts(&f[i]);
	return found;
}

static bool
pack_types(const struct period *p, struct arena *a, Totals *m)
{
	Kasir__V1__TypeTotal *row;
	uint32_t i;

	m->n_types = figures_count(p->types, PERIOD_TYPES);
	if (!MAKE_ROWS(a, m->n_types, m->types, &row))
		return false;
	for (i = 0; i < PERIOD_TYPES; i++) {
		if (!figure_counts(&p->types[i]))
			continue;
		kasir__v1__type_total__init(row);
		row->type = i;
		row->count = p->types[i].count;
		row++->amount = p->types[i].amount;
	}
	return true;
}

static bool
pack_tenders(const struct period *p, struct arena *a, Totals *m)
{
	Kasir__V1__TenderTotal *row;
	uint32_t i;

	m->n_tenders = figures_count(p->tenders, PERIOD_TENDERS);
	if (!MAKE_ROWS(a, m->n_tenders, m->tenders, &row))
		return false;
	for (i = 0; i < PERIOD_TENDERS; i++) {
		if (!figure_counts(&p->tenders[i]))
			continue;
		kasir__v1__tender_total__init(row);
		row->kind = i;
		row->count = p->tenders[i].count;
		row++->amount = p->tenders[i].amount;
	}
	return true;
}

static bool
pack_taxes(const struct period *p, struct arena *a, Totals *m)
{
	Kasir__V1__TaxTotal *row;
	size_t i;

	m->n_taxes = p->n_taxes;
	if (!MAKE_ROWS(a, m->n_taxes, m->taxes, &row))
		return false;
	for (i = 0; i < p->n_taxes; i++, row++) {
		kasir__v1__tax_total__init(row);
		if ((row->code = arena_text(a, p->taxes[i].code)) == NULL)
			return false;
		row->rate_bp = p->taxes[i].rate_bp;
		row->tax_base = p->taxes[i].tax_base;
		row->taxable = p->taxes[i].taxable;
		row->amount = p->taxes[i].amount;
		row->gross = p->taxes[i].gross;
	}
	return true;
}

static bool
pack_foreign(const struct period_cash *c, struct arena *a, Kasir__V1__CashTotals *m)
{
	Kasir__V1__ForeignTotal *row;
	size_t i;

	m->n_foreign = c->n_foreign;
	if (!MAKE_ROWS(a, m->n_foreign, m->foreign, &row))
		return false;
	for (i = 0; i < c->n_foreign; i++, row++) {
		kasir__v1__foreign_total__init(row);
		if ((row->currency = arena_text(a, c->foreign[i].currency)) == NULL)
			return false;
		row->amount = c->foreign[i].amount;
	}
	return true;
}

/* The sums that have the same name here and there. */
#define PERIOD_SUMS(X) \
	X(items) X(discounts) X(returns) X(tax_included) X(tax) X(service) X(other) X(total) \
	X(rounding)
#define PERIOD_FIGURES(X) \
	X(exceptions) X(accepted) X(voided) X(training) X(line_voids) X(overrides) X(pending)
#define CASH_SUMS(X) \
	X(opening) X(sales) X(paid_in) X(loans) X(paid_out) X(pickups) X(drops) X(deposits) \
	X(exchange) X(cash_back) X(exceptions)

static bool
pack_cash(const struct period_cash *c, struct arena *a, Totals *m)
{
	Kasir__V1__CashTotals *cash = arena_alloc(a, sizeof *cash);

	if (cash == NULL)
		return false;
	kasir__v1__cash_totals__init(cash);
#define X(name) cash->name = c->name;
	CASH_SUMS(X)
#undef X
	cash->expected = period_cash_expected(c);
	m->cash = cash;
	return pack_foreign(c, a, cash);
}

static Kasir__V1__Figure *
pack_figure(struct arena *a, const struct figure *f)
{
	Kasir__V1__Figure *m = arena_alloc(a, sizeof *m);

	if (m == NULL)
		return NULL;
	kasir__v1__figure__init(m);
	m->count = f->count;
	m->amount = f->amount;
	return m;
}

enum kas_err
period_pack(const struct period *p, struct arena *a, Totals **ret)
{
	Totals *m = arena_alloc(a, sizeof *m);

	if (m == NULL)
		return KAS_NOMEM;
	kasir__v1__period_totals__init(m);
#define X(name) m->name = p->name;
	PERIOD_SUMS(X)
#undef X
	m->net = period_net(p);
#define X(name) \
	if ((m->name = pack_figure(a, &p->name)) == NULL) \
		return KAS_NOMEM;
	PERIOD_FIGURES(X)
#undef X
	if (!pack_types(p, a, m) || !pack_tenders(p, a, m) || !pack_taxes(p, a, m) ||
	    !pack_cash(&p->cash, a, m))
		return KAS_NOMEM;
	*ret = m;
	return KAS_OK;
}

static bool
unpack_types(const Totals *m, struct period *p)
{
	size_t i;

	for (i = 0; i < m->n_types; i++) {
		if (m->types[i]->type >= PERIOD_TYPES ||
		    (i > 0 && m->types[i]->type <= m->types[i - 1]->type))
			return false;
		p->types[m->types[i]->type] =
		    (struct figure){ m->types[i]->count, m->types[i]->amount };
	}
	return figures_count(p->types, PERIOD_TYPES) == m->n_types;
}

static bool
unpack_tenders(const Totals *m, struct period *p)
{
	size_t i;

	for (i = 0; i < m->n_tenders; i++) {
		if (m->tenders[i]->kind >= PERIOD_TENDERS ||
		    (i > 0 && m->tenders[i]->kind <= m->tenders[i - 1]->kind))
			return false;
		p->tenders[m->tenders[i]->kind] =
		    (struct figure){ m->tenders[i]->count, m->tenders[i]->amount };
	}
	return figures_count(p->tenders, PERIOD_TENDERS) == m->n_tenders;
}

static bool
tax_follows(const struct period_tax *b, const struct period_tax *a)
{
	int order = strcmp(a->code, b->code);

	return order < 0 || (order == 0 && a->rate_bp < b->rate_bp);
}

static bool
unpack_taxes(const Totals *m, struct period *p)
{
	struct period_tax *row = p->taxes;
	size_t i;

	if (m->n_taxes > PERIOD_TAXES)
		return false;
	for (i = 0; i < m->n_taxes; i++, row++) {
		if (strlen(m->taxes[i]->code) > PERIOD_CODE_MAX)
			return false;
		memcpy(row->code, m->taxes[i]->code, strlen(m->taxes[i]->code));
		row->rate_bp = m->taxes[i]->rate_bp;
		row->tax_base = m->taxes[i]->tax_base;
		row->taxable = m->taxes[i]->taxable;
		row->amount = m->taxes[i]->amount;
		row->gross = m->taxes[i]->gross;
		if (i > 0 && !tax_follows(row, row - 1))
			return false;
	}
	p->n_taxes = m->n_taxes;
	/* The last place is for "", which has no rate. */
	return p->n_taxes == 0 || (p->taxes[0].code[0] == '\0' ? p->taxes[0].rate_bp == 0
	    : p->n_taxes < PERIOD_TAXES);
}

static bool
unpack_foreign(const Kasir__V1__CashTotals *m, struct period_cash *c)
{
	const char *currency;
	size_t i;

	for (i = 0; i < m->n_foreign; i++) {
		currency = m->foreign[i]->currency;
		if (i >= PERIOD_FOREIGN || (*currency != '\0' && strlen(currency) != 3))
			return false;
		memcpy(c->foreign[i].currency, currency, strlen(currency));
		c->foreign[i].amount = m->foreign[i]->amount;
		if (i > 0 && strcmp(c->foreign[i - 1].currency, currency) >= 0)
			return false;
	}
	c->n_foreign = m->n_foreign;
	return c->n_foreign < PERIOD_FOREIGN || c->foreign[0].currency[0] == '\0';
}

static bool
unpack_cash(const Kasir__V1__CashTotals *m, struct period_cash *c)
{
	if (m == NULL)
		return false;
#define X(name) c->name = m->name;
	CASH_SUMS(X)
#undef X
	return unpack_foreign(m, c) && m->expected == period_cash_expected(c);
}

enum kas_err
period_unpack(const Totals *m, struct period *ret)
{
	struct period p;

	memset(&p, 0, sizeof p);
#define X(name) p.name = m->name;
	PERIOD_SUMS(X)
#undef X
#define X(name) \
	if (m->name == NULL) \
		return KAS_CORRUPT; \
	p.name = (struct figure){ m->name->count, m->name->amount };
	PERIOD_FIGURES(X)
#undef X
	if (!unpack_types(m, &p) || !unpack_tenders(m, &p) || !unpack_taxes(m, &p) ||
	    !unpack_cash(m->cash, &p.cash) || m->net != period_net(&p))
		return KAS_CORRUPT;
	*ret = p;
	return KAS_OK;
}
