#include "edge/catalogue_parts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cash/check_parts.h"
#include "edge/cli.h"
#include "edge/lang.h"

static struct bytes
trimmed(const char *text)
{
	struct bytes b = bytes_of_text(text);

	while (b.n > 0 && (b.p[0] == ' ' || b.p[0] == '\t')) {
		b.p++;
		b.n--;
	}
	while (b.n > 0 && (b.p[b.n - 1] == ' ' || b.p[b.n - 1] == '\t'))
		b.n--;
	return b;
}

/* Which of OF is called NAME; SIZE_MAX: none. */
static size_t
column_named(const struct column *of, struct bytes name)
{
	size_t i;

	for (i = 0; of[i].name != NULL; i++)
		if (strlen(of[i].name) == name.n &&
		    strncasecmp(of[i].name, (const char *)name.p, name.n) == 0)
			return i;
	return SIZE_MAX;
}

/* A column that means nothing here may be one that was meant: then its values would be
 * missed. */
static void
take_unknown(const struct columns *c, const char *text, struct row_problems *problems,
    struct buf *unused)
{
	const char *names[COLUMNS_MAX + 1], *near;
	size_t i, n = 0;

	for (i = 0; c->of[i].name != NULL; i++)
		if (c->at[i] == SIZE_MAX)
			names[n++] = c->of[i].name;
	names[n] = NULL;
	near = cli_nearest(text, names);
	if (near != NULL)
		row_problems_add(problems, 1, "column \"%.40s\": did you mean \"%s\"?", text, near);
	else
		buf_addf(unused, "%s%.40s", unused->n > 0 ? ", " : "", text);
}

static void
take_column(struct columns *c, struct bytes name, size_t at, struct row_problems *problems)
{
	size_t i = column_named(c->of, name);

	if (i == SIZE_MAX)
		return;
	if (c->at[i] != SIZE_MAX)
		row_problems_add(problems, 1, "column \"%s\" stands twice", c->of[i].name);
	c->at[i] = at;
}

/* A spreadsheet whose decimals have commas separates by semicolons: the header is one field
 * then, and is cut here. */
static size_t
cut_header(struct csv *csv, struct bytes *names)
{
	struct bytes rest = bytes_of_text(csv->field[0]), head;
	size_t i, n = 0;

	for (i = 0; i < csv->n; i++)
		names[i] = trimmed(csv->field[i]);
	if (csv->n > 1 || memchr(rest.p, ';', rest.n) == NULL)
		return csv->n;
	csv->separator = ';';
	while (n < CSV_FIELDS_MAX - 1 && text_cut(&rest, ';', &head))
		names[n++] = head;
	names[n++] = rest;
	return n;
}

static char *
name_text(struct row_problems *p, struct bytes name)
{
	char *text = arena_alloc(&p->arena, name.n + 1);

	if (text != NULL) {
		memcpy(text, name.p, name.n);
		text[name.n] = '\0';
	}
	return text;
}

enum kas_err
columns_find(struct columns *c, const struct column *of, struct csv *csv,
    struct row_problems *problems, struct buf *unused, struct kas_why *why)
{
	struct bytes names[CSV_FIELDS_MAX];
	enum kas_err err = csv_next(csv, why);
	const char *text;
	size_t i;

	if (err == KAS_NOTFOUND) {
		row_problems_add(problems, 1, "the file is empty, expected a line with the names "
		    "of the columns");
		return KAS_OK;
	}
	if (err == KAS_MALFORMED) {
		row_problems_add(problems, csv->first, "%s", _(csv->reason));
		return KAS_OK;
	}
	if (err != KAS_OK)
		return err;
	c->of = of;
	for (i = 0; i < COLUMNS_MAX; i++)
		c->at[i] = SIZE_MAX;
	c->n = cut_header(csv, names);
	/* The mark that some editors put before UTF-8. */
	if (names[0].n >= 3 && memcmp(names[0].p, "\xef\xbb\xbf", 3) == 0)
		names[0] = BYTES(names[0].p + 3, names[0].n - 3);
	for (i = 0; i < c->n; i++)
		take_column(c, names[i], i, problems);
	for (i = 0; i < c->n; i++) {
		if (column_named(of, names[i]) != SIZE_MAX || names[i].n == 0)
			continue;
		if ((text = name_text(problems, names[i])) == NULL)
			return KAS_NOMEM;
		take_unknown(c, text, problems, unused);
	}
	for (i = 0; of[i].name != NULL; i++)
		if (of[i].required && c->at[i] == SIZE_MAX)
			row_problems_add(problems, 1, "there is no column \"%s\"", of[i].name);
	return KAS_OK;
}

