#include "cash/check_parts.h"

#include <string.h>

#define KIND(k) KASIR__V1__LINE_KIND__##k

/* Which way the goods or the value go: 1 to the customer, -1 back, 0: as the voided
 * line's, reversed. */
static const int8_t directions[] = {
	[KIND(ITEM)] = 1,
	[KIND(RETURN_ITEM)] = -1,
	[KIND(SERVICE_CHARGE)] = 1,
	[KIND(TIP)] = 1,
	[KIND(DONATION)] = 1,
	[KIND(CONTAINER_DEPOSIT)] = 1,
	[KIND(CONTAINER_REFUND)] = -1,
	[KIND(GIFT_CARD_ISSUE)] = 1,
	[KIND(GIFT_CARD_REDEEM)] = -1,
	[KIND(ADVANCE)] = 1,
	[KIND(ADVANCE_SETTLE)] = -1,
	[KIND(AGENCY)] = 1,
	[KIND(LINE_VOID)] = 0,
};

/* A basket with goods both ways is an EXCHANGE: neither a sale nor a return may hide
 * the other.  What is paid on account may itemise the bills that it settles. */
static bool
kind_fits(Kasir__V1__TransactionType type, Kasir__V1__LineKind kind)
{
	if (kind < KIND(ITEM) || kind > KIND(LINE_VOID))
		return false;
	if (type == KASIR__V1__TRANSACTION_TYPE__SALE)
		return kind != KIND(RETURN_ITEM);
	if (type == KASIR__V1__TRANSACTION_TYPE__RETURN)
		return kind != KIND(ITEM);
	if (type == KASIR__V1__TRANSACTION_TYPE__PAYMENT_ON_ACCOUNT)
		return kind == KIND(AGENCY) || kind == KIND(SERVICE_CHARGE) ||
		    kind == KIND(LINE_VOID);
	return true;
}

static bool
quantity_fits(const struct check *c, const Kasir__V1__Line *line)
{
	int direction = c->sign * check_sign_of(line->quantity);

	if (direction == 0 || line->kind < KIND(ITEM) || line->kind > KIND(LINE_VOID))
		return direction != 0;
	return directions[line->kind] == 0 || direction == directions[line->kind];
}

/* What is free has nothing that could be taken off, nor added in the guise of a discount. */
static bool
takes_off(int64_t amount, int side)
{
	return side == 0 ? amount == 0 : check_sign_of(amount) * side >= 0;
}

/* A discount takes off what is there: never more, never the other way. */
static void
check_line_amount(struct check *c, const Kasir__V1__Line *line)
{
	int side = check_sign_of(line->extended);
	int128 off = 0;
	bool fits = true;
	size_t i;

	for (i = 0; i < line->n_discounts; i++) {
		fits &= takes_off(line->discounts[i]->amount, side);
		off += line->discounts[i]->amount;
	}
	for (i = 0; i < line->n_shares; i++) {
		fits &= takes_off(line->shares[i]->amount, side);
		off += line->shares[i]->amount;
	}
	fits &= side < 0 ? off >= line->extended : off <= line->extended;
	check_holds(c, fits, RULE(DISCOUNT_EXCEEDS_LINE));
	check_sum(c, line->amount, line->extended - off, RULE(LINE_AMOUNT));
}

static void
check_line(struct check *c, const Kasir__V1__Line *line)
{
	check_holds(c, kind_fits(c->doc->type, line->kind), RULE(LINE_KIND_UNKNOWN));
	check_holds(c, line->unit_price >= 0, RULE(LINE_PRICE));
	check_holds(c, quantity_fits(c, line), RULE(LINE_QUANTITY));
	check_quotient(c, line->extended, (int128)line->quantity * line->unit_price, 1000000,
	    RULE(LINE_EXTENDED));
	check_line_amount(c, line);
	if (!check_is_blank(line->gtin) && !check_gtin_is_valid(line->gtin))
		rule_set_add(c->notes, RULE(LINE_GTIN));
}

const Kasir__V1__Line *
check_void_target(const Kasir__V1__Transaction *doc, size_t i)
{
	uint32_t number = doc->lines[i]->voids_line;

	if (number == 0 || number > i || doc->lines[number - 1]->kind == KIND(LINE_VOID))
		return NULL;
	return doc->lines[number - 1];
}

static bool
is_negated(int64_t a, int64_t b)
{
	return (int128)a == -(int128)b;
}

