/* book_parts.h - what the files of lib/book share; nobody else includes it. */
#ifndef KASIR_BOOK_BOOK_PARTS_H
#define KASIR_BOOK_BOOK_PARTS_H

#include "book/book.h"

struct held_catalogue {
	struct hash hash;
	struct arena bytes;
	struct catalogue *rows;		/* NULL: none, or its bytes are not kept here */
};

/* What documents are held against, since which entry; settings.rules is the rule set. */
struct in_force {
	bool has_rules, has_catalogue;
	uint64_t rules_index, catalogue_index;
	struct arena rules;
	struct held_catalogue catalogue;
	struct held_catalogue offered;	/* for the entry that names it */
};

struct book {
	struct book_port port;
	struct facts *facts;
	struct keyring keys;
	uint64_t size;
	bool catching_up;	/* from a restore until the first judgement */
	uint64_t facts_written;	/* see book_facts_written() */
	char store[NAME_MAX_LEN + 1];
	char origin[KEY_NAME_MAX + 1];
	struct check_settings settings;
	Kasir__V1__GrandTotals totals;
	struct day day;
	struct in_force in_force;
	const struct terminal_row **changed;	/* lent to a snapshot */
	size_t n_changed;
	struct arena lent;	/* the state of a snapshot */
	struct arena scratch;	/* what is read back for a moment: one entry at a time */
};

/* Keys of facts: written to TO (FACT_KEY_MAX), returned as bytes. */
struct bytes key_sequence(const char *terminal, uint64_t epoch, uint64_t sequence, uint8_t *to);
struct bytes key_txn(const char *terminal, const uint8_t txn_id[WIRE_TXN_ID_LEN], uint8_t *to);
struct bytes key_index(uint64_t index, uint8_t *to);

/* Entries that KEY is found by, ascending; of those in the book only. */
KAS_CHECKED enum kas_err book_find(struct book *b, enum fact_kind kind, struct bytes key,
    uint64_t *ret, size_t max, size_t *ret_n);

/* The first entry of an identity; *RET_FOUND says whether there is one. */
KAS_CHECKED enum kas_err book_find_sequence(struct book *b, const char *terminal,
    uint64_t epoch, uint64_t sequence, bool *ret_found, uint64_t *ret_index);

/* An entry for a transaction, taken from the ledger again. */
KAS_CHECKED enum kas_err book_read_entry(struct book *b, uint64_t index, struct arena *a,
    Kasir__V1__LedgerEntry **ret, struct bytes *ret_payload);
struct read_back {
	const Kasir__V1__TransactionRecord *record;
	struct bytes payload;
	struct hash hash;		/* of its statement */
};
KAS_CHECKED enum kas_err book_read_back(struct book *b, uint64_t index, struct arena *a,
    struct read_back *ret);
/* *RET is NULL where PAYLOAD does not decode.  KAS_NOMEM must not be taken for that: the
 * verifier would judge otherwise. */
KAS_CHECKED enum kas_err book_decode(struct bytes payload, struct arena *a,
    Kasir__V1__Transaction **ret);

/* What a RETURN or POST_VOID refers to. */
enum original_where {
	ORIGINAL_NONE,		/* the document names none */
	ORIGINAL_ELSEWHERE,	/* at another store */
	ORIGINAL_MISSING,	/* not in this ledger yet */
	ORIGINAL_HERE,
};
struct original {
	enum original_where where;
	const char *terminal;	/* ORIGINAL_MISSING, ORIGINAL_HERE */
	uint64_t epoch, sequence;
	uint64_t index;		/* ORIGINAL_HERE */
};
KAS_CHECKED enum kas_err book_find_original(struct book *b, const char *terminal,
    const Kasir__V1__Transaction *doc, struct original *ret);
/* As many returns wait for the missing original O as may. */
KAS_CHECKED enum kas_err book_is_awaited_enough(struct book *b, const struct original *o,
    bool *ret);

/* A RETURN, or an EXCHANGE in which goods come back. */
bool book_takes_back(const Kasir__V1__Transaction *doc);

/* Rule 9: the document of J, by T, beside its original. */
KAS_CHECKED enum kas_err book_judge_relation(struct book *b, const struct signed_txn *t,
    struct arena *a, struct judgement *j);

/* judge_day.c: the document of J, by T, beside the open day. */
KAS_CHECKED enum kas_err book_judge_day(struct book *b, const struct signed_txn *t,
    struct arena *a, struct judgement *j);

