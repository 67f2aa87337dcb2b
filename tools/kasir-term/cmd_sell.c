/* One sale, start to end, as a till would make it. */
#include "tools/kasir-term/commands.h"

#include <stdio.h>
#include <time.h>

#include "base/proto.h"
#include "tools/kasir-term/baskets.h"
#include "tools/kasir-term/hand.h"

const struct cli_option sell_options[] = {
	{ "name", 0, "TEXT", "of the goods (Es Teh Manis)" },
	{ "sku", 0, "TEXT", "of the goods (0)" },
	{ "price", 'p', "RUPIAH", "of the goods, before 10 % tax (8000)" },
	{ "paid", 0, "RUPIAH", "in cash; what is too much is given back (what is to be paid)" },
	{ "receipt", 0, "TEXT", "number of the receipt (the time, as 142305)" },
	HAND_OPTIONS,
	{ NULL, 0, NULL, NULL },
};

/* As a till whose cashier lets it pass: too little is taken all the same. */
static void
pay(Kasir__V1__Transaction *doc, int64_t paid)
{
	Kasir__V1__Tender *cash = doc->tenders[0];

	cash->tendered = paid;
	cash->change = paid > doc->payable ? paid - doc->payable : 0;
}

static int
sell_basket(struct cli *cli, uint64_t price, uint64_t paid, struct arena *a)
{
	time_t now = time(NULL);
	struct tm local;
	char receipt[16];
	Kasir__V1__Transaction *doc = PROTO_UNPACK(kasir__v1__transaction, a,
	    basket_single(cli_value(cli, "name", "Es Teh Manis"), (int64_t)price,
		(int64_t)now * 1000000, a));

	if (doc == NULL)
		return EX_OSERR;
	now += BASKET_UTC_OFFSET_MIN * 60;
	strftime(receipt, sizeof(receipt), "%H%M%S", gmtime_r(&now, &local));
	doc->receipt_number = (char *)cli_value(cli, "receipt", receipt);
	doc->lines[0]->sku = (char *)cli_value(cli, "sku", "0");
	if (paid > 0)
		pay(doc, (int64_t)paid);
	return hand_in(cli, doc);
}

int
sell(struct cli *cli)
{
	int code = EX_OK;
	uint64_t price = cli_number(cli, "price", 1, 1000000000, 8000, &code);
	uint64_t paid = cli_number(cli, "paid", 1, 10000000000, 0, &code);
	struct arena a;

	if (code != EX_OK)
		return code;
	arena_init(&a, 0);
	code = sell_basket(cli, price, paid, &a);
	arena_fini(&a);
	return code;
}
