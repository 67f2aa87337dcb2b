/* service.h - kasird as a whole: configuration, ledger, engine, brokers, control socket
 * and systemd, joined on one loop. */
#ifndef KASIR_STORE_EDGE_SERVICE_H
#define KASIR_STORE_EDGE_SERVICE_H

#include "base/err.h"

struct service;

/* Everything up to the point where the loop may run.  The ledger must be there already.
 * On failure *RET_EXIT is the exit code that fits and WHY says what is wrong. */
KAS_CHECKED enum kas_err service_open(const char *config_file, struct service **ret,
    struct kas_why *why, int *ret_exit);
/* Until a signal asks us to leave and what was begun is durable and answered. */
void service_run(struct service *s);
void service_close(struct service *s);		/* NULL and half-built are fine */

#endif
