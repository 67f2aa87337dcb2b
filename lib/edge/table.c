#include "edge/table.h"

#include <inttypes.h>
#include <jansson.h>
#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "edge/glyph.h"
#include "edge/lang.h"
#include "edge/table_parts.h"

struct table *
table_open(const struct table_column *columns)
{
	struct table *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->columns = columns;
	while (columns[t->width].key != NULL)
		t->width++;
	return t;
}

void
table_close(struct table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++) {
		free(t->cells[i].shown);
		json_decref(t->cells[i].value);
	}
	free(t->cells);
	free(t);
}

/* What people see is tame: texts come from tills, and a screen obeys control characters. */
static char *
keep_shown(const char *text)
{
	struct buf tame;

	buf_init(&tame);
	glyph_tame(&tame, text);
	buf_add(&tame, "", 1);
	if (!tame.failed)
		return (char *)tame.p;
	buf_fini(&tame);
	return NULL;
}

/* Takes VALUE; NULL there is a failed allocation. */
static void
add(struct table *t, const char *shown, json_t *value)
{
	struct cell *cells;
	size_t cap;

	if (t == NULL || t->failed || value == NULL)
		goto fail;
	if (t->n == t->cap) {
		cap = t->cap == 0 ? 64 : 2 * t->cap;
		cells = realloc(t->cells, cap * sizeof *cells);
		if (cells == NULL)
			goto fail;
		t->cells = cells;
		t->cap = cap;
	}
	t->cells[t->n].exponent = 0;
	t->cells[t->n].shown = keep_shown(shown);
	if (t->cells[t->n].shown == NULL)
		goto fail;
	t->cells[t->n++].value = value;
	return;
fail:
	json_decref(value);
	if (t != NULL)
		t->failed = true;
}

/* Bytes from outside may be no UTF-8; what is not is shown as '?'. */
static json_t *
json_text(const char *text)
{
	json_t *v = json_string(text);
	char *copy;

	if (v != NULL || text_is_utf8(bytes_of_text(text)))
		return v;
	copy = strdup(text);
	if (copy == NULL)
		return NULL;
	for (char *p = copy; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	v = json_string(copy);
	free(copy);
	return v;
}

void
table_shown_text(struct table *t, const char *shown, const char *text)
{
	add(t, shown, text != NULL ? json_text(text) : json_null());
}

void
table_shown_number(struct table *t, const char *shown, int64_t n)
{
	add(t, shown, json_integer(n));
}

void
table_amount(struct table *t, int64_t minor, const char *currency, unsigned exponent)
{
	char shown[MONEY_TEXT_MAX];

	lang_money((struct money){ minor }, currency, exponent, shown);
	table_shown_number(t, shown, minor);
	if (t != NULL && !t->failed)
		t->cells[t->n - 1].exponent = exponent;
}

void
table_text(struct table *t, const char *text)
{
	table_shown_text(t, text != NULL ? text : "", text);
}

void
table_textf(struct table *t, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	table_text(t, text);
}

void
table_number(struct table *t, int64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, n);
	table_shown_number(t, text, n);
}

/* JSON's integers end at 2^63; a larger count is a text there rather than a wrong number. */
void
table_count(struct table *t, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, n);
	add(t, text, n <= INT64_MAX ? json_integer((json_int_t)n) : json_string(text));
}

void
table_shown_bool(struct table *t, const char *shown, bool yes)
{
	add(t, shown, json_boolean(yes));
}

void
table_bool(struct table *t, bool yes)
{
	table_shown_bool(t, yes ? _("yes") : _("no"), yes);
}

void
table_hex(struct table *t, struct bytes b)
{
	char *hex = malloc(2 * b.n + 1);

	if (hex == NULL) {
		add(t, "", NULL);
		return;
	}
	hex_format(b, hex);
	if (2 * b.n > 16) {
		char brief[24];

		snprintf(brief, sizeof brief, "%.16s...", hex);
		table_shown_text(t, brief, hex);
	} else
		table_text(t, hex);
	free(hex);
}

void
table_time(struct table *t, int64_t wall_us)
{
	char shown[LANG_TIME_MAX], utc[40], exact[64];
	time_t s = (time_t)(wall_us / 1000000 - (wall_us % 1000000 < 0));
	int us = (int)(wall_us - (int64_t)s * 1000000);
	struct tm tm;

	if (wall_us == 0) {
		table_text(t, NULL);
		return;
	}
	if (!lang_time(wall_us, shown) || gmtime_r(&s, &tm) == NULL ||
	    strftime(utc, sizeof utc, "%FT%T", &tm) == 0) {
		table_number(t, wall_us);
		return;
	}
	snprintf(exact, sizeof exact, "%s.%06dZ", utc, us);
	table_shown_text(t, shown, exact);
}

void
table_texts(struct table *t, const char *const *texts, size_t n)
{
	json_t *list = json_array();
	struct buf shown;

	buf_init(&shown);
	for (size_t i = 0; i < n; i++) {
		buf_addf(&shown, "%s%s", i > 0 ? ", " : "", texts[i]);
		if (json_array_append_new(list, json_text(texts[i])) != 0)
			shown.failed = true;
	}
	buf_add(&shown, "", 1);
	if (shown.failed) {
		json_decref(list);
		list = NULL;
	}
	add(t, list != NULL ? (const char *)shown.p : "", list);
	buf_fini(&shown);
}

