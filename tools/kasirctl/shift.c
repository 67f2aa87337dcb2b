/* shift.c - the shifts of the tills: those that are open, and how the others were closed. */
#include "tools/kasirctl/ctl.h"

#include <inttypes.h>

#include <string.h>

#include "edge/lang.h"
#include "tools/kasirctl/walk.h"
#include "wire/codec.h"

#define LIMIT_DEFAULT 20u

struct look {
	struct table *table;
	const char *terminal;		/* only of this one; NULL: of all */
	size_t limit, n;
	char currency[4];
	unsigned exponent;
};

static void
add_money(struct table *t, const struct look *k, int64_t amount)
{
	char shown[MONEY_TEXT_MAX];

	lang_money((struct money){ amount }, k->currency, k->exponent, shown);
	table_shown_number(t, shown, amount);
}

static enum walk_next
look_at(void *ctx, const struct walk_step *step)
{
	struct look *k = ctx;
	const Kasir__V1__ShiftClosed *s = step->entry->shift_closed;
	struct table *t = k->table;

	if (k->n >= k->limit)
		return WALK_STOP;
	if (step->entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED ||
	    (k->terminal != NULL && strcmp(k->terminal, s->terminal) != 0))
		return WALK_ON;
	k->n++;
	table_count(t, step->index);
	table_text(t, s->terminal);
	table_text(t, s->shift);
	table_text(t, s->cashier);
	table_time(t, step->entry->wall_us);
	table_count(t, s->first_sequence);
	table_count(t, s->last_sequence);
	add_money(t, k, s->totals != NULL ? s->totals->total : 0);
	add_money(t, k, s->totals != NULL && s->totals->cash != NULL ?
	    s->totals->cash->expected : 0);
	add_money(t, k, s->counted);
	add_money(t, k, s->variance);
	table_text(t, s->supervisor);
	return WALK_ON;
}

/* The store's currency stands in the first entry. */
static enum kas_err
read_money(struct ledger_reader *r, struct look *k, struct arena *a)
{
	struct store_entry kept;
	Kasir__V1__LedgerEntry *e;
	enum kas_err err;
	size_t n;

	err = ledger_read_entries(r, 0, 1, SIZE_MAX, a, &kept, &n);
	if (err != KAS_OK || n == 0)
		return err;
	err = wire_decode_entry(kept.entry, a, &e, NULL);
	if (err == KAS_OK && e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED) {
		snprintf(k->currency, sizeof k->currency, "%.3s", e->store_opened->currency);
		k->exponent = e->store_opened->exponent;
	}
	return err;
}

static enum kas_err
read_shifts(struct ledger_reader *r, struct look *k)
{
	struct store_head head;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = ledger_read_head(r, &a, &head);
	if (err == KAS_OK)
		err = read_money(r, k, &a);
	if (err == KAS_OK)
		err = walk_back(r, head.size, look_at, k);
	arena_fini(&a);
	return err;
}

int
ctl_shift_list(struct cli *cli)
{
	static const struct table_column columns[] = {
		{ "index", "Entry", TABLE_RIGHT }, { "terminal", "Terminal", TABLE_LEFT },
		{ "shift", "Shift", TABLE_LEFT }, { "cashier", "Cashier", TABLE_LEFT },
		{ "closed_at", "Closed", TABLE_LEFT },
		{ "first_sequence", NULL, TABLE_RIGHT }, { "last_sequence", NULL, TABLE_RIGHT },
		{ "total", "Total", TABLE_RIGHT }, { "expected", "Expected", TABLE_RIGHT },
		{ "counted", "Counted", TABLE_RIGHT }, { "variance", "Variance", TABLE_RIGHT },
		{ "supervisor", "Supervisor", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	struct look k = { .terminal = cli_value(cli, "terminal", NULL) };
	struct ledger_reader *r;
	enum kas_err err;
	int rc = EX_OK;

	k.limit = cli_number(cli, "limit", 0, SIZE_MAX / 2, LIMIT_DEFAULT, &rc);
	if (rc != EX_OK || (rc = ctl_open_ledger(cli, &r)) != EX_OK)
		return rc;
	if (k.limit == 0)
		k.limit = SIZE_MAX;
	k.table = table_open(columns);
	err = read_shifts(r, &k);
	if (err == KAS_OK) {
		rc = ctl_print(cli, k.table, false);
		if (rc == EX_OK && k.n == 0 && !cli_flag(cli, "json"))
			fprintf(stderr, _("no shift has been closed; 'kasirctl day report' shows the "
			    "open ones\n"));
	} else {
		table_close(k.table);
		rc = ctl_fail_read(cli, err, "the ledger");
	}
	ledger_read_close(r);
	return rc;
}
