/* outbox.h - a terminal's own durable memory: every transaction that it signed, until
 * headquarters holds it too, and the newest history that it has verified.
 *
 *            put()            mark()                 witness()           prune()
 *   (sale) --------> MADE ------------> DURABLE ---------------> WITNESSED -----> gone
 *                     ^ |                  |
 *           mark()    | | mark()           | begin_log(): the ledger was restored from
 *           (retried) | v                  v before it: MADE again
 *                   REJECTED              MADE             CONFLICT: stays, for people
 *
 * The session (session.h) decides; an outbox only remembers.  There is one on SQLite
 * (edge/outbox_sqlite.h) and one in memory (outbox_mem.h). */
#ifndef KASIR_TERMINAL_OUTBOX_H
#define KASIR_TERMINAL_OUTBOX_H

#include "proof/hash.h"
#include "proof/note.h"

enum outbox_state {
	OUTBOX_MADE = 1,	/* signed and on disk here; nobody else has proved to hold it */
	OUTBOX_DURABLE = 2,	/* the store proved it to be in its ledger */
	OUTBOX_WITNESSED = 3,	/* headquarters cosigned a ledger that has it */
	OUTBOX_REJECTED = 4,	/* the store says it is not genuine: kept, and shown */
	OUTBOX_CONFLICT = 5,	/* in the ledger, but its identity belongs to another sale */
};
#define OUTBOX__STATES 6

/* One transaction of this terminal. */
struct outbox_sale {
	uint64_t epoch, sequence;	/* the key */
	enum outbox_state state;
	unsigned status;		/* kasir.v1.AckStatus as acknowledged; 0: not yet */
	uint64_t index;			/* in the ledger; of DURABLE, WITNESSED and CONFLICT */
	struct hash leaf;		/* of the ledger's entry; of the same */
	struct hash hash;		/* of the statement */
	int64_t made_us;		/* wall clock */
	bool made_sure;			/* which was synchronised */
	uint64_t made_size;		/* size of the ledger that we had verified by then:
					 * the entry cannot stand before it */
	struct bytes message;		/* the SignedTransaction's bytes */
};

/* What a session starts from. */
struct outbox_head {
	uint64_t epoch, sequence;	/* newest made; sequence 0: none yet */
	struct hash last;		/* its statement's hash, if there is one */
	struct bytes checkpoint;	/* newest verified note of the store; empty: none */
	struct bytes cosigned;		/* newest linked one with headquarters' cosignature */
	struct bytes fork;		/* evidence against the present log, as text; empty: none */
	uint64_t count[OUTBOX__STATES];	/* by state */
};

struct outbox_mark {
	uint64_t epoch, sequence;
	enum outbox_state state;
	unsigned status;
	uint64_t index;
	struct hash leaf;
};

/* All are synchronous.  KAS_FULL: no room, nothing changed.  KAS_IO: unknown what is on
 * disk; open again. */
struct outbox_port {
	enum kas_err (*head)(void *ctx, struct arena *a, struct outbox_head *ret);
	/* A new MADE sale.  When this returns KAS_OK it survives a power cut: only then may
	 * the receipt be printed.  KAS_EXISTS: that sequence is taken. */
	enum kas_err (*put)(void *ctx, const struct outbox_sale *sale);
	/* MADE sales behind (EPOCH, SEQUENCE) in their order: at most MAX, and past the first
	 * at most MAX_BYTES of messages.  They live in A. */
	enum kas_err (*waiting)(void *ctx, uint64_t epoch, uint64_t sequence, size_t max,
	    size_t max_bytes, struct arena *a, struct outbox_sale *ret, size_t *ret_n);
	/* Change the states of N sales and, where it is not empty, the newest verified
	 * checkpoint: together or not at all.  Marks for sales that are gone are ignored. */
	enum kas_err (*mark)(void *ctx, const struct outbox_mark *marks, size_t n,
	    struct bytes checkpoint);
	/* DURABLE sales of the present log below SIZE become WITNESSED; COSIGNED is kept. */
	enum kas_err (*witness)(void *ctx, uint64_t size, struct bytes cosigned, size_t *ret_n);
	/* Forget sales in STATE that were surely made before MADE_US; INT64_MAX: all. */
	enum kas_err (*prune)(void *ctx, enum outbox_state state, int64_t made_us, size_t *ret_n);
	/* REJECTED sales become MADE again, to be tried once more. */
	enum kas_err (*retry)(void *ctx, size_t *ret_n);
	/* Another ledger follows on the present one, which stands up to SIZE: what is proved
	 * beyond it becomes MADE again, what is below becomes WITNESSED if HELD (headquarters
	 * has it).  Both checkpoints are forgotten, and made_size of all is 0. */
	enum kas_err (*begin_log)(void *ctx, uint64_t size, bool held, size_t *ret_demoted);
	/* Two notes that cannot both be true, for whoever looks into it: from now on the head
	 * says so, until another log begins.  Kept like a sale. */
	enum kas_err (*keep_evidence)(void *ctx, int64_t wall_us, struct bytes held,
	    struct bytes shown, const char *text);
	void *ctx;
};

const char *outbox_state_text(enum outbox_state s);	/* "made"... */

#endif
