#include "tests/support/check_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/make_rules.h"
#include "tests/support/txn_set.h"

static void
list_names(const struct rule_set *s, char *to, size_t room)
{
	rule_id ids[RULES_MAX];
	char name[RULE_NAME_MAX];
	size_t i, n = rule_set_list(s, ids), used;

	for (i = 0; i < n; i++) {
		rule_name(ids[i], name);
		used = strlen(to);
		snprintf(to + used, room - used, "%s%s", used > 0 ? " " : "", name);
	}
}

/* Only what passes ruleset_check() is ever in force. */
static const Kasir__V1__RuleSet *
rules_of(struct arena *a, const struct ruled_case *t)
{
	Kasir__V1__RuleSet *rs;
	struct kas_why why;

	if (t->rules == NULL)
		return NULL;
	rs = make_rules(a);
	txn_set(a, &rs->base, t->rules);
	if (ruleset_check(rs, &why) != KAS_OK)
		fail_msg("%s (%s): %s", t->what, t->rules, why.text);
	return rs;
}

static void
run_case(struct arena *a, const struct ruled_case *t)
{
	struct check_settings settings = make_settings;
	struct rule_set broken = { 0 }, notes = { 0 };
	Kasir__V1__Transaction *doc = t->make(a);
	char got[1024] = "";

	txn_set(a, &doc->base, t->changes);
	settings.rules = rules_of(a, t);
	check_document(doc, &settings, &broken, &notes);
	list_names(&broken, got, sizeof got);
	list_names(&notes, got, sizeof got);
	if (strcmp(got, t->want) != 0)
		fail_msg("%s (%s): got \"%s\", not \"%s\"", t->what, t->changes, got, t->want);
}

void
ruled_cases(const struct ruled_case *t, size_t n)
{
	struct arena arena;
	size_t i;

	arena_init(&arena, 0);
	for (i = 0; i < n; i++) {
		arena_reset(&arena);
		run_case(&arena, &t[i]);
	}
	arena_fini(&arena);
}

void
check_cases(const struct check_case *t, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		ruled_cases(&(struct ruled_case){ t[i].what, t[i].make, t[i].changes, t[i].want,
				NULL }, 1);
}
