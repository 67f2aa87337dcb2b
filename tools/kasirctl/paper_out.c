#include "tools/kasirctl/paper_out.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "edge/history.h"
#include "edge/keyfile.h"
#include "wire/codec.h"

static const char *
environment_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *v;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if ((v = getenv(names[i])) != NULL && *v != '\0')
			return v;
	return NULL;
}

static int
take_language(const struct cli *cli, struct paper_job *job)
{
	const char *lang = cli_value(cli, "lang", NULL);

	if (lang != NULL && strcmp(lang, "id") != 0 && strcmp(lang, "en") != 0)
		return cli_usage(cli, "--lang: expected id or en, not '%s'", lang);
	if (lang == NULL)
		lang = job->shop.language[0] != '\0' ? job->shop.language : environment_language();
	job->paper.language = slip_language_of(lang);
	return EX_OK;
}

static int
take_format(const struct cli *cli, struct paper_job *job)
{
	static const char *const formats[] = { "text", "svg", "qr-png", NULL };
	const char *format = cli_value(cli, "format", "text");

	for (unsigned i = 0; formats[i] != NULL; i++)
		if (strcmp(formats[i], format) == 0) {
			job->format = (enum slip_format)i;
			return EX_OK;
		}
	return cli_usage(cli, "--format: expected text, svg or qr-png, not '%s'", format);
}

/* A ledger named by hand may be anybody's: no configuration speaks for it. */
static int
take_shop(const struct cli *cli, struct paper_job *job)
{
	struct store_config config;
	int rc;

	job->shop.width = 32;
	if (cli_flag(cli, "ledger") && !cli_flag(cli, "config"))
		return EX_OK;
	rc = ctl_config(cli, &config);
	if (rc == EX_OK)
		job->shop = config.receipt;
	return rc;
}

/* Minutes that this machine's clock is ahead of UTC at SECONDS. */
static int
local_offset_min(time_t seconds)
{
	struct tm tm;

	return localtime_r(&seconds, &tm) != NULL ? (int)(tm.tm_gmtoff / 60) : 0;
}

int
paper_begin(const struct cli *cli, struct paper_job *job)
{
	time_t now = time(NULL);
	unsigned width;
	int rc;

	*job = (struct paper_job){ 0 };
	if ((rc = take_shop(cli, job)) != EX_OK || (rc = take_language(cli, job)) != EX_OK ||
	    (rc = take_format(cli, job)) != EX_OK)
		return rc;
	width = (unsigned)cli_number(cli, "width", SLIP_WIDTH_MIN, SLIP_WIDTH_MAX, job->shop.width,
	    &rc);
	if (rc != EX_OK)
		return rc;
	slip_init(&job->paper.slip, width);
	job->paper.shop = &job->shop;
	job->paper.store = job->store;
	job->paper.origin = job->origin;
	job->paper.currency = job->currency;
	job->paper.printed_us = (int64_t)now * 1000000;
	job->paper.printed_offset_min = local_offset_min(now);
	return EX_OK;
}

int
paper_take_ledger(const struct cli *cli, struct ledger_reader *r, struct paper_job *job)
{
	Kasir__V1__LedgerEntry *e = NULL;
	const Kasir__V1__StoreOpened *o;
	struct store_entry first;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = history_entry(r, 0, &a, &first);
	if (err == KAS_OK)
		err = wire_decode_entry(first.entry, &a, &e, NULL);
	if (err == KAS_OK && e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED)
		err = KAS_CORRUPT;
	if (err == KAS_OK) {
		o = e->store_opened;
		snprintf(job->store, sizeof job->store, "%s", o->store);
		snprintf(job->origin, sizeof job->origin, "%s", o->origin);
		snprintf(job->currency, sizeof job->currency, "%s", o->currency);
		job->paper.exponent = o->exponent;
	}
	arena_fini(&a);
	if (err == KAS_NOTFOUND)
		return cli_fail(cli, EX_NOINPUT, "start kasird once", "the ledger is empty");
	return err == KAS_OK ? EX_OK : ctl_fail_read(cli, err, "the ledger's first entry");
}

int
paper_write(const struct cli *cli, const struct buf *text, const char *file)
{
	struct kas_why why;
	enum kas_err err = KAS_OK;

	if (text->failed)
		return cli_fail(cli, EX_OSERR, NULL, "out of memory");
	if (file != NULL)
		err = file_write_atomic(file, buf_bytes(text), 0644, true, &why);
	else if (fwrite(text->p, 1, text->n, stdout) != text->n || fflush(stdout) != 0)
		err = kas_fail(&why, KAS_IO, "standard output cannot be written");
	return err == KAS_OK ? EX_OK : cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
}

int
paper_end(const struct cli *cli, struct paper_job *job)
{
	struct buf out;
	enum kas_err err;
	int rc;

	buf_init(&out);
	err = slip_write(&job->paper.slip, job->format, &out);
	if (err == KAS_NOTFOUND)
		rc = cli_fail(cli, EX_DATAERR, "print it as text: the code stands there in letters",
		    "the slip has no code, or one too long for a picture");
	else if (err != KAS_OK)
		rc = cli_fail(cli, cli_exit_of(err), NULL, "%s", kas_err_text(err));
	else
		rc = paper_write(cli, &out, cli_value(cli, "output", NULL));
	buf_fini(&out);
	return rc;
}

void
paper_fini(struct paper_job *job)
{
	slip_fini(&job->paper.slip);
}
