/* accounts.h - which account of the books a figure belongs to: the file that `export daybook`
 * reads.  docs/reference/exports.md explains it. */
#ifndef KASIR_CTL_ACCOUNTS_H
#define KASIR_CTL_ACCOUNTS_H

#include "edge/settings.h"
#include "kasir/v1/transaction.pb-c.h"

/* Accounts that every file names, and those that it may. */
enum account {
	ACCOUNT_SALES, ACCOUNT_SERVICE, ACCOUNT_OTHER, ACCOUNT_TAX, ACCOUNT_ROUNDING,
	ACCOUNT_TENDERS, ACCOUNT_SAFE, ACCOUNT_BANK, ACCOUNT_PAID_IN, ACCOUNT_PAID_OUT,
	ACCOUNT_VARIANCE, ACCOUNT_FORFEIT, ACCOUNT_REVERSED, ACCOUNT_EXCEPTIONS,
	ACCOUNT_DIFFERENCES,
	ACCOUNT__NEEDED,
	ACCOUNT_DISCOUNTS = ACCOUNT__NEEDED, ACCOUNT_RETURNS,
	ACCOUNT__COUNT
};

#define ACCOUNT_KINDS 32		/* of tenders, of lines */

/* A tax code, a department or a till's name for a purpose, and its account. */
struct account_title {
	const char *title, *account;
	struct account_title *next;
};

struct accounts {
	const char *of[ACCOUNT__COUNT];		/* NULL: not set */
	const char *tenders[ACCOUNT_KINDS], *lines[ACCOUNT_KINDS];
	struct account_title *taxes, *departments, *purposes;
};

/* All texts are in A.  KAS_MALFORMED: PROBLEMS, sorted by line, has all of them.  KAS_NOMEM. */
KAS_CHECKED enum kas_err accounts_read(struct bytes text, struct arena *a,
    struct accounts *ret, struct problems *problems);

/* Never NULL. */
const char *accounts_tender(const struct accounts *m, Kasir__V1__TenderKind kind);
const char *accounts_line(const struct accounts *m, Kasir__V1__LineKind kind,
    const char *department);
const char *accounts_tax(const struct accounts *m, const char *code);
/* Of a PAID_IN or PAID_OUT: by the purpose that the till named, or as OTHERWISE says. */
const char *accounts_purpose(const struct accounts *m, const char *purpose,
    enum account otherwise);

#endif
