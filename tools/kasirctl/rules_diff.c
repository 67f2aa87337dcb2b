/* Both sides are written as files and read as trees: what people see in one place they see in
 * the other, and a setting that is added to the files is compared without a word here. */
#include "tools/kasirctl/rules_diff.h"

#include <string.h>

#define PLACE_MAX 200

const struct table_column rules_diff_columns[] = {
	{ "place", "Where", TABLE_LEFT }, { "before", "Now in force", TABLE_LEFT },
	{ "after", "Then", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
};

struct differ {
	struct arena a;
	struct table *t;
	size_t n;
};

static bool
same_text(const char *a, const char *b)
{
	return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static const struct setting *
counterpart(const struct setting *section, const struct setting *s)
{
	const struct setting *other;

	for (other = section->first; other != NULL; other = other->next)
		if (strcmp(other->name, s->name) == 0 && same_text(other->title, s->title))
			return other;
	return NULL;
}

/* "100, 200, 500" of a list; a value as it is; "" of nothing. */
static const char *
value_of(struct differ *d, const struct setting *s)
{
	const struct setting *item;
	const char *text = "";
	struct buf joined;

	if (s == NULL)
		return "";
	if (s->shape == SETTING_VALUE)
		return s->value;
	buf_init(&joined);
	for (item = s->first; item != NULL; item = item->next)
		buf_addf(&joined, "%s%s", item == s->first ? "" : ", ", item->value);
	buf_add(&joined, "", 1);
	if (!joined.failed)
		text = arena_text(&d->a, (const char *)joined.p);
	buf_fini(&joined);
	return text != NULL ? text : "";
}

static void
add_row(struct differ *d, const char *place, const char *before, const char *after)
{
	table_text(d->t, place);
	table_text(d->t, before);
	table_text(d->t, after);
	d->n++;
}

static void compare(struct differ *d, const char *place, const struct setting *before,
    const struct setting *after);

/* NAME stands on both sides, or on one of them, the other being NULL. */
static void
compare_setting(struct differ *d, const char *place, const struct setting *before,
    const struct setting *after)
{
	const struct setting *s = after != NULL ? after : before;
	static const struct setting none = { .shape = SETTING_SECTION, .name = "" };
	char here[PLACE_MAX];

	snprintf(here, sizeof here, "%s%s%s%s%s", place, place[0] != '\0' ? ", " : "", s->name,
	    s->title != NULL ? " " : "", s->title != NULL ? s->title : "");
	if (s->shape == SETTING_SECTION) {
		if (s->title != NULL && (before == NULL || after == NULL))
			add_row(d, here, before != NULL ? "(is there)" : "",
			    after != NULL ? "(new)" : "(gone)");
		compare(d, here, before != NULL ? before : &none, after != NULL ? after : &none);
	} else if (strcmp(value_of(d, before), value_of(d, after)) != 0) {
		add_row(d, here, value_of(d, before), value_of(d, after));
	}
}

static void
compare(struct differ *d, const char *place, const struct setting *before,
    const struct setting *after)
{
	const struct setting *s;

	for (s = after->first; s != NULL; s = s->next)
		compare_setting(d, place, counterpart(before, s), s);
	for (s = before->first; s != NULL; s = s->next)
		if (counterpart(after, s) == NULL)
			compare_setting(d, place, s, NULL);
}

static const struct setting *
tree_of(struct differ *d, const Kasir__V1__RuleSet *rs)
{
	static const struct setting none = { .shape = SETTING_SECTION, .name = "" };
	const struct setting *root;
	struct problems problems = { 0 };
	struct buf text;

	if (rs == NULL)
		return &none;
	buf_init(&text);
	rules_write(rs, &text);
	root = text.failed ? NULL : settings_read(buf_bytes(&text), &d->a, &problems);
	buf_fini(&text);
	return root;
}

enum kas_err
rules_diff(const Kasir__V1__RuleSet *now, const Kasir__V1__RuleSet *then, struct table *t,
    size_t *ret_n)
{
	struct differ d = { .t = t };
	const struct setting *before, *after;

	arena_init(&d.a, 0);
	before = tree_of(&d, now);
	after = tree_of(&d, then);
	if (before != NULL && after != NULL)
		compare(&d, "", before, after);
	*ret_n = d.n;
	arena_fini(&d.a);
	return before != NULL && after != NULL ? KAS_OK : KAS_NOMEM;
}
