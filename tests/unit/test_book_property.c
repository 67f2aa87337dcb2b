/* The book on random histories: however it was come by, it is the same book. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/book_rig.h"
#include "tests/support/day_docs.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define TILLS 3
#define STEPS 250
#define HISTORIES 40

struct till {
	char id[8];
	uint64_t epoch, sequence;
	bool chained;
	struct hash last;
};

/* One history on its way. */
struct story {
	struct book_rig *rig;
	uint64_t dice, serial;
	struct till tills[TILLS];
	struct book_txn past[STEPS * 2];	/* what was sent */
	size_t n_past;
	struct book_txn held[STEPS];		/* what comes late */
	size_t n_held;
};

/* What has happened in any of the stories, so that none of this is a walk in the park. */
static struct rule_set seen;
static unsigned settled, voids, training, resolved, shifts, days, bills, tenders;

static uint64_t
throw(struct story *s, uint64_t below)
{
	s->dice = s->dice * 6364136223846793005u + 1442695040888963407u;
	return (s->dice >> 33) % below;
}

static Kasir__V1__Transaction *
document_of(struct story *s, const struct book_txn *t)
{
	return PROTO_UNPACK(kasir__v1__transaction, &s->rig->arena, t->payload);
}

static const char *
any_shift(struct story *s)
{
	return throw(s, 4) == 0 ? "sore" : "pagi";
}

/* A document of the day, right or wrong: shifts, bills, a sale whose QRIS is pending and what
 * becomes of it, a close. */
static Kasir__V1__Transaction *
day_document(struct story *s)
{
	static const Kasir__V1__TransactionType types[] = { TYPE(SHIFT_OPEN), TYPE(SHIFT_CLOSE),
		TYPE(SUSPEND), TYPE(RESUME), TYPE(CANCEL), TYPE(RESUME), TYPE(SALE),
		TYPE(TENDER_RESOLUTION), TYPE(TENDER_RESOLUTION), TYPE(DAY_CLOSE) };
	struct arena *a = &s->rig->arena;
	Kasir__V1__Transaction *doc = day_doc(a, types[throw(s, 10)], s->rig->wall_us,
	    any_shift(s));
	const struct book_txn *of = &s->past[throw(s, s->n_past > 0 ? s->n_past : 1)];

	if (doc->type == TYPE(SHIFT_OPEN) || doc->type == TYPE(SHIFT_CLOSE))
		day_doc_count(a, doc, throw(s, 5000));
	if (doc->type == TYPE(SALE)) {
		day_doc_line(a, doc, 100);
		day_doc_tender(a, doc, KASIR__V1__TENDER_KIND__QRIS,
		    KASIR__V1__TENDER_STATE__PENDING, 100);
	}
	if (doc->type == TYPE(TENDER_RESOLUTION))
		day_doc_tender(a, doc, KASIR__V1__TENDER_KIND__QRIS, throw(s, 2) == 0 ?
		    KASIR__V1__TENDER_STATE__APPROVED : KASIR__V1__TENDER_STATE__REVERSED, 100);
	if (s->n_past > 0) {
		day_doc_about(a, doc, of->terminal, of->sequence);
		doc->original->epoch = of->epoch;
	}
	return doc;
}

/* A sale; or a return or void of something sent or held, which may itself be neither. */
static struct bytes
any_payload(struct story *s)
{
	struct arena *a = &s->rig->arena;
	Kasir__V1__Transaction *doc = NULL, *other;
	const struct book_txn *of;
	uint64_t what = throw(s, 100);

	if (what < 4)
		return bytes_of_text("\xff\xff");
	if (what < 45 && s->n_past > 0) {
		of = s->n_held > 0 && throw(s, 3) == 0 ? &s->held[throw(s, s->n_held)] :
		    &s->past[throw(s, s->n_past)];
		struct make_original at = { of->terminal, of->epoch, of->sequence };

		other = document_of(s, of);
		if (other != NULL && what < 30 && other->type == KASIR__V1__TRANSACTION_TYPE__SALE)
			doc = make_return(a, throw(s, 1000), other, &at);
		else if (other != NULL)
			doc = make_void(a, other, &at);
	}
	if (doc == NULL && throw(s, 2) == 0)
		return book_rig_pack(s->rig, day_document(s));
	if (doc == NULL)
		doc = make_sale(a, throw(s, 1000));
	assert_non_null(doc);
	doc->at_us = s->rig->wall_us - (int64_t)throw(s, 1000000);
	if (throw(s, 20) == 0) {
		doc->flags = arena_alloc(a, sizeof *doc->flags);
		doc->flags[0] = KASIR__V1__TRANSACTION_FLAG__TRAINING;
		doc->n_flags = 1;
	}
	if (throw(s, 20) == 0)
		doc->payable++;
	return book_rig_pack(s->rig, doc);
}

