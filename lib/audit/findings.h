/* findings.h - what an audit can find, by name.
 *
 * One finding a name and weight: the first bad index, how many there are, a sentence
 * about the first.  So a report is bounded whatever the damage. */
#ifndef KASIR_AUDIT_FINDINGS_H
#define KASIR_AUDIT_FINDINGS_H

#include "base/bytes.h"

/* Of two findings about the same index, the earlier name tells more. */
enum audit_kind {
	AUDIT_PAGE_CORRUPT,
	AUDIT_SCHEMA_TAMPERED,
	AUDIT_ENTRY_MISSING,
	AUDIT_ENTRY_REORDERED,
	AUDIT_ENTRY_EDITED,
	AUDIT_TERMINAL_SIGNATURE_INVALID,
	AUDIT_KEY_UNKNOWN,
	AUDIT_KEY_REVOKED_AT_INDEX,
	AUDIT_EPOCH_UNAUTHORISED,
	AUDIT_TERMINAL_REPLAY,
	AUDIT_TERMINAL_EQUIVOCATION,
	AUDIT_TERMINAL_CHAIN_BROKEN,
	AUDIT_TERMINAL_SEQUENCE_GAP,
	AUDIT_RULE_MISMATCH,
	AUDIT_GRAND_TOTAL_MISMATCH,
	AUDIT_CLOSE_MISMATCH,
	AUDIT_SNAPSHOT_MISMATCH,
	AUDIT_CLOCK_BACKDATED,
	AUDIT_TAIL_TRUNCATED,
	AUDIT_TREE_MISMATCH,
	AUDIT_CHECKPOINT_SIGNATURE_INVALID,
	AUDIT_COSIGNATURE_INVALID,
	AUDIT_ROLLBACK,
	AUDIT_FORK,
	AUDIT_COSIGNATURE_STALE,
	AUDIT__KINDS
};

/* Classes, by rising weight; each has its exit code (docs/reference/exit-codes.md). */
enum audit_class {
	AUDIT_VERIFIED,		/* everything holds, headquarters has cosigned it */
	AUDIT_UNPROVEN,		/* consistent, but nobody outside vouches that it is the newest */
	AUDIT_BOOKS,		/* the store's judgements do not follow from its entries */
	AUDIT_TERMINALS,	/* what a terminal signed, or who may sign */
	AUDIT_SIGNATURES,	/* the store's or headquarters' signature */
	AUDIT_DAMAGE,		/* entries or tree are not what was written */
	AUDIT_HISTORY,		/* contradicts history that was signed before */
};

struct finding {
	enum audit_kind kind;
	bool remark;		/* noted by the store itself, or harmless: no fault */
	uint64_t first;		/* the first bad index */
	uint64_t count;
	char text[200];		/* about the first, without a full stop */
};

struct findings {
	struct finding list[2 * AUDIT__KINDS];
	size_t n;
};

void findings_add(struct findings *f, enum audit_kind kind, bool remark, uint64_t index,
    const char *fmt, ...) KAS_PRINTF(5, 6);
/* The fault to name first: the smallest index; NULL: no fault. */
const struct finding *findings_headline(const struct findings *f);
const struct finding *findings_of(const struct findings *f, enum audit_kind kind, bool remark);

const char *audit_kind_name(enum audit_kind kind);	/* "ENTRY_EDITED" */
const char *audit_kind_meaning(enum audit_kind kind);	/* a sentence */
const char *audit_kind_next_step(enum audit_kind kind);
enum audit_class audit_kind_class(enum audit_kind kind);
const char *audit_class_name(enum audit_class class);	/* "verified", "damage"... */
int audit_class_exit(enum audit_class class);

#endif
