/* Both outboxes against one contract, then what only a file has to stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "terminal/edge/outbox_sqlite.h"
#include "terminal/outbox_mem.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/tmp_dir.h"

struct box {
	bool in_file;
	struct tmp_dir dir;
	char path[128];
	struct outbox_mem *memory;
	struct outbox_sqlite *file;
	struct outbox_port port;
	struct arena arena;
};

static void
open_file(struct box *b)
{
	struct kas_why why = { "" };

	if (outbox_sqlite_open(b->path, &b->file, &why) != KAS_OK)
		fail_msg("%s", why.text);
	b->port = outbox_sqlite_port(b->file);
}

static int
setup(void **state, bool in_file)
{
	static struct box box;

	memset(&box, 0, sizeof(box));
	box.in_file = in_file;
	arena_init(&box.arena, 0);
	tmp_dir_make(&box.dir);
	tmp_dir_file(&box.dir, "till.outbox", box.path);
	if (in_file) {
		open_file(&box);
	} else {
		assert_int_equal(outbox_mem_open(&box.memory), KAS_OK);
		box.port = outbox_mem_port(box.memory);
	}
	*state = &box;
	return 0;
}

static int
setup_memory(void **state)
{
	return setup(state, false);
}

static int
setup_file(void **state)
{
	return setup(state, true);
}

static int
teardown(void **state)
{
	struct box *b = *state;

	outbox_mem_close(b->memory);
	outbox_sqlite_close(b->file);
	arena_fini(&b->arena);
	tmp_dir_remove(&b->dir);
	return 0;
}

static enum kas_err
try_put(struct box *b, uint64_t epoch, uint64_t sequence, size_t bytes)
{
	static uint8_t message[70000];
	struct outbox_sale sale = {
		.epoch = epoch,
		.sequence = sequence,
		.state = OUTBOX_MADE,
		.hash = { { (uint8_t)epoch, (uint8_t)sequence } },
		.made_us = (int64_t)(1000 * epoch + sequence),
		.made_sure = epoch != 7,
		.made_size = 9,
		.message = BYTES(message, bytes),
	};

	message[0] = (uint8_t)sequence;
	return b->port.put(b->port.ctx, &sale);
}

static void
put(struct box *b, uint64_t epoch, uint64_t sequence)
{
	assert_int_equal(try_put(b, epoch, sequence, 100), KAS_OK);
}

static void
mark(struct box *b, uint64_t epoch, uint64_t sequence, enum outbox_state state, uint64_t index)
{
	struct outbox_mark m = { epoch, sequence, state, 1, index, { { 7 } } };

	assert_int_equal(b->port.mark(b->port.ctx, &m, 1, BYTES_NONE), KAS_OK);
}

static struct outbox_head
head(struct box *b)
{
	struct outbox_head h;

	assert_int_equal(b->port.head(b->port.ctx, &b->arena, &h), KAS_OK);
	return h;
}

static size_t
waiting(struct box *b, size_t max, size_t max_bytes, struct outbox_sale *ret)
{
	size_t n = 99;

	assert_int_equal(
	    b->port.waiting(b->port.ctx, 0, 0, max, max_bytes, &b->arena, ret, &n), KAS_OK);
	return n;
}

static void
a_new_outbox_is_empty(void **state)
{
	struct outbox_head h = head(*state);
	struct outbox_sale s[4];

	assert_int_equal(h.sequence, 0);
	assert_int_equal(h.checkpoint.n, 0);
	assert_int_equal(h.count[OUTBOX_MADE], 0);
	assert_int_equal(waiting(*state, 4, 1000, s), 0);
}

static void
what_waits_comes_back_in_order_as_it_was(void **state)
{
	struct box *b = *state;
	struct outbox_sale s[4];

	put(b, 1, 1);
	put(b, 1, 2);
	put(b, 2, 1);
	assert_int_equal(waiting(b, 4, 1000, s), 3);
	assert_int_equal(s[0].epoch, 1);
	assert_int_equal(s[1].sequence, 2);
	assert_int_equal(s[2].epoch, 2);
	assert_int_equal(s[1].message.n, 100);
	assert_int_equal(s[1].message.p[0], 2);
	assert_int_equal(s[1].hash.b[1], 2);
	assert_int_equal(s[1].made_us, 1002);
	assert_int_equal(s[1].made_size, 9);
	assert_int_equal(head(b).epoch, 2);
	assert_int_equal(head(b).sequence, 1);
	assert_int_equal(head(b).last.b[0], 2);
}

static void
no_more_comes_back_than_was_asked_for(void **state)
{
	struct box *b = *state;
	struct outbox_sale s[4];

	put(b, 1, 1);
	put(b, 1, 2);
	put(b, 1, 3);
	assert_int_equal(waiting(b, 2, 1000, s), 2);
	assert_int_equal(waiting(b, 4, 300, s), 3);
	assert_int_equal(waiting(b, 4, 299, s), 2);
	assert_int_equal(waiting(b, 4, 1, s), 1);	/* the first in any case */
}

