/* outbox_box.h - an outbox, in memory or in a file, through its port (cmocka). */
#ifndef KASIR_TESTS_SUPPORT_OUTBOX_BOX_H
#define KASIR_TESTS_SUPPORT_OUTBOX_BOX_H

#include "terminal/edge/outbox_sqlite.h"
#include "terminal/outbox_mem.h"
#include "tests/support/tmp_dir.h"

struct outbox_box {
	bool in_file;
	struct tmp_dir dir;
	char path[128];
	struct outbox_mem *memory;
	struct outbox_sqlite *file;
	struct outbox_port port;
	struct arena arena;
};

/* For cmocka: before and after each test. */
int box_set_up_memory(void **state);
int box_set_up_file(void **state);
int box_tear_down(void **state);

/* Open the file at the box's path. */
void box_open_file(struct outbox_box *b);

/* A sale of EPOCH and SEQUENCE, whose message is of BYTES, made at 1000 * EPOCH + SEQUENCE by a
 * clock that is sure in every epoch but 7. */
enum kas_err box_try_put(struct outbox_box *b, uint64_t epoch, uint64_t sequence, size_t bytes);
void box_put(struct outbox_box *b, uint64_t epoch, uint64_t sequence);
void box_mark(struct outbox_box *b, uint64_t epoch, uint64_t sequence, enum outbox_state state,
    uint64_t index);
struct outbox_head box_head(struct outbox_box *b);
/* What waits, from the oldest; how many. */
size_t box_waiting(struct outbox_box *b, size_t max, size_t max_bytes, struct outbox_sale *ret);

#endif
