#include "unit/unhex.h"

#include <string.h>

#include "base/proto.h"
#include "kasir/v1/ledger.pb-c.h"

static struct bytes
sample(struct arena *a)
{
	Kasir__V1__TerminalAdded m = KASIR__V1__TERMINAL_ADDED__INIT;
	Kasir__V1__Actor by = KASIR__V1__ACTOR__INIT;
	struct bytes packed = BYTES_NONE;

	m.terminal = (char *)"kasir-1";
	m.epoch = 3;
	m.key = proto_bytes(BYTES("0123456789abcdef0123456789abcdef", 32));
	by.uid = 1000;
	by.user = (char *)"ratna";
	m.by = &by;
	assert_true(proto_pack(a, &m.base, &packed));
	return packed;
}

static void
a_message_comes_back_as_it_went(void **state)
{
	Kasir__V1__TerminalAdded *m;
	struct arena a;
	struct bytes packed;

	(void)state;
	arena_init(&a, 0);
	packed = sample(&a);
	m = PROTO_UNPACK(kasir__v1__terminal_added, &a, packed);
	assert_non_null(m);
	assert_string_equal(m->terminal, "kasir-1");
	assert_int_equal(m->epoch, 3);
	assert_int_equal(bytes_of_proto(m->key).n, 32);
	assert_int_equal(m->by->uid, 1000);
	assert_string_equal(m->by->user, "ratna");
	arena_fini(&a);
}

static void
packing_into_an_arena_and_a_buffer_gives_the_same_bytes(void **state)
{
	Kasir__V1__Actor by = KASIR__V1__ACTOR__INIT;
	struct bytes packed;
	struct arena a;
	struct buf b;

	(void)state;
	by.uid = 7;
	by.user = (char *)"budi";
	arena_init(&a, 0);
	buf_init(&b);
	buf_add(&b, ">", 1);
	proto_append(&b, &by.base);
	assert_true(proto_pack(&a, &by.base, &packed));
	assert_true(bytes_equal(packed, BYTES(b.p + 1, b.n - 1)));
	buf_fini(&b);
	arena_fini(&a);
}

static void
no_bytes_are_a_message_without_fields(void **state)
{
	Kasir__V1__TerminalAdded *m;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	m = PROTO_UNPACK(kasir__v1__terminal_added, &a, BYTES_NONE);
	assert_non_null(m);
	assert_string_equal(m->terminal, "");
	assert_null(m->by);
	arena_fini(&a);
}

/* Cut anywhere within a field it does not decode; between fields it is a shorter message. */
static void
a_cut_message_does_not_decode(void **state)
{
	struct arena a;
	struct bytes packed;
	size_t n, decoded = 0;

	(void)state;
	arena_init(&a, 0);
	packed = sample(&a);
	for (n = 0; n < packed.n; n++)
		decoded += PROTO_UNPACK(kasir__v1__terminal_added, &a, BYTES(packed.p, n)) != NULL;
	assert_int_equal(decoded, 4);	/* before each of its 4 fields */
	arena_fini(&a);
}

static void
a_message_that_does_not_fit_the_arena_is_refused(void **state)
{
	struct arena roomy, tight;
	struct bytes packed;
	size_t limit;

	(void)state;
	arena_init(&roomy, 0);
	packed = sample(&roomy);
	arena_reset(&roomy);
	packed = sample(&roomy);
	for (limit = 16; limit <= 64; limit += 16) {
		arena_init(&tight, limit);
		assert_null(PROTO_UNPACK(kasir__v1__terminal_added, &tight, packed));
		arena_fini(&tight);
	}
	arena_init(&tight, 1024);
	assert_non_null(PROTO_UNPACK(kasir__v1__terminal_added, &tight, packed));
	arena_fini(&tight);
	arena_fini(&roomy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_comes_back_as_it_went),
		cmocka_unit_test(packing_into_an_arena_and_a_buffer_gives_the_same_bytes),
		cmocka_unit_test(no_bytes_are_a_message_without_fields),
		cmocka_unit_test(a_cut_message_does_not_decode),
		cmocka_unit_test(a_message_that_does_not_fit_the_arena_is_refused),
	};

	return cmocka_run_group_tests_name("proto", tests, NULL, NULL);
}
