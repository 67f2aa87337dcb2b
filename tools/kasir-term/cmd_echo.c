/* In the store's place: answers every batch with as many bytes as an ack has, and knows
 * nothing.  What `bench --echo` reaches with it is the broker's ceiling. */
#include "tools/kasir-term/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edge/random.h"
#include "tools/kasir-term/options.h"
#include "wire/topic.h"

const struct cli_option echo_options[] = {
	{ "bytes", 0, "N", "of each answer (1400, an ack of one sale in a large ledger)" },
	{ NULL, 0, NULL, NULL },
};

struct echo {
	struct loop *loop;
	struct mqtt *mqtt;
	uint8_t answer[65536];
	size_t n;
	uint64_t echoed;
	bool over;
};

static enum kas_err
on_message(void *ctx, const char *topic, struct bytes payload)
{
	struct echo *e = ctx;
	struct bus_port bus = mqtt_bus(e->mqtt);
	char to[WIRE_TOPIC_MAX];
	struct topic t;

	(void)payload;
	if (topic_parse(topic, &t) != KAS_OK || t.kind != TOPIC_TX)
		return KAS_OK;
	topic_format(TOPIC_ACK, t.store, t.terminal, to);
	e->echoed += bus.publish(bus.ctx, to, BYTES(e->answer, e->n), false) == KAS_OK;
	return KAS_OK;
}

static void
on_connected(void *ctx)
{
	(void)ctx;
	fprintf(stderr, "kasir-term: echoing\n");
}

static void
on_lost(void *ctx, const char *why)
{
	(void)ctx;
	fprintf(stderr, "kasir-term: no broker: %s\n", why);
}

static void
on_signal(void *ctx, int sig)
{
	(void)sig;
	((struct echo *)ctx)->over = true;
}

static int
serve(struct cli *cli, struct echo *e, const struct term_options *o)
{
	struct random_port random = random_system();
	struct mqtt_events events = { on_connected, on_lost, on_message, e };
	char topic[WIRE_TOPIC_MAX], id[80];
	const char *topics[1] = { topic };
	struct mqtt_config config = {
		.address = o->broker,
		.client_id = id,
		.clean_session = true,
		.topics = topics,
		.n_topics = 1,
	};
	struct kas_why why;
	enum kas_err err = loop_on_signal(e->loop, on_signal, e);

	snprintf(topic, sizeof(topic), "kasir/v1/%s/+/tx", o->store);
	snprintf(id, sizeof(id), "%s-echo-%ld", o->store, (long)getpid());
	(void)kas_fail(&why, err, "signals cannot be watched");
	if (err == KAS_OK)
		err = mqtt_open(e->loop, &random, &config, &events, &e->mqtt, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	mqtt_start(e->mqtt);
	while (!e->over)
		loop_once(e->loop, LOOP_NEVER);
	mqtt_close(e->mqtt);
	return EX_OK;
}

int
echo(struct cli *cli)
{
	static struct echo e;
	struct term_options o;
	struct kas_why why;
	int code = options_read(cli, true, &o);

	e.n = (size_t)cli_number(cli, "bytes", 1, sizeof(e.answer), 1400, &code);
	if (code != EX_OK)
		return code;
	memset(e.answer, 0xa5, sizeof(e.answer));
	if (loop_open(&e.loop, &why) != KAS_OK)
		return cli_fail(cli, EX_OSERR, NULL, "%s", why.text);
	code = serve(cli, &e, &o);
	loop_close(e.loop);
	return code;
}
