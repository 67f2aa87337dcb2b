#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "base/proto.h"
#include "kasir/v1/catalogue.pb-c.h"
#include "wire/parcel.h"

static enum kas_err
notice(struct parcel *p, const char *whole, uint32_t parts)
{
	Kasir__V1__CatalogueNotice n = KASIR__V1__CATALOGUE_NOTICE__INIT;
	struct hash hash = hash_of(bytes_of_text(whole));
	enum kas_err err;
	struct buf b;

	n.hash = proto_bytes(BYTES(hash.b, HASH_LEN));
	n.size = strlen(whole);
	n.parts = parts;
	n.index = 7;
	buf_init(&b);
	proto_append(&b, &n.base);
	err = parcel_take_notice(p, buf_bytes(&b));
	buf_fini(&b);
	return err;
}

static void
part(struct parcel *p, uint32_t n, const char *text)
{
	assert_int_equal(parcel_take_part(p, n, bytes_of_text(text)), KAS_OK);
}

static void
expect_whole(struct parcel *p, const char *whole)
{
	struct buf b;

	buf_init(&b);
	assert_int_equal(parcel_open(p, &b), KAS_OK);
	assert_true(bytes_equal(buf_bytes(&b), bytes_of_text(whole)));
	assert_int_equal(p->index, 7);
	buf_fini(&b);
}

static void
expect_not_yet(struct parcel *p)
{
	struct buf b;

	buf_init(&b);
	assert_int_equal(parcel_open(p, &b), KAS_AGAIN);
	buf_fini(&b);
}

static void
it_is_whole_when_everything_has_come_in_whatever_order(void **state)
{
	struct parcel p;

	(void)state;
	parcel_init(&p);
	expect_not_yet(&p);
	part(&p, 2, "ef");
	part(&p, 0, "abc");
	expect_not_yet(&p);
	assert_int_equal(notice(&p, "abcdef", 3), KAS_OK);
	expect_not_yet(&p);
	part(&p, 1, "d");
	expect_whole(&p, "abcdef");
	parcel_fini(&p);
}

static void
parts_of_an_older_one_do_not_pass(void **state)
{
	struct parcel p;

	(void)state;
	parcel_init(&p);
	assert_int_equal(notice(&p, "newer!", 2), KAS_OK);
	part(&p, 0, "old");
	part(&p, 1, "er!");
	expect_not_yet(&p);
	part(&p, 0, "new");
	expect_whole(&p, "newer!");
	/* A smaller one behind it, and a part that is no more. */
	part(&p, 0, "small");
	part(&p, 1, "");
	assert_int_equal(notice(&p, "small", 1), KAS_OK);
	expect_whole(&p, "small");
	parcel_fini(&p);
}

static void
what_no_store_sends_is_refused(void **state)
{
	struct parcel p;

	(void)state;
	parcel_init(&p);
	assert_int_equal(parcel_take_notice(&p, BYTES_NONE), KAS_MALFORMED);
	assert_int_equal(parcel_take_notice(&p, bytes_of_text("\x0a\x05")), KAS_MALFORMED);
	assert_int_equal(notice(&p, "", 1), KAS_MALFORMED);
	assert_int_equal(notice(&p, "a", 0), KAS_MALFORMED);
	assert_int_equal(notice(&p, "a", PARCEL_PARTS_MAX), KAS_OK);
	assert_int_equal(notice(&p, "a", PARCEL_PARTS_MAX + 1), KAS_MALFORMED);
	assert_int_equal(parcel_take_part(&p, PARCEL_PARTS_MAX, bytes_of_text("a")), KAS_RANGE);
	parcel_fini(&p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_whole_when_everything_has_come_in_whatever_order),
		cmocka_unit_test(parts_of_an_older_one_do_not_pass),
		cmocka_unit_test(what_no_store_sends_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
