/* An invoice's rows follow each other in the file, but not always without a break, so a few
 * invoices are held open; the oldest leaves when a new one begins.  Rows are kept as text
 * until then. */
#include "tools/kasir-term/replay_retail.h"

#include "wire/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum column { INVOICE, STOCK, DESCRIPTION, QUANTITY, DATE, PRICE, CUSTOMER, COUNTRY, N_COLUMNS };
static const char *const header[N_COLUMNS] = { "InvoiceNo", "StockCode", "Description",
	"Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country" };

#define OPEN_MAX 4u
#define MINOR_EXPONENT 2u		/* pence */
#define PRICE_PLACES 5u			/* thousandths of a penny */
#define QUANTITY_PLACES 3u

struct row {
	struct row *next;
	const char *field[N_COLUMNS];
};

struct invoice {
	struct arena arena;
	struct row *first, *last;
	size_t n;
};

struct retail {
	struct csv csv;
	struct invoice open[OPEN_MAX];	/* oldest first */
	size_t n_open;
	struct invoice *done;		/* free until the next call */
	bool has_row;			/* read, and not yet in an invoice */
};

static enum kas_err
check_header(struct retail *r, struct kas_why *why)
{
	enum kas_err err = csv_next(&r->csv, why);
	size_t i;

	if (err == KAS_NOTFOUND)
		return kas_fail(why, KAS_MALFORMED, "line 1: the header is missing");
	for (i = 0; err == KAS_OK && i < N_COLUMNS; i++)
		if (r->csv.n != N_COLUMNS || strcmp(r->csv.field[i], header[i]) != 0)
			return kas_fail(why, KAS_MALFORMED, "line 1: column %zu is not %s", i + 1,
			    header[i]);
	return err;
}

enum kas_err
retail_open(struct source *source, struct retail **ret, struct kas_why *why)
{
	struct retail *r = calloc(1, sizeof *r);
	enum kas_err err;

	if (r == NULL)
		return KAS_NOMEM;
	csv_init(&r->csv, source);
	err = check_header(r, why);
	if (err != KAS_OK) {
		retail_close(r);
		return err;
	}
	*ret = r;
	return KAS_OK;
}

void
retail_close(struct retail *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < OPEN_MAX; i++)
		arena_fini(&r->open[i].arena);
	csv_fini(&r->csv);
	free(r);
}

static struct invoice *
find_open(struct retail *r, const char *number)
{
	size_t i;

	for (i = 0; i < r->n_open; i++)
		if (strcmp(r->open[i].first->field[INVOICE], number) == 0)
			return &r->open[i];
	return NULL;
}

static enum kas_err
keep_row(struct invoice *inv, const struct csv *csv)
{
	struct row *row = arena_zalloc(&inv->arena, sizeof *row);
	size_t i;

	if (row == NULL)
		return KAS_NOMEM;
	for (i = 0; i < N_COLUMNS; i++)
		if ((row->field[i] = arena_text(&inv->arena, csv->field[i])) == NULL)
			return KAS_NOMEM;
	if (inv->first == NULL)
		inv->first = row;
	else
		inv->last->next = row;
	inv->last = row;
	inv->n++;
	return KAS_OK;
}

/* Put the row that was read to its invoice; false: that one is not open, and no more may be. */
static bool
place_row(struct retail *r, enum kas_err *err)
{
	struct invoice *inv = find_open(r, r->csv.field[INVOICE]);

	if (inv == NULL && r->n_open == OPEN_MAX)
		return false;
	if (inv == NULL)
		inv = &r->open[r->n_open++];
	*err = keep_row(inv, &r->csv);
	r->has_row = false;
	return true;
}

/* Rotate the oldest invoice to the end, where it lies until the next call. */
static struct invoice *
take_oldest(struct retail *r)
{
	struct invoice oldest = r->open[0];

	memmove(&r->open[0], &r->open[1], (OPEN_MAX - 1) * sizeof r->open[0]);
	r->open[OPEN_MAX - 1] = oldest;
	r->n_open--;
	return &r->open[OPEN_MAX - 1];
}

static enum kas_err
read_row(struct retail *r, struct dataset_counts *counts, struct kas_why *why)
{
	enum kas_err err = csv_next(&r->csv, why);

	if (err != KAS_OK)
		return err;
	if (r->csv.n != N_COLUMNS)
		return kas_fail(why, KAS_MALFORMED, "line %llu: %zu fields, not %d",
		    (unsigned long long)r->csv.line, r->csv.n, (int)N_COLUMNS);
	counts->rows++;
	r->has_row = true;
	return KAS_OK;
}

/* Read rows until an invoice must leave. */
static enum kas_err
gather(struct retail *r, struct dataset_counts *counts, struct invoice **ret, struct kas_why *why)
{
	enum kas_err err = KAS_OK;

	while (err == KAS_OK) {
		if (!r->has_row)
			err = read_row(r, counts, why);
		if (err == KAS_OK && !place_row(r, &err))
			break;
	}
	if (err != KAS_OK && err != KAS_NOTFOUND)
		return err;
	if (r->n_open == 0)
		return KAS_NOTFOUND;
	*ret = take_oldest(r);
	return KAS_OK;
}

static void
empty(struct invoice *inv)
{
	arena_reset(&inv->arena);
	inv->first = inv->last = NULL;
	inv->n = 0;
}