static void
a_number_is_given_once_even_when_its_sale_is_gone(void **state)
{
	struct box *b = *state;
	size_t n;

	put(b, 1, 1);
	put(b, 1, 2);
	assert_int_equal(try_put(b, 1, 2, 10), KAS_EXISTS);
	mark(b, 1, 2, OUTBOX_DURABLE, 5);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, INT64_MAX, &n), KAS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(try_put(b, 1, 2, 10), KAS_EXISTS);
	assert_int_equal(try_put(b, 1, 1, 10), KAS_EXISTS);
	put(b, 1, 3);
	assert_int_equal(head(b).sequence, 3);
}

static void
marks_take_sales_out_of_what_waits(void **state)
{
	struct box *b = *state;
	struct outbox_mark m[2] = { { 1, 1, OUTBOX_DURABLE, 1, 4, { { 1 } } },
		{ 1, 9, OUTBOX_DURABLE, 1, 5, { { 2 } } } };
	struct outbox_sale s[4];

	put(b, 1, 1);
	put(b, 1, 2);
	/* The second is of a sale that is not there: ignored. */
	assert_int_equal(b->port.mark(b->port.ctx, m, 2, BYTES("note", 4)), KAS_OK);
	assert_int_equal(waiting(b, 4, 1000, s), 1);
	assert_int_equal(s[0].sequence, 2);
	assert_int_equal(head(b).count[OUTBOX_DURABLE], 1);
	assert_true(bytes_equal(head(b).checkpoint, BYTES("note", 4)));
	mark(b, 1, 2, OUTBOX_REJECTED, 0);
	assert_true(bytes_equal(head(b).checkpoint, BYTES("note", 4)));
	assert_int_equal(waiting(b, 4, 1000, s), 0);
}

static void
rejected_sales_wait_again_when_retried(void **state)
{
	struct box *b = *state;
	struct outbox_sale s[4];
	size_t n;

	put(b, 1, 1);
	put(b, 1, 2);
	mark(b, 1, 1, OUTBOX_REJECTED, 0);
	assert_int_equal(b->port.retry(b->port.ctx, &n), KAS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(waiting(b, 4, 1000, s), 2);
	assert_int_equal(s[0].sequence, 1);
}

static void
a_cosignature_witnesses_what_stands_below_it(void **state)
{
	struct box *b = *state;
	size_t n;

	put(b, 1, 1);
	put(b, 1, 2);
	put(b, 1, 3);
	put(b, 1, 4);
	mark(b, 1, 1, OUTBOX_DURABLE, 4);
	mark(b, 1, 2, OUTBOX_DURABLE, 5);
	mark(b, 1, 3, OUTBOX_CONFLICT, 3);
	assert_int_equal(b->port.witness(b->port.ctx, 5, BYTES("cosigned", 8), &n), KAS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(head(b).count[OUTBOX_WITNESSED], 1);
	assert_int_equal(head(b).count[OUTBOX_DURABLE], 1);
	assert_int_equal(head(b).count[OUTBOX_CONFLICT], 1);
	assert_int_equal(head(b).count[OUTBOX_MADE], 1);
	assert_true(bytes_equal(head(b).cosigned, BYTES("cosigned", 8)));
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_WITNESSED, INT64_MAX, &n), KAS_OK);
	assert_int_equal(n, 1);
}

