/* What cashiers do, one document after the other. */
#include "tools/kasir-term/workday_parts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/proto.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define FLAG(f) KASIR__V1__TRANSACTION_FLAG__##f
#define FLOAT_CASH 300000
#define DRAWER_MAX 3000000		/* beyond it, cash goes to the safe */

static int64_t
shop_time(const struct workday *d)
{
	struct timespec ts;

	if (d->o->opens_us > 0)
		return d->o->opens_us + (int64_t)d->now_s * 1000000;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static bool
chance(struct workday *d, unsigned per_mille)
{
	return dice_below(&d->dice, 1000) < per_mille;
}

/* Sign DOC at till I, in its cashier's name. */
void
workday_sign(struct workday *d, unsigned till, document *doc, enum standing standing)
{
	struct counter *c = &d->counters[till];
	struct bytes payload = BYTES_NONE;

	if (d->err != KAS_OK)
		return;
	if (doc == NULL) {
		d->err = KAS_NOMEM;
		return;
	}
	doc->at_us = shop_time(d);
	doc->utc_offset_min = BASKET_UTC_OFFSET_MIN;
	doc->business_day = basket_business_day(doc->at_us);
	doc->cashier = (char *)(uintptr_t)c->cashier;
	doc->shift = (char *)(uintptr_t)(c->shift != NULL ? c->shift : "");
	d->err = proto_pack(&d->arena, &doc->base, &payload) ? KAS_OK : KAS_NOMEM;
	if (d->err == KAS_OK)
		d->err = fleet_sell(d->fleet, till, payload, BYTES_NONE, loop_now_us(),
		    &d->receipt);
	if (d->err != KAS_OK)
		return;
	period_add(&c->drawer, doc, standing);
	d->made++;
	if (standing == STANDING_COUNTS)
		report_add(d->report, doc->type, doc->payable);
}

static void
sign(struct workday *d, unsigned till, document *doc)
{
	workday_sign(d, till, doc, STANDING_COUNTS);
}

/* PAYLOAD of a sale, to be looked at or changed. */
static document *
unpack(struct workday *d, struct bytes payload)
{
	document *doc = PROTO_UNPACK(kasir__v1__transaction, &d->arena, payload);

	if (doc == NULL)
		d->err = KAS_NOMEM;
	return doc;
}

/* Goods on the counter, that the till sells when nothing else is done with them. */
static document *
some_goods(struct workday *d)
{
	int64_t payable;
	struct bytes sale = basket_make(&d->dice, shop_time(d), 700000 + d->made, 0, &d->arena,
	    &payable);

	return sale.p != NULL ? unpack(d, sale) : NULL;
}

/* What was made last is not finished: later, after some minutes, but before closing time. */
static void
come_back_to(struct workday *d, unsigned till, enum what what, const document *doc)
{
	struct happening h = { .till = till, .what = what, .epoch = d->receipt.epoch,
		.sequence = d->receipt.sequence };
	size_t n = protobuf_c_message_get_packed_size(&doc->base);
	uint8_t *kept = d->err == KAS_OK ? malloc(n) : NULL;

	if (kept == NULL)
		return;
	(void)protobuf_c_message_pack(&doc->base, kept);
	h.payload = BYTES(kept, n);
	h.at_s = d->now_s + 60 + dice_below(&d->dice, 600);
	if (h.at_s >= CLOSING)
		h.at_s = CLOSING - 1;
	workday_plan(d, h);
}

static void
trade(struct workday *d, unsigned till)
{
	struct mix *mix = d->counters[till].mix;
	struct mix_document made;
	document *doc;

	d->err = mix_next(mix, shop_time(d), &d->arena, &made);
	doc = d->err == KAS_OK ? unpack(d, made.payload) : NULL;
	if (doc == NULL)
		return;
	sign(d, till, doc);
	if (d->err == KAS_OK)
		d->err = mix_made(mix, d->receipt.epoch, d->receipt.sequence);
}

static void
sell_pending(struct workday *d, unsigned till)
{
	document *doc = some_goods(d);

	if (doc == NULL)
		return;
	paper_make_pending(doc);
	sign(d, till, doc);
	come_back_to(d, till, SETTLE, doc);
}

static void
suspend(struct workday *d, unsigned till)
{
	document *doc = some_goods(d), *bill;

	if (doc == NULL)
		return;
	bill = arena_alloc(&d->arena, sizeof(*bill));
	if (bill == NULL)
		return;
	*bill = *doc;
	paper_make_suspended(bill);
	sign(d, till, bill);
	come_back_to(d, till, TAKE_UP, doc);
}

static void
exchange(struct workday *d, unsigned till)
{
	document *doc = some_goods(d);

	if (doc != NULL && paper_make_exchange(&d->arena, doc))
		sign(d, till, doc);
}

/* Somebody learns, keys in a slip of paper, or takes too little. */
static void
sell_oddly(struct workday *d, unsigned till, unsigned how)
{
	document *doc = some_goods(d);

	if (doc == NULL)
		return;
	if (how == 0) {
		if (paper_add_flag(&d->arena, doc, FLAG(TRAINING)))
			workday_sign(d, till, doc, STANDING_TRAINING);
	} else if (how == 1) {
		if (paper_add_flag(&d->arena, doc, FLAG(HANDWRITTEN)) &&
		    paper_add_flag(&d->arena, doc, FLAG(LATE)))
			sign(d, till, doc);
	} else {
		doc->tenders[0]->tendered -= 100;
		workday_sign(d, till, doc, STANDING_EXCEPTION);
	}
}

static void
move_cash(struct workday *d, unsigned till)
{
	int64_t amount = 5000 * (1 + (int64_t)dice_below(&d->dice, 20));
	document *doc;

	if (chance(d, 300))
		doc = paper_movement(&d->arena, TYPE(PAID_IN), amount, "uang kembali");
	else
		doc = paper_movement(&d->arena, TYPE(PAID_OUT), -amount, "es batu");
	sign(d, till, doc);
}

/* In whole notes, so that change is left. */
static void
empty_a_full_drawer(struct workday *d, unsigned till)
{
	int64_t expected = period_expected_cash(&d->counters[till].drawer), amount;

	if (d->err != KAS_OK || expected <= DRAWER_MAX)
		return;
	amount = (expected - FLOAT_CASH) / 100000 * 100000;
	sign(d, till, paper_movement(&d->arena, chance(d, 500) ? TYPE(PICKUP) :
	    TYPE(SAFE_DROP), -amount, ""));
}

void
workday_serve(struct workday *d, unsigned till)
{
	uint64_t dice = dice_below(&d->dice, 1000);

	if (dice < 25) {
		sell_pending(d, till);
	} else if (dice < 50) {
		suspend(d, till);
	} else if (dice < 65) {
		exchange(d, till);
	} else if (dice < 80) {
		sign(d, till, paper_plain(&d->arena, TYPE(NO_SALE), "tukar uang"));
	} else if (dice < 100) {
		move_cash(d, till);
	} else if (dice < 120) {
		sell_oddly(d, till, (unsigned)dice_below(&d->dice, 3));
	} else {
		trade(d, till);
	}
	empty_a_full_drawer(d, till);
}

/* The bank has answered, nearly always that it was paid. */
void
workday_settle(struct workday *d, const struct happening *h)
{
	document *sale = unpack(d, h->payload);

	if (sale != NULL)
		sign(d, h->till, paper_resolution(&d->arena, sale, h->epoch, h->sequence,
		    chance(d, 150)));
}

/* The customer is back with the forgotten purse, or is not. */
void
workday_take_up(struct workday *d, const struct happening *h)
{
	bool gone = chance(d, 200);
	document *sale = unpack(d, h->payload);

	sign(d, h->till, paper_about(&d->arena, gone ? TYPE(CANCEL) : TYPE(RESUME), h->epoch,
	    h->sequence));
	if (!gone && sale != NULL)
		sign(d, h->till, sale);
}

void
workday_open_shift(struct workday *d, unsigned till)
{
	static const char *const names[] = { "pagi", "sore" };
	static const char *const cashiers[] = { "ani", "budi", "citra", "dewi", "eko", "fitri" };
	struct counter *c = &d->counters[till];

	c->cashier = cashiers[(2 * till + c->shifts) % 6];
	if (till == 0 && c->shifts == 0)
		sign(d, till, paper_plain(&d->arena, TYPE(DAY_OPEN), ""));
	sign(d, till, paper_plain(&d->arena, TYPE(SIGN_ON), ""));
	c->shift = names[c->shifts++ % 2];
	memset(&c->drawer, 0, sizeof(c->drawer));
	sign(d, till, paper_count(&d->arena, TYPE(SHIFT_OPEN), FLOAT_CASH));
}

/* One drawer in six is not right, and somebody signs for it. */
void
workday_close_shift(struct workday *d, unsigned till)
{
	struct counter *c = &d->counters[till];
	int64_t counted = period_expected_cash(&c->drawer);
	document *doc;

	if (till == 0 && counted > 2 * FLOAT_CASH && c->shifts > 1) {
		int64_t bag = (counted - FLOAT_CASH) / 50000 * 50000;

		sign(d, till, paper_movement(&d->arena, TYPE(BANK_DEPOSIT), -bag, ""));
		counted -= bag;
	}
	doc = paper_count(&d->arena, TYPE(SHIFT_CLOSE), counted);
	if (doc != NULL && dice_below(&d->dice, 6) == 0) {
		doc = paper_count(&d->arena, TYPE(SHIFT_CLOSE),
		    counted - 1000 * (1 + (int64_t)dice_below(&d->dice, 30)));
		if (doc != NULL)
			doc->supervisor = (char *)"sari";
	}
	sign(d, till, doc);
	c->shift = NULL;
	sign(d, till, paper_plain(&d->arena, TYPE(SIGN_OFF), ""));
}