char *
row_text(struct row *r, size_t column)
{
	size_t at = r->columns->at[column];
	struct bytes b = at != SIZE_MAX ? trimmed(r->csv->field[at]) : BYTES_NONE;
	char *text;

	if (b.n == 0)
		return (char *)protobuf_c_empty_string;
	if ((text = arena_alloc(r->a, b.n + 1)) == NULL)
		return NULL;
	memcpy(text, b.p, b.n);
	text[b.n] = '\0';
	return text;
}

static void
expected(struct row *r, size_t column, const char *found, const char *what)
{
	bool shown = text_is_utf8(bytes_of_text(found)) && strlen(found) <= 60;

	if (shown)
		row_problems_add(r->problems, r->csv->first, "%s: \"%s\", expected %s",
		    r->columns->of[column].name, found, what);
	else
		row_problems_add(r->problems, r->csv->first, "%s: expected %s",
		    r->columns->of[column].name, what);
}

static bool
is_printable(const char *text)
{
	const char *p;

	for (p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return text_is_utf8(bytes_of_text(text));
}

static char *
row_printable(struct row *r, size_t column, size_t min, size_t max)
{
	char *text = row_text(r, column), what[80];

	if (text == NULL || (strlen(text) >= min && strlen(text) <= max && is_printable(text)))
		return text;
	snprintf(what, sizeof what, min > 0 ? _("1 to %zu bytes of printable UTF-8") :
	    _("at most %zu bytes of printable UTF-8"), max);
	expected(r, column, is_printable(text) ? text : "\x80", what);
	return text;
}

char *
row_key(struct row *r, size_t column, size_t max)
{
	return row_printable(r, column, 1, max);
}

char *
row_words(struct row *r, size_t column)
{
	return row_printable(r, column, 0, CATALOGUE_TEXT_MAX);
}

char *
row_gtin(struct row *r, size_t column)
{
	char *text = row_text(r, column);

	if (text != NULL && *text != '\0' && !check_gtin_is_valid(text))
		expected(r, column, text,
		    _("8, 12, 13 or 14 digits with a right check digit"));
	return text;
}

static bool
is_digits(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

static uint32_t
digits(const char *text, size_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v * 10 + (uint32_t)(*text++ - '0');
	return v;
}

uint32_t
row_day(struct row *r, size_t column)
{
	const char *text = row_text(r, column);
	uint32_t day = 0;

	if (text == NULL || *text == '\0')
		return 0;
	if (strlen(text) == 10 && text[4] == '-' && text[7] == '-' && is_digits(text, 4) &&
	    is_digits(text + 5, 2) && is_digits(text + 8, 2))
		day = digits(text, 4) * 10000 + digits(text + 5, 2) * 100 + digits(text + 8, 2);
	if (!check_day_is_valid(day))
		expected(r, column, text, _("a day as 2026-11-22, or nothing"));
	return day;
}

/* Where the currency runs without decimals, "15.000" means fifteen thousand to who wrote it. */
static bool
is_ambiguous(const char *text, uint32_t exponent)
{
	const char *point = strchr(text, '.');

	return exponent == 0 && point != NULL && strlen(point + 1) == 3;
}

bool
row_price(struct row *r, size_t column, uint32_t exponent, int64_t *ret)
{
	const char *text = row_text(r, column);
	struct money m;
	char what[120];

	if (text == NULL || *text == '\0')
		return false;
	if (!is_ambiguous(text, exponent) && text[0] != '-' &&
	    money_parse(text, exponent + 3, &m) == KAS_OK) {
		*ret = m.minor;
		return true;
	}
	snprintf(what, sizeof what, _("a price as %s: digits, a point before decimals, nothing "
	    "between thousands"), exponent > 0 ? "15000.50" : "15000");
	expected(r, column, text, what);
	return false;
}
