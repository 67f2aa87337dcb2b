#include "tools/kasir-term/replay_cord_parts.h"

#include <string.h>

bool
making_set_text(struct arena *a, char **field, const char *text)
{
	if (text != NULL)
		*field = arena_text(a, text);
	return *field != NULL;
}

/* PRICE for QUANTITY is what is printed; the unit price is the printed one where the two
 * agree, else the one that gives it back. */
static void
price_line(Kasir__V1__Line *line, int64_t quantity, int64_t price, int64_t unit_price)
{
	struct money m;

	line->quantity = quantity;
	line->extended = line->amount = price;
	line->unit_price = unit_price * 1000;
	if (unit_price != 0 && money_extend((struct quantity){ quantity }, line->unit_price,
	    KASIR__V1__ROUNDING_MODE__HALF_UP, &m) == KAS_OK && m.minor == price)
		return;
	if (money_divide((int128)price * 1000000, quantity, KASIR__V1__ROUNDING_MODE__HALF_UP,
	    &m) == KAS_OK)
		line->unit_price = m.minor;
}

static bool
take_off_line(struct making *m, Kasir__V1__Line *line, int64_t amount)
{
	Kasir__V1__Discount *d = arena_alloc(m->a, sizeof *d);

	line->discounts = arena_alloc(m->a, sizeof *line->discounts);
	if (d == NULL || line->discounts == NULL)
		return false;
	kasir__v1__discount__init(d);
	d->number = 1;
	d->amount = amount;
	line->discounts[line->n_discounts++] = d;
	line->amount -= amount;
	return true;
}

static bool
add_modifiers(struct making *m, const struct receipt_item *item)
{
	Kasir__V1__Line *line;

	if (item->modifiers_price == 0)
		return true;
	if (!m->fit.modifiers) {
		m->counts->figures_unused++;
		return true;
	}
	line = replay_line(m->a, m->doc, KASIR__V1__LINE_KIND__ITEM);
	if (line == NULL || !making_set_text(m->a, &line->name, item->modifiers))
		return false;
	price_line(line, 1000, item->modifiers_price, 0);
	return true;
}

static bool
add_item(struct making *m, const struct receipt_item *item)
{
	Kasir__V1__Line *line = replay_line(m->a, m->doc, KASIR__V1__LINE_KIND__ITEM);

	if (line == NULL || !making_set_text(m->a, &line->name, item->name) ||
	    !making_set_text(m->a, &line->sku, item->number) ||
	    !making_set_text(m->a, &line->note, item->modifiers))
		return false;
	m->counts->lines_for_rows++;
	/* Without a price it is free, if the receipt adds up without one; if not, nobody knows
	 * what it was, and quantity 0 says so. */
	if (item->readable || m->fit.reconciles) {
		price_line(line, item->quantity, item->price, item->unit_price);
		m->counts->rows_unpriced += !item->readable;
	} else {
		m->counts->rows_unreadable++;
	}
	if (item->discount != 0 && !m->fit.line_discounts)
		m->counts->figures_unused++;
	else if (item->discount != 0 && !take_off_line(m, line, item->discount))
		return false;
	return add_modifiers(m, item);
}

/* The line that a void entry takes back: of its name, not taken back yet. */
static const Kasir__V1__Line *
find_voided(const Kasir__V1__Transaction *doc, const struct receipt_item *item)
{
	const Kasir__V1__Line *line;
	size_t i, k;

	for (i = doc->n_lines; i > 0; i--) {
		line = doc->lines[i - 1];
		for (k = i; k < doc->n_lines; k++)
			if (doc->lines[k]->voids_line == line->number)
				break;
		if (k == doc->n_lines && item->name != NULL && strcmp(line->name, item->name) == 0)
			return line;
	}
	return NULL;
}

static bool
add_void(struct making *m, const struct receipt_item *item)
{
	const Kasir__V1__Line *target = find_voided(m->doc, item);
	Kasir__V1__Line *line = replay_line(m->a, m->doc, KASIR__V1__LINE_KIND__LINE_VOID);
	int64_t price = item->price < 0 ? item->price : -item->price;

	if (line == NULL || !making_set_text(m->a, &line->name, item->name))
		return false;
	m->counts->lines_for_rows++;
	line->quantity = target != NULL ? -target->quantity : -1000;
	line->voids_line = target != NULL ? target->number : 0;
	line->unit_price = target != NULL ? target->unit_price : -price * 1000;
	line->extended = line->amount = price;
	return true;
}

static bool
add_service(struct making *m)
{
	Kasir__V1__Line *line;

	if (m->r->service.amount == 0)
		return true;
	line = replay_line(m->a, m->doc, KASIR__V1__LINE_KIND__SERVICE_CHARGE);
	if (line == NULL || !making_set_text(m->a, &line->name, "Service charge"))
		return false;
	price_line(line, 1000, m->r->service.amount, 0);
	return true;
}

/* Cumulative rounding: the shares sum to the discount exactly. */
static bool
share_discount(struct making *m, int64_t discount)
{
	Kasir__V1__DiscountShare *share;
	Kasir__V1__Line *line;
	int128 seen = 0;
	int64_t given = 0, upto;
	size_t i;

	for (i = 0; i < m->doc->n_lines; i++) {
		line = m->doc->lines[i];
		if (line->kind != KASIR__V1__LINE_KIND__ITEM || line->amount <= 0)
			continue;
		seen += line->amount;
		upto = (int64_t)((int128)discount * seen / m->fit.goods);
		share = arena_alloc(m->a, sizeof *share);
		line->shares = arena_alloc(m->a, sizeof *line->shares);
		if (share == NULL || line->shares == NULL)
			return false;
		kasir__v1__discount_share__init(share);
		share->discount = 1;
		share->amount = upto - given;
		line->shares[line->n_shares++] = share;
		line->amount -= share->amount;
		given = upto;
	}
	return true;
}

static bool
add_discount(struct making *m)
{
	Kasir__V1__Discount *d;

	if (m->r->discount.amount == 0)
		return true;
	if (!m->fit.discount || m->fit.goods <= 0) {
		m->counts->figures_unused++;
		return true;
	}
	d = arena_alloc(m->a, sizeof *d);
	m->doc->discounts = arena_alloc(m->a, sizeof *m->doc->discounts);
	if (d == NULL || m->doc->discounts == NULL)
		return false;
	kasir__v1__discount__init(d);
	d->number = 1;
	d->amount = m->r->discount.amount;
	m->doc->discounts[m->doc->n_discounts++] = d;
	return share_discount(m, d->amount);
}

bool
making_add_lines(struct making *m)
{
	size_t i;

	for (i = 0; i < m->r->n; i++)
		if (!(m->r->items[i].voided ? add_void(m, &m->r->items[i])
					    : add_item(m, &m->r->items[i])))
			return false;
	return add_service(m) && add_discount(m);
}
