/* The ledger file on a disk that is full or fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store/edge/ledger_repair.h"
#include "edge/ledger_read.h"
#include "support/ledger_node.h"

static void
test_a_full_disk_leaves_nothing_and_is_survived(void **state)
{
	struct ledger_node *n = *state;
	const struct flush_group *g;

	assert_int_equal(node_flush(n, maker_group(n->maker, 10)), KAS_OK);
	g = maker_group(n->maker, 50);
	fault_vfs_arm(FAULT_FULL, 3, true);
	assert_int_equal(node_flush(n, g), KAS_FULL);
	assert_non_null(strstr(ledger_db_why(n->db), "full"));
	fault_vfs_disarm();
	assert_int_equal(node_reopen(n, KAS_FULL), KAS_OK);
	assert_int_equal(node_head(n).size, 10);
	assert_int_equal(node_flush(n, g), KAS_OK);
	assert_int_equal(node_head(n).size, 60);
}

/* The real thing: the kernel refuses to let a file grow. */
static int
fill_up_to_limit(struct ledger_node *n)
{
	const struct rlimit tight = { 256 * 1024, RLIM_INFINITY };
	const struct rlimit wide = { RLIM_INFINITY, RLIM_INFINITY };
	const struct flush_group *g;
	uint64_t durable = 0;

	signal(SIGXFSZ, SIG_IGN);
	if (node_start(n) != KAS_OK || setrlimit(RLIMIT_FSIZE, &tight) != 0)
		return 2;
	while (node_flush(n, g = maker_group(n->maker, 30)) == KAS_OK)
		durable += 30;
	if (n->outcome != KAS_FULL || durable == 0)
		return 3;
	if (setrlimit(RLIMIT_FSIZE, &wide) != 0 || node_reopen(n, KAS_FULL) != KAS_OK)
		return 4;
	if (node_head(n).size != durable || node_flush(n, g) != KAS_OK)
		return 5;
	node_stop(n);
	return ledger_verify_tree(n->path, durable + 30, NULL) == KAS_OK ? 0 : 6;
}

static void
test_a_file_size_limit_is_a_full_disk_too(void **state)
{
	struct ledger_node *n = *state;
	int status;
	pid_t child;

	node_stop(n);
	child = fork();
	if (child == 0)
		_exit(fill_up_to_limit(n));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(node_start(n), KAS_OK);
}

static ino_t
inode(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static void
test_after_a_failed_write_the_ledger_is_a_new_verified_file(void **state)
{
	static const char *const gone[] = { ".copying", ".copied", ".copying-wal" };
	struct ledger_node *n = *state;
	const struct flush_group *g;
	ino_t before = inode(n->path);
	char path[160];

	assert_int_equal(node_flush(n, maker_group(n->maker, 300)), KAS_OK);
	g = maker_group(n->maker, 5);
	fault_vfs_arm(FAULT_IO, 2, false);
	assert_int_equal(node_flush(n, g), KAS_IO);
	assert_int_equal(node_reopen(n, KAS_IO), KAS_OK);
	assert_true(inode(n->path) != before);
	assert_int_equal(node_head(n).size, 300);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
		snprintf(path, sizeof path, "%s%s", n->path, gone[i]);
		assert_int_not_equal(access(path, F_OK), 0);
	}
	assert_int_equal(node_flush(n, g), KAS_OK);
	node_stop(n);
	assert_int_equal(node_start(n), KAS_OK);
	assert_int_equal(node_head(n).size, 305);
	node_assert_entry(n, 304);
}

static void
test_a_disk_that_goes_on_failing_is_asked_again_later(void **state)
{
	struct ledger_node *n = *state;
	const struct flush_group *g;

	assert_int_equal(node_flush(n, maker_group(n->maker, 10)), KAS_OK);
	g = maker_group(n->maker, 5);
	fault_vfs_arm(FAULT_IO, 1, true);
	assert_int_equal(node_flush(n, g), KAS_IO);
	assert_int_equal(node_reopen(n, KAS_IO), KAS_IO);
	assert_int_equal(n->port.head(n->port.ctx, &n->arena, &(struct store_head){ 0 }), KAS_IO);
	/* Even when asked as after a full disk: only a copy will do. */
	assert_int_equal(node_reopen(n, KAS_FULL), KAS_IO);
	fault_vfs_disarm();
	assert_int_equal(node_reopen(n, KAS_FULL), KAS_OK);
	assert_int_equal(node_flush(n, g), KAS_OK);
	assert_int_equal(node_head(n).size, 15);
}

