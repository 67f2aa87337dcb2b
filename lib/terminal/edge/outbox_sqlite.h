/* outbox_sqlite.h - an outbox in a file, through lib/sql: every commit is synced.
 *
 * One process owns the file: a second one is refused (KAS_AGAIN). */
#ifndef KASIR_TERMINAL_EDGE_OUTBOX_SQLITE_H
#define KASIR_TERMINAL_EDGE_OUTBOX_SQLITE_H

#include "terminal/outbox.h"

struct outbox_sqlite;

/* Makes the file if there is none. */
KAS_CHECKED enum kas_err outbox_sqlite_open(const char *path, struct outbox_sqlite **ret,
    struct kas_why *why);
/* To look at, beside a process that owns it: only head() and each() work. */
KAS_CHECKED enum kas_err outbox_sqlite_open_read(const char *path, struct outbox_sqlite **ret,
    struct kas_why *why);
void outbox_sqlite_close(struct outbox_sqlite *o);
struct outbox_port outbox_sqlite_port(struct outbox_sqlite *o);

/* Each sale in order; stops when SALE returns false. */
KAS_CHECKED enum kas_err outbox_sqlite_each(struct outbox_sqlite *o,
    bool (*sale)(void *ctx, const struct outbox_sale *sale), void *ctx);
KAS_CHECKED enum kas_err outbox_sqlite_evidence(struct outbox_sqlite *o, uint64_t *ret_n);

#endif
