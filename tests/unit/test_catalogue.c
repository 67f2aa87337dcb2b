#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/proto.h"
#include "tests/support/make_catalogue.h"
#include "tests/support/txn_set.h"

static enum kas_err
open_changed(struct arena *a, const char *changes, struct catalogue **ret, struct kas_why *why)
{
	Kasir__V1__Catalogue *m = make_catalogue(a);
	struct bytes packed;

	txn_set(a, &m->base, changes);
	assert_true(proto_pack(a, &m->base, &packed));
	return catalogue_open(packed, ret, why);
}

static void
rows_are_found_by_sku_by_gtin_and_by_id(void **state)
{
	struct catalogue *c;
	Kasir__V1__Product *p;
	Kasir__V1__Cashier *v;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	assert_int_equal(open_changed(&a, "", &c, NULL), KAS_OK);
	assert_int_equal(catalogue_products(c), 3);
	assert_int_equal(catalogue_cashiers(c), 3);
	assert_string_equal(catalogue_currency(c), "IDR");
	assert_int_equal(catalogue_exponent(c), 0);

	assert_int_equal(catalogue_product(c, "00417", &a, &p), KAS_OK);
	assert_string_equal(p->name, "Es jeruk");
	assert_int_equal(catalogue_product(c, "beras", &a, &p), KAS_OK);
	assert_string_equal(p->gtin, "036000291452");
	assert_int_equal(catalogue_product(c, "0041", &a, &p), KAS_NOTFOUND);
	assert_int_equal(catalogue_product(c, "", &a, &p), KAS_NOTFOUND);

	assert_int_equal(catalogue_product_by_gtin(c, "8991234567891", &a, &p), KAS_OK);
	assert_string_equal(p->sku, "00417");
	/* As a scanner of EAN-13 reads it. */
	assert_int_equal(catalogue_product_by_gtin(c, "0036000291452", &a, &p), KAS_OK);
	assert_string_equal(p->sku, "beras");
	assert_int_equal(catalogue_product_by_gtin(c, "036000291453", &a, &p), KAS_NOTFOUND);
	assert_int_equal(catalogue_product_by_gtin(c, "", &a, &p), KAS_NOTFOUND);

	assert_int_equal(catalogue_cashier(c, "sari", &a, &v), KAS_OK);
	assert_int_equal(v->n_rights, 3);
	assert_int_equal(catalogue_cashier(c, "Sari", &a, &v), KAS_NOTFOUND);
	assert_int_equal(catalogue_product_at(c, 2, &a, &p), KAS_OK);
	assert_int_equal(catalogue_product_at(c, 3, &a, &p), KAS_NOTFOUND);
	assert_int_equal(catalogue_cashier_at(c, 2, &a, &v), KAS_OK);
	assert_int_equal(catalogue_cashier_at(c, 3, &a, &v), KAS_NOTFOUND);
	catalogue_close(c);
	arena_fini(&a);
}

static void
a_price_holds_from_its_first_day_to_its_last(void **state)
{
	static const struct {
		const char *sku;
		uint32_t day;
		int64_t want;		/* -1: none */
	} t[] = {
		{ "00417", 10101, 1041000 },
		{ "00417", 20261231, 1041000 },
		{ "00417", 20270101, 1100000 },
		{ "00417", 99991231, 1100000 },
		{ "00500", 20261031, -1 },
		{ "00500", 20261101, 15000000 },
		{ "00500", 20261130, 15000000 },
		{ "00500", 20261201, -1 },
		{ "beras", 20261122, -1 },
	};
	const Kasir__V1__Price *price;
	struct catalogue *c;
	Kasir__V1__Product *p;
	struct arena a;
	size_t i;

	(void)state;
	arena_init(&a, 0);
	assert_int_equal(open_changed(&a, "", &c, NULL), KAS_OK);
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(catalogue_product(c, t[i].sku, &a, &p), KAS_OK);
		price = catalogue_price(p, t[i].day);
		assert_int_equal(price != NULL ? price->unit_price : -1, t[i].want);
	}
	catalogue_close(c);
	arena_fini(&a);
}

#define T64 "1234567890123456789012345678901234567890123456789012345678901234"
#define T255 T64 T64 T64 "123456789012345678901234567890123456789012345678901234567890123"

