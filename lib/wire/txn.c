/* Batches of transactions: what a store takes from a terminal. */
#include "wire/codec.h"

#include <string.h>

#include "wire/scan.h"

#define TRANSACTIONS_FIELD 4	/* of TransactionBatch */
#define PERSONAL_FIELD 7	/* of SignedTransaction */

enum kas_err
wire_decode_batch(struct bytes b, struct arena *a, Kasir__V1__TransactionBatch **ret,
    struct kas_why *why)
{
	static const uint32_t path[] = { TRANSACTIONS_FIELD, PERSONAL_FIELD };
	Kasir__V1__TransactionBatch *batch;
	size_t n;

	if (b.n > WIRE_BATCH_MAX)
		return kas_fail(why, KAS_RANGE, "batch is %zu bytes long, at most %u are allowed", b.n,
		    WIRE_BATCH_MAX);
	if (!wire_scan_count(b, TRANSACTIONS_FIELD, &n))
		return kas_fail(why, KAS_MALFORMED, "message is not a TransactionBatch");
	if (n > WIRE_BATCH_TRANSACTIONS_MAX)
		return kas_fail(why, KAS_RANGE, "batch holds %zu transactions, at most %u are allowed",
		    n, WIRE_BATCH_TRANSACTIONS_MAX);
	if (!wire_scan_fits(b, path, sizeof path / sizeof *path, WIRE_BATCH_FIELDS_MAX))
		return kas_fail(why, KAS_MALFORMED, "batch is damaged, or has more than %u fields",
		    WIRE_BATCH_FIELDS_MAX);
	batch = PROTO_UNPACK(kasir__v1__transaction_batch, a, b);
	if (batch == NULL && a->exhausted)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	if (batch == NULL)
		return kas_fail(why, KAS_MALFORMED, "message is not a TransactionBatch");
	*ret = batch;
	return KAS_OK;
}

static enum kas_err
bad_length(struct kas_why *why, const char *field, size_t n, const char *wanted)
{
	return kas_fail(why, KAS_MALFORMED, "%s is %zu bytes long, not %s", field, n, wanted);
}

static enum kas_err
check_personal(const Kasir__V1__Personal *p, struct kas_why *why)
{
	if (p == NULL)
		return KAS_OK;
	if (p->salt.len != WIRE_SALT_LEN)
		return bad_length(why, "personal.salt", p->salt.len, "16");
	if (p->data.len == 0 || p->data.len > WIRE_PERSONAL_MAX)
		return bad_length(why, "personal.data", p->data.len, "1 to 4096");
	return KAS_OK;
}

/* Whatever these pass is judged on its signature alone. */
static enum kas_err
check_fields(const Kasir__V1__SignedTransaction *t, struct kas_why *why)
{
	if (t->epoch == 0 || t->epoch > INT64_MAX)
		return kas_fail(why, KAS_MALFORMED, "epoch is not 1 to 2^63-1");
	if (t->sequence == 0 || t->sequence > INT64_MAX)
		return kas_fail(why, KAS_MALFORMED, "sequence is not 1 to 2^63-1");
	if (t->txn_id.len != WIRE_TXN_ID_LEN)
		return bad_length(why, "txn_id", t->txn_id.len, "16");
	if (t->previous.len != 0 && t->previous.len != HASH_LEN)
		return bad_length(why, "previous", t->previous.len, "0 or 32");
	if (t->payload.len == 0 || t->payload.len > WIRE_PAYLOAD_MAX)
		return bad_length(why, "payload", t->payload.len, "1 to 61440");
	if (t->signature.len != SIG_LEN)
		return bad_length(why, "signature", t->signature.len, "64");
	return check_personal(t->personal, why);
}

enum kas_err
wire_open_txn(const Kasir__V1__SignedTransaction *t, const char *store, const char *terminal,
    struct signed_txn *ret, struct kas_why *why)
{
	struct statement *st = &ret->st;
	enum kas_err err;

	err = check_fields(t, why);
	if (err != KAS_OK)
		return err;
	*st = (struct statement){ .store = store, .terminal = terminal, .epoch = t->epoch,
	    .sequence = t->sequence };
	memcpy(st->txn_id, t->txn_id.data, WIRE_TXN_ID_LEN);
	st->previous_known = hash_from(bytes_of_proto(t->previous), &st->previous);
	ret->payload = bytes_of_proto(t->payload);
	st->payload = hash_of(ret->payload);
	ret->salt = ret->personal = BYTES_NONE;
	if (t->personal != NULL) {
		ret->salt = bytes_of_proto(t->personal->salt);
		ret->personal = bytes_of_proto(t->personal->data);
		st->personal = hash_of_two(ret->salt, ret->personal);
		st->has_personal = true;
	}
	ret->signature = t->signature.data;
	ret->text_n = statement_format(st, ret->text);
	ret->hash = hash_of(BYTES(ret->text, ret->text_n));
	return KAS_OK;
}
