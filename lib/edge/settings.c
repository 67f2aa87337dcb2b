#include "edge/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define DEPTH_MAX 8

struct reader {
	const uint8_t *p, *end;
	unsigned line, depth;
	struct arena *a;
	struct problems *problems;
	bool failed;			/* the arena is full */
	bool ended;			/* within something: the innermost has been named */
};

void
problems_add(struct problems *p, unsigned line, const char *fmt, ...)
{
	va_list ap;

	if (p->n < PROBLEMS_MAX) {
		p->item[p->n].line = line;
		va_start(ap, fmt);
		vsnprintf(p->item[p->n].text, sizeof p->item[p->n].text, fmt, ap);
		va_end(ap);
	}
	p->n++;
}

static int
by_line(const void *a, const void *b)
{
	const struct problem *x = a, *y = b;

	return x->line != y->line ? (x->line < y->line ? -1 : 1) : strcmp(x->text, y->text);
}

void
problems_sort(struct problems *p)
{
	qsort(p->item, p->n < PROBLEMS_MAX ? p->n : PROBLEMS_MAX, sizeof p->item[0], by_line);
}

static int
peek(const struct reader *r)
{
	return r->p < r->end ? *r->p : EOF;
}

static bool
looks_at(const struct reader *r, const char *text)
{
	return (size_t)(r->end - r->p) >= strlen(text) && memcmp(r->p, text, strlen(text)) == 0;
}

static bool
is_word_char(int c)
{
	return c > ' ' && c != 0x7f && strchr("={},\"#", c) == NULL;
}

static void
skip_line(struct reader *r)
{
	while (r->p < r->end && *r->p != '\n')
		r->p++;
}

/* Past what cannot be read, so that the next setting can. */
static void
skip_setting(struct reader *r)
{
	while (r->p < r->end && strchr("\n,}", *r->p) == NULL)
		r->p++;
}

static void
skip_comment(struct reader *r)
{
	unsigned from = r->line;

	for (r->p += 2; r->p < r->end && !looks_at(r, "*/"); r->p++)
		r->line += *r->p == '\n';
	if (r->p < r->end) {
		r->p += 2;
		return;
	}
	problems_add(r->problems, from, "a comment begins here and does not end: expected */");
	r->ended = true;
}

/* Blanks and comments; line feeds and COMMAS too where they only separate. */
static void
skip_blanks(struct reader *r, bool lines, bool commas)
{
	for (;;) {
		int c = peek(r);

		if (c == ' ' || c == '\t' || c == '\r' || (commas && c == ',')) {
			r->p++;
		} else if (c == '\n' && lines) {
			r->line++;
			r->p++;
		} else if (c == '#' || looks_at(r, "//")) {
			skip_line(r);
		} else if (looks_at(r, "/*")) {
			skip_comment(r);
		} else {
			return;
		}
	}
}

static char *
keep(struct reader *r, const uint8_t *from, size_t n)
{
	static char nothing[1];
	char *text = arena_alloc(r->a, n + 1);

	if (text == NULL) {
		r->failed = true;
		return nothing;
	}
	memcpy(text, from, n);
	text[n] = '\0';
	return text;
}

static const char *
read_word(struct reader *r)
{
	const uint8_t *from = r->p;

	while (is_word_char(peek(r)) && !looks_at(r, "//") && !looks_at(r, "/*"))
		r->p++;
	return keep(r, from, (size_t)(r->p - from));
}

/* "12.00 %" is one value: words as far as the line, or a separator. */
static const char *
read_words(struct reader *r)
{
	const uint8_t *from = r->p, *upto = from;

	while (is_word_char(peek(r)) && !looks_at(r, "//") && !looks_at(r, "/*")) {
		read_word(r);
		upto = r->p;
		skip_blanks(r, false, false);
	}
	r->p = upto;
	return keep(r, from, (size_t)(upto - from));
}

static const char *
read_text(struct reader *r)
{
	const uint8_t *from = ++r->p;
	char *text, *to;

	while (r->p < r->end && *r->p != '"' && *r->p != '\n')
		r->p += *r->p == '\\' && r->end - r->p > 1 && r->p[1] != '\n' ? 2 : 1;
	text = to = keep(r, from, (size_t)(r->p - from));
	if (peek(r) != '"')
		problems_add(r->problems, r->line, "the text that begins with \"%.40s is not "
		    "closed: expected \" on this line", text);
	else
		r->p++;
	for (from = (uint8_t *)text; *from != '\0'; from++) {
		if (*from == '\\' && from[1] != '\0')
			from++;
		*to++ = (char)*from;
	}
	if (to != text + strlen(text))
		*to = '\0';
	return text;
}

static struct setting *
add(struct reader *r, struct setting ***tail, const char *name)
{
	struct setting *s = arena_zalloc(r->a, sizeof *s);

	if (s == NULL) {
		r->failed = true;
		return NULL;
	}
	s->name = name;
	s->line = r->line;
	**tail = s;
	*tail = &s->next;
	return s;
}

