#include "tests/sim/basket.h"

#include <stdlib.h>
#include <string.h>

#include "base/proto.h"
#include "tests/support/make_txn.h"

typedef Kasir__V1__Transaction document;

void
basket_init(struct basket *b, struct prng prng)
{
	memset(b, 0, sizeof(*b));
	b->prng = prng;
}

void
basket_fini(struct basket *b)
{
	free(b->past);
}

void
basket_remember(struct basket *b, const char *terminal, uint64_t epoch, uint64_t sequence,
    struct bytes payload)
{
	sim_reserve((void **)&b->past, b->n, &b->cap, sizeof(*b->past));
	b->past[b->n++] = (struct past_sale){ terminal, epoch, sequence, payload };
}

/* A return or void of something sold before; NULL: nothing fits. */
static document *
reverse(struct basket *b, struct arena *a, bool is_void)
{
	const struct past_sale *p;
	struct make_original original;
	document *sale;

	if (b->n == 0)
		return NULL;
	p = &b->past[prng_below(&b->prng, b->n)];
	original = (struct make_original){ p->terminal, p->epoch, p->sequence };
	sale = PROTO_UNPACK(kasir__v1__transaction, a, p->payload);
	if (sale == NULL)
		return NULL;
	if (is_void)
		return make_void(a, sale, &original);
	return make_return(a, prng_next(&b->prng), sale, &original);
}

static void
break_a_rule(struct basket *b, document *doc)
{
	static Kasir__V1__TransactionFlag training[] = {
		KASIR__V1__TRANSACTION_FLAG__TRAINING };

	switch (prng_below(&b->prng, 5)) {
	case 0:
		doc->payable += 1;
		break;
	case 1:
		doc->gross = INT64_MAX;
		break;
	case 2:
		doc->business_day = 20260231;
		break;
	case 3:
		doc->type = (Kasir__V1__TransactionType)(prng_chance(&b->prng, 500) ? 9 : 99);
		break;
	default:
		doc->flags = training;		/* breaks nothing, but counts elsewhere */
		doc->n_flags = 1;
		break;
	}
}

static struct bytes
rubbish(struct basket *b, struct arena *a)
{
	size_t n = prng_between(&b->prng, 1, 200);
	uint8_t *p = arena_alloc(a, n);

	prng_fill(&b->prng, p, n);
	p[0] = 0xff;		/* no field begins like this */
	return BYTES(p, n);
}

struct bytes
basket_next(struct basket *b, struct arena *a, int64_t wall_us, bool *ret_sale)
{
	uint64_t dice = prng_below(&b->prng, 100);
	struct bytes payload = BYTES_NONE;
	document *doc = NULL;

	*ret_sale = false;
	if (dice < 4)
		return rubbish(b, a);
	if (dice < 24)
		doc = reverse(b, a, dice < 10);
	if (doc == NULL) {
		doc = make_sale(a, prng_next(&b->prng));
		*ret_sale = true;
	}
	doc->at_us = wall_us;
	if (dice >= 94)
		break_a_rule(b, doc);
	if (!proto_pack(a, &doc->base, &payload))
		abort();
	return payload;
}
