/* A load generator: outboxes in memory, every proof verified, each checkpoint once. */
#include "tools/kasir-term/commands.h"

#include "tools/kasir-term/fleet.h"
#include "tools/kasir-term/measure.h"

const struct cli_option bench_options[] = {
	{ "terminals", 'n', "N", "how many, each with a connection of its own (100)" },
	{ "prefix", 0, "TEXT", "of their ids: <prefix>001 and on (till-)" },
	{ "rate", 'r', "N", "sales a second in all; 0: each sells again when answered (0)" },
	{ "batch", 0, "N", "sales under way a terminal, at most 64 (1)" },
	{ "backlog", 0, "N", "sales of each terminal, made before it connects: catching up" },
	{ "seconds", 'd', "N", "how long to measure (10)" },
	{ "warmup", 0, "SECONDS", "before that (2)" },
	{ "lines", 0, "N", "of each basket (4)" },
	{ "echo", 0, NULL, "take any answer, as `kasir-term echo` gives: the broker's ceiling" },
	{ NULL, 0, NULL, NULL },
};

struct bench {
	const struct bench_plan *plan;
	struct fleet *fleet;
	struct basket_pool pool;
	uint64_t next_basket, next_us;
	unsigned next_till;
	bool selling;
	enum kas_err err;
};

static void
sell_one(struct bench *b, unsigned till, uint64_t began_us)
{
	b->err = fleet_sell(
	    b->fleet, till, b->pool.baskets[b->next_basket++ % BASKETS], BYTES_NONE, began_us,
	    NULL);
}

/* Closed loop: a terminal sells again as soon as it is answered. */
static void
on_room(void *ctx, unsigned till)
{
	struct bench *b = ctx;

	if (!b->selling || b->plan->rate > 0)
		return;
	while (b->err == KAS_OK && fleet_waiting(b->fleet, till) < b->plan->batch)
		sell_one(b, till, loop_now_us());
}

/* Open loop: sales come when they come, and their wait counts from then. */
static void
sell_what_is_due(struct bench *b)
{
	uint64_t now = loop_now_us();

	while (b->selling && b->err == KAS_OK && b->next_us <= now) {
		sell_one(b, b->next_till, b->next_us);
		b->next_till = (b->next_till + 1) % b->plan->terminals;
		b->next_us += 1000000 / b->plan->rate;
	}
}

static void
go_on_until(struct bench *b, uint64_t end_us)
{
	uint64_t until;

	while (loop_now_us() < end_us && b->err == KAS_OK && !fleet_interrupted(b->fleet)) {
		until = end_us;
		if (b->plan->rate > 0) {
			sell_what_is_due(b);
			until = b->next_us < end_us ? b->next_us : end_us;
		}
		fleet_turn(b->fleet, until);
	}
}

static void
note_difference(const struct fleet_counts *a, const struct fleet_counts *z, uint64_t elapsed_us,
    struct bench_result *ret)
{
	ret->acked = z->acked - a->acked;
	ret->elapsed_us = elapsed_us;
	ret->messages = z->messages - a->messages;
	ret->checkpoints = z->checkpoints_checked - a->checkpoints_checked;
	ret->resends = z->resends - a->resends;
	ret->bad_messages = z->bad_messages - a->bad_messages;
}

/* A rate of refusals is no rate. */
static int
check_all_acked(struct cli *cli, const struct bench *b)
{
	struct fleet_counts c;

	fleet_count(b->fleet, &c);
	if (c.acked == c.made && c.conflicts == 0)
		return EX_OK;
	return cli_fail(cli, EX_UNAVAILABLE,
	    "enrol fresh keys: outboxes in memory count from 1 again",
	    "of %llu sales %llu were acknowledged, %llu of them in conflict",
	    (unsigned long long)c.made, (unsigned long long)c.acked,
	    (unsigned long long)c.conflicts);
}

static void
start_all(struct bench *b)
{
	unsigned i;

	b->selling = true;
	b->next_us = loop_now_us();
	for (i = 0; i < b->plan->terminals; i++)
		on_room(b, i);
}

