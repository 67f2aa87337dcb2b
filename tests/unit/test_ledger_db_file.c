/* The ledger file as it is found: older, foreign, damaged, read by tools. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edge/ledger_read.h"
#include "support/ledger_node.h"

static char *
slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return text;
}

static void
upgrade(struct ledger_node *n, const char *fixture, int64_t asides, int64_t evidence)
{
	char *dump = slurp(fixture);
	struct store_entry e;
	size_t count = 0;

	node_stop(n);
	assert_int_equal(unlink(n->path), 0);
	ledger_tamper(n->path, dump);
	free(dump);
	assert_int_equal(ledger_read_open(n->path, &(struct ledger_reader *){ NULL }, &n->why),
	    KAS_AGAIN);
	if (node_start(n) != KAS_OK)
		fail_msg("%s", n->why.text);
	assert_int_equal(ledger_ask(n->path, "PRAGMA user_version"), 4);
	assert_int_equal(node_head(n).size, 3);
	assert_int_equal(n->port.read(n->port.ctx, 2, 1, 0, &n->arena, &e, &count), KAS_OK);
	assert_same(e.entry, bytes_of_text("entry two"));
	assert_same(e.payload, bytes_of_text("payload two"));
	assert_same(e.personal, bytes_of_text("customer"));
	assert_int_equal(ledger_ask(n->path, "SELECT count(*) FROM aside"), asides);
	assert_int_equal(ledger_ask(n->path, "SELECT idx FROM fact WHERE kind = 2"), 2);
	assert_int_equal(ledger_ask(n->path, "SELECT count(*) FROM evidence"), evidence);
	/* The state of the book is in the entries alone: they are all taken in again. */
	assert_int_equal(node_head(n).snapshot_size, 0);
	assert_int_equal(node_head(n).facts_size, 3);
	assert_int_equal(ledger_ask(n->path, "SELECT count(*) FROM terminal"), 0);
}

static void
test_a_file_of_version_1_is_upgraded_with_its_rows(void **state)
{
	upgrade(*state, "tests/unit/fixtures/ledger-v1.sql", 0, 0);
}

static void
test_a_file_of_version_2_is_upgraded_with_its_rows(void **state)
{
	upgrade(*state, "tests/unit/fixtures/ledger-v2.sql", 1, 0);
}

static void
test_a_file_of_version_3_is_upgraded_with_its_rows(void **state)
{
	upgrade(*state, "tests/unit/fixtures/ledger-v3.sql", 1, 1);
}

static void
test_other_files_are_refused_with_a_reason(void **state)
{
	static const struct { const char *change; enum kas_err err; const char *says; } cases[] = {
		{ "PRAGMA user_version = 5", KAS_NEWER, "later version" },
		{ "PRAGMA application_id = 1", KAS_CORRUPT, "another kind" },
		{ "DROP TRIGGER entry_no_delete", KAS_CORRUPT, "entry_no_delete is missing" },
		{ "PRAGMA user_version = 0; PRAGMA application_id = 0", KAS_CORRUPT, "empty, or" },
	};
	struct ledger_node *n = *state;

	node_stop(n);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ledger_tamper(n->path, cases[i].change);
		assert_int_equal(node_start(n), cases[i].err);
		assert_non_null(strstr(n->why.text, cases[i].says));
		assert_non_null(strstr(n->why.text, n->path));
		assert_int_equal(unlink(n->path), 0);
		assert_int_equal(ledger_db_create(n->path, &n->why), KAS_OK);
	}
}

static void
test_entries_that_are_missing_are_seen_by_the_reader(void **state)
{
	struct ledger_node *n = *state;
	struct store_entry got[10];
	size_t count;

	assert_int_equal(node_flush(n, maker_group(n->maker, 20)), KAS_OK);
	ledger_tamper(n->path, "DROP TRIGGER entry_no_delete; DELETE FROM entry WHERE idx = 5");
	assert_int_equal(n->port.read(n->port.ctx, 0, 10, SIZE_MAX, &n->arena, got, &count),
	    KAS_CORRUPT);
	ledger_tamper(n->path, "DELETE FROM entry WHERE idx = 19");
	assert_int_equal(n->port.head(n->port.ctx, &n->arena, &(struct store_head){ 0 }),
	    KAS_CORRUPT);
}

static void
test_tools_read_while_the_daemon_runs_and_when_it_is_stopped(void **state)
{
	struct ledger_node *n = *state;
	struct ledger_reader *r = NULL;
	struct store_head h;

	assert_int_equal(node_flush(n, maker_group(n->maker, 10)), KAS_OK);
	assert_int_equal(ledger_read_open(n->path, &r, &n->why), KAS_OK);
	assert_int_equal(ledger_read_head(r, &n->arena, &h), KAS_OK);
	assert_int_equal(h.size, 10);
	assert_int_equal(node_flush(n, maker_group(n->maker, 10)), KAS_OK);
	assert_int_equal(ledger_read_head(r, &n->arena, &h), KAS_OK);
	assert_int_equal(h.size, 20);
	node_stop(n);
	assert_int_equal(ledger_read_head(r, &n->arena, &h), KAS_OK);
	ledger_read_close(r);
	assert_int_equal(ledger_read_open(n->path, &r, &n->why), KAS_OK);
	assert_int_equal(ledger_read_head(r, &n->arena, &h), KAS_OK);
	assert_int_equal(h.size, 20);
	ledger_read_close(r);
}

static int
read_as_nobody(struct ledger_node *n)
{
	struct ledger_reader *r;

	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		return 2;
	if (ledger_read_open(n->path, &r, &n->why) != KAS_DENIED)
		return 3;
	return strstr(n->why.text, "as the user who owns the database") != NULL ? 0 : 4;
}

static void
test_a_folder_that_cannot_be_written_gets_a_reason(void **state)
{
	struct ledger_node *n = *state;
	int status;
	pid_t child;

	node_stop(n);
	assert_int_equal(chmod(n->path, 0644), 0);
	assert_int_equal(chmod(n->dir.path, 0555), 0);
	child = fork();
	if (child == 0)
		_exit(read_as_nobody(n));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(n->dir.path, 0755), 0);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(test_a_file_of_version_1_is_upgraded_with_its_rows),
		NODE_TEST(test_a_file_of_version_2_is_upgraded_with_its_rows),
		NODE_TEST(test_a_file_of_version_3_is_upgraded_with_its_rows),
		NODE_TEST(test_other_files_are_refused_with_a_reason),
		NODE_TEST(test_entries_that_are_missing_are_seen_by_the_reader),
		NODE_TEST(test_tools_read_while_the_daemon_runs_and_when_it_is_stopped),
		NODE_TEST(test_a_folder_that_cannot_be_written_gets_a_reason),
	};

	fault_vfs_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
