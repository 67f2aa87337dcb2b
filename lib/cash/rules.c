#include "cash/rules.h"

#include <stdio.h>
#include <string.h>

#include "base/nls.h"

#define RULE(r) KASIR__V1__RULE__##r

/* Names and numbers are on the wire and in ledgers: add, never change.  The sentence
 * says what is wrong with a document that breaks the rule. */
static const struct rule {
	rule_id id;
	const char *name, *sentence;
} rules[] = {
	{ RULE(PAYLOAD_UNDECODABLE), "payload.undecodable",
	    N_("The payload does not decode as a transaction") },
	{ RULE(PAYLOAD_SCHEMA), "payload.schema",
	    N_("The payload states a version of the transaction message that is not known here") },
	{ RULE(PAYLOAD_TOO_LONG), "payload.too_long",
	    N_("The document has more lines, tenders, discounts or taxes than a receipt can hold") },
	{ RULE(TEXT_NOT_UTF8), "text.not_utf8",
	    N_("A text is not valid UTF-8") },
	{ RULE(TYPE_UNKNOWN), "type.unknown",
	    N_("The type of the transaction is not known") },
	{ RULE(CURRENCY_FOREIGN), "currency.foreign",
	    N_("The currency or its exponent is not the store's") },
	{ RULE(AMOUNT_OVERFLOW), "amount.overflow",
	    N_("An amount that must be reckoned does not fit into 64 bits") },

	{ RULE(LINE_NUMBERING), "line.numbering",
	    N_("The lines are not numbered 1 to n in their order") },
	{ RULE(LINE_KIND_UNKNOWN), "line.kind",
	    N_("A line is of a kind that is not known or that this document cannot hold") },
	{ RULE(LINE_PRICE), "line.price",
	    N_("A unit price is negative") },
	{ RULE(LINE_QUANTITY), "line.quantity",
	    N_("A quantity is zero or has the wrong sign for the kind of its line") },
	{ RULE(LINE_EXTENDED), "line.extended",
	    N_("An extended amount is not quantity times unit price") },
	{ RULE(LINE_AMOUNT), "line.amount",
	    N_("A line's amount is not its extended amount less its discounts") },
	{ RULE(LINE_VOID_TARGET), "line.void_target",
	    N_("A voided line is not an earlier line, is voided twice, or is not negated exactly") },
	{ RULE(LINE_GTIN), "line.gtin",
	    N_("A GTIN has the wrong length or check digit") },

	{ RULE(DISCOUNT_EXCEEDS_LINE), "discount.exceeds_line",
	    N_("The discounts of a line exceed it or have the wrong sign") },
	{ RULE(DISCOUNT_SHARES), "discount.shares",
	    N_("The lines' shares of a document discount do not sum to it") },

	{ RULE(TAX_CODE), "tax.code",
	    N_("A line's tax code has no tax figures, or tax figures have no line") },
	{ RULE(TAX_BASE), "tax.base",
	    N_("A tax base does not follow from the lines") },
	{ RULE(TAX_TAXABLE), "tax.taxable",
	    N_("A taxable base is not the stated fraction of the tax base") },
	{ RULE(TAX_AMOUNT), "tax.amount",
	    N_("A tax is not its rate times the taxable base") },
	{ RULE(TAX_GROSS), "tax.gross",
	    N_("A gross amount is not its tax base plus its tax") },
	{ RULE(TAX_UNKNOWN), "tax.unknown",
	    N_("A tax code is not one of the rule set") },
	{ RULE(TAX_TREATMENT), "tax.treatment",
	    N_("A tax is not reckoned as the rule set says: rate, base, inclusive or by line") },

	{ RULE(TOTAL_GROSS), "total.gross",
	    N_("The gross total is not the sum of the lines and their tax") },
	{ RULE(TOTAL_PAYABLE), "total.payable",
	    N_("The payable total is not the gross total plus the cash rounding") },
	{ RULE(TOTAL_EMPTY), "total.empty",
	    N_("No line stands: there is nothing to pay for") },
	{ RULE(TOTAL_FREE), "total.free",
	    N_("Everything was given away by discount, and nobody is named who allowed it") },

	{ RULE(TENDER_SUM), "tender.sum",
	    N_("The tenders do not settle the payable total") },
	{ RULE(TENDER_KIND_BAD), "tender.kind",
	    N_("A tender's kind or state is not known, or its kind gives no cash back or forfeit") },
	{ RULE(TENDER_SIGN), "tender.sign",
	    N_("A tender goes the other way than the payable total") },
	{ RULE(CASH_CHANGE_ON_CARD), "cash.change_on_card",
	    N_("Change was given on a tender that gives none") },
	{ RULE(CASH_CHANGE), "cash.change",
	    N_("Change, cash back or forfeit is negative or more than was tendered") },
	{ RULE(FOREIGN_AMOUNT), "foreign.amount",
	    N_("A foreign cash tender is not its foreign amount at the stated rate") },
	{ RULE(CASH_ROUNDING_STEP), "cash.rounding",
	    N_("Cash rounding without cash, of a whole step or more, or to no multiple of the step") },

	{ RULE(RETURN_REFERENCE), "return.reference",
	    N_("A return names no original line of the same goods and is not marked as without receipt") },
	{ RULE(RETURN_ORIGINAL), "return.original",
	    N_("The original of a return is no sale, or is voided") },
	{ RULE(RETURN_QUANTITY), "return.quantity",
	    N_("More was returned than was sold") },
	{ RULE(RETURN_PRICE), "return.price",
	    N_("A return is not at the original's net price and tax") },
	{ RULE(RETURN_PENDING), "return.pending",
	    N_("The original of a return has not come yet") },

	{ RULE(VOID_REFERENCE), "void.reference",
	    N_("A void names no known transaction that can be voided") },
	{ RULE(VOID_MISMATCH), "void.mismatch",
	    N_("A void is not its original negated") },
	{ RULE(VOID_TWICE), "void.twice",
	    N_("The original is voided already") },
	{ RULE(VOID_SHIFT), "void.shift",
	    N_("A void is not in its original's shift") },

	{ RULE(IDENTITY_CONFLICT), "identity.conflict",
	    N_("The same identity came before with other bytes") },
	{ RULE(IDENTITY_REUSED), "identity.reused",
	    N_("The transaction id came before under another sequence") },
	{ RULE(IDENTITY_TXN_ID), "identity.txn_id",
	    N_("The transaction id is not a UUID of version 7") },
	{ RULE(SEQUENCE_GAP), "sequence.gap",
	    N_("Earlier transactions of this terminal are missing") },
	{ RULE(SEQUENCE_LATE), "sequence.late",
	    N_("The transaction came after later ones of its terminal") },
	{ RULE(CHAIN_BROKEN), "chain.broken",
	    N_("The stated predecessor is not the transaction before this one") },
	{ RULE(TIME_SKEW), "time.skew",
	    N_("The terminal's clock and the store's differ") },
	{ RULE(TIME_DAY), "time.day",
	    N_("The business day is no date") },
	{ RULE(TIME_BUSINESS_DAY), "time.business_day",
	    N_("The business day is not the one that the time of day and the cut-off give") },

	{ RULE(DOCUMENT_PARTS), "document.parts",
	    N_("The document holds something that its type cannot hold") },
	{ RULE(DOCUMENT_INCOMPLETE), "document.incomplete",
	    N_("The document lacks something that the rule set asks for") },
	{ RULE(MOVEMENT_AMOUNT), "movement.amount",
	    N_("The cash movement has no amount, or goes the wrong way for its type") },
	{ RULE(MOVEMENT_DEPOSIT), "movement.deposit",
	    N_("A bank deposit names no bag or no slip") },
	{ RULE(COUNT_DENOMINATION), "count.denomination",
	    N_("A counted denomination is no coin or note in use, or is counted twice") },
	{ RULE(COUNT_MISSING), "count.missing",
	    N_("The drawer had to be counted, and no count was given") },

	{ RULE(SHIFT_NAME), "shift.name",
	    N_("A shift is opened or closed without a name") },
	{ RULE(SHIFT_NOT_OPEN), "shift.not_open",
	    N_("The shift is not the one that is open at the terminal") },
	{ RULE(SHIFT_OPEN_ALREADY), "shift.open_already",
	    N_("Another shift is open at the terminal") },
	{ RULE(SHIFT_VARIANCE), "shift.variance",
	    N_("Counted and expected cash differ beyond the tolerance, and no supervisor signed") },
	{ RULE(DAY_OPEN_BILLS), "day.open_bills",
	    N_("The day cannot close while suspended sales are open") },
	{ RULE(DAY_PENDING_TENDERS), "day.pending_tenders",
	    N_("The day cannot close while tenders are unresolved") },

	{ RULE(BILL_REFERENCE), "bill.reference",
	    N_("It names no suspended sale") },
	{ RULE(BILL_TWICE), "bill.twice",
	    N_("The suspended sale was resumed or cancelled already") },
	{ RULE(RESOLUTION_REFERENCE), "resolution.reference",
	    N_("It names no transaction whose tender is unresolved") },
	{ RULE(RESOLUTION_TENDER), "resolution.tender",
	    N_("Its tenders are not those that were unresolved, or do not settle them") },
	{ RULE(RESOLUTION_TWICE), "resolution.twice",
	    N_("The tenders were resolved already") },

	{ RULE(PRODUCT_UNKNOWN), "product.unknown",
	    N_("A product is not in the catalogue") },
	{ RULE(PRODUCT_PRICE), "product.price",
	    N_("A unit price is not the catalogue's") },
	{ RULE(PRODUCT_TAX), "product.tax",
	    N_("A product has another tax code than the catalogue's") },
	{ RULE(CASHIER_UNKNOWN), "cashier.unknown",
	    N_("The cashier is not in the catalogue") },
	{ RULE(CASHIER_RIGHT_LACKING), "cashier.right",
	    N_("The cashier may not do this, and no supervisor lent the right") },

	{ RULE(CARD_NUMBER_PRESENT), "card.number",
	    N_("A text holds what looks like the number, track or code of a payment card") },
};

