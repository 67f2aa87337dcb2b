/* Headquarters' receiver on its real database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/hq/edge/hq_db.h"
#include "support/hq_rig.h"
#include "support/tmp_dir.h"
#include "wire/codec.h"

struct world {
	struct tmp_dir dir;
	char path[128];
	struct hq_db *db;
	struct hq_rig rig;
	struct made_store store;
};

static int
set_up(void **state)
{
	struct world *w = test_calloc(1, sizeof *w);

	tmp_dir_make(&w->dir);
	tmp_dir_file(&w->dir, "hq.db", w->path);
	assert_int_equal(hq_db_open(w->path, SQL_CREATE, &w->db, NULL), KAS_OK);
	hq_rig_init(&w->rig, hq_db_port(w->db));
	made_store_init(&w->store, "toko-1", 1);
	assert_int_equal(hq_db_add_store(w->db, "toko-1", signer_vkey(w->store.signer), 5), KAS_OK);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	hq_rig_fini(&w->rig);
	hq_db_close(w->db);
	made_store_fini(&w->store);
	tmp_dir_remove(&w->dir);
	test_free(w);
	return 0;
}

/* The process dies; the file stays. */
static void
reopen(struct world *w)
{
	hq_db_close(w->db);
	assert_int_equal(hq_db_open(w->path, SQL_WRITE, &w->db, NULL), KAS_OK);
	w->rig.ports.store = hq_db_port(w->db);
	hq_rig_restart(&w->rig);
}

static void
a_history_of_many_tiles_survives_restarts(void **state)
{
	struct world *w = *state;
	size_t at, n;

	made_store_sell(&w->store, 1400, "kopi susu");
	for (at = 0; at < w->store.n; at += n) {
		n = w->store.n - at < 190 ? w->store.n - at : 190;
		hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, at, n));
		hq_rig_expect_held(&w->rig, &w->store, at + n, true);
		if (at % 380 == 0)
			reopen(w);
	}
	reopen(w);
	hq_rig_send(&w->rig, &w->store, made_store_hello(&w->store, w->store.n, BYTES_NONE));
	hq_rig_expect_welcome(&w->rig, &w->store, w->store.n, true);
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 190, 190));
	hq_rig_expect_held(&w->rig, &w->store, w->store.n, true);
}

static enum kas_err
take_store(void *ctx, const struct hq_store_row *row)
{
	struct hq_store_row *to = ctx;

	*to = *row;
	assert_string_equal(row->store, "toko-1");
	return KAS_OK;
}

static void
what_people_are_shown_is_what_is_held(void **state)
{
	struct world *w = *state;
	struct hq_db *reader = NULL;
	struct hq_store_row row = { .size = 99 };

	made_store_enrol(&w->store, "kasa-2", 1);
	assert_int_equal(hq_db_list_stores(w->db, take_store, &row), KAS_OK);
	assert_int_equal(row.size + row.cosigned_size + row.terminals + row.evidence, 0);
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 0, 4));
	assert_int_equal(hq_db_open(w->path, SQL_READ, &reader, NULL), KAS_OK);
	assert_int_equal(hq_db_list_stores(reader, take_store, &row), KAS_OK);
	assert_int_equal(row.size, 4);
	assert_int_equal(row.cosigned_size, 4);
	assert_int_equal(row.terminals, 2);
	assert_int_equal(row.added_us, 5);
	assert_true(hash_equal(&row.root, &w->store.roots[4]));
	hq_db_close(reader);
}

static void
a_store_is_registered_once(void **state)
{
	struct world *w = *state;
	const struct vkey *key = signer_vkey(w->store.signer);

	assert_int_equal(hq_db_add_store(w->db, "toko-1", key, 6), KAS_EXISTS);
	assert_int_equal(hq_db_add_store(w->db, "toko-2", key, 6), KAS_OK);
}

