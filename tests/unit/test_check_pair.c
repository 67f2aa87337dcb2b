#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/make_parts.h"
#include "tests/support/txn_set.h"

#define LINE(k) KASIR__V1__LINE_KIND__##k
#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

static struct arena arena;
static const struct make_original place = { "front", 1, 41 };

static Kasir__V1__Line *
line(Kasir__V1__Transaction *doc, Kasir__V1__LineKind kind, const char *sku, int64_t quantity,
    int64_t unit_price, int64_t amount)
{
	Kasir__V1__Line *l = make_add_line(&arena, doc, kind);

	l->sku = arena_text(&arena, sku);
	l->quantity = quantity;
	l->unit_price = unit_price;
	l->extended = make_quotient(quantity * unit_price, 1000000);
	l->amount = amount;
	l->tax_code = arena_text(&arena, "PPN");
	return l;
}

static void
tax(Kasir__V1__Transaction *doc)
{
	Kasir__V1__Tax *t = make_add_tax(&arena, doc, "PPN");

	t->rate_bp = 1100;
	make_reckon(doc);
}

/* Three pens for 100 net; a cup at 500; a plate keyed and voided. */
static Kasir__V1__Transaction *
sale(void)
{
	Kasir__V1__Transaction *doc = make_document(&arena, TYPE(SALE));

	line(doc, LINE(ITEM), "pen", 3000, 33333, 100);
	line(doc, LINE(ITEM), "cup", 1000, 500000, 500);
	line(doc, LINE(ITEM), "plate", 1000, 900000, 900);
	line(doc, LINE(LINE_VOID), "plate", -1000, 900000, -900)->voids_line = 3;
	tax(doc);
	make_add_tender(&arena, doc, KASIR__V1__TENDER_KIND__CASH, doc->payable);
	return doc;
}

static void
add_returned(Kasir__V1__Transaction *doc, uint32_t of, const char *sku, int64_t quantity,
    int64_t amount)
{
	Kasir__V1__Line *l = line(doc, LINE(RETURN_ITEM), sku, quantity, 33333, amount);

	l->original = arena_alloc(&arena, sizeof *l->original);
	kasir__v1__reference__init(l->original);
	l->original->line = of;
}

/* One pen and the cup. */
static Kasir__V1__Transaction *
returned(void)
{
	Kasir__V1__Transaction *doc = make_document(&arena, TYPE(RETURN));

	kas_assert(make_set_original(&arena, doc, &place));
	add_returned(doc, 1, "pen", -1000, -33);
	add_returned(doc, 2, "cup", -1000, -500);
	tax(doc);
	return doc;
}

static void
expect(const char *what, const struct rule_set *broken, const char *want)
{
	rule_id ids[RULES_MAX];
	char got[512] = "", name[RULE_NAME_MAX];
	size_t i, n = rule_set_list(broken, ids), used;

	for (i = 0; i < n; i++) {
		rule_name(ids[i], name);
		used = strlen(got);
		snprintf(got + used, sizeof got - used, "%s%s", i > 0 ? " " : "", name);
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s: got \"%s\", not \"%s\"", what, got, want);
}

