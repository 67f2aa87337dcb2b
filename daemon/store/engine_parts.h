/* engine_parts.h - what the engine's files share; nobody else includes it.
 *
 *   engine.c   life, turns, state            inbox.c    messages that wait
 *   intake.c   messages: decode, verify      entering.c judge and stage
 *   ledger.c   staging                       flush.c    the group commit
 *   acks.c     answers, proofs               refusals.c answers without proof
 *   load.c     start and restart from disk   history.c  checkpoints that others show
 *   uplink.c   headquarters                  commands*.c control socket
 *   uplink_frames.c what goes up             uplink_silence.c what does not come down
 *   closes.c   shifts and days               upload.c   a catalogue on its way in
 *   catalogue.c and out to the terminals
 *   peers.c    terminals as conversation partners       meter.c    so many a second
 */
#ifndef KASIR_STORE_ENGINE_PARTS_H
#define KASIR_STORE_ENGINE_PARTS_H

#include "daemon/store/engine.h"
#include "daemon/store/inbox.h"
#include "daemon/store/meter.h"
#include "kasir/v1/control.pb-c.h"
#include "proof/checkpoint.h"

/* Bounds. */
#define INBOX_MESSAGES 1024
/* Taken from the inbox in one turn.  Few bytes, or one message: they may all be hard to read,
 * and who sends during a turn waits for its end. */
#define TURN_TRANSACTIONS 128
#define TURN_BYTES ((size_t)64 * 1024)
#define GROUP_ENTRIES_MAX 1024
#define GROUP_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define GROUP_ASIDES_MAX WIRE_BATCH_TRANSACTIONS_MAX
#define GROUP_COMMANDS_MAX 8
#define GROUP_REPLIES_MAX 4096	/* duplicates of what is staged bring no entry */
#define ISSUED_KEPT 256		/* newest checkpoints remembered byte for byte */
#define SNAPSHOT_EVERY 8192

#define SECOND_US ((uint64_t)1000000)

/* A terminal as somebody we talk to; forgotten at a restart. */
struct peer {
	char terminal[NAME_MAX_LEN + 1];
	uint64_t linked;	/* size of the checkpoint it holds when it has read all we sent */
	uint64_t stated;	/* size of the checkpoint its newest message came with */
	uint64_t asked;		/* size of the cosigned checkpoint it wants linked; 0: none */
	bool answer_due;	/* it asked without sending anything */
	uint32_t presence;	/* kasir.v1.Presence */
	int64_t last_wall_us;
	struct inbox_queue sent;	/* and not looked at yet */
	struct meter refusals;	/* see refusals.c */
	struct reply *replies;	/* of the answer being built */
	struct reply **last_reply;	/* where the next one goes */
	struct peer *next_due;	/* list of peers with an answer being built */
};

struct peers {
	struct peer **slots;	/* sorted by terminal */
	size_t n, cap;
};

/* One transaction's answer, waiting for its group, or to be sent at once. */
struct reply {
	struct reply *next;
	struct peer *peer;
	Kasir__V1__AckStatus status, original;
	uint64_t index;
	struct bytes entry;		/* in the group's arena, or the turn's */
	uint64_t epoch, sequence;	/* of the transaction asked about, should it be refused */
	struct hash statement;
};

/* A command whose effect is in the group. */
struct command_reply {
	uint64_t token;
	struct bytes response;
};

struct group {
	struct arena arena;		/* everything below lives here or in the arrays */
	struct flush_group flush;
	struct book_snapshot snapshot;
	struct store_entry *entries;
	size_t n;
	size_t bytes;
	struct stored_tile *tiles;
	size_t n_tiles, cap_tiles;
	struct reply *replies, **replies_end;
	size_t n_replies;
	struct command_reply commands[GROUP_COMMANDS_MAX];
	size_t n_commands;
	struct aside asides[GROUP_ASIDES_MAX];
	size_t n_asides;
	struct store_blob blob;		/* the book's catalogue, which an entry of it names; empty:
					 * none */
	struct buf checkpoint;		/* signed note of its end */
	struct buf cosigned;		/* to be kept with it; empty: none */
	uint64_t cosigned_size;
	uint64_t since_us;		/* monotonic time of its first entry */
	bool begun;			/* writes the `started` entry */
};

struct issued {				/* a checkpoint of ours, byte for byte */
	uint64_t size;
	struct hash note;		/* SHA-256 of the note */
};

/* A catalogue that comes in parts over the control socket; one at a time. */
struct upload {
	struct hash hash;		/* of the whole, as announced */
	uint64_t size;			/* of the whole; 0: none is on its way */
	struct arena arena;		/* holds `bytes` */
	uint8_t *bytes;
	uint64_t n;			/* that have come */
	struct hasher hasher;		/* of those */
	uint64_t until_us;		/* monotonic: dropped then, if nothing more comes */
	struct catalogue *rows;		/* being looked at; NULL: not ordered yet */
	uint64_t token;			/* who ordered it */
	uint32_t uid;
	char user[64];
};

