/* The day book: whatever a document holds, debits are credits; and a document that breaks no
 * rule leaves nothing unexplained. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/make_txn.h"
#include "tools/kasirctl/postings.h"

#define SEEDS 3000

static struct arena arena;
static struct accounts accounts;

/* Every figure on an account of its own. */
static int
begin(void **state)
{
	static const char text[] = "sales = s, service = v, other = o, tax = t, rounding = r,"
	    " tenders = k, safe = f, bank = b, paid-in = i, paid-out = u, variance = a, forfeit = w,"
	    " reversed = z, exceptions = x, differences = d, discounts = c, returns = e\n"
	    "tender { cash = kas, cash-foreign = asing }\n";
	struct problems problems;

	(void)state;
	arena_init(&arena, 0);
	return accounts_read(bytes_of_text(text), &arena, &accounts, &problems) == KAS_OK ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static int128
on(const struct postings *p, const char *account)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->list[i].account, account) == 0)
			return p->list[i].sum;
	return 0;
}

static int128
all_of(const struct postings *p)
{
	int128 sum = 0;

	for (size_t i = 0; i < p->n; i++)
		sum += p->list[i].sum;
	return sum;
}

static void
a_valid_document_balances_and_explains_itself(void **state)
{
	struct make_original original = { "front", 1, 1 };
	struct postings p;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	postings_init(&p, &accounts);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		Kasir__V1__Transaction *sale = make_sale(&a, seed), *back;

		postings_clear(&p);
		postings_add(&p, sale, 1);
		assert_true(all_of(&p) == 0);
		assert_true(on(&p, "d") == 0);
		assert_true(on(&p, "r") == -(int128)sale->cash_rounding);
		back = make_return(&a, seed, sale, &original);
		if (back != NULL)
			postings_add(&p, back, 1);
		assert_true(all_of(&p) == 0);
		assert_true(on(&p, "d") == 0);
		arena_reset(&a);
	}
	postings_fini(&p);
	arena_fini(&a);
}

static void
a_void_leaves_nothing_of_its_original(void **state)
{
	struct make_original original = { "front", 1, 1 };
	struct postings p;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	postings_init(&p, &accounts);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		Kasir__V1__Transaction *sale = make_sale(&a, seed);

		postings_clear(&p);
		postings_add(&p, sale, 1);
		postings_add(&p, make_void(&a, sale, &original), 1);
		for (size_t i = 0; i < p.n; i++)
			assert_true(p.list[i].sum == 0);
		arena_reset(&a);
	}
	postings_fini(&p);
	arena_fini(&a);
}

static void
an_exception_is_booked_whole_when_it_is_accepted_and_not_at_all_when_voided(void **state)
{
	struct postings p, whole;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	postings_init(&p, &accounts);
	postings_init(&whole, &accounts);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		Kasir__V1__Transaction *doc = make_sale(&a, seed);

		if (doc->n_tenders > 0)
			doc->tenders[0]->tendered += (int64_t)(seed % 7) * 100;
		doc->gross -= 3;
		postings_clear(&p);
		postings_clear(&whole);
		postings_except(&p, doc);
		assert_true(all_of(&p) == 0);
		postings_accept(&p, doc);
		postings_add(&whole, doc, 1);
		assert_true(all_of(&p) == 0);
		assert_true(on(&p, "x") == 0);
		for (size_t i = 0; i < whole.n; i++)
			assert_true(on(&p, whole.list[i].account) == whole.list[i].sum);
		postings_clear(&p);
		postings_except(&p, doc);
		postings_void(&p, doc);
		for (size_t i = 0; i < p.n; i++)
			assert_true(p.list[i].sum == 0);
		arena_reset(&a);
	}
	postings_fini(&p);
	postings_fini(&whole);
	arena_fini(&a);
}

/* Figures at the end of their range, as only an exception can have them. */
static void
no_amount_is_too_large_to_balance(void **state)
{
	Kasir__V1__Transaction doc = KASIR__V1__TRANSACTION__INIT;
	Kasir__V1__Line line[2] = { KASIR__V1__LINE__INIT, KASIR__V1__LINE__INIT };
	Kasir__V1__Line *lines[] = { &line[0], &line[1] };
	Kasir__V1__Tax tax = KASIR__V1__TAX__INIT, *taxes[] = { &tax };
	Kasir__V1__Tender tender = KASIR__V1__TENDER__INIT, *tenders[] = { &tender };
	struct postings p;

	(void)state;
	doc.type = KASIR__V1__TRANSACTION_TYPE__SALE;
	doc.lines = lines;
	doc.n_lines = 2;
	doc.taxes = taxes;
	doc.tenders = tenders;
	doc.n_taxes = doc.n_tenders = 1;
	for (int i = 0; i < 2; i++) {
		line[i].kind = KASIR__V1__LINE_KIND__ITEM;
		line[i].amount = line[i].extended = i == 0 ? INT64_MAX : INT64_MAX - 1;
	}
	tax.inclusive = true;
	tax.amount = INT64_MIN;
	tender.kind = KASIR__V1__TENDER_KIND__VOUCHER;
	tender.tendered = INT64_MIN;
	tender.forfeit = tender.change = tender.cash_back = INT64_MAX;
	doc.cash_rounding = INT64_MIN;
	postings_init(&p, &accounts);
	postings_except(&p, &doc);
	postings_accept(&p, &doc);
	postings_vary(&p, INT64_MIN);
	assert_true(all_of(&p) == 0);
	postings_fini(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_valid_document_balances_and_explains_itself),
		cmocka_unit_test(a_void_leaves_nothing_of_its_original),
		cmocka_unit_test(
		    an_exception_is_booked_whole_when_it_is_accepted_and_not_at_all_when_voided),
		cmocka_unit_test(no_amount_is_too_large_to_balance),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
