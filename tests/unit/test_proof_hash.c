/* SHA-256 as hash.h has it, against NIST's examples and another implementation. */
#include "unit/unhex.h"

#include <sodium.h>
#include <string.h>

#include "proof/hash.h"

#define LENGTH_MAX 200u		/* three blocks and some */

static void
digests_are_nist_s_examples(void **state)
{
	static const struct {
		const char *message, *digest;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	static uint8_t million[1000000];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_hash_equal(hash_of(bytes_of_text(cases[i].message)),
		    unhex_hash(cases[i].digest));
	memset(million, 'a', sizeof million);
	assert_hash_equal(hash_of(BYTES(million, sizeof million)),
	    unhex_hash("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
	assert_hash_equal(hash_of(BYTES_NONE), unhex_hash(cases[0].digest));
}

static void
every_length_and_every_cut_agrees_with_libsodium(void **state)
{
	uint8_t message[LENGTH_MAX];
	struct hash should;
	struct hasher parts;

	(void)state;
	for (size_t i = 0; i < sizeof message; i++)
		message[i] = (uint8_t)(7 * i + 1);
	for (size_t n = 0; n <= sizeof message; n++) {
		crypto_hash_sha256(should.b, message, n);
		assert_hash_equal(hash_of(BYTES(message, n)), should);
		for (size_t cut = 0; cut <= n; cut++) {
			assert_hash_equal(hash_of_two(BYTES(message, cut),
			    BYTES(message + cut, n - cut)), should);
			hasher_begin(&parts);
			hasher_add(&parts, BYTES(message, cut));
			hasher_add(&parts, BYTES(message + cut, n - cut));
			assert_hash_equal(hasher_end(&parts), should);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_nist_s_examples),
		cmocka_unit_test(every_length_and_every_cut_agrees_with_libsodium),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
