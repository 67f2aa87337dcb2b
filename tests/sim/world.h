/* world.h - simulated time: one queue of events, one seed, one trace.
 *
 * Everything that happens in a run is an event at a simulated microsecond; events of the
 * same microsecond happen in the order in which they were planned.  Nothing here looks at
 * the real world, so the same seed gives the same run to the last byte of its trace. */
#ifndef KASIR_SIM_WORLD_H
#define KASIR_SIM_WORLD_H

#include "base/bytes.h"

/* splitmix64: small, seedable from any number, and good enough to throw dice with. */
struct prng {
	uint64_t state;
};
uint64_t prng_next(struct prng *p);
uint64_t prng_below(struct prng *p, uint64_t n);		/* 0..n-1; n > 0 */
uint64_t prng_between(struct prng *p, uint64_t lo, uint64_t hi);	/* both included */
bool prng_chance(struct prng *p, unsigned per_mille);
void prng_fill(void *prng, uint8_t *p, size_t n);		/* a random_port's fill */
struct prng prng_split(struct prng *p);		/* a stream of its own */

#define MS ((uint64_t)1000)
#define SECOND ((uint64_t)1000 * 1000)
#define MINUTE (60 * SECOND)

struct world {
	uint64_t seed, now, next_seq;
	struct prng prng;
	struct arena arena;		/* lives as long as the run */
	struct event *heap;
	size_t n, cap;
	uint64_t day_us;	/* what a day on the wall takes; world_init: what it takes anywhere */
	bool tracing;
	uint64_t trace_hash, trace_lines, events;
	uint64_t slice, slice_events;	/* events in the present hundredth of a second */
	bool failed;
	char reason[480];		/* the first failure */
};

void world_init(struct world *w, uint64_t seed, bool tracing);
void world_fini(struct world *w);

/* ACT(CTX, WHAT) happens DELAY_US from now.  WHAT (may be NULL) is freed after it. */
void world_after(struct world *w, uint64_t delay_us, void (*act)(void *ctx, void *what),
    void *ctx, void *take_what);
/* Let the next event happen; false when there is none before UNTIL, or the run failed. */
bool world_step(struct world *w, uint64_t until);

/* One line of the trace: always hashed, printed when tracing. */
void world_trace(struct world *w, const char *who, const char *fmt, ...) KAS_PRINTF(3, 4);
/* A promise is broken: the run ends here. */
void world_fail(struct world *w, const char *fmt, ...) KAS_PRINTF(2, 3);

/* A copy that lives as long as the run; memory is not simulated: out of it is the end. */
struct bytes world_keep(struct world *w, struct bytes b);
void *sim_alloc(size_t n);		/* zeroed */
/* Make room for one more element in *ARRAY. */
void sim_reserve(void **array, size_t n, size_t *cap, size_t element);

#endif
