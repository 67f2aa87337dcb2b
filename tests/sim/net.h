/* net.h - MQTT brokers and the links to them, as unkind as real ones.
 *
 * A client has a persistent session (its broker queues for it while it is away), one will,
 * and a link whose weather drops, duplicates, reorders and delays.  QoS 1 is modelled by
 * what it is worth: what was in flight when a link was cut may come late, twice or never,
 * and publishing into a dead link that nobody has noticed yet succeeds. */
#ifndef KASIR_SIM_NET_H
#define KASIR_SIM_NET_H

#include "tests/sim/world.h"
#include "wire/limits.h"

struct broker;
struct client;

struct weather {
	unsigned drop, duplicate, reorder;	/* per mille of messages, each way */
	uint64_t delay_lo, delay_hi;		/* us, each way */
};
extern const struct weather fair_weather;

struct client_events {
	void (*connected)(void *ctx);
	void (*disconnected)(void *ctx);
	void (*message)(void *ctx, const char *topic, struct bytes payload);
};

struct broker *broker_open(struct world *w, const char *name, size_t queue_max);
void broker_close(struct broker *b);
/* Away for DOWN_US; LOSE: what it queued and retained is gone with it. */
void broker_restart(struct broker *b, uint64_t down_us, bool lose);
void broker_heal(struct broker *b);	/* fair weather on every link, from now on */
/* Every message passes MEDDLE as it reaches the broker, who may put another payload in its
 * place; false: the message is taken away. */
void broker_set_meddler(struct broker *b,
    bool (*meddle)(void *ctx, const char *topic, struct bytes *payload), void *ctx);
/* A message out of nowhere, by somebody who can publish on any topic. */
void broker_inject(struct broker *b, const char *topic, struct bytes payload);

/* Lives as long as the broker.  FILTERS: NULL-terminated, `+` stands for one level. */
struct client *client_attach(struct broker *b, const char *name, const char *const *filters,
    const struct client_events *events, void *ctx);
void client_start(struct client *c);		/* the process is up: connect, again and again */
void client_stop(struct client *c, bool clean);	/* the process is gone; clean: no will */
void client_set_will(struct client *c, const char *topic, struct bytes payload);
enum kas_err client_publish(struct client *c, const char *topic, struct bytes payload,
    bool retain);
void client_set_weather(struct client *c, const struct weather *weather);
/* The link is away for AWAY_US; its owner notices within a second or two. */
void client_cut(struct client *c, uint64_t away_us);
bool client_online(const struct client *c);

#endif
