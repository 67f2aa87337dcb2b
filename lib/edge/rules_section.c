#include "edge/rules_parts.h"

#include <string.h>

#include "edge/cli.h"

#define KEYS_MAX 12

static const struct rules_key *
find_key(struct taking *t, const struct setting *s, const struct rules_key *keys,
    const char *where)
{
	const char *names[KEYS_MAX + 1] = { NULL }, *near;
	size_t i;

	for (i = 0; keys[i].name != NULL; i++) {
		if (strcmp(keys[i].name, s->name) == 0)
			return &keys[i];
		kas_assert(i < KEYS_MAX);
		names[i] = keys[i].name;
	}
	near = cli_nearest(s->name, names);
	if (near != NULL)
		problems_add(t->problems, s->line, "%.40s is no setting %s; did you mean %s?",
		    s->name, where, near);
	else
		problems_add(t->problems, s->line, "%.40s is no setting %s: kasir-rules(5) lists "
		    "what may stand here", s->name, where);
	return NULL;
}

static bool
is_shaped(struct taking *t, const struct setting *s, const struct rules_key *key)
{
	static const char *const looks[] = {
		[SETTING_VALUE] = "= and a value",
		[SETTING_LIST] = "= { and a list }",
		[SETTING_SECTION] = "{ and a section }",
	};

	if (s->shape == SETTING_VALUE && s->value == NULL)
		return false;		/* was told when it was read */
	if (s->shape == key->shape)
		return true;
	problems_add(t->problems, s->line, "%s: expected %s %s", s->name, s->name,
	    looks[key->shape]);
	return false;
}

static bool
is_first(struct taking *t, const struct setting *section, const struct setting *s)
{
	const struct setting *before = setting_child(section, s->name);

	if (before == s)
		return true;
	problems_add(t->problems, s->line, "%s stands here a second time; the first is on line %u",
	    s->name, before->line);
	return false;
}

void
take_section(struct taking *t, const struct setting *section, const struct rules_key *keys,
    const char *where, void *into)
{
	const struct setting *s;
	const struct rules_key *key;

	for (s = section->first; s != NULL; s = s->next) {
		key = find_key(t, s, keys, where);
		if (key != NULL && is_shaped(t, s, key) &&
		    (key->repeats || is_first(t, section, s)))
			key->take(t, s, key, (char *)into + key->offset);
	}
}

const struct setting *
setting_child(const struct setting *section, const char *name)
{
	const struct setting *s;

	for (s = section->first; s != NULL; s = s->next)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

size_t
setting_count(const struct setting *section, const char *name)
{
	const struct setting *s;
	size_t n = 0;

	for (s = section->first; s != NULL; s = s->next)
		n += name == NULL || strcmp(s->name, name) == 0;
	return n;
}

bool
rules_is_within(struct taking *t, unsigned line, size_t n, size_t max, const char *what)
{
	if (n == max)
		problems_add(t->problems, line, "more than %zu %s", max, what);
	return n < max;
}

void *
rules_room(struct taking *t, size_t n)
{
	static uint64_t nothing[RULESET_PERIODS_MAX + 1];
	void *p = arena_zalloc(t->a, (n + 1) * sizeof(uint64_t));

	return p != NULL ? p : nothing;
}
