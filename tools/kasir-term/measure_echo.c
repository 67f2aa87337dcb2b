/* The broker's own round trip: the same messages, signed as ever, answered by an echo
 * (`kasir-term echo`) and taken unseen. */
#include "tools/kasir-term/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/clock.h"
#include "edge/loop.h"
#include "edge/random.h"
#include "terminal/outbox_mem.h"
#include "terminal/session.h"

struct echo_run;

struct caller {
	struct echo_run *run;
	struct mqtt *mqtt;
	struct signer *signer;
	char tx[WIRE_TOPIC_MAX];
	struct buf message;		/* the same one again and again */
	uint64_t began_us;
};

struct echo_run {
	const struct bench_plan *plan;
	struct loop *loop;
	struct caller *callers;
	struct basket_pool pool;
	struct histogram latencies;
	uint64_t acked, messages;
};

/* --- The message, as a session makes it --- */

static enum kas_err
capture(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct caller *c = ctx;

	if (retain)
		return KAS_OK;
	snprintf(c->tx, sizeof(c->tx), "%s", topic);
	buf_reset(&c->message);
	buf_add(&c->message, payload.p, payload.n);
	return KAS_OK;
}

static enum kas_err
sell_batch(struct session *s, const struct echo_run *run)
{
	uint8_t id[WIRE_TXN_ID_LEN];
	struct receipt r;
	unsigned i;
	enum kas_err err = KAS_OK;

	for (i = 0; i < run->plan->batch && err == KAS_OK; i++) {
		session_mint_id(s, id);
		err = session_sell(s, id, run->pool.baskets[i % BASKETS], BYTES_NONE, &r);
	}
	session_on_bus(s, true);
	session_turn(s);
	return err;
}

static enum kas_err
make_message(struct caller *c, const struct term_options *o, const char *terminal,
    struct kas_why *why)
{
	struct outbox_mem *outbox = NULL;
	struct session *s = NULL;
	struct session_config config = {
		.store = o->store,
		.terminal = terminal,
		.epoch = 1,
		.signer = c->signer,
		.store_key = *signer_vkey(c->signer),
	};
	struct session_ports ports = {
		.clock = clock_system(),
		.random = random_system(),
		.bus = { capture, c },
	};
	enum kas_err err = outbox_mem_open(&outbox);

	if (err == KAS_OK) {
		ports.outbox = outbox_mem_port(outbox);
		err = session_open(&config, &ports, &s, why);
	}
	if (err == KAS_OK)
		err = sell_batch(s, c->run);
	session_close(s);
	outbox_mem_close(outbox);
	return err == KAS_OK && c->message.n == 0 ? KAS_NOMEM : err;
}

/* --- Calling --- */

static void
call(struct caller *c)
{
	struct bus_port bus = mqtt_bus(c->mqtt);
	uint8_t signature[SIG_LEN];
	unsigned i;

	c->began_us = loop_now_us();
	/* The work of a till: a statement is about 300 bytes. */
	for (i = 0; i < c->run->plan->batch; i++)
		signer_sign(c->signer, BYTES(c->message.p, c->message.n < 300 ? c->message.n : 300),
		    signature);
	c->run->messages += bus.publish(bus.ctx, c->tx, buf_bytes(&c->message), false) == KAS_OK;
}

static void
on_connected(void *ctx)
{
	call(ctx);
}

static void
on_lost(void *ctx, const char *why)
{
	struct caller *c = ctx;

	if (c == &c->run->callers[0])	/* one voice is enough */
		fprintf(stderr, "kasir-term: no broker: %s\n", why);
}

static enum kas_err
on_message(void *ctx, const char *topic, struct bytes payload)
{
	struct caller *c = ctx;

	(void)topic;
	(void)payload;
	histogram_add(&c->run->latencies, loop_now_us() - c->began_us);
	c->run->acked += c->run->plan->batch;
	call(c);
	return KAS_OK;
}

static enum kas_err
open_caller(struct echo_run *run, struct caller *c, const struct term_options *o, unsigned i,
    struct kas_why *why)
{
	struct random_port random = random_system();
	struct mqtt_events events = { on_connected, on_lost, on_message, c };
	char name[NAME_MAX_LEN + 1], topic[WIRE_TOPIC_MAX];
	const char *topics[1] = { topic };
	struct mqtt_config config = {
		.address = o->broker,
		.client_id = name,
		.clean_session = true,
		.topics = topics,
		.n_topics = 1,
	};
	enum kas_err err;

	c->run = run;
	snprintf(name, sizeof(name), "%.20s%03u", run->plan->prefix, i + 1);
	snprintf(topic, sizeof(topic), "kasir/v1/%s/%s/ack", o->store, name);
	err = signer_generate(&random, name, KEY_ED25519, &c->signer);
	if (err == KAS_OK)
		err = make_message(c, o, name, why);
	if (err == KAS_OK)
		err = mqtt_open(run->loop, &random, &config, &events, &c->mqtt, why);
	if (err == KAS_OK)
		mqtt_start(c->mqtt);
	return err;
}

static void
go_on_for(struct echo_run *run, uint64_t us)
{
	uint64_t end = loop_now_us() + us;

	while (loop_now_us() < end)
		loop_once(run->loop, end);
}

static int
measure(struct cli *cli, struct echo_run *run)
{
	struct bench_result r = { .signing = "on the fly", .payload_bytes = run->pool.mean,
		.latencies = &run->latencies };
	uint64_t acked, messages, began;

	go_on_for(run, run->plan->warmup_us);
	acked = run->acked;
	messages = run->messages;
	memset(&run->latencies, 0, sizeof(run->latencies));
	began = loop_now_us();
	go_on_for(run, run->plan->measure_us);
	r.elapsed_us = loop_now_us() - began;
	r.acked = run->acked - acked;
	r.messages = run->messages - messages;
	if (r.acked == 0)
		return cli_fail(cli, EX_UNAVAILABLE, "run `kasir-term echo` beside it",
		    "nobody answers");
	return measure_print(cli, run->plan, &r);
}

static void
close_run(struct echo_run *run)
{
	unsigned i;

	for (i = 0; i < run->plan->terminals && run->callers != NULL; i++) {
		mqtt_close(run->callers[i].mqtt);
		signer_close(run->callers[i].signer);
		buf_fini(&run->callers[i].message);
	}
	free(run->callers);
	loop_close(run->loop);
	basket_pool_fini(&run->pool);
}

int
measure_echo(struct cli *cli, const struct term_options *o, const struct bench_plan *plan)
{
	static struct echo_run run;
	struct kas_why why = { "no memory" };
	unsigned i;
	enum kas_err err;
	int code;

	if (plan->rate > 0 || plan->backlog > 0)
		return cli_usage(cli, "--echo knows neither --rate nor --backlog");
	run.plan = plan;
	run.callers = calloc(plan->terminals, sizeof(*run.callers));
	err = run.callers == NULL ? KAS_NOMEM : basket_pool_init(&run.pool, plan->lines);
	if (err == KAS_OK)
		err = loop_open(&run.loop, &why);
	for (i = 0; i < plan->terminals && err == KAS_OK; i++)
		err = open_caller(&run, &run.callers[i], o, i, &why);
	code = err == KAS_OK ? measure(cli, &run)
			     : cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	close_run(&run);
	return code;
}
