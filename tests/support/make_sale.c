#include "tests/support/make_parts.h"

#include <stdio.h>
#include <string.h>

#define KIND(k) KASIR__V1__LINE_KIND__##k

struct sale {
	struct arena *a;
	struct make_dice dice;
	Kasir__V1__Transaction *doc;
};

static const char *const goods[] = {
	"Beras 5 kg", "Minyak goreng 2 L", "Telur ayam", "Gula pasir", "Kopi tubruk",
	"Teh celup", "Mie goreng", "Sabun cuci", "Susu UHT 1 L", "Nasi campur Bali",
	"Es jeruk", "Tempe goreng", "Jamu kunyit", "Caf\xc3\xa9 au lait",
};

/* The tax treatments that receipts show. */
static const struct treatment {
	const char *code;
	uint32_t rate_bp, p, q;
	bool inclusive;
} treatments[] = {
	{ "PPN", 1200, 11, 12, false }, { "PPN", 1200, 11, 12, true },
	{ "PPNBM", 1200, 0, 0, false }, { "PB1", 1000, 0, 0, false },
	{ "PB1", 1000, 1, 1, true }, { "PPN11", 1100, 0, 0, true },
	{ "FREE", 0, 0, 0, false },
};
#define N_TREATMENTS (sizeof treatments / sizeof treatments[0])

static bool
add_treatment(struct sale *s, const struct treatment *t, bool by_line)
{
	Kasir__V1__Tax *tax = make_add_tax(s->a, s->doc, t->code);

	if (tax == NULL)
		return false;
	tax->rate_bp = t->rate_bp;
	tax->base_numerator = t->p;
	tax->base_denominator = t->q;
	tax->inclusive = t->inclusive;
	tax->by_line = by_line;
	return true;
}

/* None, one or two codes; two of different names. */
static bool
add_taxes(struct sale *s)
{
	const struct treatment *t = &treatments[make_below(&s->dice, N_TREATMENTS)];
	const struct treatment *u = &treatments[make_below(&s->dice, N_TREATMENTS)];
	bool by_line = make_one_in(&s->dice, 2);

	if (make_one_in(&s->dice, 5))
		return true;
	if (!add_treatment(s, t, by_line))
		return false;
	if (make_one_in(&s->dice, 4) && strcmp(t->code, u->code) != 0)
		return add_treatment(s, u, by_line);
	return true;
}

static char *
make_gtin(struct sale *s)
{
	char text[14];
	unsigned sum = 0, i;

	snprintf(text, sizeof text, "899%09u", (unsigned)make_below(&s->dice, 1000000000));
	for (i = 0; i < 12; i++)
		sum += (unsigned)(text[i] - '0') * (i % 2 == 0 ? 1 : 3);
	text[12] = (char)('0' + (10 - sum % 10) % 10);
	text[13] = '\0';
	return arena_text(s->a, text);
}

static bool
name_goods(struct sale *s, Kasir__V1__Line *line)
{
	char sku[16];

	snprintf(sku, sizeof sku, "%05u", (unsigned)make_below(&s->dice, 100000));
	line->sku = arena_text(s->a, sku);
	line->name = arena_text(s->a,
	    goods[make_below(&s->dice, sizeof goods / sizeof goods[0])]);
	if (make_one_in(&s->dice, 3))
		line->gtin = make_gtin(s);
	return line->sku != NULL && line->name != NULL && line->gtin != NULL;
}

static void
price(Kasir__V1__Line *line, int64_t quantity, int64_t unit_price)
{
	line->quantity = quantity;
	line->unit_price = unit_price;
	line->extended = make_quotient(quantity * unit_price, 1000000);
	line->amount = line->extended;
}

static char *
pick_code(struct sale *s)
{
	if (s->doc->n_taxes == 0)
		return (char *)protobuf_c_empty_string;
	return s->doc->taxes[make_below(&s->dice, s->doc->n_taxes)]->code;
}

static bool
add_goods(struct sale *s)
{
	Kasir__V1__Line *line = make_add_line(s->a, s->doc, KIND(ITEM));
	bool weighed = make_one_in(&s->dice, 6);
	int64_t quantity, unit_price;

	if (line == NULL || !name_goods(s, line))
		return false;
	quantity = weighed ? (int64_t)make_below(&s->dice, 3000) + 50
			   : ((int64_t)make_below(&s->dice, 4) + 1) * 1000;
	unit_price = ((int64_t)make_below(&s->dice, 300) + 1) * 500000;
	if (make_one_in(&s->dice, 8))
		unit_price = (int64_t)make_below(&s->dice, 9000000);	/* back-calculated, or free */
	price(line, quantity, unit_price);
	line->tax_code = pick_code(s);
	if (make_one_in(&s->dice, 6) && !make_add_discount(s->a, line, "Promo",
	    line->extended * ((int64_t)make_below(&s->dice, 100) + 1) / 100))
		return false;
	return true;
}

