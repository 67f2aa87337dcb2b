#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/sql.h"
#include "support/tmp_dir.h"

static const struct sql_migration steps[] = {
	{ "0001_shelf", "CREATE TABLE shelf (id INTEGER PRIMARY KEY, what TEXT NOT NULL) STRICT;" },
	{ "0002_price", "ALTER TABLE shelf ADD COLUMN price INTEGER;" },
	{ "0003_guard", "CREATE TRIGGER shelf_no_delete BEFORE DELETE ON shelf"
	    " BEGIN SELECT raise(ABORT, 'stays'); END;" },
};
static const struct sql_kind v1 = { "shelf", 0x5e1f, steps, 1, false };
static const struct sql_kind v2 = { "shelf", 0x5e1f, steps, 2, false };
static const struct sql_kind v3 = { "shelf", 0x5e1f, steps, 3, false };
static const struct sql_kind other = { "other", 0x0123, steps, 2, false };

struct place {
	struct tmp_dir dir;
	char path[128];
	struct kas_why why;
};

static int
setup(void **state)
{
	static struct place p;

	tmp_dir_make(&p.dir);
	tmp_dir_file(&p.dir, "shelf.db", p.path);
	*state = &p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	tmp_dir_remove(&p->dir);
	return 0;
}

static void
make(struct place *p, const struct sql_kind *kind, const char *text)
{
	sqlite3 *db = NULL;

	assert_int_equal(sql_open(p->path, kind, SQL_CREATE, &db, &p->why), KAS_OK);
	assert_int_equal(sql_exec(db, text), KAS_OK);
	sql_close(db);
}

static enum kas_err
try(struct place *p, const struct sql_kind *kind, enum sql_mode mode)
{
	sqlite3 *db = NULL;
	enum kas_err err;

	p->why.text[0] = '\0';
	err = sql_open(p->path, kind, mode, &db, &p->why);
	sql_close(db);
	/* A refusal names the file. */
	assert_true(err == KAS_OK || strstr(p->why.text, p->path) != NULL);
	return err;
}

static int64_t
ask(sqlite3 *db, const char *text)
{
	struct stmt st;
	int64_t v = -1;

	assert_int_equal(stmt_init(&st, db, text), KAS_OK);
	assert_true(stmt_row(&st));
	v = stmt_int(&st, 0);
	assert_int_equal(stmt_done(&st), KAS_OK);
	stmt_fini(&st);
	return v;
}

static void
test_a_database_is_created_once_and_private(void **state)
{
	struct place *p = *state;
	struct stat st;
	char draft[160];

	assert_int_equal(try(p, &v2, SQL_WRITE), KAS_NOTFOUND);
	assert_int_equal(try(p, &v2, SQL_READ), KAS_NOTFOUND);
	assert_int_equal(try(p, &v2, SQL_CREATE), KAS_OK);
	assert_int_equal(try(p, &v2, SQL_CREATE), KAS_EXISTS);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(draft, sizeof draft, "%s.new", p->path);
	assert_int_not_equal(access(draft, F_OK), 0);
}

static void
test_a_log_without_its_database_is_not_taken_for_an_empty_place(void **state)
{
	struct place *p = *state;
	char wal[160];

	snprintf(wal, sizeof wal, "%s-wal", p->path);
	close(open(wal, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(try(p, &v2, SQL_CREATE), KAS_EXISTS);
	assert_non_null(strstr(p->why.text, "-wal"));
}

static void
test_opening_sets_every_guard(void **state)
{
	static const struct { const char *pragma; int64_t value; } guards[] = {
		{ "PRAGMA synchronous", 2 },
		{ "PRAGMA foreign_keys", 1 },
		{ "PRAGMA recursive_triggers", 1 },
		{ "PRAGMA trusted_schema", 0 },
		{ "PRAGMA cell_size_check", 1 },
		{ "PRAGMA user_version", 2 },
		{ "PRAGMA application_id", 0x5e1f },
		{ "SELECT journal_mode = 'wal' FROM pragma_journal_mode", 1 },
	};
	struct place *p = *state;
	sqlite3 *db = NULL;
	int on = 0;

	assert_int_equal(sql_open(p->path, &v2, SQL_CREATE, &db, &p->why), KAS_OK);
	for (size_t i = 0; i < sizeof guards / sizeof *guards; i++)
		assert_int_equal(ask(db, guards[i].pragma), guards[i].value);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on);
	assert_int_equal(on, 1);
	sql_close(db);
	assert_int_equal(sql_open(p->path, &v2, SQL_READ, &db, &p->why), KAS_OK);
	assert_int_not_equal(sql_exec(db, "INSERT INTO shelf VALUES (1, 'tea', 2)"), KAS_OK);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &on);
	assert_int_equal(on, 1);
	sql_close(db);
}

