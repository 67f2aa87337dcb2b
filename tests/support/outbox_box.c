#include "tests/support/outbox_box.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

void
box_open_file(struct outbox_box *b)
{
	struct kas_why why = { "" };

	if (outbox_sqlite_open(b->path, &b->file, &why) != KAS_OK)
		fail_msg("%s", why.text);
	b->port = outbox_sqlite_port(b->file);
}

static int
setup(void **state, bool in_file)
{
	static struct outbox_box box;

	memset(&box, 0, sizeof(box));
	box.in_file = in_file;
	arena_init(&box.arena, 0);
	tmp_dir_make(&box.dir);
	tmp_dir_file(&box.dir, "till.outbox", box.path);
	if (in_file) {
		box_open_file(&box);
	} else {
		assert_int_equal(outbox_mem_open(&box.memory), KAS_OK);
		box.port = outbox_mem_port(box.memory);
	}
	*state = &box;
	return 0;
}

int
box_set_up_memory(void **state)
{
	return setup(state, false);
}

int
box_set_up_file(void **state)
{
	return setup(state, true);
}

int
box_tear_down(void **state)
{
	struct outbox_box *b = *state;

	outbox_mem_close(b->memory);
	outbox_sqlite_close(b->file);
	arena_fini(&b->arena);
	tmp_dir_remove(&b->dir);
	return 0;
}

enum kas_err
box_try_put(struct outbox_box *b, uint64_t epoch, uint64_t sequence, size_t bytes)
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

void
box_put(struct outbox_box *b, uint64_t epoch, uint64_t sequence)
{
	assert_int_equal(box_try_put(b, epoch, sequence, 100), KAS_OK);
}

void
box_mark(struct outbox_box *b, uint64_t epoch, uint64_t sequence, enum outbox_state state, uint64_t index)
{
	struct outbox_mark m = { epoch, sequence, state, 1, index, { { 7 } } };

	assert_int_equal(b->port.mark(b->port.ctx, &m, 1, BYTES_NONE), KAS_OK);
}

struct outbox_head
box_head(struct outbox_box *b)
{
	struct outbox_head h;

	assert_int_equal(b->port.head(b->port.ctx, &b->arena, &h), KAS_OK);
	return h;
}

size_t
box_waiting(struct outbox_box *b, size_t max, size_t max_bytes, struct outbox_sale *ret)
{
	size_t n = 99;

	assert_int_equal(
	    b->port.waiting(b->port.ctx, 0, 0, max, max_bytes, &b->arena, ret, &n), KAS_OK);
	return n;
}
