/* The ledger file against a disk that fails at each operation in turn, and one that loses
 * power there.  What was reported durable must be there afterwards, all of it and true. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/store/edge/ledger_db.h"
#include "daemon/store/edge/ledger_keeper.h"
#include "daemon/store/edge/ledger_repair.h"
#include "edge/ledger_read.h"
#include "support/fault_vfs.h"
#include "support/ledger_maker.h"
#include "support/tmp_dir.h"

/* Group commits with a full tile, a snapshot, and a checkpoint of the log in between. */
static const size_t groups[] = { 1, 3, 250, 20, 1, 40 };
#define GROUPS (sizeof groups / sizeof *groups)
#define SNAPSHOT_AT 3
#define CHECKPOINT_AFTER 3

struct scene {
	struct tmp_dir dir;
	char path[128];
	uint8_t *empty;			/* bytes of a ledger file without entries */
	size_t empty_n;
	struct ledger_maker *maker;
	struct ledger_keeper keeper;
	uint64_t durable;		/* entries that were reported on disk */
	uint64_t in_flight;		/* of the group whose commit failed */
};

static void
scene_open(struct scene *s)
{
	char empty[128];
	int fd;

	memset(s, 0, sizeof *s);
	fault_vfs_register();
	tmp_dir_make_in_memory(&s->dir);
	tmp_dir_file(&s->dir, "ledger.db", s->path);
	tmp_dir_file(&s->dir, "empty.db", empty);
	assert_int_equal(ledger_db_create(empty, NULL), KAS_OK);
	fd = open(empty, O_RDONLY);
	s->empty_n = (size_t)lseek(fd, 0, SEEK_END);
	s->empty = malloc(s->empty_n);
	assert_int_equal(pread(fd, s->empty, s->empty_n, 0), s->empty_n);
	close(fd);
}

/* Begin again with an empty ledger file. */
static void
scene_reset(struct scene *s)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", ".copying", ".copied" };
	char path[160];
	int fd;

	maker_close(s->maker);
	s->maker = maker_open(60, 30);
	s->durable = s->in_flight = 0;
	fault_vfs_forget();
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		snprintf(path, sizeof path, "%s%s", s->path, suffixes[i]);
		unlink(path);
	}
	fd = open(s->path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, s->empty, s->empty_n), s->empty_n);
	close(fd);
}

static void
scene_close(struct scene *s)
{
	fault_vfs_forget();
	maker_close(s->maker);
	tmp_dir_remove(&s->dir);
	free(s->empty);
}

static const struct flush_group *
next_group(struct scene *s, size_t i)
{
	return i == SNAPSHOT_AT ? maker_group_with_snapshot(s->maker, groups[i])
	    : maker_group(s->maker, groups[i]);
}

static void
assert_same(struct bytes a, struct bytes b)
{
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p != NULL ? a.p : (const uint8_t *)"", b.p != NULL ? b.p
	    : (const uint8_t *)"", a.n);
}

static void
assert_entries(struct scene *s, struct ledger_reader *r, uint64_t size)
{
	static struct store_entry got[1024];
	struct store_entry want;
	struct arena a;
	size_t n = 0;

	arena_init(&a, 0);
	assert_int_equal(ledger_read_entries(r, 0, 1024, SIZE_MAX, &a, got, &n), KAS_OK);
	assert_int_equal(n, size);
	for (size_t i = 0; i < n; i++) {
		want = maker_entry(s->maker, i);
		assert_same(got[i].entry, want.entry);
		assert_same(got[i].payload, want.payload);
		assert_same(got[i].salt, want.salt);
		assert_same(got[i].personal, want.personal);
	}
	arena_fini(&a);
}

static void
assert_facts(struct ledger_reader *r, uint64_t snapshot_size)
{
	struct fact want;
	uint64_t index;
	size_t n;

	for (uint64_t i = 0; i < snapshot_size; i++) {
		want = maker_fact(i);
		assert_int_equal(ledger_read_facts(r, want.kind, BYTES(want.key, want.key_n),
		    &index, 1, &n), KAS_OK);
		assert_int_equal(n, 1);
		assert_int_equal(index, i);
	}
}

/* 0: what is there is true, whole groups, and not less than was durable. */
static int
lost(struct scene *s)
{
	struct ledger_reader *r = NULL;
	struct store_head head = { 0 };
	struct kas_why why = { "" };
	struct arena a;

	if (ledger_verify_tree(s->path, s->durable, &why) != KAS_OK)
		return 1;
	arena_init(&a, 0);
	assert_int_equal(ledger_read_open(s->path, &r, &why), KAS_OK);
	assert_int_equal(ledger_read_head(r, &a, &head), KAS_OK);
	assert_true(head.size == s->durable || head.size == s->durable + s->in_flight);
	assert_entries(s, r, head.size);
	assert_facts(r, head.snapshot_size);
	ledger_read_close(r);
	arena_fini(&a);
	return 0;
}

