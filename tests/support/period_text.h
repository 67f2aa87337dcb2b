/* period_text.h - a period as a line of text that test tables can hold: every figure that is
 * not zero, in the order of PeriodTotals.
 *
 *   "items=1041 net=1041 tax=114 total=1155 type.1=1:1155 tender.1=1:1155
 *    tax.PPN@1200=1041/954/114/1155 cash.sales=1155 expected=1155"
 *
 * A figure with a count is count:amount; a tax row is base/taxable/amount/gross. */
#ifndef KASIR_TESTS_PERIOD_TEXT_H
#define KASIR_TESTS_PERIOD_TEXT_H

#include "cash/period.h"

#define PERIOD_TEXT_MAX 4096
void period_text(const struct period *p, char to[PERIOD_TEXT_MAX]);

#endif
