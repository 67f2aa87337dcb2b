#include "tests/sim/accounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

void
accounts_fini(struct accounts *a)
{
	free(a->list);
	memset(a, 0, sizeof(*a));
}

void
accounts_clear(struct accounts *a)
{
	a->n = 0;
}

static struct account *
look_up(const struct accounts *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->list[i].name, name) == 0)
			return &a->list[i];
	}
	return NULL;
}

struct account *
accounts_find(struct accounts *a, const char *name)
{
	struct account *found = look_up(a, name);

	if (found != NULL)
		return found;
	sim_reserve((void **)&a->list, a->n, &a->cap, sizeof(*a->list));
	found = &a->list[a->n++];
	memset(found, 0, sizeof(*found));
	snprintf(found->name, sizeof(found->name), "%s", name);
	return found;
}

static int64_t
in_range(wide v)
{
	return v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

void
accounts_post(struct accounts *a, const char *name, wide amount, uint64_t count)
{
	struct account *to = accounts_find(a, name);

	to->amount = in_range((wide)to->amount + in_range(amount));
	to->count += count;
}

void
accounts_post_in(struct accounts *a, const char *family, unsigned long member, wide amount,
    uint64_t count)
{
	char name[ACCOUNT_NAME_MAX];

	snprintf(name, sizeof(name), "%s %lu", family, member);
	accounts_post(a, name, amount, count);
}

int64_t
accounts_amount(const struct accounts *a, const char *name)
{
	const struct account *found = look_up(a, name);

	return found != NULL ? found->amount : 0;
}

int64_t
accounts_expected_cash(const struct accounts *a)
{
	static const char *const into[] = { "cash opening", "cash sales", "cash paid in",
		"cash loans", "cash exchange", "cash exceptions" };
	static const char *const out_of[] = { "cash paid out", "cash pickups", "cash drops",
		"cash deposits", "cash back" };
	wide sum = 0;

	for (size_t i = 0; i < sizeof(into) / sizeof(into[0]); i++)
		sum += accounts_amount(a, into[i]);
	for (size_t i = 0; i < sizeof(out_of) / sizeof(out_of[0]); i++)
		sum -= accounts_amount(a, out_of[i]);
	return in_range(sum);
}

static int64_t
net(const struct accounts *a)
{
	return in_range((wide)accounts_amount(a, "items") - accounts_amount(a, "discounts") -
	    accounts_amount(a, "returns") - accounts_amount(a, "tax included"));
}

static void
lay_out_figure(struct accounts *to, const char *name, const Kasir__V1__Figure *f)
{
	if (f != NULL)
		accounts_post(to, name, f->amount, f->count);
}

static void
lay_out_cash(struct accounts *to, const Kasir__V1__CashTotals *c)
{
	accounts_post(to, "cash opening", c->opening, 0);
	accounts_post(to, "cash sales", c->sales, 0);
	accounts_post(to, "cash paid in", c->paid_in, 0);
	accounts_post(to, "cash loans", c->loans, 0);
	accounts_post(to, "cash paid out", c->paid_out, 0);
	accounts_post(to, "cash pickups", c->pickups, 0);
	accounts_post(to, "cash drops", c->drops, 0);
	accounts_post(to, "cash deposits", c->deposits, 0);
	accounts_post(to, "cash exchange", c->exchange, 0);
	accounts_post(to, "cash back", c->cash_back, 0);
	accounts_post(to, "cash exceptions", c->exceptions, 0);
	for (size_t i = 0; i < c->n_foreign; i++) {
		char name[ACCOUNT_NAME_MAX];

		snprintf(name, sizeof(name), "foreign %s", c->foreign[i]->currency);
		accounts_post(to, name, c->foreign[i]->amount, 0);
	}
}

static void
lay_out_tax(struct accounts *to, const Kasir__V1__TaxTotal *t)
{
	const struct { const char *what; int64_t amount; } parts[] = { { "base", t->tax_base },
		{ "taxable", t->taxable }, { "tax", t->amount }, { "gross", t->gross } };
	char name[ACCOUNT_NAME_MAX];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(name, sizeof(name), "%s of \"%s\" at %u", parts[i].what, t->code,
		    t->rate_bp);
		accounts_post(to, name, parts[i].amount, 0);
	}
}

