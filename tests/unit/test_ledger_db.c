/* The ledger file: what is flushed is there, and stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store/edge/ledger_repair.h"
#include "edge/ledger_read.h"
#include "support/ledger_node.h"

static void
test_an_empty_ledger_has_nothing(void **state)
{
	struct ledger_node *n = *state;
	struct store_head h = node_head(n);

	assert_int_equal(h.size, 0);
	assert_int_equal(h.snapshot_size, 0);
	assert_int_equal(h.checkpoint.n, 0);
	assert_int_equal(h.cosigned.n, 0);
	assert_int_equal(h.evidence.note.n, 0);
	assert_int_equal(h.state.n, 0);
}

static enum kas_err
count_terminal(void *ctx, const struct terminal_row *row)
{
	struct ledger_node *n = ctx;

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
	struct ledger_node *n = *state;
	struct flush_group *g;
	struct hash tile[TILE_WIDTH], leaf;
	struct store_head h;
	struct fact fact = maker_fact(259);
	uint64_t found[4];
	size_t n_found = 0;

	assert_int_equal(node_flush(n, maker_group(n->maker, 100)), KAS_OK);
	g = maker_group_with_snapshot(n->maker, 200);
	g->cosigned = bytes_of_text("cosigned note");
	g->cosigned_size = 100;
	assert_int_equal(node_flush(n, g), KAS_OK);
	for (int restarted = 0; restarted <= 1; restarted++) {
		h = node_head(n);
		assert_int_equal(h.size, 300);
		assert_int_equal(h.snapshot_size, 300);
		assert_same(h.checkpoint, g->checkpoint);
		assert_same(h.cosigned, g->cosigned);
		assert_same(h.state, g->snapshot->state);
		for (uint64_t i = 0; i < 300; i++)
			node_assert_entry(n, i);
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
		node_stop(n);
		assert_int_equal(node_start(n), KAS_OK);
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
	struct ledger_node *n = *state;
	struct store_entry got[16];
	size_t count;

	assert_int_equal(node_flush(n, maker_group(n->maker, 20)), KAS_OK);
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
		"UPDATE blob SET bytes = x''",
		"DELETE FROM blob",
		"REPLACE INTO blob SELECT hash, x'' FROM blob",
		"INSERT INTO blob VALUES (x'00', x'')",
		"DELETE FROM book",
		"INSERT INTO book VALUES (2, x'', 0)",
		"UPDATE evidence SET note = x''",
		"DELETE FROM evidence",
		"REPLACE INTO evidence VALUES (1, 0, NULL, x'')",
		"REPLACE INTO evidence SELECT 2, 0, NULL, note FROM evidence",
	};
	struct ledger_node *n = *state;
	struct store_evidence evidence = { .note = bytes_of_text("note") };
	struct store_blob blob = { .bytes = bytes_of_text("blob") };
	struct flush_group *g = maker_group_with_snapshot(n->maker, 300);
	sqlite3 *db = NULL;

	g->evidence = &evidence;
	g->blobs = &blob;
	g->n_blobs = 1;
	g->cosigned = bytes_of_text("note");
	g->cosigned_size = 300;
	assert_int_equal(node_flush(n, g), KAS_OK);
	node_stop(n);
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
	struct ledger_node *n = *state;
	struct flush_group *g = maker_group(n->maker, 1);

	g->cosigned = bytes_of_text("first");
	g->cosigned_size = 1;
	assert_int_equal(node_flush(n, g), KAS_OK);
	g = maker_group(n->maker, 0);
	g->cosigned = bytes_of_text("again");
	g->cosigned_size = 1;
	assert_int_equal(node_flush(n, g), KAS_OK);
	assert_same(node_head(n).cosigned, bytes_of_text("first"));
}

static void
test_evidence_is_kept_once_with_who_showed_it_and_when(void **state)
{
	struct ledger_node *n = *state;
	struct store_evidence e = { bytes_of_text("a note"), "front", 1700000000000000 };
	struct flush_group *g = maker_group(n->maker, 10);
	struct flush_group alone = { .first = 10, .evidence = &e };
	struct store_head h;

	assert_int_equal(node_flush(n, g), KAS_OK);
	for (int restarted = 0; restarted <= 2; restarted++) {
		assert_int_equal(node_flush(n, &alone), KAS_OK);
		h = node_head(n);
		assert_same(h.evidence.note, e.note);
		assert_string_equal(h.evidence.terminal, "front");
		assert_true(h.evidence.wall_us == e.wall_us);
		assert_same(h.checkpoint, g->checkpoint);
		assert_int_equal(ledger_ask(n->path, "SELECT count(*) FROM evidence"), 1);
		node_stop(n);
		assert_int_equal(node_start(n), KAS_OK);
	}
	e = (struct store_evidence){ .note = bytes_of_text("another") };
	assert_int_equal(node_flush(n, &alone), KAS_OK);
	h = node_head(n);
	assert_same(h.evidence.note, e.note);
	assert_string_equal(h.evidence.terminal, "");
}

static void
test_a_blob_is_found_by_its_hash_and_kept_once(void **state)
{
	struct ledger_node *n = *state;
	struct store_blob blobs[] = { { .bytes = bytes_of_text("a catalogue") },
		{ .bytes = bytes_of_text("another") } };
	struct flush_group *g;
	struct bytes found;

	blobs[0].hash = hash_of(blobs[0].bytes);
	blobs[1].hash = hash_of(blobs[1].bytes);
	for (size_t flush = 0; flush < 2; flush++) {
		g = maker_group(n->maker, 1);
		g->blobs = blobs;
		g->n_blobs = 1;
		assert_int_equal(node_flush(n, g), KAS_OK);
		assert_int_equal(n->port.blob(n->port.ctx, &blobs[0].hash, &n->arena, &found), KAS_OK);
		assert_same(found, blobs[0].bytes);
		assert_int_equal(n->port.blob(n->port.ctx, &blobs[1].hash, &n->arena, &found),
		    KAS_NOTFOUND);
		node_stop(n);
		assert_int_equal(node_start(n), KAS_OK);
	}
	assert_int_equal(ledger_ask(n->path, "SELECT count(*) FROM blob"), 1);
}

static void
test_asides_are_kept_up_to_a_thousand_the_newest(void **state)
{
	static struct aside asides[50];
	static uint8_t message[ASIDE_MESSAGE_MAX + 1];
	struct ledger_node *n = *state;
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
		assert_int_equal(node_flush(n, g), KAS_OK);
	}
	assert_int_equal(ledger_ask(n->path, "SELECT count(*) FROM aside"), ASIDE_KEEP);
	assert_int_equal(ledger_ask(n->path, "SELECT min(wall_us) FROM aside"), 50);
	assert_int_equal(ledger_ask(n->path, "SELECT max(length(message)) FROM aside"), ASIDE_MESSAGE_MAX);
}

static void
test_a_second_daemon_is_refused_with_the_first_ones_pid(void **state)
{
	struct ledger_node *n = *state;
	char pid[24];
	int ready[2], status;
	pid_t child;

	node_stop(n);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		if (node_start(n) == KAS_OK && write(ready[1], "r", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], pid, 1), 1);
	assert_int_equal(node_start(n), KAS_AGAIN);
	snprintf(pid, sizeof pid, "process %ld", (long)child);
	assert_non_null(strstr(n->why.text, pid));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(node_start(n), KAS_OK);
	close(ready[0]);
	close(ready[1]);
}

static void
test_a_ledger_that_is_missing_is_not_made(void **state)
{
	struct ledger_node *n = *state;

	node_stop(n);
	assert_int_equal(unlink(n->path), 0);
	assert_int_equal(node_start(n), KAS_NOTFOUND);
	assert_int_not_equal(access(n->path, F_OK), 0);
	assert_int_equal(ledger_db_create(n->path, &n->why), KAS_OK);
	assert_int_equal(ledger_db_create(n->path, &n->why), KAS_EXISTS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(test_an_empty_ledger_has_nothing),
		NODE_TEST(test_a_flushed_group_is_whole_before_and_after_a_restart),
		NODE_TEST(test_reading_stops_at_count_and_bytes_but_gives_one),
		NODE_TEST(test_history_cannot_be_changed_by_accident),
		NODE_TEST(test_the_same_size_cosigned_again_keeps_the_first_note),
		NODE_TEST(test_evidence_is_kept_once_with_who_showed_it_and_when),
		NODE_TEST(test_a_blob_is_found_by_its_hash_and_kept_once),
		NODE_TEST(test_asides_are_kept_up_to_a_thousand_the_newest),
		NODE_TEST(test_a_second_daemon_is_refused_with_the_first_ones_pid),
		NODE_TEST(test_a_ledger_that_is_missing_is_not_made),
	};

	fault_vfs_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
