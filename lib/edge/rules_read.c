#include "edge/rules_parts.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "edge/keyfile.h"

/* A period and where it stands, so that an error between two can name both. */
struct row {
	Kasir__V1__RulePeriod *p;
	unsigned line;
};

struct rows {
	struct row row[RULESET_PERIODS_MAX];
	size_t n;
};

struct draft {
	Kasir__V1__RuleSet *rs;
	struct rows rows;
	char *name, *currency;		/* NULL: not set, or not well */
	uint32_t exponent;
};

static TAKER(take_draft_period)
{
	struct draft *d = field;
	Kasir__V1__RulePeriod *p = arena_alloc(t->a, sizeof *p);

	(void)key;
	if (p == NULL ||
	    !rules_is_within(t, s->line, d->rows.n, RULESET_PERIODS_MAX, "periods"))
		return;
	take_period(t, s, p);
	d->rows.row[d->rows.n++] = (struct row){ p, s->line };
}

static TAKER(take_name)
{
	(void)key;
	if (text_is_name(bytes_of_text(s->value)))
		*(const char **)field = s->value;
	else
		problems_add(t->problems, s->line, "name = \"%.40s\": expected 1 to 32 of a-z, 0-9 "
		    "and '-', not beginning with '-'", s->value);
}

static TAKER(take_currency)
{
	(void)key;
	if (strlen(s->value) == 3 && strspn(s->value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3)
		*(const char **)field = s->value;
	else
		problems_add(t->problems, s->line, "currency = \"%.40s\": expected an ISO 4217 code "
		    "like \"IDR\"", s->value);
}

static const struct rules_key top_keys[] = {
	{ "name", SETTING_VALUE, take_name, offsetof(struct draft, name), NULL, false },
	{ "currency", SETTING_VALUE, take_currency, offsetof(struct draft, currency), NULL, false },
	{ "exponent", SETTING_VALUE, take_exponent, offsetof(struct draft, exponent), NULL, false },
	{ "period", SETTING_SECTION, take_draft_period, 0, NULL, true },
	{ NULL, SETTING_VALUE, NULL, 0, NULL, false },
};

/* Amounts need the decimals wherever in the file they are set; what is wrong with them is
 * said when their turn comes. */
static uint32_t
exponent_of(struct taking *t, const struct setting *root)
{
	const struct setting *s = setting_child(root, "exponent");
	struct problems unheard = { .n = PROBLEMS_MAX };
	struct taking quiet = *t;
	uint32_t e = 0;

	quiet.problems = &unheard;
	if (s != NULL && s->shape == SETTING_VALUE && s->value != NULL)
		take_exponent(&quiet, s, NULL, &e);
	return e;
}

static int
by_day(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->p->from_day != y->p->from_day)
		return x->p->from_day < y->p->from_day ? -1 : 1;
	return x->line < y->line ? -1 : 1;
}

static void
report_overlap(struct taking *t, const struct row *earlier, const struct row *later)
{
	char from[RULES_DAY_TEXT], until[RULES_DAY_TEXT], next[RULES_DAY_TEXT];
	char wanted[RULES_DAY_TEXT];

	rules_day_format(later->p->from_day, next);
	if (earlier->p->from_day == later->p->from_day) {
		problems_add(t->problems, later->line, "period %s begins on the same day as the one "
		    "of line %u", next, earlier->line);
		return;
	}
	rules_day_format(earlier->p->from_day, from);
	rules_day_format(earlier->p->until_day, until);
	rules_day_format(rules_day_before(later->p->from_day), wanted);
	problems_add(t->problems, later->line, "period %s overlaps period %s of line %u, which %s%s: "
	    "expected until = \"%s\" there", next, from, earlier->line,
	    earlier->p->until_day != 0 ? "lasts until " : "has no end",
	    earlier->p->until_day != 0 ? until : "", wanted);
}

static void
check_row(struct taking *t, const struct row *row)
{
	char from[RULES_DAY_TEXT], until[RULES_DAY_TEXT];

	if (row->p->until_day == 0 || row->p->until_day >= row->p->from_day)
		return;
	rules_day_format(row->p->from_day, from);
	rules_day_format(row->p->until_day, until);
	problems_add(t->problems, row->line, "period %s ends on %s, before it begins", from, until);
}