static void
returns_stay_within_what_was_sold(void **state)
{
	static const struct {
		const char *what, *change_return, *change_sale;
		bool voided;
		struct returned_line before;
		const char *want;
	} t[] = {
		{ "as it should be", "", "", false, { 0 }, "" },
		{ "the original is voided", "", "", true, { 0 }, "return.original" },
		{ "the original is a void", "", "type=4", false, { 0 }, "return.original" },
		{ "the original is an exchange", "", "type=3", false, { 0 }, "" },
		{ "a training sale is no sale", "", "n_flags=1", false, { 0 }, "return.original" },
		{ "two pens came back before", "", "", false, { 1, 2000, 67 }, "" },
		{ "three pens came back before", "", "", false, { 1, 3000, 100 },
		    "return.quantity return.price" },
		{ "more than one cup", "lines.1.quantity=-1001", "", false, { 0 },
		    "return.quantity" },
		{ "rounded up: 34 of 33.3", "lines.0.amount=-34", "", false, { 0 }, "" },
		{ "35 of 33.3", "lines.0.amount=-35", "", false, { 0 }, "return.price" },
		{ "32 of 33.3", "lines.0.amount=-32", "", false, { 0 }, "return.price" },
		{ "34 where 33 and 33 came before", "lines.0.amount=-34", "", false,
		    { 1, 2000, 66 }, "" },
		{ "34 where 67 came before exceeds the line", "lines.0.amount=-34", "", false,
		    { 1, 2000, 67 }, "return.price" },
		{ "a whole line a rupiah short", "lines.1.amount=-499", "", false, { 0 },
		    "return.price" },
		{ "a line that was voided in the sale", "lines.1.original.line=3 lines.1.sku=plate",
		    "", false, { 0 }, "return.quantity" },
		{ "the line that voided it", "lines.1.original.line=4 lines.1.sku=plate",
		    "", false, { 0 }, "return.quantity" },
		{ "a line that is not there", "lines.1.original.line=5", "", false, { 0 },
		    "return.quantity" },
		{ "line 4294967295", "lines.1.original.line=4294967295", "", false, { 0 },
		    "return.quantity" },
		{ "no line named", "lines.1.original.line=0", "", false, { 0 },
		    "return.reference" },
		{ "no reference", "lines.1.original=", "", false, { 0 }, "return.reference" },
		{ "another transaction", "lines.1.original.sequence=42", "", false, { 0 },
		    "return.reference" },
		{ "the same one, spelled out", "lines.1.original.sequence=41 "
		    "lines.1.original.epoch=1 lines.1.original.terminal=front", "", false, { 0 },
		    "" },
		{ "other goods", "lines.1.sku=television", "", false, { 0 }, "return.reference" },
		{ "another tax rate", "taxes.0.rate_bp=1200", "", false, { 0 }, "return.price" },
		{ "inclusive where it was exclusive", "taxes.0.inclusive=1", "", false, { 0 },
		    "return.price" },
		{ "without tax", "lines.1.tax_code=", "", false, { 0 }, "return.price" },
		{ "what came back before of a line that is not there", "", "", false,
		    { 4000000000, 1, 1 }, "" },
		{ "more before than fits", "", "", false, { 1, INT64_MAX, INT64_MAX },
		    "amount.overflow return.quantity return.price" },
	};
	Kasir__V1__TransactionFlag training = KASIR__V1__TRANSACTION_FLAG__TRAINING;
	Kasir__V1__Transaction *doc, *original;
	struct returned_line lines[MAKE_LINES_MAX];
	struct rule_set broken;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		arena_reset(&arena);
		doc = returned();
		original = sale();
		original->flags = &training;
		txn_set(&arena, &doc->base, t[i].change_return);
		txn_set(&arena, &original->base, t[i].change_sale);
		broken = (struct rule_set){ 0 };
		check_return(doc, original, t[i].voided, &t[i].before, t[i].before.line != 0,
		    &broken, lines, &n);
		expect(t[i].what, &broken, t[i].want);
	}
}

static void
a_return_says_what_it_adds_by_line_of_the_original(void **state)
{
	Kasir__V1__Transaction *doc = returned(), *original = sale();
	struct returned_line lines[MAKE_LINES_MAX];
	struct rule_set broken = { 0 };
	size_t n;

	(void)state;
	add_returned(doc, 1, "pen", -1000, -33);
	check_return(doc, original, false, NULL, 0, &broken, lines, &n);
	expect("two pens apart", &broken, "");
	assert_int_equal(n, 2);
	assert_int_equal(lines[0].line, 1);
	assert_int_equal(lines[0].quantity, 2000);
	assert_int_equal(lines[0].amount, 66);
	assert_int_equal(lines[1].line, 2);
	assert_int_equal(lines[1].quantity, 1000);
	assert_int_equal(lines[1].amount, 500);
}

