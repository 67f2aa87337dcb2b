/* hq_world.h - a receiver on a database in memory, and two stores that ship to it.
 * Tests name their world W. */
#ifndef KASIR_TESTS_SUPPORT_HQ_WORLD_H
#define KASIR_TESTS_SUPPORT_HQ_WORLD_H

#include "support/hq_memory.h"
#include "support/hq_rig.h"

#define REFUSED(reason) hq_rig_expect_refused(&w->rig, KASIR__V1__UPLINK_REFUSAL__##reason)
#define SEND(frame) hq_rig_send(&w->rig, &w->store, frame)
#define SEND_OF(s, frame) hq_rig_send(&w->rig, s, frame)
#define HELD(size) hq_rig_expect_held(&w->rig, &w->store, size, true)
#define WELCOME(size) hq_rig_expect_welcome(&w->rig, &w->store, size, (size) > 0)

struct hq_world {
	struct hq_memory *memory;
	struct hq_rig rig;
	struct made_store store, other;	/* `other` begins with the same 3 entries and key */
};

/* For cmocka: before and after each test. */
int hq_world_set_up(void **state);
int hq_world_tear_down(void **state);
#define HQ_TEST(f) cmocka_unit_test_setup_teardown(f, hq_world_set_up, hq_world_tear_down)

/* The receiver starts again on BACKUP, which is taken. */
void hq_world_put_backup_back(struct hq_world *w, struct hq_memory *backup);

#endif
