/* export_daybook.c - each Z as a booking of the day: what it closed, on the accounts of a
 * file.  A Z is frozen, so what was booked once never changes; what comes late stands in the
 * next one. */
#include <inttypes.h>
#include <string.h>

#include "cash/ruleset.h"
#include "edge/keyfile.h"
#include "edge/lang.h"
#include "tools/kasirctl/export_out.h"
#include "tools/kasirctl/postings.h"
#include "tools/kasirctl/scan.h"

struct job {
	const struct cli *cli;
	struct scan scan;
	struct export_out out;
	struct export_days days;
	struct rows row;
	struct accounts accounts;
	struct postings postings;
	int64_t total;			/* of what counts, to be held against the Z's own */
	uint64_t closes;		/* written */
	struct arena texts, one;	/* of the file; of one entry */
};

static int
read_accounts(const struct cli *cli, struct job *j)
{
	const char *path = cli_value(cli, "accounts", NULL);
	struct problems problems = { .n = 0 };
	struct kas_why why = { "" };
	struct buf text;
	enum kas_err err;
	int rc = EX_OK;

	if (path == NULL)
		return cli_usage(cli, "--accounts FILE is missing: which figure goes to which account");
	buf_init(&text);
	err = file_read(path, SETTINGS_BYTES_MAX, &text, &why);
	if (err != KAS_OK)
		rc = cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	else if ((err = accounts_read(buf_bytes(&text), &j->texts, &j->accounts, &problems)) ==
	    KAS_NOMEM)
		rc = cli_fail(cli, EX_OSERR, NULL, "out of memory");
	for (size_t i = 0; i < problems.n && i < PROBLEMS_MAX; i++)
		fprintf(stderr, "%s:%u: %s\n", path, problems.item[i].line, problems.item[i].text);
	if (rc == EX_OK && err != KAS_OK)
		rc = cli_fail(cli, EX_CONFIG, "mend these lines; docs/reference/exports.md has an example",
		    "%s: problems in it: %zu", path, problems.n);
	buf_fini(&text);
	return rc;
}

static bool
is_training(const Kasir__V1__Transaction *doc)
{
	for (size_t i = 0; i < doc->n_flags; i++)
		if (doc->flags[i] == KASIR__V1__TRANSACTION_FLAG__TRAINING)
			return true;
	return false;
}

static void
add_total(struct job *j, const Kasir__V1__Transaction *doc, int sign)
{
	if (period_trades(doc->type))
		period_gain(&j->total, sign * (int128)doc->gross);
}

/* As it stood when it came: what was said of it later is booked later. */
static void
post_transaction(struct job *j, const struct scan_step *x)
{
	if (x->doc == NULL || is_training(x->doc))
		return;
	if (x->entry->transaction->n_broken > 0) {
		postings_except(&j->postings, x->doc);
	} else {
		postings_add(&j->postings, x->doc, 1);
		add_total(j, x->doc, 1);
	}
}

/* A return that was found wrong later had counted: only the manager's void takes it out. */
static int
post_settled(struct job *j, const Kasir__V1__ReturnSettled *s, bool accepted)
{
	struct scan_step x;
	int rc = scan_one(j->cli, &j->scan, s->return_index, &j->one, &x);

	if (rc == EX_OK && x.doc != NULL && !accepted) {
		postings_add(&j->postings, x.doc, -1);
		add_total(j, x.doc, -1);
	}
	return rc;
}

static int
post_resolution(struct job *j, const Kasir__V1__ExceptionResolved *r)
{
	bool accepted = r->how == KASIR__V1__RESOLUTION__ACCEPTED;
	struct scan_step x;
	int rc;

	arena_reset(&j->one);
	rc = scan_one(j->cli, &j->scan, r->index, &j->one, &x);
	if (rc != EX_OK)
		return rc;
	if (x.entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED)
		return post_settled(j, x.entry->return_settled, accepted);
	if (x.doc == NULL)
		return EX_OK;
	if (!accepted) {
		postings_void(&j->postings, x.doc);
		return EX_OK;
	}
	postings_accept(&j->postings, x.doc);
	add_total(j, x.doc, 1);
	return EX_OK;
}

