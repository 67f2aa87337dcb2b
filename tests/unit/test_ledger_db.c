#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store/edge/ledger_db.h"
#include "daemon/store/edge/ledger_repair.h"
#include "edge/ledger_read.h"
#include "support/fault_vfs.h"
#include "support/ledger_maker.h"
#include "support/tmp_dir.h"

struct node {
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

static void
on_outcome(void *ctx, enum kas_err outcome)
{
	struct node *n = ctx;

	n->over = true;
	n->outcome = outcome;
}

static enum kas_err
start(struct node *n)
{
	const struct ledger_db_events events = { on_outcome, on_outcome, n };
	enum kas_err err = ledger_db_open(n->path, &events, &n->db, &n->why);

	if (err == KAS_OK)
		n->port = ledger_db_port(n->db);
	return err;
}

static void
stop(struct node *n)
{
	ledger_db_close(n->db);
	n->db = NULL;
}

static int
setup(void **state)
{
	static struct node n;

	memset(&n, 0, sizeof n);
	tmp_dir_make(&n.dir);
	tmp_dir_file(&n.dir, "ledger.db", n.path);
	n.maker = maker_open(300, 650);
	arena_init(&n.arena, 0);
	if (ledger_db_create(n.path, &n.why) != KAS_OK || start(&n) != KAS_OK)
		fail_msg("%s", n.why.text);
	*state = &n;
	return 0;
}

static int
teardown(void **state)
{
	struct node *n = *state;

	fault_vfs_disarm();
	stop(n);
	maker_close(n->maker);
	arena_fini(&n->arena);
	tmp_dir_remove(&n->dir);
	fault_vfs_forget();
	return 0;
}

static enum kas_err
wait_outcome(struct node *n)
{
	struct pollfd p = { .fd = ledger_db_fd(n->db), .events = POLLIN };

	while (!n->over) {
		assert_int_equal(poll(&p, 1, 10000), 1);
		ledger_db_dispatch(n->db);
	}
	return n->outcome;
}

static enum kas_err
flush(struct node *n, const struct flush_group *g)
{
	n->over = false;
	n->port.flush(n->port.ctx, g);
	return wait_outcome(n);
}

static enum kas_err
reopen(struct node *n, enum kas_err after)
{
	n->over = false;
	n->port.reopen(n->port.ctx, after);
	return wait_outcome(n);
}

static struct store_head
head(struct node *n)
{
	struct store_head h = { 0 };

	assert_int_equal(n->port.head(n->port.ctx, &n->arena, &h), KAS_OK);
	return h;
}

static void
assert_same(struct bytes a, struct bytes b)
{
	assert_int_equal(a.n, b.n);
	if (a.n > 0)
		assert_memory_equal(a.p, b.p, a.n);
}

static void
assert_entry(struct node *n, uint64_t index)
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

static int64_t
ask(const char *path, const char *text)
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

/* As somebody with the sqlite3 shell and without our guards would. */
static void
tamper(const char *path, const char *text)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void
test_an_empty_ledger_has_nothing(void **state)
{
	struct node *n = *state;
	struct store_head h = head(n);

	assert_int_equal(h.size, 0);
	assert_int_equal(h.snapshot_size, 0);
	assert_int_equal(h.checkpoint.n, 0);
	assert_int_equal(h.cosigned.n, 0);
}

static enum kas_err
count_terminal(void *ctx, const struct terminal_row *row)
{
	struct node *n = ctx;

	assert_string_equal(row->terminal, "t01");
	assert_int_equal(row->epoch, 1);
	assert_true(row->revoked_at == KEYRING_NEVER);
	assert_int_equal(row->newest, maker_size(n->maker));
	assert_true(row->newest_known);
	return KAS_OK;
}

static void
test_a_flushed_group_is_whole_before_and_after_a_restart(void **state)
{
	struct node *n = *state;
	struct flush_group *g;
	struct hash tile[TILE_WIDTH], leaf;
	struct store_head h;
	struct fact fact = maker_fact(259);
	uint64_t found[4];
	size_t n_found = 0;

	assert_int_equal(flush(n, maker_group(n->maker, 100)), KAS_OK);
	g = maker_group_with_snapshot(n->maker, 200);
	g->cosigned = bytes_of_text("cosigned note");
	g->cosigned_size = 100;
	assert_int_equal(flush(n, g), KAS_OK);
	for (int restarted = 0; restarted <= 1; restarted++) {
		h = head(n);
		assert_int_equal(h.size, 300);
		assert_int_equal(h.snapshot_size, 300);
		assert_same(h.checkpoint, g->checkpoint);
		assert_same(h.cosigned, g->cosigned);
		for (uint64_t i = 0; i < 300; i++)
			assert_entry(n, i);
		assert_int_equal(n->port.terminals(n->port.ctx, count_terminal, n), KAS_OK);
		assert_int_equal(n->port.facts.find(n->port.facts.ctx, FACT_TXN,
		    BYTES(fact.key, fact.key_n), found, 4, &n_found), KAS_OK);
		assert_int_equal(n_found, 1);
		assert_int_equal(found[0], 259);
		assert_int_equal(n->port.tiles.read(n->port.tiles.ctx, (struct tile_id){ 0, 0 },
		    tile), KAS_OK);
		leaf = merkle_leaf(maker_entry(n->maker, 255).entry);
		assert_true(hash_equal(&tile[255], &leaf));
		assert_int_equal(n->port.tiles.read(n->port.tiles.ctx, (struct tile_id){ 0, 1 },
		    tile), KAS_NOTFOUND);
		stop(n);
		assert_int_equal(start(n), KAS_OK);
	}
	assert_int_equal(ledger_verify_tree(n->path, 300, NULL), KAS_OK);
}

static void
test_reading_stops_at_count_and_bytes_but_gives_one(void **state)
{
	static const struct { uint64_t first; size_t max, bytes, want; } cases[] = {
		{ 0, 10, SIZE_MAX, 10 }, { 15, 10, SIZE_MAX, 5 }, { 20, 10, SIZE_MAX, 0 },
		{ UINT64_MAX >> 1, 10, SIZE_MAX, 0 }, { 1, 10, 0, 1 }, { 1, 10, 949, 1 },
		{ 1, 10, 1899, 1 }, { 1, 10, 1900, 2 }, { 0, 0, SIZE_MAX, 0 },
	};
	struct node *n = *state;
	struct store_entry got[16];
	size_t count;

	assert_int_equal(flush(n, maker_group(n->maker, 20)), KAS_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(n->port.read(n->port.ctx, cases[i].first, cases[i].max,
		    cases[i].bytes, &n->arena, got, &count), KAS_OK);
		assert_int_equal(count, cases[i].want);
	}
}

static void
test_history_cannot_be_changed_by_accident(void **state)
{
	static const char *const refused[] = {
		"UPDATE entry SET entry = x'00' WHERE idx = 3",
		"UPDATE entry SET payload = x'' WHERE idx = 3",
		"DELETE FROM entry WHERE idx = 299",
		"REPLACE INTO entry VALUES (3, x'00', x'')",
		"INSERT INTO entry VALUES (3, x'00', x'')",
		"INSERT INTO entry VALUES (-1, x'00', x'')",
		"UPDATE tile SET hashes = zeroblob(8192)",
		"DELETE FROM tile",
		"REPLACE INTO tile VALUES (0, 0, zeroblob(8192))",
		"INSERT INTO tile VALUES (0, 9, zeroblob(8191))",
		"UPDATE cosigned SET note = x''",
		"DELETE FROM cosigned",
		"REPLACE INTO cosigned VALUES (300, x'')",
		"UPDATE fact SET idx = 1",
		"DELETE FROM fact",
		"REPLACE INTO fact SELECT * FROM fact",
		"DELETE FROM terminal",
		"DELETE FROM head",
		"UPDATE head SET size = 299",
		"UPDATE head SET size = 301",
		"UPDATE head SET snapshot_size = 299",
		"UPDATE head SET snapshot_size = 301",
		"INSERT INTO head VALUES (2, 0, 0, x'')",
		"UPDATE personal SET data = x''",
		"REPLACE INTO personal VALUES (7, x'', x'')",
		"INSERT INTO personal VALUES (300, x'', x'')",
	};
	struct node *n = *state;
	struct flush_group *g = maker_group_with_snapshot(n->maker, 300);
	sqlite3 *db = NULL;

	g->cosigned = bytes_of_text("note");
	g->cosigned_size = 300;
	assert_int_equal(flush(n, g), KAS_OK);
	stop(n);
	assert_int_equal(sql_open(n->path, &ledger_kind, SQL_WRITE, &db, NULL), KAS_OK);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (sql_exec(db, refused[i]) != KAS_EXISTS)
			fail_msg("was not refused: %s", refused[i]);
	/* The one exception: personal data may be erased. */
	assert_int_equal(sql_exec(db, "DELETE FROM personal WHERE idx = 7"), KAS_OK);
	sql_close(db);
	assert_int_equal(ledger_verify_tree(n->path, 300, NULL), KAS_OK);
}

static void
test_the_same_size_cosigned_again_keeps_the_first_note(void **state)
{
	struct node *n = *state;
	struct flush_group *g = maker_group(n->maker, 1);

	g->cosigned = bytes_of_text("first");
	g->cosigned_size = 1;
	assert_int_equal(flush(n, g), KAS_OK);
	g = maker_group(n->maker, 0);
	g->cosigned = bytes_of_text("again");
	g->cosigned_size = 1;
	assert_int_equal(flush(n, g), KAS_OK);
	assert_same(head(n).cosigned, bytes_of_text("first"));
}

static void
test_asides_are_kept_up_to_a_thousand_the_newest(void **state)
{
	static struct aside asides[50];
	static uint8_t message[ASIDE_MESSAGE_MAX + 1];
	struct node *n = *state;
	struct flush_group *g;

	for (unsigned round = 0; round < 21; round++) {
		for (size_t i = 0; i < 50; i++) {
			asides[i].wall_us = round * 50 + (int64_t)i;
			snprintf(asides[i].topic, sizeof asides[i].topic, "kasir/v1/s1/t1/tx");
			asides[i].message = BYTES(message, sizeof message);
		}
		g = maker_group(n->maker, 0);
		g->asides = asides;
		g->n_asides = 50;
		assert_int_equal(flush(n, g), KAS_OK);
	}
	assert_int_equal(ask(n->path, "SELECT count(*) FROM aside"), ASIDE_KEEP);
	assert_int_equal(ask(n->path, "SELECT min(wall_us) FROM aside"), 50);
	assert_int_equal(ask(n->path, "SELECT max(length(message)) FROM aside"), ASIDE_MESSAGE_MAX);
}

static void
test_a_second_daemon_is_refused_with_the_first_ones_pid(void **state)
{
	struct node *n = *state;
	struct ledger_db *db = NULL;
	const struct ledger_db_events events = { on_outcome, on_outcome, n };
	char pid[24];
	int ready[2], status;
	pid_t child;

	stop(n);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		if (start(n) == KAS_OK && write(ready[1], "r", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], pid, 1), 1);
	assert_int_equal(ledger_db_open(n->path, &events, &db, &n->why), KAS_AGAIN);
	snprintf(pid, sizeof pid, "process %ld", (long)child);
	assert_non_null(strstr(n->why.text, pid));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(start(n), KAS_OK);
	close(ready[0]);
	close(ready[1]);
}

