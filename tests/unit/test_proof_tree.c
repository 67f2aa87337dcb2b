/* tree.c against RFC 6962's own recursive definitions, written down here once more and
 * without regard to speed, and against merkle.c's verifiers. */
#include "unit/unhex.h"

#include <stdlib.h>
#include <string.h>

#include "proof/tree.h"

#define LEAVES_MAX 200000u

/* --- The definitions of section 2.1 --- */

static struct hash leaves[LEAVES_MAX];
/* MTH of each complete, aligned subtree, kept only because recomputing it for every proof
 * would take hours; heap-numbered over 2^18 leaves. */
#define SPAN (1u << 18)
static struct hash kept[2 * SPAN];
static bool have[2 * SPAN];

static uint64_t
largest_power_below(uint64_t n)
{
	uint64_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

/* MTH(D[from:to]) */
static struct hash
mth(uint64_t from, uint64_t to)
{
	uint64_t n = to - from, k, slot = 0;
	struct hash left, right, h;

	if (n == 0)
		return merkle_empty();
	if (n == 1)
		return leaves[from];
	if ((n & (n - 1)) == 0 && from % n == 0) {
		slot = (SPAN + from) / n;
		if (have[slot])
			return kept[slot];
	}
	k = largest_power_below(n);
	left = mth(from, from + k);
	right = mth(from + k, to);
	h = merkle_node(&left, &right);
	if (slot != 0) {
		kept[slot] = h;
		have[slot] = true;
	}
	return h;
}

static void
add(struct proof *p, struct hash h)
{
	p->path[p->n++] = h;
}

/* PATH(m, D[from:to]), section 2.1.1 */
static void
path(uint64_t m, uint64_t from, uint64_t to, struct proof *p)
{
	uint64_t k;

	if (to - from == 1)
		return;
	k = largest_power_below(to - from);
	if (m < k) {
		path(m, from, from + k, p);
		add(p, mth(from + k, to));
	} else {
		path(m - k, from + k, to, p);
		add(p, mth(from, from + k));
	}
}

/* SUBPROOF(m, D[from:to], b), section 2.1.2 */
static void
subproof(uint64_t m, uint64_t from, uint64_t to, bool whole, struct proof *p)
{
	uint64_t k;

	if (m == to - from) {
		if (!whole)
			add(p, mth(from, to));
		return;
	}
	k = largest_power_below(to - from);
	if (m <= k) {
		subproof(m, from, from + k, whole, p);
		add(p, mth(from + k, to));
	} else {
		subproof(m - k, from + k, to, false, p);
		add(p, mth(from, from + k));
	}
}

/* --- A store of tiles that knows what may be asked for --- */

#define TILES_MAX (LEAVES_MAX / TILE_WIDTH + 1)
static struct hash tiles[2][TILES_MAX][TILE_WIDTH];
static uint64_t tiles_taken[2];
static uint64_t reads, readable;	/* leaves whose tiles may be read */
static enum kas_err read_error;

static enum kas_err
read_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	uint64_t end = (id.n + 1) << 8 * (id.level + 1);

	assert_ptr_equal(ctx, &reads);
	assert_true(id.level < 2 && id.n < tiles_taken[id.level]);
	assert_true(end <= readable);
	reads++;
	if (read_error != KAS_OK)
		return read_error;
	memcpy(ret, tiles[id.level][id.n], TILE_BYTES);
	return KAS_OK;
}

static const struct tile_port port = { read_tile, &reads };

static void
take_tiles(struct tree *t)
{
	struct hash tile[TILE_WIDTH];
	struct tile_id id;

	while (tree_take_tile(t, &id, tile)) {
		assert_true(id.level < 2);
		assert_int_equal(id.n, tiles_taken[id.level]);
		memcpy(tiles[id.level][tiles_taken[id.level]++], tile, TILE_BYTES);
	}
}

static uint64_t opened_at;

static void
grow(struct tree *t, uint64_t size)
{
	while (tree_size(t) < size) {
		assert_int_equal(tree_append(t, &leaves[tree_size(t)]), KAS_OK);
		if (tree_size(t) % 100 == 0)
			take_tiles(t);
	}
	take_tiles(t);
	readable = size > TREE_WINDOW ? size - TREE_WINDOW : 0;
	if (readable < opened_at)
		readable = opened_at;
}

static struct tree *
open_at(uint64_t size)
{
	struct tree *t;

	tiles_taken[0] = size >> 8;
	tiles_taken[1] = size >> 16;
	opened_at = readable = size;
	assert_int_equal(tree_open(&port, size, &leaves[size - size % TILE_WIDTH], &t), KAS_OK);
	assert_int_equal(tree_size(t), size);
	return t;
}

