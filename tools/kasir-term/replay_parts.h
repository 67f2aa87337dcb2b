/* replay_parts.h - what the two data sets share: building documents on an arena. */
#ifndef KASIR_TERM_REPLAY_PARTS_H
#define KASIR_TERM_REPLAY_PARTS_H

#include "cash/money.h"
#include "tools/kasir-term/dataset.h"

/* Everything is NULL or false when A is full. */
Kasir__V1__Transaction *replay_document(struct arena *a, Kasir__V1__TransactionType type,
    const char *currency, unsigned exponent);
/* ROOM lines may be added. */
KAS_CHECKED bool replay_room(struct arena *a, Kasir__V1__Transaction *doc, size_t room);
Kasir__V1__Line *replay_line(struct arena *a, Kasir__V1__Transaction *doc,
    Kasir__V1__LineKind kind);
Kasir__V1__Tender *replay_tender(struct arena *a, Kasir__V1__Transaction *doc,
    Kasir__V1__TenderKind kind, int64_t tendered);
/* The whole payable by one tender, of a kind that follows from NAME alone: of 101 names, 76
 * pay cash, 18 by card and 7 by e-money, as the receipts do.  Nothing where the total is 0. */
KAS_CHECKED bool replay_pay(struct arena *a, Kasir__V1__Transaction *doc, const char *name);

/* Shorten names until DOC fits into MAX bytes; returns how many were shortened. */
size_t replay_fit(Kasir__V1__Transaction *doc, size_t max);

/* The first COUNT bytes of TEXT, cut at a character's boundary. */
void replay_cut(char *text, size_t count);

#endif
