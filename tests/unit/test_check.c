#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/proto.h"
#include "tests/support/make_parts.h"
#include "tests/support/txn_set.h"

#define LINE(k) KASIR__V1__LINE_KIND__##k
#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

static struct arena arena;

static Kasir__V1__Line *
line(Kasir__V1__Transaction *doc, Kasir__V1__LineKind kind, int64_t quantity, int64_t unit_price,
    const char *code)
{
	Kasir__V1__Line *l = make_add_line(&arena, doc, kind);

	l->quantity = quantity;
	l->unit_price = unit_price;
	l->extended = l->amount = make_quotient(quantity * unit_price, 1000000);
	l->tax_code = arena_text(&arena, code);
	return l;
}

static void
share(Kasir__V1__Line *l, uint32_t discount, int64_t amount)
{
	Kasir__V1__DiscountShare *s = arena_alloc(&arena, sizeof *s);

	kasir__v1__discount_share__init(s);
	s->discount = discount;
	s->amount = amount;
	l->shares[l->n_shares++] = s;
	l->amount -= amount;
}

/* Rp 1.041 with PPN of 12 % on 11/12: taxable 954, tax 114, where a plain 11 % gives 115. */
static Kasir__V1__Transaction *
indonesian(void)
{
	Kasir__V1__Transaction *doc = make_document(&arena, TYPE(SALE));
	Kasir__V1__Tax *tax = make_add_tax(&arena, doc, "PPN");

	line(doc, LINE(ITEM), 1000, 1041000, "PPN");
	tax->rate_bp = 1200;
	tax->base_numerator = 11;
	tax->base_denominator = 12;
	make_reckon(doc);
	make_add_tender(&arena, doc, KASIR__V1__TENDER_KIND__CASH, 2000)->change = 845;
	return doc;
}

/* The same with the tax in the price, line by line: 1,500 and 2,333. */
static Kasir__V1__Transaction *
inclusive(bool by_line)
{
	Kasir__V1__Transaction *doc = make_document(&arena, TYPE(SALE));
	Kasir__V1__Tax *tax = make_add_tax(&arena, doc, "PPN");

	line(doc, LINE(ITEM), 1000, 1500000, "PPN");
	line(doc, LINE(ITEM), 1000, 2333000, "PPN");
	tax->rate_bp = 1100;
	tax->inclusive = true;
	tax->by_line = by_line;
	make_reckon(doc);
	make_add_tender(&arena, doc, KASIR__V1__TENDER_KIND__DEBIT, doc->payable);
	return doc;
}

static Kasir__V1__Transaction *
inclusive_by_document(void)
{
	return inclusive(false);
}

static Kasir__V1__Transaction *
inclusive_by_line(void)
{
	return inclusive(true);
}

/* Three lines of 1,000, 2,000 and 3,000, outside tax: the second with 500 off, a document
 * discount of 100 shared 34 and 66 over first and third, a fourth voiding the second. */
static Kasir__V1__Transaction *
discounted(void)
{
	Kasir__V1__Transaction *doc = make_document(&arena, TYPE(SALE));
	Kasir__V1__Discount *d = arena_alloc(&arena, sizeof *d);
	Kasir__V1__Line *l;

	kasir__v1__discount__init(d);
	d->number = 1;
	d->amount = 100;
	doc->discounts[doc->n_discounts++] = d;
	share(line(doc, LINE(ITEM), 1000, 1000000, ""), 1, 34);
	l = line(doc, LINE(ITEM), 2000, 1000000, "");
	kas_assert(make_add_discount(&arena, l, "Promo", 500));
	share(line(doc, LINE(ITEM), 3000, 1000000, ""), 1, 66);
	l = line(doc, LINE(LINE_VOID), -2000, 1000000, "");
	kas_assert(make_add_discount(&arena, l, "Promo", -500));
	l->voids_line = 2;
	make_reckon(doc);
	make_add_tender(&arena, doc, KASIR__V1__TENDER_KIND__CASH, doc->payable);
	return doc;
}

