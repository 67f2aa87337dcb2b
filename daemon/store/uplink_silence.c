/* uplink_silence.c - a headquarters whose broker is there and that does not answer: one
 * sentence in the log when that has lasted a while, and one when it is over.  That its broker
 * is away is said by the edge, which knows why. */
#include "daemon/store/engine_parts.h"

#define SILENT_US (20 * SECOND_US)

void
silence_asked(struct engine *en)
{
	if (en->uplink.asked_us == UINT64_MAX)
		en->uplink.asked_us = engine_now(en).mono_us;
}

void
silence_heard(struct engine *en)
{
	struct uplink *u = &en->uplink;

	if (u->silent)
		engine_log(en, LOG_LVL_NOTICE, "headquarters answers again, after %llu s",
		    (unsigned long long)((engine_now(en).mono_us - u->silent_since) / SECOND_US));
	u->silent = false;
	u->asked_us = UINT64_MAX;
}

uint64_t
silence_due(const struct engine *en)
{
	const struct uplink *u = &en->uplink;

	return u->silent || u->asked_us == UINT64_MAX ? UINT64_MAX : u->asked_us + SILENT_US;
}

void
silence_turn(struct engine *en, uint64_t mono_us)
{
	struct uplink *u = &en->uplink;

	if (silence_due(en) > mono_us)
		return;
	u->silent = true;
	u->silent_since = u->asked_us;
	engine_log(en, LOG_LVL_WARNING, "headquarters has not answered for %llu s, though its "
	    "broker is there: is kasir-hq running?  The store sells on; %llu entries wait",
	    (unsigned long long)(SILENT_US / SECOND_US),
	    (unsigned long long)(en->durable - en->cosigned_size));
}