static int
measure_load(struct cli *cli, struct bench *b)
{
	struct bench_result r = { .signing = "on the fly", .payload_bytes = b->pool.mean };
	static struct histogram latencies;
	struct fleet_counts a, z;
	uint64_t began;
	int code;

	if (!fleet_wait_connected(b->fleet, 10000000))
		return cli_fail(cli, EX_UNAVAILABLE, NULL, "not all terminals could connect");
	start_all(b);
	go_on_until(b, loop_now_us() + b->plan->warmup_us);
	fleet_measure(b->fleet);
	fleet_count(b->fleet, &a);
	began = loop_now_us();
	go_on_until(b, began + b->plan->measure_us);
	fleet_count(b->fleet, &z);
	note_difference(&a, &z, loop_now_us() - began, &r);
	b->selling = false;
	latencies = *fleet_latencies(b->fleet);
	r.latencies = &latencies;
	if (!fleet_wait_settled(b->fleet, false, 30000000))
		return cli_fail(cli, EX_TEMPFAIL, NULL, "some sales were never acknowledged");
	code = check_all_acked(cli, b);
	return code == EX_OK ? measure_print(cli, b->plan, &r) : code;
}

static int
measure_backlog(struct cli *cli, struct bench *b)
{
	struct bench_result r = { .signing = "before the run", .payload_bytes = b->pool.mean };
	struct fleet_counts a = { 0 }, z;
	uint64_t began, i;
	unsigned till;
	int code;

	for (i = 0; i < b->plan->backlog; i++)
		for (till = 0; till < b->plan->terminals && b->err == KAS_OK; till++)
			sell_one(b, till, 0);
	began = loop_now_us();
	if (!fleet_wait_settled(b->fleet, false, 600000000))
		return cli_fail(cli, EX_TEMPFAIL, NULL, "some sales were never acknowledged");
	fleet_count(b->fleet, &z);
	note_difference(&a, &z, loop_now_us() - began, &r);
	r.latencies = fleet_latencies(b->fleet);
	code = check_all_acked(cli, b);
	return code == EX_OK ? measure_print(cli, b->plan, &r) : code;
}

static int
measure_store(struct cli *cli, const struct term_options *o, const struct bench_plan *plan)
{
	struct bench b = { .plan = plan };
	struct fleet_config config = {
		.options = o,
		.n = plan->terminals,
		.prefix = plan->prefix,
		.batch_max = plan->batch,
		.forget = true,
		.make_keys = true,
		.on_room = on_room,
		.ctx = &b,
	};
	struct kas_why why = { "no memory" };
	enum kas_err err = basket_pool_init(&b.pool, plan->lines);
	int code;

	if (err == KAS_OK)
		err = fleet_open(&config, &b.fleet, &why);
	if (err != KAS_OK) {
		basket_pool_fini(&b.pool);
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	}
	code = plan->backlog > 0 ? measure_backlog(cli, &b) : measure_load(cli, &b);
	if (b.err != KAS_OK)
		code = cli_fail(cli, cli_exit_of(b.err), NULL, "a sale was not made: %s",
		    kas_err_text(b.err));
	fleet_close(b.fleet);
	basket_pool_fini(&b.pool);
	return code;
}

int
bench(struct cli *cli)
{
	struct term_options o;
	struct bench_plan plan = { .echo = cli_flag(cli, "echo") };
	int code = options_read(cli, plan.echo, &o);

	o.outbox = "memory";
	plan.terminals = (unsigned)cli_number(cli, "terminals", 1, 9999, 100, &code);
	plan.prefix = cli_value(cli, "prefix", "till-");
	plan.rate = cli_number(cli, "rate", 0, 1000000, 0, &code);
	plan.backlog = cli_number(cli, "backlog", 1, 1000000, 0, &code);
	plan.batch = (unsigned)cli_number(cli, "batch", 1, WIRE_BATCH_TRANSACTIONS_MAX,
	    plan.backlog > 0 ? WIRE_BATCH_TRANSACTIONS_MAX : 1, &code);
	plan.measure_us = cli_number(cli, "seconds", 1, 1000000, 10, &code) * 1000000;
	plan.warmup_us = cli_number(cli, "warmup", 0, 1000000, 2, &code) * 1000000;
	plan.lines = (unsigned)cli_number(cli, "lines", 1, 20, 4, &code);
	if (code != EX_OK)
		return code;
	return plan.echo ? measure_echo(cli, &o, &plan) : measure_store(cli, &o, &plan);
}