/* 20,000 paid with 4,000 of a voucher of 5,000, with a dollar at 16,234.5 of which 6,235 are
 * change, and with 6,000 on a debit card that also gave 50,000 in cash. */
static Kasir__V1__Transaction *
many_tenders(void)
{
	Kasir__V1__Transaction *doc = make_document(&arena, TYPE(SALE));
	Kasir__V1__Foreign *f = arena_alloc(&arena, sizeof *f);
	Kasir__V1__Tender *t;

	line(doc, LINE(ITEM), 1000, 20000000, "");
	make_reckon(doc);
	t = make_add_tender(&arena, doc, KASIR__V1__TENDER_KIND__VOUCHER, 5000);
	t->forfeit = 1000;
	kasir__v1__foreign__init(f);
	f->currency = arena_text(&arena, "USD");
	f->exponent = 2;
	f->amount = 100;
	f->rate_e8 = UINT64_C(16234500000);	/* one cent is 162.345 */
	t = make_add_tender(&arena, doc, KASIR__V1__TENDER_KIND__CASH_FOREIGN, 16235);
	t->foreign = f;
	t->change = 6235;
	t = make_add_tender(&arena, doc, KASIR__V1__TENDER_KIND__DEBIT, 56000);
	t->cash_back = 50000;
	return doc;
}

static Kasir__V1__Transaction *
returned(void)
{
	Kasir__V1__Transaction *doc = make_document(&arena, TYPE(RETURN));

	kas_assert(make_set_original(&arena, doc, &(struct make_original){ "front", 1, 41 }));
	line(doc, LINE(RETURN_ITEM), -1000, 1000000, "");
	make_reckon(doc);
	make_add_tender(&arena, doc, KASIR__V1__TENDER_KIND__CASH, -1000);
	return doc;
}

static Kasir__V1__Transaction *
voided(void)
{
	return make_void(&arena, indonesian(), &(struct make_original){ "front", 1, 41 });
}

static Kasir__V1__Transaction *
drawer_opened(void)
{
	return make_document(&arena, TYPE(NO_SALE));
}

struct broken_case {
	const char *what;
	Kasir__V1__Transaction *(*make)(void);
	const char *changes;
	const char *want;	/* names of broken rules and notes, ascending by number */
};

static void
list_names(const struct rule_set *s, char *to, size_t room)
{
	rule_id ids[RULES_MAX];
	char name[RULE_NAME_MAX];
	size_t i, n = rule_set_list(s, ids), used;

	for (i = 0; i < n; i++) {
		rule_name(ids[i], name);
		used = strlen(to);
		snprintf(to + used, room - used, "%s%s", used > 0 ? " " : "", name);
	}
}

static void
judge(const struct broken_case *t, size_t n)
{
	struct rule_set broken, notes;
	Kasir__V1__Transaction *doc;
	char got[1024];
	size_t i;

	for (i = 0; i < n; i++) {
		arena_reset(&arena);
		doc = t[i].make();
		txn_set(&arena, &doc->base, t[i].changes);
		broken = notes = (struct rule_set){ 0 };
		check_document(doc, &make_settings, &broken, &notes);
		got[0] = '\0';
		list_names(&broken, got, sizeof got);
		list_names(&notes, got, sizeof got);
		if (strcmp(got, t[i].want) != 0)
			fail_msg("%s (%s): got \"%s\", not \"%s\"", t[i].what, t[i].changes, got,
			    t[i].want);
	}
}
#define JUDGE(t) judge(t, sizeof(t) / sizeof((t)[0]))

