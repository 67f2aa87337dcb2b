/* Keys in files: whole or not at all, and secrets only where nobody else reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edge/keyfile.h"
#include "edge/random.h"

static char folder[] = "/tmp/kasir-keyfile-XXXXXX";
static char secret[64], public[64];
static struct signer *signer;

static int
set_up(void **state)
{
	struct random_port random = random_system();

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(secret, sizeof secret, "%s/store.key", folder);
	snprintf(public, sizeof public, "%s/store.vkey", folder);
	return signer_generate(&random, "example.com/s/1", KEY_ED25519, &signer) == KAS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	signer_close(signer);
	unlink(secret);
	unlink(public);
	return rmdir(folder);
}

static void
what_is_saved_is_loaded(void **state)
{
	struct signer *back;
	struct kas_why why = { "" };
	struct vkey v;
	struct stat st;

	(void)state;
	assert_int_equal(keyfile_save_signer(secret, signer, &why), KAS_OK);
	assert_int_equal(keyfile_save_vkey(public, signer_vkey(signer), &why), KAS_OK);
	assert_int_equal(stat(secret, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(public, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(keyfile_load_signer(secret, &back, &why), KAS_OK);
	assert_memory_equal(&signer_vkey(back)->key, &signer_vkey(signer)->key, KEY_LEN);
	signer_close(back);
	assert_int_equal(keyfile_load_vkey(public, &v, &why), KAS_OK);
	assert_string_equal(v.name, "example.com/s/1");
	assert_memory_equal(&v.key, &signer_vkey(signer)->key, KEY_LEN);
}

static void
a_key_that_is_there_is_never_replaced(void **state)
{
	struct kas_why why = { "" };

	(void)state;
	assert_int_equal(keyfile_save_signer(secret, signer, &why), KAS_EXISTS);
	assert_non_null(strstr(why.text, secret));
}

static void
a_secret_is_refused_by_its_permissions(void **state)
{
	static const struct {
		mode_t mode;
		enum kas_err want;
	} cases[] = {
		{ 0600, KAS_OK }, { 0400, KAS_OK }, { 0640, KAS_DENIED }, { 0604, KAS_DENIED },
		{ 0610, KAS_DENIED }, { 0601, KAS_DENIED }, { 0620, KAS_DENIED },
	};
	struct kas_why why;
	struct signer *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(chmod(secret, cases[i].mode), 0);
		assert_int_equal(keyfile_load_signer(secret, &s, &why), cases[i].want);
		if (cases[i].want == KAS_OK)
			signer_close(s);
		else
			assert_non_null(strstr(why.text, "chmod 600"));
	}
	assert_int_equal(chmod(secret, 0600), 0);
}

static void
what_systemd_hands_over_is_taken_as_it_is(void **state)
{
	struct kas_why why;
	struct signer *s;

	(void)state;
	assert_int_equal(chmod(secret, 0444), 0);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
	assert_int_equal(keyfile_load_signer(secret, &s, &why), KAS_OK);
	signer_close(s);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/tmp/kasir-key", 1), 0);
	assert_int_equal(keyfile_load_signer(secret, &s, &why), KAS_DENIED);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(chmod(secret, 0600), 0);
}

static void
what_is_no_key_is_refused_with_the_file_named(void **state)
{
	struct kas_why why;
	struct signer *s;
	struct vkey v;

	(void)state;
	assert_int_equal(keyfile_load_signer("/nonexistent/key", &s, &why), KAS_NOTFOUND);
	assert_non_null(strstr(why.text, "/nonexistent/key"));
	assert_int_equal(keyfile_load_signer(folder, &s, &why), KAS_DENIED);
	assert_int_equal(keyfile_load_vkey(secret, &v, &why), KAS_MALFORMED);
	assert_non_null(strstr(why.text, secret));
	assert_non_null(strstr(why.text, "secret key"));
	assert_int_equal(file_write_atomic(public, bytes_of_text("garbage\n"), 0644, true, &why), KAS_OK);
	assert_int_equal(keyfile_load_vkey(public, &v, &why), KAS_MALFORMED);
}

static void
a_file_one_byte_too_long_is_refused(void **state)
{
	struct kas_why why;
	struct buf b;

	(void)state;
	buf_init(&b);
	assert_int_equal(file_write_atomic(public, bytes_of_text("12345"), 0644, true, &why), KAS_OK);
	assert_int_equal(file_read(public, 4, &b, &why), KAS_RANGE);
	buf_reset(&b);
	assert_int_equal(file_read(public, 5, &b, &why), KAS_OK);
	assert_int_equal(b.n, 5);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_saved_is_loaded),
		cmocka_unit_test(a_key_that_is_there_is_never_replaced),
		cmocka_unit_test(a_secret_is_refused_by_its_permissions),
		cmocka_unit_test(what_systemd_hands_over_is_taken_as_it_is),
		cmocka_unit_test(what_is_no_key_is_refused_with_the_file_named),
		cmocka_unit_test(a_file_one_byte_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
