/* Tills that sell, take back and void as shops do: each at moments of its own, from one seed. */
#include "tools/kasir-term/commands.h"

#include <stdlib.h>
#include <time.h>

#include "edge/progress.h"
#include "tools/kasir-term/baskets.h"
#include "tools/kasir-term/mix.h"
#include "tools/kasir-term/report.h"

const struct cli_option simulate_options[] = {
	{ "terminals", 'n', "N", "how many tills (3)" },
	{ "prefix", 0, "TEXT", "of their ids: <prefix>001 and on (till-)" },
	{ "rate", 'r', "N", "documents a second of all tills; 0: as fast as it goes (10)" },
	{ "count", 'c', "N", "documents in all, then end" },
	{ "duration", 'd', "SECONDS", "sell for this long, then end" },
	{ "seed", 0, "N", "of the documents and their moments (1)" },
	{ "wait-witnessed", 'w', NULL, "end only when headquarters has all" },
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

int
simulate(struct cli *cli)
{
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
	seed = cli_number(cli, "seed", 0, UINT64_MAX, 1, &code);
	duration = cli_number(cli, "duration", 1, 10000000, 0, &code);
	s.patience_us = cli_number(cli, "patience", 1, 86400, 60, &code) * 1000000;
	s.report.want_witnessed = cli_flag(cli, "wait-witnessed");
	if (code != EX_OK)
		return code;
	if (s.count == 0 && duration == 0)
		return cli_usage(cli, "say how much with --count or how long with --duration");
	err = fleet_open(&config, &s.fleet, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	code = run_simulation(&s, seed, duration);
	fleet_close(s.fleet);
	return code;
}
