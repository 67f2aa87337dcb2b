/* Lines and discounts. */
#include "tests/support/oracle_parts.h"

#include <string.h>

#define RULE(r) KASIR__V1__RULE__##r
#define FORWARD (BIT(LINE(ITEM)) | BIT(LINE(SERVICE_CHARGE)) | BIT(LINE(TIP)) | \
    BIT(LINE(DONATION)) | BIT(LINE(CONTAINER_DEPOSIT)) | BIT(LINE(GIFT_CARD_ISSUE)) | \
    BIT(LINE(ADVANCE)) | BIT(LINE(AGENCY)))
#define BACK (BIT(LINE(RETURN_ITEM)) | BIT(LINE(CONTAINER_REFUND)) | \
    BIT(LINE(GIFT_CARD_REDEEM)) | BIT(LINE(ADVANCE_SETTLE)))
#define EITHER BIT(LINE(LINE_VOID))

static uint64_t
kind_bit(const Kasir__V1__Line *n)
{
	return n->kind >= 1 && n->kind <= 13 ? BIT(n->kind) : 0;
}

bool
oracle_voided(const Kasir__V1__Transaction *d, size_t i)
{
	size_t k;

	for (k = i + 1; k < d->n_lines; k++)
		if (d->lines[k]->kind == LINE(LINE_VOID) && d->lines[k]->voids_line == i + 1)
			return true;
	return false;
}

static bool
line_numbering(const struct asked *q)
{
	size_t i;

	for (i = 0; i < q->d->n_lines; i++)
		if (q->d->lines[i]->number - 1 != i)
			return false;
	return true;
}

static bool
line_kind(const struct asked *q)
{
	uint64_t legal = FORWARD | BACK | EITHER, kinds = 0;
	size_t i;

	if (q->d->type == TYPE(SALE))
		legal -= BIT(LINE(RETURN_ITEM));
	if (q->d->type == TYPE(RETURN))
		legal -= BIT(LINE(ITEM));
	if (q->d->type == TYPE(PAYMENT_ON_ACCOUNT))
		legal = BIT(LINE(AGENCY)) | BIT(LINE(SERVICE_CHARGE)) | EITHER;
	for (i = 0; i < q->d->n_lines; i++)
		kinds |= kind_bit(q->d->lines[i]) != 0 ? kind_bit(q->d->lines[i]) : BIT(63);
	return (kinds & ~legal) == 0;
}

static bool
line_price(const struct asked *q)
{
	size_t i;

	for (i = 0; i < q->d->n_lines; i++)
		if (q->d->lines[i]->unit_price < 0)
			return false;
	return true;
}

static bool
line_quantity(const struct asked *q)
{
	const Kasir__V1__Line *n;
	size_t i;

	for (i = 0; i < q->d->n_lines; i++) {
		n = q->d->lines[i];
		if (n->quantity == 0 || (q->s * n->quantity < 0 && (kind_bit(n) & FORWARD) != 0) ||
		    (q->s * n->quantity > 0 && (kind_bit(n) & BACK) != 0))
			return false;
	}
	return true;
}

static bool
line_extended(const struct asked *q)
{
	const Kasir__V1__Line *n;
	size_t i;

	for (i = 0; i < q->d->n_lines; i++) {
		n = q->d->lines[i];
		if (!oracle_rounds(n->extended, (int128)n->quantity * n->unit_price, 1000000, q->mode,
		    0))
			return false;
	}
	return true;
}

/* Item K of what is taken off a line: its own discounts, then the shares. */
static int64_t
off_at(const Kasir__V1__Line *n, size_t k)
{
	return k < n->n_discounts ? n->discounts[k]->amount : n->shares[k - n->n_discounts]->amount;
}

static int128
off_sum(const Kasir__V1__Line *n)
{
	int128 sum = 0;
	size_t k;

	for (k = 0; k < n->n_discounts + n->n_shares; k++)
		sum += off_at(n, k);
	return sum;
}

static bool
line_amount(const struct asked *q)
{
	size_t i;

	for (i = 0; i < q->d->n_lines; i++)
		if (q->d->lines[i]->amount + off_sum(q->d->lines[i]) != q->d->lines[i]->extended)
			return false;
	return true;
}

