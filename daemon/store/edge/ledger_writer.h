/* ledger_writer.h - the one connection that writes ledger.db and checkpoints its log.
 * Belongs to one thread at a time. */
#ifndef KASIR_STORE_EDGE_LEDGER_WRITER_H
#define KASIR_STORE_EDGE_LEDGER_WRITER_H

#include "daemon/store/ports.h"

struct ledger_writer;

/* Opens and upgrades, and moves what the log holds into the database: frames that an earlier
 * process wrote and could not sync may be in the page cache only, and are written again. */
KAS_CHECKED enum kas_err ledger_writer_open(const char *path, struct ledger_writer **ret,
    struct kas_why *why);
void ledger_writer_close(struct ledger_writer *w);	/* NULL is fine */
/* Close without another write: after an error the file must be left as it is. */
void ledger_writer_abandon(struct ledger_writer *w);	/* NULL is fine */

uint64_t ledger_writer_size(const struct ledger_writer *w);

/* GROUP in one transaction.  KAS_OK: on disk.  KAS_FULL: rolled back, nothing of it is there.
 * KAS_IO: what is on disk is unknown; the writer is broken and only good for abandon(). */
KAS_CHECKED enum kas_err ledger_writer_commit(struct ledger_writer *w,
    const struct flush_group *group, struct kas_why *why);

/* The log has grown so that it should be checkpointed (URGENT: even if work waits). */
bool ledger_writer_wants_checkpoint(const struct ledger_writer *w, bool urgent);
/* A failure breaks the writer: the next commit says so. */
void ledger_writer_checkpoint(struct ledger_writer *w);

#endif
