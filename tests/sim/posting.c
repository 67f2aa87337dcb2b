/* What a document does to the accounts, as docs/reference/totals.md has it. */
#include "tests/sim/accounts.h"

#include <stdio.h>
#include <string.h>

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define KIND(k) KASIR__V1__LINE_KIND__##k
#define TENDER(k) KASIR__V1__TENDER_KIND__##k
#define STATE(s) KASIR__V1__TENDER_STATE__##s

typedef Kasir__V1__Transaction document;

static bool
is_trade(const document *doc)
{
	switch (doc->type) {
	case TYPE(SALE):
	case TYPE(RETURN):
	case TYPE(EXCHANGE):
	case TYPE(POST_VOID):
	case TYPE(PAYMENT_ON_ACCOUNT):
		return true;
	default:
		return false;
	}
}

static bool
has_tenders(const document *doc)
{
	return is_trade(doc) || doc->type == TYPE(TENDER_EXCHANGE) ||
	    doc->type == TYPE(TENDER_RESOLUTION);
}

static const char *
drawer_account(const document *doc)
{
	switch (doc->type) {
	case TYPE(PAID_IN):
		return "cash paid in";
	case TYPE(PAID_OUT):
		return "cash paid out";
	case TYPE(LOAN):
		return "cash loans";
	case TYPE(PICKUP):
		return "cash pickups";
	case TYPE(SAFE_DROP):
		return "cash drops";
	case TYPE(BANK_DEPOSIT):
		return "cash deposits";
	default:
		return NULL;
	}
}

static wide
amount_of(const document *doc)
{
	if (doc == NULL)
		return 0;
	if (drawer_account(doc) == NULL)
		return doc->payable;
	return doc->movement != NULL ? doc->movement->amount : 0;
}

static wide
magnitude(wide v)
{
	return v < 0 ? -v : v;
}

wide
posting_applied(const Kasir__V1__Tender *t)
{
	return (wide)t->tendered - t->change - t->cash_back - t->forfeit;
}

bool
posting_is_unsettled(const Kasir__V1__Tender *t)
{
	return t->state == STATE(PENDING) || t->state == STATE(UNKNOWN);
}

int64_t
posting_counted_cash(const document *doc)
{
	struct accounts sum = { NULL, 0, 0 };
	int64_t ret;

	for (size_t i = 0; i < doc->n_count; i++)
		accounts_post(&sum, "counted", (wide)doc->count[i]->value *
		    (wide)doc->count[i]->count, 0);
	ret = accounts_amount(&sum, "counted");
	accounts_fini(&sum);
	return ret;
}

static const Kasir__V1__Tax *
tax_row_of(const document *doc, const char *code)
{
	for (size_t i = 0; i < doc->n_taxes && *code != '\0'; i++) {
		if (strcmp(doc->taxes[i]->code, code) == 0)
			return doc->taxes[i];
	}
	return NULL;
}

static void
post_tax_row(struct accounts *a, const char *code, unsigned rate, const char *what, wide amount)
{
	char name[ACCOUNT_NAME_MAX];

	snprintf(name, sizeof(name), "%s of \"%s\" at %u", what, code, *code != '\0' ? rate : 0);
	accounts_post(a, name, amount, 0);
}

/* A LINE_VOID takes away what the line that it names added. */
static Kasir__V1__LineKind
stands_for(const document *doc, size_t i)
{
	uint32_t target = doc->lines[i]->voids_line;

	if (doc->lines[i]->kind != KIND(LINE_VOID))
		return doc->lines[i]->kind;
	if (target == 0 || target > i || doc->lines[target - 1]->kind == KIND(LINE_VOID))
		return KIND(ITEM);
	return doc->lines[target - 1]->kind;
}

