/* rules_diff.h - what differs between two rule sets, in the words of their files. */
#ifndef KASIR_CTL_RULES_DIFF_H
#define KASIR_CTL_RULES_DIFF_H

#include "edge/rules_file.h"
#include "edge/table.h"

/* A row of PLACE, BEFORE and AFTER for each setting that differs: "period 2025-01-01, tax PPN,
 * rate", "11 %", "12 %".  A section that is only on one side has a row of its own.  NOW may be
 * NULL: there are no rules yet.  *RET_N rows were added to T.  KAS_NOMEM. */
KAS_CHECKED enum kas_err rules_diff(const Kasir__V1__RuleSet *now,
    const Kasir__V1__RuleSet *then, struct table *t, size_t *ret_n);
extern const struct table_column rules_diff_columns[];

#endif
