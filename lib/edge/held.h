/* held.h - messages that the broker has handed over for good and the consumer has no
 * room for yet.  First in, first out; bounded.  libmosquitto reads as many messages at once
 * as it has unconfirmed ones of its own, so these can be thousands. */
#ifndef KASIR_EDGE_HELD_H
#define KASIR_EDGE_HELD_H

#include "base/bytes.h"

#define HELD_MAX 32768u
#define HELD_BYTES_MAX (8u * 1024 * 1024)

struct held_message;
struct held {
	struct held_message *first, **last;
	size_t n, bytes;
};

void held_init(struct held *h);
void held_fini(struct held *h);
bool held_is_empty(const struct held *h);
/* A copy joins the end; KAS_FULL or KAS_NOMEM: it did not. */
KAS_CHECKED enum kas_err held_add(struct held *h, const char *topic, struct bytes payload);
/* The oldest, borrowed until held_drop(). */
const char *held_first(const struct held *h, struct bytes *ret_payload);
void held_drop(struct held *h);

#endif