static void
post_line(struct accounts *a, const document *doc, size_t i, int sign)
{
	const Kasir__V1__Line *line = doc->lines[i];
	Kasir__V1__LineKind kind = stands_for(doc, i);

	if (kind == KIND(RETURN_ITEM)) {
		accounts_post(a, "returns", -sign * (wide)line->amount, 0);
	} else {
		accounts_post(a, kind == KIND(ITEM) ? "items" :
		    kind == KIND(SERVICE_CHARGE) ? "service" : "other",
		    sign * (wide)line->extended, 0);
		accounts_post(a, "discounts", sign * ((wide)line->extended - line->amount), 0);
	}
	if (tax_row_of(doc, line->tax_code) == NULL) {
		post_tax_row(a, "", 0, "base", sign * (wide)line->amount);
		post_tax_row(a, "", 0, "gross", sign * (wide)line->amount);
	}
}

static void
post_tax(struct accounts *a, const Kasir__V1__Tax *t, int sign)
{
	const char *code = strlen(t->code) > 32 ? "" : t->code;

	post_tax_row(a, code, t->rate_bp, "base", sign * (wide)t->tax_base);
	post_tax_row(a, code, t->rate_bp, "taxable", sign * (wide)t->taxable);
	post_tax_row(a, code, t->rate_bp, "tax", sign * (wide)t->amount);
	post_tax_row(a, code, t->rate_bp, "gross", sign * (wide)t->gross);
	accounts_post(a, "tax", sign * (wide)t->amount, 0);
	if (t->inclusive)
		accounts_post(a, "tax included", sign * (wide)t->amount, 0);
}

static void
post_trade(struct accounts *a, const document *doc, int sign)
{
	for (size_t i = 0; i < doc->n_lines; i++)
		post_line(a, doc, i, sign);
	for (size_t i = 0; i < doc->n_taxes; i++)
		post_tax(a, doc->taxes[i], sign);
	if (doc->type == TYPE(PAYMENT_ON_ACCOUNT) && doc->n_lines == 0) {
		accounts_post(a, "other", sign * (wide)doc->gross, 0);
		post_tax_row(a, "", 0, "base", sign * (wide)doc->gross);
		post_tax_row(a, "", 0, "gross", sign * (wide)doc->gross);
	}
	accounts_post(a, "total", sign * (wide)doc->gross, 0);
	accounts_post(a, "rounding", sign * (wide)doc->cash_rounding, 0);
}

/* T tells the fate of a tender that was unsettled. */
static bool
tells_a_fate(const document *doc, const Kasir__V1__Tender *t)
{
	return doc->type == TYPE(TENDER_RESOLUTION) && t->replaces == 0;
}

/* How often T counts: what was pending has counted since it came. */
static int
times(const document *doc, const Kasir__V1__Tender *t)
{
	if (tells_a_fate(doc, t))
		return t->state == STATE(REVERSED) ? -1 : 0;
	return t->state != STATE(REVERSED);
}

static void
post_drawer_of_tender(struct accounts *a, const document *doc, const Kasir__V1__Tender *t,
    int sign)
{
	char name[ACCOUNT_NAME_MAX];

	if (t->kind == TENDER(CASH)) {
		accounts_post(a, doc->type == TYPE(TENDER_EXCHANGE) ? "cash exchange" :
		    "cash sales", sign * posting_applied(t), 0);
	} else if (t->kind != TENDER(CASH_FOREIGN)) {
		accounts_post(a, "cash back", sign * (wide)t->cash_back, 0);
	} else {
		accounts_post(a, "cash exchange", -sign * (wide)t->change, 0);
		if (t->foreign == NULL)
			return;
		snprintf(name, sizeof(name), "foreign %s", strlen(t->foreign->currency) == 3 ?
		    t->foreign->currency : "");
		accounts_post(a, name, sign * (wide)t->foreign->amount, 0);
	}
}

static void
post_drawer(struct accounts *a, const document *doc, int sign)
{
	const char *account = drawer_account(doc);
	bool in = doc->type == TYPE(PAID_IN) || doc->type == TYPE(LOAN);

	if (doc->type == TYPE(SHIFT_OPEN))
		accounts_post(a, "cash opening", sign * (wide)posting_counted_cash(doc), 0);
	if (account != NULL)
		accounts_post(a, account, (in ? sign : -sign) * amount_of(doc), 0);
	for (size_t i = 0; has_tenders(doc) && i < doc->n_tenders; i++)
		post_drawer_of_tender(a, doc, doc->tenders[i],
		    sign * times(doc, doc->tenders[i]));
}