static void
not_closed(struct reader *r, const char *what, const struct setting *s)
{
	if (!r->ended)
		problems_add(r->problems, s->line, "the %s %s is not closed: expected }", what,
		    s->name);
	r->ended = peek(r) == EOF;
}

static void
read_list(struct reader *r, struct setting *list)
{
	struct setting **tail = &list->first, *item;
	int c;

	r->p++;
	list->shape = SETTING_LIST;
	for (;;) {
		skip_blanks(r, true, true);
		c = peek(r);
		if (c == '}') {
			r->p++;
			return;
		}
		if (c != '"' && !is_word_char(c)) {
			not_closed(r, "list", list);
			return;
		}
		if ((item = add(r, &tail, "")) == NULL)
			return;
		item->value = c == '"' ? read_text(r) : read_words(r);
	}
}

static void
read_value(struct reader *r, struct setting *s)
{
	int c;

	r->p++;
	skip_blanks(r, false, false);
	c = peek(r);
	if (c == '{') {
		read_list(r, s);
	} else if (c == '"') {
		s->value = read_text(r);
	} else if (is_word_char(c)) {
		s->value = read_words(r);
	} else {
		problems_add(r->problems, s->line, "%s = has no value", s->name);
		return;
	}
	skip_blanks(r, false, false);
	c = peek(r);
	if (c != EOF && c != '\n' && c != ',' && c != '}') {
		problems_add(r->problems, s->line, "%s: expected a comma or a new line behind its "
		    "value, not '%c'", s->name, c);
		s->value = NULL;
		skip_setting(r);
	}
}

static void read_section(struct reader *r, struct setting *section);

static void
read_setting(struct reader *r, struct setting ***tail)
{
	struct setting *s = add(r, tail, read_word(r));

	if (s == NULL)
		return;
	skip_blanks(r, false, false);
	if (peek(r) == '=') {
		read_value(r, s);
		return;
	}
	if (peek(r) == '"') {
		s->title = read_text(r);
		skip_blanks(r, true, false);
	}
	if (peek(r) == '{') {
		s->shape = SETTING_SECTION;
		r->p++;
		read_section(r, s);
		return;
	}
	problems_add(r->problems, s->line, "%s: expected = and a value, or { and a section",
	    s->name);
	skip_setting(r);
}

/* Deeper than any file needs: what is in there is passed over. */
static bool
enter(struct reader *r, const struct setting *section)
{
	if (++r->depth <= DEPTH_MAX)
		return true;
	problems_add(r->problems, section->line, "sections stand in sections too deep");
	r->p = r->end;
	return false;
}

static void
read_section(struct reader *r, struct setting *section)
{
	struct setting **tail = &section->first;
	bool outermost = section->name[0] == '\0';
	int c;

	if (!enter(r, section))
		return;
	while (!r->failed) {
		skip_blanks(r, true, true);
		c = peek(r);
		if (is_word_char(c)) {
			read_setting(r, &tail);
			continue;
		}
		if (c == EOF && !outermost)
			not_closed(r, "section", section);
		if (c == EOF)
			break;
		if (c == '}' && !outermost) {
			r->p++;
			break;
		}
		problems_add(r->problems, r->line, "expected the name of a setting, not '%c'", c);
		r->p++;
		skip_setting(r);
	}
	r->depth--;
}

/* Where a text is no text, no error about what it says helps. */
static bool
is_text(struct bytes text, struct problems *problems)
{
	unsigned line = 1;
	size_t i;

	if (text.n > SETTINGS_BYTES_MAX) {
		problems_add(problems, 0, "is larger than %zu KiB", SETTINGS_BYTES_MAX / 1024);
		return false;
	}
	for (i = 0; i < text.n; line += text.p[i++] == '\n')
		if ((text.p[i] < ' ' && strchr("\n\t\r", text.p[i]) == NULL) ||
		    text.p[i] == 0 || text.p[i] == 0x7f) {
			problems_add(problems, line, "a control character (byte 0x%02x)", text.p[i]);
			return false;
		}
	if (!text_is_utf8(text))
		problems_add(problems, 0, "is not UTF-8 text");
	return text_is_utf8(text);
}

struct setting *
settings_read(struct bytes text, struct arena *a, struct problems *problems)
{
	struct reader r = { .p = text.p, .end = text.p + text.n, .line = 1, .a = a,
		.problems = problems };
	struct setting *root = arena_zalloc(a, sizeof *root);

	if (root == NULL)
		return NULL;
	root->shape = SETTING_SECTION;
	root->name = "";
	root->line = 1;
	if (!is_text(text, problems))
		return root;
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		r.p += 3;		/* a mark that editors of Windows put there */
	read_section(&r, root);
	return r.failed ? NULL : root;
}

void
settings_quote(struct buf *to, const char *value)
{
	buf_add(to, "\"", 1);
	for (; *value != '\0'; value++)
		buf_addf(to, "%s%c", *value == '"' || *value == '\\' ? "\\" : "", *value);
	buf_add(to, "\"", 1);
}
