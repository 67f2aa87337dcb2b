#include "tools/kasir-term/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "edge/table.h"
#include "tools/kasir-term/trouble.h"

/* Those of a data set stand first: what is no replay begins behind them. */
#define DATASET_COLUMNS 12
static const struct table_column columns[] = {
	{ "rows", "rows read", TABLE_RIGHT },
	{ "documents", "documents made of them", TABLE_RIGHT },
	{ "lines", "lines made", TABLE_RIGHT },
	{ "lines_for_rows", "of these, a row each", TABLE_RIGHT },
	{ "rows_unreadable", "rows not readable, made lines of no quantity", TABLE_RIGHT },
	{ "rows_unpriced", "rows without a price, made free lines", TABLE_RIGHT },
	{ "names_shortened", "names shortened", TABLE_RIGHT },
	{ "tenders_made_up", "tenders made up", TABLE_RIGHT },
	{ "totals_made_up", "totals made up", TABLE_RIGHT },
	{ "changes_made_up", "changes made up", TABLE_RIGHT },
	{ "taxes_as_printed", "taxes that follow no rate, as printed", TABLE_RIGHT },
	{ "figures_unused", "printed figures not used", TABLE_RIGHT },
	{ "made", "made", TABLE_RIGHT },
	{ "sales", "sales made", TABLE_RIGHT },
	{ "sales_count", NULL, TABLE_RIGHT },
	{ "returns", "returns made", TABLE_RIGHT },
	{ "returns_count", NULL, TABLE_RIGHT },
	{ "voids", "voids made", TABLE_RIGHT },
	{ "voids_count", NULL, TABLE_RIGHT },
	{ "before", "waited from before", TABLE_RIGHT },
	{ "acked", "acked", TABLE_RIGHT },
	{ "witnessed", "witnessed", TABLE_RIGHT },
	{ "exceptions", "exceptions", TABLE_RIGHT },
	{ "duplicates", "duplicates answered", TABLE_RIGHT },
	{ "conflicts", "conflicts", TABLE_RIGHT },
	{ "rejected", "rejected", TABLE_RIGHT },
	{ "waiting", "not acked", TABLE_RIGHT },
	{ "resends", "sent again", TABLE_RIGHT },
	{ "bad_messages", "messages not believed", TABLE_RIGHT },
	{ "amount", "amount made", TABLE_RIGHT },
	{ "seconds", "seconds", TABLE_RIGHT },
	{ "per_second", "acked a second", TABLE_RIGHT },
	{ "ack_p50_us", "ack p50 (us)", TABLE_RIGHT },
	{ "ack_p99_us", "ack p99 (us)", TABLE_RIGHT },
	{ "ack_max_us", "ack longest (us)", TABLE_RIGHT },
	{ NULL, NULL, TABLE_LEFT },
};

static void
count(struct run_total *t, int64_t payable)
{
	t->n++;
	t->magnitude += payable < 0 ? -(uint64_t)payable : (uint64_t)payable;
}

void
report_add(struct run_report *r, Kasir__V1__TransactionType type, int64_t payable)
{
	r->amount += payable;
	if (type == KASIR__V1__TRANSACTION_TYPE__EXCHANGE)
		count(payable < 0 ? &r->returns : &r->sales, payable);
	else if (type == KASIR__V1__TRANSACTION_TYPE__SALE)
		count(&r->sales, payable);
	else if (type == KASIR__V1__TRANSACTION_TYPE__RETURN)
		count(&r->returns, payable);
	else if (type == KASIR__V1__TRANSACTION_TYPE__POST_VOID)
		count(&r->voids, payable);
}

static void
fill_dataset(struct table *t, const struct dataset_counts *d)
{
	table_count(t, d->rows);
	table_count(t, d->documents);
	table_count(t, d->lines);
	table_count(t, d->lines_for_rows);
	table_count(t, d->rows_unreadable);
	table_count(t, d->rows_unpriced);
	table_count(t, d->names_shortened);
	table_count(t, d->tenders_made_up);
	table_count(t, d->totals_made_up);
	table_count(t, d->changes_made_up);
	table_count(t, d->taxes_as_printed);
	table_count(t, d->figures_unused);
}

static void
fill_total(struct table *t, const struct run_total *total)
{
	char shown[64];

	snprintf(shown, sizeof(shown), "%" PRIu64 " in %" PRIu64, total->magnitude, total->n);
	table_shown_number(t, shown, (int64_t)total->magnitude);
	table_count(t, total->n);
}

static void
fill(struct table *t, const struct fleet_counts *c, const struct histogram *h,
    const struct run_report *r)
{
	table_count(t, c->made);
	fill_total(t, &r->sales);
	fill_total(t, &r->returns);
	fill_total(t, &r->voids);
	table_count(t, c->before);
	table_count(t, c->acked);
	table_count(t, c->witnessed);
	table_count(t, c->exceptions);
	table_count(t, c->duplicates);
	table_count(t, c->conflicts);
	table_count(t, c->rejected);
	table_count(t, c->waiting);
	table_count(t, c->resends);
	table_count(t, c->bad_messages);
	table_number(t, r->amount);
	table_count(t, r->elapsed_us / 1000000);
	table_count(t, r->elapsed_us > 0 ? c->acked * 1000000 / r->elapsed_us : 0);
	table_count(t, histogram_at(h, 500000));
	table_count(t, histogram_at(h, 990000));
	table_count(t, h->max);
}

int
report_run(struct cli *cli, const struct fleet *f, const struct run_report *r)
{
	struct table *t = table_open(columns + (r->dataset == NULL ? DATASET_COLUMNS : 0));
	struct fleet_counts c;
	enum kas_err err;

	fleet_count(f, &c);
	if (r->dataset != NULL)
		fill_dataset(t, r->dataset);
	fill(t, &c, fleet_latencies(f), r);
	err = table_print(t, cli_flag(cli, "json") ? TABLE_JSON_RECORD : TABLE_RECORD, stdout);
	table_close(t);
	if (err != KAS_OK)
		return cli_fail(cli, EX_IOERR, NULL, "the report could not be written");
	return trouble_tell(cli, f, &c, r);
}