static json_t *
row_object(const struct table *t, size_t row)
{
	json_t *o = json_object();
	const struct cell *cells = t->cells + row * t->width;

	for (size_t c = 0; c < t->width; c++)
		if (json_object_set(o, t->columns[c].key, cells[c].value) != 0) {
			json_decref(o);
			return NULL;
		}
	return o;
}

static json_t *
row_array(const struct table *t)
{
	json_t *all = json_array();

	for (size_t r = 0; r < t->n / t->width; r++)
		if (json_array_append_new(all, row_object(t, r)) != 0) {
			json_decref(all);
			return NULL;
		}
	return all;
}

void
table_rows(struct table *t, struct table *rows)
{
	add(t, "", rows != NULL && !rows->failed ? row_array(rows) : NULL);
}

void
table_json(struct table *t, const char *shown, struct json_t *take_value)
{
	add(t, shown, take_value);
}

static enum kas_err
print_json(const struct table *t, bool record, FILE *to)
{
	json_t *all = record && t->n >= t->width ? row_object(t, 0) : row_array(t);
	enum kas_err err = KAS_OK;

	if (all == NULL)
		return KAS_NOMEM;
	if (json_dumpf(all, to, JSON_INDENT(2)) != 0)
		err = KAS_IO;
	fputc('\n', to);
	json_decref(all);
	return err;
}

static const char *
shown_or_dash(const struct cell *c)
{
	return c->shown[0] != '\0' ? c->shown : "-";
}

static void
print_record(const struct table *t, FILE *to)
{
	int widest = 0, len;
	size_t rows = t->n / t->width;

	for (size_t c = 0; c < t->width; c++) {
		len = t->columns[c].title != NULL ? (int)strlen(lang_word(t->columns[c].title)) : 0;
		widest = len > widest ? len : widest;
	}
	for (size_t r = 0; r < rows; r++) {
		if (r > 0)
			fputc('\n', to);
		for (size_t c = 0; c < t->width; c++)
			if (t->columns[c].title != NULL)
				fprintf(to, "%-*s  %s\n", widest, lang_word(t->columns[c].title),
				    shown_or_dash(&t->cells[r * t->width + c]));
	}
}

static int
flags_of(enum table_align align)
{
	static const int flags[] = { [TABLE_RIGHT] = SCOLS_FL_RIGHT,
		[TABLE_SENTENCE] = SCOLS_FL_TRUNC, [TABLE_PICTURE] = 0 };

	return flags[align];
}

static size_t
widest_of(const struct table *t, size_t c)
{
	const char *title = lang_word(t->columns[c].title);
	size_t widest = glyph_columns(title, strlen(title)), one;

	for (size_t i = c; i < t->n; i += t->width) {
		one = glyph_columns(t->cells[i].shown, strlen(t->cells[i].shown));
		widest = one > widest ? one : widest;
	}
	return widest;
}

/* Whether all of it, with the picture, fits onto a screen of so many COLUMNS. */
static bool
has_room(const struct table *t, size_t columns)
{
	size_t used = 0;

	for (size_t c = 0; c < t->width; c++)
		if (t->columns[c].title != NULL)
			used += widest_of(t, c) + 1;
	return used <= columns;
}

static bool
is_shown(const struct table *t, size_t c, bool pictures)
{
	return t->columns[c].title != NULL &&
	    (pictures || t->columns[c].align != TABLE_PICTURE);
}

static bool
fill_columns(const struct table *t, struct libscols_table *s, bool pictures)
{
	struct libscols_line *line;
	size_t at;

	for (size_t c = 0; c < t->width; c++)
		if (is_shown(t, c, pictures) &&
		    scols_table_new_column(s, lang_word(t->columns[c].title), 0,
			flags_of(t->columns[c].align)) == NULL)
			return false;
	for (size_t r = 0; r < t->n / t->width; r++) {
		line = scols_table_new_line(s, NULL);
		if (line == NULL)
			return false;
		at = 0;
		for (size_t c = 0; c < t->width; c++)
			if (is_shown(t, c, pictures) && scols_line_set_data(line, at++,
			    t->cells[r * t->width + c].shown) != 0)
				return false;
	}
	return true;
}

static enum kas_err
print_columns(const struct table *t, FILE *to)
{
	struct libscols_table *s = scols_new_table();
	bool screen = isatty(fileno(to));
	bool ok = s != NULL &&
	    fill_columns(t, s, !screen || has_room(t, scols_table_get_termwidth(s)));

	if (ok) {
		scols_table_set_stream(s, to);
		scols_print_table(s);
	}
	scols_unref_table(s);
	return ok ? KAS_OK : KAS_NOMEM;
}

enum kas_err
table_print(struct table *t, enum table_format format, FILE *to)
{
	enum kas_err err = KAS_OK;

	if (t == NULL || t->failed)
		return KAS_NOMEM;
	kas_assert(t->n % t->width == 0);
	switch (format) {
	case TABLE_PEOPLE:
		err = print_columns(t, to);
		break;
	case TABLE_RECORD:
		print_record(t, to);
		break;
	case TABLE_JSON:
	case TABLE_JSON_RECORD:
		err = print_json(t, format == TABLE_JSON_RECORD, to);
		break;
	case TABLE_CSV:
		table_print_csv(t, to);
		break;
	}
	if (err == KAS_OK && (fflush(to) != 0 || ferror(to)))
		err = KAS_IO;
	return err;
}
