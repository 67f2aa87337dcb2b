#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/proto.h"
#include "tests/support/check_docs.h"
#include "tests/support/make_catalogue.h"
#include "tests/support/make_parts.h"
#include "tests/support/txn_set.h"

/* doc_indonesian() as the list has it: an Es jeruk at 1,041, sold by sari. */
static Kasir__V1__Transaction *
doc_listed(struct arena *a)
{
	Kasir__V1__Transaction *doc = doc_indonesian(a);

	doc->lines[0]->sku = arena_text(a, "00417");
	return doc;
}

struct beside_case {
	const char *what;
	Kasir__V1__Transaction *(*make)(struct arena *a);
	const char *changes, *catalogue;
	const char *want;
};

static void
check_beside(const struct beside_case *t, size_t n)
{
	Kasir__V1__Transaction *doc;
	Kasir__V1__Catalogue *m;
	struct rule_set notes;
	struct catalogue *c;
	rule_id ids[RULES_MAX];
	char got[256], name[RULE_NAME_MAX];
	struct bytes packed;
	struct arena a;
	size_t i, k, n_ids;

	arena_init(&a, 0);
	for (i = 0; i < n; i++) {
		arena_reset(&a);
		m = make_catalogue(&a);
		txn_set(&a, &m->base, t[i].catalogue);
		assert_true(proto_pack(&a, &m->base, &packed));
		assert_int_equal(catalogue_open(packed, &c, NULL), KAS_OK);
		doc = t[i].make(&a);
		txn_set(&a, &doc->base, t[i].changes);
		notes = (struct rule_set){ 0 };
		check_catalogue(doc, c, &notes);
		got[0] = '\0';
		n_ids = rule_set_list(&notes, ids);
		for (k = 0; k < n_ids; k++) {
			rule_name(ids[k], name);
			snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s",
			    k > 0 ? " " : "", name);
		}
		if (strcmp(got, t[i].want) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", t[i].what, got, t[i].want);
		catalogue_close(c);
	}
	arena_fini(&a);
}
#define CHECK_BESIDE(t) check_beside(t, sizeof(t) / sizeof((t)[0]))

static void
goods_are_held_against_the_list(void **state)
{
	static const struct beside_case t[] = {
		{ "as listed", doc_listed, "", "", "" },
		{ "another SKU", doc_listed, "lines.0.sku=00418", "", "product.unknown" },
		{ "a SKU that is not there, whatever the GTIN", doc_listed,
		    "lines.0.sku=00418 lines.0.gtin=8991234567891", "", "product.unknown" },
		{ "by its GTIN", doc_listed, "lines.0.sku= lines.0.gtin=8991234567891", "", "" },
		{ "by its GTIN with a zero", doc_listed,
		    "lines.0.sku= lines.0.gtin=08991234567891", "", "" },
		{ "a GTIN that is not there", doc_listed,
		    "lines.0.sku= lines.0.gtin=8991234567884", "", "product.unknown" },
		{ "a GTIN that is none", doc_listed, "lines.0.sku= lines.0.gtin=8991234567892", "",
		    "product.unknown" },
		{ "by department", doc_listed, "lines.0.sku=", "", "" },
		{ "no list of products", doc_listed, "lines.0.sku=00418", "n_products=0", "" },
		{ "what is no goods", doc_listed, "lines.0.sku=TIP lines.0.kind=4", "", "" },
		{ "what comes back", doc_returned, "lines.0.sku=00418", "", "" },
		{ "goods in an exchange", doc_listed, "type=3 lines.0.sku=00418 supervisor=ani",
		    "", "product.unknown" },
		{ "a void repeats its original", doc_listed,
		    "type=4 lines.0.sku=00418 supervisor=ani", "", "" },

		{ "a thousandth dearer", doc_listed, "lines.0.unit_price=1041001 supervisor=ani",
		    "", "product.price" },
		{ "a thousandth cheaper", doc_listed, "lines.0.unit_price=1040999 supervisor=ani",
		    "", "product.price" },
		{ "on the last day of a price", doc_listed, "business_day=20261231", "", "" },
		{ "on the first of the next", doc_listed,
		    "business_day=20270101 supervisor=ani", "", "product.price" },
		{ "its price", doc_listed,
		    "business_day=20270101 lines.0.unit_price=1100000", "", "" },
		{ "on a day without price", doc_listed, "lines.0.sku=00500 lines.0.tax_code= "
		    "lines.0.unit_price=15000000 business_day=20261201 supervisor=ani", "",
		    "product.price" },
		{ "at any price", doc_listed, "lines.0.sku=beras lines.0.unit_price=1", "", "" },
		{ "prices of another currency", doc_listed, "lines.0.unit_price=1", "currency=USD",
		    "" },
		{ "of another exponent", doc_listed, "lines.0.unit_price=1", "exponent=2", "" },

		{ "another tax code", doc_listed, "lines.0.tax_code=PB1", "", "product.tax" },
		{ "none", doc_listed, "lines.0.tax_code=", "", "product.tax" },
		{ "any where the list has none", doc_listed,
		    "lines.0.sku=00500 lines.0.unit_price=15000000", "", "" },
	};

	(void)state;
	CHECK_BESIDE(t);
}

