/* answer.h - what headquarters says to a store, and what it says to its own log. */
#ifndef KASIR_HQ_ANSWER_H
#define KASIR_HQ_ANSWER_H

#include "daemon/hq/ports.h"

struct answer {			/* to one message */
	const struct hq_ports *ports;
	struct arena *arena;
	const char *store;
	uint64_t session;
};

/* A lost answer is nothing: the store asks again. */
void answer_welcome(const struct answer *a, const struct hq_store *head);
void answer_held(const struct answer *a, const struct hq_store *head);

struct refusal {
	Kasir__V1__UplinkRefusal reason;
	const char *text;
	struct bytes evidence;
	uint64_t size, bad_index;
};
void answer_refused(const struct answer *a, const struct refusal *r);

/* Lines about refusals, at most QUIET_LINES a minute: a store that is out of order, or a
 * stranger, must not fill the log.  What was left out is counted and told later. */
#define QUIET_LINES 20u
struct quiet {
	uint64_t since_us;
	unsigned said;
	uint64_t unsaid;
};
void quiet_log(struct quiet *q, const struct hq_ports *ports, enum log_level level,
    const char *sentence);

#endif
