#include "support/hq_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

int
hq_world_set_up(void **state)
{
	struct hq_world *w = test_calloc(1, sizeof *w);

	w->memory = hq_memory_open();
	hq_rig_init(&w->rig, hq_memory_port(w->memory));
	made_store_init(&w->store, "toko-1", 1);
	made_store_init(&w->other, "toko-1", 1);
	hq_memory_register(w->memory, "toko-1", signer_vkey(w->store.signer));
	*state = w;
	return 0;
}

int
hq_world_tear_down(void **state)
{
	struct hq_world *w = *state;

	hq_rig_fini(&w->rig);
	hq_memory_close(w->memory);
	made_store_fini(&w->store);
	made_store_fini(&w->other);
	test_free(w);
	return 0;
}

void
hq_world_put_backup_back(struct hq_world *w, struct hq_memory *backup)
{
	hq_memory_close(w->memory);
	w->memory = backup;
	w->rig.ports.store = hq_memory_port(backup);
	hq_rig_restart(&w->rig);
}
