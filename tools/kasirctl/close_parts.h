/* close_parts.h - a period's totals as sections of a slip. */
#ifndef KASIR_CTL_CLOSE_PARTS_H
#define KASIR_CTL_CLOSE_PARTS_H

#include "tools/kasirctl/close_slip.h"

/* From goods as priced down to the total, tenders, taxes, transactions, what needs a look.
 * T may be NULL: a close that says nothing. */
void close_print_totals(const Kasir__V1__PeriodTotals *t, struct paper *p);
/* The drawer's: from the float to what should be in it. */
void close_print_cash(const Kasir__V1__PeriodTotals *t, struct paper *p);
void close_print_perpetual(const Kasir__V1__GrandTotals *t, struct paper *p);
/* A rule and a heading. */
void close_heading(struct paper *p, enum slip_word w);
/* "Pengecualian 2 x    Rp 15.000"; nothing where there are none. */
void close_figure(struct paper *p, const char *name, uint64_t count, int64_t amount);

#endif
