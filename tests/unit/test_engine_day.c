/* Shifts and days in the store's engine: closes stand right behind what asked for them, and the
 * manager's X and Z are of what is durable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <cmocka.h>

#include "tests/support/engine_rig.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

/* A document of TYPE of shift "pagi", with AMOUNT counted if that is not 0. */
static struct bytes
document(Kasir__V1__TransactionType type, int64_t amount)
{
	Kasir__V1__Transaction doc = KASIR__V1__TRANSACTION__INIT;
	Kasir__V1__Denomination pile = KASIR__V1__DENOMINATION__INIT, *piles[] = { &pile };
	struct clock_reading now;
	struct bytes packed;

	machine_clock(&rig->machine).read(machine_clock(&rig->machine).ctx, &now);
	doc.schema = 1;
	doc.type = type;
	doc.at_us = now.wall_us;
	doc.business_day = 20261122;
	doc.cashier = (char *)"ani";
	doc.shift = (char *)"pagi";
	doc.currency = (char *)"IDR";
	pile.value = amount;
	pile.count = 1;
	if (amount != 0) {
		doc.n_count = 1;
		doc.count = piles;
	}
	assert_true(proto_pack(&rig->world.arena, &doc.base, &packed));
	return packed;
}

/* A sale that the customer has not paid yet. */
static struct bytes
suspended(void)
{
	struct bytes packed = rig_sale(rig, 1);
	Kasir__V1__Transaction *doc = PROTO_UNPACK(kasir__v1__transaction, &rig->world.arena,
	    packed);

	doc->type = TYPE(SUSPEND);
	doc->n_tenders = 0;
	doc->payable = doc->gross;
	doc->cash_rounding = 0;
	assert_true(proto_pack(&rig->world.arena, &doc->base, &packed));
	return packed;
}

/* Sent in one message; the index of the first. */
static uint64_t
enter(const struct bytes *payloads, size_t n)
{
	Kasir__V1__SignedTransaction *list[8];
	size_t i;

	assert_true(n <= sizeof list / sizeof *list);
	for (i = 0; i < n; i++)
		list[i] = rig_sign(rig, &till, payloads[i]);
	rig_forget(rig);
	rig_send(rig, &till, list, n, BYTES_NONE);
	rig_run(rig);
	assert_int_equal(rig_answer(rig, &till)->n_acks, n);
	return rig_answer(rig, &till)->acks[0]->index;
}

static uint64_t
enter_one(struct bytes payload)
{
	return enter(&payload, 1);
}

static Kasir__V1__LedgerEntry *
entry_at(uint64_t index)
{
	Kasir__V1__LedgerEntry *e;

	assert_true(index < disk_durable(rig->disk)->n);
	assert_int_equal(wire_decode_entry(disk_durable(rig->disk)->entries[index].entry,
	    &rig->world.arena, &e, NULL), KAS_OK);
	return e;
}

static Kasir__V1__ControlResponse *
close_day(bool carry, bool dry_run)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__DayCloseRequest c = KASIR__V1__DAY_CLOSE_REQUEST__INIT;

	c.reason = (char *)"evening";
	c.carry_pending = carry;
	c.dry_run = dry_run;
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_DAY_CLOSE;
	q.day_close = &c;
	return rig_ask(rig, &q);
}

static struct bytes
packed_report_request(void)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__DayReportRequest r = KASIR__V1__DAY_REPORT_REQUEST__INIT;
	struct bytes packed;

	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_DAY_REPORT;
	q.day_report = &r;
	assert_true(proto_pack(&rig->world.arena, &q.base, &packed));
	return packed;
}

static Kasir__V1__DayReport *
report(void)
{
	Kasir__V1__ControlResponse *a;

	rig->reply = BYTES_NONE;
	engine_on_control(rig->engine, 7, 1000, "manager", packed_report_request());
	rig_run(rig);
	a = PROTO_UNPACK(kasir__v1__control_response, &rig->world.arena, rig->reply);
	assert_non_null(a);
	assert_int_equal(a->body_case, KASIR__V1__CONTROL_RESPONSE__BODY_DAY);
	return a->day;
}

