#include "daemon/store/edge/service_parts.h"

#include <stdio.h>
#include <string.h>

#include "edge/log.h"
#include "wire/topic.h"

/* Acks and checkpoints that the broker has not confirmed.  Terminals ask again for what
 * is lost here, so the bound is on memory, not on promises. */
#define BUS_QUEUE 8192
#define BUS_QUEUE_BYTES ((size_t)8 << 20)
#define BROKER_RETRY_US_MAX (2u * 1000 * 1000)		/* the store's own: it is next door */
#define HQ_RETRY_US_MAX (60u * 1000 * 1000)

static void
on_connected(void *ctx)
{
	struct link *k = ctx;
	char at[MQTT_ADDRESS_TEXT];

	mqtt_address_format(mqtt_address(k->mqtt), at);
	if (k->failures > 1)
		log_line(LOG_LVL_NOTICE, "%s %s: connected at try %u", k->what, at, k->failures + 1);
	else
		log_line(LOG_LVL_NOTICE, "%s %s: connected", k->what, at);
	k->up = true;
	k->failures = 0;
	k->last_why[0] = '\0';
	k->tell_engine(k->service->engine, true);
}

/* Headquarters may be away for months: say it once, and again when the reason changes. */
static void
on_lost(void *ctx, const char *why)
{
	struct link *k = ctx;
	char at[MQTT_ADDRESS_TEXT];

	mqtt_address_format(mqtt_address(k->mqtt), at);
	k->failures++;
	if (k->up)
		log_line(LOG_LVL_WARNING, "%s %s: connection lost: %s", k->what, at, why);
	else if (strcmp(why, k->last_why) != 0)
		log_line(LOG_LVL_WARNING, "%s %s: cannot connect: %s; trying again", k->what, at, why);
	if (!k->up)
		snprintf(k->last_why, sizeof k->last_why, "%s", why);
	if (k->up)
		k->tell_engine(k->service->engine, false);
	k->up = false;
}

static enum kas_err
on_store_message(void *ctx, const char *topic, struct bytes payload)
{
	struct link *k = ctx;

	return engine_on_message(k->service->engine, topic, payload);
}

static enum kas_err
on_uplink_message(void *ctx, const char *topic, struct bytes payload)
{
	struct link *k = ctx;

	(void)topic;
	engine_on_uplink_message(k->service->engine, payload);
	return KAS_OK;
}

static enum kas_err
open_broker(struct service *s, struct kas_why *why)
{
	char tx[WIRE_TOPIC_MAX], state[WIRE_TOPIC_MAX], id[16 + NAME_MAX_LEN];
	const char *topics[] = { tx, state };
	struct mqtt_config c = {
		.address = s->config.broker, .client_id = id, .topics = topics, .n_topics = 2,
		.queue_max = BUS_QUEUE, .queue_bytes_max = BUS_QUEUE_BYTES,
		.retry_us_max = BROKER_RETRY_US_MAX,
	};
	struct mqtt_events events = { on_connected, on_lost, on_store_message, &s->broker };

	topic_format(TOPIC_TX, s->config.store, "+", tx);
	topic_format(TOPIC_STATE, s->config.store, "+", state);
	snprintf(id, sizeof id, "kasird-%s", s->config.store);
	s->broker.service = s;
	s->broker.what = "broker";
	s->broker.tell_engine = engine_on_bus;
	return mqtt_open(s->loop, &s->random, &c, &events, &s->broker.mqtt, why);
}

static enum kas_err
open_hq(struct service *s, struct kas_why *why)
{
	char down[WIRE_TOPIC_MAX], id[16 + NAME_MAX_LEN];
	const char *topics[] = { down };
	struct mqtt_config c = {
		.address = s->config.hq.broker, .client_id = id, .topics = topics, .n_topics = 1,
		.queue_max = 64, .queue_bytes_max = BUS_QUEUE_BYTES,
		.retry_us_max = HQ_RETRY_US_MAX,
	};
	struct mqtt_events events = { on_connected, on_lost, on_uplink_message, &s->hq };

	s->hq.service = s;
	s->hq.what = "headquarters' broker";
	s->hq.tell_engine = engine_on_uplink;
	topic_format(TOPIC_DOWN, s->config.store, NULL, down);
	snprintf(id, sizeof id, "kasird-%s-up", s->config.store);
	return mqtt_open(s->loop, &s->random, &c, &events, &s->hq.mqtt, why);
}

enum kas_err
links_open(struct service *s, struct kas_why *why)
{
	enum kas_err err = open_broker(s, why);

	if (err == KAS_OK && s->config.has_hq)
		err = open_hq(s, why);
	return err;
}

void
links_start(struct service *s)
{
	mqtt_start(s->broker.mqtt);
	if (s->hq.mqtt != NULL)
		mqtt_start(s->hq.mqtt);
}

void
links_close(struct service *s)
{
	mqtt_close(s->hq.mqtt);
	mqtt_close(s->broker.mqtt);
	s->hq.mqtt = s->broker.mqtt = NULL;
}

void
links_change_hq(struct service *s, const struct store_config *config)
{
	struct kas_why why;

	if (config->has_hq != s->config.has_hq ||
	    strcmp(config->hq.key_file, s->config.hq.key_file) != 0) {
		log_line(LOG_LVL_WARNING, "reload: whether there is a headquarters, and its key, "
		    "change only at a restart");
		return;
	}
	if (!config->has_hq || memcmp(&config->hq.broker, &s->config.hq.broker,
	    sizeof config->hq.broker) == 0)
		return;
	mqtt_close(s->hq.mqtt);
	s->hq.mqtt = NULL;
	if (s->hq.up)
		engine_on_uplink(s->engine, false);
	s->hq.up = false;
	s->hq.failures = 0;
	s->config.hq = config->hq;
	if (open_hq(s, &why) == KAS_OK)
		mqtt_start(s->hq.mqtt);
	else
		log_line(LOG_LVL_ERROR, "reload: %s", why.text);
}

struct bus_port
links_bus(struct service *s)
{
	return mqtt_bus(s->broker.mqtt);
}

/* The client behind it may be another after a reload, or missing. */
static enum kas_err
publish_up(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct service *s = ctx;
	struct bus_port bus;

	if (s->hq.mqtt == NULL)
		return KAS_AGAIN;
	bus = mqtt_bus(s->hq.mqtt);
	return bus.publish(bus.ctx, topic, payload, retain);
}

struct bus_port
links_uplink(struct service *s)
{
	if (!s->config.has_hq)
		return (struct bus_port){ 0 };
	return (struct bus_port){ .publish = publish_up, .ctx = s };
}
