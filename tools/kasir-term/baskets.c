#include "tools/kasir-term/baskets.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/proto.h"

#define LINES_MAX 24
#define TAX_BP	  1000		/* PBJT 10 % */

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

/* Of 843 receipts, how many have 1, 2, 3... lines. */
static unsigned
roll_lines(struct dice *d)
{
	static const unsigned weight[] = { 345, 172, 115, 52, 36, 32, 15, 8, 7, 5, 8, 6, 3, 1, 1, 2,
		1, 1, 1, 2 };
	unsigned r = (unsigned)dice_below(d, 813), n = 0;

	while (n + 1 < sizeof(weight) / sizeof(weight[0]) && r >= weight[n])
		r -= weight[n++];
	return n + 1;
}

static const struct {
	const char *sku, *name;
	int64_t price;
} goods[] = {
	{ "8001", "Es Teh Manis", 8000 },
	{ "8002", "Air Mineral", 7500 },
	{ "8003", "Kerupuk", 5000 },
	{ "8004", "Nasi Putih", 9000 },
	{ "8005", "Kopi Susu", 18182 },
	{ "8006", "Roti Bakar", 15800 },
	{ "8007", "Mie Goreng", 25000 },
	{ "8008", "Nasi Goreng Spesial", 32000 },
	{ "8009", "Ayam Geprek", 22000 },
	{ "8010", "Sate Ayam (10)", 38000 },
	{ "8011", "Soto Betawi", 42728 },
	{ "8012", "Iga Bakar", 80800 },
	{ "8013", "Gurame Goreng", 125000 },
	{ "8014", "Es Campur", 20000 },
	{ "8015", "Pisang Goreng Keju", 22500 },
	{ "8016", "Cokelat Panas", 28000 },
};

struct basket {
	Kasir__V1__Transaction doc;
	Kasir__V1__Line lines[LINES_MAX], *line_list[LINES_MAX];
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
	uint64_t r = dice_below(d, 100);
	int64_t quantity = r < 84 ? 1000 : r < 94 ? 2000 : r < 97 ? 3000 : 5000;

	if (dice_below(d, 40) == 0)
		add_line(b, "9001", "Buah Potong (kg)", 45000, 150 + (int64_t)dice_below(d, 1200));
	else
		add_line(b, goods[g].sku, goods[g].name, goods[g].price, quantity);
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

/* Nobody pays 47,355 in coins: the next note or round sum. */
static int64_t
roll_cash(struct dice *d, int64_t payable)
{
	static const int64_t steps[] = { 500, 1000, 5000, 10000, 50000, 100000 };
	int64_t step = steps[dice_below(d, 6)];

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
	uint64_t r = dice_below(d, 100);

	begin_tender(b);
	t->kind = r < 76	     ? KASIR__V1__TENDER_KIND__CASH
	    : r < 88		     ? KASIR__V1__TENDER_KIND__DEBIT
	    : r < 94		     ? KASIR__V1__TENDER_KIND__CREDIT
	    : r < 97		     ? KASIR__V1__TENDER_KIND__EMONEY
				     : KASIR__V1__TENDER_KIND__QRIS;
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
	unsigned i, n = lines > 0 ? lines : roll_lines(d);

	begin(&b, wall_us, receipt_number);
	for (i = 0; i < n && i < LINES_MAX; i++)
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