static Kasir__V1__DayClosed *
day_in(const Kasir__V1__EntryResult *result)
{
	Kasir__V1__LedgerEntry *e = PROTO_UNPACK(kasir__v1__ledger_entry, &rig->world.arena,
	    bytes_of_proto(result->entry));

	assert_non_null(e);
	assert_int_equal(e->body_case, KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED);
	return e->day_closed;
}

/* The root of the first SIZE entries on the disk. */
static struct hash
root_of(uint64_t size)
{
	struct frontier f;
	struct hash leaf;
	uint64_t i;

	frontier_init(&f);
	for (i = 0; i < size; i++) {
		leaf = merkle_leaf(disk_durable(rig->disk)->entries[i].entry);
		frontier_append(&f, &leaf);
	}
	return frontier_root(&f);
}

static void
assert_root(const Kasir__V1__DayClosed *d, uint64_t size)
{
	struct hash root = root_of(size);

	assert_int_equal(d->size, size);
	assert_true(bytes_equal(bytes_of_proto(d->root), hash_bytes(&root)));
}

static void
closes_stand_right_behind_what_asked_for_them_in_one_flush(void **state)
{
	struct bytes day[] = { document(TYPE(SHIFT_OPEN), 50000), rig_sale(rig, 1),
		document(TYPE(SHIFT_CLOSE), 60000), document(TYPE(DAY_CLOSE), 0), rig_sale(rig, 2) };
	uint64_t first = enter(day, 5);
	const Kasir__V1__LedgerEntry *e;

	(void)state;
	e = entry_at(first + 3);
	assert_int_equal(e->body_case, KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED);
	assert_int_equal(e->shift_closed->closed_index, first + 2);
	assert_int_equal(e->shift_closed->opened_index, first);
	assert_string_equal(e->shift_closed->cashier, "ani");
	assert_int_equal(e->shift_closed->counted, 60000);
	e = entry_at(first + 5);
	assert_int_equal(e->body_case, KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED);
	assert_int_equal(e->day_closed->number, 1);
	assert_true(e->day_closed->requested);
	assert_int_equal(e->day_closed->request, first + 4);
	assert_int_equal(e->day_closed->first, 0);
	assert_root(e->day_closed, first + 5);
	assert_int_equal(entry_at(first + 6)->body_case, KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION);
	assert_int_equal(engine_durable_size(rig->engine), first + 7);
}

static void
a_manager_closes_the_day_and_the_next_begins_where_it_ended(void **state)
{
	uint64_t size;
	const Kasir__V1__ControlResponse *a;
	const Kasir__V1__DayClosed *d;
	unsigned n;

	(void)state;
	for (n = 1; n <= 3; n++) {
		enter_one(rig_sale(rig, n));
		size = engine_durable_size(rig->engine);
		d = day_in(close_day(false, true)->entry);
		assert_int_equal(d->number, n);
		assert_int_equal(engine_durable_size(rig->engine), size);
		a = close_day(false, false);
		assert_int_equal(a->exit_code, 0);
		assert_int_equal(a->entry->index, size);
		d = day_in(a->entry);
		assert_int_equal(d->number, n);
		assert_false(d->requested);
		assert_string_equal(d->by->user, "manager");
		assert_string_equal(d->reason, "evening");
		assert_root(d, size);
		assert_int_equal(d->n_terminals, 1);
		assert_int_equal(d->terminals[0]->newest, n);
		assert_true(d->first == 0 || entry_at(d->first)->body_case ==
		    KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED);
		rig_restart(rig);
	}
}

static void
a_day_with_an_open_bill_stays_open_and_says_so(void **state)
{
	uint64_t size = enter_one(suspended()) + 1;
	const Kasir__V1__ControlResponse *a = close_day(true, false);

	(void)state;
	assert_int_equal(a->exit_code, EX_TEMPFAIL);
	assert_non_null(strstr(a->error, "1 suspended sale is open"));
	assert_non_null(strstr(a->next_step, "cancel"));
	assert_int_equal(close_day(true, true)->exit_code, EX_TEMPFAIL);
	assert_int_equal(engine_durable_size(rig->engine), size);
	assert_int_equal(report()->state->open_bills, 1);
	rig_restart(rig);
	assert_int_equal(close_day(false, false)->exit_code, EX_TEMPFAIL);
}

