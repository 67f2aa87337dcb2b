/* hq_service.h - kasir-hq as a whole: configuration, database, receiver, broker and systemd,
 * joined on one loop. */
#ifndef KASIR_HQ_EDGE_HQ_SERVICE_H
#define KASIR_HQ_EDGE_HQ_SERVICE_H

#include "base/err.h"

struct hq_service;

/* Everything up to the point where the loop may run.  The database must be there already.
 * On failure *RET_EXIT is the exit code that fits and WHY says what is wrong. */
KAS_CHECKED enum kas_err hq_service_open(const char *config_file, struct hq_service **ret,
    struct kas_why *why, int *ret_exit);
/* Until a signal asks us to leave and the broker has what was answered. */
void hq_service_run(struct hq_service *s);
void hq_service_close(struct hq_service *s);	/* NULL and half-built are fine */

#endif
