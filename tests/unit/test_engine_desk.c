/* What a manager decides about what is in the ledger, and the rules and lists put in force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <cmocka.h>

#include "tests/support/engine_rig.h"
#include "tests/support/make_catalogue.h"
#include "tests/support/make_rules.h"
#include "tests/support/make_txn.h"

#define ACCEPTED KASIR__V1__RESOLUTION__ACCEPTED
#define VOIDED KASIR__V1__RESOLUTION__VOIDED

/* A sale whose tenders do not settle it. */
static struct bytes
wrong_sale(uint64_t seed)
{
	struct bytes good = rig_sale(rig, seed), packed;
	Kasir__V1__Transaction *doc = PROTO_UNPACK(kasir__v1__transaction, &rig->world.arena, good);

	doc->payable += 1;
	assert_true(proto_pack(&rig->world.arena, &doc->base, &packed));
	return packed;
}

/* The index of the entry that PAYLOAD becomes. */
static uint64_t
enter(struct bytes payload)
{
	Kasir__V1__SignedTransaction *t = rig_sign(rig, &till, payload);

	rig_forget(rig);
	rig_send(rig, &till, &t, 1, BYTES_NONE);
	rig_run(rig);
	assert_int_equal(rig_answer(rig, &till)->n_acks, 1);
	return rig_answer(rig, &till)->acks[0]->index;
}

static Kasir__V1__LedgerEntry *
entry_at(uint64_t index, struct bytes *ret_payload)
{
	const struct image *disk = disk_durable(rig->disk);
	Kasir__V1__LedgerEntry *e;

	assert_true(index < disk->n);
	assert_int_equal(wire_decode_entry(disk->entries[index].entry, &rig->world.arena, &e, NULL),
	    KAS_OK);
	if (ret_payload != NULL)
		*ret_payload = disk->entries[index].payload;
	return e;
}

static Kasir__V1__ControlResponse *
resolve(uint64_t index, Kasir__V1__Resolution how, const char *reason)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__ResolveRequest r = KASIR__V1__RESOLVE_REQUEST__INIT;

	r.index = index;
	r.how = how;
	r.reason = (char *)(uintptr_t)reason;
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_RESOLVE;
	q.resolve = &r;
	return rig_ask(rig, &q);
}

static Kasir__V1__ControlResponse *
annotate(uint64_t index, const char *text)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__AnnotateRequest r = KASIR__V1__ANNOTATE_REQUEST__INIT;

	r.index = index;
	r.text = (char *)(uintptr_t)text;
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_ANNOTATE;
	q.annotate = &r;
	return rig_ask(rig, &q);
}

static Kasir__V1__ControlResponse *
load_rules(struct bytes rules)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__RulesLoadRequest r = KASIR__V1__RULES_LOAD_REQUEST__INIT;

	r.rule_set = proto_bytes(rules);
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_RULES_LOAD;
	q.rules_load = &r;
	return rig_ask(rig, &q);
}

static Kasir__V1__RulesReport *
show_rules(void)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__RulesShowRequest r = KASIR__V1__RULES_SHOW_REQUEST__INIT;
	Kasir__V1__ControlResponse *a;

	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_RULES_SHOW;
	q.rules_show = &r;
	a = rig_ask(rig, &q);
	assert_int_equal(a->body_case, KASIR__V1__CONTROL_RESPONSE__BODY_RULES);
	return a->rules;
}

static Kasir__V1__ControlResponse *
send_part(struct bytes all, const struct hash *hash, size_t from, size_t n)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__CataloguePartRequest p = KASIR__V1__CATALOGUE_PART_REQUEST__INIT;

	p.hash = proto_bytes(hash_bytes(hash));
	p.size = all.n;
	p.offset = from;
	p.part = proto_bytes(BYTES(all.p + from, n));
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_PART;
	q.catalogue_part = &p;
	return rig_ask(rig, &q);
}

