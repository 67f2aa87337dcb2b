#include "tests/sim/hq_node.h"

#include <stdlib.h>

struct hq_node {
	struct world *w;
	struct machine machine;
	struct client *link;
	struct hq_memory **memory;
	const struct signer *witness;
	struct oracle *oracle;
	struct sig_cache *cache;
	struct receiver *receiver;
};

static enum kas_err
publish(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct hq_node *h = ctx;

	oracle_hq_published(h->oracle, payload);
	return client_publish(h->link, topic, payload, retain);
}

static void
ignore(void *ctx)
{
	(void)ctx;
}

static void
on_message(void *ctx, const char *topic, struct bytes payload)
{
	struct hq_node *h = ctx;

	if (h->receiver != NULL)
		receiver_on_message(h->receiver, topic, payload);
}

struct hq_node *
hq_node_open(struct world *w, struct broker *wan, const char *name,
    struct hq_memory **memory, const struct signer *witness, struct oracle *oracle,
    struct sig_cache *cache)
{
	static const struct client_events events = { ignore, ignore, on_message };
	static const char *const filters[] = { "kasir/v1/+/up", NULL };
	struct hq_node *h = sim_alloc(sizeof(*h));

	h->w = w;
	machine_init(&h->machine, w, name);
	h->link = client_attach(wan, name, filters, &events, h);
	h->memory = memory;
	h->witness = witness;
	h->oracle = oracle;
	h->cache = cache;
	return h;
}

void
hq_node_close(struct hq_node *h)
{
	if (h == NULL)
		return;
	receiver_close(h->receiver);
	free(h);
}

void
hq_node_start(struct hq_node *h)
{
	struct hq_ports ports = {
		.clock = machine_clock(&h->machine),
		.store = hq_memory_port(*h->memory),
		.bus = { publish, h },
		.crew = sig_cache_crew(h->cache),
		.log = machine_log(&h->machine),
	};

	if (h->receiver != NULL)
		return;
	if (receiver_open(&ports, h->witness, &h->receiver) != KAS_OK) {
		world_fail(h->w, "headquarters cannot start");
		return;
	}
	world_trace(h->w, h->machine.name, "starts");
	client_start(h->link);
}

void
hq_node_crash(struct hq_node *h)
{
	if (h->receiver == NULL)
		return;
	world_trace(h->w, h->machine.name, "dies");
	receiver_close(h->receiver);
	h->receiver = NULL;
	client_stop(h->link, false);
	machine_boot(&h->machine);
}

void
hq_node_put_back(struct hq_node *h, const struct hq_memory *old)
{
	kas_assert(h->receiver == NULL);
	hq_memory_close(*h->memory);
	*h->memory = hq_memory_copy(old);
	oracle_hq_rolled_back(h->oracle);
	world_trace(h->w, "hq", "an old copy of its database was put back");
}

bool
hq_node_runs(const struct hq_node *h)
{
	return h->receiver != NULL;
}

struct client *
hq_node_link(struct hq_node *h)
{
	return h->link;
}

struct machine *
hq_node_machine(struct hq_node *h)
{
	return &h->machine;
}
