/* inner.h - what the files of the session share.  Nobody else includes it. */
#ifndef KASIR_TERMINAL_INNER_H
#define KASIR_TERMINAL_INNER_H

#include "terminal/session.h"
#include "wire/codec.h"
#include "wire/topic.h"

#define SECOND_US	    ((uint64_t)1000000)
#define RESEND_US_DEFAULT   SECOND_US
#define PATIENCE_US_MAX	    (15 * SECOND_US)
#define HOLD_US_MAX	    (600 * SECOND_US)	/* whatever the store asks for */
#define REFUSED_RETRY_US    (300 * SECOND_US)	/* REJECTED sales are tried again */
#define QUESTION_US	    (60 * SECOND_US)	/* between two questions about one cosignature */
#define UNLINKED_US	    (SECOND_US / 50)	/* before a proof from the right place is asked */
#define PRUNE_US	    (3600 * SECOND_US)
#define PRESENCE_US	    (60 * SECOND_US)
#define BAD_ALARM_US	    (60 * SECOND_US)	/* between two alarms of one kind */

/* A sale of the message under way. */
struct flight {
	uint64_t epoch, sequence, made_size;
	struct hash hash;
	uint8_t signature[SIG_LEN];
	bool answered;
};

/* A checkpoint that verified, and the note that says so. */
struct known {
	bool there;
	struct checkpoint at;
	struct buf note;
};

struct session {
	struct session_config config;
	struct session_ports ports;
	char store[NAME_MAX_LEN + 1], terminal[NAME_MAX_LEN + 1], version[32];
	char ack_topic[WIRE_TOPIC_MAX], tx_topic[WIRE_TOPIC_MAX];
	char state_topic[WIRE_TOPIC_MAX], checkpoint_topic[WIRE_TOPIC_MAX];
	struct vkey hq;
	struct note_cache *cache;
	bool owns_cache;

	bool connected, forked, failed, refused, holding;
	char reason[160];
	uint64_t now;			/* monotonic, as of the present call */
	uint64_t bad_alarm_due, rejected_alarm_due, presence_due, prune_due, retry_due;
	uint64_t presence_made, presence_waiting;	/* as last published */

	uint64_t sequence;		/* newest made in config.epoch */
	bool last_known;
	struct hash last;		/* statement before the next one */
	uint64_t id_ms;			/* of the newest minted id */
	unsigned id_counter;

	struct known held;		/* newest verified checkpoint */
	struct known cosigned;		/* newest linked one with headquarters' cosignature */
	struct known candidate;		/* a cosigned one that waits to be linked */
	uint64_t question_due;		/* not before */
	uint64_t newest_notice;		/* size of the largest checkpoint on the store's topic */

	struct flight flight[WIRE_BATCH_TRANSACTIONS_MAX];
	size_t n_flight, unanswered;
	bool under_way;			/* a message waits for its answer, until `due` */
	uint64_t due;			/* monotonic: give up waiting, or begin to send */
	unsigned attempts;		/* in vain since the last progress */
	int64_t newest_refusal_us;	/* older ones are replays */
	/* Sales up to here are not sent: 0 but where a test drops resends. */
	uint64_t skip_epoch, skip_sequence;

	uint64_t count[OUTBOX__STATES];
	struct session_stats since;	/* the counters since it was opened */
	struct arena arena;		/* of one call */
	struct buf out;
};

/* session.c */
void session_assert(const struct session *s);
void session_read_clock(struct session *s, struct clock_reading *ret);
void session_alarm(struct session *s, const char *fmt, ...) KAS_PRINTF(2, 3);
/* A message that proves nothing: counted, told now and then. */
void session_bad_message(struct session *s, const char *what, const struct kas_why *why);
void session_fork(struct session *s, struct bytes shown, const char *text);
void session_fail(struct session *s, enum kas_err err, const char *doing);
void known_set(struct known *k, const struct checkpoint *at, struct bytes note);
void known_forget(struct known *k);

/* send.c */
void session_send_turn(struct session *s);
uint64_t session_send_wakeup(const struct session *s);
/* Something came back for the message under way; when nothing is left of it, the next
 * may go. */
void session_progress(struct session *s);
/* Nothing more is expected for the message under way; try again after WAIT_US, or after
 * the usual backoff if that is longer. */
void session_hold(struct session *s, uint64_t wait_us);
/* Drop the message under way and send again after WAIT_US, without blame. */
void session_again(struct session *s, uint64_t wait_us);

/* ack.c */
void session_on_ack(struct session *s, struct bytes payload);

/* refusal.c */
void session_on_refusals(struct session *s, const Kasir__V1__AckBatch *batch);

/* witness.c */
void session_on_notice(struct session *s, struct bytes payload);
void session_link_cosigned(struct session *s, const Kasir__V1__AckBatch *batch,
    const struct checkpoint *at);
void session_witness_late(struct session *s, const struct outbox_mark *marks, size_t n);
bool session_has_question(const struct session *s);

/* presence.c */
void session_presence_turn(struct session *s);
void session_publish_presence(struct session *s, Kasir__V1__Presence presence);

#endif
