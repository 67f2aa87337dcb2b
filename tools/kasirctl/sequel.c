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

/* ENTRY stands somewhere behind what is asked about. */
static void
look_at(struct search *s, const struct store_entry *entry, struct arena *a)
{
	const Kasir__V1__Transaction *doc;
	Kasir__V1__LedgerEntry *e;

	if (wire_decode_entry(entry->entry, a, &e, NULL) != KAS_OK)
		return;
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED &&
	    e->exception_resolved->index == s->index)
		s->found.resolved = e->exception_resolved->how;
	if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION ||
	    e->transaction->n_broken > 0)
		return;
	doc = PROTO_UNPACK(kasir__v1__transaction, a, entry->payload);
	if (doc != NULL && doc->type == KASIR__V1__TRANSACTION_TYPE__POST_VOID &&
	    refers(doc->original, e->transaction->terminal, s->of))
		take_void(s, e->transaction);
}

static enum kas_err
look_up(struct search *s, enum fact_kind kind, struct arena *a)
{
	uint64_t key = s->index, at;
	struct store_entry entry;
	Kasir__V1__LedgerEntry *e;
	uint8_t be[8];
	enum kas_err err;
	size_t n;

	for (int i = 7; i >= 0; i--, key >>= 8)
		be[i] = (uint8_t)key;
	err = ledger_read_facts(s->reader, kind, BYTES(be, sizeof be), &at, 1, &n);
	if (err != KAS_OK || n == 0)
		return err;
	err = history_entry(s->reader, at, a, &entry);
	if (err == KAS_OK)
		err = wire_decode_entry(entry.entry, a, &e, NULL);
	if (err != KAS_OK)
		return err;
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		take_void(s, e->transaction);
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED)
		s->found.resolved = e->exception_resolved->how;
	return KAS_OK;
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
			look_at(s, &entries[i], a);
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