/* Nobody counts a drawer against a sale that is taken back. */
static void
a_report_waits_until_what_it_tells_is_durable(void **state)
{
	struct disk_faults slow = { .flush_lo = 100 * MS, .flush_hi = 100 * MS };
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	uint64_t size = engine_durable_size(rig->engine);
	Kasir__V1__ControlResponse *a;

	(void)state;
	assert_int_equal(report()->size, size);
	disk_set_faults(rig->disk, &slow);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_pass(rig, 10 * MS);
	rig->reply = BYTES_NONE;
	engine_on_control(rig->engine, 7, 1000, "manager", packed_report_request());
	rig_pass(rig, 10 * MS);
	assert_null(rig->reply.p);
	rig_pass(rig, 100 * MS);
	a = PROTO_UNPACK(kasir__v1__control_response, &rig->world.arena, rig->reply);
	assert_non_null(a);
	assert_int_equal(a->day->size, size + 1);
	assert_int_equal(disk_durable(rig->disk)->n, size + 1);
	assert_int_equal(a->day->state->day->n_types, 1);
}

static void
a_report_of_what_could_not_be_written_is_taken_back(void **state)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, rig_sale(rig, 1));
	Kasir__V1__ControlResponse *a;

	(void)state;
	disk_fill(rig->disk, SECOND);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	engine_turn(rig->engine);
	rig->reply = BYTES_NONE;
	engine_on_control(rig->engine, 7, 1000, "manager", packed_report_request());
	rig_run(rig);
	a = PROTO_UNPACK(kasir__v1__control_response, &rig->world.arena, rig->reply);
	assert_non_null(a);
	assert_int_equal(a->exit_code, EX_IOERR);
	assert_null(a->day);
}

static void
the_day_is_the_same_after_a_restart_from_a_snapshot_and_from_none(void **state)
{
	struct bytes day[] = { document(TYPE(SHIFT_OPEN), 50000), suspended() };
	struct bytes before, after;
	size_t every, i;

	(void)state;
	for (every = 8; every <= 8192; every *= 1024) {
		rig->config.snapshot_every = every;
		rig_restart(rig);
		if (every == 8)
			enter(day, 2);
		for (i = 0; i < 40; i++)
			enter_one(rig_sale(rig, i));
		assert_true(proto_pack(&rig->world.arena, &report()->state->base, &before));
		rig_restart(rig);
		assert_true(proto_pack(&rig->world.arena, &report()->state->base, &after));
		assert_true(bytes_equal(before, after));
		assert_true(disk_durable(rig->disk)->snapshot_size > 0);
	}
}

static void
the_day_that_a_manager_was_shown_is_closed_and_no_other(void **state)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__DayCloseRequest c = KASIR__V1__DAY_CLOSE_REQUEST__INIT;
	uint64_t size;

	(void)state;
	c.reason = (char *)"end of the day";
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_DAY_CLOSE;
	q.day_close = &c;
	c.number = day_in(close_day(false, true)->entry)->number;
	assert_int_equal(rig_ask(rig, &q)->exit_code, 0);
	size = engine_durable_size(rig->engine);
	assert_int_equal(rig_ask(rig, &q)->exit_code, EX_CANTCREAT);
	assert_int_equal(engine_durable_size(rig->engine), size);
	c.number++;
	assert_int_equal(rig_ask(rig, &q)->exit_code, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		T(closes_stand_right_behind_what_asked_for_them_in_one_flush),
		T(a_manager_closes_the_day_and_the_next_begins_where_it_ended),
		T(a_day_with_an_open_bill_stays_open_and_says_so),
		T(a_report_waits_until_what_it_tells_is_durable),
		T(a_report_of_what_could_not_be_written_is_taken_back),
		T(the_day_is_the_same_after_a_restart_from_a_snapshot_and_from_none),
		T(the_day_that_a_manager_was_shown_is_closed_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