static void
test_an_old_database_is_upgraded_with_its_rows(void **state)
{
	struct place *p = *state;
	sqlite3 *db = NULL;

	make(p, &v1, "INSERT INTO shelf VALUES (7, 'tea')");
	assert_int_equal(try(p, &v3, SQL_READ), KAS_AGAIN);
	assert_int_equal(sql_open(p->path, &v3, SQL_WRITE, &db, &p->why), KAS_OK);
	assert_int_equal(ask(db, "PRAGMA user_version"), 3);
	assert_int_equal(ask(db, "SELECT id FROM shelf WHERE what = 'tea' AND price IS NULL"), 7);
	assert_int_equal(sql_exec(db, "DELETE FROM shelf"), KAS_EXISTS);
	sql_close(db);
	assert_int_equal(try(p, &v3, SQL_READ), KAS_OK);
}

static void
test_a_migration_that_fails_leaves_the_old_version_whole(void **state)
{
	static const struct sql_migration bad[] = {
		{ "0001_shelf", "CREATE TABLE shelf (id INTEGER PRIMARY KEY, what TEXT NOT NULL) STRICT;" },
		{ "0002_price", "ALTER TABLE shelf ADD COLUMN price INTEGER;" },
		{ "0003_bad", "CREATE TABLE box (id INTEGER); INSERT INTO nowhere VALUES (1);" },
	};
	static const struct sql_kind broken = { "shelf", 0x5e1f, bad, 3, false };
	struct place *p = *state;

	make(p, &v1, "INSERT INTO shelf VALUES (7, 'tea')");
	assert_int_not_equal(try(p, &broken, SQL_WRITE), KAS_OK);
	assert_non_null(strstr(p->why.text, "0003_bad"));
	assert_int_equal(try(p, &v1, SQL_READ), KAS_OK);
	assert_int_equal(try(p, &v2, SQL_WRITE), KAS_OK);
}

static void
test_a_later_version_and_another_kind_are_refused(void **state)
{
	struct place *p = *state;

	make(p, &v3, "");
	assert_int_equal(try(p, &v2, SQL_WRITE), KAS_NEWER);
	assert_non_null(strstr(p->why.text, "later version"));
	assert_int_equal(try(p, &v2, SQL_READ), KAS_NEWER);
	assert_int_equal(try(p, &v3, SQL_WRITE), KAS_OK);
	assert_int_equal(try(p, &other, SQL_WRITE), KAS_CORRUPT);
	assert_non_null(strstr(p->why.text, "another kind"));
	assert_int_equal(try(p, &other, SQL_READ), KAS_CORRUPT);
}

static void
test_a_changed_schema_is_refused_by_name(void **state)
{
	static const struct { const char *change, *says; } cases[] = {
		{ "DROP TRIGGER shelf_no_delete", "trigger shelf_no_delete is missing" },
		{ "CREATE TABLE extra (a)", "table extra was added" },
		{ "CREATE INDEX shelf_what ON shelf (what)", "index shelf_what was added" },
		{ "DROP TRIGGER shelf_no_delete; CREATE TRIGGER shelf_no_delete BEFORE DELETE ON"
		    " shelf BEGIN SELECT 1; END", "trigger shelf_no_delete is not as made" },
	};
	struct place *p = *state;
	sqlite3 *db = NULL;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		make(p, &v3, "");
		assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
		assert_int_equal(sql_exec(db, cases[i].change), KAS_OK);
		sql_close(db);
		assert_int_equal(try(p, &v3, SQL_WRITE), KAS_CORRUPT);
		assert_non_null(strstr(p->why.text, cases[i].says));
		unlink(p->path);
	}
}

