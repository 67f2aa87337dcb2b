/* tail_line.h - a transaction in one line, as `kasirctl tail` shows it. */
#ifndef KASIR_CTL_TAIL_LINE_H
#define KASIR_CTL_TAIL_LINE_H

#include "base/bytes.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"

#include <stdio.h>

/* What the columns are called. */
void tail_heading(FILE *to);
/* Time, transaction, type, receipt, pieces, total, tenders, and in COLOUR what it breaks.
 * DOC: NULL when it does not decode. */
void tail_line(FILE *to, bool colour, const Kasir__V1__LedgerEntry *e,
    const Kasir__V1__Transaction *doc);
/* The same as an object in one line; amounts in minor units.  KAS_NOMEM. */
KAS_CHECKED enum kas_err tail_json(FILE *to, uint64_t index, const Kasir__V1__LedgerEntry *e,
    const Kasir__V1__Transaction *doc);

#endif
