/* slip_cmd.c - the commands: which close, on which paper. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "edge/history.h"
#include "tools/kasirctl/close_slip.h"
#include "tools/kasirctl/paper_out.h"
#include "tools/kasirctl/walk.h"
#include "wire/codec.h"

/* The close that is looked for, from the newest entry back. */
struct search {
	Kasir__V1__LedgerEntry__BodyCase kind;
	uint64_t number;		/* of a Z; 0: the newest */
	const char *terminal;		/* of a shift; NULL: any */
	const char *shift;		/* its name; NULL: any */
	bool found;
	uint64_t index;
};

static bool
fits(const struct search *s, const Kasir__V1__LedgerEntry *e)
{
	if (e->body_case != s->kind)
		return false;
	if (s->kind == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		return s->number == 0 || e->day_closed->number == s->number;
	return (s->terminal == NULL || strcmp(s->terminal, e->shift_closed->terminal) == 0) &&
	    (s->shift == NULL || strcmp(s->shift, e->shift_closed->shift) == 0);
}

static enum walk_next
look_at(void *ctx, const struct walk_step *step)
{
	struct search *s = ctx;

	s->found = fits(s, step->entry);
	s->index = step->index;
	/* Numbers only rise: one below that was wanted means that there is none. */
	if (s->number > 0 && step->entry->body_case == s->kind &&
	    step->entry->day_closed->number < s->number)
		return WALK_STOP;
	return s->found ? WALK_STOP : WALK_ON;
}

static int
fail_absent(const struct cli *cli, const struct search *s)
{
	if (s->kind == KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED)
		return cli_fail(cli, EX_NOINPUT, "'kasirctl shift list' shows those that were closed",
		    "no such shift has been closed");
	if (s->number == 0)
		return cli_fail(cli, EX_NOINPUT, "'kasirctl day close' closes it", "no day has been "
		    "closed yet");
	return cli_fail(cli, EX_NOINPUT, NULL, "there is no Z number %" PRIu64 " yet", s->number);
}

static int
print_close(const struct cli *cli, struct ledger_reader *r, uint64_t index, struct arena *a,
    struct paper_job *job)
{
	Kasir__V1__LedgerEntry *e;
	struct store_entry kept;
	enum kas_err err;

	err = history_entry(r, index, a, &kept);
	if (err == KAS_OK)
		err = wire_decode_entry(kept.entry, a, &e, NULL);
	if (err != KAS_OK)
		return ctl_fail_read(cli, err, "the ledger");
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		close_print_day(e, index, kept.entry, &job->paper);
	else
		close_print_shift(e, index, kept.entry, &job->paper);
	return paper_end(cli, job);
}

static int
find_and_print(const struct cli *cli, struct ledger_reader *r, struct search *s,
    struct arena *a, struct paper_job *job)
{
	struct store_head head;
	enum kas_err err;
	int rc;

	rc = paper_take_ledger(cli, r, job);
	if (rc != EX_OK)
		return rc;
	err = ledger_read_head(r, a, &head);
	if (err == KAS_OK)
		err = walk_back(r, head.size, look_at, s);
	if (err != KAS_OK)
		return ctl_fail_read(cli, err, "the ledger");
	return s->found ? print_close(cli, r, s->index, a, job) : fail_absent(cli, s);
}

static int
print_found(const struct cli *cli, struct search *s)
{
	struct ledger_reader *r;
	struct paper_job job;
	struct arena a;
	int rc;

	rc = paper_begin(cli, &job);
	if (rc != EX_OK)
		return rc;
	rc = ctl_open_ledger(cli, &r);
	if (rc == EX_OK) {
		arena_init(&a, 0);
		rc = find_and_print(cli, r, s, &a, &job);
		arena_fini(&a);
		ledger_read_close(r);
	}
	paper_fini(&job);
	return rc;
}

int
ctl_slip_z(struct cli *cli)
{
	struct search s = { .kind = KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED };

	if (cli->argc > 0 && (decimal_parse(bytes_of_text(cli->argv[0]), &s.number) != KAS_OK ||
	    s.number == 0))
		return cli_usage(cli, "'%s' is no number of a Z: they count from 1", cli->argv[0]);
	return print_found(cli, &s);
}

int
ctl_slip_shift(struct cli *cli)
{
	struct search s = { .kind = KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED };

	s.terminal = cli->argc > 0 ? cli->argv[0] : NULL;
	s.shift = cli->argc > 1 ? cli->argv[1] : NULL;
	return print_found(cli, &s);
}

static const Kasir__V1__OpenShift *
open_shift_of(const Kasir__V1__BookState *b, const char *terminal)
{
	for (size_t i = 0; i < b->n_shifts; i++)
		if (strcmp(b->shifts[i]->terminal, terminal) == 0)
			return b->shifts[i];
	return NULL;
}

static int
print_x(const struct cli *cli, const Kasir__V1__DayReport *d, struct paper_job *job)
{
	const Kasir__V1__OpenShift *s;

	if (cli->argc == 0) {
		close_print_x(d, &job->paper);
		return paper_end(cli, job);
	}
	s = open_shift_of(d->state, cli->argv[0]);
	if (s == NULL)
		return cli_fail(cli, EX_NOINPUT, "'kasirctl slip shift' prints the last one that was "
		    "closed", "terminal %s has no open shift", cli->argv[0]);
	close_print_shift_x(s, &job->paper);
	return paper_end(cli, job);
}

static int
ask_and_print(const struct cli *cli, struct arena *a, struct paper_job *job)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__DayReportRequest day = KASIR__V1__DAY_REPORT_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	int rc;

	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_DAY_REPORT;
	q.day_report = &day;
	rc = ctl_call(cli, &q, a, &answer);
	if (rc != EX_OK)
		return rc;
	if (answer->body_case != KASIR__V1__CONTROL_RESPONSE__BODY_DAY ||
	    answer->day->state == NULL)
		return cli_fail(cli, EX_PROTOCOL, "install kasird and kasirctl of one version",
		    "kasird answered something else than was asked");
	return print_x(cli, answer->day, job);
}

int
ctl_slip_x(struct cli *cli)
{
	struct ledger_reader *r;
	struct paper_job job;
	struct arena a;
	int rc;

	rc = paper_begin(cli, &job);
	if (rc != EX_OK)
		return rc;
	rc = ctl_open_ledger(cli, &r);
	if (rc == EX_OK) {
		rc = paper_take_ledger(cli, r, &job);
		ledger_read_close(r);
	}
	if (rc == EX_OK) {
		arena_init(&a, 0);
		rc = ask_and_print(cli, &a, &job);
		arena_fini(&a);
	}
	paper_fini(&job);
	return rc;
}
