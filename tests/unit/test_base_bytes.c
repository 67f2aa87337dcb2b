#include "unit/unhex.h"

#include <malloc.h>
#include <string.h>

#include "base/bytes.h"

static void
byte_strings_are_equal_by_content(void **state)
{
	(void)state;
	assert_true(bytes_equal(BYTES("abc", 3), bytes_of_text("abc")));
	assert_false(bytes_equal(bytes_of_text("abc"), bytes_of_text("abd")));
	assert_false(bytes_equal(bytes_of_text("abc"), bytes_of_text("ab")));
	assert_true(bytes_equal(BYTES_NONE, BYTES("x", 0)));
}

static void
an_arena_s_pieces_are_aligned_and_apart(void **state)
{
	struct arena a;
	uint8_t *piece[200];
	unsigned i, k;

	(void)state;
	arena_init(&a, 0);
	for (i = 0; i < COUNT(piece); i++) {
		piece[i] = arena_alloc(&a, 1 + i * 11);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % 16, 0);
		memset(piece[i], (int)i, 1 + i * 11);
	}
	for (i = 0; i < COUNT(piece); i++)
		for (k = 0; k < 1 + i * 11; k++)
			assert_int_equal(piece[i][k], i);
	arena_fini(&a);
}

static void
a_reset_arena_gives_the_same_memory_again(void **state)
{
	struct arena a;
	void *first, *big;

	(void)state;
	arena_init(&a, 0);
	first = arena_alloc(&a, 100);
	big = arena_alloc(&a, 300000);		/* a block of its own */
	assert_non_null(big);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	assert_ptr_equal(arena_alloc(&a, 300000), big);
	arena_fini(&a);
	arena_fini(&a);
}

static void
an_arena_ends_at_its_limit_and_starts_anew_after_a_reset(void **state)
{
	struct arena a;
	struct bytes copy = BYTES_NONE;

	(void)state;
	arena_init(&a, 64);
	assert_non_null(arena_alloc(&a, 48));
	assert_null(arena_alloc(&a, 17));
	assert_null(arena_zalloc(&a, 17));
	assert_null(arena_text(&a, "seventeen bytes.."));
	assert_false(arena_copy(&a, bytes_of_text("seventeen bytes.."), &copy));
	assert_non_null(arena_alloc(&a, 16));
	assert_null(arena_alloc(&a, 1));
	assert_null(arena_alloc(&a, SIZE_MAX));
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 64));
	arena_fini(&a);
}

static void
an_arena_says_that_it_was_exhausted_until_it_is_reset(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 64);
	assert_non_null(arena_alloc(&a, 64));
	assert_false(a.exhausted);
	assert_null(arena_alloc(&a, 1));
	assert_true(a.exhausted);
	arena_reset(&a);
	assert_false(a.exhausted);
	arena_fini(&a);
}

static size_t
bytes_held(const struct arena *a)
{
	size_t n = malloc_usable_size(a->first);
	const struct arena_head { struct arena_head *next; } *b = (const void *)a->first;

	for (b = b->next; b != NULL; b = b->next)
		n += malloc_usable_size((void *)(uintptr_t)b);
	return n;
}

static void
an_arena_gives_back_what_one_large_turn_took(void **state)
{
	struct arena a;
	unsigned i;

	(void)state;
	arena_init(&a, 0);
	for (i = 0; i < 1000; i++)
		assert_non_null(arena_alloc(&a, 30000));
	assert_true(bytes_held(&a) >= 30000000);
	arena_reset(&a);
	assert_true(bytes_held(&a) <= ARENA_KEEP + 65536);
	for (i = 0; i < 1000; i++)
		memset(arena_alloc(&a, 30000), 1, 30000);
	arena_fini(&a);
}

