/* day_docs.h - the documents of a cashier's day, as small as they can be and still add up. */
#ifndef KASIR_TESTS_SUPPORT_DAY_DOCS_H
#define KASIR_TESTS_SUPPORT_DAY_DOCS_H

#include "base/bytes.h"
#include "kasir/v1/transaction.pb-c.h"

#define DAY_DOCS_DATE 20260601u

/* Nothing in it but type, time, shift and currency; texts are borrowed. */
Kasir__V1__Transaction *day_doc(struct arena *a, Kasir__V1__TransactionType type,
    int64_t at_us, const char *shift);
/* One line of N pieces at 1 rupiah. */
void day_doc_line(struct arena *a, Kasir__V1__Transaction *doc, int64_t n);
/* A tender of N that is one more; returns it. */
Kasir__V1__Tender *day_doc_tender(struct arena *a, Kasir__V1__Transaction *doc,
    Kasir__V1__TenderKind kind, Kasir__V1__TenderState state, int64_t n);
/* N rupiah were counted, in coins of one. */
void day_doc_count(struct arena *a, Kasir__V1__Transaction *doc, uint64_t n);
/* It is about (terminal, 1, sequence). */
void day_doc_about(struct arena *a, Kasir__V1__Transaction *doc, const char *terminal,
    uint64_t sequence);
void day_doc_flag(struct arena *a, Kasir__V1__Transaction *doc,
    Kasir__V1__TransactionFlag flag);

#endif
