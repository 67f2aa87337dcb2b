#include "tests/support/make_day.h"

#include "tests/support/make_parts.h"

#include <string.h>

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

struct house {
	struct arena *a;
	struct make_dice dice;
	const Kasir__V1__Transaction *doc;
};

/* The code of a row, or of nothing that the document has. */
static Kasir__V1__TaxCode *
code_of(struct house *h, const Kasir__V1__Tax *x, const char *name)
{
	Kasir__V1__TaxCode *c = arena_alloc(h->a, sizeof *c);

	if (c == NULL)
		return NULL;
	kasir__v1__tax_code__init(c);
	c->code = arena_text(h->a, x != NULL ? x->code : name);
	c->rate_bp = 500;
	if (x != NULL) {
		c->rate_bp = x->rate_bp;
		c->base_numerator = x->base_numerator * (x->base_denominator != 0 ? 2 : 1);
		c->base_denominator = x->base_denominator * 2;
		c->inclusive = x->inclusive;
		c->by_line = x->by_line;
		c->as_printed = make_one_in(&h->dice, 8);
	}
	if (make_one_in(&h->dice, 2))
		c->rounding = KASIR__V1__ROUNDING_MODE__HALF_UP;
	return c->code != NULL ? c : NULL;
}

static bool
insert(Kasir__V1__RulePeriod *p, Kasir__V1__TaxCode *c)
{
	size_t i = p->n_tax_codes++;

	if (c == NULL)
		return false;
	for (; i > 0 && strcmp(p->tax_codes[i - 1]->code, c->code) > 0; i--)
		p->tax_codes[i] = p->tax_codes[i - 1];
	p->tax_codes[i] = c;
	return true;
}

/* KNOWING: with the document's own codes, else with others of their names. */
static bool
add_codes(struct house *h, Kasir__V1__RulePeriod *p, bool knowing)
{
	static const char *const others[] = { "A", "M", "ZZ" };
	size_t i, n = make_below(&h->dice, 4);
	Kasir__V1__TaxCode *c;

	p->tax_codes = arena_alloc(h->a, 8 * sizeof *p->tax_codes);
	if (p->tax_codes == NULL)
		return false;
	for (i = 0; i < h->doc->n_taxes; i++) {
		c = code_of(h, h->doc->taxes[i], NULL);
		if (c != NULL && !knowing)
			c->rate_bp += 100;
		if (!insert(p, c))
			return false;
	}
	for (i = 0; i < n; i++)
		if (!insert(p, code_of(h, NULL, others[i])))
			return false;
	return true;
}

static uint64_t
step_of(struct house *h)
{
	const Kasir__V1__Tender *t;
	int64_t cash = 0;
	size_t i;

	for (i = 0; i < h->doc->n_tenders; i++) {
		t = h->doc->tenders[i];
		if (t->kind == KASIR__V1__TENDER_KIND__CASH)
			cash += t->tendered - t->change;
	}
	return h->doc->cash_rounding != 0 || (cash % 100 == 0 && make_one_in(&h->dice, 2)) ? 100 : 1;
}

static bool
add_denominations(struct house *h, Kasir__V1__RulePeriod *p)
{
	static const int64_t values[] = { 50, 100, 500, 1000, 2000, 5000, 10000, 50000, 100000 };

	p->denominations = arena_alloc(h->a, sizeof values);
	if (p->denominations == NULL)
		return false;
	memcpy(p->denominations, values, sizeof values);
	p->n_denominations = make_one_in(&h->dice, 2) ? 9 : 0;
	return true;
}

static bool
add_required(struct house *h, Kasir__V1__RulePeriod *p)
{
	int part;

	p->required = arena_alloc(h->a, 8 * sizeof *p->required);
	if (p->required == NULL)
		return false;
	for (part = 1; part <= 7; part++)
		if (make_one_in(&h->dice, 3))
			p->required[p->n_required++] = (Kasir__V1__TransactionPart)part;
	return true;
}

static Kasir__V1__RulePeriod *
add_period(struct house *h, Kasir__V1__RuleSet *rs, uint32_t from, bool knowing)
{
	Kasir__V1__RulePeriod *p = arena_alloc(h->a, sizeof *p);

	if (p == NULL)
		return NULL;
	kasir__v1__rule_period__init(p);
	p->from_day = from;
	p->rounding = KASIR__V1__ROUNDING_MODE__HALF_UP;
	p->cash_step = step_of(h);
	p->tax_tolerance = make_one_in(&h->dice, 3) ? make_below(&h->dice, 4) : 0;
	p->day_begins_min = (uint32_t)make_below(&h->dice, 3) * 120;
	rs->periods[rs->n_periods++] = p;
	return add_codes(h, p, knowing) && add_denominations(h, p) && add_required(h, p) ? p : NULL;
}

Kasir__V1__RuleSet *
make_rules_for(struct arena *a, uint64_t seed, const Kasir__V1__Transaction *doc)
{
	struct house h = { .a = a, .dice = { seed ^ UINT64_C(0x14057b7ef767814f) }, .doc = doc };
	Kasir__V1__RuleSet *rs = arena_alloc(a, sizeof *rs);
	bool looks_back = doc->type == TYPE(RETURN) || doc->type == TYPE(EXCHANGE) ||
	    doc->type == TYPE(POST_VOID), changed = looks_back && make_one_in(&h.dice, 2);
	Kasir__V1__RulePeriod *before, *now;

	if (rs == NULL)
		return NULL;
	kasir__v1__rule_set__init(rs);
	rs->format = 1;
	rs->name = arena_text(a, "test");
	rs->currency = arena_text(a, "IDR");
	rs->periods = arena_alloc(a, 4 * sizeof *rs->periods);
	if (rs->name == NULL || rs->currency == NULL || rs->periods == NULL)
		return NULL;
	before = add_period(&h, rs, 20200101, true);
	now = add_period(&h, rs, 20250101, !changed);
	if (before == NULL || now == NULL)
		return NULL;
	before->until_day = 20241231;
	now->until_day = make_one_in(&h.dice, 2) ? 20261231 : 0;
	return rs;
}
