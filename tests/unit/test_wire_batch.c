/* A terminal's message and the transactions in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/filler.h"
#include "wire/codec.h"

static void
a_batch_holds_at_most_64_transactions(void **state)
{
	uint8_t wire[2 * 65];
	Kasir__V1__TransactionBatch *b = NULL;
	struct arena a;
	struct kas_why why;
	size_t i;

	(void)state;
	for (i = 0; i < 65; i++) {
		wire[2 * i] = 0x22;
		wire[2 * i + 1] = 0;
	}
	arena_init(&a, 0);
	assert_int_equal(wire_decode_batch(BYTES_NONE, &a, &b, &why), KAS_OK);
	assert_int_equal(b->n_transactions, 0);
	assert_int_equal(wire_decode_batch(BYTES(wire, 128), &a, &b, &why), KAS_OK);
	assert_int_equal(b->n_transactions, 64);
	assert_int_equal(wire_decode_batch(BYTES(wire, 130), &a, &b, &why), KAS_RANGE);
	assert_non_null(strstr(why.text, "65 transactions"));
	arena_fini(&a);
}

/* 0x12 is the tag of `checkpoint`: one field of any length fills a batch. */
static void
a_batch_is_at_most_256_KiB_long(void **state)
{
	static uint8_t wire[WIRE_BATCH_MAX + 1];
	Kasir__V1__TransactionBatch *b = NULL;
	size_t n = WIRE_BATCH_MAX - 4;
	struct arena a;
	struct kas_why why;

	(void)state;
	wire[0] = 0x12;
	wire[1] = 0x80 | (n & 0x7f);
	wire[2] = (uint8_t)(0x80 | ((n >> 7) & 0x7f));
	wire[3] = (uint8_t)(n >> 14);
	arena_init(&a, 0);
	assert_int_equal(wire_decode_batch(BYTES(wire, WIRE_BATCH_MAX), &a, &b, &why), KAS_OK);
	assert_int_equal(b->checkpoint.len, n);
	assert_int_equal(wire_decode_batch(BYTES(wire, WIRE_BATCH_MAX + 1), &a, &b, &why), KAS_RANGE);
	assert_int_equal(wire_decode_batch(BYTES(wire, WIRE_BATCH_MAX - 1), &a, &b, &why),
	    KAS_MALFORMED);
	arena_fini(&a);
}

static void
a_signed_transaction_is_taken_apart(void **state)
{
	Kasir__V1__SignedTransaction t = KASIR__V1__SIGNED_TRANSACTION__INIT;
	Kasir__V1__Personal p = KASIR__V1__PERSONAL__INIT;
	struct signed_txn got;
	struct kas_why why;
	struct hash h;

	(void)state;
	t.epoch = 3;
	t.sequence = 4;
	t.txn_id = filler_blob(16);
	t.previous = filler_blob(32);
	t.payload = filler_blob(100);
	t.signature = filler_blob(64);
	p.salt = filler_blob(16);
	p.data = filler_blob(20);
	t.personal = &p;
	assert_int_equal(wire_open_txn(&t, "s", "t", &got, &why), KAS_OK);
	assert_int_equal(got.st.epoch, 3);
	assert_int_equal(got.st.sequence, 4);
	assert_true(got.st.previous_known && got.st.has_personal);
	h = hash_of(filler(100));
	assert_true(hash_equal(&got.st.payload, &h));
	h = hash_of(filler(36));
	assert_true(hash_equal(&got.st.personal, &h));
	h = statement_hash(&got.st);
	assert_true(hash_equal(&got.hash, &h));
	assert_int_equal(got.text_n, strlen(got.text));
	t.personal = NULL;
	t.previous = filler_blob(0);
	assert_int_equal(wire_open_txn(&t, "s", "t", &got, &why), KAS_OK);
	assert_false(got.st.previous_known || got.st.has_personal);
	assert_int_equal(got.personal.n + got.salt.n, 0);
}

