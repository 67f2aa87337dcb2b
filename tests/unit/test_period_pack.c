#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "base/proto.h"
#include "tests/support/check_docs.h"
#include "tests/support/make_parts.h"
#include "tests/support/period_text.h"
#include "tests/support/txn_set.h"

#define RUNS 2000

static const struct make_original place = { "front", 1, 41 };

/* All figures but the counts, which never shrink. */
static void
assert_empty(const struct period *p, uint64_t seed)
{
	struct period z = *p;
	char got[PERIOD_TEXT_MAX];
	size_t i;

	for (i = 0; i < PERIOD_TYPES; i++)
		z.types[i].count = 0;
	for (i = 0; i < PERIOD_TENDERS; i++)
		z.tenders[i].count = 0;
	/* The void takes away what its sale added, each under its own type. */
	z.types[KASIR__V1__TRANSACTION_TYPE__SALE].amount +=
	    z.types[KASIR__V1__TRANSACTION_TYPE__POST_VOID].amount;
	z.types[KASIR__V1__TRANSACTION_TYPE__POST_VOID].amount = 0;
	for (i = 0; i < z.n_taxes; i++)
		if (z.taxes[i].tax_base == 0 && z.taxes[i].taxable == 0 &&
		    z.taxes[i].amount == 0 && z.taxes[i].gross == 0)
			memset(&z.taxes[i], 0, sizeof z.taxes[i]);
	for (i = 0; i < z.cash.n_foreign; i++)
		if (z.cash.foreign[i].amount == 0)
			memset(&z.cash.foreign[i], 0, sizeof z.cash.foreign[i]);
	z.n_taxes = z.cash.n_foreign = 0;
	memset(&z.line_voids, 0, sizeof z.line_voids);
	if (memcmp((const char *)&z, (const char *)&(struct period){ 0 }, sizeof z) != 0) {
		period_text(&z, got);
		fail_msg("seed %llu: left over: %s", (unsigned long long)seed, got);
	}
}

static void
a_sale_and_its_void_leave_nothing(void **state)
{
	static struct period p;
	Kasir__V1__Transaction *sale;
	struct arena a;
	uint64_t seed;

	(void)state;
	arena_init(&a, 0);
	for (seed = 1; seed <= RUNS; seed++) {
		arena_reset(&a);
		memset(&p, 0, sizeof p);
		sale = make_sale(&a, seed);
		period_add(&p, sale, STANDING_COUNTS);
		period_add(&p, make_void(&a, sale, &place), STANDING_COUNTS);
		assert_empty(&p, seed);
	}
	arena_fini(&a);
}

/* The equations of docs/reference/totals.md. */
static void
assert_adds_up(const struct period *p)
{
	int64_t gross = 0, taxes = 0, tenders = 0;
	size_t i;

	for (i = 0; i < p->n_taxes; i++) {
		gross += p->taxes[i].gross;
		taxes += p->taxes[i].amount;
	}
	for (i = 0; i < PERIOD_TENDERS; i++)
		tenders += p->tenders[i].amount;
	assert_int_equal(period_net(p) + p->tax + p->service + p->other, p->total);
	assert_int_equal(gross, p->total);
	assert_int_equal(taxes, p->tax);
	assert_int_equal(tenders, p->total + p->rounding);
}

static void
assert_same_packed(const struct period *p, struct arena *a)
{
	Kasir__V1__PeriodTotals *m, *again;
	static struct period back;
	struct bytes one, other;

	assert_int_equal(period_pack(p, a, &m), KAS_OK);
	assert_true(proto_pack(a, &m->base, &one));
	m = PROTO_UNPACK(kasir__v1__period_totals, a, one);
	assert_non_null(m);
	assert_int_equal(period_unpack(m, &back), KAS_OK);
	assert_memory_equal(p, &back, sizeof back);
	assert_int_equal(period_pack(&back, a, &again), KAS_OK);
	assert_true(proto_pack(a, &again->base, &other));
	assert_true(bytes_equal(one, other));
}

/* A long day of sales, returns, voids and exceptions; at every step it adds up, and packs to
 * what unpacks to the same. */