static void
check_root(struct tree *t, uint64_t size)
{
	struct hash root;

	assert_int_equal(tree_root(t, size, &root), KAS_OK);
	assert_hash_equal(root, mth(0, size));
}

static void
check_same(const struct proof *got, const struct proof *want)
{
	assert_int_equal(got->n, want->n);
	assert_memory_equal(got->path, want->path, want->n * sizeof want->path[0]);
}

static void
check_inclusion(struct tree *t, uint64_t index, uint64_t size)
{
	static struct proof got, want;
	struct hash root = mth(0, size);

	want.n = 0;
	path(index, 0, size, &want);
	assert_int_equal(tree_prove_inclusion(t, index, size, &got), KAS_OK);
	check_same(&got, &want);
	assert_int_equal(merkle_verify_inclusion(&leaves[index], index, size, &root, got.path,
	    got.n), KAS_OK);
}

static void
check_consistency(struct tree *t, uint64_t a, uint64_t b)
{
	static struct proof got, want;
	struct hash root_a = mth(0, a), root_b = mth(0, b);

	want.n = 0;
	if (a > 0)
		subproof(a, 0, b, true, &want);
	assert_int_equal(tree_prove_consistency(t, a, b, &got), KAS_OK);
	check_same(&got, &want);
	assert_int_equal(merkle_verify_consistency(a, &root_a, b, &root_b, got.path, got.n), KAS_OK);
}

/* --- The tests --- */

static int
make_leaves(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < LEAVES_MAX; i++)
		leaves[i] = merkle_leaf(BYTES(&i, sizeof i));
	return 0;
}

static void
every_proof_of_every_size_up_to_600_is_the_definition_s(void **state)
{
	struct tree *t = open_at(0);
	uint64_t a, b;

	(void)state;
	grow(t, 600);
	for (b = 1; b <= 600; b++) {
		check_root(t, b);
		for (a = 0; a < b; a++) {
			check_inclusion(t, a, b);
			check_consistency(t, a, b);
		}
		check_consistency(t, b, b);
	}
	assert_int_equal(reads, 0);
	tree_close(t);
}

static void
a_growing_tree_gives_the_root_of_every_size(void **state)
{
	struct tree *t = open_at(0);
	struct frontier f;
	uint64_t size;

	(void)state;
	frontier_init(&f);
	check_root(t, 0);
	for (size = 1; size <= 3000; size++) {
		grow(t, size);
		frontier_append(&f, &leaves[size - 1]);
		check_root(t, size);
		assert_hash_equal(frontier_root(&f), mth(0, size));
	}
	tree_close(t);
}

static uint64_t
pick(uint64_t below)
{
	assert_true(below > 0);
	return (uint64_t)random() % below;
}

static void
check_random(struct tree *t, unsigned times)
{
	uint64_t size;

	while (times-- > 0) {
		size = 1 + pick(tree_size(t));
		check_root(t, size);
		check_inclusion(t, pick(size), size);
		check_consistency(t, pick(size + 1), size);
		check_inclusion(t, tree_size(t) - 1 - pick(300), tree_size(t));
	}
}

static void
proofs_of_random_sizes_up_to_200000_are_the_definition_s(void **state)
{
	static const uint64_t sizes[] = { 8191, 8192, 8193, 65535, 65536, 65537, 66000, 131072,
		131329, 199936, LEAVES_MAX };
	struct tree *t = open_at(0);
	size_t i;

	(void)state;
	srandom(6962);
	for (i = 0; i < COUNT(sizes); i++) {
		grow(t, sizes[i]);
		check_random(t, 300);
	}
	assert_true(reads > 0);
	tree_close(t);
}

static void
a_tree_opened_at_any_size_goes_on_where_it_was(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 255, 256, 257, 511, 512, 4097, 65535, 65536, 65537,
		65792, 100000, 131071, 131072, 190000 };
	struct tree *t;
	size_t i;

	(void)state;
	srandom(9162);
	for (i = 0; i < COUNT(sizes); i++) {
		t = open_at(sizes[i]);
		check_root(t, sizes[i]);
		if (sizes[i] > 300)
			check_random(t, 50);
		grow(t, sizes[i] + 700);
		check_random(t, 50);
		tree_close(t);
	}
}

/* A level's partial tile is made of the roots of the tiles under it: 144 of level 0 for
 * the 144 hashes at level 1, and 2 of level 1 for the 2 at level 2. */
static void
opening_reads_one_row_of_tiles_a_level(void **state)
{
	struct tree *t;

	(void)state;
	reads = 0;
	t = open_at(2 * 65536 + 144 * 256 + 17);
	assert_int_equal(reads, 144 + 2);
	tree_close(t);
}