static void
every_document_must_state_what_it_is(void **state)
{
	static const struct broken_case t[] = {
		{ "as it should be", indonesian, "", "" },
		{ "schema 0", indonesian, "schema=0", "payload.schema" },
		{ "schema 2 is not judged by the rules of 1", indonesian, "schema=2 gross=9",
		    "payload.schema" },
		{ "no type", drawer_opened, "type=0", "type.unknown" },
		{ "the last known type", drawer_opened, "type=27", "" },
		{ "one past it", drawer_opened, "type=28", "type.unknown" },
		{ "another currency", indonesian, "currency=USD", "currency.foreign" },
		{ "another exponent", indonesian, "exponent=2", "currency.foreign" },
		{ "a drawer in another currency", drawer_opened, "currency=USD", "currency.foreign" },
		{ "not UTF-8 at the top", drawer_opened, "cashier=\xff", "text.not_utf8" },
		{ "UTF-8 at the top", drawer_opened, "cashier=\xc3\xa9", "" },
		{ "not UTF-8 in a line", indonesian, "lines.0.name=\xc3", "text.not_utf8" },
		{ "not UTF-8 in a message in a tender", many_tenders,
		    "tenders.1.foreign.currency=\xed\xa0\x80", "text.not_utf8" },
		{ "29 February of a leap year", drawer_opened, "business_day=20240229", "" },
		{ "of another", drawer_opened, "business_day=20230229", "time.day" },
		{ "of a century", drawer_opened, "business_day=21000229", "time.day" },
		{ "of the fourth century", drawer_opened, "business_day=20000229", "" },
		{ "31 April", drawer_opened, "business_day=20260431", "time.day" },
		{ "month 13", drawer_opened, "business_day=20261301", "time.day" },
		{ "month 0", drawer_opened, "business_day=20260001", "time.day" },
		{ "day 0", drawer_opened, "business_day=20261200", "time.day" },
		{ "31 December", drawer_opened, "business_day=20261231", "" },
		{ "no day", drawer_opened, "business_day=0", "time.day" },
		{ "year 10000", drawer_opened, "business_day=100000101", "time.day" },
	};

	(void)state;
	JUDGE(t);
}

static void
lines_add_up(void **state)
{
	static const struct broken_case t[] = {
		{ "as it should be", discounted, "", "" },
		{ "numbered from 0", indonesian, "lines.0.number=0", "line.numbering" },
		{ "a gap", discounted, "lines.2.number=4", "line.numbering" },
		{ "no kind", indonesian, "lines.0.kind=0", "line.kind" },
		{ "a kind past the last", indonesian, "lines.0.kind=14", "line.kind" },
		{ "a huge kind", indonesian, "lines.0.kind=-2147483648", "line.kind" },
		{ "a tip", indonesian, "lines.0.kind=4", "" },
		{ "goods that come back in a sale", indonesian, "lines.0.kind=2",
		    "line.kind line.quantity" },
		{ "goods that leave in a return", returned, "lines.0.kind=1",
		    "line.kind line.quantity" },
		{ "a negative price", indonesian,
		    "lines.0.unit_price=-1041000 lines.0.quantity=-1000",
		    "line.price line.quantity" },
		{ "a free line", indonesian,
		    "lines.0.unit_price=0 lines.0.extended=0 lines.0.amount=0 taxes.0.tax_base=0 "
		    "taxes.0.taxable=0 taxes.0.amount=0 taxes.0.gross=0 gross=0 payable=0 "
		    "n_tenders=0", "" },
		{ "quantity 0", indonesian, "lines.0.quantity=0", "line.quantity line.extended" },
		{ "sold backwards", discounted, "lines.0.quantity=-1000",
		    "line.quantity line.extended" },
		{ "returned forwards", returned, "lines.0.quantity=1000",
		    "line.quantity line.extended" },
		{ "a void of a sale has them reversed", voided, "", "" },
		{ "a void with a line forwards", voided, "lines.0.quantity=1000",
		    "line.quantity line.extended" },
		{ "rounded down where half goes up", discounted,
		    "lines.0.unit_price=1000499", "" },
		{ "half a rupiah more", discounted, "lines.0.unit_price=1000500", "line.extended" },
		{ "one rupiah less", discounted, "lines.0.unit_price=999499", "line.extended" },
		{ "an amount that is not extended less discounts", discounted,
		    "lines.1.amount=1501 lines.3.amount=-1501", "line.amount" },
		{ "an extension past 64 bits", indonesian,
		    "lines.0.quantity=9223372036854775807 lines.0.unit_price=9223372036854775807",
		    "amount.overflow" },
		{ "a good GTIN-13", indonesian, "lines.0.gtin=4006381333931", "" },
		{ "its check digit off by one", indonesian, "lines.0.gtin=4006381333932",
		    "line.gtin" },
		{ "a good GTIN-8", indonesian, "lines.0.gtin=96385074", "" },
		{ "a good GTIN-12", indonesian, "lines.0.gtin=036000291452", "" },
		{ "a good GTIN-14", indonesian, "lines.0.gtin=10614141000415", "" },
		{ "nine digits", indonesian, "lines.0.gtin=963850740", "line.gtin" },
		{ "a letter", indonesian, "lines.0.gtin=9638507A", "line.gtin" },
	};

	(void)state;
	JUDGE(t);
}

