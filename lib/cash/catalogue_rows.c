#include "cash/catalogue_parts.h"

#include <string.h>

#include "base/field.h"
#include "base/text.h"

static size_t
varint_size(uint64_t v)
{
	size_t n = 1;

	while ((v >>= 7) > 0)
		n++;
	return n;
}

#define NUMBER_MAX ((UINT64_C(1) << 29) - 1)

/* Cut the next field off B.  One reading for everybody: protobuf would let a field stand
 * twice and the last one win, and decoders differ over numbers that are written longer than
 * they need be. */
static bool
take(struct bytes *b, struct field *ret, uint64_t *last, uint64_t repeated)
{
	size_t n = b->n, want;

	if (!field_take(b, ret) || ret->number == 0 || ret->number > NUMBER_MAX ||
	    ret->number < *last || (ret->number == *last && ret->number != repeated))
		return false;
	*last = ret->number;
	want = varint_size(ret->number << 3 | ret->type);
	if (ret->type == FIELD_VARINT)
		want += varint_size(ret->varint);
	else if (ret->type == FIELD_BYTES)
		want += varint_size(ret->value.n) + ret->value.n;
	else
		want += ret->type == FIELD_FIXED64 ? 8 : 4;
	return n - b->n == want;
}

static enum kas_err
unreadable(struct kas_why *why)
{
	return kas_fail(why, KAS_MALFORMED, "fields are not in order, or not of their type");
}

enum kas_err
product_view(struct bytes row, struct product_view *ret, struct kas_why *why)
{
	struct product_view p = { 0 };
	struct bytes *texts[] = { &p.sku, &p.gtin, &p.name, &p.department, &p.tax_code };
	struct bytes before;
	struct field f;
	uint64_t last = 0;

	while (row.n > 0) {
		before = row;
		if (!take(&row, &f, &last, 6) ||
		    (f.number <= 6 && f.type != FIELD_BYTES))
			return unreadable(why);
		if (f.number >= 1 && f.number <= 5)
			*texts[f.number - 1] = f.value;
		else if (f.number == 6 && p.prices.n == 0)
			p.prices = BYTES(before.p, (size_t)(row.p - before.p));
		else if (f.number == 6)
			p.prices.n = (size_t)(row.p - p.prices.p);
	}
	*ret = p;
	return KAS_OK;
}

static bool
price_view(struct bytes b, struct price_view *ret)
{
	struct price_view v = { 0 };
	struct field f;
	uint64_t last = 0;

	while (b.n > 0) {
		if (!take(&b, &f, &last, 0) ||
		    (f.number <= 3 && f.type != FIELD_VARINT))
			return false;
		if (f.number == 1)
			v.unit_price = (int64_t)f.varint;
		else if (f.number <= 3 && f.varint > UINT32_MAX)
			return false;
		else if (f.number == 2)
			v.from_day = (uint32_t)f.varint;
		else if (f.number == 3)
			v.until_day = (uint32_t)f.varint;
	}
	*ret = v;
	return true;
}

bool
price_take(struct bytes *prices, struct price_view *ret)
{
	struct field f;

	return prices->n > 0 && field_take(prices, &f) && price_view(f.value, ret);
}

/* Rights stand packed or one by one: encoders differ. */
static bool
add_rights(uint32_t *rights, const struct field *f)
{
	struct bytes packed = f->value;
	uint64_t right = f->varint;

	if (f->type == FIELD_VARINT) {
		*rights |= right < 32 ? 1u << right : 1u;
		return true;
	}
	while (packed.n > 0) {
		if (!field_take_varint(&packed, &right))
			return false;
		*rights |= right < 32 ? 1u << right : 1u;
	}
	return f->type == FIELD_BYTES;
}

enum kas_err
cashier_view(struct bytes row, struct cashier_view *ret, struct kas_why *why)
{
	struct cashier_view v = { 0 };
	struct field f;
	uint64_t last = 0;

	while (row.n > 0) {
		if (!take(&row, &f, &last, 3) ||
		    (f.number <= 2 && f.type != FIELD_BYTES) ||
		    (f.number == 3 && !add_rights(&v.rights, &f)))
			return unreadable(why);
		if (f.number == 1)
			v.id = f.value;
		else if (f.number == 2)
			v.name = f.value;
	}
	*ret = v;
	return KAS_OK;
}

