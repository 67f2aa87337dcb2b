/* book_parts.h - what the files of lib/book share; nobody else includes it. */
#ifndef KASIR_BOOK_BOOK_PARTS_H
#define KASIR_BOOK_BOOK_PARTS_H

#include "book/book.h"

struct book {
	struct book_port port;
	struct facts *facts;
	struct keyring keys;
	uint64_t size;
	bool catching_up;	/* from a restore until the first judgement */
	char store[NAME_MAX_LEN + 1];
	char origin[KEY_NAME_MAX + 1];
	struct check_settings settings;
	Kasir__V1__GrandTotals totals;
	const struct terminal_row **changed;	/* lent to a snapshot */
	size_t n_changed;
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

/* Rule 9: J's document beside its original. */
KAS_CHECKED enum kas_err book_judge_relation(struct book *b, const char *terminal,
    struct arena *a, struct judgement *j);

#endif