static void
a_transaction_field_of_a_wrong_length_is_named(void **state)
{
	static const struct {
		const char *names;	/* in the answer; NULL: fine */
		uint64_t epoch, sequence;
		size_t txn_id, previous, payload, signature;
		long salt;		/* -1: no personal data at all */
		size_t data;
	} cases[] = {
		{ NULL, 1, 1, 16, 0, 1, 64, -1, 0 },
		{ NULL, INT64_MAX, INT64_MAX, 16, 32, WIRE_PAYLOAD_MAX, 64, 16, WIRE_PERSONAL_MAX },
		{ NULL, 1, 1, 16, 0, 1, 64, 16, 1 },
		{ "epoch", 0, 1, 16, 0, 1, 64, -1, 0 },
		{ "epoch", (uint64_t)INT64_MAX + 1, 1, 16, 0, 1, 64, -1, 0 },
		{ "sequence", 1, 0, 16, 0, 1, 64, -1, 0 },
		{ "sequence", 1, (uint64_t)INT64_MAX + 1, 16, 0, 1, 64, -1, 0 },
		{ "txn_id", 1, 1, 15, 0, 1, 64, -1, 0 },
		{ "txn_id", 1, 1, 17, 0, 1, 64, -1, 0 },
		{ "txn_id", 1, 1, 0, 0, 1, 64, -1, 0 },
		{ "previous", 1, 1, 16, 31, 1, 64, -1, 0 },
		{ "previous", 1, 1, 16, 33, 1, 64, -1, 0 },
		{ "payload", 1, 1, 16, 0, 0, 64, -1, 0 },
		{ "payload", 1, 1, 16, 0, WIRE_PAYLOAD_MAX + 1, 64, -1, 0 },
		{ "signature", 1, 1, 16, 0, 1, 63, -1, 0 },
		{ "signature", 1, 1, 16, 0, 1, 65, -1, 0 },
		{ "personal.salt", 1, 1, 16, 0, 1, 64, 15, 1 },
		{ "personal.salt", 1, 1, 16, 0, 1, 64, 17, 1 },
		{ "personal.salt", 1, 1, 16, 0, 1, 64, 0, 0 },
		{ "personal.data", 1, 1, 16, 0, 1, 64, 16, 0 },
		{ "personal.data", 1, 1, 16, 0, 1, 64, 16, WIRE_PERSONAL_MAX + 1 },
	};
	struct signed_txn got;
	struct kas_why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		Kasir__V1__SignedTransaction t = KASIR__V1__SIGNED_TRANSACTION__INIT;
		Kasir__V1__Personal p = KASIR__V1__PERSONAL__INIT;

		t.epoch = cases[i].epoch;
		t.sequence = cases[i].sequence;
		t.txn_id = filler_blob(cases[i].txn_id);
		t.previous = filler_blob(cases[i].previous);
		t.payload = filler_blob(cases[i].payload);
		t.signature = filler_blob(cases[i].signature);
		if (cases[i].salt >= 0) {
			p.salt = filler_blob((size_t)cases[i].salt);
			p.data = filler_blob(cases[i].data);
			t.personal = &p;
		}
		if (cases[i].names == NULL) {
			assert_int_equal(wire_open_txn(&t, "s", "t", &got, &why), KAS_OK);
			continue;
		}
		assert_int_equal(wire_open_txn(&t, "s", "t", &got, &why), KAS_MALFORMED);
		if (strncmp(why.text, cases[i].names, strlen(cases[i].names)) != 0)
			fail_msg("case %zu names \"%s\"", i, why.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_holds_at_most_64_transactions),
		cmocka_unit_test(a_batch_is_at_most_256_KiB_long),
		cmocka_unit_test(a_signed_transaction_is_taken_apart),
		cmocka_unit_test(a_transaction_field_of_a_wrong_length_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