/* A NUL would end a C string early, and a tab or an escape would garble somebody's screen. */
static bool
is_printable(struct bytes b)
{
	size_t i;

	for (i = 0; i < b.n; i++)
		if (b.p[i] < ' ' || b.p[i] == 0x7f)
			return false;
	return text_is_utf8(b);
}

static enum kas_err
check_text(struct bytes b, const char *what, size_t min, size_t max, struct kas_why *why)
{
	if (b.n < min)
		return kas_fail(why, KAS_MALFORMED, "%s is empty", what);
	if (b.n > max)
		return kas_fail(why, KAS_MALFORMED, "%s is longer than %zu bytes", what, max);
	if (!is_printable(b))
		return kas_fail(why, KAS_MALFORMED, "%s is no printable UTF-8", what);
	return KAS_OK;
}

uint64_t
gtin_number(struct bytes gtin)
{
	char text[15];
	uint64_t n = 0;
	size_t i;

	if (gtin.n == 0 || gtin.n >= sizeof text)
		return 0;
	memcpy(text, gtin.p, gtin.n);
	text[gtin.n] = '\0';
	/* What stands behind a NUL would not be looked at. */
	if (strlen(text) != gtin.n || !check_gtin_is_valid(text))
		return 0;
	for (i = 0; i < gtin.n; i++)
		n = n * 10 + (uint64_t)(text[i] - '0');
	return n;
}

static bool
day_is_sound(uint32_t day)
{
	return day == 0 || check_day_is_valid(day);
}

static enum kas_err
check_price(const struct price_view *p, const struct price_view *before, struct kas_why *why)
{
	if (p->unit_price < 0)
		return kas_fail(why, KAS_MALFORMED, "a price is negative");
	if (!day_is_sound(p->from_day) || !day_is_sound(p->until_day))
		return kas_fail(why, KAS_MALFORMED, "%u to %u is no stretch of days (YYYYMMDD)",
		    p->from_day, p->until_day);
	if (p->until_day != 0 && p->until_day < p->from_day)
		return kas_fail(why, KAS_MALFORMED, "the price from %u ends before that, on %u",
		    p->from_day, p->until_day);
	if (before != NULL && (before->until_day == 0 || p->from_day <= before->until_day))
		return kas_fail(why, KAS_MALFORMED,
		    "the price from %u begins while the one from %u is valid", p->from_day,
		    before->from_day);
	return KAS_OK;
}

static enum kas_err
check_prices(struct bytes prices, struct kas_why *why)
{
	struct price_view v[2];
	enum kas_err err;
	unsigned n;

	for (n = 0; prices.n > 0; n++) {
		if (n == CATALOGUE_PRICES_MAX)
			return kas_fail(why, KAS_MALFORMED, "more than %u prices",
			    CATALOGUE_PRICES_MAX);
		if (!price_take(&prices, &v[n % 2]))
			return unreadable(why);
		err = check_price(&v[n % 2], n > 0 ? &v[(n + 1) % 2] : NULL, why);
		if (err != KAS_OK)
			return err;
	}
	return KAS_OK;
}

enum kas_err
product_check(const struct product_view *p, struct kas_why *why)
{
	enum kas_err err;

	if ((err = check_text(p->sku, "the SKU", 1, CATALOGUE_KEY_MAX, why)) != KAS_OK ||
	    (err = check_text(p->name, "the name", 0, CATALOGUE_TEXT_MAX, why)) != KAS_OK ||
	    (err = check_text(p->department, "the department", 0, CATALOGUE_TEXT_MAX, why)) !=
	    KAS_OK ||
	    (err = check_text(p->tax_code, "the tax code", 0, CATALOGUE_TEXT_MAX, why)) != KAS_OK)
		return err;
	if (p->gtin.n > 0 && gtin_number(p->gtin) == 0)
		return kas_fail(why, KAS_MALFORMED,
		    "the GTIN is not 8, 12, 13 or 14 digits with a right check digit");
	return check_prices(p->prices, why);
}

enum kas_err
cashier_check(const struct cashier_view *p, struct kas_why *why)
{
	uint32_t known = (RIGHT(SUPERVISE) << 1) - RIGHT(SELL);
	enum kas_err err;

	if ((err = check_text(p->id, "the id", 1, CATALOGUE_KEY_MAX, why)) != KAS_OK ||
	    (err = check_text(p->name, "the name", 0, CATALOGUE_TEXT_MAX, why)) != KAS_OK)
		return err;
	if ((p->rights & ~known) != 0)
		return kas_fail(why, KAS_MALFORMED, "a right that this version does not know");
	return KAS_OK;
}
