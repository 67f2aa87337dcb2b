/* report_cash.c - what the drawers should hold, and what was counted. */
#include "tools/kasirctl/report.h"

#include "tools/kasirctl/tx_text.h"

static struct table *
open_shifts(void)
{
	static const struct table_column columns[] = {
		{ "day", "Day", TABLE_LEFT }, { "closed_at", "Closed", TABLE_LEFT },
		{ "terminal", "Terminal", TABLE_LEFT }, { "shift", "Shift", TABLE_LEFT },
		{ "cashier", "Cashier", TABLE_LEFT }, { "total", "Total", TABLE_RIGHT },
		{ "expected", "Expected", TABLE_RIGHT }, { "counted", "Counted", TABLE_RIGHT },
		{ "variance", "Variance", TABLE_RIGHT }, { "supervisor", "Supervisor", TABLE_LEFT },
		{ "index", NULL, TABLE_RIGHT }, { NULL, NULL, TABLE_LEFT },
	};

	return table_open(columns);
}

static void
add_text(struct table *t, struct stmt *st, int at)
{
	table_text(t, (const char *)sqlite3_column_text(st->s, at));
}

static void
add_shift(const struct report *r, struct table *t, struct stmt *st)
{
	tx_add_day(t, (uint32_t)stmt_int(st, 0));
	table_time(t, stmt_int(st, 1));
	for (int at = 2; at <= 4; at++)
		add_text(t, st, at);
	for (int at = 5; at <= 8; at++)
		table_amount(t, stmt_int(st, at), r->place.currency, r->place.exponent);
	add_text(t, st, 9);
	table_number(t, stmt_int(st, 10));
}

static enum kas_err
ask_shifts(struct report *r, struct table *t, size_t *ret_n)
{
	struct stmt st;
	enum kas_err err;

	err = stmt_init(&st, r->db, "SELECT day, wall_us, terminal, shift, cashier, total, expected,"
	    " counted, variance, supervisor, idx FROM shift_close WHERE day BETWEEN ?1 AND ?2"
	    " ORDER BY idx");
	if (err != KAS_OK)
		return err;
	stmt_bind_int(&st, 1, r->days.from);
	stmt_bind_int(&st, 2, r->days.to);
	for (*ret_n = 0; stmt_row(&st); ++*ret_n)
		add_shift(r, t, &st);
	err = stmt_done(&st);
	stmt_fini(&st);
	return err;
}

static int
show(struct report *r)
{
	struct table *shifts = open_shifts();
	struct report_answer drawers;
	enum kas_err err;
	size_t n = 0;

	err = report_ask(r->db, REPORT_BY_DRAWER, r->days.from, r->days.to, &r->arena, &drawers);
	if (err == KAS_OK)
		err = ask_shifts(r, shifts, &n);
	if (err != KAS_OK) {
		table_close(shifts);
		return report_fail(r, err);
	}
	if (n == 0 && r->output == REPORT_PEOPLE) {
		table_close(shifts);
		shifts = NULL;
	}
	return report_print(r, report_table(r, report_drawers, &drawers, NULL), shifts);
}

int
ctl_report_cash(struct cli *cli)
{
	struct report r;
	int rc;

	rc = report_open(&r, cli, "cash", REPORT_BY_DRAWER);
	if (rc == EX_OK)
		rc = show(&r);
	report_close(&r);
	return rc;
}
