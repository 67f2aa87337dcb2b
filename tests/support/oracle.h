/* oracle.h - a second opinion on documents, for tests: docs/reference/rules.md row by row.
 *
 * Written apart from lib/cash and of another shape.  There, each part of a document is walked
 * once and every figure reckoned; here, each rule is a question of its own about the whole
 * document, and a rounded figure is not reckoned but held between its bounds.  It may be as slow
 * as it likes.  It knows figures up to 2^46: past them lib/cash has tables of its own. */
#ifndef KASIR_TESTS_ORACLE_H
#define KASIR_TESTS_ORACLE_H

#include "cash/check.h"

/* As check_document(). */
void oracle_judge(const Kasir__V1__Transaction *doc, const struct check_settings *settings,
    struct rule_set *broken, struct rule_set *notes);

#endif
