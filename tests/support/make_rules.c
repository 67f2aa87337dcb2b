#include "tests/support/make_rules.h"

#include <string.h>

#define MODE(m) KASIR__V1__ROUNDING_MODE__##m

static const struct code {
	const char *code, *name;
	uint32_t rate_bp, p, q;
	bool inclusive, as_printed;
} before[] = {
	{ "FREE", "Bebas", 0, 0, 0, false, false },
	{ "PB1", "Pajak resto", 1000, 0, 0, false, false },
	{ "PPN11", "PPN", 1100, 0, 0, true, false },
}, since[] = {
	{ "FREE", "Bebas", 0, 0, 0, false, false },
	{ "LEVY", "Retribusi", 0, 0, 0, false, true },
	{ "PB1", "Pajak resto", 1000, 0, 0, false, false },
	{ "PPN", "PPN", 1200, 11, 12, false, false },
	{ "PPN11", "PPN", 1100, 0, 0, true, false },
	{ "PPNBM", "PPnBM", 1200, 1, 1, false, false },
};

static bool
add_code(struct arena *a, Kasir__V1__RulePeriod *p, const struct code *c)
{
	Kasir__V1__TaxCode *t = arena_alloc(a, sizeof *t);

	if (t == NULL)
		return false;
	kasir__v1__tax_code__init(t);
	t->code = arena_text(a, c->code);
	t->name = arena_text(a, c->name);
	t->rate_bp = c->rate_bp;
	t->base_numerator = c->p;
	t->base_denominator = c->q;
	t->inclusive = c->inclusive;
	t->as_printed = c->as_printed;
	p->tax_codes[p->n_tax_codes++] = t;
	return t->code != NULL && t->name != NULL;
}

static Kasir__V1__RulePeriod *
add_period(struct arena *a, Kasir__V1__RuleSet *rs, const struct code *codes, size_t n)
{
	Kasir__V1__RulePeriod *p = arena_alloc(a, sizeof *p);
	size_t i;

	if (p == NULL)
		return NULL;
	kasir__v1__rule_period__init(p);
	p->tax_codes = arena_alloc(a, n * sizeof *p->tax_codes);
	if (p->tax_codes == NULL)
		return NULL;
	for (i = 0; i < n; i++)
		if (!add_code(a, p, &codes[i]))
			return NULL;
	rs->periods[rs->n_periods++] = p;
	return p;
}

static bool
ask(struct arena *a, Kasir__V1__RulePeriod *p)
{
	static const int64_t coins[] = { 100, 500, 1000, 50000 };

	p->denominations = arena_alloc(a, sizeof coins);
	p->required = arena_alloc(a, 2 * sizeof *p->required);
	if (p->denominations == NULL || p->required == NULL)
		return false;
	memcpy(p->denominations, coins, sizeof coins);
	p->n_denominations = sizeof coins / sizeof coins[0];
	p->required[0] = KASIR__V1__TRANSACTION_PART__PART_CASHIER;
	p->required[1] = KASIR__V1__TRANSACTION_PART__PART_REASON;
	p->n_required = 2;
	p->rounding = MODE(HALF_UP);
	p->cash_step = 100;
	p->day_begins_min = 240;
	return true;
}

Kasir__V1__RuleSet *
make_rules(struct arena *a)
{
	Kasir__V1__RuleSet *rs = arena_alloc(a, sizeof *rs);
	Kasir__V1__RulePeriod *p;

	if (rs == NULL)
		return NULL;
	kasir__v1__rule_set__init(rs);
	rs->format = 1;
	rs->name = arena_text(a, "test");
	rs->currency = arena_text(a, "IDR");
	rs->periods = arena_alloc(a, 2 * sizeof(Kasir__V1__RulePeriod *));
	if (rs->name == NULL || rs->currency == NULL || rs->periods == NULL)
		return NULL;
	p = add_period(a, rs, before, sizeof before / sizeof before[0]);
	if (p == NULL)
		return NULL;
	p->from_day = 20220401;
	p->until_day = 20241231;
	p->rounding = MODE(FLOOR);
	p = add_period(a, rs, since, sizeof since / sizeof since[0]);
	if (p == NULL || !ask(a, p))
		return NULL;
	p->from_day = 20250101;
	return rs;
}