static void
proofs_about_recent_entries_read_nothing(void **state)
{
	struct tree *t = open_at(100000);
	uint64_t i;

	(void)state;
	grow(t, 150000);
	check_root(t, 150000);
	reads = 0;
	for (i = 150000 - TREE_WINDOW; i < 150000; i += 7) {
		check_inclusion(t, i, 150000);
		check_consistency(t, i, 150000);
	}
	assert_int_equal(reads, 0);
	tree_close(t);
}

static void
proofs_about_one_old_tile_read_it_once(void **state)
{
	struct tree *t = open_at(150000);
	uint64_t i;

	(void)state;
	reads = 0;
	for (i = 300; i < 400; i++)
		check_inclusion(t, i, 150000);
	assert_true(reads <= 2);	/* the leaf's tile, and the one above */
	tree_close(t);
}

static void
tiles_hold_the_hashes_of_their_level(void **state)
{
	struct tree *t = open_at(0);
	uint64_t n, i;

	(void)state;
	grow(t, LEAVES_MAX);
	assert_int_equal(tiles_taken[0], LEAVES_MAX / 256);
	assert_int_equal(tiles_taken[1], LEAVES_MAX / 65536);
	for (n = 0; n < tiles_taken[0]; n++)
		assert_memory_equal(tiles[0][n], &leaves[n * 256], TILE_BYTES);
	for (n = 0; n < tiles_taken[1]; n++)
		for (i = 0; i < TILE_WIDTH; i++)
			assert_hash_equal(tiles[1][n][i],
			    mth((n * 256 + i) * 256, (n * 256 + i + 1) * 256));
	tree_close(t);
}

static void
a_tree_whose_tiles_nobody_takes_refuses_to_lose_them(void **state)
{
	struct tree *t = open_at(0);
	uint64_t i;

	(void)state;
	for (i = 0; i < TREE_WINDOW + TILE_WIDTH; i++)
		assert_int_equal(tree_append(t, &leaves[i]), KAS_OK);
	assert_int_equal(tree_append(t, &leaves[i]), KAS_FULL);
	assert_int_equal(tree_size(t), i);
	check_root(t, i);
	take_tiles(t);
	assert_int_equal(tree_append(t, &leaves[i]), KAS_OK);
	check_root(t, i + 1);
	tree_close(t);
}

static void
sizes_that_were_never_reached_are_out_of_range(void **state)
{
	struct tree *t = open_at(0);
	struct proof p;
	struct hash h;

	(void)state;
	grow(t, 10);
	assert_int_equal(tree_root(t, 11, &h), KAS_RANGE);
	assert_int_equal(tree_prove_inclusion(t, 9, 11, &p), KAS_RANGE);
	assert_int_equal(tree_prove_inclusion(t, 5, 5, &p), KAS_RANGE);
	assert_int_equal(tree_prove_inclusion(t, 0, 0, &p), KAS_RANGE);
	assert_int_equal(tree_prove_inclusion(t, 9, 10, &p), KAS_OK);
	assert_int_equal(tree_prove_consistency(t, 10, 11, &p), KAS_RANGE);
	assert_int_equal(tree_prove_consistency(t, 10, 9, &p), KAS_RANGE);
	assert_int_equal(tree_prove_consistency(t, 10, 10, &p), KAS_OK);
	tree_close(t);
}

static void
a_tile_that_cannot_be_read_fails_the_proof_and_no_later_one(void **state)
{
	struct tree *t = open_at(150000);
	struct proof p;
	struct tree *none = NULL;

	(void)state;
	read_error = KAS_IO;
	assert_int_equal(tree_prove_inclusion(t, 5, 150000, &p), KAS_IO);
	assert_int_equal(tree_prove_consistency(t, 5, 150000, &p), KAS_IO);
	assert_int_equal(tree_open(&port, 512, NULL, &none), KAS_IO);
	assert_null(none);
	read_error = KAS_OK;
	check_inclusion(t, 5, 150000);
	tree_close(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_proof_of_every_size_up_to_600_is_the_definition_s),
		cmocka_unit_test(a_growing_tree_gives_the_root_of_every_size),
		cmocka_unit_test(proofs_of_random_sizes_up_to_200000_are_the_definition_s),
		cmocka_unit_test(a_tree_opened_at_any_size_goes_on_where_it_was),
		cmocka_unit_test(opening_reads_one_row_of_tiles_a_level),
		cmocka_unit_test(proofs_about_recent_entries_read_nothing),
		cmocka_unit_test(proofs_about_one_old_tile_read_it_once),
		cmocka_unit_test(tiles_hold_the_hashes_of_their_level),
		cmocka_unit_test(a_tree_whose_tiles_nobody_takes_refuses_to_lose_them),
		cmocka_unit_test(sizes_that_were_never_reached_are_out_of_range),
		cmocka_unit_test(a_tile_that_cannot_be_read_fails_the_proof_and_no_later_one),
	};

	return cmocka_run_group_tests_name("tree", tests, make_leaves, NULL);
}
