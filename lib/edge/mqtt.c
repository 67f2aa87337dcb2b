#include "edge/mqtt_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define KEEPALIVE_S 15
#define MISC_EVERY_US 1000000u
#define CONNECT_US_MAX 15000000u	/* from SYN to SUBACK */
#define STEADY_US 10000000u		/* up this long: the next pause is a short one again */

static void on_socket(void *ctx, unsigned ready);
static void lose(struct mqtt *m, const char *why);

void
mqtt_enter(struct mqtt *m, enum state s)
{
	m->state = s;
	m->since_us = loop_now_us();
}

/* libmosquitto opens and closes its socket as it likes; follow it. */
void
mqtt_follow_socket(struct mqtt *m)
{
	int fd = m->state >= CONNECTING && m->state <= UP ? mosquitto_socket(m->mosq) : -1;
	unsigned what = m->paused ? 0 : LOOP_READ;

	if (fd != m->fd) {
		loop_unwatch(m->loop, m->fd);
		m->fd = -1;
	}
	if (fd < 0)
		return;
	if (mosquitto_want_write(m->mosq))
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
	mqtt_enter(m, WAITING);
	mqtt_follow_socket(m);
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
	mqtt_enter(m, CONNECTING);
	errno = 0;
	rc = mosquitto_connect_async(m->mosq, host, port, KEEPALIVE_S);
	if (rc != MOSQ_ERR_SUCCESS)
		lose_rc(m, rc);
	else
		mqtt_follow_socket(m);
}

void
mqtt_on_resolved(void *ctx, const struct resolve_answer *answer)
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

void
mqtt_begin(void *ctx)
{
	struct mqtt *m = ctx;

	if (m->address.socket[0] != '\0') {
		connect_next(m);
		return;
	}
	mqtt_enter(m, RESOLVING);
	if (resolver_ask(m->resolver, m->address.host) != KAS_OK)
		lose(m, "out of memory");
}

void
mqtt_on_misc(void *ctx)
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
		mqtt_follow_socket(m);
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
		mqtt_follow_socket(m);
}

static void
now_up(struct mqtt *m)
{
	mqtt_enter(m, UP);
	m->counters.connects++;
	m->events.on_connected(m->events.ctx);
}

void
mqtt_on_connect(struct mosquitto *mosq, void *ctx, int code)
{
	struct mqtt *m = ctx;
	int rc;

	if (code != 0) {
		snprintf(m->refused, sizeof m->refused, "%s", mosquitto_connack_string(code));
		return;
	}
	mqtt_enter(m, SUBSCRIBING);
	if (m->n_topics == 0) {
		now_up(m);
		return;
	}
	rc = mosquitto_subscribe_multiple(mosq, NULL, (int)m->n_topics, m->topics, 1, 0, NULL);
	if (rc != MOSQ_ERR_SUCCESS)
		snprintf(m->refused, sizeof m->refused, "subscribing: %s", mosquitto_strerror(rc));
}

void
mqtt_on_subscribe(struct mosquitto *mosq, void *ctx, int mid, int n, const int *granted)
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

void
mqtt_start(struct mqtt *m)
{
	if (m->state != IDLE)
		return;
	loop_timer_set(&m->misc, loop_now_us() + MISC_EVERY_US);
	mqtt_begin(m);
}
