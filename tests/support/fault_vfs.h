/* fault_vfs.h - a disk for SQLite that fails on demand and forgets at a power cut.
 *
 * Registered as the default VFS, over the real one.  Counted operations are writes, syncs
 * and truncations of database, log and journal.  What was written since a file's last sync
 * is known, so that a power cut can leave out any of it; names of files are durable at once.
 * Nothing is really synced: the model is stricter than the disk, and fast. */
#ifndef TESTS_SUPPORT_FAULT_VFS_H
#define TESTS_SUPPORT_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault {
	FAULT_NONE,
	FAULT_IO,		/* the operation fails */
	FAULT_IO_AFTER,		/* it is done, and fails: the answer was lost */
	FAULT_FULL,		/* a write finds no room, half done; syncs and truncations work */
	FAULT_POWER,		/* from here on nothing is done any more */
};

void fault_vfs_register(void);
/* Count from 0 again.  Operation AT (from 1) meets WHAT; STICKY: and so do all after it. */
void fault_vfs_arm(enum fault what, unsigned long at, bool sticky);
void fault_vfs_disarm(void);
bool fault_vfs_reached(void);		/* the armed operation came */
unsigned long fault_vfs_operations(void);	/* since it was armed */
/* Syncs say yes and do nothing. */
void fault_vfs_lie(bool on);
/* After FAULT_POWER, with every connection closed: what the disk holds when it comes back.
 * SEED 0: nothing that was not synced; else each sector of 512 bytes is there or is not. */
void fault_vfs_power_up(uint64_t seed);
/* Forget all files (of a test that is over). */
void fault_vfs_forget(void);

#endif
