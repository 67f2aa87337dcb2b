/* audit_parts.h - what the files of lib/audit share; nobody else includes it.
 *
 * An entry passes three stages, in chunks:
 *
 *   examine   decode, hash, rebuild the statement      any order, any thread
 *   fold      tree, keys, rules, totals                in order, one thread
 *   verify    the terminal's signature                 any order, any thread
 *
 * Verification costs about seven times everything else together, and the other two stages
 * run beside it: so an audit is bound by Ed25519 on all cores. */
#ifndef KASIR_AUDIT_AUDIT_PARTS_H
#define KASIR_AUDIT_AUDIT_PARTS_H

#include "audit/audit.h"
#include "audit/fact_index.h"
#include "book/book.h"
#include "proof/merkle.h"

#define CHUNK_ROWS 256u
#define CHUNK_BYTES ((size_t)1024 * 1024)
#define SNAPSHOT_FACTS 32768u

struct item {
	uint64_t index;
	struct store_entry e;
	struct hash leaf;
	Kasir__V1__LedgerEntry *entry;	/* NULL: does not decode */
	Kasir__V1__TransactionRecord *record;	/* NULL: an event */
	struct signed_txn txn;		/* of the record */
	bool bound;			/* payload and personal data are what the entry binds */
	bool erased;			/* personal data was */
	const struct pubkey *key;	/* for the signature; NULL: none to be checked */
	bool genuine;
	struct kas_why why;		/* about `entry` or `bound` */
};

struct chunk {
	struct audit_task task;		/* first: a task is its chunk */
	struct arena arena;
	const char *store;
	size_t n;
	struct audit_row rows[CHUNK_ROWS];
	struct item items[CHUNK_ROWS];
};

/* A checkpoint that the tree must pass through. */
struct anchor {
	uint64_t size;
	struct hash root;
};

/* The tree as it grows, beside what is stored and was signed. */
struct spine {
	struct tree *tree;
	bool alive;			/* every leaf so far is known */
	struct findings suspects;	/* entries whose stored leaf differs: entry or tile? */
	uint64_t good;			/* the largest anchor that holds */
	bool has_bad_cosigned;
	uint64_t bad_cosigned;		/* the smallest cosigned size whose root differs */
	uint64_t next_cosigned;		/* size; UINT64_MAX: no more */
	uint64_t last_cosigned;		/* of the head; the tree is not held against later ones */
	bool past_newest;		/* there are no more up to last_cosigned */
	struct bytes note;		/* of next_cosigned; in notes */
	struct arena notes;
	struct anchor *against;		/* by the order given; in the audit's arena */
	size_t n_against;
};

struct gap {
	const struct terminal_row *row;
	uint64_t index;
};

/* Returns that waited for the entry at `original`: their settlements come next. */
struct owed {
	uint64_t original;
	uint64_t returns[BOOK_WAITING_MAX];
	size_t n, next;
};

struct audit {
	const struct audit_source *source;
	const struct audit_options *options;
	struct audit_report *report;
	struct kas_why *why;
	struct arena arena, scratch;
	char store[NAME_MAX_LEN + 1];
	struct store_head head;
	struct checkpoint checkpoint;	/* the head's; size 0 where it is not good */
	bool checkpoint_good;
	uint64_t next;			/* index of the next entry to fold */
	struct book *book;
	bool following;			/* the book is: no entry was unreadable so far */
	bool sums_known;		/* and every document could be read */
	struct owed owed;
	struct fact_index facts;
	struct spine spine;
	struct buf gaps;		/* struct gap */
	int64_t last_wall_us;
	bool last_synchronised;
	bool unreadable;		/* reading stopped at a damaged page */
	struct audit_snapshot snapshot;
	bool snapshot_due;		/* it was read, and is not compared yet */
};

/* examine.c - tasks */
void examine_chunk(struct audit_task *task);
void verify_chunk(struct audit_task *task);

/* fold.c */
KAS_CHECKED enum kas_err fold_init(struct audit *au);
void fold_fini(struct audit *au);
KAS_CHECKED enum kas_err fold_item(struct audit *au, struct item *it);
KAS_CHECKED enum kas_err fold_end(struct audit *au);
/* All facts of the entries folded so far are in au->facts, and none in the book. */
KAS_CHECKED enum kas_err fold_drain_facts(struct audit *au);

/* compare.c: does the entry say what follows from it?  False: a finding was made. */
bool compare_judgement(struct audit *au, const struct item *it, const struct judgement *j);
void compare_totals(struct audit *au, const struct item *it, const Kasir__V1__GrandTotals *t);
/* The first rule that only one of the two has; empty: none. */
void compare_name(const struct rule_set *a, const struct rule_set *b, char to[RULE_NAME_MAX]);

/* follow.c: before the entry is applied; after a transaction was; after the last */
KAS_CHECKED enum kas_err follow_close(struct audit *au, const struct item *it);
void follow_owed(struct audit *au, const struct item *it);
KAS_CHECKED enum kas_err follow_waiting(struct audit *au, const struct item *it);
KAS_CHECKED enum kas_err follow_end(struct audit *au);

/* snapshot.c */
KAS_CHECKED enum kas_err snapshot_init(struct audit *au);	/* before the head is read */
/* Compare, if au->next entries are what it covers. */
KAS_CHECKED enum kas_err snapshot_check(struct audit *au);
KAS_CHECKED enum kas_err snapshot_end(struct audit *au);

/* spine.c */
KAS_CHECKED enum kas_err spine_init(struct audit *au);
void spine_fini(struct audit *au);
KAS_CHECKED enum kas_err spine_append(struct audit *au, const struct hash *leaf);
/* Entries from FIRST up to PAST are not there: take their leaves from the stored tiles. */
KAS_CHECKED enum kas_err spine_bridge(struct audit *au, uint64_t first, uint64_t past);
KAS_CHECKED enum kas_err spine_end(struct audit *au);

#endif