static void
voided_lines_negate_an_earlier_one_once(void **state)
{
	static const struct broken_case t[] = {
		{ "names no line", discounted, "lines.3.voids_line=0", "line.void_target" },
		{ "names itself", discounted, "lines.3.voids_line=4", "line.void_target" },
		{ "names another", discounted, "lines.3.voids_line=1", "line.void_target" },
		{ "names one past all", discounted, "lines.3.voids_line=4294967295",
		    "line.void_target" },
		{ "names one that has not come", discounted,
		    "lines.1.kind=13 lines.1.voids_line=3 lines.3.kind=2",
		    "line.kind line.void_target" },
		{ "an item names a line", discounted, "lines.2.voids_line=1", "line.void_target" },
		{ "of another tax", discounted, "lines.3.tax_code=X", "line.void_target tax.code" },
		{ "only part of it", discounted, "lines.3.quantity=-1000 lines.3.extended=-1000 "
		    "lines.3.amount=-500 gross=4900 payable=4900 tenders.0.tendered=4900",
		    "line.void_target" },
		{ "twice", discounted, "lines.2.kind=13 lines.2.voids_line=2 lines.2.quantity=-2000 "
		    "lines.2.extended=-2000 lines.2.n_shares=0 lines.2.amount=-2000 "
		    "discounts.0.amount=34 gross=-1034 payable=-1034 tenders.0.tendered=-1034",
		    "line.void_target" },
	};

	(void)state;
	JUDGE(t);
}

