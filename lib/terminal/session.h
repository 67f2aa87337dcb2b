/* session.h - a terminal's side of the protocol (docs/reference/protocol.md).
 *
 * A session signs sales into its outbox, sends them until the store has proved to hold
 * them, checks every proof, and asks until headquarters is known to hold them too.  It does
 * no I/O: clock, randomness, broker and outbox are ports.  One thread calls it.
 *
 *   loop:  something came from the broker   session_on_message(), session_on_bus()
 *          a sale                           session_mint_id() ... session_sell()
 *          then, and when session_wakeup() is due, session_turn()
 *
 * One message is under way at a time; what is sold meanwhile gathers for the next, up to 64
 * sales or 256 KiB.  So a busy till sends single sales and one that catches up sends full
 * batches, and each checkpoint that an ack brings is proved to follow from the one before.
 *
 * What a session believes:
 *   - that a sale is DURABLE: its entry has the very statement and signature that were made
 *     here, and a path to a checkpoint that the store signed and that extends the newest one
 *     known before;
 *   - that it is WITNESSED: headquarters' cosignature stands on a checkpoint above it that
 *     was proved to be of the same history;
 *   - that there is a FORK: two checkpoints of one size with different roots, or a proof that
 *     puts a sale before the time it was made, each signed by the store.  It stops sending
 *     and keeps the evidence, and stays stopped when it is opened again, until another ledger
 *     begins; selling goes on into the outbox.
 * Anything else that does not verify changes nothing (the broker is not trusted either): it
 * is counted, told, and the sale is sent again. */
#ifndef KASIR_TERMINAL_SESSION_H
#define KASIR_TERMINAL_SESSION_H

#include "base/ports.h"
#include "base/text.h"
#include "proof/key.h"
#include "terminal/note_cache.h"
#include "terminal/outbox.h"
#include "wire/limits.h"

enum session_state {
	SESSION_OFFLINE,	/* no broker; sales gather in the outbox */
	SESSION_IDLE,		/* nothing waits for the store */
	SESSION_SENDING,
	SESSION_HOLDING,	/* the store asked to wait, or does not answer */
	SESSION_REFUSED,	/* the store does not know this terminal: call for help */
	SESSION_FORKED,		/* two histories: stopped, call for help */
	SESSION_FAILED,		/* the outbox failed: open again */
};
const char *session_state_text(enum session_state s);

/* Told as it happens; any may be NULL.  A callback must not call into the session. */
struct session_events {
	/* MARK has been kept: a sale is now DURABLE, REJECTED or in CONFLICT. */
	void (*on_mark)(void *ctx, const struct outbox_mark *mark);
	/* Everything DURABLE below SIZE is now WITNESSED: N sales. */
	void (*on_witnessed)(void *ctx, uint64_t size, size_t n);
	/* People must look: REJECTED, CONFLICT, FORK, a refusal, proofs that do not hold. */
	void (*on_alarm)(void *ctx, const char *sentence);
	void *ctx;
};

struct session_config {
	const char *store, *terminal;	/* ids; borrowed for the session's life */
	uint64_t epoch;			/* of this terminal's enrolment, from 1 */
	const struct signer *signer;	/* the terminal's key; borrowed */
	struct vkey store_key;		/* pinned; its name is the ledger's origin */
	const struct vkey *hq;		/* headquarters' cosignature key; copied; NULL: none */
	unsigned batch_max;		/* transactions a message; 0: WIRE_BATCH_TRANSACTIONS_MAX */
	uint64_t resend_us;		/* first patience for an answer; 0: 1 s */
	uint64_t keep_us;		/* without headquarters: forget what is DURABLE and older
					 * than this; 0: never.  Not while the clock is unsure */
	struct note_cache *cache;	/* shared; NULL: one of its own */
	const char *version;		/* for presence; NULL: "" */
};

struct session_ports {
	struct clock_port clock;
	struct random_port random;
	struct bus_port bus;
	struct outbox_port outbox;
	struct session_events events;
};

struct session;

