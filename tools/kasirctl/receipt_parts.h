/* receipt_parts.h - the parts of a receipt: goods, what they add up to, how it was paid. */
#ifndef KASIR_CTL_RECEIPT_PARTS_H
#define KASIR_CTL_RECEIPT_PARTS_H

#include "tools/kasirctl/receipt_slip.h"

/* Goods as keyed, each with its own discounts; services come behind the subtotal. */
void receipt_print_lines(const Kasir__V1__Transaction *doc, struct paper *p);
void receipt_print_totals(const Kasir__V1__Transaction *doc, struct paper *p);
void receipt_print_tenders(const Kasir__V1__Transaction *doc, struct paper *p);

#endif
