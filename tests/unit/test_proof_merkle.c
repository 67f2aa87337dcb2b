/* The vectors are those of the Certificate Transparency reference implementation
 * (google/certificate-transparency, merkle_tree_test.cc), which transparency-dev/merkle
 * and RFC 6962 implementations since have shared. */
#include "unit/unhex.h"

#include <string.h>

#include "proof/merkle.h"

static const char *const inputs[8] = {
	"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
	"606162636465666768696a6b6c6d6e6f",
};

static const char *const roots[9] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

/* Of all complete subtrees with more than one leaf. */
#define N01 "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
#define N23 "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define N45 "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
#define N67 "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define N03 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
#define N47 "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
#define L0 "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
#define L1 "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define L4 "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"

static const struct inclusion {
	uint64_t index, size;
	unsigned n;
	const char *path[3];
} inclusions[] = {
	{ 0, 1, 0, { NULL } },
	{ 0, 8, 3, { L1, N23, N47 } },
	{ 5, 8, 3, { L4, N67, N03 } },
	{ 2, 3, 1, { N01 } },
	{ 1, 5, 3, { L0, N23, L4 } },
};

static const struct consistency {
	uint64_t a, b;
	unsigned n;
	const char *path[3];
} consistencies[] = {
	{ 1, 1, 0, { NULL } },
	{ 1, 8, 3, { L1, N23, N47 } },
	{ 6, 8, 3, { N45, N67, N03 } },
	{ 2, 5, 2, { N23, L4 } },
};

static struct hash
leaf_of(uint64_t i)
{
	uint8_t b[16];

	return merkle_leaf(unhex(inputs[i], b, sizeof b));
}

static void
unhex_path(const char *const *text, unsigned n, struct hash *to)
{
	unsigned i;

	for (i = 0; i < n; i++)
		to[i] = unhex_hash(text[i]);
}

static void
no_entries_hash_to_the_hash_of_nothing(void **state)
{
	struct frontier f;

	(void)state;
	frontier_init(&f);
	assert_hash_equal(merkle_empty(), unhex_hash(roots[0]));
	assert_hash_equal(frontier_root(&f), unhex_hash(roots[0]));
}

static void
a_frontier_gives_the_published_root_of_every_size(void **state)
{
	struct frontier f;
	struct hash leaf;
	uint64_t i;

	(void)state;
	frontier_init(&f);
	for (i = 0; i < 8; i++) {
		leaf = leaf_of(i);
		frontier_append(&f, &leaf);
		assert_int_equal(f.size, i + 1);
		assert_hash_equal(frontier_root(&f), unhex_hash(roots[i + 1]));
	}
}

static void
nodes_hash_as_published(void **state)
{
	struct hash a = unhex_hash(L0), b = unhex_hash(L1), c = unhex_hash(N23);

	(void)state;
	assert_hash_equal(leaf_of(1), b);
	assert_hash_equal(merkle_node(&a, &b), unhex_hash(N01));
	a = merkle_node(&a, &b);
	assert_hash_equal(merkle_node(&a, &c), unhex_hash(N03));
}

static enum kas_err
check_inclusion(const struct inclusion *v, const struct hash *path, unsigned n)
{
	struct hash leaf = leaf_of(v->index), root = unhex_hash(roots[v->size]);

	return merkle_verify_inclusion(&leaf, v->index, v->size, &root, path, n);
}

static enum kas_err
check_consistency(const struct consistency *v, const struct hash *path, unsigned n)
{
	struct hash a = unhex_hash(roots[v->a]), b = unhex_hash(roots[v->b]);

	return merkle_verify_consistency(v->a, &a, v->b, &b, path, n);
}

static void
published_inclusion_proofs_verify(void **state)
{
	struct hash path[3];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(inclusions); i++) {
		unhex_path(inclusions[i].path, inclusions[i].n, path);
		assert_int_equal(check_inclusion(&inclusions[i], path, inclusions[i].n), KAS_OK);
	}
}

static void
published_consistency_proofs_verify(void **state)
{
	struct hash path[3];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(consistencies); i++) {
		unhex_path(consistencies[i].path, consistencies[i].n, path);
		assert_int_equal(check_consistency(&consistencies[i], path, consistencies[i].n),
		    KAS_OK);
	}
}

/* Hand every single damage of the N hashes in PATH to CHECK: a changed byte, a hash left
 * out, a hash twice, two swapped, one too many. */
static void
damage_each(const struct hash *path, unsigned n,
    void (*check)(const void *what, const struct hash *path, unsigned n), const void *what)
{
	struct hash bad[4];
	unsigned i, byte;

	for (i = 0; i < n; i++) {
		for (byte = 0; byte < HASH_LEN; byte++) {
			memcpy(bad, path, n * sizeof *path);
			bad[i].b[byte] ^= 1u << byte % 8;
			check(what, bad, n);
		}
		memcpy(bad, path, i * sizeof *path);
		memcpy(bad + i, path + i + 1, (n - i - 1) * sizeof *path);
		check(what, bad, n - 1);
		memcpy(bad, path, (i + 1) * sizeof *path);
		memcpy(bad + i + 1, path + i, (n - i) * sizeof *path);
		check(what, bad, n + 1);
		if (i > 0) {
			memcpy(bad, path, n * sizeof *path);
			bad[i] = path[i - 1];
			bad[i - 1] = path[i];
			check(what, bad, n);
		}
	}
	memcpy(bad, path, n * sizeof *path);
	memset(&bad[n], 0, sizeof bad[n]);
	check(what, bad, n + 1);
}