static void
a_valid_day_adds_up_and_survives_packing(void **state)
{
	static struct period p;
	Kasir__V1__Transaction *sale, *back;
	struct arena a;
	uint64_t seed;

	(void)state;
	arena_init(&a, 0);
	memset(&p, 0, sizeof p);
	for (seed = 1; seed <= RUNS; seed++) {
		arena_reset(&a);
		sale = make_sale(&a, seed);
		period_add(&p, sale, seed % 11 == 0 ? STANDING_EXCEPTION
		    : seed % 13 == 0 ? STANDING_TRAINING : STANDING_COUNTS);
		back = make_return(&a, seed, sale, &place);
		if (back != NULL && seed % 3 == 0)
			period_add(&p, back, STANDING_COUNTS);
		if (seed % 22 == 0)
			period_accept(&p, sale);
		else if (seed % 33 == 0)
			period_void(&p, sale);
		assert_adds_up(&p);
		assert_same_packed(&p, &a);
	}
	assert_true(p.n_taxes > 3 && p.cash.n_foreign == 1 && p.exceptions.count > 100);
	arena_fini(&a);
}

/* Accepted at once, or after a while as an exception: but for the figures that say so, the
 * same. */
static void
what_is_accepted_counts_as_if_it_had_broken_nothing(void **state)
{
	static struct period plain, late;
	Kasir__V1__Transaction *sale;
	struct arena a;
	uint64_t seed;

	(void)state;
	arena_init(&a, 0);
	memset(&plain, 0, sizeof plain);
	memset(&late, 0, sizeof late);
	for (seed = 1; seed <= RUNS; seed++) {
		arena_reset(&a);
		sale = make_sale(&a, seed);
		period_add(&plain, sale, STANDING_COUNTS);
		period_add(&late, sale, STANDING_EXCEPTION);
		assert_int_equal(period_expected_cash(&plain), period_expected_cash(&late));
		period_accept(&late, sale);
	}
	late.exceptions = late.accepted = (struct figure){ 0, 0 };
	assert_memory_equal(&plain, &late, sizeof late);
	arena_fini(&a);
}

static void
what_no_period_packs_to_is_corrupt(void **state)
{
	static const struct {
		const char *what, *changes;
		enum kas_err want;
	} t[] = {
		{ "as it was packed", "", KAS_OK },
		{ "another net", "net=1", KAS_CORRUPT },
		{ "another sum, with its net", "items=21000 net=21000", KAS_OK },
		{ "other cash", "cash.expected=0", KAS_CORRUPT },
		{ "no cash", "cash=", KAS_CORRUPT },
		{ "a figure that is missing", "pending=", KAS_CORRUPT },
		{ "a type beyond", "types.0.type=32", KAS_CORRUPT },
		{ "the last type", "types.0.type=31", KAS_OK },
		{ "a type of nothing", "types.0.count=0 types.0.amount=0", KAS_CORRUPT },
		{ "a tender beyond", "tenders.2.kind=32", KAS_CORRUPT },
		{ "the last tender", "tenders.2.kind=31", KAS_OK },
		{ "tenders that descend", "tenders.1.kind=2", KAS_CORRUPT },
		{ "a code of 32", "taxes.0.code=12345678901234567890123456789012", KAS_OK },
		{ "a code of 33", "taxes.0.code=123456789012345678901234567890123",
		    KAS_CORRUPT },
		{ "what no row names, at a rate", "taxes.0.rate_bp=1", KAS_CORRUPT },
		{ "a long currency", "cash.foreign.0.currency=USDT", KAS_CORRUPT },
		{ "a short one", "cash.foreign.0.currency=US", KAS_CORRUPT },
		{ "none", "cash.foreign.0.currency=", KAS_OK },
	};
	static struct period p, back;
	Kasir__V1__PeriodTotals *m;
	struct arena a;
	size_t i;

	(void)state;
	arena_init(&a, 0);
	memset(&p, 0, sizeof p);
	period_add(&p, doc_many_tenders(&a), STANDING_COUNTS);
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(period_pack(&p, &a, &m), KAS_OK);
		txn_set(&a, &m->base, t[i].changes);
		if (period_unpack(m, &back) != t[i].want)
			fail_msg("%s: %s", t[i].what, t[i].changes);
	}
	arena_fini(&a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sale_and_its_void_leave_nothing),
		cmocka_unit_test(a_valid_day_adds_up_and_survives_packing),
		cmocka_unit_test(what_is_accepted_counts_as_if_it_had_broken_nothing),
		cmocka_unit_test(what_no_period_packs_to_is_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
