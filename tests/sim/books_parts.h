/* books_parts.h - what the files of the books share; nobody else includes it. */
#ifndef KASIR_SIM_BOOKS_PARTS_H
#define KASIR_SIM_BOOKS_PARTS_H

#include "kasir/v1/control.pb-c.h"
#include "tests/sim/books.h"
#include "wire/codec.h"

typedef Kasir__V1__Transaction document;

/* What the books remember of an entry that is a transaction. */
struct posted {
	const Kasir__V1__TransactionRecord *r;	/* NULL: no transaction */
	const document *doc;			/* NULL: does not decode */
	bool training, broken, conflict;
	bool keeps_sequence;		/* is found by its number */
	bool counts;			/* broke nothing, or was accepted */
	bool settled;			/* as a bill, or its tenders */
	bool resolved;			/* as an exception */
	/* of a ReturnSettled: the return, and whether it is the exception */
	bool is_settlement, found_wrong;
	uint64_t about;
};

struct open_till {
	const char *terminal, *shift, *cashier;
	uint64_t epoch, first_sequence, opened;
	struct accounts sums;
};

struct till_standing {
	const char *terminal;
	uint64_t epoch, newest, count;
	bool keeps_shifts;	/* has opened one in this epoch */
};

struct books {
	const struct image *im;
	const struct history *h;
	const char *store;
	struct books_verdict *verdict;
	struct arena a;			/* all documents */
	struct posted *posted;		/* by index */
	uint64_t size;			/* entries taken in */
	struct accounts day;
	uint64_t number, first, bills, pending_count;
	wide pending_amount;
	uint32_t business_day;
	struct open_till shifts[BOOKS_TILLS];
	size_t n_shifts;
	struct till_standing tills[BOOKS_TILLS];
	size_t n_tills;
	enum { DUE_NOTHING, DUE_SHIFT, DUE_DAY } due;	/* the next entry is a close */
};

void books_wrong(struct books *b, const char *fmt, ...) KAS_PRINTF(2, 3);
struct open_till *books_shift(struct books *b, const char *terminal);
bool books_is_date(uint32_t day);

/* books_open.c: what is open at the store. */
bool books_opens_pending(const document *doc);
/* The transaction that DOC of TERMINAL names in `original`, in force now; NULL: none. */
struct posted *books_original(struct books *b, const char *terminal, const document *doc);
/* Entry I begins to count, as it comes or because it was accepted. */
void books_begin_to_count(struct books *b, uint64_t i);
void books_leave_pending(struct books *b, struct posted *p);
void books_take_up_bill(struct books *b, struct posted *p);

bool books_keeps_shifts(const struct books *b, const Kasir__V1__TransactionRecord *r);
/* books_rules.c: P, which is about to be taken in, breaks the rules of the day that it ought to
 * and no other. */
void books_check_rules(struct books *b, const struct posted *p);

/* books_close.c: closes as they must be. */
void books_check_shift(struct books *b, const Kasir__V1__ShiftClosed *m);
void books_check_day(struct books *b, const Kasir__V1__DayClosed *m);
void books_check_x(struct books *b, const struct x_report *x);

#endif
