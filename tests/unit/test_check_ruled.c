/* Documents under a rule set: tests/support/make_rules.h, and what each case changes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/check_cases.h"

/* doc_indonesian(), paid in coins that there are. */
#define IN_COINS "cash_rounding=45 payable=1200 tenders.0.change=800 "
/* doc_indonesian(), on a card. */
#define ON_CARD "tenders.0.kind=3 tenders.0.tendered=1155 tenders.0.change=0 "

static void
cash_is_paid_in_steps(void **state)
{
	static const struct ruled_case t[] = {
		{ "rounded up to coins", doc_indonesian, IN_COINS, "", "" },
		{ "rounded down", doc_indonesian, "cash_rounding=-55 payable=1100 tenders.0.change=900",
		    "", "" },
		{ "not rounded", doc_indonesian, "", "cash.rounding", "" },
		{ "where nobody asks", doc_indonesian, "", "", "periods.1.cash_step=1" },
		{ "nor where it is 0", doc_indonesian, "", "", "periods.1.cash_step=0" },
		{ "rounded though nobody asks", doc_indonesian, IN_COINS, "cash.rounding",
		    "periods.1.cash_step=0" },
		{ "not rounded, on a card", doc_indonesian, ON_CARD, "", "" },
		{ "rounded, on a card", doc_indonesian, ON_CARD "cash_rounding=45 payable=1200 "
		    "tenders.0.tendered=1200", "cash.rounding", "" },
		{ "where every total may be rounded", doc_indonesian, ON_CARD "cash_rounding=45 "
		    "payable=1200 tenders.0.tendered=1200", "", "periods.1.total_rounding=45" },
		{ "but not so far", doc_indonesian, ON_CARD "cash_rounding=45 "
		    "payable=1200 tenders.0.tendered=1200", "cash.rounding",
		    "periods.1.total_rounding=44" },
		{ "99 of a step of 100", doc_indonesian, "lines.0.quantity=1000 lines.0.unit_price=992000 "
		    "lines.0.extended=992 lines.0.amount=992 taxes.0.tax_base=992 taxes.0.taxable=909 "
		    "taxes.0.amount=109 taxes.0.gross=1101 gross=1101 cash_rounding=99 payable=1200 "
		    "tenders.0.change=800", "", "" },
		{ "a whole step", doc_indonesian, "cash_rounding=145 payable=1300 tenders.0.change=700",
		    "cash.rounding", "" },
		{ "a step down", doc_indonesian, "cash_rounding=-155 payable=1000 "
		    "tenders.0.change=1000", "cash.rounding", "" },
		{ "to another step", doc_indonesian, "cash_rounding=5 payable=1160 tenders.0.change=840",
		    "cash.rounding", "" },
		{ "to its own", doc_indonesian, "cash_rounding=5 payable=1160 tenders.0.change=840", "",
		    "periods.1.cash_step=10" },
		{ "only the cash part", doc_many_tenders, "", "", "" },
	}, without[] = {
		{ "without a rule set cash may round as it likes", doc_indonesian,
		    "cash_rounding=145 payable=1300 tenders.0.change=700", "", NULL },
		{ "but only cash", doc_indonesian, ON_CARD "cash_rounding=45 payable=1200 "
		    "tenders.0.tendered=1200", "cash.rounding", NULL },
		{ "that was paid", doc_indonesian, IN_COINS "tenders.0.state=4",
		    "tender.sum cash.rounding", NULL },
		{ "in whatever currency", doc_many_tenders, "cash_rounding=-1 payable=19999 "
		    "tenders.0.forfeit=1001", "", NULL },
	};

	(void)state;
	RULED_CASES(t);
	RULED_CASES(without);
}