static void
start(struct scene *s)
{
	struct kas_why why = { "" };

	if (ledger_keeper_init(&s->keeper, s->path, &why) != KAS_OK)
		fail_msg("starting: %s", why.text);
}

/* The process ends without a word to the disk. */
static void
end(struct scene *s)
{
	s->keeper.doubtful = true;
	ledger_keeper_fini(&s->keeper);
}

/* As the engine does; at first with a disk that still fails. */
static void
reopen(struct scene *s, enum kas_err after)
{
	struct kas_why why = { "" };
	enum kas_err err = ledger_keeper_reopen(&s->keeper, after, &why);

	assert_true(err == KAS_OK || err == KAS_IO || err == KAS_FULL);
	fault_vfs_disarm();
	if (err != KAS_OK && ledger_keeper_reopen(&s->keeper, after, &why) != KAS_OK)
		fail_msg("reopening: %s", why.text);
}

/* GROUP is on disk in the end, whatever it took. */
static void
deliver(struct scene *s, const struct flush_group *group)
{
	enum kas_err err;

	while ((err = ledger_keeper_flush(&s->keeper, group, NULL)) != KAS_OK) {
		assert_true(err == KAS_FULL || err == KAS_IO);
		reopen(s, err);
		if (err == KAS_IO && s->keeper.durable == s->durable + group->n)
			break;
		assert_int_equal(s->keeper.durable, s->durable);
	}
	s->durable += group->n;
}

static void
run_with_fault(struct scene *s, enum fault what, unsigned long at, bool sticky)
{
	scene_reset(s);
	start(s);
	fault_vfs_arm(what, at, sticky);
	for (size_t i = 0; i < GROUPS; i++) {
		deliver(s, next_group(s, i));
		if (i == CHECKPOINT_AFTER)
			ledger_keeper_upkeep(&s->keeper);
	}
	fault_vfs_disarm();
	ledger_keeper_fini(&s->keeper);
	assert_int_equal(s->durable, maker_size(s->maker));
	assert_int_equal(lost(s), 0);
}

static void
test_every_failing_operation_leaves_whole_groups_and_loses_none(void **state)
{
	static const enum fault kinds[] = { FAULT_IO, FAULT_IO_AFTER, FAULT_FULL };
	struct scene s;
	unsigned long at, runs = 0;

	(void)state;
	scene_open(&s);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (int sticky = 0; sticky <= 1; sticky++)
			for (at = 1;; at++, runs++) {
				run_with_fault(&s, kinds[k], at, sticky != 0);
				if (!fault_vfs_reached())
					break;
			}
	print_message("# %lu failing operations\n", runs);
	assert_true(runs > 300);
	scene_close(&s);
}

static void
commit_until_dark(struct scene *s)
{
	const struct flush_group *g;

	for (size_t i = 0; i < GROUPS; i++) {
		g = next_group(s, i);
		s->in_flight = g->n;
		if (ledger_keeper_flush(&s->keeper, g, NULL) != KAS_OK)
			return;
		s->durable += g->n;
		s->in_flight = 0;
		if (i == CHECKPOINT_AFTER)
			ledger_keeper_upkeep(&s->keeper);
	}
}

/* Power goes at operation AT and comes back; how many times something was lost. */
static int
run_with_power_cut(struct scene *s, unsigned long at, uint64_t seed, bool *ret_reached)
{
	scene_reset(s);
	start(s);
	fault_vfs_arm(FAULT_POWER, at, true);
	commit_until_dark(s);
	*ret_reached = fault_vfs_reached();
	if (!*ret_reached) {
		fault_vfs_disarm();
		ledger_keeper_fini(&s->keeper);
		return lost(s);
	}
	end(s);
	fault_vfs_power_up(seed);
	if (ledger_keeper_init(&s->keeper, s->path, NULL) != KAS_OK) {
		end(s);
		return 1;
	}
	ledger_keeper_fini(&s->keeper);
	return lost(s);
}

static unsigned long
cut_power_everywhere(struct scene *s, uint64_t seeds, unsigned long *ret_runs)
{
	unsigned long losses = 0;
	bool reached;

	*ret_runs = 0;
	for (uint64_t seed = 0; seed < seeds; seed++)
		for (unsigned long at = 1;; at++) {
			losses += (unsigned long)run_with_power_cut(s, at, seed, &reached);
			if (!reached)
				break;
			++*ret_runs;
		}
	return losses;
}

