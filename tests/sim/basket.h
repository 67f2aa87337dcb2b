/* basket.h - what a cashier keys in next: sales, returns and voids of earlier ones, and now
 * and then something that breaks a rule or is no document at all. */
#ifndef KASIR_SIM_BASKET_H
#define KASIR_SIM_BASKET_H

#include "tests/sim/world.h"

struct past_sale {
	const char *terminal;
	uint64_t epoch, sequence;
	struct bytes payload;
};

struct basket {
	struct prng prng;
	struct past_sale *past;		/* that can be returned or voided */
	size_t n, cap;
};

void basket_init(struct basket *b, struct prng prng);
void basket_fini(struct basket *b);
/* The payload of the next transaction; *RET_SALE: it may be remembered as an original. */
struct bytes basket_next(struct basket *b, struct arena *a, int64_t wall_us, bool *ret_sale);
/* PAYLOAD lives as long as the run. */
void basket_remember(struct basket *b, const char *terminal, uint64_t epoch, uint64_t sequence,
    struct bytes payload);

#endif