static void
test_a_repair_does_not_put_a_false_history_in_place(void **state)
{
	struct ledger_node *n = *state;
	ino_t before = inode(n->path);

	assert_int_equal(node_flush(n, maker_group(n->maker, 300)), KAS_OK);
	node_stop(n);
	assert_int_equal(ledger_repair(n->path, 301, &n->why), KAS_CORRUPT);
	assert_non_null(strstr(n->why.text, "301 were durable"));
	ledger_tamper(n->path, "DROP TRIGGER entry_no_update; UPDATE entry SET entry = x'00' WHERE idx = 290");
	assert_int_equal(ledger_repair(n->path, 300, &n->why), KAS_CORRUPT);
	assert_non_null(strstr(n->why.text, "root"));
	ledger_tamper(n->path, "UPDATE entry SET entry = x'00' WHERE idx = 7");
	assert_int_equal(ledger_repair(n->path, 300, &n->why), KAS_CORRUPT);
	assert_non_null(strstr(n->why.text, "tile 0 of level 0"));
	assert_true(inode(n->path) == before);
}

static void
test_a_repair_does_not_put_a_damaged_catalogue_in_place(void **state)
{
	struct store_blob blob = { .bytes = bytes_of_text("a catalogue") };
	struct ledger_node *n = *state;
	struct flush_group *g = maker_group(n->maker, 10);

	blob.hash = hash_of(blob.bytes);
	g->blobs = &blob;
	g->n_blobs = 1;
	assert_int_equal(node_flush(n, g), KAS_OK);
	node_stop(n);
	assert_int_equal(ledger_repair(n->path, 10, &n->why), KAS_OK);
	assert_int_equal(ledger_ask(n->path, "SELECT count(*) FROM blob"), 1);
	ledger_tamper(n->path, "DROP TRIGGER blob_no_update; UPDATE blob SET bytes = x'00'");
	assert_int_equal(ledger_repair(n->path, 10, &n->why), KAS_CORRUPT);
	assert_non_null(strstr(n->why.text, "catalogue"));
}

static void
test_a_finished_copy_is_put_in_place_at_the_next_start(void **state)
{
	struct ledger_node *n = *state;
	char copied[160];

	assert_int_equal(node_flush(n, maker_group(n->maker, 10)), KAS_OK);
	node_stop(n);
	snprintf(copied, sizeof copied, "%s%s", n->path, LEDGER_COPIED_SUFFIX);
	assert_int_equal(link(n->path, copied), 0);
	assert_int_equal(unlink(n->path), 0);
	assert_int_equal(ledger_db_create(n->path, &n->why), KAS_OK);
	assert_int_equal(ledger_read_open(n->path, &(struct ledger_reader *){ NULL }, &n->why),
	    KAS_AGAIN);
	assert_int_equal(node_start(n), KAS_OK);
	assert_int_equal(node_head(n).size, 10);
	assert_int_not_equal(access(copied, F_OK), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(test_a_full_disk_leaves_nothing_and_is_survived),
		NODE_TEST(test_a_file_size_limit_is_a_full_disk_too),
		NODE_TEST(test_after_a_failed_write_the_ledger_is_a_new_verified_file),
		NODE_TEST(test_a_disk_that_goes_on_failing_is_asked_again_later),
		NODE_TEST(test_a_repair_does_not_put_a_false_history_in_place),
		NODE_TEST(test_a_repair_does_not_put_a_damaged_catalogue_in_place),
		NODE_TEST(test_a_finished_copy_is_put_in_place_at_the_next_start),
	};

	fault_vfs_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
