/* sequel.c - facts cover the ledger up to its snapshot; what is newer is looked through. */
#include "tools/kasirctl/sequel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "edge/history.h"
#include "wire/codec.h"

#define LOOK_ENTRIES 256u
#define LOOK_BYTES ((size_t)1024 * 1024)

struct search {
	struct ledger_reader *reader;
	uint64_t index;
	const Kasir__V1__TransactionRecord *of;
	struct sequel found;
};

static bool
refers(const Kasir__V1__Reference *o, const char *terminal, const Kasir__V1__TransactionRecord *to)
{
	return o != NULL && o->epoch == to->epoch && o->sequence == to->sequence &&
	    strcmp(o->terminal[0] != '\0' ? o->terminal : terminal, to->terminal) == 0;
}

static void
take_void(struct search *s, const Kasir__V1__TransactionRecord *v)
{
	snprintf(s->found.voided_by, sizeof s->found.voided_by, "%s/%" PRIu64 "/%" PRIu64,
	    v->terminal, v->epoch, v->sequence);
}

/* V, with PAYLOAD, counts; if it is a void of what is asked about, that does not. */
static void
look_for_void(struct search *s, const Kasir__V1__TransactionRecord *v, struct bytes payload,
    struct arena *a)
{
	const Kasir__V1__Transaction *doc = PROTO_UNPACK(kasir__v1__transaction, a, payload);

	if (doc != NULL && doc->type == KASIR__V1__TRANSACTION_TYPE__POST_VOID &&
	    refers(doc->original, v->terminal, s->of))
		take_void(s, v);
}

/* The manager's, on what is asked about, on the settlement of it, or on a void of it. */
static enum kas_err
look_at_word(struct search *s, const Kasir__V1__ExceptionResolved *m, struct arena *a)
{
	struct store_entry entry;
	Kasir__V1__LedgerEntry *e;
	enum kas_err err;

	if (m->index == s->index) {
		s->found.resolved = m->how;
		return KAS_OK;
	}
	err = history_entry(s->reader, m->index, a, &entry);
	if (err == KAS_OK)
		err = wire_decode_entry(entry.entry, a, &e, NULL);
	if (err != KAS_OK)
		return err;
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED &&
	    e->return_settled->return_index == s->index)
		s->found.resolved = m->how;
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION &&
	    m->how == KASIR__V1__RESOLUTION__ACCEPTED)
		look_for_void(s, e->transaction, entry.payload, a);
	return KAS_OK;
}

/* ENTRY stands somewhere behind what is asked about. */
static enum kas_err
look_at(struct search *s, const struct store_entry *entry, struct arena *a)
{
	Kasir__V1__LedgerEntry *e;

	if (wire_decode_entry(entry->entry, a, &e, NULL) != KAS_OK)
		return KAS_OK;
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED)
		return look_at_word(s, e->exception_resolved, a);
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION &&
	    e->transaction->n_broken == 0)
		look_for_void(s, e->transaction, entry->payload, a);
	return KAS_OK;
}

static enum kas_err
look_up(struct search *s, enum fact_kind kind, struct arena *a)
{
	uint64_t key = s->index, at;
	struct store_entry entry;
	uint8_t be[8];
	enum kas_err err;
	size_t n;

	for (int i = 7; i >= 0; i--, key >>= 8)
		be[i] = (uint8_t)key;
	err = ledger_read_facts(s->reader, kind, BYTES(be, sizeof be), &at, 1, &n);
	if (err != KAS_OK || n == 0)
		return err;
	err = history_entry(s->reader, at, a, &entry);
	return err == KAS_OK ? look_at(s, &entry, a) : err;
}

static enum kas_err
look_through(struct search *s, uint64_t first, struct arena *a)
{
	struct store_entry entries[LOOK_ENTRIES];
	enum kas_err err = KAS_OK;
	size_t n = 1;

	for (; err == KAS_OK && n > 0; first += n) {
		arena_reset(a);
		err = ledger_read_entries(s->reader, first, LOOK_ENTRIES, LOOK_BYTES, a, entries,
		    &n);
		for (size_t i = 0; err == KAS_OK && i < n; i++)
			err = look_at(s, &entries[i], a);
	}
	return err;
}

enum kas_err
sequel_find(struct ledger_reader *reader, uint64_t index, const Kasir__V1__TransactionRecord *r,
    struct sequel *ret)
{
	struct search s = { .reader = reader, .index = index, .of = r };
	struct store_head head;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = ledger_read_head(reader, &a, &head);
	if (err == KAS_OK)
		err = look_up(&s, FACT_VOID, &a);
	if (err == KAS_OK)
		err = look_up(&s, FACT_RESOLVED, &a);
	if (err == KAS_OK)
		err = look_through(&s, head.snapshot_size > index ? head.snapshot_size : index + 1,
		    &a);
	arena_fini(&a);
	if (err == KAS_OK)
		*ret = s.found;
	return err;
}
