/* Files as C2SP tlog-proof@v1 lays them out; the hashes are those of its example. */
#include "unit/unhex.h"

#include <string.h>

#include "proof/tlog_proof.h"

#define HEAD "c2sp.org/tlog-proof@v1\n"
#define PATH "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n" \
	"B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n" \
	"EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n"
#define NOTE "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n" \
	"\xe2\x80\x94 example.com/fancylog AAAAAAE=\n"

static struct arena arena;

static int
teardown(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static enum kas_err
parse(const char *text, struct tlog_proof *ret)
{
	struct kas_why why;

	return tlog_proof_parse(bytes_of_text(text), &arena, ret, &why);
}

static void
a_file_comes_back_byte_for_byte(void **state)
{
	static const char *const files[] = {
		HEAD "extra aGVsbG8=\nindex 73894\n" PATH "\n" NOTE,
		HEAD "index 73894\n" PATH "\n" NOTE,
		HEAD "index 0\n\n" NOTE,
		HEAD "extra \nindex 18446744073709551615\n\n" NOTE,
	};
	struct tlog_proof p;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(files); i++) {
		assert_int_equal(parse(files[i], &p), KAS_OK);
		buf_reset(&b);
		tlog_proof_format(&p, &b);
		assert_true(bytes_equal(buf_bytes(&b), bytes_of_text(files[i])));
	}
	buf_fini(&b);
}

static void
its_parts_are_what_the_lines_say(void **state)
{
	struct tlog_proof p;

	(void)state;
	assert_int_equal(parse(HEAD "extra aGVsbG8=\nindex 73894\n" PATH "\n" NOTE, &p), KAS_OK);
	assert_true(bytes_equal(p.extra, bytes_of_text("hello")));
	assert_int_equal(p.index, 73894);
	assert_int_equal(p.path.n, 3);
	assert_int_equal(p.path.path[0].b[0], 0x81);
	assert_int_equal(p.path.path[2].b[31], 0x3b);
	assert_true(bytes_equal(p.checkpoint, bytes_of_text(NOTE)));
	assert_int_equal(parse(HEAD "index 1\n\n" NOTE, &p), KAS_OK);
	assert_null(p.extra.p);
}

static void
what_is_not_such_a_file_is_refused(void **state)
{
	static const struct { const char *what, *text; } table[] = {
		{ "nothing", "" },
		{ "version 2", "c2sp.org/tlog-proof@v2\nindex 1\n\n" NOTE },
		{ "no version", "index 1\n\n" NOTE },
		{ "no index", HEAD PATH "\n" NOTE },
		{ "index first, extra after", HEAD "index 1\nextra aGVsbG8=\n\n" NOTE },
		{ "index with a leading zero", HEAD "index 01\n\n" NOTE },
		{ "negative index", HEAD "index -1\n\n" NOTE },
		{ "index too large", HEAD "index 18446744073709551616\n\n" NOTE },
		{ "blank after the index", HEAD "index 1 \n\n" NOTE },
		{ "extra not base64", HEAD "extra aGVsbG8\nindex 1\n\n" NOTE },
		{ "extra twice", HEAD "extra aGVsbG8=\nextra aGVsbG8=\nindex 1\n\n" NOTE },
		{ "a short hash", HEAD "index 1\nAAAA\n\n" NOTE },
		{ "no empty line", HEAD "index 1\n" PATH NOTE },
		{ "no checkpoint", HEAD "index 1\n" PATH "\n" },
		{ "ends after the index", HEAD "index 1\n" },
		{ "ends in the index", HEAD "index 1" },
		{ "ends after extra", HEAD "extra aGVsbG8=\n" },
		{ "carriage returns", "c2sp.org/tlog-proof@v1\r\nindex 1\r\n\r\n" NOTE },
	};
	struct tlog_proof p;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++)
		if (parse(table[i].text, &p) != KAS_MALFORMED)
			fail_msg("%s", table[i].what);
}

static void
a_path_has_64_hashes_and_no_65th(void **state)
{
	struct tlog_proof p = { .checkpoint = bytes_of_text(NOTE), .path.n = PROOF_MAX }, got;
	struct kas_why why;
	struct buf b;

	(void)state;
	buf_init(&b);
	tlog_proof_format(&p, &b);
	assert_int_equal(tlog_proof_parse(buf_bytes(&b), &arena, &got, &why), KAS_OK);
	assert_int_equal(got.path.n, PROOF_MAX);
	buf_reset(&b);
	buf_addf(&b, HEAD "index 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	p.path.n = PROOF_MAX;
	for (unsigned i = 0; i < PROOF_MAX; i++)
		buf_addf(&b, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	buf_addf(&b, "\n%s", NOTE);
	assert_int_equal(tlog_proof_parse(buf_bytes(&b), &arena, &got, &why), KAS_MALFORMED);
	buf_fini(&b);
}

static void
extra_data_may_be_128_kib_and_no_more(void **state)
{
	static uint8_t data[TLOG_PROOF_EXTRA_MAX + 3];
	struct tlog_proof p = { .checkpoint = bytes_of_text(NOTE) }, got;
	struct kas_why why;
	struct buf b;

	(void)state;
	buf_init(&b);
	p.extra = BYTES(data, TLOG_PROOF_EXTRA_MAX);
	tlog_proof_format(&p, &b);
	assert_int_equal(tlog_proof_parse(buf_bytes(&b), &arena, &got, &why), KAS_OK);
	assert_int_equal(got.extra.n, TLOG_PROOF_EXTRA_MAX);
	buf_reset(&b);
	p.extra = BYTES(data, TLOG_PROOF_EXTRA_MAX + 3);
	tlog_proof_format(&p, &b);
	assert_int_equal(tlog_proof_parse(buf_bytes(&b), &arena, &got, &why), KAS_RANGE);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_comes_back_byte_for_byte),
		cmocka_unit_test(its_parts_are_what_the_lines_say),
		cmocka_unit_test(what_is_not_such_a_file_is_refused),
		cmocka_unit_test(a_path_has_64_hashes_and_no_65th),
		cmocka_unit_test(extra_data_may_be_128_kib_and_no_more),
	};

	return cmocka_run_group_tests_name("tlog_proof", tests, NULL, teardown);
}
