/* Ledger entries: the leaves of the tree. */
#include "wire/codec.h"

#include <string.h>

#include "base/text.h"

static enum kas_err
bad(struct kas_why *why, const char *body, const char *field, const char *wanted)
{
	return kas_fail(why, KAS_MALFORMED, "entry's %s.%s is not %s", body, field, wanted);
}

static bool
is_counted(uint64_t v)
{
	return v > 0 && v <= INT64_MAX;
}

static bool
is_hash_or_empty(ProtobufCBinaryData d)
{
	return d.len == 0 || d.len == HASH_LEN;
}

static enum kas_err
check_transaction(const Kasir__V1__TransactionRecord *r, struct kas_why *why)
{
	static const char body[] = "transaction";

	if (!text_is_name(bytes_of_text(r->terminal)))
		return bad(why, body, "terminal", "a terminal's id");
	if (!is_counted(r->epoch))
		return bad(why, body, "epoch", "1 to 2^63-1");
	if (!is_counted(r->sequence))
		return bad(why, body, "sequence", "1 to 2^63-1");
	if (r->txn_id.len != WIRE_TXN_ID_LEN)
		return bad(why, body, "txn_id", "16 bytes long");
	if (!is_hash_or_empty(r->previous))
		return bad(why, body, "previous", "empty or 32 bytes long");
	if (r->payload_hash.len != HASH_LEN)
		return bad(why, body, "payload_hash", "32 bytes long");
	if (!is_hash_or_empty(r->personal_hash))
		return bad(why, body, "personal_hash", "empty or 32 bytes long");
	if (r->signature.len != SIG_LEN)
		return bad(why, body, "signature", "64 bytes long");
	return KAS_OK;
}

static enum kas_err
check_opened(const Kasir__V1__StoreOpened *o, struct kas_why *why)
{
	static const char body[] = "store_opened";
	size_t origin_n = strlen(o->origin);

	if (origin_n == 0 || origin_n > KEY_NAME_MAX)
		return bad(why, body, "origin", "1 to 160 bytes long");
	if (!text_is_name(bytes_of_text(o->store)))
		return bad(why, body, "store", "a store's id");
	if (o->store_key.len != KEY_LEN)
		return bad(why, body, "store_key", "32 bytes long");
	if (strlen(o->currency) != 3)
		return bad(why, body, "currency", "3 letters long");
	if (o->hq_key.len != 0 && o->hq_key.len != KEY_LEN)
		return bad(why, body, "hq_key", "empty or 32 bytes long");
	return KAS_OK;
}

static enum kas_err
check_terminal(const char *body, const char *terminal, uint64_t epoch, struct kas_why *why)
{
	if (!text_is_name(bytes_of_text(terminal)))
		return bad(why, body, "terminal", "a terminal's id");
	if (!is_counted(epoch))
		return bad(why, body, "epoch", "1 to 2^63-1");
	return KAS_OK;
}

static enum kas_err
check_added(const Kasir__V1__TerminalAdded *t, struct kas_why *why)
{
	if (t->key.len != KEY_LEN)
		return bad(why, "terminal_added", "key", "32 bytes long");
	return check_terminal("terminal_added", t->terminal, t->epoch, why);
}

/* A kind of event that this version does not know has no lengths to check; it is held
 * and hashed like any other. */
static enum kas_err
check_body(const Kasir__V1__LedgerEntry *e, struct kas_why *why)
{
	switch (e->body_case) {
	case KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION:
		return check_transaction(e->transaction, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED:
		return check_opened(e->store_opened, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_STARTED:
		if (e->started->boot_id.len != 16)
			return bad(why, "started", "boot_id", "16 bytes long");
		return KAS_OK;
	case KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED:
		return check_added(e->terminal_added, why);
	case KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_REVOKED:
		return check_terminal("terminal_revoked", e->terminal_revoked->terminal,
		    e->terminal_revoked->epoch, why);
	default:
		return KAS_OK;
	}
}

enum kas_err
wire_decode_entry(struct bytes b, struct arena *a, Kasir__V1__LedgerEntry **ret,
    struct kas_why *why)
{
	Kasir__V1__LedgerEntry *e;
	enum kas_err err;

	e = b.n > 0 ? PROTO_UNPACK(kasir__v1__ledger_entry, a, b) : NULL;
	if (e == NULL)
		return kas_fail(why, KAS_MALFORMED, "entry does not decode");
	err = check_body(e, why);
	if (err != KAS_OK)
		return err;
	if (e->totals == NULL) {	/* proto3: all of them zero */
		e->totals = arena_alloc(a, sizeof *e->totals);
		if (e->totals == NULL)
			return kas_fail(why, KAS_NOMEM, "out of memory");
		kasir__v1__grand_totals__init(e->totals);
	}
	*ret = e;
	return KAS_OK;
}

enum kas_err
wire_statement_of(const Kasir__V1__TransactionRecord *r, const char *store,
    struct statement *ret)
{
	struct statement st = { .store = store, .terminal = r->terminal, .epoch = r->epoch,
	    .sequence = r->sequence };

	if (check_transaction(r, NULL) != KAS_OK)
		return KAS_MALFORMED;
	memcpy(st.txn_id, r->txn_id.data, WIRE_TXN_ID_LEN);
	st.previous_known = hash_from(bytes_of_proto(r->previous), &st.previous);
	memcpy(st.payload.b, r->payload_hash.data, HASH_LEN);
	st.has_personal = hash_from(bytes_of_proto(r->personal_hash), &st.personal);
	*ret = st;
	return KAS_OK;
}

void
wire_record_of(const struct statement *st, const uint8_t signature[SIG_LEN],
    Kasir__V1__TransactionRecord *ret)
{
	Kasir__V1__TransactionRecord r = KASIR__V1__TRANSACTION_RECORD__INIT;

	r.terminal = (char *)(uintptr_t)st->terminal;
	r.epoch = st->epoch;
	r.sequence = st->sequence;
	r.txn_id = proto_bytes(BYTES(st->txn_id, WIRE_TXN_ID_LEN));
	if (st->previous_known)
		r.previous = proto_bytes(hash_bytes(&st->previous));
	r.payload_hash = proto_bytes(hash_bytes(&st->payload));
	if (st->has_personal)
		r.personal_hash = proto_bytes(hash_bytes(&st->personal));
	r.signature = proto_bytes(BYTES(signature, SIG_LEN));
	*ret = r;
}

static bool
is_hash(ProtobufCBinaryData d, struct hash h)
{
	return bytes_equal(bytes_of_proto(d), hash_bytes(&h));
}

enum kas_err
wire_check_hashes(const Kasir__V1__TransactionRecord *r, struct bytes payload, struct bytes salt,
    struct bytes personal, struct kas_why *why)
{
	if (!is_hash(r->payload_hash, hash_of(payload)))
		return kas_fail(why, KAS_CORRUPT, "payload is not the one that was signed");
	if (r->personal_hash.len == 0 && salt.n + personal.n > 0)
		return kas_fail(why, KAS_CORRUPT, "personal data that nobody signed");
	if (r->personal_hash.len > 0 && !is_hash(r->personal_hash, hash_of_two(salt, personal)))
		return kas_fail(why, KAS_CORRUPT, "personal data is not what was signed");
	return KAS_OK;
}
