/* The catalogue in force goes to the terminals as retained messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proof/hash.h"
#include "tests/support/engine_rig.h"
#include "tests/support/make_catalogue.h"
#include "wire/topic.h"

static void
load(struct bytes all)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__CataloguePartRequest p = KASIR__V1__CATALOGUE_PART_REQUEST__INIT;
	Kasir__V1__CatalogueLoadRequest l = KASIR__V1__CATALOGUE_LOAD_REQUEST__INIT;
	struct hash hash = hash_of(all);

	p.hash = l.hash = proto_bytes(BYTES(hash.b, HASH_LEN));
	p.size = all.n;
	p.part = proto_bytes(all);
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_PART;
	q.catalogue_part = &p;
	assert_int_equal(rig_ask(rig, &q)->exit_code, 0);
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_LOAD;
	q.catalogue_load = &l;
	assert_int_equal(rig_ask(rig, &q)->exit_code, 0);
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

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
	static const struct CMUnitTest tests[] = {
		CASE(a_new_catalogue_is_retained_in_parts_behind_which_the_notice_stands),
		CASE(a_smaller_one_leaves_no_part_of_the_larger),
		CASE(a_broker_that_comes_back_is_given_it_again),
		CASE(a_restart_publishes_what_was_in_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
