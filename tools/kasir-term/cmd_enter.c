/* What a cashier does besides selling: the shift, the drawer, what is counted. */
#include "tools/kasir-term/commands.h"

#include <string.h>

#include "base/text.h"
#include "tools/kasir-term/hand.h"

const struct cli_option enter_options[] = {
	{ "amount", 'a', "RUPIAH", "of money that goes into the drawer or out of it" },
	{ "account", 0, "TEXT", "where it is booked" },
	{ "bag", 0, "TEXT", "of a bank deposit" },
	{ "slip", 0, "TEXT", "of a bank deposit" },
	{ "count", 0, "COUNT", "what is in the drawer: value x pieces, as 50000x4,1000x12" },
	{ "reason", 'r', "TEXT", "why" },
	HAND_OPTIONS,
	{ NULL, 0, NULL, NULL },
};

/* What a document of a type holds. */
enum part {
	NOTHING,
	MONEY_IN,
	MONEY_OUT,
	A_COUNT
};

static const struct kind {
	const char *name;
	Kasir__V1__TransactionType type;
	enum part part;
} kinds[] = {
	{ "sign-on", KASIR__V1__TRANSACTION_TYPE__SIGN_ON, NOTHING },
	{ "sign-off", KASIR__V1__TRANSACTION_TYPE__SIGN_OFF, NOTHING },
	{ "shift-open", KASIR__V1__TRANSACTION_TYPE__SHIFT_OPEN, A_COUNT },
	{ "shift-close", KASIR__V1__TRANSACTION_TYPE__SHIFT_CLOSE, A_COUNT },
	{ "till-count", KASIR__V1__TRANSACTION_TYPE__TILL_COUNT, A_COUNT },
	{ "day-open", KASIR__V1__TRANSACTION_TYPE__DAY_OPEN, NOTHING },
	{ "day-close", KASIR__V1__TRANSACTION_TYPE__DAY_CLOSE, NOTHING },
	{ "no-sale", KASIR__V1__TRANSACTION_TYPE__NO_SALE, NOTHING },
	{ "paid-in", KASIR__V1__TRANSACTION_TYPE__PAID_IN, MONEY_IN },
	{ "paid-out", KASIR__V1__TRANSACTION_TYPE__PAID_OUT, MONEY_OUT },
	{ "loan", KASIR__V1__TRANSACTION_TYPE__LOAN, MONEY_IN },
	{ "pickup", KASIR__V1__TRANSACTION_TYPE__PICKUP, MONEY_OUT },
	{ "safe-drop", KASIR__V1__TRANSACTION_TYPE__SAFE_DROP, MONEY_OUT },
	{ "bank-deposit", KASIR__V1__TRANSACTION_TYPE__BANK_DEPOSIT, MONEY_OUT },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *const *
enter_types(void)
{
	static const char *names[KINDS + 1];
	size_t i;

	for (i = 0; i < KINDS; i++)
		names[i] = kinds[i].name;
	return names;
}

static const struct kind *
find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

#define COUNT_MAX 100		/* as many as a document may hold */

struct counted {
	Kasir__V1__Denomination row[COUNT_MAX], *list[COUNT_MAX];
	size_t n;
};

static bool
take_row(struct bytes text, struct counted *c)
{
	Kasir__V1__Denomination *d = &c->row[c->n];
	struct bytes value;
	uint64_t v;

	if (!text_cut(&text, 'x', &value))
		return false;
	kasir__v1__denomination__init(d);
	if (decimal_parse(value, &v) != KAS_OK || v > INT64_MAX ||
	    decimal_parse(text, &d->count) != KAS_OK)
		return false;
	d->value = (int64_t)v;
	c->list[c->n++] = d;
	return true;
}

/* "50000x4,1000x12"; whether such money is made is for the store to say. */
static bool
parse_count(const char *text, struct counted *c)
{
	struct bytes rest = bytes_of_text(text), head;

	while (c->n < COUNT_MAX - 1 && text_cut(&rest, ',', &head))
		if (!take_row(head, c))
			return false;
	return take_row(rest, c);
}

static int
enter_count(struct cli *cli, Kasir__V1__Transaction *doc)
{
	const char *text = cli_value(cli, "count", NULL);
	struct counted c = { .n = 0 };

	if (text != NULL && !parse_count(text, &c))
		return cli_usage(cli, "--count %s: expected value x pieces, as 50000x4,1000x12, at most "
		    "%d of them", text, COUNT_MAX);
	doc->count = c.list;
	doc->n_count = c.n;
	return hand_in(cli, doc);
}

static int
enter_money(struct cli *cli, Kasir__V1__Transaction *doc, int sign)
{
	Kasir__V1__CashMovement m = KASIR__V1__CASH_MOVEMENT__INIT;
	int code = EX_OK;

	m.amount = sign * (int64_t)cli_number(cli, "amount", 1, 10000000000, 0, &code);
	m.account = (char *)cli_value(cli, "account", "");
	m.bag = (char *)cli_value(cli, "bag", "");
	m.slip = (char *)cli_value(cli, "slip", "");
	doc->movement = &m;
	if (code == EX_OK && m.amount == 0)
		return cli_usage(cli, "--amount must say how much");
	return code == EX_OK ? hand_in(cli, doc) : code;
}

int
enter(struct cli *cli)
{
	Kasir__V1__Transaction doc = KASIR__V1__TRANSACTION__INIT;
	const struct kind *k = find_kind(cli->argv[0]);
	const char *near = cli_nearest(cli->argv[0], enter_types());

	if (k == NULL)
		return near != NULL ? cli_usage(cli, "%s is entered by no such name; did you mean '%s'?",
		    cli->argv[0], near)
		    : cli_usage(cli, "%s is entered by no such name", cli->argv[0]);
	doc.type = k->type;
	doc.reason = (char *)cli_value(cli, "reason", "");
	if (k->part == A_COUNT)
		return enter_count(cli, &doc);
	return k->part == NOTHING ? hand_in(cli, &doc)
	    : enter_money(cli, &doc, k->part == MONEY_IN ? 1 : -1);
}
