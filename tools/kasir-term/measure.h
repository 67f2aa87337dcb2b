/* measure.h - what both kinds of bench run have in common. */
#ifndef KASIR_TERM_MEASURE_H
#define KASIR_TERM_MEASURE_H

#include "tools/kasir-term/histogram.h"
#include "tools/kasir-term/options.h"

struct bench_plan {
	unsigned terminals, batch;
	uint64_t rate;			/* sales a second in all; 0: closed loop */
	uint64_t backlog;		/* a terminal, made before it connects; 0: none */
	uint64_t warmup_us, measure_us;
	unsigned lines;			/* a basket */
	const char *prefix;
	bool echo;
};

struct bench_result {
	uint64_t acked, elapsed_us;	/* in the measured time */
	uint64_t messages, checkpoints, resends, bad_messages;
	size_t payload_bytes;		/* mean of a sale's */
	const struct histogram *latencies;
	const char *signing;
};

/* Prepared baskets of a plan: signing is the generator's work, making up names is not. */
#define BASKETS 256
struct basket_pool {
	struct arena arena;
	struct bytes baskets[BASKETS];
	size_t mean;
};
KAS_CHECKED enum kas_err basket_pool_init(struct basket_pool *p, unsigned lines);
void basket_pool_fini(struct basket_pool *p);

/* Prints RESULT. */
int measure_print(struct cli *cli, const struct bench_plan *plan,
    const struct bench_result *result);

/* The echo run: the broker's own ceiling.  Returns the exit code. */
int measure_echo(struct cli *cli, const struct term_options *o, const struct bench_plan *plan);

#endif
