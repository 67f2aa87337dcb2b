/* kinds.c - what can be typed for the names in kasirctl's synopses. */
#include "tools/kasirctl/commands.h"

#include <inttypes.h>

#include "tools/kasirctl/tx_text.h"
#include "tools/kasirctl/walk.h"

/* "sale", "post-void"...: all but "unspecified". */
static const char *const *
types(void)
{
	static char text[64][TX_TYPE_MAX];
	static const char *words[65];
	const ProtobufCEnumDescriptor *d = &kasir__v1__transaction_type__descriptor;
	size_t n = 0;

	for (unsigned i = 0; i < d->n_values && n < 64; i++) {
		if (d->values[i].value == 0)
			continue;
		tx_enum_text(d, d->values[i].value, text[n]);
		words[n] = text[n];
		n++;
	}
	words[n] = NULL;
	return words;
}

#define RECENT_MAX 64u

struct recent {
	FILE *to;
	void (*offer)(FILE *to, const Kasir__V1__TransactionRecord *x);
	unsigned left;
};

static enum walk_next
visit(void *ctx, const struct walk_step *step)
{
	struct recent *r = ctx;

	if (step->entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		r->offer(r->to, step->entry->transaction);
	return --r->left > 0 ? WALK_ON : WALK_STOP;
}

/* The transactions among the ledger's last entries: what is asked about is mostly not long
 * ago.  What cannot be read is not offered. */
static void
offer_recent(struct ledger_reader *r, FILE *to,
    void (*offer)(FILE *to, const Kasir__V1__TransactionRecord *x))
{
	struct recent recent = { to, offer, RECENT_MAX };
	struct store_head head;
	enum kas_err err;
	struct arena a;

	arena_init(&a, 0);
	err = ledger_read_head(r, &a, &head);
	if (err == KAS_OK)
		err = walk_back(r, head.size, visit, &recent);
	(void)err;
	arena_fini(&a);
}

static void
offer_name(FILE *to, const Kasir__V1__TransactionRecord *x)
{
	fprintf(to, "%s/%" PRIu64 "/%" PRIu64 "\n", x->terminal, x->epoch, x->sequence);
}

static void
offer_terminal(FILE *to, const Kasir__V1__TransactionRecord *x)
{
	fprintf(to, "%s\n", x->terminal);
}

static enum kas_err
offer_row(void *ctx, const struct terminal_row *row)
{
	fprintf(ctx, "%s\n", row->terminal);
	return KAS_OK;
}

/* Those of the last snapshot, and who has sold since; a shell shows each once. */
static void
terminals(const struct cli *cli, FILE *to)
{
	struct ledger_reader *r;

	if (ctl_open_ledger(cli, &r) != EX_OK)
		return;
	if (ledger_read_terminals(r, offer_row, to) == KAS_OK)
		offer_recent(r, to, offer_terminal);
	ledger_read_close(r);
}

static void
watched(const struct cli *cli, FILE *to)
{
	(void)cli;
	for (const char *const *w = ctl_watched(); *w != NULL; w++)
		fprintf(to, "%s\n", *w);
}

static void
transactions(const struct cli *cli, FILE *to)
{
	struct ledger_reader *r;

	if (ctl_open_ledger(cli, &r) != EX_OK)
		return;
	offer_recent(r, to, offer_name);
	ledger_read_close(r);
}

/* What reports are by, and what they are compared with. */
static const char *const *
groups(void)
{
	static const char *const words[] = { "hour", "day", "week", "month", "cashier", "terminal",
		"product", "department", "type", "tender", "tax", NULL };

	return words;
}

static const char *const *
times_before(void)
{
	static const char *const words[] = { "yesterday", "last-week", "last-month", NULL };

	return words;
}

const struct cli_kind ctl_kinds[] = {
	{ "GROUP", groups, NULL },
	{ "BEFORE", times_before, NULL },
	{ "TYPE", types, NULL },
	{ "ID", NULL, terminals },
	{ "TXN", NULL, transactions },
	{ "COMMAND", NULL, watched },
	{ NULL, NULL, NULL },
};
