/* disk.h - the store's ledger on a simulated disk: a store_port that forgets, fails and
 * takes its time.
 *
 * Two images stand for what SQLite can show: `durable` is what a power cut leaves,
 * `visible` what a reader sees (frames of a write-ahead log may be written and not synced).
 * They differ by one group at most. */
#ifndef KASIR_SIM_DISK_H
#define KASIR_SIM_DISK_H

#include "daemon/store/ports.h"
#include "tests/sim/world.h"

/* Content of the ledger's database; everything it points to lives as long as the run. */
struct image {
	struct store_entry *entries;
	size_t n, cap;
	struct stored_tile *tiles;
	size_t n_tiles, cap_tiles;
	struct fact *facts;
	size_t n_facts, cap_facts;
	struct terminal_row *rows;
	size_t n_rows, cap_rows;
	struct store_blob *blobs;
	size_t n_blobs, cap_blobs;
	struct cosigned { uint64_t size; struct bytes note; } *cosigns;	/* by rising size */
	size_t n_cosigns, cap_cosigns;
	struct bytes checkpoint, state;
	struct store_evidence evidence;
	uint64_t snapshot_size, asides;
};

void image_copy(struct image *to, const struct image *from);	/* TO: zeroed or an image */
void image_free(struct image *im);
/* What it holds once GROUP is in it. */
void image_take(struct image *im, const struct flush_group *group, struct world *w);
struct bytes image_cosigned(const struct image *im);	/* the newest; empty: none */

struct disk_faults {
	unsigned full, io;		/* per mille of flushes */
	unsigned read;			/* per mille of reads, but for those at a start */
	uint64_t flush_lo, flush_hi;	/* us */
};

struct disk_events {
	bool (*is_dead)(void *ctx);	/* the process has died: it writes nothing any more */
	void (*flushed)(void *ctx, enum kas_err outcome);
	void (*reopened)(void *ctx, enum kas_err outcome);
};

struct disk;
struct disk *disk_open(struct world *w, const char *name);
void disk_close(struct disk *d);
void disk_listen(struct disk *d, const struct disk_events *events, void *ctx);
struct store_port disk_port(struct disk *d);

void disk_set_faults(struct disk *d, const struct disk_faults *faults);
void disk_fill(struct disk *d, uint64_t for_us);	/* every flush fails until room is made */
/* The process is gone, and with it (POWER) what was not synced.  No event comes any more
 * for what was under way. */
void disk_crash(struct disk *d, bool power);
const struct image *disk_durable(const struct disk *d);
/* Somebody puts an old copy of the database in place, while the daemon is down. */
void disk_put_back(struct disk *d, const struct image *old);

#endif