static void
a_bad_row_is_named(void **state)
{
	static const struct {
		const char *changes, *want;	/* "": it opens */
	} t[] = {
		{ "", "" },
		{ "format=2", "a format that this version does not know" },
		{ "format=0", "byte 5: no catalogue" },
		{ "currency=", "it names no currency" },
		{ "currency=RP", "the currency is no code of ISO 4217" },
		{ "currency=idr", "the currency is no code of ISO 4217" },
		{ "exponent=9", "" },
		{ "exponent=10", "the exponent is beyond 9" },
		{ "n_products=0 n_cashiers=0", "" },
		{ "products.0.sku=", "product 1, \"\": the SKU is empty" },
		{ "products.2.sku=z" T64,
		    "product 3, \"z12345678901234567890123\": the SKU is longer than 64 bytes" },
		{ "products.2.sku=" T64, "" },
		{ "products.1.sku=00417", "product 2, \"00417\": it stands twice" },
		{ "products.1.sku=00416", "product 2, \"00416\": it stands behind \"00417\"" },
		{ "products.1.sku=0041", "product 2, \"0041\": it stands behind \"00417\"" },
		{ "products.1.sku=004170", "" },
		{ "products.0.name=\x80", "product 1, \"00417\": the name is no printable UTF-8" },
		{ "products.0.name=\x7f", "product 1, \"00417\": the name is no printable UTF-8" },
		{ "products.0.name=\x1b", "product 1, \"00417\": the name is no printable UTF-8" },
		{ "products.0.name=Caf\xc3\xa9", "" },
		{ "products.0.name=" T255, "" },
		{ "products.0.name=" T255 "4",
		    "product 1, \"00417\": the name is longer than 255 bytes" },
		{ "products.0.department=\x80",
		    "product 1, \"00417\": the department is no printable UTF-8" },
		{ "products.0.tax_code=\x80",
		    "product 1, \"00417\": the tax code is no printable UTF-8" },
		{ "products.0.gtin=8991234567890", "product 1, \"00417\": the GTIN is not 8, 12, "
		    "13 or 14 digits with a right check digit" },
		{ "products.2.gtin=08991234567891",
		    "product 3, \"beras\": its GTIN is that of \"00417\"" },
		{ "products.0.prices.0.unit_price=0", "" },
		{ "products.0.prices.0.unit_price=-1", "product 1, \"00417\": a price is negative" },
		{ "products.0.prices.1.from_day=20270229",
		    "product 1, \"00417\": 20270229 to 0 is no stretch of days (YYYYMMDD)" },
		{ "products.0.prices.1.until_day=20270101", "" },
		{ "products.0.prices.1.until_day=20261231", "product 1, \"00417\": the price from "
		    "20270101 ends before that, on 20261231" },
		{ "products.0.prices.1.from_day=20261231", "product 1, \"00417\": the price from "
		    "20261231 begins while the one from 0 is valid" },
		{ "products.0.prices.0.until_day=0", "product 1, \"00417\": the price from "
		    "20270101 begins while the one from 0 is valid" },
		{ "cashiers.0.id=", "cashier 1, \"\": the id is empty" },
		{ "cashiers.1.id=ani", "cashier 2, \"ani\": it stands twice" },
		{ "cashiers.1.id=adi", "cashier 2, \"adi\": it stands behind \"ani\"" },
		{ "cashiers.0.name=\x80", "cashier 1, \"ani\": the name is no printable UTF-8" },
		{ "cashiers.0.rights.0=10",
		    "cashier 1, \"ani\": a right that this version does not know" },
		{ "cashiers.0.rights.0=0",
		    "cashier 1, \"ani\": a right that this version does not know" },
		{ "cashiers.0.rights.0=32",
		    "cashier 1, \"ani\": a right that this version does not know" },
		{ "cashiers.0.n_rights=0", "" },
	};
	struct catalogue *c;
	struct kas_why why;
	struct arena a;
	size_t i;

	(void)state;
	arena_init(&a, 0);
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		why.text[0] = '\0';
		c = NULL;
		if (open_changed(&a, t[i].changes, &c, &why) == KAS_OK ? t[i].want[0] != '\0'
		    : strcmp(why.text, t[i].want) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", t[i].changes, why.text, t[i].want);
		catalogue_close(c);
	}
	arena_fini(&a);
}

