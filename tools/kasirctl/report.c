#include "tools/kasirctl/report.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "edge/lang.h"
#include "report/calendar.h"
#include "tools/kasirctl/tx_text.h"

#define PRODUCTS_SHOWN 50u

static const char *const by_names[REPORT__BYS] = {
	[REPORT_BY_HOUR] = "hour", [REPORT_BY_DAY] = "day", [REPORT_BY_WEEK] = "week",
	[REPORT_BY_MONTH] = "month", [REPORT_BY_CASHIER] = "cashier",
	[REPORT_BY_TERMINAL] = "terminal", [REPORT_BY_PRODUCT] = "product",
	[REPORT_BY_DEPARTMENT] = "department", [REPORT_BY_TYPE] = "type",
	[REPORT_BY_TENDER] = "tender", [REPORT_BY_TAX] = "tax",
};

const char *
report_by_name(enum report_by by)
{
	return by_names[by];
}

int
report_fail(const struct report *r, enum kas_err err)
{
	return cli_fail(r->cli, cli_exit_of(err), "'kasirctl reports rebuild' makes them again",
	    "reports cannot be read: %s", kas_err_text(err));
}

static uint32_t
today(int64_t days_ago)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	return calendar_add_days((uint32_t)(tm.tm_year + 1900) * 10000 +
	    (uint32_t)(tm.tm_mon + 1) * 100 + (uint32_t)tm.tm_mday, -days_ago);
}

static int
take_day(const struct cli *cli, const char *option, uint32_t *ret)
{
	const char *text = cli_value(cli, option, NULL);
	uint32_t day;

	if (text == NULL)
		return EX_OK;
	if (strcmp(text, "today") == 0)
		day = today(0);
	else if (strcmp(text, "yesterday") == 0)
		day = today(1);
	else if (!tx_day_parse(text, &day) || !calendar_is_day(day))
		return cli_usage(cli, "--%s %s: expected a day, 2026-05-31, today or yesterday",
		    option, text);
	*ret = day;
	return EX_OK;
}

/* Without any: the newest day that a till has named, which need not be the clock's. */
static int
take_days(struct report *r)
{
	uint32_t newest = calendar_is_day(r->place.day) ? r->place.day : today(0);
	uint32_t from = 0, to = 0;
	int rc;

	rc = take_day(r->cli, "from", &from);
	if (rc == EX_OK)
		rc = take_day(r->cli, "to", &to);
	if (rc != EX_OK)
		return rc;
	if (to == 0)
		to = from > newest ? from : newest;
	if (from == 0)
		from = to;
	if (from > to)
		return cli_usage(r->cli, "--from is a later day than --to");
	r->days = (struct report_days){ from, to };
	return EX_OK;
}

/* The table of commands has named another value already. */
static void
take_by(struct report *r)
{
	const char *text = cli_value(r->cli, "by", NULL);
	size_t i;

	for (i = 0; text != NULL && i < REPORT__BYS; i++)
		if (by_names[i] != NULL && strcmp(text, by_names[i]) == 0)
			r->by = i;
}

/* As take_by(). */
static void
take_compare(struct report *r)
{
	const struct report_days d = r->days;

	r->compare = cli_value(r->cli, "compare", NULL);
	if (r->compare == NULL)
		return;
	if (strcmp(r->compare, "yesterday") == 0)
		r->before = (struct report_days){ calendar_add_days(d.from, -1),
			calendar_add_days(d.to, -1) };
	else if (strcmp(r->compare, "last-week") == 0)
		r->before = (struct report_days){ calendar_add_days(d.from, -7),
			calendar_add_days(d.to, -7) };
	else
		r->before = (struct report_days){ calendar_add_months(d.from, -1),
			calendar_add_months(d.to, -1) };
	/* A whole month is compared with a whole one. */
	if (strcmp(r->compare, "last-month") == 0 && d.to == calendar_last_of(d.to / 100))
		r->before.to = calendar_last_of(r->before.to / 100);
}

/* People read fifty products, programs all. */
static int
take_limit(struct report *r)
{
	bool many = r->by == REPORT_BY_PRODUCT && r->output == REPORT_PEOPLE;
	int rc = EX_OK;

	r->limit = cli_number(r->cli, "limit", 0, UINT32_MAX, many ? PRODUCTS_SHOWN : 0, &rc);
	if (r->limit == 0)
		r->limit = SIZE_MAX;
	return rc;
}

/* Beside the ledger. */
static int
reports_path(const struct cli *cli, char to[CONFIG_PATH_MAX])
{
	char ledger[CONFIG_PATH_MAX];
	int rc;

	rc = ctl_ledger_path(cli, ledger);
	if (rc != EX_OK)
		return rc;
	if (config_path(dirname(ledger), CONFIG_REPORTS, to) != KAS_OK)
		return cli_usage(cli, "the data folder's path is too long");
	return EX_OK;
}

/* How much the ledger has that is not here yet. */
static int
look_at_ledger(struct report *r)
{
	struct ledger_reader *ledger;
	struct store_head head;
	enum kas_err err;
	int rc;

	rc = ctl_open_ledger(r->cli, &ledger);
	if (rc != EX_OK)
		return rc;
	err = ledger_read_head(ledger, &r->arena, &head);
	ledger_read_close(ledger);
	if (err != KAS_OK)
		return ctl_fail_read(r->cli, err, "ledger");
	if (head.size > r->place.tree.size)
		r->behind = head.size - r->place.tree.size;
	return EX_OK;
}

