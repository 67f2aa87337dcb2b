/* report_sales.c - what was sold: by time, by who sold it, by what it was, by how it was
 * paid. */
#include "tools/kasirctl/report.h"

#include <stdlib.h>
#include <string.h>

#include "edge/lang.h"
#include "report/calendar.h"

/* What a manager looks for in who is at the till. */
static const struct report_figure conduct[] = {
	{ "receipts", N_("Receipts"), SHOWN_COUNT, AT(trade, receipts), true },
	{ "total", N_("Total"), SHOWN_MONEY, AT(trade, total), true },
	{ "discounts", N_("Discounts"), SHOWN_MONEY, AT(trade, discounts), true },
	{ "return_receipts", N_("Returns"), SHOWN_COUNT, AT(trade, return_receipts), true },
	{ "returns", N_("Returned"), SHOWN_MONEY, AT(trade, returns), true },
	{ "voids", N_("Voids"), SHOWN_COUNT, AT(trade, voids), true },
	{ "voids_amount", N_("Voided"), SHOWN_MONEY, AT(trade, voids_amount), true },
	{ "line_voids", N_("Line voids"), SHOWN_COUNT, AT(trade, line_voids), true },
	{ "line_voids_amount", NULL, SHOWN_MONEY, AT(trade, line_voids_amount), false },
	{ "overrides", N_("Overrides"), SHOWN_COUNT, AT(trade, overrides), true },
	{ "overrides_amount", NULL, SHOWN_MONEY, AT(trade, overrides_amount), false },
	{ "drawer_openings", N_("Drawer"), SHOWN_COUNT, AT(trade, drawer_openings), true },
	{ "exceptions", N_("Exceptions"), SHOWN_COUNT, AT(trade, exceptions), true },
	{ "exceptions_amount", NULL, SHOWN_MONEY, AT(trade, exceptions_amount), false },
	{ "training", N_("Training"), SHOWN_COUNT, AT(trade, training), true },
	{ NULL, NULL, SHOWN_COUNT, 0, false },
};

static bool
is_time(enum report_by by)
{
	return by == REPORT_BY_DAY || by == REPORT_BY_WEEK || by == REPORT_BY_MONTH;
}

/* How many days, weeks, months after the first that was asked for NUMBER is. */
static int64_t
step_of(enum report_by by, uint32_t number, uint32_t from)
{
	if (by == REPORT_BY_MONTH)
		return (int64_t)(number / 100 * 12 + number % 100) -
		    (int64_t)(from / 10000 * 12 + from / 100 % 100);
	if (by == REPORT_BY_WEEK)
		from = calendar_monday(from);
	return calendar_is_day(number) ? calendar_count(number) - calendar_count(from) : INT64_MIN;
}

/* The same hour, cashier or product; the day as far from the first. */
static bool
is_same(const struct report *r, const struct report_row *now, const struct report_row *then)
{
	if (is_time(r->by))
		return step_of(r->by, now->number, r->days.from) ==
		    step_of(r->by, then->number, r->before.from);
	return now->number == then->number && strcmp(now->text, then->text) == 0;
}

static bool
is_before(const struct report *r, const struct report_row *then, const struct report_row *now)
{
	if (is_time(r->by))
		return step_of(r->by, then->number, r->before.from) <
		    step_of(r->by, now->number, r->days.from);
	return then->number != now->number ? then->number < now->number
	    : strcmp(then->text, now->text) < 0;
}

/* Of the row that stands beside THEN, which nothing of now does. */
static uint32_t
number_beside(const struct report *r, uint32_t then)
{
	uint32_t from = r->days.from;

	if (r->by == REPORT_BY_MONTH)
		return calendar_add_months(calendar_first_of(from / 100),
		    (int)step_of(r->by, then, r->before.from)) / 100;
	if (!is_time(r->by))
		return then;
	if (r->by == REPORT_BY_WEEK)
		from = calendar_monday(from);
	return calendar_add_days(from, step_of(r->by, then, r->before.from));
}

