/* Each printed figure is checked against the printed ones it follows from, so that one
 * wrong figure breaks one rule and points at itself. */
#include "cash/check_parts.h"

#include <string.h>

#define RATE_UNIT 10000		/* basis points */

/* A tax row, and what the lines of its code add up to. */
struct tax_row {
	struct tax_rule rule;
	size_t n;
	int128 amount;		/* of Line.amount */
	int128 line_tax;	/* of Line.tax */
	int128 taxable;		/* by line: of R(base * p / q) */
	bool known;		/* no line's figure overflowed */
};

static bool
is_near(const struct tax_rule *r, int128 stated, int128 reckoned)
{
	return stated - reckoned <= r->tolerance && reckoned - stated <= r->tolerance;
}

/* STATED is R(NUMERATOR / DENOMINATOR), as nearly as the rule set asks. */
static void
check_rounded(struct check *c, const struct tax_rule *r, int64_t stated, int128 numerator,
    int128 denominator, rule_id rule)
{
	int64_t reckoned;

	if (!r->as_printed && check_divide(c, r->rounding, numerator, denominator, &reckoned))
		check_holds(c, is_near(r, stated, reckoned), rule);
}

/* B = R(G * 1e4 q / (1e4 q + rate p)): what of GROSS, which holds the tax, is base. */
static bool
inclusive_base(struct check *c, const struct tax_rule *r, int64_t gross, int64_t *ret)
{
	return check_divide(c, r->rounding, (int128)gross * RATE_UNIT * r->q,
	    RATE_UNIT * r->q + r->rate * r->p, ret);
}

/* The tax of one LINE where it is reckoned line by line. */
static bool
check_line_tax(struct check *c, const Kasir__V1__Tax *tax, struct tax_row *row,
    const Kasir__V1__Line *line)
{
	const struct tax_rule *r = &row->rule;
	int64_t base = line->amount, d;

	if (r->as_printed)
		return true;
	if (tax->inclusive && !inclusive_base(c, r, line->amount, &base))
		return false;
	if (!check_divide(c, r->rounding, base * r->p, r->q, &d))
		return false;
	row->taxable += d;
	if (tax->inclusive)
		check_holds(c, is_near(r, line->tax, (int128)line->amount - base),
		    RULE(TAX_AMOUNT));
	else
		check_rounded(c, r, line->tax, d * r->rate, RATE_UNIT, RULE(TAX_AMOUNT));
	return true;
}

/* The sum of what was rounded line by line. */
static void
check_taxable_sum(struct check *c, const Kasir__V1__Tax *tax, const struct tax_row *row)
{
	if (row->rule.as_printed || !row->known)
		return;
	if (check_holds(c, row->taxable >= INT64_MIN && row->taxable <= INT64_MAX,
	    RULE(AMOUNT_OVERFLOW)))
		check_holds(c, is_near(&row->rule, tax->taxable, row->taxable), RULE(TAX_TAXABLE));
}

static void
check_by_line(struct check *c, const Kasir__V1__Tax *tax, const struct tax_row *row)
{
	check_sum(c, tax->amount, row->line_tax, RULE(TAX_AMOUNT));
	check_taxable_sum(c, tax, row);
	check_sum(c, tax->tax_base, tax->inclusive ? row->amount - row->line_tax : row->amount,
	    RULE(TAX_BASE));
	check_sum(c, tax->gross, (int128)tax->tax_base + tax->amount, RULE(TAX_GROSS));
}

static void
check_by_document(struct check *c, const Kasir__V1__Tax *tax, const struct tax_row *row)
{
	const struct tax_rule *r = &row->rule;

	check_rounded(c, r, tax->taxable, tax->tax_base * r->p, r->q, RULE(TAX_TAXABLE));
	if (tax->inclusive) {
		check_sum(c, tax->gross, row->amount, RULE(TAX_GROSS));
		check_rounded(c, r, tax->tax_base, (int128)tax->gross * RATE_UNIT * r->q,
		    RATE_UNIT * r->q + r->rate * r->p, RULE(TAX_BASE));
		check_sum(c, tax->amount, (int128)tax->gross - tax->tax_base, RULE(TAX_AMOUNT));
		return;
	}
	check_sum(c, tax->tax_base, row->amount, RULE(TAX_BASE));
	check_rounded(c, r, tax->amount, tax->taxable * r->rate, RATE_UNIT, RULE(TAX_AMOUNT));
	check_sum(c, tax->gross, (int128)tax->tax_base + tax->amount, RULE(TAX_GROSS));
}

/* Position of the tax row that CODE names, n_taxes if none.  Neighbouring lines mostly
 * share their code, so the search begins at HINT. */
static size_t
find_tax(const Kasir__V1__Transaction *doc, const char *code, size_t hint)
{
	size_t i;

	if (hint < doc->n_taxes && strcmp(doc->taxes[hint]->code, code) == 0)
		return hint;
	for (i = 0; i < doc->n_taxes; i++)
		if (strcmp(doc->taxes[i]->code, code) == 0)
			break;
	return i;
}

static void
gather_line(struct check *c, const Kasir__V1__Tax *tax, struct tax_row *row,
    const Kasir__V1__Line *line)
{
	row->n++;
	row->amount += line->amount;
	row->line_tax += line->tax;
	if (tax->by_line)
		row->known &= check_line_tax(c, tax, row, line);
	else
		check_holds(c, line->tax == 0, RULE(TAX_AMOUNT));
}

/* Sums by tax row into ROWS; returns the sum of the lines that no row taxes. */
static int128
gather(struct check *c, struct tax_row *rows)
{
	const Kasir__V1__Transaction *doc = c->doc;
	const Kasir__V1__Line *line;
	int128 untaxed = 0;
	size_t i, at = 0;

	for (i = 0; i < doc->n_taxes; i++)
		rows[i] = (struct tax_row){ .known = true,
			.rule = check_tax_rule(c, doc->taxes[i]) };
	for (i = 0; i < doc->n_lines; i++) {
		line = doc->lines[i];
		if (!check_is_blank(line->tax_code)) {
			at = find_tax(doc, line->tax_code, at);
			if (check_holds(c, at < doc->n_taxes, RULE(TAX_CODE))) {
				gather_line(c, doc->taxes[at], &rows[at], line);
				continue;
			}
		}
		check_holds(c, line->tax == 0, RULE(TAX_AMOUNT));
		untaxed += line->amount;
	}
	return untaxed;
}

void
check_taxes(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;
	struct tax_row rows[CHECK_REPEATED_MAX];
	int128 gross = gather(c, rows);
	const Kasir__V1__Tax *tax;
	size_t i;

	for (i = 0; i < doc->n_taxes; i++) {
		tax = doc->taxes[i];
		/* A code given twice finds its lines at the first row, so the second has none. */
		check_holds(c, rows[i].n > 0, RULE(TAX_CODE));
		if (tax->by_line)
			check_by_line(c, tax, &rows[i]);
		else
			check_by_document(c, tax, &rows[i]);
		gross += tax->inclusive ? tax->gross : (int128)tax->tax_base + tax->amount;
	}
	/* An account may be paid without lines: its gross is what the customer pays. */
	if (doc->type != KASIR__V1__TRANSACTION_TYPE__PAYMENT_ON_ACCOUNT || doc->n_lines > 0)
		check_sum(c, doc->gross, gross, RULE(TOTAL_GROSS));
}
