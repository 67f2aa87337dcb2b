/* report_close.c - the day so far (X), and days as they were closed (Z). */
#include "tools/kasirctl/report.h"

#include <inttypes.h>
#include <string.h>

#include "edge/control_client.h"
#include "edge/history.h"
#include "edge/lang.h"
#include "tools/kasirctl/day.h"
#include "tools/kasirctl/proto_json.h"
#include "tools/kasirctl/stopped_book.h"
#include "tools/kasirctl/tx_text.h"
#include "tools/kasirctl/walk.h"
#include "wire/codec.h"

#define ANSWER_MS 10000u

static bool
daemon_listens(const struct cli *cli)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__StatusRequest status = KASIR__V1__STATUS_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	struct store_config config;
	struct kas_why why;
	struct arena a;
	enum kas_err err = KAS_NOTFOUND;

	/* A ledger named by hand may be anybody's. */
	if (cli_value(cli, "ledger", NULL) != NULL || ctl_config(cli, &config) != EX_OK)
		return false;
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_STATUS;
	q.status = &status;
	arena_init(&a, 0);
	err = control_call(config.control_socket, ANSWER_MS, &q, &a, &answer, &why);
	arena_fini(&a);
	return err != KAS_NOTFOUND;
}

/* The store's currency, from the ledger's first entry. */
static int
read_money(const struct cli *cli, struct ledger_reader *r, struct arena *a,
    struct period_money *ret)
{
	Kasir__V1__LedgerEntry *e;
	struct store_entry first;
	enum kas_err err;

	err = history_entry(r, 0, a, &first);
	if (err == KAS_OK)
		err = wire_decode_entry(first.entry, a, &e, NULL);
	if (err == KAS_OK && e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED)
		err = KAS_CORRUPT;
	if (err != KAS_OK)
		return ctl_fail_read(cli, err, "entry 0");
	*ret = (struct period_money){ e->store_opened->currency, e->store_opened->exponent };
	return EX_OK;
}

static int
report_stopped(struct cli *cli, struct arena *a)
{
	Kasir__V1__DayReport *report;
	struct ledger_reader *r;
	struct period_money m;
	struct kas_why why;
	enum kas_err err;
	int rc;

	rc = ctl_open_ledger(cli, &r);
	if (rc != EX_OK)
		return rc;
	rc = read_money(cli, r, a, &m);
	if (rc == EX_OK) {
		err = stopped_day(r, a, &report, &why);
		rc = err == KAS_OK ? day_print(cli, report, &m)
		    : cli_fail(cli, cli_exit_of(err), "'kasirctl verify' says what is wrong with the "
			"ledger", "%s", why.text);
	}
	ledger_read_close(r);
	return rc;
}

int
ctl_report_x(struct cli *cli)
{
	struct arena a;
	int rc;

	if (daemon_listens(cli))
		return ctl_day_report(cli);
	arena_init(&a, 0);
	rc = report_stopped(cli, &a);
	arena_fini(&a);
	return rc;
}

/* A close that reports.db does not have yet: the projector is a moment behind, and who has just
 * closed the day wants to see it. */
struct fresh_close {
	uint64_t from;			/* reports.db has what is below */
	uint64_t number;		/* 0: the newest */
	bool found;
	uint64_t index;
};

static enum walk_next
look_at(void *ctx, const struct walk_step *step)
{
	struct fresh_close *f = ctx;

	if (step->index < f->from)
		return WALK_STOP;
	f->index = step->index;
	f->found = step->entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED &&
	    (f->number == 0 || step->entry->day_closed->number == f->number);
	return f->found ? WALK_STOP : WALK_ON;
}

static int
find_fresh(struct report *r, struct fresh_close *f)
{
	struct ledger_reader *ledger;
	enum kas_err err;
	int rc;

	if (r->behind == 0)
		return EX_OK;
	rc = ctl_open_ledger(r->cli, &ledger);
	if (rc != EX_OK)
		return rc;
	err = walk_back(ledger, f->from + r->behind, look_at, f);
	ledger_read_close(ledger);
	return err == KAS_OK ? EX_OK : ctl_fail_read(r->cli, err, "the ledger");
}

