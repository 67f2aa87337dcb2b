/* check_cases.h - tables of changed documents and the rules that each then breaks (cmocka). */
#ifndef KASIR_TESTS_CHECK_CASES_H
#define KASIR_TESTS_CHECK_CASES_H

#include "tests/support/check_docs.h"

struct check_case {
	const char *what;
	Kasir__V1__Transaction *(*make)(struct arena *a);
	const char *changes;	/* as in txn_set.h */
	const char *want;	/* names of broken rules and notes, ascending by number */
};

/* Under a rule set: make_rules()'s, changed so; NULL: none is in force. */
struct ruled_case {
	const char *what;
	Kasir__V1__Transaction *(*make)(struct arena *a);
	const char *changes, *want, *rules;
};

/* Fails the running test at the first of N cases that breaks other rules than it says. */
void check_cases(const struct check_case *t, size_t n);
void ruled_cases(const struct ruled_case *t, size_t n);
#define CHECK_CASES(t) check_cases(t, sizeof(t) / sizeof((t)[0]))
#define RULED_CASES(t) ruled_cases(t, sizeof(t) / sizeof((t)[0]))

#endif
