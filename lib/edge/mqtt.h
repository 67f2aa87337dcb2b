/* mqtt.h - one connection to an MQTT 3.1.1 broker, on our own loop.
 *
 * libmosquitto without its thread.  The session is persistent (the broker keeps what
 * comes while we are away), subscriptions are made again at every connect, and a lost
 * connection is tried again after a growing, jittered pause.  Host names are resolved on
 * a thread of their own, so that a dead name server stops nothing. */
#ifndef KASIR_EDGE_MQTT_H
#define KASIR_EDGE_MQTT_H

#include "base/ports.h"
#include "edge/loop.h"

/* Where a broker is: a socket path, or host and port. */
struct mqtt_address {
	char socket[108];		/* not empty: a Unix socket */
	char host[256];
	unsigned port;
};
/* "localhost:1883", "[::1]:1883" or "/run/mosquitto/kasir.sock"; for logs. */
#define MQTT_ADDRESS_TEXT 280
void mqtt_address_format(const struct mqtt_address *a, char to[MQTT_ADDRESS_TEXT]);

struct mqtt_config {
	struct mqtt_address address;
	const char *client_id;		/* copied, as everything here */
	bool clean_session;		/* false but for tools that ask once */
	const char *const *topics;	/* subscribed to with QoS 1 */
	size_t n_topics;
	const char *will_topic;		/* NULL: no will; else retained, QoS 1 */
	struct bytes will;
	size_t queue_max;		/* messages not yet acknowledged by the broker; 0: 4096 */
	size_t queue_bytes_max;		/* 0: 16 MiB */
	unsigned batch;			/* packets read in one turn; 0: 256 */
	uint64_t retry_us_min, retry_us_max;	/* pause before a new try; 0: 0.2 s, 30 s */
};

struct mqtt_events {
	/* The broker has confirmed every subscription. */
	void (*on_connected)(void *ctx);
	/* WHY: a few words.  Also called when a try has failed, at most once a failure. */
	void (*on_lost)(void *ctx, const char *why);
	/* KAS_FULL: the message is held back here, reading stops, and it is given again by
	 * mqtt_resume().  Any other answer ends the message. */
	enum kas_err (*on_message)(void *ctx, const char *topic, struct bytes payload);
	void *ctx;
};

struct mqtt_counters {
	uint64_t received, published, confirmed, dropped, connects;
};

struct mqtt;

/* Does not connect yet: mqtt_start() does.  RANDOM is for jitter. */
KAS_CHECKED enum kas_err mqtt_open(struct loop *l, const struct random_port *random,
    const struct mqtt_config *config, const struct mqtt_events *events, struct mqtt **ret,
    struct kas_why *why);
/* Leaves with DISCONNECT (so no will) if connected.  NULL is fine. */
void mqtt_close(struct mqtt *m);
void mqtt_start(struct mqtt *m);

/* publish: KAS_AGAIN when not connected or the queue is full.  Borrowed until
 * mqtt_close(). */
struct bus_port mqtt_bus(struct mqtt *m);
bool mqtt_is_connected(const struct mqtt *m);
/* Published and not yet confirmed by the broker. */
size_t mqtt_queued(const struct mqtt *m);

/* There is room again: what was held back comes first, then reading goes on.  Cheap when
 * nothing is held. */
void mqtt_resume(struct mqtt *m);
bool mqtt_is_paused(const struct mqtt *m);
void mqtt_counters(const struct mqtt *m, struct mqtt_counters *ret);
const struct mqtt_address *mqtt_address(const struct mqtt *m);

#endif