static void
only_what_is_old_enough_is_forgotten(void **state)
{
	struct box *b = *state;
	size_t n;

	put(b, 1, 1);
	put(b, 1, 2);
	mark(b, 1, 1, OUTBOX_DURABLE, 4);
	mark(b, 1, 2, OUTBOX_DURABLE, 5);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, 1001, &n), KAS_OK);
	assert_int_equal(n, 0);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, 1002, &n), KAS_OK);
	assert_int_equal(n, 1);
}

static void
what_was_made_by_an_unsure_clock_never_grows_old(void **state)
{
	struct box *b = *state;
	struct outbox_sale s[4];
	size_t n;

	put(b, 7, 1);
	put(b, 8, 1);
	assert_int_equal(waiting(b, 4, 1000, s), 2);
	assert_false(s[0].made_sure);
	assert_true(s[1].made_sure);
	mark(b, 7, 1, OUTBOX_DURABLE, 4);
	mark(b, 8, 1, OUTBOX_DURABLE, 5);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, INT64_MAX - 1, &n), KAS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(head(b).count[OUTBOX_DURABLE], 1);
	assert_int_equal(b->port.prune(b->port.ctx, OUTBOX_DURABLE, INT64_MAX, &n), KAS_OK);
	assert_int_equal(n, 1);
}

static void
another_log_demotes_what_stands_beyond_the_old_one(void **state)
{
	struct box *b = *state;
	struct outbox_sale s[4];
	size_t n;

	put(b, 1, 1);
	put(b, 1, 2);
	put(b, 1, 3);
	mark(b, 1, 1, OUTBOX_DURABLE, 4);
	mark(b, 1, 2, OUTBOX_DURABLE, 5);
	mark(b, 1, 3, OUTBOX_CONFLICT, 6);
	assert_int_equal(b->port.begin_log(b->port.ctx, 5, false, &n), KAS_OK);
	assert_int_equal(n, 2);
	assert_int_equal(waiting(b, 4, 1000, s), 2);
	assert_int_equal(s[0].sequence, 2);
	assert_int_equal(s[0].made_size, 0);
	assert_int_equal(head(b).checkpoint.n, 0);
	/* Index 4 was in the old log: the new one's cosignature says nothing about it. */
	assert_int_equal(b->port.witness(b->port.ctx, 100, BYTES("c", 1), &n), KAS_OK);
	assert_int_equal(n, 0);
	mark(b, 1, 2, OUTBOX_DURABLE, 1);
	assert_int_equal(b->port.begin_log(b->port.ctx, 2, true, &n), KAS_OK);
	assert_int_equal(n, 0);
	assert_int_equal(head(b).count[OUTBOX_WITNESSED], 1);
}

static void
evidence_stands_at_the_head_until_another_log_begins(void **state)
{
	struct box *b = *state;
	size_t n;

	assert_int_equal(head(b).fork.n, 0);
	assert_int_equal(b->port.keep_evidence(b->port.ctx, 1, BYTES("a", 1), BYTES("b", 1), "two"), KAS_OK);
	assert_int_equal(b->port.keep_evidence(b->port.ctx, 2, BYTES("a", 1), BYTES("c", 1), "two"), KAS_OK);
	assert_true(bytes_equal(head(b).fork, BYTES("two", 3)));
	assert_int_equal(b->port.begin_log(b->port.ctx, 5, false, &n), KAS_OK);
	assert_int_equal(head(b).fork.n, 0);
}

