#include "edge/mqtt_parts.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT(v, d) ((v) != 0 ? (v) : (d))

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
	mosquitto_connect_callback_set(m->mosq, mqtt_on_connect);
	mosquitto_subscribe_callback_set(m->mosq, mqtt_on_subscribe);
	mosquitto_message_callback_set(m->mosq, mqtt_on_message);
	mosquitto_publish_callback_set(m->mosq, mqtt_on_publish);
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
		loop_timer_init(&m->retry, l, mqtt_begin, m);
		loop_timer_init(&m->misc, l, mqtt_on_misc, m);
		m->sizes = calloc(UINT16_MAX + 1u, sizeof *m->sizes);
		err = m->sizes == NULL ? KAS_NOMEM : copy_topics(m, config);
	}
	if (err == KAS_OK)
		err = resolver_open(l, mqtt_on_resolved, m, &m->resolver);
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
	mqtt_enter(m, IDLE);
	mqtt_follow_socket(m);
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
