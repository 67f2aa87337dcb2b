/* presence.c - what the terminal says about itself, retained by the broker. */
#include "terminal/inner.h"

static void
encode_presence(const struct session *s, Kasir__V1__Presence presence, int64_t at_us,
    struct buf *to)
{
	Kasir__V1__TerminalState state = KASIR__V1__TERMINAL_STATE__INIT;

	state.presence = presence;
	state.at_us = at_us;
	state.version = (char *)s->version;
	state.epoch = s->config.epoch;
	state.newest_sequence = s->sequence;
	state.waiting = s->count[OUTBOX_MADE];
	proto_append(to, &state.base);
}

void
session_publish_presence(struct session *s, Kasir__V1__Presence presence)
{
	struct clock_reading t;

	session_read_clock(s, &t);
	buf_reset(&s->out);
	encode_presence(s, presence, t.wall_us, &s->out);
	s->presence_due = s->now + PRESENCE_US;
	/* Lost or not: the next one comes in a minute. */
	if (s->out.failed || s->ports.bus.publish(s->ports.bus.ctx, s->state_topic,
				 buf_bytes(&s->out), true) != KAS_OK)
		return;
	s->presence_made = s->sequence;
	s->presence_waiting = s->count[OUTBOX_MADE];
}

void
session_presence_turn(struct session *s)
{
	if (s->now < s->presence_due || (s->presence_made == s->sequence &&
					    s->presence_waiting == s->count[OUTBOX_MADE]))
		return;
	session_publish_presence(s, KASIR__V1__PRESENCE__PRESENT);
}

void
session_will(const struct session *s, struct buf *to)
{
	encode_presence(s, KASIR__V1__PRESENCE__LOST, 0, to);
}

void
session_leave(struct session *s)
{
	session_publish_presence(s, KASIR__V1__PRESENCE__GONE);
}
