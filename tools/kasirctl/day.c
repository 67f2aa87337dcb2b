/* day.c - the day so far (X), and its close (Z). */
#include "tools/kasirctl/ctl.h"

#include "edge/glyph.h"
#include "edge/lang.h"
#include "tools/kasirctl/day.h"
#include "tools/kasirctl/proto_json.h"
#include "wire/codec.h"

static int
ask(const struct cli *cli, const Kasir__V1__ControlRequest *q, struct arena *a,
    Kasir__V1__ControlResponse__BodyCase wants, Kasir__V1__ControlResponse **ret)
{
	int rc = ctl_call(cli, q, a, ret);

	if (rc == EX_OK && (*ret)->body_case != wants)
		rc = cli_fail(cli, EX_PROTOCOL, "install kasird and kasirctl of one version",
		    "kasird answered something else than was asked");
	return rc;
}

/* The store's currency, from the daemon: reports have none of their own. */
static int
ask_money(const struct cli *cli, struct arena *a, struct period_money *ret)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__StatusRequest status = KASIR__V1__STATUS_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	int rc;

	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_STATUS;
	q.status = &status;
	rc = ask(cli, &q, a, KASIR__V1__CONTROL_RESPONSE__BODY_STATUS, &answer);
	if (rc == EX_OK)
		*ret = (struct period_money){ answer->status->currency, answer->status->exponent };
	return rc;
}

static int
print_json(const struct cli *cli, const ProtobufCMessage *m)
{
	json_t *v = proto_json(m);
	int failed = v == NULL || json_dumpf(v, stdout, JSON_INDENT(2)) != 0;

	json_decref(v);
	printf("\n");
	return failed ? cli_fail(cli, EX_OSERR, NULL, "out of memory") : EX_OK;
}

