/* What only an outbox in a file has to stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/support/fault_vfs.h"
#include "tests/support/outbox_box.h"

static void
a_reopened_file_says_the_same(void **state)
{
	struct outbox_box *b = *state;
	uint64_t evidence = 0;

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	box_mark(b, 1, 1, OUTBOX_DURABLE, 4);
	assert_int_equal(b->port.keep_evidence(b->port.ctx, 1, BYTES("a", 1), BYTES("b", 1), "two"), KAS_OK);
	outbox_sqlite_close(b->file);
	b->file = NULL;
	box_open_file(b);
	assert_int_equal(box_head(b).sequence, 2);
	assert_int_equal(box_head(b).count[OUTBOX_MADE], 1);
	assert_true(bytes_equal(box_head(b).fork, BYTES("two", 3)));
	assert_int_equal(outbox_sqlite_evidence(b->file, &evidence), KAS_OK);
	assert_int_equal(evidence, 1);
}

static void
copy_file(const char *from, const char *to)
{
	char block[4096];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t n;

	assert_non_null(in);
	assert_non_null(out);
	while ((n = fread(block, 1, sizeof(block), in)) > 0)
		assert_int_equal(fwrite(block, 1, n, out), n);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

static long
size_of(const char *path)
{
	FILE *f = fopen(path, "rb");
	long n = -1;

	if (f != NULL && fseek(f, 0, SEEK_END) == 0)
		n = ftell(f);
	if (f != NULL)
		fclose(f);
	return n;
}

static void
what_a_dead_process_left_in_the_log_is_written_again_at_the_start(void **state)
{
	struct outbox_box *b = *state;
	char wal[160], copy[128], copy_wal[160];

	box_put(b, 1, 1);
	box_put(b, 1, 2);
	snprintf(wal, sizeof(wal), "%s-wal", b->path);
	tmp_dir_file(&b->dir, "copy.outbox", copy);
	snprintf(copy_wal, sizeof(copy_wal), "%s-wal", copy);
	copy_file(b->path, copy);
	copy_file(wal, copy_wal);
	assert_true(size_of(copy_wal) > 0);
	outbox_sqlite_close(b->file);
	b->file = NULL;
	memcpy(b->path, copy, sizeof(copy));
	box_open_file(b);
	assert_int_equal(size_of(copy_wal), 0);
	assert_int_equal(box_head(b).sequence, 2);
}

static void
a_file_has_one_owner_and_any_readers(void **state)
{
	struct outbox_box *b = *state;
	struct outbox_sqlite *other = NULL;
	struct outbox_head h;
	struct outbox_port port;
	struct kas_why why;

	box_put(b, 1, 1);
	assert_int_equal(outbox_sqlite_open(b->path, &other, &why), KAS_AGAIN);
	assert_non_null(strstr(why.text, "another process"));
	assert_int_equal(outbox_sqlite_open_read(b->path, &other, &why), KAS_OK);
	port = outbox_sqlite_port(other);
	assert_int_equal(port.head(port.ctx, &b->arena, &h), KAS_OK);
	assert_int_equal(h.sequence, 1);
	outbox_sqlite_close(other);
}

static void
a_file_that_is_no_outbox_is_refused(void **state)
{
	struct outbox_box *b = *state;
	struct outbox_sqlite *other;
	struct kas_why why;
	char path[128];
	FILE *f;

	tmp_dir_file(&b->dir, "other.outbox", path);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("this is no database, however long it may be, and never was", f);
	fclose(f);
	assert_int_equal(outbox_sqlite_open(path, &other, &why), KAS_CORRUPT);
}

static void
what_was_sold_survives_a_power_cut_at_any_moment(void **state)
{
	struct outbox_box *b = *state;
	unsigned long at;
	uint64_t sold, sequence;
	bool reached = true;

	outbox_sqlite_close(b->file);
	b->file = NULL;
	fault_vfs_register();
	for (at = 1; reached && at < 500; at++) {
		char name[32];

		snprintf(name, sizeof(name), "cut-%lu.outbox", at);
		tmp_dir_file(&b->dir, name, b->path);
		box_open_file(b);
		fault_vfs_arm(FAULT_POWER, at, true);
		for (sold = 0; sold < 6; sold++) {
			if (box_try_put(b, 1, sold + 1, 3000) != KAS_OK)
				break;
			if (sold % 2 == 0) {
				struct outbox_mark m = { 1, sold + 1, OUTBOX_DURABLE, 1, sold, { { 1 } } };

				if (b->port.mark(b->port.ctx, &m, 1, BYTES("n", 1)) != KAS_OK) {
					sold++;
					break;
				}
			}
		}
		reached = fault_vfs_reached();
		outbox_sqlite_close(b->file);
		b->file = NULL;
		fault_vfs_disarm();
		fault_vfs_power_up(at);
		box_open_file(b);
		sequence = box_head(b).sequence;
		assert_true(sequence >= sold);
		assert_true(sequence <= sold + 1);
		assert_int_equal(box_head(b).count[OUTBOX_MADE] + box_head(b).count[OUTBOX_DURABLE], sequence);
		outbox_sqlite_close(b->file);
		b->file = NULL;
		fault_vfs_forget();
	}
	assert_false(reached);
	assert_true(at > 10);
}

#define FILE_ONLY(f) cmocka_unit_test_setup_teardown(f, box_set_up_file, box_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_ONLY(a_reopened_file_says_the_same),
		FILE_ONLY(what_a_dead_process_left_in_the_log_is_written_again_at_the_start),
		FILE_ONLY(a_file_has_one_owner_and_any_readers),
		FILE_ONLY(a_file_that_is_no_outbox_is_refused),
		FILE_ONLY(what_was_sold_survives_a_power_cut_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
