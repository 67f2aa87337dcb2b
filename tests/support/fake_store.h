/* fake_store.h - a store that answers terminals with true proofs, or with whatever a test
 * makes of them before they are sent.  The tree and the signatures are real; there is no
 * checking, no disk and no order of its own. */
#ifndef TESTS_SUPPORT_FAKE_STORE_H
#define TESTS_SUPPORT_FAKE_STORE_H

#include "proof/checkpoint.h"
#include "proof/tree.h"
#include "wire/codec.h"

#define FAKE_STORE_ID "toko-1"
#define FAKE_TERMINAL "front"

struct fake_store;

/* ORIGIN names the ledger; the keys follow from SEED. */
struct fake_store *fake_store_open(const char *origin, uint8_t seed);
void fake_store_close(struct fake_store *f);
const struct vkey *fake_store_vkey(const struct fake_store *f);
const struct signer *fake_store_signer(const struct fake_store *f);
const struct vkey *fake_store_hq(const struct fake_store *f);
uint64_t fake_store_size(const struct fake_store *f);
struct hash fake_store_root(struct fake_store *f, uint64_t size);

/* An entry of no terminal's. */
void fake_store_event(struct fake_store *f);
/* The transactions of BATCH become entries, those that are there already do not; the next
 * fake_store_answer() is about them.  CONFLICT, BROKEN: marked so. */
enum fake_verdict { FAKE_GOOD, FAKE_CONFLICT, FAKE_BROKEN };
void fake_store_take(struct fake_store *f, struct bytes batch, enum fake_verdict verdict);
/* The true answer, to be sent or spoilt; valid until the next call. */
Kasir__V1__AckBatch *fake_store_answer(struct fake_store *f);
/* The last batch as it was taken. */
const Kasir__V1__TransactionBatch *fake_store_batch(const struct fake_store *f);
/* Signed notes: of SIZE, and with headquarters' cosignature; in the fake's memory. */
struct bytes fake_store_note(struct fake_store *f, uint64_t size, bool cosigned);
/* A refusal of STATUS, signed, about HASH (NULL: the whole message). */
Kasir__V1__AckBatch *fake_store_refuse(struct fake_store *f, Kasir__V1__AckStatus status,
    Kasir__V1__RefusalReason reason, const struct hash *hash, int64_t at_us, uint32_t after_ms);

#endif