/* Are these the keys of STORE's ledger and of a witness (HQ may be NULL)?  Any other would
 * never prove anything, and the outbox would grow for ever.  KAS_MALFORMED. */
KAS_CHECKED enum kas_err session_check_keys(const char *store, const struct vkey *store_key,
    const struct vkey *hq, struct kas_why *why);
/* KAS_BADSIG: the outbox holds checkpoints of another ledger than store_key's.  KAS_RANGE:
 * it has been used in a later epoch than config->epoch. */
KAS_CHECKED enum kas_err session_open(const struct session_config *config,
    const struct session_ports *ports, struct session **ret, struct kas_why *why);
/* Sends nothing: session_leave() says goodbye.  NULL is fine. */
void session_close(struct session *s);

/* A UUIDv7, rising in a session.  Take it before money changes hands: whatever happens
 * then, the sale has one name. */
void session_mint_id(struct session *s, uint8_t ret[WIRE_TXN_ID_LEN]);

struct receipt {			/* what the terminal may print */
	uint64_t epoch, sequence;
	uint8_t txn_id[WIRE_TXN_ID_LEN];
	struct hash hash;		/* of the statement */
};
/* Sign PAYLOAD (a serialised kasir.v1.Transaction) and PERSONAL (a PersonalData, or empty)
 * into the outbox.  KAS_OK: it is on disk and will reach the store.  KAS_RANGE: empty or too
 * large.  Any other: the sale was not made, no sequence was used. */
KAS_CHECKED enum kas_err session_sell(struct session *s, const uint8_t txn_id[WIRE_TXN_ID_LEN],
    struct bytes payload, struct bytes personal, struct receipt *ret);

/* The broker came (again) or went.  The edge subscribes to both topics before it says true. */
void session_on_bus(struct session *s, bool connected);
const char *session_ack_topic(const struct session *s);
const char *session_checkpoint_topic(const struct session *s);
/* A message on either topic; others are ignored. */
void session_on_message(struct session *s, const char *topic, struct bytes payload);

void session_turn(struct session *s);
uint64_t session_wakeup(const struct session *s);	/* monotonic us; UINT64_MAX: never */

/* The last will for state topic (retained): LOST.  Appended to TO. */
const char *session_state_topic(const struct session *s);
void session_will(const struct session *s, struct buf *to);
void session_leave(struct session *s);			/* publish GONE: a clean end */

/* Try REJECTED sales again (somebody has enrolled the key).  Also done by itself every
 * few minutes. */
KAS_CHECKED enum kas_err session_retry_rejected(struct session *s);

/* The ledger was restored: the old one stands up to SIZE with ROOT, and goes on under
 * STORE_KEY (whose name is the new origin).  What was proved beyond SIZE is MADE again and
 * will be sent again.  HELD: headquarters granted this and holds everything below.  The
 * caller has verified the grant and keeps the new key.  KAS_FORK: ROOT is not what was
 * verified here for SIZE. */
KAS_CHECKED enum kas_err session_begin_epoch(struct session *s, const struct vkey *store_key,
    uint64_t size, const struct hash *root, bool held);

struct session_stats {
	enum session_state state;
	char reason[160];		/* why it is REFUSED, HOLDING or FORKED; may be empty */
	uint64_t epoch, sequence;	/* newest made */
	uint64_t made, durable, rejected, conflict;	/* sales in the outbox by state */
	uint64_t witnessed;		/* since it was opened: they leave the outbox */
	uint64_t in_flight;		/* of those MADE */
	uint64_t checkpoint_size, cosigned_size;		/* verified and linked; 0: none */
	/* Since it was opened: */
	uint64_t sold, acked, duplicates, exceptions;
	uint64_t messages_sent, resends;
	uint64_t bad_messages;		/* undecodable, false proofs, foreign signatures */
	uint64_t strays;		/* acks for nothing that was in flight */
};
void session_stats(const struct session *s, struct session_stats *ret);
uint64_t session_waiting(const struct session *s);	/* sales that are MADE */
bool session_is_settled(const struct session *s);	/* none is */

#endif
