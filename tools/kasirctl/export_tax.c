/* export_tax.c - what a tax office asks for: by day and code, and each receipt behind it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cash/period.h"
#include "tools/kasirctl/export_out.h"
#include "tools/kasirctl/scan.h"
#include "tools/kasirctl/tx_text.h"

/* A business day's documents under one code and rate. */
struct tax_day {
	uint32_t day, rate_bp;
	char code[64];
	uint64_t documents;
	int64_t tax_base, taxable, tax, gross;
};

struct job {
	struct scan scan;
	struct export_out out;
	struct export_days days;
	struct rows row;
	bool receipts;
	struct tax_day *rows;		/* ascending by day, code, rate */
	size_t n, cap;
};

static int
order_of(const struct tax_day *a, const struct tax_day *b)
{
	int codes;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	codes = strcmp(a->code, b->code);
	if (codes != 0)
		return codes;
	return a->rate_bp < b->rate_bp ? -1 : a->rate_bp > b->rate_bp;
}

/* The row that is as KEY, made where there is none.  NULL: no memory. */
static struct tax_day *
row_of(struct job *j, const struct tax_day *key)
{
	size_t low = 0, high = j->n, mid, cap;
	struct tax_day *more;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (order_of(&j->rows[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < j->n && order_of(&j->rows[low], key) == 0)
		return &j->rows[low];
	if (j->n == j->cap) {
		cap = j->cap == 0 ? 64 : 2 * j->cap;
		more = realloc(j->rows, cap * sizeof *more);
		if (more == NULL)
			return NULL;
		j->rows = more;
		j->cap = cap;
	}
	memmove(&j->rows[low + 1], &j->rows[low], (j->n++ - low) * sizeof *j->rows);
	j->rows[low] = *key;
	return &j->rows[low];
}

static int
add_tax(struct job *j, const Kasir__V1__Transaction *doc, const Kasir__V1__Tax *t)
{
	struct tax_day key = { .day = doc->business_day, .rate_bp = t->rate_bp }, *d;

	snprintf(key.code, sizeof key.code, "%s", t->code);
	d = row_of(j, &key);
	if (d == NULL)
		return cli_fail(j->out.cli, EX_OSERR, NULL, "out of memory");
	d->documents++;
	period_gain(&d->tax_base, t->tax_base);
	period_gain(&d->taxable, t->taxable);
	period_gain(&d->tax, t->amount);
	period_gain(&d->gross, t->gross);
	return EX_OK;
}

static void
write_receipt(struct rows *r, const struct scan_step *x, const Kasir__V1__Tax *t)
{
	const Kasir__V1__TransactionRecord *record = x->entry->transaction;
	char name[128], type[TX_TYPE_MAX];

	snprintf(name, sizeof name, "%s/%" PRIu64 "/%" PRIu64, record->terminal, record->epoch,
	    record->sequence);
	tx_type_text(x->doc->type, type);
	rows_begin(r);
	rows_day(r, "business_day", x->doc->business_day);
	rows_text(r, "receipt", x->doc->receipt_number);
	rows_text(r, "transaction", name);
	rows_count(r, "index", x->index);
	rows_time(r, "at", x->doc->at_us);
	rows_text(r, "type", type);
	rows_text(r, "code", t->code);
	rows_count(r, "rate_bp", t->rate_bp);
	rows_money(r, "tax_base", t->tax_base);
	rows_money(r, "taxable", t->taxable);
	rows_money(r, "tax", t->amount);
	rows_money(r, "gross", t->gross);
	rows_end(r);
}

static void
write_day(struct rows *r, const struct tax_day *d)
{
	rows_begin(r);
	rows_day(r, "business_day", d->day);
	rows_text(r, "code", d->code);
	rows_count(r, "rate_bp", d->rate_bp);
	rows_count(r, "documents", d->documents);
	rows_money(r, "tax_base", d->tax_base);
	rows_money(r, "taxable", d->taxable);
	rows_money(r, "tax", d->tax);
	rows_money(r, "gross", d->gross);
	rows_end(r);
}

static int
visit(void *ctx, const struct scan_step *x)
{
	const Kasir__V1__Transaction *doc = x->doc;
	struct job *j = ctx;
	int rc = EX_OK;

	if (doc == NULL || !scan_is_counted(x->standing) || !period_trades(doc->type) ||
	    doc->business_day < j->days.from || doc->business_day > j->days.to)
		return EX_OK;
	for (size_t i = 0; rc == EX_OK && i < doc->n_taxes; i++) {
		if (j->receipts)
			write_receipt(&j->row, x, doc->taxes[i]);
		else
			rc = add_tax(j, doc, doc->taxes[i]);
	}
	return rc == EX_OK ? export_out_write(&j->out, &j->row) : rc;
}

/* The heading comes from the description of the rows themselves. */
static void
write_heading(struct job *j)
{
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TransactionRecord record = KASIR__V1__TRANSACTION_RECORD__INIT;
	Kasir__V1__Transaction doc = KASIR__V1__TRANSACTION__INIT;
	Kasir__V1__Tax tax = KASIR__V1__TAX__INIT;
	struct scan_step x = { .entry = &entry, .doc = &doc };

	entry.transaction = &record;
	j->row.form = ROW_HEADING;
	if (j->receipts)
		write_receipt(&j->row, &x, &tax);
	else
		write_day(&j->row, &(struct tax_day){ 0 });
	j->row.form = ROW_CSV;
}

static int
export_all(const struct cli *cli, struct job *j)
{
	int rc;

	rc = export_out_open(cli, &j->out);
	if (rc != EX_OK)
		return rc;
	j->row.exponent = j->scan.exponent;
	write_heading(j);
	rc = scan_each(cli, &j->scan, 0, j->scan.size, "Exporting", visit, j);
	for (size_t i = 0; rc == EX_OK && i < j->n; i++)
		write_day(&j->row, &j->rows[i]);
	if (rc == EX_OK)
		rc = export_out_write(&j->out, &j->row);
	return export_out_close(&j->out, rc);
}

int
ctl_export_tax(struct cli *cli)
{
	const char *rows = cli_value(cli, "rows", "days");
	struct job j = { .receipts = strcmp(rows, "receipts") == 0 };
	int rc;

	if (!j.receipts && strcmp(rows, "days") != 0)
		return cli_usage(cli, "--rows: expected days or receipts, not '%s'", rows);
	rows_init(&j.row, ROW_CSV);
	rc = export_days_of(cli, &j.days);
	if (rc == EX_OK)
		rc = scan_open(cli, &j.scan);
	if (rc == EX_OK) {
		rc = export_all(cli, &j);
		scan_close(&j.scan);
	}
	free(j.rows);
	rows_fini(&j.row);
	return rc;
}
