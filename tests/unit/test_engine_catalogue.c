/* The catalogue in force goes to the terminals as retained messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <cmocka.h>

#include "proof/hash.h"
#include "tests/support/engine_rig.h"
#include "tests/support/make_catalogue.h"
#include "wire/topic.h"

/* Asked, and not waited for. */
static void
give(const Kasir__V1__ControlRequest *q)
{
	struct bytes packed;

	assert_true(proto_pack(&rig->world.arena, &q->base, &packed));
	rig->reply = BYTES_NONE;
	engine_on_control(rig->engine, 7, 1000, "manager", packed);
}

static void
expect_answer(uint32_t exit_code)
{
	Kasir__V1__ControlResponse *r;

	assert_non_null(rig->reply.p);
	r = PROTO_UNPACK(kasir__v1__control_response, &rig->world.arena, rig->reply);
	assert_non_null(r);
	assert_int_equal(r->exit_code, exit_code);
}

static void
give_all(struct bytes all)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__CataloguePartRequest p = KASIR__V1__CATALOGUE_PART_REQUEST__INIT;
	struct hash hash = hash_of(all);

	p.hash = proto_bytes(BYTES(hash.b, HASH_LEN));
	p.size = all.n;
	p.part = proto_bytes(all);
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_PART;
	q.catalogue_part = &p;
	give(&q);
}

static void
give_order(struct bytes all)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__CatalogueLoadRequest l = KASIR__V1__CATALOGUE_LOAD_REQUEST__INIT;
	struct hash hash = hash_of(all);

	l.hash = proto_bytes(BYTES(hash.b, HASH_LEN));
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_LOAD;
	q.catalogue_load = &l;
	give(&q);
}

static void
load(struct bytes all)
{
	give_all(all);
	expect_answer(0);
	give_order(all);
	rig_run(rig);
	expect_answer(0);
}

/* What a client that subscribes now would be given for TOPIC; empty: nothing is retained. */
static struct bytes
retained(const char *topic)
{
	struct bytes found = BYTES_NONE;
	size_t i;

	for (i = 0; i < rig->n_sent; i++)
		if (strcmp(rig->sent[i].topic, topic) == 0) {
			assert_true(rig->sent[i].retained);
			found = rig->sent[i].payload;
		}
	return found;
}

static Kasir__V1__CatalogueNotice *
notice(void)
{
	struct bytes b = retained("kasir/v1/toko-1/catalogue");

	return b.n > 0 ? PROTO_UNPACK(kasir__v1__catalogue_notice, &rig->world.arena, b) : NULL;
}

static struct bytes
part(uint32_t n)
{
	char topic[WIRE_TOPIC_MAX];

	topic_format_part("toko-1", n, topic);
	return retained(topic);
}

/* The parts put together are ALL, as the notice says. */
static void
expect_retained(struct bytes all)
{
	Kasir__V1__CatalogueNotice *n = notice();
	struct hash hash = hash_of(all);
	struct buf got;
	uint32_t i;

	assert_non_null(n);
	assert_int_equal(n->size, all.n);
	assert_int_equal(n->part_size, WIRE_CATALOGUE_PART);
	assert_int_equal(n->parts, (all.n + WIRE_CATALOGUE_PART - 1) / WIRE_CATALOGUE_PART);
	assert_true(bytes_equal(bytes_of_proto(n->hash), BYTES(hash.b, HASH_LEN)));
	buf_init(&got);
	for (i = 0; i < n->parts; i++)
		buf_add(&got, part(i).p, part(i).n);
	assert_true(bytes_equal(buf_bytes(&got), all));
	assert_int_equal(part(n->parts).n, 0);
	buf_fini(&got);
}

static struct bytes
large(size_t products)
{
	return make_large_catalogue(&rig->world.arena, products, 3);
}

static void
a_new_catalogue_is_retained_in_parts_behind_which_the_notice_stands(void **state)
{
	struct bytes all = large(6000);
	size_t i, last = 0, last_part = 0;

	(void)state;
	assert_true(all.n > 2 * WIRE_CATALOGUE_PART);
	rig_run(rig);
	assert_null(notice());
	load(all);
	rig_pass(rig, SECOND);
	expect_retained(all);
	for (i = 0; i < rig->n_sent; i++) {
		if (strstr(rig->sent[i].topic, "/catalogue/") != NULL)
			last_part = i;
		else if (strstr(rig->sent[i].topic, "/catalogue") != NULL)
			last = i;
	}
	assert_true(last > last_part);
	/* Once is enough. */
	rig_forget(rig);
	rig_run(rig);
	assert_null(notice());
}