static bool
discount_exceeds_line(const struct asked *q)
{
	const Kasir__V1__Line *n;
	size_t i, k;

	for (i = 0; i < q->d->n_lines; i++) {
		n = q->d->lines[i];
		for (k = 0; k < n->n_discounts + n->n_shares; k++)
			if (off_at(n, k) != 0 && (n->extended == 0 ||
			    (off_at(n, k) > 0) != (n->extended > 0)))
				return false;
		if (n->extended >= 0 ? off_sum(n) > n->extended : off_sum(n) < n->extended)
			return false;
	}
	return true;
}

static bool
discount_shares(const struct asked *q)
{
	const Kasir__V1__Transaction *d = q->d;
	int128 left;
	size_t i, k, m, named = 0, all = 0;

	for (m = 0; m < d->n_discounts; m++) {
		left = d->discounts[m]->amount;
		for (i = 0; i < d->n_lines; i++)
			for (k = 0; k < d->lines[i]->n_shares; k++)
				if (d->lines[i]->shares[k]->discount == m + 1) {
					left -= d->lines[i]->shares[k]->amount;
					named++;
				}
		if (left != 0 || d->discounts[m]->number != m + 1)
			return false;
	}
	for (i = 0; i < d->n_lines; i++)
		all += d->lines[i]->n_shares;
	return named == all;
}

static bool
negates(const Kasir__V1__Line *v, const Kasir__V1__Line *t)
{
	return v->quantity + t->quantity == 0 && v->extended + t->extended == 0 &&
	    v->amount + t->amount == 0 && v->tax + t->tax == 0 &&
	    v->unit_price == t->unit_price && strcmp(v->tax_code, t->tax_code) == 0;
}

static bool
line_void_target(const struct asked *q)
{
	const Kasir__V1__Transaction *d = q->d;
	const Kasir__V1__Line *n;
	size_t i, k, same;

	for (i = 0; i < d->n_lines; i++) {
		n = d->lines[i];
		if (n->kind != LINE(LINE_VOID)) {
			if (n->voids_line != 0)
				return false;
			continue;
		}
		if (n->voids_line == 0 || n->voids_line > i ||
		    d->lines[n->voids_line - 1]->kind == LINE(LINE_VOID) ||
		    !negates(n, d->lines[n->voids_line - 1]))
			return false;
		for (same = k = 0; k < d->n_lines; k++)
			same += d->lines[k]->kind == LINE(LINE_VOID) && k >= n->voids_line &&
			    d->lines[k]->voids_line == n->voids_line;
		if (same != 1)
			return false;
	}
	return true;
}

/* GS1's own words: multiply every other digit by three, beginning with the last but one. */
bool
oracle_gtin(const struct asked *q)
{
	const char *g;
	size_t i, k, n;
	int sum;

	for (i = 0; i < q->d->n_lines; i++) {
		g = q->d->lines[i]->gtin;
		n = strlen(g);
		if (n == 0)
			continue;
		for (sum = 0, k = 0; k < n; k++)
			sum += g[k] < '0' || g[k] > '9' ? 1000000
							: (g[k] - '0') * ((n - k) % 2 == 0 ? 3 : 1);
		if ((n != 8 && n != 12 && n != 13 && n != 14) || sum >= 1000000 || sum % 10 != 0)
			return false;
	}
	return true;
}

const struct question oracle_lines[] = {
	{ RULE(LINE_NUMBERING), SALES | BILLS, line_numbering },
	{ RULE(LINE_KIND_UNKNOWN), SALES | BILLS, line_kind },
	{ RULE(LINE_PRICE), SALES | BILLS, line_price },
	{ RULE(LINE_QUANTITY), SALES | BILLS, line_quantity },
	{ RULE(LINE_EXTENDED), SALES | BILLS, line_extended },
	{ RULE(LINE_AMOUNT), SALES | BILLS, line_amount },
	{ RULE(LINE_VOID_TARGET), SALES | BILLS, line_void_target },
	{ RULE(DISCOUNT_EXCEEDS_LINE), SALES | BILLS, discount_exceeds_line },
	{ RULE(DISCOUNT_SHARES), SALES | BILLS, discount_shares },
	{ 0, 0, NULL },
};
