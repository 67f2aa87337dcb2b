#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cash/rules.h"

static void
every_rule_of_the_wire_has_a_name_and_a_sentence(void **state)
{
	const ProtobufCEnumDescriptor *d = &kasir__v1__rule__descriptor;
	const rule_id *all = rule_all();
	char name[RULE_NAME_MAX];
	rule_id back;
	unsigned i;

	(void)state;
	for (i = 0; i < d->n_values; i++) {
		if (d->values[i].value == 0)
			continue;
		assert_int_equal(*all, d->values[i].value);
		rule_name(*all, name);
		assert_int_not_equal(strncmp(name, "rule.", 5), 0);
		assert_true(rule_by_name(name, &back));
		assert_int_equal(back, *all);
		assert_true(strlen(rule_sentence(*all)) > 10);
		assert_int_not_equal(rule_sentence(*all)[strlen(rule_sentence(*all)) - 1], '.');
		all++;
	}
	assert_int_equal(*all, 0);
}

static void
a_rule_of_a_later_version_still_has_a_name(void **state)
{
	char name[RULE_NAME_MAX];
	rule_id id;

	(void)state;
	rule_name((rule_id)199, name);
	assert_string_equal(name, "rule.199");
	assert_non_null(rule_sentence((rule_id)199));
	assert_false(rule_by_name("rule.199", &id));
	assert_false(rule_by_name("", &id));
}

static void
a_set_lists_its_rules_in_ascending_order(void **state)
{
	rule_id in[] = { (rule_id)255, (rule_id)1, (rule_id)64, (rule_id)63, (rule_id)40 };
	static const int want[] = { 1, 40, 63, 64, 255 };
	rule_id out[RULES_MAX];
	struct rule_set s = rule_set_of(in, 5);
	size_t i;

	(void)state;
	assert_int_equal(rule_set_list(&s, out), 5);
	for (i = 0; i < 5; i++) {
		assert_int_equal(out[i], want[i]);
		assert_true(rule_set_has(&s, (rule_id)want[i]));
	}
	assert_false(rule_set_has(&s, (rule_id)41));
}

static void
numbers_out_of_range_are_no_members(void **state)
{
	rule_id in[] = { (rule_id)256, (rule_id)-1 };
	struct rule_set s = rule_set_of(in, 2), none = { 0 };

	(void)state;
	assert_true(rule_set_is_empty(&s));
	assert_true(rule_set_equal(&s, &none));
	assert_false(rule_set_has(&s, (rule_id)256));
	assert_false(rule_set_has(&s, (rule_id)-1));
	rule_set_add(&s, (rule_id)200);
	assert_false(rule_set_is_empty(&s));
	assert_false(rule_set_equal(&s, &none));
}

/* Tests run in the top folder. */
static void
the_reference_lists_every_rule_by_number_and_name(void **state)
{
	static char page[64 * 1024];
	FILE *f = fopen("docs/reference/rules.md", "r");
	const rule_id *all;
	char row[64], name[RULE_NAME_MAX];

	(void)state;
	assert_non_null(f);
	page[fread(page, 1, sizeof page - 1, f)] = '\0';
	fclose(f);
	for (all = rule_all(); *all != 0; all++) {
		rule_name(*all, name);
		snprintf(row, sizeof row, "| %d | `%s`", (int)*all, name);
		if (strstr(page, row) == NULL)
			fail_msg("no row %s", row);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_of_the_wire_has_a_name_and_a_sentence),
		cmocka_unit_test(a_rule_of_a_later_version_still_has_a_name),
		cmocka_unit_test(a_set_lists_its_rules_in_ascending_order),
		cmocka_unit_test(numbers_out_of_range_are_no_members),
		cmocka_unit_test(the_reference_lists_every_rule_by_number_and_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
