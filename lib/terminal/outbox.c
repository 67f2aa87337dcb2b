#include "terminal/outbox.h"

const char *
outbox_state_text(enum outbox_state s)
{
	switch (s) {
	case OUTBOX_MADE:
		return "made";
	case OUTBOX_DURABLE:
		return "durable";
	case OUTBOX_WITNESSED:
		return "witnessed";
	case OUTBOX_REJECTED:
		return "rejected";
	case OUTBOX_CONFLICT:
		return "conflict";
	}
	return "unknown";
}
