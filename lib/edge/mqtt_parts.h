/* mqtt_parts.h - what the client's files share; nobody else includes it.
 *
 *   mqtt.c        the connection: states, socket, pauses
 *   mqtt_flow.c   messages in and out, and their bounds
 *   mqtt_open.c   building and taking down
 */
#ifndef KASIR_EDGE_MQTT_PARTS_H
#define KASIR_EDGE_MQTT_PARTS_H

#include <mosquitto.h>

#include "edge/held.h"
#include "edge/mqtt.h"
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

/* mqtt.c */
void mqtt_enter(struct mqtt *m, enum state s);
void mqtt_follow_socket(struct mqtt *m);
void mqtt_begin(void *ctx);
void mqtt_on_misc(void *ctx);
void mqtt_on_resolved(void *ctx, const struct resolve_answer *answer);
void mqtt_on_connect(struct mosquitto *mosq, void *ctx, int code);
void mqtt_on_subscribe(struct mosquitto *mosq, void *ctx, int mid, int n, const int *granted);

/* mqtt_flow.c */
void mqtt_on_message(struct mosquitto *mosq, void *ctx, const struct mosquitto_message *msg);
void mqtt_on_publish(struct mosquitto *mosq, void *ctx, int mid);

#endif
