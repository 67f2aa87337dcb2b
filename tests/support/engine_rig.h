/* engine_rig.h - the store's engine with a simulated disk and nothing else: what it publishes
 * is kept for the test to look at. */
#ifndef KASIR_TESTS_SUPPORT_ENGINE_RIG_H
#define KASIR_TESTS_SUPPORT_ENGINE_RIG_H

#include "daemon/store/engine.h"
#include "kasir/v1/control.pb-c.h"
#include "tests/sim/disk.h"
#include "tests/sim/machine.h"

#define RIG_SENT_MAX 256

struct rig_sent {
	char topic[WIRE_TOPIC_MAX];
	struct bytes payload;
	bool retained;
};

struct rig_till {
	char id[NAME_MAX_LEN + 1];
	uint64_t epoch, sequence;
	struct signer *key;
	struct hash last;		/* statement of `sequence` */
	uint16_t txn_serial;
};

struct engine_rig {
	struct world world;
	struct machine machine;
	struct sig_cache *cache;
	struct disk *disk;
	struct signer *store, *hq;
	struct engine_config config;
	struct engine *engine;
	struct rig_sent sent[RIG_SENT_MAX];
	size_t n_sent;
	struct rig_sent up[RIG_SENT_MAX];
	size_t n_up;
	struct bytes reply;		/* newest answer on the control port */
	char log[480];			/* newest warning or error */
	char notice[480];		/* newest notice */
};

/* A store "toko-1" of its own, opened and serving.  HQ: with headquarters. */
void rig_init(struct engine_rig *r, bool hq);
void rig_fini(struct engine_rig *r);
/* What most suites stand on: the one rig of the test that runs, and its till "kasa-1". */
extern struct engine_rig *rig;
extern struct rig_till till;
void rig_open(bool hq);
int rig_set_up(void **state);				/* for cmocka: no headquarters */
int rig_tear_down(void **state);

void rig_restart(struct engine_rig *r);			/* the process dies, and comes again */
void rig_run(struct engine_rig *r);			/* turns and disk, until nothing is left to do */
void rig_pass(struct engine_rig *r, uint64_t us);	/* time passes */
void rig_forget(struct engine_rig *r);			/* what was sent so far */

/* Enrol a till; its key follows from its id. */
void rig_enrol(struct engine_rig *r, struct rig_till *t, const char *id);
void rig_till_fini(struct rig_till *t);
Kasir__V1__ControlResponse *rig_ask(struct engine_rig *r, const Kasir__V1__ControlRequest *q);

/* The till's next transaction with PAYLOAD, signed; in the world's arena. */
Kasir__V1__SignedTransaction *rig_sign(struct engine_rig *r, struct rig_till *t,
    struct bytes payload);
/* The same with this sequence and txn_id serial; the till does not move. */
Kasir__V1__SignedTransaction *rig_sign_as(struct engine_rig *r, const struct rig_till *t,
    uint64_t sequence, const struct hash *previous, uint16_t serial, struct bytes payload);
struct bytes rig_sale(struct engine_rig *r, uint64_t seed);	/* a valid payload */
void rig_send(struct engine_rig *r, const struct rig_till *t,
    Kasir__V1__SignedTransaction **txns, size_t n, struct bytes checkpoint);
/* The newest AckBatch to T; NULL: none was sent. */
Kasir__V1__AckBatch *rig_answer(struct engine_rig *r, const struct rig_till *t);
/* The refusals in M, whose signature must hold. */
Kasir__V1__Refusals *rig_refusals(struct engine_rig *r, const struct rig_till *t,
    const Kasir__V1__AckBatch *m);
/* ACK proves its entry in M's checkpoint; returns the entry. */
Kasir__V1__LedgerEntry *rig_check_ack(struct engine_rig *r, const Kasir__V1__AckBatch *m,
    const Kasir__V1__Ack *ack);

#endif
