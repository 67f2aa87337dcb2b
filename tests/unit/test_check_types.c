/* What each type of transaction may hold, and the rules of those that are no sale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/support/check_cases.h"

static void
each_type_holds_what_it_may(void **state)
{
	static const struct check_case t[] = {
		{ "a drawer opened", doc_drawer_opened, "", "" },
		{ "with a total", doc_drawer_opened, "payable=1", "document.parts" },
		{ "with cash rounding", doc_drawer_opened, "cash_rounding=1", "document.parts" },
		{ "a sale that is called a drawer opened", doc_indonesian, "type=9", "document.parts" },
		{ "a sale that is called a shift's close", doc_indonesian, "type=20",
		    "document.parts count.missing" },
		{ "cash paid in that is called a sale", doc_cash_in, "type=1",
		    "total.empty document.parts" },
		{ "a count that is called a sign-on", doc_counted, "type=23", "document.parts" },
		{ "a count that is called a day's close", doc_counted, "type=22", "document.parts" },
		{ "an event that is called a reprint", doc_event, "type=26", "document.parts" },
		{ "an event of an override", doc_event, "type=25", "" },
		{ "tenders exchanged that are called paid in", doc_swapped, "type=10",
		    "document.parts movement.amount" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
cash_moves_the_way_of_its_type(void **state)
{
	static const struct check_case t[] = {
		{ "paid in", doc_cash_in, "", "" },
		{ "a rupiah", doc_cash_in, "movement.amount=1", "" },
		{ "nothing", doc_cash_in, "movement.amount=0", "movement.amount" },
		{ "the wrong way", doc_cash_in, "movement.amount=-1", "movement.amount" },
		{ "no movement", doc_cash_in, "movement=", "movement.amount" },
		{ "a loan", doc_cash_in, "type=12", "" },
		{ "a loan out", doc_cash_in, "type=12 movement.amount=-1", "movement.amount" },
		{ "paid out", doc_cash_in, "type=11 movement.amount=-1", "" },
		{ "paid out inwards", doc_cash_in, "type=11", "movement.amount" },
		{ "a pickup", doc_cash_in, "type=13 movement.amount=-1", "" },
		{ "a pickup inwards", doc_cash_in, "type=13", "movement.amount" },
		{ "a safe drop", doc_cash_in, "type=14 movement.amount=-1", "" },
		{ "a safe drop inwards", doc_cash_in, "type=14", "movement.amount" },
		{ "a deposit", doc_cash_in,
		    "type=15 movement.amount=-1 movement.bag=B17 movement.slip=815", "" },
		{ "without a slip", doc_cash_in, "type=15 movement.amount=-1 movement.bag=B17",
		    "movement.deposit" },
		{ "without a bag", doc_cash_in, "type=15 movement.amount=-1 movement.slip=815",
		    "movement.deposit" },
		{ "without anything", doc_cash_in, "type=15 movement=",
		    "movement.amount movement.deposit" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
counts_are_of_coins_that_exist(void **state)
{
	static const struct check_case t[] = {
		{ "as it should be", doc_counted, "", "" },
		{ "none of one", doc_counted, "count.0.count=0", "" },
		{ "a coin of nothing", doc_counted, "count.0.value=0", "count.denomination" },
		{ "a coin of less", doc_counted, "count.0.value=-1", "count.denomination" },
		{ "one counted twice", doc_counted, "count.1.value=500", "count.denomination" },
		{ "nothing counted", doc_counted, "n_count=0", "count.missing" },
		{ "a shift closed", doc_counted, "type=20", "" },
		{ "without a count", doc_counted, "type=20 n_count=0", "count.missing" },
		{ "without a name", doc_counted, "type=20 shift=", "shift.name" },
		{ "a shift opened", doc_counted, "type=19", "" },
		{ "with an empty drawer", doc_counted, "type=19 n_count=0", "" },
		{ "without a name", doc_counted, "type=19 shift=", "shift.name" },
		{ "a count outside of shifts", doc_counted, "shift=", "" },
		{ "the largest sum", doc_counted,
		    "n_count=1 count.0.value=1 count.0.count=9223372036854775807", "" },
		{ "one more", doc_counted, "count.0.value=1 count.0.count=9223372036854775807",
		    "amount.overflow" },
		{ "more pieces than there are", doc_counted, "count.0.count=9223372036854775808",
		    "amount.overflow" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
an_exchange_has_goods_both_ways(void **state)
{
	static const struct check_case t[] = {
		{ "for nothing more", doc_even_exchange, "", "" },
		{ "the customer pays", doc_even_exchange, "lines.1.unit_price=1500000 lines.1.extended=1500 "
		    "lines.1.amount=1500 gross=500 payable=500 n_tenders=1 tenders.0.tendered=500", "" },
		{ "the shop pays", doc_even_exchange, "lines.1.unit_price=500000 lines.1.extended=500 "
		    "lines.1.amount=500 gross=-500 payable=-500 n_tenders=1 tenders.0.tendered=-500",
		    "" },
		{ "a tender the other way", doc_even_exchange, "lines.1.unit_price=500000 "
		    "lines.1.extended=500 lines.1.amount=500 gross=-500 payable=-500 n_tenders=1 "
		    "tenders.0.tendered=500", "tender.sum tender.sign" },
		{ "goods that come back forwards", doc_even_exchange, "lines.0.quantity=1000",
		    "line.quantity line.extended" },
		{ "of no original", doc_even_exchange, "original=", "return.reference" },
		{ "nothing comes back", doc_even_exchange, "original= lines.0.kind=7", "" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
an_account_is_paid_with_money(void **state)
{
	static const struct check_case t[] = {
		{ "without lines", doc_account_paid, "", "" },
		{ "nothing", doc_account_paid, "gross=0 payable=0 tenders.0.tendered=0", "total.empty" },
		{ "taken back", doc_account_paid, "gross=-5000 payable=-5000 tenders.0.tendered=-5000",
		    "" },
		{ "not settled", doc_account_paid, "tenders.0.tendered=4999", "tender.sum" },
		{ "with debt", doc_account_paid, "tenders.0.kind=13", "tender.kind" },
		{ "a sale on account", doc_discounted, "tenders.0.kind=13", "" },
		{ "bills of others", doc_indonesian, "type=8 lines.0.kind=12", "" },
		{ "goods", doc_indonesian, "type=8", "line.kind" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
a_bill_need_not_be_reckoned_up(void **state)
{
	static const struct check_case t[] = {
		{ "with totals", doc_indonesian, "type=5 n_tenders=0", "" },
		{ "without", doc_indonesian, "type=5 n_tenders=0 n_taxes=0 gross=0 payable=0", "" },
		{ "with half of them", doc_indonesian, "type=5 n_tenders=0 payable=0", "total.payable" },
		{ "paid", doc_indonesian, "type=5", "document.parts" },
		{ "rounded", doc_indonesian, "type=5 n_tenders=0 payable=1200 cash_rounding=45",
		    "cash.rounding" },
		{ "a wrong line", doc_indonesian, "type=5 n_tenders=0 lines.0.extended=1042",
		    "line.extended line.amount" },
		{ "empty", doc_drawer_opened, "type=5", "" },
		{ "resumed", doc_returned, "type=6 n_tenders=0", "" },
		{ "of nothing", doc_returned, "type=6 n_tenders=0 original=", "bill.reference" },
		{ "cancelled", doc_returned, "type=7 n_tenders=0", "" },
		{ "an abandoned basket", doc_indonesian, "type=7 n_tenders=0", "" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
tenders_are_exchanged_and_resolved(void **state)
{
	static const struct check_case t[] = {
		{ "one for another", doc_swapped, "", "" },
		{ "for less", doc_swapped, "tenders.1.tendered=-4999", "tender.sum" },
		{ "nothing for nothing", doc_swapped, "tenders.0.tendered=0 tenders.1.tendered=0",
		    "total.empty" },
		{ "no tenders", doc_swapped, "n_tenders=0", "total.empty" },
		{ "approved in the end", doc_swapped, "type=17 original.sequence=41", "" },
		{ "reversed", doc_swapped, "type=17 original.sequence=41 tenders.0.state=4", "" },
		{ "still pending", doc_swapped, "type=17 original.sequence=41 "
		    "tenders.0.kind=7 tenders.0.state=2", "resolution.tender" },
		{ "still unknown", doc_swapped, "type=17 original.sequence=41 "
		    "tenders.0.kind=7 tenders.0.state=3", "resolution.tender" },
		{ "no tender", doc_swapped, "type=17 original.sequence=41 n_tenders=0",
		    "resolution.tender" },
		{ "of nothing", doc_swapped, "type=17 original=", "resolution.reference" },
		{ "of sequence 0", doc_swapped, "type=17 original.sequence=0", "resolution.reference" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
card_data_in_free_texts_is_noted(void **state)
{
	static const struct {
		const char *text;
		bool card;
	} t[] = {
		{ "", false },
		{ "4111111111111111", true },
		{ "4111111111111112", false },		/* Luhn */
		{ "411111111111111", false },		/* 15 digits */
		{ "41111111111111110", false },		/* 17 */
		{ "4222222222222", true },		/* 13 */
		{ "kartu 4111 1111 1111 1111 ok", true },
		{ "4111-1111-1111-1111", true },
		{ "4111  1111 1111 1111", false },	/* two blanks */
		{ "41 11 11 11 11 11 11 11", false },	/* no groups that cards have */
		{ "no. 123 4111 1111 1111 1111", true },
		{ "94111111111111111", false },		/* within a longer number */
		{ "x4111111111111111y", true },
		{ "378282246310005", true },		/* American Express: 15 */
		{ "3782 822463 10005", true },
		{ "37828224631000", false },
		{ "5555555555554444", true },
		{ "2223003122003222", true },
		{ "2220990000000005", false },		/* below Mastercard's second range */
		{ "6011111111111117", true },
		{ "3530111333300000", true },
		{ "30569309025904", true },
		{ "6200000000000005", true },
		{ "9111111111111111", false },		/* nobody's */
		{ "08123456789012", false },
		{ "%B1234567890123^DOE", true },
		{ "%B123456789012^DOE", false },
		{ "%B12345678901234567890^DOE", false },
		{ ";1234567890123=2512", true },
		{ ";1234567890123=251", false },
		{ "CVV 123", true },
		{ "cvc2: 1234", true },
		{ "Cvv123", true },
		{ "cvv 12", false },
		{ "cvv 12345", false },
		{ "acvv 123", false },
		{ "cvv", false },
		{ "cv", false },
		{ "c", false },
		{ "%", false },
		{ ";", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++)
		if (check_text_has_card(t[i].text) != t[i].card)
			fail_msg("\"%s\"", t[i].text);
	assert_false(check_text_has_card(NULL));
}