static void
test_a_ledger_that_is_missing_is_not_made(void **state)
{
	struct node *n = *state;

	stop(n);
	assert_int_equal(unlink(n->path), 0);
	assert_int_equal(start(n), KAS_NOTFOUND);
	assert_int_not_equal(access(n->path, F_OK), 0);
	assert_int_equal(ledger_db_create(n->path, &n->why), KAS_OK);
	assert_int_equal(ledger_db_create(n->path, &n->why), KAS_EXISTS);
}

static void
test_a_full_disk_leaves_nothing_and_is_survived(void **state)
{
	struct node *n = *state;
	const struct flush_group *g;

	assert_int_equal(flush(n, maker_group(n->maker, 10)), KAS_OK);
	g = maker_group(n->maker, 50);
	fault_vfs_arm(FAULT_FULL, 3, true);
	assert_int_equal(flush(n, g), KAS_FULL);
	assert_non_null(strstr(ledger_db_why(n->db), "full"));
	fault_vfs_disarm();
	assert_int_equal(reopen(n, KAS_FULL), KAS_OK);
	assert_int_equal(head(n).size, 10);
	assert_int_equal(flush(n, g), KAS_OK);
	assert_int_equal(head(n).size, 60);
}

/* The real thing: the kernel refuses to let a file grow. */
static int
fill_up_to_limit(struct node *n)
{
	const struct rlimit tight = { 256 * 1024, RLIM_INFINITY };
	const struct rlimit wide = { RLIM_INFINITY, RLIM_INFINITY };
	const struct flush_group *g;
	uint64_t durable = 0;

	signal(SIGXFSZ, SIG_IGN);
	if (start(n) != KAS_OK || setrlimit(RLIMIT_FSIZE, &tight) != 0)
		return 2;
	while (flush(n, g = maker_group(n->maker, 30)) == KAS_OK)
		durable += 30;
	if (n->outcome != KAS_FULL || durable == 0)
		return 3;
	if (setrlimit(RLIMIT_FSIZE, &wide) != 0 || reopen(n, KAS_FULL) != KAS_OK)
		return 4;
	if (head(n).size != durable || flush(n, g) != KAS_OK)
		return 5;
	stop(n);
	return ledger_verify_tree(n->path, durable + 30, NULL) == KAS_OK ? 0 : 6;
}