/* --- A file --- */

static void
a_reopened_file_says_the_same(void **state)
{
	struct box *b = *state;
	uint64_t evidence = 0;

	put(b, 1, 1);
	put(b, 1, 2);
	mark(b, 1, 1, OUTBOX_DURABLE, 4);
	assert_int_equal(b->port.keep_evidence(b->port.ctx, 1, BYTES("a", 1), BYTES("b", 1), "two"), KAS_OK);
	outbox_sqlite_close(b->file);
	b->file = NULL;
	open_file(b);
	assert_int_equal(head(b).sequence, 2);
	assert_int_equal(head(b).count[OUTBOX_MADE], 1);
	assert_true(bytes_equal(head(b).fork, BYTES("two", 3)));
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
	struct box *b = *state;
	char wal[160], copy[128], copy_wal[160];

	put(b, 1, 1);
	put(b, 1, 2);
	snprintf(wal, sizeof(wal), "%s-wal", b->path);
	tmp_dir_file(&b->dir, "copy.outbox", copy);
	snprintf(copy_wal, sizeof(copy_wal), "%s-wal", copy);
	copy_file(b->path, copy);
	copy_file(wal, copy_wal);
	assert_true(size_of(copy_wal) > 0);
	outbox_sqlite_close(b->file);
	b->file = NULL;
	memcpy(b->path, copy, sizeof(copy));
	open_file(b);
	assert_int_equal(size_of(copy_wal), 0);
	assert_int_equal(head(b).sequence, 2);
}

static void
a_file_has_one_owner_and_any_readers(void **state)
{
	struct box *b = *state;
	struct outbox_sqlite *other = NULL;
	struct outbox_head h;
	struct outbox_port port;
	struct kas_why why;

	put(b, 1, 1);
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
	struct box *b = *state;
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
	struct box *b = *state;
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
		open_file(b);
		fault_vfs_arm(FAULT_POWER, at, true);
		for (sold = 0; sold < 6; sold++) {
			if (try_put(b, 1, sold + 1, 3000) != KAS_OK)
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
		open_file(b);
		sequence = head(b).sequence;
		assert_true(sequence >= sold);
		assert_true(sequence <= sold + 1);
		assert_int_equal(head(b).count[OUTBOX_MADE] + head(b).count[OUTBOX_DURABLE], sequence);
		outbox_sqlite_close(b->file);
		b->file = NULL;
		fault_vfs_forget();
	}
	assert_false(reached);
	assert_true(at > 10);
}

#define BOTH(f) \
	cmocka_unit_test_setup_teardown(f, setup_memory, teardown), \
	    { #f "_in_a_file", f, setup_file, teardown, NULL }
#define FILE_ONLY(f) cmocka_unit_test_setup_teardown(f, setup_file, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_new_outbox_is_empty),
		BOTH(what_waits_comes_back_in_order_as_it_was),
		BOTH(no_more_comes_back_than_was_asked_for),
		BOTH(a_number_is_given_once_even_when_its_sale_is_gone),
		BOTH(marks_take_sales_out_of_what_waits),
		BOTH(rejected_sales_wait_again_when_retried),
		BOTH(a_cosignature_witnesses_what_stands_below_it),
		BOTH(only_what_is_old_enough_is_forgotten),
		BOTH(what_was_made_by_an_unsure_clock_never_grows_old),
		BOTH(another_log_demotes_what_stands_beyond_the_old_one),
		BOTH(evidence_stands_at_the_head_until_another_log_begins),
		FILE_ONLY(a_reopened_file_says_the_same),
		FILE_ONLY(what_a_dead_process_left_in_the_log_is_written_again_at_the_start),
		FILE_ONLY(a_file_has_one_owner_and_any_readers),
		FILE_ONLY(a_file_that_is_no_outbox_is_refused),
		FILE_ONLY(what_was_sold_survives_a_power_cut_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
