/* What is signed, as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "wire/codec.h"

static struct hash
hash_filled(uint8_t with)
{
	struct hash h;

	memset(h.b, with, sizeof h.b);
	return h;
}

/* The example of docs/reference/protocol.md, byte for byte. */
static void
the_statement_of_the_documentation_is_made(void **state)
{
	static const char text[] =
	    "kasir.v1/transaction\n"
	    "toko-1/kasa-2\n"
	    "1 118\n"
	    "0192f0c1a2b37c4d8e5f60718293a4b5\n"
	    "unknown\n"
	    "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=\n"
	    "-\n";
	static const uint8_t txn_id[16] = { 0x01, 0x92, 0xf0, 0xc1, 0xa2, 0xb3, 0x7c, 0x4d,
		0x8e, 0x5f, 0x60, 0x71, 0x82, 0x93, 0xa4, 0xb5 };
	struct statement st = { .store = "toko-1", .terminal = "kasa-2", .epoch = 1,
		.sequence = 118, .payload = hash_of(bytes_of_text("hello world")) };
	struct hash h = hash_of(BYTES(text, sizeof text - 1)), made;
	char to[STATEMENT_MAX];

	(void)state;
	memcpy(st.txn_id, txn_id, sizeof txn_id);
	assert_int_equal(statement_format(&st, to), sizeof text - 1);
	assert_string_equal(to, text);
	made = statement_hash(&st);
	assert_memory_equal(&made, &h, sizeof h);
}

/* Its key, signature and message there, too: a stranger checks a terminal against them. */
static void
the_signature_and_message_of_the_documentation_are_made(void **state)
{
	static const char signature[] =
	    "b2302421dbf0d855a30e49df9e21409be931493916c60ba4291ad88b7ab56deb"
	    "bd9ecf8f0fc12e629c3608be5e225e2171ea0de83542fedfcc4348df0eac2809";
	static const char message[] =
	    "0a066b6173612d322265080110761a100192f0c1a2b37c4d8e5f60718293a4b5"
	    "2a0b68656c6c6f20776f726c643240b2302421dbf0d855a30e49df9e21409be9"
	    "31493916c60ba4291ad88b7ab56debbd9ecf8f0fc12e629c3608be5e225e2171"
	    "ea0de83542fedfcc4348df0eac2809";
	uint8_t seed[SEED_LEN], wire[256], sig[SIG_LEN];
	Kasir__V1__TransactionBatch *batch = NULL;
	struct signed_txn txn;
	struct signer *s = NULL;
	struct arena a;
	char hex[2 * SIG_LEN + 1];
	size_t n = sizeof wire;

	(void)state;
	memset(seed, 1, sizeof seed);
	assert_int_equal(signer_open_seed(seed, "toko-1/kasa-2", KEY_ED25519, &s), KAS_OK);
	assert_int_equal(hex_parse(bytes_of_text(message), wire, &n), KAS_OK);
	arena_init(&a, 0);
	assert_int_equal(wire_decode_batch(BYTES(wire, n), &a, &batch, NULL), KAS_OK);
	assert_int_equal(batch->n_transactions, 1);
	assert_int_equal(wire_open_txn(batch->transactions[0], "toko-1", "kasa-2", &txn, NULL), KAS_OK);
	assert_true(sig_verify(&signer_vkey(s)->key, BYTES(txn.text, txn.text_n), txn.signature));
	signer_sign(s, BYTES(txn.text, txn.text_n), sig);
	hex_format(BYTES(sig, sizeof sig), hex);
	assert_string_equal(hex, signature);
	arena_fini(&a);
	signer_close(s);
}

static void
a_statement_names_predecessor_and_personal_data_where_there_are_any(void **state)
{
	struct statement st = { .store = "s", .terminal = "t", .epoch = UINT64_MAX,
		.sequence = 0, .previous_known = true, .previous = hash_filled(0),
		.payload = hash_filled(0xff), .has_personal = true, .personal = hash_filled(0) };
	char to[STATEMENT_MAX];

	(void)state;
	statement_format(&st, to);
	assert_string_equal(to,
	    "kasir.v1/transaction\n"
	    "s/t\n"
	    "18446744073709551615 0\n"
	    "00000000000000000000000000000000\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	    "//////////////////////////////////////////8=\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
}

static void
the_longest_statement_fits(void **state)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz012345";
	struct statement st = { .store = longest, .terminal = longest, .epoch = UINT64_MAX,
		.sequence = UINT64_MAX, .previous_known = true, .has_personal = true };
	char to[STATEMENT_MAX];
	size_t n;

	(void)state;
	assert_int_equal(strlen(longest), NAME_MAX_LEN);
	n = statement_format(&st, to);
	assert_int_equal(n, 21 + 66 + 42 + 33 + 3 * 45);
	assert_int_equal(to[n], '\0');
}

static void
a_refusal_is_signed_with_its_addressee(void **state)
{
	char to[STATEMENT_MAX];
	size_t n = refusal_statement_format("toko-1", "kasa-2", bytes_of_text("hello world"), to);

	(void)state;
	assert_string_equal(to, "kasir.v1/refusals\ntoko-1/kasa-2\n"
	    "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=\n");
	assert_int_equal(n, strlen(to));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_statement_of_the_documentation_is_made),
		cmocka_unit_test(the_signature_and_message_of_the_documentation_are_made),
		cmocka_unit_test(a_statement_names_predecessor_and_personal_data_where_there_are_any),
		cmocka_unit_test(the_longest_statement_fits),
		cmocka_unit_test(a_refusal_is_signed_with_its_addressee),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