static void
discounts_fit_their_lines_and_are_shared_exactly(void **state)
{
	static const struct broken_case t[] = {
		{ "all of the line", discounted, "lines.1.discounts.0.amount=2000 lines.1.amount=0 "
		    "lines.3.discounts.0.amount=-2000 lines.3.amount=0", "" },
		{ "one more than the line", discounted,
		    "lines.1.discounts.0.amount=2001 lines.1.amount=-1 "
		    "lines.3.discounts.0.amount=-2001 lines.3.amount=1", "discount.exceeds_line" },
		{ "a discount that adds", discounted,
		    "lines.1.discounts.0.amount=-1 lines.1.amount=2001 "
		    "lines.3.discounts.0.amount=1 lines.3.amount=-2001", "discount.exceeds_line" },
		{ "a discount of nothing on what is free", discounted,
		    "lines.1.unit_price=0 lines.1.extended=0 lines.1.discounts.0.amount=0 "
		    "lines.1.amount=0 lines.3.unit_price=0 lines.3.extended=0 "
		    "lines.3.discounts.0.amount=0 lines.3.amount=0", "" },
		{ "one that adds to what is free", discounted,
		    "lines.1.unit_price=0 lines.1.extended=0 lines.1.discounts.0.amount=-1 "
		    "lines.1.amount=1 lines.3.unit_price=0 lines.3.extended=0 "
		    "lines.3.discounts.0.amount=1 lines.3.amount=-1", "discount.exceeds_line" },
		{ "a share too much", discounted, "lines.0.shares.0.amount=35 lines.0.amount=965 "
		    "gross=3899 payable=3899 tenders.0.tendered=3899", "discount.shares" },
		{ "shares moved between lines", discounted,
		    "lines.0.shares.0.amount=35 lines.0.amount=965 lines.2.shares.0.amount=65 "
		    "lines.2.amount=2935", "" },
		{ "a share of no discount", discounted, "lines.0.shares.0.discount=2",
		    "discount.shares" },
		{ "a share of discount 0", discounted, "lines.0.shares.0.discount=0",
		    "discount.shares" },
		{ "discounts numbered from 2", discounted, "discounts.0.number=2",
		    "discount.shares" },
		{ "a discount that no line shares", discounted, "discounts.0.amount=101",
		    "discount.shares" },
	};

	(void)state;
	JUDGE(t);
}

static void
tax_follows_from_the_lines(void **state)
{
	static const struct broken_case t[] = {
		{ "114 on 1,041", indonesian, "taxes.0.taxable=954 taxes.0.amount=114", "" },
		{ "a plain 11 % gives 115", indonesian, "taxes.0.amount=115 taxes.0.gross=1156 "
		    "gross=1156 payable=1156 tenders.0.change=844", "tax.amount" },
		{ "113", indonesian, "taxes.0.amount=113 taxes.0.gross=1154 gross=1154 "
		    "payable=1154 tenders.0.change=846", "tax.amount" },
		{ "taxable 955", indonesian, "taxes.0.taxable=955 taxes.0.amount=115 "
		    "taxes.0.gross=1156 gross=1156 payable=1156 tenders.0.change=844",
		    "tax.taxable" },
		{ "base 1,040", indonesian, "taxes.0.tax_base=1040 taxes.0.taxable=953 "
		    "taxes.0.gross=1154 gross=1154 payable=1154 tenders.0.change=846", "tax.base" },
		{ "gross is not base and tax", indonesian, "taxes.0.gross=1154", "tax.gross" },
		{ "a line's code without figures", indonesian, "lines.0.tax_code=PB1",
		    "tax.code tax.base total.gross" },
		{ "codes without any figures", inclusive_by_document, "n_taxes=0",
		    "tax.code" },
		{ "figures without a line", inclusive_by_document,
		    "lines.0.tax_code= lines.1.tax_code= taxes.0.gross=0 taxes.0.tax_base=0 "
		    "taxes.0.taxable=0 taxes.0.amount=0", "tax.code" },
		{ "tax by line where it is by document", indonesian, "lines.0.tax=114",
		    "tax.amount" },
		{ "the overflow of a sum", discounted, "lines.0.amount=9223372036854775807 "
		    "lines.2.amount=9223372036854775807",
		    "amount.overflow line.amount" },
		{ "a huge rate", indonesian, "taxes.0.rate_bp=4294967295 "
		    "taxes.0.base_numerator=4294967295 taxes.0.base_denominator=1 "
		    "taxes.0.tax_base=9223372036854775807",
		    "amount.overflow tax.base tax.amount" },
		{ "denominator 0 stands for 1", indonesian, "taxes.0.base_numerator=0 "
		    "taxes.0.base_denominator=0 taxes.0.taxable=1041 taxes.0.amount=125 "
		    "taxes.0.gross=1166 gross=1166 payable=1166 tenders.0.change=834", "" },

		{ "inclusive", inclusive_by_document, "taxes.0.gross=3833 taxes.0.tax_base=3453 "
		    "taxes.0.amount=380", "" },
		{ "a rupiah of tax more", inclusive_by_document,
		    "taxes.0.amount=381 taxes.0.tax_base=3452 taxes.0.taxable=3452", "tax.base" },
		{ "tax and base exceed gross", inclusive_by_document, "taxes.0.amount=381",
		    "tax.amount" },
		{ "gross is not the lines", inclusive_by_document,
		    "taxes.0.gross=3834 taxes.0.tax_base=3454 taxes.0.taxable=3454 gross=3834 "
		    "payable=3834 tenders.0.tendered=3834", "tax.gross" },
		{ "taxable is not base", inclusive_by_document, "taxes.0.taxable=3454",
		    "tax.taxable" },

		/* 1,500 holds 149 (148.6), 2,333 holds 231 (231.2). */
		{ "by line", inclusive_by_line, "lines.0.tax=149 lines.1.tax=231 "
		    "taxes.0.amount=380", "" },
		{ "a rupiah moved between lines", inclusive_by_line,
		    "lines.0.tax=148 lines.1.tax=232", "tax.amount" },
		{ "a sum that is not the lines'", inclusive_by_line,
		    "taxes.0.amount=381 taxes.0.gross=3834", "tax.amount total.gross" },
		{ "by line, taxable", inclusive_by_line, "taxes.0.taxable=1", "tax.taxable" },
		{ "by line, base", inclusive_by_line, "taxes.0.tax_base=3452", "tax.base tax.gross" },
	};

	(void)state;
	JUDGE(t);
}