static void
test_a_file_size_limit_is_a_full_disk_too(void **state)
{
	struct node *n = *state;
	int status;
	pid_t child;

	stop(n);
	child = fork();
	if (child == 0)
		_exit(fill_up_to_limit(n));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(start(n), KAS_OK);
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
	struct node *n = *state;
	const struct flush_group *g;
	ino_t before = inode(n->path);
	char path[160];

	assert_int_equal(flush(n, maker_group(n->maker, 300)), KAS_OK);
	g = maker_group(n->maker, 5);
	fault_vfs_arm(FAULT_IO, 2, false);
	assert_int_equal(flush(n, g), KAS_IO);
	assert_int_equal(reopen(n, KAS_IO), KAS_OK);
	assert_true(inode(n->path) != before);
	assert_int_equal(head(n).size, 300);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
		snprintf(path, sizeof path, "%s%s", n->path, gone[i]);
		assert_int_not_equal(access(path, F_OK), 0);
	}
	assert_int_equal(flush(n, g), KAS_OK);
	stop(n);
	assert_int_equal(start(n), KAS_OK);
	assert_int_equal(head(n).size, 305);
	assert_entry(n, 304);
}

static void
test_a_disk_that_goes_on_failing_is_asked_again_later(void **state)
{
	struct node *n = *state;
	const struct flush_group *g;

	assert_int_equal(flush(n, maker_group(n->maker, 10)), KAS_OK);
	g = maker_group(n->maker, 5);
	fault_vfs_arm(FAULT_IO, 1, true);
	assert_int_equal(flush(n, g), KAS_IO);
	assert_int_equal(reopen(n, KAS_IO), KAS_IO);
	assert_int_equal(n->port.head(n->port.ctx, &n->arena, &(struct store_head){ 0 }), KAS_IO);
	/* Even when asked as after a full disk: only a copy will do. */
	assert_int_equal(reopen(n, KAS_FULL), KAS_IO);
	fault_vfs_disarm();
	assert_int_equal(reopen(n, KAS_FULL), KAS_OK);
	assert_int_equal(flush(n, g), KAS_OK);
	assert_int_equal(head(n).size, 15);
}

