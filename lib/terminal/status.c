/* status.c - how a session stands, for people and programs. */
#include <stdio.h>

#include "terminal/inner.h"

static enum session_state
state_of(const struct session *s)
{
	if (s->failed)
		return SESSION_FAILED;
	if (s->forked)
		return SESSION_FORKED;
	if (!s->connected)
		return SESSION_OFFLINE;
	if (s->refused)
		return SESSION_REFUSED;
	if (s->holding || s->attempts > 1)
		return SESSION_HOLDING;
	return s->count[OUTBOX_MADE] > 0 ? SESSION_SENDING : SESSION_IDLE;
}

void
session_stats(const struct session *s, struct session_stats *ret)
{
	*ret = s->since;
	ret->state = state_of(s);
	snprintf(ret->reason, sizeof(ret->reason), "%s", s->reason);
	ret->epoch = s->config.epoch;
	ret->sequence = s->sequence;
	ret->made = s->count[OUTBOX_MADE];
	ret->durable = s->count[OUTBOX_DURABLE];
	ret->witnessed += s->count[OUTBOX_WITNESSED];
	ret->rejected = s->count[OUTBOX_REJECTED];
	ret->conflict = s->count[OUTBOX_CONFLICT];
	ret->in_flight = s->unanswered;
	ret->checkpoint_size = s->held.there ? s->held.at.size : 0;
	ret->cosigned_size = s->cosigned.there ? s->cosigned.at.size : 0;
}

uint64_t
session_waiting(const struct session *s)
{
	return s->count[OUTBOX_MADE];
}

bool
session_is_settled(const struct session *s)
{
	return s->count[OUTBOX_MADE] == 0;
}

const char *
session_state_text(enum session_state state)
{
	static const char *const text[] = {
		[SESSION_OFFLINE] = "offline",
		[SESSION_IDLE] = "idle",
		[SESSION_SENDING] = "sending",
		[SESSION_HOLDING] = "holding",
		[SESSION_REFUSED] = "refused",
		[SESSION_FORKED] = "forked",
		[SESSION_FAILED] = "failed",
	};

	return (size_t)state < sizeof(text) / sizeof(text[0]) ? text[state] : "unknown";
}
