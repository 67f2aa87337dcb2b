#include "book/day.h"
#include "report/fold_parts.h"

#include <string.h>

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define KIND(k) KASIR__V1__LINE_KIND__##k

_Static_assert(SUMS_KEY_MAX == SHIFT_NAME_MAX, "names are cut alike");

void
fold_key_text(const char *text, char to[SUMS_KEY_MAX + 1])
{
	day_keep_text(text, to);
}

static struct sums_key
key_of(enum sums_table table, uint32_t day, const char *text)
{
	struct sums_key k = { .table = table, .day = day };

	memcpy(k.text, text, strnlen(text, SUMS_KEY_MAX));
	return k;
}

static struct sums_key
numbered(enum sums_table table, uint32_t day, uint32_t number)
{
	return (struct sums_key){ .table = table, .day = day, .number = number };
}

static int64_t
documents(const struct period *p, Kasir__V1__TransactionType type)
{
	return (int64_t)p->types[type].count;
}

static struct trade
trade_of(const struct period *p)
{
	struct trade t = {
		.receipts = documents(p, TYPE(SALE)) + documents(p, TYPE(RETURN)) +
		    documents(p, TYPE(EXCHANGE)) + documents(p, TYPE(PAYMENT_ON_ACCOUNT)),
		.items = p->items, .discounts = p->discounts, .returns = p->returns,
		.tax_included = p->tax_included, .tax = p->tax, .service = p->service,
		.other = p->other, .total = p->total, .rounding = p->rounding,
		.return_receipts = documents(p, TYPE(RETURN)),
		.voids = documents(p, TYPE(POST_VOID)),
		.drawer_openings = documents(p, TYPE(NO_SALE)),
	};

	period_gain(&t.voids_amount, -(int128)p->types[TYPE(POST_VOID)].amount);
#define FIGURE(name) \
	t.name = (int64_t)p->name.count; \
	t.name##_amount = p->name.amount;
	FIGURE(line_voids)
	FIGURE(overrides)
	FIGURE(exceptions)
	FIGURE(accepted)
	FIGURE(voided)
	FIGURE(training)
#undef FIGURE
	return t;
}

static enum kas_err
add_trade(struct fold *f, const struct dealing *d, const struct period *p)
{
	struct trade t = trade_of(p);
	struct sums_key keys[] = {
		numbered(SUMS_HOUR, d->day, d->hour),
		key_of(SUMS_CASHIER, d->day, d->cashier),
		key_of(SUMS_TERMINAL, d->day, d->record->terminal),
	};
	enum kas_err err = KAS_OK;
	size_t i;

	for (i = 0; i < sizeof keys / sizeof *keys && err == KAS_OK; i++)
		err = SUMS_ADD(f->sums, &keys[i], &t);
	return err;
}

static enum kas_err
add_figures(struct fold *f, enum sums_table table, uint32_t day, const struct figure *figures,
    size_t n)
{
	struct sums_key key;
	enum kas_err err = KAS_OK;
	uint32_t i;

	for (i = 0; i < n && err == KAS_OK; i++) {
		int64_t values[] = { (int64_t)figures[i].count, figures[i].amount };

		if (values[0] == 0 && values[1] == 0)
			continue;
		key = numbered(table, day, i);
		err = SUMS_ADD(f->sums, &key, &values);
	}
	return err;
}

static enum kas_err
add_taxes(struct fold *f, const struct dealing *d, const struct period *p)
{
	struct sums_key key;
	enum kas_err err = KAS_OK;
	size_t i;

	for (i = 0; i < p->n_taxes && err == KAS_OK; i++) {
		const struct period_tax *t = &p->taxes[i];
		int64_t values[] = { t->tax_base, t->taxable, t->amount, t->gross };

		key = key_of(SUMS_TAX, d->day, t->code);
		key.number = t->rate_bp;
		err = SUMS_ADD(f->sums, &key, &values);
	}
	return err;
}

static enum kas_err
add_cash(struct fold *f, const struct dealing *d, const struct period_cash *c)
{
	struct sums_key key = key_of(SUMS_CASH, d->day, d->record->terminal);
#define X(name) .name = c->name,
	struct drawer drawer = { CASH_COLUMNS(X) };
#undef X
	enum kas_err err = SUMS_ADD(f->sums, &key, &drawer);
	size_t i;

	for (i = 0; i < c->n_foreign && err == KAS_OK; i++) {
		key = key_of(SUMS_FOREIGN, d->day, c->foreign[i].currency);
		err = sums_add(f->sums, &key, &c->foreign[i].amount, 1);
	}
	return err;
}

/* Goods are known by their SKU; a till without SKUs has GTINs or names. */
static const char *
product_of(const Kasir__V1__Line *line)
{
	return line->sku[0] != '\0' ? line->sku : line->gtin[0] != '\0' ? line->gtin : line->name;
}

