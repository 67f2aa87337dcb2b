#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "report/ask.h"
#include "report/calendar.h"
#include "tests/support/tmp_dir.h"

struct desk {
	struct tmp_dir dir;
	sqlite3 *db;
	struct arena arena;
};

/* Of each day of four months: 1 of "kopi" and 10 of "teh", and by the month what that makes. */
static void
fill(sqlite3 *db)
{
	assert_int_equal(sql_exec(db, "BEGIN;"
	    "CREATE TEMP TABLE d AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 119) SELECT CAST(strftime('%Y%m%d', '2026-01-01', i || ' days') AS INTEGER)"
	    " AS day FROM n;"
	    "INSERT INTO by_product SELECT day, 'kopi', 1000, 0, 5, 1, 1 FROM d;"
	    "INSERT INTO by_product SELECT day, 'teh', 10000, 0, 50, 0, 0 FROM d;"
	    "INSERT INTO by_product_month SELECT day / 100, product, sum(sold), 0, sum(items),"
	    " sum(discounts), sum(returns) FROM by_product GROUP BY 1, 2;"
	    "INSERT INTO by_tender SELECT day, 1, 2, 100 FROM d;"
	    "INSERT INTO by_tender SELECT day, 5, 1, 9223372036854775807 FROM d;"
	    "COMMIT"), KAS_OK);
}

static int
setup(void **state)
{
	static struct desk d;
	struct kas_why why;
	char path[128];

	tmp_dir_make_in_memory(&d.dir);
	tmp_dir_file(&d.dir, "reports.db", path);
	assert_int_equal(reports_open(path, &d.db, &why), KAS_OK);
	fill(d.db);
	arena_init(&d.arena, 0);
	*state = &d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	sql_close(d->db);
	arena_fini(&d->arena);
	tmp_dir_remove(&d->dir);
	return 0;
}

static struct report_answer
ask(struct desk *d, enum report_by by, uint32_t from, uint32_t to)
{
	struct report_answer a = { NULL, 0 };

	assert_int_equal(report_ask(d->db, by, from, to, &d->arena, &a), KAS_OK);
	return a;
}

/* From the middle of a month to its end, over a boundary, whole months, all but a day... */
static void
months_and_the_days_at_both_ends_are_as_many_as_the_days(void **state)
{
	static const uint32_t ends[][2] = {
		{ 20260115, 20260115 }, { 20260101, 20260131 }, { 20260102, 20260131 },
		{ 20260101, 20260130 }, { 20260110, 20260120 }, { 20260105, 20260129 },
		{ 20260120, 20260203 }, { 20260103, 20260226 }, { 20260131, 20260401 },
		{ 20260101, 20260430 }, { 20260215, 20260415 }, { 20251201, 20260531 },
	};
	struct desk *d = *state;
	struct report_answer a;
	int64_t days, first, last;
	size_t i;

	for (i = 0; i < sizeof ends / sizeof *ends; i++) {
		first = calendar_count(ends[i][0] < 20260101 ? 20260101 : ends[i][0]);
		last = calendar_count(ends[i][1] > 20260430 ? 20260430 : ends[i][1]);
		days = last - first + 1;
		a = ask(d, REPORT_BY_PRODUCT, ends[i][0], ends[i][1]);
		assert_int_equal(a.n, 2);
		assert_string_equal(a.rows[0]->text, "kopi");
		assert_int_equal(a.rows[0]->goods.sold, 1000 * days);
		assert_int_equal(a.rows[0]->goods.discounts, days);
		assert_string_equal(a.rows[1]->text, "teh");
		assert_int_equal(a.rows[1]->goods.items, 50 * days);
	}
	assert_int_equal(ask(d, REPORT_BY_PRODUCT, 20260501, 20260630).n, 0);
}

static void
a_sum_that_does_not_fit_stops_at_the_end(void **state)
{
	struct report_answer a = ask(*state, REPORT_BY_TENDER, 20260101, 20260102);

	assert_int_equal(a.n, 2);
	assert_int_equal(a.rows[0]->number, 1);
	assert_int_equal(a.rows[0]->counted.count, 4);
	assert_int_equal(a.rows[0]->counted.amount, 200);
	assert_int_equal(a.rows[1]->counted.amount, INT64_MAX);
}

static void
days_are_counted_as_the_calendar_has_them(void **state)
{
	static const struct {
		uint32_t day;
		int64_t count;
		uint32_t monday;
	} cases[] = {
		{ 19700101, 0, 19691229 }, { 19700105, 4, 19700105 }, { 20000229, 11016, 20000228 },
		{ 20261122, 20779, 20261116 }, { 20240301, 19783, 20240226 },
		{ 10101, -719162, 10101 },
	};
	static const uint32_t not_days[] = { 0, 20260229, 20261301, 20260431, 20260100, 99991232 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(calendar_is_day(cases[i].day));
		assert_int_equal(calendar_count(cases[i].day), cases[i].count);
		assert_int_equal(calendar_day(cases[i].count), cases[i].day);
		assert_int_equal(calendar_monday(cases[i].day), cases[i].monday);
	}
	for (i = 0; i < sizeof not_days / sizeof *not_days; i++)
		assert_false(calendar_is_day(not_days[i]));
	assert_int_equal(calendar_add_months(20260331, -1), 20260228);
	assert_int_equal(calendar_add_months(20240131, 1), 20240229);
	assert_int_equal(calendar_add_months(20260115, -1), 20251215);
	assert_int_equal(calendar_add_months(20261215, 1), 20270115);
	assert_int_equal(calendar_add_days(20260301, -1), 20260228);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    months_and_the_days_at_both_ends_are_as_many_as_the_days, setup, teardown),
		cmocka_unit_test_setup_teardown(a_sum_that_does_not_fit_stops_at_the_end, setup,
		    teardown),
		cmocka_unit_test(days_are_counted_as_the_calendar_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
