/* period_parts.h - what the parts of a period share.  Internal to lib/cash.
 *
 * SIGN is 1 to add a document and -1 to take it away again. */
#ifndef KASIR_CASH_PERIOD_PARTS_H
#define KASIR_CASH_PERIOD_PARTS_H

#include "cash/check_parts.h"
#include "cash/period.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define KIND(k) KASIR__V1__LINE_KIND__##k
#define TENDER(k) KASIR__V1__TENDER_KIND__##k
#define STATE(s) KASIR__V1__TENDER_STATE__##s

/* Has tenders that count. */
bool period_tenders(Kasir__V1__TransactionType type);
bool period_moves_cash(Kasir__V1__TransactionType type);

int128 period_applied(const Kasir__V1__Tender *t);
/* Is T, of a resolution, one that was pending before (and not one that stands in for it)? */
bool period_settles(const Kasir__V1__Transaction *doc, const Kasir__V1__Tender *t);
/* How often T is added: -1, 0 or 1. */
int period_weight_of(const Kasir__V1__Transaction *doc, const Kasir__V1__Tender *t);

/* Drawer. */
void period_cash_add(struct period_cash *c, const Kasir__V1__Transaction *doc, int sign);
/* The cash of an exception is in the drawer; which figure it belongs to is in doubt. */
void period_cash_except(struct period_cash *c, const Kasir__V1__Transaction *doc, int sign);
int64_t period_cash_expected(const struct period_cash *c);

/* Lines, taxes and totals; nothing where the type has none that count. */
void period_trade_add(struct period *p, const Kasir__V1__Transaction *doc, int sign);

#endif
