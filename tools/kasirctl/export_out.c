#include "tools/kasirctl/export_out.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tools/kasirctl/tx_text.h"

int
export_out_open(const struct cli *cli, struct export_out *ret)
{
	struct export_out o = { .cli = cli, .file = stdout,
		.path = cli_value(cli, "output", NULL) };

	if (o.path != NULL) {
		if (strlen(o.path) >= CONFIG_PATH_MAX)
			return cli_usage(cli, "--output: the path is too long");
		snprintf(o.part, sizeof o.part, "%s.part", o.path);
		o.file = fopen(o.part, "we");
		if (o.file == NULL)
			return cli_fail(cli, EX_CANTCREAT, NULL, "%s: %s", o.part, strerror(errno));
	}
	*ret = o;
	return EX_OK;
}

static int
fail_write(const struct export_out *o)
{
	return cli_fail(o->cli, EX_IOERR, NULL, "%s: %s", o->path != NULL ? o->path :
	    "standard output", strerror(errno));
}

int
export_out_write(struct export_out *o, struct rows *r)
{
	bool ok;

	if (r->out.failed)
		return cli_fail(o->cli, EX_OSERR, NULL, "out of memory");
	ok = fwrite(r->out.p, 1, r->out.n, o->file) == r->out.n;
	buf_reset(&r->out);
	return ok ? EX_OK : fail_write(o);
}

int
export_out_close(struct export_out *o, int rc)
{
	bool ok = fflush(o->file) == 0;

	if (o->path == NULL)
		return rc != EX_OK || ok ? rc : fail_write(o);
	ok = fsync(fileno(o->file)) == 0 && ok;
	ok = fclose(o->file) == 0 && ok;
	if (rc == EX_OK && (!ok || rename(o->part, o->path) != 0))
		rc = fail_write(o);
	if (rc != EX_OK)
		unlink(o->part);
	return rc;
}

static int
take_day(const struct cli *cli, const char *option, uint32_t *ret)
{
	const char *day = cli_value(cli, option, NULL);

	if (day != NULL && !tx_day_parse(day, ret))
		return cli_usage(cli, "--%s: '%s' is no day: expected 2026-05-31", option, day);
	return EX_OK;
}

static int
take_month(const struct cli *cli, struct export_days *d)
{
	const char *month = cli_value(cli, "month", NULL);
	char day[32];

	if (month == NULL)
		return EX_OK;
	snprintf(day, sizeof day, "%.16s-01", month);
	if (strlen(month) != 7 || month[4] != '-' || !tx_day_parse(day, &d->from))
		return cli_usage(cli, "--month: '%s' is no month: expected 2026-05", month);
	d->to = d->from + 30;
	return EX_OK;
}

int
export_days_of(const struct cli *cli, struct export_days *ret)
{
	struct export_days d = { 0, UINT32_MAX };
	bool span = cli_flag(cli, "from") || cli_flag(cli, "to");
	int rc;

	if (span + cli_flag(cli, "day") + cli_flag(cli, "month") > 1)
		return cli_usage(cli, "a day, a month, or --from and --to: one of them");
	if ((rc = take_day(cli, "from", &d.from)) != EX_OK ||
	    (rc = take_day(cli, "to", &d.to)) != EX_OK || (rc = take_month(cli, &d)) != EX_OK)
		return rc;
	if (cli_flag(cli, "day")) {
		rc = take_day(cli, "day", &d.from);
		d.to = d.from;
	}
	if (rc == EX_OK && d.from > d.to)
		rc = cli_usage(cli, "--from is later than --to");
	if (rc == EX_OK)
		*ret = d;
	return rc;
}
