/* basket.h - goods over the counter: sales, returns and voids of earlier ones, and now and then
 * something that breaks a rule or is no document at all. */
#ifndef KASIR_SIM_BASKET_H
#define KASIR_SIM_BASKET_H

#include "kasir/v1/transaction.pb-c.h"
#include "tests/sim/world.h"

/* A transaction that others can name. */
struct past {
	const char *terminal;
	uint64_t epoch, sequence;
	struct bytes payload;		/* lives as long as the run */
};
struct past_list {
	struct past *list;
	size_t n, cap;
};
void past_fini(struct past_list *l);
void past_add(struct past_list *l, const struct past *p);
void past_drop(struct past_list *l, const struct past *p);

struct basket {
	struct prng prng;
	const struct past_list *sales;	/* that can be returned or voided; NULL: none */
};

/* The next transaction; *RET_SALE: it may be remembered as an original. */
Kasir__V1__Transaction *basket_document(struct basket *b, struct arena *a, bool *ret_sale);
/* DOC with one thing wrong, or as training. */
void basket_break_a_rule(struct basket *b, Kasir__V1__Transaction *doc);
struct bytes basket_rubbish(struct basket *b, struct arena *a);
/* The payload of the next one, right or wrong. */
struct bytes basket_next(struct basket *b, struct arena *a, int64_t wall_us);

#endif
