#include "tools/kasir-term/baskets.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/proto.h"

#define TAX_BP 1000		/* PBJT 10 % */

uint64_t
dice_roll(struct dice *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;	/* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t
dice_below(struct dice *d, uint64_t n)
{
	return dice_roll(d) % n;
}

/* Measured on 800 receipts: docs/reference/simulate.md. */
struct weight {
	unsigned value, n;
};

static const struct weight lines_of_basket[] = { { 1, 345 }, { 2, 172 }, { 3, 115 }, { 4, 52 },
	{ 5, 36 }, { 6, 32 }, { 7, 15 }, { 8, 5 }, { 9, 4 }, { 10, 3 }, { 11, 8 }, { 12, 6 },
	{ 13, 2 }, { 17, 1 }, { 20, 1 }, { 21, 1 }, { 22, 2 }, { 0, 0 } };
static const struct weight pieces_of_line[] = { { 1, 1749 }, { 2, 210 }, { 3, 70 }, { 4, 18 },
	{ 5, 16 }, { 6, 12 }, { 7, 2 }, { 8, 4 }, { 10, 6 }, { 11, 2 }, { 0, 0 } };
/* The receipts say cash, card or e-money; which card and which wallet is ours. */
static const struct weight tender_kinds[] = { { KASIR__V1__TENDER_KIND__CASH, 1034 },
	{ KASIR__V1__TENDER_KIND__DEBIT, 156 }, { KASIR__V1__TENDER_KIND__CREDIT, 78 },
	{ KASIR__V1__TENDER_KIND__EMONEY, 46 }, { KASIR__V1__TENDER_KIND__QRIS, 46 }, { 0, 0 } };
#define EXACT_OF_500 134	/* who pay cash, give exactly what is asked */

static unsigned
roll_weight(struct dice *d, const struct weight *w)
{
	uint64_t all = 0, r;
	size_t i;

	for (i = 0; w[i].n > 0; i++)
		all += w[i].n;
	r = dice_below(d, all);
	for (i = 0; r >= w[i].n; i++)
		r -= w[i].n;
	return w[i].value;
}

/* Each stands for a twentieth of the lines of the receipts: the middle of its prices. */
static const struct {
	const char *sku, *name;
	int64_t price;
} goods[] = {
	{ "8001", "Kerupuk", 3500 },
	{ "8002", "Air Mineral", 6800 },
	{ "8003", "Es Teh Manis", 8500 },
	{ "8004", "Nasi Putih", 9500 },
	{ "8005", "Kopi Tubruk", 10900 },
	{ "8006", "Roti Bakar", 12000 },
	{ "8007", "Es Jeruk", 14000 },
	{ "8008", "Kopi Susu", 16000 },
	{ "8009", "Pisang Goreng Keju", 18000 },
	{ "8010", "Es Campur", 20000 },
	{ "8011", "Ayam Geprek", 22000 },
	{ "8012", "Mie Goreng", 25000 },
	{ "8013", "Cokelat Panas", 28000 },
	{ "8014", "Nasi Goreng Spesial", 31800 },
	{ "8015", "Sate Ayam (10)", 38000 },
	{ "8016", "Soto Betawi", 43600 },
	{ "8017", "Bebek Goreng", 51500 },
	{ "8018", "Iga Bakar", 68000 },
	{ "8019", "Gurame Goreng", 97000 },
	{ "8020", "Paket Keluarga", 170000 },
};

struct basket {
	Kasir__V1__Transaction doc;
	Kasir__V1__Line lines[BASKET_LINES_MAX], *line_list[BASKET_LINES_MAX];
	Kasir__V1__Tax tax, *taxes[1];
	Kasir__V1__Tender tender, *tenders[1];
	char receipt[32];
};

static void
add_line(struct basket *b, const char *sku, const char *name, int64_t price, int64_t quantity)
{
	Kasir__V1__Line *l = &b->lines[b->doc.n_lines];

	kasir__v1__line__init(l);
	l->number = (uint32_t)b->doc.n_lines + 1;
	l->kind = KASIR__V1__LINE_KIND__ITEM;
	l->sku = (char *)sku;
	l->name = (char *)name;
	l->quantity = quantity;
	l->unit_price = price * 1000;
	/* Half up; quantities here are whole thousandths of whole rupiah. */
	l->extended = (quantity * price + 500) / 1000;
	l->amount = l->extended;
	l->tax_code = (char *)"PBJT";
	b->line_list[b->doc.n_lines++] = l;
}

static void
roll_line(struct dice *d, struct basket *b)
{
	size_t g = dice_below(d, sizeof(goods) / sizeof(goods[0]));

	if (dice_below(d, 40) == 0)
		add_line(b, "9001", "Buah Potong (kg)", 45000, 150 + (int64_t)dice_below(d, 1200));
	else
		add_line(b, goods[g].sku, goods[g].name, goods[g].price,
		    1000 * (int64_t)roll_weight(d, pieces_of_line));
}

static void
reckon(struct basket *b)
{
	Kasir__V1__Tax *t = &b->tax;
	size_t i;

	kasir__v1__tax__init(t);
	t->code = (char *)"PBJT";
	t->rate_bp = TAX_BP;
	for (i = 0; i < b->doc.n_lines; i++)
		t->tax_base += b->lines[i].amount;
	t->taxable = t->tax_base;
	t->amount = (t->taxable * TAX_BP + 5000) / 10000;
	t->gross = t->tax_base + t->amount;
	b->taxes[0] = t;
	b->doc.n_taxes = 1;
	b->doc.taxes = b->taxes;
	b->doc.gross = b->doc.payable = t->gross;
}

/* Few pay 47,355 in coins: most give the next note or round sum. */
static int64_t
roll_cash(struct dice *d, int64_t payable)
{
	static const int64_t steps[] = { 500, 1000, 5000, 10000, 50000, 100000 };
	int64_t step = steps[dice_below(d, 6)];

	if (dice_below(d, 500) < EXACT_OF_500)
		return payable;
	return (payable + step - 1) / step * step;
}

/* The exact sum in cash, until it turns out otherwise. */
static void
begin_tender(struct basket *b)
{
	Kasir__V1__Tender *t = &b->tender;

	kasir__v1__tender__init(t);
	t->number = 1;
	t->kind = KASIR__V1__TENDER_KIND__CASH;
	t->state = KASIR__V1__TENDER_STATE__APPROVED;
	t->tendered = b->doc.payable;
	b->tenders[0] = t;
	b->doc.n_tenders = 1;
	b->doc.tenders = b->tenders;
}

static void
roll_tender(struct dice *d, struct basket *b)
{
	Kasir__V1__Tender *t = &b->tender;

	begin_tender(b);
	t->kind = (Kasir__V1__TenderKind)roll_weight(d, tender_kinds);
	if (t->kind == KASIR__V1__TENDER_KIND__CASH) {
		t->tendered = roll_cash(d, b->doc.payable);
		t->change = t->tendered - b->doc.payable;
	}
	if (t->kind == KASIR__V1__TENDER_KIND__QRIS)
		t->qris_mode = KASIR__V1__QRIS_MODE__QRIS_DYNAMIC;
}

uint32_t
basket_business_day(int64_t wall_us)
{
	time_t local = (time_t)(wall_us / 1000000 + BASKET_UTC_OFFSET_MIN * 60);
	struct tm tm;

	gmtime_r(&local, &tm);
	return (uint32_t)((tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday);
}

static void
begin(struct basket *b, int64_t wall_us, uint64_t receipt_number)
{
	kasir__v1__transaction__init(&b->doc);
	b->doc.schema = 1;
	b->doc.type = KASIR__V1__TRANSACTION_TYPE__SALE;
	b->doc.at_us = wall_us;
	b->doc.utc_offset_min = BASKET_UTC_OFFSET_MIN;
	b->doc.business_day = basket_business_day(wall_us);
	b->doc.cashier = (char *)"sari";
	b->doc.shift = (char *)"1";
	b->doc.currency = (char *)"IDR";
	snprintf(b->receipt, sizeof(b->receipt), "%08llu", (unsigned long long)receipt_number);
	b->doc.receipt_number = b->receipt;
	b->doc.lines = b->line_list;
}

static struct bytes
pack(const struct basket *b, struct arena *a)
{
	struct bytes packed;

	return proto_pack(a, &b->doc.base, &packed) ? packed : BYTES_NONE;
}

struct bytes
basket_make(struct dice *d, int64_t wall_us, uint64_t receipt_number, unsigned lines,
    struct arena *a, int64_t *ret_payable)
{
	struct basket b;
	struct bytes packed;
	unsigned i, n = lines > 0 ? lines : roll_weight(d, lines_of_basket);

	begin(&b, wall_us, receipt_number);
	for (i = 0; i < n && i < BASKET_LINES_MAX; i++)
		roll_line(d, &b);
	reckon(&b);
	roll_tender(d, &b);
	packed = pack(&b, a);
	*ret_payable = b.doc.payable;
	return packed;
}

struct bytes
basket_single(const char *name, int64_t price, int64_t wall_us, struct arena *a)
{
	struct basket b;

	begin(&b, wall_us, 1);
	add_line(&b, "0", name, price, 1000);
	reckon(&b);
	begin_tender(&b);
	return pack(&b, a);
}
