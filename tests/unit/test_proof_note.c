/* The examples are those of golang.org/x/mod/sumdb/note, whose format C2SP signed-note
 * describes; EnochRoot's key is made from 32 zero bytes there as here. */
#include "unit/unhex.h"

#include <stdio.h>
#include <string.h>

#include "proof/note.h"

#define PETER_SECRET "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define ENOCH "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
#define TEXT "If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define PETER_LINE "\xe2\x80\x94 PeterNeumann " \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define ENOCH_LINE "\xe2\x80\x94 EnochRoot " \
	"rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

static struct signer *peter, *enoch;
static struct vkey peter_key, enoch_key;

static void
fill_zero(void *ctx, uint8_t *p, size_t n)
{
	(void)ctx;
	memset(p, 0, n);
}

static int
setup(void **state)
{
	const struct random_port zeros = { fill_zero, NULL };

	(void)state;
	assert_int_equal(signer_parse(bytes_of_text(PETER_SECRET), &peter, NULL), KAS_OK);
	assert_int_equal(signer_generate(&zeros, "EnochRoot", KEY_ED25519, &enoch), KAS_OK);
	assert_int_equal(vkey_parse(bytes_of_text(PETER), &peter_key, NULL), KAS_OK);
	assert_int_equal(vkey_parse(bytes_of_text(ENOCH), &enoch_key, NULL), KAS_OK);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	signer_close(peter);
	signer_close(enoch);
	signer_close(NULL);
	return 0;
}

static void
assert_text(const struct buf *got, const char *want)
{
	assert_false(got->failed);
	assert_int_equal(got->n, strlen(want));
	assert_memory_equal(got->p, want, got->n);
}

static enum kas_err
parse(const char *text, struct note *ret)
{
	struct kas_why why;

	return note_parse(bytes_of_text(text), ret, &why);
}

static void
the_published_note_verifies(void **state)
{
	struct note n;

	(void)state;
	assert_int_equal(parse(TEXT "\n" PETER_LINE, &n), KAS_OK);
	assert_int_equal(n.n, 1);
	assert_true(bytes_equal(n.text, bytes_of_text(TEXT)));
	assert_int_equal(n.sigs[0].id, 0xc74f20a3);
	assert_int_equal(note_verify(&n, &peter_key, NULL), KAS_OK);
	assert_int_equal(note_verify(&n, &enoch_key, NULL), KAS_NOTFOUND);
}

static void
signing_gives_the_published_note_byte_for_byte(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	note_sign(bytes_of_text(TEXT), peter, &b);
	assert_text(&b, TEXT "\n" PETER_LINE);
	note_cosign(&b, enoch, 0);
	assert_text(&b, TEXT "\n" PETER_LINE ENOCH_LINE);
	buf_fini(&b);
}

static void
signatures_move_from_one_note_to_another(void **state)
{
	struct note both;
	struct buf b;

	(void)state;
	assert_int_equal(parse(TEXT "\n" PETER_LINE ENOCH_LINE, &both), KAS_OK);
	buf_init(&b);
	buf_addf(&b, "%s\n", TEXT);
	note_add_sigs_of(&b, &both, &enoch_key);
	note_add_sigs_of(&b, &both, &peter_key);
	assert_text(&b, TEXT "\n" ENOCH_LINE PETER_LINE);
	buf_fini(&b);
}

static void
any_changed_byte_is_refused(void **state)
{
	const char good[] = TEXT "\n" PETER_LINE;
	struct kas_why why;
	struct note n;
	char bad[sizeof good];
	size_t i;
	unsigned bit;

	(void)state;
	for (i = 0; i < sizeof good - 1; i++) {
		for (bit = 0; bit < 8; bit++) {
			memcpy(bad, good, sizeof good);
			bad[i] = (char)(bad[i] ^ 1 << bit);
			if (note_parse(BYTES(bad, sizeof bad - 1), &n, &why) == KAS_OK)
				assert_int_not_equal(note_verify(&n, &peter_key, NULL), KAS_OK);
		}
	}
}

static void
a_false_signature_beside_a_true_one_is_refused(void **state)
{
	struct note n;

	(void)state;
	assert_int_equal(parse("other\n\n" PETER_LINE, &n), KAS_OK);
	assert_int_equal(note_verify(&n, &peter_key, NULL), KAS_BADSIG);
	assert_int_equal(parse(TEXT "\n" PETER_LINE PETER_LINE, &n), KAS_OK);
	assert_int_equal(note_verify(&n, &peter_key, NULL), KAS_OK);
	/* Its last signature bit changed. */
	assert_int_equal(parse(TEXT "\n" PETER_LINE "\xe2\x80\x94 PeterNeumann "
	    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnBM=\n",
	    &n), KAS_OK);
	assert_int_equal(note_verify(&n, &peter_key, NULL), KAS_BADSIG);
}

static void
a_key_counts_by_name_and_id_together(void **state)
{
	struct note n;

	(void)state;
	/* Enoch's name over Peter's signature, and an id that is nobody's. */
	assert_int_equal(parse(TEXT "\n\xe2\x80\x94 EnochRoot "
	    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
	    &n), KAS_OK);
	assert_int_equal(note_verify(&n, &peter_key, NULL), KAS_NOTFOUND);
	assert_int_equal(note_verify(&n, &enoch_key, NULL), KAS_NOTFOUND);
}