/* protobuf would take them, each decoder in its own way. */
static void
bytes_that_could_be_read_in_two_ways_are_no_catalogue(void **state)
{
#define HEAD "\x08\x01\x12\x03IDR"
	static const struct {
		const char *what, *bytes;
		size_t n;
		enum kas_err want;
	} t[] = {
#define CASE(what, bytes, want) { what, bytes, sizeof(bytes) - 1, want }
		CASE("nothing", "", KAS_MALFORMED),
		CASE("a header alone", HEAD, KAS_OK),
		CASE("a cut header", "\x08\x01\x12\x03ID", KAS_MALFORMED),
		CASE("a currency twice", HEAD "\x12\x03USD", KAS_MALFORMED),
		CASE("a product", HEAD "\x22\x03\x0a\x01" "A", KAS_OK),
		CASE("a SKU twice", HEAD "\x22\x06\x0a\x01" "A\x0a\x01" "B", KAS_MALFORMED),
		CASE("a SKU behind the name", HEAD "\x22\x06\x1a\x01" "N\x0a\x01" "A",
		    KAS_MALFORMED),
		CASE("a SKU that is a number", HEAD "\x22\x02\x08\x01", KAS_MALFORMED),
		CASE("a NUL in a SKU", HEAD "\x22\x05\x0a\x03" "A\0B", KAS_MALFORMED),
		CASE("a NUL in a GTIN", HEAD "\x22\x10\x0a\x01" "A\x12\x0b" "00000000\0" "00",
		    KAS_MALFORMED),
		CASE("a length that is longer than it need be",
		    HEAD "\x22\x04\x0a\x81\x00" "A", KAS_MALFORMED),
		CASE("a field's number beyond protobuf's",
		    HEAD "\x22\x09\x0a\x01" "A\x80\x80\x80\x80\x10\x01", KAS_MALFORMED),
		CASE("a field of a later version", HEAD "\x22\x05\x0a\x01" "A\x38\x07", KAS_OK),
		CASE("a price", HEAD "\x22\x07\x0a\x01" "A\x32\x02\x08\x01", KAS_OK),
		CASE("a day beyond 32 bits",
		    HEAD "\x22\x0b\x0a\x01" "A\x32\x06\x10\xff\xff\xff\xff\x1f", KAS_MALFORMED),
		CASE("a price that is a text", HEAD "\x22\x08\x0a\x01" "A\x32\x03\x0a\x01" "1",
		    KAS_MALFORMED),
		CASE("rights, packed", HEAD "\x2a\x07\x0a\x01" "a\x1a\x02\x01\x02", KAS_OK),
		CASE("rights, one by one", HEAD "\x2a\x07\x0a\x01" "a\x18\x01\x18\x02", KAS_OK),
		CASE("products behind cashiers", HEAD "\x2a\x03\x0a\x01" "a\x22\x03\x0a\x01" "A",
		    KAS_MALFORMED),
		CASE("a product that is a number", HEAD "\x20\x01", KAS_MALFORMED),
		CASE("a group", HEAD "\x23", KAS_MALFORMED),
#undef CASE
	};
	struct catalogue *c;
	uint8_t *copy;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		c = NULL;
		/* Of its own size, so that a sanitizer sees what reads beyond. */
		copy = malloc(t[i].n + 1);
		memcpy(copy, t[i].bytes, t[i].n);
		if (catalogue_open(BYTES(copy, t[i].n), &c, NULL) != t[i].want)
			fail_msg("%s", t[i].what);
		catalogue_close(c);
		free(copy);
	}
}

static void
a_large_catalogue_finds_each_of_its_rows(void **state)
{
	enum { N = 30000 };
	struct catalogue *c;
	Kasir__V1__Product *p, *q;
	struct arena a, row;
	size_t i;

	(void)state;
	arena_init(&a, 0);
	arena_init(&row, 0);
	assert_int_equal(catalogue_open(make_large_catalogue(&a, N, 50), &c, NULL), KAS_OK);
	for (i = 0; i < N; i++) {
		arena_reset(&row);
		assert_int_equal(catalogue_product_at(c, i, &row, &p), KAS_OK);
		assert_int_equal(catalogue_product(c, p->sku, &row, &q), KAS_OK);
		assert_string_equal(q->name, p->name);
		if (p->gtin[0] == '\0')
			continue;
		assert_int_equal(catalogue_product_by_gtin(c, p->gtin, &row, &q), KAS_OK);
		assert_string_equal(q->sku, p->sku);
	}
	catalogue_close(c);
	arena_fini(&row);
	arena_fini(&a);
}

static void
too_many_rows_are_refused(void **state)
{
	static const uint8_t head[] = "\x08\x01\x12\x03IDR";
	struct buf b;
	struct kas_why why;
	struct catalogue *c;
	size_t i;

	(void)state;
	buf_init(&b);
	buf_add(&b, head, sizeof head - 1);
	for (i = 0; i <= CATALOGUE_CASHIERS_MAX; i++)
		buf_add(&b, "\x2a\x00", 2);
	assert_int_equal(catalogue_open(buf_bytes(&b), &c, &why), KAS_RANGE);
	assert_string_equal(why.text, "10001 cashiers: more than 10000");
	buf_fini(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found_by_sku_by_gtin_and_by_id),
		cmocka_unit_test(a_price_holds_from_its_first_day_to_its_last),
		cmocka_unit_test(a_bad_row_is_named),
		cmocka_unit_test(bytes_that_could_be_read_in_two_ways_are_no_catalogue),
		cmocka_unit_test(a_large_catalogue_finds_each_of_its_rows),
		cmocka_unit_test(too_many_rows_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
