/* kasir_terminal_mosquitto.h - kasir_terminal.h over libmosquitto, for those who use that.
 *
 * Everything here is inline: the library itself needs no MQTT client.  In the terminal's
 * configuration set publish = kasir_mosquitto_publish and user = &glue (callbacks get it as
 * USER); then kasir_mosquitto_connect(), and kasir_mosquitto_turn() over and over. */
#ifndef KASIR_TERMINAL_MOSQUITTO_H
#define KASIR_TERMINAL_MOSQUITTO_H

#include "kasir_terminal.h"
#include <mosquitto.h>

struct kasir_mosquitto {
	struct mosquitto *mosq;
	kasir_terminal *t;
	int confirmed;		/* of our two subscriptions */
	void *user;		/* yours */
};

static inline int
kasir_mosquitto_publish(void *user, const char *topic, const void *payload, size_t size,
    int retain)
{
	struct kasir_mosquitto *glue = (struct kasir_mosquitto *)user;

	return glue->mosq == NULL ? MOSQ_ERR_NO_CONN :
	    mosquitto_publish(glue->mosq, NULL, topic, (int)size, payload, 1, retain != 0);
}

static inline void
kasir_mosquitto_on_connect(struct mosquitto *m, void *user, int rc)
{
	struct kasir_mosquitto *glue = (struct kasir_mosquitto *)user;

	glue->confirmed = 0;
	if (rc != 0)
		return;
	mosquitto_subscribe(m, NULL, kasir_terminal_ack_topic(glue->t), 1);
	mosquitto_subscribe(m, NULL, kasir_terminal_checkpoint_topic(glue->t), 1);
}

static inline void
kasir_mosquitto_on_subscribe(struct mosquitto *m, void *user, int id, int n, const int *qos)
{
	struct kasir_mosquitto *glue = (struct kasir_mosquitto *)user;

	(void)m, (void)id, (void)n, (void)qos;
	if (++glue->confirmed == 2) /* an answer before that would be lost */
		kasir_terminal_connected(glue->t, 1);
}

static inline void
kasir_mosquitto_on_disconnect(struct mosquitto *m, void *user, int rc)
{
	(void)m, (void)rc;
	kasir_terminal_connected(((struct kasir_mosquitto *)user)->t, 0);
}

static inline void
kasir_mosquitto_on_message(struct mosquitto *m, void *user, const struct mosquitto_message *msg)
{
	(void)m;
	kasir_terminal_on_message(((struct kasir_mosquitto *)user)->t, msg->topic, msg->payload,
	    (size_t)msg->payloadlen);
}

/* Take MOSQ (new, with GLUE as its object) and begin to connect; a broker that is not there
 * is tried again by kasir_mosquitto_turn(). */
static inline void
kasir_mosquitto_connect(struct kasir_mosquitto *glue, kasir_terminal *t, struct mosquitto *mosq,
    const char *host, int port)
{
	const void *will;
	size_t size;
	const char *topic = kasir_terminal_will(t, &will, &size);

	glue->t = t;
	glue->mosq = mosq;
	mosquitto_will_set(mosq, topic, (int)size, will, 1, true);
	mosquitto_connect_callback_set(mosq, kasir_mosquitto_on_connect);
	mosquitto_subscribe_callback_set(mosq, kasir_mosquitto_on_subscribe);
	mosquitto_disconnect_callback_set(mosq, kasir_mosquitto_on_disconnect);
	mosquitto_message_callback_set(mosq, kasir_mosquitto_on_message);
	(void)mosquitto_connect(mosq, host, port, 30);
}

/* Do what is due and wait for the broker, at most MAX_MS.  0: the broker is not there; wait
 * a moment before the next turn. */
static inline int
kasir_mosquitto_turn(struct kasir_mosquitto *glue, int max_ms)
{
	long due = kasir_terminal_poll(glue->t);
	int wait = due >= 0 && due < max_ms ? (int)due : max_ms;

	return mosquitto_loop(glue->mosq, wait, 1) == MOSQ_ERR_SUCCESS ||
	    mosquitto_reconnect(glue->mosq) == MOSQ_ERR_SUCCESS;
}

/* A clean end; MOSQ stays the caller's. */
static inline void
kasir_mosquitto_leave(struct kasir_mosquitto *glue)
{
	kasir_terminal_leave(glue->t);
	(void)mosquitto_loop(glue->mosq, 100, 1);
	(void)mosquitto_disconnect(glue->mosq);
}

#endif
