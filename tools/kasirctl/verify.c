#include "tools/kasirctl/ctl.h"

#include <inttypes.h>
#include <string.h>
#include <libgen.h>

#include "audit/audit.h"
#include "cash/money.h"
#include "edge/clock.h"
#include "edge/crew.h"
#include "edge/keyfile.h"
#include "edge/lang.h"
#include "edge/progress.h"
#include "edge/team.h"
#include "tools/kasirctl/source.h"

#define AGAINST_MAX 16u
#define NOTES_MAX (AGAINST_MAX + 1)	/* and what the database keeps */
#define EXIT_REMARKS 2

/* What is verified, and what it is held against. */
struct question {
	struct db_source *source;
	char path[CONFIG_PATH_MAX];
	struct vkey key, hq;
	bool has_hq;
	struct buf notes[NOTES_MAX];
	struct bytes against[NOTES_MAX];
	size_t n_against;
};

static void
question_fini(struct question *q)
{
	db_source_close(q->source);
	for (size_t i = 0; i < NOTES_MAX; i++)
		buf_fini(&q->notes[i]);
}

/* A file that is no database any more, or not ours, is damage too, and exits as such. */
static int
fail_open(const struct cli *cli, enum kas_err err, const struct kas_why *why)
{
	enum audit_kind kind = err == KAS_CORRUPT ? AUDIT_PAGE_CORRUPT : AUDIT_SCHEMA_TAMPERED;

	if (err == KAS_CORRUPT || err == KAS_MALFORMED)
		return cli_fail(cli, audit_class_exit(AUDIT_DAMAGE), audit_kind_next_step(kind),
		    "%s: %s", audit_kind_name(kind), why->text);
	return cli_fail(cli, cli_exit_of(err), err == KAS_NOTFOUND ?
	    "name the file: --ledger FILE, or --hq FILE --store ID" : NULL, "%s", why->text);
}

static int
open_ledger(const struct cli *cli, struct question *q)
{
	struct kas_why why = { "" };
	enum kas_err err;
	int rc;

	if ((rc = ctl_ledger_path(cli, q->path)) != EX_OK ||
	    (rc = ctl_store_key(cli, &q->key)) != EX_OK ||
	    (rc = ctl_hq_key(cli, &q->hq, &q->has_hq)) != EX_OK)
		return rc;
	err = source_open_ledger(q->path, &q->source, &why);
	return err == KAS_OK ? EX_OK : fail_open(cli, err, &why);
}

/* At headquarters: the key that was registered there, and its own cosignature key. */
static int
open_copy(const struct cli *cli, struct question *q)
{
	const char *store = cli_value(cli, "store", NULL), *hq_key = cli_value(cli, "hq-key", NULL);
	char folder[CONFIG_PATH_MAX], vkey[CONFIG_PATH_MAX];
	struct kas_why why = { "" };
	enum kas_err err;

	if (store == NULL)
		return cli_usage(cli, "--hq needs --store ID: which store's copy to verify");
	if (cli_flag(cli, "ledger"))
		return cli_usage(cli, "--hq and --ledger: one of them");
	snprintf(q->path, sizeof q->path, "%s", cli_value(cli, "hq", NULL));
	err = source_open_hq(q->path, store, &q->source, &q->key, &why);
	if (err != KAS_OK)
		return fail_open(cli, err, &why);
	if (cli_flag(cli, "key"))
		err = keyfile_load_vkey(cli_value(cli, "key", NULL), &q->key, &why);
	snprintf(folder, sizeof folder, "%s", q->path);
	if (err == KAS_OK && hq_key == NULL)
		err = config_path(dirname(folder), CONFIG_HQ_VKEY, vkey);
	if (err == KAS_OK)
		err = keyfile_load_vkey(hq_key != NULL ? hq_key : vkey, &q->hq, &why);
	q->has_hq = err == KAS_OK;
	if (err == KAS_NOTFOUND && hq_key == NULL)
		return EX_OK;		/* freshness unproven, then */
	return err == KAS_OK ? EX_OK : cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
}

static int
load_against(const struct cli *cli, struct question *q)
{
	struct kas_why why;
	const char *path;
	enum kas_err err;

	for (; (path = cli_nth_value(cli, "against", (unsigned)q->n_against)) != NULL; q->n_against++) {
		if (q->n_against == AGAINST_MAX)
			return cli_usage(cli, "--against: at most %u times", AGAINST_MAX);
		err = file_read(path, NOTE_MAX, &q->notes[q->n_against], &why);
		if (err != KAS_OK)
			return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
		q->against[q->n_against] = buf_bytes(&q->notes[q->n_against]);
	}
	return EX_OK;
}

/* A ledger is held against what its keeper was shown of it from elsewhere. */
static int
load_kept(const struct cli *cli, struct question *q)
{
	enum kas_err err = source_kept(q->source, &q->notes[q->n_against]);

	if (err == KAS_NOTFOUND)
		return EX_OK;
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s: what was kept against it cannot be read: %s",
		    q->path, kas_err_text(err));
	q->against[q->n_against] = buf_bytes(&q->notes[q->n_against]);
	q->n_against++;
	return EX_OK;
}