#define N_RULES (sizeof rules / sizeof rules[0])

static const struct rule *
rule_find(rule_id r)
{
	size_t i;

	for (i = 0; i < N_RULES; i++)
		if (rules[i].id == r)
			return &rules[i];
	return NULL;
}

void
rule_set_add(struct rule_set *s, rule_id r)
{
	kas_assert((unsigned)r < RULES_MAX);
	s->bits[(unsigned)r / 64] |= UINT64_C(1) << ((unsigned)r % 64);
}

bool
rule_set_has(const struct rule_set *s, rule_id r)
{
	return (unsigned)r < RULES_MAX &&
	    (s->bits[(unsigned)r / 64] >> ((unsigned)r % 64) & 1) != 0;
}

bool
rule_set_is_empty(const struct rule_set *s)
{
	return (s->bits[0] | s->bits[1] | s->bits[2] | s->bits[3]) == 0;
}

bool
rule_set_equal(const struct rule_set *a, const struct rule_set *b)
{
	return memcmp(a->bits, b->bits, sizeof a->bits) == 0;
}

size_t
rule_set_list(const struct rule_set *s, rule_id *ret)
{
	size_t word, n = 0;
	uint64_t rest;

	for (word = 0; word < RULES_MAX / 64; word++)
		for (rest = s->bits[word]; rest != 0; rest &= rest - 1)
			ret[n++] = (rule_id)(word * 64 + (unsigned)__builtin_ctzll(rest));
	return n;
}