static void
totals_follow_from_lines_and_tax(void **state)
{
	static const struct broken_case t[] = {
		{ "gross one too much", indonesian, "gross=1156 payable=1156 tenders.0.change=844",
		    "total.gross" },
		{ "rounded up to coins", indonesian,
		    "cash_rounding=45 payable=1200 tenders.0.change=800", "" },
		{ "rounding not in the total", indonesian, "cash_rounding=45", "total.payable" },
		{ "no lines at all", drawer_opened, "type=1", "total.empty" },
		{ "a total past 64 bits", discounted,
		    "gross=9223372036854775807 cash_rounding=1 payable=9223372036854775807 "
		    "tenders.0.tendered=9223372036854775807", "amount.overflow total.gross" },
	};

	(void)state;
	JUDGE(t);
}

static void
tenders_settle_the_total(void **state)
{
	static const struct broken_case t[] = {
		{ "as it should be", many_tenders, "", "" },
		{ "too little change", indonesian, "tenders.0.change=844", "tender.sum" },
		{ "too much change", indonesian, "tenders.0.change=846", "tender.sum" },
		{ "nothing tendered", indonesian, "n_tenders=0", "tender.sum" },
		{ "a kind past the last", indonesian, "tenders.0.kind=16",
		    "tender.kind cash.change_on_card" },
		{ "no kind", discounted, "tenders.0.kind=0", "tender.kind" },
		{ "a negative kind", discounted, "tenders.0.kind=-1", "tender.kind" },
		{ "the last kind", discounted, "tenders.0.kind=15", "" },
		{ "no state", discounted, "tenders.0.state=0", "tender.kind" },
		{ "pending", discounted, "tenders.0.state=2", "" },
		{ "reversed pays nothing", discounted, "tenders.0.state=4", "tender.sum" },
		{ "a state past the last", discounted, "tenders.0.state=5", "tender.kind" },
		{ "change on a card", indonesian, "tenders.0.kind=3", "cash.change_on_card" },
		{ "change on QRIS", indonesian, "tenders.0.kind=5", "cash.change_on_card" },
		{ "negative change", indonesian, "tenders.0.tendered=1150 tenders.0.change=-5",
		    "cash.change" },
		{ "all of it in change", many_tenders, "tenders.1.change=16235 "
		    "tenders.2.tendered=66000", "" },
		{ "more change than tendered", many_tenders, "tenders.1.change=16236 "
		    "tenders.2.tendered=66001", "cash.change" },
		{ "cash back on cash", many_tenders, "tenders.2.kind=1", "tender.kind" },
		{ "forfeit on a card", many_tenders, "tenders.0.kind=4", "tender.kind" },
		{ "a tender the other way", many_tenders, "tenders.2.tendered=-1000 "
		    "tenders.2.cash_back=0 tenders.0.tendered=12000",
		    "tender.sign" },
		{ "a sale that pays out", discounted, "tenders.0.tendered=-3900",
		    "tender.sum tender.sign" },
		{ "a return that takes in", returned, "tenders.0.tendered=1000",
		    "tender.sum tender.sign" },
		{ "change in a return", returned, "tenders.0.tendered=-500 tenders.0.change=500",
		    "cash.change" },
		{ "a void with its change negated", voided, "", "" },
		{ "a void with change forwards", voided,
		    "tenders.0.change=845 tenders.0.tendered=-310", "cash.change" },
		{ "applied past 64 bits", many_tenders,
		    "tenders.0.tendered=9223372036854775807 tenders.0.forfeit=0",
		    "amount.overflow" },
	};

	(void)state;
	JUDGE(t);
}