static struct book_txn
next_of(struct story *s, struct till *t)
{
	struct hash *previous = arena_alloc(&s->rig->arena, sizeof *previous);
	struct book_txn x = { .terminal = t->id, .epoch = t->epoch, .sequence = ++t->sequence,
		.serial = throw(s, 15) == 0 ? throw(s, s->serial + 1) : ++s->serial,
		.previous = t->chained ? previous : NULL };

	*previous = t->last;
	x.payload = any_payload(s);
	t->last = book_rig_open(&x).hash;
	t->chained = throw(s, 30) != 0;
	return x;
}

static void
send(struct story *s, const struct book_txn *x)
{
	book_rig_enter(s->rig, x);
	s->past[s->n_past++] = *x;
}

static void
enrol_again(struct story *s, struct till *t)
{
	if (throw(s, 2) == 0)
		book_rig_revoke(s->rig, t->id, t->epoch);
	book_rig_enrol(s->rig, t->id, ++t->epoch);
	t->sequence = 0;
}

static void
load_rules(struct story *s)
{
	Kasir__V1__RuleSet rules = KASIR__V1__RULE_SET__INIT;
	Kasir__V1__RulePeriod period = KASIR__V1__RULE_PERIOD__INIT, *periods = &period;

	rules.format = 1;
	rules.name = (char *)"toko";
	rules.currency = (char *)"IDR";
	rules.periods = &periods;
	rules.n_periods = 1;
	period.from_day = 20260101;
	period.variance_tolerance = throw(s, 5000);
	book_rig_load_rules(s->rig, &rules);
}

static void
manage(struct story *s)
{
	uint64_t what = throw(s, 12);

	if (what == 0)
		load_rules(s);
	else if (what == 1)
		book_rig_close_day(s->rig);
	else
		resolved += book_rig_resolve(s->rig, s->rig->n - 1 -
		    throw(s, s->rig->n < 40 ? s->rig->n : 40), throw(s, 2) == 0 ?
		    KASIR__V1__RESOLUTION__ACCEPTED : KASIR__V1__RESOLUTION__VOIDED) == KAS_OK;
}

static void
step(struct story *s)
{
	struct till *t = &s->tills[throw(s, TILLS)];
	uint64_t what = throw(s, 100);
	struct book_txn x;

	s->rig->wall_us += (int64_t)throw(s, 60000000);
	if (throw(s, 4) == 0)
		manage(s);
	if (what < 60) {
		x = next_of(s, t);
		send(s, &x);
	} else if (what < 72) {
		x = next_of(s, t);
		s->held[s->n_held++] = x;
	} else if (what < 82 && s->n_held > 0) {
		x = s->held[--s->n_held];
		send(s, &x);
	} else if (what < 90 && s->n_past > 0) {
		x = s->past[throw(s, s->n_past)];
		send(s, &x);
	} else if (what < 97 && s->n_past > 0) {
		x = s->past[throw(s, s->n_past)];
		x.payload = any_payload(s);	/* a conflict */
		send(s, &x);
	} else if (what == 99) {
		enrol_again(s, t);
	}
}

