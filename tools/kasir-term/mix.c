#include "tools/kasir-term/mix.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/proto.h"
#include "base/text.h"
#include "tools/kasir-term/baskets.h"
#include "tools/kasir-term/reversal.h"

#define PAST	 16		/* sales that customers may come back with */
#define VOIDABLE 3		/* of these, the newest that a cashier may still void */

/* Of 25,900 invoices: cancellations of a whole invoice on its own day, which at a till are
 * voids; of goods of one earlier invoice; and of what no one invoice explains. */
#define INVOICES	   25900
#define VOIDS		   77
#define RETURNS		   2603
#define RETURNS_NO_RECEIPT 1156
/* Of 2,680 cancellations that refer to an invoice, those of one, two, three... goods; and of
 * 5,614 goods in them, those of which only a part came back. */
static const unsigned lines_back[] = { 1607, 552, 249, 92, 54, 28, 22, 12, 14, 5 };
#define GOODS_BACK	   5614
#define GOODS_BACK_IN_PART 3508

struct past_sale {
	uint64_t epoch, sequence;
	uint32_t day;
	struct buf payload;
	int64_t taken[BASKET_LINES_MAX];	/* so far, thousandths by line */
	bool touched;				/* something came back */
	bool voided;
};

struct mix {
	struct dice dice;
	char store[NAME_MAX_LEN + 1], terminal[NAME_MAX_LEN + 1];
	uint64_t receipts;
	struct past_sale past[PAST];		/* a ring: `n` made in all */
	uint64_t n;
	/* Handed out and not yet made. */
	struct {
		struct bytes sale;		/* NONE: it takes back from `of`, if anything */
		uint32_t day;
		struct past_sale *of;
		int64_t taken[BASKET_LINES_MAX];
		bool voids;
	} next;
};

struct mix *
mix_open(uint64_t seed, const char *store, const char *terminal)
{
	struct mix *m = calloc(1, sizeof(*m));
	const char *p;

	if (m == NULL)
		return NULL;
	m->dice.state = seed;
	for (p = terminal; *p != '\0'; p++)
		m->dice.state = dice_roll(&m->dice) ^ (uint8_t)*p;
	snprintf(m->store, sizeof(m->store), "%s", store);
	snprintf(m->terminal, sizeof(m->terminal), "%s", terminal);
	return m;
}

void
mix_close(struct mix *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < PAST; i++)
		buf_fini(&m->past[i].payload);
	free(m);
}

static enum kas_err
pack(struct arena *a, const Kasir__V1__Transaction *doc, struct mix_document *ret)
{
	ret->type = doc->type;
	ret->payable = doc->payable;
	return proto_pack(a, &doc->base, &ret->payload) ? KAS_OK : KAS_NOMEM;
}

static enum kas_err
sell(struct mix *m, int64_t wall_us, struct arena *a, struct mix_document *ret)
{
	ret->type = KASIR__V1__TRANSACTION_TYPE__SALE;
	ret->payload = basket_make(&m->dice, wall_us, m->receipts, 0, a, &ret->payable);
	m->next.sale = ret->payload;
	m->next.day = basket_business_day(wall_us);
	return ret->payload.p != NULL ? KAS_OK : KAS_NOMEM;
}

/* The sale as it was, at the counter again. */
static Kasir__V1__Transaction *
reopen(const struct mix *m, struct bytes sale, int64_t wall_us, struct arena *a)
{
	Kasir__V1__Transaction *doc = PROTO_UNPACK(kasir__v1__transaction, a, sale);
	char number[24];

	if (doc == NULL)
		return NULL;
	snprintf(number, sizeof(number), "%08llu", (unsigned long long)m->receipts);
	doc->receipt_number = arena_text(a, number);
	doc->at_us = wall_us;
	doc->business_day = basket_business_day(wall_us);
	return doc->receipt_number != NULL ? doc : NULL;
}

static struct reversal_original
original_of(const struct mix *m, const struct past_sale *s)
{
	return (struct reversal_original){ m->store, m->terminal, s->epoch, s->sequence };
}

static unsigned
roll_lines_back(struct dice *d)
{
	unsigned all = 0, r, n;

	for (n = 0; n < sizeof(lines_back) / sizeof(lines_back[0]); n++)
		all += lines_back[n];
	r = (unsigned)dice_below(d, all);
	for (n = 0; r >= lines_back[n]; n++)
		r -= lines_back[n];
	return n + 1;
}

/* Of LEFT thousandths: all, or some pieces where there are several. */
static int64_t
roll_quantity_back(struct dice *d, int64_t left)
{
	bool in_part = dice_below(d, GOODS_BACK) < GOODS_BACK_IN_PART;

	if (!in_part || left < 2000 || left % 1000 != 0)
		return left;
	return 1000 * (1 + (int64_t)dice_below(d, (uint64_t)left / 1000 - 1));
}