static void
notes_parse_or_not(void **state)
{
	static const struct {
		const char *what, *text;
		enum kas_err err;
	} table[] = {
		{ "plain", TEXT "\n" PETER_LINE, KAS_OK },
		{ "two signatures", TEXT "\n" PETER_LINE ENOCH_LINE, KAS_OK },
		{ "an empty line in the text", "a\n\nb\n\n" PETER_LINE, KAS_OK },
		{ "the text is one empty line", "\n\n" PETER_LINE, KAS_OK },
		{ "a signature of an unknown kind, 5 bytes", "a\n\n\xe2\x80\x94 x AAAAAAE=\n", KAS_OK },
		{ "nothing", "", KAS_MALFORMED },
		{ "no text", "\n" PETER_LINE, KAS_MALFORMED },
		{ "no signature", TEXT "\n", KAS_MALFORMED },
		{ "no empty line", TEXT PETER_LINE, KAS_MALFORMED },
		{ "no newline at the end", "a\n\n\xe2\x80\x94 x AAAAAAE=", KAS_MALFORMED },
		{ "a signature of 4 bytes", "a\n\n\xe2\x80\x94 x AAAAAA==\n", KAS_MALFORMED },
		{ "a hyphen for the dash", "a\n\n- x AAAAAAE=\n", KAS_MALFORMED },
		{ "no name", "a\n\n\xe2\x80\x94  AAAAAAE=\n", KAS_MALFORMED },
		{ "a plus in the name", "a\n\n\xe2\x80\x94 x+y AAAAAAE=\n", KAS_MALFORMED },
		{ "a wide space in the name", "a\n\n\xe2\x80\x94 x\xe3\x80\x80y AAAAAAE=\n", KAS_MALFORMED },
		{ "unpadded base64", "a\n\n\xe2\x80\x94 x AAAAAAE\n", KAS_MALFORMED },
		{ "more after the base64", "a\n\n\xe2\x80\x94 x AAAAAAE= \n", KAS_MALFORMED },
		{ "a tab in the text", "a\tb\n\n" PETER_LINE, KAS_MALFORMED },
		{ "a carriage return", "a\r\n\n" PETER_LINE, KAS_MALFORMED },
		{ "not UTF-8", "a\xff\n\n" PETER_LINE, KAS_MALFORMED },
	};
	struct note n;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++)
		if (parse(table[i].text, &n) != table[i].err)
			fail_msg("%s", table[i].what);
}

static void
a_note_carries_16_signatures_and_no_17th(void **state)
{
	struct kas_why why;
	struct note n;
	struct buf b;
	unsigned i;

	(void)state;
	buf_init(&b);
	buf_addf(&b, "%s\n", TEXT);
	for (i = 0; i < NOTE_SIGS_MAX; i++)
		buf_addf(&b, "%s", PETER_LINE);
	assert_int_equal(note_parse(buf_bytes(&b), &n, &why), KAS_OK);
	assert_int_equal(n.n, NOTE_SIGS_MAX);
	buf_addf(&b, "%s", PETER_LINE);
	assert_int_equal(note_parse(buf_bytes(&b), &n, &why), KAS_MALFORMED);
	buf_fini(&b);
}

static void
a_note_may_be_4096_bytes_and_no_longer(void **state)
{
	char text[NOTE_MAX + 1 + sizeof PETER_LINE];
	size_t pad = NOTE_MAX - (sizeof PETER_LINE - 1) - 2;
	struct note n;

	(void)state;
	memset(text, 'a', pad);
	snprintf(text + pad, sizeof text - pad, "\n\n%s", PETER_LINE);
	assert_int_equal(strlen(text), NOTE_MAX);
	assert_int_equal(parse(text, &n), KAS_OK);
	memset(text, 'a', pad + 1);
	snprintf(text + pad + 1, sizeof text - pad - 1, "\n\n%s", PETER_LINE);
	assert_int_equal(parse(text, &n), KAS_MALFORMED);
}

/* A post-quantum signature is kilobytes long: kept as a line, not as a body. */
static void
a_signature_too_long_to_keep_is_unknown_not_an_error(void **state)
{
	char sig[BASE64_LEN(2000) + 1];
	uint8_t raw[2000] = { 0xc7, 0x4f, 0x20, 0xa3 };
	struct note n;
	struct kas_why why;
	struct buf b;

	(void)state;
	base64_format(BYTES(raw, sizeof raw), sig);
	buf_init(&b);
	buf_addf(&b, "%s\n\xe2\x80\x94 PeterNeumann %s\n", TEXT, sig);
	assert_int_equal(note_parse(buf_bytes(&b), &n, &why), KAS_OK);
	assert_int_equal(n.sigs[0].body_n, 0);
	assert_int_equal(note_verify(&n, &peter_key, NULL), KAS_BADSIG);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_note_verifies),
		cmocka_unit_test(signing_gives_the_published_note_byte_for_byte),
		cmocka_unit_test(signatures_move_from_one_note_to_another),
		cmocka_unit_test(any_changed_byte_is_refused),
		cmocka_unit_test(a_false_signature_beside_a_true_one_is_refused),
		cmocka_unit_test(a_key_counts_by_name_and_id_together),
		cmocka_unit_test(notes_parse_or_not),
		cmocka_unit_test(a_note_carries_16_signatures_and_no_17th),
		cmocka_unit_test(a_note_may_be_4096_bytes_and_no_longer),
		cmocka_unit_test(a_signature_too_long_to_keep_is_unknown_not_an_error),
	};

	return cmocka_run_group_tests_name("note", tests, setup, teardown);
}