static void
test_no_power_cut_loses_what_was_reported_durable(void **state)
{
	struct scene s;
	unsigned long runs;

	(void)state;
	scene_open(&s);
	assert_int_equal(cut_power_everywhere(&s, 4, &runs), 0);
	print_message("# %lu power cuts\n", runs);
	assert_true(runs > 200);
	scene_close(&s);
}

/* The harness is worth something only if it sees a disk that lies. */
static void
test_a_disk_that_lies_about_syncs_is_seen_to_lose_sales(void **state)
{
	struct scene s;
	unsigned long runs;

	(void)state;
	scene_open(&s);
	fault_vfs_lie(true);
	assert_true(cut_power_everywhere(&s, 1, &runs) > runs / 2);
	fault_vfs_lie(false);
	scene_close(&s);
}

static const struct flush_group *
deliver_all_but_one(struct scene *s)
{
	scene_reset(s);
	start(s);
	for (size_t i = 0; i + 1 < GROUPS; i++)
		deliver(s, next_group(s, i));
	return next_group(s, GROUPS - 1);
}

/* A commit ends with its sync: this many operations after it began. */
static unsigned long
operations_of_last_commit(struct scene *s)
{
	const struct flush_group *g = deliver_all_but_one(s);
	unsigned long n;

	fault_vfs_arm(FAULT_NONE, 0, false);
	assert_int_equal(ledger_keeper_flush(&s->keeper, g, NULL), KAS_OK);
	n = fault_vfs_operations();
	ledger_keeper_fini(&s->keeper);
	return n;
}

/* The sync of the last commit fails, and at operation AT of the repair the power goes. */
static bool
cut_power_in_repair(struct scene *s, unsigned long sync_at, unsigned long at, uint64_t seed)
{
	const struct flush_group *g = deliver_all_but_one(s);
	enum kas_err err;
	bool reached;

	s->in_flight = g->n;
	fault_vfs_arm(FAULT_IO, sync_at, false);
	assert_int_equal(ledger_keeper_flush(&s->keeper, g, NULL), KAS_IO);
	fault_vfs_arm(FAULT_POWER, at, true);
	end(s);
	err = ledger_repair(s->path, s->durable, NULL);
	reached = fault_vfs_reached();
	assert_int_equal(err == KAS_OK, !reached);
	if (reached)
		fault_vfs_power_up(seed);
	fault_vfs_disarm();
	start(s);
	ledger_keeper_fini(&s->keeper);
	assert_int_equal(lost(s), 0);
	return reached;
}

static void
test_a_power_cut_during_repair_loses_nothing(void **state)
{
	struct scene s;
	unsigned long sync_at, at = 1;

	(void)state;
	scene_open(&s);
	sync_at = operations_of_last_commit(&s);
	for (uint64_t seed = 0; seed < 2; seed++)
		for (at = 1; cut_power_in_repair(&s, sync_at, at, seed); at++)
			;
	print_message("# %lu operations in a repair\n", at - 1);
	assert_true(at > 10);
	scene_close(&s);
}

/* Syncing again would say yes, and a power cut would then take the group with it. */
static void
test_a_repair_writes_again_what_a_failed_sync_left_in_the_cache(void **state)
{
	const struct flush_group *g;
	struct scene s;
	unsigned long sync_at;

	(void)state;
	scene_open(&s);
	sync_at = operations_of_last_commit(&s);
	g = deliver_all_but_one(&s);
	fault_vfs_arm(FAULT_IO, sync_at, false);
	assert_int_equal(ledger_keeper_flush(&s.keeper, g, NULL), KAS_IO);
	reopen(&s, KAS_IO);
	/* It shows: 10 of 25 faults at commit do.  Then it is durable. */
	s.durable = s.keeper.durable;
	assert_int_equal(s.durable, maker_size(s.maker));
	fault_vfs_arm(FAULT_POWER, 1, true);
	assert_int_equal(ledger_keeper_flush(&s.keeper, maker_group(s.maker, 1), NULL), KAS_IO);
	end(&s);
	fault_vfs_power_up(0);
	assert_int_equal(ledger_verify_tree(s.path, s.durable, NULL), KAS_OK);
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_failing_operation_leaves_whole_groups_and_loses_none),
		cmocka_unit_test(test_no_power_cut_loses_what_was_reported_durable),
		cmocka_unit_test(test_a_disk_that_lies_about_syncs_is_seen_to_lose_sales),
		cmocka_unit_test(test_a_power_cut_during_repair_loses_nothing),
		cmocka_unit_test(test_a_repair_writes_again_what_a_failed_sync_left_in_the_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
