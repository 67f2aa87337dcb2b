/* report_desk.c - the exceptions of some days, and what became of them. */
#include "tools/kasirctl/report.h"

#include <string.h>

#include "cash/rules.h"
#include "tools/kasirctl/tx_text.h"

/* "a,b,c" as a list. */
static void
add_rules(struct table *t, struct arena *a, const char *joined)
{
	const char *rules[RULES_MAX];
	char *rest = arena_text(a, joined), *next;
	size_t n = 0;

	for (; rest != NULL && *rest != '\0' && n < RULES_MAX; rest = next) {
		next = strchr(rest, ',');
		if (next != NULL)
			*next++ = '\0';
		rules[n++] = rest;
	}
	table_texts(t, rules, n);
}

static const char *
state_of(struct stmt *st)
{
	if (sqlite3_column_type(st->s, 5) == SQLITE_NULL)
		return "open";
	return stmt_int(st, 6) == KASIR__V1__RESOLUTION__ACCEPTED ? "accepted" : "voided";
}

static void
add_row(struct report *r, struct table *t, struct stmt *st)
{
	table_number(t, stmt_int(st, 0));
	tx_add_day(t, (uint32_t)stmt_int(st, 1));
	table_text(t, (const char *)sqlite3_column_text(st->s, 2));
	table_amount(t, stmt_int(st, 3), r->place.currency, r->place.exponent);
	add_rules(t, &r->arena, (const char *)sqlite3_column_text(st->s, 4));
	tx_add_word(t, state_of(st));
	table_text(t, (const char *)sqlite3_column_text(st->s, 7));
	table_text(t, (const char *)sqlite3_column_text(st->s, 8));
	table_number(t, stmt_int(st, 9));
	if (sqlite3_column_type(st->s, 5) == SQLITE_NULL)
		table_text(t, NULL);
	else
		table_number(t, stmt_int(st, 5));
}

#define COLUMNS "SELECT idx, day, terminal, amount, rules, resolved, how, who, why, tx" \
	" FROM exception WHERE "

static enum kas_err
ask(struct report *r, struct table *t)
{
	struct stmt st;
	enum kas_err err;
	size_t n = 0;

	err = stmt_init(&st, r->db, r->any_day ? COLUMNS "resolved IS NULL ORDER BY idx"
	    : COLUMNS "day BETWEEN ?1 AND ?2 ORDER BY idx");
	if (err != KAS_OK)
		return err;
	if (!r->any_day) {
		stmt_bind_int(&st, 1, r->days.from);
		stmt_bind_int(&st, 2, r->days.to);
	}
	while (n++ < r->limit && stmt_row(&st))
		add_row(r, t, &st);
	err = stmt_done(&st);
	stmt_fini(&st);
	return err;
}

int
ctl_report_exceptions(struct cli *cli)
{
	static const struct table_column columns[] = {
		{ "index", "Entry", TABLE_RIGHT }, { "day", "Day", TABLE_LEFT },
		{ "terminal", "Terminal", TABLE_LEFT }, { "amount", "Amount", TABLE_RIGHT },
		{ "rules", "Rules", TABLE_LEFT }, { "state", "State", TABLE_LEFT },
		{ "who", "Who", TABLE_LEFT }, { "why", "Why", TABLE_LEFT },
		{ "transaction", NULL, TABLE_RIGHT }, { "resolved", NULL, TABLE_RIGHT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct report r;
	struct table *t;
	enum kas_err err;
	int rc;

	rc = report_open(&r, cli, "exceptions", REPORT_BY_DAY);
	if (rc == EX_OK) {
		r.any_day = cli_flag(cli, "open");
		t = table_open(columns);
		err = ask(&r, t);
		if (err == KAS_OK)
			rc = report_print(&r, t, NULL);
		else {
			table_close(t);
			rc = report_fail(&r, err);
		}
	}
	report_close(&r);
	return rc;
}
