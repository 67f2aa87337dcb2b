/* crew.h - worker threads that check signatures.
 *
 * verify() splits the jobs among the caller and the workers and returns when every job
 * has its answer.  Small batches stay with the caller: waking a worker costs about as
 * much as CREW_INLINE_MAX checks save (docs/reference/performance.md). */
#ifndef KASIR_EDGE_CREW_H
#define KASIR_EDGE_CREW_H

#include "base/ports.h"

#define CREW_INLINE_MAX 3u
#define CREW_WORKERS_MAX 64u

struct crew;

/* WORKERS threads besides the caller; 0: none, everything inline. */
KAS_CHECKED enum kas_err crew_open(unsigned workers, struct crew **ret, struct kas_why *why);
void crew_close(struct crew *c);		/* joins them; NULL is fine */
struct crew_port crew_port(struct crew *c);	/* one caller at a time */
/* Processors this process may run on. */
unsigned crew_processors(void);

#endif
