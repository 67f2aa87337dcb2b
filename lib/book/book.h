/* book.h - the ledger folded to what must be known of it to judge the next entry:
 * keys, sequences, identities, returns, the day, rules, totals.
 *
 * One fold for everybody: the store applies each entry as it stages it, applies the
 * tail again after a restart, and the verifier applies all of them.  Judging is a
 * function of the book and the transaction, so the verifier comes to the same answer
 * as the store did.  docs/explanation/book.md. */
#ifndef KASIR_BOOK_BOOK_H
#define KASIR_BOOK_BOOK_H

#include "book/day.h"
#include "book/facts.h"
#include "book/keyring.h"
#include "cash/catalogue.h"
#include "cash/check.h"
#include "wire/codec.h"

/* What lies outside memory: written facts, entries (staged ones too), catalogues. */
struct book_port {
	struct fact_port facts;
	/* Entry and payload of INDEX, valid as long as A. */
	enum kas_err (*read)(void *ctx, uint64_t index, struct arena *a,
	    struct bytes *ret_entry, struct bytes *ret_payload);
	/* The bytes whose SHA-256 is HASH, valid as long as A.  KAS_NOTFOUND: they are not kept
	 * here.  NULL: none are. */
	enum kas_err (*blob)(void *ctx, const struct hash *hash, struct arena *a,
	    struct bytes *ret);
	void *ctx;
};

struct book;

/* Returns of one original that are reckoned up (and bytes of their payloads), and those that
 * may wait for one.  Judging must end, and soon: it stands between everybody's sale and its
 * answer.  The next return is an exception, and a person looks at it. */
#define BOOK_RETURNS_MAX 64
#define BOOK_RETURNS_BYTES ((size_t)256 * 1024)
#define BOOK_WAITING_MAX 32

enum verdict {
	VERDICT_NEW,		/* becomes an entry */
	VERDICT_DUPLICATE,	/* is the entry at `index` */
	VERDICT_CONFLICT_NEW,	/* becomes an entry; its identity belongs to `index` */
	VERDICT_CONFLICT_KNOWN,	/* is the conflict entry at `index` */
};

struct judgement {
	enum verdict verdict;
	uint64_t index;
	struct rule_set broken, notes;	/* for the two that become entries */
	Kasir__V1__Transaction *doc;	/* NULL: the payload does not decode */
};

KAS_CHECKED enum kas_err book_open(const struct book_port *port, struct book **ret);
void book_close(struct book *b);

/* Put a snapshot back: its rows, then the state at SIZE entries (all zero when new; STATE: as
 * book_snapshot.state).  Rules and catalogue in force are read through the port.  Entries from
 * SIZE on are applied after that. */
KAS_CHECKED enum kas_err book_restore_terminal(struct book *b, const struct terminal_row *row);
KAS_CHECKED enum kas_err book_restore(struct book *b, uint64_t size,
    const Kasir__V1__StoreOpened *opened, const Kasir__V1__GrandTotals *totals,
    struct bytes state);

/* What is found in memory alone grows with a ledger that is folded from its beginning.  Of
 * the first N entries the port has the facts FACT_SEQUENCE to FACT_CONFLICT already, of which
 * every sale makes two: none of those is held. */
void book_facts_written(struct book *b, uint64_t n);

uint64_t book_size(const struct book *b);
const struct keyring *book_keyring(const struct book *b);
const Kasir__V1__GrandTotals *book_totals(const struct book *b);
const struct check_settings *book_settings(const struct book *b);
const char *book_store(const struct book *b);		/* "" before StoreOpened */
const char *book_origin(const struct book *b);
const struct day *book_day(const struct book *b);
const Kasir__V1__RuleSet *book_rules(const struct book *b);	/* in force; NULL: none */
/* NULL: none is in force, or (book_lacks_catalogue()) the port has not got its bytes: then
 * nothing is noted of products and cashiers. */
const struct catalogue *book_catalogue(const struct book *b);
bool book_lacks_catalogue(const struct book *b);
/* Of the entry that put it in force; 0: none is. */
uint64_t book_catalogue_index(const struct book *b);
/* The hash that this entry names; of book_catalogue(). */
const struct hash *book_catalogue_hash(const struct book *b);
/* ROWS, opened over bytes in *A whose SHA-256 is HASH: the entry that names it takes them, and
 * does not read and look through them all once more.  Both are the book's now, *A is empty. */
void book_offer_catalogue(struct book *b, const struct hash *hash, struct arena *a,
    struct catalogue *rows);
/* All of it that is in no row: for the X, and the snapshot. */
KAS_CHECKED enum kas_err book_state(const struct book *b, struct arena *a,
    Kasir__V1__BookState **ret);

