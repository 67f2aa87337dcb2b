/* The checkpoints are real ones: sum.golang.org's as transparency-dev/formats keeps it,
 * and the example of C2SP tlog-cosignature, whose log's signature is sum.golang.org's over
 * another origin line and whose witness' key was never published. */
#include "unit/unhex.h"

#include <string.h>

#include "proof/checkpoint.h"

#define GOLANG "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
#define GOLANG_TEXT "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n"
#define GOLANG_LINE "\xe2\x80\x94 sum.golang.org " \
	"Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n"
#define SOFA_TEXT "example.com/behind-the-sofa\n20852163\n" \
	"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define SOFA_COSIGNED SOFA_TEXT "\n\xe2\x80\x94 example.com/behind-the-sofa " \
	"Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" \
	"\xe2\x80\x94 witness.example.com/w1 " \
	"jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"

static struct signer *store, *hq;
static struct checkpoint mine = { .origin = "berkah/tebet/1", .size = 42 };

static int
setup(void **state)
{
	uint8_t a[SEED_LEN], b[SEED_LEN];

	(void)state;
	memset(a, 1, sizeof a);
	memset(b, 2, sizeof b);
	mine.root = hash_of(bytes_of_text("root"));
	assert_int_equal(signer_open_seed(a, mine.origin, KEY_ED25519, &store), KAS_OK);
	assert_int_equal(signer_open_seed(b, "hq.berkah", KEY_COSIGNATURE_V1, &hq), KAS_OK);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	signer_close(store);
	signer_close(hq);
	return 0;
}

static void
the_go_checksum_database_s_checkpoint_verifies(void **state)
{
	struct checkpoint c;
	struct vkey v;
	struct note n;
	struct kas_why why;
	struct buf b;

	(void)state;
	assert_int_equal(vkey_parse(bytes_of_text(GOLANG), &v, &why), KAS_OK);
	assert_int_equal(note_parse(bytes_of_text(GOLANG_TEXT "\n" GOLANG_LINE), &n, &why), KAS_OK);
	assert_int_equal(note_verify(&n, &v, NULL), KAS_OK);
	assert_int_equal(checkpoint_parse(n.text, &c, &why), KAS_OK);
	assert_string_equal(c.origin, "go.sum database tree");
	assert_int_equal(c.size, 6476701);
	buf_init(&b);
	checkpoint_format(&c, &b);
	assert_true(bytes_equal(buf_bytes(&b), bytes_of_text(GOLANG_TEXT)));
	buf_fini(&b);
	/* A log of ours is named as its key is; that one is not. */
	assert_int_equal(checkpoint_open(bytes_of_text(GOLANG_TEXT "\n" GOLANG_LINE), &v, &c, &why),
	    KAS_BADSIG);
}

static void
the_published_cosigned_checkpoint_parses(void **state)
{
	struct note n;
	struct checkpoint c;
	struct kas_why why;
	uint64_t time = 0;
	unsigned i;

	(void)state;
	assert_int_equal(note_parse(bytes_of_text(SOFA_COSIGNED), &n, &why), KAS_OK);
	assert_int_equal(checkpoint_parse(n.text, &c, &why), KAS_OK);
	assert_string_equal(c.origin, "example.com/behind-the-sofa");
	assert_int_equal(c.size, 20852163);
	assert_int_equal(n.n, 2);
	assert_int_equal(n.sigs[1].id, 0x8d66cf3f);
	assert_int_equal(n.sigs[1].body_n, 8 + SIG_LEN);
	for (i = 0; i < 8; i++)
		time = time << 8 | n.sigs[1].body[i];
	assert_int_equal(time, 1679315147);
}

/* C2SP tlog-cosignature, "Ed25519 signed message": built here by hand. */
static void
a_cosignature_signs_header_time_and_text(void **state)
{
	static const char message[] = "cosignature/v1\ntime 1679315147\n" SOFA_TEXT;
	struct note n;
	struct kas_why why;
	struct buf b;
	uint64_t time = 0;
	unsigned i;

	(void)state;
	buf_init(&b);
	buf_addf(&b, "%s", SOFA_COSIGNED);
	note_cosign(&b, hq, 1679315147);
	assert_false(b.failed);
	assert_int_equal(note_parse(buf_bytes(&b), &n, &why), KAS_OK);
	assert_int_equal(n.n, 3);
	assert_int_equal(n.sigs[2].id, signer_vkey(hq)->id);
	assert_int_equal(n.sigs[2].body_n, 72);
	for (i = 0; i < 8; i++)
		assert_int_equal(n.sigs[2].body[i], (uint64_t)1679315147 >> (56 - 8 * i) & 0xff);
	assert_true(sig_verify(&signer_vkey(hq)->key, bytes_of_text(message), n.sigs[2].body + 8));
	assert_int_equal(note_verify(&n, signer_vkey(hq), &time), KAS_OK);
	assert_int_equal(time, 1679315147);
	buf_fini(&b);
}