static void
foreign_cash_is_its_amount_at_the_rate(void **state)
{
	static const struct broken_case t[] = {
		{ "16,234.5 is 16,235", many_tenders, "tenders.1.tendered=16235", "" },
		{ "not 16,234", many_tenders, "tenders.1.tendered=16234 tenders.1.change=6234",
		    "foreign.amount" },
		{ "16,234.49 is 16,234", many_tenders, "tenders.1.tendered=16234 "
		    "tenders.1.change=6234 tenders.1.foreign.rate_e8=16234490000", "" },
		{ "no rate", many_tenders, "tenders.1.foreign.rate_e8=0", "foreign.amount" },
		{ "no figures", many_tenders, "tenders.1.foreign=", "foreign.amount" },
		{ "figures on home cash", many_tenders, "tenders.1.kind=1", "foreign.amount" },
		{ "foreign in the home currency", many_tenders, "tenders.1.foreign.currency=IDR",
		    "foreign.amount" },
		{ "no currency", many_tenders, "tenders.1.foreign.currency=", "foreign.amount" },
		{ "the largest of both", many_tenders,
		    "tenders.1.foreign.rate_e8=18446744073709551615 "
		    "tenders.1.foreign.amount=-9223372036854775808", "amount.overflow" },
	};

	(void)state;
	JUDGE(t);
}

static void
a_reversal_names_its_original(void **state)
{
	static const struct broken_case t[] = {
		{ "as it should be", returned, "", "" },
		{ "no original", returned, "original=", "return.reference" },
		{ "sequence 0 is none", returned, "original.sequence=0", "return.reference" },
		{ "a void without", voided, "original=", "void.reference" },
		{ "a void of sequence 0", voided, "original.sequence=0", "void.reference" },
	};
	Kasir__V1__TransactionFlag flag = KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN;
	struct rule_set broken = { 0 }, notes = { 0 };
	Kasir__V1__Transaction *doc;

	(void)state;
	JUDGE(t);
	doc = returned();
	doc->original = NULL;
	doc->flags = &flag;
	doc->n_flags = 1;
	check_document(doc, &make_settings, &broken, &notes);
	assert_true(rule_set_is_empty(&broken));
}

