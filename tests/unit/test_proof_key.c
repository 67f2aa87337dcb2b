/* Keys as texts.  PeterNeumann's is the example of golang.org/x/mod/sumdb/note, as are
 * several of the broken ones; the others are transparency-dev/formats'. */
#include "unit/unhex.h"

#include <string.h>

#include "proof/key.h"

#define SECRET "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define PUBLIC "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

static const struct { const char *secret, *public; } pairs[] = {
	{ SECRET, PUBLIC },
	{ "PRIVATE+KEY+Log+2271c621+AdEIq9FLRQni54Wg68T96VJO+iayOaulswav2DUMKgvQ",
	  "Log+2271c621+AemuH5ooBpEPcr+W8onrjA1NfuzBVHdezakU81Ekarvs" },
	{ "PRIVATE+KEY+Known+451c786d+AQPRoE2+Z+Ed1HaHBA9F/FfracvcZ2rDU39kCecMEoci",
	  "Known+451c786d+AXAQ0T7lbwuY4ABJ9/MYY9bWV3hmSyOGVt2x42NkmdUH" },
	{ "PRIVATE+KEY+KnownAgain+4893b26c+ARhZda/l25zjGZswYLDZsLNRzNpmv5wYTN9IoTr1OJ2+",
	  "KnownAgain+4893b26c+AQ+LR7BFF/F/dkpIBjBpSvT0crkteizuUkavAoGeaYMj" },
};

static void
assert_text(const struct buf *got, const char *want)
{
	assert_false(got->failed);
	assert_int_equal(got->n, strlen(want));
	assert_memory_equal(got->p, want, got->n);
}

static void
a_secret_text_gives_its_published_public_text_and_back(void **state)
{
	struct signer *s;
	struct vkey v;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(pairs); i++) {
		assert_int_equal(signer_parse(bytes_of_text(pairs[i].secret), &s, NULL), KAS_OK);
		buf_reset(&b);
		vkey_format(signer_vkey(s), &b);
		assert_text(&b, pairs[i].public);
		buf_reset(&b);
		signer_format(s, &b);
		assert_text(&b, pairs[i].secret);
		assert_int_equal(vkey_parse(bytes_of_text(pairs[i].public), &v, NULL), KAS_OK);
		assert_string_equal(v.name, signer_vkey(s)->name);
		assert_int_equal(v.id, signer_vkey(s)->id);
		assert_int_equal(v.type, KEY_ED25519);
		assert_memory_equal(v.key.b, signer_vkey(s)->key.b, KEY_LEN);
		signer_close(s);
	}
	buf_fini(&b);
}

static void
broken_public_texts_are_refused_with_a_reason(void **state)
{
	static const struct { const char *what, *text; } table[] = {
		{ "nothing", "" },
		{ "no key", "PeterNeumann+c74f20a3" },
		{ "wrong id", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "short id", "PeterNeumann+c74f20+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "long id", "PeterNeumann+c74f20a300+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "id no hex", "PeterNeumann+c74f20ax+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "another name", "PeterNewman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "key too long",
		  "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==" },
		{ "unknown type", "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "newline after it", PUBLIC "\n" },
		{ "no name", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
	};
	struct kas_why why;
	struct vkey v;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++) {
		why.text[0] = '\0';
		if (vkey_parse(bytes_of_text(table[i].text), &v, &why) != KAS_MALFORMED ||
		    why.text[0] == '\0')
			fail_msg("%s", table[i].what);
	}
}

static void
broken_secret_texts_are_refused_with_a_reason(void **state)
{
	static const char *const table[] = {
		"", "PRIVATE+KEY+", PUBLIC, "PRIVATE+KEY+" PUBLIC,
		"PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
		SECRET " ",
	};
	struct kas_why why;
	struct signer *s = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++) {
		why.text[0] = '\0';
		assert_int_equal(signer_parse(bytes_of_text(table[i]), &s, &why), KAS_MALFORMED);
		assert_null(s);
		assert_string_not_equal(why.text, "");
	}
}

/* The id covers the type, so that one key may serve two without confusion. */
static void
the_same_key_has_another_id_as_a_cosigner(void **state)
{
	struct vkey a, b, c;
	struct buf text;

	(void)state;
	assert_int_equal(vkey_parse(bytes_of_text(PUBLIC), &a, NULL), KAS_OK);
	assert_int_equal(vkey_init(&b, a.name, KEY_COSIGNATURE_V1, &a.key), KAS_OK);
	assert_int_not_equal(a.id, b.id);
	buf_init(&text);
	vkey_format(&b, &text);
	assert_int_equal(vkey_parse(buf_bytes(&text), &c, NULL), KAS_OK);
	assert_int_equal(c.type, KEY_COSIGNATURE_V1);
	assert_int_equal(c.id, b.id);
	buf_fini(&text);
}

static void
names_are_valid_or_not(void **state)
{
	char longest[KEY_NAME_MAX + 2];
	static const struct { const char *name; bool valid; } table[] = {
		{ "a", true }, { "warung-berkah/tebet/1", true }, { "\xc3\xa9t\xc3\xa9", true },
		{ "", false }, { "a b", false }, { "a+b", false }, { "a\tb", false },
		{ "a\nb", false }, { "a\x7f", false }, { "a\xc2\xa0", false },
		{ "\xe2\x80\x89x", false }, { "\xe2\x80\xa8x", false }, { "x\xc2\x85", false },
		{ "x\xff", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++)
		if (key_name_is_valid(bytes_of_text(table[i].name)) != table[i].valid)
			fail_msg("name %zu: \"%s\"", i, table[i].name);
	assert_false(key_name_is_valid(BYTES("a\0b", 3)));
	memset(longest, 'n', sizeof longest);
	assert_true(key_name_is_valid(BYTES(longest, KEY_NAME_MAX)));
	assert_false(key_name_is_valid(BYTES(longest, KEY_NAME_MAX + 1)));
}

static void
a_seed_is_wiped_once_it_is_locked_away(void **state)
{
	uint8_t seed[SEED_LEN], zeros[SEED_LEN] = { 0 };
	struct signer *s = NULL;

	(void)state;
	memset(seed, 7, sizeof seed);
	assert_int_equal(signer_open_seed(seed, "bad name", KEY_ED25519, &s), KAS_MALFORMED);
	assert_null(s);
	assert_memory_equal(seed, zeros, sizeof seed);
	memset(seed, 7, sizeof seed);
	assert_int_equal(signer_open_seed(seed, "name", KEY_ED25519, &s), KAS_OK);
	assert_memory_equal(seed, zeros, sizeof seed);
	signer_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_text_gives_its_published_public_text_and_back),
		cmocka_unit_test(broken_public_texts_are_refused_with_a_reason),
		cmocka_unit_test(broken_secret_texts_are_refused_with_a_reason),
		cmocka_unit_test(the_same_key_has_another_id_as_a_cosigner),
		cmocka_unit_test(names_are_valid_or_not),
		cmocka_unit_test(a_seed_is_wiped_once_it_is_locked_away),
	};

	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
