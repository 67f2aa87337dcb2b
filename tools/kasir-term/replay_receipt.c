#include "tools/kasir-term/replay_receipt.h"

#include <string.h>

#include "tools/kasir-term/replay_rupiah.h"

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

/* Of several rows, "27,300 0", the one that charges something. */
static struct printed
charge_in(json_t *part, const char *key)
{
	const char *text = text_in(part, key);
	struct printed p = { false, 0 };

	if (text != NULL)
		p.there = receipt_amount_not_zero(text, &p.amount);
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

/* A minus before a price takes off; the dash behind "21,818 -" is the till's. */
static struct printed
price_in(json_t *entry)
{
	const char *text = text_in(entry, "price");
	struct printed p = amount_in(entry, "price");

	return text != NULL && *text >= '0' && *text <= '9' ? magnitude(p) : p;
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
	struct printed price = price_in(entry);
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
	ret->service = charge_in(sub, "service_price");
	other = charge_in(sub, "othersvc_price");
	clamp(&other);
	clamp(&ret->service);
	ret->service.amount += other.amount;
	ret->tax = magnitude(charge_in(sub, "tax_price"));
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
