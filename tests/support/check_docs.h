/* check_docs.h - small documents that break no rule, for tests that break one of them. */
#ifndef KASIR_TESTS_CHECK_DOCS_H
#define KASIR_TESTS_CHECK_DOCS_H

#include "tests/support/make_txn.h"

/* Rp 1.041 with PPN of 12 % on 11/12: taxable 954, tax 114, where a plain 11 % gives 115. */
Kasir__V1__Transaction *doc_indonesian(struct arena *a);
/* Lines of 1,500 and 2,333 with PPN in the price, reckoned once or line by line. */
Kasir__V1__Transaction *doc_inclusive_by_document(struct arena *a);
Kasir__V1__Transaction *doc_inclusive_by_line(struct arena *a);
/* Three lines of 1,000, 2,000 and 3,000, outside tax: the second with 500 off, a document
 * discount of 100 shared 34 and 66 over first and third, a fourth voiding the second. */
Kasir__V1__Transaction *doc_discounted(struct arena *a);
/* 20,000 paid with 4,000 of a voucher of 5,000, with a dollar at 16,234.5 of which 6,235 are
 * change, and with 6,000 on a debit card that also gave 50,000 in cash. */
Kasir__V1__Transaction *doc_many_tenders(struct arena *a);
/* A return of 1,000, and a void of doc_indonesian(): both name front's epoch 1, sequence 41. */
Kasir__V1__Transaction *doc_returned(struct arena *a);
Kasir__V1__Transaction *doc_voided(struct arena *a);
/* No sale. */
Kasir__V1__Transaction *doc_drawer_opened(struct arena *a);
/* 5,000 paid in. */
Kasir__V1__Transaction *doc_cash_in(struct arena *a);
/* A till count: three of 500, two of 1,000. */
Kasir__V1__Transaction *doc_counted(struct arena *a);
/* Goods of 1,000 against goods of 1,000; behind the end of its tenders one of nothing in cash. */
Kasir__V1__Transaction *doc_even_exchange(struct arena *a);
/* 5,000 paid on account, in cash. */
Kasir__V1__Transaction *doc_account_paid(struct arena *a);
/* 5,000 in cash for e-money; names front's epoch 1, sequence 41. */
Kasir__V1__Transaction *doc_swapped(struct arena *a);
/* A terminal's event. */
Kasir__V1__Transaction *doc_event(struct arena *a);

#endif
