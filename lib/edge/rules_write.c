#include "edge/rules_parts.h"

static void
write_text(struct buf *to, const char *indent, const char *name, const char *value)
{
	buf_addf(to, "%s%s = ", indent, name);
	settings_quote(to, value);
	buf_add(to, "\n", 1);
}

static void
write_day(struct buf *to, const char *name, uint32_t day)
{
	char text[RULES_DAY_TEXT];

	rules_day_format(day, text);
	buf_addf(to, "\t%s = \"%s\"\n", name, text);
}

static void
write_amount(struct buf *to, const char *indent, const char *name, uint64_t minor,
    unsigned exponent)
{
	char text[MONEY_TEXT_MAX];

	if (minor == 0)
		return;
	money_format_plain((struct money){ (int64_t)minor }, exponent, text);
	buf_addf(to, "%s%s = %s\n", indent, name, text);
}

static void
write_rounding(struct buf *to, const char *indent, rounding_mode mode)
{
	const char *name = rules_word_of(rules_roundings, (int)mode);

	if (name != NULL)		/* unspecified is what no setting says */
		buf_addf(to, "%srounding = %s\n", indent, name);
}

static void
write_denominations(struct buf *to, const Kasir__V1__RulePeriod *p, unsigned exponent)
{
	char text[MONEY_TEXT_MAX];
	size_t i;

	if (p->n_denominations == 0)
		return;
	buf_addf(to, "\t\tdenominations = {");
	for (i = 0; i < p->n_denominations; i++) {
		money_format_plain((struct money){ p->denominations[i] }, exponent, text);
		buf_addf(to, "%s%s", i == 0 ? " " : i % 10 == 0 ? ",\n\t\t    " : ", ", text);
	}
	buf_addf(to, " }\n");
}

static void
write_cash(struct buf *to, const Kasir__V1__RulePeriod *p, unsigned exponent)
{
	if (p->cash_step == 0 && p->variance_tolerance == 0 && p->n_denominations == 0)
		return;
	buf_addf(to, "\tcash {\n");
	write_amount(to, "\t\t", "step", p->cash_step, exponent);
	write_amount(to, "\t\t", "variance-tolerance", p->variance_tolerance, exponent);
	write_denominations(to, p, exponent);
	buf_addf(to, "\t}\n");
}

static void
write_span(struct buf *to, const char *name, uint32_t seconds)
{
	char text[24];

	if (seconds == 0)
		return;
	rules_span_format(seconds, text);
	buf_addf(to, "\t\t%s = %s\n", name, text);
}

static void
write_clock(struct buf *to, const Kasir__V1__RulePeriod *p)
{
	if (p->clock_ahead_s == 0 && p->clock_behind_s == 0)
		return;
	buf_addf(to, "\tclock {\n");
	write_span(to, "ahead", p->clock_ahead_s);
	write_span(to, "behind", p->clock_behind_s);
	buf_addf(to, "\t}\n");
}

static void
write_required(struct buf *to, const Kasir__V1__RulePeriod *p)
{
	size_t i;

	if (p->n_required == 0)
		return;
	buf_addf(to, "\treceipt {\n\t\trequires = {");
	for (i = 0; i < p->n_required; i++)
		buf_addf(to, "%s%s", i == 0 ? " " : ", ",
		    rules_word_of(rules_parts, (int)p->required[i]));
	buf_addf(to, " }\n\t}\n");
}

static void
write_tax(struct buf *to, const Kasir__V1__TaxCode *tax)
{
	char rate[24];

	buf_addf(to, "\ttax ");
	settings_quote(to, tax->code);
	buf_addf(to, " {\n");
	if (tax->name[0] != '\0')
		write_text(to, "\t\t", "name", tax->name);
	if (tax->rate_bp != 0 || !tax->as_printed) {
		rules_rate_format(tax->rate_bp, rate);
		buf_addf(to, "\t\trate = %s\n", rate);
	}
	if (tax->base_numerator != 0 || tax->base_denominator != 0)
		buf_addf(to, "\t\tbase = %u/%u\n",
		    tax->base_numerator != 0 ? tax->base_numerator : 1,
		    tax->base_denominator != 0 ? tax->base_denominator : 1);
	if (tax->inclusive)
		buf_addf(to, "\t\tinclusive = yes\n");
	buf_addf(to, "\t\tby = %s\n", rules_word_of(rules_bys, tax->by_line));
	write_rounding(to, "\t\t", tax->rounding);
	if (tax->as_printed)
		buf_addf(to, "\t\tas-printed = yes\n");
	buf_addf(to, "\t}\n");
}

static void
write_period(struct buf *to, const Kasir__V1__RulePeriod *p, unsigned exponent)
{
	char from[RULES_DAY_TEXT];
	size_t i;

	rules_day_format(p->from_day, from);
	buf_addf(to, "\nperiod \"%s\" {\n", from);
	if (p->until_day != 0)
		write_day(to, "until", p->until_day);
	write_rounding(to, "\t", p->rounding);
	if (p->day_begins_min != 0)
		buf_addf(to, "\tday-begins = %02u:%02u\n", p->day_begins_min / 60,
		    p->day_begins_min % 60);
	write_amount(to, "\t", "tax-tolerance", p->tax_tolerance, exponent);
	write_amount(to, "\t", "total-rounding", p->total_rounding, exponent);
	write_cash(to, p, exponent);
	write_clock(to, p);
	write_required(to, p);
	for (i = 0; i < p->n_tax_codes; i++)
		write_tax(to, p->tax_codes[i]);
	buf_addf(to, "}\n");
}

void
rules_write(const Kasir__V1__RuleSet *rs, struct buf *to)
{
	size_t i;

	write_text(to, "", "name", rs->name);
	write_text(to, "", "currency", rs->currency);
	buf_addf(to, "exponent = %u\n", rs->exponent);
	for (i = 0; i < rs->n_periods; i++)
		write_period(to, rs->periods[i], rs->exponent);
}
