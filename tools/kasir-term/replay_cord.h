/* replay_cord.h - CORD: Indonesian receipts as JSON lines. */
#ifndef KASIR_TERM_REPLAY_CORD_H
#define KASIR_TERM_REPLAY_CORD_H

#include "tools/kasir-term/replay_parts.h"
#include "edge/source.h"

struct cord;

KAS_CHECKED enum kas_err cord_open(struct source *source, struct cord **ret);
void cord_close(struct cord *c);
KAS_CHECKED enum kas_err cord_next(struct cord *c, struct arena *a,
    struct dataset_counts *counts, struct dataset_case *ret, struct kas_why *why);

#endif
