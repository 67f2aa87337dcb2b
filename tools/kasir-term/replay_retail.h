/* replay_retail.h - "Online Retail": invoice lines in CSV. */
#ifndef KASIR_TERM_REPLAY_RETAIL_H
#define KASIR_TERM_REPLAY_RETAIL_H

#include "edge/csv.h"
#include "tools/kasir-term/replay_parts.h"

struct retail;

/* SOURCE stands at the header; borrowed. */
KAS_CHECKED enum kas_err retail_open(struct source *source, struct retail **ret,
    struct kas_why *why);
void retail_close(struct retail *r);
KAS_CHECKED enum kas_err retail_next(struct retail *r, struct arena *a,
    struct dataset_counts *counts, struct dataset_case *ret, struct kas_why *why);

#endif
