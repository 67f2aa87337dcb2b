/* make_day.h - valid transactions of every type from a seed, and rule sets under which they
 * are valid.  In rupiah, rounded half up; beside make_txn.h, whose sales are among them. */
#ifndef KASIR_TESTS_MAKE_DAY_H
#define KASIR_TESTS_MAKE_DAY_H

#include "tests/support/make_txn.h"

/* Everything lives in A; NULL when A is full. */
Kasir__V1__Transaction *make_any(struct arena *a, uint64_t seed);

/* Passes ruleset_check(), covers DOC's day, and DOC breaks nothing under it but notes. */
Kasir__V1__RuleSet *make_rules_for(struct arena *a, uint64_t seed,
    const Kasir__V1__Transaction *doc);

#endif
