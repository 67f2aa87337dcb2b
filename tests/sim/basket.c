#include "tests/sim/basket.h"

#include <stdlib.h>

#include "base/proto.h"
#include "tests/support/make_txn.h"

typedef Kasir__V1__Transaction document;

void
past_fini(struct past_list *l)
{
	free(l->list);
}

void
past_add(struct past_list *l, const struct past *p)
{
	sim_reserve((void **)&l->list, l->n, &l->cap, sizeof(*l->list));
	l->list[l->n++] = *p;
}

void
past_drop(struct past_list *l, const struct past *p)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->list[i].terminal == p->terminal && l->list[i].sequence == p->sequence)
			l->list[i--] = l->list[--l->n];
	}
}

/* A return or void of something sold before; NULL: nothing fits. */
static document *
reverse(struct basket *b, struct arena *a, bool is_void)
{
	struct make_original original;
	const struct past *p;
	document *sale;

	if (b->sales == NULL || b->sales->n == 0)
		return NULL;
	p = &b->sales->list[prng_below(&b->prng, b->sales->n)];
	original = (struct make_original){ p->terminal, p->epoch, p->sequence };
	sale = PROTO_UNPACK(kasir__v1__transaction, a, p->payload);
	if (sale == NULL)
		return NULL;
	if (is_void)
		return make_void(a, sale, &original);
	return make_return(a, prng_next(&b->prng), sale, &original);
}

void
basket_break_a_rule(struct basket *b, document *doc)
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

struct bytes
basket_rubbish(struct basket *b, struct arena *a)
{
	size_t n = prng_between(&b->prng, 1, 200);
	uint8_t *p = arena_alloc(a, n);

	prng_fill(&b->prng, p, n);
	p[0] = 0xff;		/* no field begins like this */
	return BYTES(p, n);
}

document *
basket_document(struct basket *b, struct arena *a, bool *ret_sale)
{
	uint64_t dice = prng_below(&b->prng, 96);
	document *doc = NULL;

	*ret_sale = false;
	if (dice < 20)
		doc = reverse(b, a, dice < 6);
	if (doc == NULL) {
		doc = make_sale(a, prng_next(&b->prng));
		*ret_sale = true;
	}
	return doc;
}

struct bytes
basket_next(struct basket *b, struct arena *a, int64_t wall_us)
{
	struct bytes payload = BYTES_NONE;
	document *doc;
	bool is_sale;

	if (prng_chance(&b->prng, 40))
		return basket_rubbish(b, a);
	doc = basket_document(b, a, &is_sale);
	doc->at_us = wall_us;
	if (prng_chance(&b->prng, 60))
		basket_break_a_rule(b, doc);
	if (!proto_pack(a, &doc->base, &payload))
		abort();
	return payload;
}
