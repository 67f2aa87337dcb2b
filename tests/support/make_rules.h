/* make_rules.h - a rule set for tests: rupiah, two periods, before and after 2025.
 *
 *   20220401 to 20241231: floor; codes FREE, PB1 (10 %), PPN11 (11 %, inclusive)
 *   20250101 on: half up; codes FREE, LEVY (as printed), PB1, PPN (12 % on 11/12), PPN11
 *     (inclusive), PPNBM (12 %); cash to the hundred, taxes to the rupiah, days that begin at
 *     4:00, coins and notes of 100, 500, 1,000 and 50,000; cashier and reason are required */
#ifndef KASIR_TESTS_MAKE_RULES_H
#define KASIR_TESTS_MAKE_RULES_H

#include "base/bytes.h"
#include "kasir/v1/rules.pb-c.h"

/* In A; its texts are static or A's.  NULL when A is full. */
Kasir__V1__RuleSet *make_rules(struct arena *a);

#endif
