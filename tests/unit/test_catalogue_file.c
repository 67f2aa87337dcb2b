#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/proto.h"
#include "edge/catalogue_file.h"

#define HEADER "sku,gtin,name,department,tax_code,price,from,until\n"

typedef enum kas_err read_fn(struct source *s, struct arena *a, Kasir__V1__Catalogue *to,
    struct row_problems *problems, struct buf *unused, struct kas_why *why);

/* What TEXT is: an empty text, or its problems as "line: text" lines. */
static void
read_text(read_fn *read, const char *text, uint32_t exponent, struct arena *a,
    Kasir__V1__Catalogue *c, char *got, size_t room)
{
	struct row_problems problems;
	struct source *source;
	struct buf unused;
	struct kas_why why;
	enum kas_err err;
	size_t i, n = 0;

	kasir__v1__catalogue__init(c);
	c->format = 1;
	c->currency = arena_text(a, "IDR");
	c->exponent = exponent;
	row_problems_init(&problems);
	buf_init(&unused);
	assert_int_equal(source_open_bytes(bytes_of_text(text), &source), KAS_OK);
	err = read(source, a, c, &problems, &unused, &why);
	row_problems_sort(&problems);
	got[0] = '\0';
	for (i = 0; i < problems.n; i++)
		n += (size_t)snprintf(got + n, room - n, "%s%llu: %s", i > 0 ? "\n" : "",
		    (unsigned long long)problems.item[i].line, problems.item[i].text);
	if (unused.n > 0)
		snprintf(got + n, room - n, "unused: %.*s", (int)unused.n,
		    (const char *)unused.p);
	assert_int_equal(err, problems.n > 0 ? KAS_MALFORMED : KAS_OK);
	assert_int_equal(problems.found, problems.n);
	buf_fini(&unused);
	row_problems_fini(&problems);
	source_close(source);
}

struct file_case {
	const char *what, *text, *want;
};

static void
check_files(read_fn *read, const struct file_case *t, size_t n)
{
	Kasir__V1__Catalogue c;
	struct catalogue *opened;
	struct bytes packed;
	struct kas_why why;
	struct arena a;
	char got[2048];
	size_t i;

	arena_init(&a, 0);
	for (i = 0; i < n; i++) {
		arena_reset(&a);
		read_text(read, t[i].text, 0, &a, &c, got, sizeof got);
		if (strcmp(got, t[i].want) != 0)
			fail_msg("%s: got\n%s\nnot\n%s", t[i].what, got, t[i].want);
		if (got[0] != '\0' && strncmp(got, "unused", 6) != 0)
			continue;
		/* Whatever is read without a problem is a catalogue. */
		assert_true(proto_pack(&a, &c.base, &packed));
		if (catalogue_open(packed, &opened, &why) != KAS_OK)
			fail_msg("%s: %s", t[i].what, why.text);
		catalogue_close(opened);
	}
	arena_fini(&a);
}
#define CHECK_FILES(read, t) check_files(read, t, sizeof(t) / sizeof((t)[0]))

