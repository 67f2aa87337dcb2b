/* engine.h - the store: intake, ledger, acks, uplink, commands.
 *
 * One thread calls everything here.  The engine does no I/O and never blocks; what it
 * wants from the world goes through engine_ports, what happened in the world comes in
 * as engine_on_*().  docs/explanation/engine.md has the picture. */
#ifndef KASIR_STORE_ENGINE_H
#define KASIR_STORE_ENGINE_H

#include "daemon/store/ports.h"

struct engine_config {
	const char *store;		/* id */
	const char *version;		/* of kasird */
	uint8_t boot_id[16];
	const struct signer *signer;	/* its name is the ledger's origin */
	const struct vkey *hq;		/* headquarters' cosignature key; NULL: there is none */
	/* For entry 0, when the ledger is empty. */
	char currency[4];
	unsigned exponent;
	rounding_mode rounding;
	uint64_t gather_us_max;		/* under load a group may wait this long; 0: never */
	size_t inbox_max;		/* messages; 0: 1024 */
	size_t snapshot_every;		/* facts in memory; 0: 8192 */
};

struct engine;

/* Reads the ledger's head through the store port and begins the flush of the `started`
 * entry; nothing is answered before it is durable.  KAS_CORRUPT, KAS_FORK...: WHY says. */
KAS_CHECKED enum kas_err engine_open(const struct engine_config *config,
    const struct engine_ports *ports, struct engine **ret, struct kas_why *why);
void engine_close(struct engine *en);		/* drops what is staged; NULL is fine */

/* A message on a topic of this store.  Copied.  KAS_FULL: the inbox is; stop reading
 * from the broker until after the next turn. */
KAS_CHECKED enum kas_err engine_on_message(struct engine *en, const char *topic,
    struct bytes payload);
void engine_on_bus(struct engine *en, bool connected);
void engine_on_uplink(struct engine *en, bool connected);
void engine_on_uplink_message(struct engine *en, struct bytes payload);
void engine_on_flushed(struct engine *en, enum kas_err outcome);
void engine_on_reopened(struct engine *en, enum kas_err outcome);
/* REQUEST: a serialised ControlRequest.  The reply comes through the control port, at
 * once or when it is durable. */
void engine_on_control(struct engine *en, uint64_t token, uint32_t uid, const char *user,
    struct bytes request);
/* engine_config.gather_us_max from now on. */
void engine_set_gather(struct engine *en, uint64_t us_max);
/* Refuse new work with RETRY_LATER from now on; engine_is_idle() when all is durable and
 * answered. */
void engine_stop(struct engine *en);
bool engine_is_idle(const struct engine *en);

/* Do what there is to do.  Call after any engine_on_*() and when engine_wakeup() is due. */
void engine_turn(struct engine *en);
/* Monotonic time (us) of the next turn wanted, UINT64_MAX: none. */
uint64_t engine_wakeup(const struct engine *en);

/* For logs, sd_notify and tests. */
enum engine_state {
	ENGINE_STARTING,
	ENGINE_SERVING,
	ENGINE_STORAGE_FULL,	/* RETRY_LATER until there is room */
	ENGINE_STORAGE_FAILED,	/* RETRY_LATER until the copy is in place */
	ENGINE_NEWER_HISTORY,	/* signs nothing: was shown a later checkpoint of its own */
	ENGINE_STOPPING,
};
enum engine_state engine_state(const struct engine *en);
const char *engine_state_text(enum engine_state s);
uint64_t engine_durable_size(const struct engine *en);
uint64_t engine_cosigned_size(const struct engine *en);

#endif
