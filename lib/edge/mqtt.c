#include "edge/mqtt.h"

#include <errno.h>
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/held.h"
#include "edge/resolve.h"

/*
 *             start / pause over
 *   IDLE ------------------------> RESOLVING --addresses--> CONNECTING
 *                                      |  ^                     | CONNACK
 *                                 none |  | pause over          v
 *                                      v  |    any loss     SUBSCRIBING
 *                                    WAITING <------------      | SUBACK
 *                                         ^                     v
 *                                         +-------------------- UP
 */
enum state { IDLE, RESOLVING, CONNECTING, SUBSCRIBING, UP, WAITING };

#define KEEPALIVE_S 15
#define MISC_EVERY_US 1000000u
#define CONNECT_US_MAX 15000000u	/* from SYN to SUBACK */
#define STEADY_US 10000000u		/* up this long: the next pause is a short one again */
#define DEFAULT(v, d) ((v) != 0 ? (v) : (d))

struct mqtt {
	struct mosquitto *mosq;
	struct loop *loop;
	struct random_port random;
	struct mqtt_events events;
	struct mqtt_address address;
	char **topics;
	size_t n_topics, queue_max, queue_bytes_max;
	unsigned batch;
	uint64_t retry_us_min, retry_us_max;

	enum state state;
	uint64_t since_us;			/* in this state */
	uint64_t pause_us;
	struct loop_timer retry, misc;
	struct resolver *resolver;
	struct resolve_answer addresses;
	size_t next_address;
	int fd;					/* as watched; -1: none */
	unsigned watched;
	char refused[120];			/* the broker's reason, while we leave */

	struct held held;
	bool paused;
	size_t queued, queued_bytes;
	uint32_t *sizes;			/* of what is queued, by message id */
	struct mqtt_counters counters;
};

static void on_socket(void *ctx, unsigned ready);
static void lose(struct mqtt *m, const char *why);

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
enter(struct mqtt *m, enum state s)
{
	m->state = s;
	m->since_us = loop_now_us();
}

/* libmosquitto opens and closes its socket as it likes; follow it. */
static void
follow_socket(struct mqtt *m)
{
	int fd = m->state >= CONNECTING && m->state <= UP ? mosquitto_socket(m->mosq) : -1;
	unsigned what = m->paused ? 0 : LOOP_READ;

	if (fd != m->fd) {
		loop_unwatch(m->loop, m->fd);
		m->fd = -1;
	}
	if (fd < 0)
		return;
	if (mosquitto_want_write(m->mosq) || m->state == CONNECTING)
		what |= LOOP_WRITE;
	if (fd == m->fd && what == m->watched)
		return;
	if (loop_watch(m->loop, fd, what, on_socket, m) != KAS_OK) {
		lose(m, "cannot watch its socket");
		return;
	}
	m->fd = fd;
	m->watched = what;
}

/* Somewhere in the upper half of the pause, so that a street of shops does not come
 * back in step after a power cut. */
static uint64_t
jittered(struct mqtt *m, uint64_t pause_us)
{
	uint64_t r;

	m->random.fill(m->random.ctx, (uint8_t *)&r, sizeof r);
	return pause_us / 2 + r % (pause_us / 2 + 1);
}

static void
lose(struct mqtt *m, const char *why)
{
	if (m->state == WAITING || m->state == IDLE)
		return;
	if (m->state == UP && loop_now_us() - m->since_us >= STEADY_US)
		m->pause_us = 0;
	m->pause_us = m->pause_us == 0 ? m->retry_us_min : 2 * m->pause_us;
	if (m->pause_us > m->retry_us_max)
		m->pause_us = m->retry_us_max;
	enter(m, WAITING);
	follow_socket(m);
	loop_timer_set(&m->retry, loop_now_us() + jittered(m, m->pause_us));
	m->events.on_lost(m->events.ctx, why);
}

static void
lose_rc(struct mqtt *m, int rc)
{
	int e = errno;

	if (m->refused[0] != '\0')
		lose(m, m->refused);
	else if (rc == MOSQ_ERR_ERRNO)
		lose(m, strerror(e));
	else if (rc == MOSQ_ERR_CONN_LOST && m->state == CONNECTING)
		lose(m, "the connection was closed before it was answered");
	else
		lose(m, mosquitto_strerror(rc));
}