static Kasir__V1__ControlResponse *
load_catalogue(const struct hash *hash)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__CatalogueLoadRequest l = KASIR__V1__CATALOGUE_LOAD_REQUEST__INIT;

	l.hash = proto_bytes(hash_bytes(hash));
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_LOAD;
	q.catalogue_load = &l;
	return rig_ask(rig, &q);
}

static void
expect_refused(const Kasir__V1__ControlResponse *a, uint32_t code, const char *says)
{
	assert_int_equal(a->exit_code, code);
	if (strstr(a->error, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", a->error, says);
	assert_true(a->next_step[0] != '\0');
}

static void
an_exception_is_resolved_once_and_the_second_manager_is_told_by_whom(void **state)
{
	uint64_t index = enter(wrong_sale(1)), size = engine_durable_size(rig->engine);
	const Kasir__V1__ControlResponse *a = resolve(index, ACCEPTED, "counted again");
	const Kasir__V1__LedgerEntry *e;

	(void)state;
	assert_int_equal(a->exit_code, 0);
	assert_int_equal(a->entry->index, size);
	e = entry_at(size, NULL);
	assert_int_equal(e->body_case, KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED);
	assert_int_equal(e->exception_resolved->index, index);
	assert_string_equal(e->exception_resolved->by->user, "manager");
	assert_string_equal(e->exception_resolved->reason, "counted again");
	assert_int_equal(e->totals->sales_count, 1);
	expect_refused(resolve(index, VOIDED, "no"), EX_CANTCREAT, "\"manager\" accepted it, with entry");
	rig_restart(rig);
	expect_refused(resolve(index, VOIDED, "no"), EX_CANTCREAT, "accepted it");
	assert_int_equal(engine_durable_size(rig->engine), size + 2);	/* and the start */
}

static void
what_is_no_open_exception_is_not_resolved(void **state)
{
	uint64_t good = enter(rig_sale(rig, 1)), bad = enter(wrong_sale(2));
	uint64_t size = engine_durable_size(rig->engine);
	char long_reason[502];

	(void)state;
	memset(long_reason, 'x', sizeof long_reason);
	long_reason[501] = '\0';
	expect_refused(resolve(good, ACCEPTED, "x"), EX_DATAERR, "is no exception");
	expect_refused(resolve(0, VOIDED, "x"), EX_DATAERR, "is no exception");
	expect_refused(resolve(size, VOIDED, "x"), EX_NOINPUT, "has no entry");
	expect_refused(resolve(UINT64_MAX, VOIDED, "x"), EX_NOINPUT, "has no entry");
	expect_refused(resolve(bad, 0, "x"), EX_USAGE, "accepted or voided");
	expect_refused(resolve(bad, VOIDED, ""), EX_USAGE, "the reason is missing");
	expect_refused(resolve(bad, VOIDED, long_reason), EX_USAGE, "too long");
	expect_refused(resolve(bad, VOIDED, "\xff"), EX_USAGE, "not text");
	long_reason[500] = '\0';
	assert_int_equal(engine_durable_size(rig->engine), size);
	assert_int_equal(resolve(bad, VOIDED, long_reason)->exit_code, 0);
	assert_int_equal(entry_at(size, NULL)->totals->sales_count, 1);
}

static uint64_t
enter_document(const Kasir__V1__Transaction *doc)
{
	struct bytes packed;

	assert_true(proto_pack(&rig->world.arena, &doc->base, &packed));
	return enter(packed);
}

static void
a_return_that_its_till_has_voided_is_not_voided_again(void **state)
{
	struct arena *a = &rig->world.arena;
	struct make_original sold = { "kasa-1", 1, 2 }, returned = { "kasa-1", 1, 1 };
	Kasir__V1__Transaction *sale = PROTO_UNPACK(kasir__v1__transaction, a, rig_sale(rig, 1));
	Kasir__V1__Transaction *back = make_return(a, 1, sale, &sold);
	const Kasir__V1__LedgerEntry *e;
	uint64_t settled;

	(void)state;
	enter_document(back);
	settled = enter(rig_sale(rig, 2)) + 1;		/* of other goods */
	e = entry_at(settled, NULL);
	assert_int_equal(e->body_case, KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED);
	assert_true(e->return_settled->n_broken > 0);
	e = entry_at(enter_document(make_void(a, back, &returned)), NULL);
	assert_int_equal(e->transaction->n_broken, 0);
	expect_refused(resolve(settled, VOIDED, "x"), EX_DATAERR, "voided at its till already");
	assert_int_equal(resolve(settled, ACCEPTED, "x")->exit_code, 0);
}

static void
a_remark_stands_beside_any_entry(void **state)
{
	uint64_t size = engine_durable_size(rig->engine);

	(void)state;
	assert_int_equal(annotate(0, "moved house")->entry->index, size);
	assert_string_equal(entry_at(size, NULL)->annotated->text, "moved house");
	assert_string_equal(entry_at(size, NULL)->annotated->by->user, "manager");
	assert_int_equal(annotate(size, "and again")->exit_code, 0);
	expect_refused(annotate(size + 2, "too far"), EX_NOINPUT, "has no entry");
	expect_refused(annotate(0, ""), EX_USAGE, "the remark is missing");
}

static void
an_order_whose_flush_fails_changed_nothing_and_can_be_given_again(void **state)
{
	uint64_t index = enter(wrong_sale(1)), size = engine_durable_size(rig->engine);

	(void)state;
	disk_fill(rig->disk, SECOND);
	expect_refused(resolve(index, ACCEPTED, "x"), EX_IOERR, "disk is full");
	rig_pass(rig, 10 * SECOND);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	assert_int_equal(engine_durable_size(rig->engine), size + 1);	/* the start */
	assert_int_equal(resolve(index, VOIDED, "x")->exit_code, 0);
}

static struct bytes
packed_rules(const char *name)
{
	Kasir__V1__RuleSet *rules = make_rules(&rig->world.arena);
	struct bytes packed;

	rules->name = (char *)(uintptr_t)name;
	assert_true(proto_pack(&rig->world.arena, &rules->base, &packed));
	return packed;
}

static void
a_rule_set_is_in_force_from_its_entry_on_and_after_a_restart(void **state)
{
	struct bytes rules = packed_rules("house"), payload;
	uint64_t size = engine_durable_size(rig->engine);
	const Kasir__V1__LedgerEntry *e;

	(void)state;
	assert_false(show_rules()->loaded);
	assert_int_equal(load_rules(rules)->entry->index, size);
	e = entry_at(size, &payload);
	assert_string_equal(e->rules_changed->name, "house");
	assert_string_equal(e->rules_changed->by->user, "manager");
	assert_true(bytes_equal(payload, rules));
	expect_refused(load_rules(rules), EX_CANTCREAT, "in force already");
	rig_restart(rig);
	assert_true(show_rules()->loaded);
	assert_int_equal(show_rules()->index, size);
	assert_true(bytes_equal(bytes_of_proto(show_rules()->rule_set), rules));
	assert_int_equal(load_rules(packed_rules("other"))->exit_code, 0);
	assert_int_equal(show_rules()->index, size + 2);
}

static void
a_rule_set_that_the_store_cannot_be_judged_by_is_refused(void **state)
{
	Kasir__V1__RuleSet *rules = make_rules(&rig->world.arena);
	uint64_t size = engine_durable_size(rig->engine);
	struct bytes packed;

	(void)state;
	expect_refused(load_rules(bytes_of_text("?")), EX_DATAERR, "does not decode");
	rules->exponent = 2;
	assert_true(proto_pack(&rig->world.arena, &rules->base, &packed));
	expect_refused(load_rules(packed), EX_DATAERR, "exponent 2");
	rules->exponent = 0;
	rules->periods[0]->from_day = 20250230;
	assert_true(proto_pack(&rig->world.arena, &rules->base, &packed));
	expect_refused(load_rules(packed), EX_DATAERR, "period");
	assert_int_equal(engine_durable_size(rig->engine), size);
	assert_false(show_rules()->loaded);
}

static struct bytes
packed_catalogue(const char *currency)
{
	Kasir__V1__Catalogue *c = make_catalogue(&rig->world.arena);
	struct bytes packed;

	c->currency = (char *)(uintptr_t)currency;
	assert_true(proto_pack(&rig->world.arena, &c->base, &packed));
	return packed;
}

static void
a_catalogue_comes_in_parts_and_is_in_force_with_its_entry(void **state)
{
	struct bytes all = packed_catalogue("IDR");
	struct hash hash = hash_of(all);
	uint64_t size = engine_durable_size(rig->engine);
	const Kasir__V1__LedgerEntry *e;
	size_t from;

	(void)state;
	for (from = 0; from < all.n; from += 50)
		assert_int_equal(send_part(all, &hash, from,
		    all.n - from < 50 ? all.n - from : 50)->exit_code, 0);
	assert_int_equal(engine_durable_size(rig->engine), size);
	assert_int_equal(load_catalogue(&hash)->entry->index, size);
	e = entry_at(size, NULL);
	assert_int_equal(e->catalogue_changed->products, 3);
	assert_int_equal(e->catalogue_changed->cashiers, 3);
	assert_int_equal(e->catalogue_changed->size, all.n);
	assert_string_equal(e->catalogue_changed->by->user, "manager");
	assert_int_equal(disk_durable(rig->disk)->n_blobs, 1);
	assert_true(bytes_equal(disk_durable(rig->disk)->blobs[0].bytes, all));
	expect_refused(load_catalogue(&hash), EX_TEMPFAIL, "not all");
	rig_restart(rig);
	assert_int_equal(send_part(all, &hash, 0, all.n)->exit_code, 0);
	expect_refused(load_catalogue(&hash), EX_CANTCREAT, "in force already");
	/* What an unknown product is noted by shows that it is read again. */
	e = entry_at(enter(rig_sale(rig, 1)), NULL);
	assert_true(e->transaction->n_notes > 0);
}

static void
parts_that_do_not_make_the_catalogue_are_refused(void **state)
{
	struct bytes all = packed_catalogue("IDR"), dollars = packed_catalogue("USD");
	struct hash hash = hash_of(all), other = hash_of(dollars), wrong = hash;
	struct bytes garbage = bytes_of_text("no catalogue at all");
	struct hash of_garbage = hash_of(garbage);
	uint64_t size = engine_durable_size(rig->engine);

	(void)state;
	wrong.b[0] ^= 1;
	expect_refused(load_catalogue(&hash), EX_TEMPFAIL, "not all");
	expect_refused(send_part(all, &hash, 50, 10), EX_TEMPFAIL, "does not continue");
	assert_int_equal(send_part(all, &hash, 0, 50)->exit_code, 0);
	expect_refused(send_part(all, &hash, 60, 10), EX_TEMPFAIL, "does not continue");
	expect_refused(send_part(all, &hash, 50, 0), EX_TEMPFAIL, "does not continue");
	expect_refused(load_catalogue(&hash), EX_TEMPFAIL, "not all");
	/* Another manager begins, and the first must begin again. */
	assert_int_equal(send_part(dollars, &other, 0, dollars.n)->exit_code, 0);
	expect_refused(send_part(all, &hash, 50, 10), EX_TEMPFAIL, "does not continue");
	expect_refused(load_catalogue(&hash), EX_TEMPFAIL, "not all");
	expect_refused(load_catalogue(&other), EX_DATAERR, "prices are in USD");
	assert_int_equal(send_part(all, &wrong, 0, all.n)->exit_code, 0);
	expect_refused(load_catalogue(&wrong), EX_DATAERR, "hash differs");
	assert_int_equal(send_part(garbage, &of_garbage, 0, garbage.n)->exit_code, 0);
	expect_refused(load_catalogue(&of_garbage), EX_DATAERR, "cannot be taken");
	expect_refused(send_part(BYTES(all.p, 0), &hash, 0, 0), EX_DATAERR, "bytes");
	expect_refused(send_part((struct bytes){ all.p, CATALOGUE_BYTES_MAX + 1 }, &hash, 0, 10),
	    EX_DATAERR, "bytes");
	assert_int_equal(engine_durable_size(rig->engine), size);
	assert_int_equal(disk_durable(rig->disk)->n_blobs, 0);
}

static void
what_was_compared_with_something_else_is_not_put_in_force(void **state)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__RulesLoadRequest r = KASIR__V1__RULES_LOAD_REQUEST__INIT;
	Kasir__V1__CatalogueLoadRequest l = KASIR__V1__CATALOGUE_LOAD_REQUEST__INIT;
	struct bytes all = packed_catalogue("IDR");
	struct hash hash = hash_of(all);
	uint64_t index;

	(void)state;
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_RULES_LOAD;
	q.rules_load = &r;
	r.compared = true;
	r.rule_set = proto_bytes(packed_rules("mine"));
	index = load_rules(packed_rules("hers"))->entry->index;
	expect_refused(rig_ask(rig, &q), EX_TEMPFAIL, "put in force meanwhile");
	r.compared_with = index;
	assert_int_equal(rig_ask(rig, &q)->exit_code, 0);

	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_LOAD;
	q.catalogue_load = &l;
	l.hash = proto_bytes(hash_bytes(&hash));
	l.compared = true;
	l.compared_with = index;
	assert_int_equal(send_part(all, &hash, 0, all.n)->exit_code, 0);
	expect_refused(rig_ask(rig, &q), EX_TEMPFAIL, "put in force meanwhile");
	l.compared_with = 0;
	assert_int_equal(rig_ask(rig, &q)->exit_code, 0);
}

static void
half_a_catalogue_is_not_kept_for_ever(void **state)
{
	struct bytes all = packed_catalogue("IDR");
	struct hash hash = hash_of(all);
	size_t half = all.n / 2;

	(void)state;
	assert_int_equal(send_part(all, &hash, 0, half)->exit_code, 0);
	rig_pass(rig, 50 * SECOND);
	assert_int_equal(send_part(all, &hash, half, 1)->exit_code, 0);
	rig_pass(rig, 50 * SECOND);
	assert_int_equal(send_part(all, &hash, half + 1, 1)->exit_code, 0);
	rig_pass(rig, 61 * SECOND);
	expect_refused(send_part(all, &hash, half + 2, 1), EX_TEMPFAIL, "does not continue");
	assert_true(engine_wakeup(rig->engine) > 0);
}

static void
a_catalogue_whose_flush_fails_is_not_in_force(void **state)
{
	struct bytes all = packed_catalogue("IDR");
	struct hash hash = hash_of(all);

	(void)state;
	assert_int_equal(send_part(all, &hash, 0, all.n)->exit_code, 0);
	disk_fill(rig->disk, SECOND);
	expect_refused(load_catalogue(&hash), EX_IOERR, "disk is full");
	rig_pass(rig, 10 * SECOND);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	assert_int_equal(disk_durable(rig->disk)->n_blobs, 0);
	expect_refused(load_catalogue(&hash), EX_TEMPFAIL, "not all");
	assert_int_equal(send_part(all, &hash, 0, all.n)->exit_code, 0);
	assert_int_equal(load_catalogue(&hash)->exit_code, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		T(an_exception_is_resolved_once_and_the_second_manager_is_told_by_whom),
		T(what_is_no_open_exception_is_not_resolved),
		T(a_return_that_its_till_has_voided_is_not_voided_again),
		T(a_remark_stands_beside_any_entry),
		T(an_order_whose_flush_fails_changed_nothing_and_can_be_given_again),
		T(a_rule_set_is_in_force_from_its_entry_on_and_after_a_restart),
		T(a_rule_set_that_the_store_cannot_be_judged_by_is_refused),
		T(a_catalogue_comes_in_parts_and_is_in_force_with_its_entry),
		T(parts_that_do_not_make_the_catalogue_are_refused),
		T(what_was_compared_with_something_else_is_not_put_in_force),
		T(half_a_catalogue_is_not_kept_for_ever),
		T(a_catalogue_whose_flush_fails_is_not_in_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