static void
copies_are_the_arena_s_own(void **state)
{
	char text[] = "kopi";
	struct arena a;
	struct bytes copy;
	char *t;
	uint8_t *z;

	(void)state;
	arena_init(&a, 0);
	assert_true(arena_copy(&a, bytes_of_text(text), &copy));
	t = arena_text(&a, text);
	memset(text, 'x', 4);
	assert_true(bytes_equal(copy, bytes_of_text("kopi")));
	assert_string_equal(t, "kopi");
	assert_true(arena_copy(&a, BYTES_NONE, &copy));
	assert_int_equal(copy.n, 0);
	memset(arena_alloc(&a, 64), 0xff, 64);
	arena_reset(&a);
	z = arena_zalloc(&a, 512);
	assert_int_equal(z[0] | z[63] | z[511], 0);
	arena_fini(&a);
}

static void
a_buffer_grows_and_keeps_what_it_holds(void **state)
{
	struct buf b;
	unsigned i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 10000; i++)
		buf_addf(&b, "%04u", i);
	buf_add(&b, "end", 3);
	buf_add(&b, NULL, 0);
	assert_false(b.failed);
	assert_int_equal(buf_bytes(&b).n, 40003);
	assert_memory_equal(b.p + 4 * 1234, "1234", 4);
	assert_memory_equal(b.p + 40000, "end", 3);
	buf_reset(&b);
	assert_int_equal(b.n, 0);
	buf_fini(&b);
	buf_fini(&b);
}

static void
a_buffer_s_first_failure_sticks_until_it_is_reset(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_add(&b, "a", 1);
	assert_null(buf_grow(&b, SIZE_MAX / 2));
	assert_true(b.failed);
	buf_add(&b, "b", 1);
	buf_addf(&b, "%s", "c");
	assert_null(buf_grow(&b, 1));
	assert_int_equal(b.n, 1);
	buf_reset(&b);
	buf_add(&b, "d", 1);
	assert_true(bytes_equal(buf_bytes(&b), bytes_of_text("d")));
	buf_fini(&b);
}

static void
a_reason_is_set_and_prefixed(void **state)
{
	struct kas_why why;
	char long_text[400];

	(void)state;
	assert_int_equal(kas_fail(&why, KAS_RANGE, "line %d is too long", 3), KAS_RANGE);
	kas_why_prefix(&why, "%s", "config");
	assert_string_equal(why.text, "config: line 3 is too long");
	assert_int_equal(kas_fail(NULL, KAS_IO, "nobody reads this"), KAS_IO);
	kas_why_prefix(NULL, "nor this");
	memset(long_text, 'y', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	assert_int_equal(kas_fail(&why, KAS_IO, "%s", long_text), KAS_IO);
	kas_why_prefix(&why, "%s", long_text);
	assert_int_equal(strlen(why.text), sizeof why.text - 1);
}

static void
every_error_has_words(void **state)
{
	int e;

	(void)state;
	for (e = 0; e < KAS__ERRS; e++)
		assert_string_not_equal(kas_err_text((enum kas_err)e), "unknown error");
	assert_string_equal(kas_err_text(KAS__ERRS), "unknown error");
	assert_string_equal(kas_err_text((enum kas_err)-1), "unknown error");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(byte_strings_are_equal_by_content),
		cmocka_unit_test(an_arena_s_pieces_are_aligned_and_apart),
		cmocka_unit_test(an_arena_says_that_it_was_exhausted_until_it_is_reset),
		cmocka_unit_test(an_arena_gives_back_what_one_large_turn_took),
		cmocka_unit_test(a_reset_arena_gives_the_same_memory_again),
		cmocka_unit_test(an_arena_ends_at_its_limit_and_starts_anew_after_a_reset),
		cmocka_unit_test(copies_are_the_arena_s_own),
		cmocka_unit_test(a_buffer_grows_and_keeps_what_it_holds),
		cmocka_unit_test(a_buffer_s_first_failure_sticks_until_it_is_reset),
		cmocka_unit_test(a_reason_is_set_and_prefixed),
		cmocka_unit_test(every_error_has_words),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
