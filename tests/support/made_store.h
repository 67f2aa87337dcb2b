/* made_store.h - a store as headquarters sees it: entries, checkpoints and uplink frames,
 * made without the store's engine, so that they can be wrong in every way. */
#ifndef KASIR_TESTS_SUPPORT_MADE_STORE_H
#define KASIR_TESTS_SUPPORT_MADE_STORE_H

#include "book/entry.h"
#include "base/text.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/uplink.pb-c.h"
#include "proof/checkpoint.h"
#include "proof/merkle.h"
#include "wire/statement.h"

#define MADE_ENTRIES_MAX 2048

struct made_store {
	char id[NAME_MAX_LEN + 1];
	struct signer *signer;		/* of the ledger */
	struct signer *till;		/* of terminal "kasa-1" */
	struct arena arena;		/* all that is made */
	size_t n;
	struct store_entry entries[MADE_ENTRIES_MAX];
	struct hash roots[MADE_ENTRIES_MAX + 1];
	struct frontier frontier;
	uint64_t sequence;
	uint64_t session;		/* of the frames made */
};

/* SEED decides the keys; with the ledger opened, started, and kasa-1 enrolled: 3 entries. */
void made_store_init(struct made_store *s, const char *id, uint8_t seed);
/* The same, with no entry yet. */
void made_store_init_empty(struct made_store *s, const char *id, uint8_t seed);
void made_store_fini(struct made_store *s);

void made_store_open_ledger(struct made_store *s, const char *store, const char *origin,
    const struct pubkey *key);
void made_store_enrol(struct made_store *s, const char *terminal, uint64_t epoch);
void made_store_revoke(struct made_store *s, const char *terminal, uint64_t epoch);
/* N sales of kasa-1, each with TEXT in its payload. */
void made_store_sell(struct made_store *s, size_t n, const char *text);
/* A rule set, put in force. */
void made_store_load_rules(struct made_store *s, struct bytes rules);
/* Any entry at all. */
void made_store_add(struct made_store *s, const Kasir__V1__LedgerEntry *e, struct bytes payload);

/* The signed checkpoint of the first SIZE entries. */
struct bytes made_store_checkpoint(struct made_store *s, uint64_t size);
struct bytes made_store_hello(struct made_store *s, uint64_t size, struct bytes cosigned);
/* Entries FIRST to FIRST+COUNT-1 with the checkpoint at their end. */
struct bytes made_store_batch(struct made_store *s, uint64_t first, size_t count);
/* The same with another checkpoint. */
struct bytes made_store_batch_under(struct made_store *s, uint64_t first, size_t count,
    struct bytes checkpoint);
struct bytes made_store_frame(struct made_store *s, Kasir__V1__EntryBatch *batch);

#endif