static void
every_bad_row_is_told_with_its_line_and_column(void **state)
{
	static const struct file_case t[] = {
		{ "a good one", HEADER "A,,Teh,,PPN,5000,,\n", "" },
		{ "nothing but its header", HEADER, "" },
		{ "only what must be", "sku,name,price\nA,Teh,5000\n", "" },
		{ "in another order and case", "Price,NAME,Sku\n5000,Teh,A\n", "" },
		{ "with semicolons", "sku;name;price\nA;Teh, manis;5000\n", "" },
		{ "with a mark before it", "\xef\xbb\xbfsku,name,price\nA,Teh,5000\n", "" },
		{ "with blanks", " sku , name,price \n A , Teh, 5000 \n", "" },
		{ "without a price", HEADER "A,,Teh,,,,,\n", "" },
		{ "with a column of the shop's own", "sku,name,price,shelf\nA,Teh,1,4\n",
		    "unused: shelf" },
		{ "empty", "", "1: the file is empty, expected a line with the names of the "
		    "columns" },
		{ "without a column", "sku,price\nA,1\n", "1: there is no column \"name\"" },
		{ "with a column misspelt", "sku,name,prise\nA,Teh,1\n",
		    "1: column \"prise\": did you mean \"price\"?\n"
		    "1: there is no column \"price\"" },
		{ "with a column twice", "sku,sku,name,price\nA,B,Teh,1\n",
		    "1: column \"sku\" stands twice" },
		{ "several in several rows", HEADER "A,123,Teh,,PPN,5000,,\n"
		    "B,,Kopi,,PPN,lima,,\n,,Susu,,PPN,1,2026-02-30,\nD,,Roti,,PPN,1,,\n",
		    "2: gtin: \"123\", expected 8, 12, 13 or 14 digits with a right check digit\n"
		    "3: price: \"lima\", expected a price as 15000: digits, a point before "
		    "decimals, nothing between thousands\n"
		    "4: sku: \"\", expected 1 to 64 bytes of printable UTF-8\n"
		    "4: from: \"2026-02-30\", expected a day as 2026-11-22, or nothing" },
		{ "fields missing", HEADER "A,,Teh\nB,,Kopi,,PPN,1,,\n", "2: 3 fields, expected 8" },
		{ "a quote astray", HEADER "A,,Te\"h,,PPN,1,,\nB,,Kopi,,PPN,-1,,\n",
		    "2: a quote inside an unquoted field\n"
		    "3: price: \"-1\", expected a price as 15000: digits, a point before "
		    "decimals, nothing between thousands" },
		{ "thousands by a point", HEADER "A,,Teh,,PPN,15.000,,\n",
		    "2: price: \"15.000\", expected a price as 15000: digits, a point before "
		    "decimals, nothing between thousands" },
		{ "decimals", HEADER "A,,Teh,,PPN,15.5,,\nB,,Kopi,,PPN,15.05,,\n", "" },
		{ "no UTF-8", HEADER "A,,\x80,,PPN,1,,\n",
		    "2: name: expected at most 255 bytes of printable UTF-8" },
		{ "a line feed in a name", HEADER "A,,\"Te\nh\",,PPN,1,,\nB,,K,,,x,,\n",
		    "2: name: expected at most 255 bytes of printable UTF-8\n"
		    "4: price: \"x\", expected a price as 15000: digits, a point before decimals, "
		    "nothing between thousands" },
		{ "days the wrong way round", HEADER "A,,Teh,,PPN,1,2026-02-01,2026-01-31\n",
		    "2: until: before from, expected the last day of the price" },
		{ "days of no price", HEADER "A,,Teh,,PPN,,2026-02-01,\n",
		    "2: price: empty, expected the price of these days" },
	};

	(void)state;
	CHECK_FILES(catalogue_read_products, t);
}

static void
rows_of_one_sku_are_prices_of_one_product(void **state)
{
	static const struct file_case t[] = {
		{ "two that follow each other, in any order",
		    HEADER "A,,Teh,,,6000,2027-01-01,\nA,,Teh,,,5000,,2026-12-31\n", "" },
		{ "two that share a day",
		    HEADER "A,,Teh,,,6000,2026-12-31,\nA,,Teh,,,5000,,2026-12-31\n",
		    "2: from: the price in line 3 is valid then, expected a day after its last" },
		{ "two without end",
		    HEADER "A,,Teh,,,5000,,\nA,,Teh,,,6000,2027-01-01,\n",
		    "3: from: the price in line 2 is valid then, expected a day after its last" },
		{ "the same row twice", HEADER "A,,Teh,,,5000,,\nA,,Teh,,,5000,,\n",
		    "3: from: the price in line 2 is valid then, expected a day after its last" },
		{ "one without a price", HEADER "A,,Teh,,,,,\nA,,Teh,,,5000,,\n",
		    "3: price: line 2 has the same sku, expected a price in each" },
		{ "another name", HEADER "A,,Teh,,,5000,,2026-12-31\nA,,Tee,,,6000,2027-01-01,\n",
		    "3: name: \"Tee\", but \"Teh\" in line 2 for the same sku" },
		{ "a GTIN under two SKUs",
		    HEADER "A,8991234567891,Teh,,,1,,\nB,08991234567891,Kopi,,,1,,\n",
		    "3: gtin: \"08991234567891\" is that of sku \"A\" in line 2" },
	};

	(void)state;
	CHECK_FILES(catalogue_read_products, t);
}

