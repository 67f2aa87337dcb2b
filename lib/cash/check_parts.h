/* check_parts.h - what the parts of check_document() share.  Internal to lib/cash.
 *
 * Two conventions keep the equations short:
 *
 * Rounding mirrors.  R() is applied to magnitudes and the sign is put back, so that a
 * return or a void is its original negated to the last minor unit in every mode.
 *
 * A POST_VOID carries its original negated, so each rule about a sign looks at
 * `sign * value`; the equations are linear and need no such care. */
#ifndef KASIR_CASH_CHECK_PARTS_H
#define KASIR_CASH_CHECK_PARTS_H

#include "cash/check.h"

#define CHECK_LINES_MAX 2000u
#define CHECK_REPEATED_MAX 100u		/* tenders, document discounts, taxes */

#define RULE(r) KASIR__V1__RULE__##r

struct check {
	const Kasir__V1__Transaction *doc;
	const Kasir__V1__RuleSet *rules;	/* NULL: none in force */
	const Kasir__V1__RulePeriod *period;	/* of the business day; NULL: none */
	rounding_mode rounding;
	int sign;			/* -1 in a POST_VOID, else 1 */
	struct rule_set *broken, *notes;
};

/* Add RULE unless HOLDS; returns HOLDS. */
static inline bool
check_holds(struct check *c, bool holds, rule_id rule)
{
	if (!holds)
		rule_set_add(c->broken, rule);
	return holds;
}

/* STATED is R(NUMERATOR / DENOMINATOR), else RULE; AMOUNT_OVERFLOW where that has no value.
 * DENOMINATOR > 0. */
bool check_quotient(struct check *c, int64_t stated, int128 numerator, int128 denominator,
    rule_id rule);
/* R(NUMERATOR / DENOMINATOR) in MODE, mirrored; false: AMOUNT_OVERFLOW was added. */
bool check_divide(struct check *c, rounding_mode mode, int128 numerator, int128 denominator,
    int64_t *ret);
/* STATED is SUM, else RULE; AMOUNT_OVERFLOW where SUM does not fit into 64 bits. */
bool check_sum(struct check *c, int64_t stated, int128 sum, rule_id rule);

/* -1, 0 or 1. */
int check_sign_of(int64_t v);
bool check_is_blank(const char *text);	/* NULL or empty */

/* The parts, each one subject.  Texts, card data and header hold for every type. */
void check_texts(struct check *c);
void check_card_data(struct check *c);
void check_header(struct check *c, const struct check_settings *settings);
void check_shape(struct check *c);	/* the type is known */
void check_house(struct check *c);
size_t check_lines(struct check *c);	/* returns how many stand */
void check_discount_shares(struct check *c);
void check_taxes(struct check *c);	/* and the gross total, but for what has no lines */
void check_tenders(struct check *c);	/* each by itself */
void check_settled(struct check *c);	/* they settle the payable total, the same way round */
void check_cash_rounding(struct check *c);
/* How the figures of a tax row are held against what they follow from. */
struct tax_rule {
	int128 p, q, rate;		/* as the row states them */
	rounding_mode rounding;
	int128 tolerance;		/* of each figure that is rounded */
	bool as_printed;		/* what is rounded elsewhere is taken as it is here */
};
/* From the row and, where one is in force, the rule set: TAX_UNKNOWN, TAX_TREATMENT. */
struct tax_rule check_tax_rule(struct check *c, const Kasir__V1__Tax *tax);

/* Earlier line that the LINE_VOID at position I takes back; NULL: it names none. */
const Kasir__V1__Line *check_void_target(const Kasir__V1__Transaction *doc, size_t i);
bool check_gtin_is_valid(const char *gtin);
/* Is FLAG among the document's? */
bool check_has_flag(const Kasir__V1__Transaction *doc, Kasir__V1__TransactionFlag flag);
/* The tax row that CODE names; NULL: none. */
const Kasir__V1__Tax *check_tax_of(const Kasir__V1__Transaction *doc, const char *code);
/* Names a transaction (its line may be 0). */
bool check_reference_is_set(const Kasir__V1__Reference *r);

#endif