static void
tax_codes_are_those_of_the_period(void **state)
{
	static const struct ruled_case t[] = {
		{ "another code", doc_indonesian, IN_COINS "lines.0.tax_code=X taxes.0.code=X",
		    "tax.unknown", "" },
		{ "without a rule set", doc_indonesian, "lines.0.tax_code=X taxes.0.code=X", "", NULL },
		{ "before any period", doc_indonesian, "at_us=1648690000000000 "
		    "business_day=20220331 lines.0.tax_code=X taxes.0.code=X", "", "" },
		{ "its day alone before any period", doc_indonesian,
		    "business_day=20220331 lines.0.tax_code=X taxes.0.code=X", "time.business_day",
		    "" },
		{ "a code of the other period", doc_indonesian, IN_COINS "business_day=20241231",
		    "tax.unknown cash.rounding time.business_day", "" },
		{ "another rate", doc_indonesian, IN_COINS, "tax.treatment",
		    "periods.1.tax_codes.3.rate_bp=1100" },
		{ "another base", doc_indonesian, IN_COINS, "tax.treatment",
		    "periods.1.tax_codes.3.base_denominator=13" },
		{ "the same base", doc_indonesian, IN_COINS, "", "periods.1.tax_codes.3."
		    "base_numerator=22 periods.1.tax_codes.3.base_denominator=24" },
		{ "not inclusive", doc_indonesian, IN_COINS, "tax.treatment",
		    "periods.1.tax_codes.3.inclusive=1" },
		{ "not by line", doc_indonesian, IN_COINS, "tax.treatment",
		    "periods.1.tax_codes.3.by_line=1" },
		{ "inclusive by line", doc_inclusive_by_line, "", "", "periods.1.tax_codes.3.code=PPN1 "
		    "periods.1.tax_codes.4.code=PPN2 periods.1.tax_codes.3.code=PPN "
		    "periods.1.tax_codes.3.base_numerator=1 periods.1.tax_codes.3.base_denominator=1 "
		    "periods.1.tax_codes.3.rate_bp=1100 periods.1.tax_codes.3.inclusive=1 "
		    "periods.1.tax_codes.3.by_line=1" },
	};

	(void)state;
	RULED_CASES(t);
}

static void
taxes_round_as_their_code_says(void **state)
{
	/* 954.25 and 114.48: both go down in every mode; of 11 %, 114.51 does not. */
	static const struct ruled_case t[] = {
		{ "half up", doc_indonesian, IN_COINS, "", "" },
		{ "a rate that gives 114.51", doc_indonesian, IN_COINS "taxes.0.base_numerator=0 "
		    "taxes.0.base_denominator=0 taxes.0.rate_bp=1100 taxes.0.taxable=1041 "
		    "taxes.0.amount=115 taxes.0.gross=1156 gross=1156 cash_rounding=44", "",
		    "periods.1.tax_codes.3.rate_bp=1100 periods.1.tax_codes.3.base_numerator=0 "
		    "periods.1.tax_codes.3.base_denominator=0" },
		{ "is 114 where it is cut off", doc_indonesian, IN_COINS "taxes.0.base_numerator=0 "
		    "taxes.0.base_denominator=0 taxes.0.rate_bp=1100 taxes.0.taxable=1041", "",
		    "periods.1.tax_codes.3.rate_bp=1100 periods.1.tax_codes.3.base_numerator=0 "
		    "periods.1.tax_codes.3.base_denominator=0 periods.1.tax_codes.3.rounding=3" },
		{ "by the code", doc_indonesian, IN_COINS "taxes.0.base_numerator=0 "
		    "taxes.0.base_denominator=0 taxes.0.rate_bp=1100 taxes.0.taxable=1041",
		    "tax.amount", "periods.1.tax_codes.3.rate_bp=1100 "
		    "periods.1.tax_codes.3.base_numerator=0 periods.1.tax_codes.3.base_denominator=0 "
		    "periods.1.tax_codes.3.rounding=1 periods.1.rounding=3" },
		{ "or by the period", doc_indonesian, IN_COINS "taxes.0.base_numerator=0 "
		    "taxes.0.base_denominator=0 taxes.0.rate_bp=1100 taxes.0.taxable=1041", "",
		    "periods.1.tax_codes.3.rate_bp=1100 periods.1.tax_codes.3.base_numerator=0 "
		    "periods.1.tax_codes.3.base_denominator=0 periods.1.rounding=3" },
		{ "an extended amount by the period", doc_indonesian,
		    IN_COINS "lines.0.unit_price=1040500", "", "" },
		{ "cut off", doc_indonesian, IN_COINS "lines.0.unit_price=1040500", "line.extended",
		    "periods.1.rounding=3" },
	};

	(void)state;
	RULED_CASES(t);
}

/* Rp 115 instead of 114. */
#define ONE_MORE "taxes.0.amount=115 taxes.0.gross=1156 gross=1156 cash_rounding=44 payable=1200 " \
    "tenders.0.change=800 "

