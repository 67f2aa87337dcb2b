/* book_rig.h - a ledger that is nothing but its book: transactions are judged and applied as
 * a store does it, without signatures, tree or disk, and every close that is asked for is
 * written.  Snapshots go to a list of facts, and the book can be folded again from any of
 * them. */
#ifndef KASIR_TESTS_SUPPORT_BOOK_RIG_H
#define KASIR_TESTS_SUPPORT_BOOK_RIG_H

#include "book/book.h"
#include "tests/support/make_txn.h"

#define BOOK_RIG_ENTRIES 4096
#define BOOK_RIG_ROWS 64

struct book_rig {
	struct arena arena, scratch;	/* what is kept; one judgement's */
	struct book *book;
	struct { struct bytes entry, payload; } entries[BOOK_RIG_ENTRIES];
	uint64_t n;
	struct fact *facts;		/* written, of the first snapshot_size entries */
	size_t n_facts;
	struct terminal_row rows[BOOK_RIG_ROWS];
	size_t n_rows;
	uint64_t snapshot_size;
	struct bytes state;		/* of it */
	struct bytes catalogue;		/* the only one; empty: none is kept */
	int64_t wall_us;
};

/* A transaction to be; zero: see book_rig_txn(). */
struct book_txn {
	const char *terminal;
	uint64_t epoch, sequence;
	uint64_t serial;		/* of its txn_id */
	const struct hash *previous;	/* NULL: unknown */
	struct bytes payload;
};

void book_rig_init(struct book_rig *r);		/* opened; wall_us set */
void book_rig_fini(struct book_rig *r);
void book_rig_enrol(struct book_rig *r, const char *terminal, uint64_t epoch);
void book_rig_revoke(struct book_rig *r, const char *terminal, uint64_t epoch);
struct bytes book_rig_pack(struct book_rig *r, const Kasir__V1__Transaction *doc);

/* T as it would arrive. */
struct signed_txn book_rig_open(const struct book_txn *t);
/* Judge T with BOOK; the answer lives until the next. */
struct judgement book_rig_judge(struct book_rig *r, struct book *book, const struct book_txn *t);
/* Judge T, enter it if it is to be, and settle what waited for it. */
struct judgement book_rig_enter(struct book_rig *r, const struct book_txn *t);

/* Put RULES in force; the catalogue, whose bytes the rig keeps if KEPT. */
void book_rig_load_rules(struct book_rig *r, const Kasir__V1__RuleSet *rules);
void book_rig_load_catalogue(struct book_rig *r, const Kasir__V1__Catalogue *c, bool kept);
/* The manager: resolves INDEX if that can be (else the book's answer), closes the day. */
enum kas_err book_rig_resolve(struct book_rig *r, uint64_t index, Kasir__V1__Resolution how);
void book_rig_close_day(struct book_rig *r);
/* Entry INDEX, decoded until the next. */
const Kasir__V1__LedgerEntry *book_rig_entry(struct book_rig *r, uint64_t index);
/* The book's state as bytes, in the rig. */
struct bytes book_rig_state(struct book_rig *r, const struct book *b);

void book_rig_snapshot(struct book_rig *r);
/* Another book of the same entries: from the snapshot, or from nothing. */
struct book *book_rig_fold(struct book_rig *r, bool from_snapshot);
/* A book with nothing in it, and the entry at INDEX for it. */
struct book *book_rig_empty(struct book_rig *r, bool with_facts);
void book_rig_apply(struct book_rig *r, struct book *b, uint64_t index);
/* Keep a snapshot of B, one of this ledger's books, as the rig's own. */
void book_rig_keep(struct book_rig *r, struct book *b);
/* Forget what was kept. */
void book_rig_forget(struct book_rig *r);

#endif
