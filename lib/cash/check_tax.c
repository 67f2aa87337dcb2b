/* Each printed figure is checked against the printed ones it follows from, so that one
 * wrong figure breaks one rule and points at itself. */
#include "cash/check_parts.h"

#include <string.h>

/* What the lines of one tax code add up to. */
struct tax_sums {
	size_t n;
	int128 amount;		/* of Line.amount */
	int128 line_tax;	/* of Line.tax */
	int128 taxable;		/* by line: of R(base * p / q) */
	bool known;		/* no line's figure overflowed */
};

struct treatment {
	int128 p, q, rate;
};

#define RATE_UNIT 10000		/* basis points */

static struct treatment
treatment_of(const Kasir__V1__Tax *tax)
{
	return (struct treatment){
		.p = tax->base_numerator != 0 ? tax->base_numerator : 1,
		.q = tax->base_denominator != 0 ? tax->base_denominator : 1,
		.rate = tax->rate_bp,
	};
}

/* B = R(G * 1e4 q / (1e4 q + rate p)): what of GROSS, which holds the tax, is base. */
static bool
inclusive_base(struct check *c, struct treatment t, int64_t gross, int64_t *ret)
{
	return check_divide(c, (int128)gross * RATE_UNIT * t.q, RATE_UNIT * t.q + t.rate * t.p,
	    ret);
}

/* The tax of one LINE where it is reckoned line by line. */
static bool
check_line_tax(struct check *c, const Kasir__V1__Tax *tax, const Kasir__V1__Line *line,
    int128 *taxable)
{
	struct treatment t = treatment_of(tax);
	int64_t base = line->amount, d;

	if (tax->inclusive && !inclusive_base(c, t, line->amount, &base))
		return false;
	if (!check_divide(c, base * t.p, t.q, &d))
		return false;
	*taxable += d;
	if (tax->inclusive)
		check_sum(c, line->tax, (int128)line->amount - base, RULE(TAX_AMOUNT));
	else
		check_quotient(c, line->tax, d * t.rate, RATE_UNIT, RULE(TAX_AMOUNT));
	return true;
}

static void
check_by_line(struct check *c, const Kasir__V1__Tax *tax, const struct tax_sums *sums)
{
	check_sum(c, tax->amount, sums->line_tax, RULE(TAX_AMOUNT));
	if (sums->known)
		check_sum(c, tax->taxable, sums->taxable, RULE(TAX_TAXABLE));
	check_sum(c, tax->tax_base, tax->inclusive ? sums->amount - sums->line_tax : sums->amount,
	    RULE(TAX_BASE));
	check_sum(c, tax->gross, (int128)tax->tax_base + tax->amount, RULE(TAX_GROSS));
}

static void
check_by_document(struct check *c, const Kasir__V1__Tax *tax, const struct tax_sums *sums)
{
	struct treatment t = treatment_of(tax);
	int64_t base;

	if (tax->inclusive) {
		check_sum(c, tax->gross, sums->amount, RULE(TAX_GROSS));
		if (inclusive_base(c, t, tax->gross, &base))
			check_holds(c, tax->tax_base == base, RULE(TAX_BASE));
		check_sum(c, tax->amount, (int128)tax->gross - tax->tax_base, RULE(TAX_AMOUNT));
		check_quotient(c, tax->taxable, tax->tax_base * t.p, t.q, RULE(TAX_TAXABLE));
		return;
	}
	check_sum(c, tax->tax_base, sums->amount, RULE(TAX_BASE));
	check_quotient(c, tax->taxable, tax->tax_base * t.p, t.q, RULE(TAX_TAXABLE));
	check_quotient(c, tax->amount, tax->taxable * t.rate, RATE_UNIT, RULE(TAX_AMOUNT));
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
gather_line(struct check *c, const Kasir__V1__Tax *tax, const Kasir__V1__Line *line,
    struct tax_sums *sums)
{
	sums->n++;
	sums->amount += line->amount;
	sums->line_tax += line->tax;
	if (tax->by_line)
		sums->known &= check_line_tax(c, tax, line, &sums->taxable);
	else
		check_holds(c, line->tax == 0, RULE(TAX_AMOUNT));
}

/* Sums by tax row into SUMS; returns the sum of the lines that no row taxes. */
static int128
gather(struct check *c, struct tax_sums *sums)
{
	const Kasir__V1__Transaction *doc = c->doc;
	const Kasir__V1__Line *line;
	int128 untaxed = 0;
	size_t i, row = 0;

	for (i = 0; i < doc->n_taxes; i++)
		sums[i] = (struct tax_sums){ .known = true };
	for (i = 0; i < doc->n_lines; i++) {
		line = doc->lines[i];
		if (!check_is_blank(line->tax_code)) {
			row = find_tax(doc, line->tax_code, row);
			if (check_holds(c, row < doc->n_taxes, RULE(TAX_CODE))) {
				gather_line(c, doc->taxes[row], line, &sums[row]);
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
	struct tax_sums sums[CHECK_REPEATED_MAX];
	int128 gross = gather(c, sums);
	const Kasir__V1__Tax *tax;
	size_t i;

	for (i = 0; i < doc->n_taxes; i++) {
		tax = doc->taxes[i];
		/* A code given twice finds its lines at the first row, so the second has none. */
		check_holds(c, sums[i].n > 0, RULE(TAX_CODE));
		if (tax->by_line)
			check_by_line(c, tax, &sums[i]);
		else
			check_by_document(c, tax, &sums[i]);
		gross += tax->inclusive ? tax->gross : (int128)tax->tax_base + tax->amount;
	}
	check_sum(c, doc->gross, gross, RULE(TOTAL_GROSS));
}