static void
printed_taxes_are_believed_as_far_as_the_rules_say(void **state)
{
	static const struct ruled_case t[] = {
		{ "a rupiah more", doc_indonesian, ONE_MORE, "tax.amount", "" },
		{ "within tolerance", doc_indonesian, ONE_MORE, "", "periods.1.tax_tolerance=1" },
		{ "two within one", doc_indonesian, "taxes.0.amount=116 taxes.0.gross=1157 gross=1157 "
		    "cash_rounding=43 payable=1200 tenders.0.change=800", "tax.amount",
		    "periods.1.tax_tolerance=1" },
		{ "a rupiah less", doc_indonesian, "taxes.0.amount=113 taxes.0.gross=1154 gross=1154 "
		    "cash_rounding=46 payable=1200 tenders.0.change=800", "",
		    "periods.1.tax_tolerance=1" },
		{ "a taxable base within tolerance", doc_indonesian, IN_COINS "taxes.0.taxable=953", "",
		    "periods.1.tax_tolerance=1" },
		{ "but no sum", doc_indonesian, IN_COINS "taxes.0.gross=1156", "tax.gross",
		    "periods.1.tax_tolerance=1" },
		{ "a levy at any figure", doc_indonesian, "lines.0.tax_code=LEVY taxes.0.code=LEVY "
		    "taxes.0.taxable=7 taxes.0.amount=159 taxes.0.gross=1200 gross=1200 payable=1200 "
		    "tenders.0.change=800", "", "" },
		{ "whose sum is wrong", doc_indonesian, "lines.0.tax_code=LEVY taxes.0.code=LEVY "
		    "taxes.0.taxable=7 taxes.0.amount=159 taxes.0.gross=1201 gross=1200 payable=1200 "
		    "tenders.0.change=800", "tax.gross", "" },
		{ "reckoned the other way", doc_indonesian, "lines.0.tax_code=LEVY taxes.0.code=LEVY "
		    "taxes.0.taxable=7 taxes.0.amount=159 taxes.0.gross=1200 gross=1200 payable=1200 "
		    "tenders.0.change=800", "tax.taxable tax.amount tax.treatment",
		    "periods.1.tax_codes.1.by_line=1" },
	};

	(void)state;
	RULED_CASES(t);
}

static void
what_takes_goods_back_is_taxed_as_they_were(void **state)
{
	static const struct ruled_case t[] = {
		{ "a void of today", doc_voided, "cash_rounding=-45 payable=-1200 "
		    "tenders.0.change=-800 reason=salah", "", "" },
		{ "a void of what another code was", doc_voided, "cash_rounding=-45 payable=-1200 "
		    "tenders.0.change=-800 reason=salah lines.0.tax_code=PB1 taxes.0.code=PB1",
		    "tax.treatment", "" },
		{ "of the period before", doc_voided, "cash_rounding=-45 payable=-1200 "
		    "tenders.0.change=-800 reason=salah lines.0.tax_code=PB1 taxes.0.code=PB1",
		    "", "periods.0.tax_codes.1.rate_bp=1200 periods.0.tax_codes.1.base_numerator=11 "
		    "periods.0.tax_codes.1.base_denominator=12" },
		{ "which is no help to a sale", doc_indonesian, IN_COINS
		    "lines.0.tax_code=PB1 taxes.0.code=PB1", "tax.treatment",
		    "periods.0.tax_codes.1.rate_bp=1200 periods.0.tax_codes.1.base_numerator=11 "
		    "periods.0.tax_codes.1.base_denominator=12" },
		{ "nor is the future to a void of the past", doc_voided, "business_day=20241231 "
		    "reason=salah", "tax.unknown time.business_day", "" },
	};

	(void)state;
	RULED_CASES(t);
}

/* doc_discounted() with all of both live lines given away. */
#define GIVEN "lines.0.shares.0.amount=1000 lines.0.amount=0 lines.2.shares.0.amount=3000 " \
    "lines.2.amount=0 discounts.0.amount=4000 gross=0 payable=0 n_tenders=0 "

static void
somebody_allows_what_is_free(void **state)
{
	static const struct ruled_case t[] = {
		{ "given away", doc_discounted, GIVEN, "total.free", "" },
		{ "by a supervisor", doc_discounted, GIVEN "supervisor=budi", "", "" },
		{ "of the discount", doc_discounted, GIVEN "discounts.0.supervisor=budi", "", "" },
		{ "of a line's discount", doc_discounted,
		    GIVEN "lines.1.discounts.0.supervisor=budi", "", "" },
		{ "all but a rupiah", doc_discounted, GIVEN "lines.2.shares.0.amount=2900 "
		    "lines.2.amount=100 discounts.0.amount=3900 gross=100 payable=100 n_tenders=1 "
		    "tenders.0.tendered=100", "", "" },
		{ "without a rule set", doc_discounted, GIVEN, "", NULL },
		{ "an even exchange", doc_even_exchange, "", "", "" },
		{ "what has no price", doc_indonesian,
		    "lines.0.unit_price=0 lines.0.extended=0 lines.0.amount=0 taxes.0.tax_base=0 "
		    "taxes.0.taxable=0 taxes.0.amount=0 taxes.0.gross=0 gross=0 payable=0 "
		    "n_tenders=0", "", "" },
	};

	(void)state;
	RULED_CASES(t);
}