static struct report_row *
row_of_nothing(struct report *r, const struct report_row *then)
{
	struct report_row *row = arena_zalloc(&r->arena, sizeof *row);

	if (row != NULL) {
		memcpy(row->text, then->text, sizeof row->text);
		row->number = number_beside(r, then->number);
	}
	return row;
}

/* Rows of both, side by side; what was sold only then gets a row of nothing now. */
static enum kas_err
join(struct report *r, struct report_answer *now, const struct report_answer *then,
    struct report_row ***ret)
{
	size_t room = now->n + then->n + 1, i = 0, k = 0, n = 0;
	struct report_row **rows = arena_alloc(&r->arena, room * sizeof(struct report_row *));
	struct report_row **before = arena_zalloc(&r->arena, room * sizeof(struct report_row *));
	bool only_then;

	if (rows == NULL || before == NULL)
		return KAS_NOMEM;
	for (; i < now->n || k < then->n; n++) {
		only_then = k < then->n &&
		    (i == now->n || is_before(r, then->rows[k], now->rows[i]));
		if (only_then || (k < then->n && is_same(r, now->rows[i], then->rows[k])))
			before[n] = then->rows[k++];
		rows[n] = only_then ? row_of_nothing(r, before[n]) : now->rows[i++];
		if (rows[n] == NULL)
			return KAS_NOMEM;
	}
	now->rows = rows;
	now->n = n;
	*ret = before;
	return KAS_OK;
}

struct pair {
	struct report_row *row, *before;
	int64_t amount;
};

static int
compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->amount != y->amount)
		return x->amount > y->amount ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* The largest first, where the key has no order of its own. */
static enum kas_err
rank(struct report *r, struct report_answer *rows, struct report_row **before)
{
	const struct report_figure *f = report_main_figure(report_shape_of(r->by));
	struct pair *pairs = arena_alloc(&r->arena, (rows->n + 1) * sizeof *pairs);
	size_t i;

	if (pairs == NULL)
		return KAS_NOMEM;
	for (i = 0; i < rows->n; i++)
		pairs[i] = (struct pair){ rows->rows[i], before != NULL ? before[i] : NULL,
			report_value(rows->rows[i], f) };
	qsort(pairs, rows->n, sizeof *pairs, compare_pairs);
	for (i = 0; i < rows->n; i++) {
		rows->rows[i] = pairs[i].row;
		if (before != NULL)
			before[i] = pairs[i].before;
	}
	return KAS_OK;
}

static int
show(struct report *r, const struct report_figure *figures)
{
	struct report_answer now, then = { NULL, 0 };
	struct report_row **before = NULL;
	enum kas_err err;

	err = report_ask(r->db, r->by, r->days.from, r->days.to, &r->arena, &now);
	if (err == KAS_OK && r->compare != NULL)
		err = report_ask(r->db, r->by, r->before.from, r->before.to, &r->arena, &then);
	if (err == KAS_OK && r->compare != NULL)
		err = join(r, &now, &then, &before);
	if (err == KAS_OK && r->by != REPORT_BY_HOUR && !is_time(r->by) && r->by != REPORT_BY_TAX)
		err = rank(r, &now, before);
	if (err != KAS_OK)
		return report_fail(r, err);
	if (figures == NULL || report_shape_of(r->by) != REPORT_TRADE)
		figures = report_figures(report_shape_of(r->by));
	return report_print(r, report_table(r, figures, &now, before), NULL);
}

static int
run(struct cli *cli, const char *name, enum report_by by, const struct report_figure *figures)
{
	struct report r;
	int rc;

	rc = report_open(&r, cli, name, by);
	if (rc == EX_OK)
		rc = show(&r, figures);
	report_close(&r);
	return rc;
}

int
ctl_report_sales(struct cli *cli)
{
	return run(cli, "sales", REPORT_BY_HOUR, NULL);
}

int
ctl_report_products(struct cli *cli)
{
	return run(cli, "products", REPORT_BY_PRODUCT, NULL);
}

int
ctl_report_cashiers(struct cli *cli)
{
	return run(cli, "cashiers", REPORT_BY_CASHIER, conduct);
}

int
ctl_report_tax(struct cli *cli)
{
	return run(cli, "tax", REPORT_BY_TAX, NULL);
}
