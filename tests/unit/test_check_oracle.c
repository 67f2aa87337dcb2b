/* The checks against a second opinion, on random documents of every type: as they should be,
 * and with one field changed.
 *
 * KASIR_CASES=n: how many documents (default 20000); KASIR_SEED=n: from which on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/damage.h"
#include "tests/support/make_day.h"
#include "tests/support/oracle.h"

#define DAMAGED 12		/* cases of each document */

static uint64_t first = 1, count = 20000;

struct opinion {
	struct rule_set broken, notes;
};

static struct opinion
checked(const Kasir__V1__Transaction *doc, const struct check_settings *settings)
{
	struct opinion o = { 0 };

	check_document(doc, settings, &o.broken, &o.notes);
	return o;
}

static struct opinion
asked(const Kasir__V1__Transaction *doc, const struct check_settings *settings)
{
	struct opinion o = { 0 };

	oracle_judge(doc, settings, &o.broken, &o.notes);
	return o;
}

static void
print_rules(const char *what, const struct rule_set *s)
{
	rule_id ids[RULES_MAX];
	char name[RULE_NAME_MAX];
	size_t i, n = rule_set_list(s, ids);

	for (i = 0; i < n; i++) {
		rule_name(ids[i], name);
		print_message("  %s: %s\n", what, name);
	}
}

static void
print_opinion(const char *who, const struct opinion *o)
{
	print_message("%s:\n", who);
	print_rules("broken", &o->broken);
	print_rules("note", &o->notes);
}

/* Half of them under a rule set. */
static Kasir__V1__RuleSet *
rules_for(struct arena *a, uint64_t seed, const Kasir__V1__Transaction *doc)
{
	return seed % 2 == 0 ? NULL : make_rules_for(a, seed, doc);
}

static void
assert_same(uint64_t seed, const struct damage *d, const Kasir__V1__Transaction *doc,
    const struct check_settings *settings)
{
	struct opinion c = checked(doc, settings), o = asked(doc, settings);

	if (rule_set_equal(&c.broken, &o.broken) && rule_set_equal(&c.notes, &o.notes))
		return;
	print_message("KASIR_SEED=%llu KASIR_CASES=1: type %d", (unsigned long long)seed, doc->type);
	if (d != NULL)
		print_message(", %s.%s from %lld to %lld", d->message, d->field, (long long)d->was,
		    (long long)d->now);
	print_message("\n");
	print_opinion("checks", &c);
	print_opinion("oracle", &o);
	fail_msg("two opinions");
}

static void
nothing_valid_is_ever_flagged_whatever_its_type(void **state)
{
	struct check_settings settings = make_settings;
	Kasir__V1__Transaction *doc;
	struct kas_why why;
	struct opinion o;
	struct arena a;
	uint64_t seed;

	(void)state;
	arena_init(&a, 0);
	for (seed = first; seed < first + count; seed++) {
		arena_reset(&a);
		doc = make_any(&a, seed);
		assert_non_null(doc);
		settings.rules = rules_for(&a, seed, doc);
		if (settings.rules != NULL)
			assert_int_equal(ruleset_check(settings.rules, &why), KAS_OK);
		assert_same(seed, NULL, doc, &settings);
		o = checked(doc, &settings);
		/* What a rule set asks for and a till does not print is a note. */
		if (settings.rules != NULL)
			o.notes = (struct rule_set){ 0 };
		if (!rule_set_is_empty(&o.broken) || !rule_set_is_empty(&o.notes)) {
			print_message("seed %llu, type %d\n", (unsigned long long)seed, doc->type);
			print_opinion("checks", &o);
			fail_msg("a valid document was flagged");
		}
	}
	arena_fini(&a);
}

static void
add_to(struct rule_set *all, const struct rule_set *s)
{
	size_t i;

	for (i = 0; i < sizeof all->bits / sizeof all->bits[0]; i++)
		all->bits[i] |= s->bits[i];
}

/* Not of one document: its bytes, and what does not fit into 64 bits, have tables. */
static bool
is_reached(rule_id r)
{
	return r > KASIR__V1__RULE__AMOUNT_OVERFLOW;
}

static void
assert_all_reached(const struct rule_set *seen)
{
	static const rule_id alone[] = { KASIR__V1__RULE__TIME_DAY,
		KASIR__V1__RULE__TIME_BUSINESS_DAY, KASIR__V1__RULE__SHIFT_NAME,
		KASIR__V1__RULE__RETURN_REFERENCE, KASIR__V1__RULE__VOID_REFERENCE,
		KASIR__V1__RULE__BILL_REFERENCE, KASIR__V1__RULE__RESOLUTION_REFERENCE,
		KASIR__V1__RULE__RESOLUTION_TENDER, KASIR__V1__RULE__CARD_NUMBER_PRESENT };
	char name[RULE_NAME_MAX];
	const rule_id *r;
	size_t i;

	for (r = rule_all(); *r != 0; r++) {
		bool of_document = (*r <= KASIR__V1__RULE__CASH_ROUNDING_STEP && is_reached(*r)) ||
		    (*r >= KASIR__V1__RULE__DOCUMENT_PARTS && *r <= KASIR__V1__RULE__COUNT_MISSING);

		for (i = 0; i < sizeof alone / sizeof alone[0]; i++)
			of_document |= *r == alone[i];
		rule_name(*r, name);
		if (of_document && !rule_set_has(seen, *r))
			fail_msg("no damage ever broke %s", name);
	}
}

static void
one_damaged_field_breaks_the_same_rules_for_both(void **state)
{
	struct check_settings settings = make_settings;
	Kasir__V1__Transaction *doc;
	Kasir__V1__RuleSet *rs;
	struct rule_set seen = { 0 };
	struct opinion o;
	struct damage d;
	struct arena a;
	uint64_t seed, i;

	(void)state;
	arena_init(&a, 0);
	for (seed = first; seed < first + count; seed++) {
		arena_reset(&a);
		doc = make_any(&a, seed);
		rs = rules_for(&a, seed, doc);
		settings.rules = rs;
		for (i = 0; i < DAMAGED; i++) {
			/* Now and then it is the rule set that is another. */
			d = damage_one(rs != NULL && i % 4 == 3 ? &rs->base : &doc->base,
			    seed * DAMAGED + i);
			if (settings.rules == NULL || ruleset_check(settings.rules, NULL) == KAS_OK) {
				assert_same(seed, &d, doc, &settings);
				o = checked(doc, &settings);
				add_to(&seen, &o.broken);
				add_to(&seen, &o.notes);
			}
			damage_undo(&d);
		}
	}
	arena_fini(&a);
	if (count >= 20000)
		assert_all_reached(&seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_valid_is_ever_flagged_whatever_its_type),
		cmocka_unit_test(one_damaged_field_breaks_the_same_rules_for_both),
	};

	if (getenv("KASIR_CASES") != NULL)
		count = strtoull(getenv("KASIR_CASES"), NULL, 10);
	if (getenv("KASIR_SEED") != NULL)
		first = strtoull(getenv("KASIR_SEED"), NULL, 10);
	print_message("documents from KASIR_SEED=%llu on, KASIR_CASES=%llu\n",
	    (unsigned long long)first, (unsigned long long)count);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
