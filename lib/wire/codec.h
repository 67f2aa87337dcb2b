/* codec.h - messages to structs and back, with every bound checked.
 *
 * Decoded structs borrow from the arena.  Encoders append to a buf. */
#ifndef KASIR_WIRE_CODEC_H
#define KASIR_WIRE_CODEC_H

#include "base/proto.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/terminal.pb-c.h"
#include "kasir/v1/uplink.pb-c.h"
#include "proof/key.h"
#include "proof/merkle.h"
#include "wire/statement.h"

/* A batch within the limits above; its transactions' fields are not looked at yet.
 * KAS_MALFORMED: not a batch.  KAS_RANGE: too large, or too many.  KAS_NOMEM: A is full. */
KAS_CHECKED enum kas_err wire_decode_batch(struct bytes b, struct arena *a,
    Kasir__V1__TransactionBatch **ret, struct kas_why *why);

/* A signed transaction taken apart: lengths checked, hashes made, statement built. */
struct signed_txn {
	struct statement st;		/* store and terminal borrowed from the caller */
	struct hash hash;		/* of the statement's text */
	char text[STATEMENT_MAX];	/* the statement */
	size_t text_n;
	struct bytes payload, salt, personal;
	const uint8_t *signature;	/* SIG_LEN bytes */
};
/* KAS_MALFORMED: a field has the wrong length or is missing; WHY names it. */
KAS_CHECKED enum kas_err wire_open_txn(const Kasir__V1__SignedTransaction *t,
    const char *store, const char *terminal, struct signed_txn *ret, struct kas_why *why);

/* The entry's bytes as a message; NULL-safe checks of every length a reader relies on. */
KAS_CHECKED enum kas_err wire_decode_entry(struct bytes b, struct arena *a,
    Kasir__V1__LedgerEntry **ret, struct kas_why *why);
/* The statement that ENTRY's transaction was signed over. */
KAS_CHECKED enum kas_err wire_statement_of(const Kasir__V1__TransactionRecord *r,
    const char *store, struct statement *ret);
/* What an entry keeps of ST and SIGNATURE, which are borrowed; judgement apart. */
void wire_record_of(const struct statement *st, const uint8_t signature[SIG_LEN],
    Kasir__V1__TransactionRecord *ret);
/* PAYLOAD, SALT and PERSONAL are what R's hashes say. */
KAS_CHECKED enum kas_err wire_check_hashes(const Kasir__V1__TransactionRecord *r,
    struct bytes payload, struct bytes salt, struct bytes personal, struct kas_why *why);

KAS_CHECKED enum kas_err wire_decode_ack_batch(struct bytes b, struct arena *a,
    Kasir__V1__AckBatch **ret, struct kas_why *why);
/* A repeated bytes field of hashes; false unless each is 32 bytes and n <= PROOF_MAX. */
KAS_CHECKED bool wire_proof_of(const ProtobufCBinaryData *hashes, size_t n, struct proof *ret);

/* Uplink: bounded decode of both directions. */
KAS_CHECKED enum kas_err wire_decode_up(struct bytes b, struct arena *a,
    Kasir__V1__UplinkUp **ret, struct kas_why *why);
KAS_CHECKED enum kas_err wire_decode_down(struct bytes b, struct arena *a,
    Kasir__V1__UplinkDown **ret, struct kas_why *why);
/* The batch's block, decompressed (never more than WIRE_BLOCK_MAX) and decoded;
 * KAS_MALFORMED when its count or size is not what the batch says. */
KAS_CHECKED enum kas_err wire_open_block(const Kasir__V1__EntryBatch *batch, struct arena *a,
    Kasir__V1__EntryBlock **ret, struct kas_why *why);
/* Compress a serialised EntryBlock into TO as one zstd frame. */
KAS_CHECKED enum kas_err wire_compress_block(struct bytes block, struct buf *to);

#endif