/* The catalogue on its way to the terminals. */
struct catalogue_push {
	uint64_t index;			/* of the entry that names it; 0: none was begun */
	uint32_t next;			/* message to be published */
	uint32_t retained;		/* parts that the broker may hold */
	bool done;
	uint64_t at_us;			/* monotonic, of the next message */
};

/* Refusals to one terminal, gathered into one message. */
struct refusal_list {
	char terminal[NAME_MAX_LEN + 1];
	Kasir__V1__Refusal *items[WIRE_BATCH_TRANSACTIONS_MAX];
	size_t n;
	struct arena arena;
};

enum uplink_state {
	UPLINK_DOWN,		/* no connection to headquarters' broker */
	UPLINK_GREETING,	/* hello sent */
	UPLINK_STREAMING,	/* batches on their way */
	UPLINK_IN_STEP,		/* headquarters holds all that is durable */
	UPLINK_HOLDING,		/* backing off */
	UPLINK_STOPPED,		/* histories differ: a person must look */
	UPLINK__STATES
};

struct uplink {
	enum uplink_state state;
	uint64_t session;
	uint64_t held;		/* entries that headquarters said it holds */
	uint64_t next;		/* first entry not yet sent */
	bool connected;
	unsigned in_flight;	/* batches */
	uint64_t ends[4];	/* their ends, oldest first */
	uint64_t deadline;	/* monotonic; UINT64_MAX: none */
	uint64_t linger_until;	/* do not ship less than a full batch before */
	unsigned failures;	/* in a row, for the backoff */
	uint64_t asked_us;	/* monotonic, of the oldest open question; UINT64_MAX: none */
	bool silent;		/* and the log says so */
	uint64_t silent_since;
};

#define ENGINE_COUNTERS(X) \
	X(messages) X(flooded) X(transactions) X(entries) X(flushes) X(flush_failures) \
	X(duplicates) X(conflicts) X(exceptions) X(refused) X(asides_dropped) \
	X(refusals_dropped) X(acks) X(acks_unsent) X(uplink_batches) X(uplink_unsent) \
	X(uplink_refused) X(uplink_ignored) X(checkpoints_unreadable)
struct engine_counters {
#define X(name) uint64_t name;
	ENGINE_COUNTERS(X)
#undef X
};

struct engine {
	struct engine_config config;
	char store[NAME_MAX_LEN + 1];
	struct engine_ports ports;
	struct vkey hq;
	bool has_hq;

	enum engine_state state;
	char detail[384];	/* why, for people */
	uint64_t opened_us;	/* monotonic */
	bool stopping;
	bool newer;		/* was shown a history of its own that it does not hold: signs
				 * nothing more, whatever becomes of the disk */
	bool bus_connected;
	bool reopening;		/* the store port is at it */
	uint64_t reopen_at;	/* monotonic; UINT64_MAX: not wanted */
	unsigned reopen_failures;
	enum kas_err failure;	/* what the flush ended with */
	enum kas_err broken;	/* staging failed half-way: discard at the end of the turn */

	struct book *book;
	struct tree *tree;
	uint64_t durable;	/* entries on disk */
	struct buf note;	/* signed checkpoint of `durable` */
	struct issued issued[ISSUED_KEPT];
	size_t issued_n;
	struct buf cosigned;	/* newest with headquarters' cosignature */
	uint64_t cosigned_size;
	int64_t cosigned_wall_us;
	bool cosigned_unsaved;
	uint64_t cosigned_unsaved_since;
	struct store_evidence evidence;	/* of that; its note stands in evidence_note */
	struct buf evidence_note;
	uint64_t evidence_size;
	bool evidence_unsaved;
	uint64_t announced_us;	/* monotonic, of the last checkpoint notice */
	uint64_t announced_size;

	struct group groups[3];
	struct group *gather;	/* being filled */
	struct group *flight;	/* being flushed; NULL: none */
	size_t last_group_n;
	uint64_t snapshot_size;		/* entries that the newest on disk covers */
	struct book_snapshot snapshot;	/* being written in slices */
	bool slicing;
	size_t sliced;		/* of its facts: written, or in flight */

	struct inbox inbox;
	struct inbox_queue strangers;	/* messages in it from no terminal that we know */

