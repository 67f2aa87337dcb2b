#include "tests/sim/clerk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/proto.h"
#include "base/text.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define CUT_OFF_US ((int64_t)4 * 3600 * 1000000)	/* the day begins at 4:00 */
#define DAY_US ((int64_t)86400 * 1000000)

void
floor_fini(struct floor *f)
{
	past_fini(&f->sales);
	past_fini(&f->bills);
	past_fini(&f->pending);
}

void
clerk_init(struct clerk *c, struct prng prng, struct floor *floor, const char *terminal,
    unsigned transactions)
{
	memset(c, 0, sizeof(*c));
	c->prng = prng;
	c->basket = (struct basket){ prng_split(&c->prng), &floor->sales };
	c->floor = floor;
	c->terminal = terminal;
	c->name = prng_chance(&c->prng, 500) ? "ani" : "budi";
	c->left = transactions;
	c->keeps_shifts = prng_chance(&c->prng, 750);
	if (!c->keeps_shifts)
		c->state = CLERK_AT_WORK;
}

bool
clerk_is_done(const struct clerk *c)
{
	return c->left == 0 && (c->state == CLERK_AWAY || !c->keeps_shifts);
}

static uint32_t
business_day(int64_t wall_us)
{
	unsigned month, day;
	int year;

	civil_of((wall_us - CUT_OFF_US) / DAY_US, &year, &month, &day);
	return (uint32_t)year * 10000 + month * 100 + day;
}

static const struct past *
some(struct clerk *c, const struct past_list *l)
{
	return l->n > 0 ? &l->list[prng_below(&c->prng, l->n)] : NULL;
}

static document *
over_the_counter(struct clerk *c, struct arena *a)
{
	bool is_sale;
	document *doc = basket_document(&c->basket, a, &is_sale);

	c->deed = is_sale ? DEED_SALE : DEED_NOTHING;
	return doc;
}

/* One that was taken up is remembered now and then, and taken up again. */
static document *
settle_bill(struct clerk *c, struct arena *a, bool cancel)
{
	const struct past *p = some(c, &c->floor->bills);

	if (p == NULL)
		return NULL;
	c->about = *p;
	c->deed = prng_chance(&c->prng, 900) ? DEED_SETTLED_BILL : DEED_NOTHING;
	return paper_bill(c, a, &c->about, cancel);
}

static document *
settle_tender(struct clerk *c, struct arena *a)
{
	const struct past *p = some(c, &c->floor->pending);

	if (p == NULL)
		return NULL;
	c->about = *p;
	c->deed = prng_chance(&c->prng, 850) ? DEED_SETTLED_TENDER : DEED_NOTHING;
	return paper_resolution(c, a, &c->about);
}

/* What ought to be done at another time, or by nobody. */
static document *
out_of_turn(struct clerk *c, struct arena *a)
{
	static const Kasir__V1__TransactionType types[] = { TYPE(SHIFT_OPEN), TYPE(SHIFT_CLOSE),
		TYPE(DAY_CLOSE), TYPE(DAY_OPEN), TYPE(TILL_COUNT), TYPE(REPRINT), TYPE(CANCEL),
		TYPE(RESUME) };
	Kasir__V1__TransactionType type = types[prng_below(&c->prng, 8)];
	document *doc;

	if (type != TYPE(SHIFT_OPEN) && type != TYPE(SHIFT_CLOSE) && type != TYPE(TILL_COUNT))
		return paper(a, type);
	doc = paper_count(c, a, type);
	doc->shift = (char *)"another";
	return doc;
}

static document *
with_deed(struct clerk *c, enum deed deed, document *doc)
{
	c->deed = deed;
	return doc;
}

static document *
drawer_work(struct clerk *c, struct arena *a)
{
	switch (prng_below(&c->prng, 6)) {
	case 0:
		return paper(a, TYPE(NO_SALE));
	case 1:
		return paper_event(c, a);
	case 2:
		return paper_count(c, a, TYPE(TILL_COUNT));
	default:
		return paper_movement(c, a);
	}
}

static document *
odd_trade(struct clerk *c, struct arena *a)
{
	switch (prng_below(&c->prng, 6)) {
	case 0:
		return paper_payment(c, a);
	case 1:
		return paper_swap(c, a);
	case 2:
		return paper_late(c, a);
	case 3:
		return paper_unreceipted_return(c, a);
	default:
		return paper_exchange(c, a);
	}
}

static document *
work(struct clerk *c, struct arena *a)
{
	uint64_t dice = prng_below(&c->prng, 100);
	document *doc = NULL;

	if (dice < 8)
		doc = with_deed(c, DEED_PENDING, paper_pending(c, a));
	else if (dice < 15)
		doc = settle_tender(c, a);
	else if (dice < 20)
		doc = with_deed(c, DEED_SUSPEND, paper_suspend(c, a));
	else if (dice < 26)
		doc = settle_bill(c, a, prng_chance(&c->prng, 300));
	else if (dice < 34)
		doc = odd_trade(c, a);
	else if (dice < 42)
		doc = drawer_work(c, a);
	else if (dice < 44)
		doc = out_of_turn(c, a);
	return doc != NULL ? doc : over_the_counter(c, a);
}

