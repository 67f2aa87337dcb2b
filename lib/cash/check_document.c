#include "cash/check_parts.h"

#include <string.h>

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
	return type >= KASIR__V1__TRANSACTION_TYPE__SALE &&
	    type <= KASIR__V1__TRANSACTION_TYPE__TERMINAL_EVENT;
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
	    doc->n_taxes <= CHECK_REPEATED_MAX, RULE(PAYLOAD_TOO_LONG));
}

static void
check_reference(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	bool named = check_reference_is_set(doc->original);

	if (doc->type == KASIR__V1__TRANSACTION_TYPE__POST_VOID)
		check_holds(c, named, RULE(VOID_REFERENCE));
	if (doc->type == KASIR__V1__TRANSACTION_TYPE__RETURN)
		check_holds(c, named || check_has_flag(doc,
		    KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN), RULE(RETURN_REFERENCE));
}

static bool
adds_up_by_rule(Kasir__V1__TransactionType type)
{
	return type == KASIR__V1__TRANSACTION_TYPE__SALE ||
	    type == KASIR__V1__TRANSACTION_TYPE__RETURN ||
	    type == KASIR__V1__TRANSACTION_TYPE__POST_VOID;
}

static void
check_equations(struct check *c)
{
	check_reference(c);
	check_lines(c);
	check_discount_shares(c);
	check_taxes(c);
	check_sum(c, c->doc->payable, (int128)c->doc->gross + c->doc->cash_rounding,
	    RULE(TOTAL_PAYABLE));
	check_tenders(c);
}

void
check_document(const Kasir__V1__Transaction *doc, const struct check_settings *settings,
    struct rule_set *broken, struct rule_set *notes)
{
	struct check c = { .doc = doc, .rounding = settings->rounding, .sign = 1,
		.broken = broken, .notes = notes };

	if (!check_holds(&c, doc != NULL, RULE(PAYLOAD_UNDECODABLE)))
		return;
	check_texts(&c);
	/* A later version may mean other things by the same numbers. */
	if (!check_holds(&c, doc->schema == 1, RULE(PAYLOAD_SCHEMA)))
		return;
	check_header(&c, settings);
	if (!size_is_sane(&c) || !adds_up_by_rule(doc->type))
		return;
	if (doc->type == KASIR__V1__TRANSACTION_TYPE__POST_VOID)
		c.sign = -1;
	check_equations(&c);
}

static enum figure_kind
figure_kind_of(const Kasir__V1__Transaction *doc)
{
	switch (doc->type) {
	case KASIR__V1__TRANSACTION_TYPE__SALE:
		return FIGURE_SALE;
	case KASIR__V1__TRANSACTION_TYPE__RETURN:
		return FIGURE_RETURN;
	case KASIR__V1__TRANSACTION_TYPE__POST_VOID:
		return FIGURE_VOID;
	case KASIR__V1__TRANSACTION_TYPE__EXCHANGE:
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