/* What is on a receipt besides goods. */
static bool
add_other(struct sale *s)
{
	static const Kasir__V1__LineKind kinds[] = { KIND(SERVICE_CHARGE), KIND(TIP),
		KIND(DONATION), KIND(CONTAINER_DEPOSIT), KIND(CONTAINER_REFUND),
		KIND(GIFT_CARD_ISSUE), KIND(AGENCY) };
	Kasir__V1__LineKind kind = kinds[make_below(&s->dice, sizeof kinds / sizeof kinds[0])];
	Kasir__V1__Line *line = make_add_line(s->a, s->doc, kind);

	if (line == NULL)
		return false;
	price(line, kind == KIND(CONTAINER_REFUND) ? -1000 : 1000,
	    ((int64_t)make_below(&s->dice, 100) + 1) * 100000);
	if (kind == KIND(SERVICE_CHARGE))
		line->tax_code = pick_code(s);
	return true;
}

/* Take back the last goods line again; only ever straight after it, so never twice. */
static bool
void_last(struct sale *s)
{
	const Kasir__V1__Line *target = s->doc->lines[s->doc->n_lines - 1];
	Kasir__V1__Line *line = make_add_line(s->a, s->doc, KIND(LINE_VOID));
	size_t i;

	if (line == NULL)
		return false;
	line->voids_line = target->number;
	line->sku = target->sku;
	line->gtin = target->gtin;
	line->name = target->name;
	line->tax_code = target->tax_code;
	price(line, -target->quantity, target->unit_price);
	for (i = 0; i < target->n_discounts; i++)
		if (!make_add_discount(s->a, line, target->discounts[i]->name,
		    -target->discounts[i]->amount))
			return false;
	return true;
}

static bool
is_voided(const Kasir__V1__Transaction *doc, size_t i)
{
	return i + 1 < doc->n_lines && doc->lines[i + 1]->kind == KIND(LINE_VOID);
}

static bool
takes_share(const Kasir__V1__Transaction *doc, size_t i)
{
	return doc->lines[i]->kind == KIND(ITEM) && !is_voided(doc, i);
}

static bool
add_share(struct sale *s, Kasir__V1__Line *line, int64_t amount)
{
	Kasir__V1__DiscountShare *share = arena_alloc(s->a, sizeof *share);

	if (share == NULL)
		return false;
	kasir__v1__discount_share__init(share);
	share->discount = 1;
	share->amount = amount;
	line->shares[line->n_shares++] = share;
	line->amount -= amount;
	return true;
}

/* Cumulative rounding: the shares add up to the discount and none exceeds its line. */
static bool
share_out(struct sale *s, int64_t discount, int64_t total)
{
	int64_t seen = 0, given = 0, upto;
	size_t i;

	for (i = 0; i < s->doc->n_lines; i++) {
		if (!takes_share(s->doc, i))
			continue;
		seen += s->doc->lines[i]->amount;
		upto = discount * seen / total;
		if (!add_share(s, s->doc->lines[i], upto - given))
			return false;
		given = upto;
	}
	return true;
}

static bool
discount_document(struct sale *s)
{
	Kasir__V1__Discount *d = arena_alloc(s->a, sizeof *d);
	int64_t total = 0;
	size_t i;

	for (i = 0; i < s->doc->n_lines; i++)
		if (takes_share(s->doc, i))
			total += s->doc->lines[i]->amount;
	if (total == 0)
		return true;
	if (d == NULL)
		return false;
	kasir__v1__discount__init(d);
	d->number = 1;
	d->name = arena_text(s->a, "Member");
	d->amount = total * ((int64_t)make_below(&s->dice, 100) + 1) / 100;
	s->doc->discounts[s->doc->n_discounts++] = d;
	return d->name != NULL && share_out(s, d->amount, total);
}

static bool
add_lines(struct sale *s)
{
	/* Receipts are short, with a long tail: the smaller of two throws. */
	uint64_t n = make_below(&s->dice, 11), m = make_below(&s->dice, 11);

	for (n = n < m ? n : m; n > 0; n--) {
		if (!add_goods(s))
			return false;
		if (make_one_in(&s->dice, 12) && s->doc->n_lines < 12 && !void_last(s))
			return false;
	}
	/* One that stands at the end, whatever was voided. */
	if (!add_goods(s))
		return false;
	return !make_one_in(&s->dice, 5) || add_other(s);
}

