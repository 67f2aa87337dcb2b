#include "tests/support/report_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/proto.h"
#include "proof/key.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define BODY(b) KASIR__V1__LEDGER_ENTRY__BODY_##b

static Kasir__V1__LedgerEntry
empty(struct report_rig *r)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;

	e.totals = arena_alloc(&r->arena, sizeof *e.totals);
	kasir__v1__grand_totals__init(e.totals);
	e.wall_us = INT64_C(1795316400000000) + (int64_t)r->n * 1000000;
	return e;
}

void
report_rig_add(struct report_rig *r, Kasir__V1__LedgerEntry *e, struct bytes payload)
{
	struct store_entry *to = &r->entries[r->n];
	struct hash leaf;

	if (r->n == RIG_ENTRIES_MAX || !proto_pack(&r->arena, &e->base, &to->entry))
		abort();
	to->payload = payload;
	to->salt = to->personal = BYTES_NONE;
	leaf = merkle_leaf(to->entry);
	frontier_append(&r->tree, &leaf);
	r->roots[++r->n] = frontier_root(&r->tree);
}

static void
open_store(struct report_rig *r)
{
	static uint8_t key[KEY_LEN];
	Kasir__V1__StoreOpened m = KASIR__V1__STORE_OPENED__INIT;
	Kasir__V1__LedgerEntry e = empty(r);

	m.format = 1;
	m.origin = (char *)"example.id/toko-1/1";
	m.store = (char *)"toko-1";
	m.store_key = proto_bytes(BYTES(key, sizeof key));
	m.currency = (char *)"IDR";
	e.body_case = BODY(STORE_OPENED);
	e.store_opened = &m;
	report_rig_add(r, &e, BYTES_NONE);
}

static bool
is_training(const Kasir__V1__Transaction *doc)
{
	return doc != NULL && doc->n_flags > 0 &&
	    doc->flags[0] == KASIR__V1__TRANSACTION_FLAG__TRAINING;
}

static void
add_record(struct report_rig *r, struct bytes payload, const char *terminal, bool broken)
{
	static Kasir__V1__Rule rules[] = { KASIR__V1__RULE__TOTAL_GROSS,
		KASIR__V1__RULE__TENDER_SUM };
	static uint8_t zeros[64];
	Kasir__V1__TransactionRecord m = KASIR__V1__TRANSACTION_RECORD__INIT;
	Kasir__V1__LedgerEntry e = empty(r);

	m.terminal = (char *)terminal;
	m.epoch = 1;
	m.sequence = r->n;
	m.txn_id = proto_bytes(BYTES(zeros, 16));
	m.payload_hash = proto_bytes(BYTES(zeros, HASH_LEN));
	m.signature = proto_bytes(BYTES(zeros, 64));
	m.broken = rules;
	m.n_broken = broken ? 2 : 0;
	e.body_case = BODY(TRANSACTION);
	e.transaction = &m;
	report_rig_add(r, &e, payload);
}

void
report_rig_enter(struct report_rig *r, Kasir__V1__Transaction *doc, const char *terminal,
    bool broken)
{
	struct rig_deal *d = &r->deals[r->n_deals++];
	struct bytes payload = BYTES("\xff\xff", 2);
	bool named = doc != NULL && doc->business_day > 20000000 && doc->business_day < 21000000;

	*d = (struct rig_deal){ .index = r->n, .terminal = terminal, .doc = doc };
	d->standing = is_training(doc) ? STANDING_TRAINING
	    : broken ? STANDING_EXCEPTION : STANDING_COUNTS;
	d->day = named ? doc->business_day : r->newest_day;
	if (named && d->standing != STANDING_TRAINING)
		r->newest_day = d->day;
	if (doc != NULL && !proto_pack(&r->arena, &doc->base, &payload))
		abort();
	add_record(r, payload, terminal, broken);
}

static Kasir__V1__Transaction *
move_cash(struct report_rig *r)
{
	Kasir__V1__Transaction *doc = make_document(&r->arena,
	    TYPE(PAID_IN) + (Kasir__V1__TransactionType)make_below(&r->dice, 6));

	doc->movement = arena_alloc(&r->arena, sizeof *doc->movement);
	kasir__v1__cash_movement__init(doc->movement);
	doc->movement->amount = (int64_t)make_below(&r->dice, 100000) - 50000;
	return doc;
}

