#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/report_oracle.h"
#include "tests/support/tmp_dir.h"

#define ENTRIES 1200

struct desk {
	struct tmp_dir dir;
	char path[128];
	struct report_rig *rig;
	struct kas_why why;
};

static int
setup(void **state)
{
	struct desk *d = calloc(1, sizeof *d);

	tmp_dir_make_in_memory(&d->dir);
	tmp_dir_file(&d->dir, "reports.db", d->path);
	d->rig = calloc(1, sizeof *d->rig);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	tmp_dir_remove(&d->dir);
	free(d->rig);
	free(d);
	return 0;
}

static struct projection *
open_projection(struct desk *d)
{
	struct report_source source = report_rig_source(d->rig);
	static struct report_source kept;
	struct projection *p = NULL;

	kept = source;
	if (projection_open(d->path, &kept, false, &p, &d->why) != KAS_OK)
		fail_msg("%s", d->why.text);
	return p;
}

/* All there is, in chunks of CHUNK; every REOPEN-th is made by another projection. */
static void
project(struct desk *d, size_t chunk, unsigned reopen)
{
	struct projection *p = open_projection(d);
	unsigned done = 0;
	size_t n;

	do {
		if (reopen > 0 && ++done % reopen == 0) {
			projection_close(p);
			p = open_projection(d);
		}
		if (projection_step(p, chunk, &n, &d->why) != KAS_OK)
			fail_msg("%s", d->why.text);
	} while (n > 0);
	assert_int_equal(projection_size(p), d->rig->n);
	projection_close(p);
}

static uint64_t
mix(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n-- > 0)
		h = (h ^ *b++) * 0x100000001b3u;
	return h;
}

static uint64_t
digest_table(sqlite3 *db, const char *table, uint64_t h)
{
	char text[128];
	sqlite3_stmt *s;
	int i;

	snprintf(text, sizeof text, "SELECT * FROM %s", table);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW)
		for (i = 0; i < sqlite3_column_count(s); i++) {
			const void *p = sqlite3_column_blob(s, i);
			size_t n = (size_t)sqlite3_column_bytes(s, i);

			h = mix(mix(h, p, n), "|", 1);
		}
	sqlite3_finalize(s);
	return h;
}

/* Of everything in the file, in the tables' order. */
static uint64_t
digest(const struct desk *d)
{
	uint64_t h = 0xcbf29ce484222325u;
	sqlite3_stmt *s;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(d->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema"
	    " WHERE type = 'table' ORDER BY name", -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW)
		h = digest_table(db, (const char *)sqlite3_column_text(s, 0), h);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return h;
}

static void
every_figure_is_what_the_documents_and_their_fates_add_up_to(void **state)
{
	struct desk *d = *state;
	char differences[400];
	uint64_t seed;

	for (seed = 1; seed <= 3; seed++) {
		report_rig_init(d->rig, seed, ENTRIES);
		unlink(d->path);
		project(d, PROJECTION_CHUNK, 0);
		report_oracle_compare(d->rig, d->path, differences, sizeof differences);
		if (differences[0] != '\0')
			fail_msg("seed %u differs in %s", (unsigned)seed, differences);
		report_rig_fini(d->rig);
	}
}

static void
how_entries_are_cut_into_chunks_changes_nothing(void **state)
{
	static const struct {
		size_t chunk;
		unsigned reopen;
	} ways[] = { { 1, 0 }, { 7, 0 }, { 1000, 0 }, { PROJECTION_CHUNK, 0 }, { 50, 3 } };
	struct desk *d = *state;
	uint64_t first = 0, now;
	size_t i;

	report_rig_init(d->rig, 11, ENTRIES);
	for (i = 0; i < sizeof ways / sizeof *ways; i++) {
		unlink(d->path);
		project(d, ways[i].chunk, ways[i].reopen);
		now = digest(d);
		if (i == 0)
			first = now;
		assert_int_equal(now, first);
	}
	report_rig_fini(d->rig);
}

static void
a_ledger_that_grew_by_another_history_is_reported_anew(void **state)
{
	struct desk *d = *state;
	uint64_t branch;

	report_rig_init(d->rig, 21, 400);
	project(d, 100, 0);
	report_rig_branch(d->rig, 300, 99, 500);
	project(d, 100, 0);
	branch = digest(d);
	unlink(d->path);
	project(d, 100, 0);
	assert_int_equal(digest(d), branch);
	report_rig_fini(d->rig);
}

static void
a_ledger_that_lost_its_end_is_reported_anew(void **state)
{
	struct desk *d = *state;
	uint64_t all;

	report_rig_init(d->rig, 22, 300);
	project(d, 100, 0);
	all = digest(d);
	d->rig->n = 299;
	project(d, 100, 0);
	assert_int_not_equal(digest(d), all);
	d->rig->n = 300;
	project(d, 100, 0);
	assert_int_equal(digest(d), all);
	report_rig_fini(d->rig);
}

static void
what_is_no_reports_database_is_kept_beside_the_new_one(void **state)
{
	struct desk *d = *state;
	char bad[160];
	FILE *f = fopen(d->path, "w");

	fputs("somebody's ledger, perhaps", f);
	fclose(f);
	report_rig_init(d->rig, 23, 50);
	project(d, 100, 0);
	snprintf(bad, sizeof bad, "%s.bad", d->path);
	assert_int_equal(access(bad, F_OK), 0);
	report_rig_fini(d->rig);
}

static void
two_projections_do_not_write_one_file(void **state)
{
	struct desk *d = *state;
	struct report_source source;
	struct projection *p, *other;

	report_rig_init(d->rig, 24, 10);
	source = report_rig_source(d->rig);
	p = open_projection(d);
	assert_int_equal(projection_open(d->path, &source, false, &other, &d->why), KAS_AGAIN);
	assert_int_equal(projection_open(d->path, &source, true, &other, &d->why), KAS_AGAIN);
	assert_true(projection_is_in_place(p));
	unlink(d->path);
	assert_false(projection_is_in_place(p));
	projection_close(p);
	report_rig_fini(d->rig);
}

/* 2^63 - 1, and then one more, and then all of it back. */
static void
a_sum_that_does_not_fit_stops_whatever_the_chunks(void **state)
{
	static const int64_t grosses[] = { INT64_MAX, 5, -7, INT64_MAX, -1 };
	struct desk *d = *state;
	Kasir__V1__Transaction *doc;
	uint64_t first;
	size_t i;

	report_rig_init(d->rig, 25, 1);
	for (i = 0; i < sizeof grosses / sizeof *grosses; i++) {
		doc = make_document(&d->rig->arena, KASIR__V1__TRANSACTION_TYPE__SALE);
		doc->gross = doc->payable = grosses[i];
		report_rig_enter(d->rig, doc, "front", false);
	}
	project(d, 1, 0);
	first = digest(d);
	unlink(d->path);
	project(d, 100, 0);
	assert_int_equal(digest(d), first);
	report_rig_fini(d->rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    every_figure_is_what_the_documents_and_their_fates_add_up_to, setup, teardown),
		cmocka_unit_test_setup_teardown(how_entries_are_cut_into_chunks_changes_nothing,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_ledger_that_grew_by_another_history_is_reported_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(a_ledger_that_lost_its_end_is_reported_anew, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_no_reports_database_is_kept_beside_the_new_one, setup, teardown),
		cmocka_unit_test_setup_teardown(two_projections_do_not_write_one_file, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(a_sum_that_does_not_fit_stops_whatever_the_chunks,
		    setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
