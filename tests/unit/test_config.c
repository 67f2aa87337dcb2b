/* Configuration: what is written is what is taken, on both sides of every bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/config.h"
#include "edge/keyfile.h"

#define LEAST "store = \"s1\"\noperator = \"example.com\"\nbroker { host = \"b\" }\n"

static char path[] = "/tmp/kasir-config-XXXXXX";

static enum kas_err
load(const char *text, struct store_config *c, struct kas_why *why)
{
	assert_int_equal(file_write_atomic(path, bytes_of_text(text), 0600, true, why), KAS_OK);
	return config_load_store(path, c, why);
}

static void
the_least_file_gets_the_defaults(void **state)
{
	struct store_config c;
	struct kas_why why;
	char origin[160];

	(void)state;
	assert_int_equal(load(LEAST, &c, &why), KAS_OK);
	assert_string_equal(c.file, path);
	assert_string_equal(c.store, "s1");
	assert_string_equal(c.broker.host, "b");
	assert_int_equal(c.broker.port, 1883);
	assert_string_equal(c.data_dir, "/var/lib/kasird");
	assert_string_equal(c.control_socket, "/run/kasird/control.sock");
	assert_string_equal(c.currency, "IDR");
	assert_int_equal(c.exponent, 0);
	assert_int_equal(c.rounding, KASIR__V1__ROUNDING_MODE__HALF_UP);
	assert_int_equal(c.log_level, LOG_LVL_NOTICE);
	assert_false(c.has_hq);
	config_origin(&c, origin);
	assert_string_equal(origin, "example.com/s1/1");
}

static void
everything_that_is_set_is_taken(void **state)
{
	struct store_config c;
	struct kas_why why;

	(void)state;
	assert_int_equal(load("store = \"s1\"\noperator = \"o\"\ndata-dir = \"/d\"\n"
	    "control-socket = \"/c\"\ncontrol-group = \"g\"\nbroker {\n\tsocket = \"/b.sock\"\n}\n"
	    "headquarters {\n\thost = \"h\"\n\tport = 65535\n\tkey-file = \"/k\"\n}\n"
	    "currency = \"GBP\"\nexponent = 4\nrounding = \"floor\"\ngather-us = 100000\n"
	    "log-level = \"debug\"\nverify-workers = 64\nreports = false\n", &c, &why), KAS_OK);
	assert_string_equal(c.data_dir, "/d");
	assert_string_equal(c.control_socket, "/c");
	assert_string_equal(c.control_group, "g");
	assert_string_equal(c.broker.socket, "/b.sock");
	assert_string_equal(c.broker.host, "");
	assert_true(c.has_hq);
	assert_string_equal(c.hq.broker.host, "h");
	assert_int_equal(c.hq.broker.port, 65535);
	assert_string_equal(c.hq.key_file, "/k");
	assert_string_equal(c.currency, "GBP");
	assert_int_equal(c.exponent, 4);
	assert_int_equal(c.rounding, KASIR__V1__ROUNDING_MODE__FLOOR);
	assert_int_equal(c.gather_us, 100000);
	assert_int_equal(c.log_level, LOG_LVL_DEBUG);
	assert_int_equal(c.verify_workers, 64);
	assert_false(c.reports);
}

/* What is wrong, with its line and what is expected, is also shown to kasird as a process
 * in tests/scenario/test_config.py. */
