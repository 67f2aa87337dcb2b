/* Answers to a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/filler.h"
#include "wire/codec.h"

static void
a_proof_is_at_most_64_hashes_of_32_bytes(void **state)
{
	ProtobufCBinaryData hashes[PROOF_MAX + 1];
	struct proof p = { .n = 77 };
	size_t i;

	(void)state;
	for (i = 0; i <= PROOF_MAX; i++)
		hashes[i] = filler_blob(32);
	assert_true(wire_proof_of(NULL, 0, &p));
	assert_int_equal(p.n, 0);
	assert_true(wire_proof_of(hashes, PROOF_MAX, &p));
	assert_int_equal(p.n, PROOF_MAX);
	assert_false(wire_proof_of(hashes, PROOF_MAX + 1, &p));
	hashes[1] = filler_blob(31);
	assert_true(wire_proof_of(hashes, 1, &p));
	assert_false(wire_proof_of(hashes, 2, &p));
	assert_int_equal(p.n, 1);
}

static void
an_ack_message_is_bounded(void **state)
{
	static uint8_t wire[WIRE_ACK_MAX + 1];
	Kasir__V1__AckBatch b = KASIR__V1__ACK_BATCH__INIT, *got = NULL;
	struct arena a;
	struct bytes packed;
	size_t i;

	(void)state;
	arena_init(&a, 0);
	b.refusals = filler_blob(3);
	b.refusals_signature = filler_blob(64);
	assert_true(proto_pack(&a, &b.base, &packed));
	assert_int_equal(wire_decode_ack_batch(packed, &a, &got, NULL), KAS_OK);
	b.refusals_signature = filler_blob(63);
	assert_true(proto_pack(&a, &b.base, &packed));
	assert_int_equal(wire_decode_ack_batch(packed, &a, &got, NULL), KAS_MALFORMED);
	for (i = 0; i + 1 < sizeof wire; i += 2)
		wire[i] = 0x22;		/* empty acks, a quarter of a million */
	assert_int_equal(wire_decode_ack_batch(BYTES(wire, WIRE_ACK_MAX), &a, &got, NULL),
	    KAS_MALFORMED);
	assert_int_equal(wire_decode_ack_batch(BYTES(wire, WIRE_ACK_MAX + 1), &a, &got, NULL),
	    KAS_RANGE);
	arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_is_at_most_64_hashes_of_32_bytes),
		cmocka_unit_test(an_ack_message_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