static void
cashiers_have_rights_by_their_names(void **state)
{
	static const struct file_case t[] = {
		{ "all of them", "id,name,rights\nani,Ani,sell return void discount price drawer "
		    "cash close supervise\n", "" },
		{ "none", "id,name,rights\nani,Ani,\n", "" },
		{ "one twice", "id,name,rights\nani,Ani,sell  sell\n", "" },
		{ "one that is none", "id,name,rights\nani,Ani,sell fly\n",
		    "2: rights: \"fly\", expected some of: sell return void discount price drawer "
		    "cash close supervise" },
		{ "somebody twice", "id,name,rights\nbudi,B,\nani,Ani,\nbudi,Budi,sell\n",
		    "4: id: \"budi\" stands in line 2 already" },
		{ "nobody", "id,name,rights\n,Ani,sell\n",
		    "2: id: \"\", expected 1 to 64 bytes of printable UTF-8" },
	};

	(void)state;
	CHECK_FILES(catalogue_read_cashiers, t);
}

static void
what_is_written_reads_back_the_same(void **state)
{
	static const char text[] = HEADER
	    "A,8991234567891,\"Teh \"\"manis\"\", besar\",10,PPN,5000,,2026-12-31\n"
	    "A,8991234567891,\"Teh \"\"manis\"\", besar\",10,PPN,6000.5,2027-01-01,\n"
	    "B,,Kopi,,,,,\n";
	static const char cashiers[] = "id,name,rights\nani,\"Ani, S.E.\",sell supervise\nbudi,,\n";
	Kasir__V1__Catalogue c;
	struct arena a;
	char got[1024];
	struct buf b;
	size_t i;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b);
	read_text(catalogue_read_products, text, 0, &a, &c, got, sizeof got);
	assert_string_equal(got, "");
	assert_int_equal(c.n_products, 2);
	assert_int_equal(c.products[0]->n_prices, 2);
	assert_int_equal(c.products[0]->prices[1]->unit_price, 6000500);
	catalogue_write_header(&b);
	for (i = 0; i < c.n_products; i++)
		catalogue_write_product(c.products[i], 0, &b);
	assert_true(bytes_equal(buf_bytes(&b), bytes_of_text(text)));

	buf_reset(&b);
	read_text(catalogue_read_cashiers, cashiers, 0, &a, &c, got, sizeof got);
	assert_string_equal(got, "");
	cashiers_write_header(&b);
	for (i = 0; i < c.n_cashiers; i++)
		cashiers_write_cashier(c.cashiers[i], &b);
	assert_true(bytes_equal(buf_bytes(&b), bytes_of_text(cashiers)));
	buf_fini(&b);
	arena_fini(&a);
}

static void
prices_are_written_as_people_write_them(void **state)
{
	static const struct {
		int64_t unit_price;
		uint32_t exponent;
		const char *want;
	} t[] = {
		{ 15000000, 0, "15000" }, { 15000500, 0, "15000.5" }, { 1, 0, "0.001" },
		{ 0, 0, "0" }, { 199000, 2, "1.99" }, { 200000, 2, "2.00" },
		{ 185900, 2, "1.859" }, { 185901, 2, "1.85901" }, { 1250000, 3, "1.250" },
	};
	char got[PRICE_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		price_format(t[i].unit_price, t[i].exponent, got);
		assert_string_equal(got, t[i].want);
	}
}

static void
problems_are_counted_beyond_those_that_are_kept(void **state)
{
	struct row_problems p;
	uint64_t i;

	(void)state;
	row_problems_init(&p);
	for (i = ROW_PROBLEMS_MAX + 5; i > 0; i--)
		row_problems_add(&p, i, "bad");
	assert_int_equal(p.n, ROW_PROBLEMS_MAX);
	assert_int_equal(p.found, ROW_PROBLEMS_MAX + 5);
	row_problems_sort(&p);
	assert_int_equal(p.item[0].line, 6);
	row_problems_fini(&p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_row_is_told_with_its_line_and_column),
		cmocka_unit_test(rows_of_one_sku_are_prices_of_one_product),
		cmocka_unit_test(cashiers_have_rights_by_their_names),
		cmocka_unit_test(what_is_written_reads_back_the_same),
		cmocka_unit_test(prices_are_written_as_people_write_them),
		cmocka_unit_test(problems_are_counted_beyond_those_that_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
