/* Ed25519 as sig_verify() has it, against Wycheproof and RFC 8032. */
#include "unit/unhex.h"

#include <string.h>

#include "proof/key.h"
#include "unit/wycheproof_ed25519.h"

static void
wycheproof_s_signatures_verify_or_not_as_they_should(void **state)
{
	uint8_t key_room[KEY_LEN], sig[SIG_LEN], message[128];
	struct pubkey key;
	size_t i;
	struct bytes m;

	(void)state;
	for (i = 0; i < COUNT(wycheproof); i++) {
		unhex(wycheproof_keys[wycheproof[i].key], key_room, sizeof key_room);
		memcpy(key.b, key_room, KEY_LEN);
		assert_int_equal(unhex(wycheproof[i].signature, sig, sizeof sig).n, SIG_LEN);
		m = unhex(wycheproof[i].message, message, sizeof message);
		if (sig_verify(&key, m, sig) != wycheproof[i].valid)
			fail_msg("tcId %d", wycheproof[i].id);
	}
}

/* RFC 8032, section 7.1, tests 1 to 3. */
static void
signatures_are_rfc_8032_s(void **state)
{
	static const struct { const char *seed, *key, *message, *sig; } table[] = {
		{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
		{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
		{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
	};
	uint8_t seed[SEED_LEN], key[KEY_LEN], message[2], want[SIG_LEN], sig[SIG_LEN];
	struct signer *s;
	struct bytes m;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++) {
		unhex(table[i].seed, seed, sizeof seed);
		unhex(table[i].key, key, sizeof key);
		unhex(table[i].sig, want, sizeof want);
		m = unhex(table[i].message, message, sizeof message);
		assert_int_equal(signer_open_seed(seed, "rfc8032", KEY_ED25519, &s), KAS_OK);
		assert_memory_equal(signer_vkey(s)->key.b, key, KEY_LEN);
		signer_sign(s, m, sig);
		assert_memory_equal(sig, want, SIG_LEN);
		assert_true(sig_verify(&signer_vkey(s)->key, m, sig));
		signer_close(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wycheproof_s_signatures_verify_or_not_as_they_should),
		cmocka_unit_test(signatures_are_rfc_8032_s),
	};

	return cmocka_run_group_tests_name("ed25519", tests, NULL, NULL);
}
