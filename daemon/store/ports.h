/* ports.h - the world as the store's engine sees it.  The real one is in edge/, the
 * simulated one in tests/sim. */
#ifndef KASIR_STORE_PORTS_H
#define KASIR_STORE_PORTS_H

#include "base/ports.h"
#include "book/book.h"
#include "book/entry.h"
#include "proof/tree.h"

struct stored_tile {
	struct tile_id id;
	struct hash hashes[TILE_WIDTH];
};

/* A message that is not genuine, or a SignedTransaction from one, kept aside for the
 * manager; bounded by the store, which drops the oldest. */
struct aside {
	int64_t wall_us;
	char topic[WIRE_TOPIC_MAX];
	uint32_t reason;		/* kasir.v1.RefusalReason */
	char text[160];
	struct bytes message;		/* at most ASIDE_MESSAGE_MAX of it */
};
#define ASIDE_MESSAGE_MAX 4096u
#define ASIDE_KEEP 1000u		/* messages */

/* What an entry names by its hash and that is too large to stand beside it. */
struct store_blob {
	struct hash hash;		/* SHA-256 of `bytes` */
	struct bytes bytes;
};

/* One flush: becomes durable as a whole, in one SQLite transaction, or not at all.
 * Everything is borrowed until engine_on_flushed(). */
struct flush_group {
	uint64_t first;			/* index of entries[0] */
	const struct store_entry *entries;
	size_t n;
	const struct stored_tile *tiles;
	size_t n_tiles;
	struct bytes checkpoint;	/* signed, of size first + n; empty: as before */
	struct bytes cosigned;		/* newest that headquarters cosigned; empty: as before */
	uint64_t cosigned_size;
	const struct store_evidence *evidence;	/* to be kept, once; NULL: none */
	/* A slice of a snapshot: facts, and with the last one (size > 0) terminals and state; NULL:
	 * not this time.  Facts that are there already are left alone. */
	const struct book_snapshot *snapshot;
	const struct store_blob *blobs;	/* one that is there already is left alone */
	size_t n_blobs;
	const struct aside *asides;
	size_t n_asides;
};

/* The ledger on disk.  Reads see what is durable.  After flush() has failed, nothing but
 * reopen() may be called. */
struct store_port {
	enum kas_err (*head)(void *ctx, struct arena *a, struct store_head *ret);
	/* The snapshot's rows, each given to ROW. */
	enum kas_err (*terminals)(void *ctx,
	    enum kas_err (*row)(void *row_ctx, const struct terminal_row *row), void *row_ctx);
	/* From FIRST on at most MAX entries and, past the first of them, at most MAX_BYTES.
	 * They live in A. */
	enum kas_err (*read)(void *ctx, uint64_t first, size_t max, size_t max_bytes,
	    struct arena *a, struct store_entry *ret, size_t *ret_n);
	/* Into A.  KAS_NOTFOUND: no such blob. */
	enum kas_err (*blob)(void *ctx, const struct hash *hash, struct arena *a,
	    struct bytes *ret);
	struct tile_port tiles;
	struct fact_port facts;
	/* Begin to make GROUP durable; at most one at a time.  The outcome comes later as
	 * engine_on_flushed(): KAS_OK, KAS_FULL (disk full, nothing of it is there) or KAS_IO
	 * (what is on disk is unknown). */
	void (*flush)(void *ctx, const struct flush_group *group);
	/* After a failed flush: bring back a ledger whose every byte is known to be on disk
	 * (after KAS_IO by copying it to new, synced files and putting those in place).  The
	 * outcome comes as engine_on_reopened(). */
	void (*reopen)(void *ctx, enum kas_err after);
	void *ctx;
};

/* Answers to control requests; TOKEN as given with the request. */
struct control_port {
	void (*reply)(void *ctx, uint64_t token, struct bytes response);
	void *ctx;
};

/* How far reports.db is behind the ledger. */
struct reports_state {
	bool on;
	uint64_t size;			/* entries that it is made from */
	char why[320];			/* it stands still because of this; "": it does not */
};
struct reports_port {
	void (*state)(void *ctx, struct reports_state *ret);
	void *ctx;
};

struct engine_ports {
	struct clock_port clock;
	struct random_port random;
	struct store_port store;
	struct bus_port bus;		/* the store's own broker */
	struct bus_port uplink;		/* headquarters' broker; publish NULL: there is none */
	struct crew_port crew;
	struct control_port control;
	struct reports_port reports;	/* state NULL: there are none */
	struct log_port log;
};

#endif
