/* keyring.h - which terminal keys a ledger has named, and where they hold.
 * Fed by TerminalAdded and TerminalRevoked entries in ledger order. */
#ifndef KASIR_BOOK_KEYRING_H
#define KASIR_BOOK_KEYRING_H

#include "base/text.h"
#include "kasir/v1/ledger.pb-c.h"
#include "proof/key.h"

#define KEYRING_NEVER UINT64_MAX

/* One epoch of one terminal, with what its transactions add up to so far. */
struct terminal_row {
	char terminal[NAME_MAX_LEN + 1];
	uint64_t epoch;
	struct pubkey key;
	uint64_t added_at;		/* index of the entry that named the key */
	uint64_t revoked_at;		/* index of the revocation, or KEYRING_NEVER */
	uint64_t newest;		/* highest sequence in the ledger; 0: none */
	uint64_t count;			/* sequences that have come: newest - count are missing */
	bool newest_known;
	struct hash newest_hash;	/* of the statement of `newest` */
	uint8_t newest_txn[16];		/* greatest txn_id so far, as bytes; zeroes: none */
	uint64_t awaited;		/* highest sequence that a pending return names; 0: none */
	bool keeps_shifts;		/* has opened one; part of the BookState */
	bool dirty;			/* changed since the last snapshot */
};

struct keyring {
	struct terminal_row **rows;	/* sorted by terminal, then epoch; addresses are stable */
	size_t n, cap;
};

void keyring_init(struct keyring *k);
void keyring_fini(struct keyring *k);
/* A copy of ROW joins; KAS_EXISTS when that epoch of that terminal is there. */
KAS_CHECKED enum kas_err keyring_add(struct keyring *k, const struct terminal_row *row);
/* NULL: no such epoch.  Borrowed until keyring_fini(). */
struct terminal_row *keyring_find(const struct keyring *k, const char *terminal, uint64_t epoch);
/* Where in rows TERMINAL's epochs begin, or would. */
size_t keyring_first(const struct keyring *k, const char *terminal);
/* The newest epoch of TERMINAL; NULL: never heard of. */
struct terminal_row *keyring_newest(const struct keyring *k, const char *terminal);
/* Take in the entry at INDEX if it is about a terminal's key.  KAS_CORRUPT: it
 * contradicts what went before (an epoch twice, a revocation of nobody). */
KAS_CHECKED enum kas_err keyring_apply(struct keyring *k, uint64_t index,
    const Kasir__V1__LedgerEntry *entry);

#endif
