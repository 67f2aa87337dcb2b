/* golden.h - output that a person has read and found right, kept in tests/unit/golden/.
 * KASIR_GOLDEN=write puts what is printed there: read the difference before committing it. */
#ifndef KASIR_TESTS_SUPPORT_GOLDEN_H
#define KASIR_TESTS_SUPPORT_GOLDEN_H

#include "base/bytes.h"

void assert_golden(struct bytes printed, const char *name);

#endif
