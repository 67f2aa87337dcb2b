/* ports.h - the world as headquarters' receiver sees it. */
#ifndef KASIR_HQ_PORTS_H
#define KASIR_HQ_PORTS_H

#include "base/ports.h"
#include "book/keyring.h"
#include "kasir/v1/uplink.pb-c.h"
#include "proof/checkpoint.h"
#include "proof/tree.h"

struct hq_store {			/* one registered store */
	char store[NAME_MAX_LEN + 1];
	struct vkey key;		/* its ledger's origin is the key's name */
	uint64_t size;			/* entries held */
	struct hash root;
	/* Signed by the store, of that size; empty at size 0.  With headquarters' cosignature
	 * unless it is being refilled up to a floor.  In the caller's arena. */
	struct bytes checkpoint;
	bool cosigned;
	/* The largest checkpoint above what is held that headquarters is known to have
	 * cosigned: it was restored from a backup, and cosigns nothing until it is as far
	 * again.  Empty: none. */
	struct bytes floor;
};

#define HQ_EVIDENCE_MAX 100u		/* kept against one store */

struct hq_append {			/* one batch, made durable as a whole or not at all */
	const char *store;
	uint64_t first;			/* KAS_AGAIN unless exactly this many are held */
	const Kasir__V1__EntryBlock *block;
	const struct stored_hq_tile *tiles;
	size_t n_tiles;
	const struct terminal_row *const *terminals;	/* that the batch named or revoked */
	size_t n_terminals;
	struct hash root;		/* after it */
	struct bytes checkpoint;	/* of the new size */
	bool cosigned;
};
struct stored_hq_tile {
	struct tile_id id;
	struct hash hashes[TILE_WIDTH];
};

/* Synchronous; what returned KAS_OK is on disk. */
struct hq_store_port {
	/* KAS_NOTFOUND: not registered. */
	enum kas_err (*find)(void *ctx, const char *store, struct arena *a, struct hq_store *ret);
	enum kas_err (*terminals)(void *ctx, const char *store,
	    enum kas_err (*row)(void *row_ctx, const struct terminal_row *row), void *row_ctx);
	/* Leaf hashes of the entries FIRST..FIRST+N-1. */
	enum kas_err (*leaves)(void *ctx, const char *store, uint64_t first, size_t n,
	    struct hash *ret);
	enum kas_err (*read_tile)(void *ctx, const char *store, struct tile_id id,
	    struct hash ret[TILE_WIDTH]);
	enum kas_err (*append)(void *ctx, const struct hq_append *what);
	/* Remember NOTE, a cosigned checkpoint of SIZE that is larger than what is held. */
	enum kas_err (*raise_floor)(void *ctx, const char *store, uint64_t size,
	    struct bytes note);
	/* Evidence against a store: what headquarters held and what it was shown.
	 * KAS_EXISTS: known already; KAS_FULL: HQ_EVIDENCE_MAX kept against this store. */
	enum kas_err (*keep_evidence)(void *ctx, const char *store, int64_t wall_us,
	    uint32_t reason, struct bytes held, struct bytes shown, const char *text);
	void *ctx;
};

struct hq_ports {
	struct clock_port clock;
	struct hq_store_port store;
	struct bus_port bus;
	struct crew_port crew;
	struct log_port log;
};

#endif
