/* accounts.h - the oracle's figures of a stretch of the ledger: named accounts, each with a
 * count and an amount.
 *
 * Written apart from lib/cash/period on purpose, from docs/reference/totals.md alone, and in
 * another shape: what a shift's close, an X or a Z says is laid out into accounts too, and
 * the two are held against each other by name. */
#ifndef KASIR_SIM_ACCOUNTS_H
#define KASIR_SIM_ACCOUNTS_H

#include "base/bytes.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"

__extension__ typedef __int128 wide;

#define ACCOUNT_NAME_MAX 64

struct account {
	char name[ACCOUNT_NAME_MAX];
	uint64_t count;
	int64_t amount;
};

struct accounts {
	struct account *list;
	size_t n, cap;
};

void accounts_fini(struct accounts *a);
void accounts_clear(struct accounts *a);
/* AMOUNT joins NAME, which stops at the ends of its range; COUNT more. */
void accounts_post(struct accounts *a, const char *name, wide amount, uint64_t count);
/* One of a family: "type 3", "tender 1". */
void accounts_post_in(struct accounts *a, const char *family, unsigned long member, wide amount,
    uint64_t count);
struct account *accounts_find(struct accounts *a, const char *name);	/* made when it is new */
int64_t accounts_amount(const struct accounts *a, const char *name);	/* 0: there is none */
int64_t accounts_expected_cash(const struct accounts *a);

/* What M says is not what A has: RET_WHY names the first account in which they differ. */
bool accounts_differ(const struct accounts *a, const Kasir__V1__PeriodTotals *m,
    char ret_why[200]);

/* posting.c - what a document does to the accounts.  DOC may be NULL: it does not decode. */
void post_counted(struct accounts *a, const Kasir__V1__Transaction *doc);
void post_exception(struct accounts *a, const Kasir__V1__Transaction *doc);
void post_training(struct accounts *a, const Kasir__V1__Transaction *doc);
/* The manager's word on an exception. */
void post_accepted(struct accounts *a, const Kasir__V1__Transaction *doc);
void post_voided(struct accounts *a, const Kasir__V1__Transaction *doc);
/* A return that counted, and was found wrong when its original came; then the word on it. */
void post_doubted(struct accounts *a, const Kasir__V1__Transaction *doc);
void post_upheld(struct accounts *a, const Kasir__V1__Transaction *doc);
void post_taken_out(struct accounts *a, const Kasir__V1__Transaction *doc);

int64_t posting_counted_cash(const Kasir__V1__Transaction *doc);	/* value * count */
wide posting_applied(const Kasir__V1__Tender *t);
bool posting_is_unsettled(const Kasir__V1__Tender *t);

#endif
