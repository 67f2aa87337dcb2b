/* postings.h - documents as sums on accounts: debits positive, credits negative.
 *
 * Every document has two sides: the money that moved (tenders, the drawer), and what it moved
 * for (goods, taxes, the safe).  What remains between them goes to `differences`, so that
 * debits and credits are always equal.  While a document is an exception its money stands
 * against `exceptions`. */
#ifndef KASIR_CTL_POSTINGS_H
#define KASIR_CTL_POSTINGS_H

#include "cash/period.h"
#include "tools/kasirctl/accounts.h"

struct posting {
	const char *account;	/* of the file */
	int128 sum;
};

struct postings {
	const struct accounts *accounts;
	struct posting *list;	/* ascending by account */
	size_t n, cap;
	bool failed;		/* no memory */
};

void postings_init(struct postings *p, const struct accounts *accounts);
void postings_fini(struct postings *p);
void postings_clear(struct postings *p);

/* DOC counts; with SIGN -1 it is taken out again. */
void postings_add(struct postings *p, const Kasir__V1__Transaction *doc, int sign);
/* DOC is an exception: its money is there, nobody has said what for. */
void postings_except(struct postings *p, const Kasir__V1__Transaction *doc);
/* An exception was accepted, or voided. */
void postings_accept(struct postings *p, const Kasir__V1__Transaction *doc);
void postings_void(struct postings *p, const Kasir__V1__Transaction *doc);
/* The drawer held VARIANCE more than it should. */
void postings_vary(struct postings *p, int64_t variance);

#endif