static void
expect_same_rows(const struct keyring *a, const struct keyring *b)
{
	size_t i;

	assert_int_equal(a->n, b->n);
	for (i = 0; i < a->n; i++) {
		assert_string_equal(a->rows[i]->terminal, b->rows[i]->terminal);
		assert_true(a->rows[i]->epoch == b->rows[i]->epoch);
		assert_true(a->rows[i]->revoked_at == b->rows[i]->revoked_at);
		assert_true(a->rows[i]->newest == b->rows[i]->newest);
		assert_true(a->rows[i]->count == b->rows[i]->count);
		assert_true(a->rows[i]->awaited == b->rows[i]->awaited);
		assert_int_equal(a->rows[i]->newest_known, b->rows[i]->newest_known);
		assert_true(hash_equal(&a->rows[i]->newest_hash, &b->rows[i]->newest_hash));
		assert_memory_equal(a->rows[i]->newest_txn, b->rows[i]->newest_txn, 16);
	}
}

static void
expect_same_judgement(struct story *s, struct book *other, const struct book_txn *x)
{
	struct judgement a = book_rig_judge(s->rig, s->rig->book, x);
	struct judgement b = book_rig_judge(s->rig, other, x);

	assert_int_equal(a.verdict, b.verdict);
	assert_true(a.index == b.index);
	assert_true(rule_set_equal(&a.broken, &b.broken));
	assert_true(rule_set_equal(&a.notes, &b.notes));
}

static void
expect_same_state(struct book_rig *r, const struct book *a, const struct book *b)
{
	struct bytes x = book_rig_state(r, a), y = book_rig_state(r, b);

	assert_int_equal(x.n, y.n);
	assert_memory_equal(x.p, y.p, x.n);
}

/* OTHER, which this closes, is the story's book: same state, same answers. */
static void
expect_same_book(struct story *s, struct book *other)
{
	const Kasir__V1__GrandTotals *a = book_totals(s->rig->book), *b = book_totals(other);
	struct book_txn x;
	size_t i;

	assert_true(book_size(other) == s->rig->n);
	assert_true(a->sales == b->sales && a->returns == b->returns && a->voids == b->voids &&
	    a->exceptions == b->exceptions && a->training == b->training);
	expect_same_rows(book_keyring(s->rig->book), book_keyring(other));
	expect_same_state(s->rig, s->rig->book, other);
	for (i = 0; i < s->n_past; i += 7)
		expect_same_judgement(s, other, &s->past[i]);
	for (i = 0; i < s->n_held; i++)
		expect_same_judgement(s, other, &s->held[i]);
	for (i = 0; i < 10 && s->n_past > 0; i++) {
		struct till t = s->tills[throw(s, TILLS)];	/* a copy: it does not sell */

		x = next_of(s, &t);
		expect_same_judgement(s, other, &x);
	}
	book_close(other);
}

static void
look_back(struct book_rig *r)
{
	Kasir__V1__LedgerEntry *e;
	uint64_t i;
	size_t k;

	voids += book_totals(r->book)->voids_count > 0;
	training += book_totals(r->book)->training_count > 0;
	for (i = 0; i < r->n; i++) {
		arena_reset(&r->scratch);
		assert_int_equal(wire_decode_entry(r->entries[i].entry, &r->scratch, &e, NULL), KAS_OK);
		settled += e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED;
		shifts += e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED;
		days += e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED;
		if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
			continue;
		for (k = 0; k < e->transaction->n_broken; k++)
			rule_set_add(&seen, e->transaction->broken[k]);
		for (k = 0; k < e->transaction->n_notes; k++)
			rule_set_add(&seen, e->transaction->notes[k]);
	}
}

/* Closes follow each other without a gap, whoever asked for them. */
static void
expect_contiguous_closes(struct book_rig *r)
{
	const Kasir__V1__LedgerEntry *e;
	uint64_t i, number = 0, first = 0;

	for (i = 0; i < r->n; i++) {
		e = book_rig_entry(r, i);
		if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
			continue;
		assert_int_equal(e->day_closed->number, ++number);
		assert_int_equal(e->day_closed->first, first);
		assert_int_equal(e->day_closed->size, i);
		first = i;
	}
}

/* Whether the newest entry has asked for a close is kept too. */
static void
expect_close_due(struct book_rig *r, const struct day *d)
{
	Kasir__V1__BookState *kept;
	size_t i;
	bool closing = false;

	kept = PROTO_UNPACK(kasir__v1__book_state, &r->arena, r->state);
	assert_non_null(kept);
	assert_int_equal(kept->day_asked, d->asked);
	assert_int_equal(kept->business_day, d->business_day);
	for (i = 0; i < kept->n_shifts; i++)
		closing = closing || kept->shifts[i]->closing;
	assert_int_equal(closing, d->closing != NULL);
}

