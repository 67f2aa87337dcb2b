/* report_oracle.h - the reports' figures once more, from the documents and what became of
 * them in the end, in SQL: nothing of lib/cash or lib/report. */
#ifndef KASIR_TESTS_SUPPORT_REPORT_ORACLE_H
#define KASIR_TESTS_SUPPORT_REPORT_ORACLE_H

#include "tests/support/report_rig.h"

/* Names of the tables in which PATH (a reports.db) and R's deals differ go to TO, "" for
 * none. */
void report_oracle_compare(const struct report_rig *r, const char *path, char *to, size_t n);

#endif
