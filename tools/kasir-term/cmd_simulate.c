/* Tills that sell as shops do: each at moments of its own, from one seed. */
#include "tools/kasir-term/commands.h"

#include <stdlib.h>
#include <time.h>

#include "edge/progress.h"
#include "tools/kasir-term/report.h"

const struct cli_option simulate_options[] = {
	{ "terminals", 'n', "N", "how many tills (3)" },
	{ "prefix", 0, "TEXT", "of their ids: <prefix>001 and on (till-)" },
	{ "rate", 'r', "N", "sales a second of all tills; 0: as fast as it goes (10)" },
	{ "count", 'c', "N", "sales in all, then end" },
	{ "duration", 'd', "SECONDS", "sell for this long, then end" },
	{ "seed", 0, "N", "of the baskets and their moments (1)" },
	{ "wait-witnessed", 'w', NULL, "end only when headquarters has all" },
	{ "patience", 0, "SECONDS", "how long to wait at the end (60)" },
	{ NULL, 0, NULL, NULL },
};

#define BACKLOG 128		/* sales a till runs ahead when there is no rate */

struct simulation {
	struct cli *cli;
	struct fleet *fleet;
	struct dice dice;
	struct arena arena;
	uint64_t rate, count, end_us;
	uint64_t made, next_us;
	uint64_t receipts;
	int64_t amount;
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
sell_at(struct simulation *s, unsigned till, uint64_t began_us)
{
	struct bytes payload;
	int64_t payable;

	arena_reset(&s->arena);
	payload = basket_make(&s->dice, wall_us(), ++s->receipts, 0, &s->arena, &payable);
	s->err = fleet_sell(s->fleet, till, payload, BYTES_NONE, began_us);
	if (s->err == KAS_OK) {
		s->made++;
		s->amount += payable;
	}
}

static bool
is_over(const struct simulation *s)
{
	return s->err != KAS_OK || fleet_interrupted(s->fleet) ||
	    (s->count > 0 && s->made >= s->count) || (s->end_us > 0 && loop_now_us() >= s->end_us);
}

/* Sales come at moments whose distances are anything from none to twice the mean. */
static void
sell_what_is_due(struct simulation *s)
{
	while (!is_over(s) && s->next_us <= loop_now_us()) {
		sell_at(s, (unsigned)dice_below(&s->dice, fleet_size(s->fleet)), s->next_us);
		s->next_us += dice_below(&s->dice, 2 * 1000000 / s->rate + 1);
	}
}

static void
sell_all_there_is_room_for(struct simulation *s)
{
	unsigned i;

	for (i = 0; i < fleet_size(s->fleet); i++)
		while (!is_over(s) && fleet_waiting(s->fleet, i) < BACKLOG)
			sell_at(s, i, loop_now_us());
	s->next_us = loop_now_us() + 1000;
}

static void
sell_until_over(struct simulation *s)
{
	struct progress bar;

	progress_init(&bar, "Selling", "sales", s->count);
	s->next_us = loop_now_us();
	while (!is_over(s)) {
		if (s->rate > 0)
			sell_what_is_due(s);
		else
			sell_all_there_is_room_for(s);
		progress_set(&bar, s->made);
		fleet_turn(s->fleet, s->next_us);
	}
	progress_end(&bar);
}

static int
finish(struct simulation *s, uint64_t began_us, uint64_t patience_us)
{
	struct run_report r = { .amount = s->amount };

	r.want_witnessed = cli_flag(s->cli, "wait-witnessed");
	if (s->err != KAS_OK)
		return cli_fail(s->cli, cli_exit_of(s->err), NULL, "a sale was not made: %s",
		    kas_err_text(s->err));
	(void)fleet_wait_settled(s->fleet, r.want_witnessed, patience_us);
	r.elapsed_us = loop_now_us() - began_us;
	return report_run(s->cli, s->fleet, &r);
}

int
simulate(struct cli *cli)
{
	struct term_options o;
	struct fleet_config config = { .options = &o, .make_keys = true };
	struct simulation s = { .cli = cli };
	struct kas_why why;
	int code = options_read(cli, false, &o);
	uint64_t duration, patience, began;
	enum kas_err err;

	config.n = (unsigned)cli_number(cli, "terminals", 1, 9999, 3, &code);
	config.prefix = cli_value(cli, "prefix", "till-");
	s.rate = cli_number(cli, "rate", 0, 1000000, 10, &code);
	s.count = cli_number(cli, "count", 1, INT64_MAX, 0, &code);
	s.dice.state = cli_number(cli, "seed", 0, UINT64_MAX, 1, &code);
	duration = cli_number(cli, "duration", 1, 10000000, 0, &code);
	patience = cli_number(cli, "patience", 1, 86400, 60, &code);
	if (code != EX_OK)
		return code;
	if (s.count == 0 && duration == 0)
		return cli_usage(cli, "say how much with --count or how long with --duration");
	err = fleet_open(&config, &s.fleet, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	arena_init(&s.arena, 0);
	began = loop_now_us();
	s.end_us = duration > 0 ? began + duration * 1000000 : 0;
	sell_until_over(&s);
	code = finish(&s, began, patience * 1000000);
	arena_fini(&s.arena);
	fleet_close(s.fleet);
	return code;
}
