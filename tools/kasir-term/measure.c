#include "tools/kasir-term/measure.h"

#include <string.h>

#include "edge/table.h"
#include "tools/kasir-term/baskets.h"

enum kas_err
basket_pool_init(struct basket_pool *p, unsigned lines)
{
	struct dice d = { 42 };
	size_t i, sum = 0;
	int64_t payable;

	memset(p, 0, sizeof(*p));
	arena_init(&p->arena, 0);
	for (i = 0; i < BASKETS; i++) {
		p->baskets[i] = basket_make(
		    &d, 1700000000000000, i, lines, &p->arena, &payable);
		if (p->baskets[i].n == 0)
			return KAS_NOMEM;
		sum += p->baskets[i].n;
	}
	p->mean = sum / BASKETS;
	return KAS_OK;
}

void
basket_pool_fini(struct basket_pool *p)
{
	arena_fini(&p->arena);
}

static const struct table_column columns[] = {
	{ "what", "measured", TABLE_LEFT },
	{ "terminals", "terminals", TABLE_RIGHT },
	{ "batch", "sales a message, at most", TABLE_RIGHT },
	{ "rate_wanted", "rate wanted", TABLE_RIGHT },
	{ "signing", "signing", TABLE_LEFT },
	{ "payload_bytes", "bytes of a sale", TABLE_RIGHT },
	{ "acked", "acked", TABLE_RIGHT },
	{ "elapsed_us", "microseconds", TABLE_RIGHT },
	{ "per_second", "acked a second", TABLE_RIGHT },
	{ "p50_us", "p50 (us)", TABLE_RIGHT },
	{ "p99_us", "p99 (us)", TABLE_RIGHT },
	{ "p999_us", "p99.9 (us)", TABLE_RIGHT },
	{ "max_us", "longest (us)", TABLE_RIGHT },
	{ "messages", "messages sent", TABLE_RIGHT },
	{ "checkpoints", "checkpoints verified", TABLE_RIGHT },
	{ "resends", "sent again", TABLE_RIGHT },
	{ "bad_messages", "messages not believed", TABLE_RIGHT },
	{ NULL, NULL, TABLE_LEFT },
};

int
measure_print(struct cli *cli, const struct bench_plan *plan, const struct bench_result *r)
{
	struct table *t = table_open(columns);
	const struct histogram *h = r->latencies;
	enum kas_err err;

	table_text(t, plan->echo ? "publish to echo" : "publish to verified ack");
	table_count(t, plan->terminals);
	table_count(t, plan->batch);
	table_count(t, plan->rate);
	table_text(t, r->signing);
	table_count(t, r->payload_bytes);
	table_count(t, r->acked);
	table_count(t, r->elapsed_us);
	table_count(t, r->elapsed_us > 0 ? r->acked * 1000000 / r->elapsed_us : 0);
	table_count(t, histogram_at(h, 500000));
	table_count(t, histogram_at(h, 990000));
	table_count(t, histogram_at(h, 999000));
	table_count(t, h->max);
	table_count(t, r->messages);
	table_count(t, r->checkpoints);
	table_count(t, r->resends);
	table_count(t, r->bad_messages);
	err = table_print(t, cli_flag(cli, "json") ? TABLE_JSON_RECORD : TABLE_RECORD, stdout);
	table_close(t);
	return err == KAS_OK ? EX_OK : cli_fail(cli, EX_IOERR, NULL, "the result could not be written");
}
