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
/* R(NUMERATOR / DENOMINATOR), mirrored; false: AMOUNT_OVERFLOW was added. */
bool check_divide(struct check *c, int128 numerator, int128 denominator, int64_t *ret);
/* STATED is SUM, else RULE; AMOUNT_OVERFLOW where SUM does not fit into 64 bits. */
bool check_sum(struct check *c, int64_t stated, int128 sum, rule_id rule);

/* -1, 0 or 1. */
int check_sign_of(int64_t v);
bool check_is_blank(const char *text);	/* NULL or empty */

/* The parts, each one subject.  check_texts() and check_header() hold for every type. */
void check_texts(struct check *c);
void check_header(struct check *c, const struct check_settings *settings);
void check_lines(struct check *c);
void check_discount_shares(struct check *c);
void check_taxes(struct check *c);	/* and the gross total */
void check_tenders(struct check *c);

/* Earlier line that the LINE_VOID at position I takes back; NULL: it names none. */
const Kasir__V1__Line *check_void_target(const Kasir__V1__Transaction *doc, size_t i);
bool check_gtin_is_valid(const char *gtin);
bool check_day_is_valid(uint32_t yyyymmdd);
/* Is FLAG among the document's? */
bool check_has_flag(const Kasir__V1__Transaction *doc, Kasir__V1__TransactionFlag flag);
/* The tax row that CODE names; NULL: none. */
const Kasir__V1__Tax *check_tax_of(const Kasir__V1__Transaction *doc, const char *code);
/* Names a transaction (its line may be 0). */
bool check_reference_is_set(const Kasir__V1__Reference *r);

#endif
