/* rules_file.h - rule sets as the files that people write; kasir-rules(5) has the settings,
 * docs/reference/rule-sets.md what they mean.
 *
 *   rules_read.c        a file's sections as a RuleSet
 *   rules_values.c      what stands in a setting: days, rates, amounts...
 *   rules_write.c       a RuleSet as a file that reads back as the same */
#ifndef KASIR_EDGE_RULES_FILE_H
#define KASIR_EDGE_RULES_FILE_H

#include "cash/ruleset.h"
#include "edge/settings.h"

/* TEXT as a rule set in A; it passes ruleset_check().  KAS_MALFORMED: PROBLEMS, sorted by
 * line, has everything that was found wrong.  KAS_NOMEM. */
KAS_CHECKED enum kas_err rules_parse(struct bytes text, struct arena *a,
    Kasir__V1__RuleSet **ret, struct problems *problems);
/* The same from a file; KAS_NOTFOUND, KAS_DENIED, KAS_IO, KAS_RANGE: WHY. */
KAS_CHECKED enum kas_err rules_load(const char *path, struct arena *a,
    Kasir__V1__RuleSet **ret, struct problems *problems, struct kas_why *why);

/* RS, which ruleset_check() passes, as text that rules_parse() gives back the same. */
void rules_write(const Kasir__V1__RuleSet *rs, struct buf *to);

/* "2025-01-31" as YYYYMMDD; false: it is no day. */
bool rules_parse_day(const char *text, uint32_t *ret);

#endif
