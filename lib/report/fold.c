#include "report/fold.h"

#include <stdlib.h>
#include <string.h>

#include "report/calendar.h"
#include "report/fold_parts.h"
#include "wire/codec.h"

/* Rows in memory, about 300 bytes each. */
#define ROWS_MAX ((size_t)24 * 1024)

enum kas_err
fold_open(sqlite3 *db, const struct fold_port *port, struct fold **ret, struct kas_why *why)
{
	struct fold *f = calloc(1, sizeof *f);
	enum kas_err err;

	if (f == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	f->db = db;
	f->port = *port;
	arena_init(&f->arena, 0);
	err = reports_read_place(db, &f->place);
	if (err == KAS_OK)
		err = sums_open(db, &f->sums);
	if (err == KAS_OK)
		err = fold_open_rows(f);
	if (err != KAS_OK) {
		kas_fail(why, err, "reports database: %s", err == KAS_CORRUPT ? "its place in the "
		    "ledger is unreadable" : sqlite3_errmsg(db));
		fold_close(f);
		return err;
	}
	*ret = f;
	return KAS_OK;
}

void
fold_close(struct fold *f)
{
	if (f == NULL)
		return;
	fold_close_rows(f);
	sums_close(f->sums);
	arena_fini(&f->arena);
	free(f);
}

const struct reports_place *
fold_place(const struct fold *f)
{
	return &f->place;
}

static bool
has_flag(const Kasir__V1__Transaction *doc, Kasir__V1__TransactionFlag flag)
{
	size_t i;

	for (i = 0; doc != NULL && i < doc->n_flags; i++)
		if (doc->flags[i] == flag)
			return true;
	return false;
}

/* By the clock that the cashier saw. */
static uint32_t
hour_of(const Kasir__V1__Transaction *doc)
{
	int64_t s = doc->at_us / 1000000 - (doc->at_us % 1000000 < 0);

	s = (s + (int64_t)doc->utc_offset_min * 60) % 86400;
	return (uint32_t)((s < 0 ? s + 86400 : s) / 3600);
}

static enum kas_err
decode(struct fold *f, struct bytes payload, const Kasir__V1__Transaction **ret)
{
	f->arena.exhausted = false;
	*ret = PROTO_UNPACK(kasir__v1__transaction, &f->arena, payload);
	return *ret == NULL && f->arena.exhausted ? KAS_NOMEM : KAS_OK;
}

/* All of D but its day. */
static enum kas_err
open_dealing(struct fold *f, uint64_t index, const Kasir__V1__TransactionRecord *record,
    struct bytes payload, struct dealing *d)
{
	enum kas_err err;

	*d = (struct dealing){ .index = index, .record = record };
	err = decode(f, payload, &d->doc);
	if (err != KAS_OK)
		return err;
	d->standing = has_flag(d->doc, KASIR__V1__TRANSACTION_FLAG__TRAINING) ? STANDING_TRAINING :
	    record->n_broken > 0 ? STANDING_EXCEPTION : STANDING_COUNTS;
	if (d->doc != NULL) {
		d->hour = hour_of(d->doc);
		fold_key_text(d->doc->cashier, d->cashier);
	}
	return KAS_OK;
}

/* What names no day is taken for the day that the newest document named; one that is keyed in
 * after its day does not bring that day back. */
static void
date_dealing(struct fold *f, struct dealing *d)
{
	bool named = d->doc != NULL && calendar_is_day(d->doc->business_day);

	d->day = named ? d->doc->business_day : f->place.day;
	if (named && d->standing != STANDING_TRAINING &&
	    !has_flag(d->doc, KASIR__V1__TRANSACTION_FLAG__LATE))
		f->place.day = d->day;
}

static enum kas_err
take_transaction(struct fold *f, const Kasir__V1__TransactionRecord *record,
    struct bytes payload)
{
	struct dealing d;
	enum kas_err err;

	err = open_dealing(f, f->place.tree.size, record, payload, &d);
	if (err != KAS_OK)
		return err;
	date_dealing(f, &d);
	err = fold_add_tx(f, &d);
	if (err == KAS_OK && d.standing == STANDING_EXCEPTION)
		err = fold_add_exception(f, d.index, &d, record->broken, record->n_broken);
	return err == KAS_OK ? fold_add_up(f, &d, EFFECT_ENTERED) : err;
}

/* An entry from before this one. */
static enum kas_err
read_back(struct fold *f, uint64_t index, Kasir__V1__LedgerEntry **ret,
    struct bytes *ret_payload)
{
	struct bytes entry;
	enum kas_err err;

	if (index >= f->place.tree.size)
		return KAS_CORRUPT;
	err = f->port.read(f->port.ctx, index, &f->arena, &entry, ret_payload);
	return err == KAS_OK ? wire_decode_entry(entry, &f->arena, ret, NULL) : err;
}

static enum kas_err
read_dealing(struct fold *f, uint64_t index, struct dealing *d)
{
	Kasir__V1__LedgerEntry *e;
	struct bytes payload;
	enum kas_err err;

	err = read_back(f, index, &e, &payload);
	if (err == KAS_OK && e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		err = KAS_CORRUPT;
	if (err == KAS_OK)
		err = open_dealing(f, index, e->transaction, payload, d);
	return err == KAS_OK ? fold_find_day(f, index, &d->day) : err;
}

/* A return that counted is wrong beside the original that came after it. */
static enum kas_err
take_settled(struct fold *f, const Kasir__V1__ReturnSettled *s)
{
	struct dealing d;
	enum kas_err err;

	if (s->n_broken == 0)
		return KAS_OK;
	err = read_dealing(f, s->return_index, &d);
	if (err != KAS_OK || d.standing != STANDING_COUNTS)
		return err;
	err = fold_add_exception(f, f->place.tree.size, &d, s->broken, s->n_broken);
	return err == KAS_OK ? fold_add_up(f, &d, EFFECT_DOUBTED) : err;
}

static enum kas_err
take_resolved(struct fold *f, const Kasir__V1__ExceptionResolved *m)
{
	bool accepted = m->how == KASIR__V1__RESOLUTION__ACCEPTED, settled;
	uint64_t index = m->index;
	Kasir__V1__LedgerEntry *e;
	struct bytes payload;
	struct dealing d;
	enum kas_err err;

	err = read_back(f, index, &e, &payload);
	if (err != KAS_OK)
		return err;
	settled = e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED;
	err = read_dealing(f, settled ? e->return_settled->return_index : index, &d);
	if (err == KAS_OK)
		err = fold_add_resolution(f, m);
	if (err != KAS_OK)
		return err;
	if (settled)
		return fold_add_up(f, &d, accepted ? EFFECT_UPHELD : EFFECT_TAKEN_OUT);
	return fold_add_up(f, &d, accepted ? EFFECT_ACCEPTED : EFFECT_VOIDED);
}

static enum kas_err
take_opened(struct fold *f, const Kasir__V1__StoreOpened *m)
{
	if (strlen(m->origin) >= sizeof f->place.origin ||
	    strlen(m->currency) >= sizeof f->place.currency)
		return KAS_CORRUPT;
	strcpy(f->place.origin, m->origin);
	strcpy(f->place.currency, m->currency);
	f->place.exponent = m->exponent;
	return KAS_OK;
}

static enum kas_err
take_body(struct fold *f, const Kasir__V1__LedgerEntry *e, struct bytes payload)
{
	switch (e->body_case) {
	case KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION:
		return take_transaction(f, e->transaction, payload);
	case KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED:
		return take_opened(f, e->store_opened);
	case KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED:
		return take_settled(f, e->return_settled);
	case KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED:
		return take_resolved(f, e->exception_resolved);
	case KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED:
		return fold_add_shift_close(f, e->wall_us, e->shift_closed);
	case KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED:
		return fold_add_day_close(f, e->wall_us, e->day_closed);
	default:
		return KAS_OK;
	}
}

enum kas_err
fold_take(struct fold *f, struct bytes entry, struct bytes payload, struct kas_why *why)
{
	struct hash leaf = merkle_leaf(entry);
	Kasir__V1__LedgerEntry *e;
	enum kas_err err;

	arena_reset(&f->arena);
	err = wire_decode_entry(entry, &f->arena, &e, why);
	if (err == KAS_OK && (err = take_body(f, e, payload)) != KAS_OK)
		kas_fail(why, err, "%s", err == KAS_CORRUPT ? "it does not follow from what went "
		    "before" : sqlite3_errmsg(f->db));
	if (err != KAS_OK) {
		kas_why_prefix(why, "reports, entry %llu", (unsigned long long)f->place.tree.size);
		return err;
	}
	frontier_append(&f->place.tree, &leaf);
	return KAS_OK;
}

enum kas_err
fold_write(struct fold *f)
{
	enum kas_err err = sums_write(f->sums);

	if (err == KAS_OK)
		err = reports_write_place(f->db, &f->place);
	if (err == KAS_OK && sums_in_memory(f->sums) > ROWS_MAX)
		sums_forget(f->sums);
	return err;
}