/* Where the entry of Z NUMBER (0: the newest) stands. */
static int
find_projected(struct report *r, uint64_t number, uint64_t *ret)
{
	struct stmt st;
	bool found = false;
	enum kas_err err;

	err = stmt_init(&st, r->db, "SELECT idx FROM day_close WHERE number = ?1 OR ?1 = 0"
	    " ORDER BY number DESC LIMIT 1");
	if (err == KAS_OK) {
		stmt_bind_int(&st, 1, (int64_t)number);
		if ((found = stmt_row(&st)))
			*ret = (uint64_t)stmt_int(&st, 0);
		err = stmt_done(&st);
		stmt_fini(&st);
	}
	if (err != KAS_OK)
		return report_fail(r, err);
	if (found)
		return EX_OK;
	return number > 0 ? cli_fail(r->cli, EX_NOINPUT, "'kasirctl report z --list' shows those "
	    "that there are", "there is no Z %" PRIu64, number)
	    : cli_fail(r->cli, EX_NOINPUT, "'kasirctl day close' closes the first", "no day has been "
	    "closed yet");
}

static int
find_close(struct report *r, uint64_t number, uint64_t *ret)
{
	struct fresh_close fresh = { .from = r->place.tree.size, .number = number };
	int rc = find_fresh(r, &fresh);

	if (rc != EX_OK || !fresh.found)
		return rc != EX_OK ? rc : find_projected(r, number, ret);
	*ret = fresh.index;
	return EX_OK;
}

static int
print_close(struct report *r, uint64_t index)
{
	struct period_money m = { r->place.currency, r->place.exponent };
	struct ledger_reader *ledger;
	Kasir__V1__LedgerEntry *e;
	struct store_entry row;
	enum kas_err err;
	int rc;

	rc = ctl_open_ledger(r->cli, &ledger);
	if (rc != EX_OK)
		return rc;
	err = history_entry(ledger, index, &r->arena, &row);
	ledger_read_close(ledger);
	if (err == KAS_OK)
		err = wire_decode_entry(row.entry, &r->arena, &e, NULL);
	if (err == KAS_OK && e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		err = KAS_CORRUPT;
	if (err != KAS_OK)
		return ctl_fail_read(r->cli, err, "the close's entry");
	return day_print_close(r->cli, e->day_closed, DAY_REPRINT, &m);
}

static int
list_closes(struct report *r)
{
	static const struct table_column columns[] = {
		{ "number", "Z", TABLE_RIGHT }, { "day", "Day", TABLE_LEFT },
		{ "closed_at", "Closed", TABLE_LEFT }, { "first", "From entry", TABLE_RIGHT },
		{ "size", "To below", TABLE_RIGHT }, { "net", "Net", TABLE_RIGHT },
		{ "tax", "Tax", TABLE_RIGHT }, { "total", "Total", TABLE_RIGHT },
		{ "exceptions", "Exceptions", TABLE_RIGHT }, { "pending", "Pending", TABLE_RIGHT },
		{ "expected", "Cash expected", TABLE_RIGHT }, { "index", NULL, TABLE_RIGHT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);
	struct stmt st;
	enum kas_err err;

	err = stmt_init(&st, r->db, "SELECT number, day, wall_us, first, size, net, tax, total,"
	    " exceptions, pending, expected, idx FROM day_close ORDER BY number");
	while (err == KAS_OK && stmt_row(&st)) {
		table_number(t, stmt_int(&st, 0));
		tx_add_day(t, (uint32_t)stmt_int(&st, 1));
		table_time(t, stmt_int(&st, 2));
		table_number(t, stmt_int(&st, 3));
		table_number(t, stmt_int(&st, 4));
		for (int at = 5; at <= 7; at++)
			table_amount(t, stmt_int(&st, at), r->place.currency, r->place.exponent);
		table_number(t, stmt_int(&st, 8));
		table_number(t, stmt_int(&st, 9));
		table_amount(t, stmt_int(&st, 10), r->place.currency, r->place.exponent);
		table_number(t, stmt_int(&st, 11));
	}
	if (err == KAS_OK) {
		err = stmt_done(&st);
		stmt_fini(&st);
	}
	if (err == KAS_OK)
		return ctl_print(r->cli, t, false);
	table_close(t);
	return report_fail(r, err);
}

int
ctl_report_z(struct cli *cli)
{
	uint64_t number = 0, index = 0;
	struct report r;
	int rc;

	if (cli->argc > 0 && (decimal_parse(bytes_of_text(cli->argv[0]), &number) != KAS_OK ||
	    number == 0 || number > INT64_MAX))
		return cli_usage(cli, "%s: expected the number of a Z, from 1", cli->argv[0]);
	rc = report_open(&r, cli, "z", REPORT_BY_DAY);
	if (rc == EX_OK && cli_flag(cli, "list"))
		rc = list_closes(&r);
	else if (rc == EX_OK && (rc = find_close(&r, number, &index)) == EX_OK)
		rc = print_close(&r, index);
	report_close(&r);
	return rc;
}