/* "2010-12-01T08:26:00", as the shop's clock showed it; false: no such time. */
static bool
parse_time(const char *text, int64_t *ret_us, uint32_t *ret_day)
{
	struct tm tm = { 0 }, back;
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	time_t t;

	if (end == NULL || *end != '\0')
		return false;
	t = timegm(&tm);
	if (gmtime_r(&t, &back) == NULL)
		return false;
	*ret_us = (int64_t)t * 1000000;
	*ret_day = (uint32_t)((back.tm_year + 1900) * 10000 + (back.tm_mon + 1) * 100 +
	    back.tm_mday);
	return true;
}

/* The document's time is its latest row's: 43 invoices have two. */
static void
take_time(Kasir__V1__Transaction *doc, const char *text)
{
	int64_t us;
	uint32_t day;

	if (!parse_time(text, &us, &day) || (doc->at_us != 0 && us <= doc->at_us))
		return;
	doc->at_us = us;
	doc->business_day = day;
}

static bool
price_line(Kasir__V1__Line *line, const struct row *row)
{
	struct money quantity, price, extended;

	if (money_parse(row->field[QUANTITY], QUANTITY_PLACES, &quantity) != KAS_OK ||
	    money_parse(row->field[PRICE], PRICE_PLACES, &price) != KAS_OK ||
	    money_extend((struct quantity){ quantity.minor }, price.minor,
	    KASIR__V1__ROUNDING_MODE__HALF_UP, &extended) != KAS_OK)
		return false;
	line->quantity = quantity.minor;
	line->unit_price = price.minor;
	line->extended = line->amount = extended.minor;
	return true;
}

static bool
add_line(struct arena *a, Kasir__V1__Transaction *doc, const struct row *row,
    struct dataset_counts *counts)
{
	Kasir__V1__Line *line = replay_line(a, doc,
	    doc->type == KASIR__V1__TRANSACTION_TYPE__RETURN ? KASIR__V1__LINE_KIND__RETURN_ITEM
							     : KASIR__V1__LINE_KIND__ITEM);

	if (line == NULL)
		return false;
	line->sku = arena_text(a, row->field[STOCK]);
	line->name = arena_text(a, row->field[DESCRIPTION]);
	if (!price_line(line, row)) {
		counts->rows_unreadable++;
		line->note = arena_text(a, row->field[QUANTITY]);
	}
	counts->lines_for_rows++;
	return line->sku != NULL && line->name != NULL && line->note != NULL;
}

static Kasir__V1__PersonalData *
customer(struct arena *a, const struct row *row)
{
	Kasir__V1__PersonalData *who = arena_alloc(a, sizeof *who);

	if (who == NULL)
		return NULL;
	kasir__v1__personal_data__init(who);
	who->member_id = arena_text(a, row->field[CUSTOMER]);
	who->address = arena_text(a, row->field[COUNTRY]);
	return who->member_id != NULL && who->address != NULL ? who : NULL;
}

/* A C before the number is a cancellation; the file does not say of what. */
static Kasir__V1__Transaction *
document_of(struct arena *a, const struct invoice *inv)
{
	const char *number = inv->first->field[INVOICE];
	bool cancels = number[0] == 'C';
	Kasir__V1__Transaction *doc = replay_document(a,
	    cancels ? KASIR__V1__TRANSACTION_TYPE__RETURN : KASIR__V1__TRANSACTION_TYPE__SALE,
	    "GBP", MINOR_EXPONENT);

	if (doc == NULL || !replay_room(a, doc, inv->n))
		return NULL;
	doc->receipt_number = arena_text(a, number);
	if (cancels) {
		doc->flags = arena_alloc(a, sizeof *doc->flags);
		if (doc->flags == NULL)
			return NULL;
		doc->flags[doc->n_flags++] = KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN;
	}
	return doc->receipt_number != NULL ? doc : NULL;
}

static enum kas_err
fill(struct arena *a, const struct invoice *inv, Kasir__V1__Transaction *doc,
    struct dataset_counts *counts)
{
	const struct row *row;
	int64_t sum;

	for (row = inv->first; row != NULL; row = row->next) {
		if (!add_line(a, doc, row, counts))
			return KAS_NOMEM;
		take_time(doc, row->field[DATE]);
		if (!__builtin_add_overflow(doc->gross, doc->lines[doc->n_lines - 1]->amount, &sum))
			doc->gross = sum;
	}
	doc->payable = doc->gross;
	if (!replay_pay(a, doc, doc->receipt_number))
		return KAS_NOMEM;
	counts->tenders_made_up += doc->n_tenders;
	counts->names_shortened += replay_fit(doc, WIRE_PAYLOAD_MAX);
	counts->lines += doc->n_lines;
	counts->documents++;
	return KAS_OK;
}

enum kas_err
retail_next(struct retail *r, struct arena *a, struct dataset_counts *counts,
    struct dataset_case *ret, struct kas_why *why)
{
	struct dataset_case c = { 0 };
	struct invoice *inv = NULL;
	enum kas_err err;

	if (r->done != NULL)
		empty(r->done);
	r->done = NULL;
	if ((err = gather(r, counts, &inv, why)) != KAS_OK)
		return err;
	r->done = inv;
	c.doc = document_of(a, inv);
	if (c.doc == NULL)
		return KAS_NOMEM;
	if ((err = fill(a, inv, c.doc, counts)) != KAS_OK)
		return err;
	c.name = c.doc->receipt_number;
	if (inv->first->field[CUSTOMER][0] != '\0' && (c.who = customer(a, inv->first)) == NULL)
		return KAS_NOMEM;
	*ret = c;
	return KAS_OK;
}