/* Judge T, genuine by the key of ROW, as it would be entered at WALL_US.  Decodes the
 * payload into A.  Errors are the port's. */
KAS_CHECKED enum kas_err book_judge(struct book *b, const struct signed_txn *t,
    int64_t wall_us, struct arena *a, struct judgement *ret);

/* The totals as they stand after an entry for a transaction so judged; for the entry. */
Kasir__V1__GrandTotals book_totals_after(const struct book *b, const struct judgement *j);
/* How a return that waited is judged beside its original. */
struct settlement {
	struct rule_set broken;
	uint64_t magnitude;
	bool counted;		/* an exception already, or training: adds to no total */
};
/* The same after a ReturnSettled entry that says S. */
Kasir__V1__GrandTotals book_totals_settled(const struct book *b, const struct settlement *s);

/* Take in the next entry (its index is book_size()).  PAYLOAD: as it stands beside the entry,
 * wanted of events only (RulesChanged).  HASH: of the statement, for a transaction (NULL:
 * computed here).  DOC: its decoded payload, or NULL.  KAS_CORRUPT, with WHY: it does not
 * follow from what went before. */
KAS_CHECKED enum kas_err book_apply(struct book *b, const Kasir__V1__LedgerEntry *entry,
    struct bytes payload, const struct hash *hash, const Kasir__V1__Transaction *doc,
    struct kas_why *why);

/* The close that must be the next entry, because the one just applied asked for it: ENTRY's
 * body (in A) is a ShiftClosed or a DayClosed, else it is left not set.  It stands right behind
 * what asked, before any ReturnSettled.  The caller adds to a DayClosed root and
 * cosigned_size. */
KAS_CHECKED enum kas_err book_due(struct book *b, struct arena *a,
    Kasir__V1__LedgerEntry *entry);

/* The day as it would be closed now, at the manager's word: the caller adds root,
 * cosigned_size, by and reason, and must not write it while anything stands in the way. */
KAS_CHECKED enum kas_err book_close_day(struct book *b, struct arena *a,
    Kasir__V1__DayClosed **ret);
/* Of DAY_OPEN_BILLS and DAY_PENDING_TENDERS (which may be carried into the next day) those
 * that hold. */
struct rule_set book_day_in_the_way(const struct book *b, bool carry_pending);

/* An exception that nobody has resolved yet. */
struct open_exception {
	uint64_t index;
	bool is_settled;		/* a ReturnSettled: the return counted when it came */
	/* It was voided at its till since, which took its figures back: it can be accepted, but
	 * not voided again. */
	bool is_taken_back;
	struct figures figures;
};
/* KAS_NOTFOUND: there is no entry INDEX.  KAS_MALFORMED: it is no exception (training is none,
 * nor a settled return that is one itself).  KAS_EXISTS: entry *RET_BY resolved it. */
KAS_CHECKED enum kas_err book_find_exception(struct book *b, uint64_t index,
    struct open_exception *ret, uint64_t *ret_by);
/* The totals after an ExceptionResolved entry that says HOW of X. */
Kasir__V1__GrandTotals book_totals_resolved(const struct book *b,
    const struct open_exception *x, Kasir__V1__Resolution how);

/* BYTES as a rule set that this store can be judged by, in A.  KAS_MALFORMED with WHY:
 * ruleset_check(), or another currency than the store's.  For RulesChanged. */
KAS_CHECKED enum kas_err book_open_rules(const struct book *b, struct bytes bytes,
    struct arena *a, Kasir__V1__RuleSet **ret, struct kas_why *why);

/* Returns that waited for the transaction just applied (their indexes), and the judgement
 * of one of them against it, for a ReturnSettled entry. */
KAS_CHECKED enum kas_err book_waiting(struct book *b, const char *terminal, uint64_t epoch,
    uint64_t sequence, uint64_t ret[BOOK_WAITING_MAX], size_t *ret_n);
KAS_CHECKED enum kas_err book_settle(struct book *b, uint64_t return_index,
    uint64_t original_index, struct arena *a, struct settlement *ret);

/* Snapshot, to be written with the group that brings the ledger to book_size().  Lends
 * rows, facts and state until book_end_snapshot(). */
struct book_snapshot {
	uint64_t size;		/* entries covered; 0: a slice, more of the same follows */
	const struct fact *facts;
	size_t n_facts;
	const struct terminal_row *const *terminals;	/* those that changed */
	size_t n_terminals;
	struct bytes state;		/* a serialised BookState; goes with the final slice */
};
size_t book_unwritten(const struct book *b);		/* facts in memory */
KAS_CHECKED enum kas_err book_begin_snapshot(struct book *b, struct book_snapshot *ret);
void book_end_snapshot(struct book *b, bool written);

#endif