static struct goods
goods_of(const Kasir__V1__Line *line, const struct period_line *of, int sign)
{
	bool back = of->kind == KIND(RETURN_ITEM);
	struct goods g = { 0 };

	period_gain(back ? &g.returned : &g.sold, (back ? -sign : sign) * (int128)line->quantity);
	period_gain(&g.items, sign * of->priced);
	period_gain(&g.discounts, sign * of->discount);
	period_gain(&g.returns, sign * of->returned);
	return g;
}

static uint64_t
mix_text(uint64_t h, const char *text)
{
	for (; *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * 0x100000001b3u;
	return (h ^ 0xff) * 0x100000001b3u;
}

/* A product's names seldom change: they are written when they differ from the line before. */
static enum kas_err
name_product(struct fold *f, const char *product, const Kasir__V1__Line *line)
{
	uint64_t *mark = sums_mark(f->sums, product);
	uint64_t now = mix_text(mix_text(mix_text(0xcbf29ce484222325u, line->name), line->gtin),
	    line->department) | 1;

	if (mark == NULL)
		return KAS_NOMEM;
	if (*mark == now)
		return KAS_OK;
	*mark = now;
	return fold_add_product(f, product, line);
}

static enum kas_err
add_goods(struct fold *f, uint32_t day, const Kasir__V1__Line *line, const struct goods *g)
{
	char product[SUMS_KEY_MAX + 1], department[SUMS_KEY_MAX + 1];
	enum kas_err err = KAS_OK;
	size_t i;

	fold_key_text(product_of(line), product);
	fold_key_text(line->department, department);
	struct sums_key keys[] = {
		key_of(SUMS_PRODUCT, day, product),
		key_of(SUMS_PRODUCT_MONTH, day / 100, product),
		key_of(SUMS_DEPARTMENT, day, department),
		key_of(SUMS_DEPARTMENT_MONTH, day / 100, department),
	};
	for (i = 0; i < sizeof keys / sizeof *keys && err == KAS_OK; i++)
		err = SUMS_ADD(f->sums, &keys[i], g);
	return err == KAS_OK ? name_product(f, product, line) : err;
}

/* SIGN: -1 takes away again. */
static enum kas_err
add_lines(struct fold *f, const struct dealing *d, int sign)
{
	struct period_line of;
	struct goods g;
	enum kas_err err = KAS_OK;
	size_t i;

	for (i = 0; period_trades(d->doc->type) && i < d->doc->n_lines && err == KAS_OK; i++) {
		of = period_line_of(d->doc, i);
		if (of.kind != KIND(ITEM) && of.kind != KIND(RETURN_ITEM))
			continue;
		g = goods_of(d->doc->lines[i], &of, sign);
		err = add_goods(f, d->day, d->doc->lines[i], &g);
	}
	return err;
}

/* 1: D's lines count from now on; -1: no more; 0: they stay as they are. */
static int
sign_of(const struct dealing *d, enum effect effect)
{
	if (effect == EFFECT_ENTERED)
		return d->standing == STANDING_COUNTS;
	return effect == EFFECT_ACCEPTED ? 1 : effect == EFFECT_TAKEN_OUT ? -1 : 0;
}

static void
reckon(const struct dealing *d, enum effect effect, struct period *p)
{
	switch (effect) {
	case EFFECT_ENTERED:
		period_add(p, d->doc, d->standing);
		break;
	case EFFECT_ACCEPTED:
		period_accept(p, d->doc);
		break;
	case EFFECT_VOIDED:
		period_void(p, d->doc);
		break;
	case EFFECT_DOUBTED:
		period_doubt(p, d->doc);
		break;
	case EFFECT_UPHELD:
		period_uphold(p, d->doc);
		break;
	case EFFECT_TAKEN_OUT:
		period_take_out(p, d->doc);
		break;
	}
}

enum kas_err
fold_add_up(struct fold *f, const struct dealing *d, enum effect effect)
{
	int sign = d->doc != NULL ? sign_of(d, effect) : 0;
	struct period p;
	enum kas_err err;

	memset(&p, 0, sizeof p);
	reckon(d, effect, &p);
	err = add_trade(f, d, &p);
	if (err == KAS_OK)
		err = add_figures(f, SUMS_TYPE, d->day, p.types, PERIOD_TYPES);
	if (err == KAS_OK)
		err = add_figures(f, SUMS_TENDER, d->day, p.tenders, PERIOD_TENDERS);
	if (err == KAS_OK)
		err = add_taxes(f, d, &p);
	if (err == KAS_OK)
		err = add_cash(f, d, &p.cash);
	if (err == KAS_OK && sign != 0)
		err = add_lines(f, d, sign);
	return err;
}
