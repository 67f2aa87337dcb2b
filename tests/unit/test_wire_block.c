/* Compressed entries of a frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <zstd.h>

#include "tests/support/filler.h"
#include "wire/codec.h"

struct block_fixture {
	struct arena a;
	struct buf z;
	struct bytes raw;
	Kasir__V1__EntryBatch batch;
};

static void
make_block(struct block_fixture *f, size_t n)
{
	Kasir__V1__EntryBlock block = KASIR__V1__ENTRY_BLOCK__INIT;
	size_t i;

	arena_init(&f->a, 0);
	buf_init(&f->z);
	block.n_entries = n;
	block.entries = arena_alloc(&f->a, n * sizeof block.entries[0]);
	for (i = 0; i < n; i++) {
		block.entries[i] = arena_alloc(&f->a, sizeof *block.entries[i]);
		kasir__v1__stored_entry__init(block.entries[i]);
		block.entries[i]->entry = filler_blob(10 + i);
	}
	assert_true(proto_pack(&f->a, &block.base, &f->raw));
	assert_int_equal(wire_compress_block(f->raw, &f->z), KAS_OK);
	kasir__v1__entry_batch__init(&f->batch);
	f->batch.count = (uint32_t)n;
	f->batch.raw_size = (uint32_t)f->raw.n;
	f->batch.block = proto_bytes(buf_bytes(&f->z));
}

static void
block_fini(struct block_fixture *f)
{
	buf_fini(&f->z);
	arena_fini(&f->a);
}

static void
a_block_comes_back_as_it_was_compressed(void **state)
{
	struct block_fixture f;
	Kasir__V1__EntryBlock *got = NULL;

	(void)state;
	make_block(&f, 3);
	assert_int_equal(wire_open_block(&f.batch, &f.a, &got, NULL), KAS_OK);
	assert_int_equal(got->n_entries, 3);
	assert_int_equal(got->entries[2]->entry.len, 12);
	block_fini(&f);
}

static void
a_block_must_be_what_its_batch_says(void **state)
{
	struct block_fixture f;
	Kasir__V1__EntryBlock *got = NULL;
	Kasir__V1__EntryBatch b;
	struct kas_why why;

	(void)state;
	make_block(&f, 3);
#define REFUSED(change) do { b = f.batch; change; \
	assert_int_equal(wire_open_block(&b, &f.a, &got, &why), KAS_MALFORMED); } while (0)
	REFUSED(b.count = 2);
	REFUSED(b.count = 4);
	REFUSED(b.raw_size--);
	REFUSED(b.raw_size++);
	REFUSED(b.raw_size = 0);
	REFUSED(b.block.len--);
	REFUSED(b.block.len = 0);
	buf_add(&f.z, "x", 1);
	f.batch.block = proto_bytes(buf_bytes(&f.z));
	REFUSED((void)0);		/* a byte too many */
	assert_non_null(strstr(why.text, "after its frame"));
	buf_reset(&f.z);
	assert_int_equal(wire_compress_block(bytes_of_text("\x0a\x05"), &f.z), KAS_OK);
	f.batch.block = proto_bytes(buf_bytes(&f.z));
	f.batch.raw_size = 2;
	REFUSED(b.count = 1);		/* no EntryBlock */
#undef REFUSED
	block_fini(&f);
}

/* 200 MB of zeros take 20 KB compressed. */
static void
a_zip_bomb_is_refused_before_it_goes_off(void **state)
{
	size_t n = (size_t)200 * 1000 * 1000, room = 64 * 1024, z;
	static uint8_t frame[64 * 1024];
	uint8_t *zeros = test_calloc(n, 1);
	Kasir__V1__EntryBatch batch = KASIR__V1__ENTRY_BATCH__INIT;
	Kasir__V1__EntryBlock *got = NULL;
	ZSTD_CCtx *ctx = ZSTD_createCCtx();
	struct arena a;

	(void)state;
	arena_init(&a, (size_t)1024 * 1024);
	z = ZSTD_compress(frame, room, zeros, n, 1);
	assert_false(ZSTD_isError(z));
	batch.count = 1;
	batch.block = (ProtobufCBinaryData){ .len = z, .data = frame };
	batch.raw_size = WIRE_BLOCK_MAX;
	assert_int_equal(wire_open_block(&batch, &a, &got, NULL), KAS_MALFORMED);
	batch.raw_size = (uint32_t)n;	/* honest about it */
	assert_int_equal(wire_open_block(&batch, &a, &got, NULL), KAS_MALFORMED);
	/* A frame that does not say how much is in it. */
	ZSTD_CCtx_setParameter(ctx, ZSTD_c_contentSizeFlag, 0);
	z = ZSTD_compress2(ctx, frame, room, zeros, n);
	assert_false(ZSTD_isError(z));
	batch.block.len = z;
	batch.raw_size = WIRE_BLOCK_MAX;
	assert_int_equal(wire_open_block(&batch, &a, &got, NULL), KAS_MALFORMED);
	assert_int_equal(a.used, 0);
	ZSTD_freeCCtx(ctx);
	test_free(zeros);
	arena_fini(&a);
}

static void
a_block_of_more_than_256_KiB_is_not_made(void **state)
{
	struct buf z;

	(void)state;
	buf_init(&z);
	assert_int_equal(wire_compress_block(filler(WIRE_BLOCK_MAX), &z), KAS_OK);
	buf_reset(&z);
	assert_int_equal(wire_compress_block(filler(WIRE_BLOCK_MAX + 1), &z), KAS_RANGE);
	assert_int_equal(wire_compress_block(BYTES_NONE, &z), KAS_RANGE);
	assert_int_equal(z.n, 0);
	buf_fini(&z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_comes_back_as_it_was_compressed),
		cmocka_unit_test(a_block_must_be_what_its_batch_says),
		cmocka_unit_test(a_zip_bomb_is_refused_before_it_goes_off),
		cmocka_unit_test(a_block_of_more_than_256_KiB_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