static void
write_posting(struct rows *r, uint32_t day, uint64_t number, const char *account, int64_t sum)
{
	char reference[32];

	snprintf(reference, sizeof reference, "Z %" PRIu64, number);
	rows_begin(r);
	rows_day(r, "date", day);
	rows_text(r, "account", account);
	rows_money(r, "debit", sum > 0 ? sum : 0);
	rows_money(r, "credit", sum < 0 ? -sum : 0);
	rows_text(r, "reference", reference);
	rows_end(r);
}

static int
write_close(struct job *j, uint64_t index, const Kasir__V1__DayClosed *d, uint32_t day)
{
	const struct postings *p = &j->postings;

	if (p->failed)
		return cli_fail(j->cli, EX_OSERR, NULL, "out of memory");
	if (d->totals == NULL || d->totals->total != j->total)
		return cli_fail(j->cli, EX_DATAERR, "'kasirctl verify' says what is wrong with the ledger",
		    "entry %" PRIu64 ": Z %" PRIu64 " states another total than its transactions have",
		    index, d->number);
	for (size_t i = 0; i < p->n; i++) {
		if (p->list[i].sum > INT64_MAX || p->list[i].sum < -INT64_MAX)
			return cli_fail(j->cli, EX_DATAERR, NULL, "Z %" PRIu64 ": account %s: the sum is "
			    "beyond any amount", d->number, p->list[i].account);
		if (p->list[i].sum != 0)
			write_posting(&j->row, day, d->number, p->list[i].account,
			    (int64_t)p->list[i].sum);
	}
	j->closes++;
	return export_out_write(&j->out, &j->row);
}

static int
close_day(struct job *j, const struct scan_step *x)
{
	const Kasir__V1__DayClosed *d = x->entry->day_closed;
	uint32_t day = d->business_day != 0 ? d->business_day :
	    ruleset_day_of(NULL, x->entry->wall_us, 0);
	int rc = EX_OK;

	if (day >= j->days.from && day <= j->days.to)
		rc = write_close(j, x->index, d, day);
	postings_clear(&j->postings);
	j->total = 0;
	return rc;
}

static int
visit(void *ctx, const struct scan_step *x)
{
	struct job *j = ctx;

	switch (x->entry->body_case) {
	case KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION:
		post_transaction(j, x);
		return EX_OK;
	case KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED:
		return post_resolution(j, x->entry->exception_resolved);
	case KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED:
		postings_vary(&j->postings, x->entry->shift_closed->variance);
		return EX_OK;
	case KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED:
		return close_day(j, x);
	default:
		return EX_OK;
	}
}

static int
export_all(const struct cli *cli, struct job *j)
{
	int rc;

	rc = export_out_open(cli, &j->out);
	if (rc != EX_OK)
		return rc;
	j->row.form = ROW_HEADING;
	write_posting(&j->row, 0, 0, "", 0);
	j->row.form = ROW_CSV;
	j->row.exponent = j->scan.exponent;
	rc = export_out_write(&j->out, &j->row);
	if (rc == EX_OK)
		rc = scan_each(cli, &j->scan, 0, j->scan.size, "Exporting", visit, j);
	rc = export_out_close(&j->out, rc);
	if (rc == EX_OK && j->closes == 0)
		fprintf(stderr, _("no day of these has been closed; 'kasirctl day close' closes "
		    "one\n"));
	return rc;
}

int
ctl_export_daybook(struct cli *cli)
{
	struct job j = { .cli = cli };
	int rc;

	rows_init(&j.row, ROW_CSV);
	arena_init(&j.texts, 0);
	arena_init(&j.one, 0);
	postings_init(&j.postings, &j.accounts);
	rc = export_days_of(cli, &j.days);
	if (rc == EX_OK)
		rc = read_accounts(cli, &j);
	if (rc == EX_OK)
		rc = scan_open(cli, &j.scan);
	if (rc == EX_OK) {
		rc = export_all(cli, &j);
		scan_close(&j.scan);
	}
	postings_fini(&j.postings);
	arena_fini(&j.one);
	arena_fini(&j.texts);
	rows_fini(&j.row);
	return rc;
}
