/* outbox_mem.h - an outbox in memory: for load generators, which must not share the disk's
 * syncs, and for the simulator, which models what a power cut leaves of it. */
#ifndef KASIR_TERMINAL_OUTBOX_MEM_H
#define KASIR_TERMINAL_OUTBOX_MEM_H

#include "terminal/outbox.h"

struct outbox_mem;

KAS_CHECKED enum kas_err outbox_mem_open(struct outbox_mem **ret);
void outbox_mem_close(struct outbox_mem *o);
struct outbox_port outbox_mem_port(struct outbox_mem *o);

/* DURABLE sales are forgotten as they are marked: for a generator that runs for hours. */
void outbox_mem_forget_durable(struct outbox_mem *o);
/* From now on every change answers with this (KAS_OK: as usual), as a full or broken disk
 * would. */
void outbox_mem_fail(struct outbox_mem *o, enum kas_err err);
/* The power goes: marks, witnesses and prunes since the last sync are undone as a whole
 * (sales put are synced, and take what went before with them, as in a write-ahead log). */
void outbox_mem_crash(struct outbox_mem *o);
/* Each sale in order; for oracles and lists.  Stops when SALE returns false. */
void outbox_mem_each(const struct outbox_mem *o,
    bool (*sale)(void *ctx, const struct outbox_sale *sale), void *ctx);
uint64_t outbox_mem_evidence(const struct outbox_mem *o);	/* pieces kept */

#endif
