/* check.h - does a transaction add up?  Pure: the same bytes and settings give the
 * same answer at the store, at headquarters and years later in the verifier.
 *
 * check_document() looks at the document alone; check_return() and check_void() at it
 * beside its original.  docs/reference/rules.md has the equations. */
#ifndef KASIR_CASH_CHECK_H
#define KASIR_CASH_CHECK_H

#include "cash/money.h"
#include "cash/rules.h"
#include "cash/ruleset.h"
#include "kasir/v1/transaction.pb-c.h"

struct check_settings {
	char currency[4];	/* the store's */
	unsigned exponent;
	rounding_mode rounding;		/* where no period of `rules` covers the business day */
	const Kasir__V1__RuleSet *rules;	/* in force; NULL: none was loaded */
};

/* What the ledger's totals need to know of a document. */
enum figure_kind { FIGURE_NONE, FIGURE_SALE, FIGURE_RETURN, FIGURE_VOID };
struct figures {
	enum figure_kind kind;	/* by its type; EXCHANGE by the sign of payable */
	bool training;
	uint64_t magnitude;	/* |payable|, 0 where it cannot be had */
};

/* Rules that PAYLOAD breaks by itself (BROKEN: an exception; NOTES: worth a look).
 * DOC may be NULL: the payload did not decode.  Every type has its
 * equations; what hangs on shifts, bills and earlier transactions is the book's to judge. */
void check_document(const Kasir__V1__Transaction *doc, const struct check_settings *settings,
    struct rule_set *broken, struct rule_set *notes);

struct figures figures_of(const Kasir__V1__Transaction *doc);

/* Is it a date of the Gregorian calendar? */
bool check_day_is_valid(uint32_t yyyymmdd);

/* Does a free text (NULL: none) hold a payment card's number, track or code?  Who shows such a
 * text masks its digits. */
bool check_text_has_card(const char *text);

/* What has been returned of one line of an original before this return. */
struct returned_line {
	uint32_t line;
	int64_t quantity;	/* thousandths, as a magnitude */
	int64_t amount;		/* minor units, as a magnitude */
};

/* RETURN beside its original (rule 9), given what was returned before.  ORIGINAL_VOIDED:
 * a post-void of it stands.  Fills RET_LINES (room for doc->n_lines) with what this return
 * adds, by original line. */
void check_return(const Kasir__V1__Transaction *doc, const Kasir__V1__Transaction *original,
    bool original_voided, const struct returned_line *before, size_t n_before,
    struct rule_set *broken, struct returned_line *ret_lines, size_t *ret_n);

/* POST_VOID beside its original (rule 9). */
void check_void(const Kasir__V1__Transaction *doc, const Kasir__V1__Transaction *original,
    bool already_voided, struct rule_set *broken);

#endif
