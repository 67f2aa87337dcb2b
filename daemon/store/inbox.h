/* inbox.h - what terminals have sent and nobody has looked at yet.
 *
 * Each sender has a queue of its own, and the queues take turns, a message each.  However
 * much one sends, and however long it takes to read, another waits for one message of it
 * and not for all that came before.  Bounded as a whole and for each sender. */
#ifndef KASIR_STORE_INBOX_H
#define KASIR_STORE_INBOX_H

#include "base/bytes.h"
#include "wire/topic.h"

#define INBOX_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define INBOX_SHARE 128		/* messages of one sender: twice a terminal's window */
#define INBOX_SHARE_BYTES ((size_t)4 * 1024 * 1024)	/* a window of the longest receipts */

struct peer;

struct inbox_message {
	struct inbox_message *next;
	struct topic topic;
	struct peer *from;		/* NULL: no terminal that we know */
	struct bytes payload;		/* its own */
};

/* Of one sender; zeroed at first.  Must stay where it is while something waits in it. */
struct inbox_queue {
	struct inbox_message *first, *last;
	size_t n, bytes;
	struct inbox_queue *next;	/* whose turn is after this one's */
};

struct inbox_line {
	struct inbox_queue *first, *last;
};

struct inbox {
	struct inbox_line waiting;	/* queues in which something waits, in their order */
	struct inbox_line served;	/* the same, of which one was taken in this turn */
	size_t n, bytes, max;		/* messages, their payloads, messages at most */
	struct inbox_message *taken;
};

void inbox_init(struct inbox *in, size_t max);
void inbox_fini(struct inbox *in);		/* zeroed is fine */

/* Copy a message to the end of Q.  KAS_FULL: there is no room, try again later.  KAS_RANGE:
 * its sender has its share waiting already. */
KAS_CHECKED enum kas_err inbox_put(struct inbox *in, struct inbox_queue *q,
    const struct topic *topic, struct peer *from, struct bytes payload);
/* A turn begins: those served in the last one go behind whoever has sent meanwhile. */
void inbox_next_turn(struct inbox *in);
/* The message whose turn it is; NULL: nothing waits. */
const struct inbox_message *inbox_peek(const struct inbox *in);
/* The same, taken out; it lives until inbox_release(). */
const struct inbox_message *inbox_take(struct inbox *in);
void inbox_release(struct inbox *in);

#endif
