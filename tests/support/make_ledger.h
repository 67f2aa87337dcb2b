/* make_ledger.h - a whole ledger in memory, as a store would write it: real terminals'
 * signatures, judged by the book, in a true tree, signed and cosigned.  Everything is from
 * a seed.  Then it can be damaged, one way at a time, or told to lie while it is made. */
#ifndef KASIR_TESTS_SUPPORT_MAKE_LEDGER_H
#define KASIR_TESTS_SUPPORT_MAKE_LEDGER_H

#include "audit/audit.h"
#include "book/book.h"
#include "proof/tree.h"
#include "tests/support/make_txn.h"

#define MADE_STORE "toko-1"
#define MADE_TERMINALS_MAX 8

struct made_terminal {
	char id[NAME_MAX_LEN + 1];
	struct signer *signer;
	uint64_t epoch, sequence;
	bool previous_known;
	struct hash previous;
};

struct made_row {
	bool gone;
	struct store_entry e;
};
struct made_tile {
	struct tile_id id;
	struct hash hashes[TILE_WIDTH];
};
struct made_note {
	uint64_t size;
	struct bytes note;
};

struct made_ledger {
	struct signer *signer, *hq;
	struct arena arena, scratch;	/* what is kept; one entry's */
	struct made_row *rows;
	size_t n, rows_cap;
	struct made_tile *tiles;
	size_t n_tiles;
	struct made_note *cosigned;
	size_t n_cosigned;
	struct store_head head;
	struct fact *facts;		/* of the snapshot */
	size_t n_facts;
	struct terminal_row *terminal_rows;
	size_t n_terminal_rows;
	struct bytes state;		/* of the snapshot */
	bool forgets;			/* to write the closes that are due */
	uint64_t covered;		/* by a snapshot written while facts are read; 0: none is */
	struct book *book;
	struct tree *tree;
	struct made_terminal terminals[MADE_TERMINALS_MAX];
	size_t n_terminals;
	uint64_t seed;
	int64_t wall_us;
	uint64_t unreadable;		/* reading this row fails; UINT64_MAX: none */
	/* Change an entry as the store writes it; the tree and all signatures are true to it. */
	void (*lie)(Kasir__V1__LedgerEntry *e);
	/* Change a transaction before its terminal signs it, or after. */
	void (*slip)(Kasir__V1__SignedTransaction *t);
	void (*forge)(Kasir__V1__SignedTransaction *t);
};

/* Opened and started: two entries. */
struct made_ledger *made_ledger_open(uint64_t seed);
void made_ledger_close(struct made_ledger *m);

struct made_terminal *made_ledger_enrol(struct made_ledger *m, const char *id, uint64_t epoch);
void made_ledger_revoke(struct made_ledger *m, struct made_terminal *t);
/* N sales of T, one entry each; the index of the last. */
uint64_t made_ledger_sell(struct made_ledger *m, struct made_terminal *t, size_t n);
/* A return of part of the sale at ORIGINAL (an index), by T. */
uint64_t made_ledger_return(struct made_ledger *m, struct made_terminal *t, uint64_t original);
/* A return, by T, of the sale that OTHER makes next; and the settlement of a return once its
 * original has come. */
uint64_t made_ledger_return_early(struct made_ledger *m, struct made_terminal *t,
    const struct made_terminal *other);
uint64_t made_ledger_settle(struct made_ledger *m, uint64_t return_index,
    uint64_t original_index);
/* A sale with personal data. */
uint64_t made_ledger_sell_to(struct made_ledger *m, struct made_terminal *t, const char *person);
/* DOC (its time is put in) by T, and the close that it asks for unless m->forgets. */
uint64_t made_ledger_enter(struct made_ledger *m, struct made_terminal *t,
    Kasir__V1__Transaction *doc);
void made_ledger_write_due(struct made_ledger *m);
/* The manager's: what he closes, puts in force and says of the exception at INDEX. */
uint64_t made_ledger_close_day(struct made_ledger *m);
uint64_t made_ledger_load_rules(struct made_ledger *m, const Kasir__V1__RuleSet *rules);
uint64_t made_ledger_resolve(struct made_ledger *m, uint64_t index,
    Kasir__V1__Resolution how);
/* Any entry. */
uint64_t made_ledger_add(struct made_ledger *m, Kasir__V1__LedgerEntry *e,
    const struct hash *hash, const Kasir__V1__Transaction *doc, struct store_entry rest);

/* Sign what stands; returns the note.  Headquarters cosigns it. */
struct bytes made_ledger_sign(struct made_ledger *m);
void made_ledger_cosign(struct made_ledger *m, int64_t at_us);

/* The tables made from what stands, once. */
void made_ledger_snapshot(struct made_ledger *m);

struct audit_source made_ledger_source(struct made_ledger *m);

#endif