static void
texts_parse_or_not(void **state)
{
	static const struct { const char *text; enum kas_err err; } table[] = {
		{ "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_OK },
		{ "o\n0\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_OK },
		{ "o\n9223372036854775807\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_OK },
		{ "o\n9223372036854775808\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_MALFORMED },
		{ "o\n18446744073709551616\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_MALFORMED },
		{ "o\n0xabcdef\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_MALFORMED },
		{ "o\n01\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_MALFORMED },
		{ "o\n-1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_MALFORMED },
		{ "o\n\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_MALFORMED },
		{ "\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", KAS_MALFORMED },
		{ "o\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBTOOBIG=\n", KAS_MALFORMED },
		{ "o\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBQ==\n", KAS_MALFORMED },
		{ "o\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=", KAS_MALFORMED },
		{ "o\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\nextension\n", KAS_MALFORMED },
		{ "o\n1\n", KAS_MALFORMED }, { "", KAS_MALFORMED },
	};
	struct checkpoint c;
	struct kas_why why;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++)
		if (checkpoint_parse(bytes_of_text(table[i].text), &c, &why) != table[i].err)
			fail_msg("text %zu: %s", i, table[i].text);
	/* A C string must not hide what stands after a zero byte. */
	assert_int_equal(checkpoint_parse(
	    BYTES("o\0p\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", 51), &c, &why),
	    KAS_MALFORMED);
}

static void
ours_opens_with_our_key_only(void **state)
{
	struct checkpoint c;
	struct vkey other = *signer_vkey(store);
	struct kas_why why;
	struct buf b;

	(void)state;
	buf_init(&b);
	checkpoint_sign(&mine, store, &b);
	assert_false(b.failed);
	assert_int_equal(checkpoint_open(buf_bytes(&b), signer_vkey(store), &c, &why), KAS_OK);
	assert_string_equal(c.origin, mine.origin);
	assert_int_equal(c.size, mine.size);
	assert_true(hash_equal(&c.root, &mine.root));

	other.key.b[0] ^= 1;		/* same name and id, another key */
	assert_int_equal(checkpoint_open(buf_bytes(&b), &other, &c, &why), KAS_BADSIG);
	other.id ^= 1;
	assert_int_equal(checkpoint_open(buf_bytes(&b), &other, &c, &why), KAS_BADSIG);
	buf_fini(&b);
}

static void
another_log_s_origin_under_our_key_is_refused(void **state)
{
	struct checkpoint c = mine, got;
	struct kas_why why;
	struct buf b;

	(void)state;
	strcpy(c.origin, "berkah/tebet/2");
	buf_init(&b);
	checkpoint_sign(&c, store, &b);
	assert_int_equal(checkpoint_open(buf_bytes(&b), signer_vkey(store), &got, &why), KAS_BADSIG);
	buf_fini(&b);
}

static void
a_cosigned_one_needs_both_signatures(void **state)
{
	struct checkpoint c;
	struct kas_why why;
	uint64_t time = 0;
	struct buf b;
	uint8_t *last;

	(void)state;
	buf_init(&b);
	checkpoint_sign(&mine, store, &b);
	assert_int_equal(checkpoint_open_cosigned(buf_bytes(&b), signer_vkey(store),
	    signer_vkey(hq), &c, &time, &why), KAS_NOTFOUND);
	note_cosign(&b, hq, 1764000000);
	assert_int_equal(checkpoint_open_cosigned(buf_bytes(&b), signer_vkey(store),
	    signer_vkey(hq), &c, &time, &why), KAS_OK);
	assert_int_equal(time, 1764000000);
	assert_int_equal(c.size, 42);
	/* The cosigner's key is none of the log's. */
	assert_int_equal(checkpoint_open(buf_bytes(&b), signer_vkey(hq), &c, &why), KAS_BADSIG);

	last = b.p + b.n - 8;		/* within the cosignature */
	*last = *last == 'A' ? 'B' : 'A';
	assert_int_equal(checkpoint_open_cosigned(buf_bytes(&b), signer_vkey(store),
	    signer_vkey(hq), &c, &time, &why), KAS_BADSIG);
	assert_int_equal(checkpoint_open(buf_bytes(&b), signer_vkey(store), &c, &why), KAS_OK);
	buf_fini(&b);
}

static void
a_cosignature_s_time_cannot_be_changed(void **state)
{
	struct note n;
	struct kas_why why;
	struct buf b;
	unsigned i;

	(void)state;
	buf_init(&b);
	checkpoint_sign(&mine, store, &b);
	note_cosign(&b, hq, 1764000000);
	assert_int_equal(note_parse(buf_bytes(&b), &n, &why), KAS_OK);
	for (i = 0; i < 8; i++) {
		n.sigs[1].body[i] ^= 0x80;
		assert_int_equal(note_verify(&n, signer_vkey(hq), NULL), KAS_BADSIG);
		n.sigs[1].body[i] ^= 0x80;
	}
	assert_int_equal(note_verify(&n, signer_vkey(hq), NULL), KAS_OK);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_go_checksum_database_s_checkpoint_verifies),
		cmocka_unit_test(the_published_cosigned_checkpoint_parses),
		cmocka_unit_test(a_cosignature_signs_header_time_and_text),
		cmocka_unit_test(texts_parse_or_not),
		cmocka_unit_test(ours_opens_with_our_key_only),
		cmocka_unit_test(another_log_s_origin_under_our_key_is_refused),
		cmocka_unit_test(a_cosigned_one_needs_both_signatures),
		cmocka_unit_test(a_cosignature_s_time_cannot_be_changed),
	};

	return cmocka_run_group_tests_name("checkpoint", tests, setup, teardown);
}
