/* note_cache.h - store checkpoints whose signatures were checked a moment ago.
 *
 * One flush acknowledges the sales of many terminals under one checkpoint; whoever runs
 * several sessions in a process lets them share a cache and checks each signature once. */
#ifndef KASIR_TERMINAL_NOTE_CACHE_H
#define KASIR_TERMINAL_NOTE_CACHE_H

#include "proof/checkpoint.h"

struct note_cache;

KAS_CHECKED enum kas_err note_cache_open(struct note_cache **ret);
void note_cache_close(struct note_cache *c);

/* As checkpoint_open(), and checkpoint_open_cosigned() where WITNESS is not NULL; only what
 * verified is remembered. */
KAS_CHECKED enum kas_err note_cache_checkpoint(struct note_cache *c, struct bytes note,
    const struct vkey *log, const struct vkey *witness, struct checkpoint *ret,
    struct kas_why *why);
/* Signature checks made so far. */
uint64_t note_cache_checks(const struct note_cache *c);

#endif