	struct arena turn;	/* what one turn decodes and builds */
	struct arena judging;	/* documents of the one transaction being judged */
	struct reply *now_replies, **now_end;	/* answers that wait for no flush */
	struct refusal_list refusals;
	struct meter refusals_to_strangers;	/* see refusals.c */
	struct meter asides;		/* see ledger.c */
	struct arena answer;		/* one AckBatch being built */
	struct meter logs;		/* warnings: see engine.c */
	uint64_t logs_dropped;
	struct buf out;		/* encoding of what is being published */

	struct upload upload;
	struct catalogue_push push;
	struct peers peers;
	struct uplink uplink;
	struct engine_counters count;
};

/* engine.c */
struct clock_reading engine_now(const struct engine *en);
void engine_log(struct engine *en, enum log_level level, const char *fmt, ...) KAS_PRINTF(3, 4);
void engine_set_state(struct engine *en, enum engine_state s, const char *fmt, ...)
    KAS_PRINTF(3, 4);

/* load.c */
KAS_CHECKED enum kas_err ledger_load(struct engine *en, struct kas_why *why);
void ledger_unload(struct engine *en);
/* A flush failed: drop what is staged, tell who waits, have the disk looked after. */
void ledger_discard(struct engine *en, enum kas_err outcome);
void ledger_reopen_if_due(struct engine *en, uint64_t mono_us);

/* flush.c */
uint64_t ledger_flush_due(const struct engine *en);
void ledger_flush_if_due(struct engine *en);
/* Nothing may be signed any more: drop what is staged and tell who waits. */
void ledger_withhold(struct engine *en);
/* The signed checkpoint of SIZE (at most durable) into TO. */
KAS_CHECKED enum kas_err ledger_sign(struct engine *en, uint64_t size, struct buf *to);

/* ledger.c */
/* Stage an event as the next entry, with what stands beside it; fills in time and totals. */
KAS_CHECKED enum kas_err ledger_stage_event(struct engine *en, Kasir__V1__LedgerEntry *entry,
    struct bytes payload);
KAS_CHECKED enum kas_err ledger_stage_transaction(struct engine *en, const struct signed_txn *t,
    const struct judgement *j, const struct clock_reading *now, struct bytes *ret_entry,
    uint64_t *ret_index);
KAS_CHECKED enum kas_err ledger_stage_started(struct engine *en, Kasir__V1__StartReason reason);
bool ledger_has_room(const struct engine *en);
/* An entry, staged or durable; as book_port.read. */
enum kas_err ledger_read(void *ctx, uint64_t index, struct arena *a, struct bytes *ret_entry,
    struct bytes *ret_payload);
/* WHAT came with M and was refused as R says: keep it for the manager. */
struct refused;
void ledger_keep_aside(struct engine *en, const struct inbox_message *m, struct bytes what,
    const struct refused *r);
void group_reset(struct group *g);
/* The group that holds INDEX, if it is not durable yet; NULL: it is. */
struct group *ledger_group_of(struct engine *en, uint64_t index);

/* closes.c */
/* The close that the entry just staged asks for, if it does. */
KAS_CHECKED enum kas_err closes_stage_due(struct engine *en);
/* What only the engine knows of a day that the next entry closes. */
KAS_CHECKED enum kas_err closes_complete(struct engine *en, struct arena *a,
    Kasir__V1__DayClosed *day);

/* upload.c */
void upload_drop(struct upload *up);
/* Monotonic time when what has come is dropped, or looked at; UINT64_MAX: nothing has. */
uint64_t upload_due(const struct upload *up);
/* KAS_RANGE: the part does not continue what has come.  KAS_EXISTS: another is being looked
 * at.  KAS_NOMEM: what has come is dropped. */
KAS_CHECKED enum kas_err upload_take(struct upload *up, const struct hash *hash, uint64_t size,
    uint64_t offset, struct bytes part, uint64_t mono_us);
/* All that was announced has come.  KAS_AGAIN: not yet; KAS_MALFORMED: its hash is another. */
KAS_CHECKED enum kas_err upload_check(const struct upload *up, const struct hash *hash);
/* Begin to look at its rows, and look at some more.  KAS_AGAIN: there are more. */
KAS_CHECKED enum kas_err upload_open(struct upload *up, struct kas_why *why);
KAS_CHECKED enum kas_err upload_step(struct upload *up, struct kas_why *why);
/* It is BOOK's now, for the entry that names it; what a flush must keep with that entry. */
struct store_blob upload_give(struct upload *up, struct book *book);

/* commands_catalogue.c */
/* What has come is looked at, put in force, or dropped. */
void catalogue_load_turn(struct engine *en, uint64_t mono_us);