static void
a_line_voided_in_the_return_itself_does_not_count(void **state)
{
	Kasir__V1__Transaction *doc = returned(), *original = sale();
	struct returned_line lines[MAKE_LINES_MAX];
	struct rule_set broken = { 0 };
	size_t n;

	(void)state;
	line(doc, LINE(LINE_VOID), "cup", 1000, 500000, 500)->voids_line = 2;
	add_returned(doc, 2, "cup", -1000, -500);
	check_return(doc, original, false, NULL, 0, &broken, lines, &n);
	expect("the cup keyed twice, voided once", &broken, "");
	assert_int_equal(n, 2);
	assert_int_equal(lines[1].quantity, 1000);
	assert_int_equal(lines[1].amount, 500);
}

static void
a_void_is_its_original_negated(void **state)
{
	static const struct {
		const char *what, *change_void, *change_sale;
		bool already;
		const char *want;
	} t[] = {
		{ "as it should be", "", "", false, "" },
		{ "voided before", "", "", true, "void.twice" },
		{ "another shift", "shift=2", "", false, "void.shift" },
		{ "a void of a void", "", "type=4", false, "void.reference" },
		{ "a void of a drawer opening", "", "type=9", false, "void.reference" },
		{ "another total", "payable=-1", "", false, "void.mismatch" },
		{ "another gross", "gross=-1", "", false, "void.mismatch" },
		{ "another rounding", "cash_rounding=1", "", false, "void.mismatch" },
		{ "another quantity", "lines.0.quantity=-1", "", false, "void.mismatch" },
		{ "other goods", "lines.0.sku=x", "", false, "void.mismatch" },
		{ "another kind of line", "lines.0.kind=4", "", false, "void.mismatch" },
		{ "another price", "lines.0.unit_price=1", "", false, "void.mismatch" },
		{ "a line less", "n_lines=3", "", false, "void.mismatch" },
		{ "another tax", "taxes.0.amount=1", "", false, "void.mismatch" },
		{ "a tax less", "n_taxes=0", "", false, "void.mismatch" },
		{ "another tender", "tenders.0.kind=3", "", false, "void.mismatch" },
		{ "a tender not negated", "tenders.0.tendered=666", "", false, "void.mismatch" },
		{ "a tender less", "n_tenders=0", "", false, "void.mismatch" },
		{ "a tender reversed that paid", "tenders.0.state=4", "", false, "void.mismatch" },
		{ "a tender that paid nothing", "", "tenders.0.state=4", false, "void.mismatch" },
		{ "a tender reversed in both", "tenders.0.state=4", "tenders.0.state=4", false, "" },
		{ "a tender still pending", "tenders.0.state=2", "", false, "" },
		{ "another currency", "currency=USD", "", false, "void.mismatch" },
		{ "the smallest amount has no negative", "lines.0.amount=-9223372036854775808",
		    "lines.0.amount=-9223372036854775808", false, "void.mismatch" },
		{ "a name as printed may differ", "lines.0.name=X", "", false, "" },
	};
	Kasir__V1__Transaction *doc, *original;
	struct rule_set broken;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		arena_reset(&arena);
		original = sale();
		doc = make_void(&arena, original, &place);
		txn_set(&arena, &doc->base, t[i].change_void);
		txn_set(&arena, &original->base, t[i].change_sale);
		broken = (struct rule_set){ 0 };
		check_void(doc, original, t[i].already, &broken);
		expect(t[i].what, &broken, t[i].want);
	}
}

static void
training_may_not_void_the_real_thing(void **state)
{
	Kasir__V1__TransactionFlag training = KASIR__V1__TRANSACTION_FLAG__TRAINING;
	Kasir__V1__Transaction *original = sale(), *doc = make_void(&arena, original, &place);
	struct rule_set broken = { 0 };

	(void)state;
	doc->flags = &training;
	doc->n_flags = 1;
	check_void(doc, original, false, &broken);
	expect("a training void of a sale", &broken, "void.mismatch");
}

static int
arena_begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int
arena_end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(returns_stay_within_what_was_sold),
		cmocka_unit_test(a_return_says_what_it_adds_by_line_of_the_original),
		cmocka_unit_test(a_line_voided_in_the_return_itself_does_not_count),
		cmocka_unit_test(a_void_is_its_original_negated),
		cmocka_unit_test(training_may_not_void_the_real_thing),
	};

	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
