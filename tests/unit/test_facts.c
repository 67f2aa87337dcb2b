/* The index of facts: in memory, written, and both at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "book/facts.h"

/* What has been written, as the store would have it. */
struct written {
	struct fact facts[20000];
	size_t n;
	enum kas_err fail;
	unsigned asked;
};

static enum kas_err
find_written(void *ctx, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max,
    size_t *ret_n)
{
	struct written *w = ctx;
	size_t i, n = 0;

	w->asked++;
	if (w->fail != KAS_OK)
		return w->fail;
	for (i = 0; i < w->n && n < max; i++)
		if (w->facts[i].kind == kind &&
		    bytes_equal(BYTES(w->facts[i].key, w->facts[i].key_n), key))
			ret[n++] = w->facts[i].index;
	*ret_n = n;
	return KAS_OK;
}

struct rig {
	struct written written;
	struct facts *facts;
};

static int
set_up(void **state)
{
	struct rig *r = calloc(1, sizeof *r);
	struct fact_port port = { find_written, &r->written };

	*state = r;
	return facts_open(&port, &r->facts) == KAS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct rig *r = *state;

	facts_close(r->facts);
	free(r);
	return 0;
}

static struct bytes
key_of(uint32_t n, uint8_t to[4])
{
	memcpy(to, &n, 4);
	return BYTES(to, 4);
}

static void
add(struct rig *r, enum fact_kind kind, uint32_t key, uint64_t index)
{
	uint8_t k[4];

	assert_int_equal(facts_add(r->facts, kind, key_of(key, k), index), KAS_OK);
}

static size_t
find(struct rig *r, enum fact_kind kind, uint32_t key, uint64_t *ret, size_t max)
{
	uint8_t k[4];
	size_t n = 99;

	assert_int_equal(facts_find(r->facts, kind, key_of(key, k), ret, max, &n), KAS_OK);
	return n;
}

/* As the store does it: the lent facts become written ones. */
static void
begin_write(struct rig *r, const struct fact **lent, size_t *n)
{
	size_t i;

	assert_int_equal(facts_begin_write(r->facts, lent, n), KAS_OK);
	for (i = 1; i < *n; i++)
		assert_true((*lent)[i - 1].kind <= (*lent)[i].kind);
}

static void
write_all(struct rig *r)
{
	const struct fact *lent;
	size_t n;

	begin_write(r, &lent, &n);
	memcpy(r->written.facts + r->written.n, lent, n * sizeof *lent);
	r->written.n += n;
	facts_end_write(r->facts, true);
}

static void
a_fact_is_found_by_kind_and_key_and_by_nothing_else(void **state)
{
	struct rig *r = *state;
	uint64_t got[4];

	add(r, FACT_SEQUENCE, 1, 10);
	add(r, FACT_TXN, 1, 11);
	assert_int_equal(find(r, FACT_SEQUENCE, 1, got, 4), 1);
	assert_int_equal(got[0], 10);
	assert_int_equal(find(r, FACT_TXN, 1, got, 4), 1);
	assert_int_equal(got[0], 11);
	assert_int_equal(find(r, FACT_SEQUENCE, 2, got, 4), 0);
	assert_int_equal(find(r, FACT_LINK, 1, got, 4), 0);
}

static void
indexes_come_ascending_and_the_first_ones_when_there_is_no_room_for_all(void **state)
{
	struct rig *r = *state;
	uint64_t got[3];

	add(r, FACT_LINK, 5, 30);
	add(r, FACT_LINK, 5, 10);
	add(r, FACT_LINK, 5, 20);
	add(r, FACT_LINK, 5, 40);
	assert_int_equal(find(r, FACT_LINK, 5, got, 3), 3);
	assert_int_equal(got[0], 10);
	assert_int_equal(got[1], 20);
	assert_int_equal(got[2], 30);
	assert_int_equal(find(r, FACT_LINK, 5, got, 1), 1);
	assert_int_equal(got[0], 10);
}

static void
written_and_remembered_facts_are_one_list_without_doubles(void **state)
{
	struct rig *r = *state;
	const struct fact *lent;
	uint64_t got[4];
	size_t n;

	add(r, FACT_LINK, 5, 10);
	begin_write(r, &lent, &n);
	assert_int_equal(n, 1);
	r->written.facts[r->written.n++] = lent[0];	/* committed, not yet told */
	add(r, FACT_LINK, 5, 20);
	assert_int_equal(find(r, FACT_LINK, 5, got, 4), 2);
	facts_end_write(r->facts, true);
	assert_int_equal(facts_in_memory(r->facts), 1);
	assert_int_equal(find(r, FACT_LINK, 5, got, 4), 2);
	assert_int_equal(got[1], 20);
}

static void
a_write_that_failed_forgets_nothing(void **state)
{
	struct rig *r = *state;
	const struct fact *lent;
	uint64_t got[4];
	size_t n;

	add(r, FACT_TXN, 7, 70);
	begin_write(r, &lent, &n);
	facts_end_write(r->facts, false);
	assert_int_equal(find(r, FACT_TXN, 7, got, 4), 1);
	begin_write(r, &lent, &n);
	assert_int_equal(n, 1);
	facts_end_write(r->facts, false);
}

static void
many_facts_stay_found_across_growth_and_snapshots(void **state)
{
	struct rig *r = *state;
	uint64_t got[4];
	uint32_t i;

	for (i = 0; i < 9000; i++) {
		add(r, FACT_SEQUENCE, i, i);
		if (i == 500 || i == 8700)
			write_all(r);
	}
	for (i = 0; i < 9000; i += 7) {
		assert_int_equal(find(r, FACT_SEQUENCE, i, got, 4), 1);
		assert_int_equal(got[0], i);
	}
	assert_int_equal(facts_in_memory(r->facts), 299);
}

static void
an_error_of_the_store_is_an_error_of_the_search(void **state)
{
	struct rig *r = *state;
	uint8_t k[4];
	uint64_t got;
	size_t n;

	add(r, FACT_TXN, 7, 70);
	r->written.fail = KAS_IO;
	assert_int_equal(facts_find(r->facts, FACT_TXN, key_of(7, k), &got, 1, &n), KAS_IO);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_fact_is_found_by_kind_and_key_and_by_nothing_else),
		T(indexes_come_ascending_and_the_first_ones_when_there_is_no_room_for_all),
		T(written_and_remembered_facts_are_one_list_without_doubles),
		T(a_write_that_failed_forgets_nothing),
		T(many_facts_stay_found_across_growth_and_snapshots),
		T(an_error_of_the_store_is_an_error_of_the_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