static void
overwrite(const char *path, off_t at, size_t n)
{
	uint8_t junk[4096];
	int fd = open(path, O_WRONLY);

	memset(junk, 0xa5, sizeof junk);
	assert_int_equal(pwrite(fd, junk, n, at), n);
	close(fd);
}

static void
test_a_damaged_file_is_refused_in_words(void **state)
{
	static const struct { const char *what; off_t at; size_t n; bool cut; } cases[] = {
		{ "magic", 0, 16, false },
		{ "first page", 100, 3900, false },
		{ "whole", 0, 4096, false },
		{ "empty", 0, 0, true },
		{ "half a header", 50, 0, true },
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		make(p, &v2, "INSERT INTO shelf VALUES (7, 'tea', 2)");
		if (cases[i].cut)
			assert_int_equal(truncate(p->path, cases[i].at), 0);
		else
			overwrite(p->path, cases[i].at, cases[i].n);
		print_message("# %s\n", cases[i].what);
		assert_int_equal(try(p, &v2, SQL_WRITE), KAS_CORRUPT);
		print_message("# %s\n", p->why.text);
		unlink(p->path);
	}
}

static void
test_a_statement_keeps_its_first_error_until_it_is_done(void **state)
{
	struct place *p = *state;
	sqlite3 *db = NULL;
	struct stmt st;

	assert_int_equal(sql_open(p->path, &v2, SQL_CREATE, &db, &p->why), KAS_OK);
	assert_int_equal(stmt_init(&st, db, "INSERT INTO shelf (id, what) VALUES (?1, ?2)"), KAS_OK);
	stmt_bind_int(&st, 9, 1);		/* no such parameter */
	stmt_bind_int(&st, 1, 1);
	stmt_bind_text(&st, 2, "tea");
	assert_false(stmt_row(&st));
	assert_int_equal(stmt_done(&st), KAS_IO);
	assert_int_equal(ask(db, "SELECT count(*) FROM shelf"), 0);
	stmt_bind_int(&st, 1, 1);
	stmt_bind_text(&st, 2, "tea");
	assert_int_equal(stmt_run(&st), KAS_OK);
	assert_int_equal(stmt_run(&st), KAS_EXISTS);
	stmt_bind_int(&st, 1, 2);
	stmt_bind_bytes(&st, 2, BYTES_NONE);	/* an empty blob is no text */
	assert_int_equal(stmt_run(&st), KAS_EXISTS);
	stmt_bind_null(&st, 2);
	assert_int_equal(stmt_run(&st), KAS_EXISTS);
	stmt_fini(&st);
	assert_int_equal(ask(db, "SELECT count(*) FROM shelf"), 1);
	sql_close(db);
}

static void
test_results_become_what_a_caller_should_do(void **state)
{
	static const struct { int rc; enum kas_err err; } cases[] = {
		{ SQLITE_OK, KAS_OK }, { SQLITE_ROW, KAS_OK }, { SQLITE_DONE, KAS_OK },
		{ SQLITE_FULL, KAS_FULL }, { SQLITE_BUSY, KAS_AGAIN },
		{ SQLITE_BUSY_SNAPSHOT, KAS_AGAIN }, { SQLITE_LOCKED, KAS_AGAIN },
		{ SQLITE_CORRUPT, KAS_CORRUPT }, { SQLITE_NOTADB, KAS_CORRUPT },
		{ SQLITE_CONSTRAINT_TRIGGER, KAS_EXISTS }, { SQLITE_NOMEM, KAS_NOMEM },
		{ SQLITE_IOERR_FSYNC, KAS_IO }, { SQLITE_READONLY, KAS_IO },
		{ SQLITE_MISUSE, KAS_IO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(sql_err(cases[i].rc), cases[i].err);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_database_is_created_once_and_private),
		TEST(test_a_log_without_its_database_is_not_taken_for_an_empty_place),
		TEST(test_opening_sets_every_guard),
		TEST(test_an_old_database_is_upgraded_with_its_rows),
		TEST(test_a_migration_that_fails_leaves_the_old_version_whole),
		TEST(test_a_later_version_and_another_kind_are_refused),
		TEST(test_a_changed_schema_is_refused_by_name),
		TEST(test_a_damaged_file_is_refused_in_words),
		TEST(test_a_statement_keeps_its_first_error_until_it_is_done),
		TEST(test_results_become_what_a_caller_should_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
