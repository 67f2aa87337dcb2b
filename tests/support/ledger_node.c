#include "support/ledger_node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <poll.h>
#include <string.h>
#include <cmocka.h>

#include "edge/ledger_read.h"

static void
on_outcome(void *ctx, enum kas_err outcome)
{
	struct ledger_node *n = ctx;

	n->over = true;
	n->outcome = outcome;
}

enum kas_err
node_start(struct ledger_node *n)
{
	const struct ledger_db_events events = { on_outcome, on_outcome, n };
	enum kas_err err = ledger_db_open(n->path, &events, &n->db, &n->why);

	if (err == KAS_OK)
		n->port = ledger_db_port(n->db);
	return err;
}

void
node_stop(struct ledger_node *n)
{
	ledger_db_close(n->db);
	n->db = NULL;
}

int
node_set_up(void **state)
{
	static struct ledger_node n;

	memset(&n, 0, sizeof n);
	tmp_dir_make(&n.dir);
	tmp_dir_file(&n.dir, "ledger.db", n.path);
	n.maker = maker_open(300, 650);
	arena_init(&n.arena, 0);
	if (ledger_db_create(n.path, &n.why) != KAS_OK || node_start(&n) != KAS_OK)
		fail_msg("%s", n.why.text);
	*state = &n;
	return 0;
}

int
node_tear_down(void **state)
{
	struct ledger_node *n = *state;

	fault_vfs_disarm();
	node_stop(n);
	maker_close(n->maker);
	arena_fini(&n->arena);
	tmp_dir_remove(&n->dir);
	fault_vfs_forget();
	return 0;
}

static enum kas_err
wait_outcome(struct ledger_node *n)
{
	struct pollfd p = { .fd = ledger_db_fd(n->db), .events = POLLIN };

	while (!n->over) {
		assert_int_equal(poll(&p, 1, 10000), 1);
		ledger_db_dispatch(n->db);
	}
	return n->outcome;
}

enum kas_err
node_flush(struct ledger_node *n, const struct flush_group *g)
{
	n->over = false;
	n->port.flush(n->port.ctx, g);
	return wait_outcome(n);
}

enum kas_err
node_reopen(struct ledger_node *n, enum kas_err after)
{
	n->over = false;
	n->port.reopen(n->port.ctx, after);
	return wait_outcome(n);
}

struct store_head
node_head(struct ledger_node *n)
{
	struct store_head h = { 0 };

	assert_int_equal(n->port.head(n->port.ctx, &n->arena, &h), KAS_OK);
	return h;
}

void
assert_same(struct bytes a, struct bytes b)
{
	assert_int_equal(a.n, b.n);
	if (a.n > 0)
		assert_memory_equal(a.p, b.p, a.n);
}

void
node_assert_entry(struct ledger_node *n, uint64_t index)
{
	struct store_entry want = maker_entry(n->maker, index), got;
	size_t count = 0;

	assert_int_equal(n->port.read(n->port.ctx, index, 1, 0, &n->arena, &got, &count), KAS_OK);
	assert_int_equal(count, 1);
	assert_same(got.entry, want.entry);
	assert_same(got.payload, want.payload);
	assert_same(got.salt, want.salt);
	assert_same(got.personal, want.personal);
}

int64_t
ledger_ask(const char *path, const char *text)
{
	sqlite3 *db = NULL;
	struct stmt st;
	int64_t v;

	assert_int_equal(sql_open(path, &ledger_kind, SQL_READ, &db, NULL), KAS_OK);
	assert_int_equal(stmt_init(&st, db, text), KAS_OK);
	assert_true(stmt_row(&st));
	v = stmt_int(&st, 0);
	assert_int_equal(stmt_done(&st), KAS_OK);
	stmt_fini(&st);
	sql_close(db);
	return v;
}

void
ledger_tamper(const char *path, const char *text)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	sqlite3_close(db);
}
