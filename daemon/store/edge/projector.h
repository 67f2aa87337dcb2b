/* projector.h - the thread that keeps reports.db up to the ledger.
 *
 * It reads what is durable with a connection of its own, at a lower priority than selling,
 * and waits a moment before it begins, so that many sales cost one write.  Whatever happens
 * to reports.db, the store sells on: a failure is logged once and tried again. */
#ifndef KASIR_STORE_EDGE_PROJECTOR_H
#define KASIR_STORE_EDGE_PROJECTOR_H

#include "daemon/store/ports.h"

struct projector;

/* LEDGER need not be readable yet. */
KAS_CHECKED enum kas_err projector_open(const char *ledger, const char *reports,
    struct projector **ret, struct kas_why *why);
void projector_close(struct projector *p);	/* joins the thread; NULL is fine */
/* So many entries are durable.  Cheap; any time. */
void projector_tell(struct projector *p, uint64_t size);
/* Of NULL: reports are off. */
struct reports_port projector_port(struct projector *p);

#endif
