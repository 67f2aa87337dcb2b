#include "audit/findings.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/nls.h"

static const struct {
	const char *name;
	enum audit_class class;
	const char *meaning, *next_step;
} kinds[AUDIT__KINDS] = {
	[AUDIT_PAGE_CORRUPT] = { "PAGE_CORRUPT", AUDIT_DAMAGE,
	    N_("The database cannot be read there: a damaged page, or a failing disk."),
	    N_("stop kasird, copy the data folder aside, check the disk, restore from headquarters' copy") },
	[AUDIT_SCHEMA_TAMPERED] = { "SCHEMA_TAMPERED", AUDIT_DAMAGE,
	    N_("Tables or triggers of the database are not those that kasird made."),
	    N_("find out who opened the database with other tools; keep a copy of it as evidence") },
	[AUDIT_ENTRY_MISSING] = { "ENTRY_MISSING", AUDIT_DAMAGE,
	    N_("An entry that was in the ledger is no longer there."),
	    N_("keep a copy as evidence; compare with headquarters' copy and restore from it") },
	[AUDIT_ENTRY_REORDERED] = { "ENTRY_REORDERED", AUDIT_DAMAGE,
	    N_("Entries stand in another order than the one that was signed."),
	    N_("keep a copy as evidence; compare with headquarters' copy and restore from it") },
	[AUDIT_ENTRY_EDITED] = { "ENTRY_EDITED", AUDIT_DAMAGE,
	    N_("An entry, or the payload it binds, is not what was written."),
	    N_("keep a copy as evidence; compare with headquarters' copy and restore from it") },
	[AUDIT_TERMINAL_SIGNATURE_INVALID] = { "TERMINAL_SIGNATURE_INVALID", AUDIT_TERMINALS,
	    N_("An entry carries a transaction that its terminal did not sign."),
	    N_("treat the sale as not made by that terminal; ask who could write to the ledger") },
	[AUDIT_KEY_UNKNOWN] = { "KEY_UNKNOWN", AUDIT_TERMINALS,
	    N_("A transaction is of a terminal or epoch that the ledger never enrolled before it."),
	    N_("treat the sale as not genuine; ask who could write to the ledger") },
	[AUDIT_KEY_REVOKED_AT_INDEX] = { "KEY_REVOKED_AT_INDEX", AUDIT_TERMINALS,
	    N_("A transaction was entered after its terminal's key had been revoked."),
	    N_("treat the sale as not genuine unless a manager admits it") },
	[AUDIT_EPOCH_UNAUTHORISED] = { "EPOCH_UNAUTHORISED", AUDIT_TERMINALS,
	    N_("The ledger, or a terminal's epoch, begins without the right to: another key, or out of order."),
	    N_("check that the pinned key is this store's; if it is, the ledger was replaced: keep it as evidence") },
	[AUDIT_TERMINAL_REPLAY] = { "TERMINAL_REPLAY", AUDIT_TERMINALS,
	    N_("The same transaction stands in the ledger twice."),
	    N_("count the sale once; report it, since kasird answers repeats without a second entry") },
	[AUDIT_TERMINAL_EQUIVOCATION] = { "TERMINAL_EQUIVOCATION", AUDIT_TERMINALS,
	    N_("A terminal signed two different transactions under one identity."),
	    N_("look at both entries; the terminal may have been cloned or restored from a copy") },
	[AUDIT_TERMINAL_CHAIN_BROKEN] = { "TERMINAL_CHAIN_BROKEN", AUDIT_TERMINALS,
	    N_("A transaction does not name the one before it as its predecessor."),
	    N_("ask for the terminal's outbox: it lost its state, was cloned, or a sale is kept back") },
	[AUDIT_TERMINAL_SEQUENCE_GAP] = { "TERMINAL_SEQUENCE_GAP", AUDIT_TERMINALS,
	    N_("Sequence numbers of a terminal are missing."),
	    N_("bring the terminal online so that it sends what it still holds") },
	[AUDIT_RULE_MISMATCH] = { "RULE_MISMATCH", AUDIT_BOOKS,
	    N_("An entry names other broken rules than its transaction breaks."),
	    N_("judge the sale by what 'kasirctl tx show' prints; report it with the version of kasird") },
	[AUDIT_GRAND_TOTAL_MISMATCH] = { "GRAND_TOTAL_MISMATCH", AUDIT_BOOKS,
	    N_("The perpetual totals in an entry are not the sum of what came before."),
	    N_("do not close the day on these totals; report it with the version of kasird") },
	[AUDIT_CLOSE_MISMATCH] = { "CLOSE_MISMATCH", AUDIT_BOOKS,
	    N_("A shift's or day's close does not say what its entries add up to, or is missing."),
	    N_("do not book this close; add it up again with 'kasirctl report z', and report it") },
	[AUDIT_SNAPSHOT_MISMATCH] = { "SNAPSHOT_MISMATCH", AUDIT_BOOKS,
	    N_("A table that is made from the entries, and tells kasird what is a repeat, is not what they give."),
	    N_("keep a copy as evidence, find out who wrote to the file, and restore from headquarters' copy") },
	[AUDIT_CLOCK_BACKDATED] = { "CLOCK_BACKDATED", AUDIT_BOOKS,
	    N_("The store's clock went back while the kernel called it synchronised."),
	    N_("check who may set the clock; only the index orders entries") },
	[AUDIT_TAIL_TRUNCATED] = { "TAIL_TRUNCATED", AUDIT_DAMAGE,
	    N_("The ledger ends before the size that the store has signed."),
	    N_("keep a copy as evidence; restore what is missing from headquarters and the terminals") },
	[AUDIT_TREE_MISMATCH] = { "TREE_MISMATCH", AUDIT_DAMAGE,
	    N_("The tree's hashes are not those of the entries."),
	    N_("keep a copy as evidence; compare with headquarters' copy and restore from it") },
	[AUDIT_CHECKPOINT_SIGNATURE_INVALID] = { "CHECKPOINT_SIGNATURE_INVALID", AUDIT_SIGNATURES,
	    N_("The checkpoint is not signed by the store's pinned key."),
	    N_("check that the pinned key is this store's; if it is, somebody else wrote the checkpoint") },
	[AUDIT_COSIGNATURE_INVALID] = { "COSIGNATURE_INVALID", AUDIT_SIGNATURES,
	    N_("A checkpoint that is kept as cosigned is not signed by headquarters' pinned key."),
	    N_("check that headquarters' pinned key is the right one; ask headquarters for its checkpoint") },
	[AUDIT_ROLLBACK] = { "ROLLBACK", AUDIT_HISTORY,
	    N_("The ledger is older than a checkpoint that the store has signed before."),
	    N_("do not sell on this copy: an old backup was put back; restore from headquarters") },
	[AUDIT_FORK] = { "FORK", AUDIT_HISTORY,
	    N_("The store has signed two histories that contradict each other."),
	    N_("keep both as evidence; ask headquarters which one it cosigned") },
	[AUDIT_COSIGNATURE_STALE] = { "COSIGNATURE_STALE", AUDIT_HISTORY,
	    N_("Headquarters has not cosigned for a long time."),
	    N_("check the way to headquarters with 'kasirctl status'") },
};