/* What came unsettled, less what was settled or voided. */
static void
post_pending(struct accounts *a, const document *doc, const Kasir__V1__Tender *t)
{
	struct account *pending = accounts_find(a, "pending");
	bool leaves = tells_a_fate(doc, t);

	if (leaves == posting_is_unsettled(t))
		return;
	accounts_post(a, "pending", leaves ? -posting_applied(t) : posting_applied(t), 0);
	if (!leaves && doc->type != TYPE(POST_VOID))
		pending->count++;
	else if (pending->count > 0)
		pending->count--;
}

static void
post_tender(struct accounts *a, const document *doc, const Kasir__V1__Tender *t, int sign)
{
	int n = times(doc, t);

	accounts_post_in(a, "tender", (unsigned)t->kind < 32 ? t->kind : 0,
	    sign * n * posting_applied(t), n > 0 && sign > 0 ? 1 : 0);
	if (sign > 0)
		post_pending(a, doc, t);
}

/* All figures; SIGN -1 takes them out again, and leaves the counts. */
static void
post_all(struct accounts *a, const document *doc, int sign)
{
	accounts_post_in(a, "type", (unsigned)doc->type < 32 ? doc->type : 0,
	    sign * amount_of(doc), sign > 0 ? 1 : 0);
	if (is_trade(doc))
		post_trade(a, doc, sign);
	for (size_t i = 0; has_tenders(doc) && i < doc->n_tenders; i++)
		post_tender(a, doc, doc->tenders[i], sign);
	post_drawer(a, doc, sign);
}

void
post_counted(struct accounts *a, const document *doc)
{
	post_all(a, doc, 1);
	if (doc->supervisor[0] != '\0')
		accounts_post(a, "overrides", magnitude(amount_of(doc)), 1);
	for (size_t i = 0; i < doc->n_lines && doc->type != TYPE(POST_VOID); i++) {
		if (doc->lines[i]->kind == KIND(LINE_VOID))
			accounts_post(a, "line voids", magnitude(doc->lines[i]->amount), 1);
	}
}

/* The money of an exception is in the drawer, and in one account. */
static void
post_exceptional_cash(struct accounts *a, const document *doc, int sign)
{
	struct accounts of = { NULL, 0, 0 };

	if (doc == NULL)
		return;
	post_drawer(&of, doc, 1);
	accounts_post(a, "cash exceptions", sign * (wide)accounts_expected_cash(&of), 0);
	for (size_t i = 0; i < of.n; i++) {
		if (strncmp(of.list[i].name, "foreign ", 8) == 0)
			accounts_post(a, of.list[i].name, sign * (wide)of.list[i].amount, 0);
	}
	accounts_fini(&of);
}

void
post_exception(struct accounts *a, const document *doc)
{
	accounts_post(a, "exceptions", magnitude(amount_of(doc)), 1);
	post_exceptional_cash(a, doc, 1);
}

void
post_training(struct accounts *a, const document *doc)
{
	accounts_post(a, "training", magnitude(amount_of(doc)), 1);
}

void
post_accepted(struct accounts *a, const document *doc)
{
	accounts_post(a, "accepted", magnitude(amount_of(doc)), 1);
	post_exceptional_cash(a, doc, -1);
	if (doc != NULL)
		post_counted(a, doc);
}

void
post_voided(struct accounts *a, const document *doc)
{
	accounts_post(a, "voided", magnitude(amount_of(doc)), 1);
	post_exceptional_cash(a, doc, -1);
}

void
post_doubted(struct accounts *a, const document *doc)
{
	accounts_post(a, "exceptions", magnitude(amount_of(doc)), 1);
}

void
post_upheld(struct accounts *a, const document *doc)
{
	accounts_post(a, "accepted", magnitude(amount_of(doc)), 1);
}

void
post_taken_out(struct accounts *a, const document *doc)
{
	accounts_post(a, "voided", magnitude(amount_of(doc)), 1);
	post_all(a, doc, -1);
}