static void
expect_no_inclusion(const void *what, const struct hash *path, unsigned n)
{
	assert_int_equal(check_inclusion(what, path, n), KAS_CORRUPT);
}

static void
expect_no_consistency(const void *what, const struct hash *path, unsigned n)
{
	assert_int_equal(check_consistency(what, path, n), KAS_CORRUPT);
}

static void
a_damaged_inclusion_proof_is_refused(void **state)
{
	struct hash path[3];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(inclusions); i++) {
		unhex_path(inclusions[i].path, inclusions[i].n, path);
		damage_each(path, inclusions[i].n, expect_no_inclusion, &inclusions[i]);
	}
}

static void
a_damaged_consistency_proof_is_refused(void **state)
{
	struct hash path[3];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(consistencies); i++) {
		unhex_path(consistencies[i].path, consistencies[i].n, path);
		damage_each(path, consistencies[i].n, expect_no_consistency, &consistencies[i]);
	}
}

/* Sizes beyond the true one cannot all be told apart (8 leaves and 7 give leaf 1 the same
 * path shape), but the root differs, and with it the answer. */
static void
an_inclusion_proof_holds_for_its_own_index_size_leaf_and_root_only(void **state)
{
	const struct inclusion *v = &inclusions[2];
	struct hash path[3], leaf, root;
	uint64_t i, size;

	(void)state;
	unhex_path(v->path, v->n, path);
	for (i = 0; i < 8; i++) {
		for (size = i + 1; size <= 8; size++) {
			bool right = i == v->index && size == v->size;

			leaf = leaf_of(v->index);
			root = unhex_hash(roots[size]);
			assert_int_equal(merkle_verify_inclusion(&leaf, i, size, &root, path, v->n),
			    right ? KAS_OK : KAS_CORRUPT);
			leaf = leaf_of(i);
			root = unhex_hash(roots[v->size]);
			assert_int_equal(merkle_verify_inclusion(&leaf, v->index, v->size, &root, path,
			    v->n), i == v->index ? KAS_OK : KAS_CORRUPT);
		}
	}
}

static void
an_index_past_the_end_is_out_of_range(void **state)
{
	struct hash leaf = leaf_of(0), root = unhex_hash(roots[1]);

	(void)state;
	assert_int_equal(merkle_verify_inclusion(&leaf, 0, 0, &root, NULL, 0), KAS_RANGE);
	assert_int_equal(merkle_verify_inclusion(&leaf, 0, 1, &root, NULL, 0), KAS_OK);
	assert_int_equal(merkle_verify_inclusion(&leaf, 1, 1, &root, NULL, 0), KAS_RANGE);
	assert_int_equal(merkle_verify_inclusion(&leaf, UINT64_MAX, UINT64_MAX, &root, NULL, 0),
	    KAS_RANGE);
}

static void
consistency_from_nothing_needs_an_empty_proof(void **state)
{
	struct hash any = unhex_hash(roots[3]), b = unhex_hash(roots[8]);

	(void)state;
	assert_int_equal(merkle_verify_consistency(0, &any, 8, &b, NULL, 0), KAS_OK);
	assert_int_equal(merkle_verify_consistency(0, &any, 8, &b, &any, 1), KAS_CORRUPT);
}

static void
a_tree_is_consistent_with_its_own_root_only(void **state)
{
	struct hash a = unhex_hash(roots[5]), b = unhex_hash(roots[6]);

	(void)state;
	assert_int_equal(merkle_verify_consistency(5, &a, 5, &a, NULL, 0), KAS_OK);
	assert_int_equal(merkle_verify_consistency(5, &a, 5, &b, NULL, 0), KAS_CORRUPT);
	assert_int_equal(merkle_verify_consistency(5, &a, 5, &a, &b, 1), KAS_CORRUPT);
	assert_int_equal(merkle_verify_consistency(6, &b, 5, &a, NULL, 0), KAS_RANGE);
}

static void
a_consistency_proof_holds_for_its_own_roots_only(void **state)
{
	struct hash path[3], a, b;
	uint64_t i, j;

	(void)state;
	unhex_path(consistencies[2].path, 3, path);
	for (i = 1; i <= 8; i++) {
		for (j = 1; j <= 8; j++) {
			a = unhex_hash(roots[i]);
			b = unhex_hash(roots[j]);
			assert_int_equal(merkle_verify_consistency(6, &a, 8, &b, path, 3),
			    i == 6 && j == 8 ? KAS_OK : KAS_CORRUPT);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_entries_hash_to_the_hash_of_nothing),
		cmocka_unit_test(a_frontier_gives_the_published_root_of_every_size),
		cmocka_unit_test(nodes_hash_as_published),
		cmocka_unit_test(published_inclusion_proofs_verify),
		cmocka_unit_test(published_consistency_proofs_verify),
		cmocka_unit_test(a_damaged_inclusion_proof_is_refused),
		cmocka_unit_test(a_damaged_consistency_proof_is_refused),
		cmocka_unit_test(an_inclusion_proof_holds_for_its_own_index_size_leaf_and_root_only),
		cmocka_unit_test(an_index_past_the_end_is_out_of_range),
		cmocka_unit_test(consistency_from_nothing_needs_an_empty_proof),
		cmocka_unit_test(a_tree_is_consistent_with_its_own_root_only),
		cmocka_unit_test(a_consistency_proof_holds_for_its_own_roots_only),
	};

	return cmocka_run_group_tests_name("merkle", tests, NULL, NULL);
}
