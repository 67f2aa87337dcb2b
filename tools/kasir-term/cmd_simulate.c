/* Tills that sell, take back and void as shops do: each at moments of its own, from one seed. */
#include "tools/kasir-term/commands.h"

#include <stdlib.h>
#include <time.h>

#include "edge/progress.h"
#include "tools/kasir-term/baskets.h"
#include "tools/kasir-term/mix.h"
#include "tools/kasir-term/report.h"
#include "tools/kasir-term/workday.h"

const struct cli_option simulate_options[] = {
	{ "terminals", 'n', "N", "how many tills (3)" },
	{ "prefix", 0, "TEXT", "of their ids: <prefix>001 and on (till-)" },
	{ "rate", 'r', "N", "documents a second of all tills; 0: as fast as it goes (10)" },
	{ "count", 'c', "N", "documents in all, then end" },
	{ "duration", 'd', "SECONDS", "sell for this long, then end" },
	{ "seed", 0, "N", "of the documents and their moments (1)" },
	{ "wait-witnessed", 'w', NULL, "end only when headquarters has all" },
	{ "day", 0, NULL, "a whole day: shifts, rushes, closes; --count customers (300)" },
	{ "speed", 0, "N", "of the day, times as fast as life; 0: as fast as it goes (400)" },
	{ "on", 0, "DATE", "what the clocks say that day, 2026-11-22; without it: what they say" },
	{ "patience", 0, "SECONDS", "end when nothing is answered for this long (60)" },
	{ NULL, 0, NULL, NULL },
};

#define BACKLOG 128		/* sales a till runs ahead when there is no rate */

struct simulation {
	struct cli *cli;
	struct fleet *fleet;
	struct mix **mixes;		/* one a till */
	struct dice who, when;
	struct arena arena;
	uint64_t rate, count, end_us, patience_us;
	uint64_t made, next_us;
	unsigned till;			/* who sells next */
	struct run_report report;
	enum kas_err err;
};

static int64_t
wall_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
sell_next(struct simulation *s, uint64_t began_us)
{
	struct mix *mix = s->mixes[s->till];
	struct mix_document doc;
	struct receipt r;

	arena_reset(&s->arena);
	s->err = mix_next(mix, wall_us(), &s->arena, &doc);
	if (s->err == KAS_OK)
		s->err = fleet_sell(s->fleet, s->till, doc.payload, BYTES_NONE, began_us, &r);
	if (s->err == KAS_OK)
		s->err = mix_made(mix, r.epoch, r.sequence);
	if (s->err != KAS_OK)
		return;
	s->made++;
	report_add(&s->report, doc.type, doc.payable);
	s->till = (unsigned)dice_below(&s->who, fleet_size(s->fleet));
}

static bool
is_over(struct simulation *s)
{
	return s->err != KAS_OK || fleet_interrupted(s->fleet) ||
	    (s->count > 0 && s->made >= s->count) || (s->end_us > 0 && loop_now_us() >= s->end_us);
}

/* They come at moments whose distances are anything from none to twice the mean. */
static void
sell_what_is_due(struct simulation *s)
{
	while (!is_over(s) && s->next_us <= loop_now_us()) {
		sell_next(s, s->next_us);
		s->next_us += dice_below(&s->when, 2 * 1000000 / s->rate + 1);
	}
}

/* The dice say who is next, not who is quick: the same seed sells the same. */
static void
sell_while_there_is_room(struct simulation *s)
{
	while (!is_over(s) && fleet_waiting(s->fleet, s->till) < BACKLOG)
		sell_next(s, loop_now_us());
	s->next_us = loop_now_us() + 1000;
}

static void
sell_until_over(struct simulation *s)
{
	struct progress bar;

	progress_init(&bar, "Selling", "sales", s->count);
	s->next_us = loop_now_us();
	while (!is_over(s) && !fleet_is_stuck(s->fleet, s->patience_us)) {
		if (s->rate > 0)
			sell_what_is_due(s);
		else
			sell_while_there_is_room(s);
		progress_set(&bar, s->made);
		/* Not longer: somebody may have lost patience by then. */
		fleet_turn(s->fleet, s->next_us < loop_now_us() + 50000 ? s->next_us
									: loop_now_us() + 50000);
	}
	progress_end(&bar);
}

