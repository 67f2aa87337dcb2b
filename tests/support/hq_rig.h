/* hq_rig.h - a receiver on any storage, with its answers and log lines caught. */
#ifndef KASIR_TESTS_SUPPORT_HQ_RIG_H
#define KASIR_TESTS_SUPPORT_HQ_RIG_H

#include "daemon/hq/receiver.h"
#include "support/made_store.h"
#include "wire/limits.h"

struct hq_rig {
	struct receiver *receiver;
	struct signer *witness;
	struct hq_ports ports;
	struct arena arena;
	Kasir__V1__UplinkDown *answer;	/* the last one; NULL: none to the last message */
	char topic[WIRE_TOPIC_MAX];	/* where it went */
	char log[600];			/* the last line */
	unsigned lines;
	uint64_t now_us;
};

void hq_rig_init(struct hq_rig *r, struct hq_store_port store);
void hq_rig_fini(struct hq_rig *r);
/* The process dies and begins again. */
void hq_rig_restart(struct hq_rig *r);

/* Give FRAME of store S and read the answer. */
void hq_rig_send(struct hq_rig *r, struct made_store *s, struct bytes frame);
/* The last answer was a Welcome (Held) of SIZE, whose cosigned checkpoint is S's of that size
 * and verifies; returned.  COSIGNED false: there must be none. */
struct bytes hq_rig_expect_welcome(struct hq_rig *r, struct made_store *s, uint64_t size,
    bool cosigned);
struct bytes hq_rig_expect_held(struct hq_rig *r, struct made_store *s, uint64_t size,
    bool cosigned);
void hq_rig_expect_refused(struct hq_rig *r, Kasir__V1__UplinkRefusal reason);

#endif