static void
test_a_repair_does_not_put_a_false_history_in_place(void **state)
{
	struct node *n = *state;
	ino_t before = inode(n->path);

	assert_int_equal(flush(n, maker_group(n->maker, 300)), KAS_OK);
	stop(n);
	assert_int_equal(ledger_repair(n->path, 301, &n->why), KAS_CORRUPT);
	assert_non_null(strstr(n->why.text, "301 were durable"));
	tamper(n->path, "DROP TRIGGER entry_no_update; UPDATE entry SET entry = x'00' WHERE idx = 290");
	assert_int_equal(ledger_repair(n->path, 300, &n->why), KAS_CORRUPT);
	assert_non_null(strstr(n->why.text, "root"));
	tamper(n->path, "UPDATE entry SET entry = x'00' WHERE idx = 7");
	assert_int_equal(ledger_repair(n->path, 300, &n->why), KAS_CORRUPT);
	assert_non_null(strstr(n->why.text, "tile 0 of level 0"));
	assert_true(inode(n->path) == before);
}

static void
test_a_finished_copy_is_put_in_place_at_the_next_start(void **state)
{
	struct node *n = *state;
	char copied[160];

	assert_int_equal(flush(n, maker_group(n->maker, 10)), KAS_OK);
	stop(n);
	snprintf(copied, sizeof copied, "%s%s", n->path, LEDGER_COPIED_SUFFIX);
	assert_int_equal(link(n->path, copied), 0);
	assert_int_equal(unlink(n->path), 0);
	assert_int_equal(ledger_db_create(n->path, &n->why), KAS_OK);
	assert_int_equal(ledger_read_open(n->path, &(struct ledger_reader *){ NULL }, &n->why),
	    KAS_AGAIN);
	assert_int_equal(start(n), KAS_OK);
	assert_int_equal(head(n).size, 10);
	assert_int_not_equal(access(copied, F_OK), 0);
}

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
test_a_file_of_version_1_is_upgraded_with_its_rows(void **state)
{
	struct node *n = *state;
	char *dump = slurp("tests/unit/fixtures/ledger-v1.sql");
	struct store_entry e;
	size_t count = 0;

	stop(n);
	assert_int_equal(unlink(n->path), 0);
	tamper(n->path, dump);
	free(dump);
	assert_int_equal(ledger_read_open(n->path, &(struct ledger_reader *){ NULL }, &n->why),
	    KAS_AGAIN);
	if (start(n) != KAS_OK)
		fail_msg("%s", n->why.text);
	assert_int_equal(ask(n->path, "PRAGMA user_version"), 2);
	assert_int_equal(head(n).size, 3);
	assert_int_equal(n->port.read(n->port.ctx, 2, 1, 0, &n->arena, &e, &count), KAS_OK);
	assert_same(e.entry, bytes_of_text("entry two"));
	assert_same(e.payload, bytes_of_text("payload two"));
	assert_same(e.personal, bytes_of_text("customer"));
	assert_int_equal(ask(n->path, "SELECT count(*) FROM aside"), 0);
	assert_int_equal(ask(n->path, "SELECT idx FROM fact WHERE kind = 2"), 2);
}