static void
show_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct progress *p = ctx;

	p->total = total;
	progress_set(p, done);
}

static int
run(const struct cli *cli, struct question *q, struct audit_report *ret)
{
	struct audit_source source = source_port(q->source);
	struct clock_port clock = clock_system();
	struct audit_options o = { .key = &q->key, .hq = q->has_hq ? &q->hq : NULL,
		.against = q->against, .n_against = q->n_against, .progress = show_progress };
	struct clock_reading now;
	struct audit_team port;
	struct progress bar;
	struct team *team;
	struct kas_why why = { "" };
	enum kas_err err;

	err = team_open(crew_processors() - 1, &team, &why);
	if (err != KAS_OK)
		return cli_fail(cli, EX_OSERR, NULL, "%s", why.text);
	clock.read(clock.ctx, &now);
	o.now_us = now.wall_us;
	progress_init(&bar, "Verifying", "entries", 0);
	o.progress_ctx = &bar;
	port = team_port(team);
	err = audit_run(&source, &port, &o, ret, &why);
	progress_end(&bar);
	team_close(team);
	if (err == KAS_OK && source_check_schema(q->source, &why) == KAS_CORRUPT)
		findings_add(&ret->findings, AUDIT_SCHEMA_TAMPERED, false, ret->size, "%.180s",
		    why.text);
	if (err == KAS_MALFORMED)
		return cli_fail(cli, EX_DATAERR, "pin the ledger's own key with --key FILE", "%s",
		    why.text);
	return err == KAS_OK ? EX_OK : fail_open(cli, err, &why);
}

static bool
has_remarks(const struct audit_report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.list[i].remark)
			return true;
	return false;
}

static int
exit_code(const struct cli *cli, const struct audit_report *r)
{
	enum audit_class class = audit_outcome(r);

	if (class == AUDIT_VERIFIED && cli_flag(cli, "strict") && has_remarks(r))
		return EXIT_REMARKS;
	return audit_class_exit(class);
}