static void
lay_out(struct accounts *to, const Kasir__V1__PeriodTotals *m)
{
	accounts_post(to, "items", m->items, 0);
	accounts_post(to, "discounts", m->discounts, 0);
	accounts_post(to, "returns", m->returns, 0);
	accounts_post(to, "tax included", m->tax_included, 0);
	accounts_post(to, "tax", m->tax, 0);
	accounts_post(to, "service", m->service, 0);
	accounts_post(to, "other", m->other, 0);
	accounts_post(to, "total", m->total, 0);
	accounts_post(to, "rounding", m->rounding, 0);
	for (size_t i = 0; i < m->n_types; i++)
		accounts_post_in(to, "type", m->types[i]->type, m->types[i]->amount,
		    m->types[i]->count);
	for (size_t i = 0; i < m->n_tenders; i++)
		accounts_post_in(to, "tender", m->tenders[i]->kind, m->tenders[i]->amount,
		    m->tenders[i]->count);
	for (size_t i = 0; i < m->n_taxes; i++)
		lay_out_tax(to, m->taxes[i]);
	lay_out_figure(to, "exceptions", m->exceptions);
	lay_out_figure(to, "accepted", m->accepted);
	lay_out_figure(to, "voided", m->voided);
	lay_out_figure(to, "training", m->training);
	lay_out_figure(to, "line voids", m->line_voids);
	lay_out_figure(to, "overrides", m->overrides);
	lay_out_figure(to, "pending", m->pending);
	if (m->cash != NULL)
		lay_out_cash(to, m->cash);
}

/* Something of ONE that OTHER does not have so. */
static const struct account *
odd_one(const struct accounts *one, const struct accounts *other)
{
	static const struct account none = { .count = 0 };

	for (size_t i = 0; i < one->n; i++) {
		const struct account *a = &one->list[i], *b = look_up(other, a->name);

		if (b == NULL)
			b = &none;
		if (a->count != b->count || a->amount != b->amount)
			return a;
	}
	return NULL;
}

static bool
name_difference(const struct accounts *mine, const struct accounts *theirs, char ret_why[200])
{
	static const struct account none = { .count = 0 };
	const struct account *odd = odd_one(mine, theirs), *a, *b;

	if (odd == NULL)
		odd = odd_one(theirs, mine);
	if (odd == NULL)
		return false;
	a = look_up(theirs, odd->name);
	b = look_up(mine, odd->name);
	if (a == NULL)
		a = &none;
	if (b == NULL)
		b = &none;
	snprintf(ret_why, 200, "%s: %llu times, %lld, and not %llu times, %lld", odd->name,
	    (unsigned long long)a->count, (long long)a->amount, (unsigned long long)b->count,
	    (long long)b->amount);
	return true;
}

static bool
says(int64_t theirs, int64_t mine, const char *what, char ret_why[200])
{
	if (theirs == mine)
		return true;
	snprintf(ret_why, 200, "%s: %lld, and not %lld", what, (long long)theirs,
	    (long long)mine);
	return false;
}

bool
accounts_differ(const struct accounts *a, const Kasir__V1__PeriodTotals *m, char ret_why[200])
{
	struct accounts theirs = { NULL, 0, 0 };
	bool differ;

	lay_out(&theirs, m);
	differ = name_difference(a, &theirs, ret_why) ||
	    !says(m->net, net(a), "net", ret_why) ||
	    !says(m->cash != NULL ? m->cash->expected : 0, accounts_expected_cash(a),
	    "expected cash", ret_why);
	accounts_fini(&theirs);
	return differ;
}