static void
test_other_files_are_refused_with_a_reason(void **state)
{
	static const struct { const char *change; enum kas_err err; const char *says; } cases[] = {
		{ "PRAGMA user_version = 3", KAS_NEWER, "later version" },
		{ "PRAGMA application_id = 1", KAS_CORRUPT, "another kind" },
		{ "DROP TRIGGER entry_no_delete", KAS_CORRUPT, "entry_no_delete is missing" },
		{ "PRAGMA user_version = 0; PRAGMA application_id = 0", KAS_CORRUPT, "empty, or" },
	};
	struct node *n = *state;

	stop(n);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		tamper(n->path, cases[i].change);
		assert_int_equal(start(n), cases[i].err);
		assert_non_null(strstr(n->why.text, cases[i].says));
		assert_non_null(strstr(n->why.text, n->path));
		assert_int_equal(unlink(n->path), 0);
		assert_int_equal(ledger_db_create(n->path, &n->why), KAS_OK);
	}
}

static void
test_entries_that_are_missing_are_seen_by_the_reader(void **state)
{
	struct node *n = *state;
	struct store_entry got[10];
	size_t count;

	assert_int_equal(flush(n, maker_group(n->maker, 20)), KAS_OK);
	tamper(n->path, "DROP TRIGGER entry_no_delete; DELETE FROM entry WHERE idx = 5");
	assert_int_equal(n->port.read(n->port.ctx, 0, 10, SIZE_MAX, &n->arena, got, &count),
	    KAS_CORRUPT);
	tamper(n->path, "DELETE FROM entry WHERE idx = 19");
	assert_int_equal(n->port.head(n->port.ctx, &n->arena, &(struct store_head){ 0 }),
	    KAS_CORRUPT);
}

