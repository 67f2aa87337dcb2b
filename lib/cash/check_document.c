#include "cash/check_parts.h"

#include <string.h>

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

static bool
is_leap_year(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool
check_day_is_valid(uint32_t yyyymmdd)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year = yyyymmdd / 10000, month = yyyymmdd / 100 % 100, day = yyyymmdd % 100;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap_year(year) ? 1u : 0u);
}

static bool
type_is_known(Kasir__V1__TransactionType type)
{
	return type >= TYPE(SALE) && type <= TYPE(TERMINAL_EVENT);
}

void
check_header(struct check *c, const struct check_settings *settings)
{
	const Kasir__V1__Transaction *doc = c->doc;

	check_holds(c, type_is_known(doc->type), RULE(TYPE_UNKNOWN));
	check_holds(c, strcmp(doc->currency, settings->currency) == 0 &&
	    doc->exponent == settings->exponent, RULE(CURRENCY_FOREIGN));
	check_holds(c, check_day_is_valid(doc->business_day), RULE(TIME_DAY));
}

/* Work on one document is bounded before any of it is done. */
static bool
size_is_sane(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;

	return check_holds(c, doc->n_lines <= CHECK_LINES_MAX &&
	    doc->n_tenders <= CHECK_REPEATED_MAX && doc->n_discounts <= CHECK_REPEATED_MAX &&
	    doc->n_taxes <= CHECK_REPEATED_MAX && doc->n_count <= CHECK_REPEATED_MAX,
	    RULE(PAYLOAD_TOO_LONG));
}

static bool
takes_goods_back(const Kasir__V1__Transaction *doc)
{
	size_t i;

	if (doc->type != TYPE(EXCHANGE))
		return doc->type == TYPE(RETURN);
	for (i = 0; i < doc->n_lines; i++)
		if (doc->lines[i]->kind == KASIR__V1__LINE_KIND__RETURN_ITEM)
			return true;
	return false;
}

/* What cannot stand without an original names one; whether it is there is for the book. */
static void
check_reference(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	bool named = check_reference_is_set(doc->original);

	if (takes_goods_back(doc))
		check_holds(c, named || check_has_flag(doc,
		    KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN), RULE(RETURN_REFERENCE));
	else if (doc->type == TYPE(POST_VOID))
		check_holds(c, named, RULE(VOID_REFERENCE));
	else if (doc->type == TYPE(RESUME))
		check_holds(c, named, RULE(BILL_REFERENCE));
	else if (doc->type == TYPE(TENDER_RESOLUTION))
		check_holds(c, named, RULE(RESOLUTION_REFERENCE));
}

static void
check_totals(struct check *c)
{
	check_taxes(c);
	check_sum(c, c->doc->payable, (int128)c->doc->gross + c->doc->cash_rounding,
	    RULE(TOTAL_PAYABLE));
	check_cash_rounding(c);
}

/* Goods or services, and the money for them. */
static void
check_sale(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	size_t live = check_lines(c);

	/* An account may be paid without saying what for. */
	if (doc->type == TYPE(PAYMENT_ON_ACCOUNT) && doc->n_lines == 0)
		check_holds(c, doc->gross != 0, RULE(TOTAL_EMPTY));
	else
		check_holds(c, live > 0, RULE(TOTAL_EMPTY));
	check_discount_shares(c);
	check_totals(c);
	check_tenders(c);
	check_settled(c);
}

/* A basket that nobody pays here: it may be empty, and need not be reckoned up. */
static void
check_bill(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;

	check_lines(c);
	check_discount_shares(c);
	if (doc->n_taxes > 0 || doc->gross != 0 || doc->cash_rounding != 0 || doc->payable != 0)
		check_totals(c);
}

/* One kind of money for another. */
static void
check_exchanged(struct check *c)
{
	bool any = false;
	size_t i;

	for (i = 0; i < c->doc->n_tenders; i++)
		any |= c->doc->tenders[i]->tendered != 0;
	check_holds(c, any, RULE(TOTAL_EMPTY));
	check_tenders(c);
	check_settled(c);
}

static void
check_resolution(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	size_t i;

	check_holds(c, doc->n_tenders > 0, RULE(RESOLUTION_TENDER));
	for (i = 0; i < doc->n_tenders; i++)
		check_holds(c, doc->tenders[i]->state == KASIR__V1__TENDER_STATE__APPROVED ||
		    doc->tenders[i]->state == KASIR__V1__TENDER_STATE__REVERSED,
		    RULE(RESOLUTION_TENDER));
	check_tenders(c);
}

static void
check_equations(struct check *c)
{
	switch (c->doc->type) {
	case TYPE(POST_VOID):
		c->sign = -1;
		/* fall through */
	case TYPE(SALE):
	case TYPE(RETURN):
	case TYPE(EXCHANGE):
	case TYPE(PAYMENT_ON_ACCOUNT):
		check_sale(c);
		break;
	case TYPE(SUSPEND):
	case TYPE(RESUME):
	case TYPE(CANCEL):
		check_bill(c);
		break;
	case TYPE(TENDER_EXCHANGE):
		check_exchanged(c);
		break;
	case TYPE(TENDER_RESOLUTION):
		check_resolution(c);
		break;
	default:
		break;
	}
}

static void
find_period(struct check *c, const struct check_settings *settings)
{
	c->rules = settings->rules;
	c->period = ruleset_period(c->rules, c->doc->business_day);
	c->rounding = c->period != NULL ? c->period->rounding : settings->rounding;
}

void
check_document(const Kasir__V1__Transaction *doc, const struct check_settings *settings,
    struct rule_set *broken, struct rule_set *notes)
{
	struct check c = { .doc = doc, .sign = 1, .broken = broken, .notes = notes };

	if (!check_holds(&c, doc != NULL, RULE(PAYLOAD_UNDECODABLE)))
		return;
	check_texts(&c);
	check_card_data(&c);
	/* A later version may mean other things by the same numbers. */
	if (!check_holds(&c, doc->schema == 1, RULE(PAYLOAD_SCHEMA)))
		return;
	check_header(&c, settings);
	if (!size_is_sane(&c) || !type_is_known(doc->type))
		return;
	find_period(&c, settings);
	check_shape(&c);
	check_reference(&c);
	check_equations(&c);
	check_house(&c);
}

static enum figure_kind
figure_kind_of(const Kasir__V1__Transaction *doc)
{
	switch (doc->type) {
	case TYPE(SALE):
		return FIGURE_SALE;
	case TYPE(RETURN):
		return FIGURE_RETURN;
	case TYPE(POST_VOID):
		return FIGURE_VOID;
	case TYPE(EXCHANGE):
		return doc->payable < 0 ? FIGURE_RETURN : FIGURE_SALE;
	default:
		return FIGURE_NONE;
	}
}

struct figures
figures_of(const Kasir__V1__Transaction *doc)
{
	struct figures f = { FIGURE_NONE, false, 0 };

	if (doc == NULL)
		return f;
	f.kind = figure_kind_of(doc);
	f.training = check_has_flag(doc, KASIR__V1__TRANSACTION_FLAG__TRAINING);
	/* Of whatever type: as an exception it counts with what moved in the drawer. */
	f.magnitude = doc->payable < 0 ? -(uint64_t)doc->payable : (uint64_t)doc->payable;
	return f;
}