/* An address of the list after another, then the name is looked up again. */
static void
connect_next(struct mqtt *m)
{
	const char *host = m->address.socket;
	int port = 0, rc;

	if (host[0] == '\0') {
		host = m->addresses.address[m->next_address++ % m->addresses.n];
		port = (int)m->address.port;
	}
	m->refused[0] = '\0';
	enter(m, CONNECTING);
	errno = 0;
	rc = mosquitto_connect_async(m->mosq, host, port, KEEPALIVE_S);
	if (rc != MOSQ_ERR_SUCCESS)
		lose_rc(m, rc);
	else
		follow_socket(m);
}

static void
on_resolved(void *ctx, const struct resolve_answer *answer)
{
	struct mqtt *m = ctx;
	char why[400];

	m->addresses = *answer;
	if (answer->n > 0) {
		connect_next(m);
		return;
	}
	snprintf(why, sizeof why, "%s: %s", m->address.host, answer->why);
	lose(m, why);
}

static void
begin(void *ctx)
{
	struct mqtt *m = ctx;

	if (m->address.socket[0] != '\0') {
		connect_next(m);
		return;
	}
	enter(m, RESOLVING);
	if (resolver_ask(m->resolver, m->address.host) != KAS_OK)
		lose(m, "out of memory");
}

static void
on_misc(void *ctx)
{
	struct mqtt *m = ctx;
	int rc;

	loop_timer_set(&m->misc, loop_now_us() + MISC_EVERY_US);
	if (m->state < CONNECTING || m->state > UP)
		return;
	if (m->state != UP && loop_now_us() - m->since_us > CONNECT_US_MAX) {
		lose(m, "no answer");
		return;
	}
	rc = mosquitto_loop_misc(m->mosq);
	if (rc != MOSQ_ERR_SUCCESS)
		lose_rc(m, rc);
	else
		follow_socket(m);
}

/* What has come in is read until there is no more, but at most a batch, so that one
 * group is made of it and timers and the other connection have their turn. */
static int
read_batch(struct mqtt *m)
{
	unsigned i;
	int rc;

	for (i = 0; i < m->batch; i++) {
		errno = 0;
		rc = mosquitto_loop_read(m->mosq, 1);
		if (rc != MOSQ_ERR_SUCCESS)
			return rc;
		/* Set by the last read when the socket is empty.  A callback that left
		 * it so only ends the batch early. */
		if (errno == EAGAIN || m->paused)
			break;
	}
	return MOSQ_ERR_SUCCESS;
}

static void
on_socket(void *ctx, unsigned ready)
{
	struct mqtt *m = ctx;
	int rc = MOSQ_ERR_SUCCESS;

	if (ready & LOOP_READ)
		rc = read_batch(m);
	if (rc == MOSQ_ERR_SUCCESS && (ready & LOOP_WRITE))
		rc = mosquitto_loop_write(m->mosq, 1);
	if (rc != MOSQ_ERR_SUCCESS)
		lose_rc(m, rc);
	else
		follow_socket(m);
}

static void
now_up(struct mqtt *m)
{
	enter(m, UP);
	m->counters.connects++;
	m->events.on_connected(m->events.ctx);
}

static void
on_connect(struct mosquitto *mosq, void *ctx, int code)
{
	struct mqtt *m = ctx;
	int rc;

	if (code != 0) {
		snprintf(m->refused, sizeof m->refused, "%s", mosquitto_connack_string(code));
		return;
	}
	enter(m, SUBSCRIBING);
	if (m->n_topics == 0) {
		now_up(m);
		return;
	}
	rc = mosquitto_subscribe_multiple(mosq, NULL, (int)m->n_topics, m->topics, 1, 0, NULL);
	if (rc != MOSQ_ERR_SUCCESS)
		snprintf(m->refused, sizeof m->refused, "subscribing: %s", mosquitto_strerror(rc));
}

static void
on_subscribe(struct mosquitto *mosq, void *ctx, int mid, int n, const int *granted)
{
	struct mqtt *m = ctx;
	int i;

	(void)mid;
	for (i = 0; i < n; i++)
		if (granted[i] > 2) {
			snprintf(m->refused, sizeof m->refused,
			    "the broker does not let us subscribe to %s", m->topics[i]);
			mosquitto_disconnect(mosq);
			return;
		}
	if (m->state == SUBSCRIBING)
		now_up(m);
}

static void
hold(struct mqtt *m, const char *topic, struct bytes payload)
{
	/* Dropped: whoever sent it sends it again. */
	if (held_add(&m->held, topic, payload) != KAS_OK)
		m->counters.dropped++;
	m->paused = true;
}

static void
on_message(struct mosquitto *mosq, void *ctx, const struct mosquitto_message *msg)
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
	follow_socket(m);
}