static void
who_sold_it_is_held_against_the_list(void **state)
{
	static const struct beside_case t[] = {
		{ "somebody else", doc_listed, "cashier=rudi", "", "cashier.unknown" },
		{ "nobody", doc_listed, "cashier=", "", "cashier.unknown" },
		{ "nobody, where it takes no right", doc_drawer_opened, "type=27 cashier=", "", "" },
		{ "somebody else, likewise", doc_drawer_opened, "type=27 cashier=rudi", "",
		    "cashier.unknown" },
		{ "no list of cashiers", doc_listed, "cashier=rudi", "n_cashiers=0", "" },
		{ "a right that is there", doc_drawer_opened, "cashier=budi", "", "" },
		{ "one that is not", doc_drawer_opened, "", "", "cashier.right" },
		{ "lent by a supervisor", doc_drawer_opened, "supervisor=ani", "", "" },
		{ "by one who is none", doc_drawer_opened, "supervisor=budi", "", "cashier.right" },
		{ "by one who is not there", doc_drawer_opened, "supervisor=rudi", "",
		    "cashier.right" },
		{ "a supervisor's own", doc_drawer_opened, "cashier=ani", "", "" },
		{ "to return", doc_returned, "", "", "" },
		{ "not to return", doc_returned, "cashier=budi", "", "cashier.right" },
		{ "an exchange takes both: one of them", doc_listed, "type=3 cashier=budi", "",
		    "cashier.right" },
		{ "both of them", doc_listed, "type=3", "", "" },
		{ "to void", doc_voided, "", "", "cashier.right" },
		{ "pay-ins", doc_drawer_opened, "type=10", "", "cashier.right" },
		{ "deposits", doc_drawer_opened, "type=15", "", "cashier.right" },
		{ "to count takes none", doc_drawer_opened, "type=18", "", "" },
		{ "to open a shift takes none", doc_drawer_opened, "type=19", "", "" },
		{ "to close one", doc_drawer_opened, "type=20", "", "cashier.right" },
		{ "to close the day", doc_drawer_opened, "type=22", "", "cashier.right" },
		{ "to override", doc_drawer_opened, "type=25", "", "cashier.right" },
		{ "a type of a later version", doc_drawer_opened, "type=99", "", "" },
		{ "another price takes its right", doc_listed, "lines.0.unit_price=1", "",
		    "product.price cashier.right" },
		{ "which he has", doc_listed, "lines.0.unit_price=1", "cashiers.2.rights.2=5",
		    "product.price" },
	};

	(void)state;
	CHECK_BESIDE(t);
}

/* doc_discounted() with goods that nobody looks up. */
static void
a_discount_takes_its_right_or_somebody_who_allowed_it(void **state)
{
	static const struct beside_case t[] = {
		{ "hers", doc_discounted, "", "", "" },
		{ "not his", doc_discounted, "cashier=budi", "", "cashier.right" },
		{ "each allowed", doc_discounted, "cashier=budi discounts.0.supervisor=ani "
		    "lines.1.discounts.0.supervisor=ani", "", "" },
		{ "the line's not", doc_discounted, "cashier=budi discounts.0.supervisor=ani", "",
		    "cashier.right" },
		{ "the document's not", doc_discounted, "cashier=budi "
		    "lines.1.discounts.0.supervisor=ani", "", "cashier.right" },
		{ "of nothing", doc_discounted, "cashier=budi discounts.0.amount=0 "
		    "lines.1.discounts.0.amount=0", "", "" },
		{ "in what comes back", doc_discounted, "type=2 cashier=sari", "", "" },
	};

	(void)state;
	CHECK_BESIDE(t);
}

static void
training_and_other_schemas_are_left_alone(void **state)
{
	struct rule_set notes = { 0 };
	Kasir__V1__TransactionFlag training = KASIR__V1__TRANSACTION_FLAG__TRAINING;
	Kasir__V1__Transaction *doc;
	struct catalogue *c;
	struct bytes packed;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	assert_true(proto_pack(&a, &make_catalogue(&a)->base, &packed));
	assert_int_equal(catalogue_open(packed, &c, NULL), KAS_OK);
	doc = doc_listed(&a);
	doc->lines[0]->sku = arena_text(&a, "00418");
	doc->flags = &training;
	doc->n_flags = 1;
	check_catalogue(doc, c, &notes);
	doc->n_flags = 0;
	doc->schema = 2;
	check_catalogue(doc, c, &notes);
	assert_true(rule_set_is_empty(&notes));
	doc->schema = 1;
	check_catalogue(doc, c, &notes);
	assert_false(rule_set_is_empty(&notes));
	catalogue_close(c);
	arena_fini(&a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(goods_are_held_against_the_list),
		cmocka_unit_test(who_sold_it_is_held_against_the_list),
		cmocka_unit_test(a_discount_takes_its_right_or_somebody_who_allowed_it),
		cmocka_unit_test(training_and_other_schemas_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