static void
test_tools_read_while_the_daemon_runs_and_when_it_is_stopped(void **state)
{
	struct node *n = *state;
	struct ledger_reader *r = NULL;
	struct store_head h;

	assert_int_equal(flush(n, maker_group(n->maker, 10)), KAS_OK);
	assert_int_equal(ledger_read_open(n->path, &r, &n->why), KAS_OK);
	assert_int_equal(ledger_read_head(r, &n->arena, &h), KAS_OK);
	assert_int_equal(h.size, 10);
	assert_int_equal(flush(n, maker_group(n->maker, 10)), KAS_OK);
	assert_int_equal(ledger_read_head(r, &n->arena, &h), KAS_OK);
	assert_int_equal(h.size, 20);
	stop(n);
	assert_int_equal(ledger_read_head(r, &n->arena, &h), KAS_OK);
	ledger_read_close(r);
	assert_int_equal(ledger_read_open(n->path, &r, &n->why), KAS_OK);
	assert_int_equal(ledger_read_head(r, &n->arena, &h), KAS_OK);
	assert_int_equal(h.size, 20);
	ledger_read_close(r);
}

static int
read_as_nobody(struct node *n)
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
	struct node *n = *state;
	int status;
	pid_t child;

	stop(n);
	assert_int_equal(chmod(n->path, 0644), 0);
	assert_int_equal(chmod(n->dir.path, 0555), 0);
	child = fork();
	if (child == 0)
		_exit(read_as_nobody(n));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(n->dir.path, 0755), 0);
	assert_int_equal(status, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_empty_ledger_has_nothing),
		TEST(test_a_flushed_group_is_whole_before_and_after_a_restart),
		TEST(test_reading_stops_at_count_and_bytes_but_gives_one),
		TEST(test_history_cannot_be_changed_by_accident),
		TEST(test_the_same_size_cosigned_again_keeps_the_first_note),
		TEST(test_asides_are_kept_up_to_a_thousand_the_newest),
		TEST(test_a_second_daemon_is_refused_with_the_first_ones_pid),
		TEST(test_a_ledger_that_is_missing_is_not_made),
		TEST(test_a_full_disk_leaves_nothing_and_is_survived),
		TEST(test_a_file_size_limit_is_a_full_disk_too),
		TEST(test_after_a_failed_write_the_ledger_is_a_new_verified_file),
		TEST(test_a_disk_that_goes_on_failing_is_asked_again_later),
		TEST(test_a_repair_does_not_put_a_false_history_in_place),
		TEST(test_a_finished_copy_is_put_in_place_at_the_next_start),
		TEST(test_a_file_of_version_1_is_upgraded_with_its_rows),
		TEST(test_other_files_are_refused_with_a_reason),
		TEST(test_entries_that_are_missing_are_seen_by_the_reader),
		TEST(test_tools_read_while_the_daemon_runs_and_when_it_is_stopped),
		TEST(test_a_folder_that_cannot_be_written_gets_a_reason),
	};

	fault_vfs_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
