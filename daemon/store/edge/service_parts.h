/* service_parts.h - what the service's files share; nobody else includes it.
 *
 *   service.c         builds it and takes it down
 *   service_turn.c    turns, signals, systemd, the end
 *   service_links.c   the two brokers and headquarters' settings
 */
#ifndef KASIR_STORE_EDGE_SERVICE_PARTS_H
#define KASIR_STORE_EDGE_SERVICE_PARTS_H

#include "daemon/store/edge/control.h"
#include "daemon/store/edge/ledger_db.h"
#include "daemon/store/edge/projector.h"
#include "daemon/store/edge/service.h"
#include "daemon/store/engine.h"
#include "edge/config.h"
#include "edge/crew.h"
#include "edge/loop.h"
#include "edge/mqtt.h"

/* A connection to a broker and what the log has said about it. */
struct link {
	struct service *service;
	const char *what;		/* "broker", "headquarters' broker" */
	struct mqtt *mqtt;		/* NULL: none */
	void (*tell_engine)(struct engine *en, bool connected);
	bool up;
	unsigned failures;		/* in a row; the first is logged */
	char last_why[200];
};

struct service {
	struct store_config config;
	struct loop *loop;
	struct random_port random;
	struct signer *signer;
	struct vkey hq_key;
	struct ledger_db *ledger;
	struct crew *crew;
	struct control *control;
	struct link broker, hq;
	struct engine *engine;
	struct projector *projector;	/* NULL: reports are off */
	struct loop_timer wakeup, watchdog, status, leave;

	enum engine_state told;		/* engine's state as last logged */
	bool ready, stopping;
};

/* service_links.c */
KAS_CHECKED enum kas_err links_open(struct service *s, struct kas_why *why);
void links_start(struct service *s);
void links_close(struct service *s);
/* CONFIG's headquarters instead of the present one. */
void links_change_hq(struct service *s, const struct store_config *config);
struct bus_port links_bus(struct service *s);
struct bus_port links_uplink(struct service *s);	/* publish NULL: no headquarters */

/* service_turn.c */
KAS_CHECKED enum kas_err turn_start(struct service *s, struct kas_why *why);
void turn_stop(struct service *s);

#endif