static void
lists_of_no_receipt_are_refused_before_any_work(void **state)
{
	struct rule_set broken = { 0 }, notes = { 0 };
	Kasir__V1__Transaction *doc = indonesian();
	Kasir__V1__Line *lines[2001];
	Kasir__V1__Tender *tenders[101];
	size_t i;

	(void)state;
	for (i = 0; i < 2001; i++)
		lines[i] = doc->lines[0];
	for (i = 0; i < 101; i++)
		tenders[i] = doc->tenders[0];
	doc->lines = lines;
	doc->n_lines = 2000;
	check_document(doc, &make_settings, &broken, &notes);
	assert_false(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_TOO_LONG));
	doc->n_lines = 2001;
	broken = (struct rule_set){ 0 };
	check_document(doc, &make_settings, &broken, &notes);
	assert_true(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_TOO_LONG));
	doc->n_lines = 1;
	doc->tenders = tenders;
	doc->n_tenders = 101;
	broken = (struct rule_set){ 0 };
	check_document(doc, &make_settings, &broken, &notes);
	assert_true(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_TOO_LONG));
	doc->n_tenders = 100;
	broken = (struct rule_set){ 0 };
	check_document(doc, &make_settings, &broken, &notes);
	assert_false(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_TOO_LONG));
}

static void
what_does_not_decode_is_undecodable_and_has_no_figures(void **state)
{
	struct rule_set broken = { 0 }, notes = { 0 };

	(void)state;
	check_document(NULL, &make_settings, &broken, &notes);
	assert_true(rule_set_has(&broken, KASIR__V1__RULE__PAYLOAD_UNDECODABLE));
	assert_int_equal(figures_of(NULL).kind, FIGURE_NONE);
}

static void
figures_are_magnitudes_by_type(void **state)
{
	static const struct {
		Kasir__V1__TransactionType type;
		int64_t payable;
		enum figure_kind kind;
		uint64_t magnitude;
	} t[] = {
		{ TYPE(SALE), 5, FIGURE_SALE, 5 },
		{ TYPE(SALE), -5, FIGURE_SALE, 5 },
		{ TYPE(RETURN), -5, FIGURE_RETURN, 5 },
		{ TYPE(RETURN), INT64_MIN, FIGURE_RETURN, UINT64_C(1) << 63 },
		{ TYPE(POST_VOID), -5, FIGURE_VOID, 5 },
		{ TYPE(EXCHANGE), 0, FIGURE_SALE, 0 },
		{ TYPE(EXCHANGE), -1, FIGURE_RETURN, 1 },
		{ TYPE(NO_SALE), 5, FIGURE_NONE, 5 },
		{ (Kasir__V1__TransactionType)99, -5, FIGURE_NONE, 5 },
	};
	Kasir__V1__TransactionFlag flags[] = { KASIR__V1__TRANSACTION_FLAG__OFFLINE,
		KASIR__V1__TRANSACTION_FLAG__TRAINING };
	Kasir__V1__Transaction *doc = indonesian();
	size_t i;

	(void)state;
	doc->flags = flags;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		doc->type = t[i].type;
		doc->payable = t[i].payable;
		doc->n_flags = 1 + i % 2;
		assert_int_equal(figures_of(doc).kind, t[i].kind);
		assert_true(figures_of(doc).magnitude == t[i].magnitude);
		assert_int_equal(figures_of(doc).training, i % 2);
	}
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
		cmocka_unit_test(every_document_must_state_what_it_is),
		cmocka_unit_test(lines_add_up),
		cmocka_unit_test(voided_lines_negate_an_earlier_one_once),
		cmocka_unit_test(discounts_fit_their_lines_and_are_shared_exactly),
		cmocka_unit_test(tax_follows_from_the_lines),
		cmocka_unit_test(totals_follow_from_lines_and_tax),
		cmocka_unit_test(tenders_settle_the_total),
		cmocka_unit_test(foreign_cash_is_its_amount_at_the_rate),
		cmocka_unit_test(a_reversal_names_its_original),
		cmocka_unit_test(lists_of_no_receipt_are_refused_before_any_work),
		cmocka_unit_test(what_does_not_decode_is_undecodable_and_has_no_figures),
		cmocka_unit_test(figures_are_magnitudes_by_type),
	};

	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
