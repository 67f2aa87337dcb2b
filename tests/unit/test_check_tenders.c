#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/check_cases.h"

static void
tenders_settle_the_total(void **state)
{
	static const struct check_case t[] = {
		{ "as it should be", doc_many_tenders, "", "" },
		{ "too little change", doc_indonesian, "tenders.0.change=844", "tender.sum" },
		{ "too much change", doc_indonesian, "tenders.0.change=846", "tender.sum" },
		{ "nothing tendered", doc_indonesian, "n_tenders=0", "tender.sum" },
		{ "a kind past the last", doc_indonesian, "tenders.0.kind=16",
		    "tender.kind cash.change_on_card" },
		{ "no kind", doc_discounted, "tenders.0.kind=0", "tender.kind" },
		{ "a negative kind", doc_discounted, "tenders.0.kind=-1", "tender.kind" },
		{ "the last kind", doc_discounted, "tenders.0.kind=15", "" },
		{ "no state", doc_discounted, "tenders.0.state=0", "tender.kind" },
		{ "pending", doc_many_tenders, "tenders.0.state=2", "" },
		{ "unknown", doc_many_tenders, "tenders.0.state=3", "" },
		{ "pending cash", doc_discounted, "tenders.0.state=2", "tender.kind" },
		{ "cash unknown", doc_discounted, "tenders.0.state=3", "tender.kind" },
		{ "foreign cash pending", doc_many_tenders, "tenders.1.state=2", "tender.kind" },
		{ "reversed pays nothing", doc_discounted, "tenders.0.state=4", "tender.sum" },
		{ "a state past the last", doc_discounted, "tenders.0.state=5", "tender.kind" },
		{ "change on a card", doc_indonesian, "tenders.0.kind=3", "cash.change_on_card" },
		{ "change on QRIS", doc_indonesian, "tenders.0.kind=5", "cash.change_on_card" },
		{ "negative change", doc_indonesian, "tenders.0.tendered=1150 tenders.0.change=-5",
		    "cash.change" },
		{ "all of it in change", doc_many_tenders, "tenders.1.change=16235 "
		    "tenders.2.tendered=66000", "" },
		{ "more change than tendered", doc_many_tenders, "tenders.1.change=16236 "
		    "tenders.2.tendered=66001", "cash.change" },
		{ "cash back on cash", doc_many_tenders, "tenders.2.kind=1", "tender.kind" },
		{ "forfeit on a card", doc_many_tenders, "tenders.0.kind=4", "tender.kind" },
		{ "a tender the other way", doc_many_tenders, "tenders.2.tendered=-1000 "
		    "tenders.2.cash_back=0 tenders.0.tendered=12000",
		    "tender.sign" },
		{ "a sale that pays out", doc_discounted, "tenders.0.tendered=-3900",
		    "tender.sum tender.sign" },
		{ "a return that takes in", doc_returned, "tenders.0.tendered=1000",
		    "tender.sum tender.sign" },
		{ "change in a return", doc_returned, "tenders.0.tendered=-500 tenders.0.change=500",
		    "cash.change" },
		{ "a void with its change negated", doc_voided, "", "" },
		{ "a void with change forwards", doc_voided,
		    "tenders.0.change=845 tenders.0.tendered=-310", "cash.change" },
		{ "applied past 64 bits", doc_many_tenders,
		    "tenders.0.tendered=9223372036854775807 tenders.0.forfeit=0",
		    "amount.overflow" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
foreign_cash_is_its_amount_at_the_rate(void **state)
{
	static const struct check_case t[] = {
		{ "16,234.5 is 16,235", doc_many_tenders, "tenders.1.tendered=16235", "" },
		{ "not 16,234", doc_many_tenders, "tenders.1.tendered=16234 tenders.1.change=6234",
		    "foreign.amount" },
		{ "16,234.49 is 16,234", doc_many_tenders, "tenders.1.tendered=16234 "
		    "tenders.1.change=6234 tenders.1.foreign.rate_e8=16234490000", "" },
		{ "no rate", doc_many_tenders, "tenders.1.foreign.rate_e8=0", "foreign.amount" },
		{ "no figures", doc_many_tenders, "tenders.1.foreign=", "foreign.amount" },
		{ "figures on home cash", doc_many_tenders, "tenders.1.kind=1", "foreign.amount" },
		{ "foreign in the home currency", doc_many_tenders, "tenders.1.foreign.currency=IDR",
		    "foreign.amount" },
		{ "no currency", doc_many_tenders, "tenders.1.foreign.currency=", "foreign.amount" },
		{ "the largest of both", doc_many_tenders,
		    "tenders.1.foreign.rate_e8=18446744073709551615 "
		    "tenders.1.foreign.amount=-9223372036854775808", "amount.overflow" },
	};

	(void)state;
	CHECK_CASES(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tenders_settle_the_total),
		cmocka_unit_test(foreign_cash_is_its_amount_at_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
