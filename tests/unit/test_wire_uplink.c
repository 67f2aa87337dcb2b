/* Frames to headquarters and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/filler.h"
#include "proof/note.h"
#include "wire/codec.h"

static enum kas_err
decode_up(Kasir__V1__UplinkUp *up, struct arena *a, struct kas_why *why)
{
	Kasir__V1__UplinkUp *got = NULL;
	struct bytes b;

	assert_true(proto_pack(a, &up->base, &b));
	return wire_decode_up(b, a, &got, why);
}

static void
frames_to_headquarters_are_bounded(void **state)
{
	Kasir__V1__UplinkUp up = KASIR__V1__UPLINK_UP__INIT;
	Kasir__V1__Hello hello = KASIR__V1__HELLO__INIT;
	Kasir__V1__EntryBatch batch = KASIR__V1__ENTRY_BATCH__INIT;
	struct arena a;
	struct kas_why why;

	(void)state;
	arena_init(&a, 0);
#define EXPECT(e) assert_int_equal(decode_up(&up, &a, &why), e)
	EXPECT(KAS_MALFORMED);		/* neither */
	up.body_case = KASIR__V1__UPLINK_UP__BODY_HELLO;
	up.hello = &hello;
	EXPECT(KAS_MALFORMED);		/* no checkpoint */
	hello.checkpoint = filler_blob(NOTE_MAX);
	EXPECT(KAS_OK);
	hello.checkpoint = filler_blob(NOTE_MAX + 1);
	EXPECT(KAS_MALFORMED);
	hello.checkpoint = hello.cosigned = filler_blob(NOTE_MAX);
	EXPECT(KAS_OK);
	hello.cosigned = filler_blob(NOTE_MAX + 1);
	EXPECT(KAS_MALFORMED);

	up.body_case = KASIR__V1__UPLINK_UP__BODY_BATCH;
	up.batch = &batch;
	batch.count = 1;
	batch.raw_size = WIRE_BLOCK_MAX;
	batch.checkpoint = filler_blob(1);
	EXPECT(KAS_OK);
	batch.raw_size++;
	EXPECT(KAS_MALFORMED);
	batch.raw_size = 0;
	EXPECT(KAS_MALFORMED);
	batch.raw_size = 1;
	batch.count = 0;
	EXPECT(KAS_MALFORMED);
	batch.count = 1;
	batch.first = INT64_MAX - 1;
	EXPECT(KAS_OK);
	batch.first++;
	EXPECT(KAS_MALFORMED);
	batch.first = 0;
	batch.checkpoint = filler_blob(0);
	EXPECT(KAS_MALFORMED);
	batch.checkpoint = filler_blob(1);
	batch.block = filler_blob(WIRE_UP_MAX);
	EXPECT(KAS_RANGE);
#undef EXPECT
	arena_fini(&a);
}

static void
answers_of_headquarters_are_bounded(void **state)
{
	Kasir__V1__UplinkDown down = KASIR__V1__UPLINK_DOWN__INIT, *got = NULL;
	Kasir__V1__Held held = KASIR__V1__HELD__INIT;
	Kasir__V1__Refused refused = KASIR__V1__REFUSED__INIT;
	struct arena a;
	struct bytes b;

	(void)state;
	arena_init(&a, 0);
#define EXPECT(e) do { assert_true(proto_pack(&a, &down.base, &b)); \
	assert_int_equal(wire_decode_down(b, &a, &got, NULL), e); } while (0)
	EXPECT(KAS_MALFORMED);
	down.body_case = KASIR__V1__UPLINK_DOWN__BODY_HELD;
	down.held = &held;
	held.size = INT64_MAX;
	held.cosigned = filler_blob(NOTE_MAX);
	EXPECT(KAS_OK);
	held.size++;
	EXPECT(KAS_MALFORMED);
	held.size = 1;
	held.cosigned = filler_blob(NOTE_MAX + 1);
	EXPECT(KAS_MALFORMED);
	down.body_case = KASIR__V1__UPLINK_DOWN__BODY_REFUSED;
	down.refused = &refused;
	EXPECT(KAS_OK);
	refused.evidence = filler_blob(NOTE_MAX + 1);
	EXPECT(KAS_MALFORMED);
	refused.evidence = filler_blob(WIRE_DOWN_MAX);
	EXPECT(KAS_RANGE);
#undef EXPECT
	arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_to_headquarters_are_bounded),
		cmocka_unit_test(answers_of_headquarters_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
