/* Headquarters' database on a disk that fails at each operation in turn, and in power cuts: what
 * was cosigned and answered is never forgotten, and in the end everything is held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/hq/edge/hq_db.h"
#include "support/fault_vfs.h"
#include "support/hq_rig.h"
#include "support/tmp_dir.h"

/* With the three that open the ledger: across the end of a full tile. */
static const size_t batches[] = { 3, 1, 240, 20, 2 };
#define BATCHES (sizeof batches / sizeof *batches)
#define TRIES_MAX 4

struct scene {
	struct tmp_dir dir;
	char path[128];
	struct made_store store;
	struct bytes frames[BATCHES];
	struct hq_db *db;
	struct hq_rig rig;
	uint64_t promised;		/* the largest size that was answered as held */
};

static int
set_up(void **state)
{
	struct scene *s = test_calloc(1, sizeof *s);
	size_t first = 0, i;
	char id[16];

	fault_vfs_register();
	tmp_dir_make_in_memory(&s->dir);
	tmp_dir_file(&s->dir, "hq.db", s->path);
	made_store_init(&s->store, "toko-1", 1);
	made_store_sell(&s->store, 6, "kopi");
	for (i = 0; i < 257; i++) {
		snprintf(id, sizeof id, "t%zu", i);
		made_store_enrol(&s->store, id, 1);
	}
	assert_int_equal(s->store.n, 266);
	for (i = 0; i < BATCHES; first += batches[i++])
		s->frames[i] = made_store_batch(&s->store, first, batches[i]);
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;

	fault_vfs_forget();
	made_store_fini(&s->store);
	tmp_dir_remove(&s->dir);
	test_free(s);
	return 0;
}

static void
start(struct scene *s)
{
	assert_int_equal(hq_db_open(s->path, SQL_WRITE, &s->db, NULL), KAS_OK);
	hq_rig_init(&s->rig, hq_db_port(s->db));
}

static void
end(struct scene *s)
{
	hq_rig_fini(&s->rig);
	hq_db_close(s->db);
}

/* A new headquarters, with the store registered. */
static void
begin(struct scene *s)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	char path[160];

	fault_vfs_forget();
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		snprintf(path, sizeof path, "%s%s", s->path, suffixes[i]);
		unlink(path);
	}
	s->promised = 0;
	assert_int_equal(hq_db_open(s->path, SQL_CREATE, &s->db, NULL), KAS_OK);
	assert_int_equal(hq_db_add_store(s->db, "toko-1", signer_vkey(s->store.signer), 5), KAS_OK);
	hq_db_close(s->db);
	start(s);
}

/* True: held, with a true cosignature.  Else it must be headquarters' own trouble. */
static bool
deliver(struct scene *s, size_t i, uint64_t size)
{
	hq_rig_send(&s->rig, &s->store, s->frames[i]);
	assert_non_null(s->rig.answer);
	if (s->rig.answer->body_case != KASIR__V1__UPLINK_DOWN__BODY_HELD) {
		hq_rig_expect_refused(&s->rig, KASIR__V1__UPLINK_REFUSAL__STORAGE);
		return false;
	}
	hq_rig_expect_held(&s->rig, &s->store, size, true);
	s->promised = size;
	return true;
}

/* All is there, read anew from the disk. */
static void
check_whole(struct scene *s)
{
	hq_rig_restart(&s->rig);
	hq_rig_send(&s->rig, &s->store, made_store_hello(&s->store, s->store.n, BYTES_NONE));
	hq_rig_expect_welcome(&s->rig, &s->store, s->store.n, true);
}

static bool
run_with_fault(struct scene *s, enum fault what, unsigned long at, bool sticky)
{
	uint64_t size = 0;
	bool reached;

	begin(s);
	fault_vfs_arm(what, at, sticky);
	for (size_t i = 0; i < BATCHES; i++) {
		size += batches[i];
		for (unsigned tries = 0; !deliver(s, i, size); tries++) {
			assert_true(tries < 2 * TRIES_MAX);
			if (tries == TRIES_MAX)
				fault_vfs_disarm();
		}
	}
	reached = fault_vfs_reached();
	fault_vfs_disarm();
	check_whole(s);
	end(s);
	return reached;
}

static void
whatever_operation_fails_the_store_only_sends_again(void **state)
{
	static const enum fault kinds[] = { FAULT_IO, FAULT_IO_AFTER, FAULT_FULL };
	struct scene *s = *state;
	unsigned long at, runs = 0;
	bool reached;

	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (int sticky = 0; sticky <= 1; sticky++)
			for (at = 1, reached = true; reached; at++, runs++) {
				reached = run_with_fault(s, kinds[k], at, sticky != 0);
			}
	print_message("# %lu failing operations\n", runs);
	assert_true(runs > 60);
}

/* What headquarters holds after the cut; the store goes on from there. */
static void
resume(struct scene *s)
{
	uint64_t size = 0, held;

	start(s);
	hq_rig_send(&s->rig, &s->store, made_store_hello(&s->store, s->store.n, BYTES_NONE));
	assert_non_null(s->rig.answer);
	assert_int_equal(s->rig.answer->body_case, KASIR__V1__UPLINK_DOWN__BODY_WELCOME);
	held = s->rig.answer->welcome->size;
	assert_true(held >= s->promised);
	if (held > 0)
		hq_rig_expect_welcome(&s->rig, &s->store, held, true);
	for (size_t i = 0; i < BATCHES; i++) {
		size += batches[i];
		if (size > held)
			assert_true(deliver(s, i, size));
	}
	check_whole(s);
	end(s);
}

static bool
run_with_cut(struct scene *s, unsigned long at, uint64_t seed)
{
	uint64_t size = 0;
	bool reached;

	begin(s);
	fault_vfs_arm(FAULT_POWER, at, true);
	for (size_t i = 0; i < BATCHES && !fault_vfs_reached(); i++) {
		size += batches[i];
		(void)!deliver(s, i, size);
	}
	end(s);		/* closing writes too */
	reached = fault_vfs_reached();
	fault_vfs_disarm();
	if (!reached)
		return false;
	fault_vfs_power_up(seed);
	resume(s);
	return true;
}

static void
a_power_cut_anywhere_forgets_no_cosignature_that_was_given(void **state)
{
	struct scene *s = *state;
	unsigned long at, runs = 0;

	for (uint64_t seed = 0; seed < 3; seed++)
		for (at = 1; run_with_cut(s, at, seed); at++)
			runs++;
	print_message("# %lu power cuts\n", runs);
	assert_true(runs > 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    whatever_operation_fails_the_store_only_sends_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_power_cut_anywhere_forgets_no_cosignature_that_was_given, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