static const struct {
	const char *name;
	int exit;
} classes[] = {
	[AUDIT_VERIFIED] = { "verified", 0 },
	[AUDIT_UNPROVEN] = { "freshness unproven", 3 },
	[AUDIT_BOOKS] = { "books", 8 },
	[AUDIT_TERMINALS] = { "terminals", 7 },
	[AUDIT_SIGNATURES] = { "signatures", 5 },
	[AUDIT_DAMAGE] = { "damage", 4 },
	[AUDIT_HISTORY] = { "history", 6 },
};

void
findings_add(struct findings *f, enum audit_kind kind, bool remark, uint64_t index,
    const char *fmt, ...)
{
	struct finding *found = NULL;
	va_list ap;

	for (size_t i = 0; i < f->n && found == NULL; i++)
		if (f->list[i].kind == kind && f->list[i].remark == remark)
			found = &f->list[i];
	if (found == NULL) {
		found = &f->list[f->n++];
		*found = (struct finding){ .kind = kind, .remark = remark, .first = UINT64_MAX };
	}
	found->count++;
	if (index >= found->first && found->count > 1)
		return;
	found->first = index;
	va_start(ap, fmt);
	vsnprintf(found->text, sizeof found->text, fmt, ap);
	va_end(ap);
}

const struct finding *
findings_headline(const struct findings *f)
{
	const struct finding *first = NULL, *x;

	for (x = f->list; x < f->list + f->n; x++)
		if (!x->remark && (first == NULL || x->first < first->first ||
		    (x->first == first->first && x->kind < first->kind)))
			first = x;
	return first;
}

const struct finding *
findings_of(const struct findings *f, enum audit_kind kind, bool remark)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].kind == kind && f->list[i].remark == remark)
			return &f->list[i];
	return NULL;
}

const char *
audit_kind_name(enum audit_kind kind)
{
	return kinds[kind].name;
}

const char *
audit_kind_meaning(enum audit_kind kind)
{
	return kinds[kind].meaning;
}

const char *
audit_kind_next_step(enum audit_kind kind)
{
	return kinds[kind].next_step;
}

enum audit_class
audit_kind_class(enum audit_kind kind)
{
	return kinds[kind].class;
}

const char *
audit_class_name(enum audit_class class)
{
	return classes[class].name;
}

int
audit_class_exit(enum audit_class class)
{
	return classes[class].exit;
}
