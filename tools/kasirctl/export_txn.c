/* export_txn.c - the ledger's transactions for other programs. */
#include <string.h>

#include "cash/ruleset.h"
#include "tools/kasirctl/export_out.h"
#include "tools/kasirctl/export_rows.h"

struct job {
	struct scan scan;
	struct export_out out;
	struct export_days days;
	struct rows row;
	enum export_part part;		/* of CSV */
};

/* The document's own business day; where it cannot be read, that of the store's clock, UTC. */
static uint32_t
day_of(const struct scan_step *x)
{
	return x->doc != NULL ? x->doc->business_day :
	    ruleset_day_of(NULL, x->entry->wall_us, 0);
}

static int
visit(void *ctx, const struct scan_step *x)
{
	struct job *j = ctx;
	uint32_t day;

	if (x->entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return EX_OK;
	day = day_of(x);
	if (day < j->days.from || day > j->days.to)
		return EX_OK;
	if (j->row.form == ROW_JSON)
		export_json(&j->row, &j->scan, x);
	else
		export_csv(&j->row, j->part, &j->scan, x);
	return export_out_write(&j->out, &j->row);
}

static int
take_part(const struct cli *cli, struct job *j)
{
	const char *rows = cli_value(cli, "rows", NULL);

	if (rows == NULL)
		return EX_OK;
	if (j->row.form == ROW_JSON)
		return cli_usage(cli, "--rows is for CSV: a line of JSON has all of a transaction");
	for (unsigned i = 0; export_part_names[i] != NULL; i++)
		if (strcmp(export_part_names[i], rows) == 0) {
			j->part = (enum export_part)i;
			return EX_OK;
		}
	return cli_usage(cli, "--rows: expected documents, lines, discounts, taxes or tenders, not "
	    "'%s'", rows);
}

static int
take_options(const struct cli *cli, struct job *j)
{
	const char *format = cli_value(cli, "format", "jsonl");
	int rc;

	if (strcmp(format, "jsonl") != 0 && strcmp(format, "csv") != 0)
		return cli_usage(cli, "--format: expected jsonl or csv, not '%s'", format);
	rows_init(&j->row, strcmp(format, "csv") == 0 ? ROW_CSV : ROW_JSON);
	rc = take_part(cli, j);
	return rc == EX_OK ? export_days_of(cli, &j->days) : rc;
}

static int
export_all(const struct cli *cli, struct job *j)
{
	int rc;

	rc = export_out_open(cli, &j->out);
	if (rc != EX_OK)
		return rc;
	if (j->row.form == ROW_CSV) {
		export_heading(&j->row, j->part);
		rc = export_out_write(&j->out, &j->row);
	}
	if (rc == EX_OK)
		rc = scan_each(cli, &j->scan, 0, j->scan.size, "Exporting", visit, j);
	return export_out_close(&j->out, rc);
}

int
ctl_export_transactions(struct cli *cli)
{
	struct job j = { 0 };
	int rc;

	rc = take_options(cli, &j);
	if (rc == EX_OK)
		rc = scan_open(cli, &j.scan);
	if (rc == EX_OK) {
		rc = export_all(cli, &j);
		scan_close(&j.scan);
	}
	rows_fini(&j.row);
	return rc;
}