/* Bills must not be open when the day is closed, so the clerk sees to them first. */
static document *
end_of_shift(struct clerk *c, struct arena *a)
{
	if (c->floor->bills.n > 0 && prng_chance(&c->prng, 900))
		return settle_bill(c, a, true);
	if (prng_chance(&c->prng, 300)) {
		c->next = CLERK_COUNTED;
		return paper_count(c, a, TYPE(TILL_COUNT));
	}
	c->next = CLERK_CLOSED;
	return with_deed(c, DEED_SHIFT_CLOSE, paper_count(c, a, TYPE(SHIFT_CLOSE)));
}

static document *
open_shift(struct clerk *c, struct arena *a)
{
	document *doc = paper_count(c, a, TYPE(SHIFT_OPEN));
	char name[sizeof(c->shift)];

	snprintf(name, sizeof(name), "%u", c->shift_number + 1);
	doc->shift = arena_text(a, name);
	c->next = CLERK_AT_WORK;
	return with_deed(c, DEED_SHIFT_OPEN, doc);
}

static document *
next_document(struct clerk *c, struct arena *a)
{
	switch (c->state) {
	case CLERK_AWAY:
		if (prng_chance(&c->prng, 150))
			return paper(a, TYPE(DAY_OPEN));
		c->next = CLERK_SIGNED_ON;
		return paper(a, TYPE(SIGN_ON));
	case CLERK_SIGNED_ON:
		return open_shift(c, a);
	case CLERK_AT_WORK:
		return c->keeps_shifts && (c->left == 0 || c->in_shift == 0) ?
		    end_of_shift(c, a) : work(c, a);
	case CLERK_COUNTED:
		c->next = CLERK_CLOSED;
		return with_deed(c, DEED_SHIFT_CLOSE, paper_count(c, a, TYPE(SHIFT_CLOSE)));
	case CLERK_CLOSED:
		c->next = CLERK_LEAVING;
		if (c->floor->shifts_open == 0)
			return paper(a, TYPE(DAY_CLOSE));
		return paper_count(c, a, TYPE(TILL_COUNT));
	case CLERK_LEAVING:
		break;
	}
	c->next = CLERK_AWAY;
	return paper(a, TYPE(SIGN_OFF));
}

/* What every document has on it. */
static void
dress(struct clerk *c, struct arena *a, document *doc, int64_t wall_us)
{
	bool late = doc->n_flags > 0 && doc->flags[0] != KASIR__V1__TRANSACTION_FLAG__TRAINING;

	doc->at_us = wall_us - (late ? DAY_US : 0);
	doc->business_day = business_day(doc->at_us);
	doc->cashier = (char *)(uintptr_t)c->name;
	if (prng_chance(&c->prng, 120))
		doc->supervisor = (char *)"sari";
	if (doc->shift[0] == '\0' && prng_chance(&c->prng, 970))
		doc->shift = arena_text(a, c->shift);
}

struct bytes
clerk_next(struct clerk *c, struct arena *a, int64_t wall_us)
{
	struct bytes payload = BYTES_NONE;
	bool at_work = c->state == CLERK_AT_WORK;
	document *doc;

	c->deed = DEED_NOTHING;
	c->next = c->state;
	if (at_work && prng_chance(&c->prng, 25))
		return basket_rubbish(&c->basket, a);
	doc = next_document(c, a);
	dress(c, a, doc, wall_us);
	if (at_work && c->next == CLERK_AT_WORK && prng_chance(&c->prng, 60))
		basket_break_a_rule(&c->basket, doc);
	if (!proto_pack(a, &doc->base, &payload))
		abort();
	return payload;
}

static void
enter_state(struct clerk *c)
{
	if (c->deed == DEED_SHIFT_OPEN) {
		snprintf(c->shift, sizeof(c->shift), "%u", ++c->shift_number);
		c->in_shift = (unsigned)prng_between(&c->prng, 2, 25);
		c->floor->shifts_open++;
	} else if (c->deed == DEED_SHIFT_CLOSE) {
		c->shift[0] = '\0';
		c->floor->shifts_open--;
	} else if (c->state == CLERK_AT_WORK && c->next == CLERK_AT_WORK) {
		c->left -= c->left > 0;
		c->in_shift -= c->in_shift > 0;
	}
	c->state = c->next;
}

void
clerk_signed(struct clerk *c, uint64_t epoch, uint64_t sequence, struct bytes payload)
{
	struct past p = { c->terminal, epoch, sequence, payload };
	struct floor *f = c->floor;

	enter_state(c);
	switch (c->deed) {
	case DEED_PENDING:
		past_add(&f->pending, &p);
		past_add(&f->sales, &p);
		break;
	case DEED_SALE:
		past_add(&f->sales, &p);
		break;
	case DEED_SUSPEND:
		past_add(&f->bills, &p);
		break;
	case DEED_SETTLED_BILL:
		past_drop(&f->bills, &c->about);
		break;
	case DEED_SETTLED_TENDER:
		past_drop(&f->pending, &c->about);
		break;
	default:
		break;
	}
}