/* What a RESUME or CANCEL names. */
struct bill {
	bool named, is_bill;
	bool settled;		/* by another */
	uint64_t index;
};
KAS_CHECKED enum kas_err book_find_bill(struct book *b, const char *terminal,
    const Kasir__V1__Transaction *doc, struct bill *ret);

bool book_is_training(const Kasir__V1__Transaction *doc);
KAS_CHECKED enum kas_err book_add_fact(struct book *b, enum fact_kind kind, struct bytes key);
/* Is there an entry that KEY is found by? */
KAS_CHECKED enum kas_err book_find_first(struct book *b, enum fact_kind kind, struct bytes key,
    bool *ret_found, uint64_t *ret_index);
/* The same, of what has settled, voided or resolved the entry at INDEX. */
KAS_CHECKED enum kas_err book_is_done(struct book *b, enum fact_kind kind, uint64_t index,
    bool *ret);

/* tenders.c: how many of DOC's tenders are PENDING or UNKNOWN, and what they apply; none in a
 * document that settles others'. */
struct figure book_pending_of(const Kasir__V1__Transaction *doc);
/* What RECORD at INDEX says counts: it broke nothing, or the manager has accepted it. */
KAS_CHECKED enum kas_err book_counts(struct book *b, uint64_t index,
    const Kasir__V1__TransactionRecord *record, bool *ret);
/* The document at INDEX, in A (which is not b->scratch); NULL where it has no pending tenders,
 * does not count, or has an identity that is another's. */
KAS_CHECKED enum kas_err book_read_pending(struct book *b, uint64_t index, struct arena *a,
    Kasir__V1__Transaction **ret);
/* J's TENDER_RESOLUTION beside what it names. */
KAS_CHECKED enum kas_err book_judge_resolution(struct book *b, const char *terminal,
    struct arena *a, struct judgement *j);
/* The document at INDEX counts, or does not any more: what is pending of it joins or leaves. */
KAS_CHECKED enum kas_err book_join_pending(struct book *b, uint64_t index,
    const Kasir__V1__Transaction *doc);
KAS_CHECKED enum kas_err book_leave_pending(struct book *b, uint64_t index,
    const Kasir__V1__Transaction *doc);

/* enter.c: what a transaction does to day, shifts, bills and tenders.  For the one being
 * applied, after its sequence was taken; DOC may be NULL. */
KAS_CHECKED enum kas_err book_enter_day(struct book *b, const Kasir__V1__TransactionRecord *r,
    const Kasir__V1__Transaction *doc);
/* DOC of TERMINAL at INDEX, an exception until now, counts from here on. */
KAS_CHECKED enum kas_err book_enter_accepted(struct book *b, const char *terminal,
    uint64_t index, const Kasir__V1__Transaction *doc);

/* closes.c, resolve.c, in_force.c: entries of those kinds. */
bool book_is_due(const struct book *b, const Kasir__V1__LedgerEntry *entry,
    struct kas_why *why);
KAS_CHECKED enum kas_err book_apply_shift_closed(struct book *b,
    const Kasir__V1__ShiftClosed *m, struct kas_why *why);
void book_apply_day_closed(struct book *b);
KAS_CHECKED enum kas_err book_apply_settled(struct book *b, const Kasir__V1__ReturnSettled *s,
    struct kas_why *why);
KAS_CHECKED enum kas_err book_apply_resolved(struct book *b,
    const Kasir__V1__ExceptionResolved *m, struct kas_why *why);
KAS_CHECKED enum kas_err book_apply_rules(struct book *b, uint64_t index,
    const Kasir__V1__RulesChanged *m, struct bytes payload, struct kas_why *why);
KAS_CHECKED enum kas_err book_apply_catalogue(struct book *b, uint64_t index,
    const Kasir__V1__CatalogueChanged *m, struct kas_why *why);

void in_force_init(struct in_force *f);
void in_force_fini(struct in_force *f);
/* Read rules and catalogue again, as STATE says. */
KAS_CHECKED enum kas_err book_restore_in_force(struct book *b,
    const Kasir__V1__BookState *state);

/* apply.c: takes what the ledger's first entry settles for all the others. */
void book_take_opening(struct book *b, const Kasir__V1__StoreOpened *opened);
void book_take_totals(struct book *b, const Kasir__V1__GrandTotals *totals);
/* Perpetual totals stop at the top instead of wrapping: never decreasing is the promise. */
void book_add_to(uint64_t *amount, uint64_t *count, uint64_t magnitude);

#endif