/* A snapshot after each single entry, and the rest applied to what it restores. */
static void
restore_everywhere(struct story *s)
{
	struct book_rig *r = s->rig;
	struct book *walker, *other;
	uint64_t i;

	expect_contiguous_closes(r);
	book_rig_forget(r);
	walker = book_rig_empty(r, true);
	for (i = 0; i < r->n; i++) {
		book_rig_apply(r, walker, i);
		bills += book_day(walker)->open_bills > 0;
		tenders += book_day(walker)->pending.count > 0;
		book_rig_keep(r, walker);
		expect_close_due(r, book_day(walker));
		other = book_rig_fold(r, true);
		assert_true(book_size(other) == r->n);
		expect_same_state(r, r->book, other);
		expect_same_rows(book_keyring(r->book), book_keyring(other));
		book_close(other);
	}
	book_close(walker);
}

static void
tell(uint64_t seed)
{
	struct book_rig *rig = malloc(sizeof *rig);
	struct story *s = calloc(1, sizeof *s);
	unsigned i;

	s->rig = rig;
	s->dice = seed;
	book_rig_init(rig);
	for (i = 0; i < TILLS; i++) {
		memcpy(s->tills[i].id, (const char[]){ 't', (char)('1' + i), '\0' }, 3);
		s->tills[i].epoch = 1;
		book_rig_enrol(rig, s->tills[i].id, 1);
	}
	for (i = 0; i < STEPS; i++) {
		step(s);
		if (throw(s, 40) == 0)
			book_rig_snapshot(rig);
		if (throw(s, 60) == 0 || i == STEPS - 1) {
			expect_same_book(s, book_rig_fold(rig, true));
			expect_same_book(s, book_rig_fold(rig, false));
		}
	}
	look_back(rig);
	if (seed % 20 == 0)
		restore_everywhere(s);
	book_rig_fini(rig);
	free(s);
	free(rig);
}

static void
a_book_from_a_snapshot_is_the_book_from_the_beginning(void **state)
{
	uint64_t seed;

	(void)state;
	static const rule_id wanted[] = {
		KASIR__V1__RULE__IDENTITY_CONFLICT, KASIR__V1__RULE__IDENTITY_REUSED,
		KASIR__V1__RULE__SEQUENCE_GAP, KASIR__V1__RULE__SEQUENCE_LATE,
		KASIR__V1__RULE__CHAIN_BROKEN, KASIR__V1__RULE__RETURN_PENDING,
		KASIR__V1__RULE__RETURN_QUANTITY, KASIR__V1__RULE__RETURN_ORIGINAL,
		KASIR__V1__RULE__VOID_TWICE, KASIR__V1__RULE__VOID_SHIFT,
		KASIR__V1__RULE__VOID_REFERENCE, KASIR__V1__RULE__PAYLOAD_UNDECODABLE,
		KASIR__V1__RULE__SHIFT_NOT_OPEN, KASIR__V1__RULE__SHIFT_OPEN_ALREADY,
		KASIR__V1__RULE__SHIFT_VARIANCE, KASIR__V1__RULE__DAY_OPEN_BILLS,
		KASIR__V1__RULE__DAY_PENDING_TENDERS, KASIR__V1__RULE__BILL_REFERENCE,
		KASIR__V1__RULE__BILL_TWICE, KASIR__V1__RULE__RESOLUTION_REFERENCE,
		KASIR__V1__RULE__RESOLUTION_TWICE,
	};
	size_t i;

	for (seed = 1; seed <= HISTORIES; seed++)
		tell(seed);
	for (i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (!rule_set_has(&seen, wanted[i]))
			fail_msg("rule %d never happened", (int)wanted[i]);
	assert_true(settled > 0 && voids > 0 && training > 0 && resolved > 0 && shifts > 0 &&
	    days > 0 && bills > 0 && tenders > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_book_from_a_snapshot_is_the_book_from_the_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
