#include "edge/mqtt_parts.h"

#include <stdio.h>
#include <string.h>

void
mqtt_address_format(const struct mqtt_address *a, char to[MQTT_ADDRESS_TEXT])
{
	if (a->socket[0] != '\0')
		snprintf(to, MQTT_ADDRESS_TEXT, "%s", a->socket);
	else
		snprintf(to, MQTT_ADDRESS_TEXT, strchr(a->host, ':') ? "[%s]:%u" : "%s:%u",
		    a->host, a->port);
}

static void
hold(struct mqtt *m, const char *topic, struct bytes payload)
{
	/* Dropped: whoever sent it sends it again. */
	if (held_add(&m->held, topic, payload) != KAS_OK)
		m->counters.dropped++;
	m->paused = true;
}

void
mqtt_on_message(struct mosquitto *mosq, void *ctx, const struct mosquitto_message *msg)
{
	struct mqtt *m = ctx;
	struct bytes payload = BYTES(msg->payload, (size_t)msg->payloadlen);

	(void)mosq;
	m->counters.received++;
	if (m->paused || m->events.on_message(m->events.ctx, msg->topic, payload) == KAS_FULL)
		hold(m, msg->topic, payload);
}

void
mqtt_resume(struct mqtt *m)
{
	struct bytes payload;
	const char *topic;

	if (!m->paused)
		return;
	while (!held_is_empty(&m->held)) {
		topic = held_first(&m->held, &payload);
		if (m->events.on_message(m->events.ctx, topic, payload) == KAS_FULL)
			return;
		held_drop(&m->held);
	}
	m->paused = false;
	mqtt_follow_socket(m);
}

void
mqtt_on_publish(struct mosquitto *mosq, void *ctx, int mid)
{
	struct mqtt *m = ctx;
	uint32_t *size = &m->sizes[(uint16_t)mid];

	(void)mosq;
	m->counters.confirmed++;
	if (*size == 0)
		return;
	m->queued--;
	m->queued_bytes -= *size;
	*size = 0;
}

static enum kas_err
publish(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct mqtt *m = ctx;
	size_t size = payload.n + strlen(topic) + 1;
	int mid, rc;

	if (m->state != UP || m->queued >= m->queue_max ||
	    (m->queued > 0 && m->queued_bytes + size > m->queue_bytes_max))
		return KAS_AGAIN;
	rc = mosquitto_publish(m->mosq, &mid, topic, (int)payload.n, payload.p, 1, retain);
	if (rc == MOSQ_ERR_PAYLOAD_SIZE || rc == MOSQ_ERR_INVAL)
		return KAS_RANGE;
	/* With any other error it stands in libmosquitto's queue or is lost; the next read
	 * finds the connection gone, and then no promise was made. */
	if (rc == MOSQ_ERR_SUCCESS && m->sizes[(uint16_t)mid] == 0) {
		m->queued++;
		m->queued_bytes += size;
		m->sizes[(uint16_t)mid] = (uint32_t)size;
	}
	m->counters.published++;
	mqtt_follow_socket(m);
	return rc == MOSQ_ERR_SUCCESS ? KAS_OK : KAS_AGAIN;
}

struct bus_port
mqtt_bus(struct mqtt *m)
{
	return (struct bus_port){ .publish = publish, .ctx = m };
}

bool
mqtt_is_connected(const struct mqtt *m)
{
	return m->state == UP;
}

size_t
mqtt_queued(const struct mqtt *m)
{
	return m->queued;
}

bool
mqtt_is_paused(const struct mqtt *m)
{
	return m->paused;
}

void
mqtt_counters(const struct mqtt *m, struct mqtt_counters *ret)
{
	*ret = m->counters;
}

const struct mqtt_address *
mqtt_address(const struct mqtt *m)
{
	return &m->address;
}