/* Fills m->next.taken from what is left of DOC; false: nothing is. */
static bool
roll_taken(struct mix *m, const Kasir__V1__Transaction *doc, const int64_t *taken_before)
{
	int64_t left[BASKET_LINES_MAX];
	size_t i, open = 0;
	unsigned want = roll_lines_back(&m->dice);

	for (i = 0; i < doc->n_lines; i++) {
		left[i] = doc->lines[i]->quantity - taken_before[i];
		open += left[i] > 0;
		m->next.taken[i] = 0;
	}
	if (open == 0)
		return false;
	/* Each that is open is chosen with the same chance until there are enough. */
	for (i = 0; i < doc->n_lines && want > 0; i++) {
		if (left[i] <= 0)
			continue;
		if (dice_below(&m->dice, open--) >= want)
			continue;
		m->next.taken[i] = roll_quantity_back(&m->dice, left[i]);
		want--;
	}
	return true;
}

static struct past_sale *
roll_past(struct mix *m, uint64_t newest)
{
	uint64_t kept = m->n < newest ? m->n : newest;

	return kept == 0 ? NULL : &m->past[(m->n - 1 - dice_below(&m->dice, kept)) % PAST];
}

/* KAS_NOTFOUND: there is nothing to take back. */
static enum kas_err
take_back(struct mix *m, int64_t wall_us, struct arena *a, struct mix_document *ret)
{
	struct past_sale *s = roll_past(m, PAST);
	Kasir__V1__Transaction *doc;
	struct reversal_original original;

	if (s == NULL || s->voided)
		return KAS_NOTFOUND;
	doc = reopen(m, buf_bytes(&s->payload), wall_us, a);
	if (doc == NULL)
		return KAS_NOMEM;
	if (!roll_taken(m, doc, s->taken))
		return KAS_NOTFOUND;
	original = original_of(m, s);
	if (!reversal_return(a, doc, m->next.taken, &original))
		return KAS_NOMEM;
	m->next.of = s;
	return pack(a, doc, ret);
}

/* Goods that were bought elsewhere, or at another time. */
static enum kas_err
take_back_without_receipt(struct mix *m, int64_t wall_us, struct arena *a,
    struct mix_document *ret)
{
	static const int64_t nothing[BASKET_LINES_MAX];
	int64_t ignored;
	struct bytes sale = basket_make(&m->dice, wall_us, m->receipts, 0, a, &ignored);
	Kasir__V1__Transaction *doc = reopen(m, sale, wall_us, a);

	if (doc == NULL || !roll_taken(m, doc, nothing) ||
	    !reversal_return(a, doc, m->next.taken, NULL))
		return KAS_NOMEM;
	return pack(a, doc, ret);
}

static enum kas_err
void_sale(struct mix *m, int64_t wall_us, struct arena *a, struct mix_document *ret)
{
	struct past_sale *s = roll_past(m, VOIDABLE);
	Kasir__V1__Transaction *doc;
	struct reversal_original original;

	if (s == NULL || s->voided || s->touched || s->day != basket_business_day(wall_us))
		return KAS_NOTFOUND;
	doc = reopen(m, buf_bytes(&s->payload), wall_us, a);
	original = original_of(m, s);
	if (doc == NULL || !reversal_void(a, doc, &original))
		return KAS_NOMEM;
	m->next.of = s;
	m->next.voids = true;
	return pack(a, doc, ret);
}

enum kas_err
mix_next(struct mix *m, int64_t wall_us, struct arena *a, struct mix_document *ret)
{
	uint64_t r = dice_below(&m->dice, INVOICES);
	enum kas_err err = KAS_NOTFOUND;

	m->receipts++;
	m->next.sale = BYTES_NONE;
	m->next.of = NULL;
	m->next.voids = false;
	if (r < VOIDS)
		err = void_sale(m, wall_us, a, ret);
	else if (r < VOIDS + RETURNS)
		err = take_back(m, wall_us, a, ret);
	else if (r < VOIDS + RETURNS + RETURNS_NO_RECEIPT)
		err = take_back_without_receipt(m, wall_us, a, ret);
	return err == KAS_NOTFOUND ? sell(m, wall_us, a, ret) : err;
}

static enum kas_err
remember(struct mix *m, uint64_t epoch, uint64_t sequence)
{
	struct past_sale *s = &m->past[m->n % PAST];
	struct buf payload = s->payload;

	buf_reset(&payload);
	buf_add(&payload, m->next.sale.p, m->next.sale.n);
	*s = (struct past_sale){
		.epoch = epoch,
		.sequence = sequence,
		.day = m->next.day,
		.payload = payload,
	};
	if (payload.failed)
		return KAS_NOMEM;
	m->n++;
	return KAS_OK;
}

enum kas_err
mix_made(struct mix *m, uint64_t epoch, uint64_t sequence)
{
	size_t i;

	if (m->next.sale.n > 0)
		return remember(m, epoch, sequence);
	if (m->next.of == NULL)
		return KAS_OK;
	m->next.of->voided |= m->next.voids;
	m->next.of->touched = true;
	for (i = 0; i < BASKET_LINES_MAX && !m->next.voids; i++)
		m->next.of->taken[i] += m->next.taken[i];
	return KAS_OK;
}