static bool
line_negates(const Kasir__V1__Line *v, const Kasir__V1__Line *target)
{
	return is_negated(v->quantity, target->quantity) &&
	    v->unit_price == target->unit_price && is_negated(v->extended, target->extended) &&
	    is_negated(v->amount, target->amount) && is_negated(v->tax, target->tax) &&
	    strcmp(v->tax_code, target->tax_code) == 0;
}

/* LIVE has a bit for each position of a line that stands. */
struct live_lines {
	uint64_t bits[(CHECK_LINES_MAX + 63) / 64];
	size_t n;
};

static bool
live_take(struct live_lines *live, size_t i)
{
	uint64_t bit = UINT64_C(1) << (i % 64);
	bool stood = (live->bits[i / 64] & bit) != 0;

	live->bits[i / 64] &= ~bit;
	live->n -= stood;
	return stood;
}

static void
check_line_void(struct check *c, struct live_lines *live, size_t i)
{
	const Kasir__V1__Line *line = c->doc->lines[i];
	const Kasir__V1__Line *target = check_void_target(c->doc, i);

	check_holds(c, target != NULL && live_take(live, line->voids_line - 1) &&
	    line_negates(line, target), RULE(LINE_VOID_TARGET));
}

static bool
has_supervisor(const Kasir__V1__Transaction *doc)
{
	bool named = !check_is_blank(doc->supervisor);
	size_t i, k;

	for (i = 0; i < doc->n_discounts; i++)
		named |= !check_is_blank(doc->discounts[i]->supervisor);
	for (i = 0; i < doc->n_lines; i++)
		for (k = 0; k < doc->lines[i]->n_discounts; k++)
			named |= !check_is_blank(doc->lines[i]->discounts[k]->supervisor);
	return named;
}

/* Goods with a price left, all for nothing: somebody must have allowed it. */
static void
check_free(struct check *c, const struct live_lines *live)
{
	const Kasir__V1__Transaction *doc = c->doc;
	bool priced = false;
	size_t i;

	for (i = 0; i < doc->n_lines; i++) {
		if ((live->bits[i / 64] >> (i % 64) & 1) == 0)
			continue;
		if (doc->lines[i]->amount != 0)
			return;
		priced |= doc->lines[i]->extended != 0;
	}
	check_holds(c, !priced || has_supervisor(doc), RULE(TOTAL_FREE));
}

size_t
check_lines(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	struct live_lines live = { .n = 0 };
	size_t i;

	for (i = 0; i < doc->n_lines; i++) {
		check_holds(c, doc->lines[i]->number == i + 1, RULE(LINE_NUMBERING));
		check_line(c, doc->lines[i]);
		if (doc->lines[i]->kind == KIND(LINE_VOID)) {
			check_line_void(c, &live, i);
			continue;
		}
		check_holds(c, doc->lines[i]->voids_line == 0, RULE(LINE_VOID_TARGET));
		live.bits[i / 64] |= UINT64_C(1) << (i % 64);
		live.n++;
	}
	if (c->period != NULL && doc->type == KASIR__V1__TRANSACTION_TYPE__SALE)
		check_free(c, &live);
	return live.n;
}

void
check_discount_shares(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	int128 sums[CHECK_REPEATED_MAX] = { 0 };
	size_t i, k;

	for (i = 0; i < doc->n_lines; i++)
		for (k = 0; k < doc->lines[i]->n_shares; k++) {
			const Kasir__V1__DiscountShare *s = doc->lines[i]->shares[k];

			if (check_holds(c, s->discount >= 1 && s->discount <= doc->n_discounts,
			    RULE(DISCOUNT_SHARES)))
				sums[s->discount - 1] += s->amount;
		}
	for (i = 0; i < doc->n_discounts; i++) {
		check_holds(c, doc->discounts[i]->number == i + 1, RULE(DISCOUNT_SHARES));
		check_sum(c, doc->discounts[i]->amount, sums[i], RULE(DISCOUNT_SHARES));
	}
}

/* GS1: from the right, digits weigh 1, 3, 1, 3...; the sum is a multiple of ten. */
bool
check_gtin_is_valid(const char *gtin)
{
	size_t n = strspn(gtin, "0123456789"), i;
	unsigned sum = 0;

	if (gtin[n] != '\0' || (n != 8 && n != 12 && n != 13 && n != 14))
		return false;
	for (i = 0; i < n; i++)
		sum += (unsigned)(gtin[n - 1 - i] - '0') * (i % 2 == 0 ? 1 : 3);
	return sum % 10 == 0;
}