/* Of those that begin earlier, the one that reaches furthest is whom a period overlaps. */
static void
check_periods(struct taking *t, struct rows *rows)
{
	const struct row *reach = NULL;
	size_t i;

	qsort(rows->row, rows->n, sizeof rows->row[0], by_day);
	for (i = 0; i < rows->n; i++) {
		const struct row *row = &rows->row[i];

		check_row(t, row);
		if (row->p->from_day == 0)
			continue;	/* no date: told already */
		if (reach != NULL && (reach->p->until_day == 0 ||
		    reach->p->until_day >= row->p->from_day))
			report_overlap(t, reach, row);
		if (reach == NULL || (reach->p->until_day != 0 &&
		    (row->p->until_day == 0 || row->p->until_day > reach->p->until_day)))
			reach = row;
	}
}

static void
check_top(struct taking *t, const struct setting *root, const struct draft *d)
{
	static const char *const needed[] = { "name", "currency" };
	size_t i;

	for (i = 0; i < sizeof needed / sizeof needed[0]; i++)
		if (setting_child(root, needed[i]) == NULL)
			problems_add(t->problems, 0, "%s is missing: expected %s = \"%s\"", needed[i],
			    needed[i], i == 0 ? "id-retail" : "IDR");
	if (d->rows.n == 0 && setting_child(root, "period") == NULL)
		problems_add(t->problems, 0, "a period is missing: expected "
		    "period \"2025-01-01\" { ... }");
}

static void
finish(struct taking *t, struct draft *d)
{
	size_t i;

	kasir__v1__rule_set__init(d->rs);
	d->rs->format = 1;
	if (d->name != NULL)
		d->rs->name = d->name;
	if (d->currency != NULL)
		d->rs->currency = d->currency;
	d->rs->exponent = d->exponent;
	d->rs->periods = rules_room(t, d->rows.n);
	for (i = 0; i < d->rows.n; i++)
		d->rs->periods[d->rs->n_periods++] = d->rows.row[i].p;
}

static void
draft(struct taking *t, const struct setting *root, struct draft *d)
{
	struct kas_why why;

	t->exponent = exponent_of(t, root);
	take_section(t, root, top_keys, "of a rule set", d);
	check_top(t, root, d);
	check_periods(t, &d->rows);
	finish(t, d);
	/* Nobody shall load what the checks cannot reckon with, whatever was forgotten above. */
	if (t->problems->n == 0 && ruleset_check(d->rs, &why) != KAS_OK)
		problems_add(t->problems, 0, "%s", why.text);
}

enum kas_err
rules_parse(struct bytes text, struct arena *a, Kasir__V1__RuleSet **ret,
    struct problems *problems)
{
	struct taking t = { .a = a, .problems = problems };
	struct draft d = { .rs = arena_alloc(a, sizeof *d.rs) };
	struct setting *root;

	problems->n = 0;
	root = settings_read(text, a, problems);
	if (root == NULL || d.rs == NULL)
		return KAS_NOMEM;
	/* What is no text at all lacks no settings either. */
	if (root->first != NULL || problems->n == 0)
		draft(&t, root, &d);
	problems_sort(problems);
	if (a->exhausted)
		return KAS_NOMEM;
	if (problems->n > 0)
		return KAS_MALFORMED;
	*ret = d.rs;
	return KAS_OK;
}

enum kas_err
rules_load(const char *path, struct arena *a, Kasir__V1__RuleSet **ret,
    struct problems *problems, struct kas_why *why)
{
	enum kas_err err;
	struct buf text;

	problems->n = 0;
	buf_init(&text);
	err = file_read(path, SETTINGS_BYTES_MAX, &text, why);
	if (err == KAS_OK) {
		err = rules_parse(buf_bytes(&text), a, ret, problems);
		if (err == KAS_NOMEM)
			kas_fail(why, err, "%s: out of memory", path);
		else if (err != KAS_OK)
			kas_fail(why, err, "%s: %zu error%s", path, problems->n,
			    problems->n == 1 ? "" : "s");
	}
	buf_fini(&text);
	return err;
}