static void
the_day_is_the_one_that_the_cut_off_gives(void **state)
{
	/* 1795316400 is 10:00 of 22 November at the till; the day begins at 4:00. */
	static const struct ruled_case t[] = {
		{ "in the morning", doc_event, "", "", "" },
		{ "the day before", doc_event, "business_day=20261121", "time.business_day", "" },
		{ "at 4:00", doc_event, "at_us=1795294800000000", "", "" },
		{ "a moment before", doc_event, "at_us=1795294799999999", "time.business_day", "" },
		{ "of the day before", doc_event, "at_us=1795294799999999 business_day=20261121", "",
		    "" },
		{ "to the end", doc_event, "at_us=1795381199999999", "", "" },
		{ "and not further", doc_event, "at_us=1795381200000000", "time.business_day", "" },
		{ "of days that begin at midnight", doc_event, "at_us=1795280400000000", "",
		    "periods.1.day_begins_min=0" },
		{ "a moment before", doc_event, "at_us=1795280399999999", "time.business_day",
		    "periods.1.day_begins_min=0" },
		{ "without a rule set", doc_event, "business_day=20200101", "", NULL },
	};

	(void)state;
	RULED_CASES(t);
}

static void
coins_are_those_in_use(void **state)
{
	static const struct ruled_case t[] = {
		{ "as it should be", doc_counted, "", "", "" },
		{ "the smallest", doc_counted, "count.0.value=100", "", "" },
		{ "a smaller one", doc_counted, "count.0.value=50", "count.denomination", "" },
		{ "the largest", doc_counted, "count.0.value=50000", "", "" },
		{ "a larger one", doc_counted, "count.0.value=100000", "count.denomination", "" },
		{ "where none is listed", doc_counted, "count.0.value=50", "",
		    "periods.1.n_denominations=0" },
	};

	(void)state;
	RULED_CASES(t);
}

#define ASK(part) "periods.1.required.0=" part

static void
what_the_house_asks_for_is_noted_where_it_lacks(void **state)
{
	static const struct ruled_case t[] = {
		{ "a reason", doc_drawer_opened, "reason=kembalian", "", "" },
		{ "no reason", doc_drawer_opened, "", "document.incomplete", "" },
		{ "where none is needed", doc_event, "", "", "" },
		{ "no reason paid out", doc_cash_in, "type=11 movement.amount=-1", "document.incomplete",
		    "" },
		{ "no cashier", doc_cash_in, "cashier=", "document.incomplete", "" },
		{ "at an event", doc_event, "cashier=", "", "" },
		{ "no receipt number", doc_indonesian, IN_COINS "receipt_number=",
		    "document.incomplete", ASK("1") },
		{ "of what is no receipt", doc_counted, "receipt_number=", "", ASK("1") },
		{ "no shift", doc_indonesian, IN_COINS "shift=", "document.incomplete", ASK("3") },
		{ "of a count", doc_counted, "shift=", "document.incomplete", ASK("3") },
		{ "of an event", doc_event, "shift=", "", ASK("3") },
		{ "no name", doc_indonesian, IN_COINS, "document.incomplete", ASK("4") },
		{ "a name", doc_indonesian, IN_COINS "lines.0.name=Teh", "", ASK("4") },
		{ "no code", doc_indonesian, IN_COINS, "document.incomplete", ASK("5") },
		{ "a SKU", doc_indonesian, IN_COINS "lines.0.sku=1", "", ASK("5") },
		{ "a GTIN", doc_indonesian, IN_COINS "lines.0.gtin=96385074", "", ASK("5") },
		{ "of a tip", doc_indonesian, IN_COINS "lines.0.kind=4", "", ASK("5") },
		{ "no tax code", doc_many_tenders, "", "document.incomplete", ASK("6") },
		{ "a tax code", doc_indonesian, IN_COINS, "", ASK("6") },
		{ "of a tip", doc_many_tenders, "lines.0.kind=4", "", ASK("6") },
		{ "without a rule set", doc_drawer_opened, "cashier=", "", NULL },
	};

	(void)state;
	RULED_CASES(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cash_is_paid_in_steps),
		cmocka_unit_test(tax_codes_are_those_of_the_period),
		cmocka_unit_test(taxes_round_as_their_code_says),
		cmocka_unit_test(printed_taxes_are_believed_as_far_as_the_rules_say),
		cmocka_unit_test(what_takes_goods_back_is_taxed_as_they_were),
		cmocka_unit_test(somebody_allows_what_is_free),
		cmocka_unit_test(the_day_is_the_one_that_the_cut_off_gives),
		cmocka_unit_test(coins_are_those_in_use),
		cmocka_unit_test(what_the_house_asks_for_is_noted_where_it_lacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