static void
a_smaller_one_leaves_no_part_of_the_larger(void **state)
{
	struct bytes all = large(500);

	(void)state;
	load(large(6000));
	rig_pass(rig, SECOND);
	assert_true(part(2).n > 0);
	load(all);
	rig_pass(rig, SECOND);
	expect_retained(all);
	assert_int_equal(part(1).n, 0);
	assert_int_equal(part(2).n, 0);
}

static void
a_broker_that_comes_back_is_given_it_again(void **state)
{
	struct bytes all = large(3000);

	(void)state;
	load(all);
	engine_on_bus(rig->engine, false);
	rig_forget(rig);
	rig_pass(rig, SECOND);
	assert_null(notice());
	engine_on_bus(rig->engine, true);
	rig_pass(rig, SECOND);
	expect_retained(all);
}

static void
a_restart_publishes_what_was_in_force(void **state)
{
	struct bytes all = large(3000);

	(void)state;
	load(all);
	rig_pass(rig, SECOND);
	rig_restart(rig);
	rig_forget(rig);
	engine_on_bus(rig->engine, true);
	rig_pass(rig, SECOND);
	expect_retained(all);
}

static void
a_sale_does_not_wait_until_a_large_catalogue_has_been_looked_through(void **state)
{
	struct bytes all = large(6000);
	Kasir__V1__SignedTransaction *sale = rig_sign(rig, &till, rig_sale(rig, 1));

	(void)state;
	rig_forget(rig);
	give_all(all);
	give_order(all);
	rig_send(rig, &till, &sale, 1, BYTES_NONE);
	engine_turn(rig->engine);
	while (rig_answer(rig, &till) == NULL)
		if (!world_step(&rig->world, rig->world.now + MS))
			rig->world.now += MS;
	assert_null(rig->reply.p);
	/* Nobody's parts mix with what is being looked at. */
	give_all(large(10));
	expect_answer(EX_TEMPFAIL);
	give_order(all);
	expect_answer(EX_TEMPFAIL);
	rig_run(rig);
	expect_answer(0);
	expect_retained(all);
}

static void
while_one_catalogue_is_written_no_other_takes_its_place(void **state)
{
	const struct disk_faults slow = { .flush_lo = SECOND, .flush_hi = SECOND };
	struct bytes all = large(10), other = large(20);

	(void)state;
	disk_set_faults(rig->disk, &slow);
	give_all(all);
	give_order(all);
	rig_pass(rig, 100 * MS);
	give_all(other);
	expect_answer(0);
	give_order(other);
	expect_answer(EX_TEMPFAIL);
	rig_run(rig);
	expect_retained(all);
	assert_int_equal(disk_durable(rig->disk)->n_blobs, 1);
	assert_true(bytes_equal(disk_durable(rig->disk)->blobs[0].bytes, all));
	give_order(other);
	rig_run(rig);
	expect_answer(0);
	expect_retained(other);
}

/* Its bytes are the book's, which goes with everything else that was staged. */
static void
a_catalogue_whose_store_fails_while_it_is_looked_at_is_not_taken(void **state)
{
	struct bytes all = large(6000);
	Kasir__V1__SignedTransaction *sale = rig_sign(rig, &till, rig_sale(rig, 1));

	(void)state;
	give_all(all);
	disk_fill(rig->disk, SECOND);
	rig_send(rig, &till, &sale, 1, BYTES_NONE);
	give_order(all);
	rig_pass(rig, 10 * SECOND);
	assert_non_null(rig->reply.p);
	assert_int_equal(engine_state(rig->engine), ENGINE_SERVING);
	load(all);
	expect_retained(all);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
	static const struct CMUnitTest tests[] = {
		CASE(a_new_catalogue_is_retained_in_parts_behind_which_the_notice_stands),
		CASE(a_smaller_one_leaves_no_part_of_the_larger),
		CASE(a_broker_that_comes_back_is_given_it_again),
		CASE(a_restart_publishes_what_was_in_force),
		CASE(a_sale_does_not_wait_until_a_large_catalogue_has_been_looked_through),
		CASE(while_one_catalogue_is_written_no_other_takes_its_place),
		CASE(a_catalogue_whose_store_fails_while_it_is_looked_at_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
