/* A data set, sold again: every document of the file becomes a sale of one of the tills. */
#include "tools/kasir-term/commands.h"

#include <time.h>

#include "base/proto.h"
#include "edge/progress.h"
#include "tools/kasir-term/dataset.h"
#include "tools/kasir-term/report.h"

const struct cli_option replay_options[] = {
	{ "terminals", 'n', "N", "how many tills take turns (4)" },
	{ "prefix", 0, "TEXT", "of their ids: <prefix>001 and on (till-)" },
	{ "rate", 'r', "N", "documents a second; 0: as fast as it goes (0)" },
	{ "limit", 0, "N", "only the first N documents" },
	{ "repeat", 0, "N", "the whole file N times (1)" },
	{ "wait-witnessed", 'w', NULL, "end only when headquarters has all" },
	{ "patience", 0, "SECONDS", "end when nothing is answered for this long (120)" },
	{ NULL, 0, NULL, NULL },
};

#define BACKLOG 128		/* documents a till runs ahead of its acks */

struct player {
	struct cli *cli;
	struct fleet *fleet;
	struct arena arena;
	struct progress bar;
	uint64_t rate, limit, made, next_us, patience_us;
	unsigned till;
	struct dataset_counts counts;	/* of all rounds */
	struct run_report report;
};

static enum kas_err
pack_personal(struct player *p, const Kasir__V1__PersonalData *who, struct bytes *ret)
{
	*ret = BYTES_NONE;
	if (who == NULL)
		return KAS_OK;
	return proto_pack(&p->arena, &who->base, ret) ? KAS_OK : KAS_NOMEM;
}

/* The file's documents have no time where the file has none; a till knows what time it is. */
static void
complete(Kasir__V1__Transaction *doc)
{
	struct timespec ts;
	struct tm day;

	if (doc->at_us == 0) {
		clock_gettime(CLOCK_REALTIME, &ts);
		doc->at_us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
		doc->utc_offset_min = BASKET_UTC_OFFSET_MIN;
		doc->business_day = basket_business_day(doc->at_us);
	}
	if (doc->business_day == 0) {
		ts.tv_sec = (time_t)(doc->at_us / 1000000);
		gmtime_r(&ts.tv_sec, &day);
		doc->business_day = (uint32_t)((day.tm_year + 1900) * 10000 +
		    (day.tm_mon + 1) * 100 + day.tm_mday);
	}
}

static enum kas_err
play_case(struct player *p, const struct dataset_case *c)
{
	struct bytes payload, personal;
	enum kas_err err;

	complete(c->doc);
	if (!proto_pack(&p->arena, &c->doc->base, &payload))
		return KAS_NOMEM;
	err = pack_personal(p, c->who, &personal);
	if (err != KAS_OK)
		return err;
	p->till = (p->till + 1) % fleet_size(p->fleet);
	err = fleet_sell(p->fleet, p->till, payload, personal, loop_now_us(), NULL);
	if (err != KAS_OK)
		return err;
	p->made++;
	report_add(&p->report, c->doc->type, c->doc->payable);
	return KAS_OK;
}

static bool
is_over(struct player *p)
{
	return fleet_interrupted(p->fleet) || fleet_is_stuck(p->fleet, p->patience_us) ||
	    (p->limit > 0 && p->made >= p->limit);
}

/* Until the next document may come: its moment, and room at its till. */
static void
pause_before_next(struct player *p)
{
	unsigned next = (p->till + 1) % fleet_size(p->fleet);
	uint64_t now = loop_now_us();

	do {
		fleet_turn(p->fleet,
		    p->rate > 0 && p->next_us < now + 50000 ? p->next_us : now + 1000);
		now = loop_now_us();
	} while (!is_over(p) &&
	    (now < p->next_us || fleet_waiting(p->fleet, next) >= BACKLOG));
	if (p->rate > 0)
		p->next_us += 1000000 / p->rate;
}

static void
add_counts(struct dataset_counts *to, const struct dataset_counts *c)
{
	to->rows += c->rows;
	to->lines += c->lines;
	to->lines_for_rows += c->lines_for_rows;
	to->documents += c->documents;
	to->rows_unreadable += c->rows_unreadable;
	to->rows_unpriced += c->rows_unpriced;
	to->names_shortened += c->names_shortened;
	to->tenders_made_up += c->tenders_made_up;
	to->changes_made_up += c->changes_made_up;
	to->taxes_as_printed += c->taxes_as_printed;
	to->figures_unused += c->figures_unused;
	to->totals_made_up += c->totals_made_up;
}

static enum kas_err
play_file(struct player *p, const char *path, struct kas_why *why)
{
	struct dataset *d;
	struct dataset_case c;
	enum kas_err err = dataset_open(path, &d, why);

	if (err != KAS_OK)
		return err;
	while (!is_over(p)) {
		arena_reset(&p->arena);
		err = dataset_next(d, &p->arena, &c, why);
		if (err == KAS_OK) {
			err = play_case(p, &c);
			if (err != KAS_OK)
				(void)kas_fail(why, err, "%s was not sold: %s", c.name, kas_err_text(err));
		}
		if (err != KAS_OK)
			break;
		progress_set(&p->bar, p->made);
		/* The clock of the loop is not asked for each of thousands that fit. */
		if (p->rate > 0 || p->made % 16 == 0)
			pause_before_next(p);
	}
	add_counts(&p->counts, dataset_counts(d));
	dataset_close(d);
	return err == KAS_NOTFOUND ? KAS_OK : err;
}

static int
play(struct player *p, uint64_t repeat)
{
	uint64_t began = loop_now_us(), i;
	struct kas_why why = { "" };
	enum kas_err err = KAS_OK;

	progress_init(&p->bar, "Replaying", "documents", p->limit);
	p->next_us = began;
	for (i = 0; i < repeat && err == KAS_OK && !is_over(p); i++)
		err = play_file(p, p->cli->argv[0], &why);
	progress_end(&p->bar);
	if (err != KAS_OK)
		return cli_fail(p->cli, cli_exit_of(err), NULL, "%s", why.text);
	(void)fleet_wait_settled(p->fleet, p->report.want_witnessed, p->patience_us);
	p->report.elapsed_us = loop_now_us() - began;
	return report_run(p->cli, p->fleet, &p->report);
}

int
replay(struct cli *cli)
{
	struct term_options o;
	struct fleet_config config = { .options = &o, .make_keys = true };
	struct player p = { .cli = cli, .report = { .options = &o } };
	struct kas_why why;
	int code = options_read(cli, false, &o);
	uint64_t repeat;
	enum kas_err err;

	config.n = (unsigned)cli_number(cli, "terminals", 1, 9999, 4, &code);
	config.prefix = cli_value(cli, "prefix", "till-");
	p.rate = cli_number(cli, "rate", 0, 1000000, 0, &code);
	p.limit = cli_number(cli, "limit", 1, INT64_MAX, 0, &code);
	repeat = cli_number(cli, "repeat", 1, 1000000, 1, &code);
	p.patience_us = cli_number(cli, "patience", 1, 86400, 120, &code) * 1000000;
	p.report.want_witnessed = cli_flag(cli, "wait-witnessed");
	p.report.dataset = &p.counts;
	if (code != EX_OK)
		return code;
	err = fleet_open(&config, &p.fleet, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	arena_init(&p.arena, 0);
	code = play(&p, repeat);
	arena_fini(&p.arena);
	fleet_close(p.fleet);
	return code;
}
