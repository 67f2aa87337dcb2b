#include "tools/kasir-term/replay_receipt.h"

static int64_t
goods_of(const struct receipt *r, bool line_discounts, bool modifiers)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (r->items[i].voided) {
			sum -= r->items[i].price < 0 ? -r->items[i].price : r->items[i].price;
			continue;
		}
		sum += r->items[i].price;
		sum -= line_discounts ? r->items[i].discount : 0;
		sum += modifiers ? r->items[i].modifiers_price : 0;
	}
	return sum;
}

static int64_t
distance(int64_t v)
{
	return v < 0 ? -v : v;
}

/* Way WAY of 16 to read the figures, the plainest first. */
static struct receipt_fit
try_way(const struct receipt *r, unsigned way)
{
	struct receipt_fit f = {
		.line_discounts = (way & 1) != 0,
		.modifiers = (way & 2) != 0,
		.discount = (way & 4) == 0,
		.tax_in_prices = (way & 8) != 0,
	};

	f.goods = goods_of(r, f.line_discounts, f.modifiers);
	f.rounding = r->total.amount - (f.goods + r->service.amount +
	    (f.tax_in_prices ? 0 : r->tax.amount) - (f.discount ? r->discount.amount : 0));
	return f;
}

/* Closer to the total is better; where two come as close, so is closer to the subtotal. */
static bool
is_better(const struct receipt *r, const struct receipt_fit *a, const struct receipt_fit *b)
{
	if (distance(a->rounding) != distance(b->rounding))
		return distance(a->rounding) < distance(b->rounding);
	return r->subtotal.there && distance(a->goods - r->subtotal.amount) <
	    distance(b->goods - r->subtotal.amount);
}

/* Without a total there is only the subtotal to come close to, and nothing to round. */
static void
measure_without_total(const struct receipt *r, struct receipt_fit *f)
{
	if (!r->total.there)
		f->rounding = r->subtotal.there ? f->goods - r->subtotal.amount : 0;
}

struct receipt_fit
receipt_fit(const struct receipt *r)
{
	struct receipt_fit best = try_way(r, 0), f;
	unsigned way;

	measure_without_total(r, &best);
	for (way = 1; way < 16; way++) {
		f = try_way(r, way);
		measure_without_total(r, &f);
		if (is_better(r, &f, &best))
			best = f;
	}
	best.reconciles = !r->total.there || distance(best.rounding) <= RECEIPT_ROUNDING_MAX;
	if (!r->total.there || !best.reconciles)
		best.rounding = 0;
	return best;
}
