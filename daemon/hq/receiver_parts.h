/* receiver_parts.h - what receiver.c and the files of its two messages share. */
#ifndef KASIR_HQ_RECEIVER_PARTS_H
#define KASIR_HQ_RECEIVER_PARTS_H

#include "daemon/hq/answer.h"
#include "daemon/hq/receiver.h"
#include "daemon/hq/shelf.h"
#include "wire/codec.h"

struct receiver {
	struct hq_ports ports;
	const struct signer *witness;
	struct shelf shelf;
	struct arena arena;	/* of one message */
	struct quiet quiet;
};

/* One message of a registered store, while it is handled. */
struct exchange {
	struct receiver *r;
	struct answer answer;
	struct hq_store head;
	struct shelved *books;		/* tree and keys of `head` */
};

void on_hello(struct exchange *x, const Kasir__V1__Hello *hello);
void on_batch(struct exchange *x, const Kasir__V1__EntryBatch *batch);

/* Answer and log it; nothing of the message stays. */
void refuse_with(struct exchange *x, const struct refusal *what);
void refuse(struct exchange *x, Kasir__V1__UplinkRefusal reason, const char *text);
void refuse_entry(struct exchange *x, uint64_t index, const char *text);
/* Headquarters itself cannot go on; the store tries again later. */
void refuse_for_now(struct exchange *x, enum kas_err err);
/* SHOWN does not follow from what is held, or from HELD of it: keep both, raise the alarm. */
void refuse_contradiction(struct exchange *x, Kasir__V1__UplinkRefusal reason, struct bytes held,
    struct bytes shown, const char *text);

/* C, which is not larger than what is held, is a root that the store went through. */
KAS_CHECKED enum kas_err check_held(struct exchange *x, const struct checkpoint *c);
/* What the floor says; KAS_NOTFOUND: there is none. */
KAS_CHECKED enum kas_err read_floor(struct exchange *x, struct checkpoint *ret);

#endif
