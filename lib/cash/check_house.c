/* What a rule set asks of a document besides figures: notes, never exceptions. */
#include "cash/check_parts.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define PART(p) KASIR__V1__TRANSACTION_PART__PART_##p

/* What leaves the till with the customer. */
static bool
is_receipt(Kasir__V1__TransactionType type)
{
	return type == TYPE(SALE) || type == TYPE(RETURN) || type == TYPE(EXCHANGE) ||
	    type == TYPE(POST_VOID) || type == TYPE(PAYMENT_ON_ACCOUNT);
}

/* What has its place in one shift: whatever moves goods, money or the drawer. */
static bool
is_of_a_shift(Kasir__V1__TransactionType type)
{
	return type >= TYPE(SALE) && type <= TYPE(TILL_COUNT);
}

static bool
wants_a_reason(Kasir__V1__TransactionType type)
{
	return type == TYPE(POST_VOID) || type == TYPE(PAID_OUT) || type == TYPE(NO_SALE) ||
	    type == TYPE(OVERRIDE);
}

static bool
is_goods(const Kasir__V1__Line *line)
{
	return line->kind == KASIR__V1__LINE_KIND__ITEM ||
	    line->kind == KASIR__V1__LINE_KIND__RETURN_ITEM;
}

static bool
line_has(const Kasir__V1__Line *line, Kasir__V1__TransactionPart part)
{
	if (part == PART(LINE_NAME))
		return line->kind == KASIR__V1__LINE_KIND__LINE_VOID || !check_is_blank(line->name);
	if (!is_goods(line))
		return true;
	if (part == PART(LINE_CODE))
		return !check_is_blank(line->sku) || !check_is_blank(line->gtin);
	return !check_is_blank(line->tax_code);
}

static bool
lines_have(const Kasir__V1__Transaction *doc, Kasir__V1__TransactionPart part)
{
	size_t i;

	for (i = 0; i < doc->n_lines; i++)
		if (!line_has(doc->lines[i], part))
			return false;
	return true;
}

static bool
is_there(const Kasir__V1__Transaction *doc, Kasir__V1__TransactionPart part)
{
	switch (part) {
	case PART(RECEIPT_NUMBER):
		return !is_receipt(doc->type) || !check_is_blank(doc->receipt_number);
	case PART(CASHIER):
		return doc->type == TYPE(TERMINAL_EVENT) || !check_is_blank(doc->cashier);
	case PART(SHIFT):
		return !is_of_a_shift(doc->type) || !check_is_blank(doc->shift);
	case PART(LINE_NAME):
	case PART(LINE_CODE):
	case PART(TAX_CODE):
		return !is_receipt(doc->type) || lines_have(doc, part);
	case PART(REASON):
		return !wants_a_reason(doc->type) || !check_is_blank(doc->reason);
	default:
		return true;
	}
}

/* A business day that no period covers, of a moment that one does: the document would escape
 * all that the rule set asks. */
static bool
escapes(const struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	const Kasir__V1__RulePeriod *p = ruleset_period(c->rules,
	    ruleset_day_of(NULL, doc->at_us, doc->utc_offset_min));

	return p != NULL && ruleset_period(c->rules,
	    ruleset_day_of(p, doc->at_us, doc->utc_offset_min)) != NULL;
}

/* What was keyed in later may belong to another day than its own moment. */
static bool
day_fits(const struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;

	if (c->period == NULL)
		return !escapes(c);
	return ruleset_day_of(c->period, doc->at_us, doc->utc_offset_min) == doc->business_day ||
	    check_has_flag(doc, KASIR__V1__TRANSACTION_FLAG__LATE) ||
	    check_has_flag(doc, KASIR__V1__TRANSACTION_FLAG__HANDWRITTEN);
}

void
check_house(struct check *c)
{
	size_t i;

	if (!day_fits(c))
		rule_set_add(c->notes, RULE(TIME_BUSINESS_DAY));
	for (i = 0; c->period != NULL && i < c->period->n_required; i++)
		if (!is_there(c->doc, c->period->required[i]))
			rule_set_add(c->notes, RULE(DOCUMENT_INCOMPLETE));
}
