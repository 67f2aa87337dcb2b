#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/check_cases.h"

static void
lines_add_up(void **state)
{
	static const struct check_case t[] = {
		{ "as it should be", doc_discounted, "", "" },
		{ "numbered from 0", doc_indonesian, "lines.0.number=0", "line.numbering" },
		{ "a gap", doc_discounted, "lines.2.number=4", "line.numbering" },
		{ "no kind", doc_indonesian, "lines.0.kind=0", "line.kind" },
		{ "a kind past the last", doc_indonesian, "lines.0.kind=14", "line.kind" },
		{ "a huge kind", doc_indonesian, "lines.0.kind=-2147483648", "line.kind" },
		{ "a tip", doc_indonesian, "lines.0.kind=4", "" },
		{ "goods that come back in a sale", doc_indonesian, "lines.0.kind=2",
		    "line.kind line.quantity" },
		{ "goods that leave in a return", doc_returned, "lines.0.kind=1",
		    "line.kind line.quantity" },
		{ "a negative price", doc_indonesian,
		    "lines.0.unit_price=-1041000 lines.0.quantity=-1000",
		    "line.price line.quantity" },
		{ "a free line", doc_indonesian,
		    "lines.0.unit_price=0 lines.0.extended=0 lines.0.amount=0 taxes.0.tax_base=0 "
		    "taxes.0.taxable=0 taxes.0.amount=0 taxes.0.gross=0 gross=0 payable=0 "
		    "n_tenders=0", "" },
		{ "quantity 0", doc_indonesian, "lines.0.quantity=0", "line.quantity line.extended" },
		{ "sold backwards", doc_discounted, "lines.0.quantity=-1000",
		    "line.quantity line.extended" },
		{ "returned forwards", doc_returned, "lines.0.quantity=1000",
		    "line.quantity line.extended" },
		{ "a void of a sale has them reversed", doc_voided, "", "" },
		{ "a void with a line forwards", doc_voided, "lines.0.quantity=1000",
		    "line.quantity line.extended" },
		{ "rounded down where half goes up", doc_discounted,
		    "lines.0.unit_price=1000499", "" },
		{ "half a rupiah more", doc_discounted, "lines.0.unit_price=1000500", "line.extended" },
		{ "one rupiah less", doc_discounted, "lines.0.unit_price=999499", "line.extended" },
		{ "an amount that is not extended less discounts", doc_discounted,
		    "lines.1.amount=1501 lines.3.amount=-1501", "line.amount" },
		{ "an extension past 64 bits", doc_indonesian,
		    "lines.0.quantity=9223372036854775807 lines.0.unit_price=9223372036854775807",
		    "amount.overflow" },
		{ "a good GTIN-13", doc_indonesian, "lines.0.gtin=4006381333931", "" },
		{ "its check digit off by one", doc_indonesian, "lines.0.gtin=4006381333932",
		    "line.gtin" },
		{ "a good GTIN-8", doc_indonesian, "lines.0.gtin=96385074", "" },
		{ "a good GTIN-12", doc_indonesian, "lines.0.gtin=036000291452", "" },
		{ "a good GTIN-14", doc_indonesian, "lines.0.gtin=10614141000415", "" },
		{ "nine digits", doc_indonesian, "lines.0.gtin=963850740", "line.gtin" },
		{ "a letter", doc_indonesian, "lines.0.gtin=9638507A", "line.gtin" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
voided_lines_negate_an_earlier_one_once(void **state)
{
	static const struct check_case t[] = {
		{ "names no line", doc_discounted, "lines.3.voids_line=0", "line.void_target" },
		{ "names itself", doc_discounted, "lines.3.voids_line=4", "line.void_target" },
		{ "names another", doc_discounted, "lines.3.voids_line=1", "line.void_target" },
		{ "names one past all", doc_discounted, "lines.3.voids_line=4294967295",
		    "line.void_target" },
		{ "names one that has not come", doc_discounted,
		    "lines.1.kind=13 lines.1.voids_line=3 lines.3.kind=2",
		    "line.kind line.void_target" },
		{ "an item names a line", doc_discounted, "lines.2.voids_line=1", "line.void_target" },
		{ "of another tax", doc_discounted, "lines.3.tax_code=X", "line.void_target tax.code" },
		{ "only part of it", doc_discounted, "lines.3.quantity=-1000 lines.3.extended=-1000 "
		    "lines.3.amount=-500 gross=4900 payable=4900 tenders.0.tendered=4900",
		    "line.void_target" },
		{ "twice", doc_discounted, "lines.2.kind=13 lines.2.voids_line=2 lines.2.quantity=-2000 "
		    "lines.2.extended=-2000 lines.2.n_shares=0 lines.2.amount=-2000 "
		    "discounts.0.amount=34 gross=-1034 payable=-1034 tenders.0.tendered=-1034",
		    "line.void_target" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
discounts_fit_their_lines_and_are_shared_exactly(void **state)
{
	static const struct check_case t[] = {
		{ "all of the line", doc_discounted, "lines.1.discounts.0.amount=2000 lines.1.amount=0 "
		    "lines.3.discounts.0.amount=-2000 lines.3.amount=0", "" },
		{ "one more than the line", doc_discounted,
		    "lines.1.discounts.0.amount=2001 lines.1.amount=-1 "
		    "lines.3.discounts.0.amount=-2001 lines.3.amount=1", "discount.exceeds_line" },
		{ "a discount that adds", doc_discounted,
		    "lines.1.discounts.0.amount=-1 lines.1.amount=2001 "
		    "lines.3.discounts.0.amount=1 lines.3.amount=-2001", "discount.exceeds_line" },
		{ "a discount of nothing on what is free", doc_discounted,
		    "lines.1.unit_price=0 lines.1.extended=0 lines.1.discounts.0.amount=0 "
		    "lines.1.amount=0 lines.3.unit_price=0 lines.3.extended=0 "
		    "lines.3.discounts.0.amount=0 lines.3.amount=0", "" },
		{ "one that adds to what is free", doc_discounted,
		    "lines.1.unit_price=0 lines.1.extended=0 lines.1.discounts.0.amount=-1 "
		    "lines.1.amount=1 lines.3.unit_price=0 lines.3.extended=0 "
		    "lines.3.discounts.0.amount=1 lines.3.amount=-1", "discount.exceeds_line" },
		{ "a share too much", doc_discounted, "lines.0.shares.0.amount=35 lines.0.amount=965 "
		    "gross=3899 payable=3899 tenders.0.tendered=3899", "discount.shares" },
		{ "shares moved between lines", doc_discounted,
		    "lines.0.shares.0.amount=35 lines.0.amount=965 lines.2.shares.0.amount=65 "
		    "lines.2.amount=2935", "" },
		{ "a share of no discount", doc_discounted, "lines.0.shares.0.discount=2",
		    "discount.shares" },
		{ "a share of discount 0", doc_discounted, "lines.0.shares.0.discount=0",
		    "discount.shares" },
		{ "discounts numbered from 2", doc_discounted, "discounts.0.number=2",
		    "discount.shares" },
		{ "a discount that no line shares", doc_discounted, "discounts.0.amount=101",
		    "discount.shares" },
	};

	(void)state;
	CHECK_CASES(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_add_up),
		cmocka_unit_test(voided_lines_negate_an_earlier_one_once),
		cmocka_unit_test(discounts_fit_their_lines_and_are_shared_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