static void
only_free_texts_are_looked_at(void **state)
{
	static const struct check_case t[] = {
		{ "a reason", doc_drawer_opened, "reason=4111111111111111", "card.number" },
		{ "a line's name", doc_indonesian, "lines.0.name=4111111111111111", "card.number" },
		{ "a line's note", doc_indonesian, "lines.0.note=4111111111111111", "card.number" },
		{ "a discount's name", doc_discounted, "discounts.0.name=4111111111111111",
		    "card.number" },
		{ "a line's discount's", doc_discounted, "lines.1.discounts.0.name=4111111111111111",
		    "card.number" },
		{ "an event", doc_event, "event.detail=4111111111111111", "card.number" },
		{ "another schema", doc_event, "schema=2 event.detail=4111111111111111",
		    "payload.schema card.number" },
		{ "a SKU", doc_indonesian, "lines.0.sku=4111111111111111", "" },
		{ "a reference", doc_indonesian, "tenders.0.rrn=4111111111111111 "
		    "tenders.0.reference=4111111111111111", "" },
	};

	(void)state;
	CHECK_CASES(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_holds_what_it_may),
		cmocka_unit_test(cash_moves_the_way_of_its_type),
		cmocka_unit_test(counts_are_of_coins_that_exist),
		cmocka_unit_test(an_exchange_has_goods_both_ways),
		cmocka_unit_test(an_account_is_paid_with_money),
		cmocka_unit_test(a_bill_need_not_be_reckoned_up),
		cmocka_unit_test(tenders_are_exchanged_and_resolved),
		cmocka_unit_test(card_data_in_free_texts_is_noted),
		cmocka_unit_test(only_free_texts_are_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
