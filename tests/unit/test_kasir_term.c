/* kasir-term's own parts: baskets that add up, latencies that are told right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/proto.h"
#include "cash/check.h"
#include "tools/kasir-term/baskets.h"
#include "tools/kasir-term/histogram.h"

static const struct check_settings settings = { "IDR", 0, KASIR__V1__ROUNDING_MODE__HALF_UP, NULL };

static void
assert_clean(struct bytes b, struct arena *a, int64_t payable)
{
	Kasir__V1__Transaction *doc = PROTO_UNPACK(kasir__v1__transaction, a, b);
	struct rule_set broken = { { 0 } }, notes = { { 0 } };
	rule_id list[RULES_MAX];
	char name[RULE_NAME_MAX];

	assert_non_null(doc);
	check_document(doc, &settings, &broken, &notes);
	if (rule_set_list(&broken, list) > 0 || rule_set_list(&notes, list) > 0) {
		rule_name(list[0], name);
		fail_msg("breaks %s", name);
	}
	assert_int_equal(doc->payable, payable);
	assert_true(doc->n_lines > 0);
}

static void
every_basket_adds_up(void **state)
{
	struct dice d = { 1 };
	struct arena a;
	unsigned i;
	int64_t payable = 0;

	(void)state;
	arena_init(&a, 0);
	for (i = 0; i < 5000; i++) {
		struct bytes b = basket_make(&d, 1700000000000000 + i, i, i % 20, &a, &payable);

		assert_clean(b, &a, payable);
		arena_reset(&a);
	}
	for (i = 1; i < 200; i++) {
		assert_clean(basket_single("Es Teh", i, 1700000000000000, &a), &a, i + (i + 5) / 10);
		arena_reset(&a);
	}
	arena_fini(&a);
}

static void
the_same_seed_gives_the_same_bytes(void **state)
{
	struct dice d = { 7 }, e = { 7 };
	struct arena a;
	int64_t x, y;
	unsigned i;

	(void)state;
	arena_init(&a, 0);
	for (i = 0; i < 100; i++)
		assert_true(bytes_equal(basket_make(&d, 1700000000000000, i, 0, &a, &x),
		    basket_make(&e, 1700000000000000, i, 0, &a, &y)));
	arena_fini(&a);
}

static void
a_business_day_turns_at_midnight_in_jakarta(void **state)
{
	(void)state;
	/* 2023-11-14T16:59:59Z and one second later */
	assert_int_equal(basket_business_day(1699981199000000), 20231114);
	assert_int_equal(basket_business_day(1699981200000000), 20231115);
}

static void
percentiles_are_within_three_per_cent(void **state)
{
	static struct histogram h;
	uint64_t i, at;
	static const uint32_t wanted[] = { 1, 10000, 500000, 900000, 990000, 999000, 1000000 };

	(void)state;
	assert_int_equal(histogram_at(&h, 500000), 0);
	for (i = 1; i <= 100000; i++)
		histogram_add(&h, i);
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		uint64_t exact = (100000 * (uint64_t)wanted[i] + 999999) / 1000000;

		at = histogram_at(&h, wanted[i]);
		assert_true(at >= exact);
		assert_true(at <= exact + exact * 4 / 100);
	}
	assert_int_equal(h.max, 100000);
	histogram_add(&h, UINT64_MAX);
	assert_true(histogram_at(&h, 1000000) == UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_basket_adds_up),
		cmocka_unit_test(the_same_seed_gives_the_same_bytes),
		cmocka_unit_test(a_business_day_turns_at_midnight_in_jakarta),
		cmocka_unit_test(percentiles_are_within_three_per_cent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
