#include "tools/kasir-term/replay_receipt.h"

#include <string.h>

/* ---- numbers as receipts print them ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_separator(char c)
{
	return c == '.' || c == ',';
}

struct token {
	const char *begin, *end;	/* digits and separators, the last a digit */
	bool negative;
};

/* The next number at or after P; NULL: none. */
static const char *
next_token(const char *p, struct token *ret)
{
	bool minus = false;

	for (; *p != '\0' && !is_digit(*p); p++)
		minus = *p == '-' || *p == '(' || (minus && *p == ' ');
	if (*p == '\0')
		return NULL;
	ret->begin = p;
	while (is_digit(*p) || is_separator(*p))
		p++;
	ret->end = p;
	while (is_separator(ret->end[-1]))
		ret->end--;
	while (*p == ' ')
		p++;
	ret->negative = minus || (*p == '-' && !is_digit(p[1]) && p[1] != ' ');
	if (*p == '-' && (p[1] == '\0' || p[1] == ' '))
		ret->negative = true;
	return p;
}

/* "46,000.00" and "1.00": two zeros behind the last separator are no rupiah. */
static const char *
without_decimals(const struct token *t)
{
	const char *end = t->end;

	if (end - t->begin > 3 && is_separator(end[-3]) && end[-2] == '0' && end[-1] == '0')
		return end - 3;
	return end;
}

static bool
token_amount(const struct token *t, int64_t *ret)
{
	const char *p, *end = without_decimals(t);
	int64_t v = 0;

	for (p = t->begin; p < end; p++)
		if (is_digit(*p) && (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, *p - '0', &v)))
			return false;
	*ret = t->negative ? -v : v;
	return true;
}

bool
receipt_amount(const char *text, int64_t *ret)
{
	struct token t;
	bool found = false;

	while ((text = next_token(text, &t)) != NULL)
		found = token_amount(&t, ret) || found;
	return found;
}

bool
receipt_amounts_sum(const char *text, int64_t *ret)
{
	struct token t;
	int64_t sum = 0, one;
	bool found = false;

	while ((text = next_token(text, &t)) != NULL) {
		if (!token_amount(&t, &one))
			continue;
		if (__builtin_add_overflow(sum, one < 0 ? -one : one, &sum))
			return false;
		found = true;
	}
	if (found)
		*ret = sum;
	return found;
}

bool
receipt_count(const char *text, int64_t *ret)
{
	int places = -1;
	int64_t v = 0;
	struct token t;
	const char *p;

	if (next_token(text, &t) == NULL)
		return false;
	for (p = t.begin; p < t.end; p++) {
		if (is_separator(*p) && places++ >= 0)
			return false;
		if (is_separator(*p))
			continue;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
			return false;
		places += places >= 0;
	}
	if (places > 3)
		return false;
	for (places = places < 0 ? 0 : places; places < 3; places++)
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	if (v == 0)
		return false;
	*ret = v;
	return true;
}

/* ---- JSON ---- */

/* KEY's text in PART: an object, or a list of them of which the last that has it counts. */
static const char *
text_in(json_t *part, const char *key)
{
	const char *text;
	size_t i;

	if (json_is_object(part))
		return json_string_value(json_object_get(part, key));
	for (i = json_array_size(part); i > 0; i--)
		if ((text = text_in(json_array_get(part, i - 1), key)) != NULL)
			return text;
	return NULL;
}

static struct printed
amount_in(json_t *part, const char *key)
{
	const char *text = text_in(part, key);
	struct printed p = { false, 0 };

	if (text != NULL)
		p.there = receipt_amount(text, &p.amount);
	return p;
}

static struct printed
sum_in(json_t *part, const char *key)
{
	const char *text = text_in(part, key);
	struct printed p = { false, 0 };

	if (text != NULL)
		p.there = receipt_amounts_sum(text, &p.amount);
	return p;
}

static struct printed
magnitude(struct printed p)
{
	if (p.amount < 0)
		p.amount = -p.amount;
	return p;
}

/* What stays below this can be added up a few hundred times; no receipt comes near it. */
#define AMOUNT_MAX (INT64_C(1) << 50)

static int64_t
sane(int64_t v)
{
	return v > AMOUNT_MAX ? AMOUNT_MAX : v < -AMOUNT_MAX ? -AMOUNT_MAX : v;
}

static void
read_item(json_t *entry, struct receipt_item *item)
{
	struct printed price = amount_in(entry, "price");
	struct printed unit = amount_in(entry, "unitprice");
	const char *count = text_in(entry, "cnt");

	item->name = text_in(entry, "nm");
	item->number = text_in(entry, "num");
	item->modifiers = text_in(entry, "sub_nm");
	if (count == NULL || !receipt_count(count, &item->quantity) ||
	    item->quantity > AMOUNT_MAX / 1000000)
		item->quantity = 1000;
	item->unit_price = sane(unit.amount) / 1000000 != 0 ? 0 : unit.amount;
	item->price = sane(price.there ? price.amount : item->unit_price * item->quantity / 1000);
	item->readable = price.there || unit.there;
	item->discount = sane(sum_in(entry, "discountprice").amount);
	item->modifiers_price = sane(sum_in(entry, "sub_price").amount);
}

static void
read_items(json_t *list, bool voided, struct receipt *r)
{
	size_t i, n = json_is_array(list) ? json_array_size(list) : list != NULL;

	for (i = 0; i < n && r->n < RECEIPT_ITEMS_MAX; i++) {
		r->items[r->n].voided = voided;
		read_item(json_is_array(list) ? json_array_get(list, i) : list, &r->items[r->n++]);
	}
}

static void
clamp(struct printed *p)
{
	p->amount = sane(p->amount);
}

enum kas_err
receipt_read(json_t *root, struct receipt *ret)
{
	json_t *sub = json_object_get(root, "sub_total"), *total = json_object_get(root, "total");
	struct printed other;

	memset(ret, 0, sizeof *ret);
	ret->id = json_string_value(json_object_get(root, "id"));
	if (ret->id == NULL)
		return KAS_MALFORMED;
	read_items(json_object_get(root, "menu"), false, ret);
	read_items(json_object_get(root, "void_menu"), true, ret);
	ret->subtotal = amount_in(sub, "subtotal_price");
	ret->service = amount_in(sub, "service_price");
	other = amount_in(sub, "othersvc_price");
	clamp(&other);
	clamp(&ret->service);
	ret->service.amount += other.amount;
	ret->tax = magnitude(amount_in(sub, "tax_price"));
	ret->discount = sum_in(sub, "discount_price");
	ret->total = amount_in(total, "total_price");
	ret->cash = magnitude(amount_in(total, "cashprice"));
	ret->cash_sum = sum_in(total, "cashprice");
	ret->other = magnitude(amount_in(total, "total_etc"));
	ret->change = magnitude(amount_in(total, "changeprice"));
	ret->card = magnitude(amount_in(total, "creditcardprice"));
	ret->emoney = magnitude(amount_in(total, "emoneyprice"));
	clamp(&ret->subtotal);
	clamp(&ret->tax);
	clamp(&ret->discount);
	clamp(&ret->total);
	clamp(&ret->cash);
	clamp(&ret->cash_sum);
	clamp(&ret->other);
	clamp(&ret->change);
	clamp(&ret->card);
	clamp(&ret->emoney);
	return KAS_OK;
}

/* ---- which figures make up the total ---- */

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