static void
on_publish(struct mosquitto *mosq, void *ctx, int mid)
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
	follow_socket(m);
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

void
mqtt_start(struct mqtt *m)
{
	if (m->state != IDLE)
		return;
	loop_timer_set(&m->misc, loop_now_us() + MISC_EVERY_US);
	begin(m);
}

static enum kas_err
copy_topics(struct mqtt *m, const struct mqtt_config *c)
{
	size_t i;

	m->topics = calloc(c->n_topics + 1, sizeof *m->topics);
	if (m->topics == NULL)
		return KAS_NOMEM;
	for (i = 0; i < c->n_topics; i++, m->n_topics++)
		if ((m->topics[i] = strdup(c->topics[i])) == NULL)
			return KAS_NOMEM;
	return KAS_OK;
}

static enum kas_err
set_up_client(struct mqtt *m, const struct mqtt_config *c)
{
	m->mosq = mosquitto_new(c->client_id, c->clean_session, m);
	if (m->mosq == NULL)
		return KAS_NOMEM;
	mosquitto_connect_callback_set(m->mosq, on_connect);
	mosquitto_subscribe_callback_set(m->mosq, on_subscribe);
	mosquitto_message_callback_set(m->mosq, on_message);
	mosquitto_publish_callback_set(m->mosq, on_publish);
	/* Everything that may wait at all may be on its way: one round trip for all. */
	if (mosquitto_int_option(m->mosq, MOSQ_OPT_TCP_NODELAY, 1) != MOSQ_ERR_SUCCESS ||
	    mosquitto_int_option(m->mosq, MOSQ_OPT_SEND_MAXIMUM,
	    m->queue_max < 65535 ? (int)m->queue_max : 65535) != MOSQ_ERR_SUCCESS)
		return KAS_RANGE;
	if (c->will_topic != NULL && mosquitto_will_set(m->mosq, c->will_topic, (int)c->will.n,
	    c->will.p, 1, true) != MOSQ_ERR_SUCCESS)
		return KAS_RANGE;
	return KAS_OK;
}

static void
take_settings(struct mqtt *m, const struct mqtt_config *c)
{
	m->address = c->address;
	m->queue_max = DEFAULT(c->queue_max, 4096);
	m->queue_bytes_max = DEFAULT(c->queue_bytes_max, (size_t)16 << 20);
	m->batch = DEFAULT(c->batch, 256);
	m->retry_us_min = DEFAULT(c->retry_us_min, 200 * 1000);
	m->retry_us_max = DEFAULT(c->retry_us_max, 30 * 1000 * 1000);
}

enum kas_err
mqtt_open(struct loop *l, const struct random_port *random, const struct mqtt_config *config,
    const struct mqtt_events *events, struct mqtt **ret, struct kas_why *why)
{
	struct mqtt *m = calloc(1, sizeof *m);
	enum kas_err err = KAS_NOMEM;

	mosquitto_lib_init();		/* counted by libmosquitto */
	if (m != NULL) {
		m->loop = l;
		m->random = *random;
		m->events = *events;
		m->fd = -1;
		take_settings(m, config);
		held_init(&m->held);
		loop_timer_init(&m->retry, l, begin, m);
		loop_timer_init(&m->misc, l, on_misc, m);
		m->sizes = calloc(UINT16_MAX + 1u, sizeof *m->sizes);
		err = m->sizes == NULL ? KAS_NOMEM : copy_topics(m, config);
	}
	if (err == KAS_OK)
		err = resolver_open(l, on_resolved, m, &m->resolver);
	if (err == KAS_OK)
		err = set_up_client(m, config);
	if (err != KAS_OK) {
		mqtt_close(m);
		return kas_fail(why, err, "MQTT client %s: %s", config->client_id,
		    kas_err_text(err));
	}
	*ret = m;
	return KAS_OK;
}

void
mqtt_close(struct mqtt *m)
{
	size_t i;

	if (m == NULL)
		return;
	if (m->state == UP)
		mosquitto_disconnect(m->mosq);
	enter(m, IDLE);
	follow_socket(m);
	if (m->mosq != NULL)
		mosquitto_destroy(m->mosq);
	mosquitto_lib_cleanup();
	resolver_close(m->resolver);
	loop_timer_fini(&m->retry);
	loop_timer_fini(&m->misc);
	held_fini(&m->held);
	for (i = 0; i < m->n_topics; i++)
		free(m->topics[i]);
	free(m->topics);
	free(m->sizes);
	free(m);
}