static Kasir__V1__Transaction *
open_shift(struct report_rig *r)
{
	Kasir__V1__Transaction *doc = make_document(&r->arena, TYPE(SHIFT_OPEN));
	Kasir__V1__Denomination *c = arena_alloc(&r->arena, sizeof *c);

	kasir__v1__denomination__init(c);
	c->value = 50000;
	c->count = make_below(&r->dice, 10);
	doc->count = arena_alloc(&r->arena, sizeof *doc->count);
	doc->count[0] = c;
	doc->n_count = 1;
	return doc;
}

/* A QRIS payment that did not arrive is paid in cash; another did. */
static Kasir__V1__Transaction *
resolve_tenders(struct report_rig *r)
{
	Kasir__V1__Transaction *doc = make_document(&r->arena, TYPE(TENDER_RESOLUTION));
	int64_t amount = (int64_t)make_below(&r->dice, 100000);

	make_add_tender(&r->arena, doc, KASIR__V1__TENDER_KIND__QRIS, amount)->state =
	    KASIR__V1__TENDER_STATE__REVERSED;
	make_add_tender(&r->arena, doc, KASIR__V1__TENDER_KIND__QRIS, 5)->state =
	    KASIR__V1__TENDER_STATE__APPROVED;
	make_add_tender(&r->arena, doc, KASIR__V1__TENDER_KIND__CASH, amount)->replaces = 1;
	return doc;
}

static Kasir__V1__Transaction *
unmake(struct report_rig *r, bool wholly)
{
	static const struct make_original original = { "front", 1, 7 };
	Kasir__V1__Transaction *sale = make_sale(&r->arena, make_roll(&r->dice)), *doc;

	doc = wholly ? make_void(&r->arena, sale, &original)
	    : make_return(&r->arena, make_roll(&r->dice), sale, &original);
	return doc != NULL ? doc : sale;
}

static Kasir__V1__Transaction *
make_any(struct report_rig *r)
{
	switch (make_below(&r->dice, 16)) {
	case 0:
		return unmake(r, true);
	case 1:
		return unmake(r, false);
	case 2:
		return move_cash(r);
	case 3:
		return open_shift(r);
	case 4:
		return resolve_tenders(r);
	case 5:
		return make_document(&r->arena, TYPE(NO_SALE));
	default:
		return make_sale(&r->arena, make_roll(&r->dice));
	}
}

static char *
pick(struct report_rig *r, const char *stem, uint64_t n)
{
	char text[100];

	snprintf(text, sizeof text, "%s%u", stem, (unsigned)make_below(&r->dice, n));
	return arena_text(&r->arena, text);
}

/* Days of four months, few enough products that they meet, names that change. */
static void
colour(struct report_rig *r, Kasir__V1__Transaction *doc)
{
	static Kasir__V1__TransactionFlag training[] = { KASIR__V1__TRANSACTION_FLAG__TRAINING };
	size_t i;

	doc->business_day = (uint32_t)(20260900 + make_below(&r->dice, 4) * 100 + 1 +
	    make_below(&r->dice, 6));
	if (make_one_in(&r->dice, 50))
		doc->business_day = 20261399 + 900000000;
	doc->at_us += (int64_t)make_below(&r->dice, 86400) * 1000000 - 17;
	doc->cashier = pick(r, "kasir-", 4);
	if (make_one_in(&r->dice, 10))
		doc->supervisor = pick(r, "boss-", 2);
	if (make_one_in(&r->dice, 15)) {
		doc->flags = training;
		doc->n_flags = 1;
	}
	for (i = 0; i < doc->n_lines; i++) {
		if (make_one_in(&r->dice, 9))
			doc->lines[i]->sku = (char *)"";
		else if (doc->lines[i]->kind != KASIR__V1__LINE_KIND__LINE_VOID)
			doc->lines[i]->sku = pick(r, "sku-", 40);
		doc->lines[i]->department = pick(r, "rak-", 5);
	}
}

static void
add_transaction(struct report_rig *r)
{
	static const char *const terminals[] = { "front", "back", "cafe" };
	const char *terminal = terminals[make_below(&r->dice, 3)];
	Kasir__V1__Transaction *doc;

	if (make_one_in(&r->dice, 60)) {
		report_rig_enter(r, NULL, terminal, true);
		return;
	}
	doc = make_any(r);
	colour(r, doc);
	report_rig_enter(r, doc, terminal, make_one_in(&r->dice, 6));
}

