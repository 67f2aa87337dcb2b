#include "tools/kasirctl/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cash/check.h"
#include "cash/money.h"
#include "edge/glyph.h"

void
rows_init(struct rows *r, enum row_form form)
{
	*r = (struct rows){ .form = form };
	buf_init(&r->out);
}

void
rows_fini(struct rows *r)
{
	buf_fini(&r->out);
}

void
rows_begin(struct rows *r)
{
	if (r->form == ROW_JSON) {
		if (r->out.n > 0 && r->out.p[r->out.n - 1] == '}')
			buf_add(&r->out, ",", 1);
		buf_add(&r->out, "{", 1);
	}
	r->begun = false;
}

void
rows_end_within(struct rows *r)
{
	buf_add(&r->out, "}", 1);
	r->begun = true;
}

void
rows_end(struct rows *r)
{
	if (r->form == ROW_JSON)
		buf_add(&r->out, "}\n", 2);
	else
		buf_add(&r->out, "\r\n", 2);
	r->begun = false;
}

/* Up to where the value stands; false: no value is wanted. */
static bool
begin_cell(struct rows *r, const char *key)
{
	if (r->begun)
		buf_add(&r->out, ",", 1);
	r->begun = true;
	if (r->form == ROW_HEADING)
		buf_addf(&r->out, "%s", key);
	if (r->form == ROW_JSON)
		buf_addf(&r->out, "\"%s\":%s", key, r->blank ? "null" : "");
	return r->form != ROW_HEADING && !r->blank;
}

void
rows_list(struct rows *r, const char *key)
{
	if (r->begun)
		buf_add(&r->out, ",", 1);
	buf_addf(&r->out, "\"%s\":[", key);
	r->begun = false;
}

void
rows_list_end(struct rows *r)
{
	buf_add(&r->out, "]", 1);
	r->begun = true;
}

/* What is no UTF-8 becomes U+FFFD, byte by byte. */
static void
add_json_text(struct buf *to, const char *text)
{
	bool secret = check_text_has_card(text);
	size_t n;

	buf_add(to, "\"", 1);
	for (; *text != '\0'; text += n) {
		unsigned char c = (unsigned char)*text;

		for (n = 1; n < 4 && ((unsigned char)text[n] & 0xc0) == 0x80; n++)
			;
		if (c >= 0x80 && !text_is_utf8(BYTES(text, n))) {
			n = 1;
			buf_addf(to, "\xef\xbf\xbd");
		} else if (c >= 0x80) {
			buf_add(to, text, n);
		} else if (n = 1, c < ' ' || c == 0x7f) {
			buf_addf(to, "\\u%04x", c);
		} else {
			if (c == '"' || c == '\\')
				buf_add(to, "\\", 1);
			buf_add(to, secret && c >= '0' && c <= '9' ? "*" : text, 1);
		}
	}
	buf_add(to, "\"", 1);
}

static void
add_csv_text(struct buf *to, const char *text)
{
	struct buf clean;
	bool quote = false;

	buf_init(&clean);
	if (*text != '\0' && strchr("=+-@\t\r", *text) != NULL)
		buf_add(&clean, "'", 1);
	glyph_clean(&clean, text);
	for (size_t i = 0; i < clean.n && !quote; i++)
		quote = clean.p[i] == ',' || clean.p[i] == '"';
	if (quote)
		buf_add(to, "\"", 1);
	for (size_t i = 0; i < clean.n; i++) {
		if (clean.p[i] == '"')
			buf_add(to, "\"", 1);
		buf_add(to, &clean.p[i], 1);
	}
	if (quote)
		buf_add(to, "\"", 1);
	to->failed |= clean.failed;
	buf_fini(&clean);
}

static void
add_text(struct rows *r, const char *text)
{
	if (r->form == ROW_JSON)
		add_json_text(&r->out, text);
	else
		add_csv_text(&r->out, text);
}

void
rows_text(struct rows *r, const char *key, const char *text)
{
	if (begin_cell(r, key))
		add_text(r, text);
}

void
rows_count(struct rows *r, const char *key, uint64_t n)
{
	if (begin_cell(r, key))
		buf_addf(&r->out, "%" PRIu64, n);
}

void
rows_number(struct rows *r, const char *key, int64_t n)
{
	if (begin_cell(r, key))
		buf_addf(&r->out, "%" PRId64, n);
}

void
rows_money(struct rows *r, const char *key, int64_t minor)
{
	char plain[MONEY_TEXT_MAX];

	if (!begin_cell(r, key))
		return;
	if (r->form == ROW_JSON) {
		buf_addf(&r->out, "%" PRId64, minor);
	} else {
		money_format_plain((struct money){ minor }, r->exponent, plain);
		buf_addf(&r->out, "%s", plain);
	}
}

void
rows_bool(struct rows *r, const char *key, bool yes)
{
	if (begin_cell(r, key))
		buf_addf(&r->out, "%s", yes ? "true" : "false");
}

void
rows_hex(struct rows *r, const char *key, struct bytes b)
{
	static const char digits[] = "0123456789abcdef";

	if (!begin_cell(r, key))
		return;
	if (r->form == ROW_JSON)
		buf_add(&r->out, "\"", 1);
	for (size_t i = 0; i < b.n; i++) {
		buf_add(&r->out, &digits[b.p[i] >> 4], 1);
		buf_add(&r->out, &digits[b.p[i] & 15], 1);
	}
	if (r->form == ROW_JSON)
		buf_add(&r->out, "\"", 1);
}

void
rows_day(struct rows *r, const char *key, uint32_t day)
{
	char text[16];

	snprintf(text, sizeof text, "%04u-%02u-%02u", day / 10000, day / 100 % 100, day % 100);
	rows_text(r, key, text);
}

void
rows_time(struct rows *r, const char *key, int64_t us)
{
	char utc[UTC_TEXT_MAX], text[48];
	int64_t part = us % 1000000;

	utc_format(us, utc);
	if (utc[0] == '?') {
		rows_nothing(r, key);
		return;
	}
	snprintf(text, sizeof text, "%.10sT%.8s.%06dZ", utc, utc + 11,
	    (int)(part < 0 ? part + 1000000 : part));
	rows_text(r, key, text);
}

void
rows_words(struct rows *r, const char *key, const char *const *words, size_t n)
{
	if (!begin_cell(r, key))
		return;
	if (r->form == ROW_JSON)
		buf_add(&r->out, "[", 1);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add(&r->out, r->form == ROW_JSON ? "," : " ", 1);
		add_text(r, words[i]);
	}
	if (r->form == ROW_JSON)
		buf_add(&r->out, "]", 1);
}

void
rows_nothing(struct rows *r, const char *key)
{
	bool blank = r->blank;

	r->blank = true;
	begin_cell(r, key);
	r->blank = blank;
}
