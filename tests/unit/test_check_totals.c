#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/check_cases.h"

static void
tax_follows_from_the_lines(void **state)
{
	static const struct check_case t[] = {
		{ "114 on 1,041", doc_indonesian, "taxes.0.taxable=954 taxes.0.amount=114", "" },
		{ "a plain 11 % gives 115", doc_indonesian, "taxes.0.amount=115 taxes.0.gross=1156 "
		    "gross=1156 payable=1156 tenders.0.change=844", "tax.amount" },
		{ "113", doc_indonesian, "taxes.0.amount=113 taxes.0.gross=1154 gross=1154 "
		    "payable=1154 tenders.0.change=846", "tax.amount" },
		{ "taxable 955", doc_indonesian, "taxes.0.taxable=955 taxes.0.amount=115 "
		    "taxes.0.gross=1156 gross=1156 payable=1156 tenders.0.change=844",
		    "tax.taxable" },
		{ "base 1,040", doc_indonesian, "taxes.0.tax_base=1040 taxes.0.taxable=953 "
		    "taxes.0.gross=1154 gross=1154 payable=1154 tenders.0.change=846", "tax.base" },
		{ "gross is not base and tax", doc_indonesian, "taxes.0.gross=1154", "tax.gross" },
		{ "a line's code without figures", doc_indonesian, "lines.0.tax_code=PB1",
		    "tax.code tax.base total.gross" },
		{ "codes without any figures", doc_inclusive_by_document, "n_taxes=0",
		    "tax.code" },
		{ "figures without a line", doc_inclusive_by_document,
		    "lines.0.tax_code= lines.1.tax_code= taxes.0.gross=0 taxes.0.tax_base=0 "
		    "taxes.0.taxable=0 taxes.0.amount=0", "tax.code" },
		{ "tax by line where it is by document", doc_indonesian, "lines.0.tax=114",
		    "tax.amount" },
		{ "the overflow of a sum", doc_discounted, "lines.0.amount=9223372036854775807 "
		    "lines.2.amount=9223372036854775807",
		    "amount.overflow line.amount" },
		{ "a huge rate", doc_indonesian, "taxes.0.rate_bp=4294967295 "
		    "taxes.0.base_numerator=4294967295 taxes.0.base_denominator=1 "
		    "taxes.0.tax_base=9223372036854775807",
		    "amount.overflow tax.base tax.amount" },
		{ "denominator 0 stands for 1", doc_indonesian, "taxes.0.base_numerator=0 "
		    "taxes.0.base_denominator=0 taxes.0.taxable=1041 taxes.0.amount=125 "
		    "taxes.0.gross=1166 gross=1166 payable=1166 tenders.0.change=834", "" },

		{ "inclusive", doc_inclusive_by_document, "taxes.0.gross=3833 taxes.0.tax_base=3453 "
		    "taxes.0.amount=380", "" },
		{ "a rupiah of tax more", doc_inclusive_by_document,
		    "taxes.0.amount=381 taxes.0.tax_base=3452 taxes.0.taxable=3452", "tax.base" },
		{ "tax and base exceed gross", doc_inclusive_by_document, "taxes.0.amount=381",
		    "tax.amount" },
		{ "gross is not the lines", doc_inclusive_by_document,
		    "taxes.0.gross=3834 taxes.0.tax_base=3454 taxes.0.taxable=3454 gross=3834 "
		    "payable=3834 tenders.0.tendered=3834", "tax.gross" },
		{ "taxable is not base", doc_inclusive_by_document, "taxes.0.taxable=3454",
		    "tax.taxable" },

		/* 1,500 holds 149 (148.6), 2,333 holds 231 (231.2). */
		{ "by line", doc_inclusive_by_line, "lines.0.tax=149 lines.1.tax=231 "
		    "taxes.0.amount=380", "" },
		{ "a rupiah moved between lines", doc_inclusive_by_line,
		    "lines.0.tax=148 lines.1.tax=232", "tax.amount" },
		{ "a sum that is not the lines'", doc_inclusive_by_line,
		    "taxes.0.amount=381 taxes.0.gross=3834", "tax.amount total.gross" },
		{ "by line, taxable", doc_inclusive_by_line, "taxes.0.taxable=1", "tax.taxable" },
		{ "by line, base", doc_inclusive_by_line, "taxes.0.tax_base=3452", "tax.base tax.gross" },
	};

	(void)state;
	CHECK_CASES(t);
}

static void
totals_follow_from_lines_and_tax(void **state)
{
	static const struct check_case t[] = {
		{ "gross one too much", doc_indonesian, "gross=1156 payable=1156 tenders.0.change=844",
		    "total.gross" },
		{ "rounded up to coins", doc_indonesian,
		    "cash_rounding=45 payable=1200 tenders.0.change=800", "" },
		{ "rounding not in the total", doc_indonesian, "cash_rounding=45", "total.payable" },
		{ "no lines at all", doc_drawer_opened, "type=1", "total.empty" },
		{ "a total past 64 bits", doc_discounted,
		    "gross=9223372036854775807 cash_rounding=1 payable=9223372036854775807 "
		    "tenders.0.tendered=9223372036854775807", "amount.overflow total.gross" },
	};

	(void)state;
	CHECK_CASES(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tax_follows_from_the_lines),
		cmocka_unit_test(totals_follow_from_lines_and_tax),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