static struct table *
findings_table(const struct audit_report *r)
{
	static const struct table_column columns[] = {
		{ "name", "Finding", TABLE_LEFT }, { "remark", NULL, TABLE_LEFT },
		{ "first", "First entry", TABLE_RIGHT }, { "count", "Count", TABLE_RIGHT },
		{ "text", "What", TABLE_LEFT }, { "meaning", NULL, TABLE_LEFT },
		{ "next_step", NULL, TABLE_LEFT }, { "class", NULL, TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.list[i];
		char shown[64];

		snprintf(shown, sizeof shown, "%s%s", audit_kind_name(f->kind),
		    f->remark ? _(" (noted)") : "");
		table_shown_text(t, shown, audit_kind_name(f->kind));
		table_bool(t, f->remark);
		table_count(t, f->first);
		table_count(t, f->count);
		table_text(t, f->text);
		table_text(t, audit_kind_meaning(f->kind));
		table_text(t, audit_kind_next_step(f->kind));
		table_text(t, audit_class_name(audit_kind_class(f->kind)));
	}
	return t;
}

static void
add_amount(struct table *t, const struct audit_report *r, uint64_t amount, uint64_t count)
{
	char money[MONEY_TEXT_MAX], shown[MONEY_TEXT_MAX + 32];

	lang_money((struct money){ (int64_t)amount }, r->currency, r->exponent, money);
	snprintf(shown, sizeof shown, _("%s in %llu"), money, (unsigned long long)count);
	table_shown_number(t, shown, (int64_t)amount);
	table_count(t, count);
}

static void
add_cells(struct table *t, const struct cli *cli, const struct question *q,
    const struct audit_report *r, struct table *findings)
{
	char text[400], shown[64];

	table_text(t, q->path);
	table_text(t, q->key.name);
	table_count(t, r->size);
	table_count(t, r->entries);
	table_count(t, r->transactions);
	table_count(t, r->signatures);
	table_count(t, r->exceptions);
	table_count(t, r->erased);
	table_hex(t, hash_bytes(&r->root));
	snprintf(shown, sizeof shown, _("%llu entries"), (unsigned long long)r->cosigned_size);
	table_shown_number(t, shown, (int64_t)r->cosigned_size);
	table_time(t, r->cosigned_us);
	add_amount(t, r, r->totals.sales, r->totals.sales_count);
	add_amount(t, r, r->totals.returns, r->totals.returns_count);
	add_amount(t, r, r->totals.voids, r->totals.voids_count);
	add_amount(t, r, r->totals.exceptions, r->totals.exceptions_count);
	table_text(t, r->currency);
	table_text(t, audit_class_name(audit_outcome(r)));
	audit_verdict(r, text, sizeof text);
	table_text(t, text);
	table_text(t, audit_next_step(r));
	table_count(t, (uint64_t)exit_code(cli, r));
	table_rows(t, findings);
}

static struct table *
report_table(const struct cli *cli, const struct question *q, const struct audit_report *r,
    struct table *findings)
{
	static const struct table_column columns[] = {
		{ "file", "Ledger", TABLE_LEFT }, { "origin", "Origin", TABLE_LEFT },
		{ "size", NULL, TABLE_LEFT }, { "entries", "Entries", TABLE_LEFT },
		{ "transactions", "Transactions", TABLE_LEFT },
		{ "signatures", "Signatures", TABLE_LEFT },
		{ "exceptions_noted", NULL, TABLE_LEFT }, { "erased", "Personal data erased", TABLE_LEFT },
		{ "root", "Root", TABLE_LEFT }, { "cosigned_size", "Cosigned", TABLE_LEFT },
		{ "cosigned_at", "Cosigned at", TABLE_LEFT },
		{ "sales", "Sales", TABLE_LEFT }, { "sales_count", NULL, TABLE_LEFT },
		{ "returns", "Returns", TABLE_LEFT }, { "returns_count", NULL, TABLE_LEFT },
		{ "voids", "Voids", TABLE_LEFT }, { "voids_count", NULL, TABLE_LEFT },
		{ "exceptions", "Exceptions", TABLE_LEFT }, { "exceptions_count", NULL, TABLE_LEFT },
		{ "currency", NULL, TABLE_LEFT }, { "class", NULL, TABLE_LEFT },
		{ "verdict", NULL, TABLE_LEFT }, { "next_step", NULL, TABLE_LEFT },
		{ "exit_code", NULL, TABLE_LEFT }, { "findings", NULL, TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	add_cells(t, cli, q, r, findings);
	return t;
}

/* audit_verdict() in the language of who reads it.  What an audit says of one entry is
 * English; in another language the meaning of its name stands before it. */
static void
verdict_shown(const struct audit_report *r, char *to, size_t n)
{
	const struct finding *f = findings_headline(&r->findings);
	unsigned long long size = r->size, cosigned = r->cosigned_size;

	if (strcmp(lang_code(), "en") == 0)
		audit_verdict(r, to, n);
	else if (f != NULL)
		snprintf(to, n, _("%s at entry %llu: %s (%s)"), audit_kind_name(f->kind),
		    (unsigned long long)f->first, lang_word(audit_kind_meaning(f->kind)), f->text);
	else if (cosigned == 0)
		snprintf(to, n, _("consistent, freshness unproven: no cosignature of headquarters says "
		    "that these %llu entries are the newest"), size);
	else if (cosigned == size)
		snprintf(to, n, _("all %llu entries verify, and headquarters has cosigned them"), size);
	else
		snprintf(to, n, _("all %llu entries verify; headquarters has cosigned %llu, the last "
		    "%llu wait for it"), size, cosigned, size - cosigned);
}

static void
print_verdict(const struct audit_report *r)
{
	enum audit_class class = audit_outcome(r);
	const char *colour = class == AUDIT_VERIFIED ? "\033[1;32m" :
	    class == AUDIT_UNPROVEN ? "\033[1;33m" : "\033[1;31m";
	bool coloured = cli_may_colour(stdout);
	char text[800];

	verdict_shown(r, text, sizeof text);
	printf("\n%s%s%s\n", coloured ? colour : "", text, coloured ? "\033[0m" : "");
	if (audit_next_step(r)[0] != '\0')
		printf(_("Next step: %s\n"), lang_word(audit_next_step(r)));
}

static int
print_report(const struct cli *cli, const struct question *q, const struct audit_report *r)
{
	struct table *findings = findings_table(r);
	int rc = ctl_print(cli, report_table(cli, q, r, findings), true);

	if (rc != EX_OK || cli_flag(cli, "json") || r->findings.n == 0) {
		table_close(findings);
	} else {
		printf("\n");
		rc = ctl_print(cli, findings, false);
	}
	if (rc == EX_OK && !cli_flag(cli, "json"))
		print_verdict(r);
	return rc == EX_OK ? exit_code(cli, r) : rc;
}

int
ctl_verify(struct cli *cli)
{
	struct audit_report report = { 0 };
	struct question q = { 0 };
	int rc;

	if (cli_flag(cli, "store") && !cli_flag(cli, "hq"))
		return cli_usage(cli, "--store goes with --hq: it says which copy at headquarters");
	rc = cli_flag(cli, "hq") ? open_copy(cli, &q) : open_ledger(cli, &q);
	if (rc == EX_OK)
		rc = load_against(cli, &q);
	if (rc == EX_OK)
		rc = load_kept(cli, &q);
	if (rc == EX_OK)
		rc = run(cli, &q, &report);
	if (rc == EX_OK)
		rc = print_report(cli, &q, &report);
	question_fini(&q);
	return rc;
}
