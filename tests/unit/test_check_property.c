#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/proto.h"
#include "tests/support/make_txn.h"

#define RUNS 4000

static const struct make_original place = { "front", 1, 41 };

static void
print_broken(uint64_t seed, const char *what, const struct rule_set *s)
{
	rule_id ids[RULES_MAX];
	char name[RULE_NAME_MAX];
	size_t i, n = rule_set_list(s, ids);

	for (i = 0; i < n; i++) {
		rule_name(ids[i], name);
		print_message("seed %llu: %s: %s\n", (unsigned long long)seed, what, name);
	}
}

static void
assert_clean(uint64_t seed, const char *what, const Kasir__V1__Transaction *doc)
{
	struct rule_set broken = { 0 }, notes = { 0 };

	check_document(doc, &make_settings, &broken, &notes);
	print_broken(seed, what, &broken);
	print_broken(seed, what, &notes);
	assert_true(rule_set_is_empty(&broken) && rule_set_is_empty(&notes));
}

static void
nothing_valid_is_ever_flagged(void **state)
{
	struct arena a;
	uint64_t seed;
	Kasir__V1__Transaction *sale;

	(void)state;
	arena_init(&a, 0);
	for (seed = 1; seed <= RUNS; seed++) {
		arena_reset(&a);
		sale = make_sale(&a, seed);
		assert_non_null(sale);
		assert_clean(seed, "sale", sale);
	}
	arena_fini(&a);
}

static void
a_valid_return_stands_beside_its_original(void **state)
{
	struct arena a;
	uint64_t seed, made = 0;
	Kasir__V1__Transaction *sale, *doc;
	struct returned_line lines[64];
	struct rule_set broken;
	size_t n;

	(void)state;
	arena_init(&a, 0);
	for (seed = 1; seed <= RUNS; seed++) {
		arena_reset(&a);
		sale = make_sale(&a, seed);
		doc = make_return(&a, seed, sale, &place);
		if (doc == NULL)
			continue;
		made++;
		assert_clean(seed, "return", doc);
		broken = (struct rule_set){ 0 };
		check_return(doc, sale, false, NULL, 0, &broken, lines, &n);
		print_broken(seed, "return beside its original", &broken);
		assert_true(rule_set_is_empty(&broken));
		assert_int_equal(n, doc->n_lines);
	}
	assert_true(made > RUNS / 2);
	arena_fini(&a);
}

static void
a_valid_void_negates_its_original(void **state)
{
	struct arena a;
	uint64_t seed;
	Kasir__V1__Transaction *sale, *back, *doc;
	struct rule_set broken;

	(void)state;
	arena_init(&a, 0);
	for (seed = 1; seed <= RUNS; seed++) {
		arena_reset(&a);
		sale = make_sale(&a, seed);
		back = make_return(&a, seed, sale, &place);
		if (seed % 2 == 0 && back != NULL)
			sale = back;
		doc = make_void(&a, sale, &place);
		assert_clean(seed, "void", doc);
		broken = (struct rule_set){ 0 };
		check_void(doc, sale, false, &broken);
		print_broken(seed, "void beside its original", &broken);
		assert_true(rule_set_is_empty(&broken));
	}
	arena_fini(&a);
}

/* Every figure that a customer, a book-keeper or the tax office would read. */
static int64_t *
figure_of(Kasir__V1__Transaction *doc, unsigned which)
{
	Kasir__V1__Line *line = doc->lines[which / 16 % doc->n_lines];
	Kasir__V1__Tax *tax = doc->n_taxes > 0 ? doc->taxes[which / 16 % doc->n_taxes] : NULL;
	Kasir__V1__Tender *t =
	    doc->n_tenders > 0 ? doc->tenders[which / 16 % doc->n_tenders] : NULL;

	switch (which % 16) {
	case 0:
		return &doc->gross;
	case 1:
		return &doc->payable;
	case 2:
		return &doc->cash_rounding;
	case 3:
		return &line->extended;
	case 4:
		return &line->amount;
	case 5:
		return &line->tax;
	case 6:
		return line->n_discounts > 0 ? &line->discounts[0]->amount : NULL;
	case 7:
		return line->n_shares > 0 ? &line->shares[0]->amount : NULL;
	case 8:
		return doc->n_discounts > 0 ? &doc->discounts[0]->amount : NULL;
	case 9:
		return tax != NULL ? &tax->tax_base : NULL;
	case 10:
		return tax != NULL ? &tax->taxable : NULL;
	case 11:
		return tax != NULL ? &tax->amount : NULL;
	case 12:
		return tax != NULL ? &tax->gross : NULL;
	case 13:
		return t != NULL ? &t->tendered : NULL;
	case 14:
		return t != NULL ? &t->change : NULL;
	default:
		return t != NULL ? &t->forfeit : NULL;
	}
}

static void
no_figure_can_be_changed_alone_unnoticed(void **state)
{
	static const int64_t by[] = { 1, -1, 1000, INT64_C(1) << 62 };
	struct arena a;
	uint64_t seed;
	unsigned which, damaged = 0;
	struct rule_set broken, notes;
	Kasir__V1__Transaction *sale;
	int64_t *figure, was;

	(void)state;
	arena_init(&a, 0);
	for (seed = 1; seed <= RUNS / 4; seed++) {
		arena_reset(&a);
		sale = make_sale(&a, seed);
		for (which = 0; which < 64; which++) {
			figure = figure_of(sale, which);
			if (figure == NULL)
				continue;
			was = *figure;
			*figure += by[(seed + which) % 4];
			broken = notes = (struct rule_set){ 0 };
			check_document(sale, &make_settings, &broken, &notes);
			if (rule_set_is_empty(&broken))
				print_message("seed %llu: figure %u changed unnoticed\n",
				    (unsigned long long)seed, which);
			assert_false(rule_set_is_empty(&broken));
			*figure = was;
			damaged++;
		}
	}
	assert_true(damaged > RUNS);
	arena_fini(&a);
}

static void
the_same_seed_makes_the_same_bytes(void **state)
{
	struct arena a;
	struct bytes first, second, other;

	(void)state;
	arena_init(&a, 0);
	assert_true(proto_pack(&a, &make_sale(&a, 7)->base, &first));
	assert_true(proto_pack(&a, &make_sale(&a, 7)->base, &second));
	assert_true(proto_pack(&a, &make_sale(&a, 8)->base, &other));
	assert_true(bytes_equal(first, second));
	assert_false(bytes_equal(first, other));
	arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_valid_is_ever_flagged),
		cmocka_unit_test(a_valid_return_stands_beside_its_original),
		cmocka_unit_test(a_valid_void_negates_its_original),
		cmocka_unit_test(no_figure_can_be_changed_alone_unnoticed),
		cmocka_unit_test(the_same_seed_makes_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
