#include "tools/kasir-term/workday_parts.h"

#include <stdlib.h>

#define CHANGE_OF_SHIFT (7 * HOUR)
#define BACKLOG 128			/* a till runs ahead when there is no speed */

/* How many customers of a hundred come in each hour: noon, and the evening. */
static const unsigned customers_by_hour[HOURS] = { 2, 3, 5, 8, 13, 10, 6, 5, 6, 8, 12, 11, 7, 4 };

/* For qsort(): the latest first. */
static int
later_first(const void *pa, const void *pb)
{
	const struct happening *a = pa, *b = pb;

	if (a->at_s != b->at_s)
		return a->at_s < b->at_s ? 1 : -1;
	return a->order < b->order ? 1 : -1;
}

static void
add(struct workday *d, struct happening h)
{
	struct happening *more;

	if (d->n == d->cap) {
		more = realloc(d->list, (2 * d->cap + 64) * sizeof(*more));
		if (more == NULL) {
			d->err = KAS_NOMEM;
			return;
		}
		d->list = more;
		d->cap = 2 * d->cap + 64;
	}
	h.order = d->order++;
	d->list[d->n++] = h;
}

/* Minutes from now: its place is near the end. */
void
workday_plan(struct workday *d, struct happening h)
{
	size_t i, n = d->n;

	add(d, h);
	if (d->n == n)
		return;
	h = d->list[n];
	for (i = n; i > 0 && later_first(&d->list[i - 1], &h) > 0; i--)
		d->list[i] = d->list[i - 1];
	d->list[i] = h;
}

static void
happen(struct workday *d, const struct happening *h)
{
	struct happening later = *h;
	bool needs_shift = h->what != OPEN_SHIFT && h->what != CLOSE_SHIFT;

	arena_reset(&d->arena);
	if (h->at_s > d->now_s)
		d->now_s = h->at_s;
	if (needs_shift && d->counters[h->till].shift == NULL) {
		later.at_s = d->now_s + 120;	/* the drawer is being counted */
		workday_plan(d, later);
		return;
	}
	switch (h->what) {
	case OPEN_SHIFT:
		workday_open_shift(d, h->till);
		break;
	case CUSTOMER:
		workday_serve(d, h->till);
		break;
	case SETTLE:
		workday_settle(d, h);
		break;
	case TAKE_UP:
		workday_take_up(d, h);
		break;
	case CLOSE_SHIFT:
		workday_close_shift(d, h->till);
		break;
	}
	free((void *)(uintptr_t)h->payload.p);
	progress_set(&d->bar, d->made);
}

static uint64_t
some_moment(struct workday *d)
{
	uint64_t r = dice_below(&d->dice, 100);
	unsigned hour = 0;

	for (; r >= customers_by_hour[hour]; hour++)
		r -= customers_by_hour[hour];
	return hour * HOUR + dice_below(&d->dice, HOUR);
}

static void
plan_day(struct workday *d)
{
	unsigned i, tills = fleet_size(d->fleet);

	for (i = 0; i < tills; i++) {
		add(d, (struct happening){ .till = i, .what = OPEN_SHIFT, .at_s = 30 * i % 600 });
		add(d, (struct happening){ .till = i, .what = CLOSE_SHIFT,
		    .at_s = CHANGE_OF_SHIFT + 60 * i % HOUR });
		add(d, (struct happening){ .till = i, .what = OPEN_SHIFT,
		    .at_s = CHANGE_OF_SHIFT + 60 * i % HOUR + 300 });
		add(d, (struct happening){ .till = i, .what = CLOSE_SHIFT,
		    .at_s = CLOSING + 60 * i });
	}
	for (uint64_t k = 0; k < d->o->customers; k++)
		add(d, (struct happening){ .till = (unsigned)dice_below(&d->dice, tills),
		    .what = CUSTOMER, .at_s = 600 + some_moment(d) * (CLOSING - 1200) / CLOSING });
	qsort(d->list, d->n, sizeof(*d->list), later_first);
}

static uint64_t
due_us(const struct workday *d, const struct happening *h)
{
	return d->began_us + (d->o->speed > 0 ? h->at_s * 1000000 / d->o->speed : 0);
}

static bool
may_happen(struct workday *d)
{
	const struct happening *h = &d->list[d->n - 1];

	return due_us(d, h) <= loop_now_us() && fleet_waiting(d->fleet, h->till) < BACKLOG;
}

static bool
goes_on(const struct workday *d)
{
	return d->err == KAS_OK && !fleet_interrupted(d->fleet) &&
	    !fleet_is_stuck(d->fleet, d->o->patience_us);
}

static void
live_through(struct workday *d)
{
	struct happening next;

	while (d->n > 0 && goes_on(d)) {
		while (d->n > 0 && goes_on(d) && may_happen(d)) {
			next = d->list[--d->n];
			happen(d, &next);
		}
		fleet_turn(d->fleet, loop_now_us() + (d->o->speed > 0 ? 10000 : 1000));
	}
}

/* The last to leave closes the day, when the store has every till's close. */
static void
close_day(struct workday *d)
{
	if (d->err == KAS_OK &&
	    !fleet_wait_settled(d->fleet, false, d->o->patience_us))
		d->err = KAS_AGAIN;
	if (d->err == KAS_OK && d->n > 0)
		d->err = KAS_AGAIN;
	workday_sign(d, 0, paper_plain(&d->arena, KASIR__V1__TRANSACTION_TYPE__DAY_CLOSE, ""),
	    STANDING_COUNTS);
}

static void
open_counters(struct workday *d)
{
	unsigned i, n = fleet_size(d->fleet);

	d->counters = calloc(n, sizeof(*d->counters));
	if (d->counters == NULL)
		d->err = KAS_NOMEM;
	for (i = 0; i < n && d->err == KAS_OK; i++) {
		d->counters[i].mix = mix_open(d->o->seed, d->o->store,
		    till_name(fleet_till(d->fleet, i)));
		if (d->counters[i].mix == NULL)
			d->err = KAS_NOMEM;
	}
}

static void
fini(struct workday *d)
{
	unsigned i;

	for (i = 0; d->counters != NULL && i < fleet_size(d->fleet); i++)
		mix_close(d->counters[i].mix);
	free(d->counters);
	while (d->n > 0)
		free((void *)(uintptr_t)d->list[--d->n].payload.p);
	free(d->list);
	arena_fini(&d->arena);
}

enum kas_err
workday_run(struct fleet *f, const struct workday_options *o, struct run_report *report)
{
	struct workday d = { .fleet = f, .o = o, .report = report, .dice = { ~o->seed },
		.began_us = loop_now_us() };

	arena_init(&d.arena, 0);
	open_counters(&d);
	plan_day(&d);
	progress_init(&d.bar, "Selling", "documents", o->customers + 6 * fleet_size(f));
	live_through(&d);
	close_day(&d);
	progress_end(&d.bar);
	fini(&d);
	return d.err;
}
