#include "daemon/hq/answer.h"

#include <stdio.h>

#include "base/proto.h"
#include "wire/topic.h"

static void
publish(const struct answer *a, Kasir__V1__UplinkDown *down)
{
	char topic[WIRE_TOPIC_MAX];
	struct bytes payload;
	enum kas_err err;

	down->session = a->session;
	if (!proto_pack(a->arena, &down->base, &payload))
		return;
	topic_format(TOPIC_DOWN, a->store, NULL, topic);
	err = a->ports->bus.publish(a->ports->bus.ctx, topic, payload, false);
	(void)err;
}

/* While it is being refilled headquarters has no cosignature of this size to give. */
static ProtobufCBinaryData
cosigned_of(const struct hq_store *head)
{
	return proto_bytes(head->cosigned ? head->checkpoint : BYTES_NONE);
}

void
answer_welcome(const struct answer *a, const struct hq_store *head)
{
	Kasir__V1__UplinkDown down = KASIR__V1__UPLINK_DOWN__INIT;
	Kasir__V1__Welcome welcome = KASIR__V1__WELCOME__INIT;

	welcome.size = head->size;
	welcome.cosigned = cosigned_of(head);
	down.body_case = KASIR__V1__UPLINK_DOWN__BODY_WELCOME;
	down.welcome = &welcome;
	publish(a, &down);
}

void
answer_held(const struct answer *a, const struct hq_store *head)
{
	Kasir__V1__UplinkDown down = KASIR__V1__UPLINK_DOWN__INIT;
	Kasir__V1__Held held = KASIR__V1__HELD__INIT;

	held.size = head->size;
	held.cosigned = cosigned_of(head);
	down.body_case = KASIR__V1__UPLINK_DOWN__BODY_HELD;
	down.held = &held;
	publish(a, &down);
}

void
answer_refused(const struct answer *a, const struct refusal *r)
{
	Kasir__V1__UplinkDown down = KASIR__V1__UPLINK_DOWN__INIT;
	Kasir__V1__Refused refused = KASIR__V1__REFUSED__INIT;

	refused.reason = r->reason;
	refused.text = (char *)r->text;
	refused.evidence = proto_bytes(r->evidence);
	refused.size = r->size;
	refused.bad_index = r->bad_index;
	down.body_case = KASIR__V1__UPLINK_DOWN__BODY_REFUSED;
	down.refused = &refused;
	publish(a, &down);
}

#define MINUTE_US ((uint64_t)60 * 1000 * 1000)

void
quiet_log(struct quiet *q, const struct hq_ports *ports, enum log_level level,
    const char *sentence)
{
	struct clock_reading now;
	char text[80];

	ports->clock.read(ports->clock.ctx, &now);
	if (q->said == 0 || now.mono_us - q->since_us >= MINUTE_US) {
		if (q->unsaid > 0) {
			snprintf(text, sizeof text, "%llu more refusals were not logged",
			    (unsigned long long)q->unsaid);
			ports->log.line(ports->log.ctx, LOG_LVL_WARNING, text);
		}
		*q = (struct quiet){ .since_us = now.mono_us };
	}
	if (q->said >= QUIET_LINES) {
		q->unsaid++;
		return;
	}
	q->said++;
	ports->log.line(ports->log.ctx, level, sentence);
}