static struct rig_deal *
pick_deal(struct report_rig *r)
{
	return r->n_deals > 0 ? &r->deals[make_below(&r->dice, r->n_deals)] : NULL;
}

static void
doubt(struct report_rig *r, struct rig_deal *d)
{
	static Kasir__V1__Rule rules[] = { KASIR__V1__RULE__RETURN_PRICE };
	Kasir__V1__ReturnSettled m = KASIR__V1__RETURN_SETTLED__INIT;
	Kasir__V1__LedgerEntry e = empty(r);

	m.return_index = d->index;
	m.broken = rules;
	m.n_broken = make_one_in(&r->dice, 5) ? 0 : 1;
	if (m.n_broken > 0 && d->standing == STANDING_COUNTS) {
		d->doubted = true;
		d->index = r->n;	/* what a resolution has to name */
	}
	e.body_case = BODY(RETURN_SETTLED);
	e.return_settled = &m;
	report_rig_add(r, &e, BYTES_NONE);
}

static void
resolve(struct report_rig *r, struct rig_deal *d)
{
	Kasir__V1__ExceptionResolved m = KASIR__V1__EXCEPTION_RESOLVED__INIT;
	Kasir__V1__LedgerEntry e = empty(r);
	Kasir__V1__Actor by = KASIR__V1__ACTOR__INIT;

	by.user = (char *)"ibu";
	m.index = d->index;
	m.how = d->how = make_one_in(&r->dice, 2) ? KASIR__V1__RESOLUTION__ACCEPTED
	    : KASIR__V1__RESOLUTION__VOIDED;
	m.by = &by;
	m.reason = (char *)"seen on camera";
	e.body_case = BODY(EXCEPTION_RESOLVED);
	e.exception_resolved = &m;
	report_rig_add(r, &e, BYTES_NONE);
}

static void
add_entry(struct report_rig *r)
{
	struct rig_deal *d = make_one_in(&r->dice, 6) ? pick_deal(r) : NULL;

	if (d != NULL && d->how == 0 && (d->doubted || d->standing == STANDING_EXCEPTION))
		resolve(r, d);
	else if (d != NULL && d->how == 0 && make_one_in(&r->dice, 3) && d->doc != NULL)
		doubt(r, d);
	else
		add_transaction(r);
}

void
report_rig_init(struct report_rig *r, uint64_t seed, size_t n)
{
	memset(r, 0, sizeof *r);
	arena_init(&r->arena, 0);
	frontier_init(&r->tree);
	r->roots[0] = merkle_empty();
	r->dice.state = seed;
	open_store(r);
	while (r->n < n)
		add_entry(r);
}

void
report_rig_fini(struct report_rig *r)
{
	arena_fini(&r->arena);
}

void
report_rig_branch(struct report_rig *r, size_t n, uint64_t seed, size_t to)
{
	struct hash leaf;
	size_t i;

	frontier_init(&r->tree);
	for (i = 0; i < n; i++) {
		leaf = merkle_leaf(r->entries[i].entry);
		frontier_append(&r->tree, &leaf);
	}
	r->n = n;
	r->n_deals = 0;
	r->dice.state = seed;
	while (r->n < to)
		add_transaction(r);
}

static enum kas_err
read_rig(void *ctx, uint64_t first, size_t max, size_t max_bytes, struct arena *a,
    struct store_entry *ret, size_t *ret_n)
{
	struct report_rig *r = ctx;
	size_t n = 0;

	(void)max_bytes;
	(void)a;
	for (; n < max && first + n < r->n; n++)
		ret[n] = r->entries[first + n];
	*ret_n = n;
	return KAS_OK;
}

static enum kas_err
root_of_rig(void *ctx, uint64_t size, struct hash *ret)
{
	struct report_rig *r = ctx;

	if (size > r->n)
		return KAS_NOTFOUND;
	*ret = r->roots[size];
	return KAS_OK;
}

struct report_source
report_rig_source(struct report_rig *r)
{
	return (struct report_source){ read_rig, root_of_rig, r };
}