struct rule_set
rule_set_of(const rule_id *ids, size_t n)
{
	struct rule_set s = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned)ids[i] < RULES_MAX)
			rule_set_add(&s, ids[i]);
	return s;
}

void
rule_name(rule_id r, char to[RULE_NAME_MAX])
{
	const struct rule *rule = rule_find(r);

	if (rule != NULL)
		snprintf(to, RULE_NAME_MAX, "%s", rule->name);
	else
		snprintf(to, RULE_NAME_MAX, "rule.%u", (unsigned)r);
}

const char *
rule_sentence(rule_id r)
{
	const struct rule *rule = rule_find(r);

	return rule != NULL ? rule->sentence : N_("A rule that this version does not know");
}

bool
rule_by_name(const char *name, rule_id *ret)
{
	size_t i;

	for (i = 0; i < N_RULES; i++)
		if (strcmp(rules[i].name, name) == 0) {
			*ret = rules[i].id;
			return true;
		}
	return false;
}

/* Written out once more because a table of structs cannot be read as a list of numbers;
 * the unit test holds the two together. */
const rule_id *
rule_all(void)
{
	static const rule_id all[N_RULES + 1] = {
		RULE(PAYLOAD_UNDECODABLE), RULE(PAYLOAD_SCHEMA), RULE(PAYLOAD_TOO_LONG),
		RULE(TEXT_NOT_UTF8), RULE(TYPE_UNKNOWN), RULE(CURRENCY_FOREIGN),
		RULE(AMOUNT_OVERFLOW), RULE(LINE_NUMBERING), RULE(LINE_KIND_UNKNOWN),
		RULE(LINE_PRICE), RULE(LINE_QUANTITY), RULE(LINE_EXTENDED),
		RULE(LINE_AMOUNT), RULE(LINE_VOID_TARGET), RULE(LINE_GTIN),
		RULE(DISCOUNT_EXCEEDS_LINE), RULE(DISCOUNT_SHARES), RULE(TAX_CODE),
		RULE(TAX_BASE), RULE(TAX_TAXABLE), RULE(TAX_AMOUNT), RULE(TAX_GROSS),
		RULE(TAX_UNKNOWN), RULE(TAX_TREATMENT), RULE(TOTAL_GROSS),
		RULE(TOTAL_PAYABLE), RULE(TOTAL_EMPTY), RULE(TOTAL_FREE), RULE(TENDER_SUM),
		RULE(TENDER_KIND_BAD), RULE(TENDER_SIGN), RULE(CASH_CHANGE_ON_CARD),
		RULE(CASH_CHANGE), RULE(FOREIGN_AMOUNT), RULE(CASH_ROUNDING_STEP),
		RULE(RETURN_REFERENCE), RULE(RETURN_ORIGINAL), RULE(RETURN_QUANTITY),
		RULE(RETURN_PRICE), RULE(RETURN_PENDING), RULE(VOID_REFERENCE),
		RULE(VOID_MISMATCH), RULE(VOID_TWICE), RULE(VOID_SHIFT),
		RULE(IDENTITY_CONFLICT), RULE(IDENTITY_REUSED), RULE(IDENTITY_TXN_ID),
		RULE(SEQUENCE_GAP), RULE(SEQUENCE_LATE), RULE(CHAIN_BROKEN),
		RULE(TIME_SKEW), RULE(TIME_DAY), RULE(TIME_BUSINESS_DAY),
		RULE(DOCUMENT_PARTS), RULE(DOCUMENT_INCOMPLETE), RULE(MOVEMENT_AMOUNT),
		RULE(MOVEMENT_DEPOSIT), RULE(COUNT_DENOMINATION), RULE(COUNT_MISSING),
		RULE(SHIFT_NAME), RULE(SHIFT_NOT_OPEN), RULE(SHIFT_OPEN_ALREADY),
		RULE(SHIFT_VARIANCE), RULE(DAY_OPEN_BILLS), RULE(DAY_PENDING_TENDERS),
		RULE(BILL_REFERENCE), RULE(BILL_TWICE), RULE(RESOLUTION_REFERENCE),
		RULE(RESOLUTION_TENDER), RULE(RESOLUTION_TWICE), RULE(PRODUCT_UNKNOWN),
		RULE(PRODUCT_PRICE), RULE(PRODUCT_TAX), RULE(CASHIER_UNKNOWN),
		RULE(CASHIER_RIGHT_LACKING), RULE(CARD_NUMBER_PRESENT),
		RULE(RULE_UNSPECIFIED),
	};

	return all;
}