static void
a_revocation_comes_back_from_the_file(void **state)
{
	struct world *w = *state;

	made_store_sell(&w->store, 1, "kopi");
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 0, 4));
	made_store_revoke(&w->store, "kasa-1", 1);
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 4, 1));
	hq_rig_expect_held(&w->rig, &w->store, 5, true);
	reopen(w);
	made_store_sell(&w->store, 1, "kopi");
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 5, 1));
	hq_rig_expect_refused(&w->rig, KASIR__V1__UPLINK_REFUSAL__ENTRY_BAD);
}

static enum kas_err
count_evidence(void *ctx, const struct hq_evidence_row *row)
{
	unsigned *n = ctx;

	assert_string_equal(row->store, "toko-1");
	assert_true(row->held.n > 0 && row->shown.n > 0 && row->wall_us > 0);
	assert_int_equal(row->reason, KASIR__V1__UPLINK_REFUSAL__FORK);
	++*n;
	return KAS_OK;
}

static void
a_fork_changes_nothing_but_the_evidence(void **state)
{
	struct world *w = *state;
	struct made_store *other = test_calloc(1, sizeof *other);
	unsigned n = 0, i;

	made_store_init(other, "toko-1", 1);
	made_store_sell(&w->store, 200, "kopi");
	made_store_sell(other, 200, "teh");
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 0, 203));
	hq_rig_expect_held(&w->rig, &w->store, 203, true);
	for (i = 50; i <= 203; i++) {
		hq_rig_send(&w->rig, other, made_store_hello(other, i, BYTES_NONE));
		hq_rig_expect_refused(&w->rig, KASIR__V1__UPLINK_REFUSAL__FORK);
		if (i == 50)		/* twice is known */
			hq_rig_send(&w->rig, other, made_store_hello(other, i, BYTES_NONE));
	}
	assert_int_equal(hq_db_list_evidence(w->db, count_evidence, &n), KAS_OK);
	assert_int_equal(n, HQ_EVIDENCE_MAX);
	reopen(w);
	hq_rig_send(&w->rig, &w->store, made_store_hello(&w->store, 203, BYTES_NONE));
	hq_rig_expect_welcome(&w->rig, &w->store, 203, true);
	made_store_fini(other);
	test_free(other);
}

static void
a_floor_is_remembered_across_restarts(void **state)
{
	struct world *w = *state;
	struct hq_store_row row = { .size = 0 };
	struct buf note;
	struct bytes plain;

	made_store_sell(&w->store, 7, "kopi");
	plain = made_store_checkpoint(&w->store, 8);
	buf_init(&note);
	buf_add(&note, plain.p, plain.n);
	note_cosign(&note, w->rig.witness, 1700000000);	/* that this database has lost */
	hq_rig_send(&w->rig, &w->store, made_store_hello(&w->store, 10, buf_bytes(&note)));
	hq_rig_expect_welcome(&w->rig, &w->store, 0, false);
	reopen(w);
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 0, 6));
	hq_rig_expect_held(&w->rig, &w->store, 6, false);
	assert_int_equal(hq_db_list_stores(w->db, take_store, &row), KAS_OK);
	assert_int_equal(row.floor_size, 8);
	assert_int_equal(row.cosigned_size, 0);
	reopen(w);
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 6, 4));
	hq_rig_expect_held(&w->rig, &w->store, 10, true);
	assert_int_equal(hq_db_list_stores(w->db, take_store, &row), KAS_OK);
	assert_int_equal(row.floor_size, 0);
	buf_fini(&note);
}

static void
two_receivers_share_one_file(void **state)
{
	struct world *w = *state;
	struct hq_rig *second = test_calloc(1, sizeof *second);
	struct hq_db *db = NULL;
	size_t i;

	assert_int_equal(hq_db_open(w->path, SQL_WRITE, &db, NULL), KAS_OK);
	hq_rig_init(second, hq_db_port(db));
	made_store_sell(&w->store, 597, "kopi");
	for (i = 0; i < 600; i += 100) {
		struct hq_rig *r = i % 200 == 0 ? &w->rig : second;

		hq_rig_send(r, &w->store, made_store_batch(&w->store, i, 100));
		hq_rig_expect_held(r, &w->store, i + 100, true);
	}
	hq_rig_fini(second);
	hq_db_close(db);
	test_free(second);
}

