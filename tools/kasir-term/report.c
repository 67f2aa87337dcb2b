#include "tools/kasir-term/report.h"

#include "edge/table.h"

static const struct table_column columns[] = {
	{ "made", "made", TABLE_RIGHT },
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
fill(struct table *t, const struct fleet_counts *c, const struct histogram *h,
    const struct run_report *r)
{
	table_count(t, c->made);
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
report_run(struct cli *cli, struct fleet *f, const struct run_report *r)
{
	struct table *t = table_open(columns);
	struct fleet_counts c;
	enum kas_err err;

	fleet_count(f, &c);
	fill(t, &c, fleet_latencies(f), r);
	err = table_print(t, cli_flag(cli, "json") ? TABLE_JSON_RECORD : TABLE_RECORD, stdout);
	table_close(t);
	if (err != KAS_OK)
		return cli_fail(cli, EX_IOERR, NULL, "the report could not be written");
	if (c.waiting > 0 || c.acked < c.made)
		return cli_fail(cli, EX_TEMPFAIL, "they stay in the outbox and are sent again next time",
		    "%llu sales are not acknowledged", (unsigned long long)(c.made - c.acked));
	if (c.conflicts > 0)
		return cli_fail(cli, EX_DATAERR, "see `kasir-term status`", "%llu sales are in conflict",
		    (unsigned long long)c.conflicts);
	if (r->want_witnessed && c.durable > 0)
		return cli_fail(cli, EX_TEMPFAIL, "see `kasirctl status` on how the uplink stands",
		    "%llu sales are durable at the store, but headquarters has not cosigned them",
		    (unsigned long long)c.durable);
	return EX_OK;
}
