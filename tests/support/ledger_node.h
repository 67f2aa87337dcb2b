/* ledger_node.h - a ledger file in a folder of its own, open as the daemon has it (cmocka). */
#ifndef KASIR_TESTS_SUPPORT_LEDGER_NODE_H
#define KASIR_TESTS_SUPPORT_LEDGER_NODE_H

#include "daemon/store/edge/ledger_db.h"
#include "support/fault_vfs.h"
#include "support/ledger_maker.h"
#include "support/tmp_dir.h"

struct ledger_node {
	struct tmp_dir dir;
	char path[128];
	struct ledger_maker *maker;
	struct ledger_db *db;
	struct store_port port;
	struct kas_why why;
	bool over;
	enum kas_err outcome;
	struct arena arena;
};

/* For cmocka: before and after each test.  The fault VFS must be registered. */
int node_set_up(void **state);
int node_tear_down(void **state);
#define NODE_TEST(f) cmocka_unit_test_setup_teardown(f, node_set_up, node_tear_down)

/* Open and close the file; the folder stays. */
enum kas_err node_start(struct ledger_node *n);
void node_stop(struct ledger_node *n);

/* Ask for it, and wait for the outcome. */
enum kas_err node_flush(struct ledger_node *n, const struct flush_group *g);
enum kas_err node_reopen(struct ledger_node *n, enum kas_err after);

struct store_head node_head(struct ledger_node *n);
/* What stands at INDEX is what was made for it. */
void node_assert_entry(struct ledger_node *n, uint64_t index);
void assert_same(struct bytes a, struct bytes b);

/* The one number that TEXT selects from the file at PATH. */
int64_t ledger_ask(const char *path, const char *text);
/* As somebody with the sqlite3 shell and without our guards would. */
void ledger_tamper(const char *path, const char *text);

#endif
