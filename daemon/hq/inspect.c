#include "daemon/hq/inspect.h"

#include <string.h>

#include "wire/codec.h"

#define LEDGER_FORMAT 1u

/* Signatures are gathered first and checked together, so that the crew can share them. */
struct gathered {
	struct sig_job *jobs;
	uint64_t *indexes;	/* of the entry of each job */
	size_t n;
};

static enum kas_err
check_opened(const struct inspection *in, const Kasir__V1__StoreOpened *o, struct kas_why *why)
{
	if (o->format != LEDGER_FORMAT)
		return kas_fail(why, KAS_CORRUPT, "ledger is of format %u, not %u",
		    (unsigned)o->format, LEDGER_FORMAT);
	if (strcmp(o->store, in->store) != 0)
		return kas_fail(why, KAS_CORRUPT, "ledger was opened for store \"%s\"", o->store);
	if (strcmp(o->origin, in->key->name) != 0)
		return kas_fail(why, KAS_CORRUPT, "ledger's origin is \"%s\", not \"%s\"", o->origin,
		    in->key->name);
	if (memcmp(o->store_key.data, in->key->key.b, KEY_LEN) != 0)
		return kas_fail(why, KAS_CORRUPT, "ledger was opened with another key than the one "
		    "registered here");
	return KAS_OK;
}

/* Entry 0 opens the ledger, and no other does. */
static enum kas_err
check_place(const struct inspection *in, uint64_t index, const Kasir__V1__LedgerEntry *e,
    struct kas_why *why)
{
	bool opens = e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED;

	if (opens != (index == 0))
		return kas_fail(why, KAS_CORRUPT, opens ? "ledger is opened a second time" :
		    "ledger does not begin with StoreOpened");
	return opens ? check_opened(in, e->store_opened, why) : KAS_OK;
}

static enum kas_err
gather(const struct inspection *in, struct gathered *g, uint64_t index,
    const Kasir__V1__TransactionRecord *r, struct kas_why *why)
{
	const struct terminal_row *row = keyring_find(in->keys, r->terminal, r->epoch);
	char *text = arena_alloc(in->arena, STATEMENT_MAX);
	struct statement st;

	if (text == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	if (row == NULL)
		return kas_fail(why, KAS_CORRUPT, "no key is known for epoch %llu of terminal \"%s\"",
		    (unsigned long long)r->epoch, r->terminal);
	if (row->revoked_at != KEYRING_NEVER)
		return kas_fail(why, KAS_CORRUPT, "epoch %llu of terminal \"%s\" was revoked",
		    (unsigned long long)r->epoch, r->terminal);
	if (wire_statement_of(r, in->store, &st) != KAS_OK)
		return kas_fail(why, KAS_CORRUPT, "its statement cannot be made");
	g->jobs[g->n] = (struct sig_job){ .key = row->key.b, .sig = r->signature.data,
		.message = BYTES(text, statement_format(&st, text)) };
	g->indexes[g->n++] = index;
	return KAS_OK;
}

/* Nothing stands beside an event but the rule set that it puts in force. */
static enum kas_err
check_event(const struct inspection *in, uint64_t index, const Kasir__V1__LedgerEntry *e,
    const Kasir__V1__StoredEntry *s, struct kas_why *why)
{
	struct bytes payload = bytes_of_proto(s->payload);
	struct hash made = hash_of(payload);
	bool rules = e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RULES_CHANGED;
	enum kas_err err;

	if (s->salt.len + s->personal.len > 0 || (payload.n > 0 && !rules))
		return kas_fail(why, KAS_CORRUPT, "a payload stands beside an event");
	if (rules && !bytes_equal(bytes_of_proto(e->rules_changed->hash), hash_bytes(&made)))
		return kas_fail(why, KAS_CORRUPT, "the rule set beside it is not the one that it names");
	err = keyring_apply(in->keys, index, e);
	if (err == KAS_CORRUPT)
		kas_fail(why, err, "it contradicts what the ledger says of that terminal");
	return err;
}

static enum kas_err
check_entry(const struct inspection *in, struct gathered *g, uint64_t index,
    const Kasir__V1__StoredEntry *s, struct kas_why *why)
{
	struct bytes payload = bytes_of_proto(s->payload);
	struct bytes salt = bytes_of_proto(s->salt), personal = bytes_of_proto(s->personal);
	Kasir__V1__LedgerEntry *e;
	enum kas_err err;

	err = wire_decode_entry(bytes_of_proto(s->entry), in->arena, &e, why);
	if (err != KAS_OK)
		return err;
	err = check_place(in, index, e, why);
	if (err != KAS_OK)
		return err;
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION) {
		err = wire_check_hashes(e->transaction, payload, salt, personal, why);
		return err == KAS_OK ? gather(in, g, index, e->transaction, why) : err;
	}
	return check_event(in, index, e, s, why);
}

static enum kas_err
check_signatures(const struct inspection *in, const struct gathered *g, uint64_t *ret_bad,
    struct kas_why *why)
{
	size_t i;

	in->crew->verify(in->crew->ctx, g->jobs, g->n);
	for (i = 0; i < g->n; i++)
		if (!g->jobs[i].ok) {
			*ret_bad = g->indexes[i];
			return kas_fail(why, KAS_CORRUPT, "terminal's signature is false");
		}
	return KAS_OK;
}

enum kas_err
inspect_entries(const struct inspection *in, uint64_t *ret_bad, struct kas_why *why)
{
	size_t n = in->block->n_entries - in->skip, i;
	struct gathered g = { .jobs = arena_zalloc(in->arena, n * sizeof g.jobs[0]),
		.indexes = arena_alloc(in->arena, n * sizeof g.indexes[0]) };
	enum kas_err err;

	if (g.jobs == NULL || g.indexes == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	for (i = 0; i < n; i++) {
		err = check_entry(in, &g, in->first + i, in->block->entries[in->skip + i], why);
		if (err != KAS_OK) {
			*ret_bad = in->first + i;
			return err == KAS_NOMEM ? err : KAS_CORRUPT;
		}
	}
	return check_signatures(in, &g, ret_bad, why);
}