static int
print_terminals(const struct cli *cli, Kasir__V1__TerminalStanding *const *list, size_t n)
{
	static const struct table_column columns[] = {
		{ "terminal", "Terminal", TABLE_LEFT }, { "epoch", "Epoch", TABLE_RIGHT },
		{ "newest", "Newest", TABLE_RIGHT }, { "missing", "Missing", TABLE_RIGHT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	for (size_t i = 0; i < n; i++) {
		table_text(t, list[i]->terminal);
		table_count(t, list[i]->epoch);
		table_count(t, list[i]->newest);
		table_count(t, list[i]->missing);
	}
	printf("\n");
	return ctl_print(cli, t, false);
}

/* Shift and cashier are texts of the till's. */
static void
print_shift_heading(const Kasir__V1__OpenShift *s)
{
	struct buf shift, cashier;

	buf_init(&shift);
	buf_init(&cashier);
	glyph_tame(&shift, s->shift);
	glyph_tame(&cashier, s->cashier);
	buf_add(&shift, "", 1);
	buf_add(&cashier, "", 1);
	if (!shift.failed && !cashier.failed)
		printf(_("\nShift \"%s\" at %s, opened by \"%s\"\n\n"), (const char *)shift.p,
		    s->terminal, (const char *)cashier.p);
	buf_fini(&shift);
	buf_fini(&cashier);
}

static int
print_report(const struct cli *cli, const Kasir__V1__DayReport *r, const struct period_money *m)
{
	const Kasir__V1__BookState *s = r->state;
	uint64_t waits = r->size > r->cosigned_size ? r->size - r->cosigned_size : 0;
	int rc;

	printf(_("X: the day since Z %llu, entries %llu to %llu (%llu not yet at headquarters)\n\n"),
	    (unsigned long long)s->day_number, (unsigned long long)s->day_first,
	    (unsigned long long)(r->size - 1), (unsigned long long)waits);
	rc = ctl_print(cli, period_table(s->day, m), false);
	for (size_t i = 0; rc == EX_OK && i < s->n_shifts; i++) {
		print_shift_heading(s->shifts[i]);
		rc = ctl_print(cli, period_table(s->shifts[i]->totals, m), false);
	}
	if (rc == EX_OK)
		rc = print_terminals(cli, r->terminals, r->n_terminals);
	if (rc == EX_OK && s->open_bills > 0)
		printf(_("\nsuspended sales that are open: %llu\n"),
		    (unsigned long long)s->open_bills);
	if (rc == EX_OK && s->pending != NULL && s->pending->count > 0)
		printf(_("\ntenders that are not settled: %llu\n"),
		    (unsigned long long)s->pending->count);
	return rc;
}

int
day_print(const struct cli *cli, const Kasir__V1__DayReport *r, const struct period_money *m)
{
	return cli_flag(cli, "json") ? print_json(cli, &r->base) : print_report(cli, r, m);
}

int
ctl_day_report(struct cli *cli)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__DayReportRequest report = KASIR__V1__DAY_REPORT_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	struct period_money m;
	struct arena a;
	int rc;

	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_DAY_REPORT;
	q.day_report = &report;
	arena_init(&a, 0);
	rc = ask_money(cli, &a, &m);
	if (rc == EX_OK)
		rc = ask(cli, &q, &a, KASIR__V1__CONTROL_RESPONSE__BODY_DAY, &answer);
	if (rc == EX_OK)
		rc = day_print(cli, answer->day, &m);
	arena_fini(&a);
	return rc;
}

int
day_print_close(const struct cli *cli, const Kasir__V1__DayClosed *d, enum day_print_as as,
    const struct period_money *m)
{
	char day[LANG_TIME_MAX] = "-";
	int rc;

	if (cli_flag(cli, "json"))
		return print_json(cli, &d->base);
	if (d->business_day != 0)
		lang_day(d->business_day, day);
	printf(as == DAY_AS_IT_WOULD_BE ? _("Z %llu of %s, as it would be: entries %llu to %llu\n\n") :
	    as == DAY_REPRINT ? _("Z %llu of %s (reprint): entries %llu to %llu\n\n") :
	    _("Z %llu of %s: entries %llu to %llu\n\n"), (unsigned long long)d->number, day, (unsigned long long)d->first,
	    (unsigned long long)(d->size - 1));
	rc = ctl_print(cli, period_table(d->totals, m), false);
	if (rc == EX_OK)
		rc = print_terminals(cli, d->terminals, d->n_terminals);
	if (rc == EX_OK && d->open_shifts > 0)
		printf(_("\nshifts that are still open: %llu; what they sell belongs to the next day\n"),
		    (unsigned long long)d->open_shifts);
	return rc;
}

static int
print_close(const struct cli *cli, const Kasir__V1__EntryResult *result, bool dry_run,
    const struct period_money *m, struct arena *a, uint64_t *ret_number)
{
	Kasir__V1__LedgerEntry *e;

	e = PROTO_UNPACK(kasir__v1__ledger_entry, a, bytes_of_proto(result->entry));
	if (e == NULL || e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		return cli_fail(cli, EX_PROTOCOL, "install kasird and kasirctl of one version",
		    "kasird answered something else than was asked");
	*ret_number = e->day_closed->number;
	return day_print_close(cli, e->day_closed, dry_run ? DAY_AS_IT_WOULD_BE : DAY_WRITTEN, m);
}

/* Ask for the close, or for what it would be: Z *NUMBER, or with 0 the next, which it becomes. */
static int
close_day(const struct cli *cli, bool dry_run, const struct period_money *m, struct arena *a,
    uint64_t *number)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__DayCloseRequest close = KASIR__V1__DAY_CLOSE_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	int rc;

	close.reason = (char *)(uintptr_t)cli_value(cli, "reason", "");
	close.carry_pending = cli_flag(cli, "carry-pending");
	close.dry_run = dry_run;
	close.number = *number;
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_DAY_CLOSE;
	q.day_close = &close;
	rc = ask(cli, &q, a, KASIR__V1__CONTROL_RESPONSE__BODY_ENTRY, &answer);
	if (rc == EX_OK)
		rc = print_close(cli, answer->entry, dry_run, m, a, number);
	return rc;
}

int
ctl_day_close(struct cli *cli)
{
	bool dry_run = cli_flag(cli, "dry-run"), go = false;
	uint64_t number = 0;		/* what is closed is what was shown */
	struct period_money m;
	struct arena a;
	int rc;

	if (!dry_run && cli_value(cli, "reason", "")[0] == '\0')
		return cli_usage(cli, "--reason TEXT is missing: why, or by whose order; it becomes "
		    "part of the ledger");
	arena_init(&a, 0);
	rc = ask_money(cli, &a, &m);
	/* Programs get one object: what was done, or what would be. */
	if (rc == EX_OK && (dry_run || !(cli_flag(cli, "yes") || cli_flag(cli, "json"))))
		rc = close_day(cli, true, &m, &a, &number);
	if (rc == EX_OK)
		rc = ctl_confirm(cli, &go, "the day will be closed: what comes later belongs to the "
		    "next one");
	if (rc == EX_OK && go)
		rc = close_day(cli, false, &m, &a, &number);
	arena_fini(&a);
	return rc;
}