/* A tax row that no line uses would be one too many. */
static void
drop_unused_taxes(Kasir__V1__Transaction *doc)
{
	size_t i, k, kept = 0;

	for (i = 0; i < doc->n_taxes; i++)
		for (k = 0; k < doc->n_lines; k++)
			if (strcmp(doc->lines[k]->tax_code, doc->taxes[i]->code) == 0) {
				doc->taxes[kept++] = doc->taxes[i];
				break;
			}
	doc->n_taxes = kept;
}

static bool
pay_cash(struct sale *s, int64_t due)
{
	Kasir__V1__Tender *t = make_add_tender(s->a, s->doc, KASIR__V1__TENDER_KIND__CASH, due);

	if (t == NULL)
		return false;
	if (due > 0 && make_one_in(&s->dice, 2)) {
		t->tendered = (due / 50000 + 1) * 50000;
		t->change = t->tendered - due;
	}
	return true;
}

static bool
pay_foreign(struct sale *s, int64_t due)
{
	Kasir__V1__Tender *t = make_add_tender(s->a, s->doc,
	    KASIR__V1__TENDER_KIND__CASH_FOREIGN, 0);
	Kasir__V1__Foreign *f = arena_alloc(s->a, sizeof *f);

	if (t == NULL || f == NULL)
		return false;
	kasir__v1__foreign__init(f);
	f->currency = arena_text(s->a, "USD");
	f->exponent = 2;
	f->rate_e8 = UINT64_C(16234567890);	/* 162.3456789 rupiah a cent */
	f->amount = (due / 16234 + 1) * 100;
	t->foreign = f;
	t->tendered = make_quotient(f->amount * 1623456789, 10000000);
	t->change = t->tendered - due;
	return f->currency != NULL;
}

static bool
pay_card(struct sale *s, Kasir__V1__TenderKind kind, int64_t due)
{
	Kasir__V1__Tender *t = make_add_tender(s->a, s->doc, kind, due);

	if (t == NULL)
		return false;
	if (kind == KASIR__V1__TENDER_KIND__DEBIT && make_one_in(&s->dice, 8)) {
		t->cash_back = 100000;
		t->tendered += t->cash_back;
	}
	t->rrn = arena_text(s->a, "632511000042");
	return t->rrn != NULL;
}

static bool
pay_voucher(struct sale *s, int64_t due)
{
	Kasir__V1__Tender *t = make_add_tender(s->a, s->doc, KASIR__V1__TENDER_KIND__VOUCHER,
	    50000);

	if (t == NULL)
		return false;
	if (due < t->tendered) {
		t->forfeit = t->tendered - due;
		return true;
	}
	return due == t->tendered || pay_cash(s, due - t->tendered);
}

static bool
pay(struct sale *s)
{
	int64_t due = s->doc->payable;
	uint64_t throw = make_below(&s->dice, 100);

	if (due == 0)
		return true;
	if (due < 0 || throw < 70)
		return pay_cash(s, due);
	if (throw < 73)
		return pay_foreign(s, due);
	if (throw < 77)
		return pay_voucher(s, due);
	if (throw < 88)
		return pay_card(s, KASIR__V1__TENDER_KIND__DEBIT, due);
	if (throw < 93)
		return pay_card(s, KASIR__V1__TENDER_KIND__CREDIT, due);
	return pay_card(s, throw < 97 ? KASIR__V1__TENDER_KIND__QRIS
				      : KASIR__V1__TENDER_KIND__EMONEY, due);
}

/* Only where cash pays: to the nearest hundred. */
static void
round_for_cash(struct sale *s)
{
	Kasir__V1__Transaction *doc = s->doc;

	doc->cash_rounding = make_quotient(doc->gross, 100) * 100 - doc->gross;
	doc->payable = doc->gross + doc->cash_rounding;
}

Kasir__V1__Transaction *
make_sale(struct arena *a, uint64_t seed)
{
	struct sale s = { .a = a, .dice = { seed } };
	bool rounded;

	s.doc = make_document(a, KASIR__V1__TRANSACTION_TYPE__SALE);
	if (s.doc == NULL || !add_taxes(&s) || !add_lines(&s))
		return NULL;
	if (make_one_in(&s.dice, 6) && !discount_document(&s))
		return NULL;
	drop_unused_taxes(s.doc);
	make_reckon(s.doc);
	rounded = make_one_in(&s.dice, 3);
	if (rounded)
		round_for_cash(&s);
	/* What is rounded away was due in cash, if only none of it. */
	rounded = rounded && (s.doc->payable != 0 || s.doc->cash_rounding != 0);
	if (!(rounded ? pay_cash(&s, s.doc->payable) : pay(&s)))
		return NULL;
	return s.doc;
}