static void
bounds_hold_on_both_sides(void **state)
{
	static const struct {
		const char *setting;
		enum kas_err want;
		const char *says;
	} cases[] = {
		{ "exponent = 4", KAS_OK, "" },
		{ "exponent = 5", KAS_MALFORMED, ":4: exponent = 5: expected 0 to 4" },
		{ "exponent = -1", KAS_MALFORMED, ":4: exponent = -1: expected 0 to 4" },
		{ "gather-us = 100000", KAS_OK, "" },
		{ "gather-us = 100001", KAS_MALFORMED, "0 to 100000" },
		{ "verify-workers = 0", KAS_OK, "" },
		{ "reports = true", KAS_OK, "" },
		{ "reports = maybe", KAS_MALFORMED, ":4:" },
		{ "verify-workers = -2", KAS_MALFORMED, "-1 to 64" },
		{ "verify-workers = 99999999999999999999", KAS_MALFORMED, ":4:" },
		{ "receipt { width = 24 }", KAS_OK, "" },
		{ "receipt { width = 23 }", KAS_MALFORMED, "24 to 80" },
		{ "receipt { width = 81 }", KAS_MALFORMED, "24 to 80" },
		{ "receipt { language = \"id\" }", KAS_OK, "" },
		{ "receipt { language = \"fr\" }", KAS_MALFORMED, "\"id\" or \"en\"" },
		{ "receipt { address = { \"1\", \"2\", \"3\", \"4\" } }", KAS_OK, "" },
		{ "receipt { address = { \"1\", \"2\", \"3\", \"4\", \"5\" } }", KAS_MALFORMED,
		    "at most 4 lines" },
		{ "receipt { proof-url = \"https://toko.example/?\" }", KAS_OK, "" },
		{ "receipt { proof-url = \"javascript:x\" }", KAS_MALFORMED, "https://" },
		{ "receipt { name = \"a\\x1b[2J\" }", KAS_MALFORMED, "control characters" },
		{ "receipt { name = \"a\xff\" }", KAS_MALFORMED, "UTF-8" },
		{ "currency = \"idr\"", KAS_MALFORMED, "ISO 4217" },
		{ "currency = \"IDRX\"", KAS_MALFORMED, "ISO 4217" },
		{ "data-dir = \"d\"", KAS_MALFORMED, "absolute path" },
		{ "data-dir = \"\"", KAS_MALFORMED, "absolute path" },
		{ "colour = \"red\"", KAS_MALFORMED, "no such option" },
		{ "data-dir = \"/d", KAS_MALFORMED, "the file ends within a setting" },
		{ "headquarters { host = \"h\"", KAS_MALFORMED, "expected }" },
	};
	struct store_config c;
	struct kas_why why;
	char text[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(text, sizeof text, LEAST "%s\n", cases[i].setting);
		assert_int_equal(load(text, &c, &why), cases[i].want);
		if (cases[i].want != KAS_OK && strstr(why.text, cases[i].says) == NULL)
			fail_msg("%s: \"%s\" is not in: %s", cases[i].setting, cases[i].says, why.text);
	}
}

static void
headquarters_file_needs_a_name_and_a_broker(void **state)
{
	struct hq_config c;
	struct kas_why why;
	const char *good = "name = \"hq.example.com\"\nbroker { host = \"b\" port = 1 }\n";

	(void)state;
	assert_int_equal(file_write_atomic(path, bytes_of_text(good), 0600, true, &why), KAS_OK);
	assert_int_equal(config_load_hq(path, &c, &why), KAS_OK);
	assert_string_equal(c.name, "hq.example.com");
	assert_int_equal(c.broker.port, 1);
	assert_string_equal(c.data_dir, "/var/lib/kasir-hq");
	assert_int_equal(file_write_atomic(path, bytes_of_text(good + 24), 0600, true, &why), KAS_OK);
	assert_int_equal(config_load_hq(path, &c, &why), KAS_MALFORMED);
	assert_non_null(strstr(why.text, "name is missing"));
	assert_int_equal(file_write_atomic(path, bytes_of_text("colour = 1\n"), 0600, true, &why),
	    KAS_OK);
	assert_int_equal(config_load_hq(path, &c, &why), KAS_MALFORMED);
	assert_non_null(strstr(why.text, "kasir-hq(8)"));
	assert_int_equal(config_load_hq("/nonexistent", &c, &why), KAS_NOTFOUND);
}

static void
a_secret_is_looked_for_among_the_credentials_first(void **state)
{
	char got[CONFIG_PATH_MAX], long_dir[CONFIG_PATH_MAX];

	(void)state;
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/tmp", 1), 0);
	assert_int_equal(config_key_path("/d", path + strlen("/tmp/"), got), KAS_OK);
	assert_string_equal(got, path);
	assert_int_equal(config_key_path("/d", "no-such-credential", got), KAS_OK);
	assert_string_equal(got, "/d/no-such-credential");
	unsetenv("CREDENTIALS_DIRECTORY");
	memset(long_dir, 'a', sizeof long_dir - 1);
	long_dir[sizeof long_dir - 1] = '\0';
	assert_int_equal(config_path(long_dir, "x", got), KAS_RANGE);
}

static int
set_up(void **state)
{
	(void)state;
	return mkstemp(path) >= 0 ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_file_gets_the_defaults),
		cmocka_unit_test(everything_that_is_set_is_taken),
		cmocka_unit_test(bounds_hold_on_both_sides),
		cmocka_unit_test(headquarters_file_needs_a_name_and_a_broker),
		cmocka_unit_test(a_secret_is_looked_for_among_the_credentials_first),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