static int
open_db(struct report *r)
{
	char path[CONFIG_PATH_MAX];
	struct kas_why why;
	enum kas_err err;
	int rc;

	rc = reports_path(r->cli, path);
	if (rc != EX_OK)
		return rc;
	err = sql_open(path, &reports_kind, SQL_READ, &r->db, &why);
	if (err != KAS_OK) {
		r->db = NULL;
		return cli_fail(r->cli, cli_exit_of(err), "kasird makes them while it runs; "
		    "'kasirctl reports rebuild' makes them now", "%s", why.text);
	}
	/* Place and figures are of one moment. */
	err = sql_exec(r->db, "BEGIN");
	if (err == KAS_OK)
		err = reports_read_place(r->db, &r->place);
	return err == KAS_OK ? EX_OK : report_fail(r, err);
}

int
report_open(struct report *r, struct cli *cli, const char *name, enum report_by by)
{
	int rc;

	*r = (struct report){ .cli = cli, .name = name, .by = by };
	arena_init(&r->arena, 0);
	r->output = cli_flag(cli, "json") ? REPORT_JSON : cli_flag(cli, "csv") ? REPORT_CSV
	    : REPORT_PEOPLE;
	r->bars = r->output == REPORT_PEOPLE && isatty(STDOUT_FILENO);
	take_by(r);
	rc = take_limit(r);
	if (rc == EX_OK)
		rc = open_db(r);
	if (rc == EX_OK)
		rc = take_days(r);
	if (rc != EX_OK)
		return rc;
	take_compare(r);
	return look_at_ledger(r);
}

void
report_close(struct report *r)
{
	sql_close(r->db);
	arena_fini(&r->arena);
}

static void
print_heading(const struct report *r)
{
	char from[LANG_TIME_MAX], to[LANG_TIME_MAX];

	if (r->any_day)
		return;
	lang_day(r->days.from, from);
	lang_day(r->days.to, to);
	printf(r->days.from == r->days.to ? _("Business day %s\n") : _("Business days %s to %s\n"),
	    from, to);
	if (r->compare != NULL) {
		lang_day(r->before.from, from);
		lang_day(r->before.to, to);
		printf(r->before.from == r->before.to ? _("compared with %s\n")
		    : _("compared with %s to %s\n"), from, to);
	}
	printf("\n");
}

static void
warn_behind(const struct report *r)
{
	if (r->behind > 0)
		fprintf(stderr, _("Not yet in this report: the newest %llu entries of the ledger\n"),
		    (unsigned long long)r->behind);
}

static void
add_days(struct table *t, const struct report_days *d)
{
	if (d != NULL) {
		tx_add_day(t, d->from);
		tx_add_day(t, d->to);
	} else {
		table_text(t, NULL);
		table_text(t, NULL);
	}
}

static int
print_object(struct report *r, struct table *take_rows, struct table *take_shifts)
{
	const struct table_column columns[] = {
		{ "report", NULL, TABLE_LEFT }, { "from", NULL, TABLE_LEFT },
		{ "to", NULL, TABLE_LEFT }, { "by", NULL, TABLE_LEFT },
		{ "compared_from", NULL, TABLE_LEFT }, { "compared_to", NULL, TABLE_LEFT },
		{ "currency", NULL, TABLE_LEFT }, { "exponent", NULL, TABLE_LEFT },
		{ "entries", NULL, TABLE_LEFT }, { "behind", NULL, TABLE_LEFT },
		{ "rows", NULL, TABLE_LEFT },
		{ take_shifts != NULL ? "shifts" : NULL, NULL, TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	table_text(t, r->name);
	add_days(t, r->any_day ? NULL : &r->days);
	table_text(t, by_names[r->by]);
	add_days(t, r->compare != NULL ? &r->before : NULL);
	table_text(t, r->place.currency);
	table_count(t, r->place.exponent);
	table_count(t, r->place.tree.size);
	table_count(t, r->behind);
	table_rows(t, take_rows);
	table_close(take_rows);
	if (take_shifts != NULL)
		table_rows(t, take_shifts);
	table_close(take_shifts);
	return ctl_print(r->cli, t, true);
}

static int
print_people(struct report *r, struct table *take_t, struct table *take_shifts)
{
	int rc;

	print_heading(r);
	rc = ctl_print(r->cli, take_t, false);
	if (take_shifts == NULL)
		return rc;
	printf("\n");
	return rc == EX_OK ? ctl_print(r->cli, take_shifts, false) : rc;
}

int
report_print(struct report *r, struct table *take_t, struct table *take_shifts)
{
	enum kas_err err;

	if (r->output == REPORT_JSON)
		return print_object(r, take_t, take_shifts);
	warn_behind(r);
	if (r->output == REPORT_PEOPLE)
		return print_people(r, take_t, take_shifts);
	err = table_print(take_t, TABLE_CSV, stdout);
	table_close(take_t);
	table_close(take_shifts);
	return err == KAS_OK ? EX_OK : cli_fail(r->cli, cli_exit_of(err), NULL,
	    "standard output: %s", kas_err_text(err));
}