static void
an_append_that_was_overtaken_writes_nothing(void **state)
{
	struct world *w = *state;
	Kasir__V1__EntryBlock block = KASIR__V1__ENTRY_BLOCK__INIT;
	struct hq_append what = { .store = "toko-1", .first = 1, .block = &block,
		.root = w->store.roots[3], .checkpoint = made_store_checkpoint(&w->store, 3) };
	struct hq_store_port port = hq_db_port(w->db);
	Kasir__V1__StoredEntry entry = KASIR__V1__STORED_ENTRY__INIT, *list[] = { &entry };
	struct hq_store_row row = { .size = 99 };

	block.n_entries = 1;
	block.entries = list;
	assert_int_equal(port.append(port.ctx, &what), KAS_AGAIN);
	what.store = "toko-9";
	assert_int_equal(port.append(port.ctx, &what), KAS_NOTFOUND);
	assert_int_equal(hq_db_list_stores(w->db, take_store, &row), KAS_OK);
	assert_int_equal(row.size, 0);
}

static void
what_is_held_cannot_be_changed_or_removed(void **state)
{
	static const char *const tries[] = {
		"UPDATE store SET name = 'x'", "DELETE FROM store",
		"UPDATE entry SET entry = x'00' WHERE idx = 1", "DELETE FROM entry WHERE idx = 3",
		"REPLACE INTO entry VALUES (1, 1, x'00', x'')",
		"INSERT INTO entry VALUES (1, 9, x'00', x'')",
		"UPDATE head SET size = 2", "UPDATE head SET root = zeroblob(32)", "DELETE FROM head",
		"REPLACE INTO head VALUES (1, 1, zeroblob(32))",
		"UPDATE terminal SET key = zeroblob(32)", "DELETE FROM terminal",
		"UPDATE checkpoint SET note = x'00'", "DELETE FROM checkpoint",
		"REPLACE INTO checkpoint VALUES (1, 4, x'00', 1)",
		"UPDATE floor SET note = x'00'", "DELETE FROM floor",
		"UPDATE evidence SET text = ''", "DELETE FROM evidence",
	};
	struct world *w = *state;
	sqlite3 *db = NULL;
	size_t i;

	made_store_sell(&w->store, 1, "kopi");
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 0, 4));
	assert_int_equal(sql_open(w->path, &hq_kind, SQL_WRITE, &db, NULL), KAS_OK);
	assert_int_equal(sql_exec(db, "INSERT INTO floor VALUES (1, 99, x'01')"), KAS_OK);
	assert_int_equal(sql_exec(db, "INSERT INTO evidence VALUES (1, 1, 1, 1, x'', x'', 'a')"),
	    KAS_OK);
	for (i = 0; i < sizeof tries / sizeof tries[0]; i++)
		if (sql_exec(db, tries[i]) == KAS_OK)
			fail_msg("it was possible: %s", tries[i]);
	sql_close(db);
}

static void
a_damaged_entry_is_not_built_upon(void **state)
{
	struct world *w = *state;
	sqlite3 *db = NULL;

	made_store_sell(&w->store, 2, "kopi");
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 0, 4));
	assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TRIGGER entry_no_update;"
	    "UPDATE entry SET entry = x'0801' WHERE idx = 3", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	hq_rig_restart(&w->rig);
	hq_rig_send(&w->rig, &w->store, made_store_batch(&w->store, 4, 1));
	hq_rig_expect_refused(&w->rig, KASIR__V1__UPLINK_REFUSAL__STORAGE);
	assert_non_null(strstr(w->rig.log, "kasirctl verify --hq"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_history_of_many_tiles_survives_restarts),
		TEST(what_people_are_shown_is_what_is_held),
		TEST(a_store_is_registered_once),
		TEST(a_revocation_comes_back_from_the_file),
		TEST(a_fork_changes_nothing_but_the_evidence),
		TEST(a_floor_is_remembered_across_restarts),
		TEST(two_receivers_share_one_file),
		TEST(an_append_that_was_overtaken_writes_nothing),
		TEST(what_is_held_cannot_be_changed_or_removed),
		TEST(a_damaged_entry_is_not_built_upon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