/* acks.c */
/* Answer T with REPLY (copied): with group G, or at the end of this turn where G is NULL. */
KAS_CHECKED enum kas_err acks_add(struct engine *en, struct group *g, const struct reply *reply);
/* Send the answers in LIST, all of which are durable. */
void acks_send(struct engine *en, struct reply *list);
/* Send what waits for no flush. */
void acks_send_now(struct engine *en);
/* Or leave it: the terminals ask again. */
void acks_drop_now(struct engine *en);
/* Answers whose group failed: RETRY_LATER. */
void acks_take_back(struct engine *en, struct group *g, Kasir__V1__RefusalReason reason);

/* refusals.c */
struct refused {
	Kasir__V1__RefusalReason reason;
	uint64_t epoch, sequence;	/* 0: the whole message */
	const struct hash *statement;	/* NULL: not known */
	const char *text;
};
/* Refuse to TERMINAL; sent, signed, when refusals_send() is called or another terminal's
 * turn comes. */
void refusals_add(struct engine *en, const char *terminal, const struct refused *r);
void refusals_send(struct engine *en);

/* intake.c */
/* A transaction of this turn, on its way through. */
struct candidate {
	const struct inbox_message *message;
	const Kasir__V1__SignedTransaction *sent;
	struct peer *peer;
	struct signed_txn t;
};
/* Who sends as TERMINAL: NULL unless the ledger names it. */
struct peer *intake_sender(struct engine *en, const char *terminal);
void intake_turn(struct engine *en);
/* The ledger cannot be read, or not be written to: begin again from the disk. */
void intake_give_up(struct engine *en, const char *terminal, enum kas_err err);
/* RETRY_LATER's reason in the present state; UNSPECIFIED: serving. */
Kasir__V1__RefusalReason intake_hold_reason(const struct engine *en);

/* history.c */
void history_issued(struct engine *en, uint64_t size, struct bytes note);
/* A checkpoint that TERMINAL (NULL: headquarters) showed us: *RET_SIZE is its size if it is
 * one of our history, 0 if it is none of ours.  KAS_FORK: it is ours and we do not hold it
 * (the engine has stopped). */
KAS_CHECKED enum kas_err history_check(struct engine *en, const char *terminal,
    struct bytes note, uint64_t *ret_size);
/* The same for one with headquarters' cosignature; a newer one is taken as ours. */
KAS_CHECKED enum kas_err history_take_cosigned(struct engine *en, const char *terminal,
    struct bytes note, uint64_t *ret_size);
/* What the disk holds against us: if it still does, sign nothing, as when it was shown. */
KAS_CHECKED enum kas_err history_recall(struct engine *en, const struct store_evidence *e,
    struct kas_why *why);
/* The state is ENGINE_NEWER_HISTORY, and says why. */
void history_stand_still(struct engine *en);
void history_announce(struct engine *en);
/* The newest notice once more, now and then. */
uint64_t history_announce_due(const struct engine *en);
void history_announce_again(struct engine *en, uint64_t mono_us);

/* catalogue.c */
uint64_t catalogue_push_due(const struct engine *en);
void catalogue_push_turn(struct engine *en, uint64_t mono_us);
/* From the beginning: the broker may have lost what it held. */
void catalogue_push_again(struct engine *en);

/* entering.c */
/* C is genuine: judge it, and enter it or answer what it was answered. */
void enter_candidate(struct engine *en, const struct candidate *c,
    const struct clock_reading *now);

/* peers.c */
struct peer *peers_find(const struct peers *p, const char *terminal);
struct peer *peers_get(struct peers *p, const char *terminal);	/* made if new; NULL: no memory */
void peers_forget_links(struct peers *p);
void peers_drop_answers(struct peers *p);	/* that are due and not sent */
void peers_fini(struct peers *p);

/* uplink.c */
void uplink_init(struct engine *en);
void uplink_on_connection(struct engine *en, bool connected);
void uplink_on_message(struct engine *en, struct bytes payload);
void uplink_turn(struct engine *en, uint64_t mono_us);
uint64_t uplink_wakeup(const struct engine *en);
void uplink_stop(struct engine *en);

/* uplink_frames.c */
KAS_CHECKED enum kas_err uplink_send(struct engine *en, Kasir__V1__UplinkUp *up);
/* Entries from uplink.next on as one EntryBatch with the signed checkpoint of its end. */
KAS_CHECKED enum kas_err uplink_send_batch(struct engine *en, size_t max, size_t max_bytes,
    uint64_t *ret_end);

/* uplink_silence.c */
void silence_asked(struct engine *en);		/* a question went up */
void silence_heard(struct engine *en);		/* an answer came down */
void silence_turn(struct engine *en, uint64_t mono_us);
uint64_t silence_due(const struct engine *en);

/* commands.c */
void commands_answer(struct engine *en, const struct group *g);
void commands_take_back(struct engine *en, const struct group *g, const char *why);

#endif
