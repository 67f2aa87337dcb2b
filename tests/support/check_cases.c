#include "tests/support/check_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

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

void
check_cases(const struct check_case *t, size_t n)
{
	struct rule_set broken, notes;
	Kasir__V1__Transaction *doc;
	struct arena arena;
	char got[1024];
	size_t i;

	arena_init(&arena, 0);
	for (i = 0; i < n; i++) {
		arena_reset(&arena);
		doc = t[i].make(&arena);
		txn_set(&arena, &doc->base, t[i].changes);
		broken = notes = (struct rule_set){ 0 };
		check_document(doc, &make_settings, &broken, &notes);
		got[0] = '\0';
		list_names(&broken, got, sizeof got);
		list_names(&notes, got, sizeof got);
		if (strcmp(got, t[i].want) != 0)
			fail_msg("%s (%s): got \"%s\", not \"%s\"", t[i].what, t[i].changes, got,
			    t[i].want);
	}
	arena_fini(&arena);
}