static int
finish(struct simulation *s, uint64_t began_us)
{
	if (s->err != KAS_OK)
		return cli_fail(s->cli, cli_exit_of(s->err), NULL, "a sale was not made: %s",
		    kas_err_text(s->err));
	(void)fleet_wait_settled(s->fleet, s->report.want_witnessed, s->patience_us);
	s->report.elapsed_us = loop_now_us() - began_us;
	return report_run(s->cli, s->fleet, &s->report);
}

static void
close_mixes(struct simulation *s)
{
	unsigned i;

	for (i = 0; s->mixes != NULL && i < fleet_size(s->fleet); i++)
		mix_close(s->mixes[i]);
	free(s->mixes);
}

static enum kas_err
open_mixes(struct simulation *s, uint64_t seed, const char *store)
{
	unsigned i;

	s->mixes = calloc(fleet_size(s->fleet), sizeof(*s->mixes));
	for (i = 0; s->mixes != NULL && i < fleet_size(s->fleet); i++) {
		s->mixes[i] = mix_open(seed, store, till_name(fleet_till(s->fleet, i)));
		if (s->mixes[i] == NULL)
			return KAS_NOMEM;
	}
	return s->mixes != NULL ? KAS_OK : KAS_NOMEM;
}

static int
run_simulation(struct simulation *s, uint64_t seed, uint64_t duration_s)
{
	uint64_t began = loop_now_us();
	int code;

	s->who.state = seed;
	s->when.state = ~seed;
	s->end_us = duration_s > 0 ? began + duration_s * 1000000 : 0;
	s->till = (unsigned)dice_below(&s->who, fleet_size(s->fleet));
	arena_init(&s->arena, 0);
	s->err = open_mixes(s, seed, s->report.options->store);
	sell_until_over(s);
	code = finish(s, began);
	close_mixes(s);
	arena_fini(&s->arena);
	return code;
}

/* Eight in the morning of DATE, there; 0: it says none.  Negative: it is no date. */
static int64_t
opening_of(const char *date)
{
	struct tm tm = { .tm_hour = 8 };
	char *end = date[0] != '\0' ? strptime(date, "%Y-%m-%d", &tm) : NULL;

	if (date[0] == '\0')
		return 0;
	if (end == NULL || *end != '\0')
		return -1;
	return ((int64_t)timegm(&tm) - BASKET_UTC_OFFSET_MIN * 60) * 1000000;
}

static int
run_day(struct simulation *s, uint64_t seed, const struct workday_options *given)
{
	struct workday_options o = *given;
	uint64_t began = loop_now_us();
	enum kas_err err;

	o.store = s->report.options->store;
	o.seed = seed;
	o.customers = s->count > 0 ? s->count : 300;
	o.patience_us = s->patience_us;
	err = workday_run(s->fleet, &o, &s->report);
	s->err = err == KAS_AGAIN ? KAS_OK : err;	/* the report says what is in the way */
	return finish(s, began);
}

int
simulate(struct cli *cli)
{
	struct workday_options day = { .opens_us = opening_of(cli_value(cli, "on", "")) };
	bool is_day = cli_flag(cli, "day");
	struct term_options o;
	struct fleet_config config = { .options = &o, .make_keys = true };
	struct simulation s = { .cli = cli, .report = { .options = &o } };
	struct kas_why why;
	int code = options_read(cli, false, &o);
	uint64_t duration, seed;
	enum kas_err err;

	config.n = (unsigned)cli_number(cli, "terminals", 1, 9999, 3, &code);
	config.prefix = cli_value(cli, "prefix", "till-");
	s.rate = cli_number(cli, "rate", 0, 1000000, 10, &code);
	s.count = cli_number(cli, "count", 1, INT64_MAX, 0, &code);
	day.speed = cli_number(cli, "speed", 0, 1000000, 400, &code);
	seed = cli_number(cli, "seed", 0, UINT64_MAX, 1, &code);
	duration = cli_number(cli, "duration", 1, 10000000, 0, &code);
	s.patience_us = cli_number(cli, "patience", 1, 86400, 60, &code) * 1000000;
	s.report.want_witnessed = cli_flag(cli, "wait-witnessed");
	if (code != EX_OK)
		return code;
	if (day.opens_us < 0)
		return cli_usage(cli, "--on: a date reads 2026-11-22");
	if (!is_day && s.count == 0 && duration == 0)
		return cli_usage(cli, "say how much with --count or how long with --duration");
	err = fleet_open(&config, &s.fleet, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	code = is_day ? run_day(&s, seed, &day) : run_simulation(&s, seed, duration);
	fleet_close(s.fleet);
	return code;
}
