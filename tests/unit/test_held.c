/* Messages held back come out in order, and never more than there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "edge/held.h"

static void
what_is_held_comes_out_in_order(void **state)
{
	struct bytes payload;
	struct held h;
	char topic[16];
	int i;

	(void)state;
	held_init(&h);
	for (i = 0; i < 3; i++) {
		snprintf(topic, sizeof topic, "t/%d", i);
		assert_int_equal(held_add(&h, topic, BYTES(topic + 2, (size_t)(i == 1 ? 0 : 1))), KAS_OK);
	}
	for (i = 0; i < 3; i++) {
		snprintf(topic, sizeof topic, "t/%d", i);
		assert_string_equal(held_first(&h, &payload), topic);
		assert_int_equal(payload.n, i == 1 ? 0 : 1);
		held_drop(&h);
	}
	assert_true(held_is_empty(&h));
	assert_int_equal(held_add(&h, "again", BYTES_NONE), KAS_OK);
	held_fini(&h);
	assert_int_equal(h.bytes, 0);
}

static void
the_last_that_fits_is_taken_and_the_next_is_not(void **state)
{
	uint8_t *big = calloc(1, HELD_BYTES_MAX);
	struct held h;
	unsigned i;

	(void)state;
	assert_non_null(big);
	held_init(&h);
	assert_int_equal(held_add(&h, "t", BYTES(big, HELD_BYTES_MAX + (size_t)1)), KAS_FULL);
	assert_int_equal(held_add(&h, "t", BYTES(big, HELD_BYTES_MAX - (size_t)1)), KAS_OK);
	assert_int_equal(held_add(&h, "t", BYTES(big, 2)), KAS_FULL);
	assert_int_equal(held_add(&h, "t", BYTES(big, 1)), KAS_OK);
	assert_int_equal(held_add(&h, "t", BYTES(big, 1)), KAS_FULL);
	held_fini(&h);
	for (i = 0; i < HELD_MAX; i++)
		assert_int_equal(held_add(&h, "t", BYTES_NONE), KAS_OK);
	assert_int_equal(held_add(&h, "t", BYTES_NONE), KAS_FULL);
	held_fini(&h);
	free(big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_held_comes_out_in_order),
		cmocka_unit_test(the_last_that_fits_is_taken_and_the_next_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
