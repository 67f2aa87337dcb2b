/* outbox_mem_records.h - the sales of an outbox in memory; nobody but outbox_mem.c includes it.
 *
 * Each record has two faces: what a reader sees, and what a power cut would leave.  Records
 * that differ are listed in `dirty`; a sync makes the second face equal to the first. */
#ifndef KASIR_TERMINAL_OUTBOX_MEM_RECORDS_H
#define KASIR_TERMINAL_OUTBOX_MEM_RECORDS_H

#include "terminal/outbox.h"

struct record {
	struct outbox_sale now, synced;	/* message shared, owned by `now` */
	bool gone, gone_synced;		/* pruned */
	bool dirty;
	unsigned log, log_synced;
};

struct note_pair {
	struct buf now, synced;
};

struct outbox_mem {
	struct record **records;
	size_t n, cap;
	size_t first;			/* records before it are gone for good, freed */
	size_t waiting_from;		/* none before it is MADE */
	struct record **dirty;
	size_t n_dirty, cap_dirty;
	struct note_pair checkpoint, cosigned;
	unsigned log, log_synced;
	uint64_t newest_epoch, newest_sequence;	/* survive pruning */
	struct hash last;
	uint64_t evidence;
	char fork[160];			/* of the present log; empty: none */
	enum kas_err fail;
	bool forgets_durable;
};

/* The outbox as the disk has it: everything so far is durable, or forgotten. */
void mem_sync(struct outbox_mem *o);
void mem_forget_unsynced(struct outbox_mem *o);

/* A new MADE sale behind all others, durable; KAS_NOMEM. */
KAS_CHECKED enum kas_err mem_append(struct outbox_mem *o, const struct outbox_sale *sale);
/* R is about to change. */
KAS_CHECKED enum kas_err mem_touch(struct outbox_mem *o, struct record *r);
void mem_free(struct outbox_mem *o);

/* <0, 0, >0: A stands before, at, behind (EPOCH, SEQUENCE). */
int mem_order(const struct outbox_sale *a, uint64_t epoch, uint64_t sequence);
/* Position of the first record at or behind (EPOCH, SEQUENCE). */
size_t mem_lower_bound(const struct outbox_mem *o, uint64_t epoch, uint64_t sequence);
/* NULL: there is none, or it is gone. */
struct record *mem_find(const struct outbox_mem *o, uint64_t epoch, uint64_t sequence);

#endif
