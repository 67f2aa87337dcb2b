/* period_text.h - a period's figures as lines that people read. */
#ifndef KASIR_CTL_PERIOD_TEXT_H
#define KASIR_CTL_PERIOD_TEXT_H

#include "edge/table.h"
#include "kasir/v1/ledger.pb-c.h"

struct period_money {
	const char *currency;
	unsigned exponent;
};

/* Rows "what, count, amount" of P, which NULL leaves out. */
struct table *period_table(const Kasir__V1__PeriodTotals *p, const struct period_money *m);

#endif
