/* audit.h - does a whole ledger verify, from the genesis key that was pinned outside it?
 *
 * Everything is checked again: leaves, payload and personal hashes, the tree and its stored
 * tiles, the store's checkpoint, headquarters' cosignatures, each terminal's signatures, chain
 * and sequence, the rules (by the rule set in force then), shift and day closes, resolutions,
 * the grand totals, and the tables that are made from the entries.
 * What does not hold is named; the names, what they mean and what to do are in
 * docs/how-to/verify-a-ledger.md.
 *
 * No I/O and no threads: the ledger comes through a source, parallel work leaves through a
 * team.  The same audit runs on a store's ledger and on headquarters' copy.  Memory does not
 * grow with the ledger but for some 80 bytes an entry. */
#ifndef KASIR_AUDIT_AUDIT_H
#define KASIR_AUDIT_AUDIT_H

#include "audit/findings.h"
#include "book/entry.h"
#include "book/facts.h"
#include "book/keyring.h"
#include "kasir/v1/ledger.pb-c.h"
#include "proof/checkpoint.h"
#include "proof/tree.h"

struct audit_row {
	uint64_t index;
	struct store_entry e;
};

/* Tables made from the entries, so that a start need not read them all. */
struct audit_snapshot {
	uint64_t size;			/* entries that it covers */
	const struct terminal_row *rows;	/* sorted by terminal, then epoch */
	size_t n_rows;
	bool keys_only;			/* rows tell of keys, not of sequences */
	bool has_root;
	struct hash root;		/* over `size` entries */
	bool has_state;
	struct bytes state;		/* a BookState: what the book remembers beyond the rows */
};

/* The ledger as it lies there.  Reads may see a ledger that grows meanwhile. */
struct audit_source {
	/* Size, newest checkpoint and newest cosigned one, of one moment. */
	enum kas_err (*head)(void *ctx, struct arena *a, struct store_head *ret);
	/* Rows with an index of FIRST or more, ascending: at most MAX and, past the first of
	 * them, at most MAX_BYTES.  None: there are no more.  They live in A. */
	enum kas_err (*read)(void *ctx, uint64_t first, size_t max, size_t max_bytes,
	    struct arena *a, struct audit_row *ret, size_t *ret_n);
	/* The smallest cosigned checkpoint of at least SIZE entries; KAS_NOTFOUND: none. */
	enum kas_err (*cosigned)(void *ctx, uint64_t size, struct arena *a, uint64_t *ret_size,
	    struct bytes *ret_note);
	/* KAS_NOTFOUND: no such tile. */
	enum kas_err (*read_tile)(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH]);
	/* The catalogue of that SHA-256; KAS_NOTFOUND: it is not there.  NULL: none are kept
	 * here, and what is noted of products cannot be checked. */
	enum kas_err (*blob)(void *ctx, const struct hash *hash, struct arena *a,
	    struct bytes *ret);
	/* What is kept beside the entries, of one moment.  NULL: nothing is. */
	enum kas_err (*snapshot)(void *ctx, struct arena *a, struct audit_snapshot *ret);
	/* Each written fact, all of one moment, at which the snapshot covers COVERED entries.
	 * FACT's error ends it and is returned.  NULL: none are kept. */
	enum kas_err (*facts)(void *ctx, enum kas_err (*fact)(void *fact_ctx, uint64_t covered,
	    const struct fact *fact), void *fact_ctx);
	void *ctx;
};

/* Work that may run beside the caller.  submit() promises that TASK->run(TASK) is called
 * once; wait() returns when it has been.  A team without threads runs it at once. */
struct audit_task {
	void (*run)(struct audit_task *task);
	struct audit_task *next;	/* the team's */
	bool done;			/* the team's */
};
struct audit_team {
	void (*submit)(void *ctx, struct audit_task *task);
	void (*wait)(void *ctx, struct audit_task *task);
	unsigned width;			/* threads that work, the caller's included */
	void *ctx;
};

struct audit_options {
	const struct vkey *key;		/* the pinned genesis key */
	const struct vkey *hq;		/* headquarters' cosignature key; NULL: not pinned */
	const struct bytes *against;	/* checkpoints that others have kept */
	size_t n_against;
	int64_t now_us;			/* to judge staleness; 0: do not */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);	/* NULL: none */
	void *progress_ctx;
};

struct audit_report {
	struct findings findings;
	uint64_t size;			/* entries that the head claims */
	uint64_t entries;		/* read and checked */
	uint64_t transactions, exceptions, erased, signatures;
	struct hash root;		/* made from the entries */
	uint64_t cosigned_size;		/* largest cosigned size that holds; 0: none */
	int64_t cosigned_us;
	Kasir__V1__GrandTotals totals;
	char currency[4];
	unsigned exponent;
};

/* KAS_OK: the audit was made, and RET says what it found.  Else it could not be made, for
 * want of memory or because the source failed where that is no finding. */
KAS_CHECKED enum kas_err audit_run(const struct audit_source *source,
    const struct audit_team *team, const struct audit_options *options,
    struct audit_report *ret, struct kas_why *why);

/* Runs everything at once in the caller. */
struct audit_team audit_team_alone(void);

/* How the report ends: the class decides the exit code. */
enum audit_class audit_outcome(const struct audit_report *r);
/* One sentence for a person, without a full stop, and the next step (may be empty). */
void audit_verdict(const struct audit_report *r, char *to, size_t n);
const char *audit_next_step(const struct audit_report *r);

#endif
